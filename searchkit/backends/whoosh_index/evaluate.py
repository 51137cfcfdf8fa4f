"""Which documents of a segment match: the query tree as operations on arrays.

The meaning of each node is in `searchkit.query.tree`; `searchkit.backends.memory` says the same with a for-loop.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from enum import Enum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from searchkit import ranking
from searchkit.analysis.fields import compared
from searchkit.analysis.normalise import fold_query
from searchkit.analysis.segment import Segmenter
from searchkit.analysis.terms import query_words
from searchkit.backends.whoosh_index import phrases
from searchkit.backends.whoosh_index.docsets import EMPTY, intersect_all, subtract, unite
from searchkit.backends.whoosh_index.schema import MISSING
from searchkit.backends.whoosh_index.segments import Docs, SegmentView
from searchkit.query.tree import (
    And,
    Everything,
    Field,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Published,
    Title,
    Word,
    Words,
)


class Strictness(Enum):
    """Which articles a query is taken to match."""

    FULL = "all that match"
    WORDS = "those in which typed words stand as words of their own"
    NEAR = "those that have words weighing NEAR_SHARE of the typed ones"


class Statistics:
    """What scoring and weighing need to know of all segments together; live documents only."""

    def __init__(self, segments: list[SegmentView], segmenter: Segmenter, timezone: tzinfo) -> None:
        self.segments = segments
        self.segmenter = segmenter
        self.timezone = timezone
        self._found: dict[tuple[str, str], int] = {}
        self._means: dict[str, float] = {}
        self._tables: dict[str, npt.NDArray[np.float64]] = {}

    @cached_property
    def count(self) -> int:
        """Live documents."""
        return sum(len(segment.live()) for segment in self.segments)

    def found_in(self, field: str, term: str) -> int:
        """How many documents have a term."""
        key = (field, term)
        if key not in self._found:
            postings = (segment.term(field, term) for segment in self.segments)
            self._found[key] = sum(len(posting.docs) for posting in postings if posting is not None)
        return self._found[key]

    def idf(self, field: str, term: str) -> float:
        """See `searchkit.ranking.idf`."""
        return ranking.idf(self.count, self.found_in(field, term))

    def mean_length(self, field: str) -> float:
        """The mean of the quantised lengths."""
        if field not in self._means:
            codes = np.array(ranking.length_codes(), np.int64)
            total = sum(int(codes[segment.lengths(field)[segment.live()]].sum()) for segment in self.segments)
            self._means[field] = total / self.count if self.count else 0.0
        return self._means[field]

    def saturation(self, field: str) -> npt.NDArray[np.float64]:
        """`searchkit.ranking.saturation` by frequency and length code, flat: entry `frequency * 256 + code`."""
        if field not in self._tables:
            freqs = np.arange(TABLED, dtype=np.float64)[:, None]
            lengths = np.array(ranking.length_codes(), np.float64)[None, :]
            mean = self.mean_length(field) or 1.0
            with np.errstate(invalid="ignore", divide="ignore"):
                self._tables[field] = ranking.saturation(freqs, lengths, mean).ravel()
        return self._tables[field]


TABLED = 256
"""Frequencies below this are looked up in a table."""


class Evaluation:
    """The matches of query trees in one segment."""

    def __init__(self, segment: SegmentView, statistics: Statistics) -> None:
        self.segment = segment
        self.statistics = statistics
        self._segmenter = statistics.segmenter

    def match(self, node: Node, how: Strictness = Strictness.FULL) -> Docs:
        """The live documents that match."""
        segment = self.segment
        match node:
            case Everything():
                return segment.live()
            case Words():
                return self._near_words(node) if how is Strictness.NEAR else self._words(node, how)
            case Word(text=text):
                return self._term("words", fold_query(text))
            case Phrase(text=text):
                whole = how is Strictness.WORDS
                return phrases.containing(segment, "grams", fold_query(text), left=whole, right=whole)
            case Prefix(text=text):
                return phrases.containing(segment, "grams", fold_query(text), left=True, right=False)
            case Title(text=text, exact=exact):
                return self._title(fold_query(text), exact)
            case Near(left=left, right=right, distance=distance):
                return phrases.near(segment, "grams", fold_query(left), fold_query(right), distance)
            case Field(name=name, value=value, prefix=prefix):
                return self._field(name, compared(value, name), prefix)
            case Published():
                return self._published(node, segment.live())
            case And(children=children):
                return self._all(children, how)
            case Or(children=children):
                return unite([self.match(child, how) for child in children])
            case Not(child=child):
                return subtract(segment.live(), self.match(child))
        raise TypeError(f"not a query: {node!r}")

    def _all(self, children: tuple[Node, ...], how: Strictness) -> Docs:
        wanted = [self.match(child, how) for child in children if not isinstance(child, (Not, Published))]
        found = intersect_all(wanted) if wanted else self.segment.live()
        for child in children:
            if isinstance(child, Published):
                found = self._published(child, found)
            elif isinstance(child, Not) and len(found):
                found = subtract(found, self.match(child.child))
        return found

    def _term(self, field: str, term: str) -> Docs:
        posting = self.segment.term(field, term)
        return EMPTY if posting is None else posting.docs

    # -- typed words

    def _typed(self, text: str, words: list[str], how: Strictness) -> Docs:
        """Documents that match one typed word."""
        apart = intersect_all([self._term("words", word) for word in words]) if words else EMPTY
        if how is Strictness.WORDS:
            return apart
        return unite([apart, phrases.containing(self.segment, "grams", text, left=True, right=True)])

    def _words(self, node: Words, how: Strictness) -> Docs:
        typed = [fold_query(text) for text in dict.fromkeys(node.typed)]
        cut = {text: query_words(text, self._segmenter) for text in typed}
        found = [self._typed(text, cut[text], how) for text in typed]
        if not typed:
            return EMPTY
        if node.mode == "any":
            return unite(found)
        if ranking.requires_all(len(typed), node.mode):
            return intersect_all(found)
        idf = self.statistics.idf
        weights = [sum(idf("words", word) for word in cut[text]) or 1.0 for text in typed]
        # As `ranking.is_most`: the sums in the same order, for equal bits at the threshold.
        reached = np.zeros(self.segment.doc_count)
        for docs, weight in zip(found, weights, strict=True):
            reached[docs] += weight
        candidates = unite(found)
        return candidates[reached[candidates] >= ranking.MOST * sum(weights)]

    def near_weights(self, node: Words) -> Mapping[str, float]:
        """The words a near match is measured by, and what each weighs."""
        statistics = self.statistics
        words = ranking.near_words(node.typed, self._segmenter)
        return {word: statistics.idf("words", word) for word in words if statistics.found_in("words", word)}

    def _near_words(self, node: Words) -> Docs:
        weights = self.near_weights(node)
        if not weights:
            return EMPTY
        reached = np.zeros(self.segment.doc_count)
        total = 0.0
        for word in sorted(weights):
            total += weights[word]
            reached[self._term("words", word)] += weights[word]
        return np.flatnonzero(reached / total >= ranking.NEAR_SHARE).astype(np.int32)

    # -- fields

    def _title(self, sought: str, exact: bool) -> Docs:
        def having(text: str, whole: bool) -> Docs:
            return phrases.containing(self.segment, "title", text, left=whole, right=whole)

        if exact:
            return having(sought, False)
        words = query_words(sought, self._segmenter)
        apart = intersect_all([having(word, True) for word in words]) if words else EMPTY
        return unite([having(sought, True), apart])

    def _field(self, name: str, value: str, prefix: bool) -> Docs:
        if not prefix:
            return self._term(name, value)
        return unite([self._term(name, term) for term in self.segment.starting(name, value)])

    def _published(self, node: Published, among: Docs) -> Docs:
        """Those of `among` published in a range of days."""
        column = self.segment.numbers("day")
        days = column if len(among) == len(column) else column[among]
        if node.since is None:
            kept: npt.NDArray[np.bool_] = days != MISSING
        else:
            kept = days >= node.since.toordinal()
        if node.until is not None:
            kept &= days <= node.until.toordinal()
        return among[kept]
