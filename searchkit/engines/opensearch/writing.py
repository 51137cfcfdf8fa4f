"""Writing documents in bulk, so that nothing that was acknowledged is lost or written twice.

Each document has the record's sequence number as its version, and the cluster keeps the higher one. So a request may be
sent again whenever it is not known how it ended: what arrived the first time stays as it is. Where the index has
replicas, a document counts as written when two copies have it.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, NamedTuple

from searchkit.cluster.client import TOO_MANY, Body, Cluster, as_line, of_failure
from searchkit.errors import ArchiveError
from searchkit.language.messages import Message

_BYTES = 4 << 20
"""Of a request; the cluster takes 100 MB, and answers sooner to less."""
_AT_ONCE = 2
_TRIES = 8
_LONGEST_ID = 512
_AGAIN = (TOO_MANY, 500, 502, 503, 504)
_TO_BE_SENT_AGAIN = frozenset({"cluster-timeout", "no-cluster", "cluster-red", "cluster-busy"})


class Action(NamedTuple):
    """One line of a request, or two.

    Attributes:
        lines: what is to be done, and the document, if one is written.
    """

    lines: str
    size: int


def write(id: str, seq: int, document: Body) -> Action:
    """Return the action that writes a document, unless a newer one is there."""
    return _action("index", id, seq, as_line(document))


def delete(id: str, seq: int) -> Action:
    """Return the action that deletes a document, unless a newer one is there."""
    return _action("delete", id, seq, "")


def _action(kind: str, id: str, seq: int, document: str) -> Action:
    # A longer id is not taken; the field `id` has it whole.
    key = id if len(id.encode()) <= _LONGEST_ID else hashlib.sha256(id.encode()).hexdigest()
    version = {"version": seq, "version_type": "external_gte"} if seq > 0 else {}
    lines = as_line({kind: {"_id": key, **version}}) + document
    return Action(lines, len(lines.encode()))


def send(
    cluster: Cluster, index: str, actions: Iterable[Action], copies: int, pause: Callable[[float], object] = time.sleep
) -> None:
    """Carry out actions, several requests at once, and return when all are.

    Args:
        copies: the number of copies that must have a document.
        pause: waits so many seconds.

    Raises:
        ArchiveError: the cluster refuses a document, or does not take them in several tries.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        under_way: list[Future[None]] = []
        for batch in _batches(actions):
            if len(under_way) > _AT_ONCE:
                under_way.pop(0).result()
            under_way.append(pool.submit(copy_context().run, _sent, cluster, index, batch, copies, pause))
        for each in under_way:
            each.result()


def _batches(actions: Iterable[Action]) -> Iterator[list[Action]]:
    batch: list[Action] = []
    size = 0
    for action in actions:
        if batch and size + action.size > _BYTES:
            yield batch
            batch, size = [], 0
        batch.append(action)
        size += action.size
    if batch:
        yield batch


def _sent(cluster: Cluster, index: str, batch: list[Action], copies: int, pause: Callable[[float], object]) -> None:
    params = {"wait_for_active_shards": copies, "timeout": "30s"}
    for tried in range(1, _TRIES + 1):
        problem: ArchiveError | None = None
        try:
            items = cluster.lines(f"/{index}/_bulk", [each.lines for each in batch], params)["items"]
            told = [next(iter(item.values())) for item in items]
            batch = [action for action, each in zip(batch, told, strict=True) if not _is_done(each, copies, cluster)]
        except ArchiveError as error:
            if error.code not in _TO_BE_SENT_AGAIN:
                raise
            problem = error
        if not batch:
            return
        if tried == _TRIES:
            raise problem or ArchiveError(
                Message(
                    "the cluster {cluster} did not take {number} articles", cluster=cluster.name, number=len(batch)
                ),
                hint="it may be overloaded, or lack a node for the second copy; write again",
                code="cluster-busy",
            )
        pause(min(10.0, 0.1 * 2**tried) * (0.5 + random.random()))


def _is_done(told: Mapping[str, Any], copies: int, cluster: Cluster) -> bool:
    """Tell whether a document is written, or need not be; False if it is to be sent again."""
    status = int(told["status"])
    # A conflict of versions: a newer state is there already. What is not there is deleted.
    if status in (404, 409) and not (status == 404 and "error" in told):
        return True
    if status < 300:
        return int(told.get("_shards", {}).get("successful", copies)) >= copies
    failure = told.get("error") or {}
    kind, reason = str(failure.get("type", "")), str(failure.get("reason", ""))
    if status in _AGAIN and "flood-stage" not in reason and "read-only" not in reason:
        return False
    raise of_failure(status, kind, reason, cluster.name)
