"""Results as a person reads them on a terminal."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from searchkit.errors import QueryError, SearchkitError
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
        return "no date"
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
    tag = style.warn("near ") if hit.near else ""
    kind = style.dim("headline ") if hit.kind == "headline" else ""
    room = style.columns - len(label) - (5 if hit.near else 0) - (9 if kind else 0)
    title, marks = _fitted(hit.title or "(no title)", hit.title_marks, room)
    yield f"{style.dim(label)}{tag}{kind}{style.marked(title, marks, '1')}"
    where = " ".join(safe(part) for part in (hit.source or hit.site, hit.author) if part)
    when = moment(hit.published, hit.precision)
    id = hit_id(hit.id)
    more = f"and {counted(hit.reprints, 'reprint')}" if hit.reprints and brief else ""
    beside = sum(columns(part) + 2 for part in (when, id, more) if part)
    where = shortened(where, max(10, style.columns - 6 - beside))
    shown = (style.good(when), style.accent(where), style.dim(id), style.dim(more))
    yield "    " + "  ".join(part for part in shown if part)
    for snippet in hit.snippets[:1] if brief else hit.snippets:
        yield from _snippet_lines(snippet.text, snippet.marks, style, _BRIEF_ROWS if brief else None)
    if hit.reprints and not brief:
        yield "    " + style.dim(f"and {counted(hit.reprints, 'reprint')}: searchkit family {id}")
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
    articles = counted(results.total, "article")
    shown = sum(not hit.near for hit in results.hits)
    near = len(results.hits) - shown
    whole = results.total if results.groups is None else results.groups
    if results.groups is not None:
        articles += f" in {counted(results.groups, 'group')}"
    parts = [articles if shown == whole else f"{articles}, {shown} shown"]
    if near:
        parts.append(f"{near} near")
    parts.append(f"{seconds * 1000:.0f} ms")
    order = f"by {results.sort}{_preference(results.recent)}"
    if results.sample:
        order = f"chosen at random with seed {results.sample.seed}"
    yield style.dim(f"{', '.join(parts)}, {order}")
    yield from understood(results.parsed, style)
    if results.next:
        yield style.dim(f"next page: {further or f'--after {results.next}'}")


def _preference(recent: Recent | None) -> str:
    if recent is None:
        return ""
    return f", newer first from {recent.day} back (half-life {_days_long(recent.half_life)})"


def _days_long(number: float) -> str:
    """Write a number of days, with its fraction if it has one."""
    return f"{number:,g} {'day' if number == 1 else 'days'}"


def understood(parsed: Parsed, style: Style) -> Iterator[str]:
    """Yield how the query was understood, where that says more than the query itself."""
    if parsed.words:
        yield style.dim(shortened(f"words: {' '.join(safe(word) for word in parsed.words)}", style.columns))
    if parsed.span:
        yield style.dim(f"days: {days(parsed.span.since, parsed.span.until)} ({parsed.timezone})")
    for line in aliases(parsed):
        yield from (style.dim(row) for row in wrapped(line, style.columns))
    for note in parsed.notes:
        yield from (style.dim(line) for line in wrapped(f"note: {safe(note)}", style.columns))


def days_missed(results: Results, style: Style) -> Iterator[str]:
    """Yield why no article can be of the days asked for; no lines if one can."""
    span, found = results.span, results.diagnosis
    if span and found and (found.archive or (span.since and span.until and span.since > span.until)):
        yield from (style.dim(line) for line in wrapped(f"note: {safe(results.parsed.notes[-1])}", style.columns))


def aliases(parsed: Parsed) -> Iterator[str]:
    """Yield the other names that are looked for, and those that a typed name may stand for."""
    if parsed.aliases:
        named = "; ".join(f"{', '.join(map(safe, each.also))} for {safe(each.typed)}" for each in parsed.aliases)
        yield f"also: {named}; --no-aliases leaves them out"
    for each in parsed.suggested:
        either = " OR ".join(name if name.isalnum() else f'"{name}"' for name in (each.typed, *each.also[:2]))
        yield f"{safe(each.typed)} may stand for {', '.join(map(safe, each.also))}: searchkit search {quoted(either)}"


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
        yield "the archive is empty: searchkit ingest FILES"
    elif results.diagnosis:
        yield from diagnosis(results.diagnosis, style, command)


def likelier(results: Results, style: Style, command: AsCommand | None = None) -> Iterator[str]:
    """Yield the spelling that finds many times as much; no lines if there is none."""
    for each in results.diagnosis.suggestions[:1] if results.diagnosis else ():
        found = counted(each.total, "article")
        yield f"did you mean {safe(each.typed or each.query)}? {found}: {(command or _as_search)(each)}"


def diagnosis(found: Diagnosis, style: Style, command: AsCommand | None = None) -> Iterator[str]:
    """Yield the parts of a query with their counts, and queries that find something."""
    alone, without = dict(found.conditions), dict(found.without)
    wide = min(style.at_most(40), max((columns(safe(name)) for name in alone), default=0))
    yield "nothing matches" + (" all of this together:" if without else ":")
    for name, count in alone.items():
        shown = padded(shortened(safe(name), wide), wide)
        rest = f"  without it {without[name]:,}" if name in without else ""
        line = f"  {shown}  alone {count:,}{rest}"
        yield style.bad(line) if count == 0 else line
    yield from suggested(found, style, command)


def suggested(found: Diagnosis, style: Style, command: AsCommand | None = None) -> Iterator[str]:
    """Yield the first suggestions as command lines; a shell ignores the comment that ends each."""
    for each in found.suggestions[:MOST_SUGGESTIONS]:
        why = style.dim(f"# {counted(each.total, 'article')}: {safe(each.why)}")
        yield f"try: {(command or _as_search)(each)}  {why}"


def _as_search(each: Suggestion) -> str:
    return f"searchkit search {quoted(each.query)}"


def error_lines(error: SearchkitError, width: int = 80) -> Iterator[str]:
    """Yield what happened, where in the query, and the next step."""
    yield f"searchkit: {safe(error.message)}"
    if isinstance(error, QueryError) and error.query:
        yield from pointed(error.query, error.column, error.width, width)
    for line in error.hint.split("\n") if error.hint else ():
        yield f"  try: {safe(line)}"


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
        yield style.bold(f"{facet.field}") + style.dim(
            f"  {counted(facet.distinct, 'value')}, {facet.missing:,} without"
        )
        most = max((count for _, count in facet.values), default=0)
        wide = min(30, max((columns(safe(value)) for value, _ in facet.values), default=0))
        number = len(f"{most:,}")
        room = max(8, style.columns - wide - number - 6)
        for value, count in facet.values:
            name = padded(shortened(safe(value), wide), wide)
            drawn = style.accent(bar(count, most, room, unicode=style.unicode))
            yield f"  {name}  {count:>{number},}  {drawn}".rstrip()


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
    yield from (style.bold(line) for line in wrapped(safe(shown.title or "(no title)"), style.columns))
    if shown.short_title:
        yield style.dim(safe(shown.short_title))
    fields = {
        "published": moment(published, shown.precision)
        + (f"  ({shown.published_text})" if shown.published_text else ""),
        **{name: _joined(getattr(shown, name)) for name in _SHOWN},
        **shown.extra,
    }
    for name, value in fields.items():
        if value:
            for number, line in enumerate(wrapped(safe(value), max(20, style.columns - 12))):
                yield f"{style.dim(padded(safe(name) if not number else '', 10))}  {line}"
    if origin:
        # Never wrapped, so that they can be copied.
        recorded = moment(origin.recorded.astimezone(zone), "second")
        rows = [
            ("recorded", recorded),
            ("sha256", origin.sha256),
            *(("file", _from_here(each)) for each in origin.files),
        ]
        yield from (f"{style.dim(padded(name, 10))}  {style.dim(safe(value))}" for name, value in rows)
    if shown.body:
        yield ""
    for paragraph in shown.body.split("\n"):
        yield from wrapped(safe(paragraph), style.at_most(100))
        yield ""
    if headlines:
        yield style.dim(f"{counted(len(headlines), 'headline')} on the page:")
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
    rows = [
        ("archive", found.path),
        ("articles", f"{found.articles:,}"),
        ("headlines", f"{found.headlines:,}"),
        ("revisions", f"{counted(found.revisions, 'older state')} kept"),
        ("duplicates", f"{found.duplicates:,} with title, body and day of another"),
        (
            "span",
            f"{found.first} .. {found.last}, {counted(found.days, 'day')} with articles" if found.first else "no dates",
        ),
        ("undated", f"{found.undated:,}"),
        ("zone", found.timezone),
        ("dictionary", f"{counted(found.dictionary_words, 'word')}: searchkit dict" if found.dictionary_words else ""),
        ("aliases", f"{counted(found.own_aliases, 'group')} in aliases.txt" if found.own_aliases else ""),
        *(("aliases", error) for error in found.alias_errors[:3]),
        ("record", size(found.record_bytes)),
        ("index", f"{size(found.index_bytes)} ({found.backend})"),
        ("not indexed", counted(found.index_behind, "change") if found.index_behind else ""),
        ("fingerprint", ", ".join(f"{name} {value}" for name, value in found.fingerprint.items() if value)),
    ]
    for name, value in rows:
        if value:
            for number, line in enumerate(wrapped(safe(value), max(20, style.columns - 13))):
                yield f"{style.dim(padded(name if not number else '', 11))}  {line}"
    if found.gaps:
        yield style.dim("longest gaps")
        for first, last in found.gaps[:5]:
            yield f"  {days(first, last)}  {counted((last - first).days + 1, 'day')}"
    if found.sources:
        yield style.dim(f"sources ({len(found.sources):,})")
        for name, count in found.sources[:10]:
            yield f"  {count:>9,}  {safe(name) or '(none)'}"


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
    """Yield the problems that `verify` found, or that there are none."""
    for problem in found.problems:
        yield style.bad(safe(problem))
    if found.ok:
        yield style.good(
            f"all is well: {counted(found.articles, 'article')} in the record, {found.indexed:,} in the index"
        )


def _named(alias: Alias) -> str:
    return f"{', '.join(map(safe, alias.also))} for {safe(alias.typed)}"


def analysis(found: Analysis, style: Style) -> Iterator[str]:
    """Yield the folded text and its terms, one kind a line."""
    rows = [
        ("text", safe(found.text)),
        ("folded", safe(found.folded)),
        ("words", " / ".join(safe(word) for word in found.words)),
        ("typed", " + ".join(safe(word) for word in found.query_words)),
        ("grams", "  ".join(f"{safe(term)}@{at}" for term, at in found.grams)),
        ("engine", found.segmenter),
        *(("also", _named(each)) for each in found.aliases),
        *(("perhaps", _named(each)) for each in found.suggested),
    ]
    for name, value in rows:
        for number, line in enumerate(wrapped(value, max(20, style.columns - 9)) or [""]):
            yield f"{style.dim(padded(name if not number else '', 7))}  {line}"
