"""An article with its history as JSON: revisions, reprints, differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from searchkit.model.article import Article
from searchkit.model.serialise import rfc3339
from searchkit.presenters.json_form.queries import record

if TYPE_CHECKING:
    from searchkit.model.history import Difference, Family, Origin, Revision
    from searchkit.presenters import documents


def article(
    found: Article, headlines: list[Article] | None = None, *, older_states: int = 0, index_behind: int = 0,
    origin: Origin | None = None,
) -> documents.Show:  # fmt: skip
    """Return a searchkit.show/1: the record that `export` writes, the headlines of its page, and its origin."""
    listed: documents.PageHeadlines = {}
    if headlines is not None:
        listed["headlines"] = [record(each) for each in headlines]
    return {
        "schema": "searchkit.show/1",
        "article": record(found),
        **listed,
        "origin": {
            "sha256": origin.sha256,
            "recorded": origin.recorded.isoformat(),
            "fetched": origin.fetched or None,
            "files": list(origin.files),
        }
        if origin is not None
        else None,
        "older_states": older_states,
        "index_behind": index_behind,
    }


def family(id: str, found: Family, pairs: Sequence[Difference] = (), index_behind: int = 0) -> documents.Family:
    """Return a searchkit.family/1."""
    return {
        "schema": "searchkit.family/1",
        "id": id,
        "first": found.first.id,
        "articles": [_member(each, pairs[at] if pairs else None) for at, each in enumerate(found)],
        "headlines": [
            {
                "title": each.title,
                "article": each.article,
                "published": rfc3339(each.published) if each.published else None,
                "source": each.source,
                "count": each.count,
            }
            for each in found.headlines
        ],
        "index_behind": index_behind,
    }


def _member(found: Article, differing: Difference | None) -> documents.Member:
    shown: documents.Member = {"article": record(found)}
    if differing is not None:
        shown["difference"] = difference(differing)
    return shown


def difference(found: Difference) -> documents.Difference:
    """Return the differences between two states of an article, or between an article and its reprint."""
    return {
        "fields": [{"field": each.field, "old": each.old, "new": each.new} for each in found.fields],
        "body": [
            {"kind": each.kind, "text": each.text, "marks": [list(mark) for mark in each.marks]} for each in found.body
        ],
    }


def revisions(id: str, found: tuple[Revision, ...], pairs: Sequence[Difference] = ()) -> documents.Revisions:
    """Return a searchkit.revisions/1."""
    return {
        "schema": "searchkit.revisions/1",
        "id": id,
        "revisions": [_revision(each, pairs[at - 1] if pairs and at else None) for at, each in enumerate(found)],
    }


def _revision(found: Revision, differing: Difference | None) -> documents.Revision:
    shown: documents.Revision = {
        "number": found.number,
        "recorded": found.recorded.isoformat(),
        "article": record(found.article),
    }
    if differing is not None:
        shown["difference"] = difference(differing)
    return shown
