"""The colours, by name, for light and dark. `.streamlit/config.toml` repeats the ones that Streamlit draws with;
tests/test_palette.py compares the two and computes contrast and colour-blind distances over this table."""

from dataclasses import dataclass
from typing import Literal

Theme = Literal["light", "dark"]

FONT = "'Hiragino Sans','Noto Sans JP','Noto Sans CJK JP','BIZ UDPGothic','Yu Gothic UI',Meiryo,sans-serif"


@dataclass(frozen=True, slots=True)
class Mark:
    """One status: its sign, the colour of marks, and a fill with the text colour that is readable on it."""

    sign: str
    mark: str
    fill: str
    on_fill: str


@dataclass(frozen=True, slots=True)
class Palette:
    """`good` from an exact share of 75 %, `part` from 50 %, `lack` below. Colour is spent on what is missing."""

    bg: str
    bg2: str
    text: str
    mute: str
    line: str
    grid: str
    rim: str
    accent: str
    soft: str
    good: Mark
    part: Mark
    lack: Mark
    covered: str
    causes: tuple[str, str, str, str]
    on_causes: tuple[str, str, str, str]


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        bg="#FFFFFF", bg2="#F5F7FA", text="#0F1722", mute="#566273",
        line="#DCE1E8", grid="#E8ECF1", rim="#8793A3", accent="#1F4F99", soft="#DCE7F6",
        good=Mark("○", "#17806C", "#E0F0EB", "#0B5A4B"),
        part=Mark("△", "#BD7B00", "#FBECC8", "#5F3C00"),
        lack=Mark("×", "#A83016", "#A83016", "#FFFFFF"),
        covered="#C9D5E6",
        causes=("#1F4F99", "#6591CF", "#B48A29", "#20262F"),
        on_causes=("#FFFFFF", "#0F1722", "#0F1722", "#FFFFFF"),
    ),
    "dark": Palette(
        bg="#11161D", bg2="#1A212B", text="#E6EBF2", mute="#9DA9B8",
        line="#2F3946", grid="#232C37", rim="#6F7D8F", accent="#8FB6F5", soft="#1E2F4A",
        good=Mark("○", "#5CC3AB", "#1B3A35", "#9BDCCB"),
        part=Mark("△", "#EDC15F", "#4A3B16", "#F2D794"),
        lack=Mark("×", "#F0714F", "#E8694A", "#14100E"),
        covered="#3A4A61",
        causes=("#8FB6F5", "#4F76B4", "#D8B45E", "#F2F5F9"),
        on_causes=("#11161D", "#FFFFFF", "#11161D", "#11161D"),
    ),
}  # fmt: skip

NOT_APPLICABLE_SIGN, OPEN_SIGN, UNKNOWN_SIGN = "―", "・", "？"
