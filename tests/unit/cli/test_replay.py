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


# -- series


@pytest.fixture
def series(index, command, tmp_path):
    done = command(
        "timeline", "-i", index, "--query", "芯=芯片", "--query", "桥=大桥", "--by", "month", "--since", "2025", "--share",
        "--record", tmp_path / "series.json",
    )  # fmt: skip
    assert done.code == 0
    return tmp_path / "series.json"


def test_series_are_the_same(index, series, command):
    done = command("replay", series, "-i", index)
    assert done.code == 0
    assert [line.split(" as on")[0] for line in done.out.splitlines()] == [
        "芯: the same 6 articles", "桥: the same 1 article", "all series are the same",
    ]  # fmt: skip
    assert json.loads(command("replay", series, "-i", index, "--json").out)["same"] is True


def test_what_moved_in_series(index, series, command):
    with searchkit.open(index) as archive:
        archive.upsert(replace(RECORDS[0], published=at(2025, 3, 9)))
        archive.upsert(replace(RECORDS[1], title="芯片二"))
        archive.upsert(Article(id="gap", title="灯塔", published=at(2025, 4, 1)))
    done = command("replay", series, "-i", index)
    assert done.code == 1
    lines = done.out.splitlines()
    assert lines[0].startswith("芯: differs") and "2 corrected" in lines[0]
    assert [line for line in lines if line[:1] in "芯桥" and ": " not in line] == [
        "芯  2025-03  0 of 1 then, 1 of 2 now",
        "芯  2025-04  a gap then, 0 of 1 now",
        "芯  2025-06  5 of 5 then, 4 of 4 now",
        "桥  2025-03  1 of 1 then, 1 of 2 now",
        "桥  2025-04  a gap then, 0 of 1 now",
        "桥  2025-06  0 of 5 then, 0 of 4 now",
    ]
    found = json.loads(command("replay", series, "-i", index, "--json").out)
    assert [each["replay"]["same"] for each in found["queries"]] == [False, True], "of the second only the shares moved"
    assert found["same"] is False and found["moved"][1] == {
        "series": "芯", "label": "2025-04", "then": {"count": None, "all": 0}, "now": {"count": 0, "all": 1},
    }  # fmt: skip


def test_series_in_python_by_source_and_of_the_same_day(index):
    with searchkit.open(index, today=lambda: date(2025, 6, 4)) as archive:
        record = archive.record_timelines({"全": ""}, by="day", by_source=True, smooth=3, on="昨天..今天")
        again = searchkit.SeriesRecord.from_json(json.loads(json.dumps(record.to_json())))
    assert again == record and (record.by_source, record.smooth) == (5, 3)
    with searchkit.open(index, today=lambda: date(2026, 1, 1)) as archive:
        assert not archive.replay(again)
        archive.upsert(Article(id="x", title="y", source="甲报", published=at(2025, 6, 3)))
        assert [each[:2] for each in archive.replay(again).moved] == [("甲报", "2025-06-03"), ("甲报", "2025-06-04")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda held: held["series"][0]["periods"][0].update(count=7), "was changed"),
        (lambda held: held.update(by="hour"), "incomplete or damaged"),
        (lambda held: held.update(queries=[]), "was changed"),
        (lambda held: held.update(series=7), "incomplete or damaged"),
        (lambda held: held["series"][0].update(periods=[{}]), "incomplete or damaged"),
        (lambda held: held["queries"][0]["record"]["articles"].popitem(), "its articles do not fit"),
        (lambda held: held["queries"][0].update(record={}), "no query record"),
    ],
)
def test_a_changed_record_of_series(index, series, command, change, said):
    held = json.loads(series.read_text(encoding="utf-8"))
    change(held)
    series.write_text(json.dumps(held), encoding="utf-8")
    done = command("replay", series, "-i", index)
    assert (done.code, done.out) == (2, "") and said in done.err
