"""A database with the sample in it, made once: making it takes seconds, copying it nothing."""

import atexit
import shutil
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

from tenken.sample import load_sample
from tenken.store import Store


def kept_for_this_process(name: str) -> Path:
    """A new folder that is gone when the process ends."""
    folder = Path(mkdtemp(prefix=f"tenken-{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@lru_cache(maxsize=1)
def _made() -> Path:
    file = kept_for_this_process("sample") / "tenken.db"
    store = Store.open(f"sqlite:///{file}")
    load_sample(store)
    store.close()
    return file


def put_sample(home: Path) -> None:
    """The sample, being looked at, as the database of a new installation below `home`."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(_made(), home / "tenken.db")
    (home / "tenken.db").chmod(0o600)
