"""The classes of characters that the terms are cut by. All of this is about *folded* text.

- ideographs, and kana and hangul, which are written without spaces too: searched by pairs of characters;
- letters and digits of every other script, with the marks that combine with them: whole runs are tokens;
- anything else but white space: each character for itself.

Long texts are cut by regular expressions. To compile one of these takes longer than to answer a query (a class is
spread over 65,536 flags first), so they are compiled when a long text comes, and queries are cut by hand.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Literal, TypeAlias

_RANGES = (
    ("\u1100", "\u11ff"), ("\u3005", "\u3007"), ("\u3040", "\u30ff"), ("\u31f0", "\u31ff"), ("\u3400", "\u4dbf"),
    ("\u4e00", "\u9fff"), ("\uac00", "\ud7af"), ("\uf900", "\ufaff"), ("\U00016fe0", "\U00018aff"),
    ("\U0001b000", "\U0001b16f"), ("\U00020000", "\U0003ffff"),
)  # fmt: skip
"""Of ideographs, ascending."""

IDEOGRAPHS = "".join(f"{first}-{last}" for first, last in _RANGES)
"""The same as the inside of a class of a regular expression."""

JIEBA_RUN = "\u4e00-\u9fd5A-Za-z0-9+#&"
"""What jieba and rjieba cut identically; every other character is kept from them."""

MAX_LETTERS = 64
"""Longer runs of letters are cut: they are encoded data, not words. A phrase that goes over a cut is not found."""

_BY_HAND = 200
"""Characters of a text that is not worth a regular expression."""

_FIRST = [first for first, _ in _RANGES]

TokenKind: TypeAlias = Literal["ideographs", "letters", "other"]
Token: TypeAlias = tuple[TokenKind, int, str]
"""What it is of, the offset it starts at, its text: a run of ideographs, a run of letters, or one other character."""


def is_ideograph(char: str) -> bool:
    """One ideograph and nothing else."""
    if len(char) != 1 or char < _FIRST[0]:
        return False
    return char <= _RANGES[bisect_right(_FIRST, char) - 1][1]


def is_letter(char: str) -> bool:
    """A letter or digit that is not an ideograph; False for the empty string."""
    return char.isalnum() and not is_ideograph(char)


def stands_whole(text: str, start: int, end: int, *, left: bool = True, right: bool = True) -> bool:
    """Tell whether `text[start:end]`, where it begins (ends) with a letter, is not preceded (followed) by one."""
    if left and start > 0 and is_letter(text[start]) and is_letter(text[start - 1]):
        return False
    return not (right and end < len(text) and is_letter(text[end - 1]) and is_letter(text[end]))


def is_jieba_word(text: str) -> bool:
    """Is this a short run of ideographs, ASCII letters and digits that jieba may be given as it is?"""
    return 0 < len(text) <= MAX_LETTERS and all(
        "\u4e00" <= char <= "\u9fd5" or (char.isascii() and char.isalnum()) for char in text
    )


def is_jieba_run(text: str) -> bool:
    """Tell whether jieba may be given a text, of any length: all its characters are of `JIEBA_RUN`."""
    return all("\u4e00" <= char <= "\u9fd5" or (char.isascii() and (char.isalnum() or char in "+#&")) for char in text)


@cache
def ideograph_run() -> re.Pattern[str]:
    """One ideograph or more."""
    return re.compile(f"[{IDEOGRAPHS}]+")


@cache
def letter() -> re.Pattern[str]:
    """A letter or digit that is not an ideograph."""
    return re.compile(f"[^\\W_{IDEOGRAPHS}]")


@cache
def _token() -> re.Pattern[str]:
    """Covers every character but the newline, left to right."""
    return re.compile(
        f"(?P<ideographs>[{IDEOGRAPHS}]+)|(?P<letters>[^\\W_{IDEOGRAPHS}]{{1,{MAX_LETTERS}}})|(?P<other>[^\n])"
    )


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text, left to right; newlines are in none."""
    if len(text) <= _BY_HAND:
        yield from _tokens_by_hand(text)
        return
    for found in _token().finditer(text):
        yield found.lastgroup, found.start(), found.group()  # type: ignore[misc]  # the groups are named so


def _tokens_by_hand(text: str) -> Iterator[Token]:
    at = 0
    for kind, run in groupby(text, _kind):
        chars = "".join(run)
        if kind == "ideographs":
            yield kind, at, chars
        elif kind == "letters":
            for start in range(0, len(chars), MAX_LETTERS):
                yield kind, at + start, chars[start : start + MAX_LETTERS]
        else:
            for offset, char in enumerate(chars):
                if char != "\n":
                    yield kind, at + offset, char
        at += len(chars)


def _kind(char: str) -> TokenKind:
    return "ideographs" if is_ideograph(char) else "letters" if char.isalnum() else "other"
