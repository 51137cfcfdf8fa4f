"""From the paths a person gives to documents, and from a document to its articles: what `ingest` walks along.

for document in documents("news/", "-"):
    if isinstance(document, Rejected): ...          # a directory that cannot be opened, a dangling link
    bar.total += document.size or 0
    for item in read_document(document, on_bytes=bar.advance): ...
"""

from __future__ import annotations

import os
import shlex
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast
from zoneinfo import ZoneInfo

from searchkit.errors import BadRecord, SourceError
from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected
from searchkit.sources.encodings import decode
from searchkit.sources.folders import filled, is_list_page, layout, record_beside
from searchkit.sources.formats import Item, Reading, check_format, read_stream
from searchkit.sources.limits import Budget, Limits, Unreadable
from searchkit.sources.readers.records import check_mapping
from searchkit.sources.record import from_record
from searchkit.sources.streams import Counted, Stream

Given: TypeAlias = "str | os.PathLike[str] | BinaryIO"
"""A file, a directory, or a stream."""

SKIPPED = frozenset({"rejects.jsonl", "__MACOSX", "Thumbs.db", "desktop.ini"})
"""Names that are passed over without a word in directories and archives; so are those that begin with a dot."""

_ARCHIVE = frozenset({"archive.db", "archive.lock"})
"""A directory that holds these is an archive of ours: `ingest .` passes over ./index as it does over hidden files."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file to read, or one open stream. Files can be pickled and read in another process.

    Attributes:
        name: for people and reports, stable between runs from the same directory; `<stdin>` for standard input.
        path: where it is; None for a stream.
        stat: of the file, as it was found: size, time of change, inode; None for a stream.
        given: it was named itself, not found in a directory.
        others: files that hold the same page, read in turn where `path` holds no article.
        beside: a file that says more of the page: its address, title, time.
    """

    name: str
    path: Path | None
    stat: os.stat_result | None
    given: bool
    stream: BinaryIO | None = field(default=None, compare=False, repr=False)
    others: tuple[Path, ...] = ()
    beside: Path | None = None

    @property
    def size(self) -> int | None:
        """Bytes, as stored; None for what has no size, such as a pipe."""
        return self.stat.st_size if self.stat is not None and stat.S_ISREG(self.stat.st_mode) else None


def documents(*paths: Given) -> Iterator[Document | Rejected]:
    """The files that the paths stand for: files, directories walked in the order of names, `-` standard input.

    In a directory hidden files, `rejects.jsonl` and archives of searchkit are passed over; what cannot be opened is a
    `Rejected`. Links are followed, each directory is walked once.

    Raises:
        SourceError: a path given does not exist or cannot be looked at; at once, before anything is read.
    """
    return _walk_all([_given(path) for path in paths])


def _given(path: Given) -> Document:
    if not isinstance(path, (str, os.PathLike)):
        if not hasattr(path, "read"):
            raise SourceError(Message("{path!r} is neither a path nor an open file", path=path))
        name = getattr(path, "name", None)
        return Document(name if isinstance(name, str) else "<stream>", None, None, True, path)
    where = os.fspath(path)
    if where == "-":
        stdin = getattr(sys.stdin, "buffer", None)
        if stdin is None:  # closed by whoever started this, a service or cron; or no file, as in some shells of Python
            raise SourceError("standard input is closed", hint="name a file or directory, or pipe one in")
        return Document("<stdin>", None, None, True, stdin)
    name = _display(where)
    if not where:
        raise SourceError("a path is empty", hint="name a file or directory, or - for standard input")
    try:
        status = Path(where).stat()
    except (OSError, ValueError) as error:
        raise _no_file(where, name, error) from error
    return Document(name, Path(where), status, True)


def _no_file(where: str, name: str, error: Exception) -> SourceError:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    hint = ""
    if isinstance(error, FileNotFoundError) and Path(where).is_symlink():
        return SourceError(
            Message("cannot read {name}: a link to a file that is not there", name=name),
            hint=Message("ls -l {name}", name=name),
        )
    if isinstance(error, FileNotFoundError):
        parent = Path(where).parent
        near = _nearest(Path(where).name, parent) if parent.is_dir() else ""
        hint = (
            Message("did you mean {near}?", near=near)
            if near
            else Message("ls {parent}", parent=shlex.quote(str(parent.resolve())))
            if parent.is_dir()
            else Message("no {parent} either", parent=parent)
        )
        if "*" in where:
            hint = Message("the pattern matches no file")
        return SourceError(Message("no such file: {name}", name=name), hint=hint)
    return SourceError(Message("cannot read {name}: {reason}", name=name, reason=why), hint=hint)


def _nearest(name: str, parent: Path) -> str:
    from difflib import get_close_matches

    try:
        with os.scandir(parent) as entries:
            names = [entry.name for entry, _ in zip(entries, range(1000), strict=False)]
    except OSError:
        return ""
    near = get_close_matches(name, names, 1, 0.75)
    return _display(str(parent / near[0])) if near else ""


def _display(path: str) -> str:
    """A path as text for one line: bytes that are not UTF-8 by the encoding ladder, control characters replaced."""
    text = decode(os.fsencode(path)) if any("\ud800" <= char <= "\udfff" for char in path) else path
    return text if text.isprintable() else "".join(char if char.isprintable() else "\ufffd" for char in text)


def is_skipped(name: str) -> bool:
    """Whether a file or member is passed over: some part of its path is hidden or names no news."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return not parts or any(part.startswith(".") or part in SKIPPED for part in parts)


def _walk_all(given: list[Document]) -> Iterator[Document | Rejected]:
    for document in given:
        if document.path is None or document.stat is None or not stat.S_ISDIR(document.stat.st_mode):
            yield document
            continue
        found = False
        for each in _walk(document.path, {(document.stat.st_dev, document.stat.st_ino)}):
            found = True
            yield each
        if not found:
            yield Rejected(document.name, "the directory holds no files to read")


def _walk(top: Path, seen: set[tuple[int, int]]) -> Iterator[Document | Rejected]:
    """The files under a directory, by name; a stack instead of recursion, for a path of any depth."""
    stack: list[tuple[Path, tuple[str, ...]]] = [(top, ())]  # and the endings of names that are read, if not all
    while stack:
        path, endings = stack.pop()
        try:
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                if path is not top:
                    key = (status.st_dev, status.st_ino)
                    if key in seen:
                        continue
                    seen.add(key)
                with os.scandir(path) as entries:
                    names = sorted(entry.name for entry in entries)
                if path is not top and _ARCHIVE.issubset(names):
                    continue
                names = [name for name in names if not is_skipped(name)]
                if (found := layout(path, names)) is not None:
                    names, endings = list(found.names), found.endings or endings
                    if found.refused:
                        yield Rejected(_display(str(path)), found.refused)
                    for each in found.paired:
                        page, *others = each.pages
                        yield Document(
                            _display(str(page)), page, page.stat(), False, others=tuple(others), beside=each.beside
                        )
                stack.extend((path / name, endings) for name in reversed(names))
            elif endings and (not path.name.lower().endswith(endings) or is_list_page(path.name)):
                continue
            elif stat.S_ISREG(status.st_mode):
                yield Document(_display(str(path)), path, status, False)
            else:
                yield Rejected(_display(str(path)), "is a device, pipe or socket, not a file")
        except OSError as error:
            yield Rejected(_display(str(path)), Message("cannot be read: {reason}", reason=error.strerror or error))


def zone(timezone: tzinfo | str) -> tzinfo:
    """A time zone by its name.

    Raises:
        SourceError: there is none of that name.
    """
    if not isinstance(timezone, str):
        return timezone
    try:
        return ZoneInfo(timezone)
    except (KeyError, ValueError, OSError) as error:
        raise SourceError(
            Message("there is no time zone {timezone!r}", timezone=timezone),
            hint="names look like Asia/Shanghai, Asia/Taipei or UTC",
        ) from error


def read_document(
    document: Document,
    *,
    format: str = "auto",
    timezone: tzinfo | str = "Asia/Shanghai",
    mapping: Mapping[str, str] | None = None,
    limits: Limits = Limits(),
    on_bytes: Callable[[int], object] | None = None,
) -> Iterator[Article | Rejected]:
    """The articles of one document and of all that is packed in it, in their order; what cannot be read as `Rejected`.

    Args:
        on_bytes: told of every piece read from the document, in bytes as stored. Over a file that is read to its end
            these add up to `document.size` exactly, also where parts of it were skipped.

    Raises:
        SourceError: it was given and cannot be opened, or the mapping does not fit it; unknown format or zone.
        MissingExtra: it was given and its format is an extra that is not installed.
    """
    check_format(format)
    check_mapping(mapping or {})
    return _read(document, format, zone(timezone), dict(mapping or {}), limits, on_bytes)


def _read(
    document: Document,
    format: str,
    timezone: tzinfo,
    mapping: dict[str, str],
    limits: Limits,
    on_bytes: Callable[[int], object] | None,
    url: str = "",
) -> Iterator[Item]:
    if document.others or document.beside is not None:
        yield from _read_paired(document, format, timezone, mapping, limits, on_bytes)
        return
    size = document.size
    budget = Budget(limits, size)
    told = 0

    def count(read: int) -> None:
        nonlocal told
        budget.consumed(read)
        step = read if size is None else min(read, max(0, size - told))  # a zip's directory is read twice
        told += step
        if on_bytes is not None and step:
            on_bytes(step)

    reading = Reading(
        name=document.name,
        file_name=document.path.name if document.path is not None else "",
        timezone=timezone,
        mapping=mapping,
        limits=limits,
        format=format,
        given=document.given,
        url=url,
        budget=budget,
    )
    try:
        if document.path is None:
            if document.stream is None:
                raise ValueError("a document has a path or a stream")
            yield from read_stream(Stream(Counted(document.stream, count)), reading)
        else:
            with document.path.open("rb", buffering=0) as file:
                yield from read_stream(Stream(Counted(cast(BinaryIO, file), count)), reading)
    except Unreadable as error:
        yield reading.rejected(error.reason)
    except OSError as error:
        if document.given:
            why = error.strerror or str(error)
            raise SourceError(
                Message("cannot read {name}: {reason}", name=document.name, reason=why),
                hint="check who may read it: ls -l",
            ) from error
        yield reading.rejected(Message("cannot be read: {reason}", reason=error.strerror or error))
    if on_bytes is not None and size is not None and told < size:
        on_bytes(size - told)


def _read_paired(
    document: Document,
    format: str,
    timezone: tzinfo,
    mapping: dict[str, str],
    limits: Limits,
    on_bytes: Callable[[int], object] | None,
) -> Iterator[Item]:
    """A page that is kept in several files: the first that holds an article, filled from what lies beside it."""
    assert document.path is not None
    record = record_beside(document.beside) if document.beside is not None else {}
    try:
        stated = from_record({"title": document.name, **record}, timezone=timezone, mapping={})
    except BadRecord:
        stated = Article(title="")
    refused: list[Rejected] = []
    for path in (document.path, *document.others):
        counted = on_bytes if path == document.path else None
        try:
            each = Document(_display(str(path)), path, path.stat(), False)
            items = list(_read(each, format, timezone, mapping, limits, counted, stated.url))
        except OSError as error:
            items = [Rejected(_display(str(path)), Message("cannot be read: {reason}", reason=error.strerror or error))]
        articles = [item for item in items if isinstance(item, Article)]
        if articles:
            yield from (filled(item, stated) if isinstance(item, Article) else item for item in items)
            return
        refused.extend(item for item in items if isinstance(item, Rejected))
    if stated.body:  # the crawler read it, where we could not
        yield stated
    else:
        yield from refused[:1]


def read(
    *paths: Given,
    format: str = "auto",
    timezone: tzinfo | str = "Asia/Shanghai",
    mapping: Mapping[str, str] | None = None,
    limits: Limits = Limits(),
) -> Iterator[Article | Rejected]:
    """The articles of files, directories (all files in them), archives, open binary streams and `-`, standard input.

    Args:
        format: `auto`, or one of `format_names()` for every document.
        timezone: of times that name none.
        mapping: field of Article -> field or column of the records that holds it.
        limits: how large a record, a document, an archive may be.

    Returns:
        Articles, and a `Rejected` for each record, member or file that could not be read.

    Raises:
        SourceError: at once for a path that does not exist, an unknown format, field or zone; while reading for a
            given file that cannot be opened and a mapping that does not fit it.
    """
    check_format(format)
    check_mapping(mapping or {})
    return _read_all(documents(*paths), format, zone(timezone), dict(mapping or {}), limits)


def _read_all(
    found: Iterator[Document | Rejected], format: str, timezone: tzinfo, mapping: dict[str, str], limits: Limits
) -> Iterator[Item]:
    for document in found:
        if isinstance(document, Rejected):
            yield document
        else:
            yield from _read(document, format, timezone, mapping, limits, None)
