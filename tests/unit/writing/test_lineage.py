"""A record that was put back from a copy: its index is refused until it is made again, and nothing else is."""

from __future__ import annotations

import shutil

import pytest

import searchkit
from searchkit.analysis.segment import parse_dictionary
from searchkit.errors import IndexOutdated
from searchkit.model.article import Article
from searchkit.writing import sync


def put(folder, word, count=3):
    with searchkit.open(folder, create=True) as archive:
        archive.upsert_all(Article(id=f"{word}{i}", title=f"第{i}号{word}") for i in range(count))


def total(folder, word):
    with searchkit.open(folder) as archive:
        found = archive.search(word, limit=100)
        assert len(found.hits) == found.total
        return found.total


def refused_until_rebuilt(folder, expected):
    for _ in range(2):
        with pytest.raises(IndexOutdated, match="rebuild"):
            put(folder, "轮船")
        with pytest.raises(IndexOutdated, match="rebuild"):
            total(folder, "轮船")
    with searchkit.open(folder) as archive:
        assert not archive.verify().ok
        archive.rebuild()
        assert archive.verify().ok
    put(folder, "轮船")
    assert {word: total(folder, word) for word in expected} == expected


def test_an_older_copy_of_the_record(tmp_path):
    put(tmp_path / "v", "航班")
    shutil.copy(tmp_path / "v" / "archive.db", tmp_path / "old.db")
    put(tmp_path / "v", "列车")
    shutil.copy(tmp_path / "old.db", tmp_path / "v" / "archive.db")
    refused_until_rebuilt(tmp_path / "v", {"航班": 3, "列车": 0, "轮船": 3})


@pytest.mark.parametrize(
    ("at_last", "count"),
    [
        *(("put", count) for count in (1, 3, 9)), ("optimize", 3), ("dictionary", 3),
        *(pytest.param(each, count, marks=pytest.mark.torture) for each in ("optimize", "dictionary") for count in (1, 9)),
    ],
)  # fmt: skip
def test_a_copy_that_went_on_by_itself(tmp_path, count, at_last):
    put(tmp_path / "v", "航班")
    shutil.copytree(tmp_path / "v", tmp_path / "w")
    put(tmp_path / "v", "列车")
    with searchkit.open(tmp_path / "v") as archive:
        if at_last == "optimize":
            archive.optimize()
        elif at_last == "dictionary":
            archive.set_dictionary(parse_dictionary("号列车\n"))
    put(tmp_path / "w", "货车", count)
    with searchkit.open(tmp_path / "w") as archive:
        if at_last == "dictionary":
            archive.set_dictionary(parse_dictionary("号列车\n"))
    shutil.copy(tmp_path / "w" / "archive.db", tmp_path / "v" / "archive.db")
    refused_until_rebuilt(tmp_path / "v", {"航班": 3, "列车": 0, "货车": count, "轮船": 3})


def test_an_older_index_is_caught_up_with(tmp_path):
    put(tmp_path / "v", "航班")
    shutil.copytree(tmp_path / "v" / "whoosh", tmp_path / "old")
    put(tmp_path / "v", "列车")
    with searchkit.open(tmp_path / "v") as archive:
        archive.delete(ids=["列车0"])
    shutil.rmtree(tmp_path / "v" / "whoosh")
    shutil.copytree(tmp_path / "old", tmp_path / "v" / "whoosh")
    assert total(tmp_path / "v", "列车") == 2
    with searchkit.open(tmp_path / "v") as archive:
        assert archive.verify().ok


def test_a_batch_leaves_one_mark(tmp_path):
    put(tmp_path / "v", "航班", 20)
    with searchkit.open(tmp_path / "v") as archive:
        assert archive._store.select("SELECT count(*) FROM settings WHERE name LIKE 'lineage:%'") == [(1,)]
        archive.delete(ids=["航班0", "航班1"])
        archive.upsert(Article(id="航班2", title="第2号航班"))  # unchanged
        assert archive._store.select("SELECT count(*) FROM settings WHERE name LIKE 'lineage:%'") == [(2,)]


# -- marks that nobody will ask for


def marks(archive):
    [(count,)] = archive._store.select("SELECT count(*) FROM settings WHERE name LIKE 'lineage:%'")
    return count


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(sync, "MARKS", 3)


def put_singly(folder, word, count, **given):
    with searchkit.open(folder, create=True) as archive:
        for number in range(count):
            archive.upsert_all([Article(id=f"{word}{number}", title=f"第{number}号{word}")], **given)


def test_of_old_marks_only_some_are_kept(tmp_path, few):
    with searchkit.open(tmp_path / "v", create=True) as archive:
        for number in range(30):
            archive.upsert(Article(id=f"航班{number}", title=f"第{number}号航班"))
            assert marks(archive) <= 7
        assert archive.verify().ok
    assert total(tmp_path / "v", "航班") == 30


def test_an_unchanged_article_asks_for_no_marks(tmp_path, few, monkeypatch):
    put_singly(tmp_path / "v", "航班", 7)
    with searchkit.open(tmp_path / "v") as archive:
        monkeypatch.setattr(archive._store, "forget_lineage", lambda *_: pytest.fail("looked through"))
        archive.upsert(Article(id="航班0", title="第0号航班"))


def test_marks_that_the_index_has_not_seen_are_kept(tmp_path, few):
    put(tmp_path / "v", "航班")
    with searchkit.open(tmp_path / "v") as archive:
        for number in range(20):
            archive.upsert_all([Article(id=f"列车{number}", title=f"第{number}号列车")], index=False)
        assert marks(archive) == 21
        assert archive.search("列车", mode="any").total == 0  # and the index is not taken for a stranger's
        archive.catch_up()
        assert marks(archive) == 4
    assert total(tmp_path / "v", "列车") == 20


def test_an_index_older_than_the_marks_is_made_again(tmp_path, few):
    put_singly(tmp_path / "v", "航班", 9)
    shutil.copytree(tmp_path / "v" / "whoosh", tmp_path / "recent")
    put_singly(tmp_path / "v", "列车", 2)
    replaced(tmp_path, "recent")
    assert total(tmp_path / "v", "列车") == 2
    put_singly(tmp_path / "v", "货车", 9)
    replaced(tmp_path, "recent")
    refused_until_rebuilt(tmp_path / "v", {"航班": 9, "列车": 2, "货车": 9, "轮船": 3})


def replaced(tmp_path, index):
    shutil.rmtree(tmp_path / "v" / "whoosh")
    shutil.copytree(tmp_path / index, tmp_path / "v" / "whoosh")


def test_a_copy_that_went_on_is_refused_though_marks_are_gone(tmp_path, few):
    put_singly(tmp_path / "v", "航班", 5)
    shutil.copytree(tmp_path / "v", tmp_path / "w")
    put_singly(tmp_path / "v", "列车", 9)
    put_singly(tmp_path / "w", "货车", 9)
    shutil.copy(tmp_path / "w" / "archive.db", tmp_path / "v" / "archive.db")
    refused_until_rebuilt(tmp_path / "v", {"航班": 5, "列车": 0, "货车": 9, "轮船": 3})


@pytest.mark.parametrize("ask", [lambda archive: archive.search("航班").total, lambda archive: archive.catch_up() or 5])
def test_a_reader_whose_mark_goes_while_it_asks_reads_what_came_after(tmp_path, few, monkeypatch, ask):
    put_singly(tmp_path / "v", "航班", 5)
    with searchkit.open(tmp_path / "v") as archive:
        real = archive._store.has_been

        def after_others(covers, mark):
            monkeypatch.undo()
            monkeypatch.setattr(sync, "MARKS", 3)
            put_singly(tmp_path / "v", "列车", 20)
            assert not real(covers, mark)
            return False

        monkeypatch.setattr(archive._store, "has_been", after_others)
        assert ask(archive) == 5
        assert archive.search("列车").total == 20
