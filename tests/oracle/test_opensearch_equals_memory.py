"""Random archives and random queries: the engine in the cluster answers what the reference answers.

Where a cluster is; see tests/cluster.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit.engines import scoring
from searchkit.engines.index import Entry
from searchkit.engines.memory import MemoryIndex
from tests.cluster.reached import IN_CLUSTER, index_in_cluster
from tests.conftest import examples
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
