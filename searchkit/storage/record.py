"""The record: every article, its revisions and all that is kept with them; what whoever keeps it must be able to do.

The index is derived from the record and can be made again at any time. `searchkit.storage.sqlite` keeps the record in a
file; `searchkit.storage.memory` is the reference. `tests/contract/test_record.py` holds every implementation to what is
promised here and in `articles`, `changes`, `origins`, `saved`, `settings` and `sketches`: no more than their callers
need, for a cluster of machines has to be able to keep it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, ClassVar

from searchkit.storage.articles import Articles
from searchkit.storage.changes import Changes
from searchkit.storage.settings import Settings

if TYPE_CHECKING:
    from searchkit.storage.origins import Origins
    from searchkit.storage.saved import SavedSearches
    from searchkit.storage.sketches import Sketches


@dataclass(frozen=True, slots=True)
class Run:
    """An ingest, as the log of runs has it.

    Attributes:
        finished: when, in UTC, to the second.
        given: the paths that were to be read.
    """

    finished: datetime
    given: tuple[str, ...]
    added: int
    updated: int
    unchanged: int
    rejected: int


class Record(Settings, Changes, Articles, ABC):
    """The record of an archive. Safe to use from several threads.

    A method that writes returns when its writes are acknowledged: they survive the death of the process, and a power
    cut. Each is visible to the same thread from then on. Others, in other threads and processes, see it once the
    surrounding transaction ends: what is asked for by id, and `changes`, at once; what is found otherwise (lists,
    counts, `children`, what is below a folder) perhaps a moment later. What is asked in several calls may be of several
    moments.

    Every method raises ArchiveClosed after `close`, Damaged if the record is damaged, Locked if it is held by another
    program, and ArchiveError with the reason if it cannot be reached.

    Attributes:
        atomic: whether a transaction is all or nothing.
    """

    atomic: ClassVar[bool] = True

    @property
    @abstractmethod
    def where(self) -> str:
        """Where the record is, for messages."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Acknowledge all writes of this thread inside together, at the end.

        If the record is `atomic`, either all of them are there afterwards or none, and until then nobody else sees any.
        Otherwise this is a hint that they may be sent together: they take effect in the order in which they were made,
        and where it ends with an error, the first so many of them may be there. So callers write in an order in which
        every beginning is a sound state, and can repeat the whole.

        Within another transaction of the thread it is a part of that.
        """

    # -- what is kept beside the articles

    @property
    @abstractmethod
    def origins(self) -> Origins:
        """The files that articles were read from."""

    @property
    @abstractmethod
    def sketches(self) -> Sketches:
        """The sketches of articles, and the families of reprints."""

    @property
    @abstractmethod
    def saved(self) -> SavedSearches:
        """The searches that are kept under a name."""

    def log_run(self, given: Sequence[str], added: int, updated: int, unchanged: int, rejected: int) -> None:
        """Add an ingest that ends now to the log of runs."""
        now = datetime.now(timezone.utc).replace(microsecond=0)
        self.add_run(Run(now, tuple(given), added, updated, unchanged, rejected))

    @abstractmethod
    def add_run(self, run: Run) -> None:
        """Add an ingest to the log of runs."""

    @abstractmethod
    def runs(self) -> tuple[Run, ...]:
        """Return the log of runs, in the order in which they were added."""

    # -- care

    @abstractmethod
    def verify(self) -> list[str]:
        """Return what is wrong with the record, each problem as a sentence; empty if all is intact."""

    def repair(self) -> list[str]:
        """Remove what is left of what was broken off, where `verify` tells it; nobody else may write meanwhile.

        No state of an article that is there changes. What is damaged stays as it is.

        Returns:
            What was done, each thing as a sentence.
        """
        self.require_open()
        return []

    @abstractmethod
    def size(self) -> int:
        """Return the size on disk in bytes."""

    @abstractmethod
    def close(self) -> None:
        """Release what is held. Safe to call twice, from any thread, and while others read: they get ArchiveClosed."""
