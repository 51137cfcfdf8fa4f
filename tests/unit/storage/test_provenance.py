"""Pruning: what goes with its file, what stays, and the guard."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import searchkit
from searchkit import Article
from searchkit.cli.hints import hint_of
from searchkit.ingest.run import ingest
from searchkit.storage.sqlite.record import SqliteRecord


@pytest.fixture
def folder(tmp_path) -> Path:
    path = tmp_path / "news"
    path.mkdir()
    return path


@pytest.fixture
def empty(tmp_path):
    with searchkit.open(tmp_path / "index", create=True) as archive:
        yield archive


def write(path: Path, *ids: str, **fields: object) -> Path:
    path.parent.mkdir(exist_ok=True)
    lines = [json.dumps({"id": id, "title": f"夜市{id}", **fields}) for id in ids]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(archive, *paths: Path):
    return ingest(archive, paths, rejects=None).report


def test_what_was_only_in_files_that_are_gone_goes(folder, empty):
    gone = write(folder / "gone.jsonl", "a", "b", "both", "typed")
    write(folder / "kept.jsonl", "c", "both")
    read(empty, folder)
    empty.upsert(Article(id="typed", title="夜市typed"))  # unchanged, but it came from elsewhere too
    empty.upsert(Article(id="loose", title="夜市"))
    assert empty.prune(folder).ids == ()
    gone.unlink()
    planned = empty.prune(folder, dry_run=True)
    assert planned.ids == ("a", "b") and planned.files == (str(gone),) and planned.dry_run
    assert len(empty) == 6
    done = empty.prune(folder)
    assert done.ids == ("a", "b") and not done.dry_run
    assert {each.id for each in empty} == {"both", "c", "loose", "typed"}
    assert empty.count("夜市*") == 4 and empty.verify().ok
    assert empty.prune(folder).ids == () and empty.prune(folder).files == ()
    # What comes back is read as new.
    write(gone, "a")
    assert read(empty, folder).added == 1


def test_what_was_moved_keeps_its_revisions(folder, empty):
    old = write(folder / "a.jsonl", "a")
    write(folder / "other.jsonl", "z")
    read(empty, folder)
    write(old, "a", body="改过")
    read(empty, folder)
    old.rename(folder / "sub.jsonl")
    read(empty, folder)
    assert empty.prune(folder).ids == ()
    assert len(empty.revisions("a")) == 2


@pytest.mark.parametrize(
    ("files", "deleted", "refused"),
    [(1, 1, True), (3, 2, False), (20, 10, False), (20, 11, True), (19, 10, True), (17, 9, False), (12, 12, True)],
)
def test_a_folder_that_looks_unmounted_is_left_alone(folder, empty, files, deleted, refused):
    paths = [write(folder / f"{number:02}.jsonl", f"n{number:02}") for number in range(files)]
    read(empty, folder)
    for path in paths[:deleted]:
        path.unlink()
    if refused:
        with pytest.raises(searchkit.UsageError, match=f"{deleted} of {files} files?") as raised:
            empty.prune(folder)
        assert "--yes" in hint_of(raised.value) and "force=True" in raised.value.hint and len(empty) == files
        with pytest.raises(searchkit.UsageError):
            empty.prune(folder, dry_run=True)
    assert len(empty.prune(folder, force=refused).ids) == deleted
    assert len(empty) == files - deleted


def test_a_folder_that_is_gone_itself_is_an_error(folder, empty):
    write(folder / "a.jsonl", "a")
    read(empty, folder)
    folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(searchkit.UsageError, match="no folder"):
        empty.prune(folder, force=True)
    assert "a" in empty


def test_only_the_folders_given_are_looked_at(folder, empty, tmp_path):
    for name in ("news", "news2"):
        write(tmp_path / name / "a.jsonl", f"{name}-a").touch()
        write(tmp_path / name / "b.jsonl", f"{name}-b")
    read(empty, folder, tmp_path / "news2")
    (tmp_path / "news2" / "a.jsonl").unlink()
    assert empty.prune(folder).ids == ()
    assert empty.prune(tmp_path / "news2" / ".." / "news2").ids == ("news2-a",)


@pytest.mark.skipif(sys.platform == "win32", reason="links and bytes in names")
def test_links_that_lead_nowhere_and_strange_names_are_no_deletions(folder, empty, tmp_path):
    import os

    target = write(tmp_path / "target.jsonl", "linked")
    (folder / "link.jsonl").symlink_to(target)
    strange = folder / os.fsdecode(b"\xd0\xc2\xce\xc5.jsonl")
    write(strange, "strange")
    write(folder / "a.jsonl", "a")
    read(empty, folder)
    target.unlink()
    assert empty.prune(folder).ids == ()
    strange.unlink()
    assert empty.prune(folder).ids == ("strange",)


def test_headlines_go_with_the_last_page_that_lists_them(folder, empty):
    related = [{"title": "江水上涨", "published": "2025-03-04 09:00:00"}, {"title": "夜市开街"}]
    first = write(folder / "a.jsonl", "page-a", related=related)
    second = write(folder / "b.jsonl", "page-b", related=related[:1])
    write(folder / "c.jsonl", "c")
    read(empty, folder)
    assert len(empty.headlines("page-a")) == 2 or len(empty) == 5
    first.unlink()
    pruned = empty.prune(folder)
    assert "page-a" in pruned.ids and len(pruned.ids) == 2  # with the headline that only it lists
    assert [each.title for each in empty.headlines("page-b")] == ["江水上涨"]
    second.unlink()
    assert len(empty.prune(folder).ids) == 2
    assert [each.id for each in empty] == ["c"]


def test_deleting_forgets_where_it_came_from(folder, empty):
    path = write(folder / "a.jsonl", "a", "b")
    write(folder / "c.jsonl", "c")
    read(empty, folder)
    empty.delete(ids=["a"])
    empty.upsert(Article(id="a", title="回来"))
    path.unlink()
    assert empty.prune(folder).ids == ("b",)


def test_interrupted_between_record_and_index_it_is_finished_later(folder, empty, monkeypatch):
    path = write(folder / "a.jsonl", "a")
    write(folder / "b.jsonl", "b")
    read(empty, folder)
    path.unlink()
    with monkeypatch.context() as here:
        here.setattr(empty._sync.index, "apply_all", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            empty.prune(folder)
    assert empty.catch_up() == 1
    assert empty.count("") == 1 and empty.verify().ok


def failing(number: int, work: Callable[..., Any]) -> Callable[..., Any]:
    """The same, but the call of that number fails as if the power went."""
    calls = itertools.count(1)

    def call(*given: Any) -> Any:
        if next(calls) == number:
            raise KeyboardInterrupt
        return work(*given)

    return call


def test_a_batch_is_taken_as_a_whole(empty, monkeypatch):
    with monkeypatch.context() as here:
        here.setattr(SqliteRecord, "put", failing(3, SqliteRecord.put))
        with pytest.raises(KeyboardInterrupt):
            empty.upsert_all(Article(id=f"a{number}", title="夜市") for number in range(4))
    assert [each.id for each in empty] == []


@pytest.mark.parametrize("way", ["prune", "delete"])
def test_pruning_and_deleting_are_done_as_a_whole(folder, empty, monkeypatch, way):
    path = write(folder / "a.jsonl", "a", "b", "c")
    write(folder / "d.jsonl", "d")
    read(empty, folder)
    path.unlink()
    with monkeypatch.context() as here:
        here.setattr(SqliteRecord, "delete", failing(3, SqliteRecord.delete))
        with pytest.raises(KeyboardInterrupt):
            empty.prune(folder) if way == "prune" else empty.delete(ids=["a", "b", "c"])
    assert len(empty) == 4 and empty.verify().ok
    assert empty.prune(folder).ids == ("a", "b", "c")
