"""Writing to the index: one writer at a time, and a new generation for every change."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from whoosh.filedb.filestore import FileStorage

from searchkit.engines.index import Step
from searchkit.engines.whoosh.codec.layout import CodecError
from searchkit.engines.whoosh.failures import damaged, linked, out_of_memory, refused
from searchkit.engines.whoosh.interop.schema import schema
from searchkit.engines.whoosh.interop.whoosh_codec import ColumnarSegment
from searchkit.engines.whoosh.manifest import NAME, newest_generation
from searchkit.engines.whoosh.read.generations import Generations
from searchkit.engines.whoosh.write import bulk, commit
from searchkit.engines.whoosh.write.pipeline import Pipeline
from searchkit.engines.whoosh.write.workers import Place
from searchkit.errors import ArchiveError, Locked
from searchkit.language.messages import Message
from searchkit.system.after_fork import renew_after_fork
from searchkit.system.files import make_folder


class Writer:
    """The writer of the index in `place.folder`.

    Args:
        generations: the existing generations.
        settings: stored at every commit.
    """

    def __init__(self, place: Place, generations: Generations, settings: Mapping[str, str]) -> None:
        self._place = place
        self._directory = place.folder
        self._generations = generations
        self._settings = settings
        self._alone = threading.Lock()
        self._held: Any = None  # Whoosh's lock of the folder, while this process writes
        renew_after_fork(self)

    def renew_locks(self) -> None:
        """See `searchkit.system.after_fork`. While the parent writes, a child is kept out by the lock in the folder.

        That is left to the parent alone: a child that outlives it would keep the index locked, and one that unwinds
        would unlock it.
        """
        self._alone = threading.Lock()
        held, self._held = self._held, None
        if held is not None and held.fd is not None:
            descriptor, held.fd = held.fd, None
            with suppress(OSError):
                os.close(descriptor)

    def apply_all(self, steps: Iterable[Step], progress: Callable[[int], object] | None = None) -> None:
        """Index all steps; see `Index.apply_all`.

        Raises:
            Locked: another process is writing.
            Damaged, IndexOutdated: nothing can be added to the existing index.
            ArchiveError: the operating system prevents writing.
        """

        def committed(segments: Sequence[ColumnarSegment], covers: int, spared: set[str]) -> None:
            self._commit(segments, covers)
            if spared:  # after the last step everything is cleaned
                commit.clean(self._directory, spared)

        of_caller: list[OSError] = []

        def given() -> Iterator[Step]:
            try:
                yield from steps
            except OSError as error:
                of_caller.append(error)
                raise

        try:
            with self._writing():
                Pipeline(self._place, bulk.default_jobs(), self._without, committed).take(given(), progress)
        except ArchiveError as error:
            if of_caller and error.__cause__ is of_caller[0]:  # the caller's steps failed, not the index
                raise of_caller[0] from None
            raise

    def optimize(self) -> int:
        """Merge everything into one segment, without deleted documents. Returns: the number of segments before."""
        with self._writing():
            segments = self._without(set())
            if len(segments) > 1 or any(segment.has_deletions() for segment in segments):
                joined = bulk.merged(segments, self._directory)
                manifest = self._generations.manifest()
                self._commit([joined] if joined else [], manifest.covers if manifest else 0)
            return len(segments)

    def clear(self) -> None:
        """Commit an empty generation, whatever the present one. Does nothing if there is no index."""
        with self._alone:
            if not self._directory.is_dir() or newest_generation(self._directory) < 0:
                return
            self._generations.drop()
            with self._locked():
                commit.forget_unreadable(self._directory)
                # An empty generation, not an empty folder: numbers are never reused, so no reader takes a new one for
                # one that it has open.
                self._commit([], 0)
                commit.clean(self._directory)

    def _without(self, ids: set[str]) -> list[ColumnarSegment]:
        """Return the segments of the newest generation with these ids marked as deleted, for the next commit.

        Whoosh itself would keep two copies of a repeated id.
        """
        newest = self._generations.held()  # raises for another format or damage: nothing is added then
        try:
            segments = [
                ColumnarSegment.of(NAME, part.id, part.doc_count, part.deleted)
                for part in (newest.manifest.parts or () if newest.manifest else ())
            ]
            for segment, seen in zip(segments, newest.searcher.segments, strict=True):
                for id in ids:
                    posting = seen.term("id", id)
                    for doc in posting.docs.tolist() if posting is not None else ():
                        if doc >= segment.doc_count_all():
                            raise CodecError(f"{segment.path_in(self._directory)}: {id[:80]} is outside of it")
                        segment.delete_document(doc)
            return segments
        finally:
            newest.release()

    def _commit(self, segments: Sequence[ColumnarSegment], covers: int) -> None:
        number = newest_generation(self._directory) + 1
        commit.commit(self._directory, schema(), segments, number, covers, self._settings)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Write exclusively. First remove the remains of writers that died, at the end files no longer needed."""
        with self._alone, self._locked():
            commit.clean(self._directory)
            try:
                yield
            finally:
                if self._held is not None:  # else this is a child that was forked inside
                    commit.clean(self._directory)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock that Whoosh's own writers also take. Raises failures inside as errors of ours."""
        try:
            if self._directory.is_symlink():  # of a stranger's archive: into any folder of this user
                raise linked(self._directory)
            make_folder(self._directory)
            name = f"{NAME}_WRITELOCK"
            if (self._directory / name).is_symlink():  # Whoosh would make or open the file that it points to
                (self._directory / name).unlink()
            lock = FileStorage(str(self._directory)).lock(name)
            if not lock.acquire():
                raise Locked(
                    Message("another process is writing to {directory}", directory=self._directory),
                    hint="wait and try again",
                )
            self._held = lock
            try:
                yield
            finally:
                if self._held is not None:
                    self._held = None
                    lock.release()
        except CodecError as error:
            raise damaged(self._directory, error) from error
        except OSError as error:
            raise refused(self._directory, error, "write") from error
        except MemoryError as error:
            raise out_of_memory(self._directory, "write") from error
