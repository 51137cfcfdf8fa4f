"""The lines around an article that say when, where and by whom it was published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from searchkit.sources.html import boilerplate
from searchkit.sources.html.body import Body
from searchkit.sources.html.tree import Line

_BEFORE, _AFTER, _BELOW = 6, 40, 10


@dataclass(frozen=True, slots=True)
class Window:
    """Where to look.

    Attributes:
        lines: all lines of the page.
        title_at: the line of the headline; -1 if the page shows none.
        head: the lines between headline and text, nearest to the headline first, then some above it.
        opening: the first lines of the text.
        closing: the last lines of the text, last first, then what follows inside and under the frame.
    """

    lines: Sequence[Line]
    title_at: int
    head: tuple[int, ...]
    opening: tuple[int, ...]
    closing: tuple[int, ...]

    def head_lines(self) -> Iterator[tuple[int, Line]]:
        """The lines of `head`, each with its distance from the headline."""
        base = self.title_at if self.title_at >= 0 else (self.head[0] if self.head else 0)
        for number in self.head:
            yield number - base, self.lines[number]


def window(lines: Sequence[Line], title_at: int, body: Body) -> Window:
    """The window of an article whose headline and text are known."""
    first = body.first if body.first >= 0 else min(len(lines), max(title_at, 0) + 15)
    last = body.last if body.last >= 0 else first
    if title_at < 0:
        head = list(range(first - 1, max(-1, first - 20), -1))
    elif title_at < first:
        head = list(range(title_at, min(first, title_at + _AFTER)))
        head += list(range(max(title_at + 1, first - 6), first))  # a long list of buttons may stand between
        head += list(range(title_at - 1, max(-1, title_at - 1 - _BEFORE), -1))
        head = list(dict.fromkeys(head))
    else:  # the text is taken to begin above the headline
        head = list(range(title_at, min(len(lines), title_at + 8)))
    numbers = set(body.numbers)
    below = []
    for number in range(body.numbers[-1] + 1 if numbers else last, min(len(lines), last + _BELOW)):
        if boilerplate.opens_list(lines[number]) and number > last:
            break
        below.append(number)
    closing = [*reversed(body.numbers[-3:]), *below]
    inside = [n for n in range(first, min(last + 1, len(lines))) if n not in numbers and len(lines[n].text) <= 60]
    return Window(
        lines,
        title_at,
        tuple(head),
        tuple(n for n in body.numbers[:6] if n in body.numbers[:2] or len(lines[n].text) < 40),
        tuple(dict.fromkeys([*closing, *inside])),
    )
