"""The numbers of documents of some sets that have each term of a field: document frequencies within a set.

The terms of the documents are counted, if the segment keeps these; otherwise every list of the field is decoded. A set
of more than half of all documents is counted by its difference from the last such.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.deadline import check
from searchkit.engines.whoosh.codec.segment_file import FieldReader
from searchkit.engines.whoosh.read.segments import Docs, Frequencies, Ints

HELD = 16 * 1024 * 1024
"""A field whose lists take up to so many bytes in the file, in one segment, is kept decoded once it is counted."""
_RUN = 1 << 18
"""Bytes of lists decoded together."""
_TOGETHER = 1 << 12
"""Documents whose terms are decoded together: their terms fit into the processor's cache."""

Runs: TypeAlias = "Iterable[tuple[Ints, Docs | npt.NDArray[np.uint16]]]"


class FieldFrequencies:
    """Counts documents by the terms of one field of a segment. Any number of threads may use it.

    Args:
        reader: the field.
        live: the documents that are not deleted; only these are in the sets.
    """

    def __init__(self, reader: FieldReader, doc_count: int, live: Docs) -> None:
        self._reader = reader
        self._doc_count = doc_count
        self._live = live
        self._last: tuple[npt.NDArray[np.bool_], Ints] | None = None
        self._held: list[tuple[Ints, Docs | npt.NDArray[np.uint16]]] | None = None

    def within(self, sets: Sequence[Docs]) -> list[Frequencies]:
        """Return the document frequencies within each of several sets, which have no document in common."""
        large = [2 * len(docs) > len(self._live) for docs in sets]
        counted = iter(self._counted([docs for docs, is_large in zip(sets, large, strict=True) if not is_large]))
        found = [None if is_large else next(counted) for is_large in large]
        if None in found:
            counts = self._of_most(sets)
            for each in found:
                if each is not None:
                    counts[each.places] -= each.counts
            found[found.index(None)] = _sparse(counts)
        return [each for each in found if each is not None]

    def _of_most(self, sets: Sequence[Docs]) -> Ints:
        """Return the document frequencies within all of the sets together, which are most documents, shape (terms,).

        They are those of the sets asked for before, changed by the documents that have come or gone.
        """
        chosen = np.zeros(self._doc_count, bool)
        for docs in sets:
            chosen[docs] = True
        before, of_before = self._last or self._whole
        counts: Ints = of_before.copy()
        come, gone = self._counted([_documents(chosen & ~before), _documents(before & ~chosen)])
        counts[come.places] += come.counts
        counts[gone.places] -= gone.counts
        self._last = (chosen, counts.copy())
        return counts

    @property
    def _whole(self) -> tuple[npt.NDArray[np.bool_], Ints]:
        return np.ones(self._doc_count, bool), self._reader.document_frequencies()

    def _counted(self, sets: Sequence[Docs]) -> list[Frequencies]:
        if not any(map(len, sets)):
            return [Frequencies(np.empty(0, np.int64), np.empty(0, np.int64)) for _ in sets]
        if self._reader.forward is not None:
            return [self._of_documents(docs) for docs in sets]
        return self._of_lists(sets)

    def _of_documents(self, docs: Docs) -> Frequencies:
        """Count the terms of documents."""
        assert self._reader.forward is not None
        terms = len(self._reader.terms)
        counts: Ints | None = None
        for at in range(0, len(docs), _TOGETHER):
            check()
            found = self._reader.forward.of(docs[at : at + _TOGETHER])[1]
            if len(docs) <= _TOGETHER and 16 * len(found) < terms:
                places, each = np.unique(found, return_counts=True)
                return Frequencies(places, each.astype(np.int64))
            more = np.bincount(found, minlength=terms)
            counts = more if counts is None else counts + more
        return _sparse(counts) if counts is not None else Frequencies(np.empty(0, np.int64), np.empty(0, np.int64))

    def _of_lists(self, sets: Sequence[Docs]) -> list[Frequencies]:
        """Count the documents of all lists."""
        of = np.full(self._doc_count, -1, np.int32)
        for number, docs in enumerate(sets):
            of[docs] = number
        parts: list[list[Frequencies]] = [[] for _ in sets]
        first = 0
        for starts, having in self._lists():
            check()
            numbers = of.take(having)
            at = (numbers >= 0).nonzero()[0]
            places = np.repeat(np.arange(len(starts) - 1), np.diff(starts)).take(at)
            keys = places * len(sets) + numbers.take(at)
            counts = np.bincount(keys, minlength=len(sets) * (len(starts) - 1)).reshape(-1, len(sets))
            for number, part in enumerate(parts):
                found = _sparse(counts[:, number])
                part.append(Frequencies(found.places + first, found.counts))
            first += len(starts) - 1
        return [Frequencies(*map(np.concatenate, zip(*part, strict=True))) for part in parts]

    def _lists(self) -> Runs:
        """Return every list in runs, as `FieldReader.lists_in_runs` does; kept if they are not large."""
        if self._held is not None:
            return self._held
        runs = self._reader.lists_in_runs(0, len(self._reader.terms), _RUN)
        if int(self._reader.sizes().sum()) > HELD:
            return runs
        small = self._doc_count <= 1 << 16
        self._held = [(starts, docs.astype(np.uint16) if small else docs) for starts, docs in runs]
        return self._held


def _documents(chosen: npt.NDArray[np.bool_]) -> Docs:
    return chosen.nonzero()[0].astype(np.int32)


def _sparse(counts: Ints) -> Frequencies:
    places = counts.nonzero()[0]
    return Frequencies(places, counts.take(places))
