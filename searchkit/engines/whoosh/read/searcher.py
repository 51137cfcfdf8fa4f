"""One generation of the index, open for reading: it answers the questions of a `Snapshot`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, tzinfo

import numpy as np

from searchkit.analysis.segment import Segmenter
from searchkit.engines import scoring
from searchkit.engines.aggregation import Part, Spellings
from searchkit.engines.snapshot import MOST_VARIANTS, Key, Matches
from searchkit.engines.whoosh.read import block_max, rank, variants
from searchkit.engines.whoosh.read.calendar import Calendar, Days
from searchkit.engines.whoosh.read.docsets import DocSet
from searchkit.engines.whoosh.read.matcher import Evaluation, Statistics
from searchkit.engines.whoosh.read.segments import Docs, SegmentView
from searchkit.model.fields import FieldName
from searchkit.model.results import Sort
from searchkit.query.tree import And, Node, Published

VARIANTS_HELD = 16
"""Words whose variants are kept for the next query."""


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

    def match(self, query: Node) -> list[DocSet]:
        """Return the matches in each segment."""
        return [evaluation.match(query) for evaluation in self._evaluations]

    def names(self, segment: int, docs: Docs) -> list[str]:
        """Return the ids of documents of the segment with this number."""
        return [values[0] for values in self.segments[segment].printed("id", docs)]

    def search(self, query: Node, limit: int, after: Key | None, sort: Sort, near: bool) -> Matches:
        """See `Snapshot.search`."""
        full = self.match(query)
        total = sum(map(len, full))
        if limit == 0:
            return Matches(total, (), total > 0)
        # A page after a cursor may begin anywhere in the order, so then the whole order is computed.
        wanted = limit + 1 if after is None else None
        tiers = self._tiers(query, full, sort, near and total < limit, wanted)
        found = rank.page(tiers, limit + 1, after, self.names, scored=sort == "relevance")
        more = len(found) > limit and not found[limit].near
        return Matches(total, tuple(found[:limit]), more)

    def _tiers(
        self, query: Node, full: list[DocSet], sort: Sort, near: bool, wanted: int | None
    ) -> Iterator[rank.Ranked]:
        scoring_terms = scoring.scoring_terms(query, self._segmenter) if sort == "relevance" else None
        for tier, sets in self._sets(query, full, sort, near):
            if scoring_terms is None:
                within = days_within(query) if tier != scoring.NEAR_TIER else (None, None)
                newest = sort == "newest"
                yield rank.by_time(tier, self._evaluations, sets, newest=newest, wanted=wanted, within=within)
            else:
                yield rank.by_score(tier, self._evaluations, sets, scoring_terms, self._statistics, self.names, wanted)

    def _sets(self, query: Node, full: list[DocSet], sort: Sort, near: bool) -> Iterator[tuple[int, list[DocSet]]]:
        """Yield the tiers of an answer, each computed on demand."""
        if sort == "relevance":
            yield from rank.by_strictness(self._evaluations, query, full)
        else:
            yield 0, full
        if near and scoring.has_words(query):
            yield scoring.NEAR_TIER, rank.nearly(self._evaluations, query, full)

    def explain(self, query: Node, id: str) -> Mapping[str, float]:
        """See `Snapshot.explain`."""
        scoring_terms = scoring.scoring_terms(query, self._segmenter)
        full = self.match(query)
        for number, segment in enumerate(self.segments):
            posting = segment.term("id", id)
            if posting is None:
                continue
            docs = posting.docs
            for tier, sets in self._sets(query, full, "relevance", near=True):
                if not sets[number].has(docs)[0]:
                    continue
                found = dict(rank.explained(number, docs, scoring_terms, self._statistics))
                # The bonus is for the first ones of the tier, which are included whatever number is wanted.
                ranked = rank.by_score(tier, self._evaluations, sets, scoring_terms, self._statistics, self.names, 1)
                at = np.flatnonzero((ranked.segments == number) & (ranked.docs == docs[0]))
                base = block_max.scores(docs, number, block_max.weighed(scoring_terms, self._statistics))
                bonus = -float(ranked.ranks[at[0]]) - float(base[0]) if len(at) else 0.0
                return {**found, "proximity": bonus} if bonus else found
        return {}

    def count(self, query: Node) -> int:
        """Return the number of matches."""
        return sum(map(len, self.match(query)))

    def parts(self, query: Node) -> list[Part]:
        """Return the matches of each segment, for counting."""
        found = zip(self.segments, self._evaluations, self.match(query), strict=True)
        return [_Matching(segment, evaluation.calendar, docs) for segment, evaluation, docs in found]

    def sequence_numbers(self) -> dict[str, int]:
        """Return the sequence number of each article, by id."""
        found: dict[str, int] = {}
        for number, segment in enumerate(self.segments):
            docs = segment.live()
            found.update(zip(self.names(number, docs), segment.numbers("seq").take(docs).tolist(), strict=True))
        return found


class _Matching:
    """The matches in one segment."""

    def __init__(self, segment: SegmentView, calendar: Calendar, docs: DocSet) -> None:
        self.segment = segment
        self.calendar = calendar
        self.docs = docs

    @property
    def count(self) -> int:
        return len(self.docs)

    def ids(self) -> Sequence[str]:
        return [values[0] for values in self.segment.printed("id", self.docs.docs)]

    def days(self) -> Mapping[date | None, int]:
        first, counts, without = self.calendar.per_day(self.docs)
        at = np.flatnonzero(counts)
        days = map(date.fromordinal, (at + first).tolist())
        found: dict[date | None, int] = dict(zip(days, counts.take(at).tolist(), strict=True))
        return {**found, None: without} if without else found

    def values(self, name: FieldName) -> Mapping[str, Spellings]:
        return self.segment.counts(name, self.docs.docs)


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
