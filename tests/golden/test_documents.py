"""Every JSON document that a command prints is as the JSON Schema says, and has no field that the schema does not."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from searchkit.presenters import schema
from tests.golden.test_cli import ROOT, run

EXPECTED = Path(__file__).parent / "expected"


@cache
def strict(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(
        schema.schema(name, strict=True), format_checker=jsonschema.FormatChecker(["date"])
    )


def checked(line: str) -> str:
    """The name of the document on a line, which is valid."""
    made = json.loads(line.replace('"seconds": N', '"seconds": 0'))
    name = made.get("schema", "hit")  # --jsonl prints hits
    strict(name).validate(made)
    return name.removeprefix("searchkit.").partition("/")[0]


def test_golden_files():
    lines = [line for path in EXPECTED.glob("*.txt") for line in path.read_text(encoding="utf-8").splitlines()]
    names = {checked(line) for line in lines if line.startswith("{")}
    assert {"search", "hit", "article", "show", "revisions", "family", "timeline", "compare", "news", "error"} <= names


COMMANDS = [
    (4, "ingest", "news.jsonl", "--json"),
    (0, "search", '"出口管制" 芯片 -广告', "--since", "2025-01", "--explain", "--json"),
    (0, "search", "特朗普 OR 川普 OR 芯片", "--group", "--recent", "--json"),
    (0, "search", "芯片", "--sample", "2", "--seed", "7", "--no-aliases", "--json"),
    (0, "search", "芯片", "-n", "1", "--sort", "oldest", "--json"),
    (1, "search", "长江大桥 火星", "--json"),
    (1, "search", "出囗管制", "--json"),
    (1, "search", "芯片", "--on", "2031", "--json"),
    (0, "search", "芯片", "--jsonl"),
    (0, "search", "芯片", "--since", "近7年", "--source", "东港财经", "--record", "asked.json", "--save", "chips"),
    (0, "replay", "asked.json", "--json"),
    (0, "saved", "--json"),
    (1, "saved", "--all", "--new", "--json"),
    (0, "timeline", "DeepSeek", "--by", "week", "--json"),
    (0, "timeline", "--query", "a=DeepSeek", "--query", "b=芯片", "--smooth", "3", "--record", "series.json"),
    (0, "timeline", "芯片", "--by-source", "--json"),
    (0, "replay", "series.json", "--json"),
    (0, "facets", "--by", "source", "--by", "keyword", "--json"),
    (0, "terms", "芯片", "--json"),
    (1, "terms", "芯片", "--by", "month", "--json"),
    (1, "trends", "--day", "2025-03-31", "--period", "90", "--least", "1", "--json"),
    (0, "compare", "芯片", "长江", "--json"),
    (0, "similar", "demo-03", "--json"),
    (0, "show", "demo-03", "--json"),
    (0, "show", "demo-03", "--revisions", "--diff", "--json"),
    (0, "family", "demo-03", "--diff", "--json"),
    (0, "export", "芯片"),
    (0, "stats", "--json"),
    (0, "stats", "--sources", "--json"),
    (0, "analyze", "臺灣半導體F-16", "--json"),
    (0, "dict", "--dict", "words.txt", "--json"),
    (0, "delete", "芯片", "--dry-run", "--json"),
    (0, "rebuild", "--json"),
    (0, "verify", "--json"),
    (0, "backup", "copy", "--json"),
    (0, "restore", "copy", "--index", "other", "--json"),
    (2, "search", "title:(", "--json"),
    (1, "show", "zzz", "--json"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    news = (ROOT / "searchkit" / "cli" / "demo.jsonl").read_text(encoding="utf-8")
    (folder / "news.jsonl").write_text(news + "not json\n", encoding="utf-8")
    (folder / "words.txt").write_text("深度求索 10 nz\n出口管制\n", encoding="utf-8")
    return folder


def test_a_whole_run_over_the_demo(folder):
    seen = set()
    for code, *arguments in COMMANDS:
        done = run(*arguments, index=folder / "index", cwd=folder)
        assert done.returncode == code, (arguments, done.stderr)
        lines = done.stdout.splitlines()
        if "--record" in arguments:
            record = arguments[arguments.index("--record") + 1]
            lines = (folder / record).read_text(encoding="utf-8").splitlines()
        assert lines, arguments
        seen |= {checked(line) for line in lines}
    # The library makes the first, a workbook holds the second, the server makes the next two; tests/cluster has the others.
    assert seen == {*schema.names()} - {"count", "table", "problem", "receipts", "push", "pull"}
