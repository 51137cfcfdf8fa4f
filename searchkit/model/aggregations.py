"""The results of counting matches: timelines, facets, typical words, and comparisons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from searchkit.model.results import Parsed

By = Literal["day", "week", "month", "quarter", "year"]
"""The length of a period; weeks are those of ISO 8601."""
BYS: tuple[By, ...] = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Bucket:
    """The number of articles in one period: the days `start` to `end`, both included.

    `label` is 2025-03-04, 2025-W10, 2025-03, 2025-Q1 or 2025.
    """

    label: str
    start: date
    end: date
    count: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """The number of matches in each period from the first to the last, empty periods included.

    `index_behind` is the number of changes acknowledged but not yet searchable, which are not counted.
    """

    by: By
    buckets: tuple[Bucket, ...]
    undated: int
    total: int
    parsed: Parsed
    index_behind: int = 0


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one field among the matches, the most frequent first, ties by value."""

    field: str
    values: tuple[tuple[str, int], ...]
    missing: int
    distinct: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The requested facets of the `total` articles that match.

    `index_behind` is the number of changes acknowledged but not yet searchable, which are not counted.
    """

    total: int
    facets: tuple[Facet, ...]
    parsed: Parsed
    index_behind: int = 0

    def __getitem__(self, name: str) -> Facet:
        for facet in self.facets:
            if facet.field == name:
                return facet
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Term:
    """A word that is typical of some articles against others.

    Attributes:
        word: as it is searched for: folded, cut by jieba.
        g2: the log-likelihood ratio G² of the word's document frequencies (Dunning 1993); the larger, the surer.
        log_ratio: log2 of the share of the matches that have it over the share of the rest; 1 is twice as frequent.
            Where none of the rest has it, half an article counts.
        matches: the number of matches that have it, reprints counted once.
        rest: the number of other articles that have it, reprints counted once.
    """

    word: str
    g2: float
    log_ratio: float
    matches: int
    rest: int


@dataclass(frozen=True, slots=True)
class Terms:
    """The words typical of the matches, the surest first.

    Attributes:
        terms: the words.
        total: the articles that match.
        matches: the articles among them that were counted, one of each family of reprints.
        rest: the articles that they were compared with, counted likewise.
        index_behind: the number of changes acknowledged but not yet searchable, which are not counted.
    """

    terms: tuple[Term, ...]
    total: int
    matches: int
    rest: int
    parsed: Parsed
    index_behind: int = 0


@dataclass(frozen=True, slots=True)
class PeriodTerms:
    """The words typical of the matches of one period against those of all others: the days `start` to `end`.

    Attributes:
        label: as in a `Bucket`.
        matches: the matches of the period that were counted, one of each family of reprints.
        rest: the matches of all other periods, counted likewise.
        terms: the words, the surest first; their `matches` and `rest` are articles of the period and of the others.
    """

    label: str
    start: date
    end: date
    matches: int
    rest: int
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class TermsByPeriod:
    """The words typical of each period that has a match, in order.

    Attributes:
        total: the articles that match.
        matches: the articles among them that were counted: dated, and one of each family of reprints.
        undated: the matches without a day, which belong to no period.
        index_behind: the number of changes acknowledged but not yet searchable, which are not counted.
    """

    by: By
    periods: tuple[PeriodTerms, ...]
    total: int
    matches: int
    undated: int
    parsed: Parsed
    index_behind: int = 0


@dataclass(frozen=True, slots=True)
class Trend:
    """A word that rises. All articles are counted with reprints once.

    Attributes:
        word: as it is searched for: folded, cut by jieba.
        articles: the articles of the period that have it.
        before: the articles of the periods before that have it.
        mean: the same for as many days with articles as the period has: the articles that one period had on average.
        expected: the articles of the period that would have it if their share were that of the periods before.
        ratio: its share of the articles now over that before; where none had it before, half an article counts.
        g2: the log-likelihood ratio G² of these counts; see `Term`.
        id: the article of the period that a search for the word finds first.
        title: the title of that article.
    """

    word: str
    articles: int
    before: int
    mean: float
    expected: float
    ratio: float
    g2: float
    id: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Trends:
    """The words that rise in the days `since` to `until`, the surest first.

    Attributes:
        total: the matches of these days, reprints included.
        articles: the matches of these days that were counted, one of each family of reprints.
        before: the matches of all periods before, counted likewise.
        periods: the periods before, the earliest first, with their matches, reprints included; one without a match
            takes no part.
        index_behind: the number of changes acknowledged but not yet searchable, which are not counted.
    """

    trends: tuple[Trend, ...]
    since: date
    until: date
    total: int
    articles: int
    before: int
    periods: tuple[Bucket, ...]
    parsed: Parsed
    index_behind: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """One of two queries that are compared.

    Attributes:
        total: the articles that match.
        only: the articles among them that do not match the other query, reprints counted once.
        sources: the most frequent sources of the matches, each with its number of articles.
        terms: the words typical of the articles counted in `only` against those of the other side.
    """

    parsed: Parsed
    total: int
    only: int
    sources: tuple[tuple[str, int], ...]
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two queries compared: the articles of each, those that match both, and the words that set them apart.

    `index_behind` is the number of changes acknowledged but not yet searchable, which are not counted.
    """

    a: Side
    b: Side
    both: int
    index_behind: int = 0
