"""restore: what can be wrong with a backup or its new folder, and hints that work when they are typed."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import searchkit
from searchkit.cli.run import run
from tests.conftest import NEWS


@pytest.fixture
def backup(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEARCHKIT_INDEX", raising=False)
    with searchkit.open("news", create=True) as archive:
        archive.upsert_all(NEWS)
        archive.backup("a backup")
    return Path("a backup")


def works(err: str, new: str) -> bool:
    """Whether the hint is a command that works, with `new` in place of NEW_FOLDER."""
    hint = err.split("try: ")[1].strip().replace("NEW_FOLDER", new)
    return run(shlex.split(hint)[1:]) == 0


@pytest.mark.parametrize("target", ["news", "file", "file/below"])
def test_a_folder_that_is_taken_or_cannot_be(backup, command, target):
    Path("file").write_text("")
    code, out, err = command("restore", backup, "-i", target)
    assert (code, out) == (2, "") and target.split("/")[0] in err
    assert works(err, "again") and Path("again/archive.db").exists()


def test_a_backup_into_a_folder_that_is_taken(backup, command, monkeypatch):
    monkeypatch.setenv("SEARCHKIT_INDEX", "news")
    code, _, err = command("backup", backup)
    assert code == 2 and "already" in err and works(err, "second")


@pytest.mark.parametrize("given", ["nowhere", "empty", "file", "a backup/archive.db"])
def test_what_is_no_backup(backup, command, given):
    Path("empty").mkdir()
    Path("file").write_text("")
    code, out, err = command("restore", given, "-i", "again")
    assert (code, out) == (3, "") and f"no backup of an archive at {given}" in err
    assert "ingest" not in err and not Path("again").exists()
    assert works(err.split(";")[0].replace("DIR", shlex.quote(str(backup))), "again")


def broken(backup: Path, how: str) -> None:
    record = backup / "archive.db"
    if how == "cut off":
        record.write_bytes(record.read_bytes()[:3000])
    elif how == "not one":
        record.write_text("no database")
    elif how == "empty":
        record.write_bytes(b"")
    elif how == "a row":
        with closing(sqlite3.connect(record)) as raw, raw:
            raw.execute("UPDATE articles SET record = replace(record, '长江', '黄河') WHERE id = 'bridge'")


@pytest.mark.parametrize("how", ["cut off", "not one", "empty", "a row"])
def test_a_broken_backup_is_named_and_nothing_is_left(backup, command, how):
    shutil.copytree(backup, "whole")
    broken(backup, how)
    code, out, err = command("restore", backup, "-i", "again")
    assert (code, out) == (3, "")
    assert "a backup/archive.db" in err and "partial" not in err
    assert sorted(str(each) for each in Path().iterdir()) == ["a backup", "news", "whole"]
    assert "sqlite3 'a backup/archive.db' .recover" in err
    assert works(err.split(";")[0].replace("OTHER_BACKUP", "whole"), "again")


def test_a_backup_of_a_newer_searchkit(backup, command):
    with closing(sqlite3.connect(backup / "archive.db")) as raw:
        raw.execute("PRAGMA user_version = 99")
    code, _, err = command("restore", backup, "-i", "again")
    assert code == 3 and "a backup/archive.db has format 99" in err and "pip install --upgrade" in err


def test_a_backup_that_may_not_be_read(backup, command, monkeypatch):
    def denied(source, target):
        raise PermissionError(13, os.strerror(13), str(source))

    monkeypatch.setattr("searchkit.opening.restoring.copy_synced", denied)
    code, _, err = command("restore", backup, "-i", "again")
    assert code == 3 and "cannot read a backup/archive.db: Permission denied" in err
    assert "as a user who may read it" in err and "disk full" not in err


def test_a_disk_that_is_full(backup, command, monkeypatch):
    def full(source, target):
        raise OSError(28, os.strerror(28), str(target))

    monkeypatch.setattr("searchkit.opening.restoring.copy_synced", full)
    code, _, err = command("restore", backup, "-i", "again")
    assert code == 2 and "cannot write" in err and "make room" in err


def test_hints_quote_a_path_with_a_space(tmp_path, command):
    err = command("search", "x", "-i", tmp_path / "no index").err
    assert f"searchkit ingest FILES --index {shlex.quote(str(tmp_path / 'no index'))}" in err
