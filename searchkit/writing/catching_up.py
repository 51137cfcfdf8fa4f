"""Catching up: the changes of the record that the index lacks, as the steps that the index takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from searchkit.engines.index import Entry, Index, Step
from searchkit.reprints.families import Families
from searchkit.storage.changes import Change
from searchkit.storage.record import Record
from searchkit.writing.sync import LINEAGE

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with the stage of the work, the amount done, and the total amount (0 if unknown)."""

STEP = 20_000
"""Changes indexed together; bounds memory."""


class CatchingUp:
    """One run that brings an index level with the record. Needs to be the only one.

    Args:
        check: called before each step; raises an error where this is not the only one any more.

    Attributes:
        covers: the last sequence number handed out. The index may be behind it, since steps overlap.
        total: the number of changes of the run; 0 while articles are still being read.
    """

    def __init__(
        self, store: Record, families: Families, index: Index, progress: Progress | None, *, check: Callable[[], None]
    ) -> None:
        self.covers = index.covers
        self.total = 0
        self._begun_at = self.covers
        self._store = store
        self._families = families
        self._index = index
        self._progress = progress
        self._check = check

    def run(self, taken: Iterable[None] = ()) -> int:
        """Index all changes, including those that `taken` makes on the way.

        The first articles acknowledged are analysed while the rest are still being read.

        Returns:
            The number of changes indexed.
        """
        self._check()
        self._families.catch_up(self.covers, STEP, self._progress)
        self._index.apply_all(self._steps(taken), self._told)
        return self.total

    def _steps(self, taken: Iterable[None]) -> Iterator[Step]:
        # No part of a step is kept here while the next articles are read.
        for _ in taken:
            if self._store.last_seq() - self.covers >= STEP:
                yield self._next()
        self.total = self._store.pending(self._begun_at)
        while self._store.last_seq() > self.covers:
            yield self._next()

    def _next(self) -> Step:
        """Return the next changes, and update the families of reprints with them."""
        self._check()
        settled = self._store.last_seq()
        changes = self._store.changes(self.covers, STEP, settled)
        covers = changes[-1].seq if changes else settled
        self._families.take(changes, covers)
        deleted = [change.id for change in changes if change.article is None]
        step = Step(list(entries(changes)), deleted, covers)
        self.covers = step.covers
        self._index.note(LINEAGE, self._store.lineage())
        return step

    def _told(self, done: int) -> None:
        if self._progress and self.total:
            self._progress("indexing", done, self.total)


def entries(changes: Sequence[Change]) -> Iterator[Entry]:
    """Yield the articles among some changes, as the index takes them."""
    return (Entry(change.seq, change.article) for change in changes if change.article is not None)
