"""Copying a record into another one: revisions, deletions, origins, runs, saved searches, the dictionary.

Articles go in the order of their last changes, so that what follows the changes of the copy (its index, the news of a
saved search) meets them in the order of the original. How far the copy got is a setting of the target that is written
after the articles it speaks of. So it may be broken off anywhere and called again: a part that is there already is met
once more and left as it is. Later it takes only what has changed since.

The target becomes as the source is. It has no life of its own: where others have changed its articles, nothing is
written. What is derived (families, the index) is made there, not copied.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from searchkit.errors import ArchiveError, UsageError
from searchkit.language.messages import Message
from searchkit.model.reports import Copied
from searchkit.storage.changes import Change
from searchkit.storage.record import Record
from searchkit.writing.catching_up import Progress
from searchkit.writing.comparing import compared, stray
from searchkit.writing.setup import DICTIONARY
from searchkit.writing.sync import BEFORE

COPIED = "copied"
"""The setting of the target."""
TOGETHER = 500
"""Changes that are copied together."""
PATIENCE = 150.0
"""Seconds to wait for changes of the source that are not settled: longer than the lease of a writer that has died."""
_ROUNDS = 5
"""So often the copy takes what others have changed in the source while it was compared."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a copy got.

    Attributes:
        lineage: a mark of the source.
        seq: the number of its last change that is in the target.
        upto: the highest number in the target then.
        saved: the names of the searches that were copied.
    """

    lineage: str = ""
    seq: int = 0
    upto: int = 0
    saved: tuple[str, ...] = ()

    @classmethod
    def read(cls, target: Record) -> Reached | None:
        """Return what the target says; None if it is no copy."""
        try:
            noted = json.loads(target.setting(COPIED) or "")
            return cls(str(noted["lineage"]), int(noted["seq"]), int(noted["upto"]), tuple(map(str, noted["saved"])))
        except (ValueError, TypeError, KeyError):
            return None

    def write(self, target: Record) -> None:
        """Let the target say so."""
        target.set_setting(COPIED, json.dumps(asdict(self), ensure_ascii=False))


def copy(
    source: Record,
    target: Record,
    progress: Progress | None = None,
    *,
    check: Callable[[], object] = lambda: None,
    pause: Callable[[float], object] = time.sleep,
) -> Copied:
    """Make a record as another one is, and compare them. Needs the right to write to the target.

    Others may go on writing to the source.

    Args:
        target: a new record, or one into which an earlier state of the source was copied, all of it or in part.
        check: called before each part is written; raises an error where there is no right to write any more.
        pause: waits so many seconds.

    Raises:
        UsageError: the target holds what is not of the source; its days are of another zone.
        ArchiveError: at the end they differ.
    """
    return _Copying(source, target, progress or (lambda stage, done, total: None), check, pause).run()


class _Copying:
    def __init__(
        self,
        source: Record,
        target: Record,
        progress: Progress,
        check: Callable[[], object],
        pause: Callable[[float], object],
    ) -> None:
        self._source = source
        self._target = target
        self._origins = target.origins
        self._progress = progress
        self._check = check
        self._pause = pause
        self._reached = Reached()
        self._sent = 0
        self._deleted = 0

    def run(self) -> Copied:
        self._require_zone()
        self._begin()
        if not self._target.last_seq():
            self._dictionary()  # before there is an index, which would have to follow
        for _ in range(_ROUNDS):
            before = self._source.last_seq()
            self._articles()
            self._dictionary()
            self._files()
            self._runs()
            self._saved()
            found = compared(self._source, self._target, self._progress)
            if not found.first:
                return Copied(found.articles, found.revisions, self._sent, self._deleted, found.sha256)
            if self._source.last_seq() == before:
                raise ArchiveError(
                    Message(
                        "the copy in {target} differs from {source}, first at {id}",
                        target=self._target.where, source=self._source.where, id=found.first[:80],
                    ),
                    hint="archive.verify() of both; then copy again",
                    code="copy-differs",
                    id=found.first[:80],
                )  # fmt: skip
        raise ArchiveError(
            Message("others write to {source} all the time", source=self._source.where),
            hint="copy again when they have ended",
            code="copy-behind",
        )

    # -- may it be written to?

    def _require_zone(self) -> None:
        ours, theirs = (each.setting("timezone") or "" for each in (self._target, self._source))
        if ours != theirs:
            raise UsageError(
                Message(
                    "the days of {target} are days in {ours}, those of {source} in {theirs}",
                    target=self._target.where, ours=ours, source=self._source.where, theirs=theirs,
                ),
                hint="copy into a new archive",
                code="copy-zone",
            )  # fmt: skip

    def _begin(self) -> None:
        """Find out where to go on. Raises: UsageError if others have changed the target."""
        reached = Reached.read(self._target)
        if reached and self._source.has_been(reached.seq, reached.lineage):
            self._reached = reached
        elif reached:
            # The source has forgotten the mark, or is another one: every article tells.
            self._reached = Reached(saved=reached.saved)
        foreign = stray(self._source, self._target, self._reached.seq, self._reached.upto)
        if foreign is not None:
            raise UsageError(
                Message(
                    "{target} holds {id} in a state that {source} does not have; nothing was copied",
                    target=self._target.where, id=foreign[:80], source=self._source.where,
                ),
                hint="copy into a new archive; or from there, if it is the later one",
                code="copy-other",
                id=foreign[:80],
            )  # fmt: skip

    # -- articles

    def _articles(self) -> None:
        mark = self._source.lineage()
        done, total = 0, self._source.pending(self._reached.seq)
        for changes, upto in self._parts():
            self._put(changes, replace(self._reached, lineage=mark, seq=upto))
            done += len(changes)
            self._progress("copying", min(done, total), total)

    def _parts(self) -> Iterator[tuple[list[Change], int]]:
        """Yield changes that follow those that are copied, and the number up to which they are all.

        A part ends where the news of a saved search begin. The order within a part may change where it is broken off;
        so no change that is news gets a number below one that is not.
        """
        waited = 0.0
        rows = (self._source.saved.get(name) for name in self._source.saved.names())
        stops = sorted({row.upto for row in rows if row})
        while True:
            after = self._reached.seq
            settled = self._source.last_seq()
            upto = next((stop for stop in stops if after < stop < settled), settled)
            changes = self._source.changes(after, TOGETHER, upto)
            if changes:
                yield changes, changes[-1].seq
            elif upto > after:
                yield [], upto
            elif waited < PATIENCE and self._source.pending(after):
                self._pause(1.0)
                waited += 1.0
            else:
                return

    def _put(self, changes: Sequence[Change], reached: Reached) -> None:
        histories = self._source.histories(dict.fromkeys(each.id for each in changes))
        gone = {each.id: each.seq for each in changes if each.article is None and each.id not in histories}
        again = self._source.deleted_since(reached.seq) if gone else set()
        self._check()
        with self._target.transaction():
            self._target.look_ahead(each.id for each in changes)
            for each in changes:
                states = histories.get(each.id, ())
                if each.article is None:
                    # What has come again, or was deleted once more, has a later change.
                    if gone.get(each.id) == each.seq and each.id not in again:
                        self._deleted += self._target.take_over(each.id, ())
                elif states and states[-1].article == each.article:
                    self._sent += self._target.take_over(each.id, states)
            self._origins.forget(gone)
            self._reached = replace(reached, upto=self._target.last_seq())
            self._reached.write(self._target)

    # -- what is kept beside them

    def _dictionary(self) -> None:
        """Let the target change to the dictionary of the source as `Sync` does; the index follows."""
        words, held = (each.setting(DICTIONARY) for each in (self._source, self._target))
        if words is not None and words != held:
            self._check()
            with self._target.transaction():
                if self._target.setting(BEFORE) is None and self._target.last_seq():
                    self._target.set_setting(BEFORE, held or "")
                self._target.set_setting(DICTIONARY, words)

    def _files(self) -> None:
        """Note the files as the source has them: reading an article again from another one is no change of it."""
        known, held = ({*each.origins.below("")} for each in (self._source, self._target))
        self._origins.forget_files(sorted(held - known))
        self._origins.note_files(sorted(known - held))
        ids = self._source.ids()
        for start in range(0, len(ids), TOGETHER):
            part = ids[start : start + TOGETHER]
            noted, there = (each.origins.noted(part) for each in (self._source, self._target))
            too_many = [id for id, paths in there.items() if {*paths} - {*noted.get(id, ())}]
            self._check()
            with self._target.transaction():
                if too_many:
                    self._origins.forget(too_many)
                    there = {id: paths for id, paths in there.items() if id not in {*too_many}}
                if pairs := [*_lacking(noted, there)]:
                    self._origins.note(pairs)
            self._progress("origins", start + len(part), len(ids))

    def _runs(self) -> None:
        lacking = Counter(self._source.runs())
        lacking.subtract(self._target.runs())
        for run in self._source.runs():
            if lacking[run] > 0:
                lacking[run] -= 1
                self._target.add_run(run)

    def _saved(self) -> None:
        numbers = _Numbers(self._source, self._target)
        names = self._source.saved.names()
        for name in names:
            row, held = self._source.saved.get(name), self._target.saved.get(name)
            if row is None or (held and held.recorded == row.recorded and held.looked > row.looked):
                continue  # its news were looked at there since
            wanted = replace(row, upto=numbers.of(row.upto))
            if wanted != held:
                self._target.saved.take_over(wanted)
        for name in {*self._reached.saved} - {*names}:
            self._target.saved.remove(name)
        if self._reached.saved != tuple(names):
            self._reached = replace(self._reached, saved=tuple(names))
            self._reached.write(self._target)


class _Numbers:
    """The numbers in the target that stand for those of the source."""

    def __init__(self, source: Record, target: Record) -> None:
        self._source = source
        self._target = target
        self._changed: Mapping[str, int] | None = None

    def of(self, seq: int) -> int:
        """Return the highest number in the target that all changes are above that come after `seq` in the source."""
        changed = self._source.changed_since(seq)
        if self._changed is None:
            self._changed = self._target.changed_since(0)
        last = self._target.last_seq()
        upto = min((self._changed[id] - 1 for id in changed if id in self._changed), default=last)
        gone = self._source.deleted_since(seq) - changed.keys()
        return self._before(gone & self._target.deleted_since(0), upto)

    def _before(self, gone: Collection[str], most: int) -> int:
        """Return the highest number, `most` at most, after which all of these were deleted."""
        low, high = 0, most
        while gone and low < high:
            middle = (low + high + 1) // 2
            if self._target.deleted_since(middle).issuperset(gone):
                low = middle
            else:
                high = middle - 1
        return high


def _lacking(noted: Mapping[str, Sequence[str]], there: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of an id and a path that are not there."""
    for id, paths in noted.items():
        held = {*there.get(id, ())}
        yield from ((id, path) for path in paths if path not in held)
