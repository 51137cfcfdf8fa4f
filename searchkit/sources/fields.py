"""What others call the fields of an article: keys of records, columns of tables, labels before a line of text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from searchkit.model.fields import FIELDS, arranged

ALIASES: dict[str, tuple[str, ...]] = {
    "title": (
        "title", "headline", "title_page", "title_rss", "subject", "name",
        "标题", "新闻标题", "题目", "標題", "題目",
    ),
    "body": (
        "body", "maintext", "article_body", "content", "text", "full_text", "body_text", "article",
        "contents", "content_html", "content_text", "full_content", "news_content", "short_text",
        "正文", "内容", "全文", "新闻内容", "文章内容", "內容", "內文", "本文", "新聞內容",
    ),
    "id": ("id", "_id", "article_id", "doc_id", "news_id", "guid", "编号", "文章编号"),
    "url": (
        "url", "link", "href", "source_url", "article_url", "canonical_url",
        "链接", "网址", "地址", "原文链接", "連結", "網址",
    ),
    "published": (
        "published", "published_at", "date_publish", "date_published", "publish_date", "publish_time",
        "publication_date", "pub_date", "pub_time", "release_time", "post_time", "issued", "datetime", "date", "time",
        "timestamp",
        "created_at", "created", "create_time",
        "发布时间", "发布日期", "发表时间", "发表日期", "出版日期", "日期", "时间",
        "發布時間", "發佈時間", "發布日期", "發表時間", "時間",
    ),
    "source": (
        "source", "source_name", "media", "outlet", "publisher", "news_agency", "info_source", "news_source",
        "media_name",
        "来源", "媒体", "稿源", "消息来源", "文章来源", "稿件来源", "出处", "來源", "媒體",
    ),
    "author": (
        "author", "authors", "byline", "creator", "writer", "reporter", "作者", "记者", "撰文", "文", "撰稿", "記者",
    ),
    "editor": ("editor", "editors", "责编", "责任编辑", "编辑", "責任編輯", "編輯"),
    "site": ("site", "source_domain", "site_name", "domain", "hostname", "website", "网站", "站点", "網站"),
    "section": (
        "section", "channel", "category", "categories", "column", "board",
        "栏目", "频道", "版块", "板块", "分类", "版面", "欄目", "頻道", "分類",
    ),
    "keywords": (
        "keywords", "keyword", "tags", "tag", "关键词", "关键字", "标签", "關鍵詞", "關鍵字", "標籤",
    ),
    "kind": ("kind",),
    "parent": ("parent",),
    "short_title": ("short_title", "短标题"),
    "published_text": ("published_text",),
    "precision": ("precision",),
    "related": ("related",),
    "extra": ("extra",),
}  # fmt: skip
"""Each field of Article, and the names it is known by. Of several in one record the first that says something wins."""

for _each in FIELDS.values():
    ALIASES.setdefault(_each.attribute, (_each.attribute, _each.name, *_each.aliases))

SUMMARIES = (
    "summary", "description", "desc", "abstract", "digest", "excerpt", "intro", "introduction", "brief", "lead",
    "snippet", "摘要", "简介", "导语", "内容摘要", "内容提要", "内容简介", "新闻摘要", "簡介", "導語", "內容摘要",
)  # fmt: skip
"""Names of what stands for the body of a record that has none; beside a body it stays in `extra`."""

_SEPARATORS = re.compile(r"[\s_\-.]+")


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name without width, case, spaces and the marks between words: `Publish_Time` and `publishTime` are one."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", name).strip().strip("\ufeff")).casefold()


@lru_cache(maxsize=4096)
def summary_rank(name: str) -> int:
    """How good a name of a summary this is, 0 the best; -1 if it is none."""
    return _SUMMARY_RANKS.get(plain(name), -1) if len(name) <= 64 else -1


def is_summary(name: str) -> bool:
    """Whether this is a name of a summary."""
    return summary_rank(name) >= 0


_SUMMARY_RANKS = {plain(name): rank for rank, name in reversed(list(enumerate(SUMMARIES)))}
_BY_NAME: dict[str, tuple[str, int]] = {}
for _field, _names in ALIASES.items():
    for _rank, _name in enumerate(_names):
        _BY_NAME.setdefault(plain(_name), (_field, _rank))


@lru_cache(maxsize=4096)
def known_as(name: str) -> tuple[str, int] | None:
    """Return the field that a name stands for, and how good a name for it this is (0 is best); None if unknown.

    A name may have the kind of the record before it, as in `newsTitle`, `post_content` and `帖子标题`; then it is worse
    than any name without.
    """
    if len(name) > 64:
        return None
    key = plain(name)
    if (known := _BY_NAME.get(key)) is None and (match := _OF_RECORD.match(key)):
        known = _BY_NAME.get(key[match.end() :])
        if known is not None:
            known = (known[0], known[1] + _WORSE) if key[match.end() :] in _AFTER_KIND else None
    return known


_OF_RECORD = re.compile(
    "news|articles?|posts?|web|doc(?:ument)?|story|item|新闻|新聞|文章|帖子|貼文|博文|微博|稿件|报道|報導|文本"
)
_AFTER_KIND = frozenset(
    each
    for field in ("title", "body", "url", "published", "source", "author", "editor", "section", "keywords")
    for each in map(plain, ALIASES[field])
    if each not in ("name", "subject", "media", "column", "board", "channel", "article", "文", "本文")
)
_WORSE = 1000


LABELS = frozenset(
    arranged(("title", "body", "url", "published"), filter(lambda each: each.is_printed, FIELDS.values()), ())
)
"""Fields that a line of text can be labelled with: `来源：新华社`."""

_MORE_LABELS = {
    "值班编辑": "editor", "实习编辑": "editor", "本文编辑": "editor", "网络编辑": "editor", "编审": "editor",
    "原文出处": "source", "分类名": "section",
    "本报记者": "author", "by": "author", "posted": "published", "postedon": "published", "publishedon": "published",
    "updated": "", "更新时间": "", "原标题": "", "摄影": "", "校对": "",
}  # fmt: skip
_NO_LABELS = frozenset(
    {"name", "subject", "text", "article", "column", "board", "issued", "文", "地址", "本文", "题目", "媒体"}
)


@lru_cache(maxsize=4096)
def labelled(name: str) -> str | None:
    """The field that a label before a colon stands for; "" for labels of nothing we keep; None if it is no label."""
    key = plain(name)
    if key in _MORE_LABELS:
        return _MORE_LABELS[key]
    if key in _NO_LABELS:
        return None
    known = _BY_NAME.get(key)
    return known[0] if known and known[0] in LABELS else None
