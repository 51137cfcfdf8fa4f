"""The JSON documents that the archive itself reads and writes, as types: an article and a query record.

The other documents are in `searchkit.presenters.documents`. A field's type says which JSON it holds, and the text of
its `Annotated` its meaning. `searchkit.presenters.schema` makes the JSON Schema from both; nothing else loads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypedDict

from searchkit.model.aggregations import By
from searchkit.model.article import Kind, Precision


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword of JSON Schema for a value that its Python type does not tell."""

    name: str
    value: Any


Date = Annotated[str, Keyword("format", "date")]
Time = Annotated[str, Keyword("format", "date-time")]
Count = Annotated[int, Keyword("minimum", 0)]
Sha256 = Annotated[str, Keyword("pattern", "^[0-9a-f]{64}$")]


class _Article(TypedDict):
    schema: Annotated[Literal["searchkit.article/1"], "the name of this document"]


class RelatedRecord(TypedDict, total=False):
    """An entry of the list of other news that a page prints under its article."""

    title: Annotated[str, "the long, edited title"]
    short_title: Annotated[str, "the short one, made by a machine"]
    published: Annotated[Time, "its time"]
    published_text: Annotated[str, "its time as printed"]
    url: Annotated[str, "its address"]


class ArticleRecord(_Article, total=False):
    """Each line that `searchkit export` writes. Fields without a value are left out."""

    id: Annotated[str, "names the article permanently"]
    title: Annotated[str, "as published"]
    body: Annotated[str, "plain text; a newline between paragraphs"]
    url: Annotated[str, "the address it was published at"]
    published: Annotated[Time, "when it was published"]
    published_text: Annotated[str, "the time as printed"]
    precision: Annotated[Precision, "the precision of the printed time; `second` if it is left out"]
    source: Annotated[str, "the outlet the text is from"]
    author: Annotated[str, "as printed"]
    editor: Annotated[str, "as printed"]
    site: Annotated[str, "the site that shows it"]
    section: Annotated[str, "section or channel"]
    keywords: Annotated[list[str], "the page's own keywords"]
    kind: Annotated[Kind, "`article` if it is left out"]
    parent: Annotated[str, "of a headline: the id of the article whose page listed it"]
    short_title: Annotated[str, "of a headline: the short title that the page printed beside the time"]
    related: Annotated[list[RelatedRecord], "the list of other news on the page"]
    extra: Annotated[dict[str, str], "fields of the record for which searchkit has no name, unchanged"]


class UsedAlias(TypedDict):
    """A name in a recorded query, and the other names that were looked for."""

    typed: Annotated[str, "as typed"]
    also: Annotated[list[str], "other names that were looked for"]


class UsedAliases(TypedDict):
    """The names looked for under other names when a record was made."""

    on: Annotated[bool, "false with `--no-aliases`"]
    used: Annotated[list[UsedAlias], "names with others"]


class Record(TypedDict):
    """`searchkit search --record FILE`"""

    schema: Annotated[Literal["searchkit.record/1"], "the name of this document"]
    query: Annotated[str, "as typed"]
    canonical: Annotated[str, "as understood, with aliases"]
    options: Annotated[
        dict[str, Any],
        "the conditions beside the query, as given: `since`, `until`, `on`, `source`, …, `mode`, `aliases`",
    ]
    today: Annotated[Date, "the day from which relative dates were counted, and are again by `replay`"]
    since: Annotated[Date | None, "first day, as resolved"]
    until: Annotated[Date | None, "last day, as resolved"]
    timezone: Annotated[str, "the zone that decides where a day begins"]
    aliases: Annotated[UsedAliases, "the names looked for under other names"]
    versions: Annotated[
        dict[str, str],
        "of `searchkit`, and of all that decides on the terms of a text; `dictionary` is the user dictionary's digest",
    ]
    made: Annotated[Time, "when the question was asked, in UTC"]
    index_behind: Annotated[Count, "acknowledged changes that were not in the index, so not in the answer"]
    total: Annotated[Count, "articles that match"]
    ids_sha256: Annotated[Sha256, "SHA-256 of the ids in ascending order, each followed by a newline"]
    contents_sha256: Annotated[
        Sha256, "SHA-256 of the lines `ID HASH` in the order of the ids, each followed by a newline"
    ]
    articles: Annotated[
        dict[str, str], "id -> SHA-256 of the content, as in `searchkit.show/1`; ids ascending by code point"
    ]


class RecordedQuery(TypedDict):
    """One of the queries of a record of series."""

    name: Annotated[str, "the name given to it"]
    record: Annotated[Record, "its record, a `searchkit.record/1`"]


class RecordedPeriod(TypedDict):
    """The numbers of one period of a series."""

    label: Annotated[str, "2025-03-04, 2025-W10, 2025-03, 2025-Q1 or 2025"]
    count: Annotated[int | None, "articles in the period; null in a gap"]
    all: Annotated[Count, "articles that the conditions alone find in it"]


class RecordedSeries(TypedDict):
    """The numbers of a series."""

    name: Annotated[str, "its name"]
    periods: Annotated[list[RecordedPeriod], "the periods in order"]


class SeriesRecord(TypedDict):
    """`searchkit timeline --record FILE`"""

    schema: Annotated[Literal["searchkit.series/1"], "the name of this document"]
    by: Annotated[By, "the length of the periods"]
    share: Annotated[bool, "whether shares were asked for"]
    smooth: Annotated[int, "the number of periods of the moving average; 1 for none"]
    by_source: Annotated[Count, "the number of sources of each query; 0 for series of queries"]
    queries: Annotated[list[RecordedQuery], "the queries"]
    series: Annotated[list[RecordedSeries], "the numbers of the series, from which shares and averages follow"]
    series_sha256: Annotated[
        Sha256,
        "SHA-256 of the object `{name: {label: [count, all]}}`, its keys in order, as JSON in ASCII without spaces",
    ]
