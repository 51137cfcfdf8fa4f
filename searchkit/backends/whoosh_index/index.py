"""WhooshIndex: a directory of Whoosh segments behind `searchkit.index.Index`.

Beside Whoosh's own files lies `state-N.json` for the commit of generation N: up to where the record is covered, and
what the index was made with. It is written and synced before the commit, so a commit is never without one.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, tzinfo
from pathlib import Path
from typing import Any

import numpy as np
import whoosh.index
from whoosh.filedb.filestore import FileStorage
from whoosh.index import EmptyIndexError, LockError

from searchkit import ranking
from searchkit.analysis.fields import KEYWORD_FIELDS, KeywordField
from searchkit.analysis.segment import Segmenter
from searchkit.backends.whoosh_index import rank
from searchkit.backends.whoosh_index.evaluate import Evaluation, Statistics, Strictness
from searchkit.backends.whoosh_index.schema import FORMAT, MISSING, document, schema
from searchkit.backends.whoosh_index.segments import Docs, SegmentView, StockSegment
from searchkit.errors import Damaged, Locked
from searchkit.index import Entry, Index, Key, Matches
from searchkit.query.tree import Everything, Node
from searchkit.results import Sort

_STATE = re.compile(r"state-(\d+)\.json")


class _View:
    """One generation of the index, open for reading."""

    def __init__(self, index: Any, segmenter: Segmenter, timezone: tzinfo) -> None:
        self.generation: int = index.latest_generation()
        self.reader = index.reader()
        leaves = [reader for reader, _ in self.reader.leaf_readers()] if self.reader.doc_count_all() else []
        self.segments: list[SegmentView] = [StockSegment(reader) for reader in leaves]
        self.statistics = Statistics(self.segments, segmenter, timezone)
        self.evaluations = [Evaluation(segment, self.statistics) for segment in self.segments]

    def match(self, query: Node, how: Strictness = Strictness.FULL) -> list[Docs]:
        """The matches in each segment."""
        return [evaluation.match(query, how) for evaluation in self.evaluations]

    def names(self, segment: int, docs: Docs) -> list[str]:
        """The ids of documents."""
        return [values[0] for values in self.segments[segment].printed("id", docs)]

    def close(self) -> None:
        """Let go of the files."""
        self.reader.close()


class WhooshIndex(Index):
    """The index in `directory`, which is made if it is not there.

    Args:
        settings: what the index is made with (`searchkit.analysis.fingerprint`); stored at every commit.

    Reading is safe from several threads; writing needs the archive's lock.
    """

    format = FORMAT

    def __init__(
        self, directory: Path, timezone: tzinfo, segmenter: Segmenter, settings: Mapping[str, str] | None = None
    ) -> None:
        self.directory = directory
        self.timezone = timezone
        self._segmenter = segmenter
        self._given = {"format": FORMAT, **(settings or {})}
        self._lock = threading.RLock()
        self._view: _View | None = None
        self._index: Any = None

    # -- files

    def _opened(self, *, create: bool = False) -> Any:
        if self._index is None:
            self.directory.mkdir(parents=True, exist_ok=True)
            storage = FileStorage(str(self.directory))
            try:
                self._index = storage.open_index()
            except EmptyIndexError:
                if not create:
                    return None
                # `create_index` and not `create_in`: that one would wipe what another process has just made.
                self._index = storage.create_index(schema())
            except Exception as error:
                raise Damaged(
                    f"cannot read the index in {self.directory}: {error}", hint="searchkit rebuild"
                ) from error
        return self._index

    def _viewed(self) -> _View | None:
        """The newest generation; what was read of an older one is dropped."""
        index = self._opened()
        if index is None:
            return None
        if self._view is None or self._view.generation != index.latest_generation():
            if self._view is not None:
                self._view.close()
            self._index = None
            try:
                self._view = _View(self._opened(), self._segmenter, self.timezone)
            except Exception as error:
                raise Damaged(
                    f"cannot read the index in {self.directory}: {error}", hint="searchkit rebuild"
                ) from error
        return self._view

    def _state(self) -> Mapping[str, Any]:
        index = self._opened()
        if index is None:
            return {}
        path = self.directory / f"state-{index.latest_generation()}.json"
        try:
            state = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise Damaged(f"cannot read {path}: {error}", hint="searchkit rebuild") from error
        return state if isinstance(state, dict) else {}

    def _write_state(self, generation: int, covers: int) -> None:
        path = self.directory / f"state-{generation}.json"
        with path.open("w", encoding="utf-8") as file:
            json.dump({"covers": covers, "settings": self._given}, file, ensure_ascii=False, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())

    def _drop_old_states(self, newest: int) -> None:
        for path in self.directory.iterdir():
            found = _STATE.fullmatch(path.name)
            if found and int(found[1]) < newest:
                path.unlink(missing_ok=True)

    # -- writing

    def apply(self, entries: Iterable[Entry], deleted: Iterable[str] = (), *, covers: int) -> None:
        with self._lock:
            index = self._opened(create=True)
            try:
                writer = index.writer(limitmb=256)
            except LockError as error:
                raise Locked(f"another process is writing to {self.directory}", hint="wait and try again") from error
            try:
                self._write(writer, entries, deleted)
                self._write_state(writer.generation, covers)
                generation = writer.generation
            except BaseException:
                writer.cancel()
                raise
            writer.commit()
            self._drop_old_states(generation)

    def _write(self, writer: Any, entries: Iterable[Entry], deleted: Iterable[str]) -> None:
        newest: dict[str, int] = {}
        held: dict[str, Entry] = {}
        for entry in entries:
            id = entry.article.id
            # Whoosh replaces only what an earlier commit wrote: of two copies in one batch it would keep both.
            if entry.seq >= newest.get(id, entry.seq):
                newest[id], held[id] = entry.seq, entry
        # Whatever is replaced or deleted is marked first: the writer numbers its new documents behind the old ones.
        if writer.segments:
            with writer.reader() as reader:
                for id in [*deleted, *held]:
                    self._mark_deleted(writer, reader, id)
        for entry in held.values():
            writer.add_document(**document(entry.article, entry.seq, self.timezone, self._segmenter))

    def _mark_deleted(self, writer: Any, reader: Any, id: str) -> None:
        term = ("id", id.encode())
        if term in reader:
            matcher = reader.postings(*term)
            while matcher.is_active():
                writer.delete_document(matcher.id())
                matcher.next()

    @property
    def covers(self) -> int:
        with self._lock:
            return int(self._state().get("covers", 0))

    @property
    def settings(self) -> Mapping[str, str]:
        with self._lock:
            settings = self._state().get("settings", {})
            return dict(settings) if isinstance(settings, dict) else {}

    def clear(self) -> None:
        with self._lock:
            self.close()
            if self.directory.exists():
                for path in self.directory.iterdir():
                    if path.is_file():
                        path.unlink(missing_ok=True)

    # -- asking

    def _search(self, query: Node, limit: int, after: Key | None, sort: Sort, near: bool) -> Matches:
        with self._lock:
            view = self._viewed()
            if view is None:
                return Matches(0, (), False)
            full = view.match(query)
            total = sum(len(docs) for docs in full)
            if limit == 0:
                return Matches(total, (), total > 0)
            tiers = self._tiers(view, query, full, sort, near and total < limit)
            found = rank.page(tiers, limit + 1, after, view.names, scored=sort == "relevance")
        more = len(found) > limit and not found[limit].near
        return Matches(total, tuple(found[:limit]), more)

    def _tiers(self, view: _View, query: Node, full: list[Docs], sort: Sort, near: bool) -> list[rank.Ranked]:
        if sort == "relevance":
            parts = rank.by_strictness(view.evaluations, query, full)
        else:
            parts = [(0, full)]
        if near and ranking.has_words(query):
            parts.append((ranking.NEAR_TIER, rank.nearly(view.evaluations, query, full)))
        if sort != "relevance":
            return [rank.by_time(tier, view.segments, docs, newest=sort == "newest") for tier, docs in parts]
        scoring = ranking.scoring(query, self._segmenter)
        return [
            rank.by_score(tier, view.evaluations, docs, scoring, view.statistics, view.names) for tier, docs in parts
        ]

    def explain(self, query: Node, id: str) -> Mapping[str, float]:
        with self._lock:
            view = self._viewed()
            if view is None:
                return {}
            scoring = ranking.scoring(query, self._segmenter)
            full = view.match(query)
            parts = rank.by_strictness(view.evaluations, query, full)
            parts.append((ranking.NEAR_TIER, rank.nearly(view.evaluations, query, full)))
            for number, segment in enumerate(view.segments):
                posting = segment.term("id", id)
                if posting is None:
                    continue
                doc = int(posting.docs[0])
                found = dict(rank.explained(segment, doc, scoring, view.statistics))
                for tier, docs in parts:
                    ranked = rank.by_score(tier, view.evaluations, docs, scoring, view.statistics, view.names)
                    at = np.flatnonzero((ranked.segments == number) & (ranked.docs == doc))
                    if len(at):
                        base = rank.base_scores(segment, np.array([doc], np.int32), scoring, view.statistics)
                        bonus = -float(ranked.ranks[at[0]]) - float(base[0])
                        return {**found, "proximity": bonus} if bonus else found
            return {}

    def count(self, query: Node) -> int:
        with self._lock:
            view = self._viewed()
            return sum(len(docs) for docs in view.match(query)) if view else 0

    def ids(self, query: Node) -> Sequence[str]:
        with self._lock:
            view = self._viewed()
            if view is None:
                return []
            return sorted(id for i, docs in enumerate(view.match(query)) for id in view.names(i, docs))

    def days(self, query: Node) -> Mapping[date | None, int]:
        found: Counter[date | None] = Counter()
        with self._lock:
            view = self._viewed()
            for segment, docs in zip(view.segments, view.match(query), strict=True) if view else ():
                days, counts = np.unique(segment.numbers("day")[docs], return_counts=True)
                for day, count in zip(days.tolist(), counts.tolist(), strict=True):
                    found[None if day == MISSING else date.fromordinal(day)] += count
        return found

    def _facets(self, query: Node, fields: Sequence[KeywordField]) -> Mapping[KeywordField, Mapping[str, int]]:
        found: dict[KeywordField, Counter[str]] = {name: Counter() for name in fields}
        with self._lock:
            view = self._viewed()
            for segment, docs in zip(view.segments, view.match(query), strict=True) if view else ():
                for name in fields:
                    for values in segment.printed(name, docs):
                        found[name].update(values or ("",))
        return found

    def __len__(self) -> int:
        return self.count(Everything())

    def all_ids(self) -> Iterator[str]:
        return iter(self.ids(Everything()))

    # -- care

    def verify(self) -> Sequence[str]:
        """Reads every posting and column once."""
        problems: list[str] = []
        with self._lock:
            try:
                view = self._viewed()
                for number, segment in enumerate(view.segments if view else ()):
                    problems.extend(self._verified(segment, number))
            except Damaged as error:
                problems.append(error.message)
        return problems

    def _verified(self, segment: SegmentView, number: int) -> Iterator[str]:
        try:
            assert isinstance(segment, StockSegment)
            for _ in segment.reader.iter_postings():
                pass
            for column in ("published", "day", "seq"):
                segment.numbers(column)
            for name in KEYWORD_FIELDS:
                segment.printed(name, segment.live())
        except Exception as error:  # whatever a damaged file makes Whoosh raise
            yield f"segment {number} of {self.directory}: {type(error).__name__}: {error}"

    def size(self) -> int:
        if not self.directory.exists():
            return 0
        return sum(path.stat().st_size for path in self.directory.iterdir() if path.is_file())

    def close(self) -> None:
        with self._lock:
            if self._view is not None:
                self._view.close()
                self._view = None
            self._index = None


def exists(directory: Path) -> bool:
    """Is there an index in `directory`?"""
    return directory.is_dir() and bool(whoosh.index.exists_in(str(directory)))
