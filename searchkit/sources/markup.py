"""HTML in a field of a record, as plain text; by the standard library alone, because records need no extra.

A text is taken for HTML where it has a tag that HTML knows and that cannot stand there by chance (`<p>`, `</b>`,
`<br/>`, `<img …>`). `a < b` and `<正>` stay as they are.
"""

from __future__ import annotations

import re
from html import unescape

_BLOCKS = (
    "p|br|div|li|ul|ol|dl|dt|dd|h[1-6]|tr|table|thead|tbody|tfoot|caption|section|article|header|footer|aside|nav|main"
    "|blockquote|pre|hr|figure|figcaption|address|form|fieldset|center|details|summary"
)
_INLINE = (
    "a|abbr|acronym|audio|b|bdi|bdo|big|button|canvas|cite|code|col|colgroup|data|del|dfn|em|embed|font|i|iframe|img|input"
    "|ins|kbd|label|map|mark|object|option|param|picture|q|rp|rt|ruby|s|samp|select|small|source|span|strike|strong|sub|sup"
    "|svg|time|tt|u|var|video|wbr|html|body|head|o:p"
)
_MARKUP = re.compile(
    rf"</(?:{_BLOCKS}|{_INLINE}|td|th|script|style)\s{{0,9}}>"
    r"|<(?:p|br|hr|div|wbr)\s{0,9}/?>|<(?:img|a|p|div|span|font|table|iframe|video|br)\s[^<>]{0,5000}>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPED_TAG = re.compile(r"&lt;/?(?:p|br|div|span|strong|img|a|h[1-6]|ul|li|table)\b", re.IGNORECASE)
_UNSEEN = re.compile(
    r"<(?P<name>script|style|noscript|template|title|textarea)\b[^<>]{0,5000}>.*?(?:</(?P=name)\s{0,9}>|\Z)|<!--.*?(?:-->|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_BREAK = re.compile(rf"</?(?:{_BLOCKS})(?:\s[^<>]{{0,5000}})?/?>", re.IGNORECASE)
_CELL = re.compile(r"<(?:td|th)(?:\s[^<>]{0,5000})?>", re.IGNORECASE)
_TAG = re.compile(
    rf"</?(?:{_INLINE}|td|th|script|style)(?:\s[^<>]{{0,5000}})?/?>|<!doctype[^<>]{{0,500}}>|<\?xml[^<>]{{0,500}}>",
    re.IGNORECASE,
)


def is_markup(text: str) -> bool:
    """Whether a text is HTML."""
    return "<" in text and _MARKUP.search(text) is not None


def plain_text(text: str) -> str:
    """Return the lines a reader sees of a text that may be HTML; of any other only the entities are undone.

    A cell is parted from the one before by a tab, scripts, styles and comments are left out.
    """
    if "<" not in text and "&" not in text:
        return text
    if not is_markup(text):
        if not _ESCAPED_TAG.search(text):
            return _unescaped(text)
        text = _unescaped(text)  # HTML that was escaped once more
        if not is_markup(text):
            return text
    if not _BREAK.search(text):  # written as plain text with a link in it
        return _unescaped(_TAG.sub("", _UNSEEN.sub("", text)))
    text = _UNSEEN.sub("", text)
    if "<pre" not in text.lower():
        text = _flowing(text)
    text = _TAG.sub("", _BREAK.sub("\n", _CELL.sub("\t", text)))
    return "\n".join(line for each in _unescaped(text).split("\n") if (line := each.strip()))


def _flowing(text: str) -> str:
    """Line ends as the space that a browser makes of them; as nothing between two that need none, as in Chinese."""
    parts: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if parts and parts[-1][-1].isascii() and line[0].isascii():
            parts.append(" ")
        parts.append(line)
    return "".join(parts)


def _unescaped(text: str) -> str:
    """Entities as characters; only where they are closed by a semicolon, so that `&copy=1` in an address stays."""
    return _ENTITY.sub(lambda match: unescape(match.group()), text) if "&" in text else text
