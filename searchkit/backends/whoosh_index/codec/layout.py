"""The fixed parts of a segment file, as data: `FORMAT.md` is held to these tables by a test."""

from __future__ import annotations

import struct
from dataclasses import dataclass

MAGIC = b"SKSEGMT1"
VERSION = 1
EXTENSION = ".skc"
ALIGNMENT = 8
"""Every section begins at a multiple of so many bytes."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a fixed structure; `code` is struct's."""

    name: str
    code: str
    meaning: str

    @property
    def size(self) -> int:
        """Bytes."""
        return struct.calcsize("<" + self.code)


HEADER = (
    Item("magic", "8s", "SKSEGMT1"),
    Item("version", "I", "of this format: 1"),
    Item("doc_count", "I", "documents in the segment, deleted ones included"),
    Item("directory_offset", "Q", "where the directory starts"),
    Item("directory_length", "I", "its bytes"),
    Item("directory_crc32", "I", "CRC-32 of the directory"),
    Item("header_crc32", "I", "CRC-32 of the header up to here"),
    Item("reserved", "I", "0"),
)
HEADER_STRUCT = struct.Struct("<" + "".join(item.code for item in HEADER))

ESCAPE_8 = 0xFF
ESCAPE_16 = 0xFFFF
"""A value of the narrow stream that is not itself but stands, in order, in the next wider one."""

COUNTS = ("documents", "documents_16", "documents_32", "freqs_32", "positions", "positions_32")
"""How long the streams of a posting list are. A field without frequencies has the first three, one without positions
the first four."""

WIDTH_MASK = 0b0011
"""Flags of a posting list: 0, 1, 2 for counts of one, two, four bytes."""
HAS_FREQS = 0b0100
"""Flags: the frequencies follow; else each is 1."""


class CodecError(Exception):
    """A segment file does not hold what it should. The message names the file and the section."""
