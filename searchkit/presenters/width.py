"""Measure text in columns of a terminal: ideographs take two, combining marks none (Unicode Standard Annex 11)."""

from __future__ import annotations

import unicodedata


def columns_of(char: str) -> int:
    """Return the columns that a character takes: 0, 1 or 2. Ambiguous ones (“ … ·) take 1, as on most terminals."""
    if " " <= char <= "~":
        return 1
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def columns(text: str) -> int:
    """Return the columns that a line takes."""
    return sum(map(columns_of, text))


def shortened(text: str, most: int) -> str:
    """Cut a line to at most `most` columns, ending in … if anything is cut off."""
    if _fits(text, most):
        return text
    kept, used = [], 0
    for char in text:
        used += columns_of(char)
        if used > most - 1:
            break
        kept.append(char)
    return "".join(kept) + "…"


def _fits(text: str, most: int) -> bool:
    return 2 * len(text) <= most or columns(text) <= most


def padded(text: str, to: int, *, right: bool = False) -> str:
    """Fill a line with spaces to `to` columns: behind it, or before it for text that is set to the right."""
    blank = " " * max(0, to - columns(text))
    return blank + text if right else text + blank


_NOT_FIRST = "，。！？、；：”’》」』）】…%,.!?;:)]"
_NOT_LAST = "“‘《「『（【(["


def wrapped(text: str, most: int) -> list[str]:
    """Break a paragraph into lines of at most `most` columns, at spaces and between ideographs.

    No line begins with closing punctuation or ends with opening punctuation, if the line before keeps some text.

    Raises:
        ValueError: `most` is less than 2.
    """
    if most < 2:
        raise ValueError(f"a line needs 2 columns or more, not {most}")
    if _fits(text, most):
        return [text.rstrip()] if text.rstrip() else []
    lines: list[str] = []
    line: list[str] = []
    for piece in _pieces(text):
        if line and columns("".join(line)) + columns(piece) > most:
            carried: list[str] = []
            while len(line) > 1 and ((carried or [piece])[0][0] in _NOT_FIRST or line[-1][-1] in _NOT_LAST):
                carried.insert(0, line.pop())
            if columns("".join(carried)) + columns(piece) > most:
                line, carried = line + carried, []
            lines.append("".join(line).rstrip())
            line = carried
            if not line:
                piece = piece.lstrip()
            elif line[0] != line[0].lstrip():
                line[0] = line[0].lstrip()
        while columns(piece) > most:  # one word longer than a line
            head = piece[:1]
            for char in piece[1:]:
                if columns(head + char) > most:
                    break
                head += char
            lines.append(head)
            piece = piece[len(head) :]
        line.append(piece)
    last = "".join(line).rstrip()
    return [*lines, last] if last else lines


def _pieces(text: str) -> list[str]:
    """Split text into pieces that a line may break between: wide characters, and words with the spaces before them."""
    found: list[str] = []
    word = ""
    for char in text:
        if columns_of(char) == 2:
            if word:
                found.append(word)
                word = ""
            found.append(char)
        elif char == " " and word.strip():
            found.append(word)
            word = char
        else:
            word += char
    if word:
        found.append(word)
    return found
