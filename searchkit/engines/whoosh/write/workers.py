"""Other processes that do the work of writing segments: analysing articles, merging.

Each is a Python of its own that is talked to over pipes, not a fork and not `multiprocessing`: a fork of a program with
threads may hang, and `multiprocessing` would run an embedding program's script again. A worker that fails, for whatever
reason, costs time only: its task is done here.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import IO, Any, Generic, TypeAlias, TypeVar

from searchkit.analysis.segment import UserDictionary

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Place:
    """Where segments are written, and with what articles are analysed."""

    folder: Path
    timezone: tzinfo
    dictionary: UserDictionary


Task: TypeAlias = Callable[[Place], Made]
"""Something to do, that can be sent to another process, and whose outcome can be sent back."""

_START = "from searchkit.engines.whoosh.write.workers import main; main()"


class Worker(Generic[Made]):
    """One other process; it has at most one task at a time."""

    def __init__(self, place: Place) -> None:
        path = os.pathsep.join(each for each in sys.path if each)
        environment = {"OPENBLAS_NUM_THREADS": "1", **os.environ, "PYTHONPATH": path}  # see cli.run
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        self._send(Place(place.folder.resolve(), place.timezone, place.dictionary))

    def _send(self, message: object) -> None:
        assert self._process.stdin is not None
        pickle.dump(message, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()

    def give(self, task: Task[Made]) -> None:
        """Let it work on a task. Raises OSError if it is not there any more."""
        self._send(task)

    def take(self) -> Made:
        """Wait for the outcome of the task given. Raises OSError, EOFError or pickle's errors if it failed."""
        assert self._process.stdout is not None
        fine, made = pickle.load(self._process.stdout)
        if not fine:
            raise OSError(str(made))
        outcome: Made = made
        return outcome

    def ready(self) -> bool:
        """Is there something to take, as far as can be known without waiting?"""
        if sys.platform == "win32":
            return True  # pipes cannot be looked at there
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], 0)[0])

    def close(self) -> None:
        """End it."""
        for stream in (self._process.stdin, self._process.stdout):
            try:
                if stream is not None:
                    stream.close()
            except OSError:
                pass  # it died with something still to be written
        self._process.kill()
        self._process.wait()


def in_parallel(tasks: Iterable[Task[Made]], place: Place, count: int) -> Iterator[Made]:
    """The outcomes of the tasks, in order. `count` tasks are under way whenever an outcome is given out."""
    crew: list[Worker[Made] | None] = []
    pending: deque[tuple[int, Task[Made]]] = deque()
    try:
        for number, task in enumerate(tasks):
            if number < count:
                crew.append(started(place))
            pending.append((number % count, task))
            # The next is at hand before an outcome is given out: the worker need not wait for what is done with it.
            finished = _finished(crew, *pending.popleft(), place) if len(pending) > count else None
            _given(crew, number % count, task)
            if finished is not None:
                yield finished
        while pending:
            yield _finished(crew, *pending.popleft(), place)
    finally:
        for worker in crew:
            if worker is not None:
                worker.close()


def started(place: Place) -> Worker[Any] | None:
    """A new worker, or None where no process can be started."""
    try:
        return Worker(place)
    except OSError:
        return None


def _given(crew: list[Worker[Made] | None], number: int, task: Task[Made]) -> None:
    worker = crew[number]
    try:
        if worker is not None:
            worker.give(task)
    except OSError:
        _lost(crew, number)


def _finished(crew: list[Worker[Made] | None], number: int, task: Task[Made], place: Place) -> Made:
    """The outcome of a task that was given to a worker, or would have been."""
    worker = crew[number]
    if worker is not None:
        try:
            return worker.take()
        except (OSError, EOFError, pickle.UnpicklingError):
            _lost(crew, number)
    return task(place)


def _lost(crew: list[Worker[Made] | None], number: int) -> None:
    worker = crew[number]
    if worker is not None:
        worker.close()
    crew[number] = None


def main() -> None:
    """What runs in the other process: tasks in, outcomes out, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle; the pipe's end is the sign to stop
    come, go = sys.stdin.buffer, sys.stdout.buffer
    place = _received(come)
    while (task := _received(come)) is not None:
        try:
            answer: tuple[bool, object] = True, task(place)
        except Exception as error:
            answer = False, f"{type(error).__name__}: {error}"
        pickle.dump(answer, go)
        go.flush()


def _received(stream: IO[bytes]) -> Any:
    try:
        return pickle.load(stream)
    except EOFError:
        return None
