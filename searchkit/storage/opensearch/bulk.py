"""Writing documents in bulk, so that nothing that was acknowledged is lost, and nothing is written over unseen.

A write that replaces a document names the state that it replaces, so it is refused where another one came first. That
it is refused may also mean that it arrived before, and only its answer was lost: then the document is just what it was
to be, with a sequence number that no other write has. So it may be sent again whenever it is not known how it ended.

The cluster tells how many copies have a write. Where the index has replicas, two must: that a copy is there is checked
by `wait_for_active_shards` beforehand only, and a write that one copy has is lost with the disk of that one. What too
few copies have is written once more.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from searchkit.cluster.client import NOT_FOUND, TOO_MANY, Body, as_line, of_failure
from searchkit.errors import ArchiveError
from searchkit.language.messages import Message
from searchkit.storage.opensearch.mapping import Part, alias
from searchkit.storage.opensearch.requests import Requests

_Answer = TypeVar("_Answer")
SECONDS = 30.0
"""The longest that a request may take."""
_BYTES = 4 << 20
"""Of a request; the cluster takes 100 MB, and answers sooner to less."""
_TRIES = 8
_CONFLICT = 409
_AGAIN = (TOO_MANY, 500, 502, 503, 504)
_TO_BE_SENT_AGAIN = frozenset({"cluster-timeout", "no-cluster", "cluster-red", "cluster-busy"})


@dataclass(frozen=True, slots=True)
class Action:
    """A document to be written or deleted.

    Attributes:
        kind: create: where none is; index, delete: whatever is there, or with `state` only in its place.
        state: the state that is replaced.
    """

    kind: Literal["create", "index", "delete"]
    key: str
    document: Body | None = None
    state: tuple[int, int] | None = None

    @property
    def lines(self) -> str:
        """Return it as the cluster takes it."""
        state = {"if_seq_no": self.state[0], "if_primary_term": self.state[1]} if self.state else {}
        line = as_line({self.kind: {"_id": self.key, **state}})
        return line if self.document is None else line + as_line(self.document)


def send(
    requests: Requests,
    part: Part,
    actions: Iterable[Action],
    copies: int,
    *,
    before: Callable[[], object] | None = None,
    pause: Callable[[float], object] = time.sleep,
) -> list[str]:
    """Carry out actions, and return when all are; those in one request are carried out in any order.

    Args:
        copies: the number of copies that must have a document.
        before: called before each request.
        pause: waits so many seconds.

    Returns:
        The keys of what was not written because the document has another state than the one to be replaced.

    Raises:
        ArchiveError: the cluster refuses a document, or does not take them in several tries.
    """
    conflicts: list[str] = []
    for batch in _batches(actions):
        conflicts += _sent(requests, part, batch, copies, before or (lambda: None), pause)
    return conflicts


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


def _seconds(tried: int) -> float:
    """Return how long to wait after so many tries: longer each time, and not as long as others do."""
    return float(min(10.0, 0.1 * 2**tried) * (0.5 + random.random()))


def _batches(actions: Iterable[Action]) -> Iterator[list[tuple[Action, str]]]:
    batch: list[tuple[Action, str]] = []
    size = 0
    for action in actions:
        lines = action.lines
        if batch and size + len(lines) * 3 > _BYTES * 2:
            yield batch
            batch, size = [], 0
        batch.append((action, lines))
        size += len(lines) * 3  # at most so many bytes, mostly two thirds of that
    if batch:
        yield batch


def _sent(
    requests: Requests,
    part: Part,
    batch: list[tuple[Action, str]],
    copies: int,
    before: Callable[[], object],
    pause: Callable[[float], object],
) -> list[str]:
    params = {"wait_for_active_shards": copies, "timeout": f"{SECONDS / 2:g}s"}
    conflicts: list[str] = []
    for tried in range(1, _TRIES + 1):
        problem: ArchiveError | None = None
        before()
        requests.wrote(part)
        try:
            path = f"/{alias(requests.name, part)}/_bulk"
            answer = requests.cluster.lines(path, [lines for _, lines in batch], params, SECONDS)
            left, refused = _left(requests, [action for action, _ in batch], answer["items"], copies)
            again, lost = _ours(requests, part, refused)
            conflicts += lost
            batch = [(action, action.lines) for action in [*left, *again]]
        except ArchiveError as error:
            if error.code not in _TO_BE_SENT_AGAIN:
                raise
            problem = error
        finally:
            requests.wrote(part)
        if not batch:
            return conflicts
        if tried < _TRIES:
            pause(_seconds(tried))
    raise problem or ArchiveError(
        Message(
            "the cluster {cluster} did not take {number} documents",
            cluster=requests.cluster.name,
            number=len(batch),
        ),
        hint="it may be overloaded, or lack a node for the second copy; write again",
        code="cluster-busy",
    )


def _left(
    requests: Requests, batch: list[Action], items: list[Mapping[str, Any]], copies: int
) -> tuple[list[Action], list[Action]]:
    """Return what is to be sent again, and what was refused because of the state of its document."""
    left: list[Action] = []
    refused: list[Action] = []
    for action, item in zip(batch, items, strict=True):
        told = item[action.kind]
        status = int(told["status"])
        if status < 300 or (status == NOT_FOUND and action.kind == "delete" and "error" not in told):
            # What was deleted in the place of a state is not there to be deleted again; of that, one copy is enough.
            is_enough = action.kind == "delete" and action.state is not None
            if not is_enough and int(told.get("_shards", {}).get("successful", copies)) < copies:
                left.append(_once_more(action, (told["_seq_no"], told["_primary_term"])))
            continue
        failure = told.get("error") or {}
        kind, reason = str(failure.get("type", "")), str(failure.get("reason", ""))
        if status == _CONFLICT:
            refused.append(action)
        elif status in _AGAIN and "flood-stage" not in reason and "read-only" not in reason:
            left.append(action)
        else:
            raise of_failure(status, kind, reason, requests.cluster.name)
    return left, refused


def _once_more(action: Action, state: tuple[int, int]) -> Action:
    """Return the action that writes again what has been written."""
    if action.kind == "create" or action.state:
        return replace(action, kind="index", state=state)
    return action


def _ours(requests: Requests, part: Part, refused: list[Action]) -> tuple[list[Action], list[str]]:
    """Return what had been written before by the same action, to be written again, and the keys of the rest."""
    if not refused:
        return [], []
    held = patiently(lambda: requests.get_many(part, [action.key for action in refused]))
    again: list[Action] = []
    lost: list[str] = []
    for action in refused:
        there = held.get(action.key)
        if there is not None and there.source == action.document:
            again.append(_once_more(action, there.state))
        else:
            lost.append(action.key)
    return again, lost
