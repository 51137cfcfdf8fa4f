"""How ideographs are read: pinyin without tones, from the table of characters of pypinyin (the extra `pinyin`).

Every reading of a character counts, whatever word it stands in. ü is written v, as it is typed.

Only the file of the table is read: to import the package takes ten times as long, and loads its table of phrases.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from searchkit.analysis.characters import is_ideograph
from searchkit.analysis.normalise import fold_query
from searchkit.errors import MissingExtra, QueryError
from searchkit.language.messages import Message

LONGEST = 64
"""The most letters of a spelling."""
LEAST_SYLLABLES = 2
"""One syllable stands for too many characters."""
LEAST_INITIALS = 3
"""Two initials stand for too many words."""
_TABLE = "pinyin_dict.json"
_DIGRAPHS = frozenset({"zh", "ch", "sh"})
_VOWELS = frozenset("aeiouv")
_LONGEST_SYLLABLE = 6
_BETWEEN = str.maketrans(dict.fromkeys("'’ʼ‘`-·", " "))
"""The signs that may part syllables, besides white space."""


@cache
def available() -> bool:
    """Tell whether the extra is installed. Loads nothing of it."""
    return find_spec("pypinyin") is not None


def readings(char: str) -> frozenset[str]:
    """Return the readings of a character without tones; empty if it has none. 女 is nv and ru.

    Raises:
        MissingExtra: the extra is not installed.
    """
    return _readings(char) if len(char) == 1 else frozenset()


@lru_cache(maxsize=1 << 15)
def _readings(char: str) -> frozenset[str]:
    return frozenset(filter(None, _table().get(str(ord(char)), "").split(",")))


def sounds_alike(one: str, other: str) -> bool:
    """Tell whether two strings are read alike: as long, and each two characters are equal or share a reading.

    Raises:
        MissingExtra: the extra is not installed.
    """
    return len(one) == len(other) and all(
        a == b or not readings(a).isdisjoint(readings(b)) for a, b in zip(one, other, strict=True)
    )


@cache
def _table() -> Mapping[str, str]:
    """Return the readings of each character, separated by commas, by the number of the character as a string."""
    found = find_spec("pypinyin")
    if found is None or not found.submodule_search_locations:
        raise MissingExtra("pinyin", "pinyin")
    path = Path(found.submodule_search_locations[0], _TABLE)
    try:
        table = json.loads(_toneless(path.read_text("utf-8")))
        if isinstance(table, dict):
            return table
    except (OSError, ValueError):
        pass  # a version that keeps its table elsewhere
    from pypinyin.pinyin_dict import pinyin_dict

    return {str(code): _toneless(each) for code, each in pinyin_dict.items()}


@cache
def _plain(char: str) -> str:
    """Return a letter without its tone; ü is v, a lone tone mark is nothing."""
    parts = unicodedata.normalize("NFD", char)
    if "\u0300" <= parts[0] < "\u0370":
        return ""
    return "v" if parts[0] in "uU" and "\u0308" in parts else parts[0]


def _toneless(text: str) -> str:
    for char in set(text):  # many times faster than `translate` on the whole table
        if not char.isascii():
            text = text.replace(char, _plain(char))
    return text


# -- spellings


class Spelling:
    """How a string of ideographs is spelled: by its syllables (telangpu), or by its initials (tlp).

    It is read as syllables if it can be cut into syllables, in every way it can: xian is 西安 as well. White space,
    hyphens and apostrophes part syllables. ü is typed ü, v, u or yu. Otherwise each letter is the initial of one
    ideograph, and zh, ch and sh may be as well; z, c and s stand for these too.

    Attributes:
        key: its letters, with a space where syllables are parted; equal for spellings that mean the same.
        is_initials: whether the letters are initials.
        fewest: the fewest ideographs that are so spelled.

    Raises:
        QueryError: it is no spelling, or one of too many strings.
        MissingExtra: the extra is not installed.
    """

    def __init__(self, typed: str) -> None:
        plain = _toneless(fold_query(typed).translate(_BETWEEN))
        pieces = plain.split()
        self._letters = "".join(pieces)
        if not (self._letters.isascii() and self._letters.isalpha()):
            raise _no_spelling(typed, "pinyin is written in latin letters", "pinyin:telangpu, or its initials: tlp")
        if len(self._letters) > LONGEST:
            raise _no_spelling(
                typed, Message("pinyin takes at most {longest} letters", longest=LONGEST), "fewer syllables"
            )
        self.key = " ".join(pieces)
        starts = {0}
        for piece in pieces:
            starts.add(max(starts) + len(piece))
        self._ends = sorted(starts - {0})
        self.is_initials = False
        self._steps = self._cut(_syllables())
        if not self._steps[0]:
            self.is_initials = True
            self._steps = self._cut(None)
        self.fewest = LEAST_INITIALS if self.is_initials else LEAST_SYLLABLES
        if self._most() < self.fewest:
            raise (
                _no_spelling(typed, "two initials stand for too many words", "three initials or more, or syllables")
                if self.is_initials
                else _no_spelling(typed, "one syllable stands for too many characters", "two syllables or more")
            )

    def _cut(self, syllables: frozenset[str] | None) -> list[dict[str, int]]:
        """Return for each offset what may stand there of one ideograph, and its end, if the end can be reached so."""
        letters, size = self._letters, len(self._letters)
        steps: list[dict[str, int]] = [{} for _ in range(size + 1)]
        for start in range(size - 1, -1, -1):
            limit = next(end for end in self._ends if end > start)
            for end in range(start + 1, min(limit, start + _LONGEST_SYLLABLE) + 1):
                part = letters[start:end]
                known = part in syllables if syllables is not None else end == start + 1 or part in _DIGRAPHS
                if known and (end == size or steps[end]):
                    steps[start][part] = end
        return steps

    def _most(self) -> int:
        """Return the most ideographs that are so spelled; 0 if none are."""
        most = [0] * len(self._steps)
        for start in range(len(self._steps) - 2, -1, -1):
            most[start] = max((most[end] + 1 for end in self._steps[start].values()), default=0)
        return most[0]

    @property
    def end(self) -> int:
        """The offset at which a whole string has been read."""
        return len(self._letters)

    def begins_with(self, char: str) -> bool:
        """Tell whether such a string may begin with this ideograph."""
        return bool(self.after(0, char))

    def after(self, at: int, char: str) -> list[int]:
        """Return the offsets at which the reading goes on after an ideograph that is read from the offset `at`."""
        steps = self._steps[at]
        if not steps or not is_ideograph(char):
            return []
        return [steps[form] for form in _forms(char, self.is_initials) if form in steps]

    def is_read(self, text: str) -> bool:
        """Tell whether this is the spelling of a whole folded string."""
        return len(text) >= self.fewest and any(end == len(text) for end in self.ends_in(text, 0))

    def is_word(self, text: str) -> bool:
        """Tell whether a string that is so spelled must be a word: others of its length cross the ends of words."""
        return self.is_initials or len(text) <= LEAST_SYLLABLES

    def ends_in(self, text: str, start: int) -> Iterator[int]:
        """Yield the ends of the strings that begin at this offset of a folded text and are so spelled, ascending."""
        reached = {0}
        for place in range(start, len(text)):
            reached = {after for at in reached for after in self.after(at, text[place])}
            if not reached:
                return
            if self.end in reached and place + 1 - start >= self.fewest:
                yield place + 1

    def strings_in(self, text: str) -> Iterator[str]:
        """Yield the strings of a folded text that are so spelled; by initials, only those that it begins with."""
        for start in range(min(len(text), 1) if self.is_initials else len(text)):
            for end in self.ends_in(text, start):
                yield text[start:end]

    def first_characters(self) -> list[str]:
        """Return the characters that such a string can begin with."""
        forms = self._steps[0].keys()
        several = {raw for raw in set(_table().values()) if not forms.isdisjoint(_typed(raw, self.is_initials))}
        return [chr(int(code)) for code, raw in _table().items() if raw in several]


def _no_spelling(typed: str, message: str, hint: str) -> QueryError:
    return QueryError(message, query=typed, width=len(typed), hint=hint)


def _forms(char: str, is_initials: bool) -> frozenset[str]:
    """Return the ways to type one reading of a character, or its initial."""
    return _typed(_table().get(str(ord(char)), ""), is_initials)


@cache
def _typed(several: str, is_initials: bool) -> frozenset[str]:
    """Return the ways to type one of several readings, separated by commas, or its initial."""
    found = filter(None, several.split(","))
    if is_initials:
        return frozenset(form for each in found for form in (each[0], *_DIGRAPHS.intersection((each[:2],))))
    return frozenset(each.replace("v", form) for each in found for form in ("v", "u", "yu"))


@cache
def _syllables() -> frozenset[str]:
    """Return all syllables as they are typed. hm, ng and other sounds without a vowel are read as initials."""
    typed = _typed(",".join(set(_table().values())), False)
    return frozenset(each for each in typed if not _VOWELS.isdisjoint(each))
