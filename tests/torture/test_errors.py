"""Errors in the middle: at every write, on a full disk, among several writers, and runs that are broken off."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import searchkit
from searchkit import ArchiveError, Article
from searchkit.analysis.segment import segmenter
from searchkit.errors import Locked, UsageError
from searchkit.ingest.run import ingest
from tests.torture import workload
from tests.torture.test_crashes import child, heard, read

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, and kills")


class Trap:
    """Counts writes, renames, removals and fsyncs of Python code, and lets one of them fail."""

    def __init__(self, monkeypatch, number: int, code: int) -> None:
        self.left = number
        self.sprung = False
        self._code = code
        opened, fsync = io.open, os.fsync
        for name in ("replace", "rename"):
            monkeypatch.setattr(Path, name, self._before(getattr(Path, name)))
        monkeypatch.setattr(os, "fsync", self._before(fsync))

        def trapped(path, mode="r", *given, **named):
            file = opened(path, mode, *given, **named)
            if "b" in mode and set("wxa+") & set(mode):
                return _Writing(file, self)
            return file

        monkeypatch.setattr(Path, "open", trapped)

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.sprung = True
            raise OSError(self._code, os.strerror(self._code))

    def _before(self, call):
        def trapped(*given, **named):
            self.step()
            return call(*given, **named)

        return trapped


class _Writing:
    """A file whose writes are counted."""

    def __init__(self, file, trap: Trap) -> None:
        self._file, self._trap = file, trap

    def write(self, data):
        self._trap.step()
        return self._file.write(data)

    def __getattr__(self, name):
        return getattr(self._file, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()


def test_an_error_at_every_write_rename_and_fsync(tmp_path, rounds, told, monkeypatch):
    """Old or new, never between; no stuck lock; and the next open takes in what was acknowledged."""
    base = tmp_path / "base"
    with searchkit.open(base, create=True) as archive:
        for batch in range(9):  # so that the next one merges
            archive.upsert_all(workload.article(1, batch, number) for number in range(workload.TOGETHER))
    failed, number, every = 0, 1, rounds(23, 1)
    wrong: list[str] = []
    while True:
        copy = Path(shutil.copytree(base, tmp_path / f"copy{number}"))
        code = errno.ENOSPC if number % 2 else errno.EIO
        log = [f"put {batch}" for batch in range(9)]
        with searchkit.open(copy) as archive, monkeypatch.context() as patched:
            trap = Trap(patched, number, code)
            try:
                archive.upsert_all(workload.article(1, 9, n) for n in range(workload.TOGETHER))
                archive.delete(ids=[workload.article(1, 0, n).id for n in range(workload.TOGETHER)])
                archive.optimize()
            except ArchiveError as error:
                if "cannot write" not in error.message:
                    wrong.append(f"step {number}: {error.message}")
            except Exception as error:
                wrong.append(f"step {number}: {type(error).__name__}: {error}")
            if workload.article(1, 9, 0).id in archive:
                log.append("put 9")
            if workload.article(1, 0, 0).id not in archive:
                log += ["deleting 0", "deleted 0"]
            patched.undo()
            with searchkit.open(copy, wait=0, catch_up=False) as other:  # a second one, while the first is still open
                if other.verify().problems:
                    wrong.append(f"step {number}: {other.verify().problems[0]}")
        wrong += [f"step {number}: {each}" for each in workload.problems(copy, 1, log)]
        shutil.rmtree(copy)
        if not trap.sprung:
            break
        failed += 1
        number += every
    told(f"errors: one at each of {failed} writes, renames and fsyncs (ENOSPC, EIO in turn), {len(wrong)} problems")
    assert not wrong, "\n".join(wrong[:10])
    assert failed > 3


@pytest.fixture
def small_disk(tmp_path):
    """A file system of two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], capture_output=True)
    if made.returncode:
        pytest.skip("mounting is not allowed here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk(small_disk, rounds, told):
    """It is filled again and again until nothing goes in; room is made; it goes on, and nothing is lost."""
    folder, filler = small_disk / "index", small_disk / "filler"
    chance = random.Random(4)
    with searchkit.open(folder, create=True) as archive:
        archive.upsert_all(workload.article(1, 0, n) for n in range(workload.TOGETHER))
    log, refused, batch = ["put 0"], 0, 0
    many = rounds(5, 150)
    for number in range(many):
        left = shutil.disk_usage(small_disk).free
        filler.write_bytes(bytes(max(0, left - chance.randrange(0, 120_000))))
        try:
            with searchkit.open(folder, catch_up=chance.random() < 0.5) as archive:
                archive.upsert_all(workload.article(1, batch + 1, n) for n in range(workload.TOGETHER))
        except (ArchiveError, UsageError) as error:
            assert "Traceback" not in str(error)
            refused += 1
        filler.unlink()
        with searchkit.open(folder) as archive:
            if workload.article(1, batch + 1, 0).id in archive:
                batch += 1
                log.append(f"put {batch}")
            if batch % 20 == 19:
                archive.delete("日")
        found = workload.problems(folder, 1, log)
        assert not found, f"round {number}: {found[0]}"
    told(f"full disk: {many} times, {refused} refused, {batch} batches in, nothing lost")
    assert refused


def test_two_writers_and_three_readers(tmp_path, rounds, told):
    """Nobody sees half a batch, nobody gets a raw exception, and everything both wrote is there."""
    batches, pause = rounds(3, 1500), rounds(30, 0) / 1000  # three that never rest leave two processors to nobody else
    folder, done = tmp_path / "index", tmp_path / "done"
    workload.run(folder, 0, 1, lambda _: None)
    segmenter()  # loaded once, before the forks

    def write(seed):
        return lambda say: workload.run(folder, seed, batches, say)

    writers = [child(write(seed)) for seed in (1, 2)]
    readers = [child(lambda say: read(folder, say, done.exists, pause, 1)) for _ in range(3)]
    answers, bad, put = 0, [], 0
    for seed, (pid, pipe) in enumerate(writers, start=1):
        log = heard(pipe)
        os.waitpid(pid, 0)
        bad += [line for line in log if line.startswith("error")]
        put += sum(line.startswith("put") for line in log)
        bad += workload.problems(folder, seed, log)
    done.touch()
    for pid, pipe in readers:
        for line in heard(pipe):
            what, _, rest = line.partition(" ")
            answers += int(rest) if what == "answers" else 0
            bad += [line] * (what != "answers")
        os.waitpid(pid, 0)
    told(f"2 writers, 3 readers: {put:,} batches in, {answers:,} answers, {len(bad)} problems")
    assert not bad, "\n".join(bad[:5])
    assert put == 2 * batches and answers


def test_a_second_writer_waits_and_then_names_the_first(tmp_path):
    folder = tmp_path / "index"
    searchkit.open(folder, create=True).close()

    def hold(say):
        with searchkit.open(folder) as archive, archive._writing():
            say("held")
            signal.alarm(120)  # ends it, if nobody does
            signal.pause()

    pid, pipe = child(hold)
    assert os.read(pipe, 10) == b"held\n"
    with pytest.raises(Locked, match=f"by process {pid} "), searchkit.open(folder, wait=0.1) as archive:
        archive.upsert(Article(id="late", title="晚到"))
    with searchkit.open(folder, wait=60) as archive:
        threading.Timer(0.1, os.kill, (pid, signal.SIGKILL)).start()
        assert archive.upsert(Article(id="late", title="晚到")).added == 1
    os.waitpid(pid, 0)
    os.close(pipe)


def digest(folder: Path) -> str:
    """Of everything in the record, and of what the index finds."""
    from searchkit.model.serialise import to_record
    from searchkit.presenters import json_form

    with searchkit.open(folder) as archive:
        lines = [json_form.text(to_record(each)) for each in archive]
        assert archive.count() == len(lines)
        assert archive.verify().ok
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def test_ingest_again_shuffled_and_broken_off(tmp_path, rounds, told):
    """Three times the same, in another order, with copies inside a batch, killed and gone on with: the same dump."""
    chance = random.Random(3)
    records = [
        {
            "id": f"n{i}",
            "title": f"第{i}号航班",
            "body": "跑道湿滑。" * (i % 7),
            "published": f"2025-03-{i % 28 + 1:02}",
        }
        for i in range(rounds(600, 3000))
    ]
    segmenter()  # loaded once, before the forks
    lines = [json.dumps(each, ensure_ascii=False) for each in records]
    first = tmp_path / "first.jsonl"
    first.write_text("\n".join(lines), encoding="utf-8")
    shuffled = lines + lines[: len(lines) // 3]
    chance.shuffle(shuffled)
    second = tmp_path / "second.jsonl"
    second.write_text("\n".join(shuffled), encoding="utf-8")
    with searchkit.open(tmp_path / "whole", create=True) as archive:
        assert ingest(archive, [first], rejects=None).report.added == len(lines)
        assert ingest(archive, [first], rejects=None).report.unchanged == len(lines)
        assert ingest(archive, [second], rejects=None).report.unchanged == len(shuffled)
    expected = digest(tmp_path / "whole")
    kills, broken = rounds(2, 100), tmp_path / "broken"
    for number in range(kills):
        if number % 10 == 0:
            shutil.rmtree(broken, ignore_errors=True)

        def work(say):
            with searchkit.open(broken, create=True) as archive:
                ingest(archive, [second if number % 2 else first], rejects=None)

        pid, pipe = child(work)
        time.sleep(chance.uniform(0, 0.8))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        assert heard(pipe) == []
        if number % 10 == 9 or number == kills - 1:
            with searchkit.open(broken, create=True) as archive:
                ingest(archive, [second], rejects=None)
            assert digest(broken) == expected
    told(f"ingested three times, shuffled, with copies, and {kills} times killed and gone on with: one dump")
