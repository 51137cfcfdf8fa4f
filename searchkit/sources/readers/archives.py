"""zip and tar: many documents in one. Members are read where they lie; nothing is ever unpacked to a path.

So a member called `/etc/passwd` or `../../x` is only a name to print. A broken, encrypted or oversized member is set
aside, the others go in.
"""

from __future__ import annotations

import io
import struct
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any, cast

from searchkit.language.messages import Message
from searchkit.model.serialise import clean
from searchkit.sources.encodings import decode, decode_as, encoding_of
from searchkit.sources.formats import OFFICE, Item, Reading, read_stream
from searchkit.sources.limits import MIB, Unreadable, size_text
from searchkit.sources.readers import wacz
from searchkit.sources.streams import Stream
from searchkit.sources.walk import is_skipped

_IN_MEMORY = 8 * MIB
_METADATA = 4 * MIB
"""The longest name or header block of a tar member that is believed."""

_OFFICE_PARTS = {
    "word/document.xml": ".docx", "xl/workbook.xml": ".xlsx", "xl/workbook.bin": ".xlsx",
    "ppt/presentation.xml": ".pptx",
}  # fmt: skip
_MIME_TYPES = {
    "application/epub": OFFICE[".epub"],
    "application/vnd.oasis.opendocument.spreadsheet": OFFICE[".ods"],
    "application/vnd.oasis.opendocument": OFFICE[".odt"],
}


# -- zip


def read_zip(stream: Stream, reading: Reading) -> Iterator[Item]:
    """What is in the members of a zip, in their order."""
    file = stream.file if reading.depth == 0 else None
    spooled: IO[bytes] | None = None
    try:
        if file is None:
            file = spooled = _spool(stream, reading)
        _check_directory(file, reading)
        try:
            with zipfile.ZipFile(file) as archive:
                yield from _members(archive, reading)
        except (zipfile.BadZipFile, ValueError, struct.error, EOFError, OSError, NotImplementedError) as error:
            raise Unreadable(Message("is a damaged zip: {reason}", reason=error)) from error
    finally:
        if spooled is not None:
            spooled.close()


def _spool(stream: Stream, reading: Reading) -> IO[bytes]:
    """A zip that lies inside something else, copied to where it can be searched."""
    copy: IO[bytes] = io.BytesIO()
    size = 0
    while part := stream.read(1 << 18):
        size += len(part)
        if size > reading.limits.spooled_bytes:
            copy.close()
            limit = size_text(reading.limits.spooled_bytes)
            raise Unreadable(Message("is a zip larger than {limit} inside another file: unpack it first", limit=limit))
        if isinstance(copy, io.BytesIO) and size > _IN_MEMORY:
            held = copy.getvalue()
            copy = tempfile.TemporaryFile()  # noqa: SIM115  # the caller closes it; it has no name to be found by
            copy.write(held)
        copy.write(part)
    copy.seek(0)
    return copy


def _check_directory(file: IO[bytes], reading: Reading) -> None:
    """Refuse a zip whose table of contents is too large to hold, before `zipfile` holds it."""
    end = file.seek(0, io.SEEK_END)
    start = max(0, end - 65_557 - 20)
    file.seek(start)
    tail = file.read(end - start)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise Unreadable("is a damaged zip: its table of contents is missing, the file may be cut short")
    size = struct.unpack_from("<L", tail, at + 12)[0]
    locator = tail.rfind(b"PK\x06\x07", 0, at)
    if size == 0xFFFFFFFF and locator >= 0 and len(tail) - locator >= 16:
        where = struct.unpack_from("<Q", tail, locator + 8)[0]
        if where + 56 <= end:
            file.seek(where)
            size = struct.unpack_from("<Q", file.read(56), 40)[0]
    if size > reading.limits.directory_bytes:
        raise Unreadable(
            Message(
                "has a table of contents of {size}, more than {most}: unpack it, and give its directory",
                size=size_text(size),
                most=size_text(reading.limits.directory_bytes),
            )
        )
    file.seek(0)


def _members(archive: zipfile.ZipFile, reading: Reading) -> Iterator[Item]:
    """What is in a zip: in all its members, or in those of a crawl that hold its pages."""
    names = _zip_names(archive.infolist())
    if (office := next((OFFICE[kind] for name, kind in _OFFICE_PARTS.items() if name in names), None)) is not None:
        raise Unreadable(office)
    if "mimetype" in names:
        with archive.open("mimetype") as part:
            kind = part.read(100).decode("ascii", "replace")
        if said := next((reason for name, reason in _MIME_TYPES.items() if kind.startswith(name)), ""):
            raise Unreadable(said)
    if not wacz.is_wacz(names):
        yield from _zip_members(archive, names, reading)
        return
    found: list[bool] = []
    yield from wacz.any_article(_zip_members(archive, names, reading, wacz.is_crawl), found)
    if not found and any(map(wacz.is_page_list, names)):
        yield from _zip_members(archive, names, reading, wacz.is_page_list, wacz.read_page_list)


def _zip_members(
    archive: zipfile.ZipFile,
    names: list[str],
    reading: Reading,
    wanted: Callable[[str], bool] = lambda name: not is_skipped(name),
    read: Callable[[Stream, Reading], Iterator[Item]] = read_stream,
) -> Iterator[Item]:
    """What `read` makes of the members whose names are wanted."""
    count = 0
    for info, name in zip(archive.infolist(), names, strict=True):
        if name.endswith("/") or not wanted(name):
            continue
        count += 1
        inner = reading.member(name)
        if info.flag_bits & 0x1:
            yield inner.rejected("is encrypted: unpack the archive with its password first")
            continue
        try:
            member = archive.open(info)
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
            ValueError,
            OSError,
            struct.error,
            EOFError,
        ) as error:
            yield inner.rejected(Message("is damaged or packed in an unknown way: {reason}", reason=error))
            continue
        # bz2 and lzma are unpacked without a bound on the output: only small pieces keep that small
        chunk = 1 << 16 if info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) else 1 << 12
        with member:
            yield from read(Stream(member, count=reading.budget.spend, chunk=chunk), inner)
    if not count:
        yield reading.rejected("holds no files to read")


def _zip_names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """The members' names; those without the UTF-8 mark, which `zipfile` takes for DOS names, by the encoding ladder."""
    raw = [b"" if info.flag_bits & 0x800 else _dos_bytes(info) for info in infos]
    unmarked = b"\n".join(each for each in raw if not each.isascii())
    encoding = encoding_of(unmarked) if unmarked else "utf-8"
    names = []
    for info, data in zip(infos, raw, strict=True):
        name = info.filename if data.isascii() else decode_as(data, encoding).replace("\\", "/")
        names.append(printable(name))
    return names


def _dos_bytes(info: zipfile.ZipInfo) -> bytes:
    try:
        return info.orig_filename.partition("\x00")[0].encode("cp437")
    except UnicodeEncodeError:
        return b""


def printable(name: str) -> str:
    """A name for one line of a report: without control characters and lone surrogates."""
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() or char in "\u3000\u00a0" else "\ufffd" for char in clean(name))


# -- tar


class _Forward(io.RawIOBase):
    """A stream as `tarfile` wants a file: it seeks forwards only, and gives a sane amount of metadata at once."""

    def __init__(self, stream: Stream) -> None:
        super().__init__()
        self._stream = stream
        self.last = b""

    def tell(self) -> int:
        return self._stream.position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET or offset < self._stream.position:
            raise tarfile.ReadError(Message("it points backwards"))
        self._stream.skip(offset - self._stream.position)
        return self._stream.position

    def read(self, size: int = -1, /) -> bytes:
        if size < 0 or size > _METADATA:
            raise tarfile.ReadError(Message("a header of {size_text} in it", size_text=size_text(size)))
        parts = []
        while size > 0 and (part := self._stream.read(size)):
            parts.append(part)
            size -= len(part)
        data = b"".join(parts)
        if len(data) != 1:  # the single byte is tarfile's own probe of where it stands
            self.last = data
        return data


class _Member:
    """The bytes of one tar member, read from where the tar stands."""

    def __init__(self, stream: Stream, size: int) -> None:
        self._stream = stream
        self._left = size

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes of the member."""
        if self._left <= 0:
            return b""
        data = self._stream.read(self._left if size < 0 else min(size, self._left)) or b""
        if not data:
            raise EOFError
        self._left -= len(data)
        return data


def read_tar(stream: Stream, reading: Reading) -> Iterator[Item]:
    """What is in the members of a tar, as they come; it may be a pipe."""
    forward = _Forward(stream)
    count = 0
    try:
        archive = tarfile.TarFile(fileobj=cast(Any, forward), mode="r", encoding="utf-8", errors="surrogateescape")
        while (info := archive.next()) is not None:
            cast(Any, archive).members.clear()  # it would keep every one of them
            if info.isdir():
                continue
            name = printable(decode(info.name.encode("utf-8", "surrogateescape")))
            if is_skipped(name):
                continue
            count += 1
            inner = reading.member(name)
            if not info.isreg() or info.issparse():
                yield inner.rejected("is a link, a device or a sparse file inside a tar: not read")
                continue
            stream.skip(info.offset_data - stream.position)
            yield from read_stream(Stream(_Member(stream, info.size)), inner)
    except (tarfile.TarError, ValueError, struct.error, OSError, EOFError) as error:
        raise Unreadable(Message("is a damaged tar: {reason}", reason=error)) from error
    if forward.last.strip(b"\x00"):
        yield reading.rejected("is a damaged tar: the rest of it cannot be read")
    elif not forward.last:
        yield reading.rejected("is a tar without its end mark: it may be cut short")
    else:
        if not count:
            yield reading.rejected("holds no files to read")
        more = False
        while part := stream.read(1 << 16):  # to the end, where a compressed tar has its checksum
            more = more or bool(part.strip(b"\x00"))
        if more:
            yield reading.rejected("has more after its end mark, which is not read: two tars in a row?")
