"""Texts whose fields stand after labels in 【 】, as those of the Fudan corpus: `【 标  题 】河口镇新码头启用`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from searchkit.sources.formats import Item, Reading
from searchkit.sources.looks import LABELLED
from searchkit.sources.readers.tagged import Tagged, read_tagged
from searchkit.sources.streams import Stream

_SPACED = re.compile(r"\s")
# white space may stand between the signs of a label, to make them all as wide
_LABELS = "|".join(r"\s{0,4}".join(label) for label in sorted(LABELLED, key=len, reverse=True))
_TAGGED = Tagged(
    re.compile(rf"\s{{0,20}}【\s{{0,4}}(?P<tag>{_LABELS})\s{{0,4}}】\s{{0,4}}[:：]?(?P<value>.*)$"),
    {
        "文献号": None, "原文出处": "source", "原刊地名": None, "原刊期号": "published", "原刊页号": None,
        "分类号": None, "分类名": "section", "复印期号": None, "标题": "title", "题名": "title",
        "篇名": "title", "標題": "title",
        "作者": "author", "作者简介": None, "作者簡介": None, "内容提要": "summary", "摘要": "summary",
        "关键词": "keywords", "關鍵詞": "keywords", "正文": "body", "內文": "body", "参考文献": None,
        "日期": "published", "时间": "published", "發佈日期": "published", "来源": "source", "出处": "source",
        "报纸": "source",
        "版面": "section", "版次": None, "栏目": "section",
    },
    starts=frozenset({"文献号"}),
    plain=lambda tag: _SPACED.sub("", tag),
    split={"keywords": "/;；,，、\n"},
)  # fmt: skip


def read_labelled(stream: Stream, reading: Reading) -> Iterator[Item]:
    """The articles of a text with labels; usually one a file."""
    return read_tagged(stream, reading, _TAGGED)
