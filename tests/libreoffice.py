"""LibreOffice, for what only a real program can say. One at a time; with a profile of its own, so that nobody's is touched."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

MISSING = "LibreOffice is not installed: soffice"
FILTERS = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "pdf": "pdf"}
SECONDS, EACH = 120, 40


def is_there() -> bool:
    return shutil.which("soffice") is not None


def converted(files: Sequence[Path], to: str, folder: Path) -> list[Path]:
    """The files opened by LibreOffice and saved anew as `to` ('pdf', 'xlsx') in `folder`, in one run; what it did not open is not
    there, or empty. Names must differ. Raises OSError without LibreOffice."""
    program = shutil.which("soffice")
    if program is None:
        raise OSError(MISSING)
    folder.mkdir(parents=True, exist_ok=True)
    home = f"-env:UserInstallation={(folder.parent / 'libreoffice').as_uri()}"
    command = [program, "--headless", home, "--convert-to", FILTERS[to], "--outdir", str(folder), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS + EACH * len(files))
    return [folder / f"{file.stem}.{to}" for file in files]


def refused(files: Sequence[Path], made: Sequence[Path]) -> list[str]:
    """Of the files that were to be converted, those of which nothing came."""
    return [
        f"{file.name}: LibreOffice does not open it"
        for file, path in zip(files, made, strict=True)
        if not path.exists() or path.stat().st_size < 100
    ]
