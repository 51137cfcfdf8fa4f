"""WhooshIndex: a directory of Whoosh segments behind `searchkit.index.Index`.

Beside Whoosh's own files lies `state-N.json` for the commit of generation N: its segments, up to where the record is
covered, and what the index was made with (`manifest.py`). Nothing that Whoosh pickles is read here.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, tzinfo
from pathlib import Path

import numpy as np
from whoosh.filedb.filestore import FileStorage

from searchkit import ranking
from searchkit.analysis.fields import KeywordField
from searchkit.analysis.segment import Segmenter, UserDictionary
from searchkit.backends.whoosh_index import rank
from searchkit.backends.whoosh_index.bulk import default_jobs, merged, runs, settled
from searchkit.backends.whoosh_index.codec.layout import CodecError
from searchkit.backends.whoosh_index.codec.segment_file import SegmentFile
from searchkit.backends.whoosh_index.codec.whoosh_codec import ColumnarSegment
from searchkit.backends.whoosh_index.columnar import ColumnarView
from searchkit.backends.whoosh_index.commit import clean, commit
from searchkit.backends.whoosh_index.evaluate import Evaluation, Statistics, Strictness
from searchkit.backends.whoosh_index.manifest import (
    NAME,
    TOC_NAME,
    Manifest,
    ManifestError,
    newest_generation,
    read,
    toc_path,
)
from searchkit.backends.whoosh_index.schema import FORMAT, MISSING, schema
from searchkit.backends.whoosh_index.segments import Docs, SegmentView
from searchkit.errors import Damaged, IndexOutdated, Locked
from searchkit.index import Entry, Index, Key, Matches
from searchkit.query.tree import Everything, Node
from searchkit.results import Sort

_RECENT = 2_000_000_000
"""Nanoseconds; some file systems keep times to two seconds only."""


class _View:
    """One generation of the index, open for reading."""

    def __init__(self, folder: Path, manifest: Manifest, segmenter: Segmenter, timezone: tzinfo) -> None:
        self.generation = manifest.generation
        self.segments: list[SegmentView] = []
        try:
            for part in manifest.parts or ():
                view = ColumnarView(folder / part.name, part.deleted)
                self.segments.append(view)
                if view.doc_count != part.doc_count:
                    raise CodecError(f"{folder / part.name}: {view.doc_count} documents, not {part.doc_count}")
        except BaseException:
            self.close()
            raise
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
        for segment in self.segments:
            segment.close()


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
        self._view: _View | None = None
        self._changed = 0
        self._newest = -1

    # -- files

    def _manifest(self) -> Manifest | None:
        """The newest generation's manifest, or None if there is no index yet. Raises Damaged."""
        for attempt in range(3):
            newest = self._generation()
            if newest < 0:
                return None
            try:
                return read(self.directory, newest)
            except (ManifestError, OSError) as error:
                # A writer may commit twice and clean up between our look at the folder and at its file.
                self._changed = 0
                if attempt == 2 or self._generation() == newest:
                    raise self._damaged(error) from error
        raise AssertionError

    def _damaged(self, error: Exception) -> Damaged:
        return Damaged(
            f"cannot read the index in {self.directory}: {error}",
            hint=f"searchkit rebuild --index {self.directory.parent}",
        )

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

    def _viewed(self) -> _View | None:
        """The newest generation; what was read of an older one is dropped."""
        newest = self._generation()
        if newest < 0:
            return None
        if self._view is None or self._view.generation != newest:
            self._drop_view()
            for attempt in range(3):
                manifest = self._manifest()
                if manifest is None:
                    return None
                if manifest.parts is None or manifest.settings.get("format") != FORMAT:
                    raise IndexOutdated(
                        f"the index in {self.directory} has another format ({manifest.settings.get('format')}, this "
                        f"searchkit writes {FORMAT}); the record is intact",
                        hint=f"searchkit rebuild --index {self.directory.parent}",
                    )
                try:
                    self._view = _View(self.directory, manifest, self._segmenter, self.timezone)
                    break
                except (CodecError, OSError) as error:
                    # As in `_manifest`: its files may be gone by now.
                    self._changed = 0
                    if attempt == 2 or self._generation() == manifest.generation:
                        raise self._damaged(error) from error
        return self._view

    def _drop_view(self) -> None:
        if self._view is not None:
            self._view.close()
            self._view = None

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
            segments = self._segments()
            written: list[ColumnarSegment] = []
            try:
                held = _newest(entries)
                self._mark_deleted(segments, {*deleted, *held})
                for segment in self._runs(held.values()):
                    written.append(segment)
                    if progress:
                        progress(sum(each.doc_count() for each in written))
                fresh = written
                if len(written) > 1:
                    joined = merged(written, self.directory)
                    assert joined is not None
                    fresh = [joined]
                self._commit(settled([*segments, *fresh], self.directory), covers)
            finally:
                clean(self.directory)

    def optimize(self) -> int:
        """Merge everything into one segment, deleted documents left out; how many segments there were."""
        with self._lock, self._write_lock():
            segments = self._segments()
            try:
                if len(segments) > 1 or any(segment.has_deletions() for segment in segments):
                    joined = merged(segments, self.directory)
                    self._commit([joined] if joined else [], self.covers)
            finally:
                clean(self.directory)
            return len(segments)

    def _segments(self) -> list[ColumnarSegment]:
        """The segments of the newest generation, to be changed and committed anew."""
        clean(self.directory)
        self._viewed()  # of another format, or damaged: nothing is added to it
        manifest = self._manifest()
        return [
            ColumnarSegment.of(NAME, part.id, part.doc_count, part.deleted)
            for part in (manifest.parts or () if manifest else ())
        ]

    def _runs(self, entries: Iterable[Entry]) -> Iterator[ColumnarSegment]:
        return runs(entries, self.directory, self.timezone, self._segmenter, self._dictionary, default_jobs())

    def _commit(self, segments: Sequence[ColumnarSegment], covers: int) -> None:
        commit(self.directory, schema(), segments, newest_generation(self.directory) + 1, covers, self._given)

    @contextmanager
    def _write_lock(self) -> Iterator[None]:
        self.directory.mkdir(parents=True, exist_ok=True)
        lock = FileStorage(str(self.directory)).lock(f"{NAME}_WRITELOCK")  # the one that Whoosh's own writers take
        if not lock.acquire():
            raise Locked(f"another process is writing to {self.directory}", hint="wait and try again")
        try:
            yield
        finally:
            lock.release()

    def _mark_deleted(self, segments: list[ColumnarSegment], ids: set[str]) -> None:
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
            manifest = self._manifest()
            return manifest.covers if manifest else 0

    @property
    def settings(self) -> Mapping[str, str]:
        with self._lock:
            manifest = self._manifest()
            return manifest.settings if manifest else {}

    def clear(self) -> None:
        with self._lock:
            self._drop_view()
            if newest_generation(self.directory) < 0 if self.directory.is_dir() else True:
                return
            with self._write_lock():
                # An empty generation, not an empty folder: numbers never come twice, so no reader takes a new one for
                # one that it has open.
                self._commit([], 0)
                clean(self.directory)

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
                days = segment.numbers("day")[docs]
                dated = days[days != MISSING]
                if len(dated) < len(days):
                    found[None] += len(days) - len(dated)
                if len(dated):
                    first = int(dated.min())
                    counts = np.bincount(dated - first)
                    for offset in np.flatnonzero(counts).tolist():
                        found[date.fromordinal(first + offset)] += int(counts[offset])
        return found

    def _facets(self, query: Node, fields: Sequence[KeywordField]) -> Mapping[KeywordField, Mapping[str, int]]:
        found: dict[KeywordField, Counter[str]] = {name: Counter() for name in fields}
        with self._lock:
            view = self._viewed()
            for segment, docs in zip(view.segments, view.match(query), strict=True) if view else ():
                for name in fields:
                    found[name].update(segment.counts(name, docs))
        return found

    def __len__(self) -> int:
        return self.count(Everything())

    def all_ids(self) -> Iterator[str]:
        return iter(self.ids(Everything()))

    # -- care

    def verify(self) -> Sequence[str]:
        """Reads every byte of every file of the newest generation and of the one kept before it, once."""
        if not self.directory.is_dir():
            return []
        with self._lock:
            newest = self._generation()
            kept = sorted(
                int(found[1]) for path in self.directory.iterdir() if (found := TOC_NAME.fullmatch(path.name))
            )
            problems: dict[str, None] = {}
            for generation in reversed(kept):
                problems.update(dict.fromkeys(self._problems(generation, gone_is_fine=generation != newest)))
            return list(problems)

    def _problems(self, generation: int, *, gone_is_fine: bool) -> Iterator[str]:
        """What is wrong with a generation. An older one may be removed by a writer meanwhile."""
        toc = toc_path(self.directory, generation)
        try:
            manifest = read(self.directory, generation)
            if manifest.parts is None:
                return  # of an older format, which had no checksums for this; `rebuild` is due anyway
            if hashlib.sha256(toc.read_bytes()).hexdigest() != manifest.toc:
                yield f"{toc}: damaged, it does not fit its checksum"
            for part in manifest.parts:
                path = self.directory / part.name
                if path.stat().st_size != part.size:
                    yield f"{path}: {path.stat().st_size} bytes, {part.size} were written"
                    continue
                try:
                    file = SegmentFile(path)
                except CodecError as error:
                    yield str(error)
                    continue
                try:
                    yield from file.verify()
                    if file.doc_count != part.doc_count:
                        yield f"{path}: {file.doc_count} documents, not {part.doc_count}"
                finally:
                    file.close()
        except FileNotFoundError as error:
            if not (gone_is_fine and not toc.exists()):
                yield f"{error.filename}: missing"
        except (ManifestError, OSError) as error:
            yield str(error)

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
