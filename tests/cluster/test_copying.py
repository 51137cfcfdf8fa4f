"""Copying a record into the cluster and back: equal at the end, wherever and however often it was broken off."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from searchkit.model.article import Article
from searchkit.storage.opensearch import sequence, transactions
from searchkit.storage.record import Record
from searchkit.storage.sqlite.record import SqliteRecord
from searchkit.writing import copying
from searchkit.writing.comparing import digest
from searchkit.writing.copying import copy
from tests.cluster.copying import BATCH
from tests.cluster.reached import IN_CLUSTER, TemporaryRecord
from tests.cluster.writing import LEASE
from tests.unit.writing.test_copying import ZONE, Broken, breaking_at, kept, lived, news

pytestmark = [IN_CLUSTER]
SEED = 18


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "TOGETHER", BATCH)


@pytest.fixture
def local(tmp_path: Path) -> Iterator[SqliteRecord]:
    made = SqliteRecord.create(tmp_path / "archive.db", ZONE)
    lived(made, random.Random(SEED), 120)
    yield made
    made.close()


@pytest.fixture
def record() -> Iterator[TemporaryRecord]:
    made = TemporaryRecord.made(lease=LEASE, shards=2)
    yield made
    made.close()


def back(tmp_path: Path, name: str = "back.db") -> SqliteRecord:
    return SqliteRecord.create(tmp_path / name, ZONE)


def test_there_and_back_it_is_equal(local, record, tmp_path):
    told = copy(local, record)
    assert told.sha256 == digest(local) and kept(record.opened()) == kept(local) and record.verify() == []
    home = back(tmp_path)
    assert copy(record.opened(), home).sha256 == told.sha256 and kept(home) == kept(local) and home.verify() == []
    lived(local, random.Random(SEED + 1), 30)
    again = copy(local, record)
    assert 0 < again.sent < told.sent and kept(record.opened()) == kept(local) and record.verify() == []
    assert copy(record, home).sha256 == again.sha256 and kept(home) == kept(local)
    assert copy(local, record).sent == 0


def test_broken_off_between_two_writes_it_goes_on(local, record, tmp_path):
    """At twenty points each way, and the source lives on: the target has all up to there, as each write is acknowledged."""
    chance = random.Random(SEED)
    for source, target in ((local, record), (record, back(tmp_path))):
        for _ in range(20):
            lived(source, chance, 8)
            source.put(Article(id="last", title=f"第{chance.random()}号"))
            with breaking_at(target, chance.randrange(2, 9)), pytest.raises(Broken):
                copy(source, target)
        assert copy(source, target).sha256 == digest(source)
        assert kept(target)[:5] == kept(source)[:5] and target.verify() == []


def requests_that_fail_at(monkeypatch: pytest.MonkeyPatch, point: int) -> list[int]:
    """Let the process die after so many requests that write, before or after the cluster has got the last of them."""
    count = [0]
    for module, name in ((transactions, "send"), (sequence.Numbers, "_change")):
        made = getattr(module, name)

        def dying(*given: Any, made: Any = made, **named: Any) -> Any:
            count[0] += 1
            if count[0] == point and point % 2:
                raise Broken
            answer = made(*given, **named)
            if count[0] == point:
                raise Broken
            return answer

        monkeypatch.setattr(module, name, dying)
    return count


def test_broken_off_at_every_request_it_goes_on(local, record, monkeypatch, rounds):
    """In the middle of a part, too: some of its revisions are there, or some of its articles."""
    with monkeypatch.context() as patch:
        count = requests_that_fail_at(patch, 0)
        copy(local, record)
    points = [*range(1, count[0] * 3 // 4)]  # where leases end on the way, some are asked for once more
    for point in sorted(random.Random(SEED).sample(points, rounds(10, len(points)))):
        made = TemporaryRecord.made(lease=LEASE)
        try:
            with monkeypatch.context() as patch:
                requests_that_fail_at(patch, point)
                with pytest.raises(Broken):
                    copy(local, made)
            assert copy(local, made.opened()).sha256 == digest(local), point
            assert in_order(made.opened()) == in_order(local), point
            assert [each for each in made.verify() if "is left of a deleted article" not in each] == [], point
        finally:
            made.close()


def in_order(record: Record) -> Any:
    """All but the order within a part, which may change where it is broken off: no news may be lost by that."""
    return kept(record)[1:5], [news(record, name) for name in record.saved.names()]


def pushing(folder: Path, name: str, way: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.cluster.copying", way, str(folder), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.torture)])
def test_killed_it_goes_on(record, tmp_path, kills):
    """With -9, somewhere in a part, so many times each way."""
    chance = random.Random(SEED)
    local = SqliteRecord.create(tmp_path / "archive.db", ZONE)
    lived(local, chance, 100 * kills)
    for way, path in (("push", tmp_path / "archive.db"), ("pull", tmp_path / "back.db")):
        ended = 0
        for _ in range(kills):
            under_way = pushing(path, record.name, way)
            assert under_way.stdout
            for _ in range(chance.randrange(1, 4)):
                under_way.stdout.readline()
            time.sleep(chance.random() * 0.05)
            under_way.kill()
            ended += "\n" not in under_way.communicate()[0] and under_way.returncode == 0
        assert ended < kills // 2
        under_way = pushing(path, record.name, way)
        under_way.communicate()
        assert under_way.returncode == 0, way
    home = SqliteRecord(tmp_path / "back.db")
    assert digest(home) == digest(local) == digest(record.opened()) and home.verify() == []
    assert in_order(home) == in_order(local)
    local.close()
    home.close()


def test_two_who_copy_at_once_are_as_one(local, record):
    """As where a push was thought dead, and begun again elsewhere."""
    folder = local.path
    under_way = [pushing(folder, record.name, "push") for _ in range(2)]
    for each in under_way:
        each.communicate()
    assert [each.returncode for each in under_way] == [0, 0]
    assert digest(record.opened()) == digest(local) and record.verify() == []
