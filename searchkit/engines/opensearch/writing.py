"""Writing documents in bulk, so that nothing that was acknowledged is lost or written twice.

Each document has the record's sequence number as its version, and the cluster keeps the higher one. So a request may be
sent again whenever it is not known how it ended: what arrived the first time stays as it is. Where the index has
replicas, a document counts as written when two copies have it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any, NamedTuple

from searchkit.cluster.bulk import batches, carried_out, is_written
from searchkit.cluster.client import NOT_FOUND, Body, Cluster, as_line

_AT_ONCE = 2
_LONGEST_ID = 512
_SECONDS = 60.0
"""The longest that a request may take."""
_CONFLICT = 409


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

    def sent(batch: Sequence[Action]) -> None:
        left = partial(_left, cluster=cluster, copies=copies)
        carried_out(
            cluster, index, batch, lambda each: each.lines, left, copies=copies, seconds=_SECONDS, pause=pause
        )  # fmt: skip

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        under_way: list[Future[None]] = []
        for batch in batches(actions, lambda each: each.size):
            if len(under_way) > _AT_ONCE:
                under_way.pop(0).result()
            under_way.append(pool.submit(copy_context().run, sent, batch))
        for each in under_way:
            each.result()


def _left(batch: Sequence[Action], items: Sequence[Mapping[str, Any]], cluster: Cluster, copies: int) -> list[Action]:
    """Return what is to be sent again."""
    return [
        action
        for action, told in zip(batch, items, strict=True)
        if not _need_not_be_written(told) and not is_written(told, copies, cluster)
    ]


def _need_not_be_written(told: Mapping[str, Any]) -> bool:
    # A conflict of versions: a newer state is there already. What is not there is deleted.
    status = int(told["status"])
    return status == _CONFLICT or (status == NOT_FOUND and "error" not in told)
