from __future__ import annotations

import threading

import pytest

import searchkit
from searchkit import QueryTimeout, UsageError
from searchkit.deadline import check, within


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
    assert raised.value.exit_code == 2
    assert "--timeout 20" in raised.value.hint
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
