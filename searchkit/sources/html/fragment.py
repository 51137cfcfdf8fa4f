"""The HTML inside something else, such as the body of a feed's entry, as plain text."""

from __future__ import annotations

import re
from html import unescape

from searchkit.sources.html.tree import lines_of, parse

_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
_BLOCK = re.compile(r"<(?:p|br|div|li|h\d|tr|td|section|article|blockquote|pre)\b", re.IGNORECASE)


def fragment_text(html: str) -> str:
    """The lines a reader sees, one newline between each two; text without markup keeps its own lines.

    Raises:
        Unreadable: it is built to break a parser.
    """
    if not _TAG.search(html):
        return "\n".join(line for each in unescape(html).splitlines() if (line := each.strip()))
    if not _BLOCK.search(html):  # written as plain text with a link in it
        html = html.replace("\n", "<br>")
    # the mark says that these bytes are UTF-8, or a short text might be taken for something else
    root = parse(f"\ufeff<html><body><div>{html}</div></body></html>".encode("utf-8", "replace"))
    return "\n".join(line.text for line in lines_of(root))
