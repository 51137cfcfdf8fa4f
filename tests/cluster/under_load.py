"""An archive in the cluster that is written and asked all the time, while a test breaks the cluster.

Two processes write overlapping articles into the record, a thread brings the index level with it, and two threads ask: the
index for all articles and for single ones, the record for articles that were acknowledged. An error is allowed, and so is an
answer of an earlier moment, if it is whole: all that the state it names covers, and nothing else. Anything else is wrong.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from searchkit.analysis.segment import segmenter
from searchkit.cluster.client import Cluster
from searchkit.deadline import within
from searchkit.engines.index import Entry
from searchkit.engines.opensearch.index import OpenSearchIndex
from searchkit.errors import ArchiveError, QueryTimeout, SearchkitError
from searchkit.query.tree import Phrase
from searchkit.storage.memory.record import MemoryRecord
from searchkit.storage.opensearch.mapping import PARTS, index
from searchkit.storage.opensearch.record import OpenSearchRecord
from tests.cluster.writing import BATCH, articles, kept_of, written

MOST = 90_000
SECONDS = 1.5
"""Of a question; it waits ten at most."""


def named(error: SearchkitError) -> str:
    """What an error is called; one that has no name of its own, with its message."""
    return error.code if error.code != "cluster" else str(error.message)[:200]


class Loaded:
    """The archive, and what is known of it.

    Attributes:
        acknowledged: the first number of each batch that a writer was told is written.
        told: how often each thing happened.
        wrong: answers that are wrong, each as a sentence.
    """

    def __init__(self, hosts: list[str], name: str, pause: float) -> None:
        self.hosts, self.name, self.pause = hosts, name, pause
        self.record = OpenSearchRecord(Cluster(hosts), name, lease=20.0)
        self.index = self.opened_index()
        self.acknowledged: set[int] = set()
        self.told: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._covered: dict[str, int] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._writers: list[subprocess.Popen[str]] = []
        self._threads: list[threading.Thread] = []

    def opened_index(self) -> OpenSearchIndex:
        return OpenSearchIndex(
            Cluster(self.hosts), self.name, ZoneInfo("Asia/Shanghai"), segmenter(), shards=2, replicas=1
        )

    # -- running

    def begin(self) -> None:
        self.level()
        for first in (0, 3 * BATCH):
            command = [sys.executable, "-m", "tests.cluster.writing", self.name, str(first), str(MOST), str(self.pause)]
            writer = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
            )
            self._writers.append(writer)
            self._start(self._listen, writer)
        self._start(self._follow)
        self._start(self._ask_index)
        self._start(self._ask_record)

    def _start(self, what: Callable[..., None], *given: Any) -> None:
        thread = threading.Thread(target=self._kept, args=(what, *given), daemon=True)
        thread.start()
        self._threads.append(thread)

    def _kept(self, what: Callable[..., None], *given: Any) -> None:
        try:
            what(*given)
        except BaseException as error:
            self.wrong.append(f"{what.__name__}: {error!r}")
            raise

    def end(self) -> None:
        """Let all end what they do."""
        for writer in self._writers:
            assert writer.stdin
            writer.stdin.close()
        for writer in self._writers:
            assert writer.wait(400) == 0
        self._ended.set()
        for thread in self._threads:
            thread.join(200)
            assert not thread.is_alive()

    def _listen(self, writer: subprocess.Popen[str]) -> None:
        assert writer.stdout
        for line in writer.stdout:
            if line.startswith("!"):
                self.told["writer: " + line[2:].strip()] += 1
            else:
                with self._lock:
                    self.acknowledged.add(int(line))
                self.told["batches"] += 1

    # -- the index

    def level(self) -> None:
        """Give the index all that is settled."""
        covers = self.index.covers
        upto = self.record.last_seq()
        while covers < upto:
            changes = self.record.changes(covers, 1000, upto)
            covers = changes[-1].seq if changes else upto
            entries = [Entry(each.seq, each.article) for each in changes if each.article]
            with self._lock:
                self._covered.update({each.id: each.seq for each in changes})
            self.index.apply(entries, covers=covers)

    def _follow(self) -> None:
        while not self._ended.wait(0.5):
            try:
                self.level()
            except ArchiveError as error:
                self.told[f"follower: {named(error)}"] += 1

    def _ask_index(self) -> None:
        chance = random.Random(4)
        asked = self.opened_index()
        before = 0
        while not self._ended.wait(0.05):
            try:
                with within(SECONDS), closing(asked.snapshot()) as snapshot:
                    covers = snapshot.covers
                    with self._lock:
                        sure = {id for id, seq in self._covered.items() if seq <= covers}
                    all_ids = {*snapshot.ids(Phrase("渡口"))}
                    one = chance.choice(sorted(sure))
                    found = list(snapshot.ids(Phrase(f"第{int(one[1:])}号轮渡")))
            except QueryTimeout:
                self.told["reader: late"] += 1
            except SearchkitError as error:
                self.told[f"reader: {named(error)}"] += 1
            else:
                self.told["answers"] += 1
                self.told["answers of an earlier state"] += covers < before
                before = max(before, covers)
                with self._lock:
                    # What is being applied may be seen in part.
                    known = {*self._covered}
                if missing := sure - all_ids:
                    self.wrong.append(f"at {covers} the index lacks {sorted(missing)[:3]} and {len(missing)} in all")
                if foreign := all_ids - known:
                    self.wrong.append(f"at {covers} the index has {sorted(foreign)[:3]}, which nobody gave it")
                if found != [one]:
                    self.wrong.append(f"at {covers} for {one} the index has {found}")

    # -- the record

    def _ask_record(self) -> None:
        chance = random.Random(5)
        asked = OpenSearchRecord(Cluster(self.hosts), self.name)
        while not self._ended.wait(0.1):
            with self._lock:
                start = chance.choice(sorted(self.acknowledged)) if self.acknowledged else None
            if start is None:
                continue
            try:
                with within(SECONDS):
                    given = {each.id: each for each in articles(start, start + BATCH)}
                    found = asked.get_many(given)
            except QueryTimeout:
                self.told["record: late"] += 1
            except SearchkitError as error:
                self.told[f"record: {named(error)}"] += 1
            else:
                self.told["reads"] += 1
                if found != given:
                    self.wrong.append(f"the record lacks {sorted(given.keys() - found.keys())[:3]} of batch {start}")

    # -- afterwards

    def check(self) -> None:
        """Nothing acknowledged is lost, the index is level, and to write all again changes nothing."""
        assert self.wrong == []
        with self._lock:
            given = {each.id: each for start in self.acknowledged for each in articles(start, start + BATCH)}
        record = OpenSearchRecord(Cluster(self.hosts), self.name)
        held = record.get_many(given)
        assert held == given, f"{len(given) - len(held)} of {len(given)} acknowledged articles are lost"
        for _ in range(120):
            self.level()
            if not record.pending(self.index.covers):
                break
            time.sleep(1)
        with closing(self.opened_index()) as index, closing(index.snapshot()) as snapshot:
            assert snapshot.sequence_numbers() == record.sequence_numbers()
            assert index.verify() == []
        # What was under way at the end, and was not acknowledged, may be there in part.
        starts = sorted({int(id[1:]) // BATCH * BATCH for id in record.ids()})
        for start in starts:
            written(record, [*articles(start, start + BATCH)])
        last = record.last_seq()
        for start in starts:
            written(record, [*articles(start, start + BATCH)])
        assert record.last_seq() == last, "to write all again changes nothing"
        single = MemoryRecord()
        for start in starts:
            written(single, [*articles(start, start + BATCH)])
        ids = list(single.ids())
        assert list(record.ids()) == ids and record.counts() == single.counts() and record.verify() == []
        assert record.get_many(ids) == single.get_many(ids)
        # The rest is asked for each article apart, which takes long.
        some = random.Random(6).sample(ids, min(300, len(ids)))
        assert [kept_of(record, id) for id in some] == [kept_of(single, id) for id in some]
        self.told["articles acknowledged"] = len(given)


@contextmanager
def loaded(hosts: list[str], pause: float = 0.5) -> Iterator[Loaded]:
    """An archive with one replica that is written and asked until the end of the block."""
    name = f"test-{uuid4().hex}"
    cluster = Cluster(hosts)
    record = OpenSearchRecord.create(cluster, name, {"timezone": "Asia/Shanghai"}, shards=2, replicas=1)
    written(record, [*articles(MOST, MOST + BATCH)])
    archive = Loaded(hosts, name, pause)
    archive.level()
    names = ",".join(index(name, part) for part in PARTS)
    # A second copy is made elsewhere at once, and not after a minute.
    soon = {"index.unassigned.node_left.delayed_timeout": "1s"}
    cluster.request("PUT", f"/{names},{name}/_settings", soon)
    try:
        yield archive
    finally:
        archive._ended.set()
        for writer in archive._writers:
            writer.kill()
        cluster.request("DELETE", f"/{names},{name}.0*")
