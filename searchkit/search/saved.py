"""Saved searches: questions kept under a name, and what is new for each since it was last looked at."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from searchkit.errors import Damaged, SearchkitError, UsageError
from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.model.results import SORTS, Sort
from searchkit.model.saved import News, SavedSearch
from searchkit.query.tree import Node
from searchkit.query.writer import write
from searchkit.search.conditions import Conditions, one_of
from searchkit.search.engine import Engine
from searchkit.storage.record import Record
from searchkit.storage.saved import SavedRow, hash_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from searchkit.search.conditions import ConditionsDict

_LONGEST_NAME = 100
_LONGEST_WHY = 200
"""Characters of what is wrong with a question that cannot be read."""


class Saved:
    """The saved searches of an archive; `Archive.saved`.

    Methods that read need no lock. Those that write raise Locked while another process writes, and ReadOnlyArchive.
    """

    def __init__(
        self,
        store: Record,
        asked: Callable[[], AbstractContextManager[Engine]],
        writing: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._store = store
        self._rows = store.saved
        self._asked = asked
        self._writing = writing

    def list(self) -> tuple[SavedSearch, ...]:
        """Return all saved searches, by name.

        Raises:
            Damaged: one of them cannot be read.
        """
        return tuple(self.get(name) for name in self._rows.names())

    def names(self) -> tuple[str, ...]:
        """Return the names of all saved searches, ascending."""
        return tuple(self._rows.names())

    def get(self, name: str) -> SavedSearch:
        """Return a saved search.

        Raises:
            UsageError: there is none of this name.
            Damaged: it cannot be read.
        """
        return _search(self._row(name))

    def save(
        self, name: str, query: str | Node = "", *, sort: Sort | None = None, **conditions: Unpack[ConditionsDict]
    ) -> SavedSearch:
        """Keep a search under a name. What matches now counts as seen.

        Days in words are kept as they are. Saving the same search again changes nothing. The other arguments are as in
        `Archive.search`.

        Args:
            name: up to 100 characters that can be printed; it does not begin with a hyphen.

        Raises:
            UsageError: the name cannot be used, or another search has it.
            QueryError: the query or a day cannot be understood.
        """
        name = _name(name)
        if sort is not None:
            one_of("sort", sort, SORTS)
        typed = query if isinstance(query, str) else write(query)
        question = {"query": typed, "conditions": _stored(Conditions.of(conditions)), "sort": sort}
        with self._writing():
            held = self._rows.get(name)
            if held is not None and held.question != question:
                raise UsageError(
                    Message("another search is saved as {name}", name=name),
                    hint=Message("archive.saved.remove({name!r}), or another name", name=name),
                    code="saved-already",
                    name=name,
                )
            if held is None:
                with self._asked() as engine:
                    _, ids = engine.matching(typed, Conditions.of(conditions))
                    self._rows.add(name, question, engine.covers, ids)
            return self.get(name)

    def remove(self, name: str) -> None:
        """Remove a saved search, also one that is damaged.

        Raises:
            UsageError: there is none of this name.
        """
        with self._writing():
            if not self._rows.remove(_written(name)):
                raise self._unknown(name)

    def new(self, name: str) -> News:
        """Return what has come in, was corrected or deleted since the search was last looked at.

        This does not mark them as seen: once the news have arrived where they are to be, call `mark`. A program that
        dies in between is told them again.

        An article that only comes to match or ceases to because time passes, or because an alias or a dictionary
        changes, is among `added` or is no news. Headlines are articles too, unless a condition `kind` excludes them.

        It has the errors of `Archive.search`, too.

        Raises:
            UsageError: there is no search of this name.
            Damaged: it cannot be read.
        """
        row = self._row(name)
        search = _search(row)
        # The generation of the index first: a change that comes after it is told the next time.
        with self._asked() as engine:
            _, ids = engine.matching(search.query, Conditions.of(search.conditions))
            covers, behind = engine.covers, engine.behind
        changed, gone = self._changed_since(row.upto)
        matching = frozenset(ids)

        def matched(id: str) -> bool:
            return hash_of(id) in row.matched

        return News(
            search=search,
            total=len(ids),
            added=tuple(id for id in ids if not matched(id)),
            corrected=tuple(id for id in ids if row.upto < changed.get(id, 0) <= covers and matched(id)),
            left=tuple(sorted(id for id in changed if id not in matching and matched(id))),
            deleted=tuple(sorted(id for id in gone if id not in matching and matched(id))),
            upto=covers,
            ids=tuple(ids),
            index_behind=behind,
        )

    def mark(self, news: News) -> bool:
        """Mark news as seen.

        Returns:
            False if nothing was marked, because another process has marked later news, or has removed the search.
        """
        with self._writing():
            return self._rows.mark(news.search.name, news.search.saved, news.upto, news.ids)

    def latest(self, name: str, limit: int = 50) -> tuple[tuple[str, datetime], ...]:
        """Return the matches that came in or changed last, the last first: ids, and the times of that in UTC.

        It has the errors of `Archive.search`, too.

        Raises:
            UsageError: there is no search of this name.
            Damaged: it cannot be read.
        """
        search = self.get(name)
        with self._asked() as engine:
            _, ids = engine.matching(search.query, Conditions.of(search.conditions))
        return tuple(self._store.latest(ids, limit))

    def articles(self, ids: Iterable[str]) -> Mapping[str, Article]:
        """Return the articles with these ids, by id, for example of news; deleted ones are left out."""
        return self._store.get_many(ids)

    def _changed_since(self, after: int) -> tuple[dict[str, int], set[str]]:
        """Return the sequence number of each article that was added or changed, by id; the ids that are gone.

        An article that was deleted and came again is among the first only.
        """
        changed = self._store.changed_since(after)
        return changed, self._store.deleted_since(after) - changed.keys()

    def _row(self, name: str) -> SavedRow:
        row = self._rows.get(_written(name))
        if row is None:
            raise self._unknown(name)
        return row

    def _unknown(self, name: str) -> UsageError:
        from difflib import get_close_matches

        names = self._rows.names()
        near = get_close_matches(name, names, 1)
        told = Message("; did you mean {nearest}?", nearest=near[0]) if near else ""
        return UsageError(
            Message("no search is saved as {name}{told}", name=name[:_LONGEST_NAME], told=told),
            hint="archive.saved.list() has all",
            code="not-saved",
        )


def _written(name: str) -> str:
    """Return the one way in which a name is written in the record."""
    return unicodedata.normalize("NFC", name).strip()


def _name(name: str) -> str:
    """Return a name as it is stored. Raises: UsageError for one that cannot be used."""
    given = _written(name)
    if not given or len(given) > _LONGEST_NAME or given.startswith("-") or not given.isprintable():
        raise UsageError(
            Message("a search cannot be saved as {name!r}", name=name[:_LONGEST_NAME]),
            hint=Message(
                "a name of 1 to {longest_name} printable characters that does not begin with a hyphen",
                longest_name=_LONGEST_NAME,
            ),
        )
    return given


def _stored(given: Conditions) -> dict[str, Any]:
    """Return conditions as JSON can hold them, those that are not given left out."""
    days = {name: getattr(given, name) for name in ("since", "until", "on")}
    found: dict[str, Any] = {
        name: value if isinstance(value, str) else date(value.year, value.month, value.day).isoformat()
        for name, value in days.items()
        if value is not None
    }
    found.update({name: list(values) for name, values in given.values.items()})
    if given.mode != "auto":
        found["mode"] = given.mode
    if given.aliases is not None:
        found["aliases"] = given.aliases
    return found


def _search(row: SavedRow) -> SavedSearch:
    """Return the search of a row. Raises: Damaged where it has what this program does not write."""
    query, conditions, sort = (row.question.get(name) for name in ("query", "conditions", "sort"))
    try:
        if row.name != _name(row.name) or not isinstance(query, str) or not isinstance(conditions, Mapping):
            raise UsageError("no question")
        if sort is not None:
            one_of("sort", sort, SORTS)
        Conditions.of(conditions)
    except SearchkitError as error:
        name = row.name[:_LONGEST_NAME]
        why = Message(error.message) if len(error.message) <= _LONGEST_WHY else error.message[:_LONGEST_WHY]
        raise Damaged(
            Message(
                "the saved search {name} has a question that cannot be read: {message}",
                name=name,
                message=why,
            ),
            hint=Message("archive.saved.remove({name!r}), and save it again", name=name),
            code="saved-damaged",
            name=name,
        ) from error
    return SavedSearch(row.name, query, dict(conditions), sort, row.recorded, row.looked)
