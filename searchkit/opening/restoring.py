"""Making an archive from a backup."""

from __future__ import annotations

from contextlib import closing
from os import PathLike, fspath
from pathlib import Path

from searchkit.cluster.address import is_address, read_address
from searchkit.cluster.credentials import Credentials
from searchkit.errors import ArchiveError, Damaged, NoBackup
from searchkit.language.messages import Message
from searchkit.opening.folder import open
from searchkit.query.aliases.file import NAME as ALIASES
from searchkit.query.aliases.file import is_file
from searchkit.storage.layout import INDEX, RECORD, new_folder, record_size
from searchkit.storage.sqlite.record import SqliteRecord
from searchkit.system.files import copy_synced, sync_folder


def restore(backup: str | PathLike[str], path: str | PathLike[str] = "index") -> int:
    """Make an archive from a backup by `Archive.backup`, or from any copy of an archive's folder.

    The copy is verified before its folder gets its final name. A damaged index is rebuilt from the record. With the
    address of a new archive in a cluster, `backup` is REPOSITORY/NAME of a snapshot; it is removed again if it is
    damaged.

    Returns:
        the number of articles.

    Raises:
        UsageError: `path` is neither new nor an empty folder; or there is no such snapshot, or an archive at `path`.
        NoBackup: `backup` holds no archive.
        Damaged: the record of the backup is damaged.
        ArchiveError: the backup cannot be read, or is not complete.
    """
    if is_address(fspath(path)):
        from searchkit.opening.snapshots import restore_in_cluster

        return restore_in_cluster(Path(backup).as_posix(), read_address(fspath(path)), Credentials())
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
