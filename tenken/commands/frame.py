"""What every command shares: words, errors as one line on stderr and exit code 1, JSON on stdout and nothing else."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, NoReturn

import typer

from scoring.errors import ScoringError
from scoring.units import Unit
from tenken.error_words import error_text
from tenken.errors import SettingsError, TenkenError
from tenken.i18n import Words, words
from tenken.settings import read_settings
from tenken.store import Store

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
As = Annotated[str, typer.Option("--as", help="Who you are, once people have roles. Nobody checks it, and the record says so.")]


def spoken() -> Words:
    """In the language of the settings; Japanese where they cannot be read."""
    try:
        return words(read_settings().lang)
    except SettingsError:
        return words("ja")


def fail(error: ScoringError | TenkenError) -> NoReturn:
    typer.echo(error_text(error, spoken()), err=True)
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


def our_store() -> tuple[Store, Unit]:
    """The database of this installation, and the organisation in it, which is made when there is none yet."""
    store = Store.open(read_settings().store_url)
    root = store.company()
    if root is None:
        from tenken.session import COMPANY  # imports Streamlit: seconds that later commands need not spend

        root = store.create_company(COMPANY)
    return store, root
