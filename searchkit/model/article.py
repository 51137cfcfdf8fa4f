"""Article: the record that all layers exchange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["article", "headline"]
"""An article, or a headline that the page of an article listed."""
Precision = Literal["day", "minute", "second"]
"""How exact a printed time is."""

KINDS: tuple[Kind, ...] = ("article", "headline")


@dataclass(frozen=True, slots=True)
class Related:
    """One entry of the list of other news that a page prints under its article.

    `title` is the long, edited title; `short_title` the machine-made short one that the page prints beside the time.
    `published` is an aware datetime or None, `published_text` the time as printed.
    """

    title: str
    short_title: str = ""
    published: datetime | None = None
    published_text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One published news article, or one dated headline that a page listed.

    `id` is permanent: two articles with the same id are revisions of one article. A source that knows no id leaves it
    empty; `searchkit.writing.identity` then derives it from the URL, else from title, body and day.

    Attributes:
        title, body: plain text; paragraphs of the body are separated by one newline.
        published: an aware datetime; None if the page gives no time.
        published_text: the time as printed, or as it stood in the record.
        precision: how precise the printed time was; with "day", `published` is midnight in the archive's zone.
        source: the outlet that the text is taken from (新华社), not the site that shows it (`site`).
        author, editor: as printed, without the words 作者/责任编辑; several names stay in one string.
        kind: "headline" for an entry of another article's related list; `parent` is then that article's id.
        related: the list of other news on the page; stored, and archived as separate headlines; never searched as
            part of this article.
        extra: fields of the record for which searchkit has no name, kept unchanged.
    """

    title: str
    body: str = ""
    id: str = ""
    url: str = ""
    published: datetime | None = None
    published_text: str = ""
    precision: Precision = "second"
    source: str = ""
    author: str = ""
    editor: str = ""
    site: str = ""
    section: str = ""
    keywords: tuple[str, ...] = ()
    kind: Kind = "article"
    parent: str = ""
    short_title: str = ""
    related: tuple[Related, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.published is not None and self.published.tzinfo is None:
            raise ValueError("published must be an aware datetime; give it a time zone")
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}")

    @property
    def characters(self) -> int:
        """The number of characters of all fields together."""
        texts = (
            self.title, self.body, self.id, self.url, self.published_text, self.source, self.author, self.editor,
            self.site, self.section, self.parent, self.short_title, *self.keywords,
        )  # fmt: skip
        related = sum(len(each.title) + len(each.short_title) + len(each.url) for each in self.related)
        return sum(map(len, texts)) + related + sum(len(name) + len(value) for name, value in self.extra.items())
