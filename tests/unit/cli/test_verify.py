"""verify: what is wrong is told with what helps, and --repair tells what it did."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import searchkit
from tests.conftest import NEWS


@pytest.fixture
def lacking(tmp_path: Path) -> Path:
    """An archive whose index lacks an article."""
    with searchkit.open(tmp_path / "news", create=True) as archive:
        archive.upsert_all(NEWS)
        archive._sync.index.apply([], [NEWS[0].id], covers=archive._sync.index.covers)
    return tmp_path / "news"


def test_what_the_index_lacks_is_told_and_mended(lacking, command):
    code, out, err = command("verify", "-i", lacking)
    assert (code, out) == (3, f"{NEWS[0].id} is in the record but not in the index\n")
    assert f"try: searchkit verify --repair --index {lacking} for the index" in err and "searchkit restore" in err
    code, out, err = command("verify", "--repair", "-i", lacking)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "repaired: 1 article was given to the index",
        f"all is well: {len(NEWS)} articles in the record, {len(NEWS)} in the index",
    ]
    assert command("verify", "--repair", "-i", lacking).out.startswith("all is well")


def test_as_json(lacking, command):
    told = json.loads(command("verify", "--json", "-i", lacking).out)
    assert not told["ok"] and len(told["problems"]) == 1 and told["repaired"] == []
    code, out, _ = command("verify", "--repair", "--json", "-i", lacking)
    told = json.loads(out)
    assert (code, told["ok"], told["problems"]) == (0, True, []) and len(told["repaired"]) == 1


def test_a_damaged_record_is_told_again_and_needs_a_backup(lacking, command):
    with closing(sqlite3.connect(lacking / "archive.db")) as connection, connection:
        connection.execute("UPDATE articles SET digest = 'x' WHERE id = ?", (NEWS[1].id,))
    code, out, err = command("verify", "--repair", "-i", lacking)
    assert code == 3 and "does not fit" in out and "repaired" not in out
    assert "try: searchkit restore BACKUP --index NEW_FOLDER for a damaged record" in err and "--repair" not in err


def test_in_chinese(lacking, command):
    out = command("verify", "--repair", "-i", lacking, "--lang", "zh-CN").out
    assert out.startswith("已修复：已把 1 篇文章写入索引\n")
