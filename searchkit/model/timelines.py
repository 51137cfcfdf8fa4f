"""The results of following several queries through time: series of counts, and of shares of all articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from searchkit.model.aggregations import By
from searchkit.model.results import Parsed


@dataclass(frozen=True, slots=True)
class Series:
    """The matches of one query in each period, or those of them that are from one source.

    Attributes:
        name: of the query; by source, that of the source, behind that of the query if there are several queries.
        query: the name of the query.
        source: in its commonest spelling among the matches; None for all sources.
        counts: the matches in each period; None if the archive has a gap there: no article at all in `all`.
        all: in each period the articles that the conditions alone find, of the same source if there is one.
        averages: the moving average of the counts, or of the shares if these were asked for; None in a gap. The tuple
            is empty if no average was asked for.
        total: the matches, those without a time included.
        undated: the matches without a time, which are in no period.
    """

    name: str
    query: str
    source: str | None
    counts: tuple[int | None, ...]
    all: tuple[int, ...]
    averages: tuple[float | None, ...]
    total: int
    undated: int

    @property
    def shares(self) -> tuple[float | None, ...]:
        """Each count over `all`, 0 to 1; None in a gap."""
        return tuple(None if count is None else count / of for count, of in zip(self.counts, self.all, strict=True))


@dataclass(frozen=True, slots=True)
class Period:
    """A period: the days `start` to `end`, both included, as in `Bucket`.

    `all` is the number of articles that the conditions alone find in it; 0: the archive has a gap.
    """

    label: str
    start: date
    end: date
    all: int


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """One of the queries that are followed.

    Attributes:
        name: the name given to it.
        total: the matches, those without a time included; what `Archive.count` returns.
        undated: the matches without a time.
        more_sources: by source: the number of sources that have no series; otherwise 0.
        more_matches: by source: the matches of these sources; otherwise 0.
        without_source: by source: the matches without a source, which have no series either; otherwise 0.
    """

    name: str
    parsed: Parsed
    total: int
    undated: int
    more_sources: int = 0
    more_matches: int = 0
    without_source: int = 0


@dataclass(frozen=True, slots=True)
class Timelines:
    """Several queries through time, from the first period with a match to the last.

    Attributes:
        share: whether shares were asked for; they are computed in any case.
        smooth: the number of periods of the moving average; 1 for none.
        periods: every one in between, empty ones included.
        queries: as given.
        series: one for each query, or for each of its commonest sources.
        scope: the conditions alone, as understood: what `all` is counted by.
        total: the articles that they find, those without a time included.
        sources: the most frequent sources of these, each with its number of articles.
        mode: the share of the words typed side by side that was required: "auto", "all" or "any".
        aliases: whether other names were asked for; None: as usual, which `queries` tell.
        archive_size: the articles of the archive.
        index_behind: the number of changes acknowledged but not yet searchable, which are not counted.
    """

    by: By
    share: bool
    smooth: int
    periods: tuple[Period, ...]
    queries: tuple[NamedQuery, ...]
    series: tuple[Series, ...]
    scope: Parsed
    total: int
    sources: tuple[tuple[str, int], ...]
    mode: str
    aliases: bool | None
    archive_size: int
    index_behind: int = 0

    def values(self, series: Series) -> tuple[float | None, ...]:
        """Return what was asked for of a series, in each period: counts, shares or averages; None in a gap."""
        if self.smooth > 1:
            return series.averages
        return series.shares if self.share else series.counts

    @property
    def gaps(self) -> tuple[tuple[date, date], ...]:
        """The gaps of the archive under the conditions: first and last day of each, adjacent periods taken together."""
        found: list[tuple[date, date]] = []
        before = False
        for period in self.periods:
            if not period.all:
                start = found.pop()[0] if before else period.start
                found.append((start, period.end))
            before = not period.all
        return tuple(found)
