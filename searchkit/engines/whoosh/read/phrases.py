"""The search for literal strings, by their terms and the distances between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from searchkit.analysis.terms import Piece, pieces
from searchkit.deadline import check
from searchkit.engines.whoosh.read.docsets import EMPTY, DocSet, distinct, intersect, intersect_all, unite
from searchkit.engines.whoosh.read.segments import Docs, Ints, Posting, SegmentView

BITS = 40
"""Bits of a position, where the document and the position are one number: the document shifted by so many, plus the
position."""

_FEW = 64
"""Up to this many documents are looked up all at once."""
_PIECES = 16
"""In a string with more pieces, this many are checked first."""
_STEPS = 8
_TOGETHER = 1 << 16
"""Documents processed together: the data stays in the processor's cache."""

Shifted = list[tuple[Posting, int]]
"""The terms that fit a piece, each with the number to add to its position to get the start of the string."""


class Reading(Protocol):
    """A segment, and the documents by term."""

    segment: SegmentView

    def having(self, field: str, term: str) -> DocSet:
        """Return the documents that have a term."""
        ...

    def count(self, field: str, term: str) -> int:
        """Return the number of documents that have a term."""
        ...

    def among(self, docs: DocSet, field: str, term: str) -> DocSet:
        """Return those of `docs` that have a term. If they are few, it is looked up in these only."""
        ...

    def having_prefix(self, field: str, prefix: str) -> DocSet:
        """Return the documents that have a term that starts with `prefix`."""
        ...


def containing(
    reading: Reading,
    field: str,
    sought: str,
    *,
    left: bool,
    right: bool,
    within: DocSet | None = None,
    without: DocSet | None = None,
) -> DocSet:
    """Return the documents (of `within`, except those of `without`) whose text contains `sought`, a folded string.

    Args:
        left, right: whether it must be whole at that end (see `searchkit.query.tree`).
    """
    size = reading.segment.doc_count
    parts = pieces(sought, open_left=not left, open_right=not right)
    if not parts:
        return DocSet(size, docs=EMPTY)
    candidates = _candidates(reading, field, parts, within, without)
    if len(parts) == 1 or not candidates.count:
        return candidates
    if all(part.match == "exact" for part in parts):
        # In a long string, the rarest pieces decide most documents before the lists of the others are read.
        ordered = parts
        if len(parts) > _PIECES:
            ordered = sorted(parts, key=lambda part: reading.count(field, part.term))
        exact = [(reading.segment.term(field, part.term), part.offset) for part in ordered[:_PIECES]]
        found = _in_line(candidates, [(posting, offset) for posting, offset in exact if posting is not None])
        return found if len(parts) <= _PIECES else _checked(reading.segment, field, found, ordered)
    docs = candidates.docs
    starts = _starts(docs, [_terms(reading.segment, field, part) for part in parts])
    return DocSet.of(owners(starts), size)


def _candidates(
    reading: Reading, field: str, parts: Sequence[Piece], within: DocSet | None, without: DocSet | None
) -> DocSet:
    """Return the documents (of `within`, except those of `without`) that have all pieces. The rarest come first."""
    exact = list(dict.fromkeys(part.term for part in parts if part.match == "exact"))
    counts = {term: reading.count(field, term) for term in exact}
    nothing = DocSet(reading.segment.doc_count, docs=EMPTY)
    if not all(counts.values()):
        return nothing
    exact.sort(key=counts.__getitem__)
    sets = [] if within is None else [within]
    for part in parts:
        if part.match != "exact":
            check()
            sets.append(_having(reading, field, part))
            if not sets[-1].count:
                return nothing
    if not sets:
        sets, exact = [reading.having(field, exact[0])], exact[1:]
    found = intersect_all(sets)
    if without is not None:
        found = found - without
    for term in exact:
        check()
        if not found.count:
            break
        found = reading.among(found, field, term)
    return found


def _checked(segment: SegmentView, field: str, candidates: DocSet, parts: Sequence[Piece]) -> DocSet:
    """Return the candidates in which all of many exact pieces are at their offsets. Holds one list at a time."""
    starts: Ints | None = None
    for part in parts if candidates.count else ():
        check()
        posting = segment.term(field, part.term)
        assert posting is not None
        keys = _keys(candidates.docs, [(posting, -part.offset)])
        starts = keys if starts is None else intersect(starts, keys)
        if not len(starts):
            break
    return candidates if starts is None else DocSet.of(owners(starts), candidates.size)


def _in_line(candidates: DocSet, found: list[tuple[Posting, int]]) -> DocSet:
    """Return the candidates in which the terms are at their offsets from one start. All candidates have every term."""
    docs = candidates.docs
    matched = [_stepped(docs[i : i + _TOGETHER], found) for i in range(0, len(docs), _TOGETHER)]
    return DocSet.of(matched[0] if len(matched) == 1 else np.concatenate(matched), candidates.size)


def _stepped(docs: Docs, found: list[tuple[Posting, int]]) -> Docs:
    """Do the same for a non-empty part of the documents.

    In all documents at once, the terms that are behind advance from occurrence to occurrence, until the terms are in
    line or one has no more occurrences. The first steps decide most documents; the rest are looked up.
    """
    active, matched = np.arange(len(docs)), np.zeros(len(docs), bool)
    if len(docs) >= _FEW:
        flat, at, end = [], [], []
        for posting, offset in found:
            check()
            positions, begins, ends = posting.spans(posting.common(docs)[1])
            flat.append((positions, offset))
            at.append(begins)
            end.append(ends)
        for _ in range(_STEPS):
            starts = [
                positions.take(now).astype(np.int32) - offset for (positions, offset), now in zip(flat, at, strict=True)
            ]
            furthest = starts[0]
            for each in starts[1:]:
                furthest = np.maximum(furthest, each)
            apart, going = np.zeros(len(active), bool), np.ones(len(active), bool)
            for each, now, last in zip(starts, at, end, strict=True):
                behind = each < furthest
                apart |= behind
                now += behind
                going &= now < last
            matched[active[~apart]] = True
            kept = (apart & going).nonzero()[0]
            if not len(kept):
                return docs[matched]
            if len(kept) < len(active):
                active = active.take(kept)
                at = [now.take(kept) for now in at]
                end = [last.take(kept) for last in end]
    rest = docs.take(active)
    owning = owners(_starts(rest, [[(posting, -offset)] for posting, offset in found]))
    matched[docs.searchsorted(owning)] = True
    return docs[matched]


def occurrences(
    reading: Reading, field: str, sought: str, docs: Docs, *, left: bool = True, right: bool = True
) -> Ints:
    """Return the places in `docs` where a folded string starts, ascending.

    A place is a document shifted by BITS, plus the position.
    """
    parts = pieces(sought, open_left=not left, open_right=not right)
    if len(parts) == 1 and parts[0].match == "starts" and len(docs):
        return _starting(reading.segment, field, parts[0].term, docs)
    found = [_terms(reading.segment, field, part) for part in parts] if len(docs) else []
    return _starts(docs, found) if found and all(found) else np.empty(0, np.int64)


def _starting(segment: SegmentView, field: str, prefix: str, docs: Docs) -> Ints:
    """Return the places in `docs` of all terms with a prefix: a lone character begins hundreds of pairs."""
    owning, positions = segment.occurrences_starting(field, prefix)
    chosen = np.zeros(segment.doc_count, bool)
    chosen[docs] = True
    kept = chosen.take(owning)
    return np.sort((owning[kept].astype(np.int64) << BITS) + positions[kept])


def _having(reading: Reading, field: str, piece: Piece) -> DocSet:
    """Return the documents that have a piece somewhere."""
    size = reading.segment.doc_count
    if piece.match == "exact":
        return reading.having(field, piece.term)
    if piece.match == "starts":
        return reading.having_prefix(field, piece.term)
    return unite([posting.having for posting, _ in _terms(reading.segment, field, piece)], size)


def _terms(segment: SegmentView, field: str, piece: Piece) -> Shifted:
    text = piece.term
    if piece.match == "exact":
        shifts = [(text, 0)]
    elif piece.match == "starts":
        shifts = [(term, 0) for term in segment.starting(field, text)]
    else:
        shifts = []
        for term in segment.letter_terms(field):
            if piece.match == "ends":
                if term.endswith(text):
                    shifts.append((term, len(term) - len(text)))
                continue
            at = term.find(text)
            while at >= 0:
                shifts.append((term, at))
                at = term.find(text, at + 1)
    read = ((segment.term(field, term), shift) for term, shift in shifts)
    return [(posting, shift - piece.offset) for posting, shift in read if posting is not None]


def _starts(docs: Docs, found: list[Shifted]) -> Ints:
    """Return the starts of the whole string in `docs`."""
    common: Ints | None = None
    for shifted in sorted(found, key=lambda each: sum(posting.count for posting, _ in each)):
        check()
        keys = _keys(docs, shifted)
        common = keys if common is None else intersect(common, keys)
        if not len(common):
            break
    assert common is not None
    return common


def _keys(docs: Docs, shifted: Shifted) -> Ints:
    keys = []
    for posting, shift in shifted:
        check()
        here, which = posting.common(docs)
        flat, owner = posting.positions(which)
        flat += docs.take(here).astype(np.int64).take(owner) << BITS
        flat += shift
        keys.append(flat)
    return keys[0] if len(keys) == 1 else distinct(np.concatenate(keys))


def owners(keys: Ints) -> Docs:
    """Return the documents of ascending places, each once."""
    # A start cannot come before the first position (with a term longer than the text before the piece): the piece would
    # begin inside the term. So the quotient is the document.
    of_each: Docs = (keys >> BITS).astype(np.int32)
    return of_each[np.concatenate([[True], of_each[1:] != of_each[:-1]])] if len(of_each) else of_each
