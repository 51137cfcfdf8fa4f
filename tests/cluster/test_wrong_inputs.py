"""A cluster that cannot do what is asked: each reason has an error of its own, with a code, a message and a hint.

Where no cluster is at all, or another program answers: tests/unit/cluster/test_other_programs.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest

from searchkit import Article, deadline
from searchkit.cluster import bulk
from searchkit.cluster.client import Cluster
from searchkit.engines.index import Entry
from searchkit.engines.opensearch.index import OpenSearchIndex
from searchkit.engines.opensearch.opensearch_snapshot import OpenSearchSnapshot
from searchkit.errors import ArchiveError, Damaged, FormatTooNew, NoArchive, QueryTimeout, ReadOnlyArchive
from searchkit.query.tree import Everything, Phrase
from searchkit.storage.opensearch.mapping import PARTS, Part, alias, body, index
from searchkit.storage.opensearch.record import OpenSearchRecord
from searchkit.storage.opensearch.sequence import COUNTER
from tests.cluster.others import delaying
from tests.cluster.reached import ADDRESS, IN_CLUSTER, TemporaryRecord, cluster, index_in_cluster

pytestmark = IN_CLUSTER
FERRY = Article(id="ferry", title="渡口复航", body="轮渡明日复航。")
NOWHERE = {"routing.allocation.require._name": "no-such-node"}


@pytest.fixture
def record() -> Iterator[TemporaryRecord]:
    made = TemporaryRecord.made()
    made.put(FERRY)
    yield made
    made.close()


@pytest.fixture
def full() -> Iterator[OpenSearchIndex]:
    with index_in_cluster(1) as made:
        made.apply([Entry(1, FERRY)], covers=1)
        yield made


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two attempts at writing, without a pause between them."""
    monkeypatch.setattr(bulk, "_TRIES", 2)
    monkeypatch.setattr(bulk, "_seconds", lambda tried: 0.0)


def refused(ask: Callable[[], Any], code: str, kind: type[ArchiveError] = ArchiveError) -> ArchiveError:
    with pytest.raises(kind) as told:
        ask()
    assert told.value.code == code and told.value.hint and told.value.exit_code == 3
    assert told.value.__cause__ is None or told.value.__suppress_context__
    return told.value


def replaced(record: OpenSearchRecord, part: Part, *, meta: dict[str, Any] | None = None, **settings: Any) -> None:
    replaced_in(record.name, part, meta=meta, **settings)


def replaced_in(name: str, part: Part, *, meta: dict[str, Any] | None = None, **settings: Any) -> None:
    """Put another, empty index in the place of one of a record."""
    made = body(name, part, 1, 0)
    made["settings"]["index"] |= settings
    if meta is not None:
        made["mappings"]["_meta"] = meta
    cluster().request("DELETE", f"/{index(name, part)}")
    cluster().request("PUT", f"/{index(name, part)}", made, {"wait_for_active_shards": 0})


# -- red


def test_a_record_of_which_a_part_is_on_no_node(record, at_once, monkeypatch):
    replaced(record, "articles", **NOWHERE)
    monkeypatch.setattr("searchkit.storage.opensearch.bulk.SECONDS", 1.0)
    refused(lambda: record.requests.search("articles", {"size": 0}), "cluster-red")
    refused(lambda: record.opened().get("ferry"), "cluster-red")
    refused(lambda: record.put(Article(id="other", title="大桥")), "cluster-red")


def test_a_record_whose_counter_is_on_no_node(record):
    replaced(record, "kept", **NOWHERE)
    refused(record.opened, "cluster-red")


def test_an_index_of_which_a_part_is_on_no_node(at_once, monkeypatch):
    with index_in_cluster(1) as made:
        settings = {"index": {"number_of_shards": 1, "number_of_replicas": 0, **NOWHERE}}
        meta = {"searchkit": {"covers": 1, "mark": "m", "settings": {}, "format": "opensearch-1"}}
        whole = {"settings": settings, "mappings": {"_meta": meta}, "aliases": {made._states.name: {}}}
        cluster().request("PUT", f"/{made._states.name}.000001", whole, {"wait_for_active_shards": 0})
        monkeypatch.setattr("searchkit.engines.opensearch.writing._SECONDS", 1.0)
        refused(made.snapshot, "cluster-red")
        refused(lambda: made.apply([Entry(2, FERRY)], covers=2), "cluster-red")
        assert "no copy" in made.verify()[0]


def test_a_second_copy_that_has_no_node(at_once, monkeypatch):
    record = TemporaryRecord.made()
    try:
        names = ",".join(index(record.name, part) for part in PARTS)
        alone = {"index.routing.allocation.enable": "primaries", "index.number_of_replicas": 1}
        cluster().request("PUT", f"/{names}/_settings", alone)
        monkeypatch.setattr("searchkit.storage.opensearch.bulk.SECONDS", 1.0)
        told = refused(lambda: record.opened().put(FERRY), "cluster-copies")
        assert "second copy" in told.message
    finally:
        record.close()


# -- full


def test_a_cluster_that_has_too_little_disk_is_read_but_not_written(record, full):
    name = full._states.read().index
    names = ",".join([name, *(index(record.name, part) for part in PARTS)])
    cluster().request("PUT", f"/{names}/_settings", {"index.blocks.read_only_allow_delete": True})
    other = Article(id="other", title="大桥")
    refused(lambda: record.put(other), "cluster-full", ReadOnlyArchive)
    refused(lambda: full.apply([Entry(2, other)], covers=2), "cluster-full", ReadOnlyArchive)
    assert record.get("ferry") == FERRY and list(record.opened().ids()) == ["ferry"]
    with full.snapshot() as snapshot:
        assert snapshot.count(Phrase("复航")) == 1
    cluster().request("PUT", f"/{names}/_settings", {"index.blocks.read_only_allow_delete": None})
    assert record.put(other) == "added"


# -- not ours, not there, not whole, too new


def test_indexes_of_another_program(record):
    replaced(record, "origins", meta={})
    refused(record.opened, "foreign-index")
    replaced(record, "origins", meta={"searchkit": {"record": "origins"}})
    refused(record.opened, "foreign-index")
    with index_in_cluster(1) as made:
        cluster().request("PUT", f"/{made._states.name}.logs", {"aliases": {made._states.name: {}}})
        refused(made.snapshot, "foreign-index")
        refused(lambda: made.apply([Entry(1, FERRY)], covers=1), "foreign-index")


def test_an_archive_that_is_not_there():
    told = refused(lambda: OpenSearchRecord(cluster(), "test-none"), "no-archive", NoArchive)
    assert f"{cluster().name}/test-none" in told.message


@pytest.mark.parametrize("made", [1, 3, 5])
def test_an_archive_that_is_half_made(made):
    """Making it broke off; to make it again makes it whole."""
    name = f"test-{uuid4().hex}"
    try:
        for part in PARTS[-made:]:
            cluster().request("PUT", f"/{index(name, part)}", body(name, part, 1, 0))
        refused(lambda: OpenSearchRecord(cluster(), name), "no-archive", NoArchive)
        assert OpenSearchRecord.create(cluster(), name, {"timezone": "Asia/Shanghai"}, replicas=0).put(FERRY) == "added"
    finally:
        cluster().request("DELETE", "/" + ",".join(index(name, part) for part in PARTS))


def test_an_archive_of_which_a_part_was_deleted_is_damaged_and_not_new(record):
    cluster().request("DELETE", f"/{index(record.name, 'revisions')}")
    told = refused(record.opened, "cluster-damaged", Damaged)
    assert alias(record.name, "revisions") in told.message


def test_a_record_that_lost_its_counter_is_damaged_for_who_has_it_open(record):
    cluster().request("DELETE", f"/{alias(record.name, 'kept')}/_doc/{COUNTER}")
    refused(lambda: record.put(Article(id="other", title="大桥")), "cluster-damaged", Damaged)


def test_a_record_of_a_newer_searchkit(record):
    replaced(record, "sketches", meta={"searchkit": {"record": "sketches", "format": 99}})
    refused(record.opened, "format-too-new", FormatTooNew)


# -- too slow

SLOW = "long sum = 0; for (int i = 0; i < 9000; ++i) { sum += (long) Math.pow(i, 1.01) % 7; } return sum >= 0;"


@pytest.fixture(scope="module")
def many() -> Iterator[OpenSearchSnapshot]:
    with index_in_cluster(1) as made:
        made.apply([Entry(n, Article(id=f"n{n}", title=f"渡口{n}")) for n in range(1, 6001)], covers=6000)
        with made.snapshot() as snapshot:
            yield snapshot


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question waits for half a second, and no longer."""
    monkeypatch.setattr(deadline, "LEAST_BACKSTOP", 0.5)
    monkeypatch.setattr(deadline, "BACKSTOP", 1)


def under_way(text: str) -> list[str]:
    """What the nodes search now, of what has this text."""
    params = {"actions": "indices:data/read/search*", "detailed": "true"}
    nodes = cluster().request("GET", "/_tasks", params=params)["nodes"].values()
    return [task["description"] for node in nodes for task in node["tasks"].values() if text in task["description"]]


def ended(text: str) -> bool:
    """Whether the nodes do not search it any more, after a while."""
    for _ in range(100):
        if not under_way(text):
            return True
        time.sleep(0.1)
    return False


def test_a_question_that_the_cluster_cannot_answer_in_time_ends_here_and_there(many, soon):
    query = {"script": {"script": {"source": SLOW}}}
    with deadline.within(0.5), pytest.raises(QueryTimeout):
        many._asking.search({"size": 0, "query": query, "track_total_hits": True})
    assert ended("9000; ++i")
    assert many.count(Everything()) == 6000


def test_a_list_of_the_record_that_takes_too_long_ends_here_and_there(record, many, soon):
    aliased = {"actions": [{"remove_index": {"index": index(record.name, "articles")}},
                           {"add": {"index": many._held.state.index, "alias": alias(record.name, "articles")}}]}  # fmt: skip
    cluster().request("POST", "/_aliases", aliased)
    query = {"script": {"script": {"source": SLOW.replace("9000", "9001")}}}
    with deadline.within(0.5), pytest.raises(QueryTimeout):
        record.requests.search("articles", {"size": 0, "query": query, "track_total_hits": True})
    assert ended("9001; ++i")
    cluster().request("PUT", f"/{index(record.name, 'articles')}", {})


def test_a_cluster_that_is_slow_to_answer_is_not_waited_for(many, soon):
    """The proxy before it holds answers back for a second and a half."""
    host = ADDRESS.split(",")[0]
    with delaying(host, 1.5) as address, closing(Cluster([address])) as slow, deadline.within(0.5):
        slow._is_known = True
        with pytest.raises(QueryTimeout):
            slow.request("GET", f"/{many._held.state.index}/_mapping")
