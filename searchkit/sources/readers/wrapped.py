"""The records inside a JSON object that is none itself: an answer of an API, a hot list, the export of a channel.

An object is a record if it says something of its own; a list is one of records if most of its objects have a title or
a text. An object that has a title and such a list is a record where the list is beside the point (`related`,
`comments`) or where it has a text itself, else the name of the list.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from searchkit.sources import fields
from searchkit.sources.record import is_rich_text, lookup

_DEPTH = 8
"""Objects inside objects that are looked into."""
_TEXT = 40
"""Characters: a text this long is an article's, a shorter one may be the description of a list."""
_LONG = 300
"""Characters: a string this long, whatever it is called, is the text of an article."""
_BESIDE = re.compile(
    "related|recommend|comment|repl(?:y|ies)|image|img|pic|photo|video|audio|media|attach|files?$|tags?$|keyword|categor"
    "|topic|entit|author|editor|contributor|creator|user|links?$|urls?$|stock|paragraph|section|block|component|segment"
    "|sentence|history|revision|seealso|reference|extra|meta|相关|推荐|评论|图片|视频|附件|标签|作者|相關|推薦|評論|圖片"
)
"""Names of lists that belong to a record."""
_LISTS = frozenset(
    ("messages", "data", "list", "items", "articles", "news", "entries", "results", "posts", "records", "rows", "docs")
)
"""Names of lists of which a few objects with a text are enough."""
_ARTICLE_TYPE = re.compile("Article|Posting|Report|Review|CreativeWork", re.IGNORECASE)
_WORDS = ("word", "query", "keyword", "note", "topic", "searchword", "hotword", "热搜词", "热词", "关键词", "话题")
_HOT = frozenset(
    ("rank", "hot", "num", "rawhot", "hotvalue", "hotscore", "hotnum", "realpos", "heat", "热度", "排名", "热搜指数")
)
"""Names beside the words of an entry of a list of searches."""


def inner_records(value: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """Return the records that an object wraps, in their order; None if it is a record itself, or wraps none."""
    return None if "schema" in value else _inside(value, 0) or None


def _inside(value: Mapping[str, Any], depth: int) -> list[Mapping[str, Any]]:
    """The records inside an object, itself never among them."""
    names = _named(value)
    titled = bool(names & {"title", "body"})
    if depth >= _DEPTH or _size(value) >= _TEXT:
        return []
    if titled and any(isinstance(each, str) and len(each) >= _LONG for each in value.values()):
        return []
    found: list[Mapping[str, Any]] = []
    for key, each in value.items():
        known = fields.known_as(str(key))
        field = known[0] if known is not None else ""
        if not isinstance(each, (list, Mapping)) or _BESIDE.search(fields.plain(str(key))):
            continue
        if isinstance(each, list):
            found += _of_list(str(key), each, depth)
        elif inner := _inside(each, depth + 1):
            found += inner
        elif not titled and field in ("", "body") and _is_record(each):
            found.append(each)
    return list(_of_channel(value, found))


def _of_list(key: str, values: list[Any], depth: int) -> list[Mapping[str, Any]]:
    """The objects of a list, and what these wrap; nothing if they are no records."""
    if is_rich_text(values):
        return []
    objects = [_unwrapped(hot_entry(each)) for each in values if isinstance(each, Mapping)]
    known = fields.known_as(key)
    if (
        known is not None
        and known[0] in ("title", "body")
        and all(_named(each) <= {"body", "kind"} for each in objects)
    ):
        return []  # the paragraphs of a text
    inner = [_inside(each, depth + 1) for each in objects]
    good = sum(bool(found) or _is_record(each) for found, each in zip(inner, objects, strict=True))
    if not good or (2 * good < len(objects) and fields.plain(key) not in _LISTS):
        return []
    return [one for found, each in zip(inner, objects, strict=True) for one in found or [each] if _is_article_type(one)]


def _named(value: Mapping[str, Any]) -> set[str]:
    """The fields of an article that an object says something of; `summary` is one."""
    found = set()
    for key, each in value.items():
        if each or each == 0:
            known = fields.known_as(str(key))
            found.add(known[0] if known is not None else "summary" if fields.is_summary(str(key)) else "")
    return found - {""}


def _is_record(value: Mapping[str, Any]) -> bool:
    """Whether an object has a text, or a title beside which something else says that it is an article's."""
    names = _named(value)
    if not names & {"title", "body", "summary"} or not _is_article_type(value):
        return False
    if names & {"body", "summary", "url", "published"}:
        return True
    return any(fields.plain(str(key)) not in ("name", "subject") and _is_title(key) for key in value)


def _is_article_type(value: Mapping[str, Any]) -> bool:
    """Tell whether an object of JSON-LD says that it is an article; of others nothing is known."""
    kind = value.get("@type")
    return not isinstance(kind, str) or _ARTICLE_TYPE.search(kind) is not None


def hot_entry(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an entry of a list of searches with its words as the title: `{"rank": 1, "word": …}`; others unchanged."""
    keys = {fields.plain(str(key)): key for key in value}
    if not keys.keys() & _HOT or _named(value) & {"title", "body"}:
        return value
    word = next((keys[name] for name in _WORDS if name in keys and isinstance(value[keys[name]], str)), None)
    return value if word is None else {("title" if key == word else key): each for key, each in value.items()}


def mapped_records(value: Mapping[str, Any], keys: Collection[str], depth: int = 0) -> list[Mapping[str, Any]]:
    """Return the objects inside an object that have one of the fields that a mapping names, in their order."""
    found: list[Mapping[str, Any]] = []
    for each in value.values():
        for inner in each if isinstance(each, list) else [each]:
            if isinstance(inner, Mapping):
                if any(lookup(inner, key)[0] for key in keys):
                    found.append(inner)
                elif depth < _DEPTH:
                    found += mapped_records(inner, keys, depth + 1)
    return found


def unknown_list(value: Mapping[str, Any]) -> tuple[str, list[str]] | None:
    """Return the name of the list that an object is only the heading of, and the fields of its entries.

    None if the object says something itself, or if its lists are beside the point.
    """
    if _named(value) & {"body", "summary", "url"} or "schema" in value:
        return None
    for key, each in value.items():
        if isinstance(each, list) and not _BESIDE.search(fields.plain(str(key))) and fields.known_as(str(key)) is None:
            objects = [one for one in each if isinstance(one, Mapping)]
            if len(objects) > 1 and len(objects) == len(each):
                return str(key), [str(name) for name in objects[0]]
    return None


def _is_title(key: object) -> bool:
    known = fields.known_as(str(key))
    return known is not None and known[0] == "title"


def _size(value: Mapping[str, Any]) -> int:
    """How many characters the text of an object has; of objects in place of a text, those of their texts."""
    sizes = [0]
    for key, each in value.items():
        known = fields.known_as(str(key))
        if known is None or known[0] != "body":
            continue
        parts = each if isinstance(each, list) else [each]
        if any(isinstance(part, Mapping) and _named(part) - {"body", "kind"} for part in parts):
            continue  # a list of articles that is called `article`
        texts = [
            text
            for part in parts
            for text in (part.values() if isinstance(part, Mapping) else (part,))
            if isinstance(text, str)
        ]
        sizes.append(sum(map(len, texts)))
    return max(sizes)


def _unwrapped(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """An object, with what its only inner record says where itself says nothing: `{"_id": 1, "_source": {…}}`."""
    if _is_record(value):
        return _completed(value)
    inner = [each for each in value.values() if isinstance(each, Mapping) and _is_record(each)]
    if len(inner) != 1:
        return value
    outer = {key: each for key, each in value.items() if not isinstance(each, (list, Mapping))}
    return {**outer, **inner[0]}


def _completed(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """A record without a text, with what its only inner object that has one says: `{"webTitle": …, "fields": {…}}`."""
    if "body" in _named(value):
        return value
    inner = [key for key, each in value.items() if isinstance(each, Mapping) and "body" in _named(each)]
    if len(inner) != 1 or _BESIDE.search(fields.plain(str(inner[0]))):
        return value
    return {**value[inner[0]], **{key: each for key, each in value.items() if key != inner[0]}}


def _of_channel(value: Mapping[str, Any], inner: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The messages of a channel of Telegram, whose numbers count in that channel only; others as they are."""
    messages = value.get("messages")
    channel = value.get("id")
    if not (isinstance(messages, list) and isinstance(channel, (int, str)) and isinstance(value.get("type"), str)):
        yield from inner
        return
    for each in inner:
        if isinstance(each.get("id"), int):
            each = {**each, "id": f"{channel}:{each['id']}"}
        if isinstance(value.get("name"), str) and not any(_source(key) for key in each):
            each = {**each, "source": value["name"]}
        yield each


def _source(key: object) -> bool:
    known = fields.known_as(str(key))
    return known is not None and known[0] == "source"
