"""One generation of the index, open for reading: it answers the questions of a `Snapshot`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, tzinfo
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from searchkit.analysis.segment import Segmenter
from searchkit.deadline import check
from searchkit.engines import scoring
from searchkit.engines.aggregation import Part, Spellings, WordCounts
from searchkit.engines.snapshot import MOST_VARIANTS, Key, Matches
from searchkit.engines.whoosh.columns import MISSING
from searchkit.engines.whoosh.read import block_max, rank, variants
from searchkit.engines.whoosh.read.block_max import Fading, Weighed
from searchkit.engines.whoosh.read.calendar import Days
from searchkit.engines.whoosh.read.docsets import DocSet, distinct, unite
from searchkit.engines.whoosh.read.impacts import Floats
from searchkit.engines.whoosh.read.matcher import Evaluation, Statistics
from searchkit.engines.whoosh.read.segments import Docs, Ints, SegmentView
from searchkit.model.fields import FieldName
from searchkit.model.results import Recent, Sort
from searchkit.query.emphasis import without_emphasis
from searchkit.query.tree import And, Node, Published

if TYPE_CHECKING:
    from searchkit.analysis.pinyin import Spelling
    from searchkit.engines.whoosh.read.spelled import Spelled

VARIANTS_HELD = 16
"""Words whose variants are kept, and spellings whose strings are kept, for the next query."""


class Searcher:
    """The segments of a generation. It never changes, and any number of threads may use it at once, without a lock.

    Data kept from question to question (decoded lists, terms, columns) is in caches that threads share. The caller
    keeps the files open: `close` must not be called during a question.
    """

    def __init__(self, generation: int, segments: list[SegmentView], segmenter: Segmenter, timezone: tzinfo) -> None:
        self.generation = generation
        self.segments = segments
        self._segmenter = segmenter
        self._statistics = Statistics(segments, segmenter, timezone)
        self._evaluations = [Evaluation(number, self._statistics) for number in range(len(segments))]
        self._variants: dict[tuple[str, int], tuple[str, ...]] = {}
        self._spelled: dict[str, Spelled] = {}

    def close(self) -> None:
        """Release the files. Safe to call twice."""
        for segment in self.segments:
            segment.close()

    def variants(self, word: str, edits: int) -> tuple[str, ...]:
        """Return the variants of a folded word; see `Snapshot`."""
        # One question asks for them several times: for its matches, its counts and its highlights.
        found = self._variants.get((word, edits))
        if found is None:
            found = variants.variants(self._evaluations, word, edits, MOST_VARIANTS + 2)
            if len(self._variants) >= VARIANTS_HELD:
                self._variants.clear()
            self._variants[word, edits] = found
        return found

    def similar_words(self, words: Sequence[str], edits: int) -> dict[str, dict[str, int]]:
        """See `Snapshot.similar_words`."""
        return variants.similar_words(self._evaluations, words, edits)

    def spelled(self, spelling: Spelling) -> Spelled:
        """Return the strings and the values that are so spelled; see `Snapshot`."""
        from searchkit.engines.whoosh.read import spelled  # few queries need it

        found = self._spelled.get(spelling.key)
        if found is None:
            found = spelled.spelled(self._evaluations, spelling)
            if len(self._spelled) >= VARIANTS_HELD:
                self._spelled.clear()
            self._spelled[spelling.key] = found
        return found

    def match(self, query: Node) -> list[DocSet]:
        """Return the matches in each segment."""
        return [evaluation.match(query) for evaluation in self._evaluations]

    def names(self, segment: int, docs: Docs) -> list[str]:
        """Return the ids of documents of the segment with this number."""
        return [values[0] for values in self.segments[segment].printed("id", docs)]

    def search(
        self, query: Node, limit: int, after: Key | None, sort: Sort, near: bool, recent: Recent | None = None
    ) -> Matches:
        """See `Snapshot.search`."""
        full = self.match(query)
        total = sum(map(len, full))
        if limit == 0:
            return Matches(total, (), total > 0)
        # A page after a cursor may begin anywhere in the order, so then the whole order is computed.
        wanted = limit + 1 if after is None else None
        tiers = self._tiers(query, full, sort, near and total < limit, wanted, recent)
        found = rank.page(tiers, limit + 1, after, self.names, scored=sort == "relevance")
        more = len(found) > limit and not found[limit].near
        return Matches(total, tuple(found[:limit]), more)

    def _tiers(
        self, query: Node, full: list[DocSet], sort: Sort, near: bool, wanted: int | None, recent: Recent | None
    ) -> Iterator[rank.Ranked]:
        scoring_terms = scoring.scoring_terms(query, self._segmenter) if sort == "relevance" else None
        terms = block_max.weighed(scoring_terms, self._statistics) if scoring_terms is not None else Weighed([])
        fading = self._fading(recent)
        for tier, sets in self._sets(query, full, sort, near):
            if scoring_terms is None:
                within = days_within(query) if tier != scoring.NEAR_TIER else (None, None)
                newest = sort == "newest"
                yield rank.by_time(tier, self._evaluations, sets, newest=newest, wanted=wanted, within=within)
            else:
                yield rank.by_score(tier, self._evaluations, sets, scoring_terms, terms, self.names, wanted, fading)

    def _fading(self, recent: Recent | None) -> Fading | None:
        if recent is None:
            return None
        factors: dict[int, float] = {}

        def fading(number: int, docs: Docs) -> Floats:
            days = self.segments[number].numbers("day").take(docs)
            each = distinct(days)
            for day in each.tolist():
                if day not in factors:
                    check()
                    factors[day] = scoring.recency(recent, None if day == MISSING else date.fromordinal(day))
            return np.array([factors[day] for day in each.tolist()], np.float64).take(each.searchsorted(days))

        return fading

    def _sets(self, query: Node, full: list[DocSet], sort: Sort, near: bool) -> Iterator[tuple[int, list[DocSet]]]:
        """Yield the tiers of an answer, each computed on demand."""
        if sort == "relevance":
            yield from rank.by_strictness(self._evaluations, query, full)
        else:
            yield 0, full
        if not any(map(len, full)):
            query = without_emphasis(query)
        if near and scoring.has_words(query):
            yield scoring.NEAR_TIER, rank.nearly(self._evaluations, query, full)

    def explain(self, query: Node, id: str, recent: Recent | None = None) -> Mapping[str, float]:
        """See `Snapshot.explain`."""
        scoring_terms = scoring.scoring_terms(query, self._segmenter)
        terms = block_max.weighed(scoring_terms, self._statistics)
        full = self.match(query)
        for number, segment in enumerate(self.segments):
            posting = segment.term("id", id)
            if posting is None:
                continue
            docs = posting.docs
            for _, sets in self._sets(query, full, "relevance", near=True):
                if sets[number].has(docs)[0]:
                    return rank.explained(
                        number, docs, self._evaluations, sets, scoring_terms, terms, self.names,
                        self._fading(recent),
                    )  # fmt: skip
        return {}

    def passage(self, query: Node) -> Mapping[str, float]:
        """See `Snapshot.passage`."""
        return self._statistics.passage_weights(scoring.scoring_terms(query, self._segmenter))

    def count(self, query: Node) -> int:
        """Return the number of matches."""
        return sum(map(len, self.match(query)))

    def parts(self, query: Node) -> list[Part]:
        """Return the matches of each segment, for counting."""
        found = zip(self.segments, self._evaluations, self.match(query), strict=True)
        return [_Matching(segment, evaluation, docs) for segment, evaluation, docs in found]

    def sequence_numbers(self) -> dict[str, int]:
        """Return the sequence number of each article, by id."""
        found: dict[str, int] = {}
        for number, segment in enumerate(self.segments):
            docs = segment.live()
            found.update(zip(self.names(number, docs), segment.numbers("seq").take(docs).tolist(), strict=True))
        return found


class _Matching:
    """The matches in one segment."""

    def __init__(self, segment: SegmentView, evaluation: Evaluation, docs: DocSet) -> None:
        self.segment = segment
        self.evaluation = evaluation
        self.docs = docs

    @property
    def count(self) -> int:
        return len(self.docs)

    def ids(self) -> Sequence[str]:
        return [values[0] for values in self.segment.printed("id", self.docs.docs)]

    def days(self) -> Mapping[date | None, int]:
        return self._per_day(self.docs)

    def days_with(self, name: FieldName, value: str) -> Mapping[date | None, int]:
        return self._per_day(self.docs & self.evaluation.having(name, value))

    def _per_day(self, docs: DocSet) -> Mapping[date | None, int]:
        first, counts, without = self.evaluation.calendar.per_day(docs)
        at = np.flatnonzero(counts)
        days = map(date.fromordinal, (at + first).tolist())
        found: dict[date | None, int] = dict(zip(days, counts.take(at).tolist(), strict=True))
        return {**found, None: without} if without else found

    def values(self, name: FieldName) -> Mapping[str, Spellings]:
        return self.segment.counts(name, self.docs.docs)

    def words(self, without: Collection[str]) -> WordCounts:
        postings = (self.segment.term("id", id) for id in without)
        left_out = unite([DocSet(self.docs.size, docs=each.docs) for each in postings if each], self.docs.size)
        matches = self.docs - left_out
        rest = DocSet.of(self.segment.live(), self.docs.size) - self.docs - left_out
        return _WordCounts(self.segment, matches.docs, rest.docs)


class _WordCounts:
    """See `WordCounts`."""

    def __init__(self, segment: SegmentView, matches: Docs, rest: Docs) -> None:
        self._segment = segment
        self.matches, self.rest = len(matches), len(rest)
        self._matches, self._rest = segment.document_frequencies("words", (matches, rest))

    def in_matches(self, least: int = 1) -> Mapping[str, int]:
        return self._counts(self._matches, self._matches >= least)

    def in_rest(self, words: Collection[str], least: int = 0) -> Mapping[str, int]:
        # A scan of the terms: looking up thousands one by one takes longer.
        found = self._counts(self._rest, (self._rest > 0) & (self._matches >= least))
        return found if least else {word: count for word, count in found.items() if word in words}

    def _counts(self, counts: Ints, chosen: npt.NDArray[np.bool_]) -> dict[str, int]:
        places = chosen.nonzero()[0]
        return dict(zip(self._segment.terms_at("words", places), counts.take(places).tolist(), strict=True))


def days_within(query: Node) -> Days:
    """Return days between which every match is known to be published."""
    match query:
        case Published(since=since, until=until):
            return since, until
        case And(children=children):
            spans = [days_within(child) for child in children]
            return (
                max((since for since, _ in spans if since is not None), default=None),
                min((until for _, until in spans if until is not None), default=None),
            )
        case _:
            return None, None
