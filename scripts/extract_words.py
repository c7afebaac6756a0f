"""Finds the sentences that `_("…")` translates, for Babel. Its own Python extractor does not look into f-strings."""

import ast
from collections.abc import Iterator
from typing import IO, Any


def extract(fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[int, str, str, list[str]]]:
    """(line, function, sentence, comments) for every call of `_` with a plain sentence; other arguments are refused."""
    for node in ast.walk(ast.parse(fileobj.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            if len(node.args) != 1 or not isinstance(node.args[0], ast.Constant) or not isinstance(node.args[0].value, str):
                raise SyntaxError(f"line {node.lineno}: _() takes one plain sentence and named fields")
            yield node.lineno, "_", node.args[0].value, []
