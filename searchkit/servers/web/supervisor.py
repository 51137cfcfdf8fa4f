"""The supervisor: it listens, starts the workers that answer, and replaces one that dies or hangs.

uvicorn has a supervisor of its own. It asks whether a worker is alive from a thread beside the loop that answers, so
it takes a worker for well whose loop or whose threads are stuck; and it runs on multiprocessing, which runs an
embedding program's script again.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from searchkit.errors import ArchiveError
from searchkit.language.messages import Message
from searchkit.system.processes import Child

START_SECONDS = 60.0
"""Seconds that a worker may take to start."""
_LAST_WORD = 5.0
"""Seconds beyond the time to drain after which a worker is killed."""
_FRUITLESS = 3
"""Starts in vain after which a server that never answered gives up."""


class _Place:
    """The place of one worker.

    Attributes:
        heard: when its last sign of life came.
        due: when to start a worker here, if there is none.
        fruitless: starts in a row that came to nothing.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.child: Child | None = None
        self.ready = False
        self.heard = 0.0
        self.due = 0.0
        self.fruitless = 0


class Supervisor:
    """Keeps workers running.

    Args:
        start: starts the worker with this number. It writes a byte when it is ready, and then at least one in `silence`
            seconds; SIGTERM makes it end what it is doing, and end.
        listening: the socket that the workers share; closed when they are to end.
        workers: how many.
        silence: seconds without a sign of life after which a worker is replaced.
        drain: seconds that a worker has to end.
        tell: writes a line on the log.
    """

    def __init__(
        self, start: Callable[[int], Child], listening: socket.socket, workers: int, *, silence: float, drain: float,
        tell: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._start = start
        self._listening = listening
        self._places = [_Place(number) for number in range(workers)]
        self._silence = silence
        self._drain = drain
        self._tell = tell
        self._signals: list[int] = []
        self._selector = selectors.DefaultSelector()
        self._announced = False

    def run(self, ready: Callable[[], None]) -> int:
        """Run until a signal, and return the exit code.

        Args:
            ready: called once, when all workers answer.

        Raises:
            ArchiveError: no worker ever got ready.
        """
        with self._watching_signals():
            try:
                while not self._signals:
                    self._tend()
                    self._listen(self._pause())
                    if not self._announced and all(place.ready for place in self._places):
                        self._announced = True
                        ready()
                return self._end()
            finally:
                for place in self._places:
                    if place.child is not None:
                        place.child.close()
                self._selector.close()

    @contextmanager
    def _watching_signals(self) -> Iterator[None]:
        waking, woken = socket.socketpair()
        for each in (waking, woken):
            each.setblocking(False)
        self._selector.register(woken, selectors.EVENT_READ, None)

        def note(given: int, _: FrameType | None) -> None:
            self._signals.append(given)

        handled = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        before = {number: signal.getsignal(number) for number in handled}
        waker = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
        try:
            for number in handled:
                if (
                    before[number] is not signal.SIG_IGN or number == signal.SIGTERM
                ):  # nohup ignores SIGHUP: that stays so
                    signal.signal(number, note)
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(waker)
            waking.close()
            woken.close()

    # -- while it runs

    def _tend(self) -> None:
        """Start workers that are due, and kill those that are silent."""
        now = time.monotonic()
        for place in self._places:
            if place.child is None:
                if now >= place.due:
                    self._begin(place)
            elif now - place.heard > (self._silence if place.ready else START_SECONDS):
                self._tell(f"worker {place.number + 1} says nothing for {now - place.heard:.0f} s and is replaced")
                place.child.process.kill()
                self._lost(place)

    def _begin(self, place: _Place) -> None:
        try:
            place.child = self._start(place.number)
        except OSError as error:
            self._tell(f"worker {place.number + 1} cannot be started: {error.strerror}")
            self._postpone(place)
            return
        place.ready, place.heard = False, time.monotonic()
        self._selector.register(place.child.stdout, selectors.EVENT_READ, place)

    def _pause(self) -> float:
        """Return the seconds until something is due by itself."""
        now = time.monotonic()
        dues = [
            place.due if place.child is None else place.heard + (self._silence if place.ready else START_SECONDS)
            for place in self._places
        ]
        return max(0.01, min(dues, default=now) - now + 0.01)

    def _listen(self, seconds: float) -> None:
        """Take signs of life, for so many seconds at most, or until the first."""
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                with suppress(OSError):
                    key.fileobj.recv(4096)  # type: ignore[union-attr]  # a signal; its handler has noted it
                continue
            place: _Place = key.data
            if os.read(key.fd, 4096):
                place.ready, place.heard, place.fruitless = True, time.monotonic(), 0
            else:
                assert place.child is not None
                if not self._signals:
                    self._tell(f"worker {place.number + 1} is gone: {place.child.ending()}; another takes its place")
                self._lost(place)

    def _lost(self, place: _Place) -> None:
        assert place.child is not None
        self._selector.unregister(place.child.stdout)
        place.child.close()
        place.child = None
        if place.ready:
            place.due = 0.0
        else:
            self._postpone(place)
        place.ready = False

    def _postpone(self, place: _Place) -> None:
        place.fruitless += 1
        if not self._announced and place.fruitless >= _FRUITLESS and not self._signals:
            raise ArchiveError(
                Message("the workers end as soon as they start, {fruitless} times in a row", fruitless=_FRUITLESS),
                hint="what they say above tells why; searchkit verify checks the archive",
            )
        place.due = time.monotonic() + min(5.0, 0.1 * 2**place.fruitless)

    # -- the end

    def _end(self) -> int:
        """Let the workers finish, and return the exit code: 0, or that of a second signal."""
        self._listening.close()
        for place in self._places:
            if place.child is not None:
                place.child.process.terminate()
        until = time.monotonic() + self._drain + _LAST_WORD
        while any(place.child for place in self._places):
            if len(self._signals) > 1:
                return 128 + self._signals[-1]
            left = until - time.monotonic()
            if left <= 0:
                self._tell("requests are cut off that did not end in time")
                break
            self._listen(left)
        return 0
