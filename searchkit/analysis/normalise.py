"""Folding: one form for width, case, script, composition and look-alike signs, so that a text is found as it is read.

What `fold` does is Unicode's NFKC_Casefold and four things more:

- A traditional character, or a variant that Hong Kong or Taiwan writes, becomes the simplified one: `traditional.txt`.
- White space and control characters become a space, one for one; the newline stays.
- Signs that look alike become one: quotes and apostrophes of every shape `'`, middle dots and bullets `·`, hyphens,
  dashes and the minus `-`, wave dashes `~`, fraction and division slashes `/`, the ratio `:`. See `_ALIKE`.
- Letterspaced Chinese (一 名 警 察) is closed up; see `searchkit.analysis.letterspacing`.

NFKC_Casefold makes é of e and an acute, ガ of ｶﾞ, 각 of its jamo, kg of ㎏, ss of ß; and it drops what is not seen:
zero-width characters, soft hyphens, joiners, bidi marks, variation selectors (`Default_Ignorable_Code_Point`). Two
exceptions: an accent that stands alone (¨) is not made a space with a mark, and half of a surrogate pair, which cannot
be written as UTF-8, becomes U+FFFD. Regional wording (软件, 軟體) is not a matter of folding.

The folded text may be longer or shorter than the original. `fold` says nothing of that and is quick; `fold_with_map`
also gives the way back, for those who show where in the original something was found. A text in which no character
changes the length, which is nearly every text, is folded character by character, long ones in an array.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from searchkit.analysis.letterspacing import may_be_letterspaced, spaces_to_close

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ALIKE = {
    char: plain
    for plain, chars in (
        ("'", '"`´‘’‚‛“”„‟‹›«»「」『』〝〞〟ʻʼʽ′″‴‵‶‷❛❜❝❞'),
        ("·", "•‧∙⋅・⸱ꞏ"),
        ("-", "‐‒–—―−⁃─━⸺⸻"),
        ("~", "〜∼"),
        ("/", "⁄∕"),
        (":", "∶︰"),
        ("...", "⋯"),
    )
    for char in chars
}
"""Signs that are typed for one another, or that differ by font and input method only."""

_IGNORABLE = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
"""`Default_Ignorable_Code_Point` of Unicode 16, which Python does not have, and the signs around annotations."""

_IGNORABLE_FROM = [first for first, _ in _IGNORABLE]

_GROWS, _JOINS = "\x01", "\x02"
"""Stand in a text that is folded character by character for those that cannot be: nothing folds to a control character.

The first for a character that becomes several, the second for one that becomes nothing or joins the one before.
"""

_LONG = 200
"""Characters from which on folding them in an array is quicker."""

_SHORT_PIECE = 32
"""Characters that Python's `unicodedata` may put into order: the time grows with the square of their number."""


@cache
def simplified() -> dict[str, str]:
    """Return traditional characters and variants with the simplified one that each folds to, see `traditional.txt`."""
    text = Path(__file__).with_name("traditional.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return dict(pair for pair in pairs if len(pair) == 2)


def is_ignorable(char: str) -> bool:
    """Tell whether folding drops a character: one that is not seen and does not part words."""
    code = ord(char)
    return code >= 0xAD and code <= _IGNORABLE[bisect_right(_IGNORABLE_FROM, code) - 1][1]


def without_ignorable(text: str) -> str:
    """Return the text without the characters that are not seen, all else as it is."""
    return text if text.isascii() else "".join(char for char in text if not is_ignorable(char))


class _Mapped(dict[str, str]):
    """Each character of decomposed text and what it is folded to, decomposed: asked for once, then remembered."""

    def __missing__(self, char: str) -> str:
        self[char] = found = _mapped(char)
        return found


_MAPPED = _Mapped()


def _mapped(char: str) -> str:
    if char == "\n":
        return char
    category = unicodedata.category(char)
    if category == "Cs":
        return "\ufffd"
    if is_ignorable(char):
        return ""
    if char.isspace() or category == "Cc":
        return " "
    if char in _ALIKE:
        return _ALIKE[char]
    plain = unicodedata.normalize("NFKD", char)
    if len(plain) > 1 and plain[0] == " ":
        return char  # an accent that stands alone
    plain = unicodedata.normalize("NFKD", plain.casefold())
    if plain != char:
        return "".join(_MAPPED[each] for each in plain)
    return simplified().get(char, char)


def _ordered(text: str) -> str:
    """Return decomposed text with its marks in canonical order, in a time that grows with its length only."""
    found: list[str] = []
    for is_mark, run in groupby(text, lambda char: unicodedata.combining(char) > 0):
        chars = list(run)
        found += sorted(chars, key=unicodedata.combining) if is_mark else chars
    return "".join(found)


@lru_cache(maxsize=20_000)
def _short_piece(piece: str) -> str:
    mapped = "".join(map(_MAPPED.__getitem__, unicodedata.normalize("NFD", piece)))
    return unicodedata.normalize("NFC", mapped)


def _folded_piece(piece: str) -> str:
    """Fold a character with all that joins it."""
    if len(piece) <= _SHORT_PIECE:
        return _short_piece(piece)
    decomposed = "".join(unicodedata.normalize("NFD", char) for char in piece if not is_ignorable(char))
    mapped = "".join(map(_MAPPED.__getitem__, _ordered(decomposed)))
    return unicodedata.normalize("NFC", _ordered(mapped))


def _character(char: str) -> str:
    """Return what one character is folded to wherever it stands, `_GROWS` or `_JOINS`."""
    folded = _short_piece(char)
    if unicodedata.combining(char) or not folded:
        return _JOINS
    if unicodedata.category(folded[0])[0] == "M" or "\u1160" <= folded[0] <= "\u11ff":
        return _JOINS  # only marks, and vowels and finals of Hangul, are composed with what stands before them
    return folded if len(folded) == 1 else _GROWS


def fold_character(char: str) -> str | None:
    """Return the one character that another is folded to wherever it stands; None if there is no such."""
    folded = _TABLE[ord(char)]
    return None if folded in (_GROWS, _JOINS) else folded


class _Table(dict[int, str]):
    """What `str.translate` asks: each character is looked at the first time it is met, and remembered."""

    def __missing__(self, codepoint: int) -> str:
        self[codepoint] = found = _character(chr(codepoint))
        return found


_TABLE = _Table()


@cache
def _array() -> NDArray[np.uint32]:
    """What each code point folds to, see `_character`; 0 where that was not asked yet."""
    import numpy as np

    return np.zeros(0x110000, np.uint32)


def _by_character(text: str) -> str:
    """Fold a text one character to one, `_GROWS` and `_JOINS` for those that cannot be."""
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
def _changing() -> re.Pattern[str]:
    """A character that grows, or joins the one before, with all that joins it."""
    return re.compile(f"[{_GROWS}{_JOINS}]{_JOINS}*")


def _pieces(text: str, plain: str) -> Iterator[tuple[int, int, str]]:
    """Yield start and end of each piece of `text` that is not folded one character to one, and its folded form."""
    for found in _changing().finditer(plain):
        start, end = found.span()
        if start and plain[start] == _JOINS:
            start -= 1
        yield start, end, _folded_piece(text[start:end])


def _is_whole(plain: str) -> bool:
    """Tell whether every character of a text was folded to one."""
    return _GROWS not in plain and _JOINS not in plain


def _replaced(plain: str, pieces: Iterable[tuple[int, int, str]]) -> str:
    found: list[str] = []
    at = 0
    for start, end, folded in pieces:
        found += plain[at:start], folded
        at = end
    return "".join((*found, plain[at:]))


def fold(text: str) -> str:
    """Return `text` folded, see the head of this module. Folding twice is folding once."""
    folded = _by_character(text)
    if not _is_whole(folded):
        folded = _replaced(folded, _pieces(text, folded))
    if may_be_letterspaced(folded):
        folded = _replaced(folded, ((at, at + 1, "") for at in spaces_to_close(folded)))
    return folded


def fold_query(text: str) -> str:
    """Return a searched string folded: newlines become spaces, as no match goes over the end of a paragraph."""
    return fold(text.replace("\n", " "))


class Offsets:
    """The way from offsets of a folded text back to the original.

    Args:
        pieces: of the original, in order: those that were not folded one character to one; start, end, folded form.
    """

    def __init__(self, pieces: Iterable[tuple[int, int, str]]) -> None:
        self._pieces: list[tuple[int, int, int, int]] = []  # start and end in the original, start and end folded
        self._starts: list[int] = []
        end_before = folded_before = 0
        for start, end, folded in pieces:
            at = folded_before + start - end_before
            end_before, folded_before = end, at + len(folded)
            self._pieces.append((start, end, at, folded_before))
            self._starts.append(at)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the original that the characters `start` to `end` of the folded text were made of.

        Of a piece that was folded as a whole (e and an acute, ㎏) always the whole.
        """
        if start >= end:
            return (at := self._start(start)), at
        return self._start(start), self._end(end)

    def _start(self, offset: int) -> int:
        number = bisect_right(self._starts, offset) - 1
        if number < 0:
            return offset
        start, end, _, last = self._pieces[number]
        return start if offset < last else end + offset - last

    def _end(self, offset: int) -> int:
        number = bisect_right(self._starts, offset - 1) - 1
        if number < 0:
            return offset
        _, end, _, last = self._pieces[number]
        return end if offset <= last else end + offset - last


class Folded:
    """A folded text that knows where in the original each of its characters comes from. Made by `fold_with_map`."""

    def __init__(self, text: str, *steps: Offsets) -> None:
        self.text = text
        self._steps = steps

    @property
    def is_parallel(self) -> bool:
        """Whether each character was folded to one, so that offsets are those of the original."""
        return not self._steps

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the original that `text[start:end]` was made of."""
        for step in self._steps:
            start, end = step.span(start, end)
        return start, end


def fold_with_map(text: str) -> Folded:
    """Fold as `fold` does, and keep the way back to the original."""
    folded = _by_character(text)
    steps: list[Offsets] = []
    if not _is_whole(folded):
        pieces = list(_pieces(text, folded))
        folded = _replaced(folded, pieces)
        steps.append(Offsets(pieces))
    if may_be_letterspaced(folded):
        closed = [(at, at + 1, "") for at in spaces_to_close(folded)]
        folded = _replaced(folded, closed)
        steps.append(Offsets(closed))
    return Folded(folded, *reversed(steps))
