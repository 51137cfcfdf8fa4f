"""Backups of an archive as snapshots of the cluster, and archives made from them. The nodes need a `path.repo`."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import searchkit
from searchkit import Archive, Article
from searchkit.errors import ArchiveError, Damaged, FormatTooNew, Locked, UsageError
from searchkit.storage.opensearch import snapshots
from searchkit.storage.opensearch.documents import article_key
from searchkit.storage.opensearch.mapping import OURS, alias, index
from searchkit.storage.opensearch.sequence import COUNTER
from tests.cluster.reached import IN_CLUSTER, cluster
from tests.conftest import NEWS
from tests.contract.archives import address_of, archive_in

pytestmark = [IN_CLUSTER, pytest.mark.slow]


@pytest.fixture
def repository() -> Iterator[str]:
    name = f"test-{uuid4().hex}"
    body = {"type": "fs", "settings": {"location": name}}
    told = cluster().request("PUT", f"/_snapshot/{name}", body, {"ignore": (400, 500)})
    if "error" in told:
        pytest.skip("the nodes have no path.repo")
    yield name
    for each in cluster().request("GET", f"/_snapshot/{name}/_all")["snapshots"]:
        cluster().request("DELETE", f"/_snapshot/{name}/{each['snapshot']}")
    cluster().request("DELETE", f"/_snapshot/{name}")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with archive_in("cluster", tmp_path) as made:
        made.upsert_all((each, f"/n/{each.id}") for each in NEWS)  # type: ignore[misc]
        made.upsert(replace(NEWS[0], title="滨江长江大桥重新开放"))
        made.delete(ids=[NEWS[-1].id])
        made.saved.save("river", "长江")
        yield made


@pytest.fixture
def name() -> Iterator[str]:
    given = f"test-{uuid4().hex}"
    yield given
    cluster().request("DELETE", f"/{given}.*", params={"expand_wildcards": "all"})


def dump(archive: Archive) -> Any:
    rows = [
        ([(each.number, each.recorded, each.article) for each in archive.revisions(one.id)], archive.family(one.id), archive.origin(one.id))
        for one in archive
    ]  # fmt: skip
    hits = [(hit.id, hit.score) for hit in archive.search("长江 江水", mode="any").hits]
    return rows, hits, [each.name for each in archive.saved.list()], archive._store.last_seq(), archive._store.lineage()


def test_under_another_name_it_is_the_same(archive, repository, name):
    assert archive.backup(f"{repository}/one") == len(archive) == len(NEWS) - 1
    before = dump(archive)
    assert searchkit.restore(f"{repository}/one", address_of(name)) == len(archive)
    with searchkit.connect(address_of(name)) as made:
        assert dump(made) == before and made.verify().problems == () and made.index_behind == 0
        made.upsert(replace(NEWS[0], title="滨江长江大桥又封闭"))
        made.wait = 0.0
        made.rebuild()
        assert made.search("又封闭").total == 1 and made.verify().ok
        again = dump(made)
    assert dump(archive) == before and archive.verify().ok
    archive.upsert(Article(id="later", title="此后"))
    assert archive.backup(f"{repository}/two") == len(archive)
    with searchkit.connect(address_of(name)) as made:
        assert dump(made) == again, "the original is not written to"


def test_into_its_own_name_when_that_is_gone(archive, repository):
    archive.backup(f"{repository}/one")
    before = dump(archive)
    archive.upsert(Article(id="later", title="此后"))
    address = str(archive.path)
    with pytest.raises(UsageError) as raised:
        searchkit.restore(f"{repository}/one", address)
    assert raised.value.code == "archive-taken" and "later" in archive
    cluster().request("DELETE", f"/{archive._store.name}.*", params={"expand_wildcards": "all"})
    assert searchkit.restore(f"{repository}/one", address) == len(NEWS) - 1
    with searchkit.connect(address) as made:
        assert dump(made) == before and made.verify().ok


def test_numbers_that_exist_are_not_handed_out_again(archive, repository, name):
    last = archive._store.last_seq()
    path = f"/{alias(archive._store.name, 'kept')}/_update/{COUNTER}"
    cluster().request("POST", path, {"doc": {"next": 2}})
    archive.backup(f"{repository}/one")
    cluster().request("POST", path, {"doc": {"next": last + 1}})
    searchkit.restore(f"{repository}/one", address_of(name))
    with searchkit.connect(address_of(name)) as made:
        assert made._store.last_seq() == last and made.verify().ok
        made.upsert(Article(id="later", title="此后"))
        assert made._store.sequence_numbers()["later"] == last + 1 and made.verify().ok


def test_nobody_writes_until_each_shard_has_begun(archive, repository, monkeypatch):
    """A writer that comes then waits, and is let in while the copying goes on."""
    real, held = snapshots._have_begun, threading.Event()
    order: list[str] = []

    def begun(*given: Any) -> bool:
        if not held.is_set():
            held.set()
            time.sleep(0.5)
        done = real(*given)
        if done:
            order.append("begun")
        return done

    def write() -> None:
        held.wait(60)
        with searchkit.connect(str(archive.path), wait=60) as other:
            other.upsert(Article(id="later", title="此后"))
            order.append("written")

    monkeypatch.setattr(snapshots, "_have_begun", begun)
    writer = threading.Thread(target=write)
    writer.start()
    archive.backup(f"{repository}/one")
    writer.join()
    assert order[0] == "begun" and order[-1] == "written" and "later" in archive


@pytest.mark.parametrize(
    ("stage", "start", "begun"),
    [("INIT", 0, False), ("STARTED", 0, False), ("STARTED", 7, True), ("FINALIZE", 7, True), ("DONE", 0, True), ("FAILURE", 0, True)],
)  # fmt: skip
def test_a_shard_has_begun_when_its_node_says_so(stage, start, begun):
    assert snapshots._has_begun({"stage": stage, "stats": {"start_time_in_millis": start}}) is begun


def test_while_another_one_writes_it_waits(archive, repository):
    archive.wait = 0.1
    with searchkit.connect(str(archive.path)) as other, other._sync.writing(), pytest.raises(Locked):
        archive.backup(f"{repository}/one")
    assert archive.backup(f"{repository}/one") == len(archive)


@pytest.mark.parametrize(
    ("to", "code"),
    [("{repository}/one", "snapshot-taken"), ("{repository}/Two", "snapshot-name"), ("{repository}/a b", "snapshot-name"),
     ("none-of-that/one", "no-repository"), ("one", "snapshot-name"), ("{repository}/a/b", "snapshot-name"), ("", "snapshot-name")],
)  # fmt: skip
def test_where_no_backup_can_be_made(archive, repository, to, code):
    archive.backup(f"{repository}/one")
    with pytest.raises(UsageError) as raised:
        archive.backup(to.format(repository=repository))
    assert raised.value.code == code and raised.value.hint
    if code == "no-repository":
        assert '{"type": "fs"' in raised.value.hint and repository in raised.value.hint


def test_what_cannot_be_restored(archive, repository, name):
    other, made = index(archive._store.name, "kept"), f"/_snapshot/{repository}"

    def snapshot(called: str, **given: Any) -> str:
        body = {"indices": other, "include_global_state": False, **given}
        cluster().request("PUT", f"{made}/{called}", body, {"wait_for_completion": "true"})
        return f"{repository}/{called}"

    note = {"archive": archive._store.name, "format": 1, "articles": 1}
    for given, error, code in (
        ("none-of-that/one", UsageError, "no-repository"),
        (f"{repository}/none", UsageError, "no-snapshot"),
        ("one", UsageError, "snapshot-name"),
        (snapshot("foreign"), ArchiveError, "snapshot-foreign"),
        (snapshot("odd", metadata={OURS: 1}), ArchiveError, "snapshot-foreign"),
        (snapshot("newer", metadata={OURS: {**note, "format": 2}}), FormatTooNew, "format-too-new"),
        (snapshot("part", metadata={OURS: note}), ArchiveError, "snapshot-incomplete"),
    ):
        with pytest.raises(error) as raised:
            searchkit.restore(given, address_of(name))
        assert raised.value.code == code and raised.value.hint, given
        assert snapshots.indexes_of(cluster(), name) == {}


def test_a_damaged_record_is_not_restored(archive, repository, name):
    path = f"/{alias(archive._store.name, 'articles')}/_update/{article_key(NEWS[0].id)}"
    cluster().request("POST", path, {"doc": {"digest": "0" * 32}})
    archive.backup(f"{repository}/one")
    with pytest.raises(Damaged) as raised:
        searchkit.restore(f"{repository}/one", address_of(name))
    assert raised.value.code == "snapshot-damaged" and snapshots.indexes_of(cluster(), name) == {}


def test_what_was_left_is_restored_again(archive, repository, name, monkeypatch):
    """Killed before it gave the aliases."""
    archive.backup(f"{repository}/one")
    with monkeypatch.context() as here:
        here.setattr(snapshots, "drop", lambda *_: None)
        here.setattr(snapshots, "_raise_counter", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            searchkit.restore(f"{repository}/one", address_of(name))
    assert snapshots.indexes_of(cluster(), name)
    with pytest.raises(searchkit.NoArchive):
        searchkit.connect(address_of(name))
    assert searchkit.restore(f"{repository}/one", address_of(name)) == len(archive)


def test_a_snapshot_that_is_broken_off_is_removed(archive, repository, monkeypatch):
    monkeypatch.setattr(snapshots, "_have_begun", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        archive.backup(f"{repository}/one")
    assert cluster().request("GET", f"/_snapshot/{repository}/_all")["snapshots"] == []
    monkeypatch.undo()
    assert archive.backup(f"{repository}/one") == len(archive)
