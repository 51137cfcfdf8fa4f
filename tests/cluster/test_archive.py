"""A whole archive in a cluster: several processes write, one rebuilds, one is killed, and what is asked is as locally."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import searchkit
from searchkit.analysis.segment import parse_dictionary
from searchkit.errors import Locked
from searchkit.ingest.run import ingest
from tests.cluster.reached import IN_CLUSTER, archive_in_cluster
from tests.conftest import NEWS, TODAY

pytestmark = [IN_CLUSTER]
ROOT = Path(__file__).parents[2]
BODY = "".join(chr(0x4E00 + number * 37 % 9000) for number in range(300))


@pytest.fixture
def address():
    with archive_in_cluster() as made:
        yield made


def connected(address, **given):
    return searchkit.connect(address, today=lambda: TODAY, timeout=None, **{"wait": 60, **given})


def command(*arguments, wait=60):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SEARCHKIT_TODAY": TODAY.isoformat(), "LC_ALL": "C.UTF-8"}
    return subprocess.Popen(
        [sys.executable, "-m", "searchkit", *map(str, arguments), "--wait", str(wait)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip


def lines(path, first, last, state):
    """A file of articles with these numbers, some of them reprints of another, each in one state."""
    records = []
    for number in range(first, last):
        text = BODY if number % 9 == 0 else f"第{number}号轮渡{state}，江面起风。" * (1 + number % 20)
        day = f"2025-03-{1 + number % 28:02}"
        records.append(
            {"id": f"n{number:05}", "title": f"渡口{number}", "body": text, "published": day, "source": "滨江日报"}
        )
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records), encoding="utf-8")
    return path


def dump(archive):
    """All that an archive tells, without times and numbers of changes."""
    assert archive.index_behind == 0
    rows = [
        (each, [(state.number, state.article) for state in archive.revisions(each.id)], archive.origin(each.id).files,
         [member.id for member in archive.family(each.id).articles])
        for each in archive
    ]  # fmt: skip
    found = [
        [(hit.id, round(hit.score, 9)) for hit in archive.search(query, mode="any", limit=30).hits]
        for query in ("轮渡 复航", "江面起风", "长江大桥", "号")
    ]
    return rows, found, archive.timeline("轮渡").buckets, archive.facets()


def locally(folder, *inputs):
    with searchkit.open(folder, create=True, today=lambda: TODAY, timeout=None) as archive:
        for each in inputs:
            ingest(archive, [each])
        return dump(archive)


def ended(process):
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    return out


def test_two_processes_that_ingest_overlapping_inputs_are_as_one(address, tmp_path, rounds):
    last = rounds(300, 3000)
    older = lines(tmp_path / "older.jsonl", 0, last // 2, "停航")
    one, other = (
        lines(tmp_path / f"{name}.jsonl", *part, "复航")
        for name, part in (("one", (0, 2 * last // 3)), ("other", (last // 3, last)))
    )
    ended(command("ingest", older, "-i", address))
    for process in [command("ingest", each, "-i", address) for each in (one, other)]:
        ended(process)
    with connected(address) as archive:
        assert dump(archive) == locally(tmp_path / "local", older, one, other)
        assert archive.verify().problems == ()
    ended(command("ingest", one, "-i", address))
    with connected(address) as archive:
        assert archive.stats().revisions == len(range(last // 2)) - sum(number % 9 == 0 for number in range(last // 2))


def test_an_ingest_that_is_killed_is_run_again(address, tmp_path, rounds):
    given = lines(tmp_path / "news.jsonl", 0, rounds(800, 3000), "复航")
    ended(command("ingest", lines(tmp_path / "first.jsonl", 0, 5, "复航"), "-i", address))
    for round in range(rounds(2, 20)):
        process = command("ingest", given, "-i", address)
        time.sleep(0.5 + round % 7 * 0.3)
        process.kill()
        process.communicate()
    ended(command("ingest", given, "-i", address, wait=200))
    with connected(address, wait=200) as archive:
        archive.catch_up()
        assert archive.verify().problems == () and archive.stats().revisions == 0
        rows, *told = dump(archive)
    there, *expected = locally(tmp_path / "local", given)
    assert told == expected and [row[:2] + row[3:] for row in rows] == [row[:2] + row[3:] for row in there]


def test_readers_do_not_notice_that_the_index_is_rebuilt(address):
    with connected(address, create=True) as archive, connected(address) as reader:
        archive.upsert_all(NEWS)
        over, seen, failed = threading.Event(), [], []

        def ask():
            while not over.is_set():
                try:
                    seen.append(tuple(hit.id for hit in reader.search("长江 OR 管制").hits))
                except Exception as error:  # whatever it is, the test tells it
                    failed.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        try:
            for _ in range(2):
                archive.rebuild()
        finally:
            over.set()
            thread.join()
        assert not failed and set(seen) == {("bridge", "chips")}
        assert archive.verify().problems == ()


def test_a_dictionary_that_another_process_puts_in(address):
    with connected(address, create=True) as archive, connected(address) as other:
        archive.upsert_all(NEWS)
        assert other.search("到场查看", mode="all").total == 1
        assert archive.set_dictionary(parse_dictionary("到场查看 9 v")) == 1
        assert other.search("到场查看", mode="all").total == 1 and other.dictionary == archive.dictionary
        other.upsert(NEWS[0])
        assert other.verify().problems == archive.verify().problems == ()
        assert archive.set_dictionary(parse_dictionary("")) == 1 and archive.verify().problems == ()


def test_who_rebuilds_is_alone(address):
    with connected(address, create=True) as archive, connected(address, wait=0.2) as other:
        archive.upsert_all(NEWS)
        with archive._sync.writing(alone=True):
            with pytest.raises(Locked, match="written to by process"):
                other.upsert(NEWS[0])
            assert other.search("长江").total == 1
        with archive._sync.writing():
            with pytest.raises(Locked):
                other.rebuild()
            assert other.delete(ids=["bridge"]).ids == ("bridge",)


def test_what_is_refused(address, tmp_path):
    with pytest.raises(searchkit.NoArchive, match="opensearch://"):
        connected(address)
    with connected(address, create=True, tz="Asia/Taipei") as archive:
        assert archive.tz == "Asia/Taipei" and str(archive.path) == address.partition("?")[0]
        with pytest.raises(searchkit.UsageError, match="names no snapshot"):
            archive.backup(tmp_path / "copy")
    with pytest.raises(searchkit.UsageError, match="days in Asia/Taipei"):
        connected(address, tz="Asia/Shanghai")
    with pytest.raises(searchkit.ArchiveClosed):
        archive.search("长江")


def test_aliases_of_its_own(address):
    with connected(address, create=True) as archive, connected(address) as other:
        archive.upsert_all(NEWS)
        before = archive.state
        archive.set_aliases("老桥,滨江长江大桥\n孤名\n")
        assert archive.state != before and archive.search("老桥").total == 1
        text, errors = other.own_aliases()
        assert text == "老桥,滨江长江大桥\n孤名\n" and len(errors) == 1
