"""Trends as SVG: numbers in, the geometry of a small chart out. The template draws it, without inline styles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 240
HEIGHT = 64
MARGIN = 4


@dataclass(frozen=True, slots=True)
class Point:
    """One value in its place."""

    x: float
    y: float
    value: float


@dataclass(frozen=True, slots=True)
class Trend:
    """A line above its area. It stands on nought, so that twice as much is twice as high."""

    points: tuple[Point, ...]
    line: str
    """`points` of an SVG polyline."""
    area: str
    """`points` of the polygon below it."""
    slot: float
    """How wide the room of one point is."""
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def last(self) -> Point:
        """The present."""
        return self.points[-1]


def draw_trend(values: Sequence[float]) -> Trend:
    """Return the chart of one or more values, the oldest first."""
    top = max(values) or 1
    step = (WIDTH - 2 * MARGIN) / max(1, len(values) - 1)
    points = tuple(
        Point(round(MARGIN + index * step, 1), round(HEIGHT - MARGIN - value / top * (HEIGHT - 2 * MARGIN), 1), value)
        for index, value in enumerate(values)
    )
    line = " ".join(f"{point.x},{point.y}" for point in points)
    area = f"{points[0].x},{HEIGHT} {line} {points[-1].x},{HEIGHT}"
    return Trend(points, line, area, round(step, 1))
