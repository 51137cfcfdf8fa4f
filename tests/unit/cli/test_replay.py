"""search --record and replay: a question asked again, by another day and over another archive."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest

import searchkit
from searchkit import Article, QueryRecord, UsageError
from tests.conftest import NEWS, at

RECORDS = [
    Article(id=f"a{number}", title=f"芯片{number}", body="出口管制。", published=at(2025, 6, number))
    for number in range(1, 6)
]


@pytest.fixture
def index(tmp_path):
    with searchkit.open(tmp_path / "index", create=True) as archive:
        archive.upsert_all([*NEWS, *RECORDS])
    return tmp_path / "index"


@pytest.fixture
def record(index, command, tmp_path):
    done = command("search", "芯片", "-i", index, "--ids", "-n", "1", "--record", tmp_path / "record.json")
    assert done.code == 0
    return tmp_path / "record.json"


def test_a_record_holds_the_whole_answer_with_hashes_that_anyone_can_compute(index, record):
    held = json.loads(record.read_text(encoding="utf-8"))
    with searchkit.open(index) as archive:
        ids = sorted(archive.ids("芯片").ids)
        hashes = {id: searchkit.content_hash(archive[id]) for id in ids}
    assert held["articles"] == hashes and held["total"] == len(ids) == 6
    assert held["ids_sha256"] == hashlib.sha256("".join(f"{id}\n" for id in ids).encode()).hexdigest()
    lines = "".join(f"{id} {hashes[id]}\n" for id in ids)
    assert held["contents_sha256"] == hashlib.sha256(lines.encode()).hexdigest()
    assert held["aliases"] == {"on": True, "used": [{"typed": "芯片", "also": ["晶片"]}]}


def test_the_same(index, record, command):
    done = command("replay", record, "-i", index)
    assert done.code == 0 and done.out.startswith("the same 6 articles as on ")


def test_came_went_deleted_and_corrected(index, record, command):
    with searchkit.open(index) as archive:
        archive.upsert(replace(RECORDS[0], body="出口管制取消。"))
        archive.upsert(replace(RECORDS[1], title="另一件事"))
        archive.delete(ids=["a3"])
        archive.upsert(Article(id="new", title="芯片新闻"))
    done = command("replay", record, "-i", index)
    assert done.code == 1
    first, *lines = done.out.splitlines()
    assert first.endswith(": 1 came, 2 went, 1 corrected; 6 then, 5 articles now")
    assert lines == [
        "came       new  芯片新闻",
        "went       a2  另一件事",
        "went       a3  deleted",
        "corrected  a1  芯片1",
    ]
    told = json.loads(command("replay", record, "-i", index, "--json").out)
    assert (told["came"], told["went"], told["deleted"], told["corrected"]) == (["new"], ["a2", "a3"], ["a3"], ["a1"])


def test_what_is_no_part_of_the_content_is_no_correction(index, record, command):
    with searchkit.open(index) as archive:
        archive.upsert(replace(RECORDS[0], section="科技"))
    assert command("replay", record, "-i", index).code == 0


def test_relative_days_are_counted_from_the_day_of_the_record(index):
    with searchkit.open(index, today=lambda: date(2025, 6, 3)) as archive:
        record = archive.record("芯片", since="昨天", until=date(2025, 6, 4))
        typed = archive.record("芯片 date:昨天")
    assert [*record.articles] == ["a2", "a3", "a4"] and record.since == date(2025, 6, 2)
    with searchkit.open(index, today=lambda: date(2026, 1, 1)) as archive:
        for each in (record, typed):
            kept = QueryRecord.from_json(json.loads(json.dumps(each.to_json())))
            assert kept == each and kept.articles == each.articles
            assert not archive.replay(kept)
            assert archive.replay(kept).now.articles == each.articles


def test_options_are_kept(index):
    with searchkit.open(index) as archive:
        record = archive.record("芯片", aliases=False, source=["島嶼時報"], mode="any")
        assert record.options == {"aliases": False, "source": ["島嶼時報"], "mode": "any"}
        assert record.total == 0 and not record.aliases
        assert archive.record("芯片", source=["島嶼時報"]).total == 1


def test_another_reading_of_the_query_is_told(index, record, command):
    (index / "aliases.txt").write_text("芯片,大桥\n", encoding="utf-8")
    done = command("replay", record, "-i", index)
    assert done.code == 1 and "came       bridge" in done.out
    assert "canonical: 芯片 OR 晶片 then, 芯片 OR 大桥 OR 晶片 now" in done.out


@pytest.mark.parametrize(
    "change",
    [
        lambda held: held["articles"].pop("a1"),
        lambda held: held["articles"].update(a1="0" * 64),
        lambda held: held.update(total=7),
        lambda held: held.pop("options"),
        lambda held: held.update(today="someday"),
        lambda held: held.update(schema="searchkit.search/1"),
        lambda held: held.update(made="2025-01-01T00:00:00"),
        lambda held: held.update(options={"colour": "red"}),
        lambda held: held.update(articles=[]),
        lambda held: held.update(query=None),
    ],
)
def test_a_record_that_was_changed_is_refused(index, record, command, change):
    held = json.loads(record.read_text(encoding="utf-8"))
    change(held)
    record.write_text(json.dumps(held), encoding="utf-8")
    done = command("replay", record, "-i", index)
    assert done.code == 2 and done.out == "" and "Traceback" not in done.err


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"{", b"[" * 100_000, b"1"])
def test_what_is_no_record_is_refused(index, tmp_path, command, content):
    (tmp_path / "x.json").write_bytes(content)
    done = command("replay", tmp_path / "x.json", "-i", index)
    assert done.code == 2 and "no query record" in done.err


def test_a_file_that_is_not_there(index, tmp_path, command):
    done = command("replay", tmp_path / "none.json", "-i", index)
    assert done.code == 2 and "cannot read" in done.err
    done = command("search", "芯片", "-i", index, "--record", tmp_path / "no" / "a.json")
    assert done.code == 2 and "--record" in done.err


def test_a_record_is_made_of_an_empty_answer_too(index, tmp_path, command):
    assert command("search", "大熊猫", "-i", index, "--record", tmp_path / "r.json").code == 1
    assert command("replay", tmp_path / "r.json", "-i", index).out.startswith("the same 0 articles")


def test_from_json_raises_for_python(index):
    with pytest.raises(UsageError, match="no query record"):
        QueryRecord.from_json({"schema": "x"})
