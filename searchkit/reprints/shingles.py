"""A sketch of a text: the few of its shingles that a copy of it would have too.

Of the folded text without white space, every run of eight characters is hashed; those hashes that 16 divides are kept.
Which these are depends on the characters alone, so two texts that share a passage keep the same hashes of it, wherever
in them it stands (Manber, Finding similar files in a large file system, 1994; Broder, On the resemblance and
containment of documents, 1997).

A character is a UTF-16 unit here, a shingle its 16 bytes, the hash their CRC-32. CRC-32 is linear over XOR, so that of
a shingle is the XOR of one table entry for each of its characters: arrays instead of a call for each shingle.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING
from zlib import crc32

from searchkit.analysis.normalise import fold, fold_character

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHINGLE = 8
"""Characters of a shingle."""

KEPT_OF = 16
"""One shingle in so many is kept."""

FEWEST = 3
"""A sketch has at least so many hashes; a text too short for them is named by so many hashes of the whole."""

SHORTEST = 20
"""Characters; a shorter text has no sketch."""


@cache
def _tables() -> NDArray[np.uint32]:
    """What each character adds to the CRC-32 at each place of a shingle, shape (SHINGLE, 65536)."""
    import numpy as np

    byte = np.array([crc32(bytes([value])) ^ crc32(b"\0") for value in range(256)], np.uint32)

    def zero_byte_later(state: NDArray[np.uint32]) -> NDArray[np.uint32]:
        later: NDArray[np.uint32] = (state >> 8) ^ byte[state & 0xFF]
        return later

    units = np.arange(65536, dtype=np.uint32)
    tables = np.empty((SHINGLE, 65536), np.uint32)
    tables[SHINGLE - 1] = zero_byte_later(byte[units & 0xFF]) ^ byte[units >> 8]
    for place in range(SHINGLE - 2, -1, -1):
        tables[place] = zero_byte_later(zero_byte_later(tables[place + 1]))
    tables[0] ^= np.uint32(crc32(bytes(2 * SHINGLE)))
    return tables


@cache
def _folded_units() -> NDArray[np.uint16]:
    """What each UTF-16 unit is folded to, shape (65536,), a space for white space; or _UNKNOWN or _CHANGES."""
    import numpy as np

    return np.full(65536, _UNKNOWN, np.uint16)


_UNKNOWN, _CHANGES = 0, 1
"""A unit not asked for yet; half of a character, or one that becomes none or several or joins its neighbour."""


def _fold_unit(unit: int) -> int:
    folded = fold_character(chr(unit))
    if 0xD800 <= unit < 0xE000 or folded is None or ord(folded) > 0xFFFF:
        return _CHANGES
    return ord(" ") if folded == "\n" else ord(folded)


def squeezed(texts: Sequence[str]) -> list[bytes]:
    """Return each text folded and without white space: what is left of it when it is set anew; as UTF-16-LE."""
    import numpy as np

    packed = [text.encode("utf-16-le", "surrogatepass") for text in texts]
    units = np.frombuffer(b"".join(packed), "<u2")
    table = _folded_units()
    folded = table[units]
    if not folded.all():
        for unit in np.unique(units[folded == _UNKNOWN]).tolist():
            table[unit] = _fold_unit(unit)
        folded = table[units]
    kept = folded != ord(" ")
    ends = np.cumsum([0, *(len(each) // 2 for each in packed)])
    bounds = (np.concatenate([[0], np.cumsum(kept)]) * 2)[ends].tolist()
    plain = folded[kept].astype("<u2").tobytes()
    found = [plain[start:end] for start, end in pairwise(bounds)]
    for number in np.unique(np.searchsorted(ends, np.flatnonzero(folded == _CHANGES), "right") - 1).tolist():
        found[number] = "".join(fold(texts[number]).split()).encode("utf-16-le")
    return found


def sketches(plain: Sequence[bytes]) -> list[NDArray[np.uint32]]:
    """The sketch of each squeezed text: its hashes, ascending, each once, uint32.

    Empty for a text of under SHORTEST characters.
    """
    import numpy as np

    units = np.frombuffer(b"".join(plain), "<u2")
    ends = np.cumsum([len(each) // 2 for each in plain], dtype=np.int64)
    count = max(0, len(units) - SHINGLE + 1)
    tables = _tables()
    hashes = np.zeros(count, np.uint32)
    for place in range(SHINGLE):
        hashes ^= tables[place][units[place : place + count]]
    at = np.flatnonzero((hashes & (KEPT_OF - 1)) == 0)
    owner = np.searchsorted(ends, at, "right")
    inside = at + SHINGLE <= ends[owner]  # not over the end of a text into the next
    owner, kept = owner[inside], hashes[at[inside]]
    order = np.lexsort((kept, owner))
    owner, kept = owner[order], kept[order]
    first = np.ones(len(kept), bool)
    first[1:] = (owner[1:] != owner[:-1]) | (kept[1:] != kept[:-1])
    owner, kept = owner[first], kept[first]
    bounds = np.searchsorted(owner, np.arange(len(plain) + 1)).tolist()
    return [
        kept[start:end] if end - start >= FEWEST else _whole(text)
        for (start, end), text in zip(pairwise(bounds), plain, strict=True)
    ]


def _whole(text: bytes) -> NDArray[np.uint32]:
    """A text too short to be sampled, as the hashes that stand for the whole of it."""
    import numpy as np

    named = hashlib.sha256(text).digest()[: FEWEST * 4] if len(text) >= 2 * SHORTEST else b""
    return np.unique(np.frombuffer(named, "<u4")).astype(np.uint32)
