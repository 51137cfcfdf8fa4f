"""The index and the families level with the record: step by step, after a rebuild, in a backup."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import replace

import searchkit
from searchkit import Article
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.storage.sqlite.record import SqliteRecord
from tests.conftest import at

_CHANCE = random.Random(4)
STORY = Article(
    id="first", title="江水上涨", body="".join(chr(_CHANCE.randrange(0x4E00, 0x9F00)) for _ in range(400)),
    published=at(2025, 3, 4, 8),
)  # fmt: skip
COPY = replace(STORY, id="copy", title="水涨了", published=at(2025, 3, 5, 8))


def test_a_step_covers_what_is_in_it_and_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr("searchkit.writing.catching_up.STEP", 2)
    monkeypatch.setattr("searchkit.engines.whoosh.write.bulk.default_jobs", lambda: 1)
    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert_all((Article(id=f"n{n}", title="江水") for n in range(7)), index=False)
        assert archive.catch_up() == 7
        assert archive.count("江水") == 7 and archive.index_behind == 0
        assert archive.verify().ok


def test_rebuilding_makes_the_families_again(tmp_path):
    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert_all([STORY, COPY])
    with closing(sqlite3.connect(tmp_path / "archive.db", isolation_level=None)) as record:
        record.execute("DELETE FROM families")
    with searchkit.open(tmp_path) as archive:
        assert len(archive.family("copy")) == 1
        archive.rebuild()
        assert [each.id for each in archive.family("copy")] == ["first", "copy"]


def test_in_a_backup_the_record_is_never_behind_the_index(tmp_path, monkeypatch):
    """Another process writes after each of the two is copied: what the index has and the record has not would be lost."""
    with searchkit.open(tmp_path / "index", create=True) as archive, searchkit.open(tmp_path / "index") as other:
        archive.upsert(STORY)

        def and_then_write(copy, id):
            def copied(*given):
                done = copy(*given)
                other.upsert(Article(id=id, title="夜市"))
                return done

            return copied

        monkeypatch.setattr(WhooshIndex, "copy_to", and_then_write(WhooshIndex.copy_to, "x1"))
        monkeypatch.setattr(SqliteRecord, "copy_to", and_then_write(SqliteRecord.copy_to, "x2"))
        archive.backup(tmp_path / "backup")
    with searchkit.open(tmp_path / "backup") as copy:
        found = {hit.id for hit in copy.search("")}
        assert found == {each.id for each in copy} and {"first"} <= found
        assert copy.verify().ok
