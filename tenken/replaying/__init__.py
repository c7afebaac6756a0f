"""Would it have happened to us: the replay of disclosed incidents as pages, files and commands show it."""
