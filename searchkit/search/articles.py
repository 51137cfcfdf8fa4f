"""Articles of an archive by id, with their revisions, their families and their headlines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from searchkit.errors import AmbiguousId, NoSuchArticle
from searchkit.model.article import Article
from searchkit.model.serialise import clean
from searchkit.reprints.families import Families
from searchkit.storage.record import Record

if TYPE_CHECKING:
    from searchkit.model.history import Family, Origin, Revision


class Articles:
    """The part of an `Archive` that reads its record: a collection of articles with ids."""

    _store: Record
    _families: Families

    def get(self, id: str) -> Article | None:
        """Return the article with this id; None if there is none."""
        return self._store.get(id)

    def __getitem__(self, id: str) -> Article:
        article = self._store.get(id)
        if article is None:
            raise KeyError(id)
        return article

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and self._store.has(id)

    def __len__(self) -> int:
        return len(self._store)

    def __iter__(self) -> Iterator[Article]:
        """Iterate over every article, by id."""
        return self._store.articles()

    def resolve(self, id: str) -> str:
        """Return the full id for an id or the beginning of one.

        Raises:
            NoSuchArticle: no id begins with it.
            AmbiguousId: several ids begin with it.
        """
        kept = clean(id)  # no id contains the lone surrogates of an argument that is not UTF-8
        if self._store.has(kept):
            return kept
        found = self._store.ids_starting(kept) if kept else []
        if len(found) == 1:
            return found[0]
        if found:
            raise AmbiguousId(id, found)
        raise NoSuchArticle(id)

    def revisions(self, id: str) -> tuple[Revision, ...]:
        """Return every state of an article, the oldest first; empty if there is no such article."""
        return self._store.revisions(id)

    def recorded(self, id: str) -> datetime | None:
        """Return when the archive took in the newest state of an article, in UTC; None if there is no such article."""
        return self._store.recorded(id)

    def origin(self, id: str) -> Origin | None:
        """Return the hash of an article's content, its time and its files; None if there is no such article."""
        from searchkit.model.history import Origin
        from searchkit.model.serialise import content_hash

        article, recorded = self._store.get(id), self._store.recorded(id)
        if article is None or recorded is None:
            return None
        files = tuple(self._store.origins.files(id))
        return Origin(content_hash(article), recorded, article.extra.get("fetched", ""), files)

    def family(self, id: str) -> Family | None:
        """Return an article and its reprints in the order of their appearance; None if there is no such article.

        An article without reprints is a family of one, and so is an article without a time or with hardly any text.
        """
        return self._families.family(id)

    def headlines(self, id: str) -> tuple[Article, ...]:
        """Return the headlines that an article's page listed, newest first."""
        return self._store.children(id)
