"""Reports on intake and pruning as a person reads them: sources, the fields they lack, pruned records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from searchkit.model.counts import counted
from searchkit.presenters.style import Style
from searchkit.presenters.terminal import days
from searchkit.presenters.terminal_text import safe
from searchkit.presenters.width import columns, padded, shortened

if TYPE_CHECKING:
    from searchkit.model.reports import DictionaryReport, Pruning, SourceReport

_SHORT = 5
"""The number of sources shown after an ingest."""

_MOST = 30
"""The most columns that a source's name takes on a terminal."""


def sources(found: Sequence[SourceReport], style: Style) -> Iterator[str]:
    """Yield a line for each source: articles, days, and the share of articles without time, author or body."""
    if not found:
        yield "no articles"
        return
    wide = min(style.at_most(_MOST), max(columns(_name(each)) for each in found))
    number = max(len("articles"), *(len(f"{each.records:,}") for each in found))
    lacks = f"{'no time':>7}  {'no author':>9}  {'no body':>7}"
    yield style.dim(f"{padded('source', wide)}  {'articles':>{number}}  {'days':<22}  {lacks}")
    for each in found:
        span = days(each.first, each.last) if each.first else ""
        time, author, body = (
            _share(count, each.records) for count in (each.without_time, each.without_author, each.without_body)
        )
        lacking = style.warn if max(each.without_time, each.without_body) * 2 > each.records else str
        yield (
            f"{style.accent(padded(shortened(_name(each), wide), wide))}  {each.records:>{number},}  {span:<22}  "
            + lacking(f"{time:>7}  {author:>9}  {body:>7}")
        )


def sources_in_short(found: Sequence[SourceReport], style: Style) -> Iterator[str]:
    """Yield a line for each of the largest sources of a run, with the fields its articles lack."""
    for each in found[:_SHORT]:
        lacks = [
            f"{_share(count, each.records)} without {what}"
            for what, count in (
                ("time", each.without_time),
                ("author", each.without_author),
                ("body", each.without_body),
            )
            if count
        ]
        span = [days(each.first, each.last)] if each.first else []
        line = f"{_name(each)}: {', '.join([counted(each.records, 'article'), *span, *lacks])}"
        broken = max(each.without_time, each.without_body) * 2 > each.records
        yield style.warn(line) if broken else style.dim(line)
    if len(found) > _SHORT:
        yield style.dim(f"and {counted(len(found) - _SHORT, 'source')} more: searchkit stats --sources")


def _name(each: SourceReport) -> str:
    return safe(each.source) or "(no source)"


def _share(count: int, whole: int) -> str:
    """Return a percentage: "-" only for none, 100% only for all."""
    if not count:
        return "-"
    share = round(100 * count / whole)
    return f"{min(max(share, 1), 99 if count < whole else 100)}%"


def dictionary(found: DictionaryReport) -> str:
    """Return a line on the words of a dictionary that was given, and the articles that they touched."""
    changes = [
        f"{count:,} {what}"
        for count, what in ((found.added, "new"), (found.dropped, "dropped"), (found.changed, "changed"))
        if count
    ]
    again = [f"{counted(found.reindexed, 'article')} indexed again"] if changes else []
    read = f"{counted(found.words, 'word')} read"
    return f"dictionary: {', '.join([read, *(changes or ['none new']), *again])}"


def pruning(found: Pruning) -> Iterator[str]:
    """Yield the number of records pruned; after a dry run, the files and ids before it."""
    if found.dry_run:
        yield from (f"gone: {safe(path)}" for path in found.files)
        yield from (safe(id) for id in found.ids)
    what = "would prune" if found.dry_run else "pruned"
    yield f"{what} {counted(len(found.ids), 'record')} of {counted(len(found.files), 'file')}"
