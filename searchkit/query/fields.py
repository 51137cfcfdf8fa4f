"""The names of fields in queries, in English and Chinese, and what to propose for a name that is none."""

from __future__ import annotations

from difflib import get_close_matches

ALIASES: dict[str, str] = {
    "title": "title", "标题": "title",
    "source": "source", "来源": "source",
    "author": "author", "作者": "author",
    "editor": "editor", "编辑": "editor", "责编": "editor", "责任编辑": "editor",
    "section": "section", "栏目": "section", "频道": "section", "版面": "section",
    "site": "site", "网站": "site", "站点": "site",
    "kind": "kind", "类型": "kind",
    "keyword": "keyword", "keywords": "keyword", "tag": "keyword", "关键词": "keyword",
    "date": "date", "published": "date", "日期": "date", "时间": "date",
    "word": "word", "词": "word",
    "id": "id", "parent": "parent",
}  # fmt: skip
"""What may stand before a colon, folded, and the field it means.

媒体, 记者 and 题 are not among them: many headlines begin with 媒体：… or 记者：…, and to paste one must find it.
"""


def suggestion(name: str) -> str:
    """The field that a mistyped name is closest to; empty if it is close to none."""
    close = get_close_matches(name, [alias for alias in ALIASES if alias.isascii()], 1, 0.6)
    return ALIASES[close[0]] if close else ""
