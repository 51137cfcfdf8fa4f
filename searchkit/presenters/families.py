"""Families of reprints and revisions as a person reads them, and the changes from one text to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from searchkit.language.messages import gettext, translated
from searchkit.model.counts import counted
from searchkit.presenters.style import Style
from searchkit.presenters.terminal import clauses, hit_id, moment, revision_line
from searchkit.presenters.terminal_text import safe
from searchkit.presenters.width import columns, padded, shortened, wrapped

if TYPE_CHECKING:
    from searchkit.model.history import Difference, Family, Passage, Revision


def family(found: Family, pairs: Sequence[Difference], zone: tzinfo, style: Style) -> Iterator[str]:
    """Yield a line for each article in order, with its title where it is new; with `pairs`, also the differences."""
    first = found.first
    yield from (style.bold(line) for line in wrapped(safe(first.title or gettext("(no title)")), style.columns))
    outlets = {each.source or each.site for each in found} - {""}
    yield style.dim(clauses([counted(len(found), "article"), counted(len(outlets), "outlet")]))
    yield ""
    renamed = {each.article: each.title for each in found.headlines}
    wide = max((columns(safe(each.source or each.site)) for each in found), default=0)
    wide = min(wide, max(8, style.columns - 48))
    for at, article in enumerate(found):
        local = article.published.astimezone(zone) if article.published else None
        when = padded(moment(local, article.precision), 19)
        outlet = padded(shortened(safe(article.source or article.site), wide), wide)
        yield f"{at + 1:>3}  {style.good(when)}  {style.accent(outlet)}  {style.dim(hit_id(article.id))}".rstrip()
        if at and article.id in renamed:
            for line in wrapped(gettext("headline: {title}", title=safe(article.title)), max(20, style.columns - 5)):
                yield "     " + style.warn(line)
        if at and pairs:
            yield from ("     " + line for line in difference(pairs[at], _narrower(style), skip=_OF_COURSE))
            yield ""


_OF_COURSE = frozenset({"title", "published", "published_text", "source", "site", "url"})
"""Fields in which reprints always differ; the list itself shows those worth seeing."""


def _narrower(style: Style) -> Style:
    return Style(style.color, max(30, style.columns - 5), style.unicode)


def revisions(states: Sequence[Revision], pairs: Sequence[Difference], zone: tzinfo, style: Style) -> Iterator[str]:
    """Yield the states of an article, each with its differences from the state before."""
    for at, state in enumerate(states):
        yield revision_line(state, zone, style)
        if at:
            yield from difference(pairs[at - 1], style)
            yield ""


def difference(found: Difference, style: Style, skip: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the changed fields, then the body: removed sentences with -, added ones with +, a count for the rest."""
    for change in found.fields:
        if change.field in skip:
            continue
        for sign, value in (("-", change.old), ("+", change.new)):
            if value:
                yield from _signed(
                    sign, gettext("{what}: {told}", what=safe(translated(change.field)), told=safe(value)), (), style
                )
    if all(each.kind == "same" for each in found.body):
        yield style.dim(gettext("the same text") if found.body else gettext("no text"))
        return
    for passage in found.body:
        yield from _passage(passage, style)


def _passage(passage: Passage, style: Style) -> Iterator[str]:
    if passage.kind == "same":
        length = sum(not char.isspace() for char in passage.text)
        yield style.dim("  … " + gettext("{characters} the same", characters=counted(length, "character")))
        return
    text = passage.text.rstrip("\n")
    yield from _signed("-" if passage.kind == "removed" else "+", text, passage.marks, style)


def _signed(sign: str, text: str, marks: Sequence[tuple[int, int]], style: Style) -> Iterator[str]:
    shown = safe(text.replace("\n", " "))
    at = 0
    for line in wrapped(shown, max(20, style.columns - 2)):
        start = shown.find(line, at)
        at = start + len(line)
        inside = [(max(a, start) - start, min(b, at) - start) for a, b in marks if a < at and b > start]
        plain = "31" if sign == "-" else "32"
        yield (style.bad(sign) if sign == "-" else style.good(sign)) + " " + style.marked(line, inside, plain)
