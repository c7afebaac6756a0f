"""Rectangles on a slide, in points from its upper left corner."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

EMU = 12700  # of Office, in a point


def emu(points: float) -> int:
    return round(points * EMU)


@dataclass(frozen=True, slots=True)
class Box:
    """Left, top, width, height in points."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    def top(self, height: float, gap: float = 0) -> tuple["Box", "Box"]:
        """The first `height` points, and what is left after `gap` more."""
        height = min(height, self.h)
        rest = min(self.h, height + gap)
        return replace(self, h=height), Box(self.x, self.y + rest, self.w, self.h - rest)

    def low(self, height: float, gap: float = 0) -> tuple["Box", "Box"]:
        """The last `height` points, and what is left above after `gap` more."""
        height = min(height, self.h)
        rest = min(self.h, height + gap)
        return Box(self.x, self.bottom - height, self.w, height), replace(self, h=self.h - rest)

    def across(self, parts: Sequence[float], gap: float) -> tuple["Box", ...]:
        """Side by side, in proportion to `parts`."""
        room, boxes, x = self.w - gap * (len(parts) - 1), [], self.x
        for part in parts:
            width = room * part / sum(parts)
            boxes.append(Box(x, self.y, width, self.h))
            x += width + gap
        return tuple(boxes)

    def down(self, parts: Sequence[float], gap: float) -> tuple["Box", ...]:
        """One under the other, in proportion to `parts`."""
        room, boxes, y = self.h - gap * (len(parts) - 1), [], self.y
        for part in parts:
            height = room * part / sum(parts)
            boxes.append(Box(self.x, y, self.w, height))
            y += height + gap
        return tuple(boxes)

    def xfrm(self, tag: str = "a:xfrm") -> str:
        return f'<{tag}><a:off x="{emu(self.x)}" y="{emu(self.y)}"/><a:ext cx="{max(0, emu(self.w))}" cy="{max(0, emu(self.h))}"/></{tag}>'
