"""A stranger's archive.db: nothing in it runs, nothing hangs, and values that are none of ours are damage."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

import searchkit
from searchkit.deadline import within
from searchkit.errors import Damaged, QueryTimeout, SearchkitError
from searchkit.model.article import Article
from searchkit.storage.sqlite import guard
from searchkit.storage.sqlite.migrations import UPGRADES
from searchkit.storage.sqlite.record import SqliteRecord
from searchkit.storage.sqlite.schema import MOST_CHANGES, TABLES

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c"


@pytest.fixture
def index(tmp_path, once):
    """An archive of four articles, one of them revised, with a deletion; to be damaged."""

    def made(folder):
        with searchkit.open(folder, create=True) as archive:
            archive.upsert_all(Article(id=f"n{i}", title=f"第{i}号航班", body="跑道湿滑" * 9) for i in range(5))
            archive.upsert(Article(id="n1", title="第1号航班", body="改期"))
            archive.delete(ids=["n4"])

    return shutil.copytree(once("guarded", made), tmp_path / "index")


def changed(index, *statements):
    with closing(sqlite3.connect(index / "archive.db", isolation_level=None)) as connection:
        for each in statements:
            connection.execute(each)


def test_the_schema_of_each_format_is_known():
    for version, digest in guard.SCHEMAS.items():
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
            made.executescript(TABLES + "".join(UPGRADES[step] for step in range(1, version)))
            made.execute("ANALYZE")  # adds tables of SQLite's own
            assert guard._digest(guard._schema(made)) == digest


@pytest.mark.parametrize(
    "statements",
    [
        ["ALTER TABLE articles RENAME TO arts", f"CREATE VIEW articles AS SELECT arts.* FROM arts, ({ENDLESS})"],
        [f"CREATE VIEW other AS {ENDLESS}"],
        ["CREATE TRIGGER t AFTER INSERT ON articles BEGIN DELETE FROM articles; END"],
        ["CREATE INDEX i ON articles (length(record))"],
        ["ALTER TABLE articles ADD COLUMN more AS (hex(zeroblob(100000000)))"],
        ["ALTER TABLE settings RENAME COLUMN value TO other"],
        ["DROP INDEX articles_content"],
        ["DROP TABLE runs"],
        ["CREATE TABLE more (id TEXT)"],
    ],
)
def test_a_schema_that_is_not_ours_is_damage(index, statements):
    changed(index, *statements)
    with pytest.raises(Damaged, match="in it is (none of ours|missing)"):
        SqliteRecord(index / "archive.db")
    with pytest.raises(Damaged):
        searchkit.restore(index, index.parent / "restored")
    assert not (index.parent / "restored").exists()


def test_what_takes_longer_than_the_size_allows_is_ended(index):
    store = SqliteRecord(index / "archive.db")
    with closing(store), pytest.raises(Damaged, match="far longer"):
        store.select(ENDLESS)
    with closing(SqliteRecord(index / "archive.db")) as store:
        assert len(store) == 4  # what comes after is asked anew


def test_the_time_of_a_question_ends_it(index):
    with closing(SqliteRecord(index / "archive.db")) as store, within(0.001), pytest.raises(QueryTimeout):
        store.select(ENDLESS)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE settings SET value = x'ff' WHERE name = 'timezone'",
        "UPDATE settings SET value = 'Mars/Olympus' WHERE name = 'timezone'",
        "UPDATE settings SET value = value || '1' WHERE name = 'families'",
        "UPDATE settings SET value = replace(value, ' ', ' x') WHERE name = 'families'",
        "INSERT OR REPLACE INTO settings VALUES ('dictionary', x'00ff', NULL)",
        "INSERT OR REPLACE INTO settings VALUES ('dictionary', 'a b c d e', NULL)",
        "UPDATE articles SET revision = 'abc'",
        "UPDATE articles SET revision = 9223372036854775807",
        "UPDATE articles SET revision = -1.5",
        "UPDATE articles SET seq = 9223372036854775807 - seq",
        "UPDATE articles SET seq = -seq",
        f"UPDATE articles SET seq = {MOST_CHANGES - 1} WHERE id = 'n3'",
        f"UPDATE articles SET seq = {MOST_CHANGES} WHERE id = 'n3'",
        f"UPDATE articles SET seq = {(1 << 62) - 4} WHERE id = 'n3'",
        "UPDATE articles SET seq = 'x' || seq",
        "UPDATE articles SET id = CAST(id AS BLOB)",
        "UPDATE articles SET id = id || 'x'",
        "UPDATE articles SET record = CAST(record AS BLOB)",
        "UPDATE articles SET record = '[]'",
        "UPDATE articles SET record = replace(hex(zeroblob(50000)), '0', '[')",
        "UPDATE articles SET record = json_set(record, '$.published', 1e999)",
        "UPDATE articles SET record = json_set(record, '$.id', 7)",
        "UPDATE articles SET record = CAST(x'ff' || record AS TEXT)",
        "UPDATE articles SET kind = x'00', parent = 3.5, digest = 7",
        "UPDATE revisions SET revision = 'x'",
        "UPDATE revisions SET recorded = 'yesterday'",
        "UPDATE deletions SET id = x'00'",
        "UPDATE deletions SET seq = 9223372036854775807",
        "UPDATE sketches SET sketch = x'000102'",
        "UPDATE sketches SET day = 9223372036854775807",
        "UPDATE sketches SET number = -number",
        "UPDATE sketches SET title = x'00'",
        "INSERT INTO families VALUES ('n1', x'00')",
        "UPDATE files SET path = 5",
        "UPDATE origins SET file = 'x'",
        "UPDATE runs SET added = 'x', given = x'00'",
    ],
)
def test_rows_of_wrong_types_are_told_and_nothing_else_is_raised(index, statement):
    changed(index, statement)
    for ask in (
        lambda archive: archive.search("航班").hits,
        lambda archive: archive.search("航班", collapse=True).hits,
        lambda archive: archive.stats(),
        lambda archive: archive.sources(),
        lambda archive: archive.verify().problems,
        lambda archive: archive.get("n1"),
        lambda archive: archive.revisions("n1"),
        lambda archive: archive.family("n1"),
        lambda archive: [*archive.export()],
        lambda archive: archive.upsert(Article(id="n3", title="改", body="跑道湿滑" * 9)),
        lambda archive: archive.prune(index.parent, force=True),
        lambda archive: archive.delete(ids=["n2"]),
        lambda archive: archive.rebuild(),
    ):
        try:
            with searchkit.open(index) as archive:
                ask(archive)
        except SearchkitError:
            pass


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes")
@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
@pytest.mark.parametrize("make", [Path.mkdir, getattr(os, "mkfifo", None), lambda path: path.symlink_to("/dev/zero")])
@pytest.mark.parametrize("linked", [False, True])
def test_what_stands_beside_the_record_is_a_file(index, suffix, make, linked):
    if linked:
        (index / "archive.db").rename(index / "real.db")
        (index / "archive.db").symlink_to("real.db")
    make(index / f"{'real' if linked else 'archive'}.db{suffix}")
    with pytest.raises(Damaged, match="is not a file"):
        SqliteRecord(index / "archive.db")


def test_a_change_without_a_number_is_refused_and_not_acknowledged(index):
    """Sequence numbers end where all that count with them end: otherwise catching up never would."""
    changed(index, f"UPDATE articles SET seq = {MOST_CHANGES} WHERE id = 'n3'")
    with closing(SqliteRecord(index / "archive.db")) as store:
        for change in (lambda: store.put(Article(id="n9", title="新")), lambda: store.delete("n3")):
            with pytest.raises(Damaged, match="no sequence number left"):
                change()
        assert store.has("n3") and not store.has("n9")
