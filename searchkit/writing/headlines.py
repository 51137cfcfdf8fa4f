"""Headlines that several pages list: one of them is the parent, whatever the order in which they are read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from searchkit.model.article import Article
from searchkit.storage.articles import Outcome
from searchkit.storage.record import Record
from searchkit.writing.admission import records


def put(store: Record, article: Article) -> Outcome:
    """Put an article, or a headline; a headline that is there already under a page that comes first stays there."""
    if article.kind == "headline" and article.parent:
        held = store.get(article.id)
        if held is not None and held.parent and held.parent < article.parent:
            return "unchanged"
    return store.put(article)


def put_listed(store: Record, page: Article) -> None:
    """Put the headlines that a page lists, which is there."""
    with store.transaction():
        for headline in list(records(page))[1:]:
            put(store, headline)


def adopt(store: Record, page: str, gone: Collection[str]) -> None:
    """Give the headlines of a page that is deleted each to the next page that lists it.

    Args:
        gone: all that is deleted with the page.
    """
    for headline in store.children(page):
        if headline.id in gone:
            continue
        beside = store.get_many(id for id in store.origins.beside(headline.id) if id not in gone)
        pages = [each.id for each in beside.values() if headline.id in [record.id for record in records(each)][1:]]
        if pages:
            store.put(replace(headline, parent=min(pages)))
