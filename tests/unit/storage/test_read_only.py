"""Archives that may be read but not written: found whole, and told from damaged ones."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

import searchkit
from searchkit import Article
from searchkit.errors import ArchiveError, Damaged, FormatTooNew, Locked, ReadOnlyArchive, UsageError
from searchkit.storage.lock import WriterLock
from searchkit.storage.sqlite import errors as sqlite_errors
from searchkit.storage.sqlite.record import SqliteRecord
from searchkit.storage.sqlite.record_file import RecordFile
from searchkit.storage.sqlite.schema import SUMMED


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a record of two articles, closed."""
    made = tmp_path / "index"
    made.mkdir()
    with closing(SqliteRecord.create(made / "archive.db", {})) as store:
        store.put(Article(id="ferry", title="渡口停航"))
        store.put(Article(id="bridge", title="大桥封闭"))
    return made


def may_write(monkeypatch: pytest.MonkeyPatch, yes: bool) -> None:
    """Let a store find that it may write or not, whoever runs the tests: root may always."""
    monkeypatch.setattr(RecordFile, "may_write", lambda _: yes)


@pytest.fixture
def forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    may_write(monkeypatch, False)


def left_behind(folder: Path, to: Path, *suffixes: str) -> SqliteRecord:
    """Copy a record while a third article is in its log only; return the store that has it open."""
    store = SqliteRecord(folder / "archive.db")
    store.put(Article(id="tower", title="灯塔"))
    to.mkdir()
    for suffix in ("", *suffixes):
        shutil.copy(f"{store.path}{suffix}", to / f"archive.db{suffix}")
    return store


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def test_after_an_orderly_close_it_is_read_and_nothing_is_made_beside_it(folder, forbidden):
    before = names(folder)
    with closing(SqliteRecord(folder / "archive.db")) as store:
        assert store.ids() == ["bridge", "ferry"] and not store.verify()
        assert names(folder) == before
        with pytest.raises(ReadOnlyArchive, match="is read-only"):
            store.put(Article(id="tower", title="灯塔"))
    assert names(folder) == before


def test_a_log_without_its_index_is_read_too(folder, tmp_path, monkeypatch):
    writer = left_behind(folder, tmp_path / "copy", "-wal")
    may_write(monkeypatch, False)
    with closing(SqliteRecord(tmp_path / "copy" / "archive.db")) as store:
        assert store.ids() == ["bridge", "ferry", "tower"] and not store.verify()
    assert names(tmp_path / "copy") == {"archive.db", "archive.db-wal"}
    writer.close()


def test_beside_a_writer_it_is_read_with_locks(folder, monkeypatch):
    with closing(SqliteRecord(folder / "archive.db")) as writer:
        writer.put(Article(id="tower", title="灯塔"))
        may_write(monkeypatch, False)
        with closing(SqliteRecord(folder / "archive.db")) as store:
            assert store.ids() == ["bridge", "ferry", "tower"]
            assert store._connections._idle[0].seen is None
            may_write(monkeypatch, True)
            writer.put(Article(id="weir", title="水坝"))
            may_write(monkeypatch, False)
            assert "weir" in store.ids()


def test_what_its_owner_changes_meanwhile_is_seen(folder, monkeypatch):
    may_write(monkeypatch, False)
    with closing(SqliteRecord(folder / "archive.db")) as store:
        assert len(store) == 2
        may_write(monkeypatch, True)
        with closing(SqliteRecord(folder / "archive.db")) as owner:
            owner.put(Article(id="tower", title="灯塔"))
            may_write(monkeypatch, False)
            assert len(store) == 3
        assert store.ids() == ["bridge", "ferry", "tower"]


def test_an_answer_that_a_change_overtakes_is_dropped(folder, monkeypatch):
    may_write(monkeypatch, False)
    with closing(SqliteRecord(folder / "archive.db")) as store:
        answers = []

        def read(connection: sqlite3.Connection) -> int:
            answers.append(connection.execute("SELECT count(*) FROM articles").fetchone()[0])
            if len(answers) == 1:
                may_write(monkeypatch, True)
                with closing(SqliteRecord(folder / "archive.db")) as owner:
                    owner.delete("ferry")
                may_write(monkeypatch, False)
            return answers[-1]

        assert store._connections.read(read) == 1
        assert answers == [2, 1]
        times = itertools.count(1)
        with pytest.raises(Locked, match="written to all the time"):
            store._connections.read(lambda _: os.utime(store.path, (0, next(times))))


def test_a_log_that_cannot_be_read_is_said_so(folder, tmp_path, monkeypatch):
    writer = left_behind(folder, tmp_path / "copy", "-wal")
    may_write(monkeypatch, False)
    monkeypatch.setattr("searchkit.storage.sqlite.record_file._NO_LOCKS", "unix")
    if os.geteuid() == 0:
        monkeypatch.setattr(RecordFile, "_require_version", lambda *_: (_ for _ in ()).throw(sqlite_error(14)))
    with pytest.raises(ArchiveError, match="archive.db-wal has changes") as caught:
        SqliteRecord(tmp_path / "copy" / "archive.db")
    assert not isinstance(caught.value, Damaged)
    writer.close()


def test_an_older_format_is_said_so(folder, forbidden):
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        connection.execute("DROP TABLE saved")
        for table in SUMMED.keys() - {"saved"}:
            connection.execute(f"ALTER TABLE {table} DROP COLUMN sum")
        connection.execute("PRAGMA user_version=2")
    with pytest.raises(ReadOnlyArchive, match="has format 2 and is read-only"):
        SqliteRecord(folder / "archive.db")
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        connection.execute("PRAGMA user_version=99")
    with pytest.raises(FormatTooNew):
        SqliteRecord(folder / "archive.db")


SEARCH = """
import os, sys, searchkit
from pathlib import Path
index = Path(sys.argv[1])
with searchkit.open(index, create=True) as archive:
    archive.upsert(searchkit.Article(id="bridge", title="大桥封闭"))
    archive.search("大桥"), archive.verify()  # what is imported later may not be this user's to read
    archive.upsert_all([searchkit.Article(id="tower", title="灯塔")] * int(sys.argv[2]), index=False)
for each in [index, *index.rglob("*")]:
    each.chmod(0o555 if each.is_dir() else 0o444)
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
with searchkit.open(index, wait=0) as archive:
    print([hit.id for hit in archive.search("大桥").hits], archive.index_behind, archive.verify().problems[:1])
    try:
        archive.upsert(searchkit.Article(id="new", title="新"))
    except searchkit.ArchiveError as error:
        print(type(error).__name__)
"""


@pytest.mark.skipif(os.name != "posix", reason="modes and users of Unix")
@pytest.mark.parametrize("behind", [0, 1])
def test_another_users_archive_is_searched(behind):
    with tempfile.TemporaryDirectory() as place:  # pytest's own are closed to other users
        Path(place).chmod(0o755)
        index = Path(place) / "index"
        try:
            done = subprocess.run(
                [sys.executable, "-c", SEARCH, str(index), str(behind)],
                capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
        finally:
            for each in [index, *index.rglob("*")]:
                each.chmod(0o755)
    assert done.stdout.splitlines() == [f"['bridge'] {behind} ()", "ReadOnlyArchive"], done.stderr


def test_a_lock_that_may_not_be_taken_is_no_damage(tmp_path, monkeypatch):
    def refuse(*_: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ReadOnlyArchive, match="Read-only file system"), WriterLock(tmp_path).held(0):
        pass


# -- what the operating system says


def sqlite_error(code: int, text: str = "told by SQLite") -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(("code", "text", "kind"), [
    (5, "database is locked", Locked),
    (8 | 6 << 8, "attempt to write a readonly database", ReadOnlyArchive),
    (10 | 3 << 8, "disk I/O error", ArchiveError),
    (11 | 1 << 8, "database disk image is malformed", Damaged),
    (13, "database or disk is full", ArchiveError),
    (14, "unable to open database file", ArchiveError),
    (18, "string or blob too big", ArchiveError),
    (26, "file is not a database", Damaged),
])  # fmt: skip
def test_each_error_of_sqlite_is_told_as_what_it_is(folder, code, text, kind):
    path = folder / "archive.db"
    for error in (sqlite_error(code, text), sqlite3.OperationalError(text)):  # before Python 3.11 there is no code
        told = sqlite_errors.told(error, path)
        assert type(told) is kind and str(path) in told.message and told.hint
        assert sqlite_errors.is_damage(error) == (kind is Damaged)


def test_the_systems_reason_is_told(folder, monkeypatch):
    def refuse(*_: object) -> int:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(os, "open", refuse)
    told = sqlite_errors.told(sqlite_error(14, "unable to open database file"), folder / "archive.db")
    assert "Too many open files" in told.message and "ulimit -n" in told.hint


def test_a_record_on_a_full_disk_is_read(folder, monkeypatch):
    def no_room(self):
        for suffix in ("-wal", "-shm"):  # they are made, and cannot be filled
            (folder / f"archive.db{suffix}").touch()
        raise sqlite_error(10 | 19 << 8, "disk I/O error")

    with monkeypatch.context() as here:
        here.setattr(RecordFile, "open_to_write", no_room)
        with pytest.raises(ArchiveError, match="disk I/O error"):
            SqliteRecord(folder / "archive.db")
        here.setattr(sqlite_errors, "_LEAST_ROOM", 1 << 80)
        with closing(SqliteRecord(folder / "archive.db")) as store:
            held = store.ids()
            assert held
            with pytest.raises(ArchiveError, match="No space left") as caught:
                store.put(Article(id="new", title="新"))
            assert "make room" in caught.value.hint
            here.undo()
            store.put(Article(id="new", title="新"))
            assert store.ids() == sorted([*held, "new"])
            here.setattr(RecordFile, "open_to_write", no_room)
            here.setattr(sqlite_errors, "_LEAST_ROOM", 1 << 80)
            with pytest.raises(ArchiveError, match="No space left"):  # what is in the log cannot be left out
                SqliteRecord(folder / "archive.db")
    with closing(SqliteRecord(folder / "archive.db")) as store:
        assert store.ids() == sorted([*held, "new"])


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
def test_too_many_open_files_are_no_damage(folder):
    import resource

    held = []
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (len([*Path("/proc/self/fd").iterdir()]) + 60, before[1]))
        while True:
            try:
                held.append(os.open(os.devnull, os.O_RDONLY))
            except OSError:
                break
        for free in range(3):  # SQLite needs three; with some of them it goes a part of the way
            with pytest.raises(ArchiveError, match="Too many open files") as caught:
                SqliteRecord(folder / "archive.db")
            if free < 2:
                os.close(held.pop())
    finally:
        for each in held:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert not isinstance(caught.value, Damaged)


@pytest.mark.parametrize(("name", "kind"), [("a" * 5000, UsageError), ("a\0b", UsageError)])
def test_what_is_no_path_is_said_so(tmp_path, name, kind):
    with pytest.raises(kind, match="is no path"):
        SqliteRecord(tmp_path / name)
    with pytest.raises(kind, match="is no path"):
        searchkit.open(tmp_path / name)


def test_a_folder_in_its_place_is_no_damage(tmp_path):
    (tmp_path / "archive.db").mkdir()
    with pytest.raises(ArchiveError, match="Is a directory") as caught:
        SqliteRecord(tmp_path / "archive.db")
    assert not isinstance(caught.value, Damaged)


def test_a_record_that_is_not_there_is(tmp_path):
    with pytest.raises(Damaged, match="is missing"):
        SqliteRecord(tmp_path / "archive.db")
    (tmp_path / "archive.db").touch()
    with pytest.raises(Damaged, match="is missing"):
        SqliteRecord(tmp_path / "archive.db")
