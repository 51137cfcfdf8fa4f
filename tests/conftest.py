"""Shared by all tests: golden files, and archives to ask."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings

import searchkit
from searchkit import Archive, Article
from searchkit.storage.lock import WriterLock

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHARED = Path(__file__).parents[2] / "shared"
TODAY = date(2025, 6, 30)
HUNDRED = 100
HERE = Path(__file__).parent
SLOW = {
    "torture", "realdata", "test_ending.py", "test_worker.py",
    "servers", "test_mcp.py", "test_serve.py", "aio", "frames", "jupyter", "langchain", "scrapy", "test_examples.py",
    "test_figures.py", "test_writers.py", "test_nodes.py", "test_pruning.py", "test_other_programs.py",
    "test_cluster_errors.py", "test_partitions.py",
}  # fmt: skip
"""Folders and files of which every test is slow; see `slow` in pyproject.toml."""
_BYTECODE = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what is printed now into the golden files")
    parser.addoption("--torture", action="store_true", help="the long versions of all tests that have one")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if SLOW.intersection(item.path.relative_to(HERE).parts):
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("torture") and not config.getoption("--torture"):
            item.add_marker(pytest.mark.skip(reason="a long version; --torture runs it"))
        if item.get_closest_marker("realdata") and not SHARED.is_dir():
            item.add_marker(pytest.mark.skip(reason="the real articles are not here"))


def pytest_collection_finish() -> None:
    """Keep the tests themselves out of every collection of garbage to come: they stay until the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """The first number in every run, the second under --torture."""
    return lambda short, long: long if request.config.getoption("--torture") else short


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """A folder that is filled once for all workers of a run, whichever asks first; it is not to be written to then."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, fill: Callable[[Path], object]) -> Path:
        folder, lock = shared / name, shared / f"{name}.lock"
        lock.mkdir(exist_ok=True)
        with WriterLock(lock).held(600):
            if not folder.exists():
                fill(beside := shared / f"{name}.partial")
                beside.rename(folder)
        return folder

    return made


def needs(*libraries: str) -> pytest.MarkDecorator:
    """Skips where a library is not installed. Nothing is imported for that: every worker collects all tests."""
    missing = [name for name in libraries if find_spec(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"{' and '.join(missing)}: not installed")


def load(*modules: str) -> list[Any]:
    """Import large libraries, with the bytecode that came with them instead of one that this run would have to make."""
    kept, sys.pycache_prefix = sys.pycache_prefix, None
    try:
        return [import_module(name) for name in modules]
    finally:
        sys.pycache_prefix = kept


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """What is done inside takes less processor time of this thread than that, however busy the machine is."""
    begun = time.thread_time()
    yield
    assert time.thread_time() - begun < seconds


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the golden file of this name; with --update-golden, write it."""

    def compare(name: str, text: str) -> None:
        path = Path(__file__).parent / "golden" / "expected" / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"{path} differs; --update-golden if that is right"

    return compare


def at(*parts: int) -> datetime:
    """A moment in Shanghai."""
    return datetime(*parts, tzinfo=SHANGHAI)


NEWS = (
    Article(
        id="bridge", title="滨江长江大桥封闭检修", body="长江大桥夜间封闭。市长到场查看。\n公交车绕行渡口。",
        published=at(2025, 3, 4, 8, 30), source="滨江日报", author="周岸", section="社会", keywords=("桥梁",),
    ),
    Article(
        id="chips", title="晶片出口管制再升級", body="出口管制清單擴容，半導體設備廠商回應。DeepSeek表示影響有限。",
        published=at(2025, 2, 2, 11, 20, 2), source="島嶼時報", author="陳以安、許舟", section="財經",
    ),
    Article(
        id="f16", title="F-16训练机迫降", body="一架F-16迫降，机组平安。占比3.14%。", published=at(2024, 10, 1, 0, 0),
        precision="day", source="环海通讯社",
    ),
    Article(id="undated", title="老照片里的站台", body="照片没有日期。", source="滨江日报"),
)  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive of four articles, on 2025-06-30."""
    with searchkit.open(tmp_path / "index", create=True, today=lambda: TODAY, timeout=None) as made:
        made.upsert_all(NEWS)
        yield made


settings.register_profile("quick", deadline=None, max_examples=HUNDRED // 3, derandomize=True, database=None)
settings.register_profile("torture", deadline=None, max_examples=HUNDRED * 10)


def examples(of_a_hundred: int) -> settings:
    """Settings of a test whose examples cost more or less than others': so many where those have a hundred."""
    return settings(max_examples=max(1, of_a_hundred * settings.default.max_examples // HUNDRED))


def unmeasured() -> dict[str, str]:
    """The environment of a child that is asked which modules it has loaded: coverage.py would load some more."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


def _let_children_tell() -> None:
    """Children write down at their end which lines they ran, so while that is measured they get a moment to end."""
    kill = subprocess.Popen.kill

    def patient(process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            kill(process)

    subprocess.Popen.kill = patient  # type: ignore[method-assign]


def _keep_bytecode(config: pytest.Config) -> None:
    """Let the hundreds of interpreters that tests start compile each module once, also where PYTHONDONTWRITEBYTECODE
    keeps them from writing beside the source: they write into a folder that is gone after the run."""
    if "PYTHONDONTWRITEBYTECODE" not in os.environ or "PYTHONPYCACHEPREFIX" in os.environ:
        return
    given = getattr(config, "workerinput", {}).get("bytecode")
    if given is None:
        made = tempfile.TemporaryDirectory(prefix="searchkit-bytecode", ignore_cleanup_errors=True)
        config.add_cleanup(made.cleanup)
        given = made.name
    config.stash[_BYTECODE] = given
    if config.getoption("dist", "no") == "no" or hasattr(config, "workerinput"):
        # Not in the parent of workers: they would compile all of pytest anew.
        kept = {name: os.environ.pop(name, None) for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")}
        os.environ["PYTHONPYCACHEPREFIX"] = given
        config.add_cleanup(lambda: _restore(kept))


def _restore(variables: dict[str, str | None]) -> None:
    for name, value in variables.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give all workers of a run one folder of bytecode."""
    if (given := node.config.stash.get(_BYTECODE, None)) is not None:
        node.workerinput["bytecode"] = given


def pytest_configure(config: pytest.Config) -> None:
    """The examples of every run are the same, so a red test is due to the change at hand; `--torture` takes others.

    A program started by `nohup` or in the background ignores Ctrl-C, and so would all that the tests start.
    """
    os.environ["SEARCHKIT_LANG"] = "en"  # whatever the language of who runs the tests
    if "COVERAGE_PROCESS_CONFIG" in os.environ:
        _let_children_tell()
    _keep_bytecode(config)
    settings.load_profile("torture" if config.getoption("--torture") else "quick")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def without_pinyin(monkeypatch):
    """pypinyin is not installed."""
    from searchkit.analysis import pinyin

    caches = (pinyin.available, pinyin._table, pinyin._readings, pinyin._typed, pinyin._syllables)
    monkeypatch.setattr(pinyin, "find_spec", lambda name: None)
    for each in caches:
        each.cache_clear()
    yield
    for each in caches:
        each.cache_clear()
