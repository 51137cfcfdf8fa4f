"""Folded text to the terms of the two fields, and a searched string to the pieces it is found by.

`words` (for relevance, and for matches where a phrase stands apart): jieba's search mode over the runs it understands,
whole runs of other letters, single characters of what is left. Forms joined by `. _ % -` (F-16, PM2.5, GPT-4o, 3.14%)
give the joined form and its parts. So do the words of a user dictionary that have signs (*ST舜航, 抗原19-9).

`grams` (for exactness): every pair of neighbouring ideographs and the last ideograph of each run, whole runs of
letters, and each other character but the newline, each with the offset it starts at. So any string can be found again,
to the character, by the terms it is made of and the distances between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from searchkit.analysis.characters import (
    IDEOGRAPHS,
    JIEBA_RUN,
    MAX_LETTERS,
    is_jieba_word,
    is_letter,
    stands_whole,
    tokens,
)
from searchkit.analysis.segment import Cut, Segmenter
from searchkit.deadline import check

_LETTER = f"[^\\W_{IDEOGRAPHS}]"
_WORD = f"{_LETTER}{{1,{MAX_LETTERS}}}"
_WORDY = re.compile(r"[^\W_]")
_LONGEST_RUN = 2000


# Compiled when a text comes that needs them, see `characters`.
@cache
def _joined() -> re.Pattern[str]:
    return re.compile(f"(?<!{_LETTER})(?:{_WORD}(?:[._%\\-]{_WORD})+%?|[0-9]{{1,{MAX_LETTERS}}}%)")


@cache
def _part() -> re.Pattern[str]:
    return re.compile(f"{_LETTER}+")


@cache
def _rest() -> re.Pattern[str]:
    return re.compile(
        f"(?P<run>[{JIEBA_RUN}]+)"
        f"|(?P<letters>{_WORD})"
        "|(?P<kana>[\u3040-\u30ff\u31f0-\u31ff]+|[\u1100-\u11ff\uac00-\ud7af]+)"
        f"|(?P<ideograph>[{IDEOGRAPHS}])"
        "|(?P<symbol>[\u2190-\u2bff\u3200-\u33ff\ue000-\uf8ff\U0001f000-\U0001faff\U000f0000-\U0010ffff])"
    )


def words(folded: str, segmenter: Segmenter) -> list[str]:
    """Return the terms of the field `words`, in order, repeated as often as they occur."""
    check()
    if is_jieba_word(folded):
        return list(segmenter.search(folded))
    found: list[str] = []
    at = 0
    for start, end in segmenter.signed.find(folded):
        _add_words(found, folded[at:start], segmenter.search, parts=True)
        found.append(folded[start:end])
        _add_words(found, folded[start:end], segmenter.search, parts=True)
        at = end
    _add_words(found, folded[at:] if at else folded, segmenter.search, parts=True)
    return found


def query_words(folded: str, segmenter: Segmenter) -> list[str]:
    """Return the words a typed string is found by where it does not stand literally: no parts of words, none twice."""
    check()
    if is_jieba_word(folded):
        return list(dict.fromkeys(segmenter.words(folded)))
    found: list[str] = []
    at = 0
    for start, end in segmenter.signed.find(folded):
        _add_words(found, folded[at:start], segmenter.words, parts=False)
        found.append(folded[start:end])
        at = end
    _add_words(found, folded[at:] if at else folded, segmenter.words, parts=False)
    return list(dict.fromkeys(found))


def _add_words(found: list[str], folded: str, cut: Cut, *, parts: bool) -> None:
    """Add the words of a text that has no signed words; of joined forms also the parts, if asked for."""
    at = 0
    for joined in _joined().finditer(folded):
        _add_rest(found, folded[at : joined.start()], cut)
        found.append(joined.group())
        if parts:
            found += _part().findall(joined.group())
        at = joined.end()
    _add_rest(found, folded[at:] if at else folded, cut)


def _add_rest(found: list[str], folded: str, cut: Cut) -> None:
    """Add the words of a text that has no joined forms."""
    for match in _rest().finditer(folded):
        text = match.group()
        if match.lastgroup != "run":
            found.append(text[:MAX_LETTERS])
        elif len(text) <= MAX_LETTERS and text.isalnum():
            found += cut(text)
        else:
            # A run without end (encoded data, a text without punctuation) is cut: jieba's time and memory grow with it.
            for start in range(0, len(text), _LONGEST_RUN):
                check()
                # + # & standing alone are no words
                found += [word[:MAX_LETTERS] for word in cut(text[start : start + _LONGEST_RUN]) if _WORDY.search(word)]


def grams(folded: str, start: int = 0) -> Iterator[tuple[str, int]]:
    """The terms of the field `grams` and the offsets they stand at, `start` being the offset of the first character."""
    for kind, offset, text in tokens(folded):
        at = offset + start
        if kind == "ideographs":
            for i in range(len(text) - 1):
                yield text[i : i + 2], at + i
            yield text[-1], at + len(text) - 1
        else:
            yield text, at


Match = Literal["exact", "starts", "ends", "contains"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One term of a searched string, `offset` characters after its start.

    `match` says which terms will do: the one that equals `term`, all that start or end with it, or contain it. With
    "ends" and "contains" the term found begins before the piece does.
    """

    term: str
    offset: int
    match: Match = "exact"


def pieces(folded: str, *, open_left: bool, open_right: bool) -> list[Piece]:
    """The fewest pieces that find a string, left to right.

    Args:
        folded: the string, by `searchkit.analysis.normalise.fold_query`.
        open_left: if it starts with a letter, may a letter stand before it in the text?
        open_right: if it ends with a letter, may one follow?
    """
    found: list[Piece] = []
    for kind, at, text in tokens(folded):
        if kind == "ideographs":
            if len(text) == 1:
                found.append(Piece(text, at, "starts"))
            # Pairs side by side cover the run; the last pair overlaps where the length is odd.
            found.extend(Piece(text[i : i + 2], at + i) for i in range(0, len(text) - 1, 2))
            if len(text) > 2 and len(text) % 2:
                found.append(Piece(text[-2:], at + len(text) - 2))
        elif kind == "letters":
            left = open_left and at == 0
            right = open_right and at + len(text) == len(folded)
            match: Match = "contains" if left and right else "ends" if left else "starts" if right else "exact"
            found.append(Piece(text, at, match))
        else:
            found.append(Piece(text, at))
    return found


def occurrences(text: str, sought: str, *, left: bool = True, right: bool = True) -> Iterator[int]:
    """Where `sought` starts in `text`, whole at its left and right where asked; overlapping ones too."""
    at = text.find(sought) if sought else -1
    if at < 0:
        return
    # Whether its ends are letters is the same at every place.
    left, right = left and is_letter(sought[0]), right and is_letter(sought[-1])
    anywhere = not left and not right
    while at >= 0:
        if anywhere or stands_whole(text, at, at + len(sought), left=left, right=right):
            yield at
        at = text.find(sought, at + 1)
