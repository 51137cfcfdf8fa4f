"""No pattern and no reader takes long over a short text, whatever stands in it."""

from __future__ import annotations

import functools
import html
import io
import json
import re
import signal
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from zoneinfo import ZoneInfo

import pytest

import searchkit
from searchkit.errors import SearchkitError
from searchkit.query.clock import Clock
from searchkit.query.dates import LONGEST, expressions
from searchkit.query.parser import parse
from searchkit.sources.limits import Unreadable
from tests.torture.patterns import hurting, patterns_in

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a signal for processor time")


@functools.cache
def every_pattern() -> dict[str, re.Pattern]:
    """The patterns of searchkit, looked for when a test asks: all modules are loaded and read for that."""
    return patterns_in("searchkit")


SHORT, LONG = 500, 1000
"""Characters of a long line, the second under --torture; what grows with the square takes some milliseconds for it, with
the cube seconds."""
OF_LINES = "searchkit.sources.html."
"""What is asked of lines of a page, whose white space is single by then."""
BOUNDED = {"searchkit.sources.html.bylines._EDITOR_END": 200, "searchkit.query.dates.": LONGEST}
"""Beginnings of names of patterns that are given only so many characters. The frames below hold their callers to it."""
SECONDS = 2.0
SHANGHAI = ZoneInfo("Asia/Shanghai")
PLAIN = "河口镇的新码头昨天启用，首班渡轮载着一百二十名乘客驶往对岸，往返时间由四十分钟缩短到十五分钟，票价不变。" * 4


class TookTooLong(BaseException):
    """Raised through whatever catches Exception."""


@contextmanager
def at_most(seconds: float):
    """Raise TookTooLong after so many seconds of processor time; none of them count for a busy machine."""

    def ring(*_: object) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def strings(pattern: re.Pattern, size: int):
    """What hurts a pattern, and how it is given to it."""
    if isinstance(pattern.pattern, bytes):
        flags = pattern.flags if pattern.flags & re.ASCII else pattern.flags | re.UNICODE
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = re.compile(pattern.pattern.decode("latin-1"), flags)
        yield from ((each, each.encode("utf-8", "replace")) for each in hurting(text, size))
    else:
        yield from ((each, each) for each in hurting(pattern, size))


@functools.cache
def _of_a_function() -> re.Pattern:
    return re.compile("compiled when it is needed")


def in_a_call(text: str) -> bool:
    return bool(re.match("written where it is used", text))


def test_the_patterns_are_found():
    assert len(every_pattern()) > 100
    made = patterns_in("tests.torture")
    assert sum("_of_a_function()" in name for name in made) == 1  # those that are compiled when needed
    assert any(pattern.pattern == "written where it is used" for pattern in made.values())
    assert any("[" in name for name in every_pattern())


def test_a_pattern_that_hurts_is_found_out():
    """The control: with patterns known to be bad, the strings must find it."""
    for bad in (r"(?:\s*\n|#[^\n]*\n)*x", r"(a+)+b", r"(?:<!--.*?-->\s*)*<x", r"\s*\s*\s*y"):
        with pytest.raises(TookTooLong), at_most(0.1):
            for each in hurting(re.compile(bad, re.DOTALL), SHORT):
                re.compile(bad, re.DOTALL).fullmatch(each)


@pytest.mark.parametrize("part", range(4))
def test_no_pattern_grows_faster_than_the_square(part, rounds):
    wrong, size = [], rounds(SHORT, LONG)
    for name, pattern in list(every_pattern().items())[part::4]:
        for text, given in strings(pattern, size):
            if name.startswith(OF_LINES):
                given = " ".join(given.split()) if isinstance(given, str) else given
            given = given[: next((most for start, most in BOUNDED.items() if name.startswith(start)), size)]
            try:
                with at_most(0.25):
                    pattern.search(given)
                    pattern.fullmatch(given)
            except TookTooLong:
                wrong.append((name, text[:40]))
                break
    assert wrong == []


def page(text: str) -> str:
    return (
        f"<html><head><title>渡口</title></head><body><h1>渡口启用</h1>{text}<p>{PLAIN}</p><p>{PLAIN}</p></body></html>"
    )


def in_page(data: str) -> object:
    from searchkit.sources.html.page import extract

    return extract(data.encode("utf-8", "replace"), timezone=SHANGHAI)


def read(data: str, format: str) -> object:
    return list(searchkit.read(io.BytesIO(data.encode("utf-8", "replace")), format=format, timezone=SHANGHAI))


def feed(text: str) -> str:
    names = ("guid", "title", "author", "pubDate", "description")
    return f"<rss version='2.0'><channel><title>t</title><item>{''.join(f'<{n}>{text}</{n}>' for n in names)}</item></channel></rss>"


FRAMES: dict[str, Callable[[str], object]] = {
    "line of a page": lambda text: in_page(page(f"<p>{html.escape(text)}</p>")),
    "head of a page": lambda text: in_page(
        page("").replace("</head>", f'<meta name="author" content="{html.escape(text)}"><title>{html.escape(text)}</head>')
    ),
    "source of a page": lambda text: in_page(page(text)),
    "file": lambda text: read(text, "auto"),
    "line of a text": lambda text: read(f"渡口启用\n{text}\n{PLAIN}", "auto"),
    "end of a text": lambda text: read(f"渡口启用\n{PLAIN}\n{text}", "auto"),
    "front matter": lambda text: read(f"---\ntitle: {json.dumps(text)}\n---\n# {text}\n{PLAIN}", "markdown"),
    "fields": lambda text: read(json.dumps(dict.fromkeys(("title", "published", "author", "source", "body"), text)), "jsonl"),
    "feed": lambda text: read(feed(html.escape(text)), "feed"),
    "query": lambda text: parse(text, clock=Clock(date(2025, 6, 30))),
    "date": lambda text: expressions.since(text, Clock(date(2025, 6, 30))),
}  # fmt: skip
KNOWN = [
    "a@" * 32_000, "a" * 64_000, "--- \r\n" + " \n" * 32_000, "<!--x-->" * 8_000, "data:" + "a" * 64_000,
    " " * 64_000, "\n" * 64_000, "2025-" * 13_000, "记者" * 32_000, "'" * 64_000, "(" * 64_000, "中 " * 32_000,
]  # fmt: skip
"""What hurt once, and what hurts most patterns."""


@pytest.mark.parametrize("frame", FRAMES)
def test_no_short_input_takes_long(frame, rounds):
    """64 KiB in each place where a reader may find it; under --torture also the worst that each pattern was found to have."""
    slow = []
    for text in [*KNOWN[: rounds(6, 99)], *(worst() if rounds(0, 1) else ())]:
        began = time.process_time()
        try:
            with at_most(SECONDS):
                FRAMES[frame](text.replace("\0", "\1") if "page" in frame else text)
        except TookTooLong:
            slow.append(text[:40])
        except (SearchkitError, Unreadable):
            pass
        assert time.process_time() - began < 10 * SECONDS
    assert slow == []


def worst() -> list[str]:
    """For each pattern that takes any time at all the two strings that take most, as 64,000 characters."""
    found: dict[str, None] = {}
    for pattern in every_pattern().values():
        times = []
        for number, (_, given) in enumerate(strings(pattern, 3000)):
            began = time.process_time()
            try:
                with at_most(0.05):
                    pattern.search(given)
                    pattern.fullmatch(given)
            except TookTooLong:
                pass
            times.append((time.process_time() - began, number))
        chosen = {number for taken, number in sorted(times)[-2:] if taken > 0.004}
        found.update({text: None for number, (text, _) in enumerate(strings(pattern, 64_000)) if number in chosen})
    return list(found)
