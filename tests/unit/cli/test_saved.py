"""searchkit saved: asking again, news for cron, feeds; and what was not written is not marked as seen."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from importlib import import_module

import pytest

import searchkit
from searchkit import Article
from searchkit.cli.run import run
from tests.conftest import NEWS, TODAY, at, unmeasured

TOWER = Article(
    id="tower", title="灯塔与长江\x1b[2J", body="长江口的灯塔。", published=at(2025, 6, 29, 9), source="滨江日报"
)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def index(tmp_path, once):
    def made(folder):
        with searchkit.open(folder, create=True, today=lambda: TODAY) as archive:
            archive.upsert_all(NEWS)

    return shutil.copytree(once("saved", made), tmp_path / "index")


@pytest.fixture
def sk(command, index):
    return lambda *arguments: command(*arguments, "-i", index)


def add(index, *articles):
    with searchkit.open(index) as archive:
        archive.upsert_all(articles)


def test_a_search_is_saved_and_asked_again(sk):
    code, out, err = sk("search", "长江", "--source", "滨江日报", "--any", "--save", "the river", "--count")
    assert (code, out) == (0, "1\n")
    assert "searchkit saved 'the river' --new" in err
    listed = sk("saved")
    assert listed.code == 0
    name, _, question = listed.out.rstrip("\n").split("\t")
    assert (name, question) == ("the river", "长江 --any --source 滨江日报")
    assert sk("saved", "the river", "--ids") == (0, "bridge\n", "")
    assert json.loads(sk("saved", "the river", "--json").out)["query"]["text"] == "长江"
    assert sk("saved", "the river").out == sk("search", "长江", "--source", "滨江日报", "--any").out
    assert sk("saved", "the river", "--delete").code == 0
    assert sk("saved") == (1, "", "no search is saved; searchkit search … --save NAME does so\n")


def test_a_search_without_a_match_is_saved(sk, index):
    assert sk("search", "灯塔", "--save", "tower", "--ids").code == 1
    add(index, TOWER)
    assert sk("saved", "tower", "--new").code == 0


def test_news_are_told_once(sk, index):
    sk("search", "长江", "--save", "river")
    assert sk("saved", "river", "--new") == (1, "", "nothing new\n")
    add(index, TOWER)
    told = sk("saved", "river", "--new", "--peek")
    assert told == (0, "river\tnew\ttower\t2025-06-29T09:00:00+08:00\t滨江日报\t灯塔与长江\ufffd[2J\n", "")
    assert sk("saved", "river", "--new") == told
    assert sk("saved", "river", "--new").code == 1
    sk("delete", "--id", "tower", "--yes")
    assert sk("saved", "river", "--new").out == "river\tdeleted\ttower\t\t\t\n"


def test_the_terminal_shows_the_numbers(sk, index):
    sk("search", "长江", "--save", "river")
    add(index, TOWER, replace(NEWS[0], body="长江大桥重开。"))
    shown = sk("saved", "river", "--new", "--pretty").out.splitlines()
    assert shown[0] == "river  1 new, 1 corrected  of 2 articles"
    assert shown[1].split() == ["new", "2025-06-29", "灯塔与长江\ufffd[2J", "滨江日报"]
    assert sk("saved", "--pretty").out.startswith("river  长江\n  looked at 20")


def test_all_news_as_json_with_the_error_of_one(sk, index):
    sk("search", "长江", "--save", "river")
    sk("search", "灯塔", "--save", "tower")
    assert sk("saved", "--all", "--new", "--json").code == 1
    add(index, TOWER)
    with searchkit.open(index) as archive:
        archive.saved.save("years", "台风", on="今年")
        with archive._store.transaction():
            archive._store.saved.add("years", {"query": "(", "conditions": {}, "sort": None}, 0, ())
    code, out, err = sk("saved", "--all", "--new", "--json")
    river, tower, years = json.loads(out)["searches"]
    assert (river["name"], [each["id"] for each in river["new"]], river["error"]) == ("river", ["tower"], None)
    assert [each["id"] for each in tower["new"]] == ["tower"]
    assert years["name"] == "years" and years["error"]["kind"] == "QueryError"
    assert (code, err.partition(":")[0]) == (2, "years")
    assert sk("saved", "river", "--new").code == 1, "the others are marked all the same"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["river", "--all", "--new"], "contradict"), (["--all"], "go with --new"), (["river", "--peek"], "go with --new"),
        (["--new"], "which search"), (["--atom"], "which search"), (["--delete"], "which search"),
        (["river", "--new", "--csv"], "--csv goes with"), (["--csv"], "--csv goes with"),
        (["river", "--atom", "--json"], "contradict"), (["river", "--new", "-n", "1"], "--limit goes with"),
        (["river", "--new", "--atom"], "contradict"), (["rivers"], "no search is saved as rivers; did you mean river"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(sk, arguments, told):
    sk("search", "长江", "--save", "river")
    code, out, err = sk("saved", *arguments)
    assert code == 2 and told in out + err and "Traceback" not in err


def test_another_search_of_the_name_is_refused_with_the_command_that_helps(sk):
    sk("search", "长江", "--save", "river")
    code, out, err = sk("search", "黄河", "--save", "river")
    assert (code, out) == (2, "") and "searchkit saved river --delete" in err


# -- nothing is lost


def broken(number: int):
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("searchkit.cli.saved._write_news", 2), ("searchkit.cli.saved._require_written", 2),
        ("searchkit.cli.saved._mark", 2), ("searchkit.storage.sqlite.saved.SqliteSavedSearches.mark", 2),
    ],
)  # fmt: skip
def test_a_look_that_fails_at_any_step_loses_nothing(sk, index, monkeypatch, where, code):
    sk("search", "长江", "--save", "river")
    add(index, TOWER)
    with monkeypatch.context() as here:
        here.setattr(where, broken(errno.ENOSPC))
        assert sk("saved", "river", "--new").code == code
    with searchkit.open(index, today=lambda: TODAY) as archive:
        assert archive.saved.new("river").added == ("tower",)


def killed_at(module, name, when, out, arguments):
    """Run a command in a fork that dies without a word before or after a call, and return the code it died with."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        owner = import_module(module)
        *path, last = name.split(".")
        for each in path:
            owner = getattr(owner, each)
        real = getattr(owner, last)

        def killed(*given, **named):
            if when == "after":
                real(*given, **named)
            os._exit(9)

        setattr(owner, last, killed)
        sys.stdout = out.open("w", encoding="utf-8")
        run(arguments)
    finally:
        os._exit(1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize(
    ("module", "name", "when", "told", "marked"),
    [
        ("searchkit.search.saved", "Saved.new", "after", False, False),
        ("searchkit.cli.saved", "_write_news", "before", False, False),
        ("searchkit.cli.saved", "_require_written", "before", None, False),  # it may be in the buffer
        ("searchkit.cli.saved", "_require_written", "after", True, False),
        ("searchkit.storage.sqlite.saved", "SqliteSavedSearches.mark", "before", True, False),
        ("searchkit.storage.sqlite.record", "SqliteRecord.execute", "after", True, False),  # before the transaction is committed
        ("searchkit.storage.sqlite.saved", "SqliteSavedSearches.mark", "after", True, True),
    ],
)  # fmt: skip
def test_a_look_that_is_killed_at_any_step_loses_nothing(index, sk, tmp_path, module, name, when, told, marked):
    sk("search", "长江", "--save", "river")
    add(index, TOWER)
    out = tmp_path / "news.txt"
    assert killed_at(module, name, when, out, ["saved", "river", "--new", "-i", str(index)]) == 9
    if told is not None:
        assert ("tower" in out.read_text(encoding="utf-8")) == told
    again = sk("saved", "river", "--new")
    assert again.code == (1 if marked else 0)
    assert ("tower" in again.out) == (not marked)


def test_a_reader_that_stops_has_not_seen_the_news(index, sk):
    sk("search", "长江", "--save", "river")
    add(index, TOWER)
    read, written = os.pipe()
    os.close(read)
    with os.fdopen(written, "w") as closed:
        start = [sys.executable, "-m", "searchkit", "saved", "river", "--new", "-i", str(index)]
        subprocess.run(start, stdout=closed, env=unmeasured())
    assert sk("saved", "river", "--new").code == 0


def test_news_are_shown_while_another_writes_and_again_later(index, sk):
    sk("search", "长江", "--save", "river")
    add(index, TOWER)
    hold = "import sys; from pathlib import Path; from searchkit.storage.lock import WriterLock as L\n"
    hold += "with L(Path(sys.argv[1])).held(0): print(flush=True), sys.stdin.readline()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(index)], stdin=-1, stdout=-1, text=True, env=unmeasured()
    ) as other:
        other.stdout.readline()
        code, out, err = sk("saved", "river", "--new", "--wait", "0")
        assert (code, "tower" in out) == (5, True), err
        assert sk("saved", "river", "--new", "--peek", "--wait", "0").code == 0
        other.communicate("\n")
    assert sk("saved", "river", "--new").code == 0
    assert sk("saved", "river", "--new").code == 1


# -- feeds


def feed(shown: str) -> ElementTree.Element:
    root = ElementTree.fromstring(shown)
    assert root.tag == f"{ATOM}feed"
    for each in (root, *root.iter(f"{ATOM}entry")):  # what RFC 4287 requires of each
        for name in ("id", "title", "updated"):
            assert len(each.findall(f"{ATOM}{name}")) == 1 and each.findtext(f"{ATOM}{name}")
        assert each.find(f"{ATOM}author") is not None or root.find(f"{ATOM}author") is not None
    return root


def test_a_feed_is_valid_whatever_an_article_has(sk, index):
    hostile = replace(
        TOWER, title="</title><x>&\x0b", body="长江]]>\x0b&amp;\ufffe", author='"<a>"', url="javascript:alert(1)"
    )
    add(index, hostile, replace(NEWS[0], url="http://a.example/?a=1&b=2"))
    sk("search", "长江", "--save", "a<b>&")
    code, out, err = sk("saved", "a<b>&", "--atom")
    assert (code, err) == (0, "")
    root = feed(out)
    assert root.findtext(f"{ATOM}title") == "a<b>&"
    entries = {each.findtext(f"{ATOM}title"): each for each in root.iter(f"{ATOM}entry")}
    assert {*entries} == {"</title><x>&\ufffd", NEWS[0].title}
    links = [each.get("href") for each in root.iter(f"{ATOM}link")]
    assert links == ["http://a.example/?a=1&b=2"]


def test_ids_of_a_feed_stay_and_a_correction_is_later(sk, index):
    sk("search", "长江", "--save", "river")
    before = feed(sk("saved", "river", "--atom").out)
    add(index, TOWER, replace(NEWS[0], body="长江大桥重开。"))
    after = feed(sk("saved", "river", "--atom").out)
    assert after.findtext(f"{ATOM}id") == before.findtext(f"{ATOM}id")
    old, new = ({each.findtext(f"{ATOM}id") for each in root.iter(f"{ATOM}entry")} for root in (before, after))
    assert len(old) == 1 and len(new) == 2 and old < new
    assert len(list(feed(sk("saved", "river", "--atom", "-n", "1").out).iter(f"{ATOM}entry"))) == 1


def test_a_feed_without_a_match_is_a_feed(sk):
    sk("search", "灯塔", "--save", "tower")
    code, out, _ = sk("saved", "tower", "--atom")
    assert code == 0 and list(feed(out).iter(f"{ATOM}entry")) == []
