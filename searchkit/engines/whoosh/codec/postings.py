"""Posting lists as bytes, and back, in whole runs of lists for writing and merging; see `posting_list` for one list.

A list holds documents, the frequency of the term in each, and its positions. Small numbers take few bits: documents are
gaps of one byte (two or four in lists of rare terms), frequencies have two bits, positions a byte and zero, two, four
or eight bits more, whichever is smallest for the list. A number that does not fit is replaced by the highest possible
one and stands in the next wider stream. The length of each stream follows from the one before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

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
    CodecError,
)
from searchkit.engines.whoosh.codec.packing import Bytes, pack, packed_size, unpack_runs

Ints = npt.NDArray[np.int64]
WIDTHS = ("<u1", "<u2", "<u4")
"""The types of numbers of 8, 16 and 32 bits in the streams."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The parts of a field's posting lists beside documents."""

    freqs: bool
    positions: bool


@dataclass(slots=True)
class Lists:
    """Many posting lists one after the other, term after term.

    Attributes:
        starts: where each list begins in `docs`, shape (terms + 1,).
        docs: ascending within a list, int32.
        freqs: parallel to `docs`, each > 0; None if the field has none (then each is 1).
        positions: of each posting in turn, ascending within it, int32; None if the field has none.
    """

    starts: Ints
    docs: npt.NDArray[np.int32]
    freqs: npt.NDArray[np.int32] | None
    positions: npt.NDArray[np.int32] | None


Encoded: TypeAlias = tuple[Bytes, Ints]
"""Lists as written, one after the other, and where each begins: shape (terms + 1,)."""


def spread(lengths: Ints, at: Ints, size: int) -> Ints:
    """Return the offsets of elements of `size` bytes, `lengths[i]` of them from `at[i]` on, list after list."""
    firsts = np.cumsum(lengths) - lengths
    return np.repeat(at - firsts * size, lengths) + np.arange(int(lengths.sum()), dtype=np.int64) * size


# -- writing


class _Streams:
    """The bytes of many lists, built stream by stream: each stream is appended to the lists that have it."""

    def __init__(self, terms: int) -> None:
        self._lengths = np.zeros(terms, np.int64)
        self._parts: list[tuple[Ints, Ints, Ints, Bytes]] = []

    def add(self, which: Ints, sizes: Ints, data: Bytes) -> None:
        """Append `sizes[i]` bytes of `data` to list `which[i]`."""
        self._parts.append((which, self._lengths[which], sizes, data))
        self._lengths[which] += sizes

    def numbers(self, values: npt.NDArray[Any], counts: Ints, width: int) -> None:
        """Append `counts[i]` numbers to list i, in 1, 2 or 4 bytes each (`width` 0, 1, 2)."""
        which = np.flatnonzero(counts)
        self.add(which, counts[which] << width, values.astype(WIDTHS[width]).view(np.uint8))

    def finish(self) -> Encoded:
        """Return all lists."""
        offsets = np.concatenate([[0], np.cumsum(self._lengths)])
        out = np.zeros(int(offsets[-1]), np.uint8)
        for which, at, sizes, data in self._parts:
            if len(which) == 1:  # a long list is encoded alone: no need for an offset of every byte
                begin = int(offsets[which[0]] + at[0])
                out[begin : begin + len(data)] = data
            else:
                out[spread(sizes, offsets[which] + at, 1)] = data
        return out, offsets


def encode(lists: Lists, shape: Shape) -> Encoded:
    """Return the bytes of all lists."""
    starts = lists.starts
    terms = len(starts) - 1
    streams = _Streams(terms)
    if not terms:
        return streams.finish()
    sizes = np.diff(starts)
    docs = lists.docs.astype(np.int64)
    gaps = np.empty(len(docs), np.int64)
    gaps[1:] = docs[1:] - docs[:-1] - 1
    gaps[starts[:-1]] = docs[starts[:-1]]
    freqs = np.ones(len(docs), np.int64) if lists.freqs is None else lists.freqs.astype(np.int64)
    has_freqs = np.maximum.reduceat(freqs, starts[:-1]) > 1 if shape.freqs else np.zeros(terms, bool)
    wide, wider = _sums(gaps >= ESCAPE_8, starts), _sums(gaps >= ESCAPE_16, starts)
    gaps_from = np.argmin([sizes + 2 * wide + 4 * wider, 2 * sizes + 4 * wider, 4 * sizes], axis=0)
    width = np.where(sizes < 256, 0, np.where(sizes < 65536, 1, 2))
    flags = width | (gaps_from << GAPS_SHIFT) | np.where(has_freqs, HAS_FREQS, 0)
    steps, amounts, high = np.empty(0, np.int32), np.zeros(terms, np.int64), np.zeros(terms, np.int64)
    if shape.positions:
        assert lists.positions is not None
        steps = _steps(lists.positions, freqs)
        amounts = _sums(freqs, starts)
        high = _fewest_bits(steps, amounts)
        flags |= high << HIGH_SHIFT
    every = np.arange(terms)
    streams.add(every, np.ones(terms, np.int64), flags.astype(np.uint8))
    for code in range(3):
        streams.numbers(sizes[width == code], np.where(width == code, 1, 0), code)
    _add_gaps(streams, gaps, sizes, gaps_from)
    if shape.freqs:
        _add_freqs(streams, freqs[np.repeat(has_freqs, sizes)] - 1, np.where(has_freqs, sizes, 0))
    if shape.positions:
        _add_positions(streams, steps, amounts, high)
    return streams.finish()


def _sums(values: npt.NDArray[Any], starts: Ints) -> Ints:
    """Return the sum of `values` in each list; no list is empty."""
    return np.add.reduceat(values.astype(np.int64), starts[:-1])


def _owned(chosen: npt.NDArray[np.bool_], counts: Ints) -> Ints:
    """Return the number of chosen ones among each list's `counts[i]` numbers."""
    if len(counts) == 1:
        return np.array([np.count_nonzero(chosen)])
    return np.bincount(np.repeat(np.arange(len(counts)), counts)[chosen], minlength=len(counts))


def _steps(positions: npt.NDArray[np.int32], freqs: Ints) -> npt.NDArray[np.int32]:
    """Return the first position of each posting, followed by the gaps between its positions."""
    firsts = np.cumsum(freqs) - freqs
    steps: npt.NDArray[np.int32] = positions.copy()
    steps[1:] -= positions[:-1]
    steps[firsts] = positions[firsts]
    return steps


def _fewest_bits(steps: npt.NDArray[np.int32], amounts: Ints) -> Ints:
    """Return the index into HIGH_BITS that takes the least space for the positions of each list."""
    far = _owned(steps >= ESCAPE_16, amounts)
    sizes = []
    for bits in HIGH_BITS:
        escaped = _owned(steps >= (256 << bits) - 1, amounts)
        sizes.append(amounts + packed_size(amounts, bits) + (4 * far if bits == 8 else 2 * escaped + 4 * far))
    fewest: Ints = np.argmin(sizes, axis=0)
    return fewest


def _add_gaps(streams: _Streams, gaps: Ints, sizes: Ints, begin: Ints) -> None:
    """Add gaps, beginning with one, two or four bytes; those that do not fit go to the next wider stream."""
    owners = np.repeat(np.arange(len(sizes)), sizes)
    started = begin[owners]
    for width, below, escape in ((0, 0, ESCAPE_8), (1, ESCAPE_8, ESCAPE_16), (2, ESCAPE_16, 1 << 32)):
        # A list that begins at this width has all of its gaps here; one that began narrower, those that did not fit.
        chosen = (started == width) | ((started < width) & (gaps >= below))
        streams.numbers(
            np.minimum(gaps[chosen], escape) if width < 2 else gaps[chosen],
            np.bincount(owners[chosen], minlength=len(sizes)),
            width,
        )


def _add_freqs(streams: _Streams, less_one: Ints, counts: Ints) -> None:
    which = np.flatnonzero(counts)
    packed = pack(np.minimum(less_one, ESCAPE_2), counts[which], 2)
    streams.add(which, packed_size(counts[which], 2), packed)
    many, huge = less_one >= ESCAPE_2, less_one >= ESCAPE_8
    streams.numbers(np.minimum(less_one[many], ESCAPE_8), _owned(many, counts), 0)
    streams.numbers(less_one[huge], _owned(huge, counts), 2)


def _add_positions(streams: _Streams, steps: npt.NDArray[np.int32], amounts: Ints, high: Ints) -> None:
    codes = np.repeat(high.astype(np.uint8), amounts)
    escape = ((256 << np.array(HIGH_BITS, np.int32)) - 1).take(codes)
    stored = np.minimum(steps, escape)
    streams.numbers(stored & 0xFF, amounts, 0)
    for code, size in enumerate(HIGH_BITS):
        which = np.flatnonzero((high == code) & (amounts > 0))
        if size and len(which):
            packed = pack(stored[codes == code] >> 8, amounts[which], size)
            streams.add(which, packed_size(amounts[which], size), packed)
    beyond = (steps >= escape) & (codes < len(HIGH_BITS) - 1)
    streams.numbers(np.minimum(steps[beyond], ESCAPE_16), _owned(beyond, amounts), 1)
    far = steps >= ESCAPE_16
    streams.numbers(steps[far], _owned(far, amounts), 2)


# -- reading many lists


def decode(raw: Bytes, offsets: Ints, shape: Shape) -> Lists:
    """Decode many lists: they begin at `offsets[:-1]` of `raw`, and the last ends at `offsets[-1]`."""
    flags, starts, docs, at = _decoded_docs(raw, offsets)
    sizes = np.diff(starts)
    terms = len(sizes)
    freqs = positions = None
    if shape.freqs:
        counts = np.where((flags & HAS_FREQS) > 0, sizes, 0)
        stored = unpack_runs(raw, at, counts, 2)
        at = at + packed_size(counts, 2)
        many = stored == ESCAPE_2
        escaped, at = _next(raw, at, many, counts, 0)
        huge = escaped == ESCAPE_8
        escaped[huge], at = _next(raw, at, huge, _owned(many, counts), 2)
        stored[many] = escaped
        all_freqs = np.ones(len(docs), np.int64)
        all_freqs[np.repeat(counts > 0, sizes)] += stored
        freqs = all_freqs.astype(np.int32)
    if shape.positions:
        assert freqs is not None
        amounts = _sums(freqs, starts) if terms else np.empty(0, np.int64)
        if int(amounts.sum()) > len(raw):
            raise CodecError("a posting list is damaged: positions are missing")
        high = ((flags >> HIGH_SHIFT) & WIDTH_MASK).astype(np.int64)
        steps = raw[spread(amounts, at, 1)].astype(np.int64)
        at = at + amounts
        bits = np.repeat(np.array(HIGH_BITS)[high], amounts)
        for code, size in enumerate(HIGH_BITS):
            which = np.flatnonzero(high == code)
            if size and len(which):
                steps[bits == size] |= unpack_runs(raw, at[which], amounts[which], size) << 8
                at[which] += packed_size(amounts[which], size)
        beyond = (steps == (256 << bits) - 1) & (bits < 8)
        escaped, at = _next(raw, at, beyond, amounts, 1)
        steps[beyond] = escaped
        far = steps == ESCAPE_16
        steps[far], at = _next(raw, at, far, amounts, 2)
        bounds = np.concatenate([[0], np.cumsum(freqs, dtype=np.int64)])
        positions = _undone(steps, bounds).astype(np.int32)
    return Lists(starts, docs.astype(np.int32), freqs, positions)


def decode_docs(raw: Bytes, offsets: Ints) -> tuple[Ints, npt.NDArray[np.int32]]:
    """Decode only the documents of many lists.

    Returns:
        Where each list begins in the documents, shape (lists + 1,); the documents, one list after the other.
    """
    _, starts, docs, _ = _decoded_docs(raw, offsets)
    return starts, docs.astype(np.int32)


def list_sizes(raw: Bytes, offsets: Ints) -> Ints:
    """Return the number of documents of each of many lists: they begin at `offsets[:-1]` of `raw`."""
    begin = offsets[:-1]
    width = raw[begin] & WIDTH_MASK
    sizes = np.zeros(len(begin), np.int64)
    for code in range(3):
        chosen = np.flatnonzero(width == code)
        if len(chosen):
            sizes[chosen] = _get(raw, begin[chosen] + 1, 1 << code)
    if int(sizes.sum()) > len(raw):  # a gap takes a byte at least
        raise CodecError("a posting list is damaged: it is longer than its bytes")
    return sizes


def _decoded_docs(raw: Bytes, offsets: Ints) -> tuple[Bytes, Ints, Ints, Ints]:
    """Decode documents.

    Returns:
        The flags of each list; where it begins in the documents; the documents; where its next stream begins.
    """
    begin = offsets[:-1].astype(np.int64)
    flags = raw[begin]
    sizes = list_sizes(raw, offsets)
    at = begin + 1 + (1 << (flags & WIDTH_MASK).astype(np.int64))
    gaps_from = ((flags >> GAPS_SHIFT) & WIDTH_MASK).astype(np.int64)
    gaps = np.empty(int(sizes.sum()), np.int64)
    from_width = np.repeat(gaps_from, sizes)
    pending = np.zeros(len(gaps), bool)
    for code, escape in enumerate((ESCAPE_8, ESCAPE_16, 1 << 32)):
        here = pending | (from_width == code)
        if here.any():
            gaps[here], at = _next(raw, at, here, sizes, code)
        pending = here & (gaps == escape)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    docs: Ints = _undone(gaps + 1, starts) - 1
    return flags, starts, docs, at


def _next(raw: Bytes, at: Ints, chosen: npt.NDArray[np.bool_], counts: Ints, width: int) -> tuple[Ints, Ints]:
    """Read the next stream of every list.

    Returns:
        A number for each one `chosen` of its `counts[i]`; and where the stream ends.
    """
    lengths = _owned(chosen, counts)
    return _get(raw, spread(lengths, at, 1 << width), 1 << width), at + (lengths << width)


def _get(raw: Bytes, at: Ints, size: int) -> Ints:
    """Return the little-endian number of `size` bytes at each offset."""
    found = raw[at].astype(np.int64)
    for byte in range(1, size):
        found |= raw[at + byte].astype(np.int64) << (8 * byte)
    return found


def _undone(steps: Ints, starts: Ints) -> Ints:
    """Return running sums that restart at each of `starts[:-1]`; no run is empty."""
    if not len(steps):
        return steps
    summed = np.cumsum(steps)
    before = summed[starts[:-1]] - steps[starts[:-1]]
    return summed - np.repeat(before, np.diff(starts))
