from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from types import SimpleNamespace

import pytest

import searchkit
from searchkit import QueryTimeout, UsageError, deadline
from searchkit.cli.hints import hint_of
from searchkit.deadline import check, uncounted, within


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_over_is_over_and_no_sooner():
    clock = Clock()
    with within(2, clock):
        clock.now = 2.0
        check()
        clock.now = 2.1
        with pytest.raises(QueryTimeout, match="more than 2 s") as raised:
            check()
    assert raised.value.seconds == 2
    assert raised.value.exit_code == 75
    assert "--timeout 20" in hint_of(raised.value) and "timeout=20" in raised.value.hint
    check()


def test_an_inner_deadline_cannot_move_the_outer_one():
    clock = Clock()
    with within(1, clock), within(100, clock):
        clock.now = 2.0
        with pytest.raises(QueryTimeout, match="more than 1 s"):
            check()
    with within(100, clock):
        with within(1, clock):
            clock.now = 4.0
            with pytest.raises(QueryTimeout, match="more than 1 s"):
                check()
        check()
    with within(1, clock), within(None, clock):
        clock.now = 9.0
        with pytest.raises(QueryTimeout):
            check()


def test_another_thread_has_its_own():
    clock, raised = Clock(), []

    def other():
        try:
            check()
        except QueryTimeout as error:
            raised.append(error)

    with within(1, clock):
        clock.now = 5.0
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert raised == []


def test_an_archive_keeps_to_its_time_and_answers_again(tmp_path):
    with searchkit.open(tmp_path / "index", create=True, timeout=1e-9) as archive:
        archive.upsert(searchkit.Article(id="a", title="渡口通航", body="雾散了。"))
        for ask in (archive.search, archive.count, archive.timeline, archive.facets, lambda q: list(archive.export(q))):
            with pytest.raises(QueryTimeout):
                ask("渡口")
        with pytest.raises(QueryTimeout):
            archive.delete("渡口")
        archive.timeout = None
        assert [hit.id for hit in archive.search("渡口").hits] == ["a"]


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_no_time_at_all_is_refused(tmp_path, seconds):
    with pytest.raises(UsageError, match="cannot be answered"):
        searchkit.open(tmp_path / "index", create=True, timeout=seconds)


class Machine:
    """The two clocks of a deadline: what a thread has worked, and the clock on the wall."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.worked, self.wall, self.looks = 0.0, 1000.0, 0
        monkeypatch.setattr(deadline, "_wall", lambda: self.wall)
        monkeypatch.setattr(deadline, "time", SimpleNamespace(thread_time=self._thread_time))

    def _thread_time(self) -> float:
        self.looks += 1
        return self.worked

    def passes(self, wall: float, worked: float = 0.0) -> None:
        self.wall += wall
        self.worked += worked


@pytest.fixture
def machine(monkeypatch):
    return Machine(monkeypatch)


def test_the_wait_for_a_processor_does_not_count(machine):
    with within(1.5):
        for _ in range(12):
            machine.passes(2.0, worked=0.12)
            check()
        machine.passes(0.2, worked=0.2)
        with pytest.raises(QueryTimeout, match=r"more than 1\.5 s"):
            check()


def test_a_question_that_waits_for_ever_ends_all_the_same(machine):
    for seconds, wall in ((1.5, 30.0), (0.25, 10.0), (60.0, 1200.0)):
        with within(seconds):
            machine.passes(wall - 0.1)
            check()
            machine.passes(0.2)
            with pytest.raises(QueryTimeout):
                check()


def test_the_clock_of_the_thread_is_read_only_when_time_may_be_over(machine):
    with within(1.0):
        looks = machine.looks
        for _ in range(99):
            machine.passes(0.01)
            check()
        assert machine.looks == looks
        machine.passes(0.02)
        for _ in range(50):
            check()
        assert machine.looks == looks + 1  # nothing was worked: not before another second


def test_deadlines_inside_one_another_hold_all(machine):
    with within(1.0), within(100.0):
        machine.passes(1.1, worked=1.1)
        with pytest.raises(QueryTimeout, match="more than 1 s"):
            check()
    with within(100.0):
        with within(1.0):
            machine.passes(1.1, worked=1.1)
            with pytest.raises(QueryTimeout, match="more than 1 s"):
                check()
        check()
    clock = Clock()
    with within(1, clock), within(100.0):
        clock.now = 2.0
        with pytest.raises(QueryTimeout, match="more than 1 s"):
            check()


def test_what_is_loaded_for_all_is_not_counted(machine):
    with within(1.0), within(2.0):
        machine.passes(0.5, worked=0.5)
        with uncounted():
            machine.passes(90, worked=90)
        check()
        machine.passes(0.6, worked=0.6)
        with pytest.raises(QueryTimeout, match="more than 1 s"):
            check()
    with uncounted():
        check()


def test_a_thread_that_a_context_is_handed_to_has_the_time_anew(machine):
    raised = []

    def other() -> None:
        machine.passes(1.0)
        check()
        machine.passes(0.9, worked=0.9)
        check()
        machine.passes(0.2, worked=0.2)
        try:
            check()
        except QueryTimeout as error:
            raised.append(error)

    with within(1.0):
        machine.worked = 500.0  # of this thread; the other one's clock has nothing to do with it
        thread = threading.Thread(target=copy_context().run, args=(other,))
        thread.start()
        thread.join()
    assert len(raised) == 1


def test_many_threads_with_little_time_are_all_answered(tmp_path):
    with searchkit.open(tmp_path / "index", create=True, timeout=None) as archive:
        archive.upsert_all(
            searchkit.Article(id=f"a{n}", title=f"渡口{n}", body="雾散了，轮船靠岸。") for n in range(50)
        )
        archive.search("渡口 轮船")
        archive.timeout = 0.25
        with ThreadPoolExecutor(24) as pool:
            totals = list(pool.map(lambda _: archive.search("渡口 轮船").total, range(96)))
    assert totals == [50] * 96
