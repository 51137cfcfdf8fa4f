"""What every record must do, one promise a test. A thing the state machine finds is copied here."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from searchkit.errors import ArchiveClosed, UsageError
from searchkit.model.article import Article
from searchkit.model.history import Revision
from searchkit.storage import saved
from searchkit.storage.memory.record import MemoryRecord
from searchkit.storage.record import Record
from searchkit.storage.saved import SavedRow, hash_of
from searchkit.storage.sketches import Sketch
from tests.cluster.reached import IN_CLUSTER
from tests.conftest import at
from tests.contract.records import RECORDS

FERRY = Article(
    id="ferry", title="渡口复航", body="轮渡明日复航。", published=at(2025, 3, 4, 8, 30), source="滨江日报", author="周岸",
    keywords=("轮渡", "渡口"), extra={"fetched": "2025-03-04T09:00:00+08:00", "channel": "港口"},
)  # fmt: skip
BRIDGE = Article(id="bridge", title="大桥封闭", body="夜间封闭。", site="江城网")
LISTED = Article(id="listed", title="灯塔修缮", kind="headline", parent="ferry", published_text="03-04 08:00")


@pytest.fixture(params=["sqlite", "memory", "loose", pytest.param("cluster", marks=IN_CLUSTER)])
def record(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Record]:
    made = RECORDS[request.param](tmp_path)
    yield made
    with suppress(ArchiveClosed):
        assert made.verify() == []
    made.close()


@pytest.fixture
def full(record: Record) -> Record:
    for article in (FERRY, BRIDGE, LISTED):
        assert record.put(article) == "added"
    return record


def in_thread(work: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(20)


def corrected(article: Article, body: str) -> Article:
    return replace(article, body=body)


# -- articles


def test_a_new_record_is_empty(record):
    assert len(record) == 0 and record.ids() == [] and list(record.articles()) == []
    assert record.last_seq() == 0 and record.changes(0, 10) == [] and record.pending(0) == 0
    assert record.lineage() == "" and record.has_been(0, "") and not record.has_been(1, "")
    assert record.counts() == {"revisions": 0, "duplicates": 0} and dict(record.kinds()) == {}
    assert record.runs() == () and record.saved.names() == [] and record.sketches.count() == (0, 0)


def test_what_is_put_is_got(full):
    for article in (FERRY, BRIDGE, LISTED):
        assert full.get(article.id) == article and full.has(article.id)
    assert full.get("tower") is None and not full.has("tower")
    assert full.get_many(["tower", "bridge", "ferry", "bridge"]) == {"bridge": BRIDGE, "ferry": FERRY}
    assert len(full) == 3 and full.ids() == ["bridge", "ferry", "listed"]


@pytest.mark.parametrize("id", ["a'b\"c", "汉字", "𠀀", "%", "_", " a ", "-1", "é", "e\u0301", "A", "a"])
def test_an_id_is_taken_as_it_is(record, id):
    record.put(Article(id=id, title="一"))
    assert record.ids() == [id] and record.get(id).id == id and record.ids_starting(id[:1]) == [id]
    assert not record.has(id + "x") and record.delete(id) and not record.has(id)


def test_the_same_again_changes_nothing(full):
    before = full.last_seq(), full.lineage()
    assert [full.put(each) for each in (FERRY, BRIDGE, LISTED)] == ["unchanged"] * 3
    assert (full.last_seq(), full.lineage()) == before
    assert [each.number for each in full.revisions("ferry")] == [1]


def test_fetched_at_another_time_is_the_same(full):
    later = replace(FERRY, extra={**FERRY.extra, "fetched": "2025-04-01T00:00:00+08:00"})
    assert full.compare(later) == full.put(later) == "unchanged"
    assert full.get("ferry") == FERRY
    other = replace(later, extra={**later.extra, "channel": "航运"})
    assert full.compare(other) == full.put(other) == "updated"
    without = replace(other, extra={"channel": "航运"})
    assert full.compare(without) == full.put(without) == "updated", "a time that is gone is a difference"


def test_compare_says_what_put_will(full):
    for article in (FERRY, corrected(FERRY, "停航。"), Article(id="tower", title="灯塔")):
        told = full.compare(article)
        assert full.compare(article) == told == full.put(article)


def test_a_changed_article_is_the_next_revision(full):
    states = [FERRY, *(corrected(FERRY, f"第{number}次更正。") for number in range(3))]
    assert [full.put(each) for each in states[1:]] == ["updated"] * 3
    revisions = full.revisions("ferry")
    assert [each.article for each in revisions] == states and [each.number for each in revisions] == [1, 2, 3, 4]
    assert full.get("ferry") == states[-1]
    assert full.put(FERRY) == "updated", "an older state that comes again is a new one"
    assert full.revisions("tower") == () and len(full.revisions("bridge")) == 1
    assert full.counts()["revisions"] == 4


def test_when_an_article_came_in_is_kept(record):
    before = datetime.now(timezone.utc).replace(microsecond=0)
    record.put(FERRY)
    record.put(corrected(FERRY, "停航。"))
    after = datetime.now(timezone.utc)
    first, second = (each.recorded for each in record.revisions("ferry"))
    assert before <= first <= second <= after and record.recorded("ferry") == second
    assert first.utcoffset() == timedelta(0) and record.recorded("tower") is None


def test_a_deleted_article_is_gone_with_its_revisions(full):
    full.put(corrected(FERRY, "停航。"))
    assert full.delete("ferry") and not full.delete("ferry") and not full.delete("tower")
    assert full.get("ferry") is None and full.revisions("ferry") == () and full.recorded("ferry") is None
    assert full.counts()["revisions"] == 0 and len(full) == 2
    assert full.put(FERRY) == "added" and [each.number for each in full.revisions("ferry")] == [1]


def history(*bodies: str, day: int = 3) -> tuple[Revision, ...]:
    """States of the ferry in another record."""
    states = (corrected(FERRY, body) if body else FERRY for body in bodies)
    return tuple(
        Revision(number, datetime(2024, 2, day, number, tzinfo=timezone.utc), state)
        for number, state in enumerate(states, 1)
    )


def test_the_states_of_another_record_are_taken_over_as_they_are(full):
    """In place of whatever there is; as one change, and the same again as none."""
    before = full.last_seq()
    for states in (
        history("停航。", "复航。", "停航。"), history(""), history("停航。"), history("停航。", "缓行。", "复航。", "停航。"),
        history("停航。", "复航。", "复航？", "停航。"), history("停航。", "复航。", day=4),
    ):  # fmt: skip
        assert full.take_over("ferry", states)
        marked = full.last_seq(), full.lineage()
        [(id, there)] = told(full, after=before)
        assert (id, there) == ("ferry", True) and marked[0] > before
        for _ in range(2):
            assert full.revisions("ferry") == states and full.recorded("ferry") == states[-1].recorded
            assert full.histories(["ferry", "tower", "bridge"]) == {
                "ferry": states, "bridge": full.revisions("bridge"),
            }  # fmt: skip
            assert full.get("ferry") == states[-1].article and full.counts()["revisions"] == len(states) - 1
            assert not full.take_over("ferry", states) and (full.last_seq(), full.lineage()) == marked
        before = marked[0]
        assert full.verify() == []


def test_states_that_are_there_are_not_taken_over(full):
    """However they came in."""
    full.put(corrected(FERRY, "停航。"))
    states, before = full.revisions("ferry"), (full.last_seq(), full.lineage())
    assert not full.take_over("ferry", states) and (full.last_seq(), full.lineage()) == before
    older = (replace(states[0], recorded=datetime(2024, 2, 3, tzinfo=timezone.utc)), states[1])
    assert full.take_over("ferry", older) and full.revisions("ferry") == older
    assert full.counts()["revisions"] == 1 and not full.take_over("ferry", older)


def test_what_was_taken_over_can_be_changed(full):
    states = history("停航。", "复航。")
    full.take_over("ferry", states)
    assert full.compare(corrected(FERRY, "复航。")) == "unchanged"
    assert full.put(corrected(FERRY, "缓行。")) == "updated"
    assert full.revisions("ferry")[:2] == states and full.revisions("ferry")[2].number == 3
    longer = (*states, Revision(3, datetime(2024, 2, 9, tzinfo=timezone.utc), corrected(FERRY, "又停。")))
    assert full.take_over("ferry", longer) and full.revisions("ferry") == longer
    assert full.delete("ferry") and full.revisions("ferry") == () and full.counts()["revisions"] == 0
    assert full.take_over("ferry", states) and full.revisions("ferry") == states


def test_a_deletion_is_taken_over_also_of_what_was_never_there(full):
    before = full.last_seq()
    for id in ("ferry", "tower"):
        assert full.take_over(id, ())
        marked = full.last_seq(), full.lineage()
        assert not full.take_over(id, ()) and (full.last_seq(), full.lineage()) == marked
    assert told(full, after=before) == [("ferry", False), ("tower", False)]
    assert full.deleted_since(before) == {"ferry", "tower"} and full.ids() == ["bridge", "listed"]
    assert full.revisions("ferry") == () and full.counts()["revisions"] == 0
    after = full.last_seq()
    states = history("停航。", "复航。")
    assert full.take_over("ferry", states) and full.revisions("ferry") == states
    assert full.take_over("ferry", ()) and full.deleted_since(after) == {"ferry"}


def test_many_are_taken_over_together(full):
    """Also twice in one transaction, which keeps the last."""
    states = history("停航。", "复航。", "停航。")
    others = [Revision(1, states[0].recorded, Article(id=f"n{number}", title="灯塔")) for number in range(600)]
    for again in (False, True):
        with full.transaction():
            for each in others:
                assert full.take_over(each.article.id, [each]) is not again
            assert full.take_over("ferry", history("缓行。", "复航。")) and full.take_over("ferry", ())
            assert full.take_over("ferry", states) and not full.take_over("ferry", states)
            full.set_setting("copied", "1")
    assert full.revisions("ferry") == states and len(full) == 603
    assert full.histories(full.ids())["n599"] == (others[-1],)


def test_ids_by_their_beginning(record):
    for id in ("ab", "abc", "abd", "b", "a%", "A"):
        record.put(Article(id=id, title="一"))
    assert record.ids_starting("ab") == ["ab", "abc", "abd"] and record.ids_starting("ab", 2) == ["ab", "abc"]
    assert record.ids_starting("a%") == ["a%"] and record.ids_starting("c") == []


def test_the_headlines_of_a_page_are_the_newest_first(full):
    others = [replace(LISTED, id=f"l{day}", published_text=f"03-0{day} 08:00") for day in (5, 3, 6)]
    for each in [*others, replace(LISTED, id="elsewhere", parent="bridge")]:
        full.put(each)
    assert [each.id for each in full.children("ferry")] == ["l6", "l5", "listed", "l3"]
    assert full.children("tower") == () == full.children("")


def test_articles_come_in_the_order_asked_for(full):
    assert list(full.articles()) == [BRIDGE, FERRY, LISTED]
    assert list(full.articles(["listed", "tower", "bridge"])) == [LISTED, BRIDGE]


def test_many_articles_are_many(record):
    with record.transaction():
        for number in range(1203):
            record.put(Article(id=f"n{number:04}", title=f"第{number}号"))
    assert [each.id for each in record.articles()] == record.ids() == [f"n{number:04}" for number in range(1203)]
    assert len(record.get_many(record.ids())) == len(record) == 1203
    assert len(record.latest(record.ids(), 2000)) == 1203


def test_outlines_and_counts(full):
    full.put(replace(FERRY, id="copy", source="", site="江城网", author="", published=None))
    found = {(source, published, author, body) for source, published, author, body in full.outlines()}
    assert found == {
        ("滨江日报", FERRY.published, True, True), ("江城网", None, False, True),
    }  # fmt: skip
    assert dict(full.kinds()) == {"article": 3, "headline": 1}
    full.put(replace(FERRY, id="twin"))
    assert full.counts() == {"revisions": 0, "duplicates": 1}


def test_the_latest_are_those_that_changed_last(full):
    full.put(corrected(FERRY, "停航。"))
    assert [id for id, _ in full.latest(["bridge", "ferry", "tower"], 5)] == ["ferry", "bridge"]
    assert full.latest(["bridge", "ferry"], 1) == [("ferry", full.recorded("ferry"))]
    assert full.latest([], 3) == [] == full.latest(["ferry"], 0)


# -- changes


def told(record: Record, **bounds: int) -> list[tuple[str, bool]]:
    """The ids of the changes in their order, and whether the article is there."""
    given = {"after": 0, "limit": 100, **bounds}
    found = record.changes(**given)
    assert [each.seq for each in found] == sorted({each.seq for each in found})
    assert all(each.article is None or each.article == record.get(each.id) for each in found)
    return [(each.id, each.article is not None) for each in found]


def test_changes_come_in_their_order(full):
    assert told(full) == [("ferry", True), ("bridge", True), ("listed", True)]
    full.put(corrected(FERRY, "停航。"))
    full.delete("bridge")
    assert told(full) == [("listed", True), ("ferry", True), ("bridge", False)]
    full.put(BRIDGE)
    came = [("listed", True), ("ferry", True), ("bridge", True)]
    assert told(full) in (came, [*came[:2], ("bridge", False), came[2]])


def test_whoever_takes_all_changes_step_by_step_misses_none(full):
    full.delete("bridge")
    full.put(corrected(FERRY, "停航。"))
    after, steps = 0, []
    while found := full.changes(after, 1):
        steps += [each.id for each in found]
        after = found[-1].seq
    assert steps == ["listed", "bridge", "ferry"] and after <= full.last_seq() and full.pending(after) == 0


def test_changes_have_bounds(full):
    first, second, third = (each.seq for each in full.changes(0, 10))
    assert told(full, limit=2) == [("ferry", True), ("bridge", True)]
    assert told(full, after=first, upto=second) == [("bridge", True)]
    assert told(full, after=second, upto=second) == [] == told(full, after=third)
    assert full.pending(0) == 3 and full.pending(second) == 1 and full.pending(third) == 0


def test_long_records_are_handed_out_in_parts(full, monkeypatch):
    for module in ("memory.record", "sqlite.changes", "opensearch.changes"):
        monkeypatch.setattr(f"searchkit.storage.{module}.MOST_CHARACTERS", 1)
    assert told(full) == [("ferry", True)], "one at least"


def test_numbers_tell_what_changed_since(full):
    seen = full.last_seq()
    assert full.changed_since(seen) == {} and full.deleted_since(seen) == set()
    full.put(corrected(FERRY, "停航。"))
    full.delete("bridge")
    full.delete("listed")
    full.put(LISTED)
    changed = full.changed_since(seen)
    assert changed.keys() == {"ferry", "listed"} and full.deleted_since(seen) - changed.keys() == {"bridge"}
    numbers = full.sequence_numbers()
    [gone] = [each.seq for each in full.changes(0, 10) if each.id == "bridge"]
    assert full.deleted_since(gone) <= {"listed"} and "bridge" in full.deleted_since(gone - 1)
    assert full.changed_since(gone).keys() == {"listed"} == full.changed_since(changed["listed"] - 1).keys()
    assert full.changed_since(changed["listed"]) == {} == dict.fromkeys(full.deleted_since(changed["listed"]))
    assert dict(numbers) == full.changed_since(0) and numbers.last_seq == full.last_seq() >= max(numbers.values())
    assert numbers == {each.id: each.seq for each in full.changes(0, 10) if each.article}


def test_the_last_number_never_falls(full):
    numbers = [full.last_seq()]
    for id in ("listed", "bridge", "ferry"):
        full.delete(id)
        numbers.append(full.last_seq())
    assert numbers == sorted({*numbers})


# -- lineage


def test_each_transaction_that_changes_articles_leaves_a_mark(full):
    marks = [full.lineage()]
    with full.transaction():
        full.put(corrected(FERRY, "停航。"))
        full.delete("bridge")
    marks.append(full.lineage())
    full.set_setting("a", "b")
    full.put(LISTED)
    assert full.lineage() == marks[-1] != marks[0]
    full.delete("ferry")
    marks.append(full.lineage())
    with full.transaction():
        full.put(BRIDGE)
        full.set_setting("a", "c")
        with full.transaction():
            full.set_setting("a", "d")
    marks.append(full.lineage())
    assert len({*marks}) == 4
    assert all(full.has_been(0, each) for each in marks)
    assert full.has_been(full.last_seq(), marks[-1]) and not full.has_been(full.last_seq() + 1, marks[-1])


def test_the_mark_of_another_record_is_not_ours(full, tmp_path):
    (tmp_path / "other").mkdir()
    for make in RECORDS.values():
        other = make(tmp_path / "other")
        for article in (FERRY, BRIDGE, LISTED):
            other.put(article)
        assert not full.has_been(0, other.lineage()) and not other.has_been(0, full.lineage())
        other.close()


def test_old_marks_are_forgotten_and_recent_ones_kept(full):
    marks = [full.lineage()]
    for number in range(6):
        full.put(corrected(FERRY, f"第{number}次更正。"))
        marks.append(full.lineage())
    before = marks[4]
    assert full.forget_lineage(before, 9) == 0 and full.forget_lineage("", 0) == 0
    assert full.forget_lineage(before, 2) == 4  # of six older ones: two were left by the other articles
    assert [full.has_been(0, each) for each in marks] == [False, False, True, True, True, True, True]
    assert full.forget_lineage(before, 2) == 0
    assert full.lineage() == marks[-1] and full.forget_lineage(marks[-1], 0) == 4
    assert full.has_been(full.last_seq(), full.lineage()) and full.has_been(full.last_seq(), "")


# -- transactions


def test_a_transaction_is_seen_by_others_at_its_end(record):
    with record.transaction():
        record.put(FERRY)
        assert record.ids() == ["ferry"] and record.last_seq() > 0
        if record.atomic:
            assert in_thread(record.ids) == [] and in_thread(record.last_seq) == 0
        with record.transaction():
            record.put(BRIDGE)
    assert in_thread(record.ids) == ["bridge", "ferry"]


@pytest.mark.parametrize("inner", [False, True])
def test_what_fails_can_be_repeated(full, inner):
    """All or nothing if it is atomic; in any case what was there before is, and the whole can be done again."""
    changed = corrected(FERRY, "停航。")

    def write(failing: bool) -> None:
        with full.transaction():
            full.put(changed)
            full.put(Article(id="tower", title="灯塔"))
            full.origins.note([("ferry", "/a"), ("tower", "")])
            full.set_setting("a", "b")
            if failing:
                raise KeyError
            full.delete("bridge")

    with pytest.raises(KeyError):
        if inner:
            with full.transaction():
                write(True)
        else:
            write(True)
    if full.atomic:
        assert full.ids() == ["bridge", "ferry", "listed"] and full.get("ferry") == FERRY
        assert full.setting("a") is None and full.origins.files("ferry") == []
    write(False)
    assert full.ids() == ["ferry", "listed", "tower"] and full.get("ferry") == changed
    assert [each.article for each in full.revisions("ferry")] == [FERRY, changed]
    assert full.setting("a") == "b" and full.origins.files("ferry") == ["/a"]


def test_threads_write_one_after_the_other(record):
    begun = threading.Barrier(4)

    def write(thread: int) -> None:
        begun.wait(20)
        for number in range(5):
            with record.transaction():
                record.put(Article(id=f"{thread}-{number}", title="一"))
                record.put(Article(id=f"{thread}-{number}-b", title="二"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    ids = [each.id for each in record.changes(0, 100)]
    assert len({*ids}) == 40 == len(record) and all(ids[at + 1] == f"{ids[at]}-b" for at in range(0, 40, 2))


# -- settings, and the log of runs


def test_settings(record):
    assert record.setting("timezone") == "Asia/Shanghai" and record.setting("dictionary") is None
    record.set_setting("dictionary", "深度求索\n")
    record.set_setting("timezone", "Asia/Taipei")
    assert (record.setting("dictionary"), record.setting("timezone")) == ("深度求索\n", "Asia/Taipei")
    assert record.settings_of(["timezone", "other", "dictionary"]) == ("Asia/Taipei", None, "深度求索\n")
    for _ in range(2):
        record.remove_setting("dictionary")
        assert record.setting("dictionary") is None
    assert record.last_seq() == 0 and record.lineage() == ""


def test_runs_are_logged_in_their_order(record):
    before = datetime.now(timezone.utc).replace(microsecond=0)
    record.log_run(["a.jsonl", "新闻\udcff"], 1, 2, 3, 4)
    record.log_run([], 0, 0, 0, 0)
    first, second = record.runs()
    assert first == replace(first, given=("a.jsonl", "新闻\udcff"), added=1, updated=2, unchanged=3, rejected=4)
    assert before <= first.finished <= second.finished and second.given == ()
    older = replace(first, finished=at(2024, 2, 3))
    record.add_run(older)
    record.add_run(older)
    assert record.runs() == (first, second, older, older), "that of another record"


# -- deleting beside other writers


def test_what_is_retired_is_gone_until_it_is_put_back(full):
    full.put(corrected(FERRY, "停航。"))
    before, states = full.last_seq(), full.revisions("ferry")
    assert full.retire("ferry") and not full.retire("ferry") and not full.retire("nobody")
    assert not full.has("ferry") and full.get("ferry") is None and full.revisions("ferry") == ()
    assert full.ids() == ["bridge", "listed"] and len(full) == 2 and full.kinds() == {"article": 1, "headline": 1}
    assert full.ids_starting("f") == [] and full.lacking(["ferry", "bridge", "nobody"]) == ["ferry", "nobody"]
    assert [change.article for change in full.changes(before, 10)] == [None]
    assert full.deleted_since(before) == {"ferry"}
    if not full.put_back("ferry"):
        assert full.atomic and [*full.retired(["ferry", "bridge"])] == ["ferry"]
        assert full.bury(full.retired(["ferry"])) == ["ferry"] and full.left() == []
        return
    assert not full.put_back("ferry") and full.left() == []
    assert full.revisions("ferry") == states and full.ids() == ["bridge", "ferry", "listed"]
    assert full.changes(before, 10)[-1].article == corrected(FERRY, "停航。")
    assert full.put(corrected(FERRY, "又停航。")) == "updated" and len(full.revisions("ferry")) == 3


def test_what_is_retired_and_put_again_has_its_revisions(full):
    if not full.retire("ferry") or full.left() == []:
        assert full.atomic
        return
    assert full.compare(FERRY) == full.put(FERRY) == "added" and len(full.revisions("ferry")) == 1
    full.retire("ferry")
    assert full.put(corrected(FERRY, "停航。")) == "added"
    assert [each.article.body for each in full.revisions("ferry")] == [FERRY.body, "停航。"]
    with full.transaction():
        full.retire("ferry")
        full.put(corrected(FERRY, "又停航。"))
        full.put(BRIDGE)
    assert len(full.revisions("ferry")) == 3 and full.left() == []
    full.retire("ferry")
    with full.transaction():
        full.put(FERRY)
        full.delete("ferry")
    assert full.revisions("ferry") == () and full.verify() == []
    full.put(FERRY)
    assert len(full.revisions("ferry")) == 1


def test_only_what_is_retired_as_it_was_is_buried(full):
    full.put(corrected(FERRY, "停航。"))
    for id in ("ferry", "bridge", "listed"):
        full.retire(id)
    retired = full.retired(["ferry", "bridge", "listed", "nobody"])
    if full.atomic and full.left() == []:
        assert [*retired] == ["ferry", "bridge", "listed", "nobody"]
        return
    assert sorted(retired) == full.left() == ["bridge", "ferry", "listed"]
    full.put_back("bridge")
    full.put_back("listed")
    full.retire("listed")
    assert full.bury(retired) == ["ferry"] and full.left() == ["listed"]
    assert full.bury(full.retired(["listed"])) == ["listed"]
    assert full.ids() == ["bridge"] and full.verify() == [] and not full.put_back("ferry")
    assert full.put(FERRY) == "added" and len(full.revisions("ferry")) == 1


# -- origins


def test_origins(record):
    origins = record.origins
    origins.note([("a", "/n/1"), ("a", "/n/2"), ("b", "/n/1"), ("c", "/n/3"), ("c", ""), ("d", "/m/1"), ("e", "")])
    origins.note([("a", "/n/1")])
    assert origins.files("a") == ["/n/1", "/n/2"] and origins.files("c") == ["/n/3"] and origins.files("e") == []
    assert origins.below("/n/") == ["/n/1", "/n/2", "/n/3"] and origins.below("/x") == []
    assert origins.only_in(["/n/1"]) == ["b"] and origins.only_in(["/n/1", "/n/2", "/n/3", "/x"]) == ["a", "b"]
    assert sorted(origins.beside("b")) == ["a", "b"] and origins.beside("e") == []
    origins.forget(["a", "x"])
    assert origins.files("a") == []
    assert "/n/2" in origins.below("/n/"), "a file is known until it is forgotten itself"
    for _ in range(2):
        origins.forget_files(["/n/1", "/x"])
        assert origins.below("/n/1") == [] and origins.files("b") == []
    record.origins.note([("b", "/n/1")])
    assert record.origins.files("b") == ["/n/1"]


def test_origins_that_are_noted_again_are_not_forgotten(record):
    origins = record.origins
    origins.note([("a", "/n/1"), ("b", "/n/1"), ("c", "/n/2"), ("d", "/n/3")])
    noted = origins.marks(["/n/1", "/n/2", "/n/3", "/x"])
    if record.atomic and not isinstance(record, MemoryRecord):
        origins.forget_marked(noted)
        assert origins.below("/n/") == []
        return
    origins.note([("a", "/n/1"), ("e", "/n/2"), ("d", "/n/4")])
    origins.forget_marked(noted)
    assert origins.files("a") == ["/n/1"] and origins.files("e") == ["/n/2"] and origins.files("d") == ["/n/4"]
    assert origins.files("b") == origins.files("c") == []
    assert origins.below("/n/") == ["/n/1", "/n/2", "/n/4"]
    origins.forget_marked(origins.marks(origins.below("/n/")))
    assert origins.below("/n/") == [] and origins.only_in(["/n/1", "/n/2", "/n/4"]) == []


def test_a_path_need_not_be_text(record):
    name = os.fsdecode(b"/n/\xff\xfe")
    record.origins.note([("a", name), ("a", "/n/汉")])
    assert record.origins.files("a") == ["/n/汉", name] and record.origins.below("/n/") == ["/n/汉", name]
    assert record.origins.only_in([name, "/n/汉"]) == ["a"]
    record.origins.note([("a", "")])
    assert record.origins.noted("ab") == {"a": ["", "/n/汉", name]}


def test_what_was_noted_can_be_copied(record):
    origins = record.origins
    pairs = [(f"n{number}", f"/n/{number % 7}") for number in range(1200)]
    origins.note([*pairs, ("n3", ""), ("n3", "/m"), ("e", "")])
    noted = origins.noted([*(id for id, _ in pairs), "e", "x"])
    assert noted.pop("e") == [""] and noted["n3"] == ["", "/m", "/n/3"]
    assert len(noted) == 1200 and noted["n8"] == ["/n/1"]
    for _ in range(2):
        origins.note_files(["/n/1", "/z", ""])
        assert origins.below("/") == ["/m", *(f"/n/{number}" for number in range(7)), "/z"]
    assert origins.below("") == origins.below("/") and origins.only_in(["/z"]) == []
    assert origins.files("n1") == ["/n/1"]


# -- sketches and families


def sketch(id: str, day: int = 1, appeared: int = 0, **given: Any) -> Sketch:
    fields = {"twins": -5, "title": f"第{id}号", "hashes": b"\0\1\2\3", "numbers": b"", **given}
    return Sketch(id, day, appeared, **fields)


def test_sketches(record):
    sketches = record.sketches
    sketches.add([sketch("a", 1, 30), sketch("b", 2, 20, numbers=b"\4\0\0\0"), sketch("c", 5, 10)])
    assert sketches.days("abx") == {"a": 1, "b": 2} and sketches.appeared("cx") == {"c": 10}
    assert sketches.evidence("bx") == {"b": ("第b号", b"\4\0\0\0")}
    assert sorted(sketches.between(1, 2)) == [("a", 1, -5, b"\0\1\2\3"), ("b", 2, -5, b"\0\1\2\3")]
    sketches.add([sketch("a", 9, twins=1 << 62)])
    assert sorted(sketches.between(0, 10)) == [
        ("a", 9, 1 << 62, b"\0\1\2\3"), ("b", 2, -5, b"\0\1\2\3"), ("c", 5, -5, b"\0\1\2\3"),
    ]  # fmt: skip
    for _ in range(2):
        sketches.remove("ax")
        assert sketches.days("abc") == {"b": 2, "c": 5}


def test_families(record):
    sketches = record.sketches
    sketches.add([sketch(id, 1, appeared) for id, appeared in (("a", 3), ("c", 1), ("b", 1), ("d", 0), ("e", 0))])
    assert not sketches.has_families() and sketches.families("ab") == {}
    sketches.put_together([("a", "b"), ("b", "b"), ("c", "b"), ("d", "d"), ("e", "d")])
    assert sketches.has_families() and sketches.count() == (2, 5)
    assert sketches.members("b") == ["b", "c", "a"] and sketches.members("a") == []
    assert sketches.families("aex") == {"a": "b", "e": "d"}
    sketches.put_together([("d", "b"), ("e", "b")])
    assert sketches.count() == (1, 5) and sketches.members("b") == ["d", "e", "b", "c", "a"]
    for _ in range(2):
        sketches.take_out("bx")
        assert dict(sketches.all_families()) == {"a": "b", "c": "b", "d": "b", "e": "b"}
    sketches.remove("a")
    assert sketches.members("b") == ["d", "e", "c"], "a member without a sketch has no place"
    sketches.clear()
    assert sketches.count() == (0, 0) and sketches.days("abcde") == {} and not sketches.has_families()


def test_sketches_are_taken_as_they_are_made(record):
    """What makes them may look at the record, and may fail: then none is there, or some; they can be added again."""

    def made(failing: bool) -> Iterator[Sketch]:
        for number in range(1200):
            yield sketch(f"n{number}")
        if failing:
            raise KeyError

    with pytest.raises(KeyError), record.transaction():
        record.sketches.add(made(True))
    if record.atomic:
        assert record.sketches.between(0, 9) == []
    record.sketches.add(made(False))
    assert len(record.sketches.between(0, 9)) == 1200


# -- saved searches


def test_saved_searches(record):
    record.saved.add("river", {"query": "长江", "conditions": {}}, 3, ["a", "b"])
    record.saved.add("bridge", {"query": "大桥"}, 0, [])
    assert record.saved.names() == ["bridge", "river"] and record.saved.get("tower") is None
    row = record.saved.get("river")
    assert (row.name, row.question, row.upto) == ("river", {"query": "长江", "conditions": {}}, 3)
    assert row.matched == {hash_of("a"), hash_of("b")} and row.recorded == row.looked
    assert row.recorded.utcoffset() == timedelta(0)
    assert record.saved.remove("bridge") and not record.saved.remove("bridge")
    assert record.saved.names() == ["river"]


def test_what_was_seen_is_marked_and_never_undone(record):
    record.saved.add("river", {"query": "长江"}, 3, ["a"])
    row = record.saved.get("river")
    assert record.saved.mark("river", row.recorded, 5, ["a", "b"])
    seen = record.saved.get("river")
    assert (seen.recorded, seen.upto, seen.matched) == (row.recorded, 5, {hash_of("a"), hash_of("b")})
    assert seen.looked >= row.looked and seen.question == row.question
    assert not record.saved.mark("river", row.recorded, 4, []), "later news were marked"
    assert not record.saved.mark("river", row.recorded - timedelta(seconds=1), 9, []), "another search of this name"
    assert not record.saved.mark("tower", row.recorded, 9, [])
    assert record.saved.get("river") == seen
    record.saved.add("river", {"query": "大桥"}, 6, [])
    assert record.saved.get("river").question == {"query": "大桥"} and record.saved.get("river").matched == set()


def test_a_search_of_another_record_is_taken_over_as_it_is(record):
    times = [datetime(2024, 2, day, 1, 2, 3, 450, timezone.utc) for day in (3, 4)]
    row = SavedRow("river", times[0], {"query": "长江"}, times[1], 7, frozenset({hash_of("a"), 5}))
    record.saved.add("river", {"query": "大桥"}, 3, ["b"])
    for _ in range(2):
        record.saved.take_over(row)
        assert record.saved.get("river") == row and record.saved.names() == ["river"]
    assert record.saved.mark("river", times[0], 8, ["a"]) and record.saved.get("river").upto == 8


def test_a_search_that_cannot_be_kept_is_refused(record, monkeypatch):
    monkeypatch.setattr(saved, "MOST_MATCHES", 2)
    monkeypatch.setattr(saved, "MOST_CHARACTERS", 50)
    with pytest.raises(UsageError, match="2 matches"):
        record.saved.add("river", {}, 0, "abc")
    with pytest.raises(UsageError, match="too long"):
        record.saved.add("river", {"query": "长" * 50}, 0, "")
    assert record.saved.names() == []


# -- the end


def test_after_close_all_say_so(full):
    rest = full.articles()
    next(rest)
    full.close()
    full.close()
    asked: list[Callable[[], object]] = [
        lambda: full.get("ferry"), lambda: len(full), lambda: full.put(FERRY), lambda: full.changes(0, 1),
        lambda: full.setting("a"), lambda: full.set_setting("a", "b"), lambda: full.origins.files("ferry"),
        full.sketches.count, full.saved.names, full.lineage, full.runs, full.require_open,
        lambda: next(rest),
    ]  # fmt: skip
    for number, ask in enumerate(asked):
        with pytest.raises(ArchiveClosed):
            ask()
            pytest.fail(str(number))


def test_a_stamp_changes_with_every_change(record):
    seen = [record.stamp()]
    for change in (
        lambda: record.put(FERRY),
        lambda: record.put(replace(FERRY, title="二")),
        lambda: record.delete(FERRY.id),
    ):
        change()
        assert record.stamp() not in seen and record.last_given() >= record.last_seq() >= len(seen)
        seen.append(record.stamp())
        assert record.stamp() == seen[-1]
