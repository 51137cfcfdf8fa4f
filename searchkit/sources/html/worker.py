"""A child process that reads pages, so that a page made to hang, to eat memory or to crash a parser harms nobody.

It is started with the first page and kept, because an interpreter with a parser takes half a second to start. Each
page may take so much of the child's processor time; where that is used up, or where the child has died, the page is
refused and the next page gets a new child. On a busy machine, or one that was asleep, a page only waits: the clock on
the wall ends a child that hangs without working, much later. The system limits the child's memory, where it can.

A question is two blocks, JSON and the bytes of the page; the answer is one of JSON (`system.processes.Respondent`).
Nothing that comes back is executed or unpickled.
"""

from __future__ import annotations

import atexit
import json
import os
import threading
import traceback
from dataclasses import replace
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from searchkit.errors import MissingExtra
from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.sources.limits import MIB, Unreadable
from searchkit.system import log
from searchkit.system.processes import (
    LIMITS_PROCESSOR_TIME,
    Respondent,
    limit_memory,
    limit_processor_time,
    read_block,
    write_block,
)

MEMORY = 1536 * MIB
"""Address space of the child, in bytes."""
SECONDS = 20.0
"""Processor time that one page may take."""
BACKSTOP = 20 if LIMITS_PROCESSOR_TIME else 1
"""A page may take so many times its processor time on the clock."""
PAGES = 2000
"""After so many pages a new child takes over: parsers keep memory."""
_START = 10.0
"""Seconds of processor time that a child may take to start, besides those of its first page."""


class Reader:
    """Reads pages in a child process, one after the other; may be used by several threads."""

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds = seconds
        self._memory = memory
        self._lock = threading.Lock()
        self._child: Respondent | None = None
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """After a fork: the child is the parent's, and the lock may be held by a thread that is not here."""
        self._lock, self._child = threading.Lock(), None

    def read(self, data: bytes, *, url: str, timezone: tzinfo, mhtml: bool = False, name: str = "") -> Article:
        """Return the article of a page, or of a page with all its parts in one MHTML file.

        Args:
            name: what the page is called in a log.

        Raises:
            Unreadable: it has none, takes too long or too much memory, or kills the parser.
            MissingExtra: the packages that read pages are not installed.
        """
        head = {"url": url, "zone": _zone_record(timezone), "mhtml": mhtml}
        called = name or url or "a page"
        with self._lock:
            answer = self._answer(called, json.dumps(head).encode(), data)
        if "missing" in answer:
            raise MissingExtra("reading HTML pages", "html")
        if "fault" in answer:
            log.logger(__name__).error("reading %r failed; it is set aside:\n%s", called, answer["fault"])
        if "reason" in answer:
            raise Unreadable(str(answer["reason"]))
        return _article(answer["article"], timezone)

    def close(self) -> None:
        """End the child, if there is one."""
        with self._lock:
            self._stop()

    def _answer(self, called: str, *question: bytes) -> dict[str, Any]:
        try:
            if self._child is None:
                self._child = Respondent(serve, self._memory, self._seconds)
        except OSError as error:
            log.logger(__name__).warning("no process can be started to read %r: %s", called, error)
            raise Unreadable(
                Message("cannot be read: no process can be started for it: {reason}", reason=error.strerror or error)
            ) from error
        child = self._child
        try:
            answer = child.ask(*question, seconds=BACKSTOP * (self._seconds + (0.0 if child.asked else _START)))
        except TimeoutError:
            self._stop()
            log.logger(__name__).warning(
                "the process that read %r was ended: more than %g s of processor time, or %g s on the clock",
                called, self._seconds, BACKSTOP * self._seconds,
            )  # fmt: skip
            raise Unreadable(Message("takes more than {seconds:g} seconds to read", seconds=self._seconds)) from None
        except EOFError:
            log.logger(__name__).warning(
                "the process that read %r is lost: %s; it may take %d MiB", called, child.ending(), self._memory // MIB
            )
            self._stop()
            raise Unreadable("breaks the parser: it asks for too much memory") from None
        except BaseException:  # Ctrl-C: its answer, when it comes, would be taken for that of the next page
            self._stop()
            raise
        if child.asked >= PAGES:
            self._stop()
        found = json.loads(answer)
        assert isinstance(found, dict)
        return found

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.close()


# -- in the child


def serve(incoming: BinaryIO, outgoing: BinaryIO, memory: int, seconds: float) -> None:
    """Read pages until there are no more, and answer each."""
    limit_memory(memory)
    starting = _START
    while (head := read_block(incoming)) is not None and (data := read_block(incoming)) is not None:
        limit_processor_time(seconds + starting)
        starting = 0.0
        write_block(outgoing, json.dumps(_answer(json.loads(head), data)).encode())


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
        reason = f"cannot be read: {type(error).__name__}: {str(error)[:200]}"
        return {"reason": reason, "fault": traceback.format_exc()}


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
