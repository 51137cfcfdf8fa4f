"""Several queries through time, and what has moved since they were recorded."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from searchkit.model.aggregations import By
from searchkit.model.documents import Count, Date
from searchkit.presenters.documents.queries import Behind, Query
from searchkit.presenters.documents.watching import Replay


class NamedQuery(TypedDict):
    """One of several queries."""

    name: Annotated[str, "the name given to it"]
    query: Annotated[Query, "the query as it was understood"]
    total: Annotated[Count, "articles that match"]
    undated: Annotated[Count, "articles among them without a time"]
    more_sources: Annotated[Count, "with `--by-source`: the number of sources that have no series; otherwise 0"]
    more_matches: Annotated[Count, "articles of these sources that match; otherwise 0"]
    without_source: Annotated[
        Count,
        "with `--by-source`: articles that match and name no source, which are in no series either; otherwise 0",
    ]


class ScopeSource(TypedDict):
    """A source of the articles that the conditions alone find."""

    value: Annotated[str, "in the spelling that most of the articles have"]
    count: Annotated[Count, "articles"]


class Scope(TypedDict):
    """The conditions of the options alone."""

    canonical: Annotated[str, "in the query language; empty if there are none"]
    total: Annotated[Count, "articles that they find"]
    sources: Annotated[list[ScopeSource], "the most frequent sources of these"]


class Period(TypedDict):
    """One period of all series."""

    label: Annotated[str, "2025-03-04, 2025-W10, 2025-03, 2025-Q1 or 2025"]
    start: Annotated[Date, "first day"]
    end: Annotated[Date, "last day"]
    all: Annotated[Count, "articles that the conditions alone find in it; 0: a gap of the archive"]


class Series(TypedDict):
    """The matches of a query, or of one of its sources, in each period."""

    name: Annotated[
        str,
        "the name of the query; with `--by-source` that of the source, behind that of the query if there are several",
    ]
    query: Annotated[str, "the name of the query"]
    source: Annotated[str | None, "with `--by-source`: the source, in its commonest spelling among the matches"]
    total: Annotated[Count, "articles: the sum of `counts` and `undated`"]
    undated: Annotated[Count, "articles without a time"]
    counts: Annotated[
        list[int | None],
        "articles in each of `periods`; null in a gap: the conditions find no article at all (of the source)",
    ]
    all: Annotated[list[int], "articles that the conditions alone find in each period (of the source)"]
    shares: Annotated[list[float | None], "`counts` over `all`, 0 to 1; null in a gap"]
    averages: Annotated[
        list[float | None] | None,
        "with `--smooth`: the centred moving average of `shares` with `--share`, otherwise of `counts`; null in a gap",
    ]


class Timelines(TypedDict):
    """`searchkit timeline --json` with `--query`, `--by-source`, `--share`, `--smooth`, `--plot` or `--record`"""

    schema: Annotated[Literal["searchkit.timelines/1"], "the name of this document"]
    by: Annotated[By, "the length of the periods"]
    share: Annotated[bool, "whether shares were asked for; they are given in any case"]
    smooth: Annotated[int, "the number of periods of the moving average; 1 for none"]
    queries: Annotated[list[NamedQuery], "the queries, as given"]
    scope: Annotated[Scope, "the conditions of the options alone, without the queries"]
    periods: Annotated[
        list[Period], "the periods in order, from the first with a match to the last, empty ones included"
    ]
    series: Annotated[list[Series], "one for each query, or with `--by-source` for each of its commonest sources"]
    mode: Annotated[str, "the share of the words typed side by side that is required: `auto`, `all` or `any`"]
    archive_size: Annotated[Count, "articles in the archive"]
    index_behind: Behind


class ReplayedQuery(TypedDict):
    """What changed in the matches of one of several queries."""

    name: Annotated[str, "the name given to it"]
    replay: Annotated[Replay, "a `searchkit.replay/1`"]


class PeriodNumbers(TypedDict):
    """The numbers of a period of a series."""

    count: Annotated[int | None, "articles; null in a gap"]
    all: Annotated[Count, "articles that the conditions alone find"]


class Moved(TypedDict):
    """A period of a series whose numbers changed."""

    series: Annotated[str, "the name of the series"]
    label: Annotated[str, "the period"]
    then: Annotated[PeriodNumbers | None, "its numbers then; null if it was not there"]
    now: Annotated[PeriodNumbers | None, "its numbers now; null if it is not there"]


class SeriesReplay(TypedDict):
    """`searchkit replay --json` of a record of series"""

    schema: Annotated[Literal["searchkit.series-replay/1"], "the name of this document"]
    same: Annotated[bool, "whether the same articles match with the same content, and the series have the same numbers"]
    queries: Annotated[list[ReplayedQuery], "what changed in the matches of each query"]
    moved: Annotated[list[Moved], "the periods of series whose numbers changed"]
