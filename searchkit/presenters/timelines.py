"""Several queries through time, as a table with bars for the terminal and as notes beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from searchkit.model.counts import counted
from searchkit.model.timelines import NamedQuery, Series, Timelines
from searchkit.presenters.bars import bar
from searchkit.presenters.style import Style
from searchkit.presenters.terminal import days
from searchkit.presenters.terminal_text import safe
from searchkit.presenters.width import padded, shortened, wrapped

_LEAST_BAR = 6
_LEAST_NAME = 8
_GAPS_TOLD = 5
_FINE = 1_000_000
"""Steps of a share, for a bar."""


def table(found: Timelines, style: Style) -> Iterator[str]:
    """Yield a line for each period, with a number and a bar for each series; all bars have one scale.

    Series that do not fit side by side stand in further tables below. A gap of the archive is a dash without a bar.
    """
    if not found.periods:
        return
    drawn = {each.name: found.values(each) for each in found.series}
    most = max((value for values in drawn.values() for value in values if value is not None), default=0)
    written = _number(found, most)
    number = max(2, len(written(most)))
    label = max(len(each.label) for each in found.periods)
    least = 2 + max(number + 1 + _LEAST_BAR, _LEAST_NAME)
    fitting = max(1, (style.columns - label) // least)
    tables = -(-len(found.series) // fitting)
    beside = -(-len(found.series) // tables)
    for start in range(0, len(found.series), beside):
        if start:
            yield ""
        yield from _beside(found, found.series[start : start + beside], drawn, most, number, label, written, style)


def _beside(
    found: Timelines, series: Sequence[Series], drawn: dict[str, tuple[float | None, ...]], most: float, number: int,
    label: int, written: Callable[[float], str], style: Style,
) -> Iterator[str]:  # fmt: skip
    block = (style.columns - label) // len(series) - 2
    room = max(_LEAST_BAR, block - number - 1)
    heads = [padded(shortened(safe(each.name), block), number + 1 + room) for each in series]
    yield (
        " " * label
        + "".join(f"  {style.bold(head.rstrip())}{' ' * (len(head) - len(head.rstrip()))}" for head in heads)
    ).rstrip()
    gap = style.dim(("—" if style.unicode else "-").rjust(number))
    for at, period in enumerate(found.periods):
        line = f"{period.label:<{label}}"
        for each in series:
            value = drawn[each.name][at]
            if value is None:
                line += f"  {gap} {' ' * room}"
                continue
            shape = bar(round(value * _FINE), round(most * _FINE), room, unicode=style.unicode)
            line += f"  {written(value):>{number}} {style.accent(shape)}{' ' * (room - len(shape))}"
        yield line.rstrip()


def _number(found: Timelines, most: float) -> Callable[[float], str]:
    """Return how a value is written, with as many digits as tell the values apart."""
    if found.share:
        digits = 1 if most >= 0.1 else 2 if most >= 0.01 else 3
        return lambda value: f"{value:.{digits}%}"
    return (lambda value: f"{value:,.1f}") if found.smooth > 1 else (lambda value: f"{value:,.0f}")


def measure(found: Timelines) -> str:
    """Return in words what the values are: `share of all articles by month, centred average over 3`."""
    parts = [f"{'share of all articles' if found.share else 'articles'} by {found.by}"]
    if found.smooth > 1:
        parts.append(f"centred average over {counted(found.smooth, found.by)}")
    return ", ".join(parts)


def beyond(query: NamedQuery) -> str:
    """Return in words the matches that are in no series by source; empty if there are none."""
    parts = []
    if query.more_sources:
        parts.append(f"{query.more_matches:,} of {counted(query.more_sources, 'more source')}")
    if query.without_source:
        parts.append(f"{query.without_source:,} without a source")
    return ", ".join(parts)


def notes(found: Timelines, style: Style) -> Iterator[str]:
    """Yield what was counted, how each query was understood, and where the archive has gaps."""
    for each in found.queries:
        told = f"{safe(each.name)}: {counted(each.total, 'article')}"
        if each.undated:
            told += f", {each.undated:,} without a date"
        if not_drawn := beyond(each):
            told += f"; not drawn: {not_drawn}"
        yield from _wrapped(
            told if each.total else f"nothing matches {safe(each.name)}: {safe(each.parsed.text)}", style
        )
    condition = f" under {safe(found.scope.canonical)}" if found.scope.canonical else ""
    yield from _wrapped(f"{measure(found)}; {counted(found.total, 'article')} in all{condition}", style)
    if found.scope.span:
        yield from _wrapped(
            f"days: {days(found.scope.span.since, found.scope.span.until)} ({found.scope.timezone})", style
        )
    if found.gaps:
        shown = ", ".join(days(*each) for each in found.gaps[:_GAPS_TOLD])
        more = f" and {len(found.gaps) - _GAPS_TOLD:,} more" if len(found.gaps) > _GAPS_TOLD else ""
        yield from _wrapped(f"the archive has a gap, no article at all: {shown}{more}", style)
    for each in found.queries:
        parsed = each.parsed
        if parsed.span and parsed.span != found.scope.span:
            yield from _wrapped(f"days of {safe(each.name)}: {days(parsed.span.since, parsed.span.until)}", style)
        for name in parsed.aliases or ():
            also = ", ".join(map(safe, name.also))
            yield from _wrapped(
                f"also for {safe(each.name)}: {also} for {safe(name.typed)}; --no-aliases leaves them out", style
            )
        for note in parsed.notes:
            yield from _wrapped(f"note on {safe(each.name)}: {safe(note)}", style)


def _wrapped(line: str, style: Style) -> Iterator[str]:
    yield from (style.dim(row) for row in wrapped(line, style.columns))
