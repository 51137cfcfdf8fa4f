"""Watching a folder: what is read when, look by look."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import searchkit
from searchkit.ingest.watch import watch


class Folder:
    """A folder and a clock; what happens before each look is set by `then`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = 1_750_000_000.0
        self.todo: list = []

    def write(self, name: str, *ids: str, age: float = 100) -> None:
        path = self.path / name
        path.write_text("".join(json.dumps({"id": id, "title": f"夜市{id}"}) + "\n" for id in ids), encoding="utf-8")
        os.utime(path, (self.now - age, self.now - age))

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if not self.todo:
            raise KeyboardInterrupt
        self.todo.pop(0)()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "news").mkdir()
    return Folder(tmp_path / "news")


@pytest.fixture
def empty(tmp_path):
    with searchkit.open(tmp_path / "index", create=True, wait=0.1) as archive:
        yield archive


def rounds(archive, folder, *todo, **options):
    """Watch; before each later look one of `todo` is done. What was read in each look that found something."""
    folder.todo = list(todo)
    found = []
    with pytest.raises(KeyboardInterrupt):
        for each in watch(archive, [folder.path], sleep=folder.sleep, clock=lambda: folder.now, every=2, **options):
            found.append(each)
    return found


def idle():
    pass


def added(found) -> list[int]:
    return [each.report.report.added for each in found if each.report]


def test_what_comes_is_read_once_it_has_settled(folder, empty):
    folder.write("a.jsonl", "a")
    folder.write("growing.jsonl", "g1", age=0)
    found = rounds(
        empty, folder,
        lambda: folder.write("growing.jsonl", "g1", "g2", age=0),  # still being written
        idle,
        lambda: folder.write("b.jsonl", "b"),  # an old file that was moved here is looked at twice too
        idle,
        idle,
    )  # fmt: skip
    assert added(found) == [1, 2, 1]
    assert {each.id for each in empty} == {"a", "g1", "g2", "b"}


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(folder, empty):
    folder.write("a.jsonl", "a")
    folder.write("b.jsonl", "b")
    found = rounds(empty, folder, lambda: folder.write("a.jsonl", "a", "a2", age=0), idle, idle)
    assert [(each.report.files, each.report.report.added, each.report.report.unchanged) for each in found] == [
        (2, 2, 0), (1, 1, 1),
    ]  # fmt: skip


def test_rejects_of_every_look_are_kept_and_told_once(folder, empty, tmp_path):
    (folder.path / "bad.jsonl").write_text("not json\n", encoding="utf-8")
    os.utime(folder.path / "bad.jsonl", (1, 1))
    rejects = tmp_path / "rejects.jsonl"

    def worse() -> None:
        (folder.path / "worse.jsonl").write_text("nor this\n", encoding="utf-8")
        os.utime(folder.path / "worse.jsonl", (1, 1))

    found = rounds(empty, folder, worse, idle, idle, rejects=rejects)
    assert [len(each.report.report.rejected) for each in found] == [1, 1]
    assert len(rejects.read_text(encoding="utf-8").splitlines()) == 2


def test_an_empty_folder_is_told_once_and_filled_later(folder, empty):
    found = rounds(empty, folder, idle, lambda: folder.write("a.jsonl", "a"), idle)
    assert [len(each.report.report.rejected) for each in found] == [1, 0]
    assert added(found) == [0, 1]


def test_pruning_while_watching_obeys_the_guard(folder, empty):
    for name in "abc":
        folder.write(f"{name}.jsonl", name)
    elsewhere = folder.path.with_name("elsewhere")

    def unmount() -> None:
        folder.path.rename(elsewhere)
        folder.path.mkdir()

    def mount() -> None:
        folder.path.rmdir()
        elsewhere.rename(folder.path)

    found = rounds(
        empty, folder, (folder.path / "a.jsonl").unlink, unmount, idle, idle, mount, idle, prune=True
    )  # fmt: skip
    assert [each.pruned.ids for each in found if each.pruned] == [(), ("a",)]
    assert [each.trouble for each in found if each.trouble] == [
        f"2 of 2 files that were read from {folder.path} are gone; nothing was deleted"
    ]
    assert {each.id for each in empty} == {"b", "c"}


def test_a_folder_that_goes_is_waited_for(folder, empty):
    folder.write("a.jsonl", "a")
    elsewhere = folder.path.with_name("elsewhere")

    def back() -> None:
        elsewhere.rename(folder.path)
        folder.write("b.jsonl", "b")

    found = rounds(empty, folder, lambda: folder.path.rename(elsewhere), idle, back, idle, idle)
    assert [bool(each.trouble) for each in found] == [False, True, False]
    assert added(found) == [1, 1]
    with pytest.raises(searchkit.SourceError):
        next(watch(empty, [folder.path / "nowhere"]))


def test_a_locked_archive_is_tried_again(folder, empty, tmp_path):
    folder.write("a.jsonl", "a")
    with searchkit.open(tmp_path / "index") as other:
        held = other._writing()
        held.__enter__()
        found = rounds(empty, folder, idle, lambda: held.__exit__(None, None, None), idle)
    assert [bool(each.trouble) for each in found] == [True, False]
    assert added(found) == [1]
