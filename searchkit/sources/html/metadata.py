"""What a page says of itself in its head: meta elements, JSON-LD, the canonical address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from searchkit.sources.html.tree import collapse

_MAX_JSON = 1_000_000
_STRAY = re.compile(r"[\x00-\x1f]+")
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+\Z", re.IGNORECASE)


LONGEST = 1000
"""Characters of a title; what is longer has lost its end tag."""


@dataclass(slots=True)
class Metadata:
    """The head of a page.

    Attributes:
        title: the text of <title>.
        fields: meta elements by name in lower case; the first that says something.
        linked: the JSON-LD objects that stand for the page, an article before anything else.
        canonical: the address the page gives itself, absolute; empty if it gives none, or that of a front page.
        saved: when the page was saved, where the program that did it wrote that over it.
    """

    title: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    linked: list[dict[str, Any]] = field(default_factory=list)
    canonical: str = ""
    saved: str = ""

    def first(self, *names: str) -> str:
        """The first of these meta elements that has a value."""
        return next((self.fields[name] for name in names if name in self.fields), "")

    def linked_text(self, *names: str) -> str:
        """The first of these JSON-LD properties that is a text, or an object with a name."""
        for each in self.linked:
            for name in names:
                if text := _text(each.get(name)):
                    return text
        return ""


_INDEX = re.compile(r"(?:index|default|home|main|list)(?:_\d{1,4})?(?:\.[a-z]{2,5})?", re.IGNORECASE)


def is_front(address: str) -> bool:
    """Return whether an address is that of a front page or of a folder, which templates leave in the head of articles.

    A folder whose name says which article is in it (a number, a date, a long slug) is the article's own.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return True
    if parts.query or "/" in parts.fragment:
        return False
    *folders, last = parts.path.split("/") if parts.path else ["", ""]
    if last and not _INDEX.fullmatch(last):
        return False
    named = unquote("".join(folders))
    return not re.search(r"\d{3}", named) and max(map(len, map(unquote, folders)), default=0) < 20 and len(folders) <= 3


_SAVED = re.compile(
    rb"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(?P<url>https?://[^\s\"'<>]{1,2000})",
    re.IGNORECASE,
)


def saved_from(data: bytes) -> str:
    """The address that a browser, or SingleFile, wrote over the page it saved; empty if it did not."""
    match = _SAVED.search(data[:8192])
    return match["url"].decode("ascii", "ignore") if match else ""


_SAVED_ON = re.compile(
    rb"<!--\s*Page saved with SingleFile\s.{0,2200}?\bsaved date:\s*(?:[A-Z][a-z]{2} )?"
    rb"(?P<day>[A-Z][a-z]{2} \d{1,2} \d{4})\b",
    re.DOTALL,
)


def saved_on(data: bytes) -> str:
    """The day that SingleFile wrote over the page it saved (`Mar 05 2025`); empty if it did not."""
    match = _SAVED_ON.search(data[:8192])
    return match["day"].decode("ascii", "ignore") if match else ""


def metadata(root: HtmlElement) -> Metadata:
    """Read the head; broken JSON-LD is passed over."""
    found = Metadata()
    for element in root.iter("title"):
        parent = element.getparent()
        if parent is not None and parent.tag in ("head", "html", "body") and (text := collapse(element.text_content())):
            found.title = text[:LONGEST]
            break
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = collapse(element.get("content") or "")
        if name and content:
            found.fields.setdefault(name.strip().lower(), content)
    for element in root.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            address = (element.get("href") or "").strip()
            if _ADDRESS.match(address) and not is_front(address):
                found.canonical = address
                break
    if not found.canonical:
        address = found.first("og:url")
        found.canonical = address if _ADDRESS.match(address) and not is_front(address) else ""
    _add_wechat(root, found)
    objects = [each for element in root.iter("script") for each in _json_ld(element)]
    found.linked = sorted(objects, key=lambda each: not _is_article(each))
    return found


_NO_WRITER = re.compile(r"原[创創]|[发發][表布佈]|于$|[来來]自|收[录錄]|[阅閱][读讀]|\d|[:：]")
"""Labels and times beside the name of an account."""


def _add_wechat(root: HtmlElement, found: Metadata) -> None:
    """WeChat shows the account and the author in elements it fills late; no general rule finds them."""
    if next((element for element in root.iter("div") if element.get("id") == "js_content"), None) is None:
        return
    for element in root.iter("a", "strong", "span"):
        if element.get("id") == "js_name" and (name := collapse(element.text_content())):
            found.fields["wechat:account"] = name
    if writer := found.first("author", "og:article:author"):
        found.fields["wechat:author"] = writer
        return
    for element in root.iter("span", "em"):
        name = collapse(element.text_content())
        if "rich_media_meta_text" in (element.get("class") or "") and name and not _NO_WRITER.search(name):
            found.fields["wechat:author"] = name  # beside the account; a day stands there as well, and is no name
            return


def _json_ld(element: HtmlElement) -> Iterator[dict[str, Any]]:
    text = element.text or ""
    if "ld+json" not in (element.get("type") or "").lower() or len(text) > _MAX_JSON:
        return
    try:
        value = json.loads(_STRAY.sub(" ", text).strip().rstrip(";"))
    except (ValueError, RecursionError):
        return
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(reversed(value[:100]))
        elif isinstance(value, dict):
            yield value
            if isinstance(value.get("@graph"), list):
                stack.extend(reversed(value["@graph"][:100]))


def _is_article(value: dict[str, Any]) -> bool:
    kind = value.get("@type", "")
    return "headline" in value or any(word in str(kind) for word in ("Article", "Posting", "Report"))


def _text(value: Any) -> str:
    if isinstance(value, list) and value:
        texts = [text for each in value[:10] if (text := _text(each))]
        return "、".join(texts)
    if isinstance(value, dict):
        value = value.get("name")
    return collapse(value) if isinstance(value, str) else ""
