"""YAML as a tree of strings, from files that nobody has to trust.

Events are checked one by one before anything is built: no aliases, anchors, tags or duplicate keys, one document,
and limits on size, depth and number of nodes. Every scalar stays the string that stands in the file, so that `no`
or `2026.10` cannot change its meaning; pydantic gives it a type at the border. Line numbers are kept per node.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from scoring.errors import Problem

MAX_BYTES = 2_000_000
MAX_DEPTH = 16
MAX_NODES = 200_000
MAX_PROBLEMS = 1000  # of one file: nobody reads more, and naming them all would take longer than finding them

TYPE_WORDS = {
    "missing": "required key is missing",
    "extra_forbidden": "unknown key",
    "string_type": "expected text",
    "list_type": "expected a list",
    "tuple_type": "expected a list",
    "dict_type": "expected a mapping",
    "model_type": "expected a mapping",
    "model_attributes_type": "expected a mapping",
    "int_parsing": "expected a whole number",
    "bool_parsing": "expected true or false",
}

Tree = dict[str, Any] | list[Any] | str
NodePath = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


class Refused(Exception):
    """Carries the one problem because of which a file cannot be read any further."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def too_many(file: str) -> Problem:
    """What stands for all the problems of a file that are not named."""
    return Problem(file, 0, f"more than {MAX_PROBLEMS:,} problems; the rest is not named")


@dataclass(frozen=True, slots=True)
class Document:
    """A guarded tree: mappings, lists and strings, and the line (from 1) of every node by its path."""

    file: str
    tree: Tree
    lines: dict[NodePath, int]

    def line(self, path: NodePath) -> int:
        """The nearest line known for `path`."""
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        return self.lines.get(known, 1)

    def problem(self, path: NodePath, what: str) -> Problem:
        """`what` at the nearest line known for `path`; the path is part of the words."""
        where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in path)
        return Problem(self.file, self.line(path), f"{where}: {what}" if where else what)

    def parse(self, model: type[M]) -> tuple[M | None, list[Problem]]:
        """The tree as `model`, or every problem that pydantic found in it."""
        try:
            return model.model_validate(self.tree), []
        except ValidationError as error:
            problems = [self._explain(dict(fault)) for fault in error.errors(include_url=False)[:MAX_PROBLEMS]]
            return None, problems if error.error_count() == len(problems) else [*problems, too_many(self.file)]

    def _explain(self, fault: dict[str, Any]) -> Problem:
        path = tuple(fault["loc"])
        what = TYPE_WORDS.get(fault["type"], str(fault["msg"]).removeprefix("Value error, "))
        value = fault["input"]
        if isinstance(value, str) and fault["type"] not in ("missing", "extra_forbidden"):
            what = f"{what} (found {value[:40]!r})"
        return self.problem(path, what)


def read_yaml(path: Path, name: str | None = None) -> Document:
    """The guarded tree of one file. Raises Refused with file and line; `name` is what messages call the file."""
    name = name or path.name
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Refused(Problem(name, 0, f"larger than {MAX_BYTES:,} bytes"))
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Refused(Problem(name, 0, f"cannot be read: {error.strerror}")) from None
    except UnicodeDecodeError as error:
        raise Refused(Problem(name, 0, f"is not UTF-8 (byte {error.start})")) from None
    return read_yaml_text(text, name)


def read_yaml_text(text: str, name: str) -> Document:
    """As `read_yaml`, from a string."""
    try:
        return _Builder(name).build(yaml.parse(text, Loader=yaml.CBaseLoader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise Refused(Problem(name, line, f"not valid YAML: {error.problem}")) from None
    except yaml.YAMLError as error:
        raise Refused(Problem(name, 0, f"not valid YAML: {str(error).splitlines()[0]}")) from None


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


class _Builder:
    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[NodePath, int] = {}
        self.nodes = 0

    def build(self, events: Iterator[yaml.Event]) -> Document:
        trees: list[Tree] = []
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if trees:
                    self.refuse(event, "only one document per file")
                trees.append(self.node(next(events), events, ()))
        if not trees:
            raise Refused(Problem(self.name, 0, "the file is empty"))
        return Document(self.name, trees[0], self.lines)

    def refuse(self, event: yaml.Event, what: str) -> NoReturn:
        raise Refused(Problem(self.name, _line(event), what))

    def check(self, event: yaml.Event, path: NodePath) -> None:
        self.nodes += 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self.refuse(event, "anchors and aliases (& and *) are not allowed; write the value out")
        if getattr(event, "tag", None):
            self.refuse(event, "tags (!) are not allowed")
        if len(path) > MAX_DEPTH:
            self.refuse(event, f"nested deeper than {MAX_DEPTH} levels")
        if self.nodes > MAX_NODES:
            self.refuse(event, f"more than {MAX_NODES:,} values")

    def node(self, event: yaml.Event, events: Iterator[yaml.Event], path: NodePath) -> Tree:
        self.check(event, path)
        self.lines.setdefault(path, _line(event))
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Tree] = []
            while not isinstance(inner := next(events), yaml.SequenceEndEvent):
                items.append(self.node(inner, events, (*path, len(items))))
            return items
        mapping: dict[str, Tree] = {}
        while not isinstance(inner := next(events), yaml.MappingEndEvent):
            self.check(inner, path)
            key = inner.value if isinstance(inner, yaml.ScalarEvent) else None
            if key is None:
                self.refuse(inner, "a key must be a word")
            if key in mapping:
                self.refuse(inner, f"the key {key!r} stands here twice")
            self.lines[*path, key] = _line(inner)
            mapping[key] = self.node(next(events), events, (*path, key))
        return mapping
