"""Columns on a terminal: ideographs take two, combining marks none (Unicode Standard Annex 11)."""

from __future__ import annotations

import unicodedata


def columns_of(char: str) -> int:
    """Columns one character takes: 0, 1 or 2. Ambiguous ones (“ … ·) count as one, as most terminals draw them."""
    if " " <= char <= "~":
        return 1
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def columns(text: str) -> int:
    """Columns a line takes."""
    return sum(map(columns_of, text))


def shortened(text: str, most: int) -> str:
    """At most `most` columns of a line, ending in … if something is cut off."""
    if columns(text) <= most:
        return text
    kept, used = [], 0
    for char in text:
        used += columns_of(char)
        if used > most - 1:
            break
        kept.append(char)
    return "".join(kept) + "…"


def padded(text: str, to: int) -> str:
    """A line filled up with spaces to `to` columns."""
    return text + " " * max(0, to - columns(text))


_NOT_FIRST = "，。！？、；：”’》」』）】…%,.!?;:)]"


def wrapped(text: str, most: int) -> list[str]:
    """A paragraph as lines of at most `most` columns.

    Breaks at spaces and between ideographs; closing punctuation does not begin a line.
    """
    if most < 2:
        raise ValueError(f"a line needs 2 columns or more, not {most}")
    lines: list[str] = []
    line, used = "", 0
    for piece in _pieces(text):
        wide = columns(piece)
        if used + wide > most and line and not (len(piece) == 1 and piece in _NOT_FIRST and used + wide <= most + 2):
            lines.append(line.rstrip())
            line, used = "", 0
            piece = piece.lstrip()
            wide = columns(piece)
        while wide > most:  # one word longer than a line
            head = ""
            for char in piece:
                if columns(head + char) > most:
                    break
                head += char
            lines.append(head)
            piece = piece[len(head) :]
            wide = columns(piece)
        line += piece
        used += wide
    if line.strip():
        lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> list[str]:
    """What a line may be broken between: single wide characters, and words with the spaces before them."""
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
