"""Results as a person reads them on a terminal."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from searchkit.errors import QueryError, SearchkitError
from searchkit.language.messages import Message, gettext, plural, translated
from searchkit.model.article import Article, Precision
from searchkit.model.counts import counted
from searchkit.model.fields import FIELDS, arranged
from searchkit.presenters.bars import bar
from searchkit.presenters.style import Style
from searchkit.presenters.terminal_text import safe
from searchkit.presenters.width import columns, padded, shortened, wrapped

if TYPE_CHECKING:
    from searchkit.model.aggregations import Facets, Timeline
    from searchkit.model.history import Origin, Revision
    from searchkit.model.reports import Analysis, Stats, Verification
    from searchkit.model.results import Alias, Diagnosis, Hit, Parsed, Recent, Results, Suggestion

    AsCommand = Callable[[Suggestion], str]

_DERIVED_ID = re.compile("[uch][0-9a-f]{16}")
SHORT_ID = 12
"""The number of characters shown of an id that searchkit made, since `show` accepts the beginning of an id.

An id that came with the record is shown whole: a hundred ids begin like xwlb-20240101-001."""


def moment(published: datetime | None, precision: Precision) -> str:
    """Write a time to the precision that was printed."""
    if published is None:
        return gettext("no date")
    if precision == "day":
        return published.strftime("%Y-%m-%d")
    return published.strftime("%Y-%m-%d %H:%M" if precision == "minute" else "%Y-%m-%d %H:%M:%S")


def hit_id(id: str) -> str:
    """Return the part of an id that is shown."""
    return safe(id[:SHORT_ID] if _DERIVED_ID.fullmatch(id) else id)


_BRIEF_ROWS = 2
"""The most rows of a snippet in the brief form."""


def brief_width(style: Style) -> int:
    """Return the number of characters of a snippet that fills the rows of the brief form in Chinese."""
    return min(120, max(20, style.columns - 4) - 4)


def hit_lines(number: int, hit: Hit, style: Style, *, brief: bool = False) -> Iterator[str]:
    """Yield the lines of a hit: rank and title, where it is from, the matched text.

    Args:
        brief: at most four lines, with one snippet, besides the explanation.
    """
    label = f"{number:>2}  "
    near = gettext("near") + " " if hit.near else ""
    kind = gettext("headline") + " " if hit.kind == "headline" else ""
    room = style.columns - len(label) - columns(near) - columns(kind)
    title, marks = _fitted(hit.title or gettext("(no title)"), hit.title_marks, room)
    tags = (style.warn(near) if near else "") + (style.dim(kind) if kind else "")
    yield f"{style.dim(label)}{tags}{style.marked(title, marks, '1')}"
    where = " ".join(safe(part) for part in (hit.source or hit.site, hit.author) if part)
    when = moment(hit.published, hit.precision)
    id = hit_id(hit.id)
    reprints = gettext("and {reprints}", reprints=counted(hit.reprints, "reprint")) if hit.reprints else ""
    more = reprints if brief else ""
    beside = sum(columns(part) + 2 for part in (when, id, more) if part)
    where = shortened(where, max(10, style.columns - 6 - beside))
    shown = (style.good(when), style.accent(where), style.dim(id), style.dim(more))
    yield "    " + "  ".join(part for part in shown if part)
    for snippet in hit.snippets[:1] if brief else hit.snippets:
        yield from _snippet_lines(snippet.text, snippet.marks, style, _BRIEF_ROWS if brief else None)
    if hit.reprints and not brief:
        yield "    " + style.dim(gettext("{what}: {command}", what=reprints, command=f"searchkit family {id}"))
    for name, value in hit.explanation.items():
        yield style.dim(f"      {value:8.3f}  {safe(name)}")


def _fitted(text: str, marks: Sequence[tuple[int, int]], room: int) -> tuple[str, list[tuple[int, int]]]:
    short = shortened(safe(text), max(4, room))
    kept = len(short) - (1 if len(short) < len(text) or short != safe(text) else 0)
    return short, [(start, min(end, kept)) for start, end in marks if start < kept]


def _snippet_lines(text: str, marks: Sequence[tuple[int, int]], style: Style, rows: int | None = None) -> Iterator[str]:
    """Yield a snippet in rows; … ends the last of `rows` if there is more."""
    room = max(20, style.columns - 4)
    whole, at = safe(text), 0
    lines = wrapped(whole, room)
    for row, line in enumerate(lines[:rows], 1):
        start = whole.find(line, at)
        at = start + len(line)
        more = ""
        if row == rows and len(lines) > rows:
            at = start + len(shortened(line + "…", room).removesuffix("…").rstrip())
            more = "…"
        inside = [(max(a, start) - start, min(b, at) - start) for a, b in marks if a < at and b > start]
        yield "    " + style.marked(text[start:at], inside) + more


def search(results: Results, style: Style, first: int = 1, *, brief: bool = False) -> Iterator[str]:
    """Yield the lines of a page of hits.

    Args:
        first: the number of the first hit.
        brief: at most four lines for each hit, so that ten and the summary fit on two screens of 24 lines.
    """
    yield from hits(results.hits, style, first, brief=brief)


def hits(found: Sequence[Hit], style: Style, first: int = 1, *, brief: bool = False) -> Iterator[str]:
    """Yield the lines of hits; see `search`."""
    for number, hit in enumerate(found, first):
        yield from hit_lines(number, hit, style, brief=brief)
        if not brief or hit is found[-1]:
            yield ""


def summary(results: Results, seconds: float, style: Style, further: str = "") -> Iterator[str]:
    """Yield the number of matches, and the query as it was understood.

    Args:
        further: the option that shows the next page, if there is one (default: --after with the cursor).
    """
    articles: Message = counted(results.total, "article")
    shown = sum(not hit.near for hit in results.hits)
    near = len(results.hits) - shown
    whole = results.total if results.groups is None else results.groups
    if results.groups is not None:
        articles = Message("{articles} in {groups}", articles=articles, groups=counted(results.groups, "group"))
    parts = [articles if shown == whole else Message("{articles}, {shown} shown", articles=articles, shown=shown)]
    if near:
        parts.append(Message("{number} near", number=near))
    parts.append(Message("{milliseconds:.0f} ms", milliseconds=seconds * 1000))
    parts.append(ORDERS[results.sort])
    if results.recent:
        parts.append(_preference(results.recent))
    if results.sample:
        parts[-1] = Message("chosen at random with seed {seed}", seed=results.sample.seed)
    yield from (style.dim(line) for line in wrapped(clauses(parts), style.columns))
    yield from understood(results.parsed, style)
    if results.next:
        yield style.dim(gettext("next page: {option}", option=further or f"--after {results.next}"))


ORDERS = {
    "relevance": Message("by relevance"),
    "newest": Message("by newest"),
    "oldest": Message("by oldest"),
}


def clauses(parts: Sequence[str]) -> str:
    """Join messages to one line, in the language in use."""
    return gettext(", ").join(translated(part) for part in parts)


def _preference(recent: Recent) -> Message:
    half_life = plural("{number:,g} day", "{number:,g} days", recent.half_life)
    return Message("newer first from {day} back (half-life {half_life})", day=recent.day, half_life=half_life)


def understood(parsed: Parsed, style: Style) -> Iterator[str]:
    """Yield how the query was understood, where that says more than the query itself."""
    if parsed.words:
        yield style.dim(shortened(gettext("words: {words}", words=" ".join(map(safe, parsed.words))), style.columns))
    if parsed.span:
        asked = days(parsed.span.since, parsed.span.until)
        yield style.dim(gettext("days: {days} ({zone})", days=asked, zone=parsed.timezone))
    for line in aliases(parsed):
        yield from (style.dim(row) for row in wrapped(line, style.columns))
    for note in parsed.notes:
        yield from (
            style.dim(line) for line in wrapped(gettext("note: {note}", note=safe(translated(note))), style.columns)
        )


def days_missed(results: Results, style: Style) -> Iterator[str]:
    """Yield why no article can be of the days asked for; no lines if one can."""
    span, found = results.span, results.diagnosis
    if span and found and (found.archive or (span.since and span.until and span.since > span.until)):
        note = gettext("note: {note}", note=safe(translated(results.parsed.notes[-1])))
        yield from (style.dim(line) for line in wrapped(note, style.columns))


def aliases(parsed: Parsed) -> Iterator[str]:
    """Yield the other names that are looked for, and those that a typed name may stand for."""
    if parsed.aliases:
        named = gettext("; ").join(
            gettext("{names} for {typed}", names=tuple(map(safe, each.also)), typed=safe(each.typed))
            for each in parsed.aliases
        )
        yield gettext("also: {named}; --no-aliases leaves them out", named=named)
    for each in parsed.suggested:
        either = " OR ".join(name if name.isalnum() else f'"{name}"' for name in (each.typed, *each.also[:2]))
        yield gettext(
            "{typed} may stand for {names}: {command}",
            typed=safe(each.typed),
            names=tuple(map(safe, each.also)),
            command=f"searchkit search {quoted(either)}",
        )


def days(since: date | None, until: date | None) -> str:
    """Write an inclusive range of days."""
    if since == until and since is not None:
        return since.isoformat()
    return f"{since or ''}..{until or ''}"


MOST_SUGGESTIONS = 3
"""The most suggestions that are shown."""


def nothing(results: Results, style: Style, command: AsCommand | None = None) -> Iterator[str]:
    """Yield why an answer is empty, and what to ask instead; for another answer, a likelier spelling if there is one.

    Args:
        command: writes a suggestion as a command line; default: a search.
    """
    if results.total:
        yield from likelier(results, style, command)
    elif not results.archive_size:
        yield gettext("the archive is empty: searchkit ingest FILES")
    elif results.diagnosis:
        yield from diagnosis(results.diagnosis, style, command)


def likelier(results: Results, style: Style, command: AsCommand | None = None) -> Iterator[str]:
    """Yield the spelling that finds many times as much; no lines if there is none."""
    for each in results.diagnosis.suggestions[:1] if results.diagnosis else ():
        yield gettext(
            "did you mean {query}? {articles}: {command}",
            query=safe(each.typed or each.query),
            articles=counted(each.total, "article"),
            command=(command or _as_search)(each),
        )


def diagnosis(found: Diagnosis, style: Style, command: AsCommand | None = None) -> Iterator[str]:
    """Yield the parts of a query with their counts, and queries that find something."""
    alone, without = dict(found.conditions), dict(found.without)
    wide = min(style.at_most(40), max((columns(safe(name)) for name in alone), default=0))
    yield gettext("nothing matches all of this together:") if without else gettext("nothing matches:")
    for name, count in alone.items():
        shown = padded(shortened(safe(name), wide), wide)
        rest = "  " + gettext("without it {count:,}", count=without[name]) if name in without else ""
        line = f"  {shown}  {gettext('alone {count:,}', count=count)}{rest}"
        yield style.bad(line) if count == 0 else line
    yield from suggested(found, style, command)


def suggested(found: Diagnosis, style: Style, command: AsCommand | None = None) -> Iterator[str]:
    """Yield the first suggestions as command lines; a shell ignores the comment that ends each."""
    for each in found.suggestions[:MOST_SUGGESTIONS]:
        why = gettext("{what}: {told}", what=counted(each.total, "article"), told=safe(translated(each.why)))
        yield gettext("try: {command}", command=(command or _as_search)(each)) + f"  {style.dim('# ' + why)}"


def _as_search(each: Suggestion) -> str:
    return f"searchkit search {quoted(each.query)}"


def error_lines(error: SearchkitError, width: int = 80) -> Iterator[str]:
    """Yield what happened, where in the query, and the next step."""
    yield f"searchkit: {safe(translated(error.message))}"
    if isinstance(error, QueryError) and error.query:
        yield from pointed(error.query, error.column, error.width, width)
    for line in translated(error.hint).split("\n") if error.hint else ():
        yield "  " + gettext("try: {command}", command=safe(line))


def pointed(query: str, column: int, wide: int, width: int) -> Iterator[str]:
    """Yield the part of a query around code point `column`, and a line that underlines `wide` code points from there.

    Both fit into `width` columns; … stands where the query is cut off.
    """
    text = safe(query)
    start = min(max(0, column - 1), len(text))
    room = width - 2
    # A query may be very long: only the part that can be shown is measured.
    before, marked = text[max(0, start - 2 * room) : start], text[start : start + min(wide, 2 * room)]
    if columns(before) > room // 2 or len(before) < start:
        while columns(before) > room // 2 - 1:
            before = before[1:]
        before = "…" + before
    marked = shortened(marked, room - columns(before))
    rest = text[start + wide : start + wide + 2 * room]
    left = room - columns(before + marked)
    rest = shortened(rest, left) if left else ""
    yield f"  {before}{marked}{rest}".rstrip()
    yield "  " + " " * columns(before) + "^" * max(1, columns(marked))


def quoted(query: str) -> str:
    """Quote a query as an argument for a shell."""
    text = safe(query)
    return "'" + text.replace("'", "'\\''") + "'"


def timeline(found: Timeline, style: Style) -> Iterator[str]:
    """Yield a line with a bar for each period, empty ones included."""
    most = max((bucket.count for bucket in found.buckets), default=0)
    label = max((len(bucket.label) for bucket in found.buckets), default=0)
    number = len(f"{most:,}")
    room = max(8, style.columns - label - number - 4)
    for bucket in found.buckets:
        drawn = style.accent(bar(bucket.count, most, room, unicode=style.unicode))
        yield f"{bucket.label:<{label}}  {bucket.count:>{number},}  {drawn}".rstrip()


def facets(found: Facets, style: Style) -> Iterator[str]:
    """Yield a table with bars for each field."""
    for facet in found.facets:
        values = gettext(
            "{values}, {missing:,} without", values=counted(facet.distinct, "value"), missing=facet.missing
        )
        yield style.bold(translated(facet.field)) + style.dim(f"  {values}")
        most = max((count for _, count in facet.values), default=0)
        wide = min(30, max((columns(safe(value)) for value, _ in facet.values), default=0))
        number = len(f"{most:,}")
        room = max(8, style.columns - wide - number - 6)
        for value, count in facet.values:
            name = padded(shortened(safe(value), wide), wide)
            drawn = style.accent(bar(count, most, room, unicode=style.unicode))
            yield f"  {name}  {count:>{number},}  {drawn}".rstrip()


_LABELS = (
    Message("title"), Message("body"), Message("source"), Message("author"), Message("editor"), Message("site"),
    Message("section"), Message("kind"), Message("keyword"), Message("keywords"), Message("id"), Message("parent"),
    Message("short_title"), Message("published_text"), Message("precision"),
)  # fmt: skip
"""The names of fields, as they stand before values; for the catalogues."""
_SHOWN = arranged((), FIELDS.values(), ("url", "kind", "parent", "id"))


def _joined(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else "、".join(value)


def article(
    shown: Article, style: Style, headlines: Sequence[Article], published: datetime | None,
    origin: Origin | None = None, zone: tzinfo | None = None,
) -> Iterator[str]:  # fmt: skip
    """Yield a whole article: its fields, its text, the headlines that its page listed.

    Args:
        published: its time in the archive's zone.
        origin: where it came from, shown under its fields, with its time in `zone`.
    """
    yield from (style.bold(line) for line in wrapped(safe(shown.title or gettext("(no title)")), style.columns))
    if shown.short_title:
        yield style.dim(safe(shown.short_title))
    fields = [
        (
            gettext("published"),
            moment(published, shown.precision) + (f"  ({shown.published_text})" if shown.published_text else ""),
        ),
        *((translated(name), _joined(getattr(shown, name))) for name in _SHOWN),
        *shown.extra.items(),
    ]
    for name, value in fields:
        if value:
            for number, line in enumerate(wrapped(safe(value), max(20, style.columns - 12))):
                yield f"{style.dim(padded(safe(name) if not number else '', 10))}  {line}"
    if origin:
        # Never wrapped, so that they can be copied.
        recorded = moment(origin.recorded.astimezone(zone), "second")
        rows = [
            (gettext("recorded"), recorded),
            ("sha256", origin.sha256),
            *((gettext("file"), _from_here(each)) for each in origin.files),
        ]
        yield from (f"{style.dim(padded(name, 10))}  {style.dim(safe(value))}" for name, value in rows)
    if shown.body:
        yield ""
    for paragraph in shown.body.split("\n"):
        yield from wrapped(safe(paragraph), style.at_most(100))
        yield ""
    if headlines:
        yield style.dim(gettext("{headlines} on the page:", headlines=counted(len(headlines), "headline")))
        for headline in headlines:
            title = shortened(safe(headline.title), style.columns - 24)
            yield f"  {style.good(safe(headline.published_text))}  {title}"


def _from_here(path: str) -> str:
    """Return a path as seen from the current folder, if it is in there."""
    return path.removeprefix(os.path.join(os.getcwd(), ""))  # noqa: PTH109, PTH118


def revisions(found: Sequence[Revision], zone: tzinfo, style: Style) -> Iterator[str]:
    """Yield a line for each state of an article, with the time in `zone` at which the archive took it in."""
    yield from (revision_line(revision, zone, style) for revision in found)


def revision_line(revision: Revision, zone: tzinfo, style: Style) -> str:
    """Return the line of one state of an article."""
    when = moment(revision.recorded.astimezone(zone), "second")
    return f"{style.dim(f'#{revision.number}')}  {style.good(when)}  {safe(revision.article.title)}"


def stats(found: Stats, style: Style) -> Iterator[str]:
    """Yield the archive in figures."""
    covered = Message("{number} with articles", number=counted(found.days, "day"))
    rows = [
        (Message("archive"), found.path),
        (Message("articles"), f"{found.articles:,}"),
        (Message("headlines"), f"{found.headlines:,}"),
        (Message("revisions"), Message("{states} kept", states=counted(found.revisions, "older state"))),
        (Message("duplicates"), Message("{number:,} with title, body and day of another", number=found.duplicates)),
        (
            Message("span"),
            clauses([f"{found.first} .. {found.last}", covered]) if found.first else Message("no dates"),
        ),
        (Message("undated"), f"{found.undated:,}"),
        (Message("zone"), found.timezone),
        (
            Message("dictionary"),
            Message("{words}: searchkit dict", words=counted(found.dictionary_words, "word"))
            if found.dictionary_words
            else "",
        ),
        (
            Message("aliases"),
            Message("{groups} in aliases.txt", groups=counted(found.own_aliases, "group")) if found.own_aliases else "",
        ),
        *((Message("aliases"), error) for error in found.alias_errors[:3]),
        (Message("record"), size(found.record_bytes)),
        (Message("index"), f"{translated(size(found.index_bytes))} ({found.backend})"),
        (Message("not indexed"), counted(found.index_behind, "change") if found.index_behind else ""),
        (Message("fingerprint"), ", ".join(f"{name} {value}" for name, value in found.fingerprint.items() if value)),
    ]
    for name, value in rows:
        if value:
            for number, line in enumerate(wrapped(safe(translated(value)), max(20, style.columns - 13))):
                yield f"{style.dim(padded(translated(name) if not number else '', 11))}  {line}"
    if found.gaps:
        yield style.dim(gettext("longest gaps"))
        for first, last in found.gaps[:5]:
            yield f"  {days(first, last)}  {translated(counted((last - first).days + 1, 'day'))}"
    if found.sources:
        yield style.dim(gettext("sources ({number:,})", number=len(found.sources)))
        for source, count in found.sources[:10]:
            yield f"  {count:>9,}  {safe(source) or gettext('(none)')}"


def size(count: int) -> str:
    """Write a number of bytes for people."""
    if count < 1000:
        return counted(count, "byte")
    value = float(count)
    for unit in ("KB", "MB", "GB"):
        value /= 1000
        if value < 1000 or unit == "GB":
            return f"{value:,.1f} {unit}"
    raise AssertionError("unreachable")


def verification(found: Verification, style: Style) -> Iterator[str]:
    """Yield what `verify` repaired, and the problems that it found, or that there are none."""
    for done in found.repaired:
        yield gettext("repaired: {done}", done=safe(translated(done)))
    for problem in found.problems:
        yield style.bad(safe(translated(problem)))
    if found.ok:
        yield style.good(
            gettext(
                "all is well: {articles} in the record, {indexed:,} in the index",
                articles=counted(found.articles, "article"),
                indexed=found.indexed,
            )
        )


def _named(alias: Alias) -> str:
    return gettext("{names} for {typed}", names=tuple(map(safe, alias.also)), typed=safe(alias.typed))


def analysis(found: Analysis, style: Style) -> Iterator[str]:
    """Yield the folded text and its terms, one kind a line."""
    rows = [
        (gettext("text"), safe(found.text)),
        (gettext("folded"), safe(found.folded)),
        (gettext("words"), " / ".join(safe(word) for word in found.words)),
        (gettext("typed"), " + ".join(safe(word) for word in found.query_words)),
        (gettext("grams"), "  ".join(f"{safe(term)}@{at}" for term, at in found.grams)),
        (gettext("engine"), found.segmenter),
        *((gettext("also"), _named(each)) for each in found.aliases),
        *((gettext("perhaps"), _named(each)) for each in found.suggested),
    ]
    for name, value in rows:
        for number, line in enumerate(wrapped(value, max(20, style.columns - 9)) or [""]):
            yield f"{style.dim(padded(name if not number else '', 7))}  {line}"
