"""The keyword fields of an article: their values as printed and as compared."""

from __future__ import annotations

import re
from datetime import date, tzinfo

from searchkit.analysis.normalise import fold, fold_with_map
from searchkit.model.article import Article
from searchkit.model.fields import FIELDS, FieldName

_BETWEEN_MARKS = re.compile(r"[^,、;/|]+")
_HAN = (("\u3005", "\u3007"), ("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003ffff"))


def _is_han(char: str) -> bool:
    return any(first <= char <= last for first, last in _HAN)


def separated_names(printed: str) -> tuple[str, ...]:
    """Return the names in a string: 张三、李四 and 张三 李四 are two, John Smith is one.

    White space separates names only beside a Han character; within a name it becomes one space.
    """
    found: list[str] = []
    folded = fold_with_map(printed)  # folding unifies all kinds of commas
    for part in _BETWEEN_MARKS.finditer(folded.text):
        start, end = folded.original(*part.span())
        before = ""
        for word in printed[start:end].split():
            if before and not _is_han(before[-1]) and not _is_han(word[0]):
                found[-1] += f" {word}"
            else:
                found.append(word)
            before = word
    return tuple(found)


def _printed(article: Article, name: FieldName) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the values that a facet counts, and the values that only a condition finds."""
    field = FIELDS[name]
    if field.holds == "list":
        return tuple(word.strip() for word in getattr(article, field.attribute)), ()
    whole = str(getattr(article, field.attribute))
    if field.exact:  # unchanged, as in the record
        return (whole,), ()
    whole = whole.strip()
    names = separated_names(whole) if field.holds == "names" else ()
    return (names, (whole,)) if names else ((whole,), ())


def values(article: Article, name: FieldName) -> tuple[str, ...]:
    """Return the values of a field as printed, each once: all values by which a condition finds the article."""
    counted, besides = _printed(article, name)
    return _filled((*besides, *counted), name)


def facet_values(article: Article, name: FieldName) -> tuple[str, ...]:
    """Return the values that a facet counts, each once: each name, not the string they were printed in together."""
    return _filled(_printed(article, name)[0], name)


def _filled(found: tuple[str, ...], name: FieldName) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in found if compared(value, name)))


def compared(value: str, name: FieldName) -> str:
    """Return the form in which values are compared: folded, ends stripped; unchanged for an exact field."""
    return value if FIELDS[name].exact else fold(value).strip()


def day(article: Article, timezone: tzinfo) -> date | None:
    """Return the day of publication in `timezone`."""
    return article.published.astimezone(timezone).date() if article.published else None


def epoch(article: Article) -> int | None:
    """Return the second of publication since 1970-01-01 UTC; negative before."""
    if article.published is None:
        return None
    return int(article.published.timestamp() // 1)
