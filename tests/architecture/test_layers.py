"""What imports what: the layers, and how little a start loads."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import searchkit
from searchkit import Article
from searchkit.cli.app import NAMES
from tests.conftest import unmeasured

ROOT = Path(__file__).parents[2]
HEAVY = ("whoosh", "jieba", "rjieba", "numpy", "rich", "sqlite3")
NOT_FOR_A_SEARCH = (
    "whoosh", "jieba", "rjieba", "rich", "click", "pydantic", "filelock", "asyncio", "concurrent", "multiprocessing",
    "email", "http", "ssl", "html", "xml", "urllib.request", "importlib.metadata", "importlib.resources", "numpy.ma",
    "logging", "searchkit.system.processes", "searchkit.ingest.run", "searchkit.query.dates.expressions", "searchkit.sources.printed_dates", "searchkit.cli.ingest",
    "searchkit.cli.pager", "searchkit.model.documents", "searchkit.presenters.documents", "searchkit.presenters.schema",
    "searchkit.servers", "mcp", "starlette", "uvicorn", "h11", "anyio", "jsonschema",
    "searchkit.engines.whoosh.write.bulk", "searchkit.engines.whoosh.write.commit",
    "searchkit.engines.whoosh.write.writer", "searchkit.engines.whoosh.verification",
    "searchkit.engines.whoosh.interop.schema", "searchkit.language.catalogue", "searchkit.cli.help",
)  # fmt: skip
"""What takes time to import and is of no use to a query; benchmarks/coldstart.py measures what that is worth."""
OF_OTHER_ANSWERS = (
    "searchkit.model.aggregations", "searchkit.model.reports", "searchkit.model.history", "searchkit.writing.quality", "searchkit.search.timeline", "searchkit.search.advice",
)  # fmt: skip


OF_SERIES = (
    "matplotlib", "searchkit.presenters.figures", "searchkit.presenters.timelines", "searchkit.search.timelines",
    "searchkit.model.timelines",
)  # fmt: skip
"""What only several series, or a figure of them, need."""


def test_contracts_of_import_linter():
    pytest.importorskip("importlinter")
    # A process of its own: the linter changes the working folder's import path and keeps what it found.
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def loaded_by(code: str, names: tuple[str, ...] = HEAVY) -> set[str]:
    """Which of the packages named a program has imported at its end."""
    return set(loaded_after([code], names)[-1])


def loaded_after(steps: list[str], names: tuple[str, ...]) -> list[list[str]]:
    """Which of the packages named one program has imported after each of its steps."""
    lines = ["import sys"]
    for step in steps:
        lines += [step, f"print('loaded', [name for name in {names!r} if name in sys.modules], file=sys.stderr)"]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=ROOT, env=unmeasured(), capture_output=True, text=True,
        encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = [eval(line[7:]) for line in done.stderr.splitlines() if line.startswith("loaded [")]
    assert len(told) == len(steps)
    return told


def command(*arguments: str) -> str:
    return f"from searchkit.cli.run import run; assert run({list(arguments)!r}) == 0"


def needless(commands: list[list[str]], names: tuple[str, ...]) -> dict[str, list[str]]:
    """Of commands that run one after the other in one process: what each was the first to load of these packages."""
    found: dict[str, list[str]] = {}
    before: set[str] = set()
    for given, loaded in zip(commands, loaded_after([command(*each) for each in commands], names), strict=True):
        if fresh := {*loaded} - before:
            found[" ".join(given)] = sorted(fresh)
            before |= fresh
    return found


@pytest.mark.parametrize(("old", "new"), sorted(searchkit._MOVED.items()))
def test_a_module_that_moved_is_found_under_its_old_name(old, new):
    assert import_module(old) is import_module(new)


def test_importing_the_package_loads_no_engine():
    assert loaded_by("import searchkit") == set()


def test_help_loads_no_engine():
    assert needless([["--version"], ["--help"], ["search", "--help"]], HEAVY) == {}


def test_the_names_of_records_load_no_engine():
    assert loaded_by("from searchkit import Article, QueryError, Results") <= {"sqlite3"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cold") / "index"
    with searchkit.open(folder, create=True) as archive:
        archive.upsert_all(
            [
                Article(title="出口管制与芯片", body="深度求索发布了新模型，出口管制继续。", source="新华社"),
                Article(title="台风登陆", body="台风在浙江登陆。\n救援正在进行。", source="央视网"),
            ]
        )
    return folder


def test_a_search_loads_only_what_it_uses(folder):
    asked = [
        ["出口管制", "芯片"],
        ["出口管制", "芯片", "--pretty", "--color", "always"],
        ['"出口管制" -台风', "--json"],
        ["深度求索", "--csv"],
        ["台风 OR 芯片", "--sort", "newest", "--ids"],
        ["芯片", "--count"],
    ]
    searches = [["search", "-i", str(folder), *each] for each in asked]
    assert needless(searches, (*NOT_FOR_A_SEARCH, *OF_OTHER_ANSWERS)) == {}


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted in /proc")
def test_a_search_has_one_thread(folder):
    given = ["search", "-i", str(folder), "芯片"]
    counted = (
        "import atexit, os, sys; atexit.register(lambda: print(len(os.listdir('/proc/self/task')), file=sys.stderr))"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{counted}; from searchkit.cli import main; main({given!r})"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True,
        env={name: value for name, value in unmeasured().items() if name != "OPENBLAS_NUM_THREADS"},
    )  # fmt: skip
    assert done.stderr.splitlines()[-1] == "1"


def test_other_questions_load_only_what_they_use(folder):
    series = ["timeline", "--query", "a=芯片", "--query", "b=台风", "--share"]
    asked = [["stats"], ["timeline", "芯片"], ["facets", "--source", "新华社"], series]
    found = needless([[*each, "-i", str(folder)] for each in asked], (*NOT_FOR_A_SEARCH, *OF_SERIES))
    assert found == {" ".join([*series, "-i", str(folder)]): sorted(OF_SERIES[2:])}, "no plotting"


def test_a_command_is_loaded_alone(folder):
    others = tuple(f"searchkit.cli.{name}" for name in NAMES if name != "search")
    assert needless([["search", "-i", str(folder), "芯片"]], others) == {}
