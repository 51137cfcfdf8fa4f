"""Watching a folder: new and changed files are read, again and again.

It compares names, sizes and times every few seconds and does not rely on notifications of the operating system: network
drives send none, and when there are many, some are lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

from searchkit.archive import Archive
from searchkit.errors import Locked, SourceError, UsageError
from searchkit.ingest.run import ingest_documents
from searchkit.model.rejected import Rejected
from searchkit.model.reports import IngestReport, Pruning
from searchkit.sources import Document, documents

State: TypeAlias = "tuple[int, int, int]"
"""The size, modification time in nanoseconds, and inode of a file."""


@dataclass(frozen=True, slots=True)
class Round:
    """A look with news: the reports on articles read and removed; None if there was nothing to do.

    `trouble` says why this look could not do its work; the next look does it.
    """

    report: IngestReport | None = None
    pruned: Pruning | None = None
    trouble: str = ""


def watch(
    archive: Archive,
    paths: Sequence[str | PathLike[str]],
    *,
    every: float = 2.0,
    prune: bool = False,
    sleep: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.time,
    **options: Any,
) -> Iterator[Round]:
    """Read the folders and files, then new and changed files for ever. Yields a Round for each look with news.

    A file that is being written is read when it is the same in two consecutive looks.

    Args:
        every: seconds between two looks.
        prune: also delete the articles of files that are gone, as `Archive.prune` does.
        options: as for `searchkit.ingest.run.ingest_documents`.

    Raises:
        SourceError: one of the paths does not exist at the start.
        UsageError: nothing can be read as asked.
    """
    looks = _Looks(list(paths))
    names = [str(path) for path in paths]
    first, told = True, ""
    while True:
        report, pruned, trouble = None, None, ""
        try:
            found = looks.news(clock(), every, first)
            if found or first:
                report = ingest_documents(archive, found, names, keep_rejects=not first, **options)
                looks.read(found)
            if prune and (first or looks.vanished()):
                pruned = archive.prune(*(path for path in paths if Path(path).is_dir()))
            looks.forget_vanished()
        except (SourceError, UsageError, Locked) as error:
            if first and report is None and not isinstance(error, Locked):
                raise
            trouble = error.message
        if report is not None or (pruned is not None and pruned.ids) or (trouble and trouble != told):
            yield Round(report, pruned, trouble)
        first = first and report is None
        told = trouble  # the same trouble is reported once, not every few seconds
        sleep(every)


class _Looks:
    """The state of the files at the last looks."""

    def __init__(self, paths: list[str | PathLike[str]]) -> None:
        self._paths = paths
        self._done: dict[str, State] = {}
        self._unsettled: dict[str, State] = {}
        self._refused: set[Rejected] = set()
        self._here: set[str] = set()

    def news(self, now: float, every: float, first: bool) -> list[Document | Rejected]:
        """Return the documents to read now: new or changed files that have settled, and refusals not reported yet."""
        found: list[Document | Rejected] = []
        unsettled: dict[str, State] = {}
        refused: set[Rejected] = set()
        self._here = set()
        for each in documents(*self._paths):
            if isinstance(each, Rejected):
                refused.add(each)
                if each not in self._refused:
                    found.append(each)
                continue
            assert each.path is not None and each.stat is not None
            name = str(each.path)
            self._here.add(name)
            state = (each.stat.st_size, each.stat.st_mtime_ns, each.stat.st_ino)
            if self._done.get(name) == state:
                continue
            settled = self._unsettled.get(name) == state or (first and now - each.stat.st_mtime > every)
            if settled:
                found.append(each)
            else:
                unsettled[name] = state
        self._unsettled, self._refused = unsettled, refused
        return found

    def read(self, found: Sequence[Document | Rejected]) -> None:
        """Note that these have been read."""
        for each in found:
            if isinstance(each, Document) and each.stat is not None:
                self._done[str(each.path)] = (each.stat.st_size, each.stat.st_mtime_ns, each.stat.st_ino)

    def vanished(self) -> bool:
        """Return whether a file that was read is gone."""
        return bool(self._done.keys() - self._here)

    def forget_vanished(self) -> None:
        """Forget the files that are gone, so that they are read again if they come back."""
        for name in self._done.keys() - self._here:
            del self._done[name]
