"""The items of a digest: an article of several short reports, each below a heading on a line of its own.

A heading is a short line that ends as no sentence does, with text below it that does. An article with only one such
line is no digest: that line may be anything.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

LONGEST_HEADING = 40
"""Characters."""
_ENDS = "。！？!?；;：:，,、…"
"""What a heading does not end with."""
_SENTENCE_ENDS = "。！？!?…"
_CLOSING = "”’」』）)》"


class Item(NamedTuple):
    """Offsets into the body: the heading, and the end of the item's text, which begins behind the heading."""

    start: int
    heading_end: int
    end: int


def items(body: str) -> list[Item]:
    """Return the items of a digest in order; of any other article none."""
    split = body.split("\n")
    stripped = [line.strip() for line in split]
    if sum(0 < len(text) <= LONGEST_HEADING for text in stripped) < 2:
        return []
    lines: list[tuple[int, int, str]] = []
    at = 0
    for line, text in zip(split, stripped, strict=True):
        if text:
            lines.append((at, at + len(line), text))
        at += len(line) + 1
    headings = [
        (start, end)
        for (start, end, text), (_, _, below) in pairwise(lines)
        if len(text) <= LONGEST_HEADING < len(below) and _is_heading(text, below)
    ]
    if len(headings) < 2:
        return []
    ends = [start for start, _ in headings[1:]] + [len(body)]
    return [Item(start, heading_end, end) for (start, heading_end), end in zip(headings, ends, strict=True)]


def item_at(found: Sequence[Item], offset: int) -> Item | None:
    """Return the item with this offset of the body; None before the first one."""
    number = bisect_right(found, offset, key=lambda item: item.start)
    return found[number - 1] if number else None


def _is_heading(line: str, below: str) -> bool:
    below = below.rstrip(_CLOSING)
    ends = line.rstrip(_CLOSING)[-1:]
    return len(line) <= LONGEST_HEADING < len(below) and ends not in _ENDS and below[-1:] in _SENTENCE_ENDS
