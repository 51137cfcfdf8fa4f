"""One posting list over mapped bytes: each stream is decoded when it is asked for, or only at the documents asked for.

A query that few documents fulfil needs the frequencies and positions of its commonest terms in these few.
"""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.codec.layout import (
    ESCAPE_2,
    ESCAPE_8,
    ESCAPE_16,
    GAPS_SHIFT,
    HAS_FREQS,
    HIGH_BITS,
    HIGH_SHIFT,
    WIDTH_MASK,
)
from searchkit.engines.whoosh.codec.lookups import Directory, Skips, damaged, escaping
from searchkit.engines.whoosh.codec.packing import Bytes, packed_size, unpack
from searchkit.engines.whoosh.codec.postings import WIDTHS, Ints, Shape, spread

_HEADERS = [struct.Struct(f"<B{code}") for code in "BHI"]
_DAMAGE = (struct.error, ValueError, IndexError)
FEW = 8
"""Positions are decoded one by one if at most one in so many documents is asked for."""

FEW_DOCS = 32
"""Documents are looked up one by one if there are so many times as many in the list."""


class List:
    """One posting list.

    Attributes:
        count: the number of documents, at least 1.
        directory, skips: where documents, and frequencies and positions, are found one by one. Made when they are
            needed; whoever reads the list again may give it those that were made before.

    Raises:
        CodecError: it is not as written; also when a part of it is asked for.
    """

    __slots__ = ("_begin", "_docs", "_flags", "_freqs", "_raw", "count", "directory", "skips")

    def __init__(self, raw: Bytes, shape: Shape) -> None:
        try:
            self._flags = int(raw[0])
            header = _HEADERS[self._flags & WIDTH_MASK]
            self.count: int = header.unpack_from(raw.data)[1]
        except _DAMAGE as error:
            raise damaged(error) from error
        if not 0 < self.count <= len(raw):  # a gap takes a byte at least
            raise damaged("it is longer than its bytes")
        self._begin = header.size
        self._raw = raw
        self._docs: npt.NDArray[np.int32] | None = None
        self._freqs: npt.NDArray[np.int32] | None = None
        self.directory: Directory | None = None
        self.skips: Skips | None = None

    @property
    def nbytes(self) -> int:
        """The bytes it takes in the file."""
        return self._raw.nbytes

    @property
    def docs(self) -> npt.NDArray[np.int32]:
        """The documents, ascending; decoded on first access."""
        if self._docs is None:
            try:
                gaps, _ = escaping(self._raw, self._begin, self.count, self._gaps_from)
                if len(gaps) != self.count:
                    raise damaged("a stream ends too early")
                docs = gaps.astype(np.int32)
            except _DAMAGE as error:
                raise damaged(error) from error
            docs[1:] += 1
            self._docs = np.cumsum(docs, out=docs)
        return self._docs

    @property
    def freqs(self) -> npt.NDArray[np.int32]:
        """The frequencies, parallel to `docs`; decoded on first access."""
        if self._freqs is None:
            try:
                self._freqs = self._all_freqs()
            except _DAMAGE as error:
                raise damaged(error) from error
            if len(self._freqs) != self.count:
                raise damaged("a stream ends too early")
        return self._freqs

    def find(self, docs: npt.NDArray[np.int32]) -> tuple[Ints, Ints]:
        """Return the indices of the common documents, in ascending `docs` and in the list."""
        try:
            if self._gaps_from or self._docs is not None:
                at = self.docs.searchsorted(docs)
                at[at == self.count] = 0
                here = (self.docs.take(at) == docs).nonzero()[0]
                return here, at.take(here)
            if self.directory is None:
                self.directory = Directory(self._raw, self._begin, self.count)
            return self.directory.find(self._raw, self._begin, docs)
        except _DAMAGE as error:
            raise damaged(error) from error

    def freqs_of(self, which: Ints) -> npt.NDArray[np.int32]:
        """Return the frequencies in the documents `docs[which]`."""
        if self._freqs is not None or not self._flags & HAS_FREQS:
            return self.freqs.take(which)
        try:
            return self._counted().freqs_of(which)
        except _DAMAGE as error:
            raise damaged(error) from error

    def positions(self, which: Ints) -> tuple[Ints, Ints]:
        """Return the positions in the documents `docs[which]`, and for each position its index into `which`."""
        if len(which) * FEW <= self.count:
            try:
                return self._positions_of(which)
            except _DAMAGE as error:
                raise damaged(error) from error
        flat = self.all_positions()
        lengths = self.freqs.take(which).astype(np.int64)
        if len(which) < self.count:
            starts = np.cumsum(self.freqs, dtype=np.int64) - self.freqs
            flat = flat.take(spread(lengths, starts.take(which), 1))
        return flat.astype(np.int64), np.repeat(np.arange(len(which), dtype=np.int64), lengths)

    def all_positions(self) -> npt.NDArray[np.int32]:
        """Return the positions in all documents, one document after the other."""
        freqs = self.freqs
        try:
            flat = self._steps(self._positions_begin(), int(freqs.sum()))
        except _DAMAGE as error:
            raise damaged(error) from error
        if len(flat) > self.count:  # some document has several: turn gaps into positions
            # Sums too large for 32 bits wrap around, and back when the sum before is subtracted.
            summed = np.cumsum(flat, dtype=np.int32)
            firsts = np.cumsum(freqs, dtype=np.int32) - freqs
            flat = summed - np.repeat(summed.take(firsts) - flat.take(firsts), freqs)
        return flat

    # -- where the streams begin

    @property
    def _gaps_from(self) -> int:
        return (self._flags >> GAPS_SHIFT) & WIDTH_MASK

    def _freqs_begin(self) -> int:
        """Return the offset behind the gaps."""
        at, count = self._begin, self.count
        for width in range(self._gaps_from, 3):
            gaps = self._raw[at : at + (count << width)]
            at += count << width
            if width == 2:
                break
            count = int(np.count_nonzero(gaps.view(WIDTHS[width]) == (ESCAPE_8, ESCAPE_16)[width]))
        return at

    def _counted(self) -> Skips:
        """Return the skips of a list that has frequencies."""
        if self.skips is None:
            self.skips = Skips(self._raw, self._freqs_begin(), self.count)
        return self.skips

    def _positions_begin(self) -> int:
        return self._counted().end if self._flags & HAS_FREQS else self._freqs_begin()

    # -- decoding

    def _all_freqs(self) -> npt.NDArray[np.int32]:
        if not self._flags & HAS_FREQS:
            return np.ones(self.count, np.int32)
        at = self._freqs_begin()
        freqs = unpack(self._raw[at:], self.count, 2).astype(np.int32)
        at += packed_size(self.count, 2)
        many = (freqs == ESCAPE_2).nonzero()[0]
        if len(many):
            stored = self._raw[at : at + len(many)].astype(np.int32)
            at += len(many)
            huge = (stored == ESCAPE_8).nonzero()[0]
            if len(huge):
                stored[huge] = self._raw[at : at + 4 * len(huge)].view("<u4")
            freqs[many] = stored
        freqs += 1
        return freqs

    def _positions_of(self, which: Ints) -> tuple[Ints, Ints]:
        if self._flags & HAS_FREQS:
            lengths = self.freqs_of(which).astype(np.int64)
            skips = self._counted()
            begins, amount = skips.amounts_before(which), skips.amount
        else:
            lengths, begins, amount = np.ones(len(which), np.int64), which, self.count
        steps = self._steps_at(self._positions_begin(), amount, spread(lengths, begins, 1))
        summed = np.cumsum(steps)
        ends = np.cumsum(lengths)
        before = np.concatenate(([0], summed)).take(ends - lengths)
        return summed - np.repeat(before, lengths), np.repeat(np.arange(len(which), dtype=np.int64), lengths)

    def _steps_at(self, at: int, amount: int, chosen: Ints) -> Ints:
        """Return the gaps between positions with these indices, of all `amount` gaps from the offset `at` on."""
        raw, bits = self._raw, HIGH_BITS[(self._flags >> HIGH_SHIFT) & WIDTH_MASK]
        begin = at
        low = raw[at : at + amount]
        at += amount
        high = raw[at : at + packed_size(amount, bits)]
        at += len(high)
        if len(low) < amount or len(high) < packed_size(amount, bits):
            raise damaged("positions are missing")
        steps: Ints = low.take(chosen).astype(np.int64)
        if bits:
            steps |= _packed_at(high, chosen, bits).astype(np.int64) << 8
        escape = (256 << bits) - 1
        escaped = (steps == escape).nonzero()[0]
        if len(escaped) and bits == 8:
            return self._steps(begin, amount).take(chosen).astype(np.int64)
        if len(escaped):
            every = (low == ESCAPE_8).nonzero()[0]
            if bits:
                every = every[_packed_at(high, every, bits) == (1 << bits) - 1]
            beyond = raw[at : at + 2 * len(every)].view("<u2")
            steps[escaped] = beyond.take(every.searchsorted(chosen.take(escaped)))
            far = (steps == ESCAPE_16).nonzero()[0]
            if len(far):
                return self._steps(begin, amount).take(chosen).astype(np.int64)
        return steps

    def _steps(self, at: int, amount: int) -> npt.NDArray[np.int32]:
        """Return all `amount` gaps between positions, from the offset `at` on."""
        raw, bits = self._raw, HIGH_BITS[(self._flags >> HIGH_SHIFT) & WIDTH_MASK]
        steps = raw[at : at + amount].astype(np.int32)
        if len(steps) != amount:
            raise damaged("positions are missing")
        at += amount
        if bits:
            high = unpack(raw[at:], amount, bits).astype(np.int32)
            high <<= 8
            steps |= high
            at += packed_size(amount, bits)
        escaped = (steps == (256 << bits) - 1).nonzero()[0]
        if len(escaped) and bits < 8:
            beyond = raw[at : at + 2 * len(escaped)].view("<u2").astype(np.int32)
            at += 2 * len(escaped)
            steps[escaped] = beyond
            escaped = escaped[beyond == ESCAPE_16]
        if len(escaped):
            steps[escaped] = raw[at : at + 4 * len(escaped)].view("<u4")
        return steps


def _packed_at(raw: Bytes, which: Ints, bits: int) -> Bytes:
    """Return the numbers of 2, 4 or 8 bits with these indices."""
    if bits == 8:
        return raw.take(which)
    each = 8 // bits
    shifts = ((which & (each - 1)) * bits).astype(np.uint8)
    found: Bytes = (raw.take(which // each) >> shifts) & np.uint8((1 << bits) - 1)
    return found
