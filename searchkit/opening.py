"""`open` and `connect`: the only place that knows every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from searchkit.analysis.segment import Segmenter, UserDictionary, load_dictionary
from searchkit.archive import Archive
from searchkit.deadline import DEFAULT
from searchkit.engines.index import Index
from searchkit.errors import ArchiveError, Damaged, Locked, NoArchive, NoBackup, UsageError
from searchkit.language.messages import Message
from searchkit.query.aliases.file import NAME as ALIASES
from searchkit.query.aliases.file import AliasesFile, is_file
from searchkit.storage.layout import INDEX, RECORD, new_folder, record_size
from searchkit.storage.lock import WriterLock
from searchkit.storage.record import Record
from searchkit.storage.sqlite.record import SqliteRecord
from searchkit.system.files import copy_synced, make_folder, sync_folder
from searchkit.writing.place import Place

if TYPE_CHECKING:
    from searchkit.writing.catching_up import Progress

DEFAULT_TZ = "Asia/Shanghai"


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
    _require_time(timeout)
    folder = Path(path)
    record = _open_record(folder, create, tz, wait)
    return _opened(
        record, lambda timezone: _in_folder(folder, record, timezone), tz=tz, dictionary=dictionary, today=today,
        wait=wait, timeout=timeout, catch_up=catch_up, progress=progress,
    )  # fmt: skip


def _require_time(timeout: float | None) -> None:
    if timeout is not None and not timeout > 0:
        raise UsageError(
            Message("a question cannot be answered in {timeout:g} s", timeout=timeout),
            hint="a timeout above 0, None for any time",
        )


def _open_record(folder: Path, create: bool, tz: str | None, wait: float) -> SqliteRecord:
    record = folder / RECORD
    size = record_size(folder)
    if size is not None and (size or not create):
        return SqliteRecord(record)
    if not create:
        raise NoArchive(folder)
    _zone(tz or DEFAULT_TZ)
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

    def backup(index: Index, directory: Path) -> int:
        with new_folder(directory, like=folder) as made:
            # The index first: an index can catch up with a record that is ahead of it, never the other way round.
            (made / INDEX).mkdir()
            index.copy_to(made / INDEX)
            if is_file(folder / ALIASES):
                copy_synced(folder / ALIASES, made / ALIASES)
            return record.copy_to(made / RECORD)

    return Place(folder, record, index_for, WriterLock(folder), AliasesFile(folder), backup)


def _opened(
    record: Record,
    place_in: Callable[[ZoneInfo], Place],
    *,
    tz: str | None,
    dictionary: str | PathLike[str] | UserDictionary | None,
    today: Callable[[], date] | None,
    wait: float,
    timeout: float | None,
    catch_up: bool,
    progress: Progress | None,
) -> Archive:
    """Open an archive, wherever it is kept; what is held is released where that fails.

    Args:
        place_in: makes the place of the archive, whose days are in this zone.
    """
    try:
        kept = record.setting("timezone") or DEFAULT_TZ
        if tz is not None and tz != kept:
            raise UsageError(
                Message("the days of this archive are days in {kept}, not {tz}", kept=kept, tz=tz),
                hint=Message("leave out tz, or tz={kept!r}", kept=kept),
                code="zone-fixed",
                zone=kept,
            )
        archive = Archive(place_in(_zone(kept)), tz=kept, today=today, wait=wait, timeout=timeout)
    except BaseException:
        record.close()
        raise
    try:
        if dictionary is not None:
            words = dictionary if isinstance(dictionary, UserDictionary) else load_dictionary(Path(dictionary))
            archive.set_dictionary(words, progress)
        if catch_up:
            _catch_up(archive, progress)
    except BaseException:
        archive.close()
        raise
    return archive


def _catch_up(archive: Archive, progress: Progress | None) -> None:
    try:
        archive.catch_up(progress)
    except (Locked, ArchiveError) as error:
        # Another process is doing it, nothing can be written, the disk is full, or `rebuild` is due: the record can be
        # read all the same, and answers tell how far the index is behind.
        archive.held_back = error.with_traceback(None)  # its frames would keep all that was being read


def restore(backup: str | PathLike[str], path: str | PathLike[str] = "index") -> int:
    """Make an archive from a backup by `Archive.backup`, or from any copy of an archive's folder.

    The copy is verified before its folder gets its final name. A damaged index is rebuilt from the record.

    Returns:
        the number of articles.

    Raises:
        UsageError: `path` is neither new nor an empty folder.
        NoBackup: `backup` holds no archive.
        Damaged: the record of the backup is damaged.
        ArchiveError: the backup cannot be read.
    """
    source = Path(backup)
    if record_size(source) is None or not (source / RECORD).is_file():
        raise NoBackup(source)
    with new_folder(Path(path), like=source) as made:
        for name in (RECORD, f"{RECORD}-wal"):  # the log exists only in a copy made by other means
            if (source / name).is_file():
                _copy(source / name, made / name)
        if is_file(source / ALIASES):
            _copy(source / ALIASES, made / ALIASES)
        (made / INDEX).mkdir()
        for each in (source / INDEX).iterdir() if (source / INDEX).is_dir() else ():
            if each.is_file() and not each.is_symlink():
                _copy(each, made / INDEX / each.name)
        try:
            with closing(SqliteRecord(made / RECORD)) as store:
                problems = store.verify()
            if problems:
                raise Damaged(Message("the record of the backup is damaged: {problems}", problems=problems[0]))
            with open(made, catch_up=False) as archive:
                if not archive.verify().ok:
                    archive.rebuild()
                archive.catch_up()
                articles = len(archive)
        except ArchiveError as error:
            raise _of_backup(error, made, source) from error
        sync_folder(made / INDEX)
    return articles


def _copy(file: Path, to: Path) -> None:
    try:
        copy_synced(file, to)
    except OSError as error:
        if error.filename is None or fspath(error.filename) != str(file):
            raise  # it cannot be written
        raise ArchiveError(
            Message("cannot read {file}: {reason}", file=file, reason=error.strerror),
            hint="restore it as a user who may read it",
        ) from error


def _of_backup(error: ArchiveError, made: Path, source: Path) -> ArchiveError:
    """Return an error about the copy as one about the backup: the copy is removed, and nobody knows its name."""
    error.message = error.message.replace(str(made), str(source))
    if isinstance(error, Damaged):
        return Damaged(error.message, hint="restore from another backup", code="backup-damaged", backup=source)
    return error


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        hint = Message("a name of the IANA database, as Asia/Shanghai or Asia/Taipei")
        raise UsageError(Message("no time zone {name!r}", name=name), hint=hint) from error


def connect(
    url: str,
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
    """Open the archive behind a URL: `file:///path/to/index`. Other engines register here as they come.

    The keyword arguments and the errors are those of `open`.

    Raises:
        UsageError: the URL is not of this form.
    """
    from urllib.request import url2pathname  # imported late: it brings HTTP, TLS and email

    scheme, _, rest = url.partition("://")
    if scheme != "file" or not rest:
        raise UsageError(Message("cannot connect to {url}", url=url), hint="file:///path/to/index")
    return open(
        url2pathname(rest), create=create, tz=tz, dictionary=dictionary, today=today, wait=wait, timeout=timeout,
        catch_up=catch_up, progress=progress,
    )  # fmt: skip
