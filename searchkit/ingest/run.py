"""Adding files to the archive: read, acknowledge in batches, report, set aside unreadable records.

Nothing is skipped because it was read before: the digest shows which records are unchanged, so running an interrupted
ingest again continues it. Articles of files that are gone are removed by `storage.provenance` (`--prune`).
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias
from zoneinfo import ZoneInfo

from searchkit.archive import Archive
from searchkit.errors import IngestFailed, SearchkitError, UsageError
from searchkit.ingest.progress import IngestProgress
from searchkit.ingest.rejects import Rejects, inputs_beside
from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected
from searchkit.model.reports import IngestReport, UpsertReport
from searchkit.sources import Document, documents, read_document
from searchkit.sources.readers.sitemap import Sitemaps
from searchkit.system.processes import in_parallel
from searchkit.writing.admission import Tally, records, refusal
from searchkit.writing.identity import canonical_url

Item: TypeAlias = "Article | Rejected"
Read: TypeAlias = "tuple[Item, str]"
"""An item with the absolute path of its file; empty for no file."""

Given: TypeAlias = "str | PathLike[str] | BinaryIO"
"""A file, a directory, or a stream."""

SMALL = 4 * 1024 * 1024
"""Bytes; files up to this size are read in other processes, a handful at a time, if `jobs` allows it."""
TOGETHER = 32
HELD = 16_000_000
"""Characters of articles that such a process holds; what unpacks to more is read in this one."""


def ingest(
    archive: Archive | None,
    paths: Sequence[Given],
    *,
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
    on_error: Literal["skip", "fail"] = "skip",
    rejects: str | PathLike[str] | None = "rejects.jsonl",
    dry_run: bool = False,
    jobs: int = 1,
    progress: Callable[[IngestProgress], None] | None = None,
) -> IngestReport:
    """Read files, directories, archives and streams into an archive.

    Args:
        archive: None only with `dry_run`: then every article counts as added.
        on_error: "skip" sets unreadable records aside and continues, "fail" raises IngestFailed at the first.
        rejects: the file for records set aside, one JSON object per line; made when the first one comes.
        dry_run: read and compare, write nothing.
        jobs: the number of processes that read small files.

    An interruption (KeyboardInterrupt) loses nothing acknowledged so far.

    Raises:
        SourceError: a file cannot be read at all.
        IngestFailed: a record could not be read, and `on_error` is "fail".
        Locked: another process keeps writing.
        UsageError: `rejects` is an input, a link or a file of the archive.
    """
    if archive is None and not dry_run:
        raise UsageError("an archive is needed to ingest into")
    return ingest_documents(
        archive,
        list(documents(*paths)),
        [fspath(path) if isinstance(path, (str, PathLike)) else "-" for path in paths],
        format=format,
        mapping=mapping,
        on_error=on_error,
        rejects=rejects,
        dry_run=dry_run,
        jobs=jobs,
        progress=progress,
    )


def ingest_documents(
    archive: Archive | None,
    found: Sequence[Document | Rejected],
    given: Sequence[str],
    *,
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
    on_error: Literal["skip", "fail"] = "skip",
    rejects: str | PathLike[str] | None = None,
    keep_rejects: bool = False,
    dry_run: bool = False,
    jobs: int = 1,
    progress: Callable[[IngestProgress], None] | None = None,
) -> IngestReport:
    """Do the same for documents that were found already.

    Args:
        given: the names of the documents in the log of runs.
        keep_rejects: append to the file of records set aside, instead of replacing it.
    """
    started = time.monotonic()
    path = Path(rejects) if rejects is not None and not dry_run else None
    if path is not None:
        found = inputs_beside(
            found, path, archive.path if archive is not None and isinstance(archive.path, Path) else None
        )
    with Rejects(path, keep_rejects) as aside:
        run = _Run(aside, on_error, progress)
        zone = archive.timezone if archive is not None else "Asia/Shanghai"
        settings = _Settings(format, zone, dict(mapping) if mapping is not None else None)
        sitemaps = Sitemaps(found, key=canonical_url, timezone=zone)
        items = run.items(sitemaps, settings, max(1, jobs))
        if archive is None or dry_run:
            report = _previewed(archive, items)
        else:
            report = archive.upsert_all(items, progress=run.indexing)
            aside.close()  # before anything says that it was written
            archive.log_run(given, report)
    return IngestReport(report, aside.written_to, run.files, time.monotonic() - started, dry_run)


def _previewed(archive: Archive | None, items: Iterable[Read]) -> UpsertReport:
    tally = Tally(archive.timezone if archive is not None else ZoneInfo("Asia/Shanghai"))
    for item, _ in items:
        refused = item if isinstance(item, Rejected) else refusal(item)
        if refused is not None:
            tally.rejected.append(refused)
        else:
            assert isinstance(item, Article)
            if archive is None:
                tally.take([("added", item)])
            else:
                outcomes = [outcome for outcome, _ in archive.preview(item)]
                tally.take(zip(outcomes, records(item), strict=True))
    return tally.report()


@dataclass(frozen=True, slots=True)
class _Settings:
    """The settings for reading documents; sent to other processes unchanged."""

    format: str
    timezone: object
    mapping: Mapping[str, str] | None

    def read(self, document: Document, on_bytes: Callable[[int], object] | None = None) -> Iterator[Item]:
        return read_document(
            document, format=self.format, timezone=self.timezone, mapping=self.mapping, on_bytes=on_bytes  # type: ignore[arg-type]
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Handful:
    """A task: read a number of small documents."""

    documents: Sequence[Document]

    def __call__(self, settings: _Settings) -> list[tuple[list[Item] | None, SearchkitError | None]]:
        """Read each document, up to the first with an error of ours, which is returned with the items before it.

        None stands for the items of a document that unpacks to more than is held at once: it is to be read piece by
        piece.
        """
        read: list[tuple[list[Item] | None, SearchkitError | None]] = []
        left = HELD
        for document in self.documents:
            items: list[Item] = []
            error = None
            try:
                for item in settings.read(document):
                    left -= item.characters if isinstance(item, Article) else len(item.record)
                    items.append(item)
                    if left < 0:
                        break
            except SearchkitError as found:
                error = found
            if left < 0:
                read.append((None, None))
                left = 0  # what follows fits only where it is empty: it is read by who holds nothing
                continue
            read.append((items, error))
            if error is not None:
                break
        return read


class _Run:
    """An ingest in progress: it reads documents in order and reports its progress."""

    def __init__(
        self, aside: Rejects, on_error: Literal["skip", "fail"], progress: Callable[[IngestProgress], None] | None
    ) -> None:
        self._aside = aside
        self._fail = on_error == "fail"
        self._progress = progress
        self._bytes = 0
        self._total = 0
        self._articles = 0
        self._rejected = 0
        self._name = ""
        self._path = ""
        self.files = 0

    def items(self, sitemaps: Sitemaps, settings: _Settings, jobs: int) -> Iterator[Read]:
        """Yield every article and every Rejected with its file. A Rejected is also written to a file, or raised."""
        found = sitemaps.documents
        self._total = sum(each.size or 0 for each in found if isinstance(each, Document))
        reading = self._in_parallel(found, settings, jobs) if jobs > 1 else self._one_by_one(found, settings)
        for item in sitemaps.joined(reading):
            refused = item if isinstance(item, Rejected) else refusal(item)
            if refused is None:
                self._articles += 1
            elif self._fail:
                raise IngestFailed(
                    Message("{where}: {reason}", where=refused.where, reason=refused.reason),
                    hint='on_error="skip" sets it aside',
                )
            else:
                self._rejected += 1
                self._aside.write(refused)
            yield item, self._path
            self._tell()

    def _now(self, document: Document) -> None:
        self.files += 1
        self._name = document.name
        # A link is not resolved: by this name `prune` looks whether the file is gone.
        self._path = os.path.abspath(document.path) if document.path is not None else ""  # noqa: PTH100

    def _one_by_one(self, found: Sequence[Document | Rejected], settings: _Settings) -> Iterator[Item]:
        for each in found:
            yield from self._read(each, settings)

    def _read(self, each: Document | Rejected, settings: _Settings) -> Iterator[Item]:
        if isinstance(each, Rejected):
            yield each
        else:
            self._now(each)
            yield from settings.read(each, self._count)

    def _in_parallel(self, found: Sequence[Document | Rejected], settings: _Settings, jobs: int) -> Iterator[Item]:
        """Read small files in other processes, several handfuls ahead, in the order of `found`."""
        waiting: deque[_Handful | Document | Rejected] = deque()

        def tasks() -> Iterator[_Handful]:
            for each in _handfuls(found):
                waiting.append(each)
                if isinstance(each, _Handful):
                    yield each

        for outcome in in_parallel(tasks(), settings, jobs, "a process that reads"):
            while not isinstance(each := waiting.popleft(), _Handful):
                yield from self._read(each, settings)
            for document, (items, error) in zip(each.documents, outcome, strict=False):  # to the first with an error
                if items is None:
                    yield from self._read(document, settings)
                    continue
                self._now(document)
                self._count(document.size or 0)
                yield from items
                if error is not None:
                    raise error
        for each in waiting:
            assert not isinstance(each, _Handful)
            yield from self._read(each, settings)

    def _count(self, read: int) -> None:
        self._bytes += read
        self._tell()

    def _tell(self) -> None:
        if self._progress:
            told = IngestProgress("reading", self._bytes, self._total, self._articles, self._rejected, self._name)
            self._progress(told)

    def indexing(self, stage: str, done: int, total: int) -> None:
        """Report the progress of indexing; called by the archive."""
        if self._progress and stage == "indexing":
            self._progress(IngestProgress("indexing", done, total, self._articles, self._rejected, ""))


def _handfuls(found: Sequence[Document | Rejected]) -> Iterator[_Handful | Document | Rejected]:
    """Yield neighbouring small files together, everything else alone."""
    together: list[Document] = []
    for each in found:
        small = isinstance(each, Document) and each.path is not None and (each.size or SMALL + 1) <= SMALL
        if small:
            assert isinstance(each, Document)
            together.append(each)
        if together and (not small or len(together) >= TOGETHER):
            yield _Handful(together)
            together = []
        if not small:
            yield each
    if together:
        yield _Handful(together)
