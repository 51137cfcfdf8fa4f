"""Copies of an archive: of one moment, whole, verified, and never over something that is there."""

from __future__ import annotations

import threading

import pytest

import searchkit
from searchkit import Article, Damaged, NoArchive, UsageError


def test_a_backup_is_the_archive_as_it_was(archive, tmp_path):
    assert archive.backup(tmp_path / "copy") == len(archive)
    archive.delete(ids=["bridge"])
    assert searchkit.restore(tmp_path / "copy", tmp_path / "again") == 4
    with searchkit.open(tmp_path / "again") as again:
        assert again.search("长江大桥").hits[0].id == "bridge"
        assert again.revisions("chips") == archive.revisions("chips")
        assert again.verify().ok


def test_a_backup_of_an_archive_that_is_written_to_is_of_one_moment(archive, tmp_path, rounds):
    done = threading.Event()

    def write() -> None:
        with searchkit.open(archive.path) as writer:
            for number in range(rounds(12, 200)):
                writer.upsert_all(Article(id=f"{number}-{part}", title=f"第{number}批") for part in range(10))
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    taken = 0
    while not done.is_set() or not taken:
        copy = tmp_path / f"copy{taken}"
        archive.backup(copy)
        taken += 1
        with searchkit.open(copy) as seen:
            assert seen.verify().ok
            batches = {}
            for each in seen:
                batches.setdefault(each.title, []).append(each.id)
            assert {len(ids) for title, ids in batches.items() if title.endswith("批")} <= {10}, "half a batch"
    thread.join()


def test_nothing_is_copied_over(archive, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("不要覆盖", encoding="utf-8")
    with pytest.raises(UsageError, match="there is something at"):
        archive.backup(tmp_path / "full")
    archive.backup(tmp_path / "copy")
    with pytest.raises(UsageError, match="there is something at"):
        searchkit.restore(tmp_path / "copy", archive.path)
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".partial")] == []


def test_a_damaged_record_is_not_restored(archive, tmp_path):
    archive.backup(tmp_path / "copy")
    record = tmp_path / "copy" / "archive.db"
    raw = bytearray(record.read_bytes())
    at = raw.index("市长到场".encode())
    raw[at : at + 12] = "市长没来".encode()
    record.write_bytes(raw)
    with pytest.raises(Damaged, match="bridge does not fit its digest"):
        searchkit.restore(tmp_path / "copy", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_damaged_index_is_made_again(archive, tmp_path):
    archive.backup(tmp_path / "copy")
    (segment,) = (tmp_path / "copy" / "whoosh").glob("*.skc")
    segment.write_bytes(segment.read_bytes()[:-10])
    assert searchkit.restore(tmp_path / "copy", tmp_path / "again") == 4
    with searchkit.open(tmp_path / "again") as again:
        assert again.search("长江大桥").total == 1


def test_what_is_no_backup_is_said_so(tmp_path):
    with pytest.raises(NoArchive):
        searchkit.restore(tmp_path, tmp_path / "again")
