"""Samples at the command line, and a table to be coded by hand."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

import searchkit
from searchkit import Article
from searchkit.presenters.coding import COLUMNS, MOST_CHARACTERS
from tests.conftest import NEWS, TODAY, at


@pytest.fixture
def sk(command, tmp_path):
    with searchkit.open(tmp_path / "index", create=True, today=lambda: TODAY) as archive:
        archive.upsert_all(NEWS)
        archive.upsert(
            replace(NEWS[0], id="hostile", title='=HYPERLINK("x")', body='\n@SUM(1)\n“引号”,"逗号"', author="+1")
        )
        archive.upsert(Article(id="long", title="长文", body="長😀" * 15_000, published=at(2025, 3, 5)))
    return lambda *arguments: command(*arguments, "-i", tmp_path / "index")


def test_all_forms_have_the_same_sample(sk):
    ids = sk("search", "--sample", "3", "--seed", "7", "--ids").out.split()
    assert len(ids) == 3
    found = json.loads(sk("search", "--sample", "3", "--seed", "7", "--json").out)
    assert [each["id"] for each in found["hits"]] == ids and found["query"]["sample"] == {"size": 3, "seed": 7}
    rows = list(csv.DictReader(io.StringIO(sk("search", "--sample", "3", "--seed", "7", "--csv").out)))
    assert [each["id"] for each in rows] == ids
    exported = sk("export", "--sample", "3", "--seed", "7").out.splitlines()
    assert [json.loads(each)["id"] for each in exported] == ids
    assert "3 shown" in sk("search", "--sample", "3", "--seed", "7", "--pretty").err
    assert "chosen at random with seed 7" in sk("search", "--sample", "3", "--seed", "7", "--pretty").err


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "--sample", "0"], ["search", "--sample", "2", "-n", "3"], ["search", "--sample", "2", "--page", "2"],
        ["search", "--sample", "2", "--count"], ["search", "--seed", "2"], ["search", "--sample", "2", "--group"],
        ["export", "--seed", "2"], ["export", "--columns", "a"], ["export", "--table", "--csv"],
        ["export", "--table", "--columns", "a,a"], ["export", "--table", "--columns", "body"],
        ["export", "--table", "--columns", "a,,b"],
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(sk, arguments):
    code, out, err = sk(*arguments)
    assert (code, out) == (2, "") and "Traceback" not in err


def test_a_table_to_fill_in(sk, tmp_path):
    target = tmp_path / "coding.csv"
    code, out, err = sk("export", "--table", "--columns", "tone，主题", "-o", target)
    assert (code, out) == (0, "") and "1 text cut" in err
    raw = target.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfid,tone,") and raw.count(b"\xef\xbb\xbf") == 1
    rows = {each["id"]: each for each in csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""))}
    assert list(rows["bridge"]) == [COLUMNS[0], "tone", "主题", *COLUMNS[1:]]
    assert (rows["bridge"]["tone"], rows["bridge"]["published"]) == ("", "2025-03-04 08:30:00")
    assert rows["f16"]["published"] == "2024-10-01"
    assert rows["hostile"]["title"] == '\'=HYPERLINK("x")' and rows["hostile"]["author"] == "'+1"
    assert rows["hostile"]["body"].startswith("'") and '“引号”,"逗号"' in rows["hostile"]["body"]
    body = rows["long"]["body"]
    assert body.endswith("…") and MOST_CHARACTERS - 4 <= len(body.encode("utf-16-le")) // 2 <= MOST_CHARACTERS


def test_a_table_has_two_columns_if_none_are_named(sk):
    assert sk("export", "长江", "--table").out.splitlines()[0] == "\ufeff" + ",".join(
        ("id", "code", "note", *COLUMNS[1:])
    )
