"""Other processes that analyse articles and write runs.

Each is a Python of its own that is talked to over pipes, not a fork and not `multiprocessing`: a fork of a program with
threads may hang, and `multiprocessing` would run an embedding program's script again. A worker that fails, for whatever
reason, costs time only: its batch is done here.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import IO, Any

from searchkit.analysis.segment import UserDictionary
from searchkit.backends.whoosh_index.codec.whoosh_codec import ColumnarSegment
from searchkit.index import Entry

Batch = Sequence[Entry]

_START = "from searchkit.backends.whoosh_index.workers import main; main()"


class Worker:
    """One other process; it has at most one batch at a time."""

    def __init__(self, folder: Path, timezone: tzinfo, dictionary: UserDictionary) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        self._send((folder.resolve(), timezone, dictionary))

    def _send(self, message: object) -> None:
        assert self._process.stdin is not None
        pickle.dump(message, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()

    def give(self, batch: Batch) -> None:
        """Let it work on a batch. Raises OSError if it is not there any more."""
        self._send(batch)

    def take(self) -> ColumnarSegment:
        """Wait for the segment of the batch given. Raises OSError, EOFError or pickle's errors if it failed."""
        assert self._process.stdout is not None
        made = pickle.load(self._process.stdout)
        if not isinstance(made, ColumnarSegment):
            raise OSError(str(made))
        return made

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


def in_parallel(
    batches: Iterable[Batch],
    workers: Callable[[], Worker],
    count: int,
    here: Callable[[Batch], ColumnarSegment],
) -> Iterator[ColumnarSegment]:
    """The segments of the batches, in order; `here` does what a worker could not."""
    crew: list[Worker | None] = []
    pending: deque[tuple[int, Batch]] = deque()
    try:
        for number, batch in enumerate(batches):
            if len(pending) == count:
                yield _finished(crew, *pending.popleft(), here)
            if number < count:
                crew.append(_started(workers))
            pending.append((number % count, batch))
            _given(crew, number % count, batch)
        while pending:
            yield _finished(crew, *pending.popleft(), here)
    finally:
        for worker in crew:
            if worker is not None:
                worker.close()


def _started(workers: Callable[[], Worker]) -> Worker | None:
    try:
        return workers()
    except OSError:
        return None


def _given(crew: list[Worker | None], place: int, batch: Batch) -> None:
    worker = crew[place]
    try:
        if worker is not None:
            worker.give(batch)
    except OSError:
        _lost(crew, place)


def _finished(
    crew: list[Worker | None], place: int, batch: Batch, here: Callable[[Batch], ColumnarSegment]
) -> ColumnarSegment:
    """The segment of a batch that was given to a worker, or would have been."""
    worker = crew[place]
    if worker is not None:
        try:
            return worker.take()
        except (OSError, EOFError, pickle.UnpicklingError):
            _lost(crew, place)
    return here(batch)


def _lost(crew: list[Worker | None], place: int) -> None:
    worker = crew[place]
    if worker is not None:
        worker.close()
    crew[place] = None


def main() -> None:
    """What runs in the other process: batches in, segments out, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle; the pipe's end is the sign to stop
    from searchkit.analysis.segment import segmenter
    from searchkit.backends.whoosh_index.bulk import write_run

    come, go = sys.stdin.buffer, sys.stdout.buffer
    folder, timezone, dictionary = _received(come)
    cutter = segmenter(dictionary)
    while (batch := _received(come)) is not None:
        try:
            made: object = write_run(batch, folder, timezone, cutter)
        except Exception as error:
            made = f"{type(error).__name__}: {error}"
        pickle.dump(made, go)
        go.flush()


def _received(stream: IO[bytes]) -> Any:
    try:
        return pickle.load(stream)
    except EOFError:
        return None
