"""Which documents of a segment match: the query tree as operations on arrays.

The meaning of each node is in `searchkit.query.tree`; `searchkit.engines.memory` says the same with a for-loop.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from enum import Enum

import numpy as np

from searchkit.analysis.fields import compared
from searchkit.analysis.normalise import fold_query
from searchkit.analysis.segment import Segmenter
from searchkit.analysis.terms import query_words
from searchkit.deadline import check
from searchkit.engines import scoring
from searchkit.engines.whoosh.read import phrases, spans
from searchkit.engines.whoosh.read.cache import Cache, computed
from searchkit.engines.whoosh.read.calendar import Calendar
from searchkit.engines.whoosh.read.docsets import EMPTY, DocSet, intersect_all, unite
from searchkit.engines.whoosh.read.impacts import Floats, Impacts, Saturation, Scratch
from searchkit.engines.whoosh.read.segments import Docs, SegmentView
from searchkit.query.patterns import pattern
from searchkit.query.tree import (
    And,
    AnyOf,
    AtLeast,
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
    Together,
    Wildcard,
    Word,
    Words,
    side_by_side,
)

TERMS_HELD = 56 * 1024 * 1024
"""Bytes of terms kept for the next query, at most."""
PREFIXES_HELD = 4 * 1024 * 1024
"""Bytes of documents by prefix kept for each segment, at most: a lone character is the prefix of hundreds of pairs."""
TYPED_HELD = 2 * 1024 * 1024
"""The same for documents that match a typed word, and a phrase: one question needs each several times (for tiers, near
matches, aliases and the diagnosis)."""
_ROUNDING = 1e-9
"""The largest difference between sums of the same weights in different orders."""
WITH_LENGTHS = frozenset({"words", "grams"})
"""The fields used for scoring."""


class Strictness(Enum):
    """How strictly an article must match a query."""

    FULL = "all that match"
    WORDS = "those in which typed words stand as words of their own"
    NEAR = "those that have words weighing NEAR_SHARE of the typed ones"


class Term:
    """One term over all segments.

    Attributes:
        found_in: the number of live documents that have it.
        idf: see `searchkit.engines.scoring.idf`.
        parts: its documents and impacts in each segment; None if it does not occur there.
    """

    __slots__ = ("found_in", "idf", "parts")

    def __init__(self, documents: int, parts: tuple[Impacts | None, ...]) -> None:
        self.parts = parts
        self.found_in = sum(part.count for part in parts if part is not None)
        self.idf = scoring.idf(documents, self.found_in)

    @property
    def nbytes(self) -> int:
        """The bytes of its parts."""
        return sum(part.nbytes for part in self.parts if part is not None)


class Statistics:
    """The statistics of all segments together, for scoring and weighing; live documents only. Threads share it."""

    def __init__(self, segments: list[SegmentView], segmenter: Segmenter, timezone: tzinfo) -> None:
        self.segments = segments
        self.segmenter = segmenter
        self.timezone = timezone
        self._terms: Cache[tuple[str, str], Term] = Cache(TERMS_HELD)
        self._saturations: dict[str, Saturation] = {}
        self._scratches = [Scratch(segment.doc_count) for segment in segments]

    @computed
    def count(self) -> int:
        """The number of live documents."""
        return sum(len(segment.live()) for segment in self.segments)

    def term(self, field: str, text: str) -> Term:
        """Return a term of a field that has lengths."""
        key = (field, text)
        found = self._terms.get(key)
        if found is None:
            check()
            saturation, grown = self.saturation(field), self._terms.recount(key)
            parts: list[Impacts | None] = []
            for segment, scratch in zip(self.segments, self._scratches, strict=True):
                posting = segment.term(field, text)
                if posting is None:
                    parts.append(None)
                    continue
                made = Impacts(posting, segment.doc_count, segment.lengths(field), saturation, scratch, grown)
                parts.append(made)
            found = Term(self.count, tuple(parts))
            self._terms.put(key, found)
        return found

    def found_in(self, field: str, term: str) -> int:
        """Return the number of documents that have a term."""
        return self.term(field, term).found_in

    def idf(self, field: str, term: str) -> float:
        """Return the idf of a term; see `searchkit.engines.scoring.idf`."""
        return self.term(field, term).idf

    def passage_weights(self, scoring_terms: scoring.ScoringTerms) -> dict[str, float]:
        """Return the words by which paragraphs are measured, with their idf; without those that no document has."""
        found = {word: self.term("words", word) for word in scoring_terms.passage}
        return {word: term.idf for word, term in found.items() if term.found_in}

    def saturation(self, field: str) -> Saturation:
        """Return the saturation in a field, by its mean of the quantised lengths."""
        found = self._saturations.get(field)
        if found is None:
            codes = np.array(scoring.length_codes(), np.int64)
            total = 0
            for segment in self.segments:
                live, lengths = segment.live(), segment.lengths(field)
                counts = np.bincount(lengths if len(live) == len(lengths) else lengths.take(live), minlength=256)
                total += int(codes @ counts)
            made = Saturation(total / self.count if self.count else 0.0)
            found = self._saturations.setdefault(field, made)
        return found


class Evaluation:
    """The evaluation of query trees in the segment with this number. Threads share it."""

    def __init__(self, number: int, statistics: Statistics) -> None:
        self.number = number
        self.segment = statistics.segments[number]
        self.statistics = statistics
        self._segmenter = statistics.segmenter
        self._size = self.segment.doc_count
        self._nothing = DocSet(self._size, docs=EMPTY)
        self._prefixes: Cache[tuple[str, str], DocSet] = Cache(PREFIXES_HELD)
        self._typed_words: Cache[str, DocSet] = Cache(TYPED_HELD)
        self._phrases: Cache[tuple[str, bool, bool], DocSet] = Cache(TYPED_HELD)

    @computed
    def live(self) -> DocSet:
        """The documents that are not deleted."""
        return DocSet.of(self.segment.live(), self._size)

    @computed
    def calendar(self) -> Calendar:
        """The documents by time."""
        return Calendar(self.segment)

    def match(self, node: Node, how: Strictness = Strictness.FULL, within: DocSet | None = None) -> DocSet:
        """Return the live documents that match.

        Args:
            within: only these matter. Of the others, some that match may be missing.
        """
        check()
        match node:
            case Everything():
                return self.live
            case Words():
                return self._near_words(node) if how is Strictness.NEAR else self._words(node, how, within)
            case Word(text=text):
                return self._word(fold_query(text))
            case Phrase(text=text, stands=stands):
                whole = stands != "anywhere" or how is Strictness.WORDS
                return self._phrase(fold_query(text), stands == "word", whole, within)
            case Prefix(text=text):
                return phrases.containing(self, "grams", fold_query(text), left=True, right=False)
            case Title(text=text, exact=exact):
                return self._title(fold_query(text), exact)
            case Near(left=left, right=right, distance=distance, ordered=ordered):
                return spans.near(self, _folded(left), _folded(right), distance, ordered=ordered)
            case Together(left=left, right=right, unit=unit):
                return spans.together(self, _folded(left), _folded(right), unit)
            case AtLeast(texts=texts, times=times):
                return spans.at_least(self, _folded(texts), times)
            case Wildcard(text=text):
                return spans.wildcard(self, pattern(fold_query(text)))
            case AnyOf(texts=texts):
                return spans.any_of(self, _folded(texts))
            case Field(name=name, value=value, prefix=prefix):
                return self._field(name, compared(value, name), prefix)
            case Published():
                return self._published(node, self.live)
            case And(children=children):
                return self._all(children, how, within)
            case Or(children=children):
                return unite([self.match(child, how, within) for child in children], self._size)
            case Not(child=child):
                return self.live - self.match(child)
        raise TypeError(f"not a query: {node!r}")

    def _all(self, children: tuple[Node, ...], how: Strictness, within: DocSet | None) -> DocSet:
        wanted = [
            self.match(child, how, within) for child in children if not isinstance(child, (Not, Phrase, Published))
        ]
        found = intersect_all(wanted) if wanted else None
        # A phrase is looked for in what the rest leaves: most of its work is done document by document. Long ones are
        # in fewer documents.
        phrases = (child for child in children if isinstance(child, Phrase))
        for phrase in sorted(phrases, key=lambda child: -len(child.text)):
            if found is None:
                found = self.match(phrase, how, within)
            elif found.count:
                found = found & self.match(phrase, how, found)
        if found is None:
            found = self.live
        for child in children:
            if isinstance(child, Published):
                found = self._published(child, found)
            elif isinstance(child, Not) and found.count:
                found = found - self.match(child.child)
        return found

    def having(self, field: str, term: str) -> DocSet:
        """Return the documents that have a term."""
        if field in WITH_LENGTHS:
            part = self.statistics.term(field, term).parts[self.number]
            return self._nothing if part is None else part.docs
        posting = self.segment.term(field, term)
        return self._nothing if posting is None else posting.having

    def count(self, field: str, term: str) -> int:
        """Return the number of documents that have a term."""
        if field in WITH_LENGTHS:
            part = self.statistics.term(field, term).parts[self.number]
            return 0 if part is None else part.count
        posting = self.segment.term(field, term)
        return 0 if posting is None else posting.count

    def among(self, docs: DocSet, field: str, term: str) -> DocSet:
        """Return those of `docs` that have a term. If they are few, it is looked up in these only."""
        if field in WITH_LENGTHS:
            part = self.statistics.term(field, term).parts[self.number]
            return self._nothing if part is None else part.among(docs)
        return docs & self.having(field, term)

    def _having_all(self, words: list[str]) -> DocSet:
        """Return the documents that have all words; those of no word are none."""
        parts = [self.statistics.term("words", word).parts[self.number] for word in words]
        present = sorted((part for part in parts if part is not None), key=lambda part: part.count)
        if not present or len(present) < len(parts):
            return self._nothing
        found = present[0].docs
        for part in present[1:]:
            if not found.count:
                break
            found = part.among(found)
        return found

    def having_prefix(self, field: str, prefix: str) -> DocSet:
        """Return the documents that have a term that starts with `prefix`."""
        found = self._prefixes.get((field, prefix))
        if found is None:
            found = DocSet.of(self.segment.having_prefix(field, prefix), self._size)
            self._prefixes.put((field, prefix), found)
        return found

    def _phrase(self, text: str, as_word: bool, whole: bool, within: DocSet | None) -> DocSet:
        key = (text, as_word, whole)
        found = self._phrases.get(key)
        if found is not None:
            return found
        limit = within
        if as_word:
            words = query_words(text, self._segmenter)
            if words:
                having = self._having_all(words)
                limit = having if within is None else having & within
        found = phrases.containing(self, "grams", text, left=whole, right=whole, within=limit)
        if within is None:  # the forms of a text with several names have phrases in common
            self._phrases.put(key, found)
        return found

    def _word(self, text: str) -> DocSet:
        parts = text.split()
        if len(parts) < 2:
            return self.having("words", text)
        found = self._having_all(parts)
        return found & spans.any_of(self, side_by_side(parts)) if found.count else found

    # -- typed words

    def _typed(self, text: str, words: list[str], how: Strictness) -> DocSet:
        """Return the documents that match one typed word."""
        check()
        found = self._typed_words.get(text) if how is not Strictness.WORDS else None
        if found is None:
            found = self._having_all(words)
            if how is not Strictness.WORDS:
                found = found | phrases.containing(self, "grams", text, left=True, right=True, without=found)
                self._typed_words.put(text, found)
        return found

    def _words(self, node: Words, how: Strictness, within: DocSet | None) -> DocSet:
        typed = [fold_query(text) for text in dict.fromkeys(node.typed)]
        cut = {text: query_words(text, self._segmenter) for text in typed}
        found = [self._typed(text, cut[text], how) for text in typed]
        requires_all = node.mode != "any" and scoring.requires_all(len(typed), node.mode)
        aliases: dict[str, list[Node]] = {}
        for text, nodes in node.aliases().items():
            aliases.setdefault(fold_query(text), []).extend(nodes)
        if aliases and requires_all:
            # What matches another name must have all other words as well.
            plain = [docs for text, docs in zip(typed, found, strict=True) if text not in aliases]
            known = plain if within is None else [within, *plain]
            within = intersect_all(known) if known else None
        for text, others in aliases.items():
            at = typed.index(text)
            found[at] |= unite([self.match(other, how, within) for other in others], self._size)
            if requires_all:
                within = found[at] if within is None else within & found[at]
        if not typed:
            return self._nothing
        if node.mode == "any":
            return unite(found, self._size)
        if requires_all:
            return intersect_all(found)
        idf = self.statistics.idf
        weights = [sum(idf("words", word) for word in cut[text]) or 1.0 for text in typed]
        # As in `scoring.is_most`: sums in the same order, for equal bits at the threshold.
        least = scoring.MOST * scoring.added(weights)
        candidates, reached = self._weighed(list(zip(found, weights, strict=True)), least)
        return DocSet.of(candidates[reached >= least], self._size)

    def _by_aliases(self, node: Words, how: Strictness) -> dict[str, DocSet]:
        """Return the documents that match an alias of a typed word, by the word, folded."""
        found: dict[str, DocSet] = {}
        for text, aliases in node.aliases().items():
            folded = fold_query(text)
            matching = unite([self.match(alias, how) for alias in aliases], self._size)
            found[folded] = found[folded] | matching if folded in found else matching
        return found

    def near_weights(self, node: Words) -> Mapping[str, float]:
        """Return the words by which a near match is measured, and the weight of each."""
        statistics = self.statistics
        words = scoring.near_words(node.typed, self._segmenter)
        return {word: statistics.idf("words", word) for word in words if statistics.found_in("words", word)}

    def _near_words(self, node: Words) -> DocSet:
        weights = self.near_weights(node)
        if not weights:
            return self._nothing
        having = {word: self.having("words", word) for word in sorted(weights)}
        for text, matching in self._by_aliases(node, Strictness.FULL).items():
            for word in scoring.near_words([text], self._segmenter):
                if word in having:
                    having[word] |= matching
        found = [(docs, weights[word]) for word, docs in having.items()]
        total = scoring.added(weight for _, weight in found)
        candidates, reached = self._weighed(found, scoring.NEAR_SHARE * total)
        return DocSet.of(candidates[reached / total >= scoring.NEAR_SHARE], self._size)

    def _weighed(self, found: list[tuple[DocSet, float]], least: float) -> tuple[Docs, Floats]:
        """Return documents with some of the words, and the weight of their words, added in the order given.

        All documents that reach `least` are included. MaxScore, as in `block_max`: a document that has only the
        lightest words, which are not enough all together, is not looked at; most documents have only such words.
        """
        total, essential = 0.0, []
        for docs, weight in sorted(found, key=lambda each: each[1]):
            total += weight
            if total >= least * (1 - _ROUNDING):
                essential.append(docs)
        candidates = unite(essential, self._size).docs
        reached = np.zeros(len(candidates))
        for docs, weight in found:
            check()
            reached[docs.has(candidates)] += weight
        return candidates, reached

    # -- fields

    def _title(self, sought: str, exact: bool) -> DocSet:
        def having(text: str, whole: bool) -> DocSet:
            return phrases.containing(self, "title", text, left=whole, right=whole)

        if exact:
            return having(sought, False)
        words = query_words(sought, self._segmenter)
        apart = intersect_all([having(word, True) for word in words]) if words else self._nothing
        return apart | having(sought, True)

    def _field(self, name: str, value: str, prefix: bool) -> DocSet:
        if not prefix:
            return self.having(name, value)
        return self.having_prefix(name, value)

    def _published(self, node: Published, among: DocSet) -> DocSet:
        """Return the documents of `among` published in a range of days."""
        return self.calendar.between(node.since, node.until, among)


def _folded(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(fold_query, texts)))
