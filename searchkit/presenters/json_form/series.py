"""Several timelines side by side as JSON, and what their record shows when it is asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchkit.presenters.json_form.queries import query
from searchkit.presenters.json_form.watching import replay

if TYPE_CHECKING:
    from searchkit.model.series_records import Numbers, SeriesReplay
    from searchkit.model.timelines import Timelines
    from searchkit.presenters import documents


def series_replay(found: SeriesReplay) -> documents.SeriesReplay:
    """Return a searchkit.series-replay/1."""
    return {
        "schema": "searchkit.series-replay/1",
        "same": not found,
        "queries": [{"name": name, "replay": replay(each)} for name, each in found.queries.items()],
        "moved": [
            {"series": each.series, "label": each.label, "then": _numbers(each.then), "now": _numbers(each.now)}
            for each in found.moved
        ],
    }


def _numbers(found: Numbers | None) -> documents.PeriodNumbers | None:
    return None if found is None else {"count": found[0], "all": found[1]}


def timelines(found: Timelines) -> documents.Timelines:
    """Return a searchkit.timelines/1."""
    return {
        "schema": "searchkit.timelines/1",
        "by": found.by,
        "share": found.share,
        "smooth": found.smooth,
        "queries": [
            {
                "name": each.name,
                "query": query(each.parsed),
                "total": each.total,
                "undated": each.undated,
                "more_sources": each.more_sources,
                "more_matches": each.more_matches,
                "without_source": each.without_source,
            }
            for each in found.queries
        ],
        "scope": {
            "canonical": found.scope.canonical,
            "total": found.total,
            "sources": [{"value": value, "count": count} for value, count in found.sources],
        },
        "periods": [
            {"label": each.label, "start": each.start.isoformat(), "end": each.end.isoformat(), "all": each.all}
            for each in found.periods
        ],
        "series": [
            {
                "name": each.name,
                "query": each.query,
                "source": each.source,
                "total": each.total,
                "undated": each.undated,
                "counts": list(each.counts),
                "all": list(each.all),
                "shares": list(each.shares),
                "averages": list(each.averages) if found.smooth > 1 else None,
            }
            for each in found.series
        ],
        "mode": found.mode,
        "archive_size": found.archive_size,
        "index_behind": found.index_behind,
    }
