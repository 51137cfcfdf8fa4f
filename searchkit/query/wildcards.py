"""Where * and ? inside a word are wildcards, and where ~ behind one asks for similar words.

A * between two characters of a word always is. A ? is where a person who pastes a headline cannot have meant the
question: between two latin letters or digits, or between two ideographs of which at least one stands alone there
(特?普, 人工?能, but not 涨价?专家), and only in a word of at most LONGEST characters that has no other signs. A
full-width ？ is always punctuation.
"""

from __future__ import annotations

import re
from functools import cache

from searchkit.analysis.characters import is_ideograph, is_letter
from searchkit.analysis.edits import LEAST_IDEOGRAPHS, is_chinese, is_latin
from searchkit.analysis.normalise import fold

LONGEST = 8
"""The characters of the longest Chinese word in which ? is a wildcard, or behind which ~ asks for similar ones."""
LEAST = {1: LEAST_IDEOGRAPHS, 2: 5}
"""The characters that a word must have for so many edits."""
TWO_EDITS = 6
"""The characters from which on a word may differ by two edits, if no number is given."""

STARS = "*＊"
_PIECE = re.compile(r"[^\s()（）|｜\-－!]+")


@cache
def _fuzzy() -> re.Pattern[str]:
    return re.compile(r"[~～]([0-9０-９]{0,3})(?=[\s)）]|$)")


def wildcard_questions(query: str) -> frozenset[int]:
    """Return the offsets of the ? that are wildcards."""
    if "?" not in query:
        return frozenset()
    found: list[int] = []
    for piece in _PIECE.finditer(query):
        if "?" in piece[0] and _is_pattern(piece[0]):
            found += [piece.start() + at for at, char in enumerate(piece[0]) if char == "?"]
    return frozenset(found)


def _is_pattern(piece: str) -> bool:
    parts = re.split(r"[?*＊]+", piece)
    if parts and not parts[-1] and piece[-1] in STARS:
        parts.pop()  # 芯?片* is open at its end
    folded = [fold(part) for part in parts]
    if all(map(is_latin, folded)):
        return True
    if not all(map(is_chinese, folded)) or len(piece) > LONGEST:
        return False
    return all(
        1 in (len(before), len(after))
        for before, sign, after in zip(folded, re.findall(r"[?*＊]+", piece), folded[1:], strict=False)
        if "?" in sign
    )


def edits_after(query: str, end: int) -> tuple[int, str] | None:
    """Return the length of a ~ that ends a word at the offset `end`, with its number, and the number; None if none."""
    if query[end : end + 1] not in ("~", "～") or end >= len(query):
        return None
    found = _fuzzy().match(query, end)
    return (len(found[0]), found[1]) if found else None


def may_be_fuzzy(text: str) -> bool:
    """Tell whether ~ after a word asks for similar ones: after letters, or ideographs that are no pasted headline."""
    folded = fold(text)
    if is_chinese(folded):
        return LEAST[1] <= len(folded) <= LONGEST
    return is_latin(folded) and len(folded) >= LEAST[1] and not folded.isdigit()


def default_edits(text: str) -> int:
    """Return the edits of ~ without a number."""
    return 2 if len(fold(text)) >= TWO_EDITS else 1


def is_between_words(query: str, at: int) -> bool:
    """Tell whether the sign at this offset stands directly between two letters, digits or ideographs."""
    return 0 < at < len(query) - 1 and all(_is_of_word(query[i]) for i in (at - 1, at + 1))


def _is_of_word(char: str) -> bool:
    folded = fold(char)
    return is_ideograph(folded) or is_letter(folded[:1])
