"""Index: the interface of every engine. Writing and maintenance are here; questions are put to a `Snapshot`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, tzinfo
from pathlib import Path
from typing import ClassVar

from searchkit.engines.snapshot import Key, Matches, Snapshot
from searchkit.model.article import Article
from searchkit.model.fields import FieldName
from searchkit.model.results import Recent, Sort
from searchkit.query.tree import Node


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as passed to the index; `seq` is the record's sequence number of this state."""

    seq: int
    article: Article


@dataclass(frozen=True, slots=True)
class Step:
    """The input of one call of `Index.apply`."""

    entries: Sequence[Entry]
    deleted: Sequence[str]
    covers: int


class Index(ABC):
    """A searchable index of articles, derived from the record; it can be rebuilt from the record."""

    timezone: tzinfo
    format: str = ""
    """The version of the files that it writes; part of its settings."""
    mends_itself: ClassVar[bool] = False
    """Whether what `verify` tells of its files goes away by itself, so that it need not be made anew."""

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
        """Add `entries`, each replacing the entry with its id, and remove `deleted`, in one atomic step.

        Of two entries with one id the higher `seq` wins. Afterwards `covers` is the given number; on failure the index
        is unchanged. `progress` is called with the number of entries analysed.
        """

    def apply_all(self, steps: Iterable[Step], progress: Callable[[int], object] | None = None) -> None:
        """Apply several steps in order; each is atomic by itself.

        A step may be taken from `steps` before its predecessor is committed: after a failure, `covers` says how far it
        got. `progress` is called with the number of entries analysed, of all steps together.
        """
        done = 0
        for step in steps:
            self.apply(step.entries, step.deleted, covers=step.covers)
            done += len(step.entries)
            if progress:
                progress(done)

    def mend(self, entries: Iterable[Entry], deleted: Iterable[str], *, covers: int) -> None:
        """Do the same where the index has something else than the record: also in place of what has a higher `seq`.

        Args:
            covers: what it covers already.
        """
        self.apply(entries, deleted, covers=covers)

    def note(self, name: str, value: str) -> None:  # noqa: B027  # an engine without files has no other record to meet
        """Keep a setting with every commit from now on, beside what the index is made with."""

    def optimize(self) -> int:
        """Rearrange the index for the fastest answers. Returns: the number of parts before."""
        return 1

    @contextmanager
    def rebuilding(self) -> Iterator[Index]:
        """Provide an index without documents, to which everything is then given anew; at the end it is this one.

        What is asked meanwhile may have an answer from what is there already, unless the engine has room for both.
        """
        self.clear()
        yield self

    @abstractmethod
    def clear(self) -> None:
        """Remove everything, settings included; `covers` is 0 again."""

    # -- asking

    @abstractmethod
    def snapshot(self) -> Snapshot:
        """Return the newest generation; the caller closes it."""

    @property
    def covers(self) -> int:
        """The sequence number up to which the record is in the index; 0 for a new one."""
        with self.snapshot() as snapshot:
            return snapshot.covers

    @property
    def settings(self) -> Mapping[str, str]:
        """The settings that the index was made with; see `Snapshot.settings`."""
        with self.snapshot() as snapshot:
            return snapshot.settings

    def standing(self) -> tuple[int, Mapping[str, str]]:
        """Return `covers` and `settings`, of one generation."""
        with self.snapshot() as snapshot:
            return snapshot.covers, snapshot.settings

    def search(
        self,
        query: Node,
        *,
        limit: int = 10,
        after: Key | None = None,
        sort: Sort = "relevance",
        near: bool = True,
        recent: Recent | None = None,
    ) -> Matches:
        """See `Snapshot.search`."""
        with self.snapshot() as snapshot:
            return snapshot.search(query, limit=limit, after=after, sort=sort, near=near, recent=recent)

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

    def explain(self, query: Node, id: str, recent: Recent | None = None) -> Mapping[str, float]:
        """See `Snapshot.explain`."""
        with self.snapshot() as snapshot:
            return snapshot.explain(query, id, recent)

    def __len__(self) -> int:
        with self.snapshot() as snapshot:
            return len(snapshot)

    # -- maintenance

    @abstractmethod
    def verify(self) -> Sequence[str]:
        """Return a sentence for each problem of the index's files; empty if they are as written.

        Neither questions nor writers wait for it.
        """

    def copy_to(self, folder: Path) -> None:  # noqa: B027  # most backends keep no files
        """Copy the newest generation, if it has files, into an empty folder. The copy is on disk when this returns."""

    @abstractmethod
    def size(self) -> int:
        """Return the size on disk in bytes."""

    @abstractmethod
    def close(self) -> None:
        """Release all files. Safe to call twice."""
