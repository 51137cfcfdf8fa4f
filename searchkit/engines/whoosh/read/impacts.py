"""The documents of a term with its impact in each, and bounds of the impact by block of documents.

BM25 of a term in a document is idf * saturation(frequency, length); the second factor is called its impact here. It
depends only on the term's segment and on the mean length, so it is computed once for a term and kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from searchkit.engines import scoring
from searchkit.engines.whoosh.read import segments
from searchkit.engines.whoosh.read.docsets import DocSet
from searchkit.engines.whoosh.read.segments import Docs, Ints, Posting

Floats = npt.NDArray[np.float64]
TABLED = 256
"""Frequencies below this are looked up in a table."""
DENSE = 16
"""A term in at least one of this many documents is kept by document, with two bytes for each of the segment."""
SINGLE = 32
"""In small segments, every term that occurs in more than this many documents is kept by document."""
SCRATCHES = 4
"""Arrays by document kept for each segment, at most; additional threads make their own."""
FEW = 256
"""Up to this many documents, of the term or of those asked for, are looked up one by one."""
SEVERAL = 32
"""If one in so many of its documents is asked for at most, those are read and not all."""


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
    """The documents that have a term, and its impact in each. Of few documents they are read from the file one by one.

    Args:
        codes: the length code of every document, shape (size,), in a segment of `size` documents.
        scratch: the segment's, shared by its terms.
        grown: called when more is kept.
    """

    __slots__ = ("_all", "_codes", "_grown", "_saturation", "_scratch", "_size", "posting")

    def __init__(
        self,
        posting: Posting,
        size: int,
        codes: npt.NDArray[np.uint8],
        saturation: Saturation,
        scratch: Scratch,
        grown: Callable[[], None] = lambda: None,
    ) -> None:
        self.posting = posting
        self._size = size
        self._codes = codes
        self._saturation = saturation
        self._scratch = scratch
        self._grown = grown
        self._all: _All | None = None

    @property
    def count(self) -> int:
        """The number of live documents that have the term."""
        return self.posting.count

    @property
    def docs(self) -> DocSet:
        """The live documents."""
        return self.posting.having

    @property
    def blocks(self) -> Docs:
        """The blocks of BLOCK documents in which it occurs, ascending."""
        return self._of_all().blocks

    @property
    def bounds(self) -> npt.NDArray[np.float32]:
        """Parallel to `blocks`, no less than its impact in any document of the block."""
        return self._of_all().bounds

    @property
    def highest(self) -> float:
        """The highest of `bounds`."""
        return self._of_all().highest

    @property
    def is_whole(self) -> bool:
        """Whether the impacts in all documents are there."""
        return self._all is not None

    @property
    def nbytes(self) -> int:
        """The bytes of its arrays."""
        every = self._all
        return self.posting.nbytes + (0 if every is None else every.nbytes)

    def of(self, docs: Docs) -> Floats:
        """Return the impact in each of ascending `docs` as a new array; 0 in documents without the term."""
        if self._all is None and self._is_few(docs):
            found: Floats = np.zeros(len(docs))
            here, which = self.posting.common(docs)
            if len(here):
                found[here] = self._saturation.of(self.posting.freqs_of(which), self._codes.take(docs.take(here)))
            return found
        return self._of_all().of(docs, self.docs)

    def among(self, docs: DocSet) -> DocSet:
        """Return those of `docs` that have the term."""
        if self.posting.is_decoded or not self._is_few(docs):
            return docs & self.docs
        here, _ = self.posting.common(docs.docs)
        return DocSet(self._size, docs=docs.docs[here])

    def _is_few(self, docs: Docs | DocSet) -> bool:
        return len(docs) * SEVERAL <= self.count and self.posting.is_looked_up()

    def _of_all(self) -> _All:
        every = self._all
        if every is None:
            self._all = every = _All(self.posting, self._size, self._codes, self._saturation, self._scratch)
            self._grown()
        return every

    def add_bounds(self, to: npt.NDArray[np.float32], factor: float) -> None:
        """Add `factor` times the bound of each block to `to`, shape (blocks of the segment,)."""
        every = self._of_all()
        if len(every.blocks) == len(to):
            to += every.bounds * np.float32(factor)
        else:
            to[every.blocks] += every.bounds * np.float32(factor)


class _All:
    """The impacts of a term in all of its documents.

    Attributes:
        blocks, bounds, highest: see `Impacts`.
    """

    __slots__ = ("_by_doc", "_impacts", "_pairs", "_scratch", "_table", "blocks", "bounds", "highest")

    def __init__(
        self, posting: Posting, size: int, codes: npt.NDArray[np.uint8], saturation: Saturation, scratch: Scratch
    ) -> None:
        docs, freqs = posting.decoded()
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
            self._by_doc = len(docs) * DENSE >= size or (size <= segments.SMALL and len(docs) > SINGLE)
            if self._by_doc:
                self._pairs = np.zeros(size, np.uint16)
                self._pairs[docs] = pairs
            else:
                self._pairs = pairs
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
        return sum(each.nbytes for each in arrays if each is not None)

    def of(self, docs: Docs, having: DocSet) -> Floats:
        """Return the impact in each of ascending `docs`, of which `having` are those with the term."""
        found: Floats
        if self._by_doc:
            assert self._pairs is not None
            found = self._table.take(self._pairs.take(docs))
            return found
        if self._pairs is not None and having.is_sparse and min(having.count, len(docs)) > FEW:
            found = self._table.take(self._scratch.lookup(having.docs, self._pairs, docs))
            return found
        found = np.zeros(len(docs))
        here, which = having.common(docs)
        found[here] = self._at(which)
        return found

    def _at(self, which: Ints) -> Floats:
        """Return the impacts in its documents with these indices."""
        if self._pairs is not None:
            of_table: Floats = self._table.take(self._pairs.take(which))
            return of_table
        assert self._impacts is not None
        chosen: Floats = self._impacts.take(which)
        return chosen
