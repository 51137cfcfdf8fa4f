"""Texts whose fields stand after labels in 【 】, as those of the Fudan corpus: `【 标  题 】河口镇新码头启用`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from searchkit.sources.formats import Item, Reading
from searchkit.sources.looks import LABELLED
from searchkit.sources.readers.tagged import Tagged, read_tagged
from searchkit.sources.streams import Stream

_SPACED = re.compile(r"\s")
# white space may stand between the signs of a label, to make them all as wide
_LABELS = "|".join(r"\s{0,4}".join(label) for label in sorted(LABELLED, key=len, reverse=True))
_HEAD = re.compile(r"\s{0,20}【(?P<source>[^【】]{2,20})】\s{0,4}(?P<rest>.{0,20}(?:19|20)\d\d\s?[年./-].{0,60})$")
"""An outlet, a day and a page over the labels of a record: `【江湾日报】2025年3月4日 第03版`."""


def _finish(record: dict[str, Any], extra: dict[str, str]) -> None:
    """Take what the line over a record says where its labels do not."""
    if (head := extra.pop("head", "")) and (match := _HEAD.match(head)):
        record.setdefault("source", match["source"])
        day = _DAY.search(match["rest"])
        if day is not None:
            record.setdefault("published", day.group())
            if page := match["rest"].replace(day.group(), " ").strip():
                extra["page"] = page


_DAY = re.compile(r"(?:19|20)\d\d\s?(?:年\s?\d{1,2}\s?月\s?\d{1,2}\s?日|[./-]\d{1,2}[./-]\d{1,2})")
_TAGGED = Tagged(
    re.compile(rf"\s{{0,20}}【\s{{0,4}}(?P<tag>{_LABELS})\s{{0,4}}】\s{{0,4}}[:：]?(?P<value>.*)$"),
    {
        "head": None, "文献号": None, "原文出处": "source", "原刊地名": None, "原刊期号": "published", "原刊页号": None,
        "分类号": None, "分类名": "section", "复印期号": None, "标题": "title", "题名": "title",
        "篇名": "title", "標題": "title",
        "作者": "author", "作者简介": None, "作者簡介": None, "内容提要": "summary", "摘要": "summary",
        "关键词": "keywords", "關鍵詞": "keywords", "正文": "body", "內文": "body", "参考文献": None,
        "日期": "published", "时间": "published", "發佈日期": "published", "来源": "source", "出处": "source",
        "报纸": "source",
        "版面": "section", "版次": None, "栏目": "section",
    },
    starts=frozenset({"文献号", "head"}),
    finish=_finish,
    head=_HEAD,
    plain=lambda tag: _SPACED.sub("", tag),
    split={"keywords": "/;；,，、\n"},
)  # fmt: skip


def read_labelled(stream: Stream, reading: Reading) -> Iterator[Item]:
    """The articles of a text with labels; usually one a file."""
    return read_tagged(stream, reading, _TAGGED)
