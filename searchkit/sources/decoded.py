"""A stream of text in any encoding and with any line ends, as lines of text; nothing is held but one line."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from searchkit.sources.encodings import Transcoded, binary_reason, decode, decode_line, encoding_of, is_wide
from searchkit.sources.limits import Limits, Unreadable
from searchkit.sources.streams import HEAD, Stream, lines


@dataclass(frozen=True, slots=True)
class TextRow:
    """One line as text, without its end. `number` counts from 1. `cut`: it was too long, `text` is its start."""

    number: int
    text: str
    cut: bool = False


class NewLines(io.RawIOBase):
    """A stream whose lines end in a bare CR, as old spreadsheets of the Mac write them, with LF in its place.

    CR is no part of a character in UTF-8, GB18030 and Big5. CR LF stays as it is.
    """

    def __init__(self, stream: io.RawIOBase) -> None:
        super().__init__()
        self._stream = stream
        self._held = b""  # a CR that ended what was read: the next byte says what it is
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            read = self._stream.read(1 << 16) or b""
            data, self._held = self._held + read, b""
            if not data:
                break
            if read and data.endswith(b"\r"):
                data, self._held = data[:-1], b"\r"
            self._ready = _BARE_CR.sub(b"\n", data)
        part = self._ready[: len(buffer)]
        self._ready = self._ready[len(part) :]
        buffer[: len(part)] = part
        return len(part)


_BARE_CR = re.compile(rb"\r(?!\n)")


def ends_in_cr(head: bytes) -> bool:
    """Whether the lines of a text end in a bare CR: its first line does, and few LF stand beside."""
    first = min((at for at in (head.find(b"\r"), head.find(b"\n")) if at >= 0), default=-1)
    if first < 0 or head[first : first + 1] != b"\r" or head[first + 1 : first + 2] == b"\n":
        return False
    return head.count(b"\r") - head.count(b"\r\n") > head.count(b"\n")


def head_encoding(stream: Stream) -> str:
    """Return the encoding of a stream of lines, by its beginning, cut at a line end.

    Raises:
        Unreadable: it is no text.
    """
    head = stream.peek(HEAD)
    if reason := binary_reason(head, complete=len(head) < HEAD):
        raise Unreadable(reason)
    encoding = encoding_of(head)
    if len(head) == HEAD and not is_wide(encoding):
        encoding = encoding_of(head[: head.rfind(b"\n") + 1] or head)
    return encoding


def text_source(stream: Stream) -> tuple[io.RawIOBase, str]:
    """Return a stream that can be cut at LF, and the encoding of most of its lines.

    Raises:
        Unreadable: it is no text.
    """
    encoding = head_encoding(stream)
    head = stream.peek(HEAD)
    source: io.RawIOBase = stream
    if is_wide(encoding):
        source = Transcoded(stream, encoding)
        head = head.decode(encoding, "ignore").encode("utf-8", "ignore")
        encoding = "utf-8"
    return (NewLines(source) if ends_in_cr(head) else source), encoding


def text_rows(stream: Stream, limits: Limits) -> Iterator[TextRow]:
    """Yield the lines of a stream, empty ones too; of one over `limits.record_bytes` only the start is held.

    Raises:
        Unreadable: it is no text, or breaks off; the lines before were yielded.
    """
    source, encoding = text_source(stream)
    for line in lines(source, limits):
        if line.cut:
            yield TextRow(line.number, decode(line.data), cut=True)
        else:
            yield TextRow(line.number, decode_line(line.data, encoding).strip("\x00\ufeff"))
