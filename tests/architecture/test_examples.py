"""Each program in `examples/` runs, where its libraries are installed, and prints what it is to show."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = {
    "asynchronous": ((), ["芯片: 8", "in the order of their calls: 25 articles", "a question meanwhile: 24 articles"]),
    "notebook": (("IPython",), ["<table>", "<svg ", "东港财经"]),
    "retrieval": (("langchain_core",), ["[demo-03] 东港财经, 2025-02-03", "出口管制"]),
    "crawl": (
        ("scrapy",),
        ["searchkit/added: 2", "searchkit/rejected: 1", "滨江市启用新渡口", "not added twice: 2 articles"],
    ),
    "frames": (("pandas", "polars", "pyarrow"), ["东港财经", "2025-02", "8 articles in chips.parquet"]),
}
"""Of each example: the libraries that it needs, and what it prints."""

ALONE = {"crawl"}
"""They take the process: Scrapy's reactor starts once."""


def test_every_example_is_run():
    assert {path.stem for path in FOLDER.glob("*.py")} - {"demo"} == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs(name, capsys, monkeypatch):
    libraries, printed = EXAMPLES[name]
    for library in libraries:
        if find_spec(library) is None:
            pytest.skip(f"{library} is not installed")
    path = str(FOLDER / f"{name}.py")
    if name in ALONE:
        installed = {name: value for name, value in os.environ.items() if name != "PYTHONPYCACHEPREFIX"}
        done = subprocess.run(
            [sys.executable, path], env={**installed, "PYTHONPATH": str(FOLDER.parent), "PYTHONUTF8": "1"},
            capture_output=True, text=True, encoding="utf-8",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        out = done.stdout
    else:
        monkeypatch.syspath_prepend(str(FOLDER))
        monkeypatch.setattr(sys, "pycache_prefix", None)  # the libraries' bytecode is beside them
        runpy.run_path(path, run_name="__main__")
        out = capsys.readouterr().out
    assert [each for each in printed if each not in out] == [], out
