"""Child processes running Python: they work over pipes, and losing one does no harm.

They are not forks, because a fork of a program with threads may hang, and do not use `multiprocessing`, which runs an
embedding program's script again. `Worker` and `in_parallel` are for our own tasks, sent as pickles; `Respondent` is for
work on strangers' files: it answers in bytes, within a time limit.

No child imports anything from the current folder, which may be full of strangers' files: it is started isolated (`-I`),
and its search path is set before it imports anything at all. Only the parent handles Ctrl-C. A child ends when its
pipes are closed, and so also when its parent dies.
"""

from __future__ import annotations

import io
import os
import pickle
import queue
import select
import signal
import struct
import subprocess
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any, BinaryIO, Generic, TypeAlias, TypeVar, cast

from searchkit.errors import SearchkitError
from searchkit.system import log
from searchkit.system.files import fill_standard_descriptors

Shared = TypeVar("Shared")
Made = TypeVar("Made")
Task: TypeAlias = Callable[[Shared], Made]
"""Work on the data that all tasks of a worker share. It is sent to another process, and its outcome is sent back."""

_HOME = str(Path(__file__).resolve().parents[2])
"""The folder that holds the package searchkit."""

# Nothing may be imported before the path is set. The package is loaded from its place here: with the current folder
# off the path, another installation might come first.
_BOOTSTRAP = """
import sys
home, path, here, goal, sys.dont_write_bytecode, sys.pycache_prefix = eval(sys.stdin.buffer.readline())
own = [each for each in here if each in sys.path or each == home]
sys.path[:] = [each for each in path if each not in here] + own
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
spec = PathFinder.find_spec("searchkit", [home])
sys.modules["searchkit"] = package = module_from_spec(spec)
spec.loader.exec_module(package)
from searchkit.system.processes import _serve
_serve(*goal)
"""

# -- one child


class Child:
    """A process that runs one function of searchkit and ends with it.

    Args:
        serve: a function of a module, called as `serve(incoming, outgoing, *arguments)` with two binary streams; it
            must flush its answers. Anything it prints goes to standard error.
        arguments: numbers or strings.
        silent: drop its standard error, instead of sharing that of this process.
        inherited: descriptors of this process that it has as well, under the same numbers.

    Attributes:
        process: the process.
        stdin: the child's input; unbuffered.
        stdout: the child's output; unbuffered.

    Raises:
        OSError: no process can be started.
    """

    def __init__(
        self,
        serve: Callable[..., None],
        *arguments: float | str,
        silent: bool = False,
        inherited: Sequence[int] = (),
    ) -> None:
        if not sys.executable or getattr(sys, "frozen", False):
            raise OSError("this program is not run by a Python that can be started again")
        with _no_interrupts():
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-X", f"utf8={sys.flags.utf8_mode}", "-c", _BOOTSTRAP],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if silent else None,
                bufsize=0,
                pass_fds=inherited,
                env={"OPENBLAS_NUM_THREADS": "1", **os.environ},  # see cli.run
            )
        assert self.process.stdin is not None and self.process.stdout is not None
        self.stdin: IO[bytes] = self.process.stdin
        self.stdout: IO[bytes] = self.process.stdout
        goal = serve.__module__, serve.__qualname__, arguments
        told = (_HOME, *_search_path(), goal, sys.dont_write_bytecode, sys.pycache_prefix)
        try:
            _write_all(self.stdin, ascii(told).encode() + b"\n")
        except BaseException:
            self.close()
            raise

    def ending(self) -> str:
        """Return how it ended, for a log. Waits up to a second if it has closed its pipes."""
        try:
            code = self.process.wait(1)
        except subprocess.TimeoutExpired:
            return "it does not answer"
        return f"it was ended by signal {-code}" if code < 0 else f"it ended with code {code}"

    def close(self) -> None:
        """Kill it, whatever it is doing. Safe to call twice."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.stdin, self.stdout):
            with suppress(OSError):  # it died before reading all its input
                pipe.close()


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Keep Ctrl-C from a process that is started inside, even before it can ignore it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _search_path() -> tuple[list[str], list[str]]:
    """Return the absolute entries of the search path, and those among them that are the current folder.

    `python -m` and a script's own folder add the current one under its full name. A child keeps such an entry only if
    it belongs to its Python (an editable installation adds the checkout), or contains searchkit itself: then once, and
    behind all others.
    """
    path = [each for each in sys.path if isinstance(each, str) and Path(each).is_absolute()]
    return path, [each for each in {*path, _HOME} if _is_current(each)]


def _is_current(folder: str) -> bool:
    try:
        return Path(folder).samefile(os.curdir)
    except (OSError, ValueError):
        return False


def _serve(module: str, function: str, arguments: tuple[float | str, ...]) -> None:
    """Run the function of a child, in the child."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for Windows; elsewhere the signal is blocked from the start
    fill_standard_descriptors()
    outgoing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # the output of a library must not get between the answers
    try:
        getattr(import_module(module), function)(sys.stdin.buffer, outgoing, *arguments)
    except BrokenPipeError:  # nobody is left to answer
        os._exit(1)


def limit_memory(size: int) -> None:
    """Limit the address space of this process, if the system can.

    Args:
        size: in bytes.
    """
    with suppress(ImportError, OSError, ValueError):  # Windows has no limits, macOS refuses some of them
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


LIMITS_PROCESSOR_TIME = hasattr(signal, "setitimer")
"""Whether `limit_processor_time` can do its work here: not on Windows."""


def limit_processor_time(seconds: float) -> None:
    """End this process by SIGPROF after this much more processor time, even without a parent, if the system can.

    The limit set last holds.
    """
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)  # a parent may have let it be ignored
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _is_out_of_time(code: int | None) -> bool:
    """Tell whether a process with this exit code was ended by `limit_processor_time`."""
    return hasattr(signal, "SIGPROF") and code == -signal.SIGPROF


# -- tasks, sent as pickles


class Worker(Generic[Shared, Made]):
    """A process for tasks, one at a time. A task that it cannot do is done in this process, and logged.

    Args:
        role: its name in the log: "an index worker".
        shared: the data that its tasks share.
    """

    def __init__(self, role: str, shared: Shared) -> None:
        self._role = role
        self._shared = shared
        self._task: Task[Shared, Made] | None = None
        self._served = False
        self._child = self._started()

    def _started(self) -> Child | None:
        try:
            child = Child(work)
        except OSError as error:
            log.logger(__name__).warning("%s cannot be started, its work is done here: %s", self._role, error)
            return None
        self._child, self._served = child, False
        self._tasks = io.BufferedWriter(cast(io.RawIOBase, child.stdin))
        self._outcomes = io.BufferedReader(cast(io.RawIOBase, child.stdout))
        self._send(self._shared)
        return self._child

    def _send(self, message: object) -> None:
        if self._child is None:
            return
        try:
            pickle.dump(message, self._tasks, protocol=pickle.HIGHEST_PROTOCOL)
            self._tasks.flush()
        except Exception as error:  # an object that cannot be pickled may raise anything
            self._lose(error)

    def give(self, task: Task[Shared, Made]) -> None:
        """Start a task. The outcome of the previous task must have been taken."""
        assert self._task is None
        self._task = task
        if self._child is None and self._served:  # if it cannot do its first task, it cannot do a second
            self._child = self._started()
        self._send(task)

    def take(self) -> Made:
        """Wait for the outcome of the task given, and return it.

        Raises:
            SearchkitError: raised by the task. After any other error the task is done again in this process.
        """
        assert self._task is not None
        task, self._task = self._task, None
        if self._child is not None:
            try:
                kind, outcome, kept = pickle.load(self._outcomes)
            except Exception as error:  # its end, or an outcome that cannot be unpickled
                self._lose(error)
            else:
                self._served = True
                log.tell(kept)
                if kind == "made":
                    made: Made = outcome
                    return made
                if kind == "error":
                    raise outcome
                log.logger(__name__).warning("%s failed, its work is done here:\n%s", self._role, outcome)
        return task(self._shared)

    def ready(self) -> bool:
        """Return whether an outcome is ready, as far as can be known without waiting."""
        if self._child is None or sys.platform == "win32":
            return True  # pipes cannot be polled there
        return bool(select.select([self._child.stdout], [], [], 0)[0])

    def _lose(self, error: Exception) -> None:
        assert self._child is not None
        why = self._child.ending() if isinstance(error, (OSError, EOFError)) else f"{type(error).__name__}: {error}"
        log.logger(__name__).warning("%s is lost, its work is done here: %s", self._role, why)
        self.close()

    def close(self) -> None:
        """End the process. Safe to call twice."""
        if self._child is not None:
            self._child.close()
        self._child = None


def in_parallel(
    tasks: Iterable[Task[Shared, Made]], shared: Shared, count: int, role: str = "a worker"
) -> Iterator[Made]:
    """Yield the outcomes of tasks, in order. `count` tasks are in progress whenever one is yielded.

    Raises: SearchkitError, or any other error of a task.
    """
    crew: list[Worker[Shared, Made]] = []
    busy: deque[Worker[Shared, Made]] = deque()
    try:
        for task in tasks:
            if len(crew) < count:
                crew.append(Worker(role, shared))
                busy.append(crew[-1])
                crew[-1].give(task)
                continue
            # The next task is ready before an outcome is yielded: the worker need not wait while that is processed.
            worker = busy.popleft()
            made = worker.take()
            worker.give(task)
            busy.append(worker)
            yield made
        while busy:
            yield busy.popleft().take()
    finally:
        for worker in crew:
            worker.close()


def work(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Do tasks until there are no more. Runs in the process of a Worker."""
    log.keep()
    try:
        shared = pickle.load(incoming)
        while True:
            task = pickle.load(incoming)
            _answer(outgoing, *_outcome(task, shared))
    except EOFError:
        return
    except BrokenPipeError:
        raise
    except Exception:  # for example a class that cannot be found here
        _answer(outgoing, "fault", traceback.format_exc())


def _outcome(task: Task[Any, Any], shared: Any) -> tuple[str, object]:
    try:
        return "made", task(shared)
    except SearchkitError as error:
        return "error", error
    except Exception:
        return "fault", traceback.format_exc()


def _answer(outgoing: BinaryIO, kind: str, outcome: object) -> None:
    pickle.dump((kind, outcome, log.taken()), outgoing, protocol=pickle.HIGHEST_PROTOCOL)
    outgoing.flush()


# -- questions and answers in bytes, with time limits

_LENGTH = struct.Struct(">I")
_MOST = 512 * 1024 * 1024
_PIECE = 1024 * 1024
_PIECE_OF_A_WAIT = 1.0
"""Seconds."""


class Respondent:
    """A child that answers questions within a time limit. For one thread at a time.

    The pipes carry blocks: 4 bytes of length, big-endian, then the bytes.

    Args:
        serve: as for `Child`; it reads blocks with `read_block` and answers with `write_block`.
        arguments: as for `Child`.

    Attributes:
        process: the process.
        asked: the number of questions so far.

    Raises:
        OSError: no process can be started.
    """

    def __init__(self, serve: Callable[..., None], *arguments: float | str) -> None:
        self._child = Child(serve, *arguments, silent=True)
        self.process = self._child.process
        self.asked = 0
        self._answers: queue.Queue[bytes | None] = queue.Queue()
        self._threads = [_thread(_listen, self._child.stdout, self._answers)]

    def ask(self, *blocks: bytes, seconds: float) -> bytes:
        """Send blocks, and return the answer.

        Args:
            seconds: of wall-clock time. Time in which this process was stopped, or the machine was asleep, counts as at
                most one second.

        Raises:
            TimeoutError: no answer came in time, or the child was ended by `limit_processor_time`.
            EOFError: the child has ended otherwise.
        """
        # If the blocks do not go through in time, the child hangs.
        self._threads[1:] = [_thread(_send, self._child.stdin, blocks)]
        self.asked += 1
        answer = self._answer(seconds)
        if answer is not None:
            return answer
        with suppress(subprocess.TimeoutExpired):
            if _is_out_of_time(self.process.wait(1)):
                raise TimeoutError
        raise EOFError

    def _answer(self, seconds: float) -> bytes | None:
        left = seconds
        while True:
            piece = min(left, _PIECE_OF_A_WAIT)
            try:
                return self._answers.get(timeout=piece)
            except queue.Empty:
                left -= piece
                if left <= 0:
                    raise TimeoutError from None

    def ending(self) -> str:
        """Return how it ended, for a log."""
        return self._child.ending()

    def close(self) -> None:
        """Kill the child, whatever it is doing. Safe to call twice."""
        self.process.kill()
        # If a pipe is closed while a thread still uses it, its number may already belong to the pipe of the next child.
        for thread in self._threads:
            thread.join()
        self._child.close()


def _thread(target: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread


def _send(pipe: IO[bytes], blocks: tuple[bytes, ...]) -> None:
    with suppress(OSError, ValueError):  # the child died; the listener reports it
        for block in blocks:
            write_block(pipe, block)


def _listen(pipe: IO[bytes], answers: queue.Queue[bytes | None]) -> None:
    with suppress(OSError, ValueError):
        while (block := read_block(pipe)) is not None:
            answers.put(block)
    answers.put(None)


def write_block(pipe: IO[bytes], block: bytes) -> None:
    """Write a block and flush it."""
    _write_all(pipe, _LENGTH.pack(len(block)) + block)
    pipe.flush()


def read_block(pipe: IO[bytes]) -> bytes | None:
    """Return the next block of a pipe; None at its end, or if it is malformed."""
    head = _exactly(pipe, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    return _exactly(pipe, length) if length <= _MOST else None


def _write_all(pipe: IO[bytes], data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[pipe.write(view) :]


def _exactly(pipe: IO[bytes], size: int) -> bytes | None:
    parts = []
    while size:
        part = pipe.read(min(size, _PIECE))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
