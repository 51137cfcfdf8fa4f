"""What an archive answers: frozen records, complete enough to print, page, quote and explain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from searchkit.article import Article, Kind, Precision

Sort = Literal["relevance", "newest", "oldest"]
SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest")
By = Literal["day", "week", "month", "quarter", "year"]
BYS: tuple[By, ...] = ("day", "week", "month", "quarter", "year")


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

    def __getitem__(self, which):  # type: ignore[no-untyped-def]  # int -> Hit, slice -> tuple
        return self.hits[which]


@dataclass(frozen=True, slots=True)
class Bucket:
    """Articles of one period: the days `start` to `end`, both included.

    `label` is 2025-03-04, 2025-W10, 2025-03, 2025-Q1 or 2025.
    """

    label: str
    start: date
    end: date
    count: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """How many articles match in each period, empty periods between the first and the last included."""

    by: By
    buckets: tuple[Bucket, ...]
    undated: int
    total: int
    parsed: Parsed


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one field among the matches, the most frequent first, ties by value."""

    field: str
    values: tuple[tuple[str, int], ...]
    missing: int
    distinct: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The facets asked for, over the `total` articles that match."""

    total: int
    facets: tuple[Facet, ...]
    parsed: Parsed

    def __getitem__(self, name: str) -> Facet:
        for facet in self.facets:
            if facet.field == name:
                return facet
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Deletion:
    """What a delete took out (or would, with `dry_run`)."""

    ids: tuple[str, ...]
    dry_run: bool
    parsed: Parsed | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be read, and why. It was set aside, the rest went in.

    Attributes:
        where: `file:line`, `archive.zip!member`, or whatever names the record to the person who brought it.
        reason: one sentence.
        record: the record itself as text, as far as it could be read.
    """

    where: str
    reason: str
    record: str = ""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What the articles of one source have and lack.

    `source` is the outlet, or the site of articles that name no outlet; empty for those that name neither. `first` and
    `last` are the days of its first and last article; the other numbers count articles.
    """

    source: str
    records: int
    first: date | None
    last: date | None
    without_time: int
    without_author: int
    without_body: int


@dataclass(frozen=True, slots=True)
class Pruning:
    """What was (or, with `dry_run`, would be) taken out because its files are gone."""

    ids: tuple[str, ...]
    files: tuple[str, ...]
    dry_run: bool


@dataclass(frozen=True, slots=True)
class UpsertReport:
    """What became of the articles given.

    `headlines` counts the records of kind headline among added and updated, `sources` says what the articles among them
    have and lack.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: tuple[Rejected, ...] = ()
    headlines: int = 0
    sources: tuple[SourceReport, ...] = ()


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What a run did. `rejects`: the file that what was set aside is in, None if nothing was."""

    report: UpsertReport
    rejects: Path | None
    files: int
    seconds: float
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Stats:
    """The archive in figures.

    `gaps` are runs of days without an article inside the span, longest first. `duplicates` counts articles whose
    title, body and day another article has too.
    """

    articles: int
    headlines: int
    revisions: int
    undated: int
    first: date | None
    last: date | None
    days: int
    gaps: tuple[tuple[date, date], ...]
    sources: tuple[tuple[str, int], ...]
    duplicates: int
    record_bytes: int
    index_bytes: int
    index_behind: int
    timezone: str
    fingerprint: Mapping[str, str] = field(default_factory=dict, hash=False)
    backend: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Revision:
    """One stored state of an article, the newest having the highest number (1 is the first)."""

    number: int
    recorded: datetime
    article: Article


@dataclass(frozen=True, slots=True)
class Headline:
    """A title that a family of reprints appeared under: first in `article`, in `count` articles in all."""

    title: str
    article: str
    published: datetime | None
    precision: Precision
    source: str
    count: int


@dataclass(frozen=True, slots=True)
class Family(Sequence[Article]):
    """An article and its reprints in the order of their appearance; a sequence of articles.

    An article that names only its day stands after those of that day that name the time. `headlines` are the titles it
    appeared under, the first first; titles that differ in script, width or spaces only are one.
    """

    articles: tuple[Article, ...]
    headlines: tuple[Headline, ...]

    @property
    def first(self) -> Article:
        """The article that appeared first: the first publisher's, as far as this archive knows."""
        return self.articles[0]

    def __len__(self) -> int:
        return len(self.articles)

    def __iter__(self) -> Iterator[Article]:
        return iter(self.articles)

    def __getitem__(self, which):  # type: ignore[no-untyped-def]  # int -> Article, slice -> tuple
        return self.articles[which]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of an article, as it was and as it is; as text, empty for none."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences that are in both texts, in the old one only, or in the new one only.

    `marks` are the ranges of `text` that changed, where it is one sentence that stands for one of the other side.
    """

    kind: Literal["same", "removed", "added"]
    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What one article has otherwise than another: fields, and the body in order."""

    fields: tuple[FieldChange, ...]
    body: tuple[Passage, ...]

    def __bool__(self) -> bool:
        return bool(self.fields) or any(each.kind != "same" for each in self.body)


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` looked at and what it found wrong; `problems` empty means all is well."""

    checked: tuple[str, ...]
    problems: tuple[str, ...]
    articles: int
    indexed: int

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the analysis makes of a text.

    Attributes:
        words: the terms an article with this text is found by, in order, as jieba's search mode gives them.
        query_words: the words that must all occur if the text is typed as one word and stands nowhere literally.
        grams: character pairs and runs of letters, each with its offset.
        segmenter: the engine at work, jieba or rjieba.
    """

    text: str
    folded: str
    words: tuple[str, ...]
    query_words: tuple[str, ...]
    grams: tuple[tuple[str, int], ...]
    segmenter: str
