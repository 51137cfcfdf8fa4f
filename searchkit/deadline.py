"""The time a question may take.

    with within(2.0):
        ...  # whatever is asked here raises QueryTimeout at the first `check` after two seconds

Whatever loops over what a query or an archive may make long calls `check` at the head of the loop. It is held in a
context variable: each thread, and each task of asyncio, has its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from searchkit.errors import QueryTimeout

DEFAULT = 1.5
"""Seconds that a question may take where nothing else is said: many times what one over a million articles takes."""


class _Deadline:
    __slots__ = ("clock", "end", "seconds")

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self.seconds = seconds
        self.clock = clock
        self.end = clock() + seconds


_current: ContextVar[_Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float | None, clock: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Let what is asked inside take so many seconds, None for as long as it takes. An outer deadline goes on as well.

    Args:
        seconds: of `clock`, more than 0.
    """
    outer = _current.get()
    if seconds is None:
        yield
        return
    made = _Deadline(seconds, clock)
    if outer is not None and outer.clock is clock and outer.end < made.end:
        yield
        return
    token = _current.set(made)
    try:
        yield
    finally:
        _current.reset(token)


def check() -> None:
    """Raises QueryTimeout where the time is over. Takes well under a microsecond."""
    deadline = _current.get()
    if deadline is not None and deadline.clock() > deadline.end:
        raise QueryTimeout(deadline.seconds)
