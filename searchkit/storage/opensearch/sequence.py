"""Sequence numbers, of which several machines at once take blocks.

One document has the next number that is free, and the blocks that are being written: for each its lowest number, and
until when it is given (a lease). It is changed by a script, which the cluster carries out on the newest state of the
document or, if that was changed meanwhile, again; the leases run by the clock of the cluster, not by those of the
writers. Taking a block and giving it back are each done once however often they are sent, since the block has a name.

A number is settled if it is below all blocks that are being written. A writer gives its block back when all of it is
acknowledged. If it dies, its lease ends and others take the block away; if it is only late, it learns that from giving
the block back, and writes the same again with new numbers. A request of a writer that died may arrive even later: the
numbers of its block are remembered, and ten minutes after, whoever writes gives new numbers to what has them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import uuid4

from searchkit.cluster.client import NOT_FOUND, Body
from searchkit.errors import Damaged
from searchkit.language.messages import Message
from searchkit.storage.opensearch.mapping import alias
from searchkit.storage.opensearch.requests import Held, Requests

COUNTER = "sequence"
"""The key of the document."""
LEASE = 90.0
"""Seconds that a block is given for. A writer that dies holds up for so long what others wrote after it began."""
_MARGIN = 10.0
"""Seconds by which a writer thinks its lease shorter, for the cluster's clocks."""
_CONFLICTS = 50
LATE = 600.0
"""Seconds after the end of a lease in which a request of its writer may still arrive."""
_SCRIPT = """
Map writers = ctx._source.writers;
Map late = ctx._source.late;
boolean changed = writers.entrySet().removeIf(each -> {
  Map block = each.getValue();
  boolean over = ((Number) block.until).longValue() < ctx._now;
  if (over) { late[each.getKey()] = ['low': block.low, 'high': block.high, 'since': ctx._now]; }
  return over;
});
if (params.count > 0 && !writers.containsKey(params.block)) {
  long low = ((Number) ctx._source.next).longValue();
  writers[params.block] = ['low': low, 'high': low + params.count - 1, 'until': 0L];
  ctx._source.next = low + params.count;
}
if (writers.containsKey(params.block)) {
  if (params.lease > 0) { writers[params.block].until = ctx._now + params.lease; }
  else { writers.remove(params.block); }
  changed = true;
}
for (name in params.forget) {
  if (late.remove(name) != null) { changed = true; }
}
if (!changed) { ctx.op = 'none'; }
"""


class LateBlock(NamedTuple):
    """Numbers of a writer that has died: from `low` to `high`."""

    name: str
    low: int
    high: int


class Block:
    """Sequence numbers that were taken together.

    Attributes:
        low: the first of them.
        until: when the lease is over, as `time.monotonic` tells it.
        late: blocks of writers that died long ago, so that nothing of them will arrive any more.
    """

    def __init__(self, name: str, low: int, until: float, late: tuple[LateBlock, ...]) -> None:
        self.name = name
        self.low = low
        self.until = until
        self.late = late

    def seconds(self) -> float:
        """Return how long it is still given, on this machine's clock; below 0 if it may have been taken away."""
        return self.until - time.monotonic()


class Numbers:
    """The sequence numbers of a record.

    Args:
        lease: seconds that a block is given for.
        late: seconds after which nothing of a writer that died arrives any more.
    """

    def __init__(self, requests: Requests, lease: float = LEASE, late: float = LATE) -> None:
        self._requests = requests
        self.lease = lease
        self.late = late

    def take(self, count: int, name: str = "") -> Block:
        """Take so many numbers; nothing above them is settled until they are given back.

        Args:
            name: of the block. Who takes it again gets the same numbers.
        """
        begun = time.monotonic()
        name = name or uuid4().hex
        told = self._change(name, count, self.lease)
        taken = told["writers"][name]
        before = int(taken["until"]) - (self.lease + self.late) * 1000  # of the clock of the cluster
        late = (LateBlock(each, it["low"], it["high"]) for each, it in told["late"].items() if it["since"] <= before)
        return Block(name, int(taken["low"]), begun + self._trusted, tuple(late))

    def forget(self, late: Iterable[LateBlock]) -> None:
        """Forget blocks of writers that died, since nothing has their numbers any more."""
        self._change("", 0, 0, [each.name for each in late])

    @property
    def _trusted(self) -> float:
        return self.lease - min(_MARGIN, self.lease / 4)

    def keep(self, block: Block) -> bool:
        """Keep a block for another while. Returns: False if it has been taken away."""
        begun = time.monotonic()
        kept = block.name in self._change(block.name, 0, self.lease)["writers"]
        block.until = begun + self._trusted if kept else begun
        return kept

    def give_back(self, block: Block) -> bool:
        """End the writing of a block. Returns: False if it had been taken away before."""
        in_time = block.seconds() > 0
        before = self._read()["writers"]
        self._change(block.name, 0, 0)
        return in_time and block.name in before

    def late_since(self, before: float) -> list[LateBlock]:
        """Return the blocks of writers whose lease was over before a time, in seconds since 1970."""
        late = self._read()["late"].items()
        return [LateBlock(name, it["low"], it["high"]) for name, it in late if it["since"] < before * 1000]

    def settled(self) -> int:
        """Return the highest settled number."""
        found = self._read()
        now = time.time() * 1000
        if any(each["until"] < now for each in found["writers"].values()):
            # By the clock of this machine some are over: the cluster decides.
            found = self._change("", 0, 0)
        lowest = min((int(each["low"]) for each in found["writers"].values()), default=int(found["next"]))
        return lowest - 1

    def next(self) -> int:
        """Return the lowest number that nobody has taken."""
        return int(self._read()["next"])

    def stamp(self) -> str:
        """Return a text that changes with every change of the counter, and so of the record."""
        held = self._held()
        return f"{held.state[0]}.{held.state[1]}"

    def _read(self) -> Body:
        return self._held().source

    def _held(self) -> Held:
        held = self._requests.get("kept", COUNTER)
        if held is None:
            raise Damaged(
                Message("the counter of the record {name} is gone", name=self._requests.name),
                hint="restore the archive from a snapshot of the cluster",
                code="cluster-damaged",
            )
        return held

    def _change(self, block: str, count: int, lease: float, forget: Sequence[str] = ()) -> Any:
        """Return the document after a change."""
        params = {"block": block, "count": count, "lease": round(lease * 1000), "forget": list(forget)}
        body = {"script": {"lang": "painless", "source": _SCRIPT, "params": params}, "_source": True}
        told = self._requests.cluster.request(
            "POST",
            f"/{alias(self._requests.name, 'kept')}/_update/{COUNTER}",
            body,
            {"retry_on_conflict": _CONFLICTS, "ignore": NOT_FOUND},
            seconds=self.lease / 3,
        )
        return told["get"]["_source"] if "get" in told else self._read()
