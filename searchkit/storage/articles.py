"""The articles that a record holds, each in its newest state, and the states that were replaced."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from searchkit.model.article import Article
from searchkit.model.serialise import to_record

if TYPE_CHECKING:
    from searchkit.model.history import Revision

Outcome = Literal["added", "updated", "unchanged"]

Outline: TypeAlias = tuple[str, "datetime | None", bool, bool]
"""Of an article: its source, or else its site; its time; whether it has an author; whether it has a body."""

TOGETHER = 500
"""Articles fetched together by `Articles.articles`; bounds memory."""


class Articles(ABC):
    """The articles of a record. All methods raise the errors of `searchkit.storage.record.Record`."""

    # -- writing

    @abstractmethod
    def put(self, article: Article) -> Outcome:
        """Store an article under its id. If it differs from the stored state, it becomes the next revision.

        Articles that differ only in when a crawler fetched them do not differ: otherwise the article would alternate
        between them each time the crawl is read.

        Putting the same article again is "unchanged": whoever does not know how far it got may repeat itself. A
        replaced state is kept before the new one takes its place, so breaking off in between loses neither.
        """

    @abstractmethod
    def compare(self, article: Article) -> Outcome:
        """Return the outcome that `put` would have."""

    @abstractmethod
    def delete(self, id: str) -> bool:
        """Delete an article with all its revisions; a change of the record. Returns: False if there is none."""

    @abstractmethod
    def take_over(self, id: str, states: Sequence[Revision]) -> bool:
        """Let an article have just these states, with their numbers and times, in place of those it has: one change.

        For copies of a record. The states are those of another record, the oldest first; where there are none, the
        article is deleted, and a deletion is left also where it has never been.

        Returns:
            False if they are there already, and nothing was changed.
        """

    # -- deleting beside other writers
    #
    # Who deletes an article because of something else (its files are gone) has to look at that once more when others
    # can see the article is deleted: they may have found it there, and noted another origin of it. Where transactions
    # are all or nothing, nobody writes meanwhile, and these methods as they are here do.

    def retire(self, id: str) -> bool:
        """Delete an article so that it can be put back until it is buried; a change of the record.

        Nobody finds it, but it is kept with its revisions, also where the process dies. Where it is put again, it is
        "added" with them. Returns: False if there is no such article.
        """
        return self.delete(id)

    def left(self) -> list[str]:
        """Return the ids of all articles that are retired and not buried."""
        self.require_open()
        return []

    def retired(self, ids: Iterable[str]) -> Mapping[str, Any]:
        """Return those of `ids` that are retired, with what `bury` needs to know of each."""
        return dict.fromkeys(self.lacking(ids))

    def put_back(self, id: str) -> bool:
        """Put back an article that is retired, with its revisions; a change of the record. Returns: whether it was."""
        self.require_open()
        return False

    def bury(self, retired: Mapping[str, Any]) -> list[str]:
        """Forget articles that are still retired as `retired` has told, for good. Returns: their ids."""
        self.require_open()
        return [*retired]

    def look_ahead(self, ids: Iterable[str]) -> None:  # noqa: B027  # most records have nothing to do
        """Be told which articles this transaction will look at, most of them, so that they can be fetched together.

        By default nothing is done with it, and `ids` are not even made.
        """

    # -- reading

    @abstractmethod
    def get(self, id: str) -> Article | None:
        """Return the newest state of an article; None if there is no such article."""

    @abstractmethod
    def get_many(self, ids: Iterable[str]) -> dict[str, Article]:
        """Return the newest state of each of `ids` that exists."""

    @abstractmethod
    def has(self, id: str) -> bool:
        """Return whether there is an article with this id."""

    def lacking(self, ids: Iterable[str]) -> list[str]:
        """Return those of `ids` that no article has."""
        return [id for id in ids if not self.has(id)]

    @abstractmethod
    def ids_starting(self, prefix: str, limit: int = 10) -> list[str]:
        """Return up to `limit` ids that start with `prefix`, ascending."""

    @abstractmethod
    def ids(self) -> list[str]:
        """Return every id, ascending."""

    @abstractmethod
    def children(self, parent: str) -> tuple[Article, ...]:
        """Return the headlines that an article's page listed, newest first."""

    @abstractmethod
    def revisions(self, id: str) -> tuple[Revision, ...]:
        """Return every state of an article, the oldest first; empty if there is no such article."""

    def histories(self, ids: Iterable[str]) -> dict[str, tuple[Revision, ...]]:
        """Return every state of each of `ids` that exists, the oldest first; of a few hundred together."""
        found = {id: self.revisions(id) for id in ids}
        return {id: states for id, states in found.items() if states}

    @abstractmethod
    def recorded(self, id: str) -> datetime | None:
        """Return when the newest state of an article came in, in UTC; None if there is no such article."""

    @abstractmethod
    def latest(self, ids: Collection[str], limit: int) -> list[tuple[str, datetime]]:
        """Return those of `ids` that came in or changed last, the last first, with the time of that in UTC."""

    @abstractmethod
    def outlines(self) -> Iterator[Outline]:
        """Return an iterator over the outlines of the articles of kind article."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def kinds(self) -> Mapping[str, int]:
        """Return the number of articles of each kind. May read all articles; an index answers faster."""

    @abstractmethod
    def counts(self) -> Mapping[str, int]:
        """Return the number of `revisions` (replaced states) and `duplicates` (further articles with the same text)."""

    def articles(self, ids: Sequence[str] | None = None) -> Iterator[Article]:
        """Return an iterator over articles, each in its newest state when its turn comes.

        Continuing after `close` raises ArchiveClosed.

        Args:
            ids: the articles, in this order, missing ones left out; default: all that exist now, by id.
        """
        return self._in_turn(self.ids() if ids is None else ids)

    def _in_turn(self, ids: Sequence[str]) -> Iterator[Article]:
        for start in range(0, len(ids), TOGETHER):
            part = ids[start : start + TOGETHER]
            held = self.get_many(part)
            for id in part:
                self.require_open()
                if id in held:
                    yield held[id]

    @abstractmethod
    def require_open(self) -> None:
        """Raise ArchiveClosed after `close`."""


def newest_first(articles: Iterable[Article]) -> tuple[Article, ...]:
    """Return headlines in the order of `Articles.children`."""
    return tuple(sorted(articles, key=lambda article: (article.published_text, article.id), reverse=True))


def written(article: Article) -> tuple[str, str]:
    """Return an article as JSON, as a record holds it, and the digest of that: 32 hexadecimal digits."""
    text = json.dumps(to_record(article), ensure_ascii=False, sort_keys=True)
    return text, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def differ_in_capture_only(held: str, given: str) -> bool:
    """Return whether two articles as JSON differ only in the time at which a crawler fetched the article."""
    if '"fetched"' not in held or '"fetched"' not in given:
        return False
    try:
        records = [json.loads(each) for each in (held, given)]
        for record in records:
            record.get("extra", {}).pop("fetched", None)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return False  # the stored record is damaged
    return bool(records[0] == records[1])
