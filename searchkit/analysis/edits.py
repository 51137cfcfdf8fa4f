"""How many edits make one word of another.

An edit puts in, leaves out or replaces one character, or exchanges two neighbours; no part is edited twice (optimal
string alignment, the restricted distance of Damerau 1964).
"""

from __future__ import annotations

from itertools import pairwise

from searchkit.analysis.characters import is_ideograph, is_letter

LEAST_IDEOGRAPHS = 3
"""Characters that a variant of a Chinese word has, at least: two characters are part of too many words."""


def is_within(word: str, other: str, most: int) -> bool:
    """Tell whether at most `most` edits make `other` of `word`."""
    if abs(len(word) - len(other)) > most:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(word, 1):
        last, before, row = before, row, [i]
        for j, their in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != their))
            if i > 1 and j > 1 and char == other[j - 2] and word[i - 2] == their:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(before) > most:
            return False
    return row[-1] <= most


def is_chinese(text: str) -> bool:
    """Tell whether a folded text is ideographs and nothing else."""
    return bool(text) and all(map(is_ideograph, text))


def is_latin(text: str) -> bool:
    """Tell whether a folded text is letters and digits that are no ideographs, and nothing else."""
    return bool(text) and all(map(is_letter, text))


def is_slip(word: str, other: str) -> bool:
    """Tell whether `other` is a Chinese `word` miswritten by one edit that leaves enough to tell it by.

    The first and the last character stay, unless two neighbours are exchanged, or a character is replaced in a word of
    four or more.
    """
    if len(other) < LEAST_IDEOGRAPHS or not is_within(word, other, 1):
        return False
    if (word[0], word[-1]) == (other[0], other[-1]):
        return True
    return len(word) == len(other) and (len(word) > LEAST_IDEOGRAPHS or sorted(word) == sorted(other))


def slips(word: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the ways to miswrite a Chinese word, see `is_slip`.

    Returns:
        The strings that are known whole, and the parts on both sides of one character that may be any ideograph; one of
        the parts may be empty.
    """
    size = len(word)
    known = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(size - 1)]
    if size > LEAST_IDEOGRAPHS:
        known += [word[:i] + word[i + 1 :] for i in range(1, size - 1)]
    edge = 0 if size > LEAST_IDEOGRAPHS else 1
    replaced = [(word[:i], word[i + 1 :]) for i in range(edge, size - edge)]
    added = [(word[:i], word[i:]) for i in range(1, size)]
    return list(dict.fromkeys([word, *known])), replaced + added


def parts(word: str, edits: int) -> list[str]:
    """Return parts of a word, of which every word within so many edits has at least one unchanged.

    An edit changes at most two parts, when it exchanges characters of both. A word that is too short has no such parts.
    """
    count = 2 * edits + 1
    if len(word) < count:
        return []
    bounds = [len(word) * i // count for i in range(count + 1)]
    return [word[start:end] for start, end in pairwise(bounds)]
