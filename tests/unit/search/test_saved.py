"""Saved searches: kept as typed, and no news of them is lost."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest

import searchkit
from searchkit import Article, Damaged, QueryError, UsageError
from searchkit.storage import saved as rows
from searchkit.storage.saved import hash_of
from searchkit.storage.sqlite.record import SqliteRecord
from searchkit.storage.sqlite.schema import COLUMNS, sum_of
from tests.conftest import NEWS, TODAY, at, unmeasured

BRIDGE = NEWS[0]
TOWER = Article(id="tower", title="灯塔与长江", body="长江口的灯塔。", published=at(2025, 6, 29, 9))


def kinds(news) -> dict[str, tuple[str, ...]]:
    names = ("added", "corrected", "left", "deleted")
    return {name: found for name in names if (found := getattr(news, name))}


def seen(archive, name: str) -> dict[str, tuple[str, ...]]:
    news = archive.saved.new(name)
    assert archive.saved.mark(news)
    return kinds(news)


def test_a_search_is_kept_as_it_was_typed(archive):
    kept = archive.saved.save("river", "长江", sort="newest", on="近7天", source="滨江日报", mode="any", aliases=False)
    assert (kept.query, kept.sort, kept.name) == ("长江", "newest", "river")
    assert kept.conditions == {"on": "近7天", "source": ["滨江日报"], "mode": "any", "aliases": False}
    assert archive.saved.list() == (kept,) == (archive.saved.get(" river "),)
    assert kept.saved == kept.looked
    archive.saved.save("dated", since=date(2025, 3, 4))
    assert archive.saved.get("dated").conditions == {"since": "2025-03-04"}
    assert archive.saved.names() == ("dated", "river")


def test_a_name_is_not_given_to_another_search(archive):
    kept = archive.saved.save("river", "长江")
    assert archive.saved.save("river", "长江") == kept
    with pytest.raises(UsageError, match="another search is saved as river"):
        archive.saved.save("river", "黄河")
    archive.saved.remove("river")
    assert archive.saved.save("river", "黄河").query == "黄河"


@pytest.mark.parametrize("name", ["", " ", "-x", "a\nb", "\x1b[2J", "x" * 101, "\ud800"])
def test_a_name_can_be_printed(archive, name):
    with pytest.raises(UsageError, match="cannot be saved as"):
        archive.saved.save(name, "长江")


def test_what_cannot_be_asked_is_not_saved(archive):
    with pytest.raises(QueryError):
        archive.saved.save("x", "title:(")
    with pytest.raises(QueryError):
        archive.saved.save("x", on="2025-02-30")
    with pytest.raises(UsageError, match="sort must be"):
        archive.saved.save("x", sort="best")
    with pytest.raises(UsageError, match="no condition"):
        archive.saved.save("x", bogus=1)
    assert archive.saved.list() == ()


def test_a_search_that_is_not_there(archive):
    archive.saved.save("river", "长江")
    for ask in (archive.saved.get, archive.saved.new, archive.saved.latest, archive.saved.remove):
        with pytest.raises(UsageError, match="no search is saved as rivers; did you mean river"):
            ask("rivers")


def test_the_four_kinds_of_news(archive):
    archive.upsert(replace(TOWER, id="gone"))
    archive.upsert(replace(TOWER, id="same"))
    archive.upsert(replace(TOWER, id="away"))
    archive.saved.save("river", "长江")
    assert seen(archive, "river") == {}
    archive.upsert_all(
        [TOWER, replace(BRIDGE, body="长江大桥重开。"), replace(TOWER, id="away", title="灯塔", body="灯塔。")]
    )
    archive.delete(ids=["gone"])
    news = archive.saved.new("river")
    assert kinds(news) == {"added": ("tower",), "corrected": ("bridge",), "left": ("away",), "deleted": ("gone",)}
    assert (len(news), news.total) == (4, 3)
    assert kinds(archive.saved.new("river")) == kinds(news), "not marked: told again"
    assert archive.saved.mark(news)
    assert seen(archive, "river") == {}


def test_an_article_that_comes_and_goes_between_two_looks_is_no_news(archive):
    archive.saved.save("river", "长江")
    archive.upsert(TOWER)
    archive.delete(ids=["tower"])
    assert seen(archive, "river") == {}


def test_an_article_that_was_deleted_and_came_again_is_corrected(archive):
    archive.saved.save("river", "长江")
    archive.delete(ids=["bridge"])
    archive.upsert(replace(BRIDGE, body="长江大桥重开。"))
    assert seen(archive, "river") == {"corrected": ("bridge",)}


def test_days_are_resolved_at_each_asking(tmp_path):
    day = [TODAY]
    with searchkit.open(tmp_path, create=True, today=lambda: day[0]) as archive:
        archive.upsert(TOWER)
        archive.saved.save("week", on="近7天")
        assert archive.saved.new("week").total == 1
        day[0] = date(2025, 8, 1)
        news = archive.saved.new("week")
        assert (news.total, kinds(news)) == (0, {}), "it has dropped out because days passed"
        assert archive.saved.mark(news)
        archive.upsert(replace(TOWER, id="august", published=at(2025, 7, 31, 9)))
        assert seen(archive, "week") == {"added": ("august",)}


def test_a_change_that_the_index_lacks_is_news_later(archive):
    archive.saved.save("river", "长江")
    archive.upsert_all([TOWER, replace(BRIDGE, body="长江大桥重开。")], index=False)
    news = archive.saved.new("river")
    assert (kinds(news), news.index_behind) == ({}, 2)
    assert archive.saved.mark(news)
    archive.catch_up()
    assert seen(archive, "river") == {"added": ("tower",), "corrected": ("bridge",)}


def test_what_comes_in_while_a_program_looks_is_news_later(archive, monkeypatch):
    archive.saved.save("river", "长江")
    changed_since = SqliteRecord.changed_since

    def meanwhile(self, after):
        monkeypatch.undo()
        archive.upsert_all([TOWER, replace(BRIDGE, body="长江大桥重开。")])
        return changed_since(self, after)

    monkeypatch.setattr(SqliteRecord, "changed_since", meanwhile)
    assert seen(archive, "river") == {}
    assert seen(archive, "river") == {"added": ("tower",), "corrected": ("bridge",)}


def test_an_older_look_does_not_undo_a_later_one(archive):
    archive.saved.save("river", "长江")
    early = archive.saved.new("river")
    archive.upsert(TOWER)
    late = archive.saved.new("river")
    assert archive.saved.mark(late)
    assert not archive.saved.mark(early)
    assert seen(archive, "river") == {}


def test_news_of_a_search_that_was_removed_or_replaced_are_not_marked(archive):
    archive.saved.save("river", "长江")
    news = archive.saved.new("river")
    archive.saved.remove("river")
    assert not archive.saved.mark(news)
    assert archive.saved.list() == ()
    archive.saved.save("river", "黄河")
    assert not archive.saved.mark(news)


def test_the_latest_are_those_that_came_in_last(archive, monkeypatch):
    archive.upsert(TOWER)
    archive.saved.save("river", "长江")
    archive.saved.save("all")
    archive.upsert(replace(BRIDGE, body="长江大桥重开。"))
    assert [id for id, _ in archive.saved.latest("river")] == ["bridge", "tower"]
    every = archive.saved.latest("all")
    monkeypatch.setattr("searchkit.storage.sqlite.articles._SPARSE", 0)
    monkeypatch.setattr("searchkit.storage.sqlite.articles.TOGETHER", 2)
    assert archive.saved.latest("all") == every
    assert [id for id, _ in archive.saved.latest("river", 1)] == ["bridge"]
    assert archive.saved.latest("river", 0) == ()


def test_more_matches_than_can_be_remembered_are_refused(archive, monkeypatch):
    monkeypatch.setattr(rows, "MOST_MATCHES", 3)
    with pytest.raises(UsageError, match="at most|can have 3 matches, and this one has 4"):
        archive.saved.save("all")
    assert archive.saved.list() == ()
    assert archive.saved.save("river", "长江")


# -- on disk


def changed(path, statement: str, *values: object) -> None:
    with sqlite3.connect(path / "archive.db") as connection:
        connection.execute(statement, values)


def test_a_backup_has_them(archive, tmp_path):
    archive.saved.save("river", "长江")
    archive.upsert(TOWER)
    archive.backup(tmp_path / "backup")
    searchkit.restore(tmp_path / "backup", tmp_path / "restored")
    with searchkit.open(tmp_path / "restored", today=lambda: TODAY) as restored:
        assert restored.saved.list() == archive.saved.list()
        assert seen(restored, "river") == {"added": ("tower",)}
        assert restored.verify().ok


def test_verify_checks_the_sums(archive):
    archive.saved.save("river", "长江")
    assert archive.verify().ok
    changed(archive.path, "UPDATE saved SET upto = 0")
    assert any("saved river does not fit its sum" in each for each in archive.verify().problems)
    changed(archive.path, "UPDATE saved SET sum = NULL")
    assert not archive.verify().ok


def test_a_row_that_does_not_fit_its_sum_is_damage_and_can_be_removed(archive):
    archive.saved.save("river", "长江")
    changed(archive.path, "UPDATE saved SET upto = 0")
    for ask in (archive.saved.get, archive.saved.new):
        with pytest.raises(Damaged, match="river.*does not fit its sum"):
            ask("river")
    archive.saved.remove("river")
    assert archive.saved.list() == ()


@pytest.mark.parametrize(
    "question",
    [
        "[]", "{", "{}", "[" * 5000, '{"query": 1, "conditions": {}}', '{"query": "", "conditions": []}',
        '{"query": "", "conditions": {"bogus": 1}}', '{"query": "", "conditions": {"since": 1}}',
        '{"query": "", "conditions": {}, "sort": "best"}', '{"query": "", "conditions": {"source": {"a": 1}, "mode": 7}}',
    ],
)  # fmt: skip
def test_a_strangers_question_is_checked(archive, question):
    archive.saved.save("river", "长江")
    [row] = archive._store.select("SELECT name, recorded, looked, upto, matched FROM saved")
    name, recorded, looked, upto, matched = row
    total = sum_of(name, recorded, question, looked, upto, matched)
    changed(archive.path, "UPDATE saved SET question = ?, sum = ?", question, total)
    with pytest.raises(Damaged, match="the saved search river"):
        archive.saved.list()


@pytest.mark.parametrize("statement", ["upto = 'x'", "matched = x'00'", "matched = 'x'", "recorded = 1", "upto = -1"])
def test_a_strangers_values_are_checked(archive, statement):
    archive.saved.save("river", "长江")
    changed(archive.path, f"UPDATE saved SET {statement}")
    with pytest.raises(Damaged):
        archive.saved.get("river")


def test_an_archive_of_format_3_gets_the_table_and_keeps_everything(tmp_path):
    with searchkit.open(tmp_path, create=True, today=lambda: TODAY) as archive:
        archive.upsert_all(NEWS)
    changed(tmp_path, "DROP TABLE saved")
    changed(tmp_path, "PRAGMA user_version=3")
    with searchkit.open(tmp_path, today=lambda: TODAY) as archive:
        assert archive["bridge"] == NEWS[0]
        assert archive.saved.list() == ()
        archive.saved.save("river", "长江")
        archive.upsert(TOWER)
        assert seen(archive, "river") == {"added": ("tower",)}
        assert archive.verify().ok


def test_the_longest_question_is_one_that_the_table_takes():
    assert COLUMNS["question"].most == rows.MOST_CHARACTERS


def test_hashes_stay_the_same():
    """They are on disk: another hash would make all matches news."""
    assert (hash_of("bridge"), hash_of("晶片")) == (2793564478624239598, 3819500039869839617)


LOOK = """
import json, sys, searchkit
with searchkit.open(sys.argv[1]) as archive:
    news = archive.saved.new("river")
    print("looked", flush=True)
    sys.stdin.readline()
    print(json.dumps([news.added, archive.saved.mark(news)]))
"""


def test_two_processes_that_look_at_once_lose_nothing(archive):
    archive.saved.save("river", "长江")
    archive.upsert(TOWER)
    start = [sys.executable, "-c", LOOK, str(archive.path)]
    lookers = [subprocess.Popen(start, stdin=-1, stdout=-1, text=True, env=unmeasured()) for _ in range(2)]
    for each in lookers:  # both have looked before either marks
        assert each.stdout.readline() == "looked\n"
    told = [json.loads(each.communicate("\n", timeout=60)[0]) for each in lookers]
    assert told == [[["tower"], True]] * 2
    assert seen(archive, "river") == {}
