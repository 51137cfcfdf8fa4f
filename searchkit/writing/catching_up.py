"""Catching up: the changes of the record that the index lacks, as the steps that the index takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from searchkit.analysis.normalise import fold
from searchkit.engines.index import Entry, Index, Step
from searchkit.model.article import Article
from searchkit.reprints.families import Families
from searchkit.storage.store import Change, Store

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with the stage of the work, how much of it is done, and how much there is (0: not known)."""

STEP = 20_000
"""Changes that the index takes in together; bounds memory."""

STEP_CHARACTERS = 10_000_000
"""Characters of articles that are indexed again together; bounds memory."""


class CatchingUp:
    """One run that makes an index level with the record. Needs the writer's lock.

    Attributes:
        covers: the sequence number up to which steps were handed out. The index may be behind that: steps overlap.
        total: the number of changes of the run; 0 as long as articles still come.
    """

    def __init__(self, store: Store, families: Families, index: Index, progress: Progress | None) -> None:
        self.covers = index.covers
        self.total = 0
        self._begun_at = self.covers
        self._store = store
        self._families = families
        self._index = index
        self._progress = progress

    def run(self, taken: Iterable[None] = ()) -> int:
        """Take in all changes, after what `taken` puts into the record on the way.

        What is acknowledged first is analysed while the rest is still read.

        Returns:
            The number of changes indexed.
        """
        self._families.catch_up(self.covers, STEP, self._progress)
        self._index.apply_all(self._steps(taken), self._told)
        return self.total

    def _steps(self, taken: Iterable[None]) -> Iterator[Step]:
        # Nothing of a step is held here while the next articles are read.
        for _ in taken:
            if self._store.last_seq() - self.covers >= STEP:
                yield self._next()
        self.total = self._store.pending(self._begun_at)
        while self._store.last_seq() > self.covers:
            yield self._next()

    def _next(self) -> Step:
        """Return the first changes that were not handed out, families being made of them on the way."""
        changes = self._store.changes(self.covers, STEP)
        self._families.take(changes)
        deleted = [change.id for change in changes if change.article is None]
        step = Step(list(_entries(changes)), deleted, changes[-1].seq)
        self.covers = step.covers
        return step

    def _told(self, done: int) -> None:
        if self._progress and self.total:
            self._progress("indexing", done, self.total)


class IndexingAgain:
    """The articles that an index covers and that have any of some folded words, as steps that leave what it covers.

    Attributes:
        done: the number of articles indexed again.
    """

    def __init__(self, store: Store, index: Index, words: set[str], progress: Progress | None) -> None:
        self.done = 0
        self._store = store
        self._index = index
        self._covers = index.covers
        self._words = words
        self._progress = progress

    def run(self) -> int:
        """Index them again. Returns the number of articles."""
        self._index.apply_all(self._steps(), self._told)
        return self.done

    def _steps(self) -> Iterator[Step]:
        held: list[Entry] = []
        characters = 0
        for entry in self._affected():
            held.append(entry)
            characters += len(entry.article.body)
            if len(held) >= STEP or characters >= STEP_CHARACTERS:
                yield Step(held, (), self._covers)
                held, characters = [], 0
        if held:
            yield Step(held, (), self._covers)

    def _affected(self) -> Iterator[Entry]:
        after = 0
        while changes := self._store.changes(after, STEP, upto=self._covers):
            after = changes[-1].seq
            yield from (entry for entry in _entries(changes) if _has_any(entry.article, self._words))

    def _told(self, done: int) -> None:
        self.done = done
        if self._progress:
            self._progress("dictionary", done, 0)


def _entries(changes: Sequence[Change]) -> Iterator[Entry]:
    return (Entry(change.seq, change.article) for change in changes if change.article is not None)


def _has_any(article: Article, folded_words: set[str]) -> bool:
    text = fold(article.title) + "\n" + fold(article.body)
    return any(word in text for word in folded_words)
