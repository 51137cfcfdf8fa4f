"""jieba's algorithm over its mapped files: the same cuts, ready at once, a hundred times slower per character.

A run of characters is cut so that the product of the words' frequencies is highest (all the ways to cut it form a graph
without cycles); a hidden Markov model joins the remaining single characters and so finds names that no dictionary has.
Each function names its equivalent in `jieba/__init__.py` or `jieba/finalseg`; the tests compare them, ties and rounding
included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from math import log

from searchkit.analysis.jieba_files import Dictionary, Emissions

_RUN = re.compile(r"([\u4e00-\u9fd5a-zA-Z0-9+#&\._%\-]+)")
_SPACE = re.compile(r"(\r\n|\s)")
_LETTER = re.compile(r"[a-zA-Z0-9]")
_HAN = re.compile(r"([\u4e00-\u9fd5]+)")
_LATIN = re.compile(r"([a-zA-Z0-9]+(?:\.\d+)?%?)")

_BEFORE = {"B": "ES", "M": "MB", "S": "SE", "E": "BM"}
"""The states that can precede each state."""


class Cutter:
    """A segmenter of runs of `searchkit.analysis.characters.JIEBA_RUN`."""

    def __init__(self, dictionary: Dictionary, emissions: Emissions) -> None:
        self._dictionary = dictionary
        self._emissions = emissions

    def add(self, word: str, frequency: int | None) -> None:
        """Add a word; default frequency: high enough to keep it in one piece. `Tokenizer.add_word`."""
        self._dictionary.add(word, self._suggested(word) if frequency is None else frequency)

    def add_all(self, words: Iterable[tuple[str, int]]) -> None:
        """Add words with their frequencies; as `add` for each, in less time."""
        self._dictionary.add_all(words)

    def words(self, run: str) -> list[str]:
        """Cut like `Tokenizer.lcut`."""
        return list(self._words(run))

    def search(self, run: str) -> list[str]:
        """Cut like `Tokenizer.lcut_for_search`."""
        frequency = self._dictionary.frequency
        found: list[str] = []
        for word in self._words(run):
            for size in (2, 3):
                if len(word) > size:
                    parts = (word[i : i + size] for i in range(len(word) - size + 1))
                    found += [part for part in parts if frequency(part)]
            found.append(word)
        return found

    def _route(self, run: str) -> list[int]:
        """Return for each character the end of the word that begins there. `Tokenizer.get_DAG` and `calc`."""
        frequency = self._dictionary.frequency
        size = len(run)
        total = log(self._dictionary.total)
        best = [0.0] * (size + 1)
        ends = [0] * size
        for start in range(size - 1, -1, -1):
            ways: list[tuple[float, int]] = []
            end = start + 1
            while end <= size and (count := frequency(run[start:end])) is not None:
                if count:
                    ways.append((log(count) - total + best[end], end))
                end += 1
            best[start], ends[start] = max(ways) if ways else (log(1) - total + best[start + 1], start + 1)
        return ends

    def _words(self, run: str) -> Iterator[str]:
        """Cut like `Tokenizer.__cut_DAG`."""
        ends = self._route(run)
        at = single = 0  # the text between them fell apart into single characters
        while at < len(run):
            end = ends[at]
            if end - at > 1:
                yield from self._together(run[single:at])
                yield run[at:end]
                single = end
            at = end
        yield from self._together(run[single:])

    def _together(self, singles: str) -> Iterator[str]:
        if len(singles) < 2:
            if singles:
                yield singles
        elif self._dictionary.frequency(singles):
            yield from singles
        else:
            yield from self._recognized(singles)

    def _recognized(self, text: str) -> Iterator[str]:
        """Cut like `finalseg.cut`."""
        for block in _HAN.split(text):
            if _HAN.match(block):
                start = 0
                for at, state in enumerate(self._states(block)):
                    if state == "B":
                        start = at
                    elif state == "E":
                        yield block[start : at + 1]
                        start = at + 1
                    elif state == "S":
                        yield block[at]
                        start = at + 1
                if start < len(block):
                    yield block[start:]
            else:
                yield from (part for part in _LATIN.split(block) if part)

    def _states(self, text: str) -> str:
        """Return the likeliest states. `finalseg.viterbi`."""
        model = self._emissions
        likely = {state: model.start[state] + model.emission(state, text[0]) for state in "BMES"}
        paths = {state: state for state in "BMES"}
        for char in text[1:]:
            before, likely, ways = likely, {}, paths
            paths = {}
            for state in "BMES":
                here = model.emission(state, char)
                likely[state], last = max(
                    (before[each] + model.step(each, state) + here, each) for each in _BEFORE[state]
                )
                paths[state] = ways[last] + state
        return paths[max((likely[state], state) for state in "ES")[1]]

    def _suggested(self, word: str) -> int:
        """Return the same frequency as `Tokenizer.suggest_freq`."""
        total = float(self._dictionary.total)
        frequency = 1.0
        for part in self._plainly(word):
            count = self._dictionary.frequency(part)
            frequency *= (1 if count is None else count) / total
        held = self._dictionary.frequency(word)
        return max(int(frequency * self._dictionary.total) + 1, 1 if held is None else held)

    def _plainly(self, text: str) -> Iterator[str]:
        """Cut any text without the model, like `Tokenizer.cut(text, HMM=False)`."""
        for block in filter(None, _RUN.split(text)):
            if _RUN.match(block):
                yield from self._plain_run(block)
            else:
                for part in _SPACE.split(block):
                    yield from ([part] if _SPACE.match(part) else part)

    def _plain_run(self, run: str) -> Iterator[str]:
        """Cut like `Tokenizer.__cut_DAG_NO_HMM`."""
        ends = self._route(run)
        at = 0
        letters = ""
        while at < len(run):
            word = run[at : ends[at]]
            at = ends[at]
            if len(word) == 1 and _LETTER.match(word):
                letters += word
                continue
            if letters:
                yield letters
                letters = ""
            yield word
        if letters:
            yield letters
