"""Results as small pieces of HTML for notebooks: no script, no colours of their own, and texts are only text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

from searchkit.language.messages import Message, gettext, ngettext, translated
from searchkit.model.aggregations import Comparison, Facets, Term, Terms, TermsByPeriod, Timeline, Trends
from searchkit.model.counts import counted
from searchkit.model.results import Hit, Parsed, Results, Similar
from searchkit.model.timelines import Timelines
from searchkit.presenters import trends as rising
from searchkit.presenters.periods import BY_PERIOD, PERIODS
from searchkit.presenters.pictures import Bar, bars, meter
from searchkit.presenters.terminal import ORDERS, clauses, days, moment
from searchkit.presenters.terminal_text import safe
from searchkit.presenters.timelines import measure

MOST_ROWS = 100
"""Rows that are drawn of a table; how many are left out stands below them."""

_GAPS_TOLD = 5
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
    drawn = [Bar(each.label, each.count, f"{each.count:,}") for each in found.buckets]
    most = max((each.count for each in found.buckets), default=0)
    picture = bars(drawn, most, gettext("at most {most}", most=f"{most:,}"), told) if drawn else ""
    return _whole(picture, told, *_understood(found.parsed))


def timelines(found: Timelines) -> str:
    """Return several queries through time as a picture of each series, all of one scale."""
    most = max((value for series in found.series for value in found.values(series) if value is not None), default=0)
    form = "{:.2%}" if found.share else "{:,.10g}"
    highest = gettext("at most {most}", most=form.format(most))
    pictures = []
    for series in found.series if found.periods else ():
        told = gettext("{what}: {told}", what=series.name, told=counted(series.total, "article"))
        drawn = [
            Bar(period.label, value, "" if value is None else form.format(value))
            for period, value in zip(found.periods, found.values(series), strict=True)
        ]
        pictures.append(f'<p lang="zh">{_escaped(told)}</p>{bars(drawn, most, highest, told)}')
    notes = []
    if found.gaps:
        gaps = tuple(days(*each) for each in found.gaps[:_GAPS_TOLD])
        more = len(found.gaps) - len(gaps)
        listed = Message("{names} and {more:,} more" if more else "{names}", names=gaps, more=more)
        notes.append(gettext("the archive has a gap, no article at all: {days}", days=listed))
    for query in found.queries:
        notes += (gettext("{what}: {told}", what=query.name, told=line) for line in _understood(query.parsed))
    return _whole("".join(pictures), translated(measure(found)), *notes)


def facets(found: Facets) -> str:
    """Return the values of each field as a table, with bars."""
    tables = []
    for facet in found.facets:
        most = max((count for _, count in facet.values), default=0)
        rows = [(_text(value), f"{count:,}", meter(count, most)) for value, count in facet.values]
        beyond = facet.distinct - len(facet.values)
        tables.append(_table((translated(facet.field), gettext("articles"), ""), rows))
        more = ngettext("and {number:,} more value", "and {number:,} more values", beyond) if beyond > 0 else ""
        tables.append(_FAINT.format(more) if more else "")
    return _whole("".join(tables), translated(counted(found.total, "article")), *_understood(found.parsed))


def terms(found: Terms) -> str:
    """Return typical words as a table."""
    table = _words(found.terms, _numbered(Message("matches"), found.matches), _numbered(Message("rest"), found.rest))
    return _whole(table, translated(counted(found.total, "article")), *_understood(found.parsed))


def terms_by(found: TermsByPeriod) -> str:
    """Return the words typical of each period as a table: after a word the articles with it then : at other times."""
    rows = [
        (
            _escaped(each.label),
            f"{each.matches:,}",
            ", ".join(f"{_text(term.word)} {term.matches:,}:{term.rest:,}" for term in each.terms),
        )
        for each in found.periods
    ]
    head = gettext("word, articles with it then : at other times")
    table = _table((translated(PERIODS[found.by]), gettext("articles"), head), rows, frozenset({1}), broken=2)
    return _whole(table, translated(counted(found.total, "article")), *_understood(found.parsed))


def trends(found: Trends) -> str:
    """Return the words that rise as a table, each with the title of an article."""
    most = max((each.g2 for each in found.trends), default=0.0)
    rows = [
        (
            _text(each.word), f"{each.articles:,}", f"{each.mean:,.1f}", f"{each.ratio:,.1f}", f"{each.g2:,.0f}",
            meter(each.g2, most), _text(each.title),
        )
        for each in found.trends
    ]  # fmt: skip
    header = (*map(gettext, ("word", "now", "mean", "times")), "G²", "", gettext("article"))
    table = _table(header, rows, frozenset({1, 2, 3, 4}), broken=6)
    return _whole(
        table, *rising.told(found), *(gettext("note: {note}", note=translated(each)) for each in found.parsed.notes)
    )


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


def _table(
    header: Iterable[str], rows: Sequence[Iterable[str]], numbers: frozenset[int] = frozenset(), broken: int = 0
) -> str:
    """Return a table.

    Args:
        header: texts.
        rows: HTML.
        numbers: the places of columns that are aligned to the right.
        broken: the place of the column whose lines may be broken: Chinese can be broken anywhere, so that a browser
            makes others one character wide.
    """
    if not rows:
        return ""

    def cells(name: str, values: Iterable[str]) -> str:
        sides = (_CELL.replace("left", "right") if at in numbers else _CELL for at in range(len(header_cells)))
        styles = (side if at == broken else f"{side};white-space:nowrap" for at, side in enumerate(sides))
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
            meter(term.g2, most),
        )
        for term in found
    ]  # fmt: skip
    header = (gettext("word"), matches, rest, gettext("log ratio"), "G²", "")
    return _table(header, rows, frozenset({1, 2, 3, 4}))


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
    Results: results, Similar: similar, Timeline: timeline, Timelines: timelines, Facets: facets, Terms: terms,
    TermsByPeriod: terms_by, Trends: trends, Comparison: comparison,
}  # fmt: skip
"""The function for each record."""
