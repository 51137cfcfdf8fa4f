"""WhooshIndex: a directory of Whoosh segments behind `searchkit.engines.index.Index`.

Beside Whoosh's own files lies `state-N.json` for the commit of generation N: its segments, up to where the record is
covered, and what the index was made with (`manifest.py`). Nothing that Whoosh pickles is read here.

Whoosh, and whatever writes, is imported by the methods that write: a search starts without them.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchkit.analysis.segment import Segmenter, UserDictionary
from searchkit.engines.aggregation import Aggregation, Part
from searchkit.engines.index import Entry, Index, Step
from searchkit.engines.snapshot import Key, Matches, Snapshot
from searchkit.engines.whoosh.codec.layout import CodecError
from searchkit.engines.whoosh.codec.segment_file import SegmentFile
from searchkit.engines.whoosh.columns import FORMAT
from searchkit.engines.whoosh.manifest import (
    NAME,
    TOC_NAME,
    Manifest,
    ManifestError,
    newest_generation,
    read,
    toc_path,
)
from searchkit.engines.whoosh.read.searcher import Searcher
from searchkit.engines.whoosh.read.segment_view import ColumnarView
from searchkit.engines.whoosh.read.segments import SegmentView
from searchkit.errors import ArchiveError, Damaged, IndexOutdated, Locked
from searchkit.model.results import Sort
from searchkit.query.tree import Node
from searchkit.system.files import make_folder

if TYPE_CHECKING:
    from searchkit.engines.whoosh.interop.whoosh_codec import ColumnarSegment

_RECENT = 2_000_000_000
"""Nanoseconds; some file systems keep times to two seconds only."""


def _segments_of(folder: Path, manifest: Manifest) -> list[SegmentView]:
    """The segments of a generation, open for reading."""
    views: list[SegmentView] = []
    try:
        for part in manifest.parts or ():
            view = ColumnarView(folder / part.name, part.deleted)
            views.append(view)
            if view.doc_count != part.doc_count:
                raise CodecError(f"{folder / part.name}: {view.doc_count} documents, not {part.doc_count}")
    except BaseException:
        for each in views:
            each.close()
        raise
    return views


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
        self._writer = threading.Lock()
        self._lock = threading.RLock()
        self._view: Searcher | None = None
        self._changed = 0
        self._newest = -1
        self._read: Manifest | None = None

    # -- files

    def _manifest(self) -> Manifest | None:
        """The newest generation's manifest, or None if there is no index yet. Raises Damaged."""
        for attempt in range(3):
            newest = self._generation()
            if newest < 0:
                return None
            # What a generation consists of does not change; checking it again would be half of a quick query.
            if self._read is not None and self._read.generation == newest:
                return self._read
            try:
                self._read = read(self.directory, newest)
                return self._read
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

    def _viewed(self) -> Searcher | None:
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
                    segments = _segments_of(self.directory, manifest)
                    self._view = Searcher(manifest.generation, segments, self._segmenter, self.timezone)
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
        self.apply_all([Step(list(entries), list(deleted), covers)], progress)

    def apply_all(self, steps: Iterable[Step], progress: Callable[[int], object] | None = None) -> None:
        from searchkit.engines.whoosh.write.bulk import default_jobs
        from searchkit.engines.whoosh.write.commit import clean
        from searchkit.engines.whoosh.write.pipeline import Pipeline
        from searchkit.engines.whoosh.write.workers import Place

        def commit(segments: Sequence[ColumnarSegment], covers: int, spared: set[str]) -> None:
            self._commit(segments, covers)
            if spared:  # after the last step all is cleaned
                clean(self.directory, spared)

        of_caller: list[OSError] = []

        def given() -> Iterator[Step]:
            try:
                yield from steps
            except OSError as error:
                of_caller.append(error)
                raise

        place = Place(self.directory, self.timezone, self._dictionary)
        try:
            with self._writing():
                Pipeline(place, default_jobs(), self._without, commit).take(given(), progress)
        except ArchiveError as error:
            if of_caller and error.__cause__ is of_caller[0]:  # it was not the index that could not be written
                raise of_caller[0] from None
            raise

    def optimize(self) -> int:
        """Merge everything into one segment, deleted documents left out; how many segments there were."""
        from searchkit.engines.whoosh.write.bulk import merged

        with self._writing():
            segments = self._without(set())
            if len(segments) > 1 or any(segment.has_deletions() for segment in segments):
                joined = merged(segments, self.directory)
                self._commit([joined] if joined else [], self.covers)
            return len(segments)

    def _without(self, ids: set[str]) -> list[ColumnarSegment]:
        """The segments of the newest generation, to be committed anew, with these ids marked as deleted.

        Whoosh itself would leave two copies of an id that comes twice.
        """
        from searchkit.engines.whoosh.interop.whoosh_codec import ColumnarSegment

        with self._lock:
            view = self._viewed()  # of another format, or damaged: nothing is added to it
            manifest = self._manifest()
            segments = [
                ColumnarSegment.of(NAME, part.id, part.doc_count, part.deleted)
                for part in (manifest.parts or () if manifest else ())
            ]
            for segment, seen in zip(segments, view.segments, strict=True) if view else ():
                for id in ids:
                    posting = seen.term("id", id)
                    for doc in posting.docs.tolist() if posting is not None else ():
                        segment.delete_document(doc)
            return segments

    def _commit(self, segments: Sequence[ColumnarSegment], covers: int) -> None:
        from searchkit.engines.whoosh.interop.schema import schema
        from searchkit.engines.whoosh.write.commit import commit

        commit(self.directory, schema(), segments, newest_generation(self.directory) + 1, covers, self._given)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Alone; what writers that died left behind is removed before, and what is not needed any more after."""
        from searchkit.engines.whoosh.write.commit import clean

        with self._writer, self._write_lock():
            clean(self.directory)
            try:
                yield
            finally:
                clean(self.directory)

    @contextmanager
    def _write_lock(self) -> Iterator[None]:
        """The lock that Whoosh's own writers take, too; and what goes wrong under it as errors of ours."""
        from whoosh.filedb.filestore import FileStorage

        try:
            make_folder(self.directory)
            lock = FileStorage(str(self.directory)).lock(f"{NAME}_WRITELOCK")
            if not lock.acquire():
                raise Locked(f"another process is writing to {self.directory}", hint="wait and try again")
            try:
                yield
            finally:
                lock.release()
        except CodecError as error:
            raise self._damaged(error) from error
        except OSError as error:
            raise ArchiveError(
                f"cannot write the index in {self.directory}: {error.strerror or error}",
                hint="is the disk full? What was acknowledged is kept, and indexed when the archive is opened next",
            ) from error

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
        from searchkit.engines.whoosh.write.commit import clean, forget_unreadable

        with self._writer, self._lock:
            self._drop_view()
            if newest_generation(self.directory) < 0 if self.directory.is_dir() else True:
                return
            with self._write_lock():
                forget_unreadable(self.directory)
                # An empty generation, not an empty folder: numbers never come twice, so no reader takes a new one for
                # one that it has open.
                self._commit([], 0)
                clean(self.directory)

    # -- asking

    @contextmanager
    def _reading(self) -> Iterator[Searcher]:
        """The newest generation; of no documents where there is no index yet.

        Opening looks at headers and sizes only, so a question may be the first to meet a list that is damaged, or that
        a stranger made up: arrays are bounded, so what comes of it is one of these errors.
        """
        with self._lock:
            try:
                yield self._viewed() or Searcher(-1, [], self._segmenter, self.timezone)
            except (CodecError, IndexError, ValueError, OverflowError, MemoryError) as error:
                raise self._damaged(error) from error

    def snapshot(self) -> Snapshot:
        return _Newest(self)

    def searcher(self) -> Searcher:
        """The newest generation, to be asked directly and from one thread; it stays what it is until the index is used
        again after a later commit.
        """
        with self._reading() as searcher:
            return searcher

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
            if not toc.is_file() and toc.exists():  # opening a pipe would wait for ever
                yield f"{toc}: not a file"
            elif hashlib.sha256(toc.read_bytes()).hexdigest() != manifest.toc:
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

    def copy_to(self, folder: Path) -> None:
        """Nothing is locked: segments never change, and where a writer removes one of them meanwhile, a newer
        generation is there to be copied.
        """
        from searchkit.engines.whoosh.write.commit import copy

        for attempt in range(5):
            with self._lock:
                manifest = self._manifest()
            if manifest is None or manifest.parts is None:
                return  # nothing there, or of an older format: it is made again from the record
            try:
                copy(self.directory, folder, manifest)
                return
            except FileNotFoundError as error:
                self._changed = 0
                if attempt == 4 or self._generation() == manifest.generation:
                    raise self._damaged(error) from error

    def size(self) -> int:
        if not self.directory.exists():
            return 0
        return sum(path.stat().st_size for path in self.directory.iterdir() if path.is_file())

    def close(self) -> None:
        with self._lock:
            self._drop_view()


class _Newest(Snapshot):
    """What is newest when it is asked, one thread after the other."""

    def __init__(self, index: WhooshIndex) -> None:
        self._index = index

    @property
    def covers(self) -> int:
        return self._index.covers

    @property
    def settings(self) -> Mapping[str, str]:
        return self._index.settings

    def _search(self, query: Node, limit: int, after: Key | None, sort: Sort, near: bool) -> Matches:
        with self._index._reading() as searcher:
            return searcher.search(query, limit, after, sort, near)

    def explain(self, query: Node, id: str) -> Mapping[str, float]:
        with self._index._reading() as searcher:
            return searcher.explain(query, id)

    def aggregate(self, query: Node, aggregations: Sequence[Aggregation[Any]]) -> tuple[Any, ...]:
        with self._index._reading():
            return super().aggregate(query, aggregations)

    def _parts(self, query: Node) -> Sequence[Part]:
        with self._index._reading() as searcher:
            return searcher.parts(query)

    def sequence_numbers(self) -> Mapping[str, int]:
        with self._index._reading() as searcher:
            return searcher.sequence_numbers()
