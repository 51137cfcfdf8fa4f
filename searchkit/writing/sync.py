"""Sync: keeps the index level with the record.

A writer decides under the lock. The dictionary, whether the index fits it, and how far the index covers the record are
read once the lock is held: another process may have changed any of them before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, cast

from searchkit.analysis.fingerprint import fingerprint
from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import Segmenter, UserDictionary, UserWord, parse_dictionary, query_segmenter
from searchkit.engines.index import Entry, Index, Step
from searchkit.engines.snapshot import Snapshot
from searchkit.errors import ArchiveClosed, IndexOutdated, UsageError
from searchkit.model.article import Article
from searchkit.reprints.families import Families
from searchkit.storage.lock import WriterLock
from searchkit.storage.store import Change, Store

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with the stage of the work, how much of it is done, and how much there is (0: not known)."""

IndexFor: TypeAlias = Callable[[Segmenter, UserDictionary, Mapping[str, str]], Index]
"""Makes the index that cuts words so, with this dictionary, and notes these settings at every commit."""

STEP = 20_000
"""Changes that the index takes in together; bounds memory."""

STEP_CHARACTERS = 10_000_000
"""Characters of articles that are indexed again together; bounds memory."""

_DICTIONARY = "dictionary"
_BEFORE = "dictionary-before"
_LINEAGE = "lineage"
"""Settings of the record: the dictionary; and, while a new one is being taken in, the one before it. Of the index: the
mark of the record's newest change."""


@dataclass(frozen=True, slots=True)
class _Setup:
    """An index and what it is made with; replaced as a whole, so that no thread sees half of a change."""

    dictionary: UserDictionary
    fingerprint: Mapping[str, str]
    segmenter: Segmenter
    index: Index


class Sync:
    """The index of an archive, level with its record.

    Args:
        path: the archive's folder, for messages.
        tz: the zone that a day is a day in.
        wait: tells the seconds to wait for another writer.
    """

    def __init__(
        self,
        path: Path,
        store: Store,
        families: Families,
        index_for: IndexFor,
        *,
        tz: str,
        wait: Callable[[], float],
    ) -> None:
        self._wait = wait
        self._path = path
        self._tz = tz
        self._store = store
        self._families = families
        self._index_for = index_for
        self._lock = WriterLock(path)
        self._closed = False
        self._noted = self._settings()
        self._setup = self._fitting()

    # -- the index, and what it is made with

    @property
    def index(self) -> Index:
        """The index. Another takes its place when the dictionary changes.

        Raises:
            ArchiveClosed: `close` was called.
        """
        return self._open().index

    @property
    def dictionary(self) -> UserDictionary:
        """The words that are taken as words. Raises: ArchiveClosed."""
        return self._open().dictionary

    @property
    def fingerprint(self) -> Mapping[str, str]:
        """What an index made now is made with."""
        return self._open().fingerprint

    def close(self) -> None:
        """Release the index. Safe to call twice."""
        self._closed = True
        self._setup.index.close()

    def _open(self) -> _Setup:
        if self._closed:
            raise ArchiveClosed(self._path)
        return self._setup

    def _set_up(self, dictionary: UserDictionary) -> _Setup:
        made_with = {**fingerprint(dictionary), "timezone": self._tz}
        segmenter = cast(Segmenter, _Lazy(lambda: query_segmenter(dictionary)))
        return _Setup(dictionary, made_with, segmenter, self._index_for(segmenter, dictionary, made_with))

    def _settings(self) -> tuple[str, str | None]:
        return self._store.setting(_DICTIONARY) or "", self._store.setting(_BEFORE)

    def _fitting(self) -> _Setup:
        """Set up with the dictionary that the index is made with, of those that the record names."""
        words, before = self._noted
        setup = self._set_up(parse_dictionary(words))
        if before is not None:
            older = self._set_up(parse_dictionary(before))
            if _made_with(older.index) == older.fingerprint[_DICTIONARY]:
                setup.index.close()
                return older
            older.index.close()
        return setup

    def _refresh(self) -> bool:
        """Take over the dictionary that another process has put in. Returns whether there was one."""
        noted = self._settings()
        if noted == self._noted and noted[1] is None:
            return False
        self._noted = noted
        setup = self._fitting()
        if setup.dictionary.digest == self._setup.dictionary.digest:
            setup.index.close()
            return False
        self._use(setup)
        return True

    def _use(self, setup: _Setup) -> None:
        old, self._setup = self._setup, setup
        old.index.close()
        if self._closed:  # by another thread, meanwhile
            setup.index.close()

    def _misfit(self, settings: Mapping[str, str]) -> IndexOutdated | None:
        """What is wrong with an index of these settings; None if it fits, or there is none yet."""
        if not settings:
            return None
        setup = self._setup
        differs = [name for name, value in setup.fingerprint.items() if settings.get(name) != value]
        if not differs and settings.get("format") == setup.index.format:
            return None
        reason = ", ".join(differs) or "the format of its files"
        return IndexOutdated(
            f"the index in {self._path} was made with other settings ({reason}); the record is intact",
            hint=f"searchkit rebuild --index {self._path}",
        )

    def _stray(self, covers: int, settings: Mapping[str, str]) -> IndexOutdated | None:
        """What is wrong with an index that covers so much of another record than ours; None if it is of ours.

        Where `archive.db` was put back from an older copy, what is ingested then has sequence numbers that the index
        takes for known: it would not be found, and what is not in the record any more would.
        """
        if not covers or self._store.has_been(covers, settings.get(_LINEAGE, "")):
            return None
        return IndexOutdated(
            f"the index in {self._path} was made from a later state of the record, or from another: archive.db was put "
            "back from a copy; the record is intact",
            hint=f"searchkit rebuild --index {self._path}",
        )

    def require_fit(self) -> None:
        """Raises:
        IndexOutdated: the index was made with other settings than would be used now.
        """
        if (misfit := self._misfit(self.index.settings)) and not (
            self._refresh() and not self._misfit(self.index.settings)
        ):
            raise misfit
        if stray := self._stray(self.index.covers, self.index.settings):
            raise stray

    # -- reading

    @contextmanager
    def reading(self) -> Iterator[tuple[Snapshot, Segmenter]]:
        """The newest generation of the index, and how queries to it are cut into words.

        Raises:
            IndexOutdated: the index was made with other settings than would be used now.
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
                misfit = self._misfit(snapshot.settings)
                stray = None if misfit else self._stray(snapshot.covers, snapshot.settings)
            except BaseException:
                snapshot.close()
                raise
            if misfit is None and stray is None:
                return snapshot, setup.segmenter
            snapshot.close()
            if stray is not None:
                raise stray
            if misfit is not None and not self._refresh():
                raise misfit

    # -- writing

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock; the dictionary is what it is now.

        Raises:
            Locked: another process keeps writing.
            UsageError: this thread is writing already.
        """
        self._open()
        if self._lock.mine:
            raise UsageError(
                "this thread is writing to the archive already",
                hint="articles given to upsert_all cannot be made by writing: collect them first, or write after",
            )
        with self._lock.held(self._wait()):
            self._open()
            self._refresh()
            yield

    @property
    def behind(self) -> int:
        """The number of changes that are acknowledged but not yet searchable."""
        return self._store.pending(self.index.covers)

    def catch_up(self, progress: Progress | None = None) -> int:
        """Take into the index the changes that it has not.

        Returns:
            The number of changes indexed.

        Raises:
            Locked: another process keeps writing.
            IndexOutdated: the index was made with other settings than would be used now.
        """
        self.require_fit()
        unfinished = self._settings()[1] is not None
        if not unfinished and not self.behind and not self._families.behind(self.index.covers):
            return 0
        with self.writing():
            return self.level(progress)

    def level(self, progress: Progress | None = None, taken: Iterator[None] = iter(())) -> int:
        """The same for a writer, who holds the lock; after what `taken` puts into the record on the way.

        What is acknowledged first is analysed while the rest is still read.
        """
        self._finish_dictionary(progress)
        self.require_fit()
        index = self.index
        before, total = index.covers, 0
        self._families.catch_up(before, STEP, progress)
        covers = before

        def next_step() -> Step:
            nonlocal covers
            step = self._step(covers)
            covers = step.covers
            index.note(_LINEAGE, self._store.lineage())
            return step

        def steps() -> Iterator[Step]:
            nonlocal total
            # Nothing of a step is held here while the next articles are read.
            for _ in taken:
                if self._store.last_seq() - covers >= STEP:
                    yield next_step()
            total = self._store.pending(before)
            while self._store.last_seq() > covers:
                yield next_step()

        def told(done: int) -> None:
            if progress and total:
                progress("indexing", done, total)

        index.apply_all(steps(), told)
        return total

    def _step(self, covers: int) -> Step:
        """The first changes after a sequence number, families being made of them on the way."""
        changes = self._store.changes(covers, STEP)
        self._families.take(changes)
        deleted = [change.id for change in changes if change.article is None]
        return Step(list(_entries(changes)), deleted, changes[-1].seq)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Make the index again from the record.

        Returns:
            The number of articles in it.
        """
        with self.writing():
            if self._noted[1] is not None:
                self._forget_before()
                self._use(self._fitting())
            self.index.clear()
            self._families.clear()
            self.level(progress)
        return len(self.index)

    def optimize(self) -> int:
        """Merge the index's segments into one, for the fastest answers.

        Returns:
            The number of segments there were.
        """
        with self.writing():
            self.require_fit()
            self.index.note(_LINEAGE, self._store.lineage())
            return self.index.optimize()

    # -- the dictionary

    def set_dictionary(self, dictionary: UserDictionary, progress: Progress | None = None) -> int:
        """Use this dictionary from now on, and index again the articles with a word that came or went.

        Returns:
            The number of articles indexed again.
        """
        words, before = self._settings()
        if before is None and parse_dictionary(words).digest == dictionary.digest:
            return 0
        with self.writing():
            again = self._finish_dictionary(progress)  # of a change that was interrupted
            if dictionary.digest == self.dictionary.digest:
                return again
            self.level(progress)
            with self._store.transaction():
                self._store.set_setting(_BEFORE, _written(self.dictionary))
                self._store.set_setting(_DICTIONARY, _written(dictionary))
            self._noted = self._settings()
            return self._finish_dictionary(progress)

    def _finish_dictionary(self, progress: Progress | None) -> int:
        """Index again the articles with a word that came or went, where the dictionary was changed.

        Until the last of them is in, the index says that it is made with the dictionary before, and is asked so. So the
        work may be interrupted anywhere, and begun again. Returns the number of articles indexed again.
        """
        words, before = self._noted
        if before is None:
            return 0
        old, new = parse_dictionary(before), self._set_up(parse_dictionary(words))
        again = 0
        try:
            if _made_with(self.index) == old.digest and new.dictionary.digest != old.digest:
                made_with = {**new.fingerprint, _DICTIONARY: old.digest}
                partly = self._index_for(new.segmenter, new.dictionary, made_with)
                for index in (partly, new.index):
                    index.note(_LINEAGE, self._store.lineage())
                covers = self.index.covers
                changed = {word.word for word in {*old.words} ^ {*new.dictionary.words}}

                def told(done: int) -> None:
                    nonlocal again
                    again = done
                    if progress:
                        progress("dictionary", done, 0)

                try:
                    partly.apply_all(self._affected(changed, covers), told)
                finally:
                    partly.close()
                new.index.apply([], covers=covers)
        except BaseException:
            new.index.close()
            raise
        self._forget_before()
        self._use(new)
        return again

    def _affected(self, changed: set[str], covers: int) -> Iterator[Step]:
        """The articles that the index covers and that have any of the folded words, as steps that leave `covers`."""
        held: list[Entry] = []
        characters = 0
        after = 0
        while after < covers and (changes := self._store.changes(after, STEP)):
            after = changes[-1].seq
            for entry in _entries(changes):
                if entry.seq <= covers and _has_any(entry.article, changed):
                    held.append(entry)
                    characters += len(entry.article.body)
                    if len(held) >= STEP or characters >= STEP_CHARACTERS:
                        yield Step(held, (), covers)
                        held, characters = [], 0
        if held:
            yield Step(held, (), covers)

    def _forget_before(self) -> None:
        self._store.remove_setting(_BEFORE)
        self._noted = self._settings()


class _Lazy:
    """A segmenter that is loaded when it is first asked to cut."""

    def __init__(self, make: Callable[[], Segmenter]) -> None:
        self._make = make
        self._made: Segmenter | None = None

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            self._made = self._make()
        return getattr(self._made, name)


def _entries(changes: list[Change]) -> Iterator[Entry]:
    return (Entry(change.seq, change.article) for change in changes if change.article is not None)


def _made_with(index: Index) -> str | None:
    """The digest of the dictionary that an index says it is made with; None for a new index."""
    return index.settings.get(_DICTIONARY)


def _has_any(article: Article, folded_words: set[str]) -> bool:
    text = fold(article.title) + "\n" + fold(article.body)
    return any(word in text for word in folded_words)


def _written(dictionary: UserDictionary) -> str:
    """The dictionary as `parse_dictionary` reads it."""
    return "\n".join(map(_line, dictionary.words))


def _line(word: UserWord) -> str:
    return " ".join(str(part) for part in (word.word, word.freq, word.tag) if part is not None)
