"""A new folder is there as a whole or not at all, and all of it is on disk before it has its name."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchkit.errors import ArchiveError, UsageError
from searchkit.model.article import Article
from searchkit.opening import restore
from searchkit.storage.layout import new_folder, record_size
from searchkit.storage.sqlite.record import SqliteRecord
from searchkit.system.abandoned import temporary_name
from searchkit.system.files import copy_synced, make_folder, write_synced

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="asks for a descriptor's path")


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """What was forced to disk and what was renamed, in order: ("sync" or "rename", path)."""
    found: list[tuple[str, str]] = []
    real_sync, real_rename = os.fsync, Path.rename

    def sync(descriptor: int) -> None:
        found.append(("sync", str(Path(f"/proc/self/fd/{descriptor}").readlink())))
        real_sync(descriptor)

    def rename(path: Path, target: Path) -> Path:
        found.append(("rename", str(path)))
        return real_rename(path, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "rename", rename)
    yield found


def test_a_new_folder_is_on_disk_before_it_has_its_name_and_then_the_name(tmp_path, events):
    with new_folder(tmp_path / "made", like=tmp_path) as made:
        (made / "a").write_text("一")
    assert events == [("sync", str(made)), ("rename", str(made)), ("sync", str(tmp_path))]


def all_on_disk(events: list[tuple[str, str]], made: Path, there: Path) -> None:
    """What is in the folder `there` was forced to disk when it was still called `made`, each folder after its files."""
    names = [path.relative_to(there) for path in there.rglob("*") if path.suffix != ".lock"]
    named = events.index(("rename", str(made)))
    for name in [*names, Path()]:
        forced = [at for at, event in enumerate(events[:named]) if event == ("sync", str(made / name))]
        assert forced, f"{name} is not on disk"
        if (there / name).is_dir():
            within = [at for at, (_, path) in enumerate(events[:named]) if Path(path).parent == made / name]
            assert forced[-1] > max(within, default=-1), f"the names in {name} are not on disk"


def test_a_backup_and_what_is_restored_from_it_are_on_disk_before_they_have_their_names(archive, tmp_path, events):
    archive.upsert(Article(id="ferry", title="渡口"))
    events.clear()
    archive.backup(tmp_path / "backup")
    (made,) = [path for kind, path in events if kind == "rename" and ".partial" in path]
    all_on_disk(events, Path(made), tmp_path / "backup")
    events.clear()
    assert restore(tmp_path / "backup", tmp_path / "again") == len(archive)
    (made,) = [path for kind, path in events if kind == "rename" and ".partial" in path]
    all_on_disk(events, Path(made), tmp_path / "again")


def test_the_log_of_a_copy_made_by_other_means_is_restored_and_on_disk(archive, tmp_path, events):
    copy = tmp_path / "copy"
    shutil.copytree(archive.path, copy)
    assert (copy / "archive.db-wal").stat().st_size
    events.clear()
    assert restore(copy, tmp_path / "again") == len(archive)
    forced = {Path(path).name for kind, path in events if kind == "sync" and ".partial" in path}
    assert {"archive.db", "archive.db-wal"} <= forced


def test_a_folder_that_is_not_filled_leaves_nothing(tmp_path):
    with pytest.raises(KeyError), new_folder(tmp_path / "made", like=tmp_path) as made:
        (made / "a").write_text("一")
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def mode(folder: Path) -> int:
    return folder.stat().st_mode & 0o777


def test_a_new_folder_is_as_open_as_the_user_lets_them_be_and_no_more_than_what_it_is_a_copy_of(tmp_path):
    for name, given in (("plain", None), ("private", 0o700)):
        (tmp_path / name).mkdir()
        if given:
            (tmp_path / name).chmod(given)
        with new_folder(tmp_path / f"of-{name}", like=tmp_path / name):
            pass
        assert mode(tmp_path / f"of-{name}") == mode(tmp_path / name)


def test_an_empty_folder_that_is_filled_keeps_its_mode(tmp_path):
    (tmp_path / "made").mkdir()
    (tmp_path / "made").chmod(0o2750)
    with new_folder(tmp_path / "made", like=tmp_path):
        pass
    assert mode(tmp_path / "made") == 0o750


def test_what_a_killed_program_left_is_removed_and_what_another_makes_is_not(tmp_path):
    target = tmp_path / "made"
    abandoned, stranger = temporary_name(target), tmp_path / ".made.partial-mine"
    for each in (abandoned, stranger):
        each.mkdir()
        (each / "archive.db").write_text("")
    with new_folder(target, like=tmp_path) as first:
        assert not abandoned.exists() and stranger.exists()
        with pytest.raises(KeyError), new_folder(target, like=tmp_path):
            assert first.is_dir()
            raise KeyError
    assert {each.name for each in tmp_path.iterdir()} == {"made", stranger.name}


@pytest.mark.parametrize("name", ["a" * 5000, "a\0b"])
def test_what_is_no_path_is_said_so(tmp_path, name):
    with pytest.raises(UsageError), new_folder(tmp_path / name, like=tmp_path):
        pass
    with pytest.raises(UsageError):
        record_size(tmp_path / name)


def test_the_size_of_a_record(tmp_path, monkeypatch):
    assert record_size(tmp_path) is None
    assert record_size(tmp_path / "nowhere") is None
    (tmp_path / "archive.db").write_bytes(b"12345")
    assert record_size(tmp_path) == 5

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(ArchiveError, match="Permission denied"):
        record_size(tmp_path)


def test_a_copy_of_the_record_is_on_disk(tmp_path, events):
    store = SqliteRecord.create(tmp_path / "archive.db", {})
    store.put(Article(id="ferry", title="渡口"))
    events.clear()
    assert store.copy_to(tmp_path / "copy.db") == 1
    assert events == [("sync", str(tmp_path / "copy.db"))]
    store.close()


def test_a_new_record_has_its_name_when_it_is_on_disk(tmp_path, events):
    SqliteRecord.create(tmp_path / "archive.db", {}).close()
    assert events == [("sync", str(tmp_path))]


def test_what_is_copied_or_written_is_on_disk(tmp_path, events):
    write_synced(tmp_path / "a", b"1")
    copy_synced(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"1"
    make_folder(tmp_path / "c" / "d")
    assert [path for _, path in events] == [
        str(tmp_path / "a"), str(tmp_path / "b"), str(tmp_path), str(tmp_path / "c"),
    ]  # fmt: skip


def test_nothing_is_written_through_a_link(tmp_path):
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "a").symlink_to(tmp_path / "precious")
    write_synced(tmp_path / "a", b"1")
    assert (tmp_path / "precious").read_text() == "mine" and (tmp_path / "a").read_bytes() == b"1"
    assert not (tmp_path / "a").is_symlink()


def test_a_link_that_comes_meanwhile_is_not_written_through(tmp_path, monkeypatch):
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "a").symlink_to(tmp_path / "precious")
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)  # as if it came back at once
    with pytest.raises(FileExistsError):
        write_synced(tmp_path / "a", b"1")
    assert (tmp_path / "precious").read_text() == "mine"


def test_a_limit_of_the_program_is_not_put_down_to_the_disk(tmp_path):
    with pytest.raises(UsageError, match="Too many open files") as raised, new_folder(tmp_path / "new", like=tmp_path):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), "a file")
    assert "ulimit -n" in raised.value.hint
    assert [*tmp_path.iterdir()] == []
