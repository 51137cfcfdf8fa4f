"""Typical words as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from searchkit.model.aggregations import Comparison, Term, TermsByPeriod
from searchkit.presenters.bars import bar
from searchkit.presenters.style import Style
from searchkit.presenters.terminal import days
from searchkit.presenters.terminal_text import safe
from searchkit.presenters.width import columns, padded, shortened, wrapped

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


def terms_by(found: TermsByPeriod, style: Style) -> Iterator[str]:
    """Yield for each period its articles, and its words with the articles of the period and of the others with them."""
    if not found.periods:
        return
    wide = max(len(found.by), *(len(each.label) for each in found.periods))
    number = max(len(f"{each.matches:,}") for each in found.periods)
    yield style.dim(f"{found.by:{wide}}  {'':{number}}  word, articles with it then : at other times")
    for each in found.periods:
        listed = ", ".join(f"{safe(term.word)} {term.matches:,}:{term.rest:,}" for term in each.terms)
        begin = f"{each.label:{wide}}  {each.matches:>{number},}  "
        lines = list(wrapped(listed, style.at_most(100) - len(begin))) if listed else [style.dim("no word")]
        for at, line in enumerate(lines):
            yield f"{begin if not at else ' ' * len(begin)}{line}"


def comparison(found: Comparison, style: Style) -> Iterator[str]:
    """Yield the numbers of articles, and for each query its sources and the words that set it apart from the other."""
    sides = (("A", found.a, found.b), ("B", found.b, found.a))
    number = max(len(f"{each:,}") for each in (found.a.total, found.b.total, found.both))
    for name, side, _ in sides:
        yield f"{style.bold(name)}     {side.total:>{number},}  {shortened(safe(side.parsed.text), style.at_most(60))}"
    yield f"both  {found.both:>{number},}"
    for name, side, other in sides:
        yield ""
        if side.sources:
            listed = ", ".join(f"{safe(source)} {count:,}" for source, count in side.sources)
            yield from wrapped(f"sources of {name}: {listed}", style.at_most(100))
        against = "B" if name == "A" else "A"
        if side.terms:
            yield style.bold(f"words of {name} against {against}")
            yield from terms(side.terms, side.only, other.only, style, (f"only {name}", f"only {against}"))
        else:
            yield style.dim(f"no word is typical of {name} against {against}")


def understood_sides(found: Comparison) -> Iterator[str]:
    """Yield the days, the other names and the notes of each query."""
    for name, side in (("A", found.a), ("B", found.b)):
        if not side.total:
            yield f"nothing matches {name}: {safe(side.parsed.text)}"
        if side.parsed.span:
            yield f"days of {name}: {days(side.parsed.span.since, side.parsed.span.until)} ({side.parsed.timezone})"
        for each in side.parsed.aliases or ():
            also = ", ".join(map(safe, each.also))
            yield f"also for {name}: {also} for {safe(each.typed)}; --no-aliases leaves them out"
        for note in side.parsed.notes:
            yield f"note on {name}: {safe(note)}"
