"""What the commands print of aliases, and their options."""

from __future__ import annotations

import json

import pytest

import searchkit
from searchkit import Article
from searchkit.cli.run import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("aliases") / "index"
    with searchkit.open(folder, create=True) as made:
        made.upsert_all(
            [
                Article(id="t1", title="特朗普宣布加征关税", body="特朗普宣布。", source="央视"),
                Article(id="t2", title="川普宣布新關稅", body="川普宣布。", source="滨江日报"),
            ]
        )
    return folder


@pytest.fixture
def ask(folder, capsys):
    def asked(command: str, *arguments: str) -> tuple[str, str]:
        run([command, "-i", str(folder), *arguments])
        done = capsys.readouterr()
        return done.out, done.err

    return asked


ALSO = "also: 川普, Trump for 特朗普; --no-aliases leaves them out\n"


@pytest.mark.parametrize(
    "given",
    [
        ["search", "特朗普"],
        ["search", "特朗普", "--count"],
        ["search", "特朗普", "--ids"],
        ["timeline", "特朗普"],
        ["facets", "特朗普"],
        ["export", "特朗普"],
    ],
    ids=" ".join,
)
def test_every_answer_says_them(ask, given):
    assert ALSO in ask(*given)[1]
    assert "also:" not in ask(*given, "--no-aliases")[1]
    assert ask(*given, "--quiet")[1] == ""


def test_counts(ask):
    assert ask("search", "特朗普", "--count")[0] == "2\n"
    assert ask("search", "特朗普", "--count", "--no-aliases")[0] == "1\n"


def test_a_doubtful_name_is_suggested(ask):
    out, err = ask("search", "川普", "--ids")
    assert out == "t2\n"
    assert "川普 may stand for 特朗普, Trump: searchkit search '川普 OR 特朗普 OR Trump'\n" in err


def test_json(ask):
    query = json.loads(ask("search", "特朗普", "--json")[0])["query"]
    assert query["aliases"] == [{"typed": "特朗普", "also": ["川普", "Trump"]}]
    assert query["canonical"] == "特朗普 OR 川普 OR Trump"
    query = json.loads(ask("timeline", "川普", "--json")[0])["query"]
    assert (query["aliases"], query["suggested"]) == ([], [{"typed": "川普", "also": ["特朗普", "Trump"]}])
    assert json.loads(ask("facets", "特朗普", "--no-aliases", "--json")[0])["query"]["aliases"] is None


def test_delete_takes_them_only_when_asked(ask):
    out, err = ask("delete", "特朗普", "--dry-run")
    assert out == "t1\n"
    assert "only as typed, not 川普, Trump for 特朗普; --aliases takes them in\n" in err
    out, err = ask("delete", "特朗普", "--dry-run", "--aliases")
    assert out == "t1\nt2\n" and "only as typed" not in err
    assert "only as typed" not in ask("delete", "特朗普", "--dry-run", "--no-aliases")[1]


def test_the_options_contradict_each_other(ask):
    assert "contradict each other" in ask("search", "特朗普", "--aliases", "--no-aliases")[1]


def test_stats_tell_the_users_own(ask, folder):
    (folder / "aliases.txt").write_text("老大桥,滨江一桥\n老大桥\n", encoding="utf-8")
    out, _ = ask("stats", "--pretty")
    assert "aliases      1 group in aliases.txt" in out
    assert "line 2 is left out" in out
    (folder / "aliases.txt").unlink()
    assert "\naliases" not in ask("stats", "--pretty")[0]


@pytest.fixture
def own(tmp_path, monkeypatch, command):
    """An archive of its own, and a file of aliases."""
    monkeypatch.chdir(tmp_path)
    searchkit.open(tmp_path / "index", create=True).close()
    (tmp_path / "mine.txt").write_text("\ufeff# 本版\n老大桥,滨江一桥\n孤名\n", encoding="utf-8")
    return command


def test_the_aliases_of_a_file_are_held(own, tmp_path):
    said = own("aliases")
    assert (said.code, said.out) == (1, "") and "no aliases of its own" in said.err
    said = own("aliases", "mine.txt")
    assert (said.code, said.out) == (0, "") and "line 3 is left out" in said.err and "1 group" in said.err
    said = own("aliases", "-q")
    assert (said.code, said.out, said.err) == (0, "# 本版\n老大桥,滨江一桥\n孤名\n", "")
    assert "老大桥" in own("analyze", "滨江一桥").out
    (tmp_path / "empty.txt").touch()
    assert own("aliases", "empty.txt").code == 0 and own("aliases").code == 1


@pytest.mark.parametrize(
    "data, why", [(b"\xff\xfe\x00", "not UTF-8 from byte 1"), (b"a,b\n" * 70_000, "bytes"), (None, "No such file")]
)
def test_a_file_that_holds_no_aliases(own, tmp_path, data, why):
    if data is not None:
        (tmp_path / "bad.txt").write_bytes(data)
    said = own("aliases", "bad.txt")
    assert said.code == 2 and why in said.err and "Traceback" not in said.err
    assert own("aliases").code == 1


@pytest.mark.parametrize("text", ["\ud800,a", "甲,乙\n" * 40_000])
def test_what_would_not_be_read_again_is_not_kept(own, tmp_path, text):
    with searchkit.open(tmp_path / "index") as archive:
        with pytest.raises(searchkit.UsageError, match="the aliases have"):
            archive.set_aliases(text)
        assert archive.own_aliases() == ("", ())
