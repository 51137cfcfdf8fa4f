"""What a search answers: frozen records, complete enough to print, page, quote and explain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, overload

from searchkit.model.article import Kind, Precision

Sort = Literal["relevance", "newest", "oldest"]
SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of the article's own text, with what matched in it.

    Attributes:
        text: one line; `…` at an end where the text goes on.
        marks: half-open ranges of code-point offsets into `text`, in order, not overlapping.
        field: the part of the article the piece is from.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    field: Literal["title", "body"] = "body"


@dataclass(frozen=True, slots=True)
class Hit:
    """One article that answers.

    `near` hits do not fulfil the query (they hold most of its words) and are counted nowhere. `title_marks` are
    ranges into `title`, as in Snippet. `score` is comparable within one answer only. `explanation` is filled on demand.
    `family` is the id of the first article of the family of reprints it is in, empty if it is in none. `reprints`, in a
    grouped answer, counts the other matches of that family, which are behind this one.
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
    """An inclusive range of days, as resolved; None: no bound. `given` is what was typed."""

    since: date | None
    until: date | None
    given: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """How a query was understood.

    Attributes:
        text: the query as typed.
        canonical: the tree written out again with every operator, readable and parseable.
        words: the words looked for, as jieba cuts the typed ones.
        span: the days asked for, from options and `date:` conditions at the top of the query; None if all.
        timezone: the zone a day is a day in.
        notes: sentences worth showing: how many of many words are required, an alias that was added, a date resolved.
    """

    text: str
    canonical: str
    words: tuple[str, ...]
    span: Span | None
    timezone: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why an answer is empty.

    Attributes:
        conditions: each part of the query by itself, and how many articles meet it.
        without: each part left out, and how many articles the rest finds.
        suggestion: a query that finds something; empty if none was found.
    """

    conditions: tuple[tuple[str, int], ...]
    without: tuple[tuple[str, int], ...]
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Results(Sequence[Hit]):
    """One page of an answer; a sequence of its hits.

    Attributes:
        total: how many articles match; near ones are not among them.
        hits: the page.
        next: the cursor of the next page, to be given as `after`; None on the last page.
        parsed: how the query was understood.
        diagnosis: why nothing matched; None if something did, or if the time did not suffice to find out.
        groups: in a grouped answer, how many hits all pages have together; None in another. `total` still counts
            articles: it is the sum of 1 + `reprints` over all hits but near ones.
        archive_size: articles in the archive.
        index_behind: articles acknowledged but not yet searchable.
    """

    total: int
    hits: tuple[Hit, ...]
    next: str | None
    parsed: Parsed
    sort: Sort = "relevance"
    diagnosis: Diagnosis | None = None
    archive_size: int = 0
    index_behind: int = 0
    groups: int | None = None

    @property
    def span(self) -> Span | None:
        """The days asked for, resolved."""
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
        total: how many articles match.
        ids: the page.
        next: the cursor of the next page, to be given as `after`; None on the last page.
    """

    total: int
    ids: tuple[str, ...]
    next: str | None = None

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
