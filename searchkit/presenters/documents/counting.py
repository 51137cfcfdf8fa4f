"""Matches in numbers: timelines, facets, typical words, and two queries compared."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from searchkit.model.aggregations import By
from searchkit.model.documents import Count, Date
from searchkit.presenters.documents.queries import Behind, Query


class Bucket(TypedDict):
    """One period of a timeline."""

    label: Annotated[str, "2025-03-04, 2025-W10, 2025-03, 2025-Q1 or 2025"]
    start: Annotated[Date, "first day"]
    end: Annotated[Date, "last day"]
    count: Annotated[Count, "articles in the period"]


class Timeline(TypedDict):
    """`searchkit timeline --json`"""

    schema: Annotated[Literal["searchkit.timeline/1"], "the name of this document"]
    query: Annotated[Query, "the query as it was understood"]
    by: Annotated[By, "the length of the periods"]
    total: Annotated[Count, "articles that match"]
    undated: Annotated[Count, "articles among them without a time"]
    buckets: Annotated[list[Bucket], "the periods in order, empty ones included"]
    index_behind: Behind


class FacetValue(TypedDict):
    """A value of a field, and the number of articles that have it."""

    value: Annotated[str, "in the spelling that most of the articles have"]
    count: Annotated[Count, "articles, each counted once"]


class Facet(TypedDict):
    """The values of one field among the matches."""

    field: Annotated[str, "the field's name"]
    distinct: Annotated[
        Count, "the number of different values; spellings that a condition does not distinguish are one value"
    ]
    missing: Annotated[Count, "articles without a value"]
    values: Annotated[list[FacetValue], "the most frequent first"]


class Facets(TypedDict):
    """`searchkit facets --json`"""

    schema: Annotated[Literal["searchkit.facets/1"], "the name of this document"]
    query: Annotated[Query, "the query as it was understood"]
    total: Annotated[Count, "articles that match"]
    facets: Annotated[list[Facet], "one for each field"]
    index_behind: Behind


class Term(TypedDict):
    """A word that is typical of some articles against others."""

    word: Annotated[str, "as jieba cuts it, folded"]
    g2: Annotated[float, "the log-likelihood ratio of its numbers of articles; the larger, the surer"]
    log_ratio: Annotated[
        float, "log2 of its share of the matches over its share of the rest; half an article stands for none"
    ]
    matches: Annotated[Count, "matches that have it"]
    rest: Annotated[Count, "other articles that have it"]


class Terms(TypedDict):
    """`searchkit terms --json`"""

    schema: Annotated[Literal["searchkit.terms/1"], "the name of this document"]
    query: Annotated[Query, "the query as it was understood"]
    total: Annotated[Count, "articles that match"]
    matches: Annotated[Count, "articles among them that were counted, one of each family of reprints"]
    rest: Annotated[Count, "articles that they were compared with, counted likewise"]
    terms: Annotated[list[Term], "the words, by G²"]
    index_behind: Behind


class PeriodTerms(TypedDict):
    """The words typical of the matches of one period against those of all other periods."""

    label: Annotated[str, "as in searchkit.timeline/1"]
    start: Annotated[Date, "first day"]
    end: Annotated[Date, "last day"]
    matches: Annotated[Count, "matches of the period that were counted"]
    rest: Annotated[Count, "matches of all other periods, counted likewise"]
    terms: Annotated[list[Term], "the words, by G²; `matches` and `rest` are articles of the period and of the others"]


class TermsByPeriod(TypedDict):
    """`searchkit terms --by PERIOD --json`"""

    schema: Annotated[Literal["searchkit.terms-by/1"], "the name of this document"]
    query: Annotated[Query, "the query as it was understood"]
    by: Annotated[By, "the length of the periods"]
    total: Annotated[Count, "articles that match"]
    matches: Annotated[Count, "articles among them that were counted: dated, and one of each family of reprints"]
    undated: Annotated[Count, "matches without a day, which belong to no period"]
    periods: Annotated[list[PeriodTerms], "the periods that have a match, in order"]
    index_behind: Behind


class TrendPeriod(TypedDict):
    """One of the periods that the days looked at are compared with."""

    start: Annotated[Date, "first day"]
    end: Annotated[Date, "last day"]
    matches: Annotated[Count, "its matches, reprints included; with 0 it takes no part in the comparison"]


class Trend(TypedDict):
    """A word that rises."""

    word: Annotated[str, "as jieba cuts it, folded"]
    articles: Annotated[Count, "articles of the days looked at that have it, reprints counted once"]
    before: Annotated[Count, "articles of all periods before that have it, counted likewise"]
    mean: Annotated[float, "the same for as many days with articles as the days looked at have"]
    expected: Annotated[float, "articles of the days looked at that would have it if their share were that before"]
    ratio: Annotated[float, "its share of the articles over that before; half an article stands for none"]
    g2: Annotated[float, "the log-likelihood ratio of its numbers of articles; the larger, the surer"]
    id: Annotated[str, "the article of these days that a search for the word ranks first"]
    title: Annotated[str, "the title of that article"]


class Trends(TypedDict):
    """`searchkit trends --json`"""

    schema: Annotated[Literal["searchkit.trends/1"], "the name of this document"]
    query: Annotated[Query, "the query as it was understood; a note says so if `until` is not the day asked for"]
    since: Annotated[Date, "the first of the days looked at"]
    until: Annotated[Date, "the last of them"]
    total: Annotated[Count, "matches of these days"]
    articles: Annotated[Count, "articles among them that were counted, one of each family of reprints"]
    before: Annotated[Count, "matches of all periods before, counted likewise"]
    periods: Annotated[list[TrendPeriod], "the periods before, the earliest first"]
    trends: Annotated[list[Trend], "the words that rise, by G²"]
    index_behind: Behind


class SourceCount(TypedDict):
    """A source, and the number of its articles."""

    value: Annotated[str, "the source as printed; empty for none"]
    count: Annotated[Count, "articles of this source"]


class Side(TypedDict):
    """One of two queries that are compared."""

    query: Annotated[Query, "the query as it was understood"]
    total: Annotated[Count, "articles that match it"]
    only: Annotated[Count, "articles that match only this query, one of each family of reprints"]
    sources: Annotated[list[SourceCount], "its most frequent sources"]
    terms: Annotated[
        list[Term],
        "the words typical of the articles of `only` (`matches`) against those of the other query (`rest`), by G²",
    ]


class Compare(TypedDict):
    """`searchkit compare --json`"""

    schema: Annotated[Literal["searchkit.compare/1"], "the name of this document"]
    a: Annotated[Side, "the first query"]
    b: Annotated[Side, "the second query"]
    both: Annotated[Count, "articles that match both"]
    index_behind: Behind
