"""Saved searches, their news, and what has changed since a search was recorded, as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from searchkit.errors import SearchkitError
from searchkit.model.article import Article
from searchkit.presenters.json_form.queries import record
from searchkit.presenters.json_form.reports import error

if TYPE_CHECKING:
    from searchkit.model.query_records import Replay
    from searchkit.model.saved import News, SavedSearch
    from searchkit.presenters import documents


def replay(found: Replay) -> documents.Replay:
    """Return a searchkit.replay/1."""
    return {
        "schema": "searchkit.replay/1",
        "same": not found,
        "made": found.before.made.isoformat(),
        "then": found.before.total,
        "now": found.now.total,
        "came": list(found.came),
        "went": list(found.went),
        "deleted": list(found.deleted),
        "corrected": list(found.corrected),
        "circumstances": [{"name": name, "then": then, "now": now} for name, then, now in found.circumstances],
        "index_behind": found.now.index_behind,
    }


def saved(found: Sequence[SavedSearch]) -> documents.Saved:
    """Return a searchkit.saved/1."""
    return {
        "schema": "searchkit.saved/1",
        "searches": [
            {
                "name": each.name,
                "query": each.query,
                "conditions": dict(each.conditions),
                "sort": each.sort,
                "saved": each.saved.isoformat(),
                "looked": each.looked.isoformat(),
            }
            for each in found
        ],
    }


def news(found: Sequence[tuple[str, News | SearchkitError]], articles: Mapping[str, Article]) -> documents.News:
    """Return a searchkit.news/1.

    Args:
        found: the name of each search with its news, or with the error for which there are none.
        articles: the articles that the news name, by id; deleted ones are missing.
    """
    return {"schema": "searchkit.news/1", "searches": [_news(name, each, articles) for name, each in found]}


def _news(
    name: str, found: News | SearchkitError, articles: Mapping[str, Article]
) -> documents.SearchNews | documents.FailedNews:
    if isinstance(found, SearchkitError):
        return {"name": name, "error": error(found)["error"]}

    def listed(ids: Sequence[str]) -> list[documents.ArticleRecord | documents.DeletedArticle]:
        return [record(articles[id]) if id in articles else {"id": id} for id in ids]

    return {
        "name": name,
        "query": found.search.query,
        "looked": found.search.looked.isoformat(),
        "total": found.total,
        "new": listed(found.added),
        "corrected": listed(found.corrected),
        "left": listed(found.left),
        "deleted": list(found.deleted),
        "index_behind": found.index_behind,
        "error": None,
    }
