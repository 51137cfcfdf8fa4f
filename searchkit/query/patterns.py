"""The pattern of a word with wildcards: literal parts, and how many characters may stand between them."""

from __future__ import annotations

import re
from typing import NamedTuple

REACH = 10
"""The most characters that a * stands for."""
MOST_GAPS = 5
"""The most places of a word that have wildcards."""
_WILDCARDS = re.compile(r"[*?]+")


class Pattern(NamedTuple):
    """A word with wildcards.

    Attributes:
        literals: the parts between the wildcards, none empty; an empty tuple matches nothing.
        gaps: for each literal but the first, the fewest and the most characters between it and the one before.
        open_left, open_right: whether a wildcard stands before the first literal, after the last.
    """

    literals: tuple[str, ...]
    gaps: tuple[tuple[int, int], ...]
    open_left: bool
    open_right: bool


def pattern(folded: str) -> Pattern:
    """Return the pattern of a folded text in which * and ? are wildcards.

    ? is one character, * up to REACH; several of them together are their sum.
    """
    literals = _WILDCARDS.split(folded)
    runs = _WILDCARDS.findall(folded)
    gaps = [(run.count("?"), run.count("?") + REACH * run.count("*")) for run in runs]
    open_left = bool(runs) and not literals[0]
    open_right = bool(runs) and not literals[-1]
    inside = gaps[open_left : len(gaps) - open_right]
    return Pattern(tuple(filter(None, literals)), tuple(inside), open_left, open_right)
