"""The frozen records of searches that are kept under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from searchkit.model.results import Sort


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that is kept under a name.

    Attributes:
        name: its name in the archive.
        query: the query as it was typed.
        conditions: the conditions beside it, as keyword arguments of `Archive.search`. Days are as they were typed:
            近7天 means other days at each asking.
        sort: the order of its answers; None: the usual one.
        saved: when it was saved, in UTC.
        looked: when its news were last marked as seen, in UTC; at first the time it was saved.
    """

    name: str
    query: str
    conditions: Mapping[str, Any] = field(hash=False)
    sort: Sort | None
    saved: datetime
    looked: datetime


@dataclass(frozen=True, slots=True)
class News:
    """What has changed among the matches of a saved search since it was last looked at. Its length is their number.

    Attributes:
        search: the search.
        total: the number of articles that match now.
        added: the ids of the articles that match and did not, ascending.
        corrected: the ids of those that matched and still do, and have a new revision.
        left: the ids of those that matched and do not since a new revision.
        deleted: the ids of those that matched and were deleted.
        upto: the sequence number of the last change that these news cover.
        ids: the ids of all articles that match now.
        index_behind: changes acknowledged but not yet searchable; they will be news later.
    """

    search: SavedSearch
    total: int
    added: tuple[str, ...]
    corrected: tuple[str, ...]
    left: tuple[str, ...]
    deleted: tuple[str, ...]
    upto: int
    ids: tuple[str, ...] = field(repr=False)
    index_behind: int = 0

    def __len__(self) -> int:
        return len(self.added) + len(self.corrected) + len(self.left) + len(self.deleted)
