"""Results as lines for other programs: tab-separated for pipes, CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, tzinfo
from typing import TYPE_CHECKING

from searchkit.model.article import Article
from searchkit.model.fields import FIELDS, arranged
from searchkit.model.serialise import rfc3339
from searchkit.presenters.terminal_text import safe, safe_lines

if TYPE_CHECKING:
    from searchkit.model.aggregations import Comparison, Facets, Term, TermsByPeriod, Timeline, Trend, Trends
    from searchkit.model.results import Hit
    from searchkit.model.timelines import Timelines

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: object) -> str:
    """Write a value that no spreadsheet takes for a formula. Control characters are replaced; newlines stay."""
    if isinstance(value, (int, float)):
        return str(value)
    # A program may strip the white space before a sign on import, so the white space does not protect.
    text = safe_lines(str(value))
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield CSV (RFC 4180) row by row, the header first, with cells made harmless."""
    yield _csv(header)
    for values in rows:
        yield _csv([cell(value) for value in values])


def _csv(row: Sequence[object]) -> str:
    out = io.StringIO()
    # Before Python 3.13, csv quotes a newline in a cell only if the line terminator contains it.
    csv.writer(out, lineterminator="\r\n").writerow(row)
    return out.getvalue()[:-2]


def tab_separated(values: Iterable[object]) -> str:
    """Write one tab-separated line. Tabs and newlines in values become spaces; nothing is cut off."""
    return "\t".join(safe(str(value)) for value in values)


def hit_line(hit: Hit) -> str:
    """Write id, published, source (or site), title; then `near` for a near match, `+29` for a hit with 29 reprints."""
    values = [hit.id, rfc3339(hit.published) if hit.published else "", hit.source or hit.site, hit.title]
    beside = ["near"] if hit.near else [f"+{hit.reprints}"] if hit.reprints else []
    return tab_separated([*values, *beside])


def article_line(article: Article, zone: tzinfo) -> str:
    """Write the same columns for an article."""
    when = rfc3339(article.published.astimezone(zone)) if article.published else ""
    return tab_separated([article.id, when, article.source or article.site, article.title])


def hits_csv(hits: Iterable[Hit]) -> Iterator[str]:
    """Yield hits as CSV."""
    header = (
        "id",
        "published",
        "source",
        "site",
        "section",
        "author",
        "title",
        "url",
        "kind",
        "score",
        "near",
        "snippet",
    )
    rows = (
        (
            hit.id, rfc3339(hit.published) if hit.published else "", hit.source, hit.site, hit.section, hit.author,
            hit.title, hit.url, hit.kind, round(hit.score, 6), "yes" if hit.near else "no",
            " ".join(snippet.text for snippet in hit.snippets),
        )
        for hit in hits
    )  # fmt: skip
    return csv_lines(header, rows)


def timeline_csv(found: Timeline) -> Iterator[str]:
    """Yield periods as CSV."""
    return csv_lines(
        ("period", "start", "end", "count"),
        ((each.label, each.start, each.end, each.count) for each in found.buckets),
    )


def timelines_csv(found: Timelines) -> Iterator[str]:
    """Yield every period of every series as CSV; `count`, `share` and `average` are empty in a gap."""
    texts = {each.name: each.parsed.text for each in found.queries}
    rows = (
        (name, texts[query], source, label, start, end, *numbers)
        for (name, query, source), (label, start, end), numbers in _points(found)
    )
    header = ("series", "query", "source", "period", "start", "end", "count", "all", "share", "average")
    return csv_lines(header, rows)


def timelines_lines(found: Timelines) -> Iterator[str]:
    """Yield a line for every period of every series: period, series, count, all, share, average."""
    for (name, _, _), (label, _, _), numbers in _points(found):
        yield tab_separated((label, name, *numbers))


def _points(found: Timelines) -> Iterator[tuple[tuple[str, str, str], tuple[str, date, date], tuple[object, ...]]]:
    for series in found.series:
        averages = series.averages or (None,) * len(found.periods)
        columns = zip(found.periods, series.counts, series.all, series.shares, averages, strict=True)
        for period, count, of, share, average in columns:
            numbers = ("" if count is None else count, of, _rounded(share), _rounded(average))
            yield (series.name, series.query, series.source or ""), (period.label, period.start, period.end), numbers


def _rounded(value: float | None) -> float | str:
    return "" if value is None else round(value, 6)


def facets_csv(found: Facets) -> Iterator[str]:
    """Yield values and their counts as CSV."""
    return csv_lines(
        ("field", "value", "count"),
        ((facet.field, value, count) for facet in found.facets for value, count in facet.values),
    )


def terms_csv(found: Iterable[Term]) -> Iterator[str]:
    """Yield typical words as CSV."""
    return csv_lines(("word", "matches", "rest", "log_ratio", "g2"), map(_term_values, found))


def term_line(found: Term) -> str:
    """Write a typical word, the articles with it in the matches and in the rest, its log ratio and its G²."""
    return tab_separated(_term_values(found))


def _term_values(found: Term) -> tuple[object, ...]:
    return found.word, found.matches, found.rest, round(found.log_ratio, 4), round(found.g2, 4)


def terms_by_csv(found: TermsByPeriod) -> Iterator[str]:
    """Yield the typical words of each period as CSV; `of_matches` and `of_rest` are the articles compared."""
    header = ("period", "start", "end", "word", "matches", "of_matches", "rest", "of_rest", "log_ratio", "g2")
    return csv_lines(header, _of_periods(found))


def terms_by_lines(found: TermsByPeriod) -> Iterator[str]:
    """Yield a line for each period and word: the period, the word, and the numbers of `term_line`."""
    yield from (tab_separated((each.label, *_term_values(term))) for each in found.periods for term in each.terms)


def _of_periods(found: TermsByPeriod) -> Iterator[tuple[object, ...]]:
    for each in found.periods:
        for term in each.terms:
            word, matches, rest, *scores = _term_values(term)
            yield (each.label, each.start, each.end, word, matches, each.matches, rest, each.rest, *scores)


def trends_csv(found: Trends) -> Iterator[str]:
    """Yield rising words as CSV."""
    header = ("word", "articles", "before", "mean", "expected", "ratio", "g2", "id", "title")
    return csv_lines(header, map(_trend_values, found.trends))


def trend_line(found: Trend) -> str:
    """Write a rising word with its numbers, and the id and the title of an article."""
    return tab_separated(_trend_values(found))


def _trend_values(found: Trend) -> tuple[object, ...]:
    numbers = (round(each, 4) for each in (found.mean, found.expected, found.ratio, found.g2))
    return (found.word, found.articles, found.before, *numbers, found.id, found.title)


def comparison_csv(found: Comparison) -> Iterator[str]:
    """Yield the words of both sides as CSV; `matches` and `rest` are articles of only this and only the other."""
    return csv_lines(("side", "word", "matches", "rest", "log_ratio", "g2"), _of_sides(found))


def comparison_lines(found: Comparison) -> Iterator[str]:
    """Yield the numbers of articles, the sources and the words of both sides, each line named by its first columns."""
    for name, side in (("a", found.a), ("b", found.b)):
        yield tab_separated((name, "total", side.total))
        yield from (tab_separated((name, "source", *each)) for each in side.sources)
    yield tab_separated(("both", "total", found.both))
    yield from (tab_separated((name, "word", *values)) for name, *values in _of_sides(found))


def _of_sides(found: Comparison) -> Iterator[tuple[object, ...]]:
    for name, side in (("a", found.a), ("b", found.b)):
        yield from ((name, *_term_values(each)) for each in side.terms)


ARTICLE_COLUMNS = arranged(
    ("id", "title", "published", "published_text"),
    (field for field in FIELDS.values() if field.column),
    ("url", "kind", "parent", "body"),
)


def articles_csv(articles: Iterable[Article]) -> Iterator[str]:
    """Yield articles as CSV, without related lists and unknown fields. `export` in JSON lines keeps those."""
    return csv_lines(ARTICLE_COLUMNS, ([_column(each, name) for name in ARTICLE_COLUMNS] for each in articles))


def _column(article: Article, name: str) -> str:
    value = getattr(article, name)
    if name == "published":
        return rfc3339(value) if value else ""
    return "、".join(value) if isinstance(value, tuple) else str(value)
