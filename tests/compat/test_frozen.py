"""Archives as earlier formats wrote them: each is rebuilt by the command that the error names, and none of it is lost.

`archive-1-columnar-1` is what the first commit with columnar segments wrote: record format 1, segments listed in a pickle.
A new format gets a folder here before it is released, and the old ones stay.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

import searchkit
from searchkit import Damaged, FormatTooNew, IndexOutdated
from tests.conftest import NEWS, TODAY

FROZEN = sorted(path for path in Path(__file__).parent.iterdir() if path.is_dir() and path.name != "__pycache__")


@pytest.fixture(params=FROZEN, ids=lambda path: path.name)
def frozen(request, tmp_path):
    return Path(shutil.copytree(request.param, tmp_path / "index"))


def test_an_older_archive_names_the_command_that_makes_its_index_anew(frozen):
    with searchkit.open(frozen, today=lambda: TODAY) as archive:
        assert archive["bridge"] == NEWS[0], "the record is read as it is"
        with pytest.raises(IndexOutdated, match="searchkit rebuild --index"):
            archive.search("长江大桥")
        assert archive.rebuild() == len(NEWS)
        assert archive.search("长江大桥").hits[0].id == "bridge"
        assert [each.number for each in archive.revisions("chips")] == [1, 2]
        assert "gone" not in archive
        assert archive.verify().ok


def test_an_older_backup_is_restored_with_a_new_index(frozen, tmp_path):
    assert searchkit.restore(frozen, tmp_path / "restored") == len(NEWS)
    with searchkit.open(tmp_path / "restored", today=lambda: TODAY) as archive:
        assert archive.search("长江大桥").hits[0].id == "bridge"
        assert archive.verify().ok


def test_a_newer_archive_is_refused_with_what_can_read_it(frozen):
    with sqlite3.connect(frozen / "archive.db") as record:
        record.execute("PRAGMA user_version=99")
    with pytest.raises(FormatTooNew, match="format 99.*\n.*pip install --upgrade searchkit"):
        searchkit.open(frozen)


def test_nothing_is_read_from_the_pickle_of_an_older_index(frozen):
    for toc in (frozen / "whoosh").glob("*.toc"):
        toc.write_bytes(b"\x80\x04cos\nsystem\n(S'false'\ntR.")
    with searchkit.open(frozen, today=lambda: TODAY) as archive:
        with pytest.raises((IndexOutdated, Damaged)):
            archive.search("长江大桥")
        assert archive.rebuild() == len(NEWS)
