"""Typical words as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from searchkit.model.aggregations import Term
from searchkit.presenters.bars import bar
from searchkit.presenters.style import Style
from searchkit.presenters.terminal_text import safe
from searchkit.presenters.width import columns, padded, shortened

_WIDEST = 30


def terms(
    found: Sequence[Term], matches: int, rest: int, style: Style, beside: tuple[str, str] = ("matches", "rest")
) -> Iterator[str]:
    """Yield a line for each word: the articles that have it in the matches and in the rest, log ratio, G² with a bar.

    Args:
        matches, rest: the numbers of articles compared.
        beside: the names of the two sides.
    """
    if not found:
        return
    heads = [f"{name} ({number:,})" for name, number in zip(beside, (matches, rest), strict=True)]
    wide = max(4, *(min(_WIDEST, columns(safe(term.word))) for term in found))
    g2 = max(2, len(f"{found[0].g2:,.0f}"))
    room = min(24, style.columns - wide - sum(map(len, heads)) - g2 - 19)
    line = f"{padded('word', wide)}  {heads[0]}  {heads[1]}  log ratio  {'G2':>{g2}}"
    yield style.dim(line)
    for term in found:
        name = padded(shortened(safe(term.word), wide), wide)
        numbers = f"{term.matches:>{len(heads[0])},}  {term.rest:>{len(heads[1])},}  {term.log_ratio:>9.1f}"
        drawn = style.accent(bar(round(term.g2 * 100), round(found[0].g2 * 100), room, unicode=style.unicode))
        yield f"{name}  {numbers}  {term.g2:>{g2},.0f}  {drawn}".rstrip()
