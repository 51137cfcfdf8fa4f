"""The keyword fields of an article: their values as printed and as compared."""

from __future__ import annotations

import re
from datetime import date, tzinfo
from typing import Literal, TypeAlias

from searchkit.analysis.normalise import fold
from searchkit.model.article import Article

KeywordField: TypeAlias = Literal["source", "author", "editor", "site", "section", "kind", "keyword", "id", "parent"]
KEYWORD_FIELDS: tuple[KeywordField, ...] = (
    "source", "author", "editor", "site", "section", "kind", "keyword", "id", "parent",
)  # fmt: skip

_BETWEEN_NAMES = re.compile(r"[\s,，、;；/／|]+")


def _names(printed: str) -> tuple[str, ...]:
    """The whole string and each of the names in it: 张三、李四 gives three values, one name gives one."""
    whole = printed.strip()
    if not whole:
        return ()
    parts = [part for part in _BETWEEN_NAMES.split(whole) if part]
    return tuple(dict.fromkeys([whole, *parts])) if len(parts) > 1 else (whole,)


def values(article: Article, name: KeywordField) -> tuple[str, ...]:
    """The values of one field as printed, the first being the whole; empty if there are none."""
    if name == "keyword":
        return tuple(dict.fromkeys(word.strip() for word in article.keywords if word.strip()))
    printed = str(getattr(article, name))
    if name in ("id", "parent"):  # as they are: the record has them so
        return (printed,) if printed else ()
    printed = printed.strip()
    if name in ("author", "editor"):
        return _names(printed)
    return (printed,) if printed else ()


def compared(value: str, name: KeywordField) -> str:
    """The form in which two values are compared: folded, ends stripped; ids are compared as they are."""
    return value if name in ("id", "parent") else fold(value).strip()


def facet_values(article: Article, name: KeywordField) -> tuple[str, ...]:
    """What a facet counts: each name or keyword once, not the string they were printed in together."""
    found = values(article, name)
    return found[1:] if name in ("author", "editor") and len(found) > 1 else found


def day(article: Article, timezone: tzinfo) -> date | None:
    """The day of publication in `timezone`."""
    return article.published.astimezone(timezone).date() if article.published else None


def epoch(article: Article) -> int | None:
    """The second of publication since 1970-01-01 UTC; negative before."""
    if article.published is None:
        return None
    return int(article.published.timestamp() // 1)
