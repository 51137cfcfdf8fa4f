"""Posting lists as bytes, and back: one list at a time for a query, whole runs of lists for writing and merging.

A list is documents, how often each has the term, and at which positions. Documents are kept as gaps in one byte each;
what does not fit is 255 there and stands in a stream of two bytes, what does not fit there in one of four. Byte streams
and not bits: unpacking bits costs numpy 43 ns a posting, bytes 0.6.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from searchkit.backends.whoosh_index.codec.layout import (
    ESCAPE_8,
    ESCAPE_16,
    HAS_FREQS,
    WIDTH_MASK,
    CodecError,
)

Ints = npt.NDArray[np.int64]
_HEADERS = {wanted: [struct.Struct(f"<B{wanted}{code}") for code in "BHI"] for wanted in (3, 4, 6)}


@dataclass(frozen=True, slots=True)
class Shape:
    """What the posting lists of a field hold beside documents."""

    freqs: bool
    positions: bool

    @property
    def counts(self) -> int:
        """How many counts a list's header has."""
        return 6 if self.positions else 4 if self.freqs else 3


@dataclass(slots=True)
class Lists:
    """Many posting lists one after the other, term after term.

    Attributes:
        starts: where each list begins in `docs`, shape (terms + 1,).
        docs: ascending within a list, int32.
        freqs: beside docs, each > 0; None where the field has none (then each is 1).
        positions: of each posting in turn, ascending within it, int32; None where the field has none.
    """

    starts: Ints
    docs: npt.NDArray[np.int32]
    freqs: npt.NDArray[np.int32] | None
    positions: npt.NDArray[np.int32] | None


def _sums(values: npt.NDArray[Any], starts: Ints) -> Ints:
    """The sum of `values` in each list; no list is empty."""
    return np.add.reduceat(values.astype(np.int64), starts[:-1]) if len(starts) > 1 else np.empty(0, np.int64)


def spread(lengths: Ints, at: Ints, size: int) -> Ints:
    """Offsets of elements of `size` bytes, `lengths[i]` of them from `at[i]` on, all lists after one another."""
    firsts = np.cumsum(lengths) - lengths
    return np.repeat(at - firsts * size, lengths) + np.arange(int(lengths.sum()), dtype=np.int64) * size


def encode(lists: Lists, shape: Shape) -> tuple[npt.NDArray[np.uint8], Ints]:
    """The bytes of all lists, and where each begins: shape (terms + 1,)."""
    starts, docs = lists.starts, lists.docs.astype(np.int64)
    terms = len(starts) - 1
    sizes = np.diff(starts)
    gaps = np.empty(len(docs), np.int64)
    gaps[1:] = docs[1:] - docs[:-1] - 1
    gaps[starts[:-1]] = docs[starts[:-1]]
    counts = np.zeros((terms, 6), np.int64)
    wide, wider = gaps >= ESCAPE_8, gaps >= ESCAPE_16
    counts[:, 0], counts[:, 1], counts[:, 2] = sizes, _sums(wide, starts), _sums(wider, starts)
    freqs = np.ones(len(docs), np.int64) if lists.freqs is None else lists.freqs.astype(np.int64)
    many = freqs > ESCAPE_8  # stored less one
    has_freqs = np.zeros(terms, bool)
    if shape.freqs and terms:
        has_freqs = np.maximum.reduceat(freqs, starts[:-1]) > 1
        counts[:, 3] = _sums(many, starts)
    steps = np.empty(0, np.int64)
    far = np.empty(0, bool)
    if shape.positions:
        assert lists.positions is not None
        firsts = np.cumsum(freqs) - freqs
        steps = lists.positions.astype(np.int64)
        steps[1:] -= lists.positions[:-1].astype(np.int64)
        steps[firsts] = lists.positions[firsts]
        far = steps >= ESCAPE_16
        counts[:, 4] = _sums(freqs, starts)
        owners = np.repeat(np.repeat(np.arange(terms), sizes), freqs)
        counts[:, 5] = np.bincount(owners[far], minlength=terms)
    most = counts.max(axis=1) if terms else np.empty(0, np.int64)
    width = np.where(most < 256, 0, np.where(most < 65536, 1, 2))
    header = 1 + shape.counts * (1 << width)
    at_16 = header + sizes
    at_32 = at_16 + 2 * counts[:, 1]
    at_freqs = at_32 + 4 * counts[:, 2]
    at_freqs_32 = at_freqs + np.where(has_freqs, sizes, 0)
    at_positions = at_freqs_32 + 4 * counts[:, 3]
    at_positions_32 = at_positions + 2 * counts[:, 4]
    length = at_positions_32 + 4 * counts[:, 5]
    offsets = np.concatenate([[0], np.cumsum(length)])
    begin = offsets[:-1]
    out = np.zeros(int(offsets[-1]), np.uint8)
    out[begin] = width | np.where(has_freqs, HAS_FREQS, 0)
    for code in range(3):
        chosen = np.flatnonzero(width == code)
        for column in range(shape.counts):
            _put(out, begin[chosen] + 1 + column * (1 << code), counts[chosen, column], 1 << code)
    _put(out, spread(sizes, begin + header, 1), np.where(wide, ESCAPE_8, gaps), 1)
    _put(out, spread(counts[:, 1], begin + at_16, 2), np.where(wider, ESCAPE_16, gaps)[wide], 2)
    _put(out, spread(counts[:, 2], begin + at_32, 4), gaps[wider], 4)
    if shape.freqs:
        kept = np.repeat(has_freqs, sizes)
        lengths = np.where(has_freqs, sizes, 0)
        _put(out, spread(lengths, begin + at_freqs, 1), np.where(many, ESCAPE_8, freqs - 1)[kept], 1)
        _put(out, spread(counts[:, 3], begin + at_freqs_32, 4), freqs[many], 4)
    if shape.positions:
        _put(out, spread(counts[:, 4], begin + at_positions, 2), np.where(far, ESCAPE_16, steps), 2)
        _put(out, spread(counts[:, 5], begin + at_positions_32, 4), steps[far], 4)
    return out, offsets


def _put(out: npt.NDArray[np.uint8], at: Ints, values: Ints, size: int) -> None:
    """Write each value, little-endian in `size` bytes, at its offset."""
    for byte in range(size):
        out[at + byte] = (values >> (8 * byte)) & 0xFF


class List:
    """One posting list over mapped bytes. Documents and frequencies are read at once, positions when asked for."""

    __slots__ = ("_at", "_far", "_held", "_positions", "_raw", "_starts", "docs", "freqs")

    def __init__(self, raw: npt.NDArray[np.uint8], shape: Shape) -> None:
        try:
            self._read(raw, shape)
        except (struct.error, ValueError, IndexError) as error:
            raise CodecError(f"a posting list is damaged: {error}") from error

    def _read(self, raw: npt.NDArray[np.uint8], shape: Shape) -> None:
        flags = int(raw[0])
        code = flags & WIDTH_MASK
        header = _HEADERS[shape.counts][code]
        counts = header.unpack_from(raw.data)[1:]
        size, size_16, size_32 = counts[:3]
        at = header.size
        gaps: npt.NDArray[Any] = raw[at : at + size]
        at += size
        if size_16:
            wide = raw[at : at + 2 * size_16].view("<u2")
            at += 2 * size_16
            gaps = gaps.astype(np.int32)
            places = np.flatnonzero(gaps == ESCAPE_8)
            if size_32:
                wide = wide.astype(np.int32)
                wide[np.flatnonzero(wide == ESCAPE_16)] = raw[at : at + 4 * size_32].view("<u4")
                at += 4 * size_32
            gaps[places] = wide
        docs = np.cumsum(gaps, dtype=np.int32)
        docs += np.arange(size, dtype=np.int32)
        self.docs = docs
        freqs: npt.NDArray[np.int32]
        if flags & HAS_FREQS:
            freqs = raw[at : at + size].astype(np.int32)
            at += size
            if counts[3]:
                escaped = np.flatnonzero(freqs == ESCAPE_8)
                freqs += 1
                freqs[escaped] = raw[at : at + 4 * counts[3]].view("<u4")
                at += 4 * counts[3]
            else:
                freqs += 1
        else:
            freqs = np.ones(size, np.int32)
        self.freqs = freqs
        self._raw = raw
        self._at = at
        self._positions: int = counts[4] if shape.positions else 0
        self._far: int = counts[5] if shape.positions else 0
        self._starts: Ints | None = None
        self._held: npt.NDArray[np.int32] | None = None

    def positions(self, which: npt.NDArray[np.int64]) -> tuple[Ints, Ints]:
        """Positions in the documents at the places `which` of `docs`, and beside each its place in `which`."""
        if self._starts is None:
            self._starts = np.cumsum(self.freqs, dtype=np.int64) - self.freqs
        lengths = self.freqs[which].astype(np.int64)
        at = self._starts[which]
        if len(which) == len(self.docs):
            flat = self._steps().astype(np.int64)
        elif self._far:
            flat = self._steps()[spread(lengths, at, 1)].astype(np.int64)
        else:
            narrow = self._raw[self._at : self._at + 2 * self._positions].view("<u2")
            flat = narrow[spread(lengths, at, 1)].astype(np.int64)
        owners = np.repeat(np.arange(len(which), dtype=np.int64), lengths)
        if len(flat) > len(which):  # some document has several: gaps to positions
            summed = np.cumsum(flat)
            firsts = np.cumsum(lengths) - lengths
            flat = summed - np.repeat(summed[firsts] - flat[firsts], lengths)
        return flat, owners

    def _steps(self) -> npt.NDArray[np.int32]:
        """The gaps between positions, all of them."""
        if self._held is None:
            steps = self._raw[self._at : self._at + 2 * self._positions].view("<u2").astype(np.int32)
            if self._far:
                at = self._at + 2 * self._positions
                steps[np.flatnonzero(steps == ESCAPE_16)] = self._raw[at : at + 4 * self._far].view("<u4")
            self._held = steps
        return self._held


def decode(raw: npt.NDArray[np.uint8], offsets: Ints, shape: Shape) -> Lists:
    """Many lists at once: those that begin at `offsets[:-1]` of `raw`, the last ending at `offsets[-1]`."""
    terms = len(offsets) - 1
    begin = offsets[:-1]
    flags = raw[begin]
    width = (flags & WIDTH_MASK).astype(np.int64)
    has_freqs = (flags & HAS_FREQS) > 0
    counts = np.zeros((terms, 6), np.int64)
    for code in range(3):
        chosen = np.flatnonzero(width == code)
        for column in range(shape.counts):
            counts[chosen, column] = _get(raw, begin[chosen] + 1 + column * (1 << code), 1 << code)
    sizes = counts[:, 0]
    at = begin + 1 + shape.counts * (1 << width)
    gaps = _get(raw, spread(sizes, at, 1), 1)
    at = at + sizes
    wide = _get(raw, spread(counts[:, 1], at, 2), 2)
    at = at + 2 * counts[:, 1]
    wide[wide == ESCAPE_16] = _get(raw, spread(counts[:, 2], at, 4), 4)
    at = at + 4 * counts[:, 2]
    gaps[gaps == ESCAPE_8] = wide
    starts = np.concatenate([[0], np.cumsum(sizes)])
    docs = _undone(gaps + 1, starts) - 1
    freqs = positions = None
    if shape.freqs:
        lengths = np.where(has_freqs, sizes, 0)
        stored = _get(raw, spread(lengths, at, 1), 1)
        at = at + lengths
        escaped = stored == ESCAPE_8
        stored += 1
        stored[escaped] = _get(raw, spread(counts[:, 3], at, 4), 4)
        at = at + 4 * counts[:, 3]
        all_freqs = np.ones(len(docs), np.int64)
        all_freqs[np.repeat(has_freqs, sizes)] = stored
        freqs = all_freqs.astype(np.int32)
    if shape.positions:
        assert freqs is not None
        steps = _get(raw, spread(counts[:, 4], at, 2), 2)
        at = at + 2 * counts[:, 4]
        steps[steps == ESCAPE_16] = _get(raw, spread(counts[:, 5], at, 4), 4)
        bounds = np.concatenate([[0], np.cumsum(freqs, dtype=np.int64)])
        positions = _undone(steps, bounds).astype(np.int32)
    return Lists(starts, docs.astype(np.int32), freqs, positions)


def _get(raw: npt.NDArray[np.uint8], at: Ints, size: int) -> Ints:
    """The little-endian numbers of `size` bytes at each offset."""
    found = raw[at].astype(np.int64)
    for byte in range(1, size):
        found |= raw[at + byte].astype(np.int64) << (8 * byte)
    return found


def _undone(steps: Ints, starts: Ints) -> Ints:
    """Running sums that begin anew at each of `starts[:-1]`; no run is empty."""
    if not len(steps):
        return steps
    summed = np.cumsum(steps)
    before = summed[starts[:-1]] - steps[starts[:-1]]
    return summed - np.repeat(before, np.diff(starts))
