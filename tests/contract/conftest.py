"""`index`: each backend in turn, empty, in the zone of Shanghai."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from searchkit.analysis.segment import segmenter
from searchkit.engines.memory import MemoryIndex
from searchkit.engines.whoosh.index import WhooshIndex

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(params=["memory", "whoosh"])
def index(request, tmp_path):
    if request.param == "memory":
        made = MemoryIndex(SHANGHAI)
    else:
        made = WhooshIndex(tmp_path / "whoosh", SHANGHAI, segmenter(), {"analysis": "test"})
    yield made
    made.close()
