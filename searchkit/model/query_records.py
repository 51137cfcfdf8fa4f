"""Query records: a question with the ids and content hashes of its answer, so that another person can ask it again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from searchkit.errors import UsageError
from searchkit.language.messages import Message

SCHEMA: Final = "searchkit.record/1"


@dataclass(frozen=True, slots=True)
class QueryRecord:
    """A question to an archive and its whole answer, at one time.

    Attributes:
        query: as typed.
        options: the conditions beside it, as keyword arguments of `Archive.search`; days as they were given.
        today: the day from which relative dates were counted. A replay counts from the same day.
        canonical: the query as it was understood, with its aliases.
        since, until: the days asked for, as resolved; None for no bound.
        timezone: the zone that decides where a day begins.
        aliases: whether other names were looked for; `names` are those that were: (typed, others).
        versions: of searchkit, and of everything that decides on the terms of a text (`dictionary` is the user's).
        made: when the question was asked, in UTC.
        index_behind: changes acknowledged but not searchable at that time; 0 for a complete answer.
        articles: the SHA-256 of each matching article's content (`searchkit.content_hash`), by id, ascending.
    """

    query: str
    options: Mapping[str, Any] = field(hash=False)
    today: date
    canonical: str
    since: date | None
    until: date | None
    timezone: str
    aliases: bool
    names: tuple[tuple[str, tuple[str, ...]], ...]
    versions: Mapping[str, str] = field(hash=False)
    made: datetime
    index_behind: int
    articles: Mapping[str, str] = field(hash=False)

    @property
    def total(self) -> int:
        """The number of articles that match."""
        return len(self.articles)

    @property
    def ids_sha256(self) -> str:
        """The SHA-256 of the ids in ascending order, each followed by a newline."""
        return _sha256("".join(f"{id}\n" for id in sorted(self.articles)))

    @property
    def contents_sha256(self) -> str:
        """The SHA-256 of the lines `ID HASH`, by ascending id, each followed by a newline."""
        return _sha256("".join(f"{id} {self.articles[id]}\n" for id in sorted(self.articles)))

    def to_json(self) -> dict[str, Any]:
        """Return the record as a JSON object, a `searchkit.record/1`."""
        return {
            "schema": SCHEMA,
            "query": self.query,
            "canonical": self.canonical,
            "options": dict(self.options),
            "today": self.today.isoformat(),
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "timezone": self.timezone,
            "aliases": {
                "on": self.aliases,
                "used": [{"typed": typed, "also": list(also)} for typed, also in self.names],
            },
            "versions": dict(self.versions),
            "made": self.made.isoformat(),
            "index_behind": self.index_behind,
            "total": self.total,
            "ids_sha256": self.ids_sha256,
            "contents_sha256": self.contents_sha256,
            "articles": dict(self.articles),
        }

    @classmethod
    def from_json(cls, given: object) -> QueryRecord:
        """Return the record that `to_json` wrote.

        Raises:
            UsageError: it is no such record, or its articles are not those that its hashes were taken of.
        """
        if not isinstance(given, Mapping) or given.get("schema") != SCHEMA:
            raise UsageError("this is no query record", hint="archive.record(query).to_json() makes one")
        try:
            record = cls(
                query=_text(given["query"]),
                options={str(name): value for name, value in given["options"].items()},
                today=date.fromisoformat(given["today"]),
                canonical=_text(given["canonical"]),
                since=_day(given["since"]),
                until=_day(given["until"]),
                timezone=_text(given["timezone"]),
                aliases=bool(given["aliases"]["on"]),
                names=tuple(
                    (_text(each["typed"]), tuple(map(_text, each["also"]))) for each in given["aliases"]["used"]
                ),
                versions={_text(name): _text(value) for name, value in given["versions"].items()},
                made=datetime.fromisoformat(given["made"]),
                index_behind=int(given["index_behind"]),
                articles={_text(id): _text(hash) for id, hash in given["articles"].items()},
            )
            if record.made.tzinfo is None:
                raise ValueError("made has no time zone")
            told = (given["total"], given["ids_sha256"], given["contents_sha256"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError(
                Message("the query record is incomplete or damaged: {reason}", reason=str(error)[:80]),
                hint="make it again",
            ) from error
        if told != (record.total, record.ids_sha256, record.contents_sha256):
            raise UsageError(
                "the query record was changed: its articles do not fit its hashes", hint="use the original file"
            )
        return record


@dataclass(frozen=True, slots=True)
class Replay:
    """What has changed since a query record was made. True if the answer differs.

    Attributes:
        before, now: the record, and the record of the same question today.
        came: ids that match now and did not, ascending.
        went: ids that matched and no longer do, ascending; `deleted` are those among them that the archive lacks.
        corrected: ids that match now as before, with another content, ascending.
    """

    before: QueryRecord
    now: QueryRecord
    came: tuple[str, ...]
    went: tuple[str, ...]
    deleted: tuple[str, ...]
    corrected: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.came or self.went or self.corrected)

    @property
    def circumstances(self) -> tuple[tuple[str, str, str], ...]:
        """What else differs, and may be the reason: name, then, now. Versions, the zone, and how the query was read."""
        then, now = (
            {"canonical": each.canonical, "timezone": each.timezone, **each.versions}
            for each in (self.before, self.now)
        )
        names = dict.fromkeys([*then, *now])
        return tuple(
            (name, then.get(name, ""), now.get(name, "")) for name in names if then.get(name, "") != now.get(name, "")
        )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{str(value)[:40]} is no text")
    return value


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(_text(value))
