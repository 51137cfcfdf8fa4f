"""Index: what every backend can be asked.

The base class validates, fixes the order of ties and the meaning of a cursor once for all; a backend implements the
underscored methods. Order of an answer, first to last:

- relevance: whole matches, then those that only straddle words (see `searchkit.engines.scoring`), each by score,
  highest first; then near matches, by score. Ties by article id, ascending.
- newest, oldest: by published (no score is computed, it is 0), an article without a time last in both; ties by id,
  ascending; near matches after all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from pathlib import Path
from typing import TypeAlias

from searchkit.model.article import Article
from searchkit.model.results import SORTS, Sort
from searchkit.query.tree import FIELD_NAMES, FieldName, Node

Key: TypeAlias = tuple[int, float, str]
"""Where a hit stands in the order of an answer: (tier, rank, id), ascending. Tier 0 whole, 1 straddling, 2 near;
rank is the negated score, or the time (negated for newest, infinity where there is none)."""


@dataclass(frozen=True, slots=True)
class Match:
    """One article that matches, and its place."""

    id: str
    score: float
    key: Key
    near: bool = False


@dataclass(frozen=True, slots=True)
class Matches:
    """A page of matches and how many match in all (near ones not among them). `more`: this is not the last page."""

    total: int
    page: tuple[Match, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as the index gets it: its `seq` is the record's sequence number of this state of it."""

    seq: int
    article: Article


@dataclass(frozen=True, slots=True)
class Step:
    """What one call of `Index.apply` takes in."""

    entries: Sequence[Entry]
    deleted: Sequence[str]
    covers: int


class Index(ABC):
    """A searchable index over articles, derived from the record and able to be made again from it."""

    timezone: tzinfo
    format: str = ""
    """The version of the files it writes; part of its settings."""

    # -- writing

    @abstractmethod
    def apply(
        self,
        entries: Iterable[Entry],
        deleted: Iterable[str] = (),
        *,
        covers: int,
        progress: Callable[[int], object] | None = None,
    ) -> None:
        """Take in `entries` (each replaces what has its id; of two with one id the higher `seq` stays), drop `deleted`.

        One atomic step: afterwards `covers` is the given number. If it fails, the index is as before. `progress` is
        told how many entries have been analysed.
        """

    def apply_all(self, steps: Iterable[Step], progress: Callable[[int], object] | None = None) -> None:
        """Apply several steps in their order; each is atomic by itself.

        A step may be asked for before the one before it is in: if something goes wrong in between, `covers` says how
        far it went. `progress` is told how many entries of all steps have been analysed.
        """
        done = 0
        for step in steps:
            self.apply(step.entries, step.deleted, covers=step.covers)
            done += len(step.entries)
            if progress:
                progress(done)

    @property
    @abstractmethod
    def covers(self) -> int:
        """The sequence number up to which the record is in the index; 0 for a new one."""

    def optimize(self) -> int:
        """Arrange the index for the fastest answers; in how many parts it was. Nothing to do for most backends."""
        return 1

    @abstractmethod
    def clear(self) -> None:
        """Drop everything, settings included; `covers` is 0 again."""

    # -- asking

    def search(
        self,
        query: Node,
        *,
        limit: int = 10,
        after: Key | None = None,
        sort: Sort = "relevance",
        near: bool = True,
    ) -> Matches:
        """The `limit` best matches that stand after the key `after`, and how many match.

        With `near`, and where fewer than `limit` match, near matches fill the page.
        """
        if limit < 0:
            raise ValueError(f"limit must be 0 or more, not {limit}")
        if sort not in SORTS:
            raise ValueError(f"sort must be one of {', '.join(SORTS)}, not {sort!r}")
        return self._search(query, limit, after, sort, near)

    @abstractmethod
    def _search(self, query: Node, limit: int, after: Key | None, sort: Sort, near: bool) -> Matches: ...

    @abstractmethod
    def count(self, query: Node) -> int:
        """How many articles match."""

    @abstractmethod
    def ids(self, query: Node) -> Sequence[str]:
        """The ids of all matches, ascending."""

    @abstractmethod
    def days(self, query: Node) -> Mapping[date | None, int]:
        """Matches per day of the archive's zone; None: those without a time. Days without a match are left out."""

    def facets(self, query: Node, fields: Sequence[FieldName]) -> Mapping[FieldName, Mapping[str, int]]:
        """Matches per value of each field, values as printed; "" counts the matches without a value."""
        for name in fields:
            if name not in FIELD_NAMES:
                raise ValueError(f"no field {name!r}; there are {', '.join(FIELD_NAMES)}")
        return self._facets(query, fields)

    @abstractmethod
    def _facets(self, query: Node, fields: Sequence[FieldName]) -> Mapping[FieldName, Mapping[str, int]]: ...

    @abstractmethod
    def explain(self, query: Node, id: str) -> Mapping[str, float]:
        """What the parts of the score of one match are: `words:芯片` -> 3.2, `grams:芯片`, `proximity`."""

    @abstractmethod
    def __len__(self) -> int:
        """Articles in the index."""

    @abstractmethod
    def all_ids(self) -> Iterator[str]:
        """Every id in the index, in no order; for comparing it with the record."""

    # -- care

    @abstractmethod
    def verify(self) -> Sequence[str]:
        """What is wrong with the index's files, a sentence each; empty if nothing is."""

    def copy_to(self, folder: Path) -> None:  # noqa: B027  # most backends keep no files
        """Copy the state of now into an empty folder, on disk when this returns. Nothing to do without files."""

    @abstractmethod
    def size(self) -> int:
        """Bytes on disk."""

    @property
    @abstractmethod
    def settings(self) -> Mapping[str, str]:
        """What the index was made with: analysis fingerprint, format, time zone. Empty for a new one."""

    @abstractmethod
    def close(self) -> None:
        """Let go of files. Twice is fine."""
