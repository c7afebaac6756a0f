"""The commands of `python -m tenken`, a module per family of verbs."""
