"""WhooshIndex: a directory of Whoosh segments behind `searchkit.index.Index`.

Beside Whoosh's own files lies `state-N.json` for the commit of generation N: up to where the record is covered, and
what the index was made with. It is written and synced before the commit, so a commit is never without one.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, tzinfo
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, EmptyIndexError

from searchkit.analysis.fields import KeywordField
from searchkit.analysis.segment import Segmenter, UserDictionary
from searchkit.backends.whoosh_index.bulk import default_jobs, merged, runs, settled
from searchkit.backends.whoosh_index.codec.layout import CodecError
from searchkit.backends.whoosh_index.codec.whoosh_codec import ColumnarSegment
from searchkit.backends.whoosh_index.columnar import ColumnarView
from searchkit.backends.whoosh_index.commit import NAME, DurableStorage, commit, newest_generation
from searchkit.backends.whoosh_index.schema import FORMAT, schema
from searchkit.backends.whoosh_index.searcher import Searcher
from searchkit.backends.whoosh_index.segments import SegmentView, StockSegment
from searchkit.errors import Damaged, Locked
from searchkit.index import Entry, Index, Key, Matches
from searchkit.query.tree import Everything, Node
from searchkit.results import Sort

_RECENT = 2_000_000_000
"""Nanoseconds; some file systems keep times to two seconds only."""


def _view(folder: Path, toc: Any, segment: Any) -> SegmentView:
    """A segment for evaluation: ours by its arrays, one that Whoosh's own writer made by Whoosh's reader."""
    if isinstance(segment, ColumnarSegment):
        return ColumnarView(segment.path_in(folder), segment.deleted_docs())
    from whoosh.reading import SegmentReader  # brings asyncio along, 0.1 s that our own segments need not wait for

    return StockSegment(SegmentReader(FileStorage(str(folder)), toc.schema, segment))


class WhooshIndex(Index):
    """The index in `directory`, which is made if it is not there.

    Args:
        settings: what the index is made with (`searchkit.analysis.fingerprint`); stored at every commit.

    Reading is safe from several threads; writing needs the archive's lock.
    """

    format = FORMAT

    def __init__(
        self,
        directory: Path,
        timezone: tzinfo,
        segmenter: Segmenter,
        settings: Mapping[str, str] | None = None,
        dictionary: UserDictionary = UserDictionary(),
    ) -> None:
        self.directory = directory
        self.timezone = timezone
        self._segmenter = segmenter
        self._dictionary = dictionary
        self._given = {"format": FORMAT, **(settings or {})}
        self._lock = threading.RLock()
        self._view: Searcher | None = None
        self._changed = 0
        self._newest = -1

    # -- files

    def _storage(self) -> DurableStorage:
        return DurableStorage(str(self.directory))

    def _toc(self) -> Any:
        """The newest generation's TOC, or None if there is no index yet. Raises Damaged."""
        if not self.directory.is_dir():
            return None
        try:
            return TOC.read(self._storage(), NAME)
        except EmptyIndexError:
            return None
        except Exception as error:  # whatever unpickling a damaged file raises
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> Damaged:
        return Damaged(f"cannot read the index in {self.directory}: {error}", hint="searchkit rebuild")

    def _generation(self) -> int:
        """The newest generation, -1 if there is none."""
        try:
            changed = self.directory.stat().st_mtime_ns
        except FileNotFoundError:
            return -1
        # Listing the folder is slower than most queries. A change within the last moments may share its time with one
        # before it, so it is not relied on.
        if changed != self._changed or time.time_ns() - changed < _RECENT:
            self._newest = newest_generation(self.directory)
            self._changed = changed
        return self._newest

    def _viewed(self) -> Searcher | None:
        """The newest generation; what was read of an older one is dropped."""
        newest = self._generation()
        if newest < 0:
            return None
        if self._view is None or self._view.generation != newest:
            self._drop_view()
            for attempt in range(3):
                # A writer may commit twice and clean up between our reading of the TOC and of its files.
                toc = self._toc()
                if toc is None:
                    return None
                try:
                    segments = [_view(self.directory, toc, segment) for segment in toc.segments]
                    self._view = Searcher(toc.generation, segments, self._segmenter, self.timezone)
                    break
                except (CodecError, OSError) as error:
                    if attempt == 2 or self._generation() == toc.generation:
                        raise self._damaged(error) from error
        return self._view

    def _drop_view(self) -> None:
        if self._view is not None:
            self._view.close()
            self._view = None

    def _state(self) -> Mapping[str, Any]:
        newest = self._generation()
        path = self.directory / f"state-{newest}.json"
        try:
            state = json.loads(path.read_text(encoding="utf-8")) if newest >= 0 else {}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise Damaged(f"cannot read {path}: {error}", hint="searchkit rebuild") from error
        return state if isinstance(state, dict) else {}

    # -- writing

    def apply(
        self,
        entries: Iterable[Entry],
        deleted: Iterable[str] = (),
        *,
        covers: int,
        progress: Callable[[int], object] | None = None,
    ) -> None:
        with self._lock, self._write_lock():
            toc = self._toc()
            segments = list(toc.segments) if toc else []
            written: list[ColumnarSegment] = []
            try:
                held = _newest(entries)
                self._mark_deleted(segments, {*deleted, *held})
                for segment in self._runs(held.values()):
                    written.append(segment)
                    if progress:
                        progress(sum(each.doc_count() for each in written))
                fresh: list[Any] = written
                if len(written) > 1:
                    joined = merged(written, self.directory)
                    assert joined is not None
                    fresh = [joined]
                    written = [*written, joined]
                ours = [segment for segment in segments if isinstance(segment, ColumnarSegment)]
                others = [segment for segment in segments if not isinstance(segment, ColumnarSegment)]
                settled_segments = settled([*ours, *fresh], self.directory, written.append)
                self._commit(toc, [*others, *settled_segments], covers)
            except BaseException:
                for segment in written:
                    segment.path_in(self.directory).unlink(missing_ok=True)
                raise

    def optimize(self) -> int:
        """Merge everything into one segment, deleted documents left out; how many segments there were."""
        with self._lock, self._write_lock():
            toc = self._toc()
            segments = list(toc.segments) if toc else []
            if len(segments) > 1 or any(segment.has_deletions() for segment in segments):
                joined = merged(segments, self.directory)
                self._commit(toc, [joined] if joined else [], self.covers)
            return len(segments)

    def _runs(self, entries: Iterable[Entry]) -> Iterator[ColumnarSegment]:
        return runs(entries, self.directory, self.timezone, self._segmenter, self._dictionary, default_jobs())

    def _commit(self, toc: Any, segments: list[Any], covers: int) -> None:
        generation = toc.generation + 1 if toc else 0
        state = {"covers": covers, "settings": self._given}
        commit(self._storage(), toc.schema if toc else schema(), segments, generation, state)

    @contextmanager
    def _write_lock(self) -> Iterator[None]:
        self.directory.mkdir(parents=True, exist_ok=True)
        lock = self._storage().lock(f"{NAME}_WRITELOCK")
        if not lock.acquire():
            raise Locked(f"another process is writing to {self.directory}", hint="wait and try again")
        try:
            yield
        finally:
            lock.release()

    def _mark_deleted(self, segments: list[Any], ids: set[str]) -> None:
        """Mark what is replaced or deleted; Whoosh itself would leave two copies of an id that comes twice."""
        view = self._viewed() if ids else None
        for segment, seen in zip(segments, view.segments, strict=True) if view else ():
            for id in ids:
                posting = seen.term("id", id)
                for doc in posting.docs.tolist() if posting is not None else ():
                    segment.delete_document(doc)

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
            self._drop_view()
            if self.directory.exists():
                for path in self.directory.iterdir():
                    if path.is_file():
                        path.unlink(missing_ok=True)

    # -- asking

    @contextmanager
    def _reading(self) -> Iterator[Searcher]:
        """The newest generation; of no documents where there is no index yet."""
        with self._lock:
            yield self._viewed() or Searcher(-1, [], self._segmenter, self.timezone)

    def _search(self, query: Node, limit: int, after: Key | None, sort: Sort, near: bool) -> Matches:
        with self._reading() as searcher:
            return searcher.search(query, limit, after, sort, near)

    def explain(self, query: Node, id: str) -> Mapping[str, float]:
        with self._reading() as searcher:
            return searcher.explain(query, id)

    def count(self, query: Node) -> int:
        with self._reading() as searcher:
            return searcher.count(query)

    def ids(self, query: Node) -> Sequence[str]:
        with self._reading() as searcher:
            return searcher.ids(query)

    def days(self, query: Node) -> Mapping[date | None, int]:
        with self._reading() as searcher:
            return searcher.days(query)

    def _facets(self, query: Node, fields: Sequence[KeywordField]) -> Mapping[KeywordField, Mapping[str, int]]:
        with self._reading() as searcher:
            return searcher.facets(query, fields)

    def searcher(self) -> Searcher:
        """The newest generation, to be asked directly and from one thread; it stays what it is until the index is used
        again after a later commit.
        """
        with self._reading() as searcher:
            return searcher

    def __len__(self) -> int:
        return self.count(Everything())

    def all_ids(self) -> Iterator[str]:
        return iter(self.ids(Everything()))

    # -- care

    def verify(self) -> Sequence[str]:
        """Reads every byte of every segment once."""
        with self._lock:
            try:
                view = self._viewed()
                return [problem for segment in view.segments for problem in segment.verify()] if view else []
            except Damaged as error:
                return [error.message]

    def size(self) -> int:
        if not self.directory.exists():
            return 0
        return sum(path.stat().st_size for path in self.directory.iterdir() if path.is_file())

    def close(self) -> None:
        with self._lock:
            self._drop_view()


def _newest(entries: Iterable[Entry]) -> dict[str, Entry]:
    """By id, the entry with the highest sequence number."""
    held: dict[str, Entry] = {}
    for entry in entries:
        before = held.get(entry.article.id)
        if before is None or entry.seq >= before.seq:
            held[entry.article.id] = entry
    return held
