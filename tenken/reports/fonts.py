"""The face that PDFs are set in: the system's Noto Sans where it is installed, else the one that is shipped.

Which characters it has no glyph for, and what stands in their place, says measure.py; here are only the files.
"""

import sys
from dataclasses import dataclass
from functools import lru_cache
from os import environ
from pathlib import Path
from typing import Final

from tenken.reports.measure import font_file

# Where systems keep Noto for Japanese in a folder of its own. Folders with every font of a machine (C:\Windows\Fonts, /Library/Fonts) are
# not looked into: reading all of them costs a second, and the variable files that Windows has there cannot be set by weight.
_FOLDERS: Final = (
    "/usr/share/fonts/opentype/noto",  # Debian, Ubuntu
    "/usr/share/fonts/google-noto-sans-cjk-fonts",  # Fedora
    "/usr/share/fonts/google-noto-cjk",  # Red Hat
    "/usr/share/fonts/noto-cjk",  # Arch, Alpine
)
# family → the two files that it must be there with
_FAMILIES: Final = (
    ("Noto Sans CJK JP", ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc")),
    ("Noto Sans CJK JP", ("NotoSansCJKjp-Regular.otf", "NotoSansCJKjp-Bold.otf")),
    ("Noto Sans JP", ("NotoSansJP-Regular.otf", "NotoSansJP-Bold.otf")),
)
_MOST_FILES: Final = 60


@dataclass(frozen=True, slots=True)
class Face:
    """A family with a regular and a bold file. `folders`: where they are; `shipped`: with this product, not by the system."""

    family: str
    folders: tuple[Path, ...]
    shipped: bool


@lru_cache(maxsize=1)
def face() -> Face:
    """The system's face where there is one, else the shipped one; looked for once in a process (under a millisecond).

    ReportError('font_missing') where there is neither."""
    return system_face() or shipped_face()


def system_face(folders: tuple[str, ...] = _FOLDERS) -> Face | None:
    """The first known family that is complete in one of the folders."""
    home = () if sys.platform == "win32" else (f"{environ.get('HOME', '')}/.local/share/fonts/noto-cjk",)
    for folder in map(Path, (*folders, *home)):
        try:
            names = {entry.name for entry in folder.iterdir()}
        except OSError:
            continue
        for family, files in _FAMILIES:
            if names.issuperset(files) and len(names) <= _MOST_FILES:
                return Face(family, (folder,), False)
    return None


def shipped_face() -> Face:
    """The two packages in requirements.txt. ReportError('font_missing') where one is not installed."""
    return Face("Noto Sans CJK JP", (font_file().parent, font_file(bold=True).parent), True)
