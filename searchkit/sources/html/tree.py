"""Bytes of a page to a tree of elements, and the tree to the lines a reader sees.

A parser loses text without a word where elements are nested too deeply, and takes minutes over an element with a
hundred thousand attributes: both are refused here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from searchkit.language.messages import Message
from searchkit.sources.encodings import decode
from searchkit.sources.limits import Unreadable

MAX_DEPTH = 2000
"""Levels of nesting; libxml2 drops what lies deeper than 2,046."""
MAX_ATTRIBUTES = 5000
"""Attributes of one element; the parser's time grows with their square."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


BLOCKS = _names(
    """address article aside blockquote body br button caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol option p pre section
    summary table tbody td tfoot th thead tr ul"""
)
UNSEEN = _names(
    """applet audio canvas datalist embed frame frameset head iframe map math noframes noscript object script select
    style svg template textarea title video"""
)
"""Elements whose text no reader sees."""

_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CONTROL_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])|x0*(?:[0-8bcef]|1[0-9a-f]|fff[ef]));?(?![0-9a-f])", re.IGNORECASE
)
_DECLARATION = re.compile(r"<\?xml[^>]*\?>")
_INLINE_FILE = re.compile(r"""data:[\w.+-]{0,127}(?:/[\w.+-]{0,127})?(?:;[\w=-]{1,127}){0,20},[^"'\s)>]{100,}""")
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{20000,}")
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\v\xa0\u2002\u2003\u2009]+")
_HINTS = re.compile("[\xad\u200b\u2060\ufeff]")
"""Say where a line may or may not be broken; nothing is seen of them."""
_READINGS = ("rt", "rp", "rtc")
"""Set small over a word; in a line of text they would stand in its middle."""


@dataclass(slots=True)
class Line:
    """One line that a reader sees: the text between two block boundaries.

    Attributes:
        text: white space collapsed, U+3000 kept.
        parts: the same in the pieces that elements cut it into; what is glued on screen often has its own element.
        element: the block it stands in.
        linked: how many of its characters belong to links.
        links: the targets of those links.
    """

    text: str
    parts: tuple[str, ...]
    element: HtmlElement
    linked: int = 0
    links: list[str] = field(default_factory=list)

    @property
    def spaced(self) -> str:
        """The parts, with a tab between each two."""
        return "\t".join(self.parts)

    @property
    def names(self) -> str:
        """The class names and ids of the element and the two around it, in lower case."""
        return names_of(self.element)


def parse(data: bytes) -> HtmlElement:
    """The tree of a page; comments, processing instructions and the readings of ruby left out.

    Raises:
        Unreadable: there is no markup, or it is built to break a parser.
    """
    # control characters are in pages by mistake; lxml reads them, and then refuses to move a text that has one
    text = _DECLARATION.sub("", _CONTROL.sub(" ", decode(data).replace("\x00", "")), count=1)
    text = _CONTROL_REFERENCE.sub(" ", text)
    text = _INLINE_FILE.sub("data:,", text)
    for match in _LONG_TAG.finditer(text):
        bare = _QUOTED.sub(" ", match[0])
        if max(len(bare.split()), bare.count("=")) > MAX_ATTRIBUTES:
            raise Unreadable(
                Message("has an element with more than {max_attributes:,} attributes", max_attributes=MAX_ATTRIBUTES)
            )
    if "<" not in text:
        raise Unreadable("holds no markup: it is no HTML page")
    parser = HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        if str(error).startswith("unknown error"):  # what libxml2 says when it gets no more memory
            raise Unreadable("asks for more memory than a page may have") from error
        raise Unreadable(Message("cannot be read as HTML: {reason}", reason=error)) from error
    if _depth(root) > MAX_DEPTH:
        raise Unreadable(
            Message("is nested more than {max_depth:,} levels deep, where a parser loses text", max_depth=MAX_DEPTH)
        )
    for reading in list(root.iter(*_READINGS)):
        if reading.getparent() is not None:
            reading.drop_tree()
    return root


def _depth(root: HtmlElement) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def is_hidden(element: HtmlElement) -> bool:
    """The element says of itself that it is not shown."""
    style = element.get("style")
    return (style is not None and _HIDDEN.search(style) is not None) or element.get("hidden") is not None


def collapse(text: str) -> str:
    """Runs of white space as one space, none at the ends; U+3000 stays inside, hints for line breaks do not."""
    return _SPACES.sub(" ", _HINTS.sub("", text)).strip(" \u3000")


def names_of(element: HtmlElement | None, levels: int = 3) -> str:
    """Class names and ids of an element and the ones around it, in lower case, separated by spaces."""
    found = []
    while element is not None and levels:
        found.append(f"{element.get('class', '')} {element.get('id', '')}")
        element = element.getparent()
        levels -= 1
    return " ".join(found).lower()


class _Builder:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._texts: list[str] = []
        self._parts: list[str] = []
        self._links: list[str] = []
        self._linked = 0

    def add(self, text: str | None, *, link: str | None) -> None:
        if not text:
            return
        self._texts.append(text)
        part = collapse(text)
        if part:
            self._parts.append(part)
            if link is not None:
                self._linked += len(part)
                if link and link not in self._links:
                    self._links.append(link)

    def end(self, element: HtmlElement) -> None:
        text = collapse("".join(self._texts))
        if text:
            self.lines.append(Line(text, tuple(self._parts), element, min(self._linked, len(text)), self._links))
        self._texts, self._parts, self._links, self._linked = [], [], [], 0


_CELL_LONGEST, _ROW_LONGEST = 80, 400
_NO_DATA = _names("table h1 h2 h3 h4 ul ol form iframe article section input select button")


def _rows(root: HtmlElement) -> set[HtmlElement]:
    """The rows of tables that hold data, not the layout of the page: two rows or more of several short cells each."""
    found: set[HtmlElement] = set()
    for table in root.iter("table"):
        rows: list[HtmlElement] = []
        sentences = cells_seen = 0
        for row in table.iter("tr"):
            cells = [cell for cell in row if cell.tag in ("td", "th")]
            if next(row.iter(*_NO_DATA), None) is not None:
                rows.clear()  # a table around other things
                break
            texts = [collapse(cell.text_content()) for cell in cells[:60]]
            sentences += sum(len(text) >= 20 and text.endswith(("。", "！", "？", "”", "」")) for text in texts)
            cells_seen += sum(map(bool, texts))
            if (
                sum(map(bool, texts)) >= 2
                and max(map(len, texts)) <= _CELL_LONGEST
                and len("".join(texts)) <= _ROW_LONGEST
            ):
                rows.append(row)
        if len(rows) >= 2 and 2 * sentences < cells_seen:  # else the table lays out prose
            found.update(rows)
    return found


def lines_of(root: HtmlElement) -> list[Line]:
    """The lines of the page, from top to bottom; what is not shown is left out. A row of a table is one line."""
    builder = _Builder()
    link: str | None = None
    current = root
    skipped = 0
    rows = _rows(root)
    in_row = False
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):
            if event == "end" and not skipped:
                builder.add(element.tail, link=link)
            continue
        unseen = element.tag in UNSEEN or (element is not root and is_hidden(element))
        block = element.tag in BLOCKS and (not in_row or element in rows)
        if in_row and not block and event == "start" and element.tag in BLOCKS:
            builder.add(" ", link=None)
        if element in rows:
            in_row = event == "start"
        if event == "start":
            if skipped or unseen:
                skipped += unseen
                continue
            if block:
                builder.end(current)
                current = element
            if element.tag == "a":
                link = element.get("href") or ""
            builder.add(element.text, link=link)
            continue
        if unseen:
            skipped -= 1
        if skipped:
            continue
        parent = element.getparent()
        if not unseen:
            if element.tag == "a":
                link = None
            if block:
                builder.end(current)
                while parent is not None and parent is not root and parent.tag not in BLOCKS:
                    parent = parent.getparent()
                current = parent if parent is not None else root
        if element is not root:
            builder.add(element.tail, link=link)
    builder.end(root)
    return builder.lines


class Page:
    """A page, parsed once: what every rule looks at."""

    def __init__(self, root: HtmlElement) -> None:
        self.root = root

    @cached_property
    def lines(self) -> list[Line]:
        """What a reader sees, from top to bottom."""
        return lines_of(self.root)
