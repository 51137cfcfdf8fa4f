"""WARC: what a crawler was answered, record after record, such as the files of CC-News.

Pages are read by the reader of HTML pages; pictures, scripts, requests and repeated captures are passed over. The time
of the capture says when a page was fetched, never when it was published.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

from searchkit.errors import MissingExtra, SourceError
from searchkit.language.messages import Message
from searchkit.model.rejected import Rejected
from searchkit.model.serialise import clean
from searchkit.sources.formats import Item, Reading, looks_html, own_fault
from searchkit.sources.limits import TooMuch, Unreadable
from searchkit.sources.readers.compressed import unpacked_zst
from searchkit.sources.streams import Readable, Stream

MOST_HEADER = 2 * 1024 * 1024
"""Bytes of the headers of a record together; a crawler and a server write some kilobytes."""
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x84\x31\x95\x33")


class _UpToFault:
    """A stream that ends where it breaks, so that the records before that are read.

    Attributes:
        fault: what broke.
        whole: where the last record that is whole ends, in bytes.
    """

    def __init__(self, source: Readable) -> None:
        self._source = source
        self.fault: Unreadable | None = None
        self.whole = 0
        self._size = 0
        self._tail = b""

    @property
    def is_cut(self) -> bool:
        """At the end: more than empty lines follows the last whole record. warcio ends there without a word."""
        rest = self._size - self.whole
        return rest > len(self._tail) or bool(self._tail[len(self._tail) - rest :].strip())

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; none at the end and after a fault."""
        if self.fault is not None:
            return b""
        try:
            data = self._source.read(size) or b""
        except TooMuch:
            raise
        except Unreadable as error:
            self.fault = error
            return b""
        self._size += len(data)
        self._tail = (self._tail + data)[-64:]
        return data


def read_warc(stream: Stream, reading: Reading) -> Iterator[Item]:
    """The articles of the HTML pages in a WARC, in its order.

    Raises:
        MissingExtra: the packages of [warc] are not installed.
    """
    try:
        from warcio.archiveiterator import ArchiveIterator
    except ImportError as error:
        raise MissingExtra("reading WARC files", "warc") from error
    source = _UpToFault(stream)
    records = ArchiveIterator(source)
    count_anew = _bound_headers(records.reader)
    # What warcio has to say it would print on standard error as it stands in the file; here it becomes a reject
    records.INC_RECORD = ""
    if not (log := logging.getLogger("warcio")).handlers:
        log.addHandler(logging.NullHandler())
    pages = faults = 0
    inner = reading
    for record in _whole(iter(records), source):
        count_anew()
        if records.err_count > faults:
            faults = records.err_count
            yield inner.rejected("is longer than its record says; what stands behind its stated end was left out")
        inner = reading.member(_address(record) or "a record without address")
        page = _page(record, inner)
        while record.raw_stream.read(1 << 16):
            pass
        source.whole = records.reader.tell() - records.reader.rem_length()
        if getattr(record.raw_stream, "limit", 0) > 0 or record.rec_headers.get_header("Content-Length") is None:
            source.whole = 0
            break
        if page is not None:
            pages += 1
            yield page if isinstance(page, Rejected) else _article(page, record, inner)
    if records.err_count > faults:
        yield inner.rejected("is longer than its record says; what stands behind its stated end was left out")
    if source.fault is not None:
        raise source.fault
    if source.is_cut:
        raise Unreadable("breaks off in the middle of a record; the pages before it were read")
    if not pages:
        yield reading.rejected("holds no HTML pages")


def _bound_headers(reader: Any) -> Callable[[], None]:
    """Let no line and no header have more than MOST_HEADER bytes: warcio keeps them, and copies an endless line again
    and again while it grows.

    Returns: a function to call when a record has begun, as its body may be empty.
    """
    readline, read = reader.readline, reader.read
    taken = 0

    def bounded_line(length: int | None = None) -> Any:
        nonlocal taken
        line = readline(min(length or MOST_HEADER, MOST_HEADER))
        taken += len(line)
        if taken >= MOST_HEADER:
            raise ValueError(Message("a header of more than {most_header} MiB", most_header=MOST_HEADER >> 20))
        return line

    def count_anew() -> None:
        nonlocal taken
        taken = 0

    def read_body(length: int | None = None) -> Any:
        count_anew()
        return read(length)

    reader.readline, reader.read = bounded_line, read_body
    return count_anew


def _whole(records: Iterator[Any], source: _UpToFault) -> Iterator[Any]:
    """The records up to the first that cannot be read.

    Raises:
        Unreadable: there is one.
    """
    while True:
        try:
            record = next(records)
        except StopIteration:
            return
        except TooMuch:
            raise
        except Exception as error:  # of a broken header warcio raises whatever comes up
            if source.fault is not None:
                raise source.fault from error
            raise Unreadable(
                Message("is damaged or cut short, the rest of it is not read: {reason}", reason=error)
            ) from error
        yield record


def _address(record: Any) -> str:
    return clean((record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> \t"))


def _page(record: Any, reading: Reading) -> bytes | Rejected | None:
    """The HTML of a record; None if it holds no page."""
    if record.rec_type not in ("response", "resource"):
        return None
    headers = record.http_headers
    if headers is not None and headers.get_statuscode() not in ("200", "203"):
        return None
    kind = headers.get_header("Content-Type") if headers is not None else record.rec_headers.get_header("Content-Type")
    kind = (kind or "").partition(";")[0].strip().lower()
    if kind and kind not in _HTML_TYPES:
        return None
    try:
        data = Stream(_content(record), count=reading.budget.spend).whole(reading.limits.document_bytes)
    except TooMuch:
        raise
    except Unreadable as error:
        return reading.rejected(error.reason)
    except MissingExtra as error:
        return reading.rejected(Message("{message}: {hint}", message=Message(error.message), hint=Message(error.hint)))
    if not kind and not looks_html(data[:8192]):
        return None
    return data if data.strip() else reading.rejected("is empty")


def _content(record: Any) -> Readable:
    """What was sent, out of its chunks and its compression."""
    headers = record.http_headers
    if headers is None:
        return cast(Readable, record.content_stream())
    stated = (headers.get_header("Content-Encoding") or "").lower()
    named = [each for part in stated.split(",") if (each := part.strip()) not in ("", "identity", "none", "utf-8")]
    if not named:
        return cast(Readable, record.content_stream())
    encoding = named[0]
    if len(named) > 1 or encoding not in ("br", "gzip", "x-gzip", "deflate", "zstd"):
        raise Unreadable(Message("is compressed in a way that cannot be undone here: {stated}", stated=stated[:60]))
    # warcio ends a page without a word where its compression is broken, and hands br to a package in a way that its new
    # releases do not know
    headers.replace_header("Content-Encoding", "identity")
    if encoding == "br":
        return _Brotli(record.content_stream())
    if encoding == "zstd":
        return unpacked_zst(Stream(record.content_stream()))
    return _Zlib(record.content_stream(), cut=bool(record.rec_headers.get_header("WARC-Truncated")))


class _Zlib:
    """A gzip or deflate stream unpacked. What was unpacked by the crawler is taken as it is.

    Args:
        cut: it may end in the middle: the crawler says that it took a part only.
    """

    def __init__(self, source: Readable, *, cut: bool) -> None:
        self._source = source
        self._cut = cut
        self._left = self._source.read(1 << 14) or b""
        self._decoder: Any = None
        for window in (
            (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS) if self._left else ()
        ):  # with a header of either kind, without
            decoder = zlib.decompressobj(window)
            try:
                decoder.decompress(self._left, 1)
            except zlib.error:
                continue
            self._decoder = zlib.decompressobj(window)
            break

    def read(self, size: int = -1, /) -> bytes:
        """About `size` bytes; none only at the end."""
        if self._decoder is None:
            data, self._left = self._left or self._source.read(1 << 14) or b"", b""
            return data
        while not self._decoder.eof:
            data = self._left or self._source.read(1 << 14) or b""
            out = self._decoder.decompress(data, max(size, 1 << 14))
            self._left = self._decoder.unconsumed_tail
            if out:
                return bytes(out)
            if not data:
                if self._cut:
                    break
                raise EOFError
        return b""


class _Brotli:
    """A br stream unpacked."""

    def __init__(self, source: Readable) -> None:
        try:
            import brotli
        except ImportError as error:
            raise MissingExtra("reading pages compressed with br", "warc") from error
        self._source = source
        self._decoder: Any = brotli.Decompressor()
        self._fault: type[Exception] = brotli.error

    def read(self, size: int = -1, /) -> bytes:
        """About `size` bytes; none only at the end."""
        while not self._decoder.is_finished():
            data = (self._source.read(1 << 14) or b"") if self._decoder.can_accept_more_data() else b""
            if not data and self._decoder.can_accept_more_data():
                raise EOFError
            try:
                if out := self._decoder.process(data, output_buffer_limit=max(size, 1 << 14)):
                    return bytes(out)
            except self._fault as error:
                raise Unreadable(Message("is damaged: {reason}", reason=error)) from error
        return b""


def _article(data: bytes, record: Any, reading: Reading) -> Item:
    from searchkit.sources.html import read_page

    target = _address(record)
    if target.isascii() and target.startswith(("http://", "https://")) and not data.startswith(_MARKS):
        # as a browser marks a page it saves: the address where the page itself names none
        data = f"<!-- saved from url=({len(target):04d}){target} -->\n".encode() + data
    try:
        article = read_page(data, where=reading.name, timezone=reading.timezone)
    except SourceError as error:
        return reading.rejected(error.message)
    except (MissingExtra, TooMuch):
        raise
    except Exception as error:  # of one page: the rest of the crawl is read
        return own_fault(error, reading)
    extra = dict(article.extra)
    if fetched := record.rec_headers.get_header("WARC-Date"):
        extra["fetched"] = clean(fetched)
    if reason := record.rec_headers.get_header("WARC-Truncated"):
        extra["truncated"] = clean(reason)
    return replace(article, url=article.url or target, extra=extra)
