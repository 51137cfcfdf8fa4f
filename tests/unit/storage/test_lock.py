"""The writer's lock: one at a time, named, waited for, and gone with its process."""

from __future__ import annotations

import contextlib
import dis
import errno
import json
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from searchkit.errors import ArchiveError, Locked, UsageError
from searchkit.storage import lock as lock_module
from searchkit.storage.lock import WriterLock

HOLD = """
import sys, time
from pathlib import Path
from searchkit.storage.lock import WriterLock
with WriterLock(Path(sys.argv[1])).held(0):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_holder_is_named_after_the_wait(holder, tmp_path):
    begun = time.monotonic()
    with pytest.raises(Locked, match=rf"by process {holder.pid} \(-c .*\) since 20\d\d-") as caught, \
         WriterLock(tmp_path).held(0.3):  # fmt: skip
        pass
    assert 0.3 <= time.monotonic() - begun < 5
    assert caught.value.exit_code == 5


def test_it_ends_with_its_process_and_its_file_stays(holder, tmp_path):
    before = (tmp_path / "archive.lock").stat().st_ino
    holder.kill()
    holder.wait()
    with WriterLock(tmp_path).held(2):
        assert json.loads((tmp_path / "archive.lock.json").read_text())["pid"] == os.getpid()
    assert (tmp_path / "archive.lock").stat().st_ino == before
    assert not (tmp_path / "archive.lock.json").exists()


def test_a_wait_ends_when_the_holder_is_done(holder, tmp_path):
    threading.Timer(0.3, holder.kill).start()
    with WriterLock(tmp_path).held(10):
        pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_forked_child_that_lives_on_does_not_hold_it(tmp_path):
    script = HOLD.replace("time.sleep(60)", "import os; os.fork() or time.sleep(5); time.sleep(5)")
    parent = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    parent.stdout.readline()
    time.sleep(0.3)
    parent.kill()
    parent.wait()
    with WriterLock(tmp_path).held(2):
        pass
    parent.stdout.close()


def test_threads_and_objects_of_one_process_exclude_each_other(tmp_path):
    mine, other = WriterLock(tmp_path), WriterLock(tmp_path)
    refused = []

    def attempt(lock):
        try:
            with lock.held(0.05):
                pass
        except Locked as error:
            refused.append(error)

    with mine.held(0), mine.held(0):
        for lock in (mine, other):
            thread = threading.Thread(target=attempt, args=(lock,))
            thread.start()
            thread.join()
        with pytest.raises(Locked), other.held(0):
            pass
    assert len(refused) == 2
    with other.held(0):
        pass


def test_a_link_in_its_place_is_not_written_through(tmp_path):
    target = tmp_path / "precious"
    target.write_text("mine")
    (tmp_path / "archive.lock.json").symlink_to(target)
    with WriterLock(tmp_path).held(0):
        pass
    assert target.read_text() == "mine"


def test_a_link_that_comes_meanwhile_is_not_written_through(tmp_path, monkeypatch):
    target = tmp_path / "precious"
    target.write_text("mine")
    (tmp_path / "archive.lock.json").symlink_to(target)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)  # as if it came back at once
    with WriterLock(tmp_path).held(0):
        pass
    assert target.read_text() == "mine"


def test_a_link_in_place_of_the_lock_is_not_followed(tmp_path):
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "archive.lock").symlink_to(tmp_path / "precious")
    with pytest.raises(ArchiveError, match="cannot lock"), WriterLock(tmp_path).held(0):
        pass
    (tmp_path / "archive.lock").unlink()
    (tmp_path / "archive.lock").symlink_to(tmp_path / "not there")
    with pytest.raises(ArchiveError, match="cannot lock"), WriterLock(tmp_path).held(0):
        pass
    assert not (tmp_path / "not there").exists()


def interrupted_at(point: int, work: Callable[[], None]) -> bool:
    """Do `work` with a Ctrl-C at that point of the lock's or contextlib's steps; were there so many points?

    Python looks for signals where a function begins, after a call, and where a loop goes back.
    """
    files = {lock_module.__file__, contextlib.__file__}
    left = point
    last: dict[FrameType, str] = {}

    def trace(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        nonlocal left
        if frame.f_code.co_filename not in files:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            before = last.get(frame, "RESUME")
            last[frame] = dis.opname[frame.f_code.co_code[frame.f_lasti]]
            if before.startswith(("RESUME", "CALL", "JUMP_BACKWARD", "JUMP_ABSOLUTE")):
                left -= 1
                if left == 0:
                    raise KeyboardInterrupt
        return trace

    tracing = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(tracing)
        last.clear()
    return False


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts descriptors")
def test_an_interruption_at_any_point_leaves_no_lock_and_no_descriptor(tmp_path):
    mine, other = WriterLock(tmp_path), WriterLock(tmp_path)

    def work() -> None:
        with mine.held(0), mine.held(0):
            pass

    before = len([*Path("/proc/self/fd").iterdir()])
    point = 1
    while interrupted_at(point, work):
        assert len([*Path("/proc/self/fd").iterdir()]) == before, f"a descriptor is open after point {point}"
        assert not mine.mine
        with other.held(0):
            pass
        point += 1
    assert point > 60


def test_it_is_free_again_after_an_interruption_while_the_holder_is_written(tmp_path, monkeypatch):
    lock = WriterLock(tmp_path)
    with monkeypatch.context() as here:
        here.setattr(lock_module.json, "dumps", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt), lock.held(0):
            pass
    assert not lock.mine
    with WriterLock(tmp_path).held(0):
        pass


def test_a_file_system_without_locks_is_told_as_such(tmp_path, monkeypatch):
    def unsupported(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(lock_module, "_locked_now", unsupported)
    lock = WriterLock(tmp_path)
    with pytest.raises(ArchiveError, match=os.strerror(errno.ENOLCK)), lock.held(0):
        pass
    monkeypatch.undo()
    with lock.held(0):
        assert lock.mine


def test_a_refused_waiter_does_not_take_the_holders_name_away(holder, tmp_path):
    with pytest.raises(Locked), WriterLock(tmp_path).held(0):
        pass
    assert json.loads((tmp_path / "archive.lock.json").read_text())["pid"] == holder.pid


def test_it_tells_whose_it_is(tmp_path):
    lock = WriterLock(tmp_path)
    seen = []
    assert not lock.mine
    with lock.held(0):
        with lock.held(0):
            assert lock.mine
        thread = threading.Thread(target=lambda: seen.append(lock.mine))
        thread.start()
        thread.join()
        assert lock.mine
    assert seen == [False] and not lock.mine


@pytest.mark.parametrize("wait", [math.nan, -1.0])
def test_what_is_no_time_to_wait_is_said_so(tmp_path, wait):
    with pytest.raises(UsageError, match="cannot wait"), WriterLock(tmp_path).held(wait):
        pass


def test_a_thread_may_wait_for_ever(tmp_path):
    lock = WriterLock(tmp_path)
    waiting, taken = threading.Event(), threading.Event()

    def wait() -> None:
        waiting.set()
        with lock.held(math.inf):
            taken.set()

    with lock.held(math.inf):
        thread = threading.Thread(target=wait)
        thread.start()
        waiting.wait()
        assert not taken.is_set()
    thread.join(20)
    assert taken.is_set()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
@pytest.mark.parametrize("in_use", [True, False])
def test_a_forked_child_must_take_it_itself(tmp_path, in_use):
    lock = WriterLock(tmp_path)

    def taken() -> bool:
        try:
            with lock.held(0):
                return lock.mine
        except Locked:
            return False

    with lock.held(0) if in_use else contextlib.nullcontext():
        ours, theirs = os.pipe()
        child = os.fork()
        if not child:
            os.write(theirs, bytes([lock.mine, taken()]))
            os._exit(0)
        os.close(theirs)
        assert os.read(ours, 2) == bytes([False, not in_use])
        os.close(ours)
        os.waitpid(child, 0)
        assert lock.mine == in_use


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_fork_beside_a_thread_that_takes_it_leaves_the_child_no_part_of_it(tmp_path):
    """The thread is stopped in the midst of taking it; the child must not hang on what the thread held."""
    lock, at, on = WriterLock(tmp_path), threading.Event(), threading.Event()

    def write() -> None:
        at.set()
        on.wait()

    lock._write_holder = write
    thread = threading.Thread(target=lambda: lock.held(0).__enter__())
    thread.start()
    at.wait()
    child = os.fork()
    if not child:
        try:
            with lock.held(0):
                os._exit(1)
        except Locked:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    on.set()
    thread.join()
