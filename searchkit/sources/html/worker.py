"""A child process that reads pages, so that a page made to hang, to eat memory or to crash a parser harms nobody.

It is started with the first page and kept, because an interpreter with a parser takes half a second to start. Each
page has a time to be read in; where that is over, or where the child has died, the page is refused and the next page
gets a new child. The system limits its memory and its processor time, where it can.

Through the pipes go blocks: 4 bytes of length, big-endian, then JSON, or the bytes of the page. Nothing that comes
back is executed or unpickled.
"""

from __future__ import annotations

import atexit
import json
import os
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from searchkit.errors import MissingExtra
from searchkit.model.article import Article
from searchkit.sources.limits import MIB, Unreadable

MEMORY = 1536 * MIB
"""Address space of the child."""
SECONDS = 20.0
"""What one page may take."""
PAGES = 2000
"""After so many pages a new child takes over: parsers keep memory."""
_LENGTH = struct.Struct(">I")
_MOST = 512 * MIB


@dataclass(slots=True)
class _Child:
    process: subprocess.Popen[bytes]
    answers: queue.Queue[bytes | None]
    threads: list[threading.Thread]
    pages: int = 0


class Reader:
    """Reads pages in a child process, one after the other; may be used by several threads."""

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds = seconds
        self._memory = memory
        self._lock = threading.Lock()
        self._child: _Child | None = None
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """After a fork: the child is the parent's, and the lock may be held by a thread that is not here."""
        self._lock, self._child = threading.Lock(), None

    def read(self, data: bytes, *, url: str, timezone: tzinfo, mhtml: bool = False) -> Article:
        """The article of a page, or of a page with all its parts in one MHTML file.

        Raises:
            Unreadable: it has none, takes too long or too much memory, or kills the parser.
            MissingExtra: the packages that read pages are not installed.
        """
        with self._lock:
            child = self._child or self._start()
            head = {"url": url, "zone": _zone_record(timezone), "mhtml": mhtml}
            answer = self._ask(child, json.dumps(head).encode(), data)
            child.pages += 1
            if child.pages >= PAGES:
                self._stop()
        if "missing" in answer:
            raise MissingExtra("reading HTML pages", "html")
        if "reason" in answer:
            raise Unreadable(str(answer["reason"]))
        return _article(answer["article"], timezone)

    def close(self) -> None:
        """End the child, if there is one."""
        with self._lock:
            self._stop()

    def _start(self) -> _Child:
        # isolated, and with our own search path: the directory it is started in may be full of strangers' files
        path = [str(Path(__file__).resolve().parents[3]), *(entry for entry in sys.path if Path(entry).is_absolute())]
        code = (
            f"import sys; sys.path[:] = {path!r}; from {__name__} import serve; serve({self._memory}, {self._seconds})"
        )
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        child = _Child(process, queue.Queue(), [])
        assert process.stdout is not None
        child.threads.append(_run(_listen, process.stdout, child.answers))
        self._child = child
        return child

    def _ask(self, child: _Child, *blocks: bytes) -> dict[str, Any]:
        assert child.process.stdin is not None
        # the child takes a page whole before it reads it; what does not go through in time is a child that hangs
        child.threads[1:] = [_run(_send, child.process.stdin, blocks)]
        try:
            text = child.answers.get(timeout=self._seconds + (10.0 if child.pages == 0 else 0.0))
        except queue.Empty:
            self._stop()
            raise Unreadable(f"takes more than {self._seconds:g} seconds to read") from None
        if text is None:
            self._stop()
            raise Unreadable("breaks the parser: it asks for too much memory or time")
        answer = json.loads(text)
        assert isinstance(answer, dict)
        return answer

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.process.kill()
            child.process.wait()
            # a pipe that is closed while a thread still uses it may, under its number, be the pipe of the next child
            for thread in child.threads:
                thread.join()
            for pipe in (child.process.stdin, child.process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:  # something unsent was in it
                        pass


def _run(target: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread


def _send(pipe: IO[bytes], blocks: tuple[bytes, ...]) -> None:
    try:
        for block in blocks:
            _write(pipe, block)
    except (OSError, ValueError):  # the child died; the listener says so
        pass


def _listen(pipe: IO[bytes], answers: queue.Queue[bytes | None]) -> None:
    try:
        while (block := _block(pipe)) is not None:
            answers.put(block)
    except (OSError, ValueError):
        pass
    answers.put(None)


def _write(pipe: IO[bytes], block: bytes) -> None:
    view = memoryview(_LENGTH.pack(len(block)) + block)
    while view:
        view = view[pipe.write(view) :]


def _block(pipe: IO[bytes]) -> bytes | None:
    """The next block of a pipe; None at its end."""
    head = _exactly(pipe, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    return _exactly(pipe, length) if length <= _MOST else None


def _exactly(pipe: IO[bytes], size: int) -> bytes | None:
    parts = []
    while size:
        part = pipe.read(min(size, MIB))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


# -- in the child


def serve(memory: int, seconds: float) -> None:
    """Read pages from standard input until it ends, and answer each on standard output."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    _limit_memory(memory)
    while (head := _block(incoming)) is not None and (data := _block(incoming)) is not None:
        _limit_time(seconds)
        _write(outgoing, json.dumps(_answer(json.loads(head), data)).encode())


def _answer(head: dict[str, Any], data: bytes) -> dict[str, Any]:
    try:
        from searchkit.sources.html.mhtml import main_page
        from searchkit.sources.html.page import extract
    except ModuleNotFoundError as error:
        return {"missing": str(error.name)}
    try:
        url = head["url"]
        if head["mhtml"]:
            data, url = main_page(data, url)
        return {"article": _record(extract(data, url=url, timezone=_zone(head["zone"])))}
    except Unreadable as error:
        return {"reason": error.reason}
    except MemoryError:
        return {"reason": "asks for more memory than a page may have"}
    except RecursionError:
        return {"reason": "is nested too deeply"}
    except Exception as error:  # libraries raise what they like; the page is set aside, the run goes on
        return {"reason": f"cannot be read: {type(error).__name__}: {str(error)[:200]}"}


def _limit_memory(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the time limit alone
        return
    try:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):  # macOS refuses some of them
        pass


def _limit_time(seconds: float) -> None:
    """So much processor time more: it ends a child whose parent is gone, too."""
    try:
        import resource
    except ImportError:
        return
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    try:
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds) + 2, hard))
    except (OSError, ValueError):
        pass


# -- articles and zones on the way between them


def _record(article: Article) -> dict[str, Any]:
    from searchkit.model.serialise import to_record

    return to_record(article)


def _article(record: dict[str, Any], zone: tzinfo) -> Article:
    from searchkit.sources.record import from_record

    article = from_record(record, timezone=zone)
    if article.published is None:
        return article
    return replace(article, published=article.published.astimezone(zone))  # an offset alone came through the pipe


def _zone_record(zone: tzinfo) -> dict[str, Any]:
    name = getattr(zone, "key", None)
    if isinstance(name, str):
        return {"key": name}
    offset = zone.utcoffset(datetime(2000, 1, 1)) or timedelta()
    return {"seconds": offset.total_seconds()}


def _zone(record: dict[str, Any]) -> tzinfo:
    return ZoneInfo(record["key"]) if "key" in record else timezone(timedelta(seconds=record["seconds"]))


READER = Reader()
"""The one that `read_page` uses."""
atexit.register(READER.close)
