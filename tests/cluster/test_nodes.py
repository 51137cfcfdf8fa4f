"""Nodes that are killed while an archive is written and asked: what was acknowledged stays, and no answer is wrong.

Only under --torture, and on three nodes that `make cluster` of this checkout has started, all of which SEARCHKIT_CLUSTER
names. A round takes the time that a node takes to start.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

import searchkit
from searchkit.cluster.client import Cluster
from searchkit.errors import ArchiveError
from searchkit.model.article import Article
from searchkit.storage.opensearch.mapping import PARTS, index
from searchkit.storage.opensearch.record import OpenSearchRecord
from tests.cluster import nodes
from tests.cluster.reached import ADDRESS, IN_CLUSTER, archive_in_cluster
from tests.cluster.under_load import loaded
from tests.cluster.writing import BATCH, articles, written

pytestmark = [IN_CLUSTER, pytest.mark.torture]
KILLS = int(os.environ.get("KILLS", "20"))
FILES, OF_FILE = 12, 800
"""Files that are ingested, and the articles of each."""
OVERLAP = 6
"""Of these files one ingest has those before and the next, the other the one before and the rest."""


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


def test_the_command_line_while_nodes_are_killed(started, tmp_path):
    """Two ingests of overlapping files, each run again until it ends well, leave what one ingest into a folder leaves."""
    java, base = started
    chance = random.Random(19)
    files = []
    for first in range(0, FILES * OF_FILE, OF_FILE):
        files.append(tmp_path / f"{first}.jsonl")
        lines = [f"{as_json(each)}\n" for each in articles(first, first + OF_FILE)]
        files[-1].write_text("".join(lines), encoding="utf-8")
    texts = {each.id: each.body for each in articles(0, FILES * OF_FILE)}
    told: Counter[str] = Counter()
    with archive_in_cluster("?shards=2&replicas=1") as address:
        searchkit.connect(address, create=True).close()
        address = address.partition("?")[0]
        wrong: list[str] = []
        ingests = [Repeated(address, several, told, wrong) for several in (files[: OVERLAP + 1], files[OVERLAP - 1 :])]
        searcher = Searched(address, texts, told, wrong)
        kills = 0
        while any(each.is_alive() for each in ingests) or kills < 3:
            time.sleep(3 + chance.random() * 4)
            node = chance.randrange(1, 4)
            told["kills of the elected node"] += nodes.elected() == node
            kill(node)
            kills += 1
            start_again(node, base, java)
        searcher.end()
        told["kills"] = kills
        print(dict(told))
        assert wrong == [] and told["answers"]
        again = run_searchkit(address, "ingest", "--json", *map(str, files))
        assert json.loads(again.stdout)["unchanged"] == len(texts), "to ingest again changes nothing"
        assert run_searchkit(str(tmp_path / "single"), "ingest", *map(str, files)).returncode == 0
        with searchkit.connect(address) as archive, searchkit.open(tmp_path / "single") as single:
            assert archive.index_behind == 0 and archive.verify().ok
            assert [*archive] == [*single]
            for query in ("渡口", "复航", "第7号轮渡"):
                assert [each.id for each in archive.export(query)] == [each.id for each in single.export(query)]


class Repeated(threading.Thread):
    """`searchkit ingest` of one file after the other, each run until it ends well."""

    def __init__(self, address: str, files: Sequence[Path], told: Counter[str], wrong: list[str]) -> None:
        super().__init__(daemon=True)
        self._address, self._files, self._told, self._wrong = address, files, told, wrong
        self.start()

    def run(self) -> None:
        for file in self._files:
            while (ended := run_searchkit(self._address, "ingest", str(file))).returncode:
                if "Traceback" in ended.stderr:
                    self._wrong.append(ended.stderr)
                    return
                self._told[f"ingest: {ended.stderr.strip().splitlines()[-2:]}"] += 1
                time.sleep(1)
            self._told["ingests"] += 1


class Searched(threading.Thread):
    """`searchkit export` of what a query finds, again and again: each article is as it was ingested."""

    def __init__(self, address: str, texts: Mapping[str, str], told: Counter[str], wrong: list[str]) -> None:
        super().__init__(daemon=True)
        self._address, self._texts, self._told, self._wrong = address, texts, told, wrong
        self._ended = threading.Event()
        self.start()

    def run(self) -> None:
        before = 0
        while not self._ended.wait(0.2):
            answer = run_searchkit(self._address, "export", "复航")
            if "Traceback" in answer.stderr:
                self._wrong.append(answer.stderr)
            if answer.returncode and answer.stderr:
                self._told[f"search: {answer.stderr.strip().splitlines()[-2:]}"] += 1
                continue
            found = [json.loads(line) for line in answer.stdout.splitlines()]
            self._wrong += [each["id"] for each in found if each["body"] != self._texts.get(each["id"])]
            if len(found) < before:
                self._wrong.append(f"{len(found)} articles after {before}")
            before = max(before, len(found))
            self._told["answers"] += 1

    def end(self) -> None:
        self._ended.set()
        self.join(900)
        assert not self.is_alive()


def run_searchkit(address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "searchkit", "-i", address, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=900)


def as_json(article: Article) -> str:
    said = {"id": article.id, "title": article.title, "body": article.body, "source": article.source}
    return json.dumps(said, ensure_ascii=False)


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
