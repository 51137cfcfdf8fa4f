"""Where to look in the streams of one posting list, for a few of its documents.

What stands before a document is counted by whole words of 64 bits, which is some ten times quicker than decoding it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.codec.layout import ESCAPE_2, ESCAPE_8, ESCAPE_16, CodecError
from searchkit.engines.whoosh.codec.packing import Bytes, packed_size
from searchkit.engines.whoosh.codec.postings import WIDTHS, Ints

Words = npt.NDArray[np.uint64]
_TOGETHER = 32
"""Documents whose gaps are added up together."""
_BLOCK = 64
"""Documents whose frequencies are counted together: two words of 64 bits."""
_LOW = np.uint64(0x5555555555555555)
_HIGH = np.uint64(0xAAAAAAAAAAAAAAAA)
_BYTES = np.uint64(0x00FF00FF00FF00FF)
_LANES = np.uint64(0x0001000100010001)
_ONE, _8, _48 = np.uint64(1), np.uint64(8), np.uint64(48)
_BELOW = np.array(
    [[(1 << 2 * min(i, 32)) - 1 for i in range(_BLOCK)], [(1 << 2 * max(i - 32, 0)) - 1 for i in range(_BLOCK)]],
    np.uint64,
)
"""The bits of the documents before each one of a block, in its first and its second word."""
_BELOW_BYTE = np.array([(1 << 8 * i) - 1 for i in range(8)], np.uint64)


class Directory:
    """The last document of every _TOGETHER documents of a list whose gaps begin with eight bits."""

    __slots__ = ("_count", "_ends", "_escaped", "_wide")

    def __init__(self, raw: Bytes, at: int, count: int) -> None:
        self._count = count
        gaps = raw[at : at + count]
        whole = count // _TOGETHER * _TOGETHER
        totals = np.zeros(whole // _TOGETHER + 1, np.int64)
        totals[:-1] = _sum_of_bytes(gaps[:whole].view("<u8")).reshape(-1, _TOGETHER // 8).sum(axis=1)
        totals[-1] = int(gaps[whole:].sum(dtype=np.int64)) + count - whole
        totals[:-1] += _TOGETHER
        self._escaped = (gaps == ESCAPE_8).nonzero()[0].astype(np.int32)
        wide, _ = escaping(raw, at + count, len(self._escaped), 1)
        if len(wide) < len(self._escaped):
            raise damaged("a stream ends too early")
        self._wide = wide.astype(np.int32)
        np.add.at(totals, self._escaped // _TOGETHER, self._wide - ESCAPE_8)
        self._ends = np.cumsum(totals).astype(np.int32)

    @property
    def nbytes(self) -> int:
        """The bytes of its arrays."""
        return sum(each.nbytes for each in (self._ends, self._escaped, self._wide))

    def find(self, raw: Bytes, begin: int, docs: npt.NDArray[np.int32]) -> tuple[Ints, Ints]:
        """Return the indices of the common documents, in ascending `docs` and in the list."""
        block = np.minimum(self._ends.searchsorted(docs, "right"), len(self._ends) - 1)
        # Behind the last document other bytes are read, which are no documents.
        which = block[:, None] * _TOGETHER + np.arange(_TOGETHER)
        steps = raw.take(which + begin, mode="clip").astype(np.int32)
        escaped = (steps == ESCAPE_8).ravel().nonzero()[0]
        if len(escaped) and len(self._escaped):
            places = np.minimum(self._escaped.searchsorted(which.ravel().take(escaped)), len(self._escaped) - 1)
            steps.ravel()[escaped] = self._wide.take(places)
        steps += 1
        np.cumsum(steps, axis=1, out=steps)
        before = np.where(block > 0, self._ends.take(block - 1, mode="clip"), 0)
        steps += (before - 1)[:, None]
        here, column = (steps == docs[:, None]).nonzero()
        found = block.take(here) * _TOGETHER + column
        if len(found) and found[-1] >= self._count:
            kept = found < self._count
            here, found = here[kept], found[kept]
        return here, found


class Skips:
    """What stands before any document in the streams of frequencies of a list.

    Attributes:
        end: the offset behind these streams.
        amount: the sum of all frequencies.
    """

    __slots__ = ("_amounts", "_escapes", "_far", "_far_sums", "_more", "_raw", "_sums", "_words", "amount", "end")

    def __init__(self, raw: Bytes, at: int, count: int) -> None:
        size = packed_size(count, 2)
        packed = raw[at : at + size]
        if len(packed) < size:
            raise damaged("a stream ends too early")
        at += size
        words = np.zeros((count // _BLOCK + 1) * 2, "<u8")
        words.view(np.uint8)[:size] = packed
        if count % 4:  # the bits of documents that are not there
            words.view(np.uint8)[size - 1] &= (1 << 2 * (count % 4)) - 1
        self._words = words.reshape(-1, 2)
        self._escapes = _before(_escapes(words).reshape(-1, 2).sum(axis=1, dtype=np.int32))
        self._amounts = _before(_stored(words).reshape(-1, 2).sum(axis=1, dtype=np.int32) + _BLOCK)
        escaped = int(self._escapes[-1])
        self._more = raw[at : at + escaped]
        if len(self._more) < escaped:
            raise damaged("a stream ends too early")
        at += escaped
        eights = np.zeros(escaped // 8 + 1, "<u8")
        eights.view(np.uint8)[:escaped] = self._more
        self._raw = eights
        self._sums = _before(_sum_of_bytes(eights).astype(np.int32))
        self._far = (self._more == ESCAPE_8).nonzero()[0]
        far = raw[at : at + 4 * len(self._far)].view("<u4").astype(np.int64)
        if len(far) < len(self._far):
            raise damaged("a stream ends too early")
        self._far_sums = np.concatenate(([0], np.cumsum(far - ESCAPE_8)))
        self.end = at + 4 * len(self._far)
        self.amount = int(self.amounts_before(np.array([count]))[0])

    @property
    def nbytes(self) -> int:
        """The bytes of its arrays, without those of the list itself."""
        arrays = (self._words, self._escapes, self._amounts, self._raw, self._sums, self._far, self._far_sums)
        return sum(each.nbytes for each in arrays)

    def freqs_of(self, which: Ints) -> npt.NDArray[np.int32]:
        """Return the frequencies in the documents with these indices."""
        word = self._words.ravel().take(which >> 5)
        freqs = ((word >> ((which & 31) << 1).astype(np.uint64)).astype(np.int32) & 3) + 1
        many = (freqs == ESCAPE_2 + 1).nonzero()[0]
        if len(many):
            ranks = self._escapes_before(which.take(many))
            stored = self._more.take(ranks).astype(np.int64)
            if len(self._far):
                places = self._far.searchsorted(ranks)
                huge = (stored == ESCAPE_8).nonzero()[0]
                stored[huge] += np.diff(self._far_sums).take(places.take(huge))
            freqs[many] = stored + 1
        return freqs

    def amounts_before(self, which: Ints) -> Ints:
        """Return the sum of the frequencies in the documents before each of these indices."""
        block, rest = which >> 6, which & 63
        stored = self._amounts.take(block).astype(np.int64)
        for half in (0, 1):
            stored += _stored(self._words[:, half].take(block) & _BELOW[half].take(rest))
        ranks = self._escapes_before(which)
        eight = ranks >> 3
        more = _sum_of_bytes(self._raw.take(eight) & _BELOW_BYTE.take(ranks & 7)).astype(np.int64)
        found: Ints = stored + rest + self._sums.take(eight) + more - ESCAPE_2 * ranks
        if len(self._far):
            found += self._far_sums.take(self._far.searchsorted(ranks))
        return found

    def _escapes_before(self, which: Ints) -> Ints:
        block, rest = which >> 6, which & 63
        found: Ints = self._escapes.take(block).astype(np.int64)
        for half in (0, 1):
            found += _escapes(self._words[:, half].take(block) & _BELOW[half].take(rest))
        return found


def _escapes(words: Words) -> Bytes:
    """Return the number of twos of bits in each word that are both set."""
    found: Bytes = np.bitwise_count(words & (words >> _ONE) & _LOW)
    return found


def _stored(words: Words) -> Bytes:
    """Return the sum of the numbers of two bits in each word."""
    found: Bytes = np.bitwise_count(words) + np.bitwise_count(words & _HIGH)
    return found


def _sum_of_bytes(words: Words) -> Words:
    """Return the sum of the eight bytes of each word."""
    lanes = (words & _BYTES) + ((words >> _8) & _BYTES)
    found: Words = (lanes * _LANES) >> _48
    return found


def _before(counts: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Return the sum of all before each, and of all."""
    found = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=found[1:])
    return found


def escaping(raw: Bytes, at: int, count: int, width: int) -> tuple[npt.NDArray[Any], int]:
    """Return the `count` numbers that begin in the stream of this width at `at`, and where the next stream begins."""
    found: npt.NDArray[Any] = raw[at : at + (count << width)].view(WIDTHS[width])
    at += count << width
    if width == 2:
        return found, at
    escaped = (found == (ESCAPE_8, ESCAPE_16)[width]).nonzero()[0]
    if len(escaped):
        found = found.astype(np.int64 if width else np.int32)
        found[escaped], at = escaping(raw, at, len(escaped), width + 1)
    return found, at


def damaged(error: object) -> CodecError:
    """Return the error of a list that is not as written."""
    return error if isinstance(error, CodecError) else CodecError(f"a posting list is damaged: {error}")
