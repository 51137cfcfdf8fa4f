"""Typical words as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from searchkit.language.messages import Message, gettext, translated
from searchkit.model.aggregations import Comparison, Term, TermsByPeriod
from searchkit.presenters.bars import bar
from searchkit.presenters.periods import PERIODS
from searchkit.presenters.style import Style
from searchkit.presenters.terminal import days
from searchkit.presenters.terminal_text import safe
from searchkit.presenters.width import columns, padded, shortened, wrapped

_WIDEST = 30


def terms(
    found: Sequence[Term],
    matches: int,
    rest: int,
    style: Style,
    beside: tuple[str, str] = (Message("matches"), Message("rest")),
) -> Iterator[str]:
    """Yield a line for each word: the articles that have it in the matches and in the rest, log ratio, G² with a bar.

    Args:
        matches, rest: the numbers of articles compared.
        beside: the names of the two sides.
    """
    if not found:
        return
    heads = [f"{translated(name)} ({number:,})" for name, number in zip(beside, (matches, rest), strict=True)]
    word, ratio = gettext("word"), gettext("log ratio")
    wide = max(4, *(min(_WIDEST, columns(safe(term.word))) for term in found))
    g2 = max(2, len(f"{found[0].g2:,.0f}"))
    first, second, third = columns(heads[0]), columns(heads[1]), max(7, columns(ratio))
    room = min(24, style.columns - wide - first - second - third - g2 - 10)
    line = f"{padded(word, wide)}  {heads[0]}  {heads[1]}  {ratio}  {'G2':>{g2}}"
    yield style.dim(line)
    for term in found:
        name = padded(shortened(safe(term.word), wide), wide)
        numbers = f"{term.matches:>{first},}  {term.rest:>{second},}  {term.log_ratio:>{third}.1f}"
        drawn = style.accent(bar(round(term.g2 * 100), round(found[0].g2 * 100), room, unicode=style.unicode))
        yield f"{name}  {numbers}  {term.g2:>{g2},.0f}  {drawn}".rstrip()


def terms_by(found: TermsByPeriod, style: Style) -> Iterator[str]:
    """Yield for each period its articles, and its words with the articles of the period and of the others with them."""
    if not found.periods:
        return
    period = translated(PERIODS[found.by])
    wide = max(columns(period), *(len(each.label) for each in found.periods))
    number = max(len(f"{each.matches:,}") for each in found.periods)
    head = gettext("word, articles with it then : at other times")
    yield style.dim(f"{padded(period, wide)}  {'':{number}}  {head}")
    for each in found.periods:
        listed = ", ".join(f"{safe(term.word)} {term.matches:,}:{term.rest:,}" for term in each.terms)
        begin = f"{each.label:{wide}}  {each.matches:>{number},}  "
        lines = list(wrapped(listed, style.at_most(100) - len(begin))) if listed else [style.dim(gettext("no word"))]
        for at, line in enumerate(lines):
            yield f"{begin if not at else ' ' * len(begin)}{line}"


def comparison(found: Comparison, style: Style) -> Iterator[str]:
    """Yield the numbers of articles, and for each query its sources and the words that set it apart from the other."""
    sides = (("A", found.a, found.b), ("B", found.b, found.a))
    number = max(len(f"{each:,}") for each in (found.a.total, found.b.total, found.both))
    for name, side, _ in sides:
        yield f"{style.bold(name)}     {side.total:>{number},}  {shortened(safe(side.parsed.text), style.at_most(60))}"
    yield f"{padded(gettext('both'), 4)}  {found.both:>{number},}"
    for name, side, other in sides:
        yield ""
        if side.sources:
            listed = ", ".join(f"{safe(source)} {count:,}" for source, count in side.sources)
            yield from wrapped(gettext("sources of {side}: {sources}", side=name, sources=listed), style.at_most(100))
        against = "B" if name == "A" else "A"
        if side.terms:
            yield style.bold(gettext("words of {side} against {other}", side=name, other=against))
            beside = Message("only {side}", side=name), Message("only {side}", side=against)
            yield from terms(side.terms, side.only, other.only, style, beside)
        else:
            yield style.dim(gettext("no word is typical of {side} against {other}", side=name, other=against))


def understood_sides(found: Comparison) -> Iterator[str]:
    """Yield the days, the other names and the notes of each query."""
    for name, side in (("A", found.a), ("B", found.b)):
        if not side.total:
            yield gettext("nothing matches {side}: {query}", side=name, query=safe(side.parsed.text))
        if side.parsed.span:
            asked = days(side.parsed.span.since, side.parsed.span.until)
            yield gettext("days of {side}: {days} ({zone})", side=name, days=asked, zone=side.parsed.timezone)
        for each in side.parsed.aliases or ():
            yield gettext(
                "also for {side}: {names} for {typed}; --no-aliases leaves them out",
                side=name,
                names=tuple(map(safe, each.also)),
                typed=safe(each.typed),
            )
        for note in side.parsed.notes:
            yield gettext("note on {side}: {note}", side=name, note=safe(translated(note)))
