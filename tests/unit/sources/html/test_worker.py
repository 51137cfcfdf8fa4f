"""Pages made to hang, crash or empty a parser."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import sys
import threading

import pytest

from searchkit.sources.html import worker
from searchkit.sources.html.worker import MEMORY, Reader
from searchkit.sources.limits import MIB, Unreadable


@pytest.fixture(scope="module")
def reader():
    """A reader for all tests that give no limits of their own: a child that they end is replaced, as for users."""
    made = Reader(seconds=3.0)
    yield made
    made.close()


def hostile(page, told, before: str) -> bytes:
    return page(content=before + "".join(f"<p>{text}</p>" for text in told[2]), below="").encode()


def test_deep_nesting_loses_no_text(reader, page, told, zone):
    got = reader.read(hostile(page, told, "<div>" * 1500), url="", timezone=zone)
    assert got.body == told[1]


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("<div>" * 2500, "nested"),
        ("<div>" * 200_000, "nested"),
        ("<p " + " ".join(f'a{n}="1"' for n in range(200_000)) + ">", "attributes"),
        ("<p " + "".join(f'a{n}="1"' for n in range(200_000)) + ">", "attributes"),
    ],
)
def test_too_much_is_refused_by_its_count_not_by_its_time(reader, page, told, zone, before, reason):
    with pytest.raises(Unreadable, match=reason):
        reader.read(hostile(page, told, before), url="", timezone=zone)


def test_one_long_attribute_is_not_many(reader, page, told, zone):
    before = f"<div data-props='{'word = 1, ' * 40_000}'>"
    assert reader.read(hostile(page, told, before), url="", timezone=zone).body == told[1]


def test_a_page_that_takes_too_long_is_given_up_and_the_next_one_is_read(page, told, zone):
    reader = Reader(seconds=0.25)
    reader.read(page().encode(), url="", timezone=zone)  # the child has started
    slow = ("<p " + " ".join(f"a{n}" for n in range(4900)) + ">x") * 400
    try:
        with pytest.raises(Unreadable, match="seconds"):
            reader.read(hostile(page, told, slow), url="", timezone=zone)
        assert reader.read(page().encode(), url="", timezone=zone).body == told[1]
    finally:
        reader.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux holds a process to its address space")
def test_a_page_that_takes_too_much_memory_is_refused_and_the_next_one_is_read(page, told, zone):
    reader = Reader(memory=300 * MIB)
    try:
        with pytest.raises(Unreadable, match="memory"):
            reader.read(b"<html><body>" + b"<b>x</b>" * 1_500_000, url="", timezone=zone)
        assert reader.read(page().encode(), url="", timezone=zone).body == told[1]
    finally:
        reader.close()


def test_a_child_that_dies_is_replaced(reader, page, told, zone):
    reader.read(page().encode(), url="", timezone=zone)
    reader._child.process.kill()
    reader._child.process.wait()
    with pytest.raises(Unreadable, match="breaks the parser"):
        reader.read(page().encode(), url="", timezone=zone)
    assert reader.read(page().encode(), url="", timezone=zone).body == told[1]


def test_modules_in_the_working_directory_are_not_run(tmp_path, monkeypatch, page, told, zone):
    (tmp_path / "lxml.py").write_text("import pathlib; pathlib.Path('ran').touch()")
    (tmp_path / "json.py").write_text("import pathlib; pathlib.Path('ran').touch()")
    monkeypatch.chdir(tmp_path)
    reader = Reader()
    try:
        assert reader.read(page().encode(), url="", timezone=zone).body == told[1]
    finally:
        reader.close()
    assert not (tmp_path / "ran").exists()


def test_the_limit_is_generous_enough_for_an_ordinary_page(page, told, zone):
    reader = Reader(memory=MEMORY // 3)
    try:
        assert reader.read(page().encode(), url="", timezone=zone).body == told[1]
    finally:
        reader.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_after_a_fork_each_process_has_its_own_child(reader, page, told, zone):
    reader.read(page().encode(), url="", timezone=zone)
    before = reader._child.process.pid
    ours, theirs = multiprocessing.get_context("fork").Pipe()

    def forked() -> None:
        theirs.send((reader.read(page().encode(), url="", timezone=zone).body, reader._child.process.pid))
        reader.close()

    process = multiprocessing.get_context("fork").Process(target=forked)
    process.start()
    assert ours.poll(20)
    body, other = ours.recv()
    process.join()
    assert (body, other != before) == (told[1], True)
    assert reader.read(page().encode(), url="", timezone=zone).body == told[1]
    assert reader._child.process.pid == before


def test_a_child_that_dies_leaves_a_trace(reader, page, zone, caplog):
    reader.read(page().encode(), url="", timezone=zone)
    reader._child.process.kill()
    with pytest.raises(Unreadable, match="breaks the parser"):
        reader.read(page().encode(), url="", timezone=zone, name="news/渡口.html")
    assert "news/渡口.html" in caplog.text and "signal 9" in caplog.text and f"{MEMORY // MIB} MiB" in caplog.text


def test_a_page_that_takes_too_long_leaves_a_trace(reader, page, zone, caplog, monkeypatch):
    reader.read(page().encode(), url="", timezone=zone)
    monkeypatch.setattr(reader, "_seconds", 0.001)
    os.kill(reader._child.process.pid, signal.SIGSTOP)
    with pytest.raises(Unreadable, match="seconds"):
        reader.read(page().encode(), url="https://news.example/渡口", timezone=zone)
    assert "https://news.example/渡口" in caplog.text and "more than 0.001 s" in caplog.text


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="processor time is not limited here")
def test_a_page_that_has_to_wait_is_read(page, told, zone, monkeypatch):
    """The child gets no processor for three times as long as it may work."""
    monkeypatch.setattr(worker, "BACKSTOP", 10_000)  # on a busy machine it may have to wait much longer
    reader = Reader(seconds=0.2)
    reader.read(page().encode(), url="", timezone=zone)
    child = reader._child.process.pid
    os.kill(child, signal.SIGSTOP)
    later = threading.Timer(0.6, os.kill, (child, signal.SIGCONT))
    later.start()
    try:
        assert reader.read(page().encode(), url="", timezone=zone).body == told[1]
    finally:
        later.join()
        reader.close()


def test_a_page_that_takes_too_long_ends_its_own_process(page, told, zone, caplog, monkeypatch):
    """By its processor time, without the clock of the parent, which may have died."""
    monkeypatch.setattr(worker, "BACKSTOP", 10_000)  # on a busy machine the clock may be first
    reader = Reader(seconds=0.2)
    reader.read(page().encode(), url="", timezone=zone)
    child = reader._child
    slow = ("<p " + " ".join(f"a{n}" for n in range(4900)) + ">x") * 400
    try:
        with pytest.raises(Unreadable, match=r"takes more than 0\.2 seconds"):
            reader.read(hostile(page, told, slow), url="", timezone=zone)
    finally:
        reader.close()
    assert child.process.returncode == -signal.SIGPROF


def test_a_fault_in_the_child_leaves_its_traceback(reader, page, zone, caplog):
    with pytest.raises(Unreadable, match="cannot be read"):
        reader.read(page().encode(), url=7, timezone=zone, name="渡口.html")
    assert "渡口.html" in caplog.text and "Traceback" in caplog.text


def test_without_a_process_a_page_is_set_aside(page, zone, caplog, monkeypatch):
    def none(*_):
        raise OSError(11, "too many processes")

    monkeypatch.setattr("searchkit.sources.html.worker.Respondent", none)
    with pytest.raises(Unreadable, match="too many processes"):
        Reader().read(page().encode(), url="", timezone=zone, name="渡口.html")
    assert "渡口.html" in caplog.text


def test_ctrl_c_does_not_give_a_page_the_article_of_another(reader, page, told, zone, monkeypatch):
    reader.read(page().encode(), url="", timezone=zone)
    interrupted = reader._child

    class Interrupted(queue.Queue):
        def get(self, timeout):
            raise KeyboardInterrupt

    with monkeypatch.context() as now:
        now.setattr(interrupted._answers, "__class__", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            reader.read(page(title="渡口今日开航").encode(), url="", timezone=zone)
    assert interrupted.process.poll() is not None
    assert reader.read(page().encode(), url="", timezone=zone).title == told[0]


@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
def test_ctrl_c_does_not_reach_the_child(reader, page, told, zone):
    reader.read(page().encode(), url="", timezone=zone)
    before = reader._child.process
    before.send_signal(signal.SIGINT)
    assert reader.read(page().encode(), url="", timezone=zone).body == told[1]
    assert reader._child.process is before
