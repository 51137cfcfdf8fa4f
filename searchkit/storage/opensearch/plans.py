"""What is to become of articles: their states in the cluster, and what a transaction has asked for since."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from searchkit.cluster.client import Body
from searchkit.model.history import Revision
from searchkit.storage.articles import differ_in_capture_only
from searchkit.storage.opensearch.bulk import Action
from searchkit.storage.opensearch.documents import REPLACED, article_key, document, revision_key, tombstone
from searchkit.storage.opensearch.requests import Held

Told = Literal["added", "updated", "unchanged", "deleted"]
_NEW = 0
"""Stands for the sequence number that the article will come in with."""


class Plan:
    """The state of one article in the cluster, and the states that are to follow it.

    Attributes:
        state: the last of these states, without its sequence number; None if the article has never been there.
        changed: whether there is anything to write.
        size: about so many characters are to be written.
    """

    def __init__(self, id: str, held: Held | None) -> None:
        self.id = id
        self.held = held
        self.state: Body | None = dict(held.source) if held else None
        self.changed = False
        self.size = 0
        self._asked: list[Callable[[Plan], object]] = []
        self._replaced: list[Body] = []

    @property
    def alive(self) -> bool:
        """Whether the article is there."""
        return is_alive(self.state)

    def put(self, given: Body) -> Told:
        """Let a state follow, unless it is as the last one."""
        told = compared(self.state, given)
        if told == "unchanged":
            return told
        self._asked.append(lambda plan: plan.put(given))
        if is_retired(self.state):
            self._revive()
        if is_alive(self.state):
            assert self.state is not None
            if compared(self.state, given) == "unchanged":
                return told
            self._replaced.append({name: self.state[name] for name in REPLACED})
            self.state = {**given, "first": self.state["first"], "revision": self.state["revision"] + 1}
        else:
            self.state = {**given, "first": _NEW, "revision": 1}
        self.changed = True
        self.size += int(given["size"])
        return told

    def delete(self) -> bool:
        """Let a tombstone follow. Returns: False if the article is not there."""
        if not self.alive:
            return False
        self._asked.append(Plan.delete)
        self._replaced.clear()
        self.state = tombstone(self.id)
        self.changed = True
        return True

    def retire(self) -> bool:
        """Let the same state follow, but hidden. Returns: False if the article is not there."""
        if self.state is None or not self.alive:
            return False
        self._asked.append(Plan.retire)
        self.state = {**self.state, "gone": True}
        self.changed = True
        self.size += int(self.state["size"])
        return True

    def put_back(self) -> bool:
        """Let the state follow that was retired. Returns: False if none was."""
        if not is_retired(self.state):
            return False
        self._asked.append(Plan.put_back)
        self._revive()
        return True

    def _revive(self) -> None:
        assert self.state is not None
        self.state = {**self.state, "gone": False}
        self.changed = True
        self.size += int(self.state["size"])

    def alike(self, states: Sequence[Body]) -> Sequence[Body]:
        """Return the states of another record with the `first` that is here, if the last of them is here already."""
        held = self.state
        if not states or not self.alive or held is None:
            return states
        if any(held[name] != states[-1][name] for name in REPLACED if name != "first"):
            return states
        return [{**each, "first": held["first"]} for each in states]

    def is_just(self, states: Sequence[Body]) -> bool:
        """Return whether the last state is already that of another record, or a tombstone where there is none.

        Whether those before it are kept is to be asked besides.
        """
        if self.state is None or self.state["gone"] or not states:
            return self.state is not None and self.state["gone"] and not states
        return all(self.state[name] == states[-1][name] for name in REPLACED)

    def replaces_just(self, states: Sequence[Body]) -> bool:
        """Return whether the states before the last are those that are to be kept as replaced already."""
        return self._replaced == _replaced(states)

    def take_over(self, states: Sequence[Body]) -> None:
        """Let just the states of another record follow, or a tombstone where there is none; see `taken`."""

        def again(plan: Plan) -> None:
            if not plan.is_just(states):
                plan.take_over(states)

        self._asked.append(again)
        self._replaced = _replaced(states)
        self.state = dict(states[-1]) if states else tombstone(self.id)
        self.changed = True
        self.size += sum(int(each["size"]) for each in states)

    def touch(self) -> None:
        """Let the same state follow with another sequence number."""
        self.changed = self.state is not None

    def has_number(self, low: int, high: int) -> bool:
        """Return whether the state in the cluster has one of these sequence numbers."""
        return self.held is not None and low <= self.held.source["seq"] <= high

    def again(self, held: Held | None) -> Plan:
        """Return the same plan for another state in the cluster."""
        plan = Plan(self.id, held)
        for ask in self._asked:
            ask(plan)
        if not self._asked and held and self.held and held.source["seq"] == self.held.source["seq"]:
            plan.touch()
        return plan

    # -- as the cluster takes it

    def revisions(self, seq: int) -> Iterator[Action]:
        """Return the actions that keep the replaced states; to be carried out first."""
        for each in self._replaced:
            first = each["first"] or seq
            yield Action("index", revision_key(self.id, first, each["revision"]), {**each, "first": first})

    def action(self, seq: int) -> Action:
        """Return the action that writes the last state under its sequence number."""
        assert self.state is not None
        state = {**self.state, "seq": seq}
        if state.get("first") == _NEW:
            state["first"] = seq
        if self.held is None:
            return Action("create", article_key(self.id), state)
        return Action("index", article_key(self.id), state, self.held.state)

    def leftovers(self) -> Iterator[Action]:
        """Return the actions that delete the revisions of what was deleted; to be carried out last."""
        before = self.held.source if self.held else None
        if before is None or "first" not in before:
            return
        kept = 0
        if self.state and self.state.get("first") == before["first"]:
            kept = self.state["revision"] - 1
        for number in range(kept + 1, before["revision"] + 1):
            yield Action("delete", revision_key(self.id, before["first"], number))


def taken(states: Sequence[Revision]) -> list[Body]:
    """Return the documents of the states of an article in another record, the oldest first.

    Their `first` is no sequence number, but made of the oldest state and below 0: so who takes them over again, after
    breaking off, writes each revision under the same key.
    """
    found: list[Body] = []
    first = 0
    for each in states:
        recorded = each.recorded.isoformat()
        made = {**document(each.article), "recorded": recorded, "revision": each.number}
        if not found:
            digest = hashlib.sha256(f"{each.number} {recorded} {made['digest']}".encode()).digest()
            first = -1 - int.from_bytes(digest[:6], "big")
        found.append({**made, "first": first})
    return found


def _replaced(states: Sequence[Body]) -> list[Body]:
    return [{name: each[name] for name in REPLACED} for each in states[:-1]]


def is_alive(state: Body | None) -> bool:
    """Return whether a document is of an article that is there."""
    return state is not None and not state["gone"]


def is_retired(state: Body | None) -> bool:
    """Return whether a document is of an article that is deleted and can be put back; a tombstone has only an id."""
    return state is not None and bool(state["gone"]) and "first" in state


def compared(state: Body | None, given: Body) -> Literal["added", "updated", "unchanged"]:
    """Return the outcome of putting an article where this state is."""
    if state is None or state["gone"]:
        return "added"
    same = state["digest"] == given["digest"] or differ_in_capture_only(state["record"], given["record"])
    return "unchanged" if same else "updated"
