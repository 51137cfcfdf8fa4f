"""The nodes that join several strings, by the places of all their occurrences at once.

A place is a document and a position in one number (see `phrases.occurrences`), so a sorted array holds the occurrences
in all documents in their order. `searchkit.engines.spans` says the same with for-loops over a text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.deadline import check
from searchkit.engines.whoosh.read.docsets import EMPTY, DocSet, distinct, intersect_all, unite
from searchkit.engines.whoosh.read.phrases import BITS, Reading, containing, occurrences, owners
from searchkit.engines.whoosh.read.segments import Docs, Ints
from searchkit.query.patterns import Pattern
from searchkit.query.tree import Unit

_GRAMS = "grams"
_TITLE = "title"
Mask: TypeAlias = npt.NDArray[np.bool_]
Joins: TypeAlias = Callable[[Ints, Ints], Mask]
"""Tells which of the ends of strings (the place of their last character plus one) are joined with the start that
follows next: the ends, and for each the next place of a start that is not before it, `_NOWHERE` if there is none."""
_NOWHERE = np.iinfo(np.int64).max
_BEFORE = -(1 << 62)
"""A place before all others."""


def any_of(reading: Reading, texts: Sequence[str]) -> DocSet:
    """Return the documents that contain one of the folded strings whole."""
    found = [containing(reading, _GRAMS, each, left=True, right=True) for each in texts]
    return unite(found, reading.segment.doc_count)


def near(reading: Reading, left: Sequence[str], right: Sequence[str], distance: int, *, ordered: bool) -> DocSet:
    """Return the documents that have a string of both sides, with at most `distance` characters between them."""
    return _joined(reading, left, right, lambda ends, following: following - ends <= distance, ordered=ordered)


def together(reading: Reading, left: Sequence[str], right: Sequence[str], unit: Unit) -> DocSet:
    """Return the documents that have a string of both sides in one sentence or paragraph."""
    units = _Units(reading, unit)

    def joins(ends: Ints, following: Ints) -> Mask:
        return units.are_one(ends - 1, following)

    return _joined(reading, left, right, joins, ordered=False, within=units)


def _joined(
    reading: Reading,
    left: Sequence[str],
    right: Sequence[str],
    joins: Joins,
    *,
    ordered: bool,
    within: _Units | None = None,
) -> DocSet:
    docs = (any_of(reading, left) & any_of(reading, right)).docs
    if not len(docs):
        return DocSet(reading.segment.doc_count, docs=EMPTY)
    if within is not None:
        within.read(docs)
    one, other = (_occurrences_of_any(reading, each, docs, within) for each in (left, right))
    matched = []
    for (_, ends), (starts, _) in ((one, other),) if ordered else ((one, other), (other, one)):
        check()
        following = np.append(starts, _NOWHERE).take(starts.searchsorted(ends))
        matched.append(owners(ends[joins(ends, following)] - 1))
    return unite([DocSet.of(each, reading.segment.doc_count) for each in matched], reading.segment.doc_count)


def _occurrences_of_any(reading: Reading, texts: Sequence[str], docs: Docs, within: _Units | None) -> tuple[Ints, Ints]:
    """Return where the strings start and where they end, each ascending. With `within`, only those inside one unit."""
    starts, ends = [], []
    for each in texts:
        found = occurrences(reading, _GRAMS, each, docs)
        if within is not None:
            found = found[within.are_one(found, found + len(each) - 1)]
        starts.append(found)
        ends.append(found + len(each))
    return distinct(np.concatenate(starts)), distinct(np.concatenate(ends))


def at_least(reading: Reading, texts: Sequence[str], times: int) -> DocSet:
    """Return the documents in which the strings stand whole so many times together."""
    size = reading.segment.doc_count
    docs = any_of(reading, texts).docs
    counts = np.zeros(size, np.int64)
    for each in texts:
        # The title is in `grams` twice.
        for field, sign in ((_GRAMS, 1), (_TITLE, -1)):
            places = _apart(occurrences(reading, field, each, docs), len(each))
            counts += sign * np.bincount(places >> BITS, minlength=size)
    return DocSet.of(np.flatnonzero(counts >= times).astype(np.int32), size)


def _apart(places: Ints, length: int) -> Ints:
    """Return the places of a string of this length without those that overlap the last one before them."""
    close = (places[1:] - places[:-1] < length).nonzero()[0] + 1
    if not len(close):
        return places
    kept = np.ones(len(places), bool)
    last = before = -1
    for at, place, previous in zip(close.tolist(), places[close].tolist(), places[close - 1].tolist(), strict=True):
        if at % 1024 == 0:
            check()
        last = last if at - 1 == before else previous
        before = at
        if place - last < length:
            kept[at] = False
        else:
            last = place
    return places[kept]


def wildcard(reading: Reading, sought: Pattern) -> DocSet:
    """Return the documents that have the literal parts of a pattern in one sentence, each at its distance."""
    size, parts = reading.segment.doc_count, sought.literals
    if not parts:
        return DocSet(size, docs=EMPTY)
    whole = [(not i and not sought.open_left, i == len(parts) - 1 and not sought.open_right) for i in range(len(parts))]
    having = [
        containing(reading, _GRAMS, part, left=left, right=right)
        for part, (left, right) in zip(parts, whole, strict=True)
    ]
    docs = intersect_all(having).docs
    units = _Units(reading, "sentence")
    units.read(docs)
    reached = np.empty(0, np.int64)
    for i, (part, (left, right)) in enumerate(zip(parts, whole, strict=True)):
        check()
        places = occurrences(reading, _GRAMS, part, docs, left=left, right=right)
        places = places[units.are_one(places, places + len(part) - 1)]
        if i and len(places):
            fewest, most = sought.gaps[i - 1]
            # The nearest one behind is in the same sentence, if any is.
            nearest = np.concatenate(([_BEFORE], reached)).take(reached.searchsorted(places - fewest, "right"))
            places = places[(nearest >= places - most) & units.are_one(nearest - 1, places)]
        if not len(places):
            return DocSet(size, docs=EMPTY)
        reached = places + len(part)
    return DocSet.of(owners(places), size)


class _Units:
    """The sentences or paragraphs of documents. The copies of the title are units of their own."""

    def __init__(self, reading: Reading, unit: Unit) -> None:
        self._reading = reading
        self._unit = unit
        self._starts: Ints = np.empty(0, np.int64)

    def read(self, docs: Docs) -> None:
        """Read where the units of these documents begin."""
        posting = self._reading.segment.term("starts", self._unit) if len(docs) else None
        if posting is not None:
            here, which = posting.common(docs)
            flat, owner = posting.positions(which)
            self._starts = flat + (docs.take(here).astype(np.int64).take(owner) << BITS)

    def are_one(self, places: Ints, others: Ints) -> Mask:
        """Tell for each two places of the documents read, whether they are in one unit."""
        one, other = (self._starts.searchsorted(each, "right") for each in (places, others))
        return np.asarray((one == other) & (places >> BITS == others >> BITS))
