"""The archives that must behave alike: in a folder, and in a cluster where one is (see tests/cluster)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import searchkit
from searchkit import Archive
from tests.cluster.reached import ADDRESS, IN_CLUSTER, cluster

PLACES = ["folder", pytest.param("cluster", marks=IN_CLUSTER)]


@contextmanager
def archive_in(place: str, folder: Path, **given: Any) -> Iterator[Archive]:
    """A new archive, which is deleted afterwards where it is in a cluster."""
    if place == "folder":
        with searchkit.open(folder / "archive", create=True, **given) as archive:
            yield archive
        return
    name = f"test-{uuid4().hex}"
    try:
        with searchkit.connect(address_of(name) + "?replicas=0", create=True, **given) as archive:
            yield archive
    finally:
        cluster().request("DELETE", f"/{name}.*", params={"expand_wildcards": "all"})


def address_of(name: str) -> str:
    """The address of the archive of this name in the cluster of the tests."""
    nodes = ",".join(each.partition("://")[2] for each in ADDRESS.split(","))
    return f"opensearch://{nodes}/{name}"
