"""The fixed parts of a segment file, as data. A test compares `FORMAT.md` with these tables."""

from __future__ import annotations

import struct
from dataclasses import dataclass

MAGIC = b"SKSEGMT1"
VERSION = 2
EXTENSION = ".skc"
ALIGNMENT = 8
"""Every section begins at a multiple of this many bytes."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a fixed structure; `code` is its format character for `struct`."""

    name: str
    code: str
    meaning: str

    @property
    def size(self) -> int:
        """The size in bytes."""
        return struct.calcsize("<" + self.code)


HEADER = (
    Item("magic", "8s", "SKSEGMT1"),
    Item("version", "I", "of this format: 2"),
    Item("doc_count", "I", "documents in the segment, deleted ones included"),
    Item("directory_offset", "Q", "where the directory starts"),
    Item("directory_length", "I", "its bytes"),
    Item("directory_crc32", "I", "CRC-32 of the directory"),
    Item("header_crc32", "I", "CRC-32 of the header up to here"),
    Item("reserved", "I", "0"),
)
HEADER_STRUCT = struct.Struct("<" + "".join(item.code for item in HEADER))

ESCAPE_2 = 0b11
ESCAPE_8 = 0xFF
ESCAPE_16 = 0xFFFF
"""In a narrow stream: the actual value is the next one of the next wider stream."""

FAR = 0xFFFF
"""In the terms of a document: a step that leads to no term, but so much further on."""

NONE = -(2**62)
"""In a column of numbers: the document has no value."""

STREAMS = (
    "gaps of 8 bits", "gaps of 16 bits", "gaps of 32 bits", "frequencies of 2 bits", "frequencies of 8 bits",
    "frequencies of 32 bits", "positions, low", "positions, high", "positions of 16 bits", "positions of 32 bits",
)  # fmt: skip
"""The streams of a posting list, in order."""

WIDTH_MASK = 0b11
"""Flags of a posting list, bits 0-1: 0, 1, 2 for a count of one, two, four bytes."""
GAPS_SHIFT = 2
"""Flags, bits 2-3: 0, 1, 2 for gaps that begin in the stream of one, two, four bytes."""
HAS_FREQS = 0b1_0000
"""Flags, bit 4: the frequencies follow; otherwise each is 1."""
HIGH_SHIFT = 5
"""Flags, bits 5-6: an index into HIGH_BITS, the number of bits of a position above the low eight."""
HIGH_BITS = (0, 2, 4, 8)


class CodecError(Exception):
    """A segment file with invalid content. The message names the file and the section."""
