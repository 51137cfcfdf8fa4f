"""OpenSearchIndex: an index in a cluster behind `searchkit.engines.index.Index`.

A batch is not atomic here as it is in files: a question that is asked meanwhile may see a part of it, and a batch that
fails leaves what was written. `covers` is raised when all is written; to write the batch again changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from typing import ClassVar
from uuid import uuid4

from searchkit.analysis.segment import Segmenter
from searchkit.cluster.bulk import patiently, refreshed
from searchkit.cluster.client import Body, Cluster
from searchkit.engines.index import Entry, Index
from searchkit.engines.opensearch.generations import Generations, States
from searchkit.engines.opensearch.mapping import FORMAT
from searchkit.engines.opensearch.opensearch_snapshot import OpenSearchSnapshot
from searchkit.language.messages import Message, translated

SECONDS_TO_MERGE = 3600.0
_GRACE = 3.0
"""Seconds for which an index stays that another one has replaced; the usual limit of a question is half of that."""


class OpenSearchIndex(Index):
    """The index `name` of a cluster, which the first write makes if it is not there.

    Args:
        settings: the settings of the index (`searchkit.analysis.fingerprint`); stored at every commit.
        shards, replicas: of an index that is made now.
    """

    format = FORMAT
    mends_itself: ClassVar[bool] = True

    def __init__(
        self,
        cluster: Cluster,
        name: str,
        timezone: tzinfo,
        segmenter: Segmenter,
        settings: Mapping[str, str] | None = None,
        *,
        shards: int = 1,
        replicas: int = 1,
    ) -> None:
        self.timezone = timezone
        self._cluster = cluster
        self._segmenter = segmenter
        self._given = {"format": FORMAT, **(settings or {})}
        self._shards, self._replicas = shards, replicas
        self._states = States(cluster, name)
        self._generations = Generations(cluster, self._states)

    # -- writing

    def apply(
        self,
        entries: Iterable[Entry],
        deleted: Iterable[str] = (),
        *,
        covers: int,
        progress: Callable[[int], object] | None = None,
    ) -> None:
        """See `Index.apply`, and the head of this module for what is different in a cluster."""
        self._apply(entries, deleted, covers, 0, progress)

    def mend(self, entries: Iterable[Entry], deleted: Iterable[str], *, covers: int) -> None:
        """See `Index.mend`. Changes to come have numbers above what is covered, and take its place."""
        self._apply(entries, deleted, covers, covers, None)

    def _apply(
        self,
        entries: Iterable[Entry],
        deleted: Iterable[str],
        covers: int,
        version: int,
        progress: Callable[[int], object] | None,
    ) -> None:
        """Apply a step.

        Args:
            version: the lowest one that a document is written with.
        """
        from searchkit.engines.opensearch import writing  # a search starts without it
        from searchkit.engines.opensearch.document import document

        newest: dict[str, Entry] = {}
        for entry in entries:
            held = newest.get(entry.article.id)
            if held is None or entry.seq >= held.seq:
                newest[entry.article.id] = entry

        def actions() -> Iterator[writing.Action]:
            yield from (writing.delete(id, covers) for id in deleted if id not in newest)
            for done, entry in enumerate(newest.values(), 1):
                made = document(entry, self._segmenter, self.timezone)
                yield writing.write(entry.article.id, max(entry.seq, version), made)
                if progress:
                    progress(done)

        state = self._states.read() or self._states.create(self._given, self._shards, self._replicas)
        # A replica must have it too; of several, one is enough.
        copies = min(2, 1 + self._replicas_of(state.index))
        writing.send(self._cluster, state.index, actions(), copies)
        patiently(partial(refreshed, self._cluster, state.index))
        self._states.write(replace(state, covers=covers, mark=uuid4().hex, settings=dict(self._given)))

    def _replicas_of(self, index: str) -> int:
        told = self._cluster.request("GET", f"/{index}/_settings/index.number_of_replicas")
        return int(told[index]["settings"]["index"]["number_of_replicas"])

    def note(self, name: str, value: str) -> None:
        self._given[name] = value

    def optimize(self) -> int:
        """Merge each shard into one segment. Returns: the number of segments before, of all shards."""
        state = self._states.read()
        if state is None:
            return 0
        before = self._stats(state.index)["segments"]["count"]
        params = {"max_num_segments": 1}
        self._cluster.request("POST", f"/{state.index}/_forcemerge", params=params, seconds=SECONDS_TO_MERGE)
        patiently(partial(refreshed, self._cluster, state.index))
        # The settings given since, and a new point in time, for the merged segments.
        self._states.write(replace(state, mark=uuid4().hex, settings=dict(self._given)))
        return int(before)

    @contextmanager
    def rebuilding(self) -> Iterator[OpenSearchIndex]:
        """See `Index.rebuilding`: the alias goes to the new index when that is complete, and readers notice nothing."""
        self._states.delete_left()
        state = self._states.create_beside(self._given, self._shards, self._replicas)
        fresh = OpenSearchIndex(
            self._cluster, state.index, self.timezone, self._segmenter, self._given,
            shards=self._shards, replicas=self._replicas,
        )  # fmt: skip
        with closing(fresh):
            yield fresh
        before = self._states.read()
        self._states.replace(before, state.index)
        self._generations.forget()
        if before is not None:
            time.sleep(_GRACE)  # others may be asking it
            self._generations.leave(before.index)

    def clear(self) -> None:
        state = self._states.read()
        if state is not None:
            self._states.forget(state)
            self._generations.forget()
            self._generations.leave(state.index)

    # -- asking

    def snapshot(self) -> OpenSearchSnapshot:
        """Return the newest generation, without documents if there is no index yet. The caller closes it.

        Raises:
            ArchiveError: the cluster does not answer, or the index is not ours.
        """
        return OpenSearchSnapshot(self._cluster, self._generations, self._segmenter)

    @property
    def covers(self) -> int:
        state = self._states.read()
        return state.covers if state else 0

    @property
    def settings(self) -> Mapping[str, str]:
        state = self._states.read()
        return state.settings if state else {}

    def standing(self) -> tuple[int, Mapping[str, str]]:
        state = self._states.read()
        return (state.covers, state.settings) if state else (0, {})

    # -- maintenance

    def verify(self) -> Sequence[str]:
        """Return a sentence for each part of the index that has no copy, or fewer than it should have."""
        state = self._states.read()
        if state is None:
            return []
        told = self._cluster.request("GET", f"/_cluster/health/{state.index}", params={"level": "shards"})
        found = []
        for number, shard in sorted(told["indices"][state.index]["shards"].items()):
            if not shard["primary_active"]:
                found.append(translated(Message("shard {number} has no copy on a running node", number=number)))
            elif shard["unassigned_shards"]:
                found.append(translated(Message("shard {number} has fewer copies than it should have", number=number)))
        return found

    def size(self) -> int:
        state = self._states.read()
        return int(self._stats(state.index)["store"]["size_in_bytes"]) if state else 0

    def _stats(self, index: str) -> Body:
        stats: Body = self._cluster.request("GET", f"/{index}/_stats/store,segments")["_all"]["primaries"]
        return stats

    def close(self) -> None:
        """Give up the point in time; a snapshot that is still open keeps its own. Safe to call twice."""
        self._generations.forget()
