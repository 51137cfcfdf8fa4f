"""`index`: each backend in turn, empty, in the zone of Shanghai. The cluster only where one is (see tests/cluster)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from searchkit.analysis.segment import segmenter
from searchkit.engines.memory import MemoryIndex
from searchkit.engines.whoosh.index import WhooshIndex
from tests.cluster.reached import IN_CLUSTER, index_in_cluster

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(
    params=[
        "memory",
        "whoosh",
        pytest.param("cluster-1", marks=IN_CLUSTER),
        pytest.param("cluster-3", marks=IN_CLUSTER),
    ]
)
def index(request, tmp_path):
    if request.param.startswith("cluster"):
        with index_in_cluster(int(request.param[-1])) as made:
            yield made
        return
    if request.param == "memory":
        made = MemoryIndex(SHANGHAI)
    else:
        made = WhooshIndex(tmp_path / "whoosh", SHANGHAI, segmenter(), {"analysis": "test"})
    yield made
    made.close()
