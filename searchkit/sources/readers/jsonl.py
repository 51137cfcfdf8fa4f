"""JSON lines: one object a line, each on its own; a bad line costs that line only."""

from __future__ import annotations

from collections.abc import Iterator

from searchkit.language.messages import Message
from searchkit.sources.decoded import text_source
from searchkit.sources.encodings import decode, decode_line
from searchkit.sources.formats import Item, Reading
from searchkit.sources.limits import Unreadable, size_text
from searchkit.sources.readers.records import DECODER, Records, json_fault
from searchkit.sources.streams import Stream, lines


def read_jsonl(stream: Stream, reading: Reading) -> Iterator[Item]:
    """Articles of JSON lines. A list with one object a line passes too: lone brackets and commas at line ends."""
    source, encoding = text_source(stream)
    records = Records(reading)
    number = 0
    empty = True
    try:
        for line in lines(source, reading.limits):
            number = line.number
            if line.cut:
                empty = False
                yield from records.reject(
                    Message(
                        "is longer than {size_text}, the most that is read as one record",
                        size_text=size_text(reading.limits.record_bytes),
                    ),
                    line=number,
                    text=decode(line.data),
                )
                continue
            text = decode_line(line.data, encoding).strip(" \t\r\x00\x1e\ufeff")
            if text in ("", "[", "]", "],"):
                continue
            empty = False
            try:
                record = DECODER.decode(text.rstrip(","))
            except ValueError as error:
                yield from records.reject(json_fault(error), line=number, text=text)
                continue
            except RecursionError:
                yield from records.reject("is nested too deeply", line=number, text=text)
                continue
            yield from records.take(record, line=number, text=text)
    except Unreadable as error:
        yield from records.finish()
        yield reading.rejected(error.reason, line=number + 1)
        return
    yield from records.finish()
    if empty:
        yield reading.rejected("holds no records")
