"""An article as its document has it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from functools import partial
from typing import Any

from searchkit.cluster.client import Body
from searchkit.errors import Damaged
from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.model.serialise import content_digest, rfc3339
from searchkit.storage import entries
from searchkit.storage.articles import Outline, written
from searchkit.storage.opensearch.mapping import key

REPLACED = ("id", "first", "revision", "recorded", "digest", "record")
"""The fields that a state keeps when another one takes its place."""


def article_key(id: str) -> str:
    """Return the key of the newest state of an article."""
    return key("a", id)


def revision_key(id: str, first: int, number: int) -> str:
    """Return the key of a replaced state: the same however often it is written."""
    return f"{key('r', id)}:{first}:{number}"


def now() -> str:
    """Return this moment as the record keeps it: UTC, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def document(article: Article) -> Body:
    """Return the document of an article, without what depends on the states before it."""
    text, digest = written(article)
    return {
        "id": article.id, "gone": False, "size": len(text), "kind": article.kind, "parent": article.parent,
        "content": content_digest(article), "recorded": now(), "digest": digest, "record": text,
        "source": article.source or article.site,
        "published": rfc3339(article.published) if article.published else "",
        "has_author": bool(article.author), "has_body": bool(article.body),
    }  # fmt: skip


def tombstone(id: str) -> Body:
    """Return the document that takes the place of a deleted article; one that is retired keeps all its fields."""
    return {"id": id, "gone": True, "size": 0}


def outline(source: Mapping[str, Any], where: str) -> Outline:
    """Return the outline in a document."""
    published = source["published"]
    return source["source"], time(published, where) if published else None, source["has_author"], source["has_body"]


def article_of(id: str, record: str, where: str) -> Article:
    """Return the article of a document. Raises: Damaged where it is none, or has another id."""
    return entries.article_of(id, record, partial(damaged, where))


def time(text: str, where: str) -> datetime:
    """Return a time of a document."""
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise damaged(where, "a time in it is none") from error


def damaged(where: str, problem: str) -> Damaged:
    """Return the error for a record that has what this program does not write."""
    return Damaged(
        Message("the record {path} is damaged: {problem}", path=where, problem=Message(problem)),
        hint="archive.verify() tells more; restore it from a snapshot of the cluster",
        code="cluster-damaged",
    )
