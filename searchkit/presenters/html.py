"""Results as small pieces of HTML for notebooks: no script, no colours of their own, and texts are only text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

from searchkit.language.messages import Message, gettext, ngettext, translated
from searchkit.model.aggregations import Comparison, Facets, Term, Terms, Timeline
from searchkit.model.counts import counted
from searchkit.model.results import Hit, Parsed, Results, Similar
from searchkit.presenters.terminal import ORDERS, clauses, days, moment
from searchkit.presenters.terminal_text import safe
from searchkit.presenters.timelines import BY_PERIOD

MOST_ROWS = 100
"""Rows that are drawn of a table; how many are left out stands below them."""

_MOST_TITLED = 400
"""Bars of a timeline that tell their period and number; more are one shape."""

_WIDTH, _HEIGHT = 720, 110
"""The size of a timeline in its own units; it is scaled to the page."""

_MARK = '<b style="text-decoration:underline;text-underline-offset:.2em">{}</b>'
_FAINT = '<div style="opacity:.7">{}</div>'
_CELL = "text-align:left;vertical-align:top"


def results(found: Results) -> str:
    """Return the page of an answer as a table, with the matched text marked."""
    total: Message = counted(found.total, "article")
    if len(found) != found.total:
        total = Message("{articles}, {shown} shown", articles=total, shown=len(found))
    order = ORDERS[found.sort]
    if found.sample:
        order = Message("chosen at random with seed {seed}", seed=found.sample.seed)
    return _whole(_hits(found.hits), clauses([total, order]), *_understood(found.parsed), *_instead(found))


def similar(found: Similar) -> str:
    """Return similar articles as a table."""
    words = gettext("similar by: {words}", words=" ".join(found.words)) if found.words else ""
    return _whole(_hits(found.hits), translated(counted(len(found.hits), "similar article")), words)


def timeline(found: Timeline) -> str:
    """Return a timeline as a picture with a bar for each period that has articles."""
    parts = [counted(found.total, "article")]
    if found.undated:
        parts.append(Message("{number:,} without a date", number=found.undated))
    told = clauses([*parts, BY_PERIOD[found.by]])
    return _whole(_bars(found, told) if found.buckets else "", told, *_understood(found.parsed))


def facets(found: Facets) -> str:
    """Return the values of each field as a table, with bars."""
    tables = []
    for facet in found.facets:
        most = max((count for _, count in facet.values), default=0)
        rows = [(_text(value), f"{count:,}", _bar(count, most)) for value, count in facet.values]
        beyond = facet.distinct - len(facet.values)
        tables.append(_table((translated(facet.field), gettext("articles"), ""), rows))
        more = ngettext("and {number:,} more value", "and {number:,} more values", beyond) if beyond > 0 else ""
        tables.append(_FAINT.format(more) if more else "")
    return _whole("".join(tables), translated(counted(found.total, "article")), *_understood(found.parsed))


def terms(found: Terms) -> str:
    """Return typical words as a table."""
    table = _words(found.terms, _numbered(Message("matches"), found.matches), _numbered(Message("rest"), found.rest))
    return _whole(table, translated(counted(found.total, "article")), *_understood(found.parsed))


def comparison(found: Comparison) -> str:
    """Return two queries compared: their numbers of articles, and the words that set each apart from the other."""
    both = ((found.a, found.b), (found.b, found.a))
    tables = "".join(
        f"<p>{_text(side.parsed.text)}: {_escaped(translated(counted(side.total, 'article')))}</p>"
        + _words(side.terms, _numbered(Message("only here"), side.only), _numbered(Message("only there"), other.only))
        for side, other in both
    )
    return _whole(tables, gettext("{articles} in both", articles=counted(found.both, "article")))


def _numbered(head: Message, number: int) -> str:
    return f"{translated(head)} ({number:,})"


# -- pieces


def _whole(body: str, *told: str) -> str:
    lines = "".join(_FAINT.format(_escaped(line)) for line in told if line)
    return f"<div>{body}{lines}</div>"


def _escaped(text: str) -> str:
    return escape(safe(text), quote=True)


def _text(text: str) -> str:
    return f'<span lang="zh">{_escaped(text)}</span>'


def _marked(text: str, marks: Sequence[tuple[int, int]]) -> str:
    """Return a text with its matches marked. `safe` keeps the number of characters, so that the ranges fit."""
    shown, pieces, at = safe(text), [], 0
    for start, end in marks:
        pieces += [escape(shown[at:start]), _MARK.format(escape(shown[start:end]))]
        at = end
    return f'<span lang="zh">{"".join(pieces)}{escape(shown[at:])}</span>'


def _table(header: Iterable[str], rows: Sequence[Iterable[str]], numbers: frozenset[int] = frozenset()) -> str:
    """Return a table.

    Args:
        header: texts.
        rows: HTML.
        numbers: the places of columns that are aligned to the right.
    """
    if not rows:
        return ""

    def cells(name: str, values: Iterable[str]) -> str:
        styles = (_CELL.replace("left", "right") if at in numbers else _CELL for at in range(len(header_cells)))
        return "".join(f'<{name} style="{style}">{each}</{name}>' for style, each in zip(styles, values, strict=True))

    header_cells = list(map(_escaped, header))
    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows[:MOST_ROWS])
    left_out = len(rows) - MOST_ROWS
    told = ngettext("and {number:,} more row", "and {number:,} more rows", left_out) if left_out > 0 else ""
    more = _FAINT.format(told) if told else ""
    return f"<table><thead><tr>{cells('th', header_cells)}</tr></thead><tbody>{body}</tbody></table>{more}"


def _hits(found: Sequence[Hit]) -> str:
    header = (gettext("article"), gettext("source"), gettext("published"))
    return _table(header, [tuple(_of_hit(hit)) for hit in found])


def _of_hit(hit: Hit) -> Iterator[str]:
    title = _marked(hit.title, hit.title_marks) if hit.title else _text(hit.id)
    if hit.url.lower().startswith(("http://", "https://")):
        title = f'<a href="{_escaped(hit.url)}" target="_blank" rel="noopener noreferrer">{title}</a>'
    beside = gettext("near match") if hit.near else ""
    if hit.reprints and not hit.near:
        beside = gettext("and {reprints}", reprints=counted(hit.reprints, "reprint"))
    snippets = "".join(f"<div>{_marked(each.text, each.marks)}</div>" for each in hit.snippets)
    yield f"{title}{_FAINT.format(beside) if beside else ''}{snippets}"
    yield _text(hit.source or hit.site)
    yield _escaped(moment(hit.published, hit.precision))


def _words(found: Sequence[Term], matches: str, rest: str) -> str:
    most = max((term.g2 for term in found), default=0.0)
    rows = [
        (
            _text(term.word), f"{term.matches:,}", f"{term.rest:,}", f"{term.log_ratio:.1f}", f"{term.g2:,.0f}",
            _bar(term.g2, most),
        )
        for term in found
    ]  # fmt: skip
    header = (gettext("word"), matches, rest, gettext("log ratio"), "G²", "")
    return _table(header, rows, frozenset({1, 2, 3, 4}))


def _bar(value: float, most: float) -> str:
    wide = max(1.0, 100 * value / most) if value > 0 and most > 0 else 0.0
    return (
        f'<svg width="100" height="10" viewBox="0 0 100 10" aria-hidden="true">'
        f'<rect width="{wide:.1f}" height="10" fill="currentColor" opacity=".5"/></svg>'
    )


def _bars(found: Timeline, told: str) -> str:
    most = max(bucket.count for bucket in found.buckets) or 1
    step = _WIDTH / len(found.buckets)
    wide = max(step - min(1.0, step * 0.2), 0.2)
    drawn = [
        (bucket, at * step, max(1.0, _HEIGHT * bucket.count / most))
        for at, bucket in enumerate(found.buckets)
        if bucket.count
    ]
    if len(drawn) > _MOST_TITLED:
        shapes = (
            f'<path d="{"".join(f"M{x:.1f} {_HEIGHT}v-{high:.1f}h{wide:.1f}v{high:.1f}" for _, x, high in drawn)}"/>'
        )
    else:
        shapes = "".join(
            f'<rect x="{x:.1f}" y="{_HEIGHT - high:.1f}" width="{wide:.1f}" height="{high:.1f}">'
            f"<title>{_escaped(bucket.label)}: {bucket.count:,}</title></rect>"
            for bucket, x, high in drawn
        )
    first, last = found.buckets[0].label, found.buckets[-1].label
    highest = gettext("at most {most:,}", most=most)
    span = gettext("{first} to {last}", first=first, last=last)
    label = gettext("{what}: {told}", what=told, told=clauses([span, highest]))
    below = f'y="{_HEIGHT + 16}" font-size="12"'
    return (
        f'<svg role="img" aria-label="{_escaped(label)}" viewBox="0 0 {_WIDTH} {_HEIGHT + 20}" width="{_WIDTH}" '
        f'style="max-width:100%;height:auto" fill="currentColor"><g opacity=".6">{shapes}</g>'
        f'<path d="M0 {_HEIGHT}h{_WIDTH}" stroke="currentColor" opacity=".4"/>'
        f'<text x="0" {below}>{_escaped(first)}</text>'
        f'<text x="{_WIDTH / 2:g}" {below} text-anchor="middle">{_escaped(highest)}</text>'
        f'<text x="{_WIDTH}" {below} text-anchor="end">{_escaped(last)}</text></svg>'
    )


def _understood(parsed: Parsed) -> Iterator[str]:
    if parsed.words:
        yield gettext("words: {words}", words=" ".join(parsed.words))
    if parsed.span:
        asked = days(parsed.span.since, parsed.span.until)
        yield gettext("days: {days} ({zone})", days=asked, zone=parsed.timezone)
    if parsed.aliases:
        named = (gettext("{names} for {typed}", names=each.also, typed=each.typed) for each in parsed.aliases)
        yield gettext("also: {named}", named=gettext("; ").join(named))
    yield from (gettext("note: {note}", note=translated(note)) for note in parsed.notes)


def _instead(found: Results) -> Iterator[str]:
    for each in found.diagnosis.suggestions if found.diagnosis else ():
        matching = counted(each.total, "article")
        yield gettext("try: {query} ({articles}: {why})", query=each.query, articles=matching, why=each.why)


FORMS: dict[type[Any], Any] = {
    Results: results, Similar: similar, Timeline: timeline, Facets: facets, Terms: terms, Comparison: comparison,
}  # fmt: skip
"""The function for each record."""
