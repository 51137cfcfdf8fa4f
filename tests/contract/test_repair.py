"""An archive that is broken in each way: `verify` tells it, and with `repair` mends what can be made again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from searchkit import Archive, Article
from searchkit.engines.index import Entry
from searchkit.storage.opensearch.documents import article_key, revision_key
from searchkit.storage.opensearch.mapping import alias
from searchkit.storage.opensearch.origins import _file, _pair
from searchkit.storage.opensearch.sequence import COUNTER
from tests.cluster.reached import IN_CLUSTER, cluster
from tests.conftest import at
from tests.contract.archives import PLACES, archive_in

BODY = "".join(chr(0x4E00 + number * 37 % 9000) for number in range(400))
STORY = Article(id="story", title="江水上涨", body=BODY, published=at(2025, 3, 4, 8))
COPIES = [replace(STORY, id=f"copy{number}", published=at(2025, 3, 5, number)) for number in range(3)]
BRIDGE = Article(id="bridge", title="大桥封闭")


def filled(archive: Archive) -> Archive:
    archive.upsert_all([STORY, *COPIES, BRIDGE])
    archive.upsert(replace(BRIDGE, title="大桥开放"))
    archive.upsert(replace(STORY, title="江水回落"))
    assert archive.verify().problems == () and len(archive.family("story").articles) == 4  # type: ignore[union-attr]
    return archive


@pytest.fixture(params=PLACES)
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    with archive_in(request.param, tmp_path) as made:
        yield filled(made)


@pytest.fixture
def in_cluster(tmp_path: Path) -> Iterator[Archive]:
    with archive_in("cluster", tmp_path) as made:
        yield filled(made)


def state(archive: Archive) -> Any:
    rows = [
        ([each.article for each in archive.revisions(id)], archive.family(id)) for id in ("story", "copy1", "bridge")
    ]
    return (
        list(archive),
        rows,
        [hit.id for hit in archive.search("江水 大桥", mode="any").hits],
        archive.stats().articles,
    )


def lacks(archive: Archive) -> None:
    archive._sync.index.apply([], ["bridge", "copy1"], covers=archive._sync.index.covers)


def is_stale(archive: Archive) -> None:
    old = Entry(archive._store.sequence_numbers()["bridge"] + 1, replace(BRIDGE, title="旧标题"))
    archive._sync.index.apply([old], covers=archive._sync.index.covers)


def has_a_ghost(archive: Archive) -> None:
    archive._sync.index.apply([Entry(1, replace(BRIDGE, id="ghost"))], covers=archive._sync.index.covers)


def lacks_a_member(archive: Archive) -> None:
    archive._store.sketches.take_out(["copy1"])


def has_a_stranger(archive: Archive) -> None:
    archive._store.sketches.put_together([("bridge", "story")])


def lacks_a_family(archive: Archive) -> None:
    archive._store.sketches.take_out(["story", *(each.id for each in COPIES)])


def has_a_sketch_of_nobody(archive: Archive) -> None:
    archive._store.sketches.add(archive._families._made([replace(STORY, id="nobody", body=BODY[::-1])]))


BROKEN: dict[str, tuple[Callable[[Archive], None], int, str, str]] = {
    "lacking": (lacks, 2, "is in the record but not in the index", "2 articles were given to the index"),
    "stale": (is_stale, 1, "is in the index in another state than in the record", "1 article was"),
    "ghost": (has_a_ghost, 1, "is in the index but not in the record", "1 article was"),
    "member": (lacks_a_member, 1, "is not in the family of reprints", "families of reprints were made anew"),
    "stranger": (has_a_stranger, 1, "is not in the family of reprints", "families of reprints were made anew"),
    "family": (lacks_a_family, 4, "is not in the family of reprints", "families of reprints were made anew"),
    "sketch": (has_a_sketch_of_nobody, 1, "is not in the family of reprints", "families of reprints were made anew"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_derived_is_mended(archive, name):
    damage, count, problem, done = BROKEN[name]
    before, last = state(archive), archive._store.last_seq()
    damage(archive)
    told = archive.verify()
    assert len(told.problems) == count and all(problem in each for each in told.problems) and told.repaired == ()
    assert archive.verify().problems == told.problems, "verify alone changes nothing"
    mended = archive.verify(repair=True)
    assert mended.ok and len(mended.repaired) == 1 and done in mended.repaired[0], mended
    assert archive.verify().problems == () and state(archive) == before
    assert archive._store.last_seq() <= last + 1
    archive.upsert(replace(BRIDGE, title="大桥又封闭"))
    assert archive.search("又封闭").total == 1 and archive.verify().ok


def test_all_at_once(archive):
    before = state(archive)
    for damage, *_ in BROKEN.values():
        damage(archive)
    assert not archive.verify().ok
    assert archive.verify(repair=True).ok and state(archive) == before


def test_what_is_whole_is_left_as_it_is(archive):
    mark = archive.state
    told = archive.verify(repair=True)
    assert told.ok and told.repaired == () and archive.state == mark


def test_a_damaged_index_is_made_anew(tmp_path):
    with archive_in("folder", tmp_path) as archive:
        before = state(filled(archive))
        largest = max((archive.path / "whoosh").iterdir(), key=lambda each: each.stat().st_size)
        raw = bytearray(largest.read_bytes())
        raw[len(raw) // 2] ^= 255
        largest.write_bytes(raw)
    with archive_in("folder", tmp_path) as archive:
        assert not archive.verify().ok
        told = archive.verify(repair=True)
        assert told.ok and told.repaired == ("the index and the families of reprints were made anew",)
        assert state(archive) == before


def test_a_damaged_article_stays_as_it_is(tmp_path):
    with archive_in("folder", tmp_path) as archive:
        filled(archive)
        archive._store.execute("UPDATE articles SET record = replace(record, '开放', '关闭') WHERE id = 'bridge'")
        told = archive.verify()
        assert len(told.problems) == 1 and archive.verify(repair=True).problems == told.problems
        assert archive["bridge"].title == "大桥关闭"


# -- what a writer of a cluster that died leaves


def put(archive: Archive, part: Any, key: str, document: dict[str, Any]) -> None:
    cluster().request("PUT", f"/{alias(archive._store.name, part)}/_doc/{key}", document)


def revision_of_a_deleted_article(archive: Archive) -> None:
    held = archive._store.requests.get("revisions", revision_key("story", archive._store.state("story")["first"], 1))
    put(archive, "revisions", revision_key("gone", 1, 1), {**held.source, "id": "gone", "first": 1})


def state_that_is_there_twice(archive: Archive) -> None:
    life = archive._store.state("bridge")
    kept = {name: life[name] for name in ("id", "first", "revision", "recorded", "digest", "record")}
    put(archive, "revisions", revision_key("bridge", life["first"], life["revision"]), kept)


def prune_that_was_broken_off(archive: Archive) -> None:
    archive._store.retire("bridge")


def file_that_is_not_known(archive: Archive) -> None:
    archive._store.origins.note([("bridge", "/n/1")])
    cluster().request("DELETE", f"/{alias(archive._store.name, 'origins')}/_doc/{quote(_file('/n/1')[0], safe='')}")


def change_that_came_late(archive: Archive) -> None:
    seq = archive._store.state("bridge")["seq"]
    late = {"late": {"dead": {"low": seq, "high": seq, "since": 1}}}
    cluster().request("POST", f"/{alias(archive._store.name, 'kept')}/_update/{COUNTER}", {"doc": late})


LEFT: dict[str, tuple[Callable[[Archive], None], str, str]] = {
    "revision": (revision_of_a_deleted_article, "is left of a deleted article", "1 revision that was left was removed"),
    "twice": (state_that_is_there_twice, "is there twice", "1 revision that was left was removed"),
    "prune": (prune_that_was_broken_off, "was left deleted by half", "1 article that a prune"),
    "file": (file_that_is_not_known, "which it does not know", "1 file was noted again"),
    "late": (change_that_came_late, "may have come late", "got new numbers"),
}


@IN_CLUSTER
@pytest.mark.parametrize("name", LEFT)
def test_what_a_writer_left_is_removed(in_cluster, name):
    damage, problem, done = LEFT[name]
    before = state(in_cluster)
    damage(in_cluster)
    told = in_cluster.verify()
    assert len(told.problems) == 1 and problem in told.problems[0], told
    mended = in_cluster.verify(repair=True)
    assert mended.ok and len(mended.repaired) == 1 and done in mended.repaired[0], mended
    in_cluster.catch_up()
    assert in_cluster.verify().problems == () and state(in_cluster) == before


@IN_CLUSTER
def test_all_that_writers_left_and_all_that_differs_at_once(in_cluster):
    before = state(in_cluster)
    for damage, *_ in (*BROKEN.values(), *LEFT.values()):
        damage(in_cluster)
    told = in_cluster.verify(repair=True)
    in_cluster.catch_up()
    assert told.ok and in_cluster.verify().ok and state(in_cluster) == before


@IN_CLUSTER
def test_what_is_damaged_in_a_cluster_stays_as_it_is(in_cluster):
    body = {"doc": {"digest": "0" * 32}}
    cluster().request("POST", f"/{alias(in_cluster._store.name, 'articles')}/_update/{article_key('bridge')}", body)
    assert in_cluster.verify().problems == in_cluster.verify(repair=True).problems != ()


def test_a_pair_has_another_key_than_its_file():
    assert _pair("", "/n/1")[0] != _file("/n/1")[0]
