"""A record in an OpenSearch cluster, which any number of machines read and write at once.

A batch is not atomic there. How it is kept, and what holds when a writer or a node dies, is in docs/cluster.md.
"""

from __future__ import annotations

import json
import time as clock
from collections.abc import Mapping
from dataclasses import asdict
from typing import ClassVar

from searchkit.cluster.client import Cluster
from searchkit.storage.opensearch.articles import OpenSearchArticles
from searchkit.storage.opensearch.bulk import Action
from searchkit.storage.opensearch.creation import create, require
from searchkit.storage.opensearch.documents import time
from searchkit.storage.opensearch.mapping import key
from searchkit.storage.opensearch.origins import OpenSearchOrigins
from searchkit.storage.opensearch.requests import term
from searchkit.storage.opensearch.saved import OpenSearchSavedSearches
from searchkit.storage.opensearch.sequence import LEASE
from searchkit.storage.opensearch.sketches import OpenSearchSketches
from searchkit.storage.record import Record, Run

_RUN = "run"


class OpenSearchRecord(OpenSearchArticles, Record):
    """The record of the archive `name`, which is there already. Safe to use from several threads.

    Args:
        lease: seconds after which what others wrote since is no longer held up by a writer that died.

    Attributes:
        layout: how the articles are laid out in the cluster; the index is to be laid out alike.

    Raises:
        NoArchive: there is no record of this name.
        ArchiveError: the indexes of this name are not ours, or one is missing.
        FormatTooNew: a newer searchkit has made it.
    """

    atomic: ClassVar[bool] = False

    def __init__(self, cluster: Cluster, name: str, *, lease: float = LEASE) -> None:
        self.layout = require(cluster, name)
        super().__init__(cluster, name, self.layout.copies, lease)
        self._last_run = 0

    @classmethod
    def create(
        cls,
        cluster: Cluster,
        name: str,
        settings: Mapping[str, str],
        *,
        shards: int = 1,
        replicas: int = 1,
        lease: float = LEASE,
    ) -> OpenSearchRecord:
        """Make a new record with these settings, unless there is one; several machines may do so at once.

        Args:
            shards: of the articles and of their revisions; they stay so many.
            replicas: further copies of each shard, each on another node. With one at least, what is acknowledged is on
                two nodes.
        """
        create(cluster, name, settings, shards, replicas)
        return cls(cluster, name, lease=lease)

    # -- what is kept beside the articles

    @property
    def origins(self) -> OpenSearchOrigins:
        return OpenSearchOrigins(self)

    @property
    def sketches(self) -> OpenSearchSketches:
        return OpenSearchSketches(self)

    @property
    def saved(self) -> OpenSearchSavedSearches:
        return OpenSearchSavedSearches(self)

    def add_run(self, run: Run) -> None:
        with self.transaction():
            self._last_run = max(clock.time_ns(), self._last_run + 1)
            value = json.dumps({**asdict(run), "finished": run.finished.isoformat()})
            entry = {"what": _RUN, "name": "", "value": value, "order": self._last_run}
            self.write("kept", [Action("index", key("l", str(self._last_run), value), entry)])

    def runs(self) -> tuple[Run, ...]:
        self.write_planned()
        entries = self.requests.scan("kept", term(what=_RUN), "order", ["value"], texts=True)
        found = [json.loads(each["value"]) for _, each in entries]
        return tuple(
            Run(**{**each, "given": tuple(each["given"]), "finished": time(each["finished"], self.where)})
            for each in found
        )

    # -- care

    def verify(self) -> list[str]:
        """Return what is wrong with the record, each problem as a sentence; empty if all is intact.

        What others write meanwhile may be told as a problem; it is none if it is not told again.
        """
        from searchkit.storage.opensearch.verification import found_in

        self.write_planned()
        return [*found_in(self).problems]

    def repair(self) -> list[str]:
        from searchkit.storage.opensearch.verification import repaired

        return [*repaired(self)]

    def size(self) -> int:
        """Return the bytes on the disks of the cluster, those of each copy counted."""
        self.require_open()
        return self.requests.sizes()

    def close(self) -> None:
        self._closed = True
