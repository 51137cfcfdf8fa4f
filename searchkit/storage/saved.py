"""The searches that are kept under a name, in the record: what each asks, and what had been seen of it.

A row holds the question as it was typed, the sequence number up to which its changes were seen, and a hash of the id
of each article that matched then: eight bytes each. That is enough to tell all news: a change has a higher sequence
number, and the record says of which article; the hashes say whether that article had matched.
"""

from __future__ import annotations

import hashlib
import json
import sys
from array import array
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from searchkit.errors import Damaged, UsageError
from searchkit.language.messages import Message
from searchkit.storage.schema import COLUMNS, sum_of, summed
from searchkit.storage.store import Store

MOST_MATCHES = 8_000_000
"""The most matches that are remembered of one search: 64 MB."""

_COLUMNS = "name, recorded, question, looked, upto, matched"
_TOGETHER = 500
_SPARSE = 5_000
"""Up to so many ids are looked up one by one; more are met soon enough when all articles are read."""


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A row of the table `saved`.

    Attributes:
        question: what `json.loads` made of the stored question: any JSON object.
        recorded, looked: when it was saved, and when its news were last marked as seen; in UTC.
        upto: the sequence number of the last change that was seen then.
        matched: the hashes of the ids that matched then.
    """

    name: str
    recorded: datetime
    question: dict[str, Any]
    looked: datetime
    upto: int
    matched: frozenset[int]


class SavedRows:
    """The table `saved` of a record. What changes it is to be called under the writer's lock.

    All methods raise the errors of `Store`; those that read raise Damaged for a row that does not fit its sum, or has
    what this program does not write.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def names(self) -> list[str]:
        """Return the names of all saved searches, ascending."""
        return [row[0] for row in self._store.select("SELECT name FROM saved ORDER BY name")]

    def get(self, name: str) -> SavedRow | None:
        """Return the search of this name; None if there is none."""
        found = self._store.select(f"SELECT {_COLUMNS}, sum FROM saved WHERE name = ?", name)
        return self._row(found[0]) if found else None

    def add(self, name: str, question: dict[str, Any], upto: int, ids: Collection[str]) -> None:
        """Save a search, in place of one of this name. `ids` match it, in the state of the change `upto`.

        Raises: UsageError for a question that is too long, or for more than MOST_MATCHES.
        """
        now = _now()
        text = json.dumps(question, ensure_ascii=False, sort_keys=True)
        if len(text) > COLUMNS["question"].most:
            raise UsageError(
                "the query is too long to be saved",
                hint=Message("at most {most:,} characters", most=COLUMNS["question"].most),
            )
        row = summed(name, now, text, now, upto, hashes(ids))
        self._store.execute("INSERT OR REPLACE INTO saved VALUES (?, ?, ?, ?, ?, ?, ?)", *row)

    def mark(self, name: str, recorded: datetime, upto: int, ids: Collection[str]) -> bool:
        """Note what has been seen of a search.

        Args:
            recorded: when the search was saved whose news these are.
            upto: the last change that was seen.
            ids: what matches in the state of that change.

        Returns:
            False if nothing was noted: another process has noted a later state, or has removed or replaced the search.
        """
        with self._store.transaction():
            held = self.get(name)
            if held is None or held.recorded != recorded or held.upto > upto:
                return False
            matched, now = hashes(ids), _now()
            [(since, question)] = self._store.select("SELECT recorded, question FROM saved WHERE name = ?", name)
            self._store.execute(
                "UPDATE saved SET looked = ?, upto = ?, matched = ?, sum = ? WHERE name = ?",
                now, upto, matched, sum_of(name, since, question, now, upto, matched), name,
            )  # fmt: skip
        return True

    def remove(self, name: str) -> bool:
        """Remove a saved search. Returns: False if there is none of this name."""
        with self._store.transaction():
            found = bool(self._store.select("SELECT 1 FROM saved WHERE name = ?", name))
            self._store.execute("DELETE FROM saved WHERE name = ?", name)
        return found

    def changed_since(self, after: int) -> tuple[dict[str, int], set[str]]:
        """Return the articles that were added or changed after a sequence number, and those that were deleted.

        An article that was deleted and came again is among the first only.

        Returns:
            The sequence number of each changed article, by id; the ids that are gone.
        """
        changed = dict(self._store.select("SELECT id, seq FROM articles WHERE seq > ?", after))
        return changed, {id for id in self._store.deleted_since(after) if id not in changed}

    def latest(self, ids: Collection[str], limit: int) -> list[tuple[str, datetime]]:
        """Return those of `ids` that came in or changed last, the last first, with the time of that in UTC."""
        if len(ids) <= _SPARSE:
            rows: list[Any] = []
            wanted = list(ids)
            for start in range(0, len(wanted), _TOGETHER):
                part = wanted[start : start + _TOGETHER]
                marks = ",".join("?" * len(part))
                rows += self._store.select(f"SELECT seq, id, recorded FROM articles WHERE id IN ({marks})", *part)
            rows.sort(reverse=True)
            return [(id, self._time(when)) for _, id, when in rows[:limit]]
        among, found, before = frozenset(ids), list[tuple[str, datetime]](), 1 << 62
        sql = "SELECT seq, id, recorded FROM articles WHERE seq < ? ORDER BY seq DESC LIMIT ?"
        while len(found) < limit and (rows := self._store.select(sql, before, _TOGETHER)):
            found += [(id, self._time(when)) for _, id, when in rows if id in among]
            before = rows[-1][0]
        return found[:limit]

    def _row(self, row: Any) -> SavedRow:
        name, recorded, question, looked, upto, matched, held = row
        if not isinstance(name, str) or sum_of(name, recorded, question, looked, upto, matched) != held:
            raise self._damaged(name, "does not fit its sum")
        try:
            asked = json.loads(question)
        except (ValueError, RecursionError) as error:
            raise self._damaged(name, "has no question") from error
        if not isinstance(asked, dict):
            raise self._damaged(name, "has no question")
        return SavedRow(name, self._time(recorded), asked, self._time(looked), upto, frozenset(_numbers(matched)))

    def _time(self, text: str) -> datetime:
        try:
            return datetime.fromisoformat(text).astimezone(timezone.utc)
        except (ValueError, OverflowError) as error:
            raise Damaged(
                Message("{path} is damaged: a time in it is none", path=self._store.path), code="record-damaged"
            ) from error

    def _damaged(self, name: object, what: str) -> Damaged:
        return Damaged(
            Message(
                "the saved search {name} in {path} {what}",
                name=str(name)[:80],
                path=self._store.path,
                what=Message(what),
            ),
            hint="archive.saved.remove(name), and save it again",
            code="saved-damaged",
            name=str(name)[:80],
        )


def hash_of(id: str) -> int:
    """Return the hash of an id, of 64 bits."""
    return int.from_bytes(hashlib.blake2b(id.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def hashes(ids: Collection[str]) -> bytes:
    """Return the hashes of ids as they are stored. Raises: UsageError for more than MOST_MATCHES."""
    if len(ids) > MOST_MATCHES:
        raise UsageError(
            Message(
                "a saved search can have {most_matches:,} matches, and this one has {count:,}",
                most_matches=MOST_MATCHES,
                count=len(ids),
            ),
            hint="narrow it, to the days of a year, say",
        )
    return _little(array("Q", sorted(map(hash_of, ids)))).tobytes()


def _numbers(stored: bytes) -> Iterable[int]:
    return _little(array("Q", stored))


def _little(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="microseconds")
