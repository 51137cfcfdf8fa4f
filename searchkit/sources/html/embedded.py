"""Text that a page carries in itself and a script would show: JSON-LD, a data object in a script, a <textarea>.

Asked only where the visible page has no article.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from searchkit.sources.html.metadata import Metadata
from searchkit.sources.html.tree import collapse, lines_of

_HAN = re.compile(r"[\u3400-\u9fff]")
_VALUE = re.compile(
    r'"(?:content|contents|articleBody|article_body|body|text|detail|html|contentHtml|articleContent)"\s*:\s*'
    r'(?P<value>"(?:[^"\\]|\\.){100,}")'
)
_MOST = 2_000_000
_LEAST = 100


def embedded_text(root: HtmlElement, head: Metadata) -> str:
    """The longest such text, one paragraph a line; empty if there is none of 100 ideographs with full stops."""
    found = [_plain(each) for each in _candidates(root, head)]
    usable = [text for text in found if len(_HAN.findall(text)) >= _LEAST and "。" in text]
    return max(usable, key=len, default="")


def embedded_names(root: HtmlElement, text: str) -> tuple[str, str]:
    """The source and the author that stand beside an embedded text, in the same script; empty where none does."""
    key = _HAN.findall(text)[:_BESIDE]
    for element in root.iter("script"):
        script = element.text or ""
        if len(script) > _MOST or not (values := list(_names(script))):
            continue
        if not any(_HAN.findall(_plain(each))[:_BESIDE] == key for each in _values(script)):
            continue
        first = {kind: name for kind, name in reversed(values) if name}
        return first.get("source", ""), first.get("author", "")
    return "", ""


_BESIDE = 30
"""By so many ideographs the script is known that holds the text."""
_NAMED = re.compile(
    r'"(?P<kind>source|author|media)(?:_?(?:name|Name|title))?"\s*:\s*(?P<value>"(?:[^"\\]|\\.){2,60}")'
)


def _names(script: str) -> Iterator[tuple[str, str]]:
    for match in _NAMED.finditer(script):
        try:
            value = json.loads(match["value"], strict=False)
        except ValueError:
            continue
        if isinstance(value, str) and _HAN.search(value):
            yield ("author" if match["kind"] == "author" else "source"), collapse(value)


def _candidates(root: HtmlElement, head: Metadata) -> Iterator[str]:
    for each in head.linked:
        if isinstance(stated := each.get("articleBody"), str):
            yield stated
    for element in root.iter("textarea"):
        yield element.text or ""
    for element in root.iter("script"):
        text = element.text or ""
        if len(text) <= _MOST:
            yield from _values(text)


def _values(script: str) -> Iterator[str]:
    """The long strings of a script that are called as texts are."""
    for match in _VALUE.finditer(script):
        try:
            value = json.loads(match["value"], strict=False)
        except ValueError:
            continue
        if isinstance(value, str):
            yield value


def _plain(text: str) -> str:
    """HTML, or plain text, as lines."""
    if "<" not in text:
        return "\n".join(line.strip() for line in text.splitlines() if line.strip())
    try:
        root = document_fromstring(f"<div>{text}</div>", parser=HTMLParser(huge_tree=True, remove_comments=True))
    except (etree.ParserError, ValueError):
        return ""
    return "\n".join(line.text for line in lines_of(root))
