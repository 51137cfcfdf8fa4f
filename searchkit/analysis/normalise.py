"""Folding: one form for width, case and script, one character to one character.

Because every character gives exactly one, offsets into the folded text are offsets into the original: highlights mark
the original, and a phrase found at `i` in the folded text stands at `i` in the article. What would change the length is
therefore left alone (㎏ stays ㎏, ﬁ stays ﬁ), and regional wording (软件, 軟體) is not a matter of folding.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@cache
def simplified() -> dict[str, str]:
    """Traditional characters and the simplified one each folds to (first choice of OpenCC's TSCharacters)."""
    text = Path(__file__).with_name("traditional.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return dict(pair for pair in pairs if len(pair) == 2)


def fold_character(char: str) -> str:
    """The folded form of one character."""
    if char == "\n":
        return char
    category = unicodedata.category(char)
    if category == "Cs":
        return "\ufffd"  # half of a surrogate pair cannot be written as UTF-8, so it cannot be a term
    if char.isspace() or category == "Cc":
        return " "
    folded = unicodedata.normalize("NFKC", char)
    if len(folded) != 1:
        folded = char
    if folded.isspace():
        return " "
    lower = folded.lower()
    if len(lower) == 1:
        folded = lower
    return simplified().get(folded, folded)


class _Table(dict[int, str]):
    """What `str.translate` asks: each character is folded the first time it is met, and remembered."""

    def __missing__(self, codepoint: int) -> str:
        folded = self[codepoint] = fold_character(chr(codepoint))
        return folded


_TABLE = _Table()


_LONG = 200
"""Characters from which on folding them in an array is quicker."""


def fold(text: str) -> str:
    """`text` folded; of the same length. Newlines stay, other white space becomes a space."""
    if len(text) < _LONG:
        return text.translate(_TABLE)
    import numpy as np

    table = _array()
    codepoints = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    folded = table[codepoints]
    if not folded.all():
        for each in {*codepoints[folded == 0].tolist()}:  # np.unique would load masked arrays
            table[each] = ord(_TABLE[each])
        folded = table[codepoints]
    return folded.tobytes().decode("utf-32-le")


@cache
def _array() -> NDArray[np.uint32]:
    """What each code point folds to, 0 where that was not asked yet; nothing folds to 0."""
    import numpy as np

    return np.zeros(0x110000, np.uint32)


def fold_query(text: str) -> str:
    """A searched string folded: as `fold`, and newlines become spaces; no match goes over the end of a paragraph."""
    return fold(text).replace("\n", " ")
