"""Where a page stands in its site, and the words it files itself under."""

from __future__ import annotations

import re

from searchkit.sources.html.metadata import Metadata
from searchkit.sources.html.titles import Headline, key
from searchkit.sources.html.tree import Line, names_of

_PATH = re.compile(r"bread|crumb|channel-?path|news_?path|cur_?pos|weizhi|path-cur")
_ARROW = re.compile(r"[>»›＞→]+")
_NOT_SECTION = re.compile(
    r"^(?:正文|首页|首頁|主页|文章|查看.{0,8}|内容|詳情|详情|(?:您?(?:当前|现在)?的?(?:所在)?位置(?:是)?|"
    r"您现在的位置|当前位置)[:：]?|更多|返回|home|article|\W*)$",
    re.IGNORECASE,
)
_HERE = frozenset(("正文", "文章详情", "文章正文", "内容", "详情", "內文"))
"""Words at the end of a path that stand for the page itself."""
_LONGEST = 16
_ABOVE = 14


def section(lines: list[Line], title: Headline, head: Metadata, body_first: int) -> str:
    """The channel: what the head states, else the last step of the path over the headline, else from <title>."""
    for stated in (head.first("article:section", "section", "og:article:section"), head.linked_text("articleSection")):
        if stated and _fits(stated.split("、")[0]):
            return stated.split("、")[0]
    at = title.at if title.at >= 0 else body_first
    steps: list[str] = []
    for line in lines[max(0, at - _ABOVE) : max(0, at)]:
        arrows = _ARROW.search(line.text) is not None
        if len(line.text) < 80 and (arrows or _PATH.search(names_of(line.element, 2))):
            found = [step.strip(" \u3000:：/|·") for part in line.parts for step in _ARROW.split(part)]
            here = next((n for n, step in enumerate(found) if step in _HERE), len(found))
            steps.extend(found[:here])
    known = {key(title.text), key(title.site)}
    usable = [step for step in steps if _fits(step) and key(step) not in known]
    if usable:
        return re.sub(r"^(?:您?的?当前位置|位置)\s*[:：]\s*", "", usable[-1])
    filed = {key(word) for word in keywords(head)}
    if title.section and _fits(title.section) and key(title.section) not in filed and len(title.section) <= 6:
        return title.section
    return ""


def _fits(text: str) -> bool:
    return 1 < len(text) <= _LONGEST and _NOT_SECTION.match(text) is None and not text.isdigit()


def keywords(head: Metadata) -> tuple[str, ...]:
    """The words the page files itself under, at most 20, in its order."""
    text = head.first("news_keywords", "keywords", "og:keywords", "article:tag") or head.linked_text("keywords")
    parts = re.split(r"[,，;；、|｜]+", text)
    if len(parts) == 1:
        parts = text.split()
    words = dict.fromkeys(word for part in parts if 1 < len(word := part.strip()) <= 20)
    return tuple(words)[:20]
