"""Colour text with the few ANSI sequences that every terminal knows; no sequences where colour is off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from searchkit.presenters.terminal_text import safe

UNBOUNDED = 1 << 40
"""The columns of a pipe or a file: no line is too long for it."""


@dataclass(frozen=True, slots=True)
class Style:
    """How to draw.

    Attributes:
        color: use colours.
        columns: of the terminal; UNBOUNDED: nothing is wrapped or shortened.
        unicode: the terminal can show block characters.
    """

    color: bool = False
    columns: int = 80
    unicode: bool = True

    def at_most(self, columns: int) -> int:
        """Return the columns of a part that should not get wider than that on a terminal."""
        return self.columns if self.columns > UNBOUNDED // 2 else min(self.columns, columns)

    def _sgr(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text

    def bold(self, text: str) -> str:
        """Style a title."""
        return self._sgr("1", text)

    def dim(self, text: str) -> str:
        """Style secondary text."""
        return self._sgr("2", text)

    def mark(self, text: str) -> str:
        """Style matched text."""
        return self._sgr("1;31", text)

    def good(self, text: str) -> str:
        """Style success and dates."""
        return self._sgr("32", text)

    def warn(self, text: str) -> str:
        """Style near matches and warnings."""
        return self._sgr("33", text)

    def bad(self, text: str) -> str:
        """Style errors."""
        return self._sgr("1;31", text)

    def accent(self, text: str) -> str:
        """Style bars and sources."""
        return self._sgr("36", text)

    def marked(self, text: str, marks: Sequence[tuple[int, int]], plain: str = "") -> str:
        """Make a text safe and mark ranges of it. The rest has the style with the SGR code `plain`."""
        out, at = [], 0
        for start, end in marks:
            out.append(self._sgr(plain, safe(text[at:start])) if plain else safe(text[at:start]))
            out.append(self.mark(safe(text[start:end])))
            at = end
        rest = safe(text[at:])
        out.append(self._sgr(plain, rest) if plain else rest)
        return "".join(out)
