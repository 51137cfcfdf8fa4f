"""What `verify` finds, and that it reads one state without keeping writers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from searchkit.errors import Damaged
from searchkit.model.article import Article
from searchkit.storage.sqlite import verification
from searchkit.storage.sqlite.record import SqliteRecord
from searchkit.storage.sqlite.schema import sum_of


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteRecord]:
    made = SqliteRecord.create(tmp_path / "archive.db", {})
    for title in ("渡口停航", "渡口复航"):
        made.put(Article(id="ferry", title=title))
    made.put(Article(id="bridge", title="大桥封闭"))
    yield made
    made.close()


def changed(store: SqliteRecord, sql: str, *values: object) -> list[str]:
    """Change the record as damage would, and verify it."""
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute(sql, values)
        connection.commit()
    return [each.removeprefix(f"{store.path}: ") for each in store.verify()]


def test_a_revision_is_compared_with_its_digest(store):
    found = changed(store, "UPDATE revisions SET record = replace(record, '停航', '开航')")
    assert found == ["revision 1 of ferry does not fit its digest"]


def test_an_article_is_compared_with_its_digest(store):
    found = changed(store, "UPDATE articles SET record = replace(record, '封闭', '开放') WHERE id = 'bridge'")
    assert found == ["the record of bridge does not fit its digest"]


def test_a_row_is_compared_with_its_sum(store):
    found = changed(store, "UPDATE articles SET recorded = '2020-01-01' WHERE id = 'bridge'")
    assert found == ["the row articles bridge does not fit its sum"]


def test_a_row_is_compared_with_its_record(store):
    row = store.select("SELECT id, seq, revision, recorded, digest, content, 'headline', parent FROM articles")[0]
    found = changed(store, "UPDATE articles SET kind = 'headline', sum = ? WHERE id = ?", sum_of(*row), row[0])
    assert found == [f"the entry of {row[0]} does not fit its record"]


def test_a_record_that_is_not_utf8_is_damage_whatever_it_says(store):
    store.put(Article(id="bridge", title="The disk is full, and locked"))
    found = changed(
        store, "UPDATE articles SET record = CAST(CAST(record AS BLOB) || x'ff' AS TEXT) WHERE id = 'bridge'"
    )
    assert found == ["Could not decode to UTF-8 column 'record'"]
    with pytest.raises(Damaged) as caught:
        store.get("bridge")
    assert "full" not in caught.value.message


def test_sqlites_own_check_is_made(store):
    """An index that has an entry too many is found by it alone."""

    def change(sql: str, *values: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
            connection.execute("PRAGMA writable_schema=ON")
            return connection.execute(sql, values).fetchall()

    (index,) = change("DELETE FROM sqlite_schema WHERE name = 'articles_content' RETURNING *")
    change("DELETE FROM articles WHERE id = 'bridge'")
    change("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", *index)
    found = store.verify()
    assert any("articles_content" in each for each in found), found


def test_one_state_is_verified_and_writers_need_not_wait(store, monkeypatch):
    real, outcomes = verification._articles, []

    def articles(connection: sqlite3.Connection, path: Path) -> list[str]:
        before = connection.execute("SELECT count(*) FROM articles").fetchone()
        outcomes.append(store.put(Article(id="tower", title="灯塔")))
        outcomes.append(before == connection.execute("SELECT count(*) FROM articles").fetchone())
        return real(connection, path)

    monkeypatch.setattr(verification, "_articles", articles)
    assert not store.verify()
    assert outcomes == ["added", True]


def test_sequence_numbers_are_those_of_one_moment(store):
    store.delete("bridge")
    numbers = store.sequence_numbers()
    assert numbers == {"ferry": 2} and numbers.last_seq == store.last_seq() == 4


def test_changes_may_have_a_bound(store):
    store.delete("bridge")
    assert [change.seq for change in store.changes(0, 10)] == [2, 4]
    assert [change.seq for change in store.changes(0, 10, upto=3)] == [2]
    assert [change.seq for change in store.changes(2, 10, upto=4)] == [4]
    assert store.changes(2, 10, upto=2) == []
