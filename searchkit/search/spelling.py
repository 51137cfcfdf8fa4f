"""The likelier spellings of a typed text: parts of it replaced by similar words of the archive.

A text is looked at in windows: each run of letters, and in a run of ideographs each word and each few words side by
side, as jieba cuts them. A misspelled word falls apart there (特郎普关税: 特, 郎普, 关税), so a window holds it whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from searchkit.analysis.characters import is_ideograph, is_letter, tokens
from searchkit.analysis.edits import is_chinese, is_within
from searchkit.analysis.normalise import fold_query, fold_with_map
from searchkit.analysis.segment import Segmenter
from searchkit.deadline import check
from searchkit.engines.snapshot import Snapshot
from searchkit.query.tree import AnyOf
from searchkit.search.likelier import LONGEST, TIMES, is_word

_LONGEST_WINDOW = 6
_MOST_WINDOWS = 16
_MOST_CHARACTERS = 40
"""Characters of a text that is looked at: a longer one is a passage, which is not misspelled as a whole."""
_MOST_TRIED = 100
"""Replacements of a frequent word that are looked up in what is around it."""
_TWO_EDITS = 5
"""Characters of a word in which two edits may be wrong."""
_CLEARLY = 100
"""A name that sounds otherwise and is in no dictionary is proposed beside matches if so many times as frequent."""
_FEW = 5
"""Articles that must have a pair of ideographs that is no word of the dictionary."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """A likelier spelling of a text.

    Attributes:
        text: the whole text with the replacement.
        old, new: the part that is replaced, as typed, and its replacement.
        is_sure: whether it sounds alike, only exchanges neighbours, or is a word of the dictionary.
    """

    text: str
    old: str
    new: str
    is_sure: bool


class Speller:
    """Spellings by the words of one generation of an index.

    Args:
        printed: returns the form in which a folded word of letters is printed in the archive.
    """

    def __init__(self, index: Snapshot, segmenter: Segmenter, printed: Callable[[str], str] = str) -> None:
        self._index = index
        self._segmenter = segmenter
        self._printed = printed
        self._counts: dict[str, int] = {}
        self._tried = 0
        self.sounds_alike = comparison_of_sounds()

    def count(self, folded: str) -> int:
        """Return the number of articles in which a folded string stands, literal and whole."""
        if folded not in self._counts:
            self._counts[folded] = self._index.count(AnyOf((folded,)))
        return self._counts[folded]

    def spellings(self, text: str) -> list[Spelling]:
        """Return the likelier spellings of a typed text, the likeliest first."""
        if len(text) > _MOST_CHARACTERS:
            return []
        folded = fold_with_map(text)
        windows: dict[str, tuple[int, int]] = {}
        for start, end in self._windows(folded.text):
            windows.setdefault(folded.text[start:end], (start, end))
        found = []
        for word, similar in self._similar([*windows]).items():
            place = windows[word]
            least = max(1, TIMES * self.count(word))
            for other, count in similar.most_common():
                rank = self._rank(word, other, count)
                if rank is not None and (count >= least or self._stands(folded.text, place, other)):
                    found.append((rank, *folded.original(*place), other))
        found.sort()
        return [
            Spelling(
                text[:start] + self._as_printed(new) + text[end:], text[start:end], self._as_printed(new), rank[0] == 0
            )
            for rank, start, end, new in found[:_MOST_WINDOWS]
        ]

    def respaced(self, text: str) -> Iterator[Spelling]:
        """Yield a text of letters and digits with other signs in it: F16 and F-16, ChatGPT and Chat GPT."""
        folded = fold_query(text)
        if not folded.isascii() or len(folded) > _MOST_CHARACTERS:
            return
        bare = "".join(char for char in folded if is_letter(char))
        borders = [at for at in range(1, len(bare)) if bare[at - 1].isdigit() != bare[at].isdigit()]
        splits = borders if borders else range(2, len(bare) - 1) if bare.isalpha() else ()
        forms = [bare, *(f"{bare[:at]}{sign}{bare[at:]}" for sign in "- " for at in splits)]
        for form in forms:
            check()
            if form != folded and is_letter(form[:1]) and self.count(form):
                new = self._as_printed(form)
                yield Spelling(new, text, new, True)

    def is_clear(self, spelling: Spelling, total: int, typed: int) -> bool:
        """Tell whether a spelling that finds `total` is to be proposed beside the matches of the typed text."""
        times = TIMES if spelling.is_sure or is_word(spelling.new) else _CLEARLY
        return total >= times * max(typed, 1)

    # -- where an error may be

    def _windows(self, folded: str) -> list[tuple[int, int]]:
        """Return the places in a folded text whose words may be misspelled, at most _MOST_WINDOWS."""
        found: dict[tuple[int, int], None] = {}
        for kind, at, text in tokens(folded):
            if kind == "letters" and len(text) > 2:
                found[at, at + len(text)] = None
            elif kind == "ideographs":
                found.update(dict.fromkeys((at + start, at + end) for start, end in self._of_run(text)))
        return [*found][:_MOST_WINDOWS]

    def _of_run(self, run: str) -> Iterator[tuple[int, int]]:
        """Yield the places in a run of ideographs: the whole, then shorter ones, those of rarer words first."""
        bounds = [0]
        for word in self._segmenter.words(run):
            bounds.append(bounds[-1] + len(word))
        if 1 < len(run) <= _LONGEST_WINDOW:
            yield 0, len(run)
        places = [
            (start, end)
            for i, start in enumerate(bounds)
            for end in bounds[i + 1 :]
            if 1 < end - start <= _LONGEST_WINDOW and end - start < len(run)
        ]
        yield from sorted(places, key=lambda place: (self.count(run[slice(*place)]), place[0] - place[1], place))

    # -- what may be meant

    def _similar(self, words: Sequence[str]) -> dict[str, Counter[str]]:
        """Return for each word that is not very frequent the similar words of the archive, with their articles."""
        size = len(self._index)
        open_words = [word for word in words if TIMES * self.count(word) <= size]
        found = {word: Counter(each) for word, each in self._index.similar_words(open_words, 1).items()}
        far = [word for word in open_words if len(word) >= (3 if self.sounds_alike else _TWO_EDITS)]
        for word, each in self._index.similar_words(far, 2).items() if far else ():
            alike = {
                other: count for other, count in each.items() if len(word) >= _TWO_EDITS or self._alike(word, other)
            }
            found[word] |= Counter(alike)
        return found

    def _stands(self, folded: str, place: tuple[int, int], other: str) -> bool:
        """Tell whether a short text stands in articles with another word at a place: 一带 in 一代一路."""
        start, end = place
        if len(folded) > LONGEST or end - start == len(folded) or self._tried >= _MOST_TRIED:
            return False
        self._tried += 1
        return self.count(folded[:start] + other + folded[end:]) > 0

    def _rank(self, word: str, other: str, count: int) -> tuple[int, int, int, int] | None:
        """Return how unlikely it is that a word is meant, the smallest first; None: not likely at all."""
        known = is_word(other)
        if is_chinese(word):
            if len(other) == 2 and not known and count < _FEW:
                return None
            same = len(other) == len(word)
            closeness = 0 if self._alike(word, other) or _is_exchanged(word, other) else 1 if same else 2
            closeness += len(other) < len(word)
        else:
            same_start = word[0] == other[0]
            near = is_within(word, other, 1)
            if not (near or same_start) or (len(word) == 3 and not same_start):
                return None
            closeness = (not near) + (not same_start)
        return closeness, -len(word), int(not known), -count

    def _alike(self, word: str, other: str) -> bool:
        return self.sounds_alike is not None and len(word) == len(other) and self.sounds_alike(word, other)

    def _as_printed(self, folded: str) -> str:
        return folded if is_ideograph(folded[0]) else self._printed(folded)


def _is_exchanged(word: str, other: str) -> bool:
    return len(word) == len(other) and sorted(word) == sorted(other)


def comparison_of_sounds() -> Callable[[str, str], bool] | None:
    """Return the comparison of two words by their pinyin; None without the extra `pinyin`."""
    try:
        pinyin: Any = import_module("searchkit.analysis.pinyin")
    except ImportError:
        return None
    compare: Callable[[str, str], bool] = pinyin.sounds_alike
    return compare if pinyin.available() else None
