"""What has changed since a query record was made, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo

from searchkit.model.counts import counted
from searchkit.model.query_records import Replay
from searchkit.model.series_records import Numbers, SeriesReplay
from searchkit.presenters.style import Style
from searchkit.presenters.terminal import hit_id, moment
from searchkit.presenters.terminal_text import safe


def lines(found: Replay, titles: Mapping[str, str], zone: tzinfo, style: Style) -> Iterator[str]:
    """Yield the outcome in one line, each article that differs, and what else does.

    Args:
        titles: of the articles that the archive holds, by id.
        zone: of the time of the record.
    """
    made = moment(found.before.made.astimezone(zone), "minute")
    total = counted(found.now.total, "article")
    if not found:
        yield style.good(f"the same {total} as on {made}")
    else:
        parts = (f"{len(found.came)} came", f"{len(found.went)} went", f"{len(found.corrected)} corrected")
        yield f"{style.warn('differs')} from {made}: {', '.join(parts)}; {found.before.total:,} then, {total} now"
    deleted = {*found.deleted}
    for kind, ids in (("came", found.came), ("went", found.went), ("corrected", found.corrected)):
        for id in ids:
            beside = "deleted" if id in deleted else safe(titles.get(id, ""))
            yield f"{kind:<9}  {style.dim(hit_id(id))}  {beside}"
    for name, then, now in found.circumstances:
        yield style.dim(f"{safe(name)}: {safe(then) or 'none'} then, {safe(now) or 'none'} now")


_MOVED_TOLD = 20


def series_lines(found: SeriesReplay, titles: Mapping[str, str], zone: tzinfo, style: Style) -> Iterator[str]:
    """Yield what has changed in the matches of each query, then the periods of the series whose numbers did.

    Args:
        titles, zone: as in `lines`.
    """
    for name, each in found.queries.items():
        first, *others = lines(each, titles, zone, style)
        yield f"{style.bold(safe(name))}: {first}"
        yield from others
    moved = found.moved
    if not moved:
        yield style.good("all series are the same")
    for period in moved[:_MOVED_TOLD]:
        yield f"{safe(period.series)}  {period.label}  {_numbers(period.then)} then, {_numbers(period.now)} now"
    if len(moved) > _MOVED_TOLD:
        yield style.dim(f"and {counted(len(moved) - _MOVED_TOLD, 'more period')}: --json lists all")


def _numbers(found: Numbers | None) -> str:
    if found is None:
        return "no such period"
    return "a gap" if found[0] is None else f"{found[0]:,} of {found[1]:,}"
