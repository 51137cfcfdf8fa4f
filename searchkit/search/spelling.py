"""The likelier spellings of a typed text: parts of it replaced by similar words of the archive.

A text is looked at in windows: each run of letters, and in a run of ideographs each word and each few words side by
side, as jieba cuts them. A misspelled word falls apart there (特郎普关税: 特, 郎普, 关税), so a window holds it whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from searchkit.analysis import pinyin
from searchkit.analysis.characters import is_ideograph, is_letter, tokens
from searchkit.analysis.edits import is_chinese, is_within
from searchkit.analysis.normalise import fold_query, fold_with_map
from searchkit.analysis.segment import Segmenter
from searchkit.analysis.terms import occurrences
from searchkit.deadline import check
from searchkit.engines.snapshot import Snapshot
from searchkit.query.tree import AnyOf, Node, Wildcard
from searchkit.search.likelier import LONGEST, TIMES, is_word

_LONGEST_WINDOW = 6
_MOST_WINDOWS = 16
_MOST_CHARACTERS = 40
"""Characters of a text that is looked at: a longer one is a passage, which is not misspelled as a whole."""
_MOST_TRIED = 150
"""Replacements of a frequent word that are looked up in what is around it."""
_TWO_EDITS = 5
"""Characters of a word in which two edits may be wrong."""
_MOST_UNKNOWN = 3
"""Words without articles that are looked for in the texts of articles."""
_MISPRINTS = 2
"""Articles that may have a misspelled word: what is printed more often is a word of its own (亚沙会 and 亚运会)."""
_LEAST_LETTERS = 5
"""Shorter words of letters are abbreviations, of which any is as good: GPT and GDP. So are those with digits."""
_SEVERAL = 2
"""Articles of a large archive that must have a string which jieba does not keep together."""
_APART = 1000.0
_LESS_CLOSE = 30.0
"""How many times as frequent a less close spelling must be to be as likely; and one whose text stands nowhere whole."""
_LEAST_IDEOGRAPHS = 3
"""Two characters, of which one is another, are as good a word: 商飞 and 商务. So are they exchanged: 红网 and 网红."""
_CLEARLY = 100
"""A name that sounds otherwise and is in no dictionary is proposed beside matches if so many times as frequent."""
_FEW = 5
"""Articles that must have a pair of ideographs that is no word of the dictionary."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """A likelier spelling of a text.

    Attributes:
        typed: the whole text as typed.
        text: the whole text with the replacement.
        old, new: the part that is replaced, as typed, and its replacement.
        is_sure: whether it sounds alike, only exchanges neighbours, or is a word of the dictionary.
    """

    typed: str
    text: str
    old: str
    new: str
    is_sure: bool


class Speller:
    """Spellings by the words of one generation of an index.

    Args:
        texts: returns the texts of a few articles that match a query.
    """

    def __init__(self, index: Snapshot, segmenter: Segmenter, texts: Callable[[Node], Iterable[str]]) -> None:
        self._index = index
        self._segmenter = segmenter
        self._texts = texts
        self._counts: dict[str, int] = {}
        self.sounds_alike = comparison_of_sounds()

    def count(self, folded: str) -> int:
        """Return the number of articles in which a folded string stands, literal and whole."""
        self._count_all([folded])
        return self._counts[folded]

    def _count_all(self, folded: Iterable[str]) -> None:
        """Count several strings at once: in a cluster each question for a number is a round trip."""
        unknown = [each for each in dict.fromkeys(folded) if each not in self._counts]
        if unknown:
            self._counts.update(zip(unknown, self._index.counts([AnyOf((each,)) for each in unknown]), strict=True))

    def spellings(self, text: str, *, thorough: bool = True) -> list[Spelling]:
        """Return the likelier spellings of a typed text, the likeliest first.

        Args:
            thorough: also look for a short text in the articles that have most of it.
        """
        if len(text) > _MOST_CHARACTERS:
            return []
        folded = fold_with_map(text)
        windows: dict[str, tuple[int, int]] = {}
        for start, end in self._windows(folded.text):
            windows.setdefault(folded.text[start:end], (start, end))
        found = []
        for word, others in self._similar([*windows]).items():
            least = max(1, TIMES * self.count(word))
            ranked = [(self._rank(word, other, count), other) for other, count in others.most_common()]
            likely = [(rank, other) for rank, other in ranked if rank is not None]
            rarer = [other for _, other in likely if others[other] < least]
            standing = self._standing(folded.text, windows[word], rarer[:_MOST_TRIED])
            left_out = {*rarer} - standing
            found += [(rank, windows[word], other) for rank, other in likely if other not in left_out]
        unknown = [word for word in windows if is_chinese(word) and not self.count(word)]
        if found:
            unknown = [word for word in unknown if thorough and windows[word] == (0, len(folded.text))]
        for word in unknown[:_MOST_UNKNOWN]:
            known = {other for _, _, other in found}
            in_texts = (other for other in self._in_texts(word) if other not in known)
            found += [((1, -len(word), 1, 0), windows[word], other) for other in in_texts]
        weighed = []
        likeliest = sorted(found)[:_MOST_WINDOWS]
        self._count_all(_replaced(folded.text, place, other) for _, place, other in likeliest)
        for rank, place, other in likeliest:
            weighed.append((self._weight(rank, folded.text, place, other), rank, place, other))
        made = []
        for _, rank, place, other in sorted(weighed, key=lambda each: (-each[0], *each[1:])):
            start, end = folded.original(*place)
            new = self._as_printed(other)
            made.append(Spelling(text, text[:start] + new + text[end:], text[start:end], new, rank[0] == 0))
        return made

    def respaced(self, text: str) -> Iterator[Spelling]:
        """Yield a text of letters and digits with other signs in it: F16 and F-16, PM25 and PM2.5."""
        folded = fold_query(text)
        if not folded.isascii() or len(folded) > _MOST_CHARACTERS:
            return
        bare = _letters(folded)
        borders = [at for at in range(1, len(bare)) if bare[at - 1].isdigit() != bare[at].isdigit()]
        splits = borders if borders else range(2, len(bare) - 1) if bare.isalpha() else ()
        points = [at for at in range(1, len(bare)) if bare[at - 1 : at + 1].isdigit() and at > 1]
        forms = [
            bare,
            *(f"{bare[:at]}.{bare[at:]}" for at in points),
            *(f"{bare[:at]}{sign}{bare[at:]}" for sign in "- " for at in splits),
        ]
        for form in forms:
            check()
            if form != folded and is_letter(form[:1]) and self.count(form):
                new = self._as_printed(form)
                yield Spelling(text, new, text, new, True)

    def is_rare(self, text: str) -> bool:
        """Tell whether so few articles have a typed text that it may be a misprint in all of them."""
        return self.count(fold_query(text)) <= _MISPRINTS

    def is_clear(self, spelling: Spelling, total: int, typed: int) -> bool:
        """Tell whether a spelling that finds `total` is to be proposed beside the matches of the typed text."""
        if len(spelling.text) < _LEAST_IDEOGRAPHS and not self._alike(spelling.old, spelling.new):
            return False
        old, new = fold_query(spelling.old), fold_query(spelling.new)
        is_code = len(old) < _LEAST_LETTERS or any(map(str.isdigit, old + new))
        if not is_chinese(new) and is_code and _letters(old) != _letters(new):
            return False
        # Words that stand apart say nothing about the text that they would make together.
        if self.count(fold_query(spelling.text)) < max(typed, 1):
            return False
        if not self.is_rare(spelling.typed):
            return False
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
        self._count_all([run, *(run[slice(*place)] for place in places)])
        yield from sorted(places, key=lambda place: (self.count(run[slice(*place)]), place[0] - place[1], place))

    # -- what may be meant

    def _similar(self, words: Sequence[str]) -> dict[str, Counter[str]]:
        """Return for each word that is not very frequent the similar words of the archive, with their articles."""
        size = len(self._index)
        open_words = [word for word in words if TIMES * self.count(word) <= size]
        found = {word: Counter(each) for word, each in self._index.similar_words(open_words, 1).items()}
        least = _LEAST_IDEOGRAPHS if self.sounds_alike else _TWO_EDITS
        far = [word for word in open_words if len(word) >= (least if is_chinese(word) else _TWO_EDITS)]
        for word, other, count in self._two_edits(far):
            same = len(other) == len(word) or not is_chinese(word)
            if same and (len(word) >= _TWO_EDITS or self._alike(word, other)):
                found[word][other] = count
        return found

    def _two_edits(self, words: Sequence[str]) -> Iterator[tuple[str, str, int]]:
        """Yield for each word those within two edits; of words of letters, only those that begin with the same."""
        for chinese in (True, False):
            some = [word for word in words if is_chinese(word) == chinese]
            for word, similar in self._index.similar_words(some, 2, same_first=not chinese).items() if some else ():
                yield from ((word, other, count) for other, count in similar.items())

    def _in_texts(self, word: str) -> list[str]:
        """Return the strings that stand in articles and differ from a Chinese word in one character, or by an exchange.

        For words that jieba does not keep together, as many names: 泽连斯机 and 泽连斯基.
        """
        if len(word) < _LEAST_IDEOGRAPHS:
            return []
        exchanged = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]
        self._count_all(exchanged)
        found = [other for other in exchanged if other != word and self.count(other)]
        for i in range(len(word)):
            check()
            sought = Wildcard(f"{word[:i]}?{word[i + 1 :]}") if 0 < i < len(word) - 1 else None
            literal = word[1:] if i == 0 else word[:-1]
            chars: Counter[str] = Counter()
            for text in self._texts(sought or AnyOf((literal,))):
                pattern = f"{re.escape(word[:i])}(.){re.escape(word[i + 1 :])}"
                chars.update(char for char in re.findall(pattern, fold_query(text)) if is_ideograph(char))
            found += [word[:i] + char + word[i + 1 :] for char, _ in chars.most_common(2)]
        self._count_all(found)
        least = min(_SEVERAL, 1 + len(self._index) // 1000)
        return [other for other in found if self.count(other) >= least]

    def _weight(self, rank: tuple[int, ...], folded: str, place: tuple[int, int], other: str) -> float:
        """Return how likely a replacement is: by the articles with the whole text, less for what is less close."""
        whole = self.count(_replaced(folded, place, other))
        return (whole or self.count(other) / _APART) / _LESS_CLOSE ** rank[0]

    def _standing(self, folded: str, place: tuple[int, int], others: Sequence[str]) -> set[str]:
        """Return the words with which a short text stands in articles if it has them at a place: 一带 in 一代一路."""
        start, end = place
        if len(folded) > LONGEST or end - start == len(folded):
            return set()
        self._count_all(_replaced(folded, place, other) for other in others)
        return {other for other in others if self.count(_replaced(folded, place, other))}

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
        return folded if is_ideograph(folded[0]) else self.printed(folded)

    def printed(self, folded: str) -> str:
        """Return the form in which articles print a folded string most often; as it is if none has it."""
        found: Counter[str] = Counter()
        for text in self._texts(AnyOf((folded,))):
            mapped = fold_with_map(text)
            for at in occurrences(mapped.text, folded):
                start, end = mapped.original(at, at + len(folded))
                found[text[start:end]] += 1
        return found.most_common(1)[0][0] if found else folded


def _replaced(folded: str, place: tuple[int, int], other: str) -> str:
    return folded[: place[0]] + other + folded[place[1] :]


def _letters(folded: str) -> str:
    return "".join(char for char in folded if is_letter(char))


def _is_exchanged(word: str, other: str) -> bool:
    return len(word) == len(other) and sorted(word) == sorted(other)


def comparison_of_sounds() -> Callable[[str, str], bool] | None:
    """Return the comparison of two words by their pinyin; None without the extra `pinyin`."""
    return pinyin.sounds_alike if pinyin.available() else None
