"""The time that a question may take.

    with within(2.0):
        ...  # any question asked here raises QueryTimeout at the first `check` after two seconds of work

Every loop that a query or an archive can make long calls `check` at its head.

Only the work of a question counts: the processor time of its thread, not the wait for a processor, a lock or a disk.
So a question is refused for its own cost, and not because many others are asked at once. A question that would wait for
ever, on a disk that does not answer, is ended by wall-clock time, after `BACKSTOP` times its seconds (and no sooner
than after `LEAST_BACKSTOP` seconds).

A deadline is held in a context variable: each thread, and each asyncio task, has its own. Tasks share a thread and its
processor time, so the work of other tasks counts for a question that is awaited inside `within`. searchkit awaits
nothing, so this concerns only callers who put their own `within` around an `await`. A thread that receives a copied
context (`asyncio.to_thread`) gets the full seconds again, counted from the first check at which they might be over.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from searchkit.errors import QueryTimeout

DEFAULT = 1.5
"""Seconds that a question may take by default: many times the time of a question to a million articles."""

BACKSTOP = 20
"""A question ends after this many times its seconds of wall-clock time, however little it has worked."""
LEAST_BACKSTOP = 10.0
"""Seconds of wall-clock time that every question may take: a short limit is to bound work, not to demand a quiet
machine."""

_STEP = 0.001
"""Seconds between two readings of the thread's clock, at least: reading it takes several times as long as reading the
wall clock."""

_wall = time.monotonic


class _Deadline:
    """The deadline of one `within`.

    Attributes:
        due: the wall-clock time before which no deadline can have passed: no thread works longer than time passes.
        outer: the deadline around this one, which remains in force.
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
        # The caller's own clock may show any time: it is always read.
        due = min(now + left, self._end) if self._is_work else now
        return due if self.outer is None else min(due, self.outer.due)

    def look(self) -> None:
        """Raise QueryTimeout if the time of this deadline, or of one around it, is over."""
        now = _wall()
        if self.outer is not None and now >= self.outer.due:
            self.outer.look()
        key = threading.get_ident() if self._is_work else next(iter(self._begun))
        time_of_thread = self._clock()
        left = self.seconds - (time_of_thread - self._begun.setdefault(key, time_of_thread))
        if left < 0 or (self._is_work and now >= self._end):
            raise QueryTimeout(self.seconds)
        self.due = self._due(now, max(left, _STEP))

    def left(self) -> float:
        """Return the seconds after which a wait ends at the latest, of this deadline and those around it."""
        if self._is_work:
            left = self._end - _wall()
        else:
            left = self.seconds - (self._clock() - next(iter(self._begun.values())))
        return left if self.outer is None else min(left, self.outer.left())

    def forgive(self, work: float, waited: float) -> None:
        """Do not count these seconds of this thread's work and of wall-clock time."""
        key = threading.get_ident()
        if self._is_work and key in self._begun:
            self._begun[key] += work
        self._end += waited


_current: ContextVar[_Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float | None, clock: Callable[[], float] | None = None) -> Iterator[None]:
    """Limit the time of all questions asked inside. An outer deadline remains in force.

    Args:
        seconds: of the thread's processor time, or of `clock`; more than 0; None for no limit.
        clock: the only clock to measure by, for tests.
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
    """Charge no question for the work inside: loading something once that then serves all."""
    deadline = _current.get()
    work, wall = time.thread_time(), _wall()
    try:
        yield
    finally:
        work, wall = time.thread_time() - work, _wall() - wall
        while deadline is not None:
            deadline.forgive(work, wall)
            deadline = deadline.outer


def seconds_left() -> float | None:
    """Return the seconds for which a question may still wait for what it asked of others; None if it may for ever.

    That is wall-clock time, see `BACKSTOP`: others work for this question and for many more at once.
    """
    deadline = _current.get()
    return None if deadline is None else deadline.left()


def overdue() -> QueryTimeout:
    """Return the error for a question whose time is over, as others say who work for it."""
    deadline = _current.get()
    return QueryTimeout(deadline.seconds if deadline is not None else 0.0)


def check() -> None:
    """Raise QueryTimeout if the time is over. Takes well under a microsecond."""
    deadline = _current.get()
    if deadline is not None and _wall() >= deadline.due:
        deadline.look()
