"""Suggestions on the command line: each can be typed as it is printed."""

from __future__ import annotations

import json
import shlex

import pytest

import searchkit
from tests.conftest import TODAY
from tests.unit.search.test_suggestions import ARTICLES, news


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("suggested") / "an index"
    with searchkit.open(folder, create=True, today=lambda: TODAY) as archive:
        archive.upsert_all(
            [*ARTICLES, *news(2, "报道误作人工只能", "又误。", source="O'Brien 的报"), *news(300, "人工智能", "会。")]
        )
    return folder


@pytest.fixture
def cli(command, index, tmp_path, monkeypatch):
    """Run a command on the index, in an empty folder."""
    monkeypatch.setenv("SEARCHKIT_INDEX", str(index))
    monkeypatch.chdir(tmp_path)
    return command


def tried(err: str) -> list[list[str]]:
    """The arguments of the commands that are proposed, as a shell reads the lines."""
    lines = [line.removeprefix("try: ") for line in err.splitlines() if line.startswith("try: ")]
    return [shlex.split(line, comments=True)[1:] for line in lines]


@pytest.mark.parametrize(
    ("given", "first"),
    [
        (["search", "特郎普"], ["search", "特朗普"]),
        (["search", "特郎普", "关税", "--source", "新华社"], ["search", "--source", "新华社", "特朗普 关税"]),
        (["search", "人工智能", "--source", "央视"], ["search", "--source", "央视网", "人工智能"]),
        (["search", "误", "--source", "O'Brian 的报"], ["search", "--source", "O'Brien 的报", "误"]),
        (["search", "站台", "--on", "2024-12-07"], ["search", "--on", "2024-12-01", "站台"]),
        (["search", "站台", "--since", "2025"], ["search", "--on", "2024-12-01", "站台"]),
        (["search", "特朗普 火星 土星", "--any", "--source", "央视"], None),
        (["search", "--source", "央视", "--", "-火星"], ["search", "--source", "央视网", "--", "-火星"]),
        (["search", "特郎普", "--count"], ["search", "--count", "特朗普"]),
        (["search", "特郎普", "--ids"], ["search", "--ids", "特朗普"]),
        (["timeline", "特郎普"], ["search", "特朗普"]),
        (["facets", "特郎普"], ["search", "特朗普"]),
    ],
    ids=lambda each: " ".join(each or ["any"]),
)
def test_a_suggestion_is_a_command_line(cli, given, first):
    strict = ["--strict"] if given[0] == "search" else []
    code, out, err = cli(given[0], *strict, *given[1:])
    assert code == 1 and out.strip() in ("", "0")
    if first:
        assert tried(err)[0] == first
    assert tried(err)
    for command in tried(err):
        code, out, _ = cli(*command)
        assert code == 0 and out
    assert len(tried(err)) <= 3


def test_the_index_that_was_given_is_kept(cli, index, monkeypatch):
    monkeypatch.delenv("SEARCHKIT_INDEX")
    err = cli("search", "特郎普", "--index", str(index))[2]
    assert tried(err) == [["search", "--index", str(index), "特朗普"]]
    assert cli(*tried(err)[0])[0] == 0


def test_a_likelier_spelling_is_told_beside_the_hits(cli):
    code, out, err = cli("search", "人工只能")
    assert code == 0 and out.count("\n") == 2
    assert err.splitlines()[0] == "did you mean 人工智能? 330 articles: searchkit search '人工智能'"
    assert "did you mean" not in cli("search", "人工只能", "-q")[2]
    found = json.loads(cli("search", "人工只能", "--json")[1])
    assert found["total"] == 2 and found["diagnosis"]["conditions"] == []
    assert found["diagnosis"]["suggestions"] == [
        {"query": "人工智能", "total": 330, "kind": "spelling", "why": "人工智能 for 人工只能"}
    ]


def test_quiet_says_nothing_and_data_stays_data(cli):
    for options in ([], ["--ids"], ["--csv"]):
        assert cli("search", "特郎普", "--strict", "-q", *options)[1:] == ("", "") or options == ["--csv"]
    code, out, err = cli("search", "特郎普", "--json")
    assert code == 1 and err == "" and json.loads(out)["diagnosis"]["suggestion"] == "特朗普"
