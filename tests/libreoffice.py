"""LibreOffice, for what only a real program can say. One at a time; with a profile of its own, so that nobody's is touched."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

MISSING = "LibreOffice is not installed: soffice"
FILTERS = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "pdf": "pdf"}
SECONDS, EACH = 120, 40
# The face of Office's that decks name is not here; the one whose widths they are planned by stands in for it.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <match target="pattern"><test name="family"><string>Yu Gothic</string></test>
    <edit name="family" mode="assign" binding="strong"><string>Noto Sans CJK JP</string></edit></match>
</fontconfig>
"""


def is_there() -> bool:
    return shutil.which("soffice") is not None


def converted(files: Sequence[Path], to: str, folder: Path) -> list[Path]:
    """The files opened by LibreOffice and saved anew as `to` ('pdf', 'xlsx') in `folder`, in one run; what it did not open is not
    there, or empty. Names must differ. Raises OSError without LibreOffice."""
    program = shutil.which("soffice")
    if program is None:
        raise OSError(MISSING)
    folder.mkdir(parents=True, exist_ok=True)
    fonts = folder.parent / "fonts.conf"
    fonts.write_text(FONTS, "utf-8")
    home = f"-env:UserInstallation={(folder.parent / 'libreoffice').as_uri()}"
    command = [program, "--headless", home, "--convert-to", FILTERS[to], "--outdir", str(folder), *map(str, files)]
    subprocess.run(
        command, check=True, capture_output=True, timeout=SECONDS + EACH * len(files), env=os.environ | {"FONTCONFIG_FILE": str(fonts)}
    )
    return [folder / f"{file.stem}.{to}" for file in files]


def refused(files: Sequence[Path], made: Sequence[Path]) -> list[str]:
    """Of the files that were to be converted, those of which nothing came."""
    return [
        f"{file.name}: LibreOffice does not open it"
        for file, path in zip(files, made, strict=True)
        if not path.exists() or path.stat().st_size < 100
    ]
