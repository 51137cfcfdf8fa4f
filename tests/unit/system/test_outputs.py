"""Output goes into what its name stands for, whole or not at all; a stranger's links lead nowhere."""

from __future__ import annotations

import errno
import os
import sys
import threading
from pathlib import Path

import pytest

from searchkit.system import outputs
from searchkit.system.abandoned import temporary_name
from searchkit.system.outputs import open_new, replacing

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="links, modes, devices")


def written(path: Path, text: str = "新\n") -> None:
    with replacing(path) as file:
        file.write(text)


def test_a_file_is_replaced_as_a_whole_and_keeps_its_mode(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(0o640)
    with pytest.raises(KeyError), replacing(path) as file:
        file.write("half")
        file.flush()
        raise KeyError
    assert path.read_text() == "old"
    written(path)
    assert path.read_text() == "新\n" and path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_it_is_on_disk_before_it_has_its_name_and_then_the_name(tmp_path, monkeypatch):
    events = []
    sync, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        events.append(Path(f"/proc/self/fd/{descriptor}").readlink().name.split(".partial")[0])
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", lambda path, target: (events.append("rename"), replace(path, target)))
    written(tmp_path / "a")
    assert events == [".a", "rename", tmp_path.name]


@pytest.mark.parametrize("depth", [1, 3])
def test_the_file_that_a_link_leads_to_is_written(tmp_path, depth):
    (tmp_path / "folder").mkdir()
    target = tmp_path / "folder" / "target"
    target.write_text("old")
    link = tmp_path / "link0"
    link.symlink_to("folder/target")
    for number in range(1, depth):
        (tmp_path / f"link{number}").symlink_to(f"link{number - 1}")
    written(tmp_path / f"link{depth - 1}")
    assert link.is_symlink() and target.read_text() == "新\n"


def test_a_link_to_nothing_makes_the_file_and_one_in_a_circle_is_an_error(tmp_path):
    (tmp_path / "link").symlink_to("missing")
    written(tmp_path / "link")
    assert (tmp_path / "missing").read_text() == "新\n" and (tmp_path / "link").is_symlink()
    (tmp_path / "round").symlink_to("round")
    with pytest.raises(OSError) as caught:
        written(tmp_path / "round")
    assert caught.value.errno == errno.ELOOP


def test_all_names_of_a_file_get_the_new_content(tmp_path):
    (tmp_path / "a").write_text("old and longer")
    os.link(tmp_path / "a", tmp_path / "b")
    written(tmp_path / "a")
    assert (tmp_path / "b").read_text() == "新\n" and (tmp_path / "b").stat().st_nlink == 2


def test_a_fifo_and_a_device_are_written_into(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    read = []
    reader = threading.Thread(target=lambda: read.append(fifo.read_text()))
    reader.start()
    written(fifo)
    reader.join()
    assert read == ["新\n"] and fifo.is_fifo()
    with pytest.raises(OSError) as caught:
        written(Path("/dev/full"))
    assert caught.value.errno == errno.ENOSPC
    with pytest.raises(IsADirectoryError):
        written(tmp_path)


def test_a_descriptor_is_written_where_it_stands(tmp_path):
    with (tmp_path / "a").open("ab") as file:
        file.write(b"before\n")
        file.flush()
        written(Path(f"/dev/fd/{file.fileno()}"))
    assert (tmp_path / "a").read_text() == "before\n新\n"


def test_a_planted_file_beside_it_is_neither_written_nor_removed(tmp_path):
    (tmp_path / "precious").write_text("mine")
    for name in ("a.partial", ".a.partial"):
        (tmp_path / name).symlink_to("precious")
    left = temporary_name(tmp_path / "a")
    left.symlink_to("precious")
    written(tmp_path / "a")
    assert (tmp_path / "precious").read_text() == "mine" and left.is_symlink()


def test_what_a_killed_program_left_is_removed(tmp_path):
    left = temporary_name(tmp_path / "a")
    left.write_text("half")
    written(tmp_path / "a")
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_a_file_beside_our_work_is_never_written_through_a_link(tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "link").symlink_to("precious")
    os.link(precious, tmp_path / "other-name")
    os.mkfifo(tmp_path / "fifo")
    for name in ("link", "other-name", "fifo"):
        for keep in (False, True):
            with pytest.raises(OSError):
                open_new(tmp_path / name, keep=keep)
    assert precious.read_text() == "mine"


def test_a_file_beside_our_work_is_made_anew_or_kept(tmp_path):
    for text, keep, expected in (("一", False, "一"), ("二", True, "一二"), ("三", False, "三")):
        with open_new(tmp_path / "a", keep=keep) as file:
            file.write(text)
            outputs.sync_text(file, tmp_path / "a")
        assert (tmp_path / "a").read_text() == expected
    with open_new(Path("/dev/null"), keep=False) as file:
        file.write("x")
        outputs.sync_text(file, Path("/dev/null"))
