from tenken.cli import main

main()
