"""All that a record in memory holds."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Protocol

from searchkit.model.article import Article
from searchkit.model.history import Revision
from searchkit.model.serialise import from_record
from searchkit.storage.record import Run
from searchkit.storage.saved import SavedRow
from searchkit.storage.sketches import Sketch


@dataclass(frozen=True, slots=True)
class Entry:
    """The newest state of an article; `record` is its JSON."""

    seq: int
    revision: int
    recorded: datetime
    record: str

    @property
    def article(self) -> Article:
        return from_record(json.loads(self.record))


@dataclass
class State:
    """All that a record holds. The values are never changed, only replaced.

    Attributes:
        origins, files: with the number of the note that was the last of each.
        notes: the number of the last note.
    """

    last: int = 0
    articles: dict[str, Entry] = field(default_factory=dict)
    replaced: dict[str, tuple[Revision, ...]] = field(default_factory=dict)
    deleted: dict[int, str] = field(default_factory=dict)
    marks: dict[int, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    runs: tuple[Run, ...] = ()
    retired: dict[str, tuple[Entry, tuple[Revision, ...]]] = field(default_factory=dict)
    origins: dict[tuple[str, str], int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    notes: int = 0
    sketches: dict[str, Sketch] = field(default_factory=dict)
    families: dict[str, str] = field(default_factory=dict)
    saved: dict[str, SavedRow] = field(default_factory=dict)

    def copy(self) -> State:
        return State(**{each.name: copy(getattr(self, each.name)) for each in fields(self)})


class Held(Protocol):
    """A record in memory, as its parts see it."""

    @property
    def state(self) -> State:
        """What this thread sees."""

    def transaction(self) -> AbstractContextManager[None]:
        """See `Record.transaction`."""
