"""The terms of each document, the inverse of the posting lists: for counting the words of some documents.

For each document the indices of its terms, ascending, as steps of 16 bits, the first from 0. A step of 65535 leads to
no term but that much further on. So the steps of any documents are decoded by one running sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.codec.layout import FAR, CodecError
from searchkit.engines.whoosh.codec.postings import Ints, Shape

Steps: TypeAlias = npt.NDArray[np.uint16]
Encoded: TypeAlias = tuple[Steps, Ints]
"""The steps of some documents, one after the other, and the number of each's steps."""

_PAIRS = 1 << 22
"""Terms of documents that are put in order together; bounds memory to some 100 MB."""


def is_kept(shape: Shape) -> bool:
    """Tell whether a field of this shape, with lengths, has its documents' terms: words do, places in a text do not."""
    return not shape.positions


def encode(lengths: Ints, terms: Ints) -> Encoded:
    """Encode the terms of documents.

    Args:
        lengths: the number of terms of each document.
        terms: their indices, ascending within a document, one document after the other.
    """
    steps = np.diff(terms, prepend=0)
    firsts = (np.cumsum(lengths) - lengths)[lengths > 0]
    steps[firsts] = terms[firsts]
    over = steps // FAR
    if not over.any():
        return steps.astype(np.uint16), lengths
    ends = np.cumsum(over + 1)
    found = np.full(int(ends[-1]), FAR, np.uint16)
    found[ends - 1] = steps - over * FAR
    bounds = np.concatenate([[0], ends])
    of = np.concatenate([[0], np.cumsum(lengths)])
    return found, np.diff(bounds.take(of))


class Forward:
    """The terms of each document of a field.

    Raises:
        CodecError: the offsets do not fit the steps.
    """

    def __init__(self, steps: Steps, offsets: npt.NDArray[np.uint32], doc_count: int, terms: int, name: str) -> None:
        self._steps = steps
        self._offsets = offsets
        self._terms = terms
        self._name = name
        if len(offsets) != doc_count + 1 or int(offsets[-1]) != len(steps):
            raise CodecError(f"{name}: the offsets of the terms of documents do not fit them")

    def of(self, docs: npt.NDArray[np.int32]) -> tuple[Ints, Ints]:
        """Return the number of terms of each of some documents, and the indices of these terms."""
        begins, ends = self._offsets.take(docs), self._offsets.take(docs + 1)
        if (ends < begins).any():
            raise CodecError(f"{self._name}: the offsets of the terms of documents are damaged")
        parts = [self._steps[a:b] for a, b in _joined(begins, ends)]
        steps = np.concatenate(parts) if parts else np.empty(0, np.uint16)
        sizes = (ends - begins).astype(np.int64)
        reached = np.cumsum(steps, dtype=np.int64)
        bounds = np.cumsum(sizes)
        before = np.concatenate([[0], reached]).take(bounds - sizes)
        terms: Ints = reached - np.repeat(before, sizes)
        far = (steps == FAR).nonzero()[0]
        if len(far):
            sizes -= np.bincount(bounds.searchsorted(far, "right"), minlength=len(sizes))
            terms = np.delete(terms, far)
        if len(terms) and int(terms.max()) >= self._terms:
            raise CodecError(f"{self._name}: a document names a term that is not there")
        return sizes, terms


def _joined(begins: npt.NDArray[np.uint32], ends: npt.NDArray[np.uint32]) -> Iterator[tuple[int, int]]:
    """Yield the ranges, those that touch as one."""
    if not len(begins):
        return
    breaks = (begins[1:] != ends[:-1]).nonzero()[0]
    firsts = begins.take(np.concatenate([[0], breaks + 1])).tolist()
    lasts = ends.take(np.concatenate([breaks, [len(ends) - 1]])).tolist()
    yield from zip(firsts, lasts, strict=True)


def inverted(runs: Iterable[tuple[Ints, npt.NDArray[np.int32]]], low: int, high: int) -> tuple[Ints, Ints]:
    """Return the terms of the documents from `low` to `high`, exclusive, from all posting lists.

    Args:
        runs: for each run of lists where each begins, and the documents; see `FieldReader.lists_in_runs`.

    Returns:
        As `Forward.of`.
    """
    docs_of, terms_of = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    first = 0
    for starts, docs in runs:
        chosen = ((docs >= low) & (docs < high)).nonzero()[0]
        terms = np.repeat(np.arange(first, first + len(starts) - 1, dtype=np.int32), np.diff(starts))
        docs_of.append(docs.take(chosen).astype(np.int32) - low)
        terms_of.append(terms.take(chosen))
        first += len(starts) - 1
    docs = np.concatenate(docs_of)
    by = np.argsort(docs.astype(np.uint16) if high - low <= 1 << 16 else docs, kind="stable")
    return np.bincount(docs, minlength=high - low), np.concatenate(terms_of).take(by).astype(np.int64)


def portions(doc_count: int, pairs: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of documents that have about _PAIRS of `pairs` terms each, of at most 65536 documents."""
    step = min(1 << 16, max(1, doc_count * _PAIRS // max(1, pairs)))
    for low in range(0, doc_count, step):
        yield low, min(low + step, doc_count)
