"""Every parser of outside bytes, fed with broken bytes.

    python -m tests.torture.fuzz [TARGET ...] --runs 20000 [--seed 1] [--guided]

A `Target` (`targets.py`) has seeds of our own and a function that is fed one input and lets nothing pass but the errors that
are documented. Inputs are made of the seeds by a seeded `random.Random`, so a run can be run again. `--guided` lets
atheris choose inputs by the code they reach; it is no dependency: `pip install atheris`, where it has a wheel.

A finding is whatever else was raised, and an input that took more processor time than `Target.seconds`.
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

MOST = 1 << 16
"""Bytes of an input."""
_HANG = 20.0
"""Seconds of processor time after which an input is broken off."""

_NEWLINES = (b"\n", b"\r\n", b"\r", b"\n\n", b"\x0b", b"\x0c", b"\xc2\x85", b"\xe2\x80\xa8", b"\n\r")
_NUMBERS = (
    b"0", b"-1", b"1e999", b"9" * 20, b"9" * 400, b"4294967296", b"18446744073709551616", b"2147483648", b"00000",
    b"-0", b"NaN", b"0x7fffffff", "二〇二五".encode(), "１２３".encode(), "²".encode(), "٣".encode(), b"10000", b"32",
)  # fmt: skip
_ODD = (
    b"\x00", b"\xff", b"\x1b[2J", b"\x80", b"\xed\xa0\x80", b"\xed\xb0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf",
    b"\xff\xfe", b"\xfe\xff", b"\x84\x31\x95\x33", "\u202e".encode(), "\u200b".encode(), "\ufffd".encode(),
    "\U0010ffff".encode(), "é".encode(), "e\u0301".encode() * 3, "\u3000".encode(), b"\xa1\xa1", b" ", b"\t", b"\"", b"'",
)  # fmt: skip
_ENCODINGS = ("gb18030", "big5hkscs", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "latin-1", "utf-7")


class Broken(AssertionError):
    """A parser said something that cannot be true, or left something out without a word."""


class Hang(BaseException):
    """An input was broken off. Not an Exception, for parsers that set aside whatever comes up."""


@dataclass(frozen=True)
class Target:
    """One parser.

    Attributes:
        given: the seeds, or a function that makes them when they are asked for.
        feed: takes one input; raises what a caller of the parser is not told to expect.
        words: what means something to the parser.
        seconds: of processor time that an input may take.
    """

    name: str
    given: tuple[bytes, ...] | Callable[[], tuple[bytes, ...]]
    feed: Callable[[bytes], None]
    words: tuple[bytes, ...] = ()
    seconds: float = 2.0

    @cached_property
    def seeds(self) -> tuple[bytes, ...]:
        """Inputs of our own, which are changed in many ways."""
        return self.given() if callable(self.given) else self.given


@dataclass
class Tally:
    """What a run saw. `findings`: by where it was raised, the message and the first input that did it."""

    target: str
    executions: int = 0
    findings: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    slowest: float = 0.0
    slowest_input: bytes = b""
    grown: float = 0.0
    """MiB that the process's peak rose by."""

    def __str__(self) -> str:
        return (
            f"{self.target}: {self.executions:,} executions, {len(self.findings)} findings, slowest {self.slowest:.2f} s"
            f" ({len(self.slowest_input):,} bytes), peak memory +{self.grown:.0f} MiB"
        )


def mutate(data: bytes, target: Target, chance: random.Random) -> bytes:
    """One to eight changes to an input."""
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8))):
        data = chance.choice(_CHANGES)(data, target, chance)[:MOST]
    return data


def _span(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randint(0, len(data))
    return start, min(len(data), start + chance.choice((1, 2, 4, 16, 64, 1024, MOST)))


def _flip(data: bytes, target: Target, chance: random.Random) -> bytes:
    raw = bytearray(data or b"\0")
    for _ in range(chance.choice((1, 1, 4, 32))):
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return bytes(raw)


def _bytes(data: bytes, target: Target, chance: random.Random) -> bytes:
    start, _ = _span(data, chance)
    fresh = chance.choice((chance.randbytes(chance.choice((1, 2, 4, 8))), b"\0\0\0\0", b"\xff\xff\xff\xff"))
    return data[:start] + fresh + data[start + len(fresh) * chance.randrange(2) :]


def _drop(data: bytes, target: Target, chance: random.Random) -> bytes:
    start, end = _span(data, chance)
    return data[:start] + data[end:]


def _cut(data: bytes, target: Target, chance: random.Random) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] if chance.random() < 0.8 else data[at:]


def _repeat(data: bytes, target: Target, chance: random.Random) -> bytes:
    start, end = _span(data, chance)
    times = min(chance.choice((2, 3, 20, 200, 5000)), MOST // max(1, end - start) + 1)
    return data[:start] + data[start:end] * times + data[end:]


def _insert(data: bytes, target: Target, chance: random.Random) -> bytes:
    start, _ = _span(data, chance)
    word = chance.choice(chance.choice((target.words or _ODD, _ODD, _NUMBERS, _NEWLINES)))
    return data[:start] + word * chance.choice((1, 1, 1, 2, 60, 3000)) + data[start:]


def _exchange(data: bytes, target: Target, chance: random.Random) -> bytes:
    """One word that means something for another, everywhere or once."""
    here = [word for word in (*target.words, *_NEWLINES) if word in data]
    if not here:
        return _insert(data, target, chance)
    other = chance.choice((*(target.words or _ODD), *_NEWLINES, b""))
    return data.replace(chance.choice(here), other, chance.choice((1, -1)))


def _number(data: bytes, target: Target, chance: random.Random) -> bytes:
    found = list(re.finditer(rb"\d+", data))
    if not found:
        return _insert(data, target, chance)
    match = chance.choice(found)
    return data[: match.start()] + chance.choice((*_NUMBERS, b"%d" % chance.randrange(100))) + data[match.end() :]


def _splice(data: bytes, target: Target, chance: random.Random) -> bytes:
    """The beginning of this one, the end of another; where lines begin, or anywhere."""
    other = chance.choice(target.seeds)
    at, there = chance.randint(0, len(data)), chance.randint(0, len(other))
    if chance.random() < 0.5:
        at, there = data.find(b"\n", at) + 1, other.find(b"\n", there) + 1
    return data[:at] + other[there:]


def _lines(data: bytes, target: Target, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
    if chance.random() < 0.3:
        del lines[first]
    elif chance.random() < 0.5:
        lines.insert(second, lines[first])
    else:
        lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


def _encode(data: bytes, target: Target, chance: random.Random) -> bytes:
    """All of it, or a part, in another encoding."""
    start, end = (0, len(data)) if chance.random() < 0.6 else _span(data, chance)
    text = data[start:end].decode("utf-8", "replace")
    return data[:start] + text.encode(chance.choice(_ENCODINGS), "replace") + data[end:]


def _flood(data: bytes, target: Target, chance: random.Random) -> bytes:
    """One or two words to the end of the room: what looks for an end at every beginning shows here."""
    start, _ = _span(data, chance)
    words = target.words or _ODD
    flood = chance.choice(words) + chance.choice((b"", b" ", b"\n", b"a", chance.choice(words)))
    return data[:start] + flood * (MOST // max(1, len(flood)))


def _newline(data: bytes, target: Target, chance: random.Random) -> bytes:
    return data.replace(b"\n", chance.choice(_NEWLINES))


_CHANGES = (
    _flip, _bytes, _drop, _cut, _repeat, _insert, _insert, _exchange, _exchange, _number, _splice, _splice, _lines,
    _encode, _newline, _flood,
)  # fmt: skip


def inputs(target: Target, chance: random.Random) -> Iterator[bytes]:
    """The seeds as they are, then changed ones without end."""
    yield from target.seeds
    kept = list(target.seeds)
    while True:
        data = mutate(chance.choice(kept), target, chance)
        yield data
        if chance.random() < 0.1 and len(data) < 4096:  # so that changes add up, and not to size alone
            kept[len(target.seeds) :] = [*kept[len(target.seeds) :][-60:], data]


@contextmanager
def _stopped() -> Iterator[None]:
    """Break off what takes for ever, where the system has a clock for that."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise Hang(f"more than {_HANG:.0f} s of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _peak() -> float:
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20)


def attempt(target: Target, data: bytes, tally: Tally) -> None:
    """One execution."""
    timed = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    begun = time.process_time()
    try:
        if timed:
            signal.setitimer(signal.ITIMER_PROF, _HANG)
        target.feed(data)
    except (Exception, Hang) as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if "searchkit" in Path(frame.filename).parts] or frames
        where = f"{type(error).__name__} at {Path(own[-1].filename).name}:{own[-1].lineno}"
        if isinstance(error, Broken):
            where = f"Broken: {str(error)[:30]}"
        tally.findings.setdefault(where, (f"{type(error).__name__}: {str(error)[:300]}", data))
    finally:
        if timed:
            signal.setitimer(signal.ITIMER_PROF, 0)
    spent = time.process_time() - begun
    tally.executions += 1
    if spent > tally.slowest:
        tally.slowest, tally.slowest_input = spent, data
    if spent > target.seconds:
        tally.findings.setdefault("slow", (f"{spent:.1f} s of processor time, {target.seconds} allowed", data))


def run(target: Target, executions: int, seed: int = 1) -> Tally:
    """So many executions of a target."""
    tally, chance, before = Tally(target.name), random.Random(f"{target.name} {seed}"), _peak()
    with _stopped():
        for data in inputs(target, chance):
            if tally.executions >= executions:
                break
            attempt(target, data, tally)
    tally.grown = _peak() - before
    return tally


def guided(target: Target, executions: int, seed: int, report: Callable[[Tally], None]) -> None:
    """The same with inputs that atheris chooses by what code they reach. Ends the process."""
    import atheris  # type: ignore[import-not-found, unused-ignore]

    tally, before = Tally(target.name), _peak()
    chance = random.Random(seed)

    def one(data: bytes) -> None:
        known = len(tally.findings)
        attempt(target, data[:MOST], tally)
        tally.grown = _peak() - before
        if tally.executions >= executions or len(tally.findings) > known:
            report(tally)

    def change(data: bytes, most: int, number: int) -> bytes:
        if chance.random() < 0.3:
            return atheris.Mutate(data, most)[:most]
        return mutate(data or chance.choice(target.seeds), target, chance)[:most]

    import tempfile

    with tempfile.TemporaryDirectory() as folder, _stopped():
        for number, data in enumerate(target.seeds):
            (Path(folder) / f"seed{number}").write_bytes(data)
        options = [f"-runs={executions}", f"-seed={seed}", f"-max_len={MOST}", "-timeout=100", "-rss_limit_mb=2048"]
        atheris.Setup(
            [sys.argv[0], *options, "-verbosity=0", f"-artifact_prefix={folder}/", folder], one, custom_mutator=change
        )
        atheris.Fuzz()


def _told(tally: Tally) -> None:
    print(tally, flush=True)
    for where, (message, data) in tally.findings.items():
        print(f"  {where}: {message}\n    {data[:300]!r}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="TARGET")
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--guided", action="store_true", help="by atheris; one target")
    parser.add_argument("--save", type=Path, help="a folder for inputs that did something")
    given = parser.parse_args()
    if given.guided:
        import atheris  # type: ignore[import-not-found, unused-ignore]

        with atheris.instrument_imports(include=["searchkit"], enable_loader_override=False):
            from tests.torture.targets import targets
    else:
        from tests.torture.targets import targets
    all_targets = targets()
    for name in given.names or all_targets:
        if given.guided:
            guided(all_targets[name], given.runs, given.seed, _told)
        tally = run(all_targets[name], given.runs, given.seed)
        _told(tally)
        if given.save:
            given.save.mkdir(parents=True, exist_ok=True)
            (given.save / f"{name}-slowest").write_bytes(tally.slowest_input)
            for number, (_, data) in enumerate(tally.findings.values()):
                (given.save / f"{name}-{number}").write_bytes(data)


if __name__ == "__main__":
    main()
