"""The supervisor's decisions, with workers that are only pipes; `test_running` has real ones."""

from __future__ import annotations

import asyncio
import io
import os
import socket
from types import SimpleNamespace

import pytest

from searchkit.errors import ArchiveError
from searchkit.servers.web import supervisor, worker
from searchkit.servers.web.supervisor import Supervisor


class Pipe:
    """What a supervisor knows of a worker: its output, and a process to end."""

    def __init__(self, said: bytes = b"", *, ends: bool = False) -> None:
        reading, self.writing = os.pipe()
        self.stdout = os.fdopen(reading, "rb", buffering=0)
        os.write(self.writing, said)
        if ends:
            os.close(self.writing)
        self.process = SimpleNamespace(kill=self.kill, terminate=self.kill)
        self.killed = ends

    def kill(self) -> None:
        if not self.killed:
            self.killed = True
            os.close(self.writing)

    def ending(self) -> str:
        return "it ended with code 3"

    def close(self) -> None:
        self.kill()
        self.stdout.close()


@pytest.fixture
def supervised(monkeypatch):
    def made(start, silence: float = 50.0, step: float = 1.0):
        # Each look at the clock is a step later: nothing here depends on how long it takes.
        monkeypatch.setattr(supervisor.time, "monotonic", (look * step for look in range(10**9)).__next__)
        told: list[str] = []
        made = Supervisor(start, socket.socket(), 1, silence=silence, drain=5.0, tell=told.append)
        return made, told

    return made


def test_workers_that_never_start_are_given_up(supervised):
    made, told = supervised(lambda number: Pipe(ends=True))
    with pytest.raises(ArchiveError, match="3 times in a row"):
        made.run(lambda: pytest.fail("nobody is ready"))
    assert len(told) == 3


def test_a_worker_that_cannot_be_started_is_tried_again(supervised):
    begun = []

    def start(number):
        begun.append(number)
        if len(begun) < 3:
            raise OSError(12, "Cannot allocate memory")
        return Pipe(b".")

    made, told = supervised(start)
    ready = []

    def stop() -> None:
        ready.append(True)
        made._signals.append(15)

    assert made.run(stop) == 0
    assert (begun, ready) == ([0, 0, 0], [True])
    assert told == ["worker 1 cannot be started: Cannot allocate memory"] * 2


def test_a_silent_worker_is_killed_and_replaced(supervised):
    pipes = []

    def start(number):
        pipes.append(Pipe(b"."))
        if len(pipes) == 2:
            made._signals.append(15)
        return pipes[-1]

    made, told = supervised(start, silence=0.03, step=0.01)
    assert made.run(lambda: None) == 0
    assert pipes[0].killed
    assert len(pipes) == 2
    assert "says nothing" in told[0]


def test_a_second_signal_waits_for_nobody(supervised):
    busy = Pipe(b".")
    busy.process.terminate = lambda: made._signals.append(15)  # it has something to finish
    made, told = supervised(lambda number: busy)
    assert made.run(lambda: made._signals.append(15)) == 143
    assert (busy.killed, told) == (True, [])


def test_what_does_not_end_in_time_is_cut_off(supervised):
    busy = Pipe(b".")
    busy.process.terminate = lambda: None
    made, told = supervised(lambda number: busy, step=1000.0)
    assert made.run(lambda: made._signals.append(15)) == 0
    assert (busy.killed, told) == (True, ["requests are cut off that did not end in time"])


def test_a_worker_whose_threads_are_stuck_says_nothing(monkeypatch):
    monkeypatch.setattr(worker, "BEAT_SECONDS", 0)
    said = io.BytesIO()
    threads = SimpleNamespace(oldest=worker.GRACE + 11.0, seconds=10.0)
    made = object.__new__(worker._Worker)
    made._threads, made._outgoing = threads, said

    async def run() -> None:
        beating = asyncio.ensure_future(made._beat())
        for _ in range(5):
            await asyncio.sleep(0)
        assert said.getvalue() == b""
        threads.oldest = worker.GRACE + 9.0
        for _ in range(5):
            await asyncio.sleep(0)
        assert said.getvalue()
        beating.cancel()

    asyncio.run(run())
