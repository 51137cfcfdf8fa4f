"""Articles side by side: the revisions of one, the family of its reprints, the difference of two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, overload

from searchkit.model.article import Article, Precision


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

    @overload
    def __getitem__(self, which: int) -> Article: ...

    @overload
    def __getitem__(self, which: slice) -> tuple[Article, ...]: ...

    def __getitem__(self, which: int | slice) -> Article | tuple[Article, ...]:
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
