"""Opening the archive in a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from searchkit.analysis.segment import Segmenter, UserDictionary
from searchkit.archive import Archive
from searchkit.deadline import DEFAULT
from searchkit.engines.index import Index
from searchkit.errors import NoArchive, UsageError
from searchkit.language.messages import Message
from searchkit.opening.opened import DEFAULT_TZ, opened, require_time, zone
from searchkit.query.aliases.file import NAME as ALIASES
from searchkit.query.aliases.file import AliasesFile, is_file
from searchkit.storage.layout import INDEX, RECORD, new_folder, record_size
from searchkit.storage.lock import WriterLock
from searchkit.storage.sqlite.record import SqliteRecord
from searchkit.system.files import copy_synced, make_folder
from searchkit.writing.place import Place

if TYPE_CHECKING:
    from searchkit.writing.catching_up import Progress


def open(
    path: str | PathLike[str] = "index",
    *,
    create: bool = False,
    tz: str | None = None,
    dictionary: str | PathLike[str] | UserDictionary | None = None,
    today: Callable[[], date] | None = None,
    wait: float = 10.0,
    timeout: float | None = DEFAULT,
    catch_up: bool = True,
    progress: Progress | None = None,
) -> Archive:
    """Open the archive in a folder.

    Args:
        path: the folder.
        create: make an archive there if there is none.
        tz: the time zone that decides where a day begins; fixed when the archive is made (default: Asia/Shanghai).
        dictionary: a user dictionary, or its file in jieba's format; kept in the archive from then on.
        today: returns the day that relative dates (昨天) start from; default: today in the archive's zone.
        wait: seconds to wait for another writer before Locked is raised.
        timeout: seconds that a question may take before QueryTimeout is raised; None for no limit.
        catch_up: index the articles that an interrupted run acknowledged but did not index.

    Raises:
        NoArchive: there is none at `path`, and `create` is False.
        Damaged: the record is damaged.
        FormatTooNew: a newer searchkit has made it.
        UsageError: an argument cannot be used, or `tz` is not the archive's.
    """
    require_time(timeout)
    folder = Path(path)
    record = _open_record(folder, create, tz, wait)
    return opened(
        record, lambda timezone: _in_folder(folder, record, timezone), tz=tz, dictionary=dictionary, today=today,
        wait=wait, timeout=timeout, catch_up=catch_up, progress=progress,
    )  # fmt: skip


def _open_record(folder: Path, create: bool, tz: str | None, wait: float) -> SqliteRecord:
    record = folder / RECORD
    size = record_size(folder)
    if size is not None and (size or not create):
        return SqliteRecord(record)
    if not create:
        raise NoArchive(folder)
    zone(tz or DEFAULT_TZ)
    try:
        make_folder(folder)
    except OSError as error:
        raise UsageError(
            Message("cannot make {folder}: {reason}", folder=folder, reason=error.strerror),
            hint="give another folder",
            code="path",
        ) from error
    with WriterLock(folder).held(wait):
        return SqliteRecord.create(record, {"timezone": tz or DEFAULT_TZ})


def _in_folder(folder: Path, record: SqliteRecord, timezone: ZoneInfo) -> Place:
    def index_for(segmenter: Segmenter, dictionary: UserDictionary, settings: Mapping[str, str]) -> Index:
        from searchkit.engines.whoosh.index import WhooshIndex

        return WhooshIndex(folder / INDEX, timezone, segmenter, settings, dictionary)

    def backup(index: Index, directory: Path, wait: float) -> int:
        with new_folder(directory, like=folder) as made:
            # The index first: an index can catch up with a record that is ahead of it, never the other way round.
            (made / INDEX).mkdir()
            index.copy_to(made / INDEX)
            if is_file(folder / ALIASES):
                copy_synced(folder / ALIASES, made / ALIASES)
            return record.copy_to(made / RECORD)

    return Place(folder, record, index_for, WriterLock(folder), AliasesFile(folder), backup)
