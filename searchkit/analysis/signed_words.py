"""Words of a user dictionary with a sign in them, which no segmenter is given (*ST舜航, 抗原19-9): found literally."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import itemgetter

from searchkit.analysis.characters import stands_whole

_KEY = 2
"""Characters that a word is looked up by; a shorter one by all it has."""


class SignedWords:
    """Finds any of some folded words in a folded text.

    Where two begin at one place the longer is taken, where two overlap the earlier. A word that begins (ends) with a
    letter or digit that is no ideograph does not stand behind (before) another such.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._lengths: defaultdict[str, list[int]] = defaultdict(list)
        for key, length in sorted({(word[:_KEY], len(word)) for word in self._words}, key=itemgetter(1), reverse=True):
            self._lengths[key].append(length)
        self._begins = re.compile(
            f"[{''.join(map(re.escape, sorted({key[0] for key in self._lengths})))}]" if self._words else "(?!)"
        )

    def __bool__(self) -> bool:
        return bool(self._words)

    def find(self, folded: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of each word found, left to right."""
        at = 0
        while self._words and (begin := self._begins.search(folded, at)):
            at = begin.start()
            end = self._end(folded, at)
            if end:
                yield at, end
            at = end or at + 1

    def _end(self, folded: str, at: int) -> int:
        # A step for each length, not for each word: there may be thousands that begin alike.
        for size in range(_KEY, 0, -1):
            for length in self._lengths.get(folded[at : at + size], ()):
                end = at + length
                if folded[at:end] in self._words and stands_whole(folded, at, end):
                    return end
        return 0


NO_SIGNED_WORDS = SignedWords(())
