"""kill -9 and power cuts: what was acknowledged is there, what was not is whole or absent, and nobody notices."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import searchkit
from searchkit.analysis.segment import segmenter
from searchkit.errors import SearchkitError
from tests.torture import power, workload

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, and kills")


def child(work):
    """Run `work(say)` in a forked process; its id, and the pipe of what it says."""
    come, go = os.pipe()
    pid = os.fork()
    if pid:
        os.close(go)
        return pid, come
    code = 1
    try:
        os.close(come)
        work(lambda line: os.write(go, f"{line}\n".encode()))
        code = 0
    except BaseException as error:
        os.write(go, f"error {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(code)


def heard(pipe: int, before: bytes = b"") -> list[str]:
    """The lines of a child to its end, after what was read of them before."""
    with os.fdopen(pipe, "rb") as stream:
        return [
            line.decode() for line in (before + stream.read()).split(b"\n")[:-1]
        ]  # a last line without its end was cut


def read(folder: Path, say, ended: Callable[[], bool], pause: float = 0.0, least: int = 0) -> None:
    """Search again and again, resting so many seconds in between: every batch is seen whole or not at all, and nothing
    but our own errors is raised. At `least` so many times, also on a machine too busy to begin before the end."""
    answers = 0
    while not ended() or answers < least:
        if not (folder / "archive.db").exists():
            time.sleep(0.01)
            continue
        try:
            with searchkit.open(folder, wait=0, catch_up=False) as archive:
                while not ended() or answers < least:
                    total = archive.count(f'"{workload.WORD}"')
                    answers += 1
                    if total % workload.TOGETHER:
                        say(f"torn {total}")
                    time.sleep(pause)
        except SearchkitError as error:
            say(f"refused {type(error).__name__}: {error}")
            least = 0
            time.sleep(0.01)
    say(f"answers {answers}")


def test_kill_9_with_readers_running(tmp_path, rounds, told):
    """Random moments; the next writer goes on in the same archive, readers are at it all the while."""
    chance = random.Random(9)
    many, pause = rounds(3, 500), rounds(30, 0) / 1000
    lost, torn, refused, answers, acknowledged = [], [], [], 0, 0
    folder = tmp_path / "index"
    workload.run(tmp_path / "warm", 0, 1, lambda _: None)  # dictionaries and modules are loaded before the forks
    segmenter()
    for number in range(many):
        if number % 25 == 0:
            shutil.rmtree(folder, ignore_errors=True)
        delay = chance.uniform(0.0, 1.2)
        done = tmp_path / f"done{number}"
        last = number == many - 1
        readers = [
            child(lambda say, done=done, least=int(last): read(folder, say, done.exists, pause, least))
            for _ in range(2)
        ]
        writer, pipe = child(lambda say, number=number: workload.run(folder, number, 50, say))
        begun = os.read(pipe, 1000) if last else b""  # something is acknowledged, however busy the machine is
        time.sleep(delay)
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        done.touch()
        log = heard(pipe, begun)
        assert not any(line.startswith("error") for line in log), log
        for reader, said in readers:
            os.waitpid(reader, 0)
            for line in heard(said):
                what, _, rest = line.partition(" ")
                answers += int(rest) if what == "answers" else 0
                torn += [rest] * (what == "torn")
                refused += [rest] * (what in ("refused", "error"))
        acknowledged += sum(line.startswith("put") for line in log) * workload.TOGETHER
        lost += [f"round {number}: {each}" for each in workload.problems(folder, number, log)]
    told(
        f"kill -9: {many} kills, {acknowledged:,} articles acknowledged, {len(lost)} problems; beside them 2 readers: "
        f"{answers:,} answers, {len(torn)} torn, {len(refused)} refused"
    )
    assert not (lost or torn or refused), "\n".join([*lost[:5], *torn[:5], *refused[:5]])
    assert acknowledged and answers


def cuts(tmp_path: Path, count: int, batches: int, *extra: str) -> tuple[int, list[str]]:
    """Cut the power at random moments of one run; how many calls there were, and what was wrong afterwards."""
    root = tmp_path / ("run" + "".join(extra))
    root.mkdir()
    trace = power.traced(["tests.torture.workload", str(root / "index"), "7", str(batches), *extra], root)
    chance = random.Random(count)
    moments = sorted(chance.randrange(len(trace.ops)) for _ in range(count))
    disk, said, wrong = power.Disk(), b"", []
    for number, op in enumerate(trace.ops):
        if op.kind == "said":
            said += op.data
        disk.take(op)
        while moments and moments[0] == number:
            moments.pop(0)
            target = tmp_path / "cut"
            target.mkdir()
            disk.cut(target, str(root), chance)
            found = workload.problems(target / "index", 7, said.decode().splitlines())
            wrong += [f"call {number}: {each}" for each in found[:1]]
            shutil.rmtree(target)
    return len(trace.ops), wrong


@pytest.mark.skipif(not shutil.which("strace"), reason="no strace here")
def test_power_cuts(tmp_path, rounds, told):
    many = rounds(9, 1000)
    calls, wrong = cuts(tmp_path, many, rounds(4, 24))
    told(f"power cuts: {many} in a run of {calls:,} calls, {len(wrong)} with a loss")
    assert wrong[:5] == []


@pytest.mark.skipif(not shutil.which("strace"), reason="no strace here")
def test_power_cuts_without_fsync_do_lose_articles(tmp_path, rounds, told):
    """The control: if this finds nothing lost, the test above proves nothing."""
    many = rounds(9, 200)
    calls, wrong = cuts(tmp_path, many, rounds(4, 24), "unsynced")
    told(f"power cuts without fsync (control): {many} in a run of {calls:,} calls, {len(wrong)} with a loss")
    assert len(wrong) > many / 4
