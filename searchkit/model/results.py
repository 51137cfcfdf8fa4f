"""The results of a search: frozen records, complete enough to print, page, quote and explain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args, overload

from searchkit.model.article import Kind, Precision

Sort = Literal["relevance", "newest", "oldest"]
"""The order of an answer."""
HALF_LIFE = 30.0
"""Days; see `Recent`."""
SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of the article's own text, with its matches.

    Attributes:
        text: one line; `…` at an end where the text continues.
        marks: the matches as half-open ranges of code-point offsets into `text`, in order, not overlapping.
        field: the part of the article that the piece is from.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    field: Literal["title", "body"] = "body"


@dataclass(frozen=True, slots=True)
class Hit:
    """One article of an answer.

    `near` hits do not match the query (they contain most of its words) and are counted nowhere. `title_marks` are
    ranges into `title`, as in Snippet. `score` is comparable within one answer only. `explanation` is filled on demand.
    `family` is the id of the first article of its family of reprints, empty if it has none. `reprints`, in a grouped
    answer, counts the other matches of that family, which this hit represents.
    """

    id: str
    title: str
    published: datetime | None
    precision: Precision
    source: str
    author: str
    site: str
    section: str
    url: str
    kind: Kind
    parent: str
    score: float
    near: bool
    snippets: tuple[Snippet, ...]
    title_marks: tuple[tuple[int, int], ...] = ()
    explanation: Mapping[str, float] = field(default_factory=dict, hash=False)
    family: str = ""
    reprints: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """An inclusive range of days, as resolved; None: no bound. `given` is the text as typed."""

    since: date | None
    until: date | None
    given: str = ""


@dataclass(frozen=True, slots=True)
class Alias:
    """A name in a query, and other names for the same thing."""

    typed: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recent:
    """The wish for newer articles first, among those that fit about as well.

    Attributes:
        day: the day that ages are counted from.
        half_life: days after which half of the advantage of that day is left, > 0.
    """

    day: date
    half_life: float = HALF_LIFE


@dataclass(frozen=True, slots=True)
class Sample:
    """A random choice among all matches.

    Attributes:
        size: the number of articles asked for; there are fewer if fewer match.
        seed: the same seed gives the same sample again.
    """

    size: int
    seed: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """How a query was understood.

    Attributes:
        text: the query as typed.
        canonical: the query tree as text with every operator and alias, readable and parseable.
        words: the words searched for, as jieba cuts the typed words.
        span: the days asked for, from options and `date:` conditions at the top of the query; None for all days.
        timezone: the time zone that decides where a day begins.
        notes: sentences worth showing: how many of many words are required, a date resolved.
        aliases: the names that are looked for under other names as well; None if aliases are switched off.
        suggested: names that may stand for others, which are not looked for.
    """

    text: str
    canonical: str
    words: tuple[str, ...]
    span: Span | None
    timezone: str
    notes: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] | None = ()
    suggested: tuple[Alias, ...] = ()


SuggestionKind = Literal["spelling", "value", "field", "days", "looser", "without", "any"]
"""What a suggestion changes; see `Suggestion`."""
SUGGESTION_KINDS: tuple[SuggestionKind, ...] = get_args(SuggestionKind)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A similar query that finds something.

    Attributes:
        query: the whole query as text, conditions included. The `mode` of the search is not in it.
        total: the number of articles that it finds.
        kind: "spelling": a word is spelled otherwise; "value": a field has another value; "field": another field, or
            the text; "days": the nearest day; "looser": a part is less strict; "without": parts are left out; "any":
            any of the words.
        why: the change, in a few words: `特朗普 for 特郎普`.
        typed: the query without the conditions that were given beside it.
        conditions: those conditions, as keyword arguments of `search`: `{"source": ("央视网",)}`.
    """

    query: str
    total: int
    kind: SuggestionKind
    why: str
    typed: str
    conditions: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why an answer is empty, or smaller than that of a likelier spelling.

    Attributes:
        conditions: each part of the query alone, with the number of articles that meet it; empty if something matches.
        without: each part, with the number of articles that the query finds without it.
        suggestion: the query of the first of `suggestions`; empty if there is none.
        archive: the first and last day of the archive's articles, if all days asked for lie outside of them; else None.
        suggestions: similar queries that find something, the likeliest first.
    """

    conditions: tuple[tuple[str, int], ...]
    without: tuple[tuple[str, int], ...]
    suggestion: str = ""
    archive: Span | None = None
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Results(Sequence[Hit]):
    """One page of an answer; a sequence of its hits.

    Attributes:
        total: the number of articles that match, near matches not included.
        hits: the page.
        next: the cursor of the next page, to pass as `after`; None on the last page.
        parsed: how the query was understood.
        diagnosis: why nothing matched, or the likelier spelling that finds ten times as much; None if there is nothing
            to say, or if there was no time left to find out.
        groups: in a grouped answer, the number of hits on all pages together; otherwise None. `total` still counts
            articles: it is the sum of 1 + `reprints` over all hits except near ones.
        recent: the day and the half-life by which newer articles were preferred; None if they were not.
        archive_size: articles in the archive.
        index_behind: changes acknowledged but not yet searchable.
        sample: the hits are a sample, in random order, instead of the first in the order `sort`; None if they are not.
    """

    total: int
    hits: tuple[Hit, ...]
    next: str | None
    parsed: Parsed
    sort: Sort = "relevance"
    recent: Recent | None = None
    diagnosis: Diagnosis | None = None
    archive_size: int = 0
    index_behind: int = 0
    groups: int | None = None
    sample: Sample | None = None

    @property
    def span(self) -> Span | None:
        """The days asked for, as resolved."""
        return self.parsed.span

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    @overload
    def __getitem__(self, which: int) -> Hit: ...

    @overload
    def __getitem__(self, which: slice) -> tuple[Hit, ...]: ...

    def __getitem__(self, which: int | slice) -> Hit | tuple[Hit, ...]:
        return self.hits[which]


@dataclass(frozen=True, slots=True)
class Ids(Sequence[str]):
    """One page of the ids of an answer; a sequence of them.

    Attributes:
        total: the number of articles that match.
        ids: the page.
        next: the cursor of the next page, to pass as `after`; None on the last page.
        index_behind: changes acknowledged but not yet searchable.
    """

    total: int
    ids: tuple[str, ...]
    next: str | None = None
    index_behind: int = 0

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    @overload
    def __getitem__(self, which: int) -> str: ...

    @overload
    def __getitem__(self, which: slice) -> tuple[str, ...]: ...

    def __getitem__(self, which: int | slice) -> str | tuple[str, ...]:
        return self.ids[which]


@dataclass(frozen=True, slots=True)
class Similar:
    """The articles most similar to an article or a text, the most similar first.

    Attributes:
        id: the article's id; empty for a text.
        words: the words that it was recognised by, the heaviest first.
        hits: the similar articles. A hit's `reprints` counts the other articles of its family that have a word as well.
        index_behind: the number of changes acknowledged but not yet searchable.
    """

    id: str
    words: tuple[str, ...]
    hits: tuple[Hit, ...]
    index_behind: int = 0
