"""One JSON value a file, or several: a list of objects, one object, an object that holds a list of objects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from searchkit.language.messages import Message
from searchkit.sources.encodings import binary_reason, decode
from searchkit.sources.formats import Item, Reading, looks_json_feed
from searchkit.sources.limits import Unreadable
from searchkit.sources.readers.feed import read_feed
from searchkit.sources.readers.jsonl import read_jsonl
from searchkit.sources.readers.records import DECODER, Records, json_fault
from searchkit.sources.streams import HEAD, Stream

_LINE_END = re.compile(rb"\r\n|\n|\r")
_CALL = re.compile(r"\s*(?:(?:var|let|const)\s+)?[A-Za-z_$][\w$.]{0,60}\s*[=(]\s*(?=[\[{])")
"""What stands around a value that a page loads as a script (JSONP)."""
_CALL_END = re.compile(r"[\s;)]{0,100}\Z")
_SPACE = re.compile(r"[\s,\ufeff\x1e]*")


def read_json(stream: Stream, reading: Reading) -> Iterator[Item]:
    """Articles of a JSON file. JSON lines in a `.json` are read as such, a line at a time, a JSON Feed as a feed."""
    if looks_json_feed(stream.peek(HEAD)):
        yield from read_feed(stream, reading)
        return
    if _is_lines(stream.peek(HEAD)):
        yield from read_jsonl(stream, reading)
        return
    data = stream.whole(reading.limits.document_bytes)
    if reason := binary_reason(data[:HEAD], complete=len(data) <= HEAD):
        raise Unreadable(reason)
    text = decode(data)
    del data
    if "\n" not in text:
        text = text.replace("\r", "\n")  # the lines are counted by it
    if not text.strip():
        raise Unreadable("is empty")
    records = Records(reading)
    count = 0
    for item in _values(text, records):
        count += 1
        yield from item
    yield from records.finish()
    if not count:
        yield reading.rejected("holds no records")


def _is_lines(head: bytes) -> bool:
    """Tell whether each line begins an object, and two of the first are objects by themselves: one may be broken."""
    found = [line for line in _LINE_END.split(head.lstrip(b"\xef\xbb\xbf \r\n\t"), 8)[:8] if line.strip()]
    if len(found) < 2 or not all(line.lstrip().startswith(b"{") for line in found):
        return False
    return sum(map(_is_object, found)) > 1


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _values(text: str, records: Records) -> Iterator[Iterator[Item]]:
    """The records of the values that stand in a text one after the other."""
    lines = _Lines(text)
    at = _skip(text, _CALL.match(text).end() if _CALL.match(text) else 0)  # type: ignore[union-attr]
    while at < len(text):
        if text[at] == "[":
            at = _skip(text, at + 1)
            while at < len(text) and text[at] != "]":
                value, end = _value(text, at)
                if end == at:
                    yield records.reject(
                        Message("the rest {value}", value=value), line=lines.number(at), text=text[at : at + 1000]
                    )
                    return
                yield records.take(value, line=lines.number(at), text=text[at:end])
                at = _skip(text, end)
            if at >= len(text):
                yield records.reject(Message("the list has no end: the file is cut short"), line=lines.number(at))
                return
            at = _skip(text, at + 1)
            continue
        value, end = _value(text, at)
        if end == at:
            yield records.reject(
                Message("the rest {value}", value=value), line=lines.number(at), text=text[at : at + 1000]
            )
            return
        yield records.take(value, line=lines.number(at), text=text[at:end])
        at = _skip(text, end)


def _value(text: str, at: int) -> tuple[Any, int]:
    """A JSON value and where it ends; where none can be read, the fault and `at` itself."""
    try:
        return DECODER.raw_decode(text, at)
    except ValueError as error:
        return json_fault(error), at
    except RecursionError:
        return "is nested too deeply", at


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    at = match.end() if match else at
    return len(text) if _CALL_END.match(text, at) else at


class _Lines:
    """Line numbers of places that are asked for from front to back."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1

    def number(self, at: int) -> int:
        """The line of a place, from 1."""
        self._line += self._text.count("\n", self._at, at)
        self._at = at
        return self._line
