"""`open` and `connect`: the only place that knows every backend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date
from os import PathLike
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from searchkit.analysis.segment import Segmenter, UserDictionary, load_dictionary
from searchkit.archive import Archive
from searchkit.deadline import DEFAULT
from searchkit.engines.index import Index
from searchkit.errors import Damaged, IndexOutdated, Locked, NoArchive, ReadOnlyArchive, UsageError
from searchkit.storage.layout import INDEX, RECORD, new_folder, record_size
from searchkit.storage.lock import WriterLock
from searchkit.storage.store import Store
from searchkit.system.files import copy_synced, make_folder, sync_folder
from searchkit.writing.sync import Progress

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
        tz: the zone a day is a day in; fixed when the archive is made (default Asia/Shanghai).
        dictionary: words to be taken as words, a file in jieba's format; kept in the archive from then on.
        today: tells the day that relative dates (昨天) start from; by default the clock in the archive's zone.
        wait: seconds to wait for another writer before Locked is raised.
        timeout: seconds that a question may take before QueryTimeout is raised; None for any time.
        catch_up: take in what an interrupted run acknowledged but did not index.

    Raises: NoArchive, Damaged, FormatTooNew, UsageError.
    """
    if timeout is not None and not timeout > 0:
        raise UsageError(f"a question cannot be answered in {timeout:g} s", hint="a timeout above 0, None for any time")
    folder = Path(path)
    store = _open_store(folder, create, tz, wait)
    try:
        archive = _open_archive(folder, store, tz, today, wait, timeout)
    except BaseException:
        store.close()
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


def _open_store(folder: Path, create: bool, tz: str | None, wait: float) -> Store:
    record = folder / RECORD
    size = record_size(folder)
    if size is not None and (size or not create):
        return Store(record)
    if not create:
        raise NoArchive(folder)
    _zone(tz or DEFAULT_TZ)
    try:
        make_folder(folder)
    except OSError as error:
        raise UsageError(f"cannot make {folder}: {error.strerror}", hint="give another --index") from error
    with WriterLock(folder).held(wait):
        return Store.create(record, {"timezone": tz or DEFAULT_TZ})


def _open_archive(
    folder: Path,
    store: Store,
    tz: str | None,
    today: Callable[[], date] | None,
    wait: float,
    timeout: float | None,
) -> Archive:
    kept = store.setting("timezone") or DEFAULT_TZ
    if tz is not None and tz != kept:
        raise UsageError(
            f"the days of this archive are days in {kept}, not {tz}", hint=f"leave out --tz, or --tz {kept}"
        )
    timezone = _zone(kept)

    def index_for(segmenter: Segmenter, dictionary: UserDictionary, settings: Mapping[str, str]) -> Index:
        from searchkit.engines.whoosh.index import WhooshIndex

        return WhooshIndex(folder / INDEX, timezone, segmenter, settings, dictionary)

    return Archive(folder, store, index_for, tz=kept, today=today, wait=wait, timeout=timeout)


def _catch_up(archive: Archive, progress: Progress | None) -> None:
    try:
        archive.catch_up(progress)
    except (Locked, IndexOutdated, Damaged, ReadOnlyArchive):
        # Another process is at it, nothing can be written, or `rebuild` is due: reading the record works, and a search
        # says what is the matter.
        pass


def restore(backup: str | PathLike[str], path: str | PathLike[str] = "index") -> int:
    """Make an archive out of what `Archive.backup` wrote, or of any copy of an archive's folder; how many articles.

    The copy is verified before its folder gets its name; an index that is damaged is made again from the record.

    Raises: UsageError if there is something at `path`; NoArchive if `backup` holds none; Damaged if its record is.
    """
    source = Path(backup)
    if record_size(source) is None or not (source / RECORD).is_file():
        raise NoArchive(source)
    with new_folder(Path(path), like=source) as made:
        for name in (RECORD, f"{RECORD}-wal"):  # the log is there only in a copy made by other means
            if (source / name).is_file():
                copy_synced(source / name, made / name)
        (made / INDEX).mkdir()
        for each in (source / INDEX).iterdir() if (source / INDEX).is_dir() else ():
            if each.is_file() and not each.is_symlink():
                copy_synced(each, made / INDEX / each.name)
        with closing(Store(made / RECORD)) as store:
            problems = store.verify()
            if problems:
                raise Damaged(f"the backup {source} is damaged: {problems[0]}", hint="restore from another backup")
        with open(made, catch_up=False) as archive:
            if not archive.verify().ok:
                archive.rebuild()
            archive.catch_up()
            articles = len(archive)
        for folder in (made / INDEX, made):
            sync_folder(folder)
    return articles


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        hint = "a name of the IANA database, as Asia/Shanghai or Asia/Taipei"
        raise UsageError(f"no time zone {name!r}", hint=hint) from error


def connect(url: str, **options: object) -> Archive:
    """Open the archive behind a URL: `file:///path/to/index`. Other engines register here as they come."""
    from urllib.request import url2pathname  # HTTP, TLS and mails come with it

    scheme, _, rest = url.partition("://")
    if scheme != "file" or not rest:
        raise UsageError(f"cannot connect to {url}", hint="file:///path/to/index")
    return open(url2pathname(rest), **options)  # type: ignore[arg-type]
