"""Sets of documents of one segment, and the operations on them.

A small set is an array of ascending numbers; a large set has a bit for each document of the segment, so that AND, OR,
NOT and counting take time in proportion to the size of the segment over 64, and not to the number of documents. Each
form is made from the other on demand, once.

Threads share sets, and another thread may add the other form at any moment: code that depends on which forms exist
checks each set only once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.read.cache import computed
from searchkit.engines.whoosh.read.segments import Docs, Ints

BLOCK = 64
"""Documents per word of bits. The blocks of `searchkit.engines.whoosh.read.impacts` have the same size."""
SPARSE = 32
"""A set with less than one in this many documents is kept as numbers: they then take less space than bits."""

EMPTY: Docs = np.empty(0, np.int32)
Bits = npt.NDArray[np.uint64]
_MASKS = (1 << np.arange(8)).astype(np.uint8)
_ONE = np.uint64(1)

Ascending = TypeVar("Ascending", Docs, Ints)
"""An ascending array without duplicates: documents, or documents and positions in one number."""


def distinct(values: Ascending) -> Ascending:
    """Return the distinct integers, ascending. `np.unique` would load the package of masked arrays."""
    ordered = np.sort(values)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered


class DocSet:
    """A set of documents of a segment with `size` documents. Immutable: do not change the arrays it returns."""

    __slots__ = ("__dict__", "_bits", "_docs", "size")

    def __init__(self, size: int, *, docs: Docs | None = None, bits: Bits | None = None) -> None:
        self.size = size
        self._docs = docs
        self._bits = bits
        if docs is not None:
            self.__dict__["count"] = len(docs)

    @classmethod
    def of(cls, docs: Docs, size: int) -> DocSet:
        """Return the set of ascending numbers, in the form that suits it."""
        made = cls(size, docs=docs)
        if not made.is_sparse:
            made._bits, made._docs = made.bits, None
        return made

    @classmethod
    def where(cls, mask: npt.NDArray[np.bool_]) -> DocSet:
        """Return the documents for which `mask`, shape (size,), holds."""
        return cls(len(mask), bits=_packed(mask))

    @computed
    def count(self) -> int:
        """The number of documents."""
        assert self._bits is not None
        return int(np.bitwise_count(self._bits).sum(dtype=np.int64))

    def __len__(self) -> int:
        return self.count

    @property
    def is_sparse(self) -> bool:
        """Whether numbers take less space than bits."""
        return self.count * SPARSE < self.size

    @property
    def nbytes(self) -> int:
        """The bytes of memory it takes."""
        docs, bits = self._docs, self._bits
        # The counts take half as much as the bits, and are needed sooner or later.
        return (0 if docs is None else docs.nbytes) + (0 if bits is None else bits.nbytes * 3 // 2)

    @property
    def docs(self) -> Docs:
        """The numbers, ascending, int32."""
        docs = self._docs
        if docs is None:
            docs = self.mask().nonzero()[0].astype(np.int32)
            if self.is_sparse:  # otherwise not kept: a cached set would take 32 times its space
                self._docs = docs
        return docs

    @property
    def bits(self) -> Bits:
        """A bit for each document, shape (ceil(size / BLOCK),); those from `size` on are 0."""
        bits = self._bits
        if bits is None:
            assert self._docs is not None
            mask = np.zeros(self.size, bool)
            mask[self._docs] = True
            self._bits = bits = _packed(mask)
        return bits

    def mask(self) -> npt.NDArray[np.bool_]:
        """Return whether each document is in the set, shape (size,)."""
        bits = self._bits
        if bits is None:
            mask = np.zeros(self.size, bool)
            mask[self._docs] = True
            return mask
        return np.unpackbits(bits.view(np.uint8), count=self.size, bitorder="little").view(bool)

    def has(self, docs: Docs) -> npt.NDArray[np.bool_]:
        """Return whether each of `docs` (in any order) is in the set."""
        bits = self._bits
        if bits is None:
            if self.count * 8 > self.size:
                return self.mask().take(docs)
            assert self._docs is not None
            return _found(docs, self._docs)
        if len(docs) * 4 > self.size:
            return self.mask().take(docs)
        of_byte = bits.view(np.uint8).take(docs >> 3)
        of_byte &= _MASKS.take(docs & 7)
        return of_byte.astype(bool)

    @computed
    def _counts(self) -> npt.NDArray[np.int32]:
        """The number of documents before each word of bits."""
        assert self._bits is not None
        counts = np.bitwise_count(self._bits)
        before = np.cumsum(counts, dtype=np.int32)
        before -= counts
        return before

    def common(self, docs: Docs) -> tuple[Ints, Ints]:
        """Return the indices of the common documents, in ascending `docs` and among those of this set."""
        bits, mine = self._bits, self._docs
        if mine is None:
            assert bits is not None
            word = docs >> 6
            of_word = bits.take(word)
            bit = (docs & 63).astype(np.uint64)
            here = ((of_word >> bit) & _ONE).nonzero()[0]
            if len(here) < len(docs):
                word, of_word, bit = word.take(here), of_word.take(here), bit.take(here)
            below = np.bitwise_count(of_word & ((_ONE << bit) - _ONE))
            return here, self._counts.take(word).astype(np.int64) + below
        if docs is mine:
            every = np.arange(len(docs), dtype=np.int64)
            return every, every
        if len(mine) < len(docs):
            among, here = common(mine, docs)
            return here, among
        return common(docs, mine)

    def in_blocks(self, blocks: Ints) -> Docs:
        """Return the documents in ascending `blocks` of BLOCK documents each."""
        bits = self._bits
        if bits is None:
            assert self._docs is not None
            chosen = np.zeros(-(-self.size // BLOCK), bool)
            chosen[blocks] = True
            return self._docs[chosen.take(self._docs >> 6)]
        words = bits.take(blocks)
        flat = np.unpackbits(words.view(np.uint8), bitorder="little").view(bool).nonzero()[0]
        return (blocks.take(flat >> 6) * BLOCK + (flat & 63)).astype(np.int32)

    def __and__(self, other: DocSet) -> DocSet:
        mine, others = self._bits, other._bits
        if mine is not None and others is not None:
            return DocSet(self.size, bits=mine & others)
        few, many = (self, other) if mine is None else (other, self)
        if mine is None and others is None and many.count < few.count:
            few, many = many, few
        assert few._docs is not None
        return DocSet(self.size, docs=few._docs[many.has(few._docs)])

    def __or__(self, other: DocSet) -> DocSet:
        return unite([self, other], self.size)

    def __sub__(self, other: DocSet) -> DocSet:
        if not self.count or not other.count:
            return self
        bits = self._bits
        if bits is None:
            assert self._docs is not None
            return DocSet(self.size, docs=self._docs[~other.has(self._docs)])
        return DocSet(self.size, bits=bits & ~other.bits)


def _packed(mask: npt.NDArray[np.bool_]) -> Bits:
    packed = np.zeros(-(-len(mask) // BLOCK), np.uint64)
    raw = np.packbits(mask, bitorder="little")
    packed.view(np.uint8)[: len(raw)] = raw
    return packed


def _looked_up(docs: Ascending, among: Ascending) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Return for each of `docs` an index into the ascending, non-empty `among`, and whether it was found there."""
    at = among.searchsorted(docs)
    at[at == len(among)] = len(among) - 1
    return at, among.take(at) == docs


def _found(docs: Ascending, among: Ascending) -> npt.NDArray[np.bool_]:
    """Return whether each of `docs` is in the ascending `among`."""
    return _looked_up(docs, among)[1] if len(among) else np.zeros(len(docs), bool)


def common(docs: Ascending, among: Ascending) -> tuple[Ints, Ints]:
    """Return the indices of the common numbers, in `docs` and in `among`. Takes time in proportion to `docs`."""
    if not len(docs) or not len(among):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    at, found = _looked_up(docs, among)
    here = found.nonzero()[0]
    return here, at.take(here)


def intersect_all(sets: Sequence[DocSet]) -> DocSet:
    """Return the documents in every one of `sets`, of which there is at least one. Begins with the smallest."""
    ordered = sorted(sets, key=len)
    found = ordered[0]
    for other in ordered[1:]:
        if not found.count:
            break
        found = found & other
    return found


def unite(sets: Sequence[DocSet], size: int) -> DocSet:
    """Return the documents in any of `sets`."""
    filled = [each for each in sets if each.count]
    if not filled:
        return DocSet(size, docs=EMPTY)
    if len(filled) == 1:
        return filled[0]
    of_each = [each._bits for each in filled]
    dense = [bits for bits in of_each if bits is not None]
    few = [each.docs for each, bits in zip(filled, of_each, strict=True) if bits is None]
    if not dense and sum(map(len, few)) * SPARSE < size:
        return DocSet(size, docs=distinct(np.concatenate(few)))
    if few:
        mask = np.zeros(size, bool)
        for docs in few:
            mask[docs] = True
        bits = _packed(mask)
    else:
        bits, dense = dense[0] | dense[1], dense[2:]
    for each in dense:
        bits |= each
    return DocSet(size, bits=bits)


def places(docs: Ascending, among: Ascending) -> Ints:
    """Return the indices in `among` of the `docs` found there, ascending."""
    return common(docs, among)[1]


def intersect(a: Ascending, b: Ascending) -> Ascending:
    """Return the common numbers. Takes time in proportion to the smaller array."""
    if len(a) > len(b):
        a, b = b, a
    return b[places(a, b)]
