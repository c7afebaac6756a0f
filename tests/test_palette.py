"""The colours: one table for charts and Streamlit, readable for everybody, and told apart by colour-blind eyes.

Contrast after WCAG 2.2; colour blindness after Machado, Oliveira and Fernandes (2009) at severity 1.0, in linear RGB;
distance as CIEDE2000 (Sharma, Wu and Dalal 2005, whose published pairs are the test of the arithmetic here).
"""

import re
import tomllib
from itertools import combinations
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from pathlib import Path

import pytest

from tenken.palette import FONT, NOT_APPLICABLE_SIGN, OPEN_SIGN, PALETTES, UNKNOWN_SIGN, Palette, Theme

Triple = tuple[float, float, float]

THEME = tomllib.loads((Path(__file__).parent.parent / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
THEMES: tuple[Theme, ...] = ("light", "dark")

# --- arithmetic of colour -----------------------------------------------------------------------------------------


def linear(colour: str) -> Triple:
    """'#RRGGBB' as linear light, 0..1."""

    def channel(code: str) -> float:
        value = int(code, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    assert re.fullmatch("#[0-9A-F]{6}", colour), colour
    return channel(colour[1:3]), channel(colour[3:5]), channel(colour[5:7])


def apply(matrix: tuple[Triple, Triple, Triple], vector: Triple) -> Triple:
    a, b, c = (sum(m * v for m, v in zip(row, vector, strict=True)) for row in matrix)
    return a, b, c


def contrast(one: str, other: str) -> float:
    """WCAG's ratio, 1..21."""

    def luminance(colour: str) -> float:
        r, g, b = linear(colour)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


# Machado et al. 2009, table of severity 1.0.
EYES: dict[str, tuple[Triple, Triple, Triple]] = {
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}

TO_XYZ: tuple[Triple, Triple, Triple] = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
WHITE = (0.95047, 1.0, 1.08883)  # D65


def lab(light: Triple) -> Triple:
    """Linear RGB (brought into 0..1) as CIELAB."""

    def f(t: float) -> float:
        return t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29

    r, g, b = (min(max(part, 0.0), 1.0) for part in light)
    x, y, z = (f(part / white) for part, white in zip(apply(TO_XYZ, (r, g, b)), WHITE, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(one: Triple, other: Triple) -> float:
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean7 = ((hypot(a1, b1) + hypot(a2, b2)) / 2) ** 7
    stretch = 1 + (1 - sqrt(mean7 / (mean7 + 25**7))) / 2
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = hypot(a1, b1), hypot(a2, b2)
    h1, h2 = (degrees(atan2(b, a)) % 360 if (a, b) != (0, 0) else 0.0 for a, b in ((a1, b1), (a2, b2)))
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    if c1 * c2 and h2 - h1 == 180:
        turn = 180.0
    dl, dc, dh = l2 - l1, c2 - c1, 2 * sqrt(c1 * c2) * sin(radians(turn) / 2)
    lm, cm = (l1 + l2) / 2, (c1 + c2) / 2
    hm = h1 + h2 if c1 * c2 == 0 else ((h1 + h2) / 2 if abs(h1 - h2) <= 180 else (h1 + h2 + 360) / 2 % 360)
    t = 1 - 0.17 * cos(radians(hm - 30)) + 0.24 * cos(radians(2 * hm)) + 0.32 * cos(radians(3 * hm + 6)) - 0.20 * cos(radians(4 * hm - 63))
    sl = 1 + 0.015 * (lm - 50) ** 2 / sqrt(20 + (lm - 50) ** 2)
    sc, sh = 1 + 0.045 * cm, 1 + 0.015 * cm * t
    rotation = -sin(radians(60 * exp(-(((hm - 275) / 25) ** 2)))) * 2 * sqrt(cm**7 / (cm**7 + 25**7))
    return sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rotation * (dc / sc) * (dh / sh))


def seen(colour: str, eye: str) -> Triple:
    return lab(apply(EYES[eye], linear(colour)))


def smallest(colours: tuple[str, ...], eye: str) -> float:
    """The distance of the two colours that this eye tells apart worst."""
    return min(ciede2000(seen(a, eye), seen(b, eye)) for a, b in combinations(colours, 2))


# Pairs of Sharma et al. 2005, table 1: around the hue's turn, near grey, far apart.
SHARMA = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
    ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
    ((50, -0.001, 2.49), (50, 0.0009, -2.49), 4.8045),
    ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((50, 2.5, 0), (61, -5, 29), 22.8977),
    ((50, 2.5, 0), (56, -27, -3), 31.9030),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
    ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "published"), SHARMA)
def test_the_arithmetic_gives_the_published_distances(one: Triple, other: Triple, published: float) -> None:
    assert ciede2000(one, other) == pytest.approx(published, abs=5e-5)
    assert ciede2000(other, one) == pytest.approx(published, abs=5e-5)


def test_the_arithmetic_gives_the_known_ends() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)
    assert lab(linear("#FFFFFF")) == pytest.approx((100, 0, 0), abs=0.01)
    for eye in EYES:  # white and black stay what they are
        assert apply(EYES[eye], (1, 1, 1)) == pytest.approx((1, 1, 1), abs=1e-5)


# --- one table ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
def test_streamlit_draws_with_the_same_colours(theme: Theme) -> None:
    palette, drawn = PALETTES[theme], THEME[theme]
    assert drawn["primaryColor"] == drawn["linkColor"] == palette.accent
    assert drawn["backgroundColor"] == palette.bg
    assert drawn["secondaryBackgroundColor"] == drawn["dataframeHeaderBackgroundColor"] == palette.bg2
    assert drawn["textColor"] == palette.text
    assert drawn["dataframeBorderColor"] == palette.line
    assert drawn["grayTextColor"] == palette.mute
    assert drawn["greenTextColor"] == palette.good.on_fill


def test_red_and_blue_text_of_streamlit_are_ours_in_light() -> None:
    """In dark they are lighter than the marks, because there they stand on a tint."""
    assert THEME["light"]["redTextColor"] == PALETTES["light"].lack.mark
    assert THEME["light"]["blueTextColor"] == PALETTES["light"].accent


def test_charts_and_streamlit_share_the_font() -> None:
    assert THEME["font"] == FONT


def test_both_themes_name_the_same_colours() -> None:
    assert THEME["light"].keys() == THEME["dark"].keys()


def test_signs_are_told_apart_without_any_colour() -> None:
    for palette in PALETTES.values():
        signs = [palette.good.sign, palette.part.sign, palette.lack.sign]
        assert signs == ["○", "△", "×"]
        assert len({*signs, NOT_APPLICABLE_SIGN, OPEN_SIGN, UNKNOWN_SIGN}) == 6


# --- contrast -----------------------------------------------------------------------------------------------------

TEXT, SHAPE = 4.5, 3.0


@pytest.fixture(params=THEMES)
def palette(request: pytest.FixtureRequest) -> Palette:
    theme: Theme = request.param
    return PALETTES[theme]


def test_text_is_readable_on_both_grounds(palette: Palette) -> None:
    for ground in (palette.bg, palette.bg2):
        assert contrast(palette.text, ground) >= TEXT
        assert contrast(palette.mute, ground) >= TEXT
    assert contrast(palette.accent, palette.bg) >= TEXT  # links


def test_text_is_readable_on_fills(palette: Palette) -> None:
    for mark in (palette.good, palette.part, palette.lack):
        assert contrast(mark.on_fill, mark.fill) >= 5.9
    assert contrast(palette.lack.on_fill, palette.lack.mark) >= TEXT  # the number inside a red bar
    for ink, fill in zip(palette.on_causes, palette.causes, strict=True):
        assert contrast(ink, fill) >= TEXT
    assert contrast(palette.lack.mark, palette.bg) >= TEXT  # bold × on paper


def test_shapes_stand_out_from_the_page(palette: Palette) -> None:
    for shape in (palette.rim, palette.accent, palette.good.mark, palette.part.mark, palette.lack.mark):
        assert contrast(shape, palette.bg) >= SHAPE


@pytest.mark.parametrize("theme", THEMES)
def test_what_streamlit_writes_is_readable(theme: Theme) -> None:
    drawn = THEME[theme]
    for name in ("gray", "green", "orange", "red", "blue"):
        assert contrast(drawn[f"{name}TextColor"], drawn[f"{name}BackgroundColor"]) >= TEXT, name
        assert contrast(drawn[f"{name}TextColor"], drawn["backgroundColor"]) >= TEXT, name
    assert contrast(drawn["borderColor"], drawn["backgroundColor"]) >= SHAPE  # rims of inputs and radios
    assert contrast(drawn["backgroundColor"], drawn["primaryColor"]) >= TEXT  # the word on a primary button


@pytest.mark.parametrize("theme", THEMES)
def test_captions_are_readable(theme: Theme) -> None:
    """Streamlit writes a caption in 60 % of the text colour; that is what it comes to on the page."""
    text, ground = THEME[theme]["textColor"], THEME[theme]["backgroundColor"]
    mixed = "#" + "".join(f"{round(0.6 * int(text[i : i + 2], 16) + 0.4 * int(ground[i : i + 2], 16)):02X}" for i in (1, 3, 5))
    assert contrast(mixed, ground) >= TEXT


# --- colour-blind eyes --------------------------------------------------------------------------------------------

# Smallest distance of two colours, deutan, protan and tritan, as docs and design state them (tritan: computed here first).
STATED: dict[tuple[str, Theme], tuple[float, float, float]] = {
    ("marks", "light"): (17.3, 21.0, 19.2),
    ("marks", "dark"): (11.7, 19.1, 19.0),
    ("causes", "light"): (21.9, 23.3, 20.7),
    ("causes", "dark"): (21.2, 20.1, 20.6),
    ("covered and not", "light"): (48.2, 56.4, 54.5),
    ("covered and not", "dark"): (51.7, 39.4, 49.9),
    ("covered and paper", "light"): (12.7, 11.8, 12.8),
    ("covered and paper", "dark"): (17.6, 18.2, 18.3),
    ("figures' bars", "light"): (47.9, 45.9, 48.7),
    ("figures' bars", "dark"): (48.2, 41.9, 48.7),
    ("good and part fills", "light"): (13.7, 12.2, 20.1),
    ("good and part fills", "dark"): (18.3, 15.2, 32.3),
}
AT_LEAST = {"marks": 11, "causes": 20, "covered and not": 20, "covered and paper": 11, "figures' bars": 20, "good and part fills": 11}


def group(name: str, palette: Palette) -> tuple[str, ...]:
    return {
        "marks": (palette.good.mark, palette.part.mark, palette.lack.mark),
        "causes": palette.causes,
        "covered and not": (palette.covered, palette.lack.mark),
        "covered and paper": (palette.covered, palette.bg),  # paper with a rim: not applicable
        "figures' bars": (palette.accent, palette.lack.mark, palette.grid),
        "good and part fills": (palette.good.fill, palette.part.fill),
    }[name]


@pytest.mark.parametrize(("name", "theme"), STATED)
def test_colour_blind_eyes_tell_them_apart(name: str, theme: Theme) -> None:
    found = tuple(smallest(group(name, PALETTES[theme]), eye) for eye in EYES)
    assert min(found) >= AT_LEAST[name]
    assert found == pytest.approx(STATED[name, theme], abs=1.5)


@pytest.mark.parametrize(("theme", "leasts"), [("light", (42, 52, 49)), ("dark", (36, 24, 37))])
def test_a_lacking_cell_stands_out_from_every_other_cell(theme: Theme, leasts: tuple[float, ...]) -> None:
    palette = PALETTES[theme]
    for eye, least in zip(EYES, leasts, strict=True):
        for other in (palette.good.fill, palette.part.fill):
            assert ciede2000(seen(palette.lack.fill, eye), seen(other, eye)) >= least - 1.5
