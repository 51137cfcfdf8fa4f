"""show --cite, export --cite, and where an article is from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timezone

import pytest

import searchkit
from searchkit import Article
from searchkit.model.serialise import to_record
from tests.conftest import NEWS

PAGE = Article(
    id="page", title="台风\u202e登陆", source="东海网", url="https://news.example/1",
    published=datetime(2025, 3, 3, 20, tzinfo=timezone.utc),
)  # fmt: skip


@pytest.fixture
def index(tmp_path):
    with searchkit.open(tmp_path / "index", create=True) as archive:
        archive.upsert_all([*NEWS, PAGE])
    return tmp_path / "index"


def test_days_are_those_of_the_archives_zone(index, command):
    with searchkit.open(index) as archive:
        seen = archive.recorded("page").astimezone(archive.timezone).date()
    shown = command("show", "page", "-i", index, "--cite", "gbt7714").out
    assert shown == f"东海网. 台风\ufffd登陆[EB/OL]. (2025-03-04)[{seen}]. https://news.example/1.\n"


def test_the_day_of_a_capture_comes_before_the_day_of_intake(index, command):
    with searchkit.open(index) as archive:
        archive.upsert(replace(PAGE, extra={"fetched": "2024-05-06T07:08:09Z"}))
    assert "[2024-05-06]" in command("show", "page", "-i", index, "--cite", "gbt7714").out


def test_csl_is_one_array(index, command):
    items = json.loads(command("export", "-i", index, "--cite", "csl").out)
    assert sorted(each["id"] for each in items) == sorted([*(each.id for each in NEWS), "page"])
    assert [each["id"] for each in json.loads(command("show", "f16", "-i", index, "--cite", "csl").out)] == ["f16"]
    nothing = command("export", "source:无", "-i", index, "--cite", "csl")
    assert (nothing.code, json.loads(nothing.out)) == (1, [])


def test_entries_are_apart_and_counted(index, command, tmp_path):
    done = command("export", "-i", index, "--cite", "bibtex", "-o", tmp_path / "a.bib")
    assert done.err == f"5 articles to {tmp_path / 'a.bib'}\n"
    written = (tmp_path / "a.bib").read_text(encoding="utf-8")
    assert written.count("\n\n@") == 4 and written.startswith("@") and written.endswith("}\n")


@pytest.mark.parametrize("other", ["--json", "--revisions"])
def test_a_citation_is_a_format_of_its_own(index, command, other):
    done = command("show", "page", "-i", index, "--cite", "apa", other)
    assert done.code == 2 and "contradict" in done.err + done.out


def test_an_unknown_style_names_the_known(index, command):
    for asked in (["show", "page"], ["export"]):
        done = command(*asked, "-i", index, "--cite", "mla")
        assert done.code == 2 and "gbt7714" in done.err


def test_an_article_shows_its_files_time_and_hash(tmp_path, command, monkeypatch):
    (tmp_path / "in").mkdir()
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / "in" / name).write_text(json.dumps(to_record(NEWS[0])) + "\n", encoding="utf-8")
    index = tmp_path / "index"
    assert command("ingest", tmp_path / "in", "-i", index).code == 0
    with searchkit.open(index) as archive:
        origin = archive.origin("bridge")
        assert archive.origin("none") is archive.recorded("none") is None
    files = [str(tmp_path / "in" / name) for name in ("a.jsonl", "b.jsonl")]
    assert json.loads(command("show", "bridge", "-i", index, "--json").out)["origin"] == {
        "sha256": origin.sha256, "recorded": origin.recorded.isoformat(), "fetched": None, "files": files,
    }  # fmt: skip
    monkeypatch.chdir(tmp_path)
    shown = command("show", "bridge", "-i", index).out
    assert f"sha256      {origin.sha256}\nfile        in/a.jsonl\nfile        in/b.jsonl\n" in shown


def test_the_hash_is_as_documented():
    # by hand, as docs/cli.md says
    text = (
        '{"author":"周岸","body":"长江大桥夜间封闭。市长到场查看。\\n公交车绕行渡口。","published":"2025-03-04T00:30:00+00:00",'
        '"source":"滨江日报","title":"滨江长江大桥封闭检修","url":""}'
    )
    assert searchkit.content_hash(NEWS[0]) == hashlib.sha256(text.encode()).hexdigest()
    elsewhere = replace(
        NEWS[0], id="other", published=NEWS[0].published.astimezone(timezone.utc), section="", keywords=()
    )
    assert searchkit.content_hash(elsewhere) == searchkit.content_hash(NEWS[0])
    for name in ("title", "body", "source", "author", "url"):
        assert searchkit.content_hash(replace(NEWS[0], **{name: "x"})) != searchkit.content_hash(NEWS[0])
    assert searchkit.content_hash(replace(NEWS[0], published=None)) != searchkit.content_hash(NEWS[0])
