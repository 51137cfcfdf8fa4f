"""Colours on a terminal, by the few ANSI sequences every terminal knows; none where colour is off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from searchkit.presenters.terminal_text import safe


@dataclass(frozen=True, slots=True)
class Style:
    """How to draw: whether in colour, how many columns there are, whether block characters can be shown."""

    color: bool = False
    columns: int = 80
    unicode: bool = True

    def _sgr(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text

    def bold(self, text: str) -> str:
        """Titles."""
        return self._sgr("1", text)

    def dim(self, text: str) -> str:
        """What is beside the point."""
        return self._sgr("2", text)

    def mark(self, text: str) -> str:
        """What matched."""
        return self._sgr("1;31", text)

    def good(self, text: str) -> str:
        """Success, dates."""
        return self._sgr("32", text)

    def warn(self, text: str) -> str:
        """Near matches, warnings."""
        return self._sgr("33", text)

    def bad(self, text: str) -> str:
        """Errors."""
        return self._sgr("1;31", text)

    def accent(self, text: str) -> str:
        """Bars, sources."""
        return self._sgr("36", text)

    def marked(self, text: str, marks: Sequence[tuple[int, int]], plain: str = "") -> str:
        """A text made safe, with ranges of it marked; the rest in the style with the SGR code `plain`."""
        out, at = [], 0
        for start, end in marks:
            out.append(self._sgr(plain, safe(text[at:start])) if plain else safe(text[at:start]))
            out.append(self.mark(safe(text[start:end])))
            at = end
        rest = safe(text[at:])
        out.append(self._sgr(plain, rest) if plain else rest)
        return "".join(out)
