"""Articles side by side: the revisions of one, the family of its reprints, the difference of two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, overload

from searchkit.model.article import Article, Precision


@dataclass(frozen=True, slots=True)
class Revision:
    """One stored state of an article. Numbers ascend from 1, the oldest."""

    number: int
    recorded: datetime
    article: Article


@dataclass(frozen=True, slots=True)
class Origin:
    """The evidence for an article in its newest state: its content's hash, and when and from where it came.

    Attributes:
        sha256: `searchkit.content_hash` of the article, 64 hexadecimal digits.
        recorded: when the archive took this state in, in UTC.
        fetched: when the page was fetched, as its record says (WARC files do); empty if it does not say.
        files: the absolute paths of the files it was read from, ascending; none if it came from standard input, from a
            program, or into an archive of format 1.
    """

    sha256: str
    recorded: datetime
    fetched: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """A title used in a family of reprints: first by `article`, and by `count` articles in all."""

    title: str
    article: str
    published: datetime | None
    precision: Precision
    source: str
    count: int


@dataclass(frozen=True, slots=True)
class Family(Sequence[Article]):
    """An article and its reprints in the order of their appearance; a sequence of articles.

    An article that gives only its day comes after the articles of that day that give a time. `headlines` are the titles
    it appeared under, the earliest first; titles that differ only in script, width or spaces count as one.
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

    @overload
    def __getitem__(self, which: int) -> Article: ...

    @overload
    def __getitem__(self, which: slice) -> tuple[Article, ...]: ...

    def __getitem__(self, which: int | slice) -> Article | tuple[Article, ...]:
        return self.articles[which]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """The old and the new value of a field, as text; empty for no value."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences that are in both texts, only in the old text, or only in the new text.

    `marks` are the ranges of `text` that changed, if it is a single sentence that corresponds to one of the other side.
    """

    kind: Literal["same", "removed", "added"]
    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """The differences between two articles: changed fields, and the passages of the body in order."""

    fields: tuple[FieldChange, ...]
    body: tuple[Passage, ...]

    def __bool__(self) -> bool:
        return bool(self.fields) or any(each.kind != "same" for each in self.body)
