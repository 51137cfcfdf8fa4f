"""Traces: nothing is printed unless somebody listens, and a child's go to its parent."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from searchkit.sources import documents, formats, read_document
from searchkit.system import log

ROOT = Path(__file__).parents[3]


def test_nothing_is_printed_where_nobody_listens():
    code = "from searchkit.system import log; log.logger('searchkit.x').warning('told')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.fixture
def child(monkeypatch):
    """This process as a child: what it logs is kept."""
    top = logging.getLogger("searchkit")
    monkeypatch.setattr(top, "handlers", [])
    monkeypatch.setattr(top, "propagate", True)
    monkeypatch.setattr(log, "_kept", None)
    log.keep()


def test_a_child_keeps_what_it_logs_for_its_parent(child, monkeypatch, caplog):
    try:
        raise RuntimeError("of a reader")
    except RuntimeError:
        log.logger("searchkit.y").exception("failed: %s", "a.txt")
    assert caplog.text == ""
    kept = log.taken()
    assert log.taken() == []
    monkeypatch.undo()
    log.tell(kept)
    (record,) = caplog.records
    assert (record.name, record.levelname, record.getMessage()) == ("searchkit.y", "ERROR", "failed: a.txt")
    assert "RuntimeError: of a reader" in logging.Formatter().format(record)


def test_a_level_that_is_not_asked_for_is_not_told(child, monkeypatch, caplog):
    log.logger("searchkit.y").warning("told")
    kept = log.taken()
    monkeypatch.undo()
    caplog.set_level(logging.ERROR, "searchkit.y")
    log.tell(kept)
    assert caplog.text == ""


def test_the_fault_of_a_reader_is_logged_with_its_traceback(tmp_path, monkeypatch, caplog):
    def broken(stream, reading):
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(formats, "choose", lambda head, reading: formats.Format("broken", broken))
    (tmp_path / "a.txt").write_text("渡口")
    (document,) = documents(tmp_path / "a.txt")
    (rejected,) = read_document(document)
    assert "RuntimeError" in rejected.reason
    assert "a.txt" in caplog.text and "Traceback" in caplog.text and "a mistake of ours" in caplog.text
