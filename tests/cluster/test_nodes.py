"""Nodes that are killed while a record is written: what was acknowledged stays.

Only under --torture, and on three nodes that `make cluster` of this checkout has started, all of which SEARCHKIT_CLUSTER
names. Each round takes a minute or more, since the cluster waits before it makes a second copy elsewhere.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from searchkit.storage.memory.record import MemoryRecord
from tests.cluster import nodes
from tests.cluster.reached import ADDRESS, IN_CLUSTER, TemporaryRecord
from tests.cluster.writing import BATCH, LEASE, articles, dump, write

pytestmark = [IN_CLUSTER, pytest.mark.torture]
ROUNDS, ARTICLES = 5, 1000


@pytest.fixture
def record():
    addresses = [f"http://127.0.0.1:{nodes.FIRST_HTTP + at}" for at in range(3)]
    if ADDRESS.split(",") != addresses or not all(nodes.pid_of(nodes.folder_of(each)) for each in (1, 2, 3)):
        pytest.skip(
            f"needs three nodes that make cluster has started here, and SEARCHKIT_CLUSTER={','.join(addresses)}"
        )
    made = TemporaryRecord.made(lease=LEASE, shards=2, replicas=1)
    yield made
    made.close()


def acknowledged(record: TemporaryRecord, first: int, last: int, kill: tuple[int, int, float]) -> int:
    """Write articles in another process, and kill a node meanwhile. Returns: how many were acknowledged."""
    batch, node, seconds = kill
    command = [sys.executable, "-m", "tests.cluster.writing", record.name, str(first), str(last)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    assert writer.stdout
    reached = 0
    for line in writer.stdout:
        reached = int(line)
        if reached == batch:
            time.sleep(seconds)
            pid = nodes.pid_of(nodes.folder_of(node))
            assert pid
            os.kill(pid, signal.SIGKILL)
    # It may give up, with an error.
    return last - first if writer.wait() == 0 else reached * BATCH


def test_a_node_that_is_killed_loses_nothing_acknowledged(record):
    chance = random.Random(18)
    java, base = nodes.java_home(), nodes.distribution()
    for first in range(0, ROUNDS * ARTICLES, ARTICLES):
        last = first + ARTICLES
        node = chance.randrange(1, 4)
        kill = (chance.randrange(2, 15), node, chance.random() * 0.1)
        count = acknowledged(record, first, last, kill)
        nodes.start_node(node, base, java)
        while not nodes.is_ready(nodes.health()):
            time.sleep(1)
        assert {each.id for each in articles(first, first + count)} <= {*record.opened().ids()}
        for _ in write(record, first, last):
            pass
    single = MemoryRecord()
    for _ in write(single, 0, ROUNDS * ARTICLES):
        pass
    assert dump(record) == dump(single) and record.verify() == []
