"""Long answers on a terminal go through a pager, as git's do."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from pathlib import Path

import pytest

import searchkit
from searchkit import Article
from searchkit.cli import output, pager
from searchkit.cli.settings import Settings

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs of POSIX")


@pytest.mark.parametrize(
    ("environment", "command"),
    [
        ({}, "less"), ({"PAGER": "more"}, "more"), ({"PAGER": "more", "SEARCHKIT_PAGER": "less -S"}, "less -S"),
        ({"PAGER": "cat"}, ""), ({"PAGER": " "}, ""), ({"PAGER": "more", "SEARCHKIT_PAGER": ""}, ""),
        ({"TERM": "dumb"}, ""), ({"TERM": "xterm"}, "less"),
    ],
)  # fmt: skip
def test_which_pager(environment, command):
    assert pager.command(environment) == command


@pytest.fixture
def shown(monkeypatch, capfd):
    """Present lines on a terminal of ten rows and forty columns, with PAGER set; everything that is shown."""
    monkeypatch.setattr(output, "is_terminal", lambda stream: True)
    for name, value in {"LINES": "10", "COLUMNS": "40", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    for name in ("SEARCHKIT_PAGER", "LESS", "LESSCHARSET"):
        monkeypatch.delenv(name, raising=False)

    def present(command, lines, **settings):
        monkeypatch.setenv("PAGER", command)
        output.present(Settings(**settings), lines)
        sys.stdout.flush()
        return capfd.readouterr()

    return present


def test_only_what_is_higher_than_the_screen_is_paged(shown):
    mark = "sed s/^/paged:/"
    low, high = ["江"] * 9, ["江"] * 10
    assert shown(mark, low).out == "江\n" * 9
    assert shown(mark, high).out == "paged:江\n" * 10
    assert shown(mark, ["江" * 21] * 5).out.count("paged:") == 5, "each takes two rows"
    assert shown(mark, ["\x1b[1;31m" + "江" * 20 + "\x1b[0m"] * 5).out.count("paged:") == 0, "colours take no room"
    assert shown(mark, high, no_pager=True).out == "江\n" * 10


def test_nothing_is_paged_into_a_pipe(shown, monkeypatch):
    monkeypatch.setattr(output, "is_terminal", lambda stream: False)
    assert shown("sed s/^/paged:/", ["江"] * 99).out == "江\n" * 99


@pytest.mark.parametrize("command", ["no-such-pager", "no-such-pager -R", "no-such-pager $OPTIONS", "cat", ""])
def test_without_a_pager_the_lines_are_printed(shown, command):
    assert shown(command, ["江"] * 20).out == "江\n" * 20


def test_less_gets_the_options_that_git_gives_it(shown, monkeypatch):
    told = shown("env", [""] * 20).out.splitlines()
    assert "LESS=FRX" in told and "LESSCHARSET=utf-8" in told
    monkeypatch.setenv("LESS", "S")
    assert "LESS=S" in shown("env", [""] * 20).out.splitlines()


def test_a_pager_that_is_closed_early_is_no_error(shown):
    # More than a pipe holds.
    assert shown("head -n 1", ["江" * 1000] * 200) == ("江" * 1000 + "\n", "")
    assert shown("true", ["江" * 1000] * 200) == ("", "")


def test_an_interrupt_is_for_the_pager(shown):
    before = signal.getsignal(signal.SIGINT)
    try:
        assert shown("kill -INT $PPID; cat; echo end", ["江"] * 20).out == "江\n" * 20 + "end\n"
    except KeyboardInterrupt:
        pytest.fail("the interrupt came through")
    assert signal.getsignal(signal.SIGINT) is before
    assert shown("kill -INT $$; echo still", ["江"] * 20).out == "", "the pager itself is not deaf"


def test_an_end_from_outside_ends_the_pager_too(shown, capfd):
    def ended(number, frame):
        raise SystemExit(143)

    before = signal.signal(signal.SIGTERM, ended)
    try:
        with pytest.raises(SystemExit):
            shown("read line; kill -TERM $PPID; sleep 3; echo late", ["江"] * 20)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert "late" not in capfd.readouterr().out


# -- the whole command


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    path = tmp_path_factory.mktemp("pager") / "index"
    with searchkit.open(path, create=True) as made:
        text = "记者从防汛部门获悉，渡口的堤防经过五天的巡查与加固，已全部转入日常值守。" * 9
        made.upsert_all(
            Article(id=f"n{i:02}", title=f"第{i}号渡口" * 9, body=text, source="滨江日报") for i in range(25)
        )
    return path


def on_a_terminal(index, *arguments, **environment):
    """A command on a terminal of 80 columns and 24 rows: (exit code, everything shown)."""
    pid, terminal = pty.fork()
    if not pid:
        plain = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
        given = {"PYTHONPATH": str(ROOT), "SEARCHKIT_INDEX": str(index), "TERM": "xterm", "NO_COLOR": "1"}
        os.execve(sys.executable, [sys.executable, "-m", "searchkit", *arguments], {**plain, **given, **environment})
    shown, until = b"", time.monotonic() + 120
    try:
        while time.monotonic() < until:
            if select.select([terminal], [], [], 1)[0]:
                if not (read := os.read(terminal, 65536)):
                    break
                shown += read
    except OSError:
        pass  # the other end is closed
    finally:
        os.close(terminal)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code, shown.decode().replace("\r\n", "\n")


def test_a_search_is_paged_and_the_summary_comes_behind_it(index):
    code, shown = on_a_terminal(index, "search", "渡口", SEARCHKIT_PAGER="sed s/^/paged:/")
    paged, _, summary = shown.rpartition("paged:\n")
    assert code == 0 and paged.count("paged:") == 40
    assert summary.splitlines()[0].startswith("25 articles, 10 shown")
    assert summary.splitlines()[-1] == "next page: --page 2"
    assert shown.count("\n") <= 48, "two screens"


def test_quitting_the_pager_ends_with_0(index):
    code, shown = on_a_terminal(index, "show", "n01", SEARCHKIT_PAGER="true", LINES="5")
    assert (code, shown) == (0, "")


def test_data_is_not_paged(index):
    shown = on_a_terminal(index, "search", "渡口", "--ids", SEARCHKIT_PAGER="sed s/^/paged:/")[1]
    assert shown.split() == [f"n{number:02}" for number in range(25)]
