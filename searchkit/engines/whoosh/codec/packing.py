"""Packing small numbers into 1, 2, 4 or 8 bits each, and unpacking them.

Two and four bits are unpacked by a table from a byte to all of its numbers, which numpy does at about the speed of
copying; unpacking bits in general costs 43 ns a number.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]


def _table(bits: int, of: Any) -> npt.NDArray[Any]:
    """Return a table from a byte to its numbers of `bits` bits, the lowest first, as one number of type `of`."""
    every = np.arange(256)[:, None] >> np.arange(0, 8, bits)[None, :]
    table: npt.NDArray[Any] = (every & ((1 << bits) - 1)).astype(np.uint8).view(of).ravel()
    return table


_TABLES = {2: _table(2, np.uint32), 4: _table(4, np.uint16)}


def packed_size(count: Any, bits: int) -> Any:
    """Return the bytes that `count` numbers take; `count` is a number or an array."""
    return (count * bits + 7) // 8


def unpack(raw: Bytes, count: int, bits: int) -> Bytes:
    """Return the `count` numbers at the start of `raw`; `bits` is 2, 4 or 8."""
    if bits == 8:
        return raw[:count]
    return _TABLES[bits].take(raw[: packed_size(count, bits)]).view(np.uint8)[:count]


def pack(values: npt.NDArray[Any], lengths: Ints, bits: int) -> Bytes:
    """Return runs of `lengths[i]` numbers as bytes; each run begins at a new byte."""
    if bits == 8:
        return values.astype(np.uint8)
    each = 8 // bits
    padded = -(-lengths // each) * each
    out = np.zeros(int(padded.sum()), np.uint8)
    if len(lengths) == 1:
        out[: len(values)] = values
    else:
        starts = np.cumsum(padded) - padded
        firsts = np.cumsum(lengths) - lengths
        out[np.repeat(starts - firsts, lengths) + np.arange(len(values))] = values
    columns = out.reshape(-1, each)
    packed: Bytes = columns[:, 0].copy()
    for i in range(1, each):
        packed |= columns[:, i] << np.uint8(i * bits)
    return packed


def unpack_runs(raw: Bytes, at: Ints, lengths: Ints, bits: int) -> Ints:
    """Return the numbers of many runs: `lengths[i]` numbers from the byte `at[i]` of `raw` on."""
    firsts = np.cumsum(lengths) - lengths
    local = np.arange(int(lengths.sum()), dtype=np.int64) - np.repeat(firsts, lengths)
    each = 8 // bits
    found: Ints = raw[np.repeat(at, lengths) + local // each].astype(np.int64)
    if each > 1:
        found >>= local % each * bits
        found &= (1 << bits) - 1
    return found
