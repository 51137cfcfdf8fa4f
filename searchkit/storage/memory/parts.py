"""What a record in memory keeps beside the articles: origins, sketches with families, and saved searches."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from searchkit.storage.memory.state import Held
from searchkit.storage.origins import Origins
from searchkit.storage.saved import SavedRow, SavedSearches, hashes, matched, now, question_text, stored
from searchkit.storage.sketches import Sketch, Sketched, Sketches


class MemoryOrigins(Origins):
    """Pairs of ids and paths."""

    def __init__(self, record: Held) -> None:
        self._record = record

    @property
    def _pairs(self) -> dict[tuple[str, str], int]:
        return self._record.state.origins

    def note(self, pairs: Iterable[tuple[str, str]]) -> None:
        given = {*pairs}
        with self._record.transaction():
            state = self._record.state
            state.notes += 1
            state.files.update((path, state.notes) for _, path in given if path)
            state.origins.update((pair, state.notes) for pair in given)

    def note_files(self, paths: Iterable[str]) -> None:
        with self._record.transaction():
            state = self._record.state
            state.notes += 1
            state.files.update((path, state.notes) for path in paths if path)

    def forget(self, ids: Iterable[str]) -> None:
        gone = {*ids}
        with self._record.transaction():
            self._drop([pair for pair in self._pairs if pair[0] in gone], ())

    def forget_files(self, paths: Iterable[str]) -> None:
        gone = {*paths}
        with self._record.transaction():
            self._drop([pair for pair in self._pairs if pair[1] in gone], gone)

    def _drop(self, pairs: Iterable[tuple[str, str]], paths: Iterable[str]) -> None:
        for pair in pairs:
            self._pairs.pop(pair, None)
        for path in paths:
            self._record.state.files.pop(path, None)

    def marks(self, paths: Iterable[str]) -> dict[str, int]:
        return dict.fromkeys(paths, self._record.state.notes)

    def forget_marked(self, noted: Mapping[str, int]) -> None:
        with self._record.transaction():
            files, pairs = self._record.state.files, self._pairs
            self._drop([pair for pair, at in pairs.items() if at <= noted.get(pair[1], -1)], ())
            kept = {path for _, path in pairs}
            self._drop((), [path for path, at in noted.items() if files.get(path, 0) <= at and path not in kept])

    def below(self, prefix: str) -> list[str]:
        return sorted((path for path in self._record.state.files if path.startswith(prefix)), key=os.fsencode)

    def only_in(self, paths: Iterable[str]) -> list[str]:
        within = {*paths}
        inside = {id for id, path in self._pairs if path in within}
        return sorted(inside - {id for id, path in self._pairs if path not in within})

    def files(self, id: str) -> list[str]:
        return sorted((path for each, path in self._pairs if each == id and path), key=os.fsencode)

    def noted(self, ids: Iterable[str]) -> dict[str, list[str]]:
        wanted, found = {*ids}, dict[str, list[str]]()
        for id, path in sorted(self._pairs, key=lambda pair: os.fsencode(pair[1])):
            if id in wanted:
                found.setdefault(id, []).append(path)
        return found

    def beside(self, id: str) -> list[str]:
        paths = {*self.files(id)}
        return sorted({each for each, path in self._pairs if path in paths})


class MemorySketches(Sketches):
    """Sketches and families by id."""

    def __init__(self, record: Held) -> None:
        self._record = record

    @property
    def _held(self) -> dict[str, Sketch]:
        return self._record.state.sketches

    @property
    def _families(self) -> dict[str, str]:
        return self._record.state.families

    def clear(self) -> None:
        with self._record.transaction():
            self._held.clear()
            self._families.clear()

    def add(self, sketches: Iterable[Sketch]) -> None:
        with self._record.transaction():
            for each in sketches:
                self._held[each.id] = each

    def remove(self, ids: Iterable[str]) -> None:
        with self._record.transaction():
            for id in ids:
                self._held.pop(id, None)

    def days(self, ids: Iterable[str]) -> dict[str, int]:
        return {id: self._held[id].day for id in ids if id in self._held}

    def appeared(self, ids: Iterable[str]) -> dict[str, int]:
        return {id: self._held[id].appeared for id in ids if id in self._held}

    def evidence(self, ids: Iterable[str]) -> dict[str, tuple[str, bytes]]:
        return {id: (self._held[id].title, self._held[id].numbers) for id in ids if id in self._held}

    def between(self, first: int, last: int) -> Sequence[Sketched]:
        near = [each for each in self._held.values() if first <= each.day <= last]
        return [Sketched(each.id, each.day, each.twins, each.hashes) for each in near]

    def put_together(self, families: Iterable[tuple[str, str]]) -> None:
        with self._record.transaction():
            for id, family in families:
                self._families[id] = family

    def take_out(self, ids: Iterable[str]) -> None:
        with self._record.transaction():
            for id in ids:
                self._families.pop(id, None)

    def families(self, ids: Iterable[str]) -> dict[str, str]:
        return {id: self._families[id] for id in ids if id in self._families}

    def members(self, family: str) -> list[str]:
        found = [self._held[id] for id, each in self._families.items() if each == family and id in self._held]
        return [each.id for each in sorted(found, key=lambda each: (each.appeared, each.id))]

    def has_families(self) -> bool:
        return bool(self._families)

    def all_families(self) -> Mapping[str, str]:
        return dict(self._families)

    def count(self) -> tuple[int, int]:
        return len({*self._families.values()}), len(self._families)


class MemorySaved(SavedSearches):
    """Saved searches by name."""

    def __init__(self, record: Held) -> None:
        self._record = record

    @property
    def _rows(self) -> dict[str, SavedRow]:
        return self._record.state.saved

    def names(self) -> list[str]:
        return sorted(self._rows)

    def get(self, name: str) -> SavedRow | None:
        return self._rows.get(name)

    def add(self, name: str, question: dict[str, Any], upto: int, ids: Collection[str]) -> None:
        asked, seen, when = json.loads(question_text(question)), matched(hashes(ids)), now()
        with self._record.transaction():
            self._rows[name] = SavedRow(name, when, asked, when, upto, seen)

    def mark(self, name: str, recorded: datetime, upto: int, ids: Collection[str]) -> bool:
        with self._record.transaction():
            held = self._rows.get(name)
            if held is None or held.recorded != recorded or held.upto > upto:
                return False
            self._rows[name] = replace(held, looked=now(), upto=upto, matched=matched(hashes(ids)))
        return True

    def take_over(self, row: SavedRow) -> None:
        asked, seen = json.loads(question_text(row.question)), matched(stored(row.matched))
        with self._record.transaction():
            self._rows[row.name] = replace(row, question=asked, matched=seen)

    def remove(self, name: str) -> bool:
        with self._record.transaction():
            return self._rows.pop(name, None) is not None
