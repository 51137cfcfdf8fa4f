"""Other Pythons that work for this one: talked to over pipes, lost without harm.

They are no forks, because a fork of a program with threads may hang, and not of `multiprocessing`, which runs an
embedding program's script again. `Worker` and `in_parallel` are for tasks of ours, sent as pickles; `Respondent` is for
work on what strangers wrote: it answers in bytes, and only so long is waited for an answer.

No child imports anything from the current folder, which may be full of strangers' files: it is started isolated (`-I`),
and its search path is set before it imports anything at all. Ctrl-C is the parent's to handle. A child ends when its
pipes do, so also when its parent dies.
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
from collections.abc import Callable, Iterable, Iterator
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
"""Something to do with what all tasks of a worker share. It goes to another process, and its outcome comes back."""

_HOME = str(Path(__file__).resolve().parents[2])
"""The folder that holds the package searchkit."""

# Nothing may be imported before the path is set. The package is loaded from where it is here: with the current folder
# off the path, another installation might come first.
_BOOTSTRAP = """
import sys
home, path, here, goal, sys.dont_write_bytecode, sys.pycache_prefix = eval(sys.stdin.buffer.readline())
sys.path[:] = [each for each in path if each not in here or each in sys.path]
if home in here: sys.path.append(home)
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
    """Another Python, which runs one function of searchkit and ends with it.

    Args:
        serve: a function of a module, called as `serve(incoming, outgoing, *arguments)` with two binary streams; what
            it writes must be flushed. Whatever it prints goes to standard error.
        arguments: numbers or strings.
        silent: drop its standard error, instead of sharing that of this process.

    Attributes:
        process: the process.
        stdin: what the child reads; unbuffered.
        stdout: what the child writes; unbuffered.

    Raises:
        OSError: no process can be started.
    """

    def __init__(self, serve: Callable[..., None], *arguments: float | str, silent: bool = False) -> None:
        if not sys.executable or getattr(sys, "frozen", False):
            raise OSError("this program is not run by a Python that can be started again")
        with _no_interrupts():
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-X", f"utf8={sys.flags.utf8_mode}", "-c", _BOOTSTRAP],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if silent else None,
                bufsize=0,
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
        """How it ended, for a log. Waits a second for the end of one that has closed its pipes."""
        try:
            code = self.process.wait(1)
        except subprocess.TimeoutExpired:
            return "it does not answer"
        return f"it was ended by signal {-code}" if code < 0 else f"it ended with code {code}"

    def close(self) -> None:
        """End it, whatever it is doing. Safe to call twice."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.stdin, self.stdout):
            with suppress(OSError):  # it died with something still to be written
                pipe.close()


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Let a process that is started here never see Ctrl-C, not even before it can ignore it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _search_path() -> tuple[list[str], list[str]]:
    """The absolute entries of the search path, and those among them that are the current folder.

    `python -m` and a script's own folder put the current one there under its full name. A child keeps such an entry
    only if it belongs to its Python, or holds searchkit itself: then behind all others.
    """
    path = [each for each in sys.path if isinstance(each, str) and Path(each).is_absolute()]
    return path, [each for each in {*path, _HOME} if _is_current(each)]


def _is_current(folder: str) -> bool:
    try:
        return Path(folder).samefile(os.curdir)
    except (OSError, ValueError):
        return False


def _serve(module: str, function: str, arguments: tuple[float | str, ...]) -> None:
    """Run what a child is for, in the child."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for Windows; elsewhere it is blocked from the start
    fill_standard_descriptors()
    outgoing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    try:
        getattr(import_module(module), function)(sys.stdin.buffer, outgoing, *arguments)
    except BrokenPipeError:  # nobody is there to be answered
        os._exit(1)


def limit_memory(size: int) -> None:
    """Bound the address space of this process, where the system can.

    Args:
        size: in bytes.
    """
    with suppress(ImportError, OSError, ValueError):  # Windows has no limits, macOS refuses some of them
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_processor_time(seconds: float) -> None:
    """End this process when it has used so much processor time more, where the system can: also without a parent."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds) + 2, hard))


# -- tasks, sent as pickles


class Worker(Generic[Shared, Made]):
    """Does tasks in another process, one at a time. Whatever that process cannot do is done here, and logged.

    Args:
        role: what it is called in a log: "an index worker".
        shared: what its tasks share.
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
        except Exception as error:  # of what cannot be pickled, anything
            self._lose(error)

    def give(self, task: Task[Shared, Made]) -> None:
        """Let it begin a task. The outcome of the one before must have been taken."""
        assert self._task is None
        self._task = task
        if self._child is None and self._served:  # one that cannot do its first task would not do its second
            self._child = self._started()
        self._send(task)

    def take(self) -> Made:
        """Wait for the outcome of the task given, and return it.

        Raises:
            SearchkitError: raised by the task. Other errors are raised where the task is done again, here.
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
        """Is there something to take, as far as can be known without waiting?"""
        if self._child is None or sys.platform == "win32":
            return True  # pipes cannot be looked at there
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
    """Yield the outcomes of tasks, in their order. Whenever one is yielded, `count` tasks are under way.

    Raises:
        SearchkitError: raised by a task; so is any other error of a task.
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
            # The next task is at hand before an outcome is yielded: the worker need not wait for what is done with it.
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
    """Do tasks until there are no more: what runs in the process of a Worker."""
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
    except Exception:  # a class that is not to be found here, for example
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


class Respondent:
    """A child that is asked, and whose answers are waited for only so long. For one thread at a time.

    Through the pipes go blocks: 4 bytes of length, big-endian, then the bytes.

    Args:
        serve: as for `Child`; it reads blocks with `read_block` and answers with `write_block`.
        arguments: as for `Child`.

    Attributes:
        process: the process.
        asked: questions so far.

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
        """Send blocks, and return the one that comes back.

        Raises:
            TimeoutError: none came in time.
            EOFError: the child has ended.
        """
        # What does not go through in time is a child that hangs.
        self._threads[1:] = [_thread(_send, self._child.stdin, blocks)]
        self.asked += 1
        try:
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError from None
        if answer is None:
            raise EOFError
        return answer

    def ending(self) -> str:
        """How it ended, for a log."""
        return self._child.ending()

    def close(self) -> None:
        """End the child, whatever it is doing. Safe to call twice."""
        self.process.kill()
        # A pipe that is closed while a thread still uses it may, under its number, be the pipe of the next child.
        for thread in self._threads:
            thread.join()
        self._child.close()


def _thread(target: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread


def _send(pipe: IO[bytes], blocks: tuple[bytes, ...]) -> None:
    with suppress(OSError, ValueError):  # the child died; the listener says so
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
    """Return the next block of a pipe; None at its end, or if there is no making sense of it."""
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
