"""A record in memory, which forgets all in the end.

A transaction works on a copy of everything, which takes the place of what was there when it ends.
"""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import ClassVar

from searchkit.errors import ArchiveClosed
from searchkit.model.article import Article
from searchkit.model.history import Revision
from searchkit.model.serialise import content_digest, from_record, to_record
from searchkit.storage.articles import Outcome, Outline, newest_first
from searchkit.storage.changes import MOST_CHARACTERS, Change, SequenceNumbers
from searchkit.storage.memory.parts import MemoryOrigins, MemorySaved, MemorySketches
from searchkit.storage.memory.state import Entry, State
from searchkit.storage.origins import Origins
from searchkit.storage.record import Record, Run
from searchkit.storage.saved import SavedSearches
from searchkit.storage.sketches import Sketches


class MemoryRecord(Record):
    """A record that is gone with the object.

    Attributes:
        step: between two sequence numbers.
        block: what the last sequence number of a transaction is a multiple of, whether or not a change has it.
    """

    step: ClassVar[int] = 1
    block: ClassVar[int] = 1

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        self._committed = State(settings=dict(settings or {}))
        self._working: State | None = None
        self._writer: int | None = None
        self._one = threading.Lock()
        self._closed = False

    @property
    def where(self) -> str:
        return "memory"

    def require_open(self) -> None:
        if self._closed:
            raise ArchiveClosed(Path(self.where))

    @property
    def state(self) -> State:
        """What this thread sees: in a transaction of its own the state in the making, else the one that holds."""
        self.require_open()
        mine = self._writer == threading.get_ident()
        return self._working if mine and self._working is not None else self._committed

    @contextmanager
    def transaction(self) -> Iterator[None]:
        if self._writer == threading.get_ident():
            yield
            return
        self.require_open()
        with self._one:
            self._working = self._committed.copy() if self.atomic else self._committed
            self._writer = threading.get_ident()
            before = self._working.last
            try:
                yield
                self._committed = self.state
            finally:
                state = self._committed
                if state.last > before:
                    state.last = -(-state.last // self.block) * self.block
                    state.marks[state.last] = os.urandom(8).hex()
                self._writer = self._working = None

    def close(self) -> None:
        self._closed = True

    # -- articles

    def put(self, article: Article) -> Outcome:
        with self.transaction():
            outcome = self.compare(article)
            if outcome == "unchanged":
                return outcome
            state, id = self.state, article.id
            if self.put_back(id) and self.compare(article) == "unchanged":
                return outcome
            held = state.articles.get(id)
            if held is not None:
                older = Revision(held.revision, held.recorded, held.article)
                state.replaced[id] = (*state.replaced.get(id, ()), older)
            revision = held.revision + 1 if held else 1
            entry = Entry(self._next(), revision, _now(), json.dumps(to_record(article), sort_keys=True))
            state.articles[id] = entry
        return outcome

    def _next(self) -> int:
        self.state.last += self.step
        return self.state.last

    def compare(self, article: Article) -> Outcome:
        held = self.state.articles.get(article.id)
        if held is None:
            return "added"
        records = json.loads(held.record), to_record(article)
        if all("fetched" in record.get("extra", {}) for record in records):
            records = tuple({**each, "extra": {**each["extra"], "fetched": ""}} for each in records)  # type: ignore[assignment]
        return "unchanged" if records[0] == records[1] else "updated"

    def delete(self, id: str) -> bool:
        with self.transaction():
            if id not in self.state.articles:
                return False
            self.state.deleted[self._next()] = id
            del self.state.articles[id]
            self.state.replaced.pop(id, None)
            return True

    def take_over(self, id: str, states: Sequence[Revision]) -> bool:
        with self.transaction():
            state = self.state
            if not states and id not in state.articles and id in state.deleted.values():
                return False
            if states and self.revisions(id) == tuple(states):
                return False
            state.articles.pop(id, None)
            state.replaced.pop(id, None)
            state.retired.pop(id, None)
            if not states:
                state.deleted[self._next()] = id
                return True
            *replaced, newest = (
                Entry(0, each.number, each.recorded, json.dumps(to_record(each.article), sort_keys=True))
                for each in states
            )
            state.articles[id] = replace(newest, seq=self._next())
            state.replaced[id] = tuple(Revision(each.revision, each.recorded, each.article) for each in replaced)
        return True

    def retire(self, id: str) -> bool:
        with self.transaction():
            if id not in self.state.articles:
                return False
            kept = self.state.articles[id], self.state.replaced.get(id, ())
            self.delete(id)
            self.state.retired[id] = kept
            return True

    def left(self) -> list[str]:
        return sorted(self.state.retired)

    def retired(self, ids: Iterable[str]) -> Mapping[str, object]:
        held = self.state.retired
        return {id: held[id] for id in ids if id in held}

    def put_back(self, id: str) -> bool:
        with self.transaction():
            state = self.state
            if id not in state.retired:
                return False
            entry, replaced = state.retired.pop(id)
            state.articles[id] = replace(entry, seq=self._next())
            if replaced:
                state.replaced[id] = replaced
            return True

    def bury(self, retired: Mapping[str, object]) -> list[str]:
        with self.transaction():
            held = self.state.retired
            return [id for id, kept in retired.items() if held.get(id) is kept and held.pop(id)]

    def get(self, id: str) -> Article | None:
        held = self.state.articles.get(id)
        return held.article if held else None

    def get_many(self, ids: Iterable[str]) -> dict[str, Article]:
        held = self.state.articles
        return {id: held[id].article for id in ids if id in held}

    def has(self, id: str) -> bool:
        return id in self.state.articles

    def ids_starting(self, prefix: str, limit: int = 10) -> list[str]:
        return [id for id in self.ids() if id.startswith(prefix)][:limit]

    def ids(self) -> list[str]:
        return sorted(self.state.articles)

    def children(self, parent: str) -> tuple[Article, ...]:
        return newest_first(each for each in self._all() if parent and each.parent == parent)

    def _all(self) -> list[Article]:
        return [each.article for each in self.state.articles.values()]

    def revisions(self, id: str) -> tuple[Revision, ...]:
        held = self.state.articles.get(id)
        if held is None:
            return ()
        return (*self.state.replaced.get(id, ()), Revision(held.revision, held.recorded, held.article))

    def recorded(self, id: str) -> datetime | None:
        held = self.state.articles.get(id)
        return held.recorded if held else None

    def latest(self, ids: Collection[str], limit: int) -> list[tuple[str, datetime]]:
        held = self.state.articles
        wanted = sorted((held[id].seq, id) for id in ids if id in held)
        return [(id, held[id].recorded) for _, id in reversed(wanted)][:limit]

    def outlines(self) -> Iterator[Outline]:
        for each in self._all():
            if each.kind == "article":
                self.require_open()
                yield each.source or each.site, each.published, bool(each.author), bool(each.body)

    def __len__(self) -> int:
        return len(self.state.articles)

    def kinds(self) -> Mapping[str, int]:
        return Counter(each.kind for each in self._all())

    def counts(self) -> Mapping[str, int]:
        same = Counter(map(content_digest, self._all()))
        return {"revisions": sum(map(len, self.state.replaced.values())), "duplicates": same.total() - len(same)}

    # -- changes

    def last_seq(self) -> int:
        return self.state.last

    def changes(self, after: int, limit: int, upto: int | None = None) -> list[Change]:
        state = self.state
        every = [(entry.seq, id, entry.record) for id, entry in state.articles.items()]
        every += [(seq, id, "") for seq, id in state.deleted.items()]
        found, characters = list[Change](), 0
        for seq, id, record in sorted(every):
            if after < seq and (upto is None or seq <= upto) and len(found) < limit and characters < MOST_CHARACTERS:
                found.append(Change(seq, id, from_record(json.loads(record)) if record else None))
                characters += len(record)
        return found

    def pending(self, after: int) -> int:
        state = self.state
        return sum(seq > after for seq in [*state.deleted, *(entry.seq for entry in state.articles.values())])

    def changed_since(self, after: int) -> dict[str, int]:
        return {id: entry.seq for id, entry in self.state.articles.items() if entry.seq > after}

    def deleted_since(self, after: int) -> set[str]:
        return {id for seq, id in self.state.deleted.items() if seq > after}

    def sequence_numbers(self) -> SequenceNumbers:
        state = self.state
        return SequenceNumbers(((id, entry.seq) for id, entry in state.articles.items()), state.last)

    def lineage(self) -> str:
        marks = self.state.marks
        return f"{max(marks)} {marks[max(marks)]}" if marks else ""

    def has_been(self, seq: int, lineage: str) -> bool:
        state = self.state
        at, _, mark = lineage.partition(" ")
        return seq <= state.last and (not lineage or state.marks.get(int(at)) == mark)

    def forget_lineage(self, before: str, keep: int) -> int:
        if not before:
            return 0
        with self.transaction():
            marks = self.state.marks
            older = sorted(at for at in marks if at < int(before.partition(" ")[0]))
            gone = older[: max(0, len(older) - keep)]
            for at in gone:
                del marks[at]
        return len(gone)

    # -- what is kept beside the articles

    def setting(self, name: str) -> str | None:
        return self.state.settings.get(name)

    def set_setting(self, name: str, value: str) -> None:
        with self.transaction():
            self.state.settings[name] = value

    def remove_setting(self, name: str) -> None:
        with self.transaction():
            self.state.settings.pop(name, None)

    def add_run(self, run: Run) -> None:
        with self.transaction():
            self.state.runs += (run,)

    def runs(self) -> tuple[Run, ...]:
        return self.state.runs

    @property
    def origins(self) -> Origins:
        return MemoryOrigins(self)

    @property
    def sketches(self) -> Sketches:
        return MemorySketches(self)

    @property
    def saved(self) -> SavedSearches:
        return MemorySaved(self)

    # -- care

    def verify(self) -> list[str]:
        return [f"memory: the entry of {id} does not fit its record" for id in self.ids() if self.get(id) is None]

    def size(self) -> int:
        return sum(len(entry.record.encode()) for entry in self.state.articles.values())


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(microsecond=0)
