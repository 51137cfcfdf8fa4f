"""Newer articles first: what the options mean, in Python and at the command line."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest

import searchkit
from searchkit import Article, QueryError, UsageError
from searchkit.cli.run import run
from searchkit.model.results import Recent
from tests.conftest import at

TODAY = date(2025, 3, 10)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("recent") / "index"
    with searchkit.open(made, create=True) as archive:
        archive.upsert_all(
            Article(id=f"n{number}", title="渡口通航", body="堤防加固。", published=at(2025, 3, number))
            for number in range(1, 9)
        )
    return made


@pytest.fixture
def archive(folder):
    with searchkit.open(folder, today=lambda: TODAY) as opened:
        yield opened


@pytest.mark.parametrize(
    ("given", "recent"),
    [
        ({}, None),
        ({"recent": False}, None),
        ({"recent": None}, None),
        ({"recent": True}, Recent(TODAY, 30.0)),
        ({"recent": date(2025, 3, 4), "half_life": 7}, Recent(date(2025, 3, 4), 7.0)),
        ({"recent": datetime(2025, 3, 4, 23)}, Recent(date(2025, 3, 4), 30.0)),
        ({"recent": "昨天"}, Recent(date(2025, 3, 9), 30.0)),
        ({"recent": "2025-02", "half_life": 0.5}, Recent(date(2025, 2, 28), 0.5)),
    ],
    ids=str,
)
def test_the_day_and_the_half_life(archive, given, recent):
    assert archive.search("渡口", **given).recent == recent


@pytest.mark.parametrize(
    "given",
    [
        {"half_life": 30},
        {"recent": True, "sort": "newest"},
        {"recent": True, "sort": "oldest"},
        {"recent": 5},
        {"recent": True, "half_life": 0},
        {"recent": True, "half_life": -1},
        {"recent": True, "half_life": float("nan")},
        {"recent": True, "half_life": float("inf")},
        {"recent": True, "half_life": "30"},
        {"recent": True, "half_life": True},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(archive, given):
    with pytest.raises(UsageError):
        archive.search("渡口", **given)
    with pytest.raises(UsageError):
        archive.ids("渡口", **given)


def test_a_day_that_cannot_be_read_is_refused(archive):
    with pytest.raises(QueryError, match="cannot read"):
        archive.search("渡口", recent="渡口")


@pytest.mark.parametrize("group", [False, True])
def test_order_ids_pages_and_cursors_agree(archive, group):
    asked = {"recent": date(2025, 3, 4), "group": group}
    whole = [hit.id for hit in archive.search("渡口", **asked)]
    if not group:
        assert whole == ["n4", "n5", "n3", "n2", "n1", "n6", "n7", "n8"]
    assert [*archive.ids("渡口", **asked)] == whole
    first = archive.search("渡口", limit=3, **asked)
    if not group:
        second = archive.search("渡口", limit=3, after=first.next, **asked)
        assert [hit.id for hit in second] == whole[3:6]
        assert second.hits == archive.search("渡口", limit=3, page=2, **asked).hits


def test_a_cursor_belongs_to_its_day_and_half_life(archive):
    after = archive.search("渡口", limit=3, recent=date(2025, 3, 4)).next
    for other in ({}, {"recent": True}, {"recent": date(2025, 3, 4), "half_life": 7}):
        with pytest.raises(QueryError, match="another query"):
            archive.search("渡口", limit=3, after=after, **other)


def test_without_words_the_order_is_by_time_as_ever(archive):
    found = archive.search("", recent=date(2025, 3, 4))
    assert (found.sort, found.recent, found[0].id) == ("newest", None, "n8")


@pytest.mark.parametrize(
    ("arguments", "day", "first"),
    [
        (["渡口", "--recent", "2025-03-04"], "2025-03-04", "n4"),
        (["--recent", "2025年3月4日", "渡口"], "2025-03-04", "n4"),
        (["渡口", "--recent=20250304"], "2025-03-04", "n4"),
        (["--recent", "渡口"], None, "n8"),
        (["渡口", "--recent"], None, "n8"),
        (["渡口", "--recent", "-n", "3"], None, "n8"),
        (["--recent", "--", "渡口"], None, "n8"),
    ],
    ids=str,
)
def test_the_day_may_be_left_out_at_the_command_line(folder, capsys, arguments, day, first):
    assert run(["search", "--index", str(folder), "--json", *arguments]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["query"]["text"] == "渡口"
    assert found["query"]["recent"] == {"day": day or found["query"]["recent"]["day"], "half_life": 30.0}
    assert found["hits"][0]["id"] == first


def test_the_summary_and_the_explanation_say_it(folder, capsys):
    assert (
        run(["search", "-i", str(folder), "渡口", "--recent", "2025-03-02", "--half-life", "1", "--explain", "--long"])
        == 0
    )
    out, err = capsys.readouterr()
    assert "by relevance, newer first from 2025-03-02 back (half-life 1 day)" in err
    assert "  recency" in out


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--half-life", "5"], "--recent --half-life 30"),
        (["--recent", "--sort", "newest"], "leave out --sort, or --recent"),
        (["--recent", "--half-life", "0"], "--half-life 30"),
    ],
    ids=str,
)
def test_errors_name_the_options(folder, capsys, arguments, hint):
    assert run(["search", "-i", str(folder), "渡口", *arguments]) == 2
    assert f"try: {hint}" in capsys.readouterr().err


def test_the_near_matches_of_emphasised_phrases_are_noted_and_marked(archive):
    found = archive.search("渡口 “堤防开放”")
    assert (found.total, found[0].near) == (0, True)
    assert found.parsed.notes == (
        "nothing has the phrases in quotes with all the rest; near matches are those with their words",
    )
    assert found.parsed.canonical == "渡口 “堤防开放”"
    assert ("“堤防开放”", 0) in found.diagnosis.conditions
    (snippet,) = found[0].snippets
    assert [snippet.text[start:end] for start, end in snippet.marks] == ["堤防"]
    assert len(archive.search("渡口 “堤防开放”", near=False)) == 0
    assert archive.search('渡口 "堤防开放"').parsed.notes == ()
