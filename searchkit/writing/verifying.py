"""Verifying an archive, and repairing what is derived: the index and the families of reprints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from searchkit.engines.index import Entry
from searchkit.errors import Damaged, IndexOutdated
from searchkit.language.messages import Message, plural
from searchkit.model.reports import Verification
from searchkit.reprints.families import Families
from searchkit.storage.articles import TOGETHER
from searchkit.storage.record import Record
from searchkit.writing.catching_up import Progress
from searchkit.writing.sync import Sync

_NAMED = 20
"""Problems of one kind that `verify` names, at most."""


@dataclass(slots=True)
class _Found:
    """What was found.

    Attributes:
        record, index: the problems of each.
        is_index_broken: whether the index has to be made anew.
        lacking, stale, gone: the ids that the index lacks, has in another state, and has although they are deleted.
        families: the ids that are in another family than their texts say.
    """

    record: list[str] = field(default_factory=list)
    index: list[str] = field(default_factory=list)
    is_index_broken: bool = False
    lacking: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    families: list[str] = field(default_factory=list)
    checked: tuple[str, ...] = ("record", "index")
    held: int = 0
    indexed: int = 0
    behind: int = 0

    @property
    def differs(self) -> bool:
        """Whether the index differs from the record."""
        return bool(self.lacking or self.stale or self.gone)

    def report(self) -> Verification:
        """Return what is told of it."""
        problems = [
            *self.record,
            *self.index,
            *_named("is in the record but not in the index", self.lacking),
            *_named("is in the index in another state than in the record", self.stale),
            *_named("is in the index but not in the record", self.gone),
            *_named("is not in the family of reprints that its text belongs to", self.families),
        ]
        return Verification(self.checked, tuple(problems), self.held, self.indexed, self.behind)


class Verifying:
    """Checks an archive."""

    def __init__(self, store: Record, sync: Sync, families: Families) -> None:
        self._store = store
        self._sync = sync
        self._families = families

    def run(self, progress: Progress | None, *, repair: bool) -> Verification:
        """Return what is found; with `repair`, what is still found when it has been repaired."""
        found = self._look(progress)
        told = found.report()
        if not repair or told.ok:
            return told
        repaired = [*self._repaired(found, progress)]
        again = self._look(progress)
        if again.differs:  # the index refuses what is older than what it has
            repaired.append(self._rebuilt(progress))
            again = self._look(progress)
        return replace(again.report(), repaired=tuple(repaired))

    # -- looking

    def _look(self, progress: Progress | None) -> _Found:
        index = self._sync.index  # outside the checks: ArchiveClosed is no problem of the archive
        told = progress or (lambda stage, done, total: None)
        found = _Found()
        told("record", 0, 4)
        found.record = list(self._store.verify())
        told("index", 1, 4)
        try:
            found.index = list(index.verify())
        except (Damaged, IndexOutdated) as error:  # what the operating system refuses says nothing of the archive
            found.index = [error.message]
        found.is_index_broken = bool(found.index) and not index.mends_itself
        if found.is_index_broken or (found.record and self._store.atomic):
            found.held = len(self._store)
            return found
        told("comparing", 2, 4)
        found.checked = ("record", "index", "index against record")
        try:
            self._compare(found)
        except Damaged as error:
            found.record.append(error.message)
        except IndexOutdated as error:
            found.index.append(error.message)
            found.is_index_broken = True
        else:
            told("reprints", 3, 4)
            found.checked = (*found.checked, "reprints")
            found.families = self._families.differing()
        return found

    def _compare(self, found: _Found) -> None:
        # The index first: others may go on writing, and the record is always ahead of the index.
        try:
            with self._sync.reading() as (snapshot, _):
                covers, indexed = snapshot.covers, snapshot.sequence_numbers()
        except Damaged as error:
            raise IndexOutdated(error.message) from error
        record = self._store.sequence_numbers()
        deleted = self._store.deleted_since(covers)
        found.held, found.indexed, found.behind = len(record), len(indexed), self._store.pending(covers)
        found.lacking = [id for id, seq in record.items() if seq <= covers and id not in indexed]
        found.stale = [id for id, seq in record.items() if seq <= covers and indexed.get(id, 0) not in (0, seq)]
        found.gone = [id for id in indexed if id not in record and id not in deleted]

    # -- repairing

    def _repaired(self, found: _Found, progress: Progress | None) -> Iterator[str]:
        with self._sync.writing(alone=True):
            if found.record:
                yield from self._store.repair()
            if not found.is_index_broken:
                self._sync.level(progress)
                found = self._look(progress)  # while nobody else writes
            if found.differs and not found.is_index_broken:
                yield from self._mended(found)
            if found.families and not found.is_index_broken:
                self._sync.make_families(progress)
                yield Message("the families of reprints were made anew")
        if found.is_index_broken:
            yield self._rebuilt(progress)

    def _mended(self, found: _Found) -> Iterator[str]:
        """Give the index what differs, as it is now in the record."""
        numbers = self._store.sequence_numbers()
        self._sync.mend(self._entries([*found.lacking, *found.stale], numbers), found.gone)
        if given := len(found.lacking) + len(found.stale):
            yield plural(
                "{number:,} article was given to the index", "{number:,} articles were given to the index", given
            )
        if found.gone:
            yield plural(
                "{number:,} article was taken out of the index",
                "{number:,} articles were taken out of the index",
                len(found.gone),
            )

    def _entries(self, ids: list[str], numbers: Mapping[str, int]) -> Iterator[Entry]:
        for start in range(0, len(ids), TOGETHER):
            for id, article in self._store.get_many(ids[start : start + TOGETHER]).items():
                if id in numbers:
                    yield Entry(numbers[id], article)

    def _rebuilt(self, progress: Progress | None) -> str:
        self._sync.rebuild(progress)
        return Message("the index and the families of reprints were made anew")


def _named(problem: str, ids: Iterable[str]) -> list[str]:
    return [Message("{id} {problem}", id=id, problem=Message(problem)) for id in sorted(ids)[:_NAMED]]
