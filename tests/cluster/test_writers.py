"""Several writers of one record at once, and writers that are killed: nothing is lost, skipped or numbered twice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from searchkit.storage.memory.record import MemoryRecord
from searchkit.storage.opensearch import bulk, transactions
from searchkit.storage.opensearch.documents import article_key
from searchkit.storage.opensearch.sequence import Numbers
from searchkit.storage.record import Record
from tests.cluster.reached import IN_CLUSTER, TemporaryRecord
from tests.cluster.writing import BATCH, LEASE, articles, dump, write

pytestmark = [IN_CLUSTER]
OLDER = 150
"""So many articles are there before, in another state."""


@pytest.fixture
def record() -> Iterator[TemporaryRecord]:
    made = TemporaryRecord.made(lease=LEASE, shards=2)
    for _ in write(made, 0, OLDER, "停航"):
        pass
    yield made
    made.close()


def single(last: int) -> list[object]:
    """The dump of what one writer writes."""
    record = MemoryRecord()
    for state, end in (("停航", OLDER), ("复航", last)):
        for _ in write(record, 0, end, state):
            pass
    return dump(record)


def writer(record: TemporaryRecord, first: int, last: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.cluster.writing", record.name, str(first), str(last)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])


class Follower:
    """Takes all changes step by step, as an index does."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.covers = 0
        self.seen: dict[str, int] = {}

    def follow(self) -> None:
        upto = self.record.last_seq()
        assert upto >= self.covers
        while found := self.record.changes(self.covers, 70, upto):
            self.seen.update({each.id: each.seq for each in found})
            self.covers = found[-1].seq
        self.covers = upto

    def follow_to_the_end(self) -> None:
        """Until the lease of a writer that died is over."""
        for _ in range(200):
            self.follow()
            if not self.record.pending(self.covers):
                return
            time.sleep(0.1)
        raise AssertionError(f"{self.record.pending(self.covers)} changes are never settled")


def test_two_writers_of_overlapping_articles_are_as_one(record, rounds):
    last = rounds(450, 3000)
    half = last // 3
    follower = Follower(record.opened())
    under_way = [writer(record, 0, last - half), writer(record, half, last)]
    while any(each.poll() is None for each in under_way):
        follower.follow()
    for each in under_way:
        each.communicate()
        assert each.returncode == 0
    follower.follow_to_the_end()
    assert dump(record.opened()) == single(last) and record.verify() == []
    assert follower.seen == record.sequence_numbers()


def test_a_writer_that_is_killed_loses_nothing(record, rounds):
    kills = rounds(10, 40)
    last = (kills + 5) * BATCH
    in_the_middle = 0
    chance = random.Random(17)
    follower = Follower(record.opened())
    for kill in range(kills):
        under_way = writer(record, 0, last)
        assert under_way.stdout
        while int(under_way.stdout.readline()) < kill:  # what is before it has been written in an earlier round
            pass
        time.sleep(chance.random() * 0.04)
        under_way.kill()
        in_the_middle += under_way.communicate()[0] == ""
        follower.follow()
    assert in_the_middle >= kills // 2 and len(record) < last
    assert all("is there twice" in each for each in record.verify())
    under_way = writer(record, 0, last)
    under_way.communicate()
    assert under_way.returncode == 0
    assert dump(record.opened()) == single(last) and record.verify() == []
    follower.follow_to_the_end()
    assert follower.seen == record.sequence_numbers()


def test_numbers_are_given_out_once(record):
    def taken(_: int) -> list[int]:
        sequence = Numbers(record.requests, LEASE)
        blocks = [sequence.take(3) for _ in range(15)]
        for each in blocks:
            sequence.give_back(each)
        return [each.low + at for each in blocks for at in range(3)]

    with ThreadPoolExecutor(4) as pool:
        numbers = [number for some in pool.map(taken, range(4)) for number in some]
    assert len({*numbers}) == 4 * 15 * 3 and record.last_seq() == max(numbers)


def test_nothing_above_an_open_block_is_settled(record):
    before = record.last_seq()
    block = Numbers(record.requests, 600).take(2)
    [article] = articles(900, 901)
    record.put(article)
    assert record.last_seq() == before == block.low - 1 and record.pending(before) == 1
    assert record.changes(before, 10) == []
    record.sequence.give_back(block)
    assert [each.id for each in record.changes(before, 10)] == [article.id]


def test_a_writer_that_is_late_takes_new_numbers(record, monkeypatch):
    """Its block was taken away before its writes were acknowledged, and others have gone past it."""
    other = record.opened()
    gone_past: list[int] = []
    give_back = record.sequence.give_back

    def late(block):
        if not gone_past:
            while other.last_seq() < block.low:
                time.sleep(0.2)
            gone_past.append(other.last_seq())
        return give_back(block)

    monkeypatch.setattr(record.sequence, "give_back", late)
    [article] = articles(900, 901)
    assert record.put(article) == "added"
    assert [each.id for each in other.changes(gone_past[0], 10)] == [article.id]
    assert [each.number for each in record.revisions(article.id)] == [1]


def test_what_arrives_after_its_lease_is_over_is_not_skipped(record, monkeypatch):
    """Its writer has died, and others have gone past its number; whoever writes next gives it another one."""
    lost: list[object] = []
    with monkeypatch.context() as patch:
        # The last request is under way when the writer dies.
        patch.setattr(transactions, "send", lambda requests, part, actions, *_, **__: lost.extend(actions) or [])
        patch.setattr(record.sequence, "give_back", lambda block: True)
        [article] = articles(900, 901)
        record.put(article)
    follower = Follower(record.opened())
    while follower.covers < record.sequence.next() - 1:
        time.sleep(0.2)
        follower.follow()
    bulk.send(record.requests, "articles", [each for each in lost if each.key == article_key(article.id)], 1)
    follower.follow()
    assert article.id not in follower.seen and record.get(article.id) == article
    record.sequence.late = 0
    record.put(next(articles(901, 902)))
    follower.follow()
    assert follower.seen == record.sequence_numbers() and article.id in follower.seen
    assert record.verify() == []
