"""Index: what every engine does. Writing and care are here; every question is asked of a `Snapshot`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from pathlib import Path

from searchkit.engines.snapshot import Key, Matches, Snapshot
from searchkit.model.article import Article
from searchkit.model.fields import FieldName
from searchkit.model.results import Sort
from searchkit.query.tree import Node


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

    def note(self, name: str, value: str) -> None:  # noqa: B027  # an engine without files has no other record to meet
        """Keep a setting with every commit from now on, beside what the index is made with."""

    def optimize(self) -> int:
        """Arrange the index for the fastest answers. Return the number of parts it had."""
        return 1

    @abstractmethod
    def clear(self) -> None:
        """Drop everything, settings included; `covers` is 0 again."""

    # -- asking

    @abstractmethod
    def snapshot(self) -> Snapshot:
        """Return the newest generation, to be asked and to be closed."""

    @property
    def covers(self) -> int:
        """The sequence number up to which the record is in the index; 0 for a new one."""
        with self.snapshot() as snapshot:
            return snapshot.covers

    @property
    def settings(self) -> Mapping[str, str]:
        """What the index was made with; see `Snapshot.settings`."""
        with self.snapshot() as snapshot:
            return snapshot.settings

    def search(
        self,
        query: Node,
        *,
        limit: int = 10,
        after: Key | None = None,
        sort: Sort = "relevance",
        near: bool = True,
    ) -> Matches:
        """See `Snapshot.search`."""
        with self.snapshot() as snapshot:
            return snapshot.search(query, limit=limit, after=after, sort=sort, near=near)

    def count(self, query: Node) -> int:
        """See `Snapshot.count`."""
        with self.snapshot() as snapshot:
            return snapshot.count(query)

    def ids(self, query: Node) -> Sequence[str]:
        """See `Snapshot.ids`."""
        with self.snapshot() as snapshot:
            return snapshot.ids(query)

    def days(self, query: Node) -> Mapping[date | None, int]:
        """See `Snapshot.days`."""
        with self.snapshot() as snapshot:
            return snapshot.days(query)

    def facets(self, query: Node, fields: Sequence[FieldName]) -> Mapping[FieldName, Mapping[str, int]]:
        """See `Snapshot.facets`."""
        with self.snapshot() as snapshot:
            return snapshot.facets(query, fields)

    def explain(self, query: Node, id: str) -> Mapping[str, float]:
        """See `Snapshot.explain`."""
        with self.snapshot() as snapshot:
            return snapshot.explain(query, id)

    def __len__(self) -> int:
        with self.snapshot() as snapshot:
            return len(snapshot)

    # -- care

    @abstractmethod
    def verify(self) -> Sequence[str]:
        """Return a sentence for each problem of the index's files; none if they are what was written.

        No question waits for it, and no writer.
        """

    def copy_to(self, folder: Path) -> None:  # noqa: B027  # most backends keep no files
        """Copy the newest generation into an empty folder, on disk when this returns. Nothing to do without files."""

    @abstractmethod
    def size(self) -> int:
        """Bytes on disk."""

    @abstractmethod
    def close(self) -> None:
        """Release all files. Safe to call twice."""
