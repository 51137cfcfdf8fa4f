"""What a run sets aside: on disk when it is told, and written over nothing that is somebody's."""

from __future__ import annotations

import json
import os
import sys
from io import BytesIO
from pathlib import Path

import pytest

import searchkit
from searchkit.errors import UsageError
from searchkit.ingest.run import ingest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links")

GOOD_AND_BAD = '{"id": "a", "title": "渡口"}\n{bad\n'


@pytest.fixture
def archive(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.jsonl").write_text(GOOD_AND_BAD)
    with searchkit.open("index", create=True) as made:
        yield made


def test_it_is_on_disk_before_the_run_is_logged(archive, monkeypatch):
    events = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (events.append(Path(f"/proc/self/fd/{fd}").readlink().name), sync(fd)))
    log_run = type(archive).log_run
    monkeypatch.setattr(type(archive), "log_run", lambda *given: (events.append("told"), log_run(*given)))
    ingest(archive, ["in.jsonl"])
    assert "rejects.jsonl" in events[: events.index("told")]


@pytest.mark.parametrize("rejects", ["in.jsonl", "./in.jsonl", "index/rejects.jsonl", "index/archive.db", "link"])
def test_an_input_a_file_of_the_archive_and_a_link_are_refused(archive, tmp_path, rejects):
    (tmp_path / "link").symlink_to("in.jsonl")
    before = (tmp_path / "index" / "archive.db").read_bytes()
    with pytest.raises(UsageError):
        ingest(archive, ["in.jsonl"], rejects=rejects)
    assert (tmp_path / "in.jsonl").read_text() == GOOD_AND_BAD
    assert (tmp_path / "index" / "archive.db").read_bytes() == before and len(archive) == 0


def test_an_open_stream_is_an_input_too(archive, tmp_path):
    with (tmp_path / "in.jsonl").open("rb") as stream, pytest.raises(UsageError):
        ingest(archive, [stream], rejects="in.jsonl")
    assert ingest(archive, [BytesIO(GOOD_AND_BAD.encode())], rejects="other").report.added == 1


def test_what_an_earlier_run_left_among_the_inputs_is_not_read(archive, tmp_path):
    (tmp_path / "news").mkdir()
    (tmp_path / "in.jsonl").rename(tmp_path / "news" / "in.jsonl")
    for _ in range(2):
        report = ingest(archive, ["news"], rejects="news/aside.jsonl")
        assert [each.where for each in report.report.rejected] == ["news/in.jsonl:2"]
    assert len((tmp_path / "news" / "aside.jsonl").read_text().splitlines()) == 1
    (tmp_path / "news" / "aside.jsonl").write_text(json.dumps({"title": "不是我们的"}))
    with pytest.raises(UsageError):
        ingest(archive, ["news"], rejects="news/aside.jsonl")
