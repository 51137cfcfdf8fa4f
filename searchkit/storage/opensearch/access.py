"""The right to write to an archive in a cluster: of many at once, but for what is done alone."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import ClassVar

from searchkit.errors import Locked, UsageError
from searchkit.language.messages import Message
from searchkit.storage.access import WriteAccess
from searchkit.storage.opensearch.leases import SECONDS, Held, Leases
from searchkit.storage.opensearch.requests import Requests
from searchkit.system.after_fork import renew_after_fork


class ClusterAccess(WriteAccess):
    """The right to write to an archive in a cluster. Of this process, one thread has it at a time."""

    is_shared: ClassVar[bool] = True

    def __init__(self, requests: Requests, seconds: float = SECONDS) -> None:
        self._leases = Leases(requests, seconds)
        self.renew_locks()
        renew_after_fork(self)

    def renew_locks(self) -> None:
        """See `searchkit.system.after_fork`."""
        self._one = threading.Lock()
        self._thread: int | None = None
        self._alone = False
        self._held: list[Held] = []

    @property
    def mine(self) -> bool:
        return self._thread == threading.get_ident()

    @property
    def alone(self) -> bool:
        return self.mine and self._alone

    @contextmanager
    def held(self, wait: float, *, alone: bool = False) -> Iterator[None]:
        if math.isnan(wait) or wait < 0:
            raise UsageError(
                Message("cannot wait {wait:g} s for another writer", wait=wait), hint="give 0 seconds or more"
            )
        if self.mine:
            yield
            return
        until = time.monotonic() + wait
        with ExitStack() as stack:
            if not self._one.acquire(timeout=min(wait, threading.TIMEOUT_MAX)):
                raise Locked("another thread of this program is writing to the archive", hint="wait for it")
            stack.callback(self._one.release)
            held = stack.enter_context(self._leases.held("writing", until - time.monotonic(), alone=alone))
            stack.callback(self._left)
            self._thread, self._alone, self._held = threading.get_ident(), alone, [held]
            yield

    def _left(self) -> None:
        self._thread, self._alone, self._held = None, False, []

    @contextmanager
    def levelling(self, wait: float) -> Iterator[None]:
        with self._leases.held("levelling", wait, alone=True) as held:
            self._held.append(held)
            try:
                yield
            finally:
                self._held.remove(held)

    def check(self) -> None:
        for each in self._held:
            each.check()
