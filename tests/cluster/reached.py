"""The cluster that SEARCHKIT_CLUSTER names, for tests of the engine and of the record in it; without it they are skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from searchkit.analysis.segment import segmenter
from searchkit.cluster.client import Cluster
from searchkit.engines.opensearch.index import OpenSearchIndex
from searchkit.storage.opensearch.mapping import PARTS, index
from searchkit.storage.opensearch.record import OpenSearchRecord

ADDRESS = os.environ.get("SEARCHKIT_CLUSTER", "")
IN_CLUSTER = pytest.mark.skipif(
    not ADDRESS, reason="no cluster: make cluster-test starts one, or set SEARCHKIT_CLUSTER"
)


@cache
def cluster() -> Cluster:
    """One connection for all tests."""
    return Cluster(ADDRESS.split(","))


@contextmanager
def index_in_cluster(shards: int, replicas: int = 0) -> Iterator[OpenSearchIndex]:
    """An empty index of so many shards, which is deleted afterwards."""
    name = f"test-{uuid4().hex}"
    index = OpenSearchIndex(
        cluster(), name, ZoneInfo("Asia/Shanghai"), segmenter(), {"analysis": "test"}, shards=shards, replicas=replicas
    )
    try:
        yield index
    finally:
        index.close()
        cluster().request("DELETE", f"/{name}.*", params={"expand_wildcards": "all"})


@contextmanager
def archive_in_cluster(options: str = "?shards=1&replicas=0") -> Iterator[str]:
    """The address of an archive that is made by whoever opens it first, and deleted afterwards with all it has."""
    name = f"test-{uuid4().hex}"
    nodes = ",".join(urlsplit(each).netloc for each in ADDRESS.split(","))
    try:
        yield f"opensearch://{nodes}/{name}{options}"
    finally:
        cluster().request("DELETE", f"/{name}.*", params={"expand_wildcards": "all"})


class TemporaryRecord(OpenSearchRecord):
    """A new record, which is deleted when it is closed."""

    @classmethod
    def made(cls, **given: Any) -> Any:
        return cls.create(cluster(), f"test-{uuid4().hex}", {"timezone": "Asia/Shanghai"}, **{"replicas": 0, **given})

    def opened(self) -> OpenSearchRecord:
        """The same record, as another process sees it."""
        return OpenSearchRecord(cluster(), self.name, lease=self.sequence.lease)

    def close(self) -> None:
        super().close()
        names = ",".join(index(self.name, part) for part in PARTS)
        cluster().request("DELETE", f"/{names}", params={"ignore_unavailable": "true"})
