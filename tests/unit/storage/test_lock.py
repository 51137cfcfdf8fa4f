"""The writer's lock: one at a time, named, waited for, and gone with its process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time

import pytest

from searchkit.errors import Locked
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
