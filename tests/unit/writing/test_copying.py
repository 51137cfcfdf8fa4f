"""Copying a record: equal at the end wherever it breaks off, and never over what others have written."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit.errors import ArchiveError, UsageError
from searchkit.model.article import Article
from searchkit.model.history import Revision
from searchkit.storage.memory.record import MemoryRecord
from searchkit.storage.record import Record, Run
from searchkit.storage.saved import SavedRow, hash_of
from searchkit.storage.sqlite.record import SqliteRecord
from searchkit.writing import copying
from searchkit.writing.comparing import digest
from searchkit.writing.copying import COPIED, copy
from tests.conftest import at, examples
from tests.contract.records import LooseRecord

ZONE = {"timezone": "Asia/Shanghai"}
BEGUN = datetime(2024, 2, 3, tzinfo=timezone.utc)


class Broken(Exception):
    """Stands for the death of the process."""


@pytest.fixture(autouse=True)
def parts_of_seven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "TOGETHER", 7)


def lived(record: Record, chance: random.Random, steps: int = 60) -> None:
    """Let a record live: articles come, change and go, are read from files, and searches are saved."""
    for step in range(steps):
        id = f"n{chance.randrange(20)}"
        what = chance.random()
        if what < 0.15:
            record.delete(id)
            record.origins.forget([id])
        elif what < 0.25:
            ids = [each for each in record.ids() if chance.random() < 0.5]
            record.saved.add(chance.choice(["river", "bridge", "汉"]), {"query": str(step)}, record.last_seq(), ids)
        elif what < 0.3:
            record.log_run([f"/n/{step}"], step, 0, 0, 0)
        elif what < 0.35:
            record.origins.forget_files([f"/n/{chance.randrange(4)}"])
        else:
            text = "轮渡。" * chance.randrange(1, 4)
            record.put(Article(id=id, title="渡口", body=text, source="日报", published=at(2025, 3, 4, 8)))
            record.origins.note([(id, chance.choice(["", "/n/1", "/n/2", "/m/汉"]))])


def kept(record: Record) -> Any:
    """All that a copy must have, and the order of the changes."""
    changes = record.changes(0, 10_000)
    last = {each.id: each.seq for each in changes}
    noted = record.origins.noted(record.ids())
    return (
        digest(record), record.histories(record.ids()), noted, record.origins.below(""), Counter(record.runs()),
        [news(record, name) for name in record.saved.names()],
        [(each.id, each.article) for each in changes if last[each.id] == each.seq],
        record.setting("dictionary"), record.setting("timezone"),
    )  # fmt: skip


def news(record: Record, name: str) -> Any:
    """A saved search, with what its news are made of in place of its number."""
    row = record.saved.get(name)
    assert row
    changed = record.changed_since(row.upto)
    return replace(row, upto=0), sorted(changed), sorted(record.deleted_since(row.upto) - changed.keys())


@contextmanager
def breaking_at(record: Record, write: int) -> Iterator[list[int]]:
    """Let the process die before this write to a record."""
    count = [0]
    patch = pytest.MonkeyPatch()

    def dying(holder: Any, name: str) -> None:
        made = getattr(holder, name)

        def method(*given: Any, **named: Any) -> Any:
            count[0] += 1
            if count[0] == write:
                raise Broken
            return made(*given, **named)

        patch.setattr(holder, name, method)

    for name in ("take_over", "set_setting", "add_run", "remove_setting"):
        dying(record, name)
    origins, saved = record.origins, record.saved
    for holder, names in (
        (origins, ("note", "note_files", "forget", "forget_files")),
        (saved, ("take_over", "remove")),
    ):
        for name in names:
            dying(holder, name)
    kind = type(record)
    parts = {"origins": property(lambda _: origins), "saved": property(lambda _: saved)}
    record.__class__ = type("Dying", (kind,), parts)
    try:
        yield count
    finally:
        record.__class__ = kind
        patch.undo()


@pytest.fixture(params=["memory", "loose", "sqlite"])
def new(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Record]]:
    """Makes empty records of a kind."""
    made: list[Record] = []
    makers: dict[str, Callable[[], Record]] = {
        "memory": lambda: MemoryRecord(ZONE),
        "loose": lambda: LooseRecord(ZONE),
        "sqlite": lambda: SqliteRecord.create(tmp_path / f"{len(made)}.db", ZONE),
    }

    def make() -> Record:
        made.append(makers[request.param]())
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def source() -> Record:
    record = LooseRecord(ZONE)
    lived(record, random.Random(5), 150)
    return record


def test_a_copy_is_equal(source, new):
    source.set_setting("dictionary", "滨江 5")
    target = new()
    told = copy(source, target)
    assert kept(target) == kept(source) and target.verify() == []
    assert (told.articles, told.revisions) == (len(source), source.counts()["revisions"])
    assert told.sent == len(source) and told.deleted > 0 and told.sha256 == digest(source) == digest(target)
    back = MemoryRecord(ZONE)
    assert copy(target, back).sha256 == told.sha256 and kept(back) == kept(source)


def test_a_copy_again_takes_only_what_has_changed(source, new):
    target = new()
    copy(source, target)
    before = target.last_seq(), target.lineage()
    assert copy(source, target).sent == 0 and (target.last_seq(), target.lineage()) == before
    gone, changed, *_ = source.ids()
    source.delete(gone)
    source.origins.forget([gone])
    source.put(replace(source.get(changed), body="停航。"))
    source.put(Article(id="tower", title="灯塔"))
    asked: list[int] = []
    changes = source.changes
    source.changes = lambda after, *given: [asked.append(after), changes(after, *given)][1]  # type: ignore[method-assign]
    told = copy(source, target)
    assert (told.sent, told.deleted) == (2, 1) and min(asked) > 0
    assert kept(target) == kept(source) and gone not in target.ids()


def test_broken_off_at_every_write_it_goes_on(source, new):
    other = MemoryRecord(ZONE)
    with breaking_at(other, 0) as writes:
        copy(source, other)
    assert writes[0] > 30
    target, expected = new(), kept(source)
    for write in range(1, writes[0] + 1):
        fresh = new()
        with breaking_at(fresh, write), pytest.raises(Broken):
            copy(source, fresh)
        copy(source, fresh)
        assert kept(fresh) == expected, write
    for write in (3, 2, 7, 9, 5, 4, 8, 12, 11):  # and the same one again and again
        with breaking_at(target, write), pytest.raises(Broken):
            copy(source, target)
    copy(source, target)
    assert kept(target) == expected and target.verify() == []


@settings(examples(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 1 << 32), writes=st.lists(st.integers(1, 40), max_size=6), loose=st.booleans())
def test_whatever_the_source_does_while_it_is_copied(seed, writes, loose):
    chance = random.Random(seed)
    # One of the two at most is in a cluster. Between two that forget the deletion of what has come again, an article that
    # was made anew while the copy was broken off would be taken for one of others.
    source, target = (MemoryRecord(ZONE), LooseRecord(ZONE)) if loose else (LooseRecord(ZONE), MemoryRecord(ZONE))
    for write in writes:
        lived(source, chance, chance.randrange(40))
        try:
            with breaking_at(target, write):
                copy(source, target)
        except Broken:
            continue
        assert kept(target)[0] == kept(source)[0]
    told = copy(source, target)
    assert told.sha256 == digest(source)
    # Where a part was broken off, an article may be told as changed that was seen before; none is left out.
    for name in source.saved.names():
        (row, changed, gone), (theirs, more, left) = news(source, name), news(target, name)
        assert row == theirs and {*changed} <= {*more} and {*gone} <= {*left} | {*more}
    assert kept(target)[:5] == kept(source)[:5]


def test_what_others_write_into_a_copy_is_not_written_over(source, new):
    target = new()
    copy(source, target)
    some = source.ids()[0]
    source.put(replace(source.get(some), body="复航。"))

    def refused(id: str) -> None:
        before = target.last_seq(), target.setting(COPIED)
        with pytest.raises(UsageError, match=f"holds {id} in a state") as caught:
            copy(source, target)
        assert caught.value.code == "copy-other" and (target.last_seq(), target.setting(COPIED)) == before

    target.put(Article(id="tower", title="灯塔"))
    refused("tower")
    target.delete("tower")
    target.put(replace(target.get(some), body="别的。"))
    refused(some)


def test_what_was_deleted_in_a_copy_only_is_not_put_back(source, new):
    target = new()
    copy(source, target)
    id = source.ids()[3]
    target.delete(id)
    with pytest.raises(UsageError, match=f"holds {id}"):
        copy(source, target)


def test_another_record_is_no_source(source, new):
    target = new()
    copy(source, target)
    other = LooseRecord(ZONE)
    lived(other, random.Random(6), 150)
    with pytest.raises(UsageError) as caught:
        copy(other, target)
    assert caught.value.code == "copy-other"
    full = new()
    full.put(Article(id="tower", title="灯塔"))
    with pytest.raises(UsageError, match="holds tower"):
        copy(source, full)


def test_a_copy_comes_back_into_the_record_that_it_was_made_from(source, new):
    """The source has no mark of a copy: that all of its states are in the copy is enough."""
    target = new()
    copy(source, target)
    target.put(Article(id="tower", title="灯塔"))
    assert copy(target, source).sent == 1 and kept(source) == kept(target)


def test_a_source_that_has_forgotten_the_mark_is_known_by_its_articles(source, new):
    target = new()
    copy(source, target)
    for number in range(3):
        source.put(Article(id=f"t{number}", title="灯塔"))
    source.forget_lineage(source.lineage(), 0)
    assert copy(source, target).sent == 3 and kept(target) == kept(source)


def test_days_of_another_zone_are_refused(source):
    with pytest.raises(UsageError) as caught:
        copy(source, MemoryRecord({"timezone": "Asia/Taipei"}))
    assert caught.value.code == "copy-zone"


def test_a_difference_names_the_first_article(source, new, monkeypatch):
    target = new()
    changed = source.ids()[2]
    take_over = target.take_over

    def wrongly(id: str, states: Any) -> bool:
        return take_over(
            id, [*states[:-1], *(replace(each, recorded=BEGUN) for each in states[-1:])] if id >= changed else states
        )

    monkeypatch.setattr(target, "take_over", wrongly)
    with pytest.raises(ArchiveError, match=f"first at {changed}") as caught:
        copy(source, target)
    assert caught.value.code == "copy-differs"


def test_where_an_article_was_read_is_compared(source, new, monkeypatch):
    target = new()
    copy(source, target)
    id = next(id for id, paths in source.origins.noted(source.ids()).items() if "" in paths)
    target.origins.note([(id, "/x")])
    assert digest(target) != digest(source)
    copy(source, target)
    assert digest(target) == digest(source), "reading an article again is no change of it"


def test_the_dictionary_goes_by_way_of_the_index(source, new):
    """As where it is put in there: the index is changed from the one before."""
    target = new()
    source.set_setting("dictionary", "滨江 5")
    for _ in range(2):
        copy(source, target)
        assert (target.setting("dictionary"), target.setting("dictionary-before")) == ("滨江 5", None), (
            "no index before"
        )
    source.set_setting("dictionary", "渡口 5")
    copy(source, target)
    assert (target.setting("dictionary"), target.setting("dictionary-before")) == ("渡口 5", "滨江 5")
    source.set_setting("dictionary", "")
    copy(source, target)
    assert (target.setting("dictionary"), target.setting("dictionary-before")) == ("", "滨江 5")


def test_a_search_that_was_looked_at_there_keeps_what_was_seen(new):
    source, target = MemoryRecord(ZONE), new()
    source.put(Article(id="tower", title="灯塔"))
    row = SavedRow("river", BEGUN, {"query": "长江"}, BEGUN, 0, frozenset({1}))
    for name in ("river", "bridge", "tower"):
        source.saved.take_over(replace(row, name=name))
    target.saved.add("own", {"query": "港口"}, 0, [])
    copy(source, target)
    target.saved.mark("river", BEGUN, target.last_seq(), ["a"])
    source.saved.mark("bridge", BEGUN, 0, ["b"])
    source.saved.remove("tower")
    copy(source, target)
    assert target.saved.get("river").matched == {hash_of("a")}
    assert target.saved.get("bridge").matched == {hash_of("b")}
    assert target.saved.names() == ["bridge", "own", "river"], "one that others saved there stays"
    source.put(Article(id="ferry", title="渡口"))
    source.forget_lineage("9 x", 0)
    source.saved.add("river", {"query": "大桥"}, source.last_seq(), ["ferry"])
    source.saved.remove("bridge")
    copy(source, target)
    assert target.saved.names() == ["own", "river"] and target.saved.get("river").upto == target.last_seq() > 0


@pytest.mark.parametrize("together", [1, 7])
def test_of_several_deletions_of_an_article_the_last_one_counts(new, monkeypatch, together):
    """Its news would else be told as seen."""
    monkeypatch.setattr(copying, "TOGETHER", together)
    source, target = MemoryRecord(ZONE), new()
    ferry = Article(id="ferry", title="渡口")
    for _ in range(2):
        source.put(ferry)
        source.delete("ferry")
    source.put(ferry)
    source.put(Article(id="tower", title="灯塔"))
    source.saved.add("river", {"query": "渡口"}, source.last_seq(), ["ferry"])
    source.delete("ferry")
    copy(source, target)
    assert news(target, "river")[1:] == ([], ["ferry"]) and kept(target) == kept(source)
    source.saved.remove("river")
    target = MemoryRecord(ZONE)
    copy(source, target)
    assert [each.id for each in target.changes(0, 9)] == ["tower", "ferry"]


def test_a_part_ends_where_the_news_of_a_search_begin(source, new, monkeypatch):
    target, ends = new(), list[int]()
    write = copying.Reached.write
    monkeypatch.setattr(copying.Reached, "write", lambda self, to: [ends.append(self.seq), write(self, to)][1])
    stop = source.changes(0, 4)[2].seq
    source.saved.add("river", {"query": "渡口"}, stop, [])
    copy(source, target)
    assert stop in ends
    (bound,) = {each.seq for each in target.changes(0, 3)[2:]}
    assert target.saved.get("river").upto in range(bound, target.changes(0, 4)[3].seq)


def test_an_article_that_changes_while_it_is_copied_comes_at_its_later_change(new, monkeypatch):
    source, target = MemoryRecord(ZONE), new()
    for id in ("ferry", "tower"):
        source.put(Article(id=id, title="渡口"))
    histories = source.histories

    def asked(ids: Any) -> Any:
        source.put(Article(id="ferry", title="灯塔"))
        return histories(ids)

    monkeypatch.setattr(source, "histories", asked)
    copy(source, target)
    assert [each.id for each in target.changes(0, 9)] == ["tower", "ferry"]


def test_what_a_part_has_put_may_be_made_anew_in_the_source(new):
    source, target = MemoryRecord(ZONE), LooseRecord(ZONE)
    source.put(Article(id="ferry", title="渡口"))
    with breaking_at(target, 2), pytest.raises(Broken):
        copy(source, target)
    assert target.ids() == ["ferry"]
    source.delete("ferry")
    source.take_over("ferry", [Revision(1, BEGUN, Article(id="ferry", title="灯塔"))])
    copy(source, target)
    assert kept(target) == kept(source)


def test_runs_are_copied_once(new):
    source, target = MemoryRecord(ZONE), new()
    run = Run(BEGUN, ("/n",), 1, 0, 0, 0)
    for each in (run, run, replace(run, added=2)):
        source.add_run(each)
    target.add_run(run)
    for _ in range(2):
        copy(source, target)
        assert target.runs() == (run, run, replace(run, added=2))


def test_who_has_lost_the_right_to_write_writes_no_more(source, new):
    target, left = new(), [3]

    def check() -> None:
        left[0] -= 1
        if not left[0]:
            raise Broken

    with pytest.raises(Broken):
        copy(source, target, check=check)
    assert 0 < len(target) < len(source)


def test_what_is_not_settled_yet_is_waited_for(source, new, monkeypatch):
    """A writer of the source has died; until its lease is over, what others wrote since is not handed out."""
    target, paused = new(), list[float]()
    last = source.last_seq
    source.put(Article(id="tower", title="灯塔"))
    held_up = source.changes(0, 1000)[-1].seq - 1

    def settled() -> int:
        return last() if len(paused) > 2 else min(held_up, last())

    changes = source.changes
    monkeypatch.setattr(source, "last_seq", settled)
    monkeypatch.setattr(source, "changes", lambda after, limit, upto=None: changes(after, limit, min(upto, settled())))
    told = copy(source, target, pause=paused.append)
    assert len(paused) == 3 and target.has("tower") and told.sha256 == digest(source)


def test_progress_ends_at_the_total(source, new):
    told: list[tuple[str, int, int]] = []
    copy(source, new(), lambda *each: told.append(each))
    last = {stage: (done, total) for stage, done, total in told}
    assert last.keys() == {"copying", "origins", "comparing"} and all(done == total for done, total in last.values())


def test_histories_with_many_states_are_whole(new):
    source, target = MemoryRecord(ZONE), new()
    states = [
        Revision(number, BEGUN + timedelta(days=number), Article(id="ferry", title=f"第{number}号"))
        for number in range(1, 40)
    ]
    source.take_over("ferry", states)
    copy(source, target)
    assert target.revisions("ferry") == tuple(states)
