"""Sync: keeping the index up to date with the record.

A writer decides under the lock. The dictionary, whether the index was made with it, and how far the index covers the
record are read after taking the lock: another process may have changed any of them before.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, cast

from searchkit.analysis.fingerprint import fingerprint
from searchkit.analysis.segment import Segmenter, UserDictionary, parse_dictionary, query_segmenter
from searchkit.engines.index import Entry, Index
from searchkit.engines.snapshot import Snapshot
from searchkit.errors import ArchiveClosed, IndexOutdated, Locked, SearchkitError, UsageError
from searchkit.language.messages import Message
from searchkit.reprints.families import Families
from searchkit.system.after_fork import renew_after_fork
from searchkit.writing.place import Place
from searchkit.writing.setup import DICTIONARY, Lazy, Setup, made_with_dictionary

if TYPE_CHECKING:
    from searchkit.model.reports import DictionaryReport
    from searchkit.writing.catching_up import Progress

BEFORE = "dictionary-before"
"""Setting of the record: while the index changes to a new dictionary, the previous one."""

LINEAGE = "lineage"
"""Setting of the index: the mark of the record's newest change; see `Record.lineage`."""

_PAUSE = 0.1
"""Seconds between two looks at how far other writers are."""

MARKS = 1_000
"""Marks before the index's own that the record keeps, for an older index that is put back, and readers of one. They are
looked through once in so many changes."""


class Sync:
    """The index of an archive, kept up to date with its record.

    Args:
        tz: the time zone that decides where a day begins.
        wait: returns the seconds to wait for another writer.

    Attributes:
        dictionary_report: the outcome of the last `set_dictionary` here; None before the first.
    """

    def __init__(
        self,
        place: Place,
        families: Families,
        *,
        tz: str,
        wait: Callable[[], float],
    ) -> None:
        self._wait = wait
        self._path = place.path
        self._tz = tz
        self._store = place.record
        self._families = families
        self._index_for = place.index_for
        self._access = place.access
        self._closed = False
        self.dictionary_report: DictionaryReport | None = None
        self._replacing = threading.Lock()  # of the setup, which one thread replaces and the others wait for
        self._setup = self._fitting(self._settings())
        renew_after_fork(self)

    def renew_locks(self) -> None:
        """See `searchkit.system.after_fork`."""
        self._replacing = threading.Lock()

    # -- the index, and what it is made with

    @property
    def index(self) -> Index:
        """The index. It is replaced when the dictionary changes.

        Raises:
            ArchiveClosed: `close` was called.
        """
        return self._open().index

    @property
    def dictionary(self) -> UserDictionary:
        """The user dictionary. Raises: ArchiveClosed."""
        return self._open().dictionary

    @property
    def patience(self) -> float:
        """The seconds to wait for another writer."""
        return self._wait()

    @property
    def fingerprint(self) -> Mapping[str, str]:
        """The settings of an index made now."""
        return self._open().fingerprint

    def close(self) -> None:
        """Release the index. Safe to call twice."""
        self._closed = True
        self._setup.index.close()

    def require_open(self) -> None:
        """Raises ArchiveClosed if `close` was called."""
        self._open()

    def _open(self) -> Setup:
        if self._closed:
            raise ArchiveClosed(self._path)
        return self._setup

    def _set_up(self, words: str, noted: tuple[str, str | None]) -> Setup:
        dictionary = parse_dictionary(words)
        made_with = {**fingerprint(dictionary), "timezone": self._tz}
        segmenter = cast(Segmenter, Lazy(lambda: query_segmenter(dictionary)))
        return Setup(noted, dictionary, made_with, segmenter, self._index_for(segmenter, dictionary, made_with))

    def _settings(self) -> tuple[str, str | None]:
        words, before = self._store.settings_of([DICTIONARY, BEFORE])
        return words or "", before

    def _fitting(self, noted: tuple[str, str | None]) -> Setup:
        """Set up with the dictionary that the index is made with, of those that the record names."""
        words, before = noted
        setup = self._set_up(words, noted)
        if before is not None:
            older = self._set_up(before, noted)
            try:
                fits = made_with_dictionary(older.index) == older.fingerprint[DICTIONARY]
            except SearchkitError:
                fits = False  # an unreadable index is reported when it is asked, and can be rebuilt
            if fits:
                setup.index.close()
                return older
            older.index.close()
        return setup

    def _refresh(self, seen: Setup) -> bool:
        """Take over a dictionary that another process or thread has put in.

        Returns:
            Whether the setup is now another one than `seen`.
        """
        with self._replacing:
            setup = self._setup
            if setup is not seen:  # another thread was quicker
                return True
            noted = self._settings()
            if noted == setup.noted and noted[1] is None:
                return False
            fitting = self._fitting(noted)
            if fitting.dictionary.digest == setup.dictionary.digest:
                fitting.index.close()
                setup.noted = noted
                return False
            self._put(fitting)
            return True

    def _use(self, setup: Setup) -> None:
        with self._replacing:
            self._put(setup)

    def _put(self, setup: Setup) -> None:
        old, self._setup = self._setup, setup
        old.index.close()
        if self._closed:  # by another thread, meanwhile
            setup.index.close()

    def _misfit(self, setup: Setup, settings: Mapping[str, str]) -> IndexOutdated | None:
        """Return what is wrong with an index of these settings; None if it fits, or there is no index yet."""
        if not settings:
            return None
        differs = [name for name, value in setup.fingerprint.items() if settings.get(name) != value]
        if not differs and settings.get("format") == setup.index.format:
            return None
        differing = tuple(differs) or Message("the format of its files")
        return self._outdated(
            Message(
                "the index in {path} was made with other settings ({settings}); the record is intact",
                path=self._path,
                settings=differing,
            )
        )

    def _stray(self, covers: int, settings: Mapping[str, str]) -> IndexOutdated | None:
        """Return what is wrong with an index that was made from another record than ours; None if it is ours.

        Where `archive.db` was put back from an older copy, what is ingested then has sequence numbers that the index
        takes for known: it would not be found, and what is not in the record any more would.
        """
        if not covers or self._store.has_been(covers, settings.get(LINEAGE, "")):
            return None
        return self._outdated(
            Message(
                "the index in {path} was made from a later state of the record, or from another: archive.db was put "
                "back from a copy; the record is intact",
                path=self._path,
            )
        )

    def _require_newest(self, index: Index, settings: Mapping[str, str], stray: IndexOutdated) -> None:
        """Raise what is wrong with the index of these settings, unless it has gone on meanwhile.

        The record may then have forgotten the mark of the older generation.
        """
        if index.settings.get(LINEAGE) == settings.get(LINEAGE):
            raise stray

    def _outdated(self, message: Message) -> IndexOutdated:
        return IndexOutdated(
            message,
            hint=Message("archive.rebuild(); on the command line: searchkit rebuild --index {path}", path=self._path),
            path=self._path,
        )

    def require_fit(self) -> None:
        """Check that the index fits.

        Raises:
            IndexOutdated: the index was made with settings other than the present ones.
        """
        while True:
            setup = self._open()
            covers, settings = setup.index.standing()
            if misfit := self._misfit(setup, settings):
                if not self._refresh(setup):
                    raise misfit
            elif stray := self._stray(covers, settings):
                self._require_newest(setup.index, settings, stray)
            else:
                return

    # -- reading

    @contextmanager
    def reading(self) -> Iterator[tuple[Snapshot, Segmenter]]:
        """Provide the newest generation of the index, and the segmenter for queries to it.

        Raises:
            IndexOutdated: the index was made with settings other than the present ones.
            ArchiveClosed: `close` was called.
        """
        snapshot, segmenter = self._newest()
        with snapshot:
            yield snapshot, segmenter

    def _newest(self) -> tuple[Snapshot, Segmenter]:
        while True:
            setup = self._open()
            try:
                snapshot = setup.index.snapshot()
            except ArchiveClosed:
                if setup is self._setup:
                    raise
                continue  # another thread has changed the dictionary
            try:
                misfit = self._misfit(setup, snapshot.settings)
                stray = None if misfit else self._stray(snapshot.covers, snapshot.settings)
            except BaseException:
                snapshot.close()
                raise
            if misfit is None and stray is None:
                return snapshot, setup.segmenter
            snapshot.close()
            if stray is not None:
                self._require_newest(setup.index, snapshot.settings, stray)
            if misfit is not None and not self._refresh(setup):
                raise misfit

    # -- writing

    @contextmanager
    def writing(self, *, alone: bool = False) -> Iterator[None]:
        """Have access to write, with the present dictionary loaded.

        Args:
            alone: for what cannot be done beside other writers. So is what completes a change of the dictionary that
                was broken off.

        Raises:
            Locked: another process keeps writing.
            UsageError: this thread is writing already.
        """
        self._open()
        if self._access.mine:
            raise UsageError(
                "this thread is writing to the archive already",
                hint="articles given to upsert_all cannot be made by writing: collect them first, or write after",
            )
        while True:
            unfinished = self._settings()[1] is not None
            with self._access.held(self._wait(), alone=alone or unfinished):
                if self._settings()[1] is not None and not self._access.alone:
                    continue  # another one began to change the dictionary meanwhile, and did not come to the end
                self._refresh(self._open())
                yield
                return

    @property
    def behind(self) -> int:
        """The number of changes that are acknowledged but not yet searchable."""
        return self._store.pending(self.index.covers)

    def catch_up(self, progress: Progress | None = None, *, wait: bool = True) -> int:
        """Index the changes of the record that the index lacks.

        Args:
            wait: where several write at once, wait for those who are at it, and for changes that are not settled.

        Returns:
            The number of changes indexed.

        Raises:
            Locked: another process keeps writing.
            IndexOutdated: the index was made with settings other than the present ones.
        """
        self.require_fit()
        unfinished = self._settings()[1] is not None
        covers = self.index.covers
        if not unfinished and not self._store.pending(covers) and not self._families.behind(covers):
            return 0
        with self.writing():
            if self._access.is_shared and not self._access.alone and not wait:
                with suppress(Locked), self._access.levelling(0):
                    return self._levelled(self.index, progress)
                return 0
            return self.level(progress)

    def level(self, progress: Progress | None = None, taken: Iterable[None] = ()) -> int:
        """Do the same for a writer that has access, including the changes that `taken` makes on the way.

        Where others write too, one at a time brings the index level. Who waits for them does not wait for longer than
        for another writer: then the index lacks some of the changes, and who is at it gives them to it.
        """
        if self._access.alone:
            self._finish_dictionary(progress)
        self.require_fit()
        if self._access.is_shared:
            return self._level_beside_others(progress, taken)
        return self._levelled(self.index, progress, taken)

    def _level_beside_others(self, progress: Progress | None, taken: Iterable[None]) -> int:
        from searchkit.writing.catching_up import STEP

        done = 0
        for _ in taken:
            if self._store.last_seq() - self.index.covers >= STEP:
                with suppress(Locked), self._access.levelling(0):
                    done += self._levelled(self.index, progress)
        wanted = self._store.last_given()
        until = time.monotonic() + self._wait()
        while (covers := self.index.covers) < wanted:
            if covers < self._store.last_seq():
                try:
                    with self._access.levelling(max(0.0, until - time.monotonic())):
                        done += self._levelled(self.index, progress)
                except Locked:
                    break
            elif time.monotonic() < until:
                time.sleep(_PAUSE)  # others are writing changes that come before ours
            else:
                break
        return done

    def _levelled(self, index: Index, progress: Progress | None, taken: Iterable[None] = ()) -> int:
        from searchkit.writing.catching_up import CatchingUp  # a search does without

        before = index.covers
        done = CatchingUp(self._store, self._families, index, progress, check=self._access.check).run(taken)
        if index.covers // MARKS != before // MARKS:
            self._store.forget_lineage(index.settings.get(LINEAGE, ""), MARKS)
        return done

    def rebuild(self, progress: Progress | None = None) -> int:
        """Rebuild the index from the record.

        Returns:
            The number of articles in it.
        """
        with self.writing(alone=True):
            if self._settings()[1] is not None:
                self._store.remove_setting(BEFORE)
                self._use(self._fitting(self._settings()))
            with self._access.levelling(self._wait()), self.index.rebuilding() as fresh:
                self._families.clear()
                self._levelled(fresh, progress)
        return len(self.index)

    def mend(self, entries: Iterable[Entry], deleted: Iterable[str]) -> None:
        """Give the index articles that it lacks or has in another state, and take out such as are not there.

        For a writer that has access alone.
        """
        with self._access.levelling(self._wait()):
            self.require_fit()
            self.index.note(LINEAGE, self._store.lineage())
            self.index.mend(entries, deleted, covers=self.index.covers)

    def make_families(self, progress: Progress | None) -> None:
        """Make the families of reprints anew. For a writer that has access alone."""
        from searchkit.writing.catching_up import STEP

        with self._access.levelling(self._wait()):
            self._families.clear()
            self._families.catch_up(self.index.covers, STEP, progress)

    def optimize(self) -> int:
        """Merge the index's segments into one, for the fastest answers.

        Returns:
            The number of segments before.
        """
        with self.writing(), self._access.levelling(self._wait()):
            self.require_fit()
            self.index.note(LINEAGE, self._store.lineage())
            return self.index.optimize()

    # -- the dictionary

    def set_dictionary(self, dictionary: UserDictionary, progress: Progress | None = None) -> int:
        """Use this dictionary from now on, and reindex the articles with an added or removed word.

        Returns:
            The number of articles reindexed.
        """
        from searchkit.writing.dictionary import changed

        words, before = self._settings()
        held = parse_dictionary(words if before is None else before)
        again = 0
        if before is not None or held.digest != dictionary.digest:
            again = self._changed_to(dictionary, progress)
        self.dictionary_report = changed(held, dictionary, again)
        return again

    def _changed_to(self, dictionary: UserDictionary, progress: Progress | None) -> int:
        with self.writing(alone=True):
            again = self._finish_dictionary(progress)  # completes an interrupted change
            if dictionary.digest == self.dictionary.digest:
                return again
            self.level(progress)
            from searchkit.writing.dictionary import written

            with self._store.transaction():
                self._store.set_setting(BEFORE, written(self.dictionary))
                self._store.set_setting(DICTIONARY, written(dictionary))
            return self._finish_dictionary(progress)

    def _finish_dictionary(self, progress: Progress | None) -> int:
        """Complete a change of the dictionary: reindex the articles with an added or removed word.

        Until the last of them is committed, the index declares the previous dictionary, and queries use it. So the work
        can be interrupted anywhere and started again.

        Returns:
            The number of articles reindexed.
        """
        words, before = self._settings()
        if before is None:
            return 0
        from searchkit.writing.dictionary import IndexingAgain

        old, new = parse_dictionary(before), self._set_up(words, (words, None))
        again = 0
        try:
            if made_with_dictionary(self.index) == old.digest and new.dictionary.digest != old.digest:
                made_with = {**new.fingerprint, DICTIONARY: old.digest}
                partly = self._index_for(new.segmenter, new.dictionary, made_with)
                for index in (partly, new.index):
                    index.note(LINEAGE, self._store.lineage())
                changed = {word.word for word in {*old.words} ^ {*new.dictionary.words}}
                try:
                    again = IndexingAgain(self._store, partly, changed, progress).run()
                finally:
                    partly.close()
                new.index.apply([], covers=self.index.covers)
        except BaseException:
            new.index.close()
            raise
        self._store.remove_setting(BEFORE)
        self._use(new)
        return again
