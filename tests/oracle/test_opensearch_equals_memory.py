"""Random archives and random queries: the engine in the cluster answers what the reference answers.

Where a cluster is; see tests/cluster.
"""

from __future__ import annotations

import random
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit.engines import scoring
from searchkit.engines.index import Entry
from searchkit.engines.memory import MemoryIndex
from searchkit.engines.opensearch import neighbours, reading
from searchkit.model.article import Article
from tests.cluster.reached import IN_CLUSTER, index_in_cluster
from tests.conftest import examples
from tests.oracle.test_operators import PIECES, SIMILAR, slip
from tests.oracle.test_whoosh_equals_memory import (
    PHASES,
    SHANGHAI,
    agrees_with_conditions,
    answers,
    batches,
    queries,
)

pytestmark = IN_CLUSTER


@pytest.mark.parametrize(("shards", "depth"), [(1, 200), (3, 3)])
@settings(examples(12), suppress_health_check=list(HealthCheck), phases=PHASES)
@given(batches, st.lists(queries, min_size=8, max_size=16), st.integers(1, 6), st.integers(0, 3))
def test_the_same_answers(shards, depth, given_batches, asked, limit, merged_after):
    with pytest.MonkeyPatch.context() as patch, index_in_cluster(shards) as cluster:
        patch.setattr(scoring, "DEPTH", depth)
        memory = MemoryIndex(SHANGHAI)
        seq = 0
        for number, (group, deleted) in enumerate(given_batches):
            entries = [Entry(seq + i, article) for i, article in enumerate(group, 1)]
            seq += len(entries)
            memory.apply(entries, deleted, covers=seq)
            cluster.apply(entries, deleted, covers=seq)
            if number == merged_after:
                cluster.optimize()
        assert memory.covers == cluster.covers
        for query in asked:
            assert answers(cluster, query, limit) == answers(memory, query, limit), query
        agrees_with_conditions(cluster, asked[0])


@pytest.mark.parametrize(("shards", "suggested", "listed"), [(1, 20_000, 60_000), (3, 2, 3)])
def test_similar_words(shards, suggested, listed, rounds):
    chance = random.Random(11)
    articles = [
        Article(id=f"a{n}", title="".join(chance.choices(PIECES, k=4)), body="".join(chance.choices(PIECES, k=40)))
        for n in range(60)
    ]
    memory = MemoryIndex(SHANGHAI)
    with pytest.MonkeyPatch.context() as patch, index_in_cluster(shards) as cluster:
        patch.setattr(neighbours, "_SUGGESTED", suggested)
        patch.setattr(reading, "MOST_BUCKETS", listed)
        for index in (memory, cluster):
            index.apply([Entry(n, each) for n, each in enumerate(articles, 1)], [], covers=60)
            index.apply([], [each.id for each in articles[:20]], covers=60)
        with memory.snapshot() as expected, cluster.snapshot() as found:
            for _ in range(rounds(8, 40)):
                typed = [slip(chance, slip(chance, chance.choice(SIMILAR))) for _ in range(6)]
                for edits, same_first in product((1, 2), (False, True)):
                    similar = expected.similar_words(typed, edits, same_first=same_first)
                    assert found.similar_words(typed, edits, same_first=same_first) == similar, typed
                    assert edits == 1 or any(similar.values()) or all(len(word) < 4 for word in typed)
