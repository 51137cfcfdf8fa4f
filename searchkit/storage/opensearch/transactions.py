"""Transactions: the articles that a thread changes are planned one after the other, and written together.

What is written together has its sequence numbers from one block, and goes in this order: a mark of lineage, the states
that are to be replaced, the new states, and the end of the block. So it may break off anywhere: a replaced state may
then be there twice, as a revision and as the newest state, and putting the same again goes on from there.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from typing import Any
from uuid import uuid4

from searchkit.cluster.bulk import patiently
from searchkit.cluster.client import Cluster
from searchkit.errors import ArchiveClosed, ArchiveError
from searchkit.language.messages import Message
from searchkit.storage.opensearch.bulk import SECONDS, Action, send
from searchkit.storage.opensearch.documents import article_key
from searchkit.storage.opensearch.mapping import Part, key
from searchkit.storage.opensearch.plans import Plan
from searchkit.storage.opensearch.requests import Held, Requests, above
from searchkit.storage.opensearch.sequence import LEASE, Block, LateBlock, Numbers

MARK = "mark"
_TOGETHER, _CHARACTERS = 1_000, 10_000_000
"""Articles and characters of plans that are written together at most."""
_LOOKED = 5_000
_ROUNDS = 30


class OpenSearchTransactions:
    """The writes of a record: of one thread at a time in this process, and of any number of processes.

    Args:
        copies: the number of copies of a document that make a write acknowledged.
        lease: see `Numbers`.
    """

    def __init__(self, cluster: Cluster, name: str, copies: int, lease: float = LEASE) -> None:
        self.requests = Requests(cluster, name)
        self.sequence = Numbers(self.requests, lease)
        self.name = name
        self._copies = copies
        self._one = threading.Lock()
        self._writer: int | None = None
        self._closed = False
        self._plans: dict[str, Plan] = {}
        self._looked: dict[str, Held | None] = {}

    @property
    def where(self) -> str:
        """Where the record is, for messages."""
        return f"{self.requests.cluster.name}/{self.name}"

    def require_open(self) -> None:
        """Raise ArchiveClosed after `close`."""
        if self._closed:
            raise ArchiveClosed(self.where)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See `Record.transaction`."""
        if self.is_writing:
            yield
            return
        self.require_open()
        with self._one:
            self._writer = threading.get_ident()
            try:
                yield
                self.write_planned()
            finally:
                self._plans.clear()
                self._looked.clear()
                self._writer = None

    @property
    def is_writing(self) -> bool:
        """Whether this thread is in a transaction."""
        return self._writer == threading.get_ident()

    # -- what is there, and what is planned

    def plan(self, id: str) -> Plan:
        """Return the plan for an article; in a transaction."""
        found = self._plans.get(id)
        if found is None:
            found = Plan(id, self.held([id])[id])
        return found

    def planned(self, plan: Plan) -> None:
        """Take a plan, after those that were taken before; in a transaction."""
        self._plans.pop(plan.id, None)
        self._plans[plan.id] = plan
        if len(self._plans) >= _TOGETHER or sum(each.size for each in self._plans.values()) >= _CHARACTERS:
            self.write_planned()

    def state(self, id: str) -> Any:
        """Return the document of an article as this thread sees it; None if there is none."""
        return self.states([id])[id]

    def states(self, ids: Iterable[str]) -> dict[str, Any]:
        """Return the documents of articles as this thread sees them; None where there is none."""
        self.require_open()
        wanted = list(ids)
        planned = self._plans if self.is_writing else {}
        found = self.held(id for id in wanted if id not in planned)
        return {
            id: planned[id].state if id in planned else held.source if (held := found[id]) else None for id in wanted
        }

    def held(self, ids: Iterable[str]) -> dict[str, Held | None]:
        """Return the documents of articles in the cluster. What a transaction has looked at, it need not fetch again:
        should it change meanwhile, the write that names this state is refused.
        """
        wanted = list(ids)
        looked = self._looked if self.is_writing else {}
        if len(looked) > _LOOKED:
            looked.clear()
        found = {id: looked[id] for id in wanted if id in looked}
        lacking = {id: article_key(id) for id in wanted if id not in found}
        if self.is_writing:
            fetched = patiently(lambda: self.requests.get_many("articles", lacking.values()))
        else:
            fetched = self.requests.get_many("articles", lacking.values())
        fresh = {id: fetched.get(key) for id, key in lacking.items()}
        if self.is_writing:
            looked.update(fresh)
        return found | fresh

    @property
    def planned_ids(self) -> dict[str, bool]:
        """The articles that this thread has planned to change, and whether they will be there."""
        return {id: plan.alive for id, plan in self._plans.items()} if self.is_writing else {}

    # -- writing

    def write(self, part: Part, actions: Iterable[Action]) -> list[str]:
        """Write documents that are no articles, after the articles that were planned before; see `bulk.send`."""
        self.require_open()
        self.write_planned()
        return send(self.requests, part, actions, self._copies)

    def write_planned(self) -> None:
        """Write what this thread has planned, so that searches can see it. Elsewhere nothing happens."""
        self.require_open()
        if not self.is_writing:
            return
        plans = {id: plan for id, plan in self._plans.items() if plan.changed}
        self._plans.clear()
        self._looked.clear()
        late = self._write(plans)
        if late:
            self._renumber(late)

    def _write(self, plans: dict[str, Plan]) -> tuple[LateBlock, ...]:
        """Write plans, as often as others come first. Returns: blocks of writers that died long ago."""
        late: tuple[LateBlock, ...] = ()
        for tried in range(_ROUNDS):
            if not plans:
                return late
            if tried:
                time.sleep(random.random() * 0.02 * tried)
            # A block whose writing fails is not given back: a request under way may still arrive. Its lease ends.
            name = uuid4().hex
            block = patiently(partial(self.sequence.take, len(plans), name))
            late = block.late
            plans = self._written(plans, block)
        raise ArchiveError(
            Message("others change the same articles of {path} all the time", path=self.where),
            hint="try again",
            code="cluster-busy",
        )

    def settle(self) -> None:
        """Give new numbers to what came late from writers that died long ago; whoever writes does so, too."""
        with self.transaction():
            block = patiently(lambda: self.sequence.take(1))
            self._given_back(block)
            if block.late:
                self._renumber(block.late)

    def _renumber(self, late: Iterable[LateBlock]) -> None:
        """Give new numbers to all that has numbers of these blocks: others may have gone past it before it came."""
        self.requests.refresh("articles", newest=True)
        for block in late:
            rows = self.requests.scan("articles", above("seq", block.low - 1, block.high), "seq", ["id"])
            ids = iter([row["id"] for _, row in rows])
            while some := [*islice(ids, _TOGETHER)]:
                plans = {id: Plan(id, held) for id, held in self.held(some).items()}
                self._looked.clear()
                for plan in plans.values():
                    plan.touch()
                self._write({id: plan for id, plan in plans.items() if plan.has_number(block.low, block.high)})
        self.sequence.forget(late)

    def _written(self, plans: dict[str, Plan], block: Block) -> dict[str, Plan]:
        """Write plans under the numbers of a block. Returns: what is to be done again, for it met another state."""
        numbers = {id: block.low + at for at, id in enumerate(plans)}

        def in_time() -> None:
            if block.seconds() < SECONDS + 5:
                patiently(lambda: self.sequence.keep(block))

        def written(part: Part, actions: Iterable[Action]) -> list[str]:
            return send(self.requests, part, actions, self._copies, before=in_time)

        written("kept", [_mark(max(numbers.values()))])
        written("revisions", (each for id, plan in plans.items() for each in plan.revisions(numbers[id])))
        refused = {*written("articles", (plan.action(numbers[id]) for id, plan in plans.items()))}
        done = {id: plan for id, plan in plans.items() if article_key(id) not in refused}
        written("revisions", (each for plan in done.values() for each in plan.leftovers()))
        wanted = plans if not self._given_back(block) else {id: plans[id] for id in plans.keys() - done.keys()}
        again: dict[str, Plan] = {}
        if wanted:
            held = self.held(wanted)
            self._looked.clear()
            for id in [id for id in plans if id in wanted]:  # in their order
                there = held[id]
                if id not in done:
                    plan = plans[id].again(there)
                elif there is not None and there.source["seq"] == numbers[id]:
                    plan = Plan(id, there)
                    plan.touch()  # under a number that nobody has gone past
                else:
                    continue  # changed since, with a higher number
                if plan.changed:
                    again[id] = plan
        return again

    def _given_back(self, block: Block) -> bool:
        with suppress(ArchiveError):
            return patiently(lambda: self.sequence.give_back(block))
        return block.seconds() > 0


def _mark(seq: int) -> Action:
    """Return the action that leaves a mark of lineage at a sequence number."""
    value = os.urandom(8).hex()
    return Action("index", mark_key(seq), {"what": MARK, "name": str(seq), "value": value, "order": seq})


def mark_key(seq: int | str) -> str:
    """Return the key of the mark at a sequence number."""
    return key("m", str(seq))
