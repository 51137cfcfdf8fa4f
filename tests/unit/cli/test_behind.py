"""An index that is behind its record says so in every answer, and says what helps."""

from __future__ import annotations

import errno
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import searchkit
from searchkit import Article
from searchkit.cli.output import ProgressBar
from searchkit.cli.run import run
from searchkit.engines.whoosh.write import commit
from searchkit.storage.lock import WriterLock
from tests.conftest import NEWS

ROOT = Path(__file__).parents[3]
LATE = [Article(id="late", title="渡口通航"), replace(NEWS[0], title="滨江长江大桥重新开放")]
ASKING = {
    "search": ["search", "长江"],
    "count": ["search", "长江", "--count"],
    "group-count": ["search", "长江", "--count", "--group"],
    "ids": ["search", "长江", "--ids"],
    "csv": ["search", "长江", "--csv"],
    "jsonl": ["search", "长江", "--jsonl"],
    "timeline": ["timeline", "长江"],
    "facets": ["facets", "长江"],
    "export": ["export", "长江"],
    "delete": ["delete", "长江", "--dry-run"],
    "stats": ["stats"],
    "verify": ["verify"],
    "show": ["show", "bridge"],
    "family": ["family", "bridge"],
}
WITH_JSON = [name for name in ASKING if name not in ("count", "group-count", "ids", "csv", "jsonl", "export")]


@pytest.fixture
def index(tmp_path):
    """An archive whose record has two changes more than its index."""
    with searchkit.open(tmp_path / "an index", create=True) as archive:
        archive.upsert_all(NEWS)
        archive.upsert_all(LATE, index=False)
    return tmp_path / "an index"


@contextmanager
def another_writer(index: Path) -> Iterator[None]:
    """Another process holds the writer's lock."""
    code = """
import sys
from pathlib import Path
from searchkit.storage.lock import WriterLock
with WriterLock(Path(sys.argv[1])).held(0):
    print("held", flush=True)
    sys.stdin.read()
"""
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(index)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert child.stdout.readline() == b"held\n"
        yield
    finally:
        child.communicate()


def test_beside_another_writer_every_answer_says_so(index, command):
    with another_writer(index):
        for name, arguments in ASKING.items():
            code, out, err = command(*arguments, "-i", index, "--wait", "0")
            assert code in (0, 1) and out, name
            assert "2 changes of the archive are not in its index yet" in err, name
            if name not in ("verify", "show"):  # they do not try to catch up
                assert "is being written to by process" in err, name
                assert "try: the same again when that has ended, or with --wait SECONDS" in err, name
            assert command(*arguments, "-i", index, "--wait", "0", "-q").err == ""
        for name in WITH_JSON:
            code, out, err = command(*ASKING[name], "--json", "-i", index, "--wait", "0")
            assert json.loads(out)["index_behind"] == 2, name
            assert "2 changes of the archive" in err, name


@pytest.mark.parametrize("name", ASKING)
def test_an_index_that_is_level_says_nothing(index, command, name):
    searchkit.open(index).close()
    assert "not in its index" not in command(*ASKING[name], "-i", index).err
    if name in WITH_JSON:
        assert json.loads(command(*ASKING[name], "--json", "-i", index).out)["index_behind"] == 0


@pytest.mark.parametrize("arguments", [["export"], ["stats", "--sources"], ["delete", "--id", "late", "--dry-run"]])
def test_what_the_record_alone_answers_is_complete(index, command, arguments):
    with another_writer(index):
        assert "not in its index" not in command(*arguments, "-i", index, "--wait", "0").err


def test_without_room_the_reason_is_told(index, command, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(commit, "write_synced", full)
    err = command("search", "--count", "长江", "-i", index).err
    assert "2 changes" in err and os.strerror(errno.ENOSPC) in err
    assert f"try: searchkit stats --index {shlex.quote(str(index))}, when that is mended" in err


def test_on_a_disk_that_cannot_be_written_the_reason_is_told(index, command, monkeypatch):
    def denied(self):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(WriterLock, "_open", denied)
    err = command("stats", "-i", index).err
    assert "2 changes" in err and "cannot lock" in err and ", as a user who may write there" in err


def test_the_hint_works_when_it_is_typed(index, command):
    err = command("verify", "-i", index).err
    hint = err.split("try: ")[1].split(", which")[0]
    assert run(shlex.split(hint)[1:]) == 0
    assert "not in its index" not in command("verify", "-i", index).err


def test_one_change_is_singular(index, command, tmp_path):
    searchkit.open(index).close()
    with searchkit.open(index) as archive:
        archive.upsert_all([Article(id="later", title="渡口停航")], index=False)
    assert "1 change of the archive is not in its index yet" in command("verify", "-i", index).err


def test_in_python_every_answer_has_it(index):
    with searchkit.open(index, catch_up=False) as archive:
        answers = [
            archive.search("江"),
            archive.ids("江"),
            archive.timeline("江"),
            archive.facets("江"),
            archive.verify(),
        ]
        answers += [archive.delete("江", dry_run=True), archive.stats()]
        assert {each.index_behind for each in answers} == {2}
        assert archive.held_back is None
    with another_writer(index), searchkit.open(index, wait=0) as archive:
        assert isinstance(archive.held_back, searchkit.Locked) and archive.index_behind == 2


def test_stats_shows_how_far_it_has_caught_up(index, command, monkeypatch):
    drawn = []
    monkeypatch.setattr(ProgressBar, "draw", lambda self, *told: drawn.append(told[:3]))
    assert command("stats", "-i", index).code == 0
    assert ("indexing", 2, 2) in drawn
