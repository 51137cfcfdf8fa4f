"""Asking: the questions to an archive, for searching, counting and exporting."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import TYPE_CHECKING, Any, overload

from searchkit.errors import UsageError
from searchkit.model.article import Article
from searchkit.model.results import Ids, Parsed, Results, Similar, Sort
from searchkit.query.tree import Node
from searchkit.search.conditions import Conditions
from searchkit.search.engine import Engine
from searchkit.search.page import Page
from searchkit.storage.record import Record

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from searchkit.model.aggregations import By, Comparison, Facets, Terms, TermsByPeriod, Timeline, Trends
    from searchkit.model.query_records import QueryRecord, Replay
    from searchkit.model.series_records import SeriesRecord, SeriesReplay
    from searchkit.model.timelines import Timelines
    from searchkit.search.conditions import ConditionsDict, Day
    from searchkit.search.saved import Saved
    from searchkit.search.timelines import Wanted


class Asking(ABC):
    """The part of an `Archive` that answers questions, each from one generation of the index.

    All methods raise QueryError for a query, a day or a cursor that cannot be understood, UsageError for an unknown
    condition or an invalid value, and QueryTimeout if the answer takes longer than allowed.
    """

    _store: Record
    _today: Callable[[], date]

    @abstractmethod
    def _asked(self, today: date | None = None) -> AbstractContextManager[Engine]:
        """Provide an engine over the newest generation, with the time limit for its answers.

        Args:
            today: the day from which relative dates are counted; default: the archive's.
        """

    @abstractmethod
    def _writing(self) -> AbstractContextManager[None]:
        """Hold the lock of the one that writes."""

    @abstractmethod
    def _versions(self) -> Mapping[str, str]:
        """Return the versions of what an answer depends on, by name."""

    def search(
        self, query: str | Node = "", *, sort: Sort | None = None, limit: int = 10, after: str | None = None,
        page: int = 1, near: bool = True, group: bool = False, explain: bool = False, snippets: int = 2,
        snippet_width: int = 120, recent: bool | Day = False, half_life: float | None = None,
        sample: int | None = None, seed: int = 0,
        **conditions: Unpack[ConditionsDict],
    ) -> Results:  # fmt: skip
        """Return a page of the matching articles.

        Args:
            query: the query language of docs/query-language.md, or a tree of `searchkit.query.tree`.
            sort: "relevance", "newest" or "oldest"; default: relevance, or newest if the query has no words.
            limit: the number of hits on the page.
            after: the `next` of the previous page. The page begins behind its last hit, whatever has changed since.
            page: the number of the page, from 1, in the answer as it is now; instead of `after`. It has the hits that
                following `next` leads to if the archive has not changed; it is empty behind the last page.
            near: if fewer than `limit` match, fill the page with near matches.
            group: return one hit per family of reprints, the member that comes first in the order of the answer.
            explain: fill each hit's `explanation`.
            snippets: the most pieces of the body for each hit, of `snippet_width` characters each.
            recent: prefer newer articles among those that fit about as well: True, or the day to count ages from, as a
                date or text that names one; default: today. Only the order by relevance can do so.
            half_life: the days after which half of that preference is left; default: 30.
            sample: instead of the first `limit` matches so many chosen at random from all, in random order, without
                scores and near matches. A smaller sample is the beginning of a larger one with the same seed.
            seed: the same seed gives the same sample, also when articles have come in that do not match.
            conditions: see `ConditionsDict`.
        """
        wanted = Page(sort, limit, after, near, group, page, recent, half_life, sample, seed)
        with self._asked() as engine:
            return engine.search(query, Conditions.of(conditions), wanted, explain, snippets, snippet_width)

    def ids(
        self, query: str | Node = "", *, sort: Sort | None = None, limit: int | None = None, after: str | None = None,
        page: int = 1, group: bool = False, recent: bool | Day = False, half_life: float | None = None,
        sample: int | None = None, seed: int = 0,
        **conditions: Unpack[ConditionsDict],
    ) -> Ids:  # fmt: skip
        """Return the ids of the matching articles, in the order of `search`, without reading the articles.

        Near matches are left out. The other arguments are as in `search`.

        Args:
            limit: the number of ids on the page; None for all.
        """
        wanted = Page(sort, limit, after, False, group, page, recent, half_life, sample, seed)
        with self._asked() as engine:
            return engine.ids(query, Conditions.of(conditions), wanted)

    def understand(self, query: str | Node = "", **conditions: Unpack[ConditionsDict]) -> Parsed:
        """Return how a question is understood, with its days and aliases, without answering it."""
        with self._asked() as engine:
            return engine.understood(query, Conditions.of(conditions)).parsed

    def marks(
        self, query: str | Node, article: Article, **conditions: Unpack[ConditionsDict]
    ) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Return the ranges that a query looks for in an article, whether it matches or not.

        Returns:
            those of the title, and those of the whole body: half-open, in code points, in order, not overlapping.
        """
        with self._asked() as engine:
            return engine.marks(query, article, Conditions.of(conditions))

    def count(self, query: str | Node = "", **conditions: Unpack[ConditionsDict]) -> int:
        """Return the number of articles that match."""
        with self._asked() as engine:
            return engine.count(query, Conditions.of(conditions))

    def timeline(self, query: str | Node = "", *, by: By = "month", **conditions: Unpack[ConditionsDict]) -> Timeline:
        """Return the matches per day, week (ISO), month, quarter or year, including empty periods in between."""
        with self._asked() as engine:
            return engine.timeline(query, Conditions.of(conditions), by)

    def timelines(
        self, queries: Mapping[str, str | Node], *, by: By = "month", share: bool = False, smooth: int = 1,
        by_source: bool | int = False, **conditions: Unpack[ConditionsDict],
    ) -> Timelines:  # fmt: skip
        """Return several queries through time, for a figure: counts, shares of all articles, moving averages, gaps.

        The conditions hold for all queries. The share of a period is the number of matches over that of all articles
        that the conditions alone find in it: of the same days, sources and kinds. What stands in a query narrows only
        the matches. A period in which the conditions find no article at all is a gap, never a zero.

        Args:
            queries: each by the name of its series: `{"芯片": "芯片 OR 半导体"}`.
            share: average shares, not counts, and draw them; both are in the answer in any case.
            smooth: the number of periods of a centred moving average; 1 for none. Gaps are left out of it, at the ends
                the window is shorter, and an even number has one period more, with the first and last counting half.
            by_source: a series for each of so many sources of each query, the commonest; True for 5. Shares and gaps
                are then those of the source.

        Raises:
            UsageError: there is no query, a name is blank, or there are more than 20 series.
        """
        from searchkit.search.timelines import Wanted

        wanted = Wanted.of(queries, by, share, smooth, by_source)
        with self._asked() as engine:
            return engine.timelines(queries, Conditions.of(conditions), wanted)

    def facets(
        self, query: str | Node = "", *, fields: Sequence[str] = ("source",), limit: int = 10,
        **conditions: Unpack[ConditionsDict],
    ) -> Facets:  # fmt: skip
        """Return the `limit` most frequent values of each field among the matches."""
        with self._asked() as engine:
            return engine.facets(query, Conditions.of(conditions), fields, limit)

    def record(self, query: str | Node = "", **conditions: Unpack[ConditionsDict]) -> QueryRecord:
        """Ask, and return a record of the question with the id and the content hash of every match.

        Near matches, order and pages have no part in it. Write `record.to_json()` to keep it.
        """
        return self._recorded(query, conditions, self._today())

    def record_timelines(
        self, queries: Mapping[str, str | Node], *, by: By = "month", share: bool = False, smooth: int = 1,
        by_source: bool | int = False, **conditions: Unpack[ConditionsDict],
    ) -> SeriesRecord:  # fmt: skip
        """Return a record of several queries through time: `record` of each, and the numbers of all series.

        The arguments and errors are those of `timelines`. Write `record.to_json()` to keep it.
        """
        from searchkit.search.timelines import Wanted

        wanted = Wanted.of(queries, by, share, smooth, by_source)
        return self._series_recorded(queries, conditions, wanted, self._today())

    @overload
    def replay(self, record: QueryRecord) -> Replay: ...
    @overload
    def replay(self, record: SeriesRecord) -> SeriesReplay: ...
    def replay(self, record: QueryRecord | SeriesRecord) -> Replay | SeriesReplay:
        """Ask the questions of a record again, from the same day, and return what has changed: false if nothing has."""
        from searchkit.model.query_records import QueryRecord
        from searchkit.search.recording import compared, series_compared

        if isinstance(record, QueryRecord):
            return compared(record, self._recorded(record.query, record.options, record.today), self._store)
        from searchkit.search.timelines import Wanted

        first = next(iter(record.queries.values()))  # the options and the day are those of all
        queries = {name: each.query for name, each in record.queries.items()}
        wanted = Wanted.of(queries, record.by, record.share, record.smooth, record.by_source)
        now = self._series_recorded(queries, first.options, wanted, first.today)
        return series_compared(record, now, self._store)

    def _series_recorded(
        self, queries: Mapping[str, str | Node], given: Mapping[str, Any], wanted: Wanted, today: date
    ) -> SeriesRecord:
        from searchkit.search.recording import series_recorded

        with self._asked(today) as engine:
            return series_recorded(engine, self._store, queries, given, wanted, today, self._versions())

    def _recorded(self, query: str | Node, given: Mapping[str, Any], today: date) -> QueryRecord:
        from searchkit.search.recording import recorded

        with self._asked(today) as engine:
            return recorded(engine, self._store, query, given, today, self._versions())

    @overload
    def terms(
        self, query: str | Node = "", *, limit: int = 20, by: None = None, **conditions: Unpack[ConditionsDict]
    ) -> Terms: ...
    @overload
    def terms(
        self, query: str | Node = "", *, limit: int = 20, by: By, **conditions: Unpack[ConditionsDict]
    ) -> TermsByPeriod: ...
    def terms(
        self, query: str | Node = "", *, limit: int = 20, by: By | None = None, **conditions: Unpack[ConditionsDict]
    ) -> Terms | TermsByPeriod:
        """Return the `limit` words most typical of the matches against the rest of the archive.

        Of an article and its reprints one is counted. Words that fewer than two of the matches have are left out, and
        so are function words, numbers and lone characters; see `searchkit.search.typical`.

        Args:
            by: return for each day, week, month, quarter or year with a match the `limit` words most typical of its
                matches against the matches of all other periods instead: `TermsByPeriod`.
        """
        with self._asked() as engine:
            given = Conditions.of(conditions)
            return engine.terms(query, given, limit) if by is None else engine.terms_by(query, given, limit, by)

    def trends(
        self, query: str | Node = "", *, day: Day = None, period: int = 7, against: int = 8, least: int = 3,
        limit: int = 20, **conditions: Unpack[ConditionsDict],
    ) -> Trends:  # fmt: skip
        """Return the `limit` words that rise most surely in the last days against the days before.

        Of an article and its reprints one is counted. Words are compared by their shares of the articles, so neither
        more articles nor a gap of the archive makes one rise; see `searchkit.search.trends`.

        Args:
            query: count only articles that match.
            day: the last day, as a date or text that names one; default: today, or if the archive has no article of
                today, the newest day before it that has. A note of `parsed` says so.
            period: the days looked at, `day` included.
            against: the number of periods of the same length before them, which they are compared with.
            least: the articles of these days that must have a word.
        """
        with self._asked() as engine:
            return engine.trends(query, Conditions.of(conditions), day, period, against, least, limit)

    def compare(
        self, a: str | Node, b: str | Node, *, limit: int = 20, **conditions: Unpack[ConditionsDict]
    ) -> Comparison:
        """Return two queries compared: counts, articles that match both, sources, and the words of each side.

        The words are those typical of the articles that match only one query against those that match only the other,
        `limit` of each; see `terms`. The conditions hold for both queries.
        """
        with self._asked() as engine:
            return engine.compare(a, b, Conditions.of(conditions), limit)

    def similar(
        self, id_or_text: str, *, limit: int = 10, reprints: bool = False, snippet_width: int = 120,
        **conditions: Unpack[ConditionsDict],
    ) -> Similar:  # fmt: skip
        """Return the `limit` articles most similar to an article of the archive, or to a text.

        They are found by its own typical words; see `searchkit.search.similar`.

        Args:
            id_or_text: the id of an article; otherwise a text.
            reprints: include the article's reprints, and all members of the families found; otherwise one of each.
            snippet_width: the characters of the piece of text of each hit.

        Raises:
            NoSuchArticle: it is no id, and as one word of ASCII also no text.
        """
        with self._asked() as engine:
            return engine.similar(id_or_text, Conditions.of(conditions), limit, reprints, snippet_width)

    def export(
        self, query: str | Node = "", *, sample: int | None = None, seed: int = 0, **conditions: Unpack[ConditionsDict]
    ) -> Iterator[Article]:
        """Return every matching article, by id, or a sample of them, in random order; see `search`.

        Without query and condition only the record is read.
        """
        given = Conditions.of(conditions)
        ids: Sequence[str] | None = None
        if query or given.narrow:
            with self._asked() as engine:
                ids = engine.matching(query, given)[1]
        if sample is not None:
            from searchkit.search.sampling import sampled

            ids = sampled(self._store.ids() if ids is None else ids, sample, seed)
        return self._store.articles(ids)

    @property
    def saved(self) -> Saved:
        """The searches that are kept under a name, and what has come in for them since they were last looked at."""
        from searchkit.search.saved import Saved

        return Saved(self._store, self._asked, self._writing)

    def _choice(
        self, query: str | Node, given: Conditions, ids: Sequence[str]
    ) -> Callable[[], tuple[Parsed | None, list[str], int]]:
        """Return a function that chooses the articles to delete, to be called under the lock.

        It returns the understood query, the ids, and how far the index is behind.

        Raises:
            UsageError: there is nothing to choose by.
        """
        if isinstance(query, (list, tuple, set, frozenset)):
            raise UsageError("a list of ids is given by name", hint="archive.delete(ids=[…])", code="ids-as-query")
        asked = bool(query or given.narrow)
        if not (asked or ids):
            raise UsageError(
                "delete needs a query, a condition or ids",
                hint="archive.delete('source:测试', dry_run=True)",
                code="delete-nothing",
            )

        def chosen() -> tuple[Parsed | None, list[str], int]:
            if not asked:
                return None, list(ids), 0
            with self._asked() as engine:
                # What is deleted for good is what was typed, unless other names are asked for.
                question, found = engine.matching(query, given, aliases=False)
                return question.parsed, [*ids, *found], engine.behind

        return chosen
