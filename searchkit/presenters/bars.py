"""Horizontal bars, to an eighth of a column where the terminal can show it."""

from __future__ import annotations

_EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(count: int, most: int, width: int, *, unicode: bool = True) -> str:
    """Draw a bar in proportion to `count`: `width` columns for `most`. Any count above zero is visible."""
    if count <= 0 or most <= 0 or width <= 0:
        return ""
    if not unicode:
        return "#" * max(1, round(count / most * width))
    eighths = max(1, round(count / most * width * 8))
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")
