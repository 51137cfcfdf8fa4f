"""Pruning beside a writer of another process, in a cluster: between any two requests of either, the other goes on."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from searchkit.cluster.client import Cluster
from searchkit.storage.opensearch.record import OpenSearchRecord
from tests.cluster.reached import ADDRESS, IN_CLUSTER, TemporaryRecord
from tests.unit.writing.test_pruning import OTHER, PAGE, filled, prune, read_again, survives
from tests.unit.writing.turns import Worker, run

pytestmark = [IN_CLUSTER, pytest.mark.slow]


class SteppedCluster(Cluster):
    """A connection each request of which is a step."""

    def __init__(self, step: Callable[[], object]) -> None:
        super().__init__(ADDRESS.split(","))
        self._step = step

    def _perform(self, *given: Any) -> Any:
        self._step()
        return super()._perform(*given)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("kept.jsonl", "b.jsonl", "c.jsonl"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.fixture
def record() -> Iterator[TemporaryRecord]:
    made = TemporaryRecord.made()
    yield made
    made.close()


def emptied(record: TemporaryRecord, folder: Path) -> None:
    for id in record.ids():
        record.delete(id)
        record.origins.forget([id])
    record.origins.forget_files(record.origins.below(str(folder)))


def worker(record: TemporaryRecord, folder: Path, work: Callable[[Any, Path], object]) -> Worker:
    made = Worker(lambda: work(OpenSearchRecord(SteppedCluster(made.step), record.name), folder))
    return made


def test_what_another_process_reads_again_stays_whatever_the_order(record, folder, rounds):
    both = [worker(filled(folder, record), folder, work) for work in (prune, read_again)]
    for each in both:
        each.finish()
    pruner, writer = (each.calls for each in both)
    chance = random.Random(25)
    lengths: set[int] = set()
    for _ in range(rounds(12, 500)):
        emptied(record, folder)
        filled(folder, record)
        begun, stopped, later = chance.randrange(pruner), chance.randrange(1, writer), chance.randrange(pruner)
        run(
            worker(record, folder, prune),
            worker(record, folder, read_again),
            [True] * begun + [False] * stopped + [True] * later + [False] * writer,
        )
        survives(record.opened(), folder, (PAGE.id, OTHER.id))
        lengths.add(len(record.revisions(PAGE.id)))
    assert 2 in lengths


def test_killed_anywhere_it_can_be_started_again(record, folder, rounds):
    calls = 0
    while True:
        emptied(record, folder)
        filled(folder, record)
        pruner = worker(record, folder, prune)
        for _ in range(calls):
            pruner.turn()
        if pruner.done:
            break
        killed = len(record.left())
        read_again(record.opened(), folder)
        prune(record.opened(), folder)
        told = record.opened().verify()
        assert all("is there twice" in each or "is left of a deleted article" in each for each in told), told
        record.opened().repair()
        survives(record.opened(), folder, (PAGE.id, OTHER.id))
        calls += rounds(4, 1) if not killed else rounds(2, 1)
    assert calls > 20
