"""What the command line prints, to the letter: on a terminal of 80 columns, into a pipe, as JSON, and its errors."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

import searchkit
from searchkit.cli.run import run as in_process
from searchkit.cli.settings import configuration
from tests.conftest import NEWS, TODAY

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    path = tmp_path_factory.mktemp("golden") / "index"
    with searchkit.open(path, create=True, today=lambda: TODAY) as made:
        made.upsert_all(NEWS)
    return path


def environment_of(index: Path, given: dict[str, str]) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return {
        **plain,
        "PYTHONPATH": str(ROOT),
        "SEARCHKIT_INDEX": str(index),
        "SEARCHKIT_TODAY": TODAY.isoformat(),
        "COLUMNS": "80",
        "LC_ALL": "C.UTF-8",
        **given,
    }


def process(*arguments: str, index: Path, cwd: Path, input: str | None = None, **environment: str):
    """A whole process, as a shell starts it."""
    return subprocess.run(
        [sys.executable, "-m", "searchkit", *arguments],
        cwd=cwd, env=environment_of(index, environment), input=input, capture_output=True, text=True, encoding="utf-8",
        timeout=600,
    )  # fmt: skip


def run(*arguments: str, index: Path, cwd: Path, input: str | None = None, **environment: str):
    """The same in this process, in a tenth of the time: real files for streams, of a locale that knows ASCII only."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as here:
        streams = [stack.enter_context(tempfile.TemporaryFile("w+", encoding="ascii")) for _ in range(3)]
        streams[0].buffer.write((input or "").encode())
        streams[0].buffer.seek(0)
        for name in [*os.environ]:
            here.delenv(name)
        for name, value in environment_of(index, environment).items():
            here.setenv(name, value)
        here.chdir(cwd)
        configuration.cache_clear()  # a process reads it once
        stack.callback(configuration.cache_clear)
        here.setattr(sys, "argv", ["searchkit", *arguments])
        for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
            here.setattr(sys, name, stream)
        code = in_process(list(arguments))
        shown = []
        for stream in streams[1:]:
            stream.flush()
            stream.buffer.seek(0)
            shown.append(stream.buffer.read().decode("utf-8"))
        return subprocess.CompletedProcess(arguments, code, *shown)


def stable(text: str, index: Path, cwd: Path) -> str:
    text = re.sub(r"\b\d+ ms\b", "N ms", text.replace(str(index), "INDEX").replace(str(cwd), "CWD"))
    return re.sub(r'"seconds": [\d.]+', '"seconds": N', text)


CASES = {
    "search-terminal": (0, ["search", "长江 大桥", "--pretty"]),
    "search-color": (0, ["search", '"出口管制"', "--color", "always"]),
    "search-near": (1, ["search", "长江大桥 大熊猫", "--pretty"]),
    "search-nothing": (1, ["search", "大熊猫"]),
    "search-pipe": (0, ["search", "--since", "2024", "--sort", "oldest"]),
    "search-json": (0, ["search", "半导体", "--json"]),
    "search-jsonl": (0, ["search", "source:滨江日报", "--jsonl"]),
    "search-csv": (0, ["search", "F-16", "--csv"]),
    "search-ids": (0, ["search", "--ids"]),
    "search-count": (0, ["search", "--count", "长江"]),
    "search-explain": (0, ["search", "市长", "--explain", "--pretty"]),
    "search-page": (0, ["search", "-n", "2"]),
    "stats-sources": (0, ["stats", "--sources"]),
    "timeline-terminal": (0, ["timeline", "--by", "month", "--pretty"]),
    "timeline-pipe": (0, ["timeline", "--by", "quarter"]),
    "timeline-csv": (0, ["timeline", "--by", "week", "长江", "--csv"]),
    "timeline-json": (0, ["timeline", "--by", "year", "--json"]),
    "facets-terminal": (0, ["facets", "--by", "source", "--by", "author", "--pretty"]),
    "facets-csv": (0, ["facets", "--csv"]),
    "terms-nothing": (1, ["terms", "大熊猫"]),
    "terms-everything": (1, ["terms"]),
    "show": (0, ["show", "bri"]),
    "show-json": (0, ["show", "chips", "--json"]),
    "show-cite": (0, ["show", "bridge", "--cite", "gbt7714"]),
    "export-cite": (0, ["export", "长江 OR 管制", "--cite", "bibtex"]),
    "error-cite": (2, ["show", "bridge", "--cite", "mla"]),
    "analyze": (0, ["analyze", "臺灣半導體F-16"]),
    "delete-dry-run": (0, ["delete", "source:滨江日报", "--dry-run"]),
    "delete-unconfirmed": (2, ["delete", "source:滨江日报"]),
    "export": (0, ["export", "长江"]),
    "verify": (0, ["verify"]),
    "error-field": (2, ["search", "长江 soruce:新华社"]),
    "error-parenthesis": (2, ["search", "title:("]),
    "error-date": (2, ["search", "--on", "2025-02-30"]),
    "error-days-reversed": (2, ["search", "长江", "--since", "2025-05", "--until", "last year"]),
    "error-json": (2, ["search", "title:(", "--json"]),
    "error-command": (2, ["serch"]),
    "error-option": (2, ["search", "--bogus"]),
    "error-archive": (3, ["search", "x", "--index", "nowhere"]),
    "error-file": (2, ["ingest", "nowhere.txt"]),
    "error-id": (1, ["show", "zzz"]),
    "error-zone": (2, ["search", "x", "--tz", "UTC"]),
    "error-cursor": (2, ["search", "长江", "--after", "zzzz"]),
}


def printed(name: str, start, index: Path, cwd: Path) -> str:
    """All that a case shows, as its golden file has it; `start` is `run` or `process`."""
    code, arguments = CASES[name]
    done = start(*arguments, index=index, cwd=cwd)
    assert "Traceback" not in done.stderr
    assert done.returncode == code, done.stderr
    shown = f"-- stdout\n{done.stdout}-- stderr\n{done.stderr}-- exit {done.returncode}\n"
    shown = re.sub(r'("recorded": "|recorded +)[-\d]+[T ][\d:.]+', r"\1WHEN", shown)
    return stable(f"$ searchkit {' '.join(arguments)}\n{shown}", index, cwd)


@pytest.mark.parametrize("name", CASES)
def test_commands(name, index, tmp_path, golden):
    golden(f"{name}.txt", printed(name, run, index, tmp_path))


@pytest.mark.parametrize(
    "name",
    [
        "search-terminal",
        "error-option",
        *(pytest.param(each, marks=pytest.mark.torture) for each in ("timeline-json", "error-archive")),
    ],
)
def test_a_process_of_its_own_shows_the_same(name, index, tmp_path, golden):
    golden(f"{name}.txt", printed(name, process, index, tmp_path))


@pytest.mark.parametrize("shell_locale", ["C", pytest.param("POSIX", marks=pytest.mark.torture), "zh_CN.GBK"])
def test_without_a_utf8_locale_data_is_still_utf8(shell_locale, index, tmp_path):
    done = process(
        "search", "长江", index=index, cwd=tmp_path, LC_ALL=shell_locale, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0",
        PYTHONIOENCODING="ascii",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "滨江长江大桥封闭检修" in done.stdout


def test_no_color(index, tmp_path):
    assert "\x1b" not in run("search", "长江", "--pretty", index=index, cwd=tmp_path, NO_COLOR="1").stdout
    assert "\x1b" in run("search", "长江", "--pretty", index=index, cwd=tmp_path, FORCE_COLOR="1").stdout


def test_options_before_and_after_the_command_are_the_same(index, tmp_path):
    before = run("--index", str(index), "-q", "search", "长江", index=tmp_path, cwd=tmp_path)
    after = run("search", "长江", "--index", str(index), "-q", index=tmp_path, cwd=tmp_path)
    assert (before.stdout, before.stderr) == (after.stdout, after.stderr) != ("", "")


def test_the_archive_is_found_by_searchkit_toml(index, tmp_path):
    (tmp_path / "searchkit.toml").write_text(f'index = "{index}"\n', encoding="utf-8")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert run("search", "长江", index=Path(), cwd=below, SEARCHKIT_INDEX="").returncode == 0
    (tmp_path / "searchkit.toml").write_text("mood = 1\n", encoding="utf-8")
    done = run("search", "长江", index=Path(), cwd=below, SEARCHKIT_INDEX="")
    assert done.returncode == 2 and "mood" in done.stderr


def test_head_ends_quietly(index, tmp_path):
    command = f"{sys.executable} -m searchkit export --index {index} | head -n 1"
    done = subprocess.run(
        command, shell=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.stdout.count("\n") == 1 and done.stderr == ""


def test_ingest_reports_and_sets_aside(tmp_path):
    news = tmp_path / "news.jsonl"
    news.write_text('{"id": "a", "title": "江水上涨"}\nnot json\n{"id": "b", "title": "夜市"}\n', encoding="utf-8")
    done = run("ingest", "news.jsonl", index=tmp_path / "i", cwd=tmp_path)
    assert done.stdout == "added 2, updated 0, unchanged 0, set aside 1 (rejects.jsonl)\n"
    assert done.returncode == 4
    assert "news.jsonl:2" in done.stderr
    assert "not json" in (tmp_path / "rejects.jsonl").read_text(encoding="utf-8")
    again = run("ingest", "news.jsonl", index=tmp_path / "i", cwd=tmp_path)
    assert again.stdout == "added 0, updated 0, unchanged 2, set aside 1 (rejects.jsonl)\n"
    failed = run("ingest", "news.jsonl", "--on-error", "fail", index=tmp_path / "j", cwd=tmp_path)
    assert failed.returncode == 4 and "--on-error skip" in failed.stderr
    dry = run("ingest", "news.jsonl", "--dry-run", index=tmp_path / "k", cwd=tmp_path)
    assert dry.stdout.startswith("would have: added 2") and not (tmp_path / "k").exists()
    piped = process("ingest", "-", index=tmp_path / "l", cwd=tmp_path, input='{"title": "一"}\n')
    assert piped.stdout == "added 1, updated 0, unchanged 0, set aside 0\n" and piped.returncode == 0


def test_pruning(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.jsonl").write_text(f'{{"id": "n{number}", "title": "第{number}条"}}\n', encoding="utf-8")
    index = tmp_path / "i"
    run("ingest", "news", index=index, cwd=tmp_path)
    (folder / "1.jsonl").unlink()
    dry = run("ingest", "news", "--prune", "--dry-run", index=index, cwd=tmp_path)
    gone = f"gone: {folder / '1.jsonl'}\nn1\nwould prune 1 record of 1 file\n"
    assert dry.stdout == f"would have: added 0, updated 0, unchanged 2, set aside 0\n{gone}"
    done = run("ingest", "news", "--prune", index=index, cwd=tmp_path)
    assert done.stdout == "added 0, updated 0, unchanged 2, set aside 0\npruned 1 record of 1 file\n"
    for number in (0, 2):
        (folder / f"{number}.jsonl").rename(tmp_path / f"{number}.jsonl")
    guarded = run("ingest", "news", "--prune", index=index, cwd=tmp_path)
    assert guarded.returncode == 2 and "nothing was deleted" in guarded.stderr and "--yes" in guarded.stderr
    assert "added 0" in guarded.stdout
    forced = run("ingest", "news", "--prune", "--yes", "--json", index=index, cwd=tmp_path)
    assert '"pruned": {"ids": ["n0", "n2"]' in forced.stdout
    for wrong in (["0.jsonl", "--prune"], ["news", "--yes"], ["-", "--watch"], ["news", "--watch", "--dry-run"]):
        assert run("ingest", *wrong, index=index, cwd=tmp_path).returncode == 2, wrong


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to another process")
def test_watching_ends_with_an_interrupt_and_keeps_what_was_read(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.jsonl").write_text('{"id": "a", "title": "一"}\n', encoding="utf-8")
    command = [sys.executable, "-m", "searchkit", "ingest", "news", "--watch", "--every", "0.1", "-i", "i"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=-1, stderr=-1, text=True) as watching:
        lines = iter(watching.stdout.readline, "")
        while not next(lines).startswith("added 1"):
            pass
        (folder / "b.jsonl").write_text('{"id": "b", "title": "二"}\n', encoding="utf-8")
        assert next(lines) == "added 1, updated 0, unchanged 0, set aside 0\n"
        watching.send_signal(signal.SIGINT)
        assert "interrupted; the archive has 2 articles" in watching.stderr.read()
    assert watching.returncode == 130


def test_small_files_read_by_several_processes_give_the_same(tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(70):
        (folder / f"{number}.jsonl").write_text(f'{{"id": "n{number}", "title": "第{number}条"}}\n', encoding="utf-8")
    done = run("ingest", "many", "--jobs", "2", index=tmp_path / "i", cwd=tmp_path)
    assert done.stdout == "added 70, updated 0, unchanged 0, set aside 0\n", done.stderr


def test_mapping_columns(tmp_path):
    (tmp_path / "t.csv").write_text("标题一,内容一\n江水,正文\n", encoding="utf-8")
    done = run("ingest", "t.csv", "--map", "title=标题一", "--map", "body=内容一", index=tmp_path / "i", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    wrong = run("ingest", "t.csv", "--map", "title=没有", index=tmp_path / "i", cwd=tmp_path)
    assert wrong.returncode == 2 and "标题一" in wrong.stderr
    malformed = run("ingest", "t.csv", "--map", "title", index=tmp_path / "i", cwd=tmp_path)
    assert malformed.returncode == 2 and "--map title=" in malformed.stderr


def test_an_export_read_back_is_the_same_archive(index, tmp_path):
    run("export", "-o", "all.jsonl", index=index, cwd=tmp_path)
    run("ingest", "all.jsonl", index=tmp_path / "copy", cwd=tmp_path)
    run("export", "-o", "again.jsonl", index=tmp_path / "copy", cwd=tmp_path)
    assert (tmp_path / "all.jsonl").read_bytes() == (tmp_path / "again.jsonl").read_bytes()
    assert not list(tmp_path.glob("*.partial"))


def test_every_command_has_help_with_examples(index, tmp_path):
    from searchkit.cli.app import NAMES

    for name in NAMES:
        done = run(name, "--help", index=index, cwd=tmp_path)
        assert done.returncode == 0 and f"searchkit {name}" in done.stdout, name


def test_the_demo_runs(index, tmp_path):
    done = run("demo", index=index, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("$ searchkit search") == 4 and "$ searchkit timeline" in done.stdout
    assert "added 24" in done.stdout


@pytest.mark.parametrize("name", ["replay", "replay-json"])
def test_a_record_is_replayed(name, tmp_path, golden):
    folder = tmp_path / "index"
    with searchkit.open(folder, create=True, today=lambda: TODAY) as made:
        made.upsert_all(NEWS)
        record = made.record("长江 OR 管制", since="2025").to_json()
        made.delete(ids=["bridge"])
        made.upsert(replace(NEWS[1], body="出口管制清單擴容。"))
    (tmp_path / "record.json").write_text(json.dumps(record), encoding="utf-8")
    options = ["--json"] if name == "replay-json" else []
    done = run("replay", "record.json", *options, index=folder, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    shown = re.sub(r'(from |"made": ")[-\d]+[T ][\d:]+', r"\1WHEN", done.stdout)
    golden(f"{name}.txt", f"$ searchkit replay record.json {' '.join(options)}\n{shown}{done.stderr}")
