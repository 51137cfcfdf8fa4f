"""One article: itself, its revisions, and the family of its reprints."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from searchkit.model.documents import ArticleRecord, Count, Sha256, Time
from searchkit.presenters.documents.queries import Behind, Mark


class Origin(TypedDict):
    """The evidence for an article."""

    sha256: Annotated[Sha256, "SHA-256 of its content: docs/cli.md, searchkit show"]
    recorded: Annotated[Time, "when the archive took this state in, in UTC"]
    fetched: Annotated[str | None, "when the page was fetched, as the record says"]
    files: Annotated[list[str], "absolute paths of the files it was read from"]


class _ShownArticle(TypedDict):
    schema: Annotated[Literal["searchkit.show/1"], "the name of this document"]
    article: Annotated[ArticleRecord, "the record, as `export` writes it: docs/sources.md"]


class PageHeadlines(TypedDict, total=False):
    """The headlines of an article's page, if they were asked for."""

    headlines: Annotated[list[ArticleRecord], "the headlines that its page listed, as records"]


class Show(_ShownArticle, PageHeadlines):
    """`searchkit show --json`"""

    origin: Annotated[Origin | None, "the evidence for the article"]
    older_states: Annotated[Count, "earlier states that were kept: `show --revisions`"]
    index_behind: Annotated[
        Count, "acknowledged changes that are not in the index yet; the article is complete all the same"
    ]


class FieldChange(TypedDict):
    """A field that differs."""

    field: Annotated[str, "its name"]
    old: Annotated[str, "the old value as text; empty for none"]
    new: Annotated[str, "the new value as text; empty for none"]


class Passage(TypedDict):
    """Sentences that are in both texts, or in one of them."""

    kind: Annotated[Literal["same", "removed", "added"], "in both texts, only in the old one, or only in the new one"]
    text: Annotated[str, "the sentences"]
    marks: Annotated[list[Mark], "the changed ranges of a sentence that has a counterpart"]


class Difference(TypedDict):
    """The differences between two states of an article, or between an article and its reprint."""

    fields: Annotated[list[FieldChange], "the fields that differ"]
    body: Annotated[list[Passage], "the text in order"]


class _Revision(TypedDict):
    number: Annotated[int, "1 is the first"]
    recorded: Annotated[Time, "when the archive took this state in, in UTC"]
    article: Annotated[ArticleRecord, "the record"]


class Revision(_Revision, total=False):
    """One state of an article."""

    difference: Annotated[Difference, "with `--diff`, in all but the first: its differences from the revision before"]


class Revisions(TypedDict):
    """`searchkit show --revisions --json`"""

    schema: Annotated[Literal["searchkit.revisions/1"], "the name of this document"]
    id: Annotated[str, "the article's id"]
    revisions: Annotated[list[Revision], "its states, the oldest first"]


class _Member(TypedDict):
    article: Annotated[ArticleRecord, "the record"]


class Member(_Member, total=False):
    """An article of a family of reprints."""

    difference: Annotated[Difference, "with `--diff`: its differences from the first"]


class Headline(TypedDict):
    """A title under which a text appeared."""

    title: Annotated[str, "as first printed"]
    article: Annotated[str, "the id of the first article with this title"]
    published: Annotated[Time | None, "the time of that article, in UTC"]
    source: Annotated[str, "the source of that article"]
    count: Annotated[Count, "articles with this title"]


class Family(TypedDict):
    """`searchkit family --json`"""

    schema: Annotated[Literal["searchkit.family/1"], "the name of this document"]
    id: Annotated[str, "the id of the article asked for"]
    first: Annotated[str, "the id of the article that appeared first"]
    articles: Annotated[list[Member], "the article and its reprints, in the order of their appearance"]
    headlines: Annotated[list[Headline], "the titles of the articles, in the order of their appearance"]
    index_behind: Behind
