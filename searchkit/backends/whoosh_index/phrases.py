"""Literal strings, found by the terms they are made of and the distances between them."""

from __future__ import annotations

import numpy as np

from searchkit.analysis.terms import Piece, pieces
from searchkit.backends.whoosh_index.docsets import EMPTY, intersect, intersect_all, places, unite
from searchkit.backends.whoosh_index.segments import Docs, Ints, Posting, SegmentView

_BITS = 40
_SPAN = 1 << _BITS
"""More than any position: the document and the position are one number, document * _SPAN + position."""

Shifted = list[tuple[Posting, int]]
"""The terms that will do for a piece, each with what to add to its position to get where the string starts."""


def containing(
    segment: SegmentView, field: str, sought: str, *, left: bool, right: bool, within: Docs | None = None
) -> Docs:
    """Documents (of `within`) whose text has `sought`, a folded string.

    `left`, `right`: whether it must stand whole at that end (see `searchkit.query.tree`).
    """
    docs, found = _candidates(segment, field, sought, left, right, within)
    if not len(docs) or len(found) == 1:
        return docs
    return _owners(docs, _starts(docs, found))


def starts(segment: SegmentView, field: str, sought: str, within: Docs) -> Ints:
    """Where `sought` starts, whole, in each of `within`: document * _SPAN + position, ascending."""
    docs, found = _candidates(segment, field, sought, True, True, within)
    return _starts(docs, found) if len(docs) else np.empty(0, np.int64)


def near(segment: SegmentView, field: str, a: str, b: str, distance: int) -> Docs:
    """Documents in which `a` and `b` stand whole with at most `distance` characters between them."""
    docs = intersect(
        containing(segment, field, a, left=True, right=True), containing(segment, field, b, left=True, right=True)
    )
    starts_a, starts_b = starts(segment, field, a, docs), starts(segment, field, b, docs)
    found = [
        _owners(docs, first[_follows(first + len(text), second, distance)])
        for first, text, second in ((starts_a, a, starts_b), (starts_b, b, starts_a))
    ]
    return unite(found)


def _follows(ends: Ints, starts: Ints, distance: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of `ends` have a start at, or at most `distance` after, them."""
    at = np.searchsorted(starts, ends)
    reached = np.append(starts, np.iinfo(np.int64).max)[at]
    return np.asarray(reached - ends <= distance)


def _candidates(
    segment: SegmentView, field: str, sought: str, left: bool, right: bool, within: Docs | None
) -> tuple[Docs, list[Shifted]]:
    """Documents that have every piece of `sought` somewhere, and the terms of each piece."""
    found: list[Shifted] = []
    sets: list[Docs] = [] if within is None else [within]
    for piece in pieces(sought, open_left=not left, open_right=not right):
        shifted = _terms(segment, field, piece)
        if not shifted:
            return EMPTY, []
        found.append(shifted)
        sets.append(unite([posting.docs for posting, _ in shifted]))
    if not found:
        return EMPTY, []
    return intersect_all(sets), found


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
    """Where the whole string starts in each of `docs`."""
    common: Ints | None = None
    for shifted in sorted(found, key=lambda each: sum(len(posting.docs) for posting, _ in each)):
        keys = _keys(docs, shifted)
        common = keys if common is None else intersect(common, keys)
        if not len(common):
            break
    assert common is not None
    return common


def _keys(docs: Docs, shifted: Shifted) -> Ints:
    keys = []
    for posting, shift in shifted:
        if docs is posting.docs:
            which = np.arange(len(docs))
            both = docs
        else:
            which = places(docs, posting.docs)
            both = posting.docs[which]
        flat, owner = posting.positions(which)
        flat += both.astype(np.int64)[owner] << _BITS
        flat += shift
        keys.append(flat)
    return keys[0] if len(keys) == 1 else np.unique(np.concatenate(keys))


def _owners(docs: Docs, keys: Ints) -> Docs:
    # A start before the first position (a term longer than what stands before the piece) cannot be: the piece would
    # begin inside the term. So the quotient is the document.
    owners: Docs = (keys >> _BITS).astype(np.int32)
    if len(owners) < 2:
        return owners
    once: Docs = owners[np.concatenate([[True], owners[1:] != owners[:-1]])]
    return once
