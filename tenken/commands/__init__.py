"""The commands, by what they are about; tenken/cli.py registers them."""
