"""The registry of formats, and the one place where bytes meet the reader that understands them.

A packed file is recognised by its first bytes whatever it is called; then its name's ending decides, then the look of
its beginning; what is left is a text dump. A package adds a format by an entry point in the group `searchkit.sources`
whose object is a `Format`:

    [project.entry-points."searchkit.sources"]
    epub = "my_package.epub:FORMAT"
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from difflib import get_close_matches
from functools import lru_cache, partial
from typing import TypeAlias, cast

from searchkit.errors import MissingExtra, SourceError
from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected
from searchkit.sources import looks, prose
from searchkit.sources.encodings import decode_as, encoding_of, is_wide
from searchkit.sources.limits import Budget, Limits, TooMuch, Unreadable
from searchkit.sources.streams import HEAD, Stream
from searchkit.system import log

Item: TypeAlias = Article | Rejected
Reader: TypeAlias = "Callable[[Stream, Reading], Iterator[Item]]"

GROUP = "searchkit.sources"
_RECORD_SHOWN = 64 * 1024


@dataclass(frozen=True, slots=True)
class Format:
    """One format that can be read.

    Attributes:
        name: what `--format` calls it.
        reader: a generator of articles and rejects; gets the bytes, and what it is told about them.
        extensions: endings of file names, lower case, with the dot.
        sniff: whether the beginning of a document (up to 256 KiB) looks like this format.
        packed: it holds other documents; tried before the file's name is looked at.
    """

    name: str
    reader: Reader
    extensions: tuple[str, ...] = ()
    sniff: Callable[[bytes], bool] = lambda head: False
    packed: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader is told about the document in front of it.

    Attributes:
        name: for people and for `Rejected.where`: `dump/2025.zip!a/b.txt`.
        file_name: what the format is recognised by: `b.txt`.
        timezone: of times that name none.
        mapping: field of Article -> name of the field or column that holds it.
        format: the format asked for, or `auto`.
        given: this is a file that was named to us, not one found in a directory or a packed file: if the request does
            not fit it, the request is wrong and an error is raised; if it is a found one, that document is set aside.
        url: the address of the page, where something beside the document names it.
    """

    name: str
    file_name: str
    timezone: tzinfo
    mapping: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    format: str = "auto"
    given: bool = False
    url: str = ""
    depth: int = 0
    budget: Budget = field(default_factory=lambda: Budget(Limits(), 0))

    def rejected(self, reason: str, *, line: int = 0, record: str = "") -> Rejected:
        """A `Rejected` of this document, or of what begins at a line of it."""
        if len(record) > _RECORD_SHOWN:
            record = record[:_RECORD_SHOWN] + "…"
        return Rejected(f"{self.name}:{line}" if line else self.name, reason, record)

    def member(self, name: str) -> Reading:
        """What to tell the reader of a member of this packed file."""
        file_name = re.split(r"[/\\]", name)[-1]
        packed = registry().get(self.format, _NO_FORMAT).packed
        return replace(
            self,
            name=f"{self.name}!{name}",
            file_name=file_name,
            given=False,
            depth=self.depth + 1,
            format="auto" if packed else self.format,
        )

    def inside(self) -> Reading:
        """What to tell the reader of the one document that is compressed in this one: `a.jsonl` in `a.jsonl.gz`."""
        stem, _, ending = self.file_name.rpartition(".")
        ending = ending.lower()
        if ending in ("tgz", "tbz", "tbz2", "txz", "tzst"):
            stem += ".tar"
        elif ending not in ("gz", "bz2", "xz", "lzma", "gzip", "zst", "zstd"):
            stem = self.file_name
        packed = registry().get(self.format, _NO_FORMAT).packed and self.format != "tar"
        return replace(self, file_name=stem, depth=self.depth + 1, format="auto" if packed else self.format)


def _lazily(module: str, function: str) -> Reader:
    """A reader that is imported when it is first needed."""
    return partial(_imported, module, function)


def _imported(module: str, function: str, stream: Stream, reading: Reading) -> Iterator[Item]:
    reader = cast(Reader, getattr(importlib.import_module(f"searchkit.sources.readers.{module}"), function))
    return reader(stream, reading)


def read_html(stream: Stream, reading: Reading) -> Iterator[Item]:
    """A saved web page; see `_read_page`."""
    return _read_page(stream, reading, "read_page")


def read_mhtml(stream: Stream, reading: Reading) -> Iterator[Item]:
    """A web page saved in one file by a browser; see `_read_page`."""
    return _read_page(stream, reading, "read_mhtml")


def _read_page(stream: Stream, reading: Reading, reader: str) -> Iterator[Item]:
    """A page by a function of `searchkit.sources.html`, which with its libraries is an extra.

    Raises:
        MissingExtra: they are not installed.
    """
    data = stream.whole(reading.limits.document_bytes)
    if not data.strip():
        yield reading.rejected("is empty")
        return
    try:
        html = importlib.import_module("searchkit.sources.html")
        article = getattr(html, reader)(data, url=reading.url, where=reading.name, timezone=reading.timezone)
    except ImportError as error:
        raise MissingExtra("reading HTML pages", "html") from error
    except SourceError as error:
        yield reading.rejected(error.message)
        return
    yield article


_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*)*<(?:!doctype\s+html|html)[\s>]", re.I | re.S
)
_FEED = re.compile(
    rb"\s*(?:<\?[^>]{0,500}>\s*|<!--(?:(?!-->).){0,2000}-->\s*|<!DOCTYPE[^>]{0,500}>\s*)*"
    rb"<(?:\w+:)?(?P<root>rss|RDF|feed)[\s>]",
    re.S,
)
_JSON_FEED = re.compile(rb'"version"\s*:\s*"https?:(?:\\?/){2}jsonfeed\.org')
_FRONT_MATTER = re.compile(
    rb"---[ \t]*\r?\n(?:[^\S\n]*\n|#[^\n]*\n)*[A-Za-z_\x80-\xff][^\n:]{0,60}:(?:\s|$)"
    rb"|\+\+\+[ \t]*\r?\n(?:[^\S\n]*\n|#[^\n]*\n)*[A-Za-z_\"\[\x80-\xff]"
)
_LINE_END = re.compile(rb"\r\n|\n|\r")
_JSON_LINE = re.compile(rb"\s*\{\s*(?:\"|\}\s*(?:\n|\Z))")


def _plain(head: bytes) -> bytes:
    return head.removeprefix(b"\xef\xbb\xbf")


def looks_html(head: bytes) -> bool:
    """Whether a document begins as an HTML page."""
    return _HTML.match(_plain(head[:8192])) is not None


def _looks_feed(head: bytes) -> bool:
    match = _FEED.match(_plain(head[:8192]))
    if match is None:
        return looks_json_feed(head)
    # RDF is also written of other things, and `feed` is a common word
    return match["root"] == b"rss" or b"purl.org/" in head or b"w3.org/2005/Atom" in head or b"netscape.com/" in head


def looks_json_feed(head: bytes) -> bool:
    """Whether a document begins as an object that says it is a JSON Feed."""
    start = _plain(head[:8192]).lstrip()
    return start.startswith(b"{") and _JSON_FEED.search(start) is not None


def _looks_mhtml(head: bytes) -> bool:
    """A mail message that says it holds related parts, as browsers write it."""
    return re.search(rb"(?im)^content-type:\s*multipart/related", head[:4096]) is not None


def _looks_jsonl(head: bytes) -> bool:
    """The first line is an object by itself, or begins one that is too long to be seen whole."""
    line, *rest = _LINE_END.split(_plain(head).lstrip(), 1)
    return _JSON_LINE.match(line) is not None and (line.rstrip().endswith(b"}") or not rest)


def _looks_json(head: bytes) -> bool:
    start = _plain(head).lstrip()
    return _JSON_LINE.match(start) is not None or re.match(rb"\[\s*[\{\]]", start) is not None


def _looks_markdown(head: bytes) -> bool:
    """A fence of front matter and a first field under it."""
    return _FRONT_MATTER.match(_plain(head[:4096])) is not None


def _looks_sitemap(head: bytes) -> bool:
    return (
        re.match(
            rb"\s*(?:<\?[^>]{0,500}>\s*|<!--(?:(?!-->).){0,2000}-->\s*)*<(?:urlset|sitemapindex)\b", _plain(head), re.S
        )
        is not None
    )


_BUILT_IN: tuple[Format, ...] = (
    Format("gz", _lazily("compressed", "read_gz"), (), lambda head: head.startswith(b"\x1f\x8b\x08"), True),
    Format(
        "bz2",
        _lazily("compressed", "read_bz2"),
        (),
        lambda head: re.match(rb"BZh[1-9](1AY&SY|\x17rE8P)", head) is not None,
        True,
    ),
    Format("xz", _lazily("compressed", "read_xz"), (), lambda head: head.startswith(b"\xfd7zXZ\x00"), True),
    Format("zst", _lazily("compressed", "read_zst"), (), lambda head: head.startswith(b"\x28\xb5\x2f\xfd"), True),
    Format("wacz", _lazily("wacz", "read_wacz"), (".wacz",), looks.looks_wacz, True),
    Format(
        "zip", _lazily("archives", "read_zip"), (), lambda head: head.startswith((b"PK\x03\x04", b"PK\x05\x06")), True
    ),
    Format("tar", _lazily("archives", "read_tar"), (), lambda head: head[257:262] == b"ustar", True),
    Format("warc", _lazily("warc", "read_warc"), (".warc",), lambda head: head.startswith(b"WARC/"), True),
    Format("headlines", _lazily("headlines", "read_headlines"), (), looks.looks_headlines),
    Format("doc", _lazily("doc_corpus", "read_docs"), (), looks.looks_docs),
    Format("labelled", _lazily("labelled", "read_labelled"), (), looks.looks_labelled),
    Format("wisers", _lazily("wisers", "read_wisers"), (), looks.looks_wisers),
    Format("factiva", _lazily("factiva", "read_factiva"), (), looks.looks_factiva),
    Format("cnki", _lazily("references", "read_cnki"), (), looks.looks_cnki),
    Format("noteexpress", _lazily("references", "read_noteexpress"), (), looks.looks_noteexpress),
    Format("endnote", _lazily("references", "read_endnote"), (), looks.looks_endnote),
    Format("refworks", _lazily("references", "read_refworks"), (), looks.looks_refworks),
    Format("ris", _lazily("references", "read_ris"), (), looks.looks_ris),
    Format("mhtml", read_mhtml, (".mht", ".mhtml"), _looks_mhtml),
    Format("html", read_html, (".html", ".htm", ".xhtml", ".shtml"), looks_html),
    Format("sitemap", _lazily("sitemap", "read_sitemap"), (), _looks_sitemap),
    Format("jsonl", _lazily("jsonl", "read_jsonl"), (".jsonl", ".ndjson", ".jsonlines"), _looks_jsonl),
    Format("json", _lazily("json_file", "read_json"), (".json",), _looks_json),
    Format("csv", _lazily("table", "read_csv"), (".csv",), looks.looks_table),
    Format("tsv", _lazily("table", "read_tsv"), (".tsv", ".tab")),
    Format("feed", _lazily("feed", "read_feed"), (".rss", ".atom"), _looks_feed),
    Format("markdown", _lazily("markdown", "read_markdown"), (".md", ".markdown"), _looks_markdown),
    Format("text", _lazily("text_dump", "read_text"), (".txt", ".text")),
)
_NO_FORMAT = next(each for each in _BUILT_IN if each.name == "text")

_UNREADABLE: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", Message("is a PDF: save its text first")),
    (b"7z\xbc\xaf\x27\x1c", Message("is a 7-Zip archive: unpack it first")),
    (b"Rar!\x1a\x07", Message("is a RAR archive: unpack it first")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Message("is an old Office document: save it as text or CSV")),
    (b"SQLite format 3\x00", Message("is a SQLite database: export its rows as JSON lines or CSV")),
    (b"\x89PNG", Message("is a picture")),
    (b"\xff\xd8\xff", Message("is a picture")),
    (b"GIF8", Message("is a picture")),
)
_SHEETS = frozenset({".xls", ".et", ".xlt"})
_NOT_NEWS = frozenset(
    {".css", ".js", ".mjs", ".svg", ".py", ".map", ".ini", ".toml", ".yml", ".yaml", ".sh", ".woff", ".woff2"}
)
OFFICE = {
    ".docx": Message("is a Word document: save it as text"),
    ".xlsx": Message("is an Excel workbook: save it as CSV"),
    ".pptx": Message("is a presentation: save it as text"),
    ".epub": Message("is an e-book, which this version does not read"),
    ".odt": Message("is an office document: save it as text"),
    ".ods": Message("is a spreadsheet: save it as CSV"),
}
"""What is said of a zip that is a document, by the ending it should have."""


@lru_cache(maxsize=1)
def registry() -> Mapping[str, Format]:
    """Every format by its name; those of other packages come last and may replace a built-in one.

    Raises:
        SourceError: another package's format cannot be loaded.
    """
    from importlib.metadata import entry_points

    found = {each.name: each for each in _BUILT_IN}
    for point in entry_points(group=GROUP):
        try:
            added = point.load()
        except Exception as error:
            added = error
        if not isinstance(added, Format):
            why = f"{type(added).__name__}: {added}" if isinstance(added, Exception) else "it is no Format"
            raise SourceError(
                Message(
                    "the format {name} of another package cannot be loaded ({value}: {why})",
                    name=point.name,
                    value=point.value,
                    why=why,
                ),
                hint="update or uninstall the package that brings it",
            )
        found[added.name] = added
    return found


def format_names() -> tuple[str, ...]:
    """What `format` may be: `auto`, and every format there is."""
    return ("auto", *registry())


def check_format(name: str) -> None:
    """Raises SourceError, with the nearest name, if there is no such format."""
    names = format_names()
    if name not in names:
        near = get_close_matches(name.lower(), names, 1)
        hint = (
            Message("did you mean {near}? there are {names}", near=near[0], names=tuple(names))
            if near
            else Message("there are {names}", names=tuple(names))
        )
        raise SourceError(
            Message("there is no format {name!r}", name=name),
            hint=hint,
        )


def choose(head: bytes, reading: Reading) -> Format:
    """The format of a document.

    Raises:
        Unreadable: it is known to be one that cannot be read.
    """
    formats = registry()
    if reading.format != "auto" and formats[reading.format].packed:
        return formats[reading.format]
    ending = "." + reading.file_name.lower().rpartition(".")[2] if "." in reading.file_name else ""
    if ending in OFFICE and head.startswith(b"PK"):
        raise Unreadable(OFFICE[ending])
    for each in formats.values():
        if each.packed and each.sniff(head):
            return each
    for magic, reason in _UNREADABLE:
        if head.startswith(magic):
            raise Unreadable(reason)
    if reading.format != "auto":
        return formats[reading.format]
    by_name = next((each for each in reversed(list(formats.values())) if ending in each.extensions), None)
    if by_name is not None and by_name.name != "text":
        return by_name
    if b"\x00" in head[:4096] and is_wide(encoding := encoding_of(head[:4096])):
        head = decode_as(head, encoding).encode("utf-8", "replace")
    by_look = next((each for each in reversed(list(formats.values())) if not each.packed and _sniffs(each, head)), None)
    if by_look is not None and by_look.name == "json" and _looks_jsonl(head):
        by_look = formats["jsonl"]
    if by_look is not None and by_look.name == "html" and ending in _SHEETS:
        raise Unreadable("is a table that was saved as a page with the name of a workbook: save it as CSV")
    if by_look is None and (reason := prose.refused(head)):
        raise Unreadable(reason)
    if by_look is None and by_name is None and ending in _NOT_NEWS:
        raise Unreadable(
            Message(
                "is a {ending} file, which holds no articles; say --format text to read it all the same", ending=ending
            )
        )
    return by_look or by_name or formats["text"]


def _sniffs(which: Format, head: bytes) -> bool:
    try:
        return bool(which.sniff(head))
    except Exception:  # another package's sniffer on hostile bytes: it does not recognise them
        return False


def read_stream(stream: Stream, reading: Reading) -> Iterator[Item]:
    """The articles of one document, and of all that is packed in it.

    Whatever is wrong with the bytes comes out as a `Rejected`.

    Raises:
        SourceError, MissingExtra: the request does not fit a document that was given; see `Reading.given`.
        TooMuch: the budget of the file given is spent.
    """
    try:
        if reading.depth > reading.limits.depth:
            raise Unreadable(Message("is packed more than {depth} times over", depth=reading.limits.depth))
        head = stream.peek(HEAD)
        if not head:
            raise Unreadable("is empty")
        yield from choose(head, reading).reader(stream, reading)
    except TooMuch:
        raise
    except Unreadable as error:
        yield reading.rejected(error.reason)
    except SourceError as error:
        if reading.given:
            raise
        yield reading.rejected(
            Message("{message}; {hint}", message=Message(error.message), hint=Message(error.hint))
            if error.hint
            else error.message
        )
    except MissingExtra as error:
        if reading.given:
            raise
        yield reading.rejected(Message("{message}: {hint}", message=Message(error.message), hint=Message(error.hint)))
    except RecursionError:
        yield reading.rejected("is nested too deeply")
    except MemoryError:
        yield reading.rejected("needs more memory than there is")
    except Exception as error:  # a reader's own fault, perhaps another package's: the other documents still go in
        yield own_fault(error, reading)


def own_fault(error: Exception, reading: Reading, *, line: int = 0, record: str = "") -> Rejected:
    """Log an error that no reader should let out, with its traceback, and return what to tell the user of it.

    For use in an `except` block: the document, or the record at `line`, is set aside, and reading goes on.
    """
    log.logger(__name__).exception("the reader of %r failed; it is set aside", reading.name)
    return reading.rejected(
        Message(
            "could not be read: {name}: {reason}; a fault of the reader, not of the document: please report it",
            name=type(error).__name__,
            reason=error,
        ),
        line=line,
        record=record,
    )
