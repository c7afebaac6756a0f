"""What all commands share: words, JSON, and errors as sentences with an exit code."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, NoReturn

import typer

from scoring.errors import ScoringError
from tenken.error_words import error_text
from tenken.errors import SettingsError, TenkenError
from tenken.i18n import Words, words
from tenken.settings import read_settings

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def cli_words() -> Words:
    """The words of the language that the installation speaks."""
    try:
        return words(read_settings().lang)
    except SettingsError:
        return words("ja")


def fail(error: ScoringError | TenkenError) -> NoReturn:
    """Ends the command: the sentence on stderr, exit code 1."""
    typer.echo(error_text(error, cli_words()), err=True)
    raise typer.Exit(1)


def named(command: Callable[..., None]) -> Callable[..., None]:
    """Every known error ends as words on stderr and exit code 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except (ScoringError, TenkenError) as error:
            fail(error)

    return run


def print_json(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
