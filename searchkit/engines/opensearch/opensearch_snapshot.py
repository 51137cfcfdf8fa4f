"""OpenSearchSnapshot: one generation of an index in the cluster, and every question put to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from searchkit.analysis.segment import Segmenter
from searchkit.cluster.client import Body, Cluster
from searchkit.deadline import check
from searchkit.engines import scoring
from searchkit.engines.aggregation import Part
from searchkit.engines.opensearch import explaining, variants
from searchkit.engines.opensearch.counting import Matching
from searchkit.engines.opensearch.document import without_marks
from searchkit.engines.opensearch.generations import Asking, Generations
from searchkit.engines.opensearch.literals import EVERYTHING, all_of, any_of, having_one, without
from searchkit.engines.opensearch.mapping import BODY, ID, SEQ, TITLE
from searchkit.engines.opensearch.ranking import Tier, by_time, matches_by_time
from searchkit.engines.opensearch.reading import every_hit
from searchkit.engines.opensearch.script import Scoring, scoring_of
from searchkit.engines.opensearch.statistics import Statistics
from searchkit.engines.opensearch.translation import Translator
from searchkit.engines.snapshot import Key, Match, Matches, Snapshot
from searchkit.engines.spans import spans
from searchkit.model.fields import FieldName
from searchkit.model.results import Recent, Sort
from searchkit.query.emphasis import without_emphasis
from searchkit.query.tree import AtLeast, Node, Together, Wildcard

if TYPE_CHECKING:
    from searchkit.analysis.pinyin import Spelling

_PAGE = 5_000
"""Matches of one answer; the cluster gives 10,000 at most, and some more than are wanted are asked for."""


class OpenSearchSnapshot(Snapshot):
    """See `Snapshot`. It ends when the cluster gives up its point in time, some minutes after the last question."""

    def __init__(self, cluster: Cluster, generations: Generations, segmenter: Segmenter) -> None:
        self._generations = generations
        self._segmenter = segmenter
        self._held = generations.taken()
        self._is_closed = False
        self._asking = Asking(cluster, self._held)
        self._statistics = Statistics(self._asking)
        self._translator = Translator(segmenter, self._statistics, self._checked)

    @property
    def covers(self) -> int:
        return self._held.state.covers if self._held.state else 0

    @property
    def settings(self) -> Mapping[str, str]:
        return self._held.state.settings if self._held.state else {}

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._generations.released(self._held)

    # -- searching

    def _search(
        self, query: Node, limit: int, after: Key | None, sort: Sort, near: bool, recent: Recent | None
    ) -> Matches:
        part = self._page(query, min(limit, _PAGE), limit, after, sort, near, recent)
        found = list(part.page)
        while len(part.page) == _PAGE and len(found) < limit:
            more = min(limit - len(found), _PAGE)
            part = self._page(query, more, limit, found[-1].key, sort, near, recent)
            found += part.page
        return Matches(part.total, tuple(found), part.more)

    def _page(
        self, query: Node, limit: int, wanted: int, after: Key | None, sort: Sort, near: bool, recent: Recent | None
    ) -> Matches:
        """Return so many of the matches that are wanted; the cluster gives only so many in one answer."""
        scored = self._scored(query, recent) if sort == "relevance" and limit else None
        full = self._translator.query(query)
        if limit == 0:
            (total,) = self._asking.count([full])
            return Matches(total, (), more=total > 0)
        if sort != "relevance":
            total, found = self._by_time(full, sort, limit, after)
        else:
            total, found = self._by_relevance(query, full, scored, limit, after)
        if near and total < wanted:
            loose = without_emphasis(query) if not total else query
            if scoring.has_words(loose):
                rest = without(self._translator.query(loose, "near"), full)
                if sort != "relevance":
                    body = by_time(rest, sort, scoring.NEAR_TIER, limit, after)
                    found += matches_by_time(self._asking.search(body), sort, scoring.NEAR_TIER)
                else:
                    tier = self._tier(rest, scoring.NEAR_TIER, scored, limit, after)
                    found += tier.page(self._asking.search(tier.first_body()))
        return Matches(total, tuple(found[:limit]), more=len(found) > limit and not found[limit].near)

    def _scored(self, query: Node, recent: Recent | None) -> Scoring | None:
        terms = scoring.scoring_terms(query, self._segmenter)
        return scoring_of(terms, self._statistics, recent) if terms else None

    def _by_time(self, full: Body, sort: Sort, limit: int, after: Key | None) -> tuple[int, list[Match]]:
        is_past = after is not None and after[0] > 0
        body = {"query": full, "size": 0, "track_total_hits": True} if is_past else by_time(full, sort, 0, limit, after)
        answer = self._asking.search(body)
        return answer["hits"]["total"]["value"], [] if is_past else matches_by_time(answer, sort, 0)

    def _by_relevance(
        self, query: Node, full: Body, scored: Scoring | None, limit: int, after: Key | None
    ) -> tuple[int, list[Match]]:
        """Return the number of matches and the page of whole and straddling ones, in one request for most pages."""
        tiers = [
            self._tier(each, number, scored, limit, after) for number, each in enumerate(self._queries(query, full))
        ]
        bodies = [{**tier.first_body(), **({"size": 0} if after and tier.number < after[0] else {})} for tier in tiers]
        answers = self._asking.searches(bodies)
        total = sum(each["hits"]["total"]["value"] for each in answers)
        found: list[Match] = []
        for tier, answer in zip(tiers, answers, strict=True):
            if len(found) <= limit and not (after and tier.number < after[0]):
                found += tier.page(answer)
        return total, found

    def _queries(self, query: Node, full: Body) -> list[Body]:
        """Return the queries of the tiers of matches: all that match, or whole and straddling ones."""
        if scoring.matches_words_only(query):
            return [full]
        whole = self._translator.query(query, "words")
        return [whole, without(full, whole)]

    def _tier(self, query: Body, number: int, scored: Scoring | None, limit: int, after: Key | None) -> Tier:
        inside = after if after and after[0] == number else None
        return Tier(self._asking, self._statistics, query, number, scored, limit, inside)

    # -- counting

    def _parts(self, query: Node) -> Sequence[Part]:
        return (Matching(self._asking, self._translator.query(query)),)

    def counts(self, queries: Sequence[Node]) -> list[int]:
        return self._asking.count([self._translator.query(self.resolved(query)) for query in queries])

    def document_frequencies(self, words: Collection[str]) -> Mapping[str, int]:
        self._statistics.prepare([("words", word) for word in words])
        return {word: self._statistics.frequency("words", word) for word in words}

    def sequence_numbers(self) -> Mapping[str, int]:
        hits = every_hit(self._asking, EVERYTHING, {"docvalue_fields": [SEQ]})
        return {str(hit["sort"][0]): int(hit["fields"][SEQ][0]) for hit in hits}

    # -- explaining

    def explain(self, query: Node, id: str, recent: Recent | None = None) -> Mapping[str, float]:
        query = self.resolved(query)
        scored = self._scored(query, recent)
        full = self._translator.query(query)
        queries = self._queries(query, full)
        loose = query if self._asking.count([full])[0] else without_emphasis(query)
        if scoring.has_words(loose):
            queries += [without(EVERYTHING, EVERYTHING)] * (scoring.NEAR_TIER - len(queries))
            queries.append(without(self._translator.query(loose, "near"), full))
        this: Body = {"term": {ID: id}}
        held = self._asking.count([all_of([each, this]) for each in queries])
        if scored is None or not any(held):
            return {}
        number = held.index(1)
        tier = self._tier(queries[number], number, scored, 1, None)
        (hit,) = self._asking.search({"query": this, "size": 1, "_source": True})["hits"]["hits"]
        return explaining.parts(hit["_source"], id, tier, scored, self._statistics, self._asking)

    def passage(self, query: Node) -> Mapping[str, float]:
        words = scoring.scoring_terms(self.resolved(query), self._segmenter).passage
        self._statistics.prepare([("words", word) for word in words])
        return {
            word: self._statistics.idf("words", word) for word in words if self._statistics.frequency("words", word)
        }

    # -- strings of the archive

    def _variants(self, word: str, edits: int) -> Collection[str]:
        return variants.variants(self._asking, word, edits)

    def similar_words(
        self, words: Sequence[str], edits: int = 1, *, same_first: bool = False
    ) -> Mapping[str, Mapping[str, int]]:
        return variants.similar_words(self._asking, words, edits, same_first=same_first)

    def _spelled(self, spelling: Spelling) -> tuple[Collection[str], Collection[tuple[FieldName, str]]]:
        from searchkit.engines.opensearch.spelled import spelled  # few queries have it

        return spelled(self._asking, spelling)

    def _checked(self, node: AtLeast | Together | Wildcard, query: Body) -> Body:
        """Return the query for those articles of a query in whose text a node is fulfilled."""
        kept = []
        for hit in every_hit(self._asking, query, {"_source": [TITLE, BODY]}, step=1000):
            check()
            found = list(_found(node, hit["_source"]))
            if len(found) >= (node.times if isinstance(node, AtLeast) else 1):
                kept.append(str(hit["sort"][0]))
        return any_of(having_one(ID, kept))


def _found(node: AtLeast | Together | Wildcard, source: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    for field in (TITLE, BODY):
        yield from spans(node, without_marks(source.get(field, "")), is_title=field == TITLE)
