"""Hostile text in every field, file name, query and error, through every command and form of output.

HTML is written by nothing yet.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import sys
import types
import unicodedata
from datetime import datetime, timezone
from pathlib import Path

import pytest

import searchkit
from searchkit import Article, Related
from searchkit.cli import output
from searchkit.cli.run import run
from searchkit.presenters.json_form import text as json_text

HOSTILE = "\x1b[2J\x1b[5;7m\x1b]0;x\x07\x9b2J\x85\u202e\u2066\u200b\u2028\x7f\b\r\n\x00\ufeff\U000e0041<b>[bold]&"
FORMULAS = ("=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "\u2028=1", "＝1", " =1", "\n=1", '=HYPERLINK("http://a")')
_FIELDS = (
    "id",
    "title",
    "body",
    "url",
    "published_text",
    "source",
    "author",
    "editor",
    "site",
    "section",
    "short_title",
)
_LIVE_CELL = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")


def hostile(number: int, start: str = "") -> Article:
    """The same text in every field, behind its name; `start` before it."""
    made = {name: f"{start}{name}{number} 渡口{HOSTILE}" for name in _FIELDS}
    made["id"] = re.sub("[\0-\x1f\x7f]", "", made["id"])  # such an id is refused
    return Article(
        **made,
        published=datetime(2025, 3, number + 1, tzinfo=timezone.utc),
        keywords=(f"{start}词{HOSTILE}",),
        related=(Related(f"{start}旧闻{HOSTILE}", short_title=HOSTILE, published_text=HOSTILE, url=HOSTILE),),
        extra={f"k{HOSTILE}": f"{start}v{HOSTILE}"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / f"index{HOSTILE}".replace("\0", "").replace("/", "")
    with searchkit.open(path, create=True) as archive:
        articles = [hostile(number, start) for number, start in enumerate(("", *FORMULAS))]
        archive.upsert_all(articles)
        archive.upsert(Article(id=articles[0].id, title=f"改{HOSTILE}", body=articles[0].body))  # a revision
        archive.upsert(Article(id="copy", title=articles[1].title, body=articles[1].body * 9, source=HOSTILE))
        archive.upsert(
            Article(id="copy\x9b2J\u202e", title=articles[1].title, body=articles[1].body * 9, source=HOSTILE)
        )
    return path


class Stream(io.TextIOWrapper):
    """Standard output or error; a terminal, if it is told to be."""

    def __init__(self, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors="strict", newline="")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode("utf-8")


@pytest.fixture
def called(monkeypatch, tmp_path):
    """Run a command line; its exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEARCHKIT_TODAY", "2025-06-30")
    # so that the line of progress is drawn at every step
    monkeypatch.setattr(output, "time", types.SimpleNamespace(monotonic=itertools.count().__next__))

    def call(*arguments: str, terminal: bool = True) -> tuple[int, str, str]:
        streams = Stream(terminal), Stream(terminal)
        monkeypatch.setattr(sys, "stdout", streams[0])
        monkeypatch.setattr(sys, "stderr", streams[1])
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        code = run(list(arguments))
        return code, streams[0].text(), streams[1].text()

    return call


def live(text: str, allowed: str = "\n") -> list[str]:
    """What of a text a terminal would act on, our own colours and the line of progress left out."""
    assert "\x1b[5;7m" not in text
    text = re.sub(r"\x1b\[[0-9;]*m|\r(?=[^\n]*\x1b\[K)|\x1b\[K", "", text)
    return [
        repr(char)
        for char in text
        if char not in allowed and (unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    ]


ID = hostile(0).id


ASKED = [
    ["search", "渡口"], ["search", "渡口", "--explain"], ["search", "渡口", "--group"], ["search", f"渡口{HOSTILE}"],
    ["search", "渡口", "--ids"], ["search", "渡口", "--count"], ["search", f"大熊猫{HOSTILE}"], ["search", f'"{HOSTILE}"'],
    ["search", "--source", f"source0 渡口{HOSTILE}"], ["show", ID], ["show", ID, "--revisions"],
    ["show", ID, "--revisions", "--diff"], ["family", "copy"], ["family", ID], ["family", "copy", "--ids"],
    ["family", "copy", "--diff"], ["stats"], ["stats", "--sources"], ["timeline"], ["timeline", f"渡口{HOSTILE}"],
    ["facets", *(each for name in ("source", "author", "editor", "site", "section", "keyword") for each in ("--by", name))],
    ["facets", f"大熊猫{HOSTILE}"], ["analyze", f"渡口{HOSTILE}"], ["delete", "渡口", "--dry-run"], ["verify"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", ASKED, ids=lambda each: " ".join(each).encode("unicode_escape").decode()[:40])
def test_answers(arguments, index, called):
    """On a terminal, with colours, laid out for a pipe, in a pipe."""
    for terminal, options in ((True, ()), (True, ("--color", "always")), (False, ("--pretty",)), (False, ())):
        code, out, err = called(*arguments, *options, "--index", str(index), terminal=terminal)
        assert code in (0, 1), err
        assert live(out, "\n\t" if not terminal else "\n") == []
        assert live(err) == []


FORMS = [
    ["search", "渡口", "--csv"], ["search", "渡口", "--csv", "-n", "99"], ["timeline", "--csv"],
    ["facets", "--csv", "-n", "99", *(each for name in ("source", "author", "editor", "section", "keyword") for each in ("--by", name))],
    ["export", "--csv"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", FORMS, ids=lambda each: " ".join(each)[:30])
def test_csv(arguments, index, called):
    code, out, err = called(*arguments, "--index", str(index), terminal=False)
    assert (code, live(out), live(err)) == (0, [], [])
    rows = list(csv.reader(io.StringIO(out, newline="")))
    assert len(rows) > 1
    assert not [each for row in rows for each in row if _LIVE_CELL.match(each)]


JSON = [
    ["search", "渡口", "--json"], ["search", "渡口", "--jsonl"], ["search", f"大熊猫{HOSTILE}", "--json"], ["show", ID, "--json"],
    ["show", ID, "--revisions", "--json"], ["show", ID, "--revisions", "--diff", "--json"], ["family", "copy", "--json"],
    ["stats", "--json"], ["stats", "--sources", "--json"], ["timeline", "--json"], ["facets", "--by", "author", "--json"],
    ["analyze", HOSTILE, "--json"], ["delete", "渡口", "--dry-run", "--json"], ["verify", "--json"], ["export"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", JSON, ids=lambda each: " ".join(each).encode("unicode_escape").decode()[:30])
def test_json(arguments, index, called):
    """What a terminal would act on is escaped, so the text is the same and may be looked at."""
    code, out, err = called(*arguments, "--index", str(index))
    assert code in (0, 1, 2)
    assert (live(out), live(err)) == ([], [])
    for line in out.splitlines():
        json.loads(line)


def test_json_keeps_the_text(index, called):
    kept = {name: getattr(hostile(3, FORMULAS[2]), name).replace("\0", "\ufffd") for name in _FIELDS}
    found = json.loads(called("show", "--json", "--index", str(index), "--", kept["id"])[1])
    for name, value in kept.items():
        assert found["article"][name] == value, name
    assert json.loads(json_text({HOSTILE: [HOSTILE]})) == {HOSTILE: [HOSTILE]}
    assert live(json_text({HOSTILE: HOSTILE})) == []


FAILING = [
    ["search", f"title:({HOSTILE}"], ["search", f"soruce{HOSTILE}:a"], ["search", "--on", HOSTILE], ["search", "--since", f"2025-02-30{HOSTILE}"],
    ["search", "a", "--after", HOSTILE], ["search", "a", "--sort", HOSTILE], ["search", f"--bogus{HOSTILE}"], [f"serch{HOSTILE}"],
    ["search", "a", "--color", HOSTILE], ["search", "a", "--tz", HOSTILE], ["search", "a", "--index", HOSTILE.replace("\0", "")],
    ["search", "a", "-n", HOSTILE], ["show", f"zzz{HOSTILE}"], ["show", "\udcff"], ["search", f'"\udcff\ud800 date:{HOSTILE}'],
    ["facets", "--by", HOSTILE], ["timeline", "--by", HOSTILE], ["ingest", f"nowhere{HOSTILE}".replace("\0", "")], ["ingest", ".", "--format", HOSTILE],
    ["ingest", ".", "--map", HOSTILE], ["ingest", ".", "--map", f"title{HOSTILE}=a"], ["search", "a", "--dict", HOSTILE.replace("\0", "")],
    ["export", "-o", f"no/{HOSTILE}".replace("\0", "")], ["restore", HOSTILE.replace("\0", "")], ["backup", f"no\x1b[2J{HOSTILE}".replace("\0", "")],
]  # fmt: skip


@pytest.mark.parametrize("arguments", FAILING, ids=lambda each: " ".join(each).encode("unicode_escape").decode()[:40])
def test_errors(arguments, index, called):
    given = [] if "--index" in arguments else ["--index", str(index)]
    for options in ((), ("-v",), ("--json",)):
        code, out, err = called(*arguments, *given, *options)
        assert code < 70, err
        assert (live(out), live(err)) == ([], [])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not let files have such names")
def test_files_and_what_is_set_aside(tmp_path, called):
    name = HOSTILE.replace("\0", "").replace("/", "")
    news = tmp_path / f"news{name}"
    news.mkdir()
    record = {"title": f"渡口{HOSTILE}", "body": HOSTILE, HOSTILE: HOSTILE, "source": HOSTILE}
    lines = [json.dumps(record), json.dumps({HOSTILE: 1}), f'{{"title": {HOSTILE}', json.dumps(HOSTILE)]
    (news / f"a{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (news / f"b{name}.csv").write_text(f'标题,{HOSTILE}\n甲{HOSTILE},乙,丙\n丁,"戊', encoding="utf-8")
    (news / f"c{name}.pdf").write_bytes(b"%PDF-1.4")
    Path(bytes(news).decode("utf-8", "surrogateescape"), "d\udcff.txt").write_text(HOSTILE, encoding="utf-8")
    rejects = f"rejects{name}.jsonl"
    for options in ((), ("--dry-run",), ("--json",), ("--prune", "--dry-run"), ("--on-error", "fail")):
        code, out, err = called("ingest", str(news), "--index", f"index{name}", "--rejects", rejects, *options)
        assert code in (0, 4), err
        assert (live(out), live(err)) == ([], [])
    (news / f"a{name}.jsonl").unlink()
    for arguments in (["ingest", str(news), "--prune", "--dry-run"], ["export", "-o", f"out{name}"], ["backup", f"copy{name}"],
                      ["restore", f"copy{name}", "--index", f"again{name}"], ["rebuild"], ["optimize"], ["verify"]):  # fmt: skip
        given = () if "--index" in arguments else ("--index", f"index{name}")
        code, out, err = called(*arguments, *given)
        assert code in (0, 4), (arguments, err)
        assert (live(out), live(err)) == ([], [])
    aside = (tmp_path / rejects).read_text(encoding="utf-8")
    assert len(aside.splitlines()) >= 4
    for line in aside.splitlines():
        assert "where" in json.loads(line)
    assert live(aside) == []
