"""`searchkit timeline` with several queries: its sums, its forms, its figure, and what it refuses."""

from __future__ import annotations

import csv
import io
import json

import pytest

import searchkit
from searchkit import Article
from tests.conftest import TODAY, at


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    path = tmp_path_factory.mktemp("timeline") / "index"
    sources = ("新华社", "新華社", "甲报")
    with searchkit.open(path, create=True, today=lambda: TODAY) as made:
        made.upsert_all(
            Article(
                id=f"a{n}", title=f"{'长江' if n % 2 else '黄河'}大桥", source=sources[n % 3],
                published=None if n == 11 else at(2025, 1 + n % 5 + (n % 5 > 2), 4),
            )
            for n in range(12)
        )  # fmt: skip
    return path


RIVERS = ("--query", "长=长江", "--query", "黄 = 黄河")


@pytest.fixture
def asked(command, index):
    return lambda *arguments: command("timeline", "-i", index, *arguments)


def test_sums_are_those_of_count(asked, command, index):
    done = asked(*RIVERS, "--json", "--by", "week", "--source", "新华社")
    found = json.loads(done.out)
    assert (done.code, found["schema"], found["by"]) == (0, "searchkit.timelines/1", "week")
    for series, query in zip(found["series"], ("长江", "黄河"), strict=True):
        counted = command("search", "-i", index, query, "--source", "新华社", "--count").out
        assert sum(filter(None, series["counts"])) + series["undated"] == series["total"] == int(counted)
    assert None in found["series"][0]["counts"] and found["series"][0]["averages"] is None


def test_in_a_pipe(asked):
    done = asked(*RIVERS, "--share", "--smooth", "3")
    assert done.out.splitlines()[:6] == [
        "2025-01\t长\t1\t3\t0.333333\t0.416667",
        "2025-02\t长\t1\t2\t0.5\t0.444444",
        "2025-03\t长\t1\t2\t0.5\t0.5",
        "2025-04\t长\t\t0\t\t",
        "2025-05\t长\t1\t2\t0.5\t0.5",
        "2025-06\t长\t1\t2\t0.5\t0.5",
    ]  # fmt: skip
    assert done.err.splitlines() == [
        "长: 6 articles, 1 without a date",
        "黄: 6 articles",
        "share of all articles by month, centred average over 3 months; 12 articles in all",
        "the archive has a gap, no article at all: 2025-04-01..2025-04-30",
    ]


def test_by_source(asked):
    rows = list(csv.DictReader(io.StringIO(asked("大桥", "--by-source", "-n", "1", "--csv").out)))
    assert {(row["series"], row["query"], row["source"]) for row in rows} == {("新华社", "大桥", "新华社")}
    assert sum(int(row["count"] or 0) for row in rows) == 8, "of both spellings"
    done = asked(*RIVERS, "--by-source", "--pretty", "-n", "1")
    assert "长: 6 articles, 1 without a date; not drawn: 2 of 1 more source" in done.err
    assert done.out.splitlines()[0].split() == ["长:", "新华社", "黄:", "新华社"]


def test_a_query_without_a_name_is_its_own(asked):
    assert asked("长江", "大桥", "--share").out.startswith("2025-01\t长江 大桥\t1\t3")
    assert asked("--smooth", "2").out.startswith("2025-01\tall articles\t3\t3\t1.0\t")


def test_a_single_query_keeps_its_form(asked):
    assert asked("长江").out.splitlines()[:2] == ["2025-01\t1", "2025-02\t1"]
    assert json.loads(asked("长江", "--json").out)["schema"] == "searchkit.timeline/1"


def test_nothing_found_ends_with_1(asked, tmp_path):
    done = asked("--query", "a=灯塔", "--query", "b=长城", "--plot", tmp_path / "a.svg")
    assert (done.code, done.out) == (1, "")
    assert "nothing matches a: 灯塔" in done.err and "nothing is drawn" in done.err
    assert not (tmp_path / "a.svg").exists()
    assert asked(*RIVERS[:2], "--query", "b=长城").code == 0, "one of them matches"
    assert "alone" in asked("灯塔", "--share").err, "why nothing matches"


def test_a_figure_is_drawn_beside_the_data(asked, tmp_path):
    pytest.importorskip("matplotlib")
    done = asked(*RIVERS, "--plot", tmp_path / "a.svg", "--title", "两条河", "--csv")
    assert done.out.startswith("series,query,") and f"drawn: {tmp_path / 'a.svg'}" in done.err
    assert ">两条河</text>" in (tmp_path / "a.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (["--query", "芯片"], "--query 芯片 has no name", "try: --query '芯片=芯片'"),
        (["--query", "=芯片"], "--query =芯片 has no name", "try: --query '芯片=芯片'"),
        (["--query", "a=芯片", "--query", "a=长江"], "two queries are called a", "try: --query 'a 2=长江'"),
        (["长江", "--query", "a=芯片"], "a query and --query contradict each other", "try: --query '长江=长江'"),
        ([each for n in range(21) for each in ("--query", f"{n}=桥")], "21 queries are more than 20 series", "leave some --query out"),
        ([*RIVERS, "--by-source", "-n", "11"], "2 queries with 11 sources each", "try: --by-source -n 10"),
        ([*RIVERS, "-n", "3"], "-n goes with --by-source", "try: --by-source -n 3"),
        ([*RIVERS, "--title", "x"], "--title goes with --plot", "try: --plot figure.svg"),
        ([*RIVERS, "--plot", "a.pdf"], "a figure ends in .svg or .png, not .pdf", "try: --plot a.svg"),
        ([*RIVERS, "--plot", "no/such folder/a.svg"], "cannot write no/such folder/a.svg", "try: --plot ANOTHER"),
        ([*RIVERS, "--by", "hour"], "--by cannot be 'hour'", "one of day, week"),
        ([*RIVERS, "--smooth", "0"], "'--smooth'", "timeline --help"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(asked, arguments, said, hint):
    pytest.importorskip("matplotlib")
    done = asked(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err and hint in done.err


def test_without_matplotlib_the_extra_is_named_before_anything_is_asked(asked, monkeypatch, tmp_path):
    from searchkit.presenters import figures

    monkeypatch.setattr(figures, "find_spec", lambda name: None)
    done = asked(*RIVERS, "--plot", tmp_path / "a.svg")
    assert (done.code, done.out) == (2, "") and "pip install 'searchkit[plot]'" in done.err
