"""Commands of `python -m tenken` that are long enough for a file of their own; tenken/cli.py registers them."""
