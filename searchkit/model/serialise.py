"""An article as a JSON object in our own format, `searchkit.article/1`: stored in archive.db and written by `export`.

`from_record` restores exactly the article that `to_record` wrote. `searchkit.sources.record` reads other formats.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final, get_args

from searchkit.errors import BadRecord
from searchkit.language.messages import Message
from searchkit.model.article import KINDS, Article, Precision, Related
from searchkit.model.fields import FIELDS, arranged

SCHEMA: Final = "searchkit.article/1"

TEXTS = arranged(
    ("title", "body", "id", "url", "published_text"),
    (field for field in FIELDS.values() if field.holds != "list" and not field.choices),
    ("parent", "short_title"),
)
"""The fields of Article that are text."""

PRECISIONS = get_args(Precision)
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_MINUTE = timedelta(minutes=1)
_UNSAFE = re.compile("[\x00\ud800-\udfff]")


def rfc3339(moment: datetime) -> str:
    """Return a time as RFC 3339 writes it, the same moment to the microsecond: 2025-03-04T08:30:00+08:00.

    Before about 1901 zones followed the sun of their city, Shanghai 8 h 5 min 43 s before Greenwich, and RFC 3339 has
    no seconds in an offset. The next whole minute is taken, which keeps midnight on its day: 1872-04-30T00:00:17+08:06.
    """
    offset = moment.utcoffset()
    if offset is not None and offset % _MINUTE:
        try:
            moment = moment.astimezone(timezone(offset - offset % _MINUTE + _MINUTE))
        except (OverflowError, ValueError):  # beyond the last day that there is, or a whole day before Greenwich
            moment = moment.astimezone(timezone(offset - offset % _MINUTE))
    return moment.isoformat()


def clean(text: str) -> str:
    """Replace characters that no database or file can hold: NUL and lone surrogates become U+FFFD."""
    return _UNSAFE.sub("\ufffd", text) if _UNSAFE.search(text) else text


def to_record(article: Article) -> dict[str, Any]:
    """Return an article as a JSON object; fields without a value are left out, times are those of RFC 3339."""
    record: dict[str, Any] = {"schema": SCHEMA}
    for name in TEXTS:
        if value := getattr(article, name):
            record[name] = value
    if article.published is not None:
        record["published"] = rfc3339(article.published)
    if article.precision != "second":
        record["precision"] = article.precision
    if article.keywords:
        record["keywords"] = list(article.keywords)
    if article.kind != "article":
        record["kind"] = article.kind
    if article.related:
        record["related"] = [_related_record(each) for each in article.related]
    if article.extra:
        record["extra"] = dict(article.extra)
    return record


def _related_record(related: Related) -> dict[str, str]:
    record = {"title": related.title}
    for name in ("short_title", "published_text", "url"):
        if value := getattr(related, name):
            record[name] = value
    if related.published is not None:
        record["published"] = rfc3339(related.published)
    return record


def from_record(record: Mapping[str, Any]) -> Article:
    """Return the article that `to_record` wrote.

    Raises:
        BadRecord: the record has another version, or a field has the wrong type.
    """
    if record.get("schema") != SCHEMA:
        raise BadRecord(
            Message("the record is {record}, which this searchkit does not know", record=record.get("schema")),
            hint="update searchkit",
        )
    given: dict[str, Any] = {"title": ""}
    for name in TEXTS:
        if name in record:
            given[name] = _own_text(record, name)
    if "published" in record:
        given["published"] = _own_time(record)
    if (precision := record.get("precision", "second")) not in PRECISIONS or record.get("kind", "article") not in KINDS:
        raise BadRecord(
            Message(
                "precision must be one of {precisions}, kind one of {kinds}",
                precisions=", ".join(PRECISIONS),
                kinds=", ".join(KINDS),
            )
        )
    keywords = record.get("keywords", [])
    extra = record.get("extra", {})
    related = record.get("related", [])
    if not (isinstance(keywords, list) and all(isinstance(each, str) for each in keywords)):
        raise BadRecord("keywords must be a list of strings")
    if not (isinstance(extra, Mapping) and all(isinstance(each, str) for each in extra.values())):
        raise BadRecord("extra must be an object of strings")
    if not (isinstance(related, list) and all(isinstance(each, Mapping) for each in related)):
        raise BadRecord("related must be a list of objects")
    return Article(
        **given,
        precision=precision,
        kind=record.get("kind", "article"),
        keywords=tuple(map(clean, keywords)),
        extra={clean(key): clean(value) for key, value in extra.items()},
        related=tuple(
            Related(
                title=_own_text(each, "title"),
                short_title=_own_text(each, "short_title"),
                published=_own_time(each) if "published" in each else None,
                published_text=_own_text(each, "published_text"),
                url=_own_text(each, "url"),
            )
            for each in related
        ),
    )


def _own_text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name, "")
    if not isinstance(value, str):
        raise BadRecord(Message("{name} must be a string", name=name))
    return clean(value)


def _own_time(record: Mapping[str, Any]) -> datetime:
    value = record["published"]
    try:
        if whole := _RFC3339.fullmatch(value):
            # Python 3.10 knows neither Z nor fractions of any length; later ones do.
            day, time, fraction, offset = whole.groups("0")
            value = f"{day}T{time}.{fraction[:6]:0<6}{'+00:00' if offset in 'Zz' else offset}"
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadRecord(Message("published must be ISO 8601 with an offset, not {value!r}", value=str(value)[:40]))
    return moment


# -- as JSON text


_ACTING = re.compile(
    "[\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\uf8ff\ufeff"
    "\uffa0\ufff9-\ufffb\U000e0000-\U0010ffff]"
)


def json_line(value: object) -> str:
    """Return a value as JSON text on one line, for a file or a person.

    Lone surrogates are escaped, so it is always valid UTF-8. So are characters that a terminal would act on or not show
    (control and bidirectional characters); a JSON parser reads the same text.
    """
    written = json.dumps(value, ensure_ascii=False)
    return _ACTING.sub(lambda match: json.dumps(match[0])[1:-1], written) if _ACTING.search(written) else written


# -- names derived from an article's content


def content_digest(article: Article) -> str:
    """Return a digest of title, body and day (in the zone of the given time): equal for exact duplicates."""
    day = article.published.date().isoformat() if article.published else ""
    return digest(" ".join(article.title.split()), " ".join(article.body.split()), day)


def content_hash(article: Article) -> str:
    """Return the SHA-256 of an article's content, 64 hexadecimal digits: equal for equal content, in any archive.

    It is taken over one JSON object in UTF-8 with the keys author, body, published, source, title, url in this order,
    no white space between tokens, no escapes except those that JSON demands, and an empty string for a missing value.
    `published` is in UTC: 2025-03-04T00:30:00+00:00.
    """
    published = article.published.astimezone(timezone.utc).isoformat() if article.published else ""
    content = {
        "author": article.author, "body": article.body, "published": published, "source": article.source,
        "title": article.title, "url": article.url,
    }  # fmt: skip
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()


def digest(*parts: str) -> str:
    """Return a digest of these texts, 16 hexadecimal digits."""
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
