"""Commands that are more than a few lines: a module per noun, each a Typer application of its own (tenken/cli.py has them)."""
