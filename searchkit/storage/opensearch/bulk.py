"""Writing documents in bulk, so that nothing that was acknowledged is lost, and nothing is written over unseen.

A write that replaces a document names the state that it replaces, so it is refused where another one came first. That
it is refused may also mean that it arrived before, and only its answer was lost: then the document is just what it was
to be, with a sequence number that no other write has. So it may be sent again whenever it is not known how it ended.
What too few copies have is written once more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from searchkit.cluster.bulk import batches, carried_out, is_written, patiently
from searchkit.cluster.client import NOT_FOUND, Body, as_line
from searchkit.storage.opensearch.mapping import Part, alias
from searchkit.storage.opensearch.requests import Requests

SECONDS = 30.0
"""The longest that a request may take."""
_CONFLICT = 409


@dataclass(frozen=True)
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

    @cached_property
    def lines(self) -> str:
        """It as the cluster takes it."""
        state = {"if_seq_no": self.state[0], "if_primary_term": self.state[1]} if self.state else {}
        line = as_line({self.kind: {"_id": self.key, **state}})
        return line if self.document is None else line + as_line(self.document)


def send(
    requests: Requests,
    part: Part,
    actions: Iterable[Action],
    copies: int,
    *,
    before: Callable[[], object] = lambda: None,
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

    def noted() -> None:
        requests.wrote(part)

    def left(sent: Sequence[Action], told: Sequence[Mapping[str, Any]]) -> list[Action]:
        again, refused = _left(requests, sent, told, copies)
        ours, lost = _ours(requests, part, refused)
        conflicts.extend(lost)
        return [*again, *ours]

    def announced() -> None:
        before()
        noted()

    for batch in batches(actions, lambda each: len(each.lines.encode("utf-8", "surrogatepass"))):
        carried_out(
            requests.cluster, alias(requests.name, part), batch, lambda each: each.lines, left,
            copies=copies, seconds=SECONDS, before=announced, after=noted, pause=pause,
        )  # fmt: skip
    return conflicts


def _left(
    requests: Requests, batch: Sequence[Action], items: Sequence[Mapping[str, Any]], copies: int
) -> tuple[list[Action], list[Action]]:
    """Return what is to be sent again, and what was refused because of the state of its document."""
    left: list[Action] = []
    refused: list[Action] = []
    for action, told in zip(batch, items, strict=True):
        status = int(told["status"])
        if status == NOT_FOUND and action.kind == "delete" and "error" not in told:
            told = {**told, "status": 200}  # it is as it is to be, if enough copies know that
        if status == _CONFLICT:
            refused.append(action)
        elif action.kind == "delete" and action.state and status < 300:
            pass  # it cannot be deleted once more in that place, so one copy is enough
        elif not is_written(told, copies, requests.cluster):
            is_there = "_seq_no" in told
            left.append(_once_more(action, (told["_seq_no"], told["_primary_term"])) if is_there else action)
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
