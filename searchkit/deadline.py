"""The time a question may take.

    with within(2.0):
        ...  # whatever is asked here raises QueryTimeout at the first `check` after two seconds of work

Whatever loops over what a query or an archive may make long calls `check` at the head of the loop.

What counts is the work of a question: the processor time of its thread, not the wait for a processor, a lock or a disk.
So a question is refused for what it is, and not for how many others are asked at once. A question that waits for ever,
on a disk that does not answer, ends by the clock on the wall, after `BACKSTOP` times its seconds (and no sooner than
after `LEAST_BACKSTOP` seconds).

A deadline is held in a context variable: each thread, and each task of asyncio, has its own. Tasks share a thread, and
with it the processor time: what other tasks do while a question is awaited inside `within` counts as work of the
question. searchkit awaits nothing, so this concerns only a `within` of one's own around an `await`. A thread that a
context was handed to (`asyncio.to_thread`) is given the seconds anew, from the first time that they might be over.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from searchkit.errors import QueryTimeout

DEFAULT = 1.5
"""Seconds that a question may take where nothing else is said: many times what one over a million articles takes."""

BACKSTOP = 20
"""A question ends after so many times its seconds on the wall, whatever it has worked."""
LEAST_BACKSTOP = 10.0
"""Seconds on the wall that every question may take: a short time is for little work, not for a quiet machine."""

_STEP = 0.001
"""Seconds; the clock of the thread is looked at no more often. It takes several times as long to read as the other."""

_wall = time.monotonic


class _Deadline:
    """One `within`.

    Attributes:
        due: the time on the wall before which nothing can be over: nobody works longer than time passes.
        outer: the deadline around this one, which goes on as well.
    """

    __slots__ = ("_begun", "_clock", "_end", "_is_work", "due", "outer", "seconds")

    def __init__(self, seconds: float, clock: Callable[[], float] | None, outer: _Deadline | None) -> None:
        self.seconds = seconds
        self.outer = outer
        self._is_work = clock is None
        self._clock = clock or time.thread_time
        self._begun = {threading.get_ident(): self._clock()}
        now = _wall()
        self._end = now + max(BACKSTOP * seconds, LEAST_BACKSTOP)
        self.due = self._due(now, seconds)

    def _due(self, now: float, left: float) -> float:
        # A clock of the caller's may stand at any time: it is always looked at.
        due = min(now + left, self._end) if self._is_work else now
        return due if self.outer is None else min(due, self.outer.due)

    def look(self) -> None:
        """Raise QueryTimeout where the time of this deadline, or of one around it, is over."""
        now = _wall()
        if self.outer is not None and now >= self.outer.due:
            self.outer.look()
        key = threading.get_ident() if self._is_work else next(iter(self._begun))
        time_of_thread = self._clock()
        left = self.seconds - (time_of_thread - self._begun.setdefault(key, time_of_thread))
        if left < 0 or (self._is_work and now >= self._end):
            raise QueryTimeout(self.seconds)
        self.due = self._due(now, max(left, _STEP))

    def forgive(self, work: float, waited: float) -> None:
        """Take seconds of this thread's work, and on the wall, for not passed."""
        key = threading.get_ident()
        if self._is_work and key in self._begun:
            self._begun[key] += work
        self._end += waited


_current: ContextVar[_Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float | None, clock: Callable[[], float] | None = None) -> Iterator[None]:
    """Let what is asked inside take so many seconds, None for as long as it takes. An outer deadline goes on as well.

    Args:
        seconds: more than 0; of the thread's processor time, or of `clock`.
        clock: another clock to go by, and by nothing else; for tests.
    """
    if seconds is None:
        yield
        return
    token = _current.set(_Deadline(seconds, clock, _current.get()))
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def uncounted() -> Iterator[None]:
    """Let what is done inside take no time of a question: something that is loaded once, and then serves all."""
    deadline = _current.get()
    work, wall = time.thread_time(), _wall()
    try:
        yield
    finally:
        work, wall = time.thread_time() - work, _wall() - wall
        while deadline is not None:
            deadline.forgive(work, wall)
            deadline = deadline.outer


def check() -> None:
    """Raise QueryTimeout where the time is over. Takes well under a microsecond."""
    deadline = _current.get()
    if deadline is not None and _wall() >= deadline.due:
        deadline.look()
