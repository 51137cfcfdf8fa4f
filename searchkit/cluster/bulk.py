"""Sending documents in bulk until the cluster has taken all of them, however often a node fails meanwhile.

What may be sent again, and when it counts as written, is for the caller to say: the engine and the record make their
documents so that to send one twice changes nothing, each in its way.

The cluster tells how many copies have a write. Where the index has replicas, two must: that a copy is there is checked
by `wait_for_active_shards` beforehand only, and a write that one copy has is lost with the disk of that one.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from searchkit.cluster.client import TOO_MANY, Cluster, busy, of_failure, too_few_copies
from searchkit.errors import ArchiveError, ReadOnlyArchive, SearchkitError

_Answer = TypeVar("_Answer")
_Action = TypeVar("_Action")
_BYTES = 4 << 20
"""Of a request; the cluster takes 100 MB, and answers sooner to less."""
_TRIES = 8
_AGAIN = (TOO_MANY, 500, 502, 503, 504)
_TO_BE_SENT_AGAIN = frozenset({"cluster-timeout", "no-cluster", "cluster-red", "cluster-busy", "cluster-copies"})


def patiently(ask: Callable[[], _Answer], pause: Callable[[float], object] = time.sleep) -> _Answer:
    """Return the answer to a request that a write depends on, asked again where the cluster does not answer.

    Only for what may arrive twice.
    """
    for tried in range(1, _TRIES):
        try:
            return ask()
        except ArchiveError as error:
            if error.code not in _TO_BE_SENT_AGAIN:
                raise
        pause(_seconds(tried))
    return ask()


def refreshed(cluster: Cluster, index: str) -> None:
    """Make visible, in every copy of an index, what has been written.

    A copy that was left out would answer without it, and with as good a conscience as the others.

    Raises:
        ArchiveError: a copy did not do it.
    """
    told = cluster.request("POST", f"/{index}/_refresh")
    if told["_shards"]["failed"]:
        reasons = {str(each.get("reason", {}).get("type")) for each in told["_shards"].get("failures", ())}
        raise busy(cluster.name, ", ".join(sorted(reasons)) or "refresh")


def batches(actions: Iterable[_Action], size: Callable[[_Action], int]) -> Iterator[list[_Action]]:
    """Yield actions in requests of a good size.

    Args:
        size: tells the bytes of an action.
    """
    batch: list[_Action] = []
    together = 0
    for action in actions:
        bytes = size(action)
        if batch and together + bytes > _BYTES:
            yield batch
            batch, together = [], 0
        batch.append(action)
        together += bytes
    if batch:
        yield batch


def carried_out(
    cluster: Cluster,
    index: str,
    batch: Sequence[_Action],
    lines: Callable[[_Action], str],
    left: Callable[[Sequence[_Action], Sequence[Mapping[str, Any]]], Sequence[_Action]],
    *,
    copies: int,
    seconds: float,
    before: Callable[[], object] = lambda: None,
    after: Callable[[], object] = lambda: None,
    pause: Callable[[float], object] = time.sleep,
) -> None:
    """Send a batch, and what is left of it again, until nothing is.

    Args:
        lines: the lines of an action, each with its line end.
        left: tells what is to be sent again, from what was sent and what the cluster says to each.
        copies: the number of copies that must be there.
        seconds: the longest that a request may take.
        before, after: called before and after each request.
        pause: waits so many seconds.

    Raises:
        ArchiveError: the cluster refuses an action, or does not take all in several tries.
    """
    params = {"wait_for_active_shards": copies, "timeout": f"{seconds * 500:.0f}ms"}
    problem: SearchkitError | None = None
    for tried in range(1, _TRIES + 1):
        before()
        try:
            answer = cluster.lines(f"/{index}/_bulk", [lines(each) for each in batch], params, seconds)
            told = [next(iter(item.values())) for item in answer["items"]]
            batch = left(batch, told)
            problem = next((_failure(each, cluster) for each in told if each.get("error")), None)
        except ArchiveError as error:
            if error.code not in _TO_BE_SENT_AGAIN:
                raise
            problem = error
        finally:
            after()
        if not batch:
            return
        if tried < _TRIES:
            pause(_seconds(tried))
    raise problem or too_few_copies(cluster.name)


def is_written(told: Mapping[str, Any], copies: int, cluster: Cluster) -> bool:
    """Tell from what the cluster says to an action whether enough copies have it; False if it is to be sent again.

    Raises:
        SearchkitError: the cluster will not take it.
    """
    status = int(told["status"])
    if status < 300:
        return int(told.get("_shards", {}).get("successful", copies)) >= copies
    failed = _failure(told, cluster)
    if status in _AGAIN and not isinstance(failed, ReadOnlyArchive):
        return False
    raise failed


def _failure(told: Mapping[str, Any], cluster: Cluster) -> SearchkitError:
    failure = told.get("error") or {}
    return of_failure(
        int(told["status"]), str(failure.get("type", "")), str(failure.get("reason", "")), cluster.name
    )  # fmt: skip


def _seconds(tried: int) -> float:
    """Return how long to wait after so many tries: longer each time, and not as long as others do."""
    return float(min(10.0, 0.1 * 2**tried) * (0.5 + random.random()))
