"""JSON objects of any shape to articles.

A record of our own is marked (`searchkit.model.serialise`) and gives back exactly the article that was written. One
without the mark is somebody else's: its fields are known by many names (`fields.ALIASES`), a mapping names the rest,
and what is left over is kept in `extra`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any, Final, cast

from searchkit.errors import BadRecord
from searchkit.language.messages import Message
from searchkit.model import serialise
from searchkit.model.article import KINDS, Article, Kind, Related
from searchkit.model.serialise import PRECISIONS, TEXTS, clean
from searchkit.sources import fields
from searchkit.sources.markup import plain_text

TITLE_LENGTH: Final = 40
"""A record without a title is titled with its first sentence, cut to this many characters."""

_INNER_NAMES = ("name", "title", "rendered", "text", "value", "#text", "_", "@value", "$oid")
_SPACE = re.compile(r"\s+")
_SENTENCE = re.compile(r".+?(?:[。！？!?…]+[”’」』）)]*|[.]\s|$)", re.MULTILINE)
_EPOCH = re.compile(r"(?P<whole>[0-9]{10}|[0-9]{13}|[0-9]{16}|[0-9]{19})(?:\.(?P<fraction>[0-9]{1,9}))?")
_LISTED = re.compile(r"[,，、;；|｜\n]")
_NUMBERS = re.compile(r"\s*\d+(?:\s*[,，、;；]\s*\d+)*\s*")
_NAMES_ONLY = frozenset({"source", "author", "editor", "section"})


def one_line(text: str) -> str:
    """White space, line ends among it, as single spaces; none at the ends."""
    return _SPACE.sub(" ", text).strip().strip("\ufeff\u200b")


def paragraphs(text: str) -> str:
    """Text with one newline between paragraphs; indentation, empty lines and odd line ends are gone."""
    return "\n".join(stripped for line in text.splitlines() if (stripped := line.strip().strip("\ufeff\u200b")))


def first_sentence(body: str) -> str:
    """What stands for a missing title: the first sentence of the body, `…` where it was cut."""
    match = _SENTENCE.match(body.strip()[:1000])
    sentence = one_line(match.group() if match else body[:TITLE_LENGTH])
    return sentence if len(sentence) <= TITLE_LENGTH else sentence[:TITLE_LENGTH] + "…"


def from_record(
    record: Mapping[str, Any], *, timezone: tzinfo, mapping: Mapping[str, str] | None = None, markup: bool = True
) -> Article:
    """The article of a JSON object, ours or somebody else's.

    Args:
        timezone: of times that name none.
        mapping: field of Article -> field of the record, before any other name; `a.b` reaches into nested objects.
        markup: HTML in its fields is turned into text.

    A time that cannot be understood leaves `published` None and stays as it was in `published_text`.

    Raises:
        BadRecord: neither title nor body; or an own record with a field of the wrong type.
    """
    schema = record.get("schema")
    if isinstance(schema, str) and schema.startswith("searchkit.article/"):
        return serialise.from_record(record)
    return _others(record, timezone, mapping or {}, plain_text if markup else str)


# -- the records of others


def _others(
    record: Mapping[str, Any], zone: tzinfo, mapping: Mapping[str, str], plain: Callable[[str], str]
) -> Article:
    """An article made of whatever fields a record has."""
    picked: dict[str, tuple[int, str, Any]] = {}  # field -> rank of the name, the name, value
    rest: dict[str, Any] = {}
    mapped = set()
    for name, key in mapping.items():
        found, value = lookup(record, key)
        if found and not _missing(value):
            picked[name] = (-1, key, value)
            mapped.add(key)
    for key, value in record.items():
        if key in mapped or _missing(value):
            continue
        known = fields.known_as(key)
        if known is None:
            rest[key] = value
            continue
        name, rank = known
        if name in picked:
            if picked[name][0] <= rank:
                rest[key] = value
                continue
            rest[picked[name][1]] = picked[name][2]
        picked[name] = (rank, key, value)
    given: dict[str, Any] = {}
    for name in TEXTS:
        if name in picked:
            text = _text(picked[name][2], "\n" if name == "body" else "、")
            if text is None:
                rest[picked[name][1]] = picked[name][2]
            else:
                text = clean(plain(text))
                if name in _NAMES_ONLY and _NUMBERS.fullmatch(text):
                    rest[picked[name][1]] = picked[name][2]  # the number of a person or a category in their database
                    continue
                given[name] = paragraphs(text) if name == "body" else one_line(text)
    if not given.get("body"):
        _take_summary(given, rest, plain)
    if not given.get("title"):
        if not given.get("body"):
            raise BadRecord("the record has neither a title nor a body", hint=_field_hint(record))
        given["title"] = first_sentence(given["body"])
    if "published" in picked:
        _time(picked["published"][2], zone, given)
    if "precision" in picked:
        value = picked["precision"][2]
        if value in PRECISIONS:
            given["precision"] = value
        else:
            rest[picked["precision"][1]] = value
    if "kind" in picked:
        if picked["kind"][2] in KINDS:
            given["kind"] = cast(Kind, picked["kind"][2])
        else:
            rest[picked["kind"][1]] = picked["kind"][2]
    if "keywords" in picked:
        given["keywords"] = _keywords(picked["keywords"][2], plain)
    if "related" in picked:
        related = _related(picked["related"][2], zone)
        if related is None:
            rest[picked["related"][1]] = picked["related"][2]
        else:
            given["related"] = related
    extra: dict[str, str] = {}
    if "extra" in picked:
        value = picked["extra"][2]
        if isinstance(value, Mapping):
            rest = {**value, **rest}
        else:
            rest[picked["extra"][1]] = value
    for key, value in rest.items():
        if not _missing(value):
            extra[clean(str(key))] = clean(value if isinstance(value, str) else dumps(value))
    return Article(**given, extra=extra)


def _take_summary(given: dict[str, Any], rest: dict[str, Any], plain: Callable[[str], str]) -> None:
    """Make the summary of a record without a body its body, as in a feed, so that it is found by what it says."""
    for key in sorted(filter(fields.is_summary, map(str, rest)), key=fields.summary_rank):
        text = _text(rest.get(key), "\n")
        body = paragraphs(clean(plain(text))) if text is not None else ""
        if body:
            given["body"] = body
            del rest[key]
            return


def lookup(record: Mapping[str, Any], key: str) -> tuple[bool, Any]:
    """Whether a record has the field that a mapping names, and its value. `a.b` is b inside a, if no field is `a.b`."""
    if key in record:
        return True, record[key]
    value: Any = record
    for part in key.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return False, None
        value = value[part]
    return True, value


def dumps(value: object) -> str:
    """A value as JSON text."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _missing(value: object) -> bool:
    """Null, nothing, or the NaN that pandas writes for nothing."""
    return value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)) or value in ([], {})


def _text(value: object, joint: str) -> str | None:
    """A value as text; lists are joined; of an object, what it calls its name or text. None if it holds no text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return str(value) if math.isfinite(value) else ""
    if isinstance(value, (list, tuple)):
        if is_rich_text(value):
            joint = ""
        texts = [_text(each, joint) for each in value]
        return None if None in texts else joint.join(text for text in cast("list[str]", texts) if text.strip())
    if isinstance(value, Mapping):
        return next((value[name] for name in _INNER_NAMES if isinstance(value.get(name), str)), None)
    return None


_RICH = frozenset(
    (
        "plain", "bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "link", "text_link",
        "mention", "mention_name", "hashtag", "cashtag", "bot_command", "email", "phone", "bank_card",
        "custom_emoji", "blockquote",
    )
)  # fmt: skip


def is_rich_text(values: list[Any] | tuple[Any, ...]) -> bool:
    """Tell whether a list is one run of text in pieces: `["a ", {"type": "bold", "text": "b"}]`, as in Telegram."""
    pieces = [each for each in values if isinstance(each, Mapping)]
    return (
        bool(pieces)
        and all(isinstance(each.get("text"), str) and each.get("type") in _RICH for each in pieces)
        and all(isinstance(each, (str, Mapping)) for each in values)
    )


def _time(value: object, zone: tzinfo, given: dict[str, Any]) -> None:
    """Set published, precision and published_text."""
    from searchkit.sources import printed_dates  # large patterns, which our own records do without

    if isinstance(value, Mapping) and "$date" in value:  # MongoDB's export
        value = value["$date"]
    if isinstance(value, Mapping) and "$numberLong" in value:
        value = value["$numberLong"]
    text = _text(value, " ")
    text = one_line(clean(dumps(value) if text is None else text))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        printed = printed_dates.from_number(value, timezone=zone)
    elif match := _EPOCH.fullmatch(text):
        fraction = (match["fraction"] or "").rstrip("0")
        number = float(text) if fraction else int(match["whole"])
        printed = printed_dates.from_number(number, timezone=zone)
    else:
        printed = printed_dates.parse(text, timezone=zone)
    given.setdefault("published_text", text)
    if printed.moment is not None:
        given["published"] = printed.moment
        given["precision"] = printed.precision


def _keywords(value: object, plain: Callable[[str], str]) -> tuple[str, ...]:
    """Keywords of a list, or of a string with commas or, if it has none and is Chinese, spaces between them."""
    if isinstance(value, (list, tuple)):
        parts = [plain(text) for each in value if (text := _text(each, " "))]
    else:
        parts = split_keywords(plain(_text(value, " ") or ""))
    return tuple(dict.fromkeys(word for part in parts if (word := one_line(clean(part)))))


def split_keywords(text: str) -> list[str]:
    """The keywords of one string."""
    if _LISTED.search(text) or text.isascii():
        return _LISTED.split(text)
    return text.split()


def _related(value: object, zone: tzinfo) -> tuple[Related, ...] | None:
    """A list of related news; None if it is something else."""
    if not isinstance(value, list):
        return None
    found = []
    for each in value:
        if isinstance(each, str):
            each = {"title": each}
        if not isinstance(each, Mapping) or not isinstance(each.get("title"), str) or not each["title"].strip():
            return None
        when: dict[str, Any] = {}
        if not _missing(each.get("published")):
            _time(each["published"], zone, when)
        texts = {
            name: one_line(clean(each[name]))
            for name in ("short_title", "url", "published_text")
            if isinstance(each.get(name), str)
        }
        texts.setdefault("published_text", when.get("published_text", ""))
        found.append(Related(one_line(clean(each["title"])), published=when.get("published"), **texts))
    return tuple(found)


def _field_hint(record: Mapping[str, Any]) -> str:
    names = ", ".join(str(key)[:40] for key in list(record)[:20])
    return (
        Message("its fields are: {names}; name the right ones with --map title=… --map body=…", names=names)
        if names
        else Message("it is empty")
    )
