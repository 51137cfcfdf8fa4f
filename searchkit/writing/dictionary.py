"""A new user dictionary: how the record notes it, and the articles reindexed for it. `sync` decides when."""

from __future__ import annotations

from collections.abc import Iterator

from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import UserDictionary
from searchkit.engines.index import Entry, Index, Step
from searchkit.model.article import Article
from searchkit.model.reports import DictionaryReport
from searchkit.storage.record import Record
from searchkit.writing import catching_up
from searchkit.writing.catching_up import Progress, entries

STEP_CHARACTERS = 10_000_000
"""Characters of articles reindexed together; bounds memory."""


class IndexingAgain:
    """Reindexes the articles that contain any of some folded words; what the index covers stays the same.

    Attributes:
        done: the number of articles indexed again.
    """

    def __init__(self, store: Record, index: Index, words: set[str], progress: Progress | None) -> None:
        self.done = 0
        self._store = store
        self._index = index
        self._covers = index.covers
        self._words = words
        self._progress = progress

    def run(self) -> int:
        """Reindex them. Returns the number of articles."""
        self._index.apply_all(self._steps(), self._told)
        return self.done

    def _steps(self) -> Iterator[Step]:
        held: list[Entry] = []
        characters = 0
        for entry in self._affected():
            held.append(entry)
            characters += len(entry.article.body)
            if len(held) >= catching_up.STEP or characters >= STEP_CHARACTERS:
                yield Step(held, (), self._covers)
                held, characters = [], 0
        if held:
            yield Step(held, (), self._covers)

    def _affected(self) -> Iterator[Entry]:
        after = 0
        while changes := self._store.changes(after, catching_up.STEP, upto=self._covers):
            after = changes[-1].seq
            yield from (entry for entry in entries(changes) if _has_any(entry.article, self._words))

    def _told(self, done: int) -> None:
        self.done = done
        if self._progress:
            self._progress("dictionary", done, 0)


def _has_any(article: Article, folded_words: set[str]) -> bool:
    text = fold(article.title) + "\n" + fold(article.body)
    return any(word in text for word in folded_words)


def written(dictionary: UserDictionary) -> str:
    """Return the dictionary as text for `parse_dictionary`."""
    return "\n".join(word.line for word in dictionary.words)


def changed(before: UserDictionary, after: UserDictionary, reindexed: int) -> DictionaryReport:
    """Report on a change from one dictionary to the next."""
    old, new = ({entry.word: entry for entry in each.words} for each in (before, after))
    return DictionaryReport(
        words=len(new),
        added=len(new.keys() - old.keys()),
        dropped=len(old.keys() - new.keys()),
        changed=sum(old[word] != new[word] for word in old.keys() & new.keys()),
        reindexed=reindexed,
    )
