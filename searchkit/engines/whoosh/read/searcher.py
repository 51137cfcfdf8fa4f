"""One generation of the index, open for reading: it answers the questions of a `Snapshot`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, tzinfo
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

from searchkit.analysis.segment import Segmenter
from searchkit.deadline import check
from searchkit.engines import scoring
from searchkit.engines.aggregation import Counted, Part, Reprints, Spellings, WordCounts
from searchkit.engines.snapshot import MOST_VARIANTS, Key, Matches
from searchkit.engines.whoosh.columns import MISSING
from searchkit.engines.whoosh.read import block_max, rank, variants
from searchkit.engines.whoosh.read.block_max import Fading, Weighed
from searchkit.engines.whoosh.read.calendar import Days
from searchkit.engines.whoosh.read.docsets import DocSet, distinct, unite
from searchkit.engines.whoosh.read.impacts import Floats
from searchkit.engines.whoosh.read.matcher import Evaluation, Statistics
from searchkit.engines.whoosh.read.segments import Docs, Frequencies, Ints, SegmentView
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

    def similar_words(self, words: Sequence[str], edits: int, *, same_first: bool) -> dict[str, dict[str, int]]:
        """See `Snapshot.similar_words`."""
        return variants.similar_words(self._evaluations, words, edits, same_first=same_first)

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

    def document_frequencies(self, words: Collection[str]) -> dict[str, int]:
        """See `Snapshot.document_frequencies`."""
        return {word: sum(each.document_frequency("words", word) for each in self.segments) for word in words}

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

    def reprinted(self, families: Mapping[str, str]) -> Sequence[str]:
        members = self.segment.members(families)
        return [members.ids[at] for at in self.docs.has(members.docs).nonzero()[0].tolist()]

    def _left_out(self, reprints: Reprints) -> DocSet:
        later = DocSet.of(self.segment.members(reprints.families).later, self.docs.size)
        instead = reprints.instead
        return (later | self._documents(instead.keys())) - self._documents(instead.values())

    def _documents(self, ids: Collection[str]) -> DocSet:
        postings = (self.segment.term("id", id) for id in ids)
        return unite([each.having for each in postings if each], self.docs.size)

    def words(self, reprints: Reprints, *, rest: bool = True) -> WordCounts:
        left_out = self._left_out(reprints)
        matches = self.docs - left_out
        others = DocSet.of(self.segment.live() if rest else matches.docs, self.docs.size) - self.docs - left_out
        return _WordCounts(self.segment, matches.docs, others.docs)

    def words_by_day(
        self, groups: Mapping[date, int], reprints: Reprints, often: tuple[int, int] | None = None
    ) -> Mapping[int, Counted]:
        docs = (self.docs - self._left_out(reprints)).docs
        days = self.evaluation.calendar.days.take(docs)
        known = np.array(sorted((day.toordinal(), group) for day, group in groups.items()), np.int64).reshape(-1, 2)
        at = np.minimum(known[:, 0].searchsorted(days), max(0, len(known) - 1))
        chosen = (known[:, 0].take(at) == days).nonzero()[0] if len(known) else np.empty(0, np.int64)
        docs, of = docs.take(chosen), known[:, 1].take(at.take(chosen))
        order = of.argsort(kind="stable")
        numbers, starts = np.unique(of.take(order), return_index=True)
        sets = np.split(docs.take(order), starts[1:]) if len(numbers) else []
        found = self.segment.document_frequencies("words", sets)
        if often:
            of_group = dict(zip(numbers.tolist(), found, strict=True)).get(often[0])
            wanted = _at_least(of_group, often[1]).places if of_group else np.empty(0, np.int64)
            found = [_among(each, wanted) for each in found]
        # Most words are in several groups: each is read once.
        places = np.unique(np.concatenate([each.places for each in found])) if found else np.empty(0, np.int64)
        words = list(self.segment.terms_at("words", places))
        counted = {}
        for number, each, (having, counts) in zip(numbers.tolist(), sets, found, strict=True):
            names = map(words.__getitem__, places.searchsorted(having).tolist())
            counted[number] = Counted(len(each), dict(zip(names, counts.tolist(), strict=True)))
        return counted


class _WordCounts:
    """See `WordCounts`."""

    def __init__(self, segment: SegmentView, matches: Docs, rest: Docs) -> None:
        self._segment = segment
        self.matches, self.rest = len(matches), len(rest)
        self._matches, self._rest = segment.document_frequencies("words", (matches, rest))
        self._read: tuple[int, Ints, list[str]] = (0, np.empty(0, np.int64), [])

    def in_matches(self, least: int = 1) -> Mapping[str, int]:
        found = _at_least(self._matches, least)
        words = list(self._segment.terms_at("words", found.places))
        self._read = (least, found.places, words)
        return dict(zip(words, found.counts.tolist(), strict=True))

    def in_rest(self, words: Collection[str], least: int = 0) -> Mapping[str, int]:
        if least:
            if self._read[0] != least:
                self.in_matches(least)
            _, places, names = self._read
            at = self._rest.places.searchsorted(places)
            is_there = np.append(self._rest.places, -1).take(at) == places
            counts = np.append(self._rest.counts, 0).take(at)[is_there].tolist()
            return dict(zip(compress(names, is_there.tolist()), counts, strict=True))
        # A scan of the terms: looking up thousands one by one takes longer.
        return {word: count for word, count in _words(self._segment, self._rest).items() if word in words}


def _at_least(found: Frequencies, least: int) -> Frequencies:
    chosen = found.counts >= least
    return Frequencies(found.places[chosen], found.counts[chosen])


def _among(found: Frequencies, places: Ints) -> Frequencies:
    chosen = np.isin(found.places, places, assume_unique=True)
    return Frequencies(found.places[chosen], found.counts[chosen])


def _words(segment: SegmentView, found: Frequencies) -> dict[str, int]:
    return dict(zip(segment.terms_at("words", found.places), found.counts.tolist(), strict=True))


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
