"""Nodes that are killed while an archive is written and asked: what was acknowledged stays, and no answer is wrong.

Only under --torture, and on three nodes that `make cluster` of this checkout has started, all of which SEARCHKIT_CLUSTER
names. A round takes the time that a node takes to start.
"""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

from searchkit.cluster.client import Cluster
from searchkit.errors import ArchiveError
from searchkit.storage.opensearch.mapping import PARTS, index
from searchkit.storage.opensearch.record import OpenSearchRecord
from tests.cluster import nodes
from tests.cluster.reached import ADDRESS, IN_CLUSTER
from tests.cluster.under_load import loaded
from tests.cluster.writing import BATCH, articles, written

pytestmark = [IN_CLUSTER, pytest.mark.torture]
KILLS = int(os.environ.get("KILLS", "20"))


@pytest.fixture
def started() -> tuple[Path, Path]:
    """Java, and the distribution of the nodes."""
    if nodes.urls() != ADDRESS or not all(nodes.pid_of(nodes.folder_of(each)) for each in (1, 2, 3)):
        pytest.skip(f"needs three nodes that make cluster has started here, and SEARCHKIT_CLUSTER={nodes.urls()}")
    return nodes.java_home(), nodes.distribution()


def kill(node: int) -> None:
    pid = nodes.pid_of(nodes.folder_of(node))
    assert pid
    os.kill(pid, signal.SIGKILL)
    while nodes.pid_of(nodes.folder_of(node)):
        time.sleep(0.1)


def start_again(node: int, base: Path, java: Path) -> None:
    """Start a node that was killed, and wait until all have it and all copies are there."""
    nodes.start_node(node, base, java)
    end = time.monotonic() + 300
    # The others may not have noticed yet that it was gone.
    while not answers(node):
        assert time.monotonic() < end
        time.sleep(0.5)
    wait_until_ready()


def answers(node: int) -> bool:
    try:
        return int(nodes.asked(node, "/_cluster/health")["number_of_nodes"]) == nodes.NODES
    except (OSError, ValueError):
        return False


def wait_until_ready(seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not nodes.is_ready(told := nodes.health()):
        assert time.monotonic() < end, told
        if told and told["number_of_nodes"] == nodes.NODES and not told["initializing_shards"]:
            # After five failures it does not try again to make a copy until it is told to.
            with suppress(ArchiveError):
                Cluster(ADDRESS.split(",")).request("POST", "/_cluster/reroute", params={"retry_failed": "true"})
        time.sleep(0.5)


def test_nodes_that_are_killed_lose_nothing_acknowledged(started):
    java, base = started
    chance = random.Random(18)
    with loaded(ADDRESS.split(",")) as archive:
        archive.begin()
        for _ in range(KILLS):
            time.sleep(2 + chance.random() * 3)
            node = chance.randrange(1, 4)
            archive.told["kills of the elected node"] += nodes.elected() == node
            kill(node)
            archive.told["kills"] += 1
            start_again(node, base, java)
        archive.end()
        archive.check()
        print(dict(archive.told))


def test_without_a_second_copy_and_a_log_on_the_disk_something_is_lost(started):
    """The control: that the test above can fail."""
    java, base = started
    cluster = Cluster(ADDRESS.split(","))
    name = f"test-{uuid4().hex}"
    record = OpenSearchRecord.create(cluster, name, {"timezone": "Asia/Shanghai"}, shards=2, replicas=0)
    names = ",".join(index(name, part) for part in PARTS)
    cluster.request("PUT", f"/{names}/_settings", {"index.translog.durability": "async"})
    given: set[str] = set()
    try:
        for round in range(3):
            shards = cluster.request("GET", f"/_cat/shards/{index(name, 'articles')}", params={"format": "json"})
            start = round * 25 * BATCH
            for first in range(start, start + 25 * BATCH, BATCH):
                batch = [*articles(first, first + BATCH)]
                written(record, batch)
                given |= {each.id for each in batch}
            node = int(shards[0]["node"].removeprefix("n"))
            kill(node)
            start_again(node, base, java)
            lost = given - record.get_many(given).keys()
            print(f"{len(lost)} of {len(given)} acknowledged articles lost")
            if lost:
                return
        raise AssertionError("nothing was lost")
    finally:
        with suppress(ArchiveError):
            cluster.request("DELETE", f"/{names}")
