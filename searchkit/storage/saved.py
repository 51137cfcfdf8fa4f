"""The searches that are kept under a name, in the record: what each asks, and what had been seen of it.

Kept are the question as it was typed, the sequence number up to which its changes were seen, and a hash of the id of
each article that matched then: eight bytes each. That is enough to tell all news: a change has a higher sequence
number, and the record says of which article; the hashes say whether that article had matched.
"""

from __future__ import annotations

import hashlib
import json
import sys
from abc import ABC, abstractmethod
from array import array
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from searchkit.errors import Damaged, UsageError
from searchkit.language.messages import Message

MOST_MATCHES = 8_000_000
"""The most matches that are remembered of one search: 64 MB."""

MOST_CHARACTERS = 1_000_000
"""The longest question that is kept, as JSON."""


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A saved search, as the record has it.

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


class SavedSearches(ABC):
    """The saved searches of a record. What changes them is to be called under the writer's lock.

    All methods raise the errors of `searchkit.storage.record.Record`; those that read raise Damaged for a search that
    has what this program does not write.
    """

    @abstractmethod
    def names(self) -> list[str]:
        """Return the names of all saved searches, ascending."""

    @abstractmethod
    def get(self, name: str) -> SavedRow | None:
        """Return the search of this name; None if there is none."""

    @abstractmethod
    def add(self, name: str, question: dict[str, Any], upto: int, ids: Collection[str]) -> None:
        """Save a search, in place of one of this name. `ids` match it, in the state of the change `upto`.

        Raises: UsageError for a question that is too long, or for more than MOST_MATCHES.
        """

    @abstractmethod
    def mark(self, name: str, recorded: datetime, upto: int, ids: Collection[str]) -> bool:
        """Note what has been seen of a search, in one step.

        Args:
            recorded: when the search was saved whose news these are.
            upto: the last change that was seen.
            ids: what matches in the state of that change.

        Returns:
            False if nothing was noted: another process has noted a later state, or has removed or replaced the search.
        """

    @abstractmethod
    def take_over(self, row: SavedRow) -> None:
        """Save a search of another record with its times and matches, in place of one of its name; for copies.

        Raises: UsageError as `add`.
        """

    @abstractmethod
    def remove(self, name: str) -> bool:
        """Remove a saved search, also one that is damaged. Returns: False if there is none of this name."""


def question_text(question: dict[str, Any]) -> str:
    """Return a question as it is stored. Raises: UsageError if it is too long."""
    text = json.dumps(question, ensure_ascii=False, sort_keys=True)
    if len(text) > MOST_CHARACTERS:
        raise UsageError(
            "the query is too long to be saved", hint=Message("at most {most:,} characters", most=MOST_CHARACTERS)
        )
    return text


def hash_of(id: str) -> int:
    """Return the hash of an id, of 64 bits."""
    return int.from_bytes(hashlib.blake2b(id.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def hashes(ids: Collection[str]) -> bytes:
    """Return the hashes of ids as they are stored: u64 little-endian, ascending.

    Raises: UsageError for more than MOST_MATCHES.
    """
    return stored({hash_of(id) for id in ids})


def stored(hashes: Collection[int]) -> bytes:
    """Return hashes as they are stored. Raises: UsageError for more than MOST_MATCHES."""
    if len(hashes) > MOST_MATCHES:
        raise UsageError(
            Message(
                "a saved search can have {most_matches:,} matches, and this one has {count:,}",
                most_matches=MOST_MATCHES,
                count=len(hashes),
            ),
            hint="narrow it, to the days of a year, say",
        )
    return _little(array("Q", sorted(hashes))).tobytes()


def matched(kept: bytes) -> frozenset[int]:
    """Return the hashes that `stored` made."""
    return frozenset(_little(array("Q", kept)))


def _little(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def damaged(name: object, what: str, where: str) -> Damaged:
    """Return the error for a saved search that has what this program does not write."""
    return Damaged(
        Message(
            "the saved search {name} in {path} {what}",
            name=str(name)[:80],
            path=where,
            what=Message(what),
        ),
        hint="archive.saved.remove(name), and save it again",
        code="saved-damaged",
        name=str(name)[:80],
    )


def now() -> datetime:
    """Return this moment in UTC, which names a saved search: to the microsecond."""
    return datetime.now(timezone.utc)
