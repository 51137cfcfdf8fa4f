"""Engine: answers the questions to an archive from one generation of its index and from its record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from searchkit.analysis.segment import Segmenter
from searchkit.engines import scoring
from searchkit.engines.aggregation import Aggregation, Count, Values
from searchkit.engines.snapshot import Match, Snapshot
from searchkit.errors import QueryTimeout, UsageError
from searchkit.model.results import Diagnosis, Hit, Results, Sort
from searchkit.query.tree import FIELD_NAMES, FieldName, Node
from searchkit.reprints.families import Families
from searchkit.search import cursor, diagnosis
from searchkit.search.collapse import grouped
from searchkit.search.highlight import Highlighter
from searchkit.search.question import Filters, Question, understand
from searchkit.storage.store import Store

if TYPE_CHECKING:
    from searchkit.model.aggregations import By, Facets, Timeline


class Engine:
    """The questions to an archive, answered from one generation of its index.

    Args:
        snapshot: the generation.
        segmenter: cuts the words of queries, as the index's were cut.
        today: the day that relative dates start from.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        segmenter: Segmenter,
        store: Store,
        families: Families,
        timezone: ZoneInfo,
        today: Callable[[], date],
    ) -> None:
        self._snapshot = snapshot
        self._segmenter = segmenter
        self._store = store
        self._families = families
        self._timezone = timezone
        self._today = today

    def understood(self, query: str | Node, conditions: Filters) -> Question:
        """Return the question that a query and its conditions make. Raises: QueryError."""
        return understand(
            query, conditions, today=self._today(), timezone=self._timezone.key, segmenter=self._segmenter
        )

    # -- searching

    def search(
        self,
        query: str | Node,
        conditions: Filters,
        *,
        sort: Sort | None,
        limit: int,
        after: str | None,
        near: bool,
        group: bool,
        explain: bool,
        snippets: int,
        snippet_width: int,
    ) -> Results:
        """Return a page of the articles that answer; see `Archive.search`."""
        question = self.understood(query, conditions)
        tree, canonical = question.tree, question.parsed.canonical
        order: Sort = sort or ("relevance" if scoring.scoring_terms(tree, self._segmenter) else "newest")
        place = cursor.place(after, order, canonical) if after else None
        reprints: Mapping[str, int] = {}
        groups: int | None = None
        if group:
            answer = grouped(
                self._snapshot, self._families, tree, limit=limit, after=place, sort=order, near=near
            )  # fmt: skip
            total, page, more, reprints, groups = (
                answer.total, answer.page, answer.more, answer.reprints, answer.groups
            )  # fmt: skip
        else:
            matches = self._snapshot.search(tree, limit=limit, after=place, sort=order, near=near)
            total, page, more = matches.total, matches.page, matches.more
        behind = self._store.pending(self._snapshot.covers)
        return Results(
            total=total,
            hits=self._hits(page, question, explain, snippets, snippet_width, reprints),
            next=cursor.cursor(order, page[-1].key, canonical) if page and more else None,
            parsed=question.parsed,
            sort=order,
            diagnosis=self._diagnosis(tree) if total == 0 else None,
            # The record would count its rows one by one.
            archive_size=len(self._store) if behind else len(self._snapshot),
            index_behind=behind,
            groups=groups,
        )

    def _diagnosis(self, tree: Node) -> Diagnosis | None:
        try:
            return diagnosis.diagnose(tree, self._snapshot)
        except QueryTimeout:
            return None  # that nothing was found is an answer all the same

    def _hits(
        self,
        page: Sequence[Match],
        question: Question,
        explain: bool,
        snippets: int,
        width: int,
        reprints: Mapping[str, int],
    ) -> tuple[Hit, ...]:
        articles = self._store.get_many(match.id for match in page)
        family = self._families.of([match.id for match in page])
        highlighter = Highlighter(question.tree, self._segmenter)
        found = []
        for match in page:
            article = articles.get(match.id)
            if article is None:
                continue  # deleted by another process since the index was read
            found.append(
                Hit(
                    id=match.id,
                    title=article.title,
                    published=self._local(article.published),
                    precision=article.precision,
                    source=article.source,
                    author=article.author,
                    site=article.site,
                    section=article.section,
                    url=article.url,
                    kind=article.kind,
                    parent=article.parent,
                    score=match.score,
                    near=match.near,
                    snippets=highlighter.snippets(article, snippets, width),
                    title_marks=highlighter.title_marks(article),
                    explanation=self._snapshot.explain(question.tree, match.id) if explain else {},
                    family=family.get(match.id, ""),
                    reprints=reprints.get(match.id, 0),
                )
            )
        return tuple(found)

    def _local(self, moment: datetime | None) -> datetime | None:
        return moment.astimezone(self._timezone) if moment else None

    # -- counting

    def count(self, query: str | Node, conditions: Filters) -> int:
        """Return the number of articles that match."""
        return self._snapshot.count(self.understood(query, conditions).tree)

    def matching(self, query: str | Node, conditions: Filters) -> tuple[Question, Sequence[str]]:
        """Return how a query is understood, and the ids of all matches, ascending."""
        question = self.understood(query, conditions)
        return question, self._snapshot.ids(question.tree)

    def timeline(self, query: str | Node, conditions: Filters, by: By) -> Timeline:
        """Return the number of matches in each period; see `Archive.timeline`."""
        from searchkit.model.aggregations import Timeline
        from searchkit.search.timeline import buckets

        question = self.understood(query, conditions)
        days = dict(self._snapshot.days(question.tree))
        undated = days.pop(None, 0)
        dated = cast("dict[date, int]", days)
        span = question.parsed.span
        found = buckets(dated, by, span.since if span else None, span.until if span else None)
        return Timeline(by, found, undated, sum(dated.values()) + undated, question.parsed)

    def facets(self, query: str | Node, conditions: Filters, fields: Sequence[str], limit: int) -> Facets:
        """Return the most frequent values of each field among the matches; see `Archive.facets`."""
        from searchkit.model.aggregations import Facet, Facets

        for name in fields:
            if name not in FIELD_NAMES:
                raise UsageError(f"no field {name!r} to count", hint=f"one of {', '.join(FIELD_NAMES)}")
        question = self.understood(query, conditions)
        asked: list[Aggregation[Mapping[str, int]]] = [Values(cast(FieldName, name)) for name in fields]
        total, *counted = self._snapshot.aggregate(question.tree, [Count(), *asked])
        found = []
        for name, counts in zip(fields, counted, strict=True):
            values = {value: count for value, count in counts.items() if value}
            ordered = sorted(values.items(), key=lambda item: (-item[1], item[0]))
            found.append(Facet(name, tuple(ordered[:limit]), counts.get("", 0), len(values)))
        return Facets(total, tuple(found), question.parsed)
