"""Completion of option values, as bash, zsh and fish ask for it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import searchkit
from searchkit import Article
from searchkit.cli.run import run
from searchkit.cli.settings import configuration

ROOT = Path(__file__).parents[3]
SOURCES = [
    "滨江日报",
    "滨江晚报",
    "BBC News",
    "A&B",
    "it's $(touch ran)",
    '\\"`touch ran`',
    "two\nlines",
    "safe\u202eevil",
]


@pytest.fixture
def index(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEARCHKIT_INDEX", raising=False)
    configuration.cache_clear()
    with searchkit.open(tmp_path / "an index", create=True) as archive:
        archive.upsert_all(
            [
                Article(title=f"第{n}条", source=source, author="周岸", section="社会")
                for n, source in enumerate(SOURCES)
            ]
        )
    return tmp_path / "an index"


@pytest.fixture
def completed(monkeypatch, capfd):
    """The values that a shell is offered at the end of a command line, through its own protocol."""

    def ask(shell: str, line: str) -> list[str]:
        words = shlex.split(line)
        protocol = {
            "bash": {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - (not line.endswith(" ")))},
            "zsh": {"_TYPER_COMPLETE_ARGS": line},
            "fish": {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
        }[shell]
        capfd.readouterr()
        with monkeypatch.context() as here:
            for name, value in {"_SEARCHKIT_COMPLETE": f"complete_{shell}", **protocol}.items():
                here.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                run([])
        out, err = capfd.readouterr()
        assert (ended.value.code, err) == (0, "")
        if shell == "zsh":
            return re.findall(r'^"((?:[^"]|"")*)"', out.removeprefix("_arguments '*: :((").replace("\n", "\n"), re.M)
        return [each.partition("\t")[0] for each in out.splitlines() if each]

    return ask


SHELLS = ["bash", "zsh", "fish"]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("timeline --by ", ["day", "week", "month", "quarter", "year"]),
        ("facets --by s", ["source", "site", "section"]),
        ("facets 芯片 --by au", ["author"]),
        ("search --sort ", ["relevance", "newest", "oldest"]),
        ("search 芯片 --kind h", ["headline"]),
        ("ingest --format js", ["jsonl", "json"]),
        ("ingest --on-error ", ["skip", "fail"]),
        ("--color a", ["auto", "always"]),
        ("search --tz Asia/Taip", ["Asia/Taipei"]),
        ("search --source 滨", []),
        ("time", ["timeline"]),
        ("search --sor", ["--sort"]),
    ],
)
def test_choices(completed, tmp_path, monkeypatch, shell, line, values):
    monkeypatch.chdir(tmp_path)
    assert completed(shell, f"searchkit {line}") == values


@pytest.mark.parametrize("shell", SHELLS)
def test_sources_come_from_the_archive_that_is_named(completed, index, shell):
    quoted = shlex.quote(str(index))
    assert sorted(completed(shell, f"searchkit search -i {quoted} --source 滨")) == ["滨江日报", "滨江晚报"]
    assert sorted(completed(shell, f"searchkit -i {quoted} export --source 滨江日")) == ["滨江日报"]
    assert completed(shell, f"searchkit delete -i {quoted} --author ") == ["周岸"]
    assert completed(shell, f"searchkit delete -i {quoted} --section ") == ["社会"]


def test_sources_come_from_the_usual_archive(completed, index, monkeypatch):
    monkeypatch.setenv("SEARCHKIT_INDEX", str(index))
    assert completed("fish", "searchkit facets --source BB") == ["BBC News"]
    monkeypatch.delenv("SEARCHKIT_INDEX")
    Path("searchkit.toml").write_text('index = "an index"', encoding="utf-8")
    configuration.cache_clear()
    assert completed("fish", "searchkit facets --source BB") == ["BBC News"]
    configuration.cache_clear()


def test_bash_gets_values_as_they_are_typed(completed, index):
    named = f"searchkit search -i {shlex.quote(str(index))}"
    assert completed("bash", f"{named} --source BB") == ["BBC\\ News"]
    assert completed("bash", f"{named} --source BBC\\ N") == ["BBC\\ News"]
    assert completed("bash", f"{named} --source A") == ["A\\&B"]


@pytest.mark.parametrize("shell", SHELLS)
def test_what_a_shell_would_run_is_not_offered(completed, index, shell):
    found = completed(shell, f"searchkit search -i {shlex.quote(str(index))} --source ")
    assert sorted(each.replace("\\", "") for each in found) == ["A&B", "BBC News", "滨江日报", "滨江晚报"]


@pytest.mark.parametrize("trouble", ["none", "damaged", "no folder", "toml"])
def test_without_an_archive_there_is_nothing_and_no_error(completed, index, trouble):
    named = "'an index'" if trouble == "damaged" else "nowhere"
    if trouble == "damaged":
        (index / "archive.db").write_bytes(b"no database" * 500)
    if trouble == "no folder":
        Path("nowhere").write_text("a file")
    if trouble == "toml":
        Path("searchkit.toml").write_text("index = [", encoding="utf-8")
    assert completed("bash", f"searchkit search -i {named} --source ") == []
    assert completed("bash", "searchkit search --source ") == []


def test_an_archive_is_not_written_to(completed, index):
    with searchkit.open(index) as archive:
        archive.upsert_all([Article(title="新", source="新社")], index=False)
    before = {path: path.stat().st_mtime_ns for path in index.rglob("*.json")}
    completed("bash", "searchkit search -i 'an index' --source ")
    assert {path: path.stat().st_mtime_ns for path in index.rglob("*.json")} == before


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_each_shell_is_shown(shell):
    env = {**os.environ, "PYTHONPATH": str(ROOT), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "searchkit", "--show-completion", shell], env=env, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"_SEARCHKIT_COMPLETE=complete_{shell}" in done.stdout


def test_a_real_bash_completes(index, tmp_path):
    """The script that `--show-completion` prints, in a bash, over the program itself."""
    program = tmp_path / "bin" / "searchkit"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m searchkit "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    script = """
eval "$(_SEARCHKIT_COMPLETE=source_bash searchkit)"
COMP_WORDS=(searchkit search -i 'an\\ index' --source 滨江晚); COMP_CWORD=5
_searchkit_completion searchkit
printf '%s\\n' "${COMPREPLY[@]}"
"""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{program.parent}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], env=env, cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("滨江晚报\n", "")
