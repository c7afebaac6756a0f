"""How a deck looks: its faces and colours, our own or those of a company's template, as the pieces of DrawingML that name them."""

from dataclasses import dataclass

from tenken.palette import PALETTES
from tenken.reports.model import Tone

_OURS = PALETTES["light"]
# Every Office since 2016 has Yu Gothic. Its Latin letters are left to Arial, which is narrower than what is measured with and has a twin
# of the same widths everywhere: where Yu Gothic is missing, Latin text would fall to a face a tenth wider, and overflow.
JAPANESE, LATIN = "Yu Gothic", "Arial"


def rgb(colour: str) -> str:
    """'#1F4F99' as a colour of DrawingML."""
    return f'<a:srgbClr val="{colour.lstrip("#").upper()}"/>'


def scheme(name: str, **changes: int) -> str:
    """A colour of the theme, changed: scheme('tx1', alpha=20000)."""
    inside = "".join(f'<a:{change} val="{value}"/>' for change, value in changes.items())
    return f'<a:schemeClr val="{name}">{inside}</a:schemeClr>'


def solid(colour: str) -> str:
    return f"<a:solidFill>{colour}</a:solidFill>" if colour else "<a:noFill/>"


def line(colour: str, points: float = 0.75, tag: str = "a:ln") -> str:
    return f'<{tag} w="{round(points * 12700)}">{solid(colour)}</{tag}>'


def hatched(colour: str, ground: str) -> str:
    """Hatching means: not certain, or lost."""
    return f'<a:pattFill prst="wdUpDiag"><a:fgClr>{colour}</a:fgClr><a:bgClr>{ground}</a:bgClr></a:pattFill>'


@dataclass(frozen=True, slots=True)
class Faces:
    """Latin and East Asian face: names, or the theme's own ('+mn-lt', '+mn-ea')."""

    latin: str
    ea: str

    @property
    def xml(self) -> str:
        return f'<a:latin typeface="{self.latin}"/><a:ea typeface="{self.ea}"/><a:cs typeface="{self.latin}"/>'


@dataclass(frozen=True, slots=True)
class Look:
    """`head`, `body`: faces of titles and of all else; colours as DrawingML. `lang`, `alt_lang`: of the runs."""

    head: Faces
    body: Faces
    text: str
    mute: str
    line: str
    grid: str
    ground: str
    paper: str
    accent: str
    soft: str
    lang: str
    alt_lang: str

    def fill(self, tone: Tone) -> str:
        """The filling of a bar, a column or a cell, '' for none."""
        return {
            "ours": self.accent,
            "lacking": rgb(_OURS.lack.mark),
            "covered": rgb(_OURS.covered),
            "good": rgb(_OURS.good.fill),
            "middle": rgb(_OURS.part.fill),
            "poor": rgb(_OURS.lack.fill),
            "gain": rgb(_OURS.good.mark),
            "total": self.mute,
            "mute": self.mute,
        }.get(tone, "")

    def shape(self, tone: Tone) -> str:
        """Filling and outline of a chart's bar."""
        if tone == "loss":
            mark = rgb(_OURS.lack.mark)
            return hatched(mark, self.paper) + line(mark, 1)
        if tone == "none":
            return hatched(self.mute, self.paper) + line(self.mute, 0.75)
        return solid(self.fill(tone) or ("" if tone == "hidden" else self.mute)) + "<a:ln><a:noFill/></a:ln>"

    def on(self, tone: Tone) -> str:
        """The colour of text that stands on `fill(tone)`."""
        return {
            "ours": self.paper,
            "lacking": rgb("#FFFFFF"),
            "covered": rgb(_OURS.text),
            "good": rgb(_OURS.good.on_fill),
            "middle": rgb(_OURS.part.on_fill),
            "poor": rgb(_OURS.lack.on_fill),
            "gain": rgb("#FFFFFF"),
            "loss": rgb(_OURS.lack.mark),
            "total": self.paper,
            "mute": self.paper,
            "none": self.mute,
        }.get(tone, self.text)

    def ink(self, tone: Tone) -> str:
        """The colour of text of this tone on the slide itself."""
        return {
            "ours": self.accent,
            "lacking": rgb(_OURS.lack.mark),
            "poor": rgb(_OURS.lack.mark),
            "loss": rgb(_OURS.lack.mark),
            "gain": rgb(_OURS.good.mark),
            "mute": self.mute,
            "none": self.mute,
        }.get(tone, self.text)


def our_look(lang: str) -> Look:
    faces = Faces(LATIN, JAPANESE)
    return Look(
        faces, faces, rgb(_OURS.text), rgb(_OURS.mute), rgb(_OURS.line), rgb(_OURS.grid), rgb(_OURS.bg2), rgb(_OURS.bg), rgb(_OURS.accent),
        rgb(_OURS.soft), *languages(lang),
    )  # fmt: skip


def template_look(lang: str, head: Faces, body: Faces, *, dark: bool = False) -> Look:
    """The template's own text, background and first accent colour, and shades of them; `dark`: its background is.

    No transparency: LibreOffice draws the borders of tables without it."""
    shade = {"lumMod": 75000, "lumOff": 25000}
    return Look(
        head,
        body,
        text=scheme("tx1"),
        mute=scheme("tx1", lumMod=75000) if dark else scheme("tx1", **shade),
        line=scheme("bg1", **shade) if dark else scheme("bg1", lumMod=85000),
        grid=scheme("bg1", lumMod=85000, lumOff=15000) if dark else scheme("bg1", lumMod=92000),
        ground=scheme("bg1", lumMod=90000, lumOff=10000) if dark else scheme("bg1", lumMod=96000),
        paper=scheme("bg1"),
        accent=scheme("accent1"),
        soft=scheme("accent1", lumMod=50000) if dark else scheme("accent1", lumMod=20000, lumOff=80000),
        lang=languages(lang)[0],
        alt_lang=languages(lang)[1],
    )


def languages(lang: str) -> tuple[str, str]:
    """lang and altLang of runs."""
    return ("ja-JP", "en-US") if lang == "ja" else ("en-US", "ja-JP")
