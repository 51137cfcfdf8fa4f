"""Leases in the cluster: many who write, or one alone; who dies is not waited for for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from searchkit.errors import ArchiveError, Locked
from searchkit.storage.opensearch.access import ClusterAccess
from searchkit.storage.opensearch.leases import Leases
from tests.cluster.reached import IN_CLUSTER, TemporaryRecord

pytestmark = [IN_CLUSTER]
LONG = 60.0


@pytest.fixture(scope="module")
def record() -> Iterator[TemporaryRecord]:
    made = TemporaryRecord.made()
    yield made
    made.close()


def access(record: TemporaryRecord, seconds: float = LONG) -> ClusterAccess:
    """The access of a machine of its own."""
    return ClusterAccess(record.opened().requests, seconds)


def test_many_write_at_once(record):
    one, other = access(record), access(record)
    with one.held(5), other.held(5):
        assert one.mine and other.mine and not one.alone


def test_who_is_alone_keeps_the_others_out_and_is_named(record):
    one, other = access(record), access(record)
    with one.held(5, alone=True):
        assert one.alone
        with pytest.raises(Locked, match=r"by process \d+ on .+ since 20"), other.held(0.2):
            pass
        with pytest.raises(Locked), other.held(0.2, alone=True):
            pass
    with other.held(5, alone=True):
        pass


def test_who_wants_to_be_alone_waits_for_those_who_are_in_and_later_ones_wait_for_it(record):
    one, two, three = access(record), access(record), access(record)
    order = []
    is_waiting = threading.Event()

    def alone():
        is_waiting.set()
        with two.held(30, alone=True):
            order.append("alone")

    def later():
        with three.held(30):
            order.append("later")

    threads = [threading.Thread(target=each) for each in (alone, later)]
    with one.held(5):
        threads[0].start()
        is_waiting.wait(30)
        while sum(each["alone"] for each in entries(record).values()) == 0:
            time.sleep(0.05)
        threads[1].start()
        with pytest.raises(Locked), access(record).held(0.3):
            pass
        order.append("first")
    for each in threads:
        each.join(60)
    assert order == ["first", "alone", "later"]


def entries(record):
    record.requests.refresh("kept", newest=True)
    held = record.requests.get("kept", "e:writing")
    return held.source["writers"] if held else {}


def test_nothing_is_left_behind(record):
    with access(record).held(5):
        assert len(entries(record)) == 1
    with pytest.raises(ZeroDivisionError), access(record).held(5, alone=True):
        _ = 1 / 0
    assert entries(record) == {}


def test_who_dies_is_not_waited_for_longer_than_its_lease(record):
    dead = Leases(record.requests, 1.0)
    dead._change("writing", "dead", True, enter=True)  # and nothing is heard of it again
    with pytest.raises(Locked), access(record).held(0):
        pass
    with access(record).held(30):
        assert "dead" not in entries(record)


def test_who_was_not_heard_of_does_not_go_on(record, monkeypatch):
    monkeypatch.setattr(Leases, "_renew", lambda *_: None)
    late, other = access(record, 0.5), access(record)
    with late.held(5, alone=True):
        late.check()
        with other.held(30, alone=True):
            with pytest.raises(ArchiveError) as caught:
                late.check()
            assert caught.value.code == "lease-lost"


def test_a_lease_is_renewed(record):
    one = access(record, 1.0)
    with one.held(5, alone=True):
        until = entries(record)
        (before,) = (each["until"] for each in until.values())
        while True:
            (now,) = (each["until"] for each in entries(record).values())
            if now > before + 1000:
                break
            time.sleep(0.05)
        one.check()


def test_one_at_a_time_brings_the_index_level(record):
    one, other = access(record), access(record)
    with one.held(5), other.held(5), one.levelling(5):
        with pytest.raises(Locked), other.levelling(0.2):
            pass
        one.check()


def test_threads_of_one_process_take_turns(record):
    one = access(record)
    refused = []

    def try_it():
        try:
            with one.held(0.1):
                pass
        except Locked:
            refused.append(True)

    with one.held(5), one.held(5):
        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join(30)
    assert refused == [True] and not one.mine
