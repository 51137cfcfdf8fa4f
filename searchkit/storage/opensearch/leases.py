"""Leases: who may do what only one machine should do at a time, and who writes while nobody does that.

A lease is a document with those who have it and those who wait for it, changed by a script as the counter of sequence
numbers is. Who has it says again and again that it goes on; who dies loses it after a while. Times are by the clock of
the cluster. Who was only late, and comes back after others took over, is told by `Held.check`; nothing that matters
relies on it: the record is written by compare-and-set.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from typing import Any, Literal, TypeAlias
from uuid import uuid4

from searchkit.cluster.bulk import patiently
from searchkit.cluster.client import Body
from searchkit.errors import ArchiveError, Locked
from searchkit.language.messages import Message
from searchkit.storage.opensearch.mapping import alias, key
from searchkit.storage.opensearch.requests import Requests

Of: TypeAlias = Literal["writing", "levelling"]
SECONDS = 60.0
"""That a lease is given for."""
_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
_CONFLICTS = 50
_SCRIPT = """
Map entries = ctx._source.writers;
boolean changed = entries.entrySet().removeIf(each -> ((Number) each.getValue().until).longValue() < ctx._now);
Map mine = entries[params.id];
if (params.leave) {
  changed = entries.remove(params.id) != null || changed;
} else if (mine != null || params.enter) {
  if (mine == null) {
    long order = ((Number) ctx._source.next).longValue();
    ctx._source.next = order + 1;
    mine = ['alone': params.alone, 'by': params.by, 'has': false, 'order': order];
  }
  boolean free = true;
  for (each in entries.entrySet()) {
    if (each.getKey() == params.id) { continue; }
    Map other = each.getValue();
    boolean waits = !other.has && ((Number) other.order).longValue() > ((Number) mine.order).longValue();
    if ((params.alone || other.alone) && !waits) { free = false; }
  }
  mine.has = mine.has || free;
  mine.until = ctx._now + params.lease;
  entries[params.id] = mine;
  changed = true;
}
if (!changed) { ctx.op = 'none'; }
"""
"""Who wants to be alone waits for those who are in, and those who come later wait for it."""


class Held:
    """A lease that this process has."""

    def __init__(self, until: float) -> None:
        self.until = until
        self.is_lost = False

    def check(self) -> None:
        """Raise ArchiveError if others may have it by now."""
        if self.is_lost or time.monotonic() > self.until:
            raise ArchiveError(
                "the cluster did not hear of this writer for too long, and others may go on in its place",
                hint="do it again; what was acknowledged is kept",
                code="lease-lost",
            )


class Leases:
    """The leases of an archive.

    Args:
        seconds: that a lease is given for, unless it is renewed.
    """

    def __init__(self, requests: Requests, seconds: float = SECONDS) -> None:
        self._requests = requests
        self._seconds = seconds

    @contextmanager
    def held(self, of: Of, wait: float, *, alone: bool) -> Iterator[Held]:
        """Have a lease, renewed until the end.

        Args:
            wait: the longest time to wait for it in seconds.
            alone: have it alone; otherwise together with all others who do not want to be alone.

        Raises: Locked, naming who has it.
        """
        id = uuid4().hex
        try:
            held = self._entered(of, id, time.monotonic() + wait, alone)
            over = threading.Event()
            renewing = threading.Thread(target=self._renew, args=(of, id, alone, held, over), daemon=True)
            renewing.start()
            try:
                yield held
            finally:
                over.set()
                renewing.join()
        finally:
            with suppress(ArchiveError):  # it ends by itself
                self._change(of, id, alone, leave=True)

    def _entered(self, of: Of, id: str, until: float, alone: bool) -> Held:
        pause = _PAUSE
        while True:
            begun = time.monotonic()
            entries = patiently(lambda: self._change(of, id, alone, enter=True))
            if entries[id]["has"]:
                return Held(begun + self._seconds)
            left = until - time.monotonic()
            if left <= 0:
                raise _refusal(entries, id)
            time.sleep(min(pause, left))
            pause = min(_LONGEST_PAUSE, pause * 1.5)

    def _renew(self, of: Of, id: str, alone: bool, held: Held, over: threading.Event) -> None:
        while not over.wait(self._seconds / 4):
            begun = time.monotonic()
            try:
                entries = self._change(of, id, alone)
            except ArchiveError:
                continue  # the cluster may answer again before the lease is over
            if not entries.get(id, {}).get("has"):
                held.is_lost = True
                return
            held.until = begun + self._seconds

    def _change(self, of: Of, id: str, alone: bool, *, enter: bool = False, leave: bool = False) -> Mapping[str, Any]:
        """Return the entries of a lease after a change."""
        params = {
            "id": id, "alone": alone, "enter": enter, "leave": leave, "lease": round(self._seconds * 1000),
            "by": _myself(),
        }  # fmt: skip
        nobody: Body = {"what": "lease", "name": of, "next": 1, "writers": {}}
        script = {"lang": "painless", "source": _SCRIPT, "params": params}
        told = self._requests.cluster.request(
            "POST",
            f"/{alias(self._requests.name, 'kept')}/_update/{lease_key(of)}",
            {"script": script, "upsert": nobody, "scripted_upsert": True, "_source": True},
            {"retry_on_conflict": _CONFLICTS},
            seconds=self._seconds / 4,
        )
        entries: Mapping[str, Any] = told["get"]["_source"]["writers"]
        return entries


def lease_key(of: Of) -> str:
    """Return the key of the document of a lease."""
    return key("e", of)


def _myself() -> Mapping[str, Any]:
    """Return who this is, for the message to others."""
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "command": " ".join(sys.argv)[:200],
        "since": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }


def _refusal(entries: Mapping[str, Any], mine: str) -> Locked:
    other = next((each["by"] for id, each in entries.items() if id != mine and each["has"]), None)
    by = Message("by another process")
    if other is not None:
        by = Message("by process {pid} on {host} ({command}) since {since}", **other)
    return Locked(
        Message("the archive is being written to {by}", by=by),
        hint="wait, or searchkit.connect(url, wait=SECONDS)",
        code="locked-by-writer",
    )
