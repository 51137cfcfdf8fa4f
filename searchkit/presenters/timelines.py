"""Several queries through time, as a table with bars for the terminal and as notes beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from searchkit.language.messages import Message, gettext, translated
from searchkit.model.counts import counted
from searchkit.model.timelines import NamedQuery, Series, Timelines
from searchkit.presenters.bars import bar
from searchkit.presenters.style import Style
from searchkit.presenters.terminal import clauses, days
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


_ARTICLES = {
    "day": Message("articles by day"), "week": Message("articles by week"), "month": Message("articles by month"),
    "quarter": Message("articles by quarter"), "year": Message("articles by year"),
}  # fmt: skip
_SHARES = {
    "day": Message("share of all articles by day"), "week": Message("share of all articles by week"),
    "month": Message("share of all articles by month"), "quarter": Message("share of all articles by quarter"),
    "year": Message("share of all articles by year"),
}  # fmt: skip
_LENGTHS: Mapping[str, Callable[[int], Message]] = {
    "day": lambda number: counted(number, "day"),
    "week": lambda number: counted(number, "week"),
    "month": lambda number: counted(number, "month"),
    "quarter": lambda number: counted(number, "quarter"),
    "year": lambda number: counted(number, "year"),
}


def measure(found: Timelines) -> Message:
    """Return in words what the values are: `share of all articles by month, centred average over 3 months`."""
    parts = [(_SHARES if found.share else _ARTICLES)[found.by]]
    if found.smooth > 1:
        parts.append(Message("centred average over {periods}", periods=_LENGTHS[found.by](found.smooth)))
    return Message("{parts}", parts=tuple(parts))


def beyond(query: NamedQuery) -> Message | None:
    """Return in words the matches that are in no series by source; None if there are none."""
    parts = []
    if query.more_sources:
        more = counted(query.more_sources, "more source")
        parts.append(Message("{number:,} of {sources}", number=query.more_matches, sources=more))
    if query.without_source:
        parts.append(Message("{number:,} without a source", number=query.without_source))
    return Message("{parts}", parts=tuple(parts)) if parts else None


def notes(found: Timelines, style: Style) -> Iterator[str]:
    """Yield what was counted, how each query was understood, and where the archive has gaps."""
    for each in found.queries:
        if not each.total:
            told = gettext("nothing matches {side}: {query}", side=safe(each.name), query=safe(each.parsed.text))
            yield from _wrapped(told, style)
            continue
        parts = [counted(each.total, "article")]
        if each.undated:
            parts.append(Message("{number:,} without a date", number=each.undated))
        told = gettext("{what}: {told}", what=safe(each.name), told=clauses(parts))
        if not_drawn := beyond(each):
            told += gettext("; ") + gettext("not drawn: {what}", what=not_drawn)
        yield from _wrapped(told, style)
    whole = Message("{articles} in all", articles=counted(found.total, "article"))
    if found.scope.canonical:
        whole = Message(
            "{articles} in all under {condition}",
            articles=counted(found.total, "article"),
            condition=safe(found.scope.canonical),
        )
    yield from _wrapped(translated(measure(found)) + gettext("; ") + translated(whole), style)
    if found.scope.span:
        asked = days(found.scope.span.since, found.scope.span.until)
        yield from _wrapped(gettext("days: {days} ({zone})", days=asked, zone=found.scope.timezone), style)
    if found.gaps:
        shown, more = tuple(days(*each) for each in found.gaps[:_GAPS_TOLD]), len(found.gaps) - _GAPS_TOLD
        listed = Message("{names} and {more:,} more" if more > 0 else "{names}", names=shown, more=more)
        yield from _wrapped(gettext("the archive has a gap, no article at all: {days}", days=listed), style)
    for each in found.queries:
        parsed = each.parsed
        if parsed.span and parsed.span != found.scope.span:
            asked = days(parsed.span.since, parsed.span.until)
            yield from _wrapped(gettext("days of {name}: {days}", name=safe(each.name), days=asked), style)
        for name in parsed.aliases or ():
            told = gettext(
                "also for {side}: {names} for {typed}; --no-aliases leaves them out",
                side=safe(each.name),
                names=tuple(map(safe, name.also)),
                typed=safe(name.typed),
            )
            yield from _wrapped(told, style)
        for note in parsed.notes:
            yield from _wrapped(
                gettext("note on {side}: {note}", side=safe(each.name), note=safe(translated(note))), style
            )


def _wrapped(line: str, style: Style) -> Iterator[str]:
    yield from (style.dim(row) for row in wrapped(line, style.columns))
