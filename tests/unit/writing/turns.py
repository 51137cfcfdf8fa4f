"""Two workers that take turns: each stops before each of its calls, and a schedule says who goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any


class Worker:
    """Work in a thread of its own, which stops before each call that `step` is told of."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.calls = 0
        self.error: BaseException | None = None
        self.done = False
        self._go = threading.Semaphore(0)
        self._stopped = threading.Semaphore(0)
        self._work = work
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        self._go.acquire()
        try:
            self._work()
        except BaseException as error:
            self.error = error
        self.done = True
        self._stopped.release()

    def step(self) -> None:
        """Stop until it is this worker's turn. Others than this worker pass."""
        if threading.current_thread() is self._thread:
            self.calls += 1
            self._stopped.release()
            self._go.acquire()

    def turn(self) -> None:
        """Let it go on to its next call, or to its end."""
        if not self._thread.is_alive() and not self.done:
            self._thread.start()
        if not self.done:
            self._go.release()
            assert self._stopped.acquire(timeout=60)
        if self.error:
            raise self.error

    def finish(self) -> None:
        while not self.done:
            self.turn()


def run(one: Worker, other: Worker, schedule: Iterable[bool]) -> None:
    """Let two workers go on as a schedule says, each to its next call, and then to their ends."""
    for is_one in schedule:
        (one if is_one else other).turn()
    one.finish()
    other.finish()


class Stepped:
    """A record, or a part of one, each call of which is a step: nothing goes on inside it, and all between."""

    def __init__(self, held: Any, step: Callable[[], object]) -> None:
        self._held = held
        self._step = step

    @property
    def origins(self) -> Stepped:
        return Stepped(self._held.origins, self._step)

    def transaction(self) -> Any:
        return nullcontext()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._held, name)
        if not callable(found):
            return found

        def call(*given: Any, **named: Any) -> Any:
            self._step()
            return found(*given, **named)

        return call
