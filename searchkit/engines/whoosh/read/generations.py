"""The generations of an index folder: which is the newest, and which is open.

A generation is opened once and shared by all threads. Its files are released when it is no longer the newest and its
last holder has closed it, so never while a question is being answered.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from searchkit.engines.whoosh.codec.layout import CodecError
from searchkit.engines.whoosh.columns import FORMAT
from searchkit.engines.whoosh.failures import damaged, rebuild_hint, refused, told
from searchkit.engines.whoosh.manifest import Manifest, ManifestError, newest_generation, read
from searchkit.engines.whoosh.read.searcher import Searcher
from searchkit.engines.whoosh.read.segment_view import ColumnarView
from searchkit.engines.whoosh.read.segments import SegmentView
from searchkit.errors import ArchiveClosed, IndexOutdated, Locked
from searchkit.language.messages import Message
from searchkit.system.after_fork import renew_after_fork

Made = TypeVar("Made")

TRIES = 10
"""Attempts to open a generation: a writer may have removed it already, and then there is a newer one."""

_SETTLED = 2.0
"""Seconds after which another change gives a folder another time; some file systems keep times to two seconds."""
_LONG_AGO = 600 * 1_000_000_000
"""Nanoseconds. A folder changed this long ago has settled, even if the clock of its file server is minutes slow."""


class _Look(NamedTuple):
    """A look at the folder. Replaced as a whole, so that no thread mixes the time of one with the outcome of another.

    Attributes:
        stamp: the folder's times and number; see `Generations._stamp`.
        since: when this stamp was first seen, by our own clock.
        settled: the folder was listed when no further change could have the same stamp.
    """

    stamp: tuple[int, ...]
    newest: int
    since: float
    settled: bool


class Opened:
    """The files of a generation, open while it has a holder. Its creator is the first holder."""

    def __init__(self, manifest: Manifest | None, searcher: Searcher) -> None:
        self.manifest = manifest
        self.generation = searcher.generation
        self._searcher: Searcher | None = searcher
        self._holders = 1
        self._lock = threading.Lock()
        renew_after_fork(self)

    def renew_locks(self) -> None:
        """See `searchkit.system.after_fork`. Holders in other threads remain: the last reference releases the files."""
        self._lock = threading.Lock()

    @property
    def searcher(self) -> Searcher:
        """The generation, for its holders."""
        assert self._searcher is not None
        return self._searcher

    def hold(self) -> bool:
        """Add a holder. Returns: False if the files have been released already."""
        with self._lock:
            if not self._holders:
                return False
            self._holders += 1
            return True

    def release(self) -> None:
        """Remove a holder."""
        with self._lock:
            self._holders -= 1
            if self._holders:
                return
            released, self._searcher = self._searcher, None
        if released is not None:
            released.close()


class Generations:
    """The readable generations of an index folder, for any number of threads."""

    def __init__(self, directory: Path, searcher: Callable[[int, list[SegmentView]], Searcher]) -> None:
        self.directory = directory
        self._searcher = searcher
        self._closed = False
        self._seen: _Look | None = None
        self._manifest: Manifest | None = None
        self._current: Opened | None = None
        self._opening = threading.Lock()
        renew_after_fork(self)

    def renew_locks(self) -> None:
        """See `searchkit.system.after_fork`."""
        self._opening = threading.Lock()

    # -- which is the newest

    def newest(self) -> int:
        """Return the number of the newest generation, -1 if there is none.

        Listing the folder is slower than most queries, so it is done only while its stamp may hide a change: until the
        stamp has been the same for longer than the resolution of any file system's times. This is measured by our own
        clock: a file server's may be slow or fast.

        Raises:
            ArchiveError: the operating system denies access.
        """
        try:
            return self._looked()
        except FileNotFoundError:
            return -1
        except OSError as error:
            raise refused(self.directory, error) from error

    def _looked(self) -> int:
        stamp = self._stamp()
        seen = self._seen
        if seen is not None and seen.stamp == stamp and seen.settled:
            return seen.newest
        now = time.monotonic()
        since = seen.since if seen is not None and seen.stamp == stamp else now
        settled = now - since > _SETTLED or time.time_ns() - stamp[0] > _LONG_AGO
        newest = newest_generation(self.directory)
        self._seen = _Look(stamp, newest, since, settled)
        return newest

    def _stamp(self) -> tuple[int, ...]:
        """Return a value that changes when a file in the folder is added or removed; but see `newest`."""
        found = self.directory.stat()
        return found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev

    def manifest(self) -> Manifest | None:
        """Return the manifest of the newest generation; None if there is no index yet. Raises: the same as `tried`."""
        return self.tried(lambda manifest: manifest)

    def _read(self, generation: int) -> Manifest:
        # The manifest of a generation does not change; checking it again would take half the time of a quick query.
        held = self._manifest
        if held is None or held.generation != generation:
            self._manifest = held = read(self.directory, generation)
        return held

    def tried(self, make: Callable[[Manifest], Made]) -> Made | None:
        """Return the result of `make` for the newest generation; None if there is no index yet.

        A writer may commit twice and clean up after we list the folder and before we open its files: then there is a
        newer generation, which is tried next. If there is none, the files are damaged.

        Raises:
            Damaged: files are missing, or not as written.
            Locked: there was a newer generation at each attempt.
            ArchiveError: the operating system prevents reading.
        """
        for _ in range(TRIES):
            newest = self.newest()
            if newest < 0:
                return None
            try:
                return make(self._read(newest))
            except (ManifestError, CodecError, FileNotFoundError) as error:
                self._seen = None
                if self.newest() == newest:
                    raise damaged(self.directory, error) from error
            except OSError as error:
                raise refused(self.directory, error) from error
        raise Locked(
            Message("the index in {directory} changes faster than it can be opened", directory=self.directory),
            hint="wait and try again",
        )

    # -- the open one

    def held(self) -> Opened:
        """Return the newest generation, with the caller as a holder.

        If there is no index yet, it has no documents and the number -1.

        Raises:
            ArchiveClosed: `close` was called.
            IndexOutdated: the index has another format.
            Damaged: its files are not as written.
            ArchiveError: the operating system prevents reading them.
        """
        while True:
            current = self._current  # None after `close`
            if current is None or current.generation != self.newest():
                current = self._renewed()
            if current.hold():
                return current

    def _renewed(self) -> Opened:
        """Open the newest generation, unless another thread has done so meanwhile."""
        with self._opening, told(self.directory):
            if self._closed:
                raise ArchiveClosed(self.directory.parent)
            before = self._current
            if before is not None and before.generation == self.newest():
                return before
            opened = self.tried(self._open) or Opened(None, self._searcher(-1, []))
            self._current = opened
        if before is not None:
            before.release()
        return opened

    def _open(self, manifest: Manifest) -> Opened:
        if manifest.parts is None or manifest.settings.get("format") != FORMAT:
            raise IndexOutdated(
                Message(
                    "the index in {directory} has another format ({settings}, this searchkit writes "
                    "{format}); the record is intact",
                    directory=self.directory,
                    settings=manifest.settings.get("format"),
                    format=FORMAT,
                ),
                hint=rebuild_hint(self.directory),
                path=self.directory.parent,
            )
        return Opened(manifest, self._searcher(manifest.generation, _segments_of(self.directory, manifest)))

    def drop(self) -> None:
        """Release the open generation. It is opened again on demand."""
        with self._opening:
            current, self._current = self._current, None
        if current is not None:
            current.release()

    def close(self) -> None:
        """Release the newest generation. Open snapshots keep theirs. Safe to call twice."""
        with self._opening:
            self._closed = True
        self.drop()


def _segments_of(folder: Path, manifest: Manifest) -> list[SegmentView]:
    """Open the segments of a generation."""
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
