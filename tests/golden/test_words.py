"""What the commands print that count words, to the letter, over the articles of the demonstration."""

from __future__ import annotations

import pytest

import searchkit
from tests.conftest import TODAY
from tests.golden.test_cli import ROOT, run, stable

CASES = {
    "terms-terminal": (0, ["terms", "芯片", "--pretty"]),
    "terms-pipe": (0, ["terms", "芯片", "-n", "3"]),
    "terms-csv": (0, ["terms", "芯片", "--csv"]),
    "terms-json": (0, ["terms", "芯片", "--json"]),
    "terms-by-terminal": (0, ["terms", "--by", "month", "--pretty"]),
    "terms-by-pipe": (0, ["terms", "--by", "year", "-n", "2"]),
    "terms-by-csv": (0, ["terms", "芯片", "--by", "quarter", "--csv"]),
    "terms-by-json": (0, ["terms", "--by", "year", "-n", "1", "--json"]),
    "terms-by-nothing": (1, ["terms", "大熊猫", "--by", "week"]),
    "terms-by-wrong": (2, ["terms", "芯片", "--by", "decade"]),
    "trends-terminal": (
        0,
        ["trends", "--day", "2025-03-31", "--period", "60", "--against", "3", "--least", "2", "--pretty"],
    ),
    "trends-pipe": (
        0,
        ["trends", "--day", "2025-03-31", "--period", "60", "--against", "3", "--least", "2", "-n", "3"],
    ),
    "trends-csv": (
        0,
        ["trends", "--day", "2025-03-31", "--period", "60", "--against", "3", "--least", "2", "-n", "2", "--csv"],
    ),
    "trends-json": (
        0,
        ["trends", "--day", "2025-03-31", "--period", "60", "--against", "3", "--least", "2", "-n", "1", "--json"],
    ),
    "trends-nothing": (1, ["trends", "--day", "2025-03-18"]),
    "compare-terminal": (0, ["compare", "芯片", "长江", "-n", "4", "--pretty"]),
    "compare-conditions": (0, ["compare", "", "--a", "source:东港财经", "--b", "source:滨江日报", "-n", "2"]),
    "compare-csv": (0, ["compare", "芯片", "长江", "-n", "2", "--csv"]),
    "compare-json": (0, ["compare", "芯片", "长江", "-n", "1", "--json"]),
    "compare-nothing": (1, ["compare", "芯片", "大熊猫", "--pretty"]),
    "compare-one": (2, ["compare", "芯片"]),
    "similar-terminal": (0, ["similar", "demo-03", "-n", "2", "--pretty"]),
    "similar-pipe": (0, ["similar", "demo-03", "-n", "3"]),
    "similar-json": (0, ["similar", "demo-03", "-n", "1", "--json"]),
    "similar-ids": (0, ["similar", "demo-03", "--ids"]),
    "similar-nobody": (1, ["similar", "zzz"]),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    path = tmp_path_factory.mktemp("words") / "index"
    with searchkit.open(path, create=True, today=lambda: TODAY) as made:
        made.upsert_all(searchkit.read(ROOT / "searchkit" / "cli" / "demo.jsonl"))
    return path


@pytest.mark.parametrize("name", CASES)
def test_commands(name, index, tmp_path, golden):
    code, arguments = CASES[name]
    done = run(*arguments, index=index, cwd=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    shown = f"-- stdout\n{done.stdout}-- stderr\n{done.stderr}-- exit {done.returncode}\n"
    golden(f"{name}.txt", stable(f"$ searchkit {' '.join(arguments)}\n{shown}", index, tmp_path))
