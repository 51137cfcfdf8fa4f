"""One term's documents with what BM25 needs of each, and bounds of it by block of documents.

BM25 of a term in a document is idf * saturation(frequency, length); the second factor is called its impact here. It
depends on the term's segment and on the mean length alone, so it is worked out once for a term and kept.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from searchkit import ranking
from searchkit.backends.whoosh_index.docsets import DocSet
from searchkit.backends.whoosh_index.segments import Docs, Posting

Floats = npt.NDArray[np.float64]
TABLED = 256
"""Frequencies below this are looked up in a table."""
DENSE = 16
"""A term that at least one in so many documents has is kept by document, two bytes for each of the segment."""
SMALL = 1 << 15
"""In segments up to this size, every term that occurs in more than SINGLE documents is."""
SINGLE = 32


class Saturation:
    """`searchkit.ranking.saturation` in a field of a given mean length."""

    def __init__(self, mean_length: float) -> None:
        self.mean_length = mean_length or 1.0
        lengths = np.array(ranking.length_codes(), np.float64)
        freqs = np.arange(TABLED, dtype=np.float64)[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            table = ranking.saturation(freqs, lengths[None, :], self.mean_length)
        table[0] = 0.0
        self.table: Floats = table.ravel()
        """By frequency * 256 + length code; 0 where the frequency is 0."""
        self._lengths = lengths

    def of(self, freqs: npt.NDArray[np.int32], codes: npt.NDArray[np.uint8]) -> Floats:
        """Of documents with these frequencies and length codes."""
        found: Floats
        if len(freqs) and int(freqs.max()) >= TABLED:
            found = ranking.saturation(freqs.astype(np.float64), self._lengths.take(codes), self.mean_length)
            return found
        found = self.table.take((freqs << 8) | codes)
        return found


class Impacts:
    """The documents that have a term, and its impact in each.

    Attributes:
        docs: the live ones.
        blocks: those blocks of BLOCK documents in which it occurs, ascending.
        highest: the highest of `bounds`.
        bounds: beside them, no less than its impact in any document of the block; float32.
    """

    __slots__ = ("_by_doc", "_impacts", "_pairs", "_table", "blocks", "bounds", "docs", "highest")

    def __init__(self, posting: Posting, size: int, codes: npt.NDArray[np.uint8], saturation: Saturation) -> None:
        docs, freqs = posting.docs, posting.freqs
        lengths = codes.take(docs)
        impacts = saturation.of(freqs, lengths)
        self.docs = DocSet.of(docs, size)
        self._table = saturation.table
        self._impacts: Floats | None = None
        self._pairs: npt.NDArray[np.uint16] | None = None
        self._by_doc: Floats | None = None
        if len(docs) * DENSE < size and (size > SMALL or len(docs) <= SINGLE):
            self._impacts = impacts
        elif int(freqs.max()) < TABLED:
            self._pairs = np.zeros(size, np.uint16)
            self._pairs[docs] = (freqs << 8) | lengths
        else:
            self._by_doc = np.zeros(size)
            self._by_doc[docs] = impacts
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
        """Bytes that it takes."""
        arrays = (self._impacts, self._pairs, self._by_doc, self.blocks, self.bounds)
        return self.docs.nbytes + sum(each.nbytes for each in arrays if each is not None)

    def of(self, docs: Docs) -> Floats:
        """The impact in each of ascending `docs`, 0 in those that do not have the term; an array of its own."""
        found: Floats
        if self._pairs is not None:
            found = self._table.take(self._pairs.take(docs))
            return found
        if self._by_doc is not None:
            found = self._by_doc.take(docs)
            return found
        assert self._impacts is not None
        mine = self.docs.docs
        if docs is mine:
            found = self._impacts.copy()
            return found
        found = np.zeros(len(docs))
        if len(mine) < len(docs):
            at = np.searchsorted(docs, mine)
            at[at == len(docs)] = len(docs) - 1
            here = (docs.take(at) == mine).nonzero()[0]
            found[at.take(here)] = self._impacts.take(here)
        elif len(docs):
            at = np.searchsorted(mine, docs)
            at[at == len(mine)] = len(mine) - 1
            here = (mine.take(at) == docs).nonzero()[0]
            found[here] = self._impacts.take(at.take(here))
        return found

    def add_bounds(self, to: npt.NDArray[np.float32], factor: float) -> None:
        """Add `factor` times the bound of each block to `to`, shape (blocks of the segment,)."""
        if len(self.blocks) == len(to):
            to += self.bounds * np.float32(factor)
        else:
            to[self.blocks] += self.bounds * np.float32(factor)
