"""What has changed since a query record was made, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo

from searchkit.language.messages import Message, gettext, translated
from searchkit.model.counts import counted
from searchkit.model.query_records import Replay
from searchkit.model.series_records import Numbers, SeriesReplay
from searchkit.presenters.style import Style
from searchkit.presenters.terminal import hit_id, moment
from searchkit.presenters.terminal_text import safe
from searchkit.presenters.width import padded


def lines(found: Replay, titles: Mapping[str, str], zone: tzinfo, style: Style) -> Iterator[str]:
    """Yield the outcome in one line, each article that differs, and what else does.

    Args:
        titles: of the articles that the archive holds, by id.
        zone: of the time of the record.
    """
    made = moment(found.before.made.astimezone(zone), "minute")
    total = counted(found.now.total, "article")
    if not found:
        yield style.good(gettext("the same {articles} as on {made}", articles=total, made=made))
    else:
        yield style.warn(gettext("differs")) + gettext(
            " from {made}: {came} came, {went} went, {corrected} corrected; {then:,} then, {articles} now",
            made=made,
            came=len(found.came),
            went=len(found.went),
            corrected=len(found.corrected),
            then=found.before.total,
            articles=total,
        )
    deleted = {*found.deleted}
    kinds = (gettext("came"), found.came), (gettext("went"), found.went), (gettext("corrected"), found.corrected)
    for kind, ids in kinds:
        for id in ids:
            beside = gettext("deleted") if id in deleted else safe(titles.get(id, ""))
            yield f"{padded(kind, 9)}  {style.dim(hit_id(id))}  {beside}"
    for name, then, now in found.circumstances:
        none = gettext("none")
        told = gettext("{then} then, {now} now", then=safe(then) or none, now=safe(now) or none)
        yield style.dim(gettext("{what}: {told}", what=safe(translated(name)), told=told))


_MOVED_TOLD = 20


def series_lines(found: SeriesReplay, titles: Mapping[str, str], zone: tzinfo, style: Style) -> Iterator[str]:
    """Yield what has changed in the matches of each query, then the periods of the series whose numbers did.

    Args:
        titles, zone: as in `lines`.
    """
    for name, each in found.queries.items():
        first, *others = lines(each, titles, zone, style)
        yield gettext("{what}: {told}", what=style.bold(safe(name)), told=first)
        yield from others
    moved = found.moved
    if not moved:
        yield style.good(gettext("all series are the same"))
    for period in moved[:_MOVED_TOLD]:
        told = gettext("{then} then, {now} now", then=_numbers(period.then), now=_numbers(period.now))
        yield f"{safe(period.series)}  {period.label}  {told}"
    if len(moved) > _MOVED_TOLD:
        more = counted(len(moved) - _MOVED_TOLD, "more period")
        yield style.dim(gettext("and {periods}: --json lists all", periods=more))


def _numbers(found: Numbers | None) -> Message:
    if found is None:
        return Message("no such period")
    return Message("a gap") if found[0] is None else Message("{done:,} of {total:,}", done=found[0], total=found[1])
