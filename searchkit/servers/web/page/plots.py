"""The geometry of the drawings: numbers in the units of an SVG, which a template writes down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from searchkit.model.aggregations import Bucket

WIDTH, HEIGHT = 1000, 120
"""Of the plane of a timeline; the page stretches it to its own width."""
_LABELS = 7
"""Labels below a drawing, at most."""
_CLOSE = 0.1
"""The share of the width that a label needs, on a telephone."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a timeline: its place, and the period that it stands for."""

    bucket: Bucket
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A label below a drawing, at a share of its width from the left, 0 to 1."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A series of a drawing: its name, its number for the colour, and the path of SVG that it follows."""

    name: str
    number: int
    path: str
    total: int


def bars(buckets: Sequence[Bucket]) -> tuple[Bar, ...]:
    """Return the bars of a timeline. A count above 0 is never lower than can be seen."""
    if not buckets:
        return ()
    most = max(each.count for each in buckets) or 1
    step = WIDTH / len(buckets)
    gap = min(step * 0.2, 4)
    found = []
    for number, each in enumerate(buckets):
        tall = max(3.0, each.count / most * (HEIGHT - 4)) if each.count else 0.0
        found.append(Bar(each, round(number * step + gap / 2, 2), round(HEIGHT - tall, 2), round(step - gap, 2), tall))
    return tuple(found)


def window(buckets: Sequence[Bucket], most: int) -> Sequence[Bucket]:
    """Return the periods in a row, `most` at most, that have most of the articles; of several the latest."""
    if len(buckets) <= most:
        return buckets
    inside = best = sum(each.count for each in buckets[:most])
    end = most
    for at in range(most, len(buckets)):
        inside += buckets[at].count - buckets[at - most].count
        if inside >= best:
            best, end = inside, at + 1
    return buckets[end - most : end]


def ticks(starts: Sequence[date], labels: Sequence[str], *, of_lines: bool = False) -> tuple[Tick, ...]:
    """Return the labels: of the years, where there are more than two, otherwise of the periods.

    Args:
        of_lines: a label belongs to a point of a line, of which the last is at the right edge, and not to a bar.
    """
    if not starts:
        return ()
    years = [at for at, day in enumerate(starts) if at == 0 or day.year != starts[at - 1].year]
    of_years = len(years) > 2
    chosen = years if of_years else list(range(len(starts)))
    if of_years and (chosen[1] - chosen[0]) / len(starts) < _CLOSE:
        chosen = chosen[1:]  # the first year has only begun just before the second
    every = -(-len(chosen) // _LABELS)
    return tuple(
        Tick(round(at / max(1, len(starts) - of_lines), 4), str(starts[at].year) if of_years else labels[at])
        for at in chosen[::every]
    )


def line(name: str, number: int, values: Sequence[float | None], highest: float, total: int) -> Line:
    """Return a series as a path, which is broken where there is no value."""
    step = WIDTH / max(1, len(values) - 1)
    path: list[str] = []
    pen = "M"
    for at, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        path.append(f"{pen}{at * step:.1f} {HEIGHT - value / highest * (HEIGHT - 6) - 2:.1f}")
        pen = "L"
    if len(path) == 1:
        path.append("h4")
    return Line(name, number, "".join(path), total)
