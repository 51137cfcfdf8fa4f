"""How commands end: exit codes, stopped readers, full disks, Ctrl-C, and what an error may print."""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
import typer

import searchkit
from searchkit import Article
from searchkit.cli.demo import demo
from searchkit.cli.run import run
from searchkit.cli.settings import Settings, configuration
from tests.conftest import NEWS, TODAY

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    path = tmp_path_factory.mktemp("ending") / "index"
    with searchkit.open(path, create=True, today=lambda: TODAY) as made:
        made.upsert_all([*NEWS, *(Article(id=f"long{i}", title=f"第{i}条", body="江" * 400) for i in range(400))])
    return path


@pytest.fixture
def cli(index, tmp_path, monkeypatch):
    """Run a command in this process; (exit code, standard output, standard error)."""
    monkeypatch.setenv("SEARCHKIT_INDEX", str(index))
    monkeypatch.setenv("SEARCHKIT_TODAY", TODAY.isoformat())
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        with monkeypatch.context() as here:
            here.setattr(sys, "stdout", out)
            here.setattr(sys, "stderr", err)
            code = run(list(arguments))
            return code, *(each.buffer.getvalue().decode() for each in (_flushed(out), _flushed(err)))

    return call


def _flushed(stream):
    stream.flush()
    return stream


def shell(script, index):
    """A script for bash in which $S is searchkit."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "SEARCHKIT_INDEX": str(index), "S": f"{sys.executable} -m searchkit"}
    return subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    "command", ["export", "search 第 -n 400", pytest.param("search 第 --ids", marks=pytest.mark.torture)]
)
def test_a_reader_that_stops_is_no_error(command, index):
    done = shell(f"set -o pipefail; $S {command} -q | head -n 1", index)
    assert (done.returncode, done.stderr) == (0, ""), "not 1: that says nothing was found"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("command", ["export", "stats --json"])
def test_a_full_disk_is_told(command, index):
    done = shell(f"$S {command} > /dev/full", index)
    assert done.returncode == 2
    assert "cannot write the output" in done.stderr and "unexpected" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_closed_streams_change_no_exit_code(index):
    assert shell("$S search 长江 >&-", index).returncode == 0
    assert shell("$S search 长江 2>&- >/dev/null", index).returncode == 0
    assert shell("$S search 大熊猫 >&- 2>&-", index).returncode == 1


def test_closed_standard_streams_are_no_reason_to_fail(index, tmp_path):
    closed = "<&- >&- 2>&-"
    (tmp_path / "a.jsonl").write_text('{"title": "渡口"}', encoding="utf-8")
    new = f"-i {tmp_path}/new"
    assert shell(f"$S ingest - {new} {closed}", index).returncode == 2
    assert not (tmp_path / "new").exists(), "told before an archive is made"
    assert shell(f"$S ingest {tmp_path}/a.jsonl {new} {closed}", index).returncode == 0
    assert shell(f"$S delete 渡口 {new} {closed}", index).returncode == 2
    with searchkit.open(tmp_path / "new") as archive:
        assert len(archive) == 1 and archive.verify().ok


def test_a_closed_standard_input_is_told(index):
    done = shell("$S ingest - <&-", index)
    assert "standard input is closed" in done.stderr and "unexpected" not in done.stderr


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (0, ["search", "长江"]), (1, ["search", "大熊猫"]), (1, ["search", "大熊猫", "--count"]), (1, ["timeline", "大熊猫"]),
        (1, ["facets", "大熊猫"]), (1, ["export", "大熊猫"]), (1, ["delete", "大熊猫", "--yes"]), (1, ["show", "zzz"]),
        (2, ["show", "long"]), (2, ["search", "title:("]), (3, ["search", "x", "-i", "nowhere"]),
        (3, ["analyze", "x", "-i", "nowhere"]), (2, ["demo", "-i", "mine"]),
        *((75, [command, "江", "--timeout", "1e-9"]) for command in ("search", "timeline", "facets")),
    ],
)  # fmt: skip
def test_exit_codes(cli, code, arguments):
    assert cli(*arguments)[0] == code
    as_json = (
        cli(*arguments, "--json") if arguments[0] not in ("export", "demo") and "--count" not in arguments else None
    )
    if as_json is not None:
        assert as_json[0] == code
        json.loads(as_json[1])  # one document, whatever happened


@pytest.mark.parametrize("command", ["search", "timeline", "facets", "delete"])
def test_every_command_that_asks_says_why_nothing_matches(cli, command):
    _, out, err = cli(command, "长江大桥 大熊猫", *(["--yes"] if command == "delete" else []))
    assert "大熊猫    alone 0" in err and "try: searchkit search" in err
    if command != "search":  # search shows near matches
        assert out == ""
    assert "alone" not in cli(command, "长江大桥 大熊猫", "-q", *(["--yes"] if command == "delete" else []))[2]


def test_an_empty_archive_says_so(cli, tmp_path):
    searchkit.open(tmp_path / "new", create=True).close()
    assert "the archive is empty: searchkit ingest" in cli("search", "长江", "-i", "new")[2]


def test_an_error_that_should_not_happen(cli, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("a title: \x1b[2J\u202e")

    monkeypatch.setattr("searchkit.opening.open_at", broken)
    code, out, err = cli("stats")
    assert (code, out) == (70, "") and "Traceback" not in err and "-v" in err
    code, out, err = cli("stats", "--json")
    assert code == json.loads(out)["error"]["exit_code"] == 70 and err == ""
    for flag in ("-v", "-qv", "--verbose"):
        err = cli("stats", flag)[2]
        assert "Traceback" in err
        assert "\x1b" not in err and "\u202e" not in err


def test_what_was_got_over_is_shown_on_request(cli, tmp_path, monkeypatch):
    def broken(*_):
        raise RuntimeError("a title: \x1b[2J\u202e")

    monkeypatch.setattr("searchkit.sources.readers.jsonl.read_jsonl", broken)
    (tmp_path / "a.jsonl").write_text('{"title": "渡口"}', encoding="utf-8")
    code, _, err = cli("ingest", "a.jsonl", "--dry-run", "-q")
    assert (code, err) == (4, "")
    code, _, err = cli("ingest", "a.jsonl", "--dry-run", "-qv")
    assert code == 4 and "ERROR: the reader of 'a.jsonl' failed" in err
    assert "Traceback" in err and "RuntimeError" in err and "\x1b" not in err and "\u202e" not in err
    assert not [each for each in logging.getLogger("searchkit").handlers if type(each) is not logging.NullHandler]


def at_a_terminal(index, *arguments, send):
    """A command on a terminal of its own; `send` is typed when it asks. (exit code, everything shown)"""
    pid, terminal = pty.fork()
    if not pid:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "SEARCHKIT_INDEX": str(index), "TERM": "xterm", "NO_COLOR": "1"}
        os.execve(sys.executable, [sys.executable, "-m", "searchkit", *arguments], env)
    shown, sent, until = b"", False, time.monotonic() + 120
    try:
        while time.monotonic() < until:
            if not select.select([terminal], [], [], 2)[0]:
                if (
                    sent
                ):  # as a person would: a Ctrl-C between the question and the wait for its answer is lost in Python
                    os.write(terminal, send)
                continue
            if not (read := os.read(terminal, 4096)):
                break
            shown += read
            if not sent and b"[y/N]" in shown:
                os.write(terminal, send)
                sent = True
    except OSError:
        pass  # the other end is closed
    finally:
        os.close(terminal)
        if time.monotonic() >= until:
            os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert sent, shown.decode()
    return code, shown.decode()


@pytest.mark.parametrize(("send", "code", "said"), [(b"n\n", 1, "nothing deleted"), (b"\x03", 130, "interrupted")])
def test_a_delete_that_is_not_confirmed_deletes_nothing(index, send, code, said):
    done, shown = at_a_terminal(index, "delete", "长江", send=send)
    assert done == code and said in shown and "Traceback" not in shown
    with searchkit.open(index) as archive:
        assert "bridge" in archive


def acknowledged(record: Path) -> int:
    """How many articles another process has put into a record by now."""
    try:
        with closing(sqlite3.connect(f"{record.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT count(*) FROM articles").fetchone()[0]
    except sqlite3.Error:  # not made yet
        return 0


def test_ctrl_c_during_ingest(tmp_path):
    source = subprocess.Popen(
        [sys.executable, "-m", "searchkit", "ingest", "-", "--index", str(tmp_path / "i")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert source.stdin is not None
    for number in range(8000):  # it looks at the first 256 KiB before it takes anything
        source.stdin.write(f'{{"id": "n{number}", "title": "第{number}条"}}\n')
    source.stdin.flush()
    while source.poll() is None and acknowledged(tmp_path / "i" / "archive.db") < 1000:
        time.sleep(0.02)
    source.send_signal(signal.SIGINT)
    _, err = source.communicate(timeout=30)
    assert source.returncode == 130 and "Traceback" not in err
    assert acknowledged(tmp_path / "i" / "archive.db") >= 1000
    assert "run the same again" in err


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_a_killed_restore_leaves_nothing_or_nothing_that_is_in_the_way(index, tmp_path, name):
    killed = (
        "import os, signal\nfrom searchkit.storage.sqlite.record import SqliteRecord\nfrom searchkit.cli.run import main\n"
        f"SqliteRecord.verify = lambda self: os.kill(os.getpid(), signal.{name})\nmain()"
    )
    command = ["restore", str(index), "--index", str(tmp_path / "restored")]
    done = subprocess.run([sys.executable, "-c", killed, *command], cwd=ROOT, timeout=60)
    assert done.returncode == (143 if name == "SIGTERM" else -9)
    assert not (tmp_path / "restored").exists()
    assert name == "SIGKILL" or not list(tmp_path.iterdir())
    assert searchkit.restore(index, tmp_path / "restored") == 404
    assert [each.name for each in tmp_path.iterdir()] == ["restored"]


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (MemoryError(), 3, "not enough memory"),
        (OSError(12, "Cannot allocate memory"), 3, "not enough memory"),
        (ImportError("x.so: failed to map segment from shared object"), 3, "not enough memory"),
        (RuntimeError("can't start new thread"), 3, "not enough memory"),
        (OSError(36, "File name too long", "a" * 9), 2, "File name too long: aaa"),
        (RuntimeError("something else"), 70, "unexpected RuntimeError"),
    ],
)
def test_what_the_system_refuses_is_no_fault_of_ours(cli, monkeypatch, error, code, says):
    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(searchkit.Archive, "stats", refuse)
    exit_code, _, told = cli("stats")
    assert exit_code == code and says in told


def test_no_path_no_configuration_and_no_cursor_is_an_unexpected_error(cli, index, tmp_path, monkeypatch):
    long = "a" * 5000
    for arguments in (
        ("--index", long, "stats"), ("--index", long, "ingest", "x"), ("ingest", long), ("restore", long),
        ("export", "-o", long), ("backup", long), ("search", "x", "--after", long), ("--dict", long, "search", "x"),
    ):  # fmt: skip
        assert cli(*arguments)[0] in (2, 3), arguments
    deep = base64.urlsafe_b64encode(b"[" * 12_000).decode().rstrip("=")
    for forged in ('["relevance", Infinity, "-6.3", "n1", 1]', '["relevance", 0, "nan", "n1", 1]', "{}", "[1]"):
        given = base64.urlsafe_b64encode(forged.encode()).decode().rstrip("=")
        assert cli("search", "x", "--after", given)[0] == 2
    assert cli("search", "x", "--after", deep)[0] == 2
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    monkeypatch.delenv("SEARCHKIT_INDEX")
    for text in ("index = " + "[" * 5000, "a." * 5000 + "b = 1", "index = " + "'x'" * 50_000):
        (tmp_path / "gone" / "searchkit.toml").write_text(text)
        configuration.cache_clear()
        assert cli("stats")[0] == 2
    (tmp_path / "gone" / "searchkit.toml").unlink()
    (tmp_path / "gone").rmdir()
    configuration.cache_clear()
    assert cli("--index", str(index), "stats")[0] == 0
    assert cli("--index", "here", "ingest", "x")[0] in (2, 3)
    configuration.cache_clear()


def test_the_demo_ends_with_the_code_of_the_step_that_failed(monkeypatch, tmp_path):
    steps = []

    def failing(arguments):
        steps.append(arguments)
        return 3

    monkeypatch.setattr("searchkit.cli.run.run", failing)
    with pytest.raises(typer.Exit) as ended:
        demo(Settings(), keep=tmp_path / "kept")
    assert (ended.value.exit_code, len(steps)) == (3, 1)
