"""Recording a question with its whole answer, and asking it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Any

from searchkit.model.query_records import QueryRecord, Replay
from searchkit.model.serialise import content_hash
from searchkit.model.series_records import SeriesRecord, SeriesReplay, series_of
from searchkit.query.tree import Node
from searchkit.search.conditions import Conditions

if TYPE_CHECKING:
    from searchkit.search.engine import Engine
    from searchkit.search.timelines import Wanted
    from searchkit.storage.record import Record


def recorded(
    engine: Engine, store: Record, query: str | Node, given: Mapping[str, Any], today: date, versions: Mapping[str, str]
) -> QueryRecord:
    """Return the record of a question.

    Args:
        given: the conditions, as keyword arguments of `Archive.search`.
        today: the day from which the engine counts relative dates.
        versions: name -> version of what the answer depends on.
    """
    question, ids = engine.matching(query, Conditions.of(given))
    parsed = question.parsed
    span = parsed.span
    hashes = {article.id: content_hash(article) for article in store.articles(ids)}
    return QueryRecord(
        query=parsed.text,
        options=plain(given),
        today=today,
        canonical=parsed.canonical,
        since=span.since if span else None,
        until=span.until if span else None,
        timezone=parsed.timezone,
        aliases=parsed.aliases is not None,
        names=tuple((each.typed, tuple(each.also)) for each in parsed.aliases or ()),
        versions=dict(versions),
        made=datetime.now(timezone.utc).replace(microsecond=0),
        index_behind=engine.behind,
        articles={id: hashes[id] for id in sorted(hashes)},
    )


def series_recorded(
    engine: Engine, store: Record, queries: Mapping[str, str | Node], given: Mapping[str, Any], wanted: Wanted,
    today: date, versions: Mapping[str, str],
) -> SeriesRecord:  # fmt: skip
    """Return the record of several questions with their series; see `recorded`."""
    return SeriesRecord(
        by=wanted.by,
        share=wanted.share,
        smooth=wanted.smooth,
        by_source=wanted.sources,
        queries={name: recorded(engine, store, each, given, today, versions) for name, each in queries.items()},
        series=series_of(engine.timelines(queries, Conditions.of(given), wanted)),
    )


def series_compared(before: SeriesRecord, now: SeriesRecord, store: Record) -> SeriesReplay:
    """Return what differs between two records of the same series."""
    return SeriesReplay(
        before, now, {name: compared(each, now.queries[name], store) for name, each in before.queries.items()}
    )


def compared(before: QueryRecord, now: QueryRecord, store: Record) -> Replay:
    """Return what differs between two records of one question."""
    old, new = before.articles, now.articles
    went = tuple(sorted(old.keys() - new.keys()))
    return Replay(
        before=before,
        now=now,
        came=tuple(sorted(new.keys() - old.keys())),
        went=went,
        deleted=tuple(id for id in went if not store.has(id)),
        corrected=tuple(sorted(id for id in old.keys() & new.keys() if old[id] != new[id])),
    )


def plain(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return conditions as JSON holds them; those that say nothing are left out."""
    plain: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, date):
            plain[name] = date(value.year, value.month, value.day).isoformat()
        elif isinstance(value, (str, bool)):
            if (name, value) != ("mode", "auto"):
                plain[name] = value
        elif value is not None and (values := list(value)):
            plain[name] = values
    return plain
