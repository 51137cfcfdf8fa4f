"""Nodes that are cut off while an archive is written and asked: what was acknowledged stays, and no answer is wrong.

Only under --torture, and on three nodes in network namespaces that `make cluster APART=1` of this checkout has started (as
root), with APART=1 and SEARCHKIT_CLUSTER as it prints it. A round takes a minute or so.
"""

from __future__ import annotations

import os
import random
import time

import pytest

from tests.cluster import nodes, partitions
from tests.cluster.reached import ADDRESS, IN_CLUSTER
from tests.cluster.test_nodes import wait_until_ready
from tests.cluster.under_load import loaded

pytestmark = [IN_CLUSTER, pytest.mark.torture]
ROUNDS = int(os.environ.get("ROUNDS", "3"))
ALL = (1, 2, 3)


@pytest.fixture(autouse=True)
def apart():
    if not nodes.APART or nodes.urls() != ADDRESS or not all(nodes.pid_of(nodes.folder_of(each)) for each in ALL):
        pytest.skip("needs make cluster APART=1, and then APART=1 and SEARCHKIT_CLUSTER as it prints it")
    yield
    partitions.heal(ALL)
    wait_until_ready()


def elected() -> int:
    while (found := nodes.elected()) == 0:
        time.sleep(0.5)
    return found


@pytest.mark.parametrize("kind", ["from the nodes", "wholly"])
def test_nodes_that_are_cut_off_lose_nothing_acknowledged(kind):
    """The elected one, the one that is asked first, and any, each in turn: from the other nodes, so that it can still be
    asked, or from everything.
    """
    chance = random.Random(kind)
    with loaded(ADDRESS.split(",")) as archive:
        archive.begin()
        for round in range(ROUNDS):
            time.sleep(2 + chance.random() * 3)
            node = (elected(), 1, chance.choice(ALL))[round % 3]
            archive.told["cuts of the elected node"] += nodes.elected() == node
            if kind == "wholly":
                partitions.cut_wholly(node)
            else:
                partitions.cut(node, [other for other in ALL if other != node])
            archive.told["cuts"] += 1
            batches = archive.told["batches"]
            # Until the others write without it, and for a while.
            end = time.monotonic() + 120
            while archive.told["batches"] < batches + 10 and time.monotonic() < end:
                time.sleep(0.5)
            time.sleep(10)
            partitions.heal(ALL)
            wait_until_ready()
        archive.end()
        archive.check()
        print(dict(archive.told))
