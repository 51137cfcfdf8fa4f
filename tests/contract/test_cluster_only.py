"""What only an engine in a cluster can do, or fail to do. Where a cluster is; see tests/cluster."""

from __future__ import annotations

import random

import pytest

from searchkit.engines.index import Entry
from searchkit.engines.memory import MemoryIndex
from searchkit.engines.opensearch import reading
from searchkit.engines.opensearch.mapping import TITLE
from searchkit.errors import ArchiveError, QueryError
from searchkit.model.article import Article
from searchkit.query.tree import And, AtLeast, Everything, Near, Phrase, Together, Wildcard, Word, Words
from tests.cluster.reached import IN_CLUSTER, cluster, index_in_cluster
from tests.conftest import SHANGHAI
from tests.contract.test_index import ALL, add, found

pytestmark = IN_CLUSTER


@pytest.fixture
def full():
    with index_in_cluster(2) as index:
        add(index, *ALL)
        yield index


def kept(index) -> dict[str, object]:
    return cluster().request("GET", f"/{index._states.name}.*", params={"expand_wildcards": "all"})


def test_a_point_in_time_that_was_given_up_is_told_and_a_new_one_answers(full):
    with full.snapshot() as snapshot:
        assert snapshot.count(Everything()) == 4
        cluster().request("DELETE", "/_search/point_in_time", {"pit_id": [snapshot._held.point]})
        with pytest.raises(ArchiveError) as told:
            snapshot.search(Words(("长江",)))
        assert told.value.code == "snapshot-lost" and told.value.hint
    assert found(full, Phrase("长江")) == ["a1", "a2"]


def test_those_who_ask_share_a_point_in_time_until_something_is_written(full):
    with full.snapshot() as one, full.snapshot() as other:
        assert one._held is other._held
        add(full, Article(id="new", title="新"))
        with full.snapshot() as third:
            assert third._held is not one._held and len(third) == 5 and len(other) == 4


def test_a_cleared_index_is_deleted_when_nobody_asks_it(full):
    with full.snapshot() as before:
        full.clear()
        assert len(kept(full)) == 1 and len(before) == 4
    assert kept(full) == {}
    add(full, *ALL)
    assert len(kept(full)) == 1 and len(full) == 4


def test_an_older_state_that_comes_late_changes_nothing(full):
    full.apply([Entry(9, Article(id="a1", title="新的"))], covers=9)
    full.apply([Entry(3, Article(id="a1", title="旧的"))], ["a2"], covers=9)
    assert found(full, Phrase("新的")) == ["a1"] and found(full, Phrase("旧的")) == []
    full.apply([Entry(2, Article(id="a2", title="又来"))], covers=9)
    assert found(full, Phrase("又来")) == [], "what was deleted later stays deleted"


def test_settings_are_those_of_the_last_step(full):
    assert full.settings == {"format": full.format, "analysis": "test"}
    full.note("lineage", "7")
    add(full, *ALL)
    assert full.settings == {"format": full.format, "analysis": "test", "lineage": "7"}


def test_ids_and_values_of_any_length_are_taken(full):
    long = "长" * 600
    add(full, Article(id=long, title="讯", source="源" * 20_000, author=long))
    assert found(full, Phrase("讯")) == [long]
    assert full.facets(Phrase("讯"), ["source", "author"]) == {"source": {"": 1}, "author": {long: 1}}
    full.apply([], [long], covers=99)
    assert found(full, Phrase("讯")) == []


def test_more_parts_than_the_cluster_takes_are_refused_with_a_hint(full):
    many = tuple(f"词{n}" for n in range(2000))
    with pytest.raises(QueryError, match="too many parts"):
        full.count(AtLeast(many, 2))


def test_an_index_has_a_size_and_parts_that_are_merged(full):
    assert full.size() > 0
    assert full.optimize() >= 1
    assert len(full) == 4


def test_with_a_replica_every_document_has_two_copies():
    if cluster().request("GET", "/_cluster/health")["number_of_nodes"] < 2:
        pytest.skip("one node has no place for a second copy")
    with index_in_cluster(2, replicas=1) as index:
        add(index, *ALL)
        assert index.verify() == [] and len(index) == 4
        copies = cluster().request("GET", f"/{index._states.name}/_stats/docs")["_all"]
        assert (copies["primaries"]["docs"]["count"], copies["total"]["docs"]["count"]) == (4, 8)


MANY = "".join(map(chr, range(0x4E00, 0x4E00 + 60)))


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        (Wildcard("a?b?c?d?e?f?g?h?i?j"), ["m1"]),
        (Wildcard("*a?b?c?d?e?f?g?h?i?z*"), []),
        (Wildcard("报" + "?" * 10 + "普"), ["m1"]),
        (Wildcard("报" + "?" * 60 + "普"), []),
        (Together((*MANY, "报"), (*reversed(MANY), "普")), ["m1"]),
        (Together((*MANY, "报"), ("国", *reversed(MANY))), []),
        (Together(("报", *MANY), ("国", *MANY), "paragraph"), ["m1"]),
        (Near((*MANY, "报"), (*MANY, "普"), 10), ["m1"]),
        (Near((*MANY, "报"), (*MANY, "普"), 9), []),
    ],
)
def test_what_has_very_many_ways_to_match_is_found(query, ids):
    with index_in_cluster(1) as index:
        add(index, Article(id="m1", title="民", body="国。报qqqqqqqqqq普，a1b2c3d4e5f6g7h8i9j。"))
        assert found(index, query) == ids


def test_a_list_of_terms_goes_on_after_any_character(monkeypatch):
    with index_in_cluster(2) as index:
        titles = ["a]b[c^d-e.f*g", "q?w+e{1}", "中]国\\的", '"&~@#<1>|()', "q/r s:t=u,v;w!x%y$z_"]
        add(index, *(Article(id=f"t{number}", title=title) for number, title in enumerate(titles)))
        with index.snapshot() as snapshot:
            every = reading.terms_like(snapshot._asking, TITLE, [".*"])
            monkeypatch.setattr(reading, "MOST_BUCKETS", 3)
            assert sorted(reading.terms_like(snapshot._asking, TITLE, [".*"])) == sorted(every)
            assert len({*every}) == len(every) > 80


TIMES = [0, 1, 13, 14, 15, 16, 17, 40]


def test_scores_of_words_that_stand_often_are_those_of_the_reference():
    words = ["经济", "发展", "大桥", "deepseek", "芯片", "出口", "管制", "轮渡"]
    chance = random.Random(15)
    articles = [
        Article(id=f"o{number}", title="", body="".join(f"{word}。" * chance.choice(TIMES) for word in words))
        for number in range(60)
    ]
    memory = MemoryIndex(SHANGHAI)
    with index_in_cluster(2) as index:
        add(memory, *articles)
        add(index, *articles)
        for typed in (words[:1], words[:2], words[3:5], words):
            for query in (Words(tuple(typed), mode="any"), And(tuple(Word(word) for word in typed))):
                expected, found = (engine.search(query, limit=60).page for engine in (memory, index))
                assert [(match.id, match.score) for match in found] == [(match.id, match.score) for match in expected]
                assert len(found) > 5
        for times in (14, 15, 16, 17, 18, 41):
            for texts in (("经济",), ("芯片", "出口")):
                expected, found = (engine.search(AtLeast(texts, times), limit=60) for engine in (memory, index))
                assert [match.id for match in found.page] == [match.id for match in expected.page]
                assert (times > 40 and len(texts) == 1) == (not found.total)
