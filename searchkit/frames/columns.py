"""Which columns has a result, and of which type? Said once, for every library that makes a table of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timezone
from typing import Any, Literal, NamedTuple, TypeAlias

from searchkit.analysis.fields import separated_names
from searchkit.model.aggregations import Comparison, Facets, Terms, TermsByPeriod, Timeline, Trends
from searchkit.model.article import Article
from searchkit.model.results import Hit, Results, Similar
from searchkit.model.serialise import clean, content_hash
from searchkit.model.timelines import Timelines

Kind = Literal["text", "category", "texts", "moment", "day", "count", "number", "flag"]
"""What the values of a column are. Of a category there are few, which many rows share; `texts` are lists."""

Tabular: TypeAlias = (
    "Results | Similar | Timeline | Timelines | Facets | Terms | TermsByPeriod | Trends | Comparison "
    "| Iterable[Article]"
)
"""What a table can be made of."""


class Column(NamedTuple):
    """A column.

    Attributes:
        of: returns the value of a row: str, list of str, aware datetime, date, int, float or bool; None for no value.
        required: every row has a value.
    """

    name: str
    kind: Kind
    of: Callable[[Any], Any]
    required: bool = False


class Table(NamedTuple):
    """Columns, the rows that they are of, and the name of the zone in which times are shown."""

    columns: tuple[Column, ...]
    rows: Sequence[Any]
    timezone: str


def table(found: Tabular, zone: str | None = None) -> Table:
    """Return the table of a result.

    Args:
        zone: the zone of its times; default: the archive's, or UTC where the result does not name it.

    Raises:
        TypeError: it is nothing that a table can be made of.
    """
    if isinstance(found, Results):
        return Table(_HITS, found.hits, zone or found.parsed.timezone)
    if isinstance(found, Similar):
        return Table(_HITS, found.hits, zone or "UTC")
    if isinstance(found, Timeline):
        return Table(_PERIODS, found.buckets, zone or found.parsed.timezone)
    if isinstance(found, Timelines):
        return Table(_SERIES, list(_of_series(found)), zone or found.scope.timezone)
    if isinstance(found, Facets):
        counted = [(facet.field, *each) for facet in found.facets for each in facet.values]
        return Table(_VALUES, counted, zone or found.parsed.timezone)
    if isinstance(found, Terms):
        return Table(_WORDS, found.terms, zone or found.parsed.timezone)
    if isinstance(found, TermsByPeriod):
        of_periods = [(each, term) for each in found.periods for term in each.terms]
        return Table(_WORDS_OF_PERIODS, of_periods, zone or found.parsed.timezone)
    if isinstance(found, Trends):
        return Table(_RISING, found.trends, zone or found.parsed.timezone)
    if isinstance(found, Comparison):
        words = [(name, each) for name, side in (("a", found.a), ("b", found.b)) for each in side.terms]
        return Table(_SIDES, words, zone or found.a.parsed.timezone)
    if not isinstance(found, Iterable) or isinstance(found, (str, bytes)):
        raise TypeError(f"no table can be made of {type(found).__name__}; give results, or articles")
    return Table(ARTICLES, list(_articles(found)), zone or "UTC")


def _articles(given: Iterable[object]) -> Iterator[Article]:
    for each in given:
        if not isinstance(each, Article):
            raise TypeError(f"no table can be made of {type(each).__name__}; give results, or articles")
        yield each


def _of_series(found: Timelines) -> Iterator[tuple[object, ...]]:
    for each in found.series:
        averages = each.averages or (None,) * len(found.periods)
        named = (each.name, each.query, each.source)
        for period, *values in zip(found.periods, each.counts, each.all, each.shares, averages, strict=True):
            yield *named, period.label, period.start, period.end, *values


def utc_microseconds(moment: datetime | None) -> int | None:
    """Return the microseconds since 1970 of an aware datetime, exactly."""
    if moment is None:
        return None
    since = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _text(name: str, kind: Kind = "text") -> Column:
    """Return a column of an attribute that is empty where there is no value."""
    return Column(name, kind, lambda row: clean(getattr(row, name)) or None)


def _always(name: str, kind: Kind = "text") -> Column:
    return Column(name, kind, lambda row: clean(getattr(row, name)), True)


def _value(name: str, kind: Kind, *, required: bool = True) -> Column:
    return Column(name, kind, lambda row: getattr(row, name), required)


def _at(place: int, name: str, kind: Kind, *, required: bool = True) -> Column:
    return Column(name, kind, lambda row: row[place], required)


_PUBLISHED = (_value("published", "moment", required=False), _always("precision", "category"))
_PLACES = (_text("source", "category"), _text("site", "category"), _text("section", "category"))

ARTICLES = (
    _always("id"),
    _always("title"),
    *_PUBLISHED,
    _text("published_text"),
    *_PLACES,
    _text("author"),
    Column("authors", "texts", lambda article: list(separated_names(clean(article.author))), True),
    _text("editor"),
    Column("editors", "texts", lambda article: list(separated_names(clean(article.editor))), True),
    Column("keywords", "texts", lambda article: list(map(clean, article.keywords)), True),
    _text("url"),
    _always("kind", "category"),
    _text("parent"),
    _text("short_title"),
    _always("body"),
    Column("sha256", "text", content_hash, True),
)
"""The columns of articles; `searchkit.frames.articles` adds two that only Arrow has types for."""


def _snippet(hit: Hit) -> str | None:
    return " ".join(snippet.text for snippet in hit.snippets) or None


_HITS = (
    _always("id"),
    _always("title"),
    *_PUBLISHED,
    *_PLACES,
    _text("author"),
    _text("url"),
    _always("kind", "category"),
    _text("parent"),
    _value("score", "number"),
    _value("near", "flag"),
    Column("snippet", "text", _snippet),
    _text("family"),
    _value("reprints", "count"),
)
_PERIODS = (
    Column("period", "text", lambda bucket: bucket.label, True),
    _value("start", "day"),
    _value("end", "day"),
    _value("count", "count"),
)
_SERIES = (
    _at(0, "series", "category"),
    _at(1, "query", "category"),
    _at(2, "source", "category", required=False),
    _at(3, "period", "text"),
    _at(4, "start", "day"),
    _at(5, "end", "day"),
    _at(6, "count", "count", required=False),
    _at(7, "all", "count"),
    _at(8, "share", "number", required=False),
    _at(9, "average", "number", required=False),
)
_VALUES = (_at(0, "field", "category"), _at(1, "value", "text"), _at(2, "count", "count"))
_WORDS = (
    _always("word"),
    _value("matches", "count"),
    _value("rest", "count"),
    _value("log_ratio", "number"),
    _value("g2", "number"),
)


def _of_second(column: Column) -> Column:
    return column._replace(of=lambda row: column.of(row[1]))


_SIDES = (_at(0, "side", "category"), *map(_of_second, _WORDS))
_WORDS_OF_PERIODS = (
    Column("period", "text", lambda row: row[0].label, True),
    Column("start", "day", lambda row: row[0].start, True),
    Column("end", "day", lambda row: row[0].end, True),
    *map(_of_second, _WORDS),
)
_RISING = (
    _always("word"),
    _value("articles", "count"),
    _value("before", "count"),
    _value("mean", "number"),
    _value("expected", "number"),
    _value("ratio", "number"),
    _value("g2", "number"),
    _text("id"),
    _text("title"),
)
