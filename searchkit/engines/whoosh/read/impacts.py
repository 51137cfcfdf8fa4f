"""The documents of a term with its impact in each, and bounds of the impact by block of documents.

BM25 of a term in a document is idf * saturation(frequency, length); the second factor is called its impact here. It
depends only on the term's segment and on the mean length, so it is computed once for a term and kept.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from searchkit.engines import scoring
from searchkit.engines.whoosh.read.docsets import SPARSE, DocSet, common
from searchkit.engines.whoosh.read.segments import Docs, Ints, Posting

Floats = npt.NDArray[np.float64]
TABLED = 256
"""Frequencies below this are looked up in a table."""
DENSE = 16
"""A term in at least one of this many documents is kept by document, with two bytes for each of the segment."""
SMALL = 1 << 15
"""In segments up to this size, every term that occurs in more than SINGLE documents is kept by document."""
SINGLE = 32
SCRATCHES = 4
"""Arrays by document kept for each segment, at most; additional threads make their own."""
FEW = 256
"""Up to this many documents, of the term or of those asked for, are looked up one by one."""


class Saturation:
    """`searchkit.engines.scoring.saturation` in a field of a given mean length."""

    def __init__(self, mean_length: float) -> None:
        self.mean_length = mean_length or 1.0
        lengths = np.array(scoring.length_codes(), np.float64)
        freqs = np.arange(TABLED, dtype=np.float64)[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            table = scoring.saturation(freqs, lengths[None, :], self.mean_length)
        table[0] = 0.0
        self.table: Floats = table.ravel()
        """By frequency * 256 + length code; 0 where the frequency is 0."""
        self._lengths = lengths

    def of(self, freqs: npt.NDArray[np.int32], codes: npt.NDArray[np.uint8]) -> Floats:
        """Return the saturation in documents with these frequencies and length codes."""
        found: Floats
        if len(freqs) and int(freqs.max()) >= TABLED:
            found = scoring.saturation(freqs.astype(np.float64), self._lengths.take(codes), self.mean_length)
            return found
        found = self.table.take((freqs << 8) | codes)
        return found


class Scratch:
    """Arrays of zeros, shape (size,), for looking up numbers by document. Each is lent to one thread at a time."""

    __slots__ = ("_free", "_size")

    def __init__(self, size: int) -> None:
        self._size = size
        self._free: deque[npt.NDArray[np.uint16]] = deque(maxlen=SCRATCHES)

    def lookup(self, docs: Docs, numbers: npt.NDArray[np.uint16], among: Docs) -> npt.NDArray[np.uint16]:
        """Return the number of each of `among`, given the `numbers` of `docs`; 0 for documents not in `docs`."""
        try:
            array = self._free.pop()
        except IndexError:
            array = np.zeros(self._size, np.uint16)
        array[docs] = numbers
        found: npt.NDArray[np.uint16] = array.take(among)
        array[docs] = 0
        self._free.append(array)  # not after an exception: it may not be all zeros then
        return found


class Impacts:
    """The documents that have a term, and its impact in each.

    Attributes:
        docs: the live documents.
        blocks: the blocks of BLOCK documents in which it occurs, ascending.
        highest: the highest of `bounds`.
        bounds: parallel to `blocks`, no less than its impact in any document of the block; float32.
    """

    __slots__ = ("_by_doc", "_impacts", "_pairs", "_scratch", "_table", "blocks", "bounds", "docs", "highest")

    def __init__(
        self,
        posting: Posting,
        size: int,
        codes: npt.NDArray[np.uint8],
        saturation: Saturation,
        scratch: Scratch,
    ) -> None:
        """Compute the impacts in the documents of `posting`, in a segment of `size` documents.

        Args:
            codes: the length code of every document, shape (size,).
            scratch: the segment's, shared by its terms.
        """
        docs, freqs = posting.docs, posting.freqs
        lengths = codes.take(docs)
        impacts = saturation.of(freqs, lengths)
        self._table = saturation.table
        self._scratch = scratch
        self._impacts: Floats | None = None
        self._pairs: npt.NDArray[np.uint16] | None = None
        self._by_doc = False
        if int(freqs.max()) >= TABLED:
            self._impacts = impacts
        else:
            pairs = ((freqs << 8) | lengths).astype(np.uint16)
            self._by_doc = len(docs) * DENSE >= size or (size <= SMALL and len(docs) > SINGLE)
            if self._by_doc:
                self._pairs = np.zeros(size, np.uint16)
                self._pairs[docs] = pairs
            else:
                self._pairs = pairs
        if self._by_doc:
            self.docs = DocSet.of(docs, size)
        else:  # the numbers are needed beside the pairs; bits too if they take less space
            self.docs = DocSet.both(docs, size) if len(docs) * SPARSE >= size else DocSet(size, docs=docs)
        of_blocks = docs >> 6
        begins = np.ones(len(docs), bool)
        np.not_equal(of_blocks[1:], of_blocks[:-1], out=begins[1:])
        firsts = begins.nonzero()[0]
        self.blocks: Docs = of_blocks.take(firsts)
        # The nearest float32 may lie below; the next one does not.
        highest = np.maximum.reduceat(impacts, firsts).astype(np.float32)
        self.bounds: npt.NDArray[np.float32] = np.nextafter(highest, np.float32(np.inf))
        self.highest = float(self.bounds.max())

    @property
    def nbytes(self) -> int:
        """The bytes of its arrays."""
        arrays = (self._impacts, self._pairs, self.blocks, self.bounds)
        return self.docs.nbytes + sum(each.nbytes for each in arrays if each is not None)

    def of(self, docs: Docs) -> Floats:
        """Return the impact in each of ascending `docs` as a new array; 0 in documents without the term."""
        found: Floats
        if self._by_doc:
            assert self._pairs is not None
            found = self._table.take(self._pairs.take(docs))
            return found
        mine = self.docs.docs
        if docs is mine:
            return self._at(slice(None))
        if self._pairs is not None and min(len(mine), len(docs)) > FEW:
            found = self._table.take(self._scratch.lookup(mine, self._pairs, docs))
            return found
        found = np.zeros(len(docs))
        if len(mine) < len(docs):
            in_mine, in_docs = common(mine, docs)
        else:
            in_docs, in_mine = common(docs, mine)
        found[in_docs] = self._at(in_mine)
        return found

    def _at(self, places: Ints | slice) -> Floats:
        """Return the impacts of its documents with these indices."""
        if self._pairs is not None:
            of_table: Floats = self._table.take(self._pairs[places])
            return of_table
        assert self._impacts is not None
        chosen: Floats = self._impacts[places].copy()
        return chosen

    def add_bounds(self, to: npt.NDArray[np.float32], factor: float) -> None:
        """Add `factor` times the bound of each block to `to`, shape (blocks of the segment,)."""
        if len(self.blocks) == len(to):
            to += self.bounds * np.float32(factor)
        else:
            to[self.blocks] += self.bounds * np.float32(factor)
