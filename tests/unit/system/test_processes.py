"""Other Pythons that work for this one: whatever becomes of them, the work is done."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import searchkit
from searchkit import QueryTimeout
from searchkit.ingest.run import ingest
from searchkit.system import processes
from searchkit.system.processes import Worker, in_parallel

ROOT = Path(__file__).parents[3]


class There:
    """A task: an expression that is worth something in another process, and "here" in this one."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __reduce__(self):
        return functools.partial, (eval, self.code)

    def __call__(self, shared):
        return "here"


@pytest.fixture
def worker():
    made = Worker("a test's worker", {})
    yield made
    made.close()


@pytest.fixture
def ask(worker):
    def asked(code: str):
        worker.give(There(code))
        return worker.take()

    return asked


PID = "__import__('os').getpid()"


def test_outcomes_are_in_the_order_of_tasks_and_come_from_elsewhere():
    tasks = [There(f"({number}, {PID})") for number in range(7)]
    made = list(in_parallel(tasks, {}, 2))
    assert [number for number, _ in made] == list(range(7))
    assert len({pid for _, pid in made}) == 2 and os.getpid() not in {pid for _, pid in made}


def test_tasks_are_taken_no_further_ahead_than_there_are_processes():
    taken = []

    def tasks():
        for number in range(6):
            taken.append(number)
            yield There(str(number))

    outcomes = in_parallel(tasks(), {}, 2)
    assert next(outcomes) == 0 and taken == [0, 1, 2]
    outcomes.close()


def test_no_tasks_need_no_process(monkeypatch):
    monkeypatch.setattr(processes, "Child", None)
    assert list(in_parallel([], {}, 2)) == []


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        ("__import__('os')._exit(3)", "it ended with code 3"),
        ("__import__('os').kill(__import__('os').getpid(), 9)", "it was ended by signal 9"),
    ],
)
def test_a_lost_process_costs_time_only(worker, ask, caplog, ending, told):
    first = ask(PID)
    assert ask(ending) == "here"
    assert told in caplog.text and "a test's worker is lost" in caplog.text
    assert ask(PID) not in (first, "here"), "one that has done something is replaced"


def test_one_that_never_did_anything_is_not_started_again(worker, ask):
    assert ask("__import__('os')._exit(0)") == "here"
    assert ask(PID) == "here"
    assert worker.ready()


def test_a_process_that_cannot_be_started(monkeypatch, caplog):
    def none(*_):
        raise OSError("too many processes")

    monkeypatch.setattr(processes, "Child", none)
    assert list(in_parallel([There("1"), There("2"), There("3")], {}, 2)) == ["here"] * 3
    assert "cannot be started" in caplog.text and "too many processes" in caplog.text


@pytest.mark.parametrize("frozen", [True, False])
def test_a_program_that_is_no_python_is_not_started(monkeypatch, caplog, frozen):
    if frozen:
        monkeypatch.setattr(sys, "frozen", True, raising=False)
    else:
        monkeypatch.setattr(sys, "executable", None)
    monkeypatch.setattr(subprocess, "Popen", None)
    assert list(in_parallel([There("1")], {}, 2)) == ["here"]
    assert "cannot be started" in caplog.text


def test_what_cannot_be_sent_is_done_here(caplog):
    assert list(in_parallel([lambda shared: shared + 1], 1, 2)) == [2]
    shared = lambda: 5  # noqa: E731
    assert list(in_parallel([lambda shared: shared()], shared, 2)) == [5]
    assert caplog.text.count("is lost, its work is done here") == 2


def test_what_cannot_be_sent_back_is_done_here(ask):
    assert ask("lambda: 5") == "here"


def test_an_error_of_ours_arrives_whole(ask):
    with pytest.raises(QueryTimeout) as raised:
        ask("(_ for _ in ()).throw(__import__('searchkit').QueryTimeout(2.5))")
    assert (raised.value.seconds, raised.value.hint) == (2.5, QueryTimeout(2.5).hint)


def test_a_fault_is_logged_with_its_traceback_and_the_process_goes_on(ask, caplog):
    before = ask(PID)
    assert ask("1 / 0") == "here"
    assert "Traceback" in caplog.text and "ZeroDivisionError" in caplog.text
    assert ask(PID) == before


def test_a_class_that_is_not_known_there_is_told(caplog):
    class Unknown(There):
        def __reduce__(self):
            return Missing(), ()

    class Missing:
        def __reduce__(self):
            return "no_such_name"

    Missing.__module__ = "searchkit"
    assert list(in_parallel([Unknown("1")], {}, 1)) == ["here"]
    assert "done here" in caplog.text


def test_what_is_logged_there_is_logged_here(ask, caplog):
    logged = "__import__('searchkit.system.log', fromlist=['log']).logger('searchkit.far').{}"
    ask(logged.format("warning('told %s', 'from far')"))
    record = caplog.records[-1]
    assert (record.name, record.levelname, record.getMessage()) == ("searchkit.far", "WARNING", "told from far")
    ask(
        "exec('''try: 1/0\nexcept Exception: " + logged.format('exception("fault")').replace("'", '"') + "''', {}) or 1"
    )
    assert "ZeroDivisionError" in caplog.text and caplog.text.count("told from far") == 1


def test_what_a_library_prints_gets_not_between_the_answers(capfd):
    code = "print('noise', flush=True) or __import__('os').write(1, b'more noise') and 7"
    assert list(in_parallel([There(code)], {}, 1)) == [7]
    assert capfd.readouterr() == ("", "noise\nmore noise")


@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
def test_ctrl_c_is_the_parents(ask):
    assert ask("__import__('os').kill(__import__('os').getpid(), 2) or 7") == 7


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="signals as on Linux")
def test_ctrl_c_before_it_can_be_ignored_ends_no_child(capfd):
    child = processes.Child(processes.work)
    child.process.send_signal(2)
    child.stdin.close()
    assert child.process.wait(30) == 0
    assert capfd.readouterr().err == ""
    child.close()
    child.close()


def script(folder: Path, text: str) -> Path:
    path = folder / "program.py"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def run(*command: object, **options):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    return subprocess.run(
        [sys.executable, *map(str, command)], env=environment, capture_output=True, text=True, timeout=60, **options
    )


def test_children_end_with_their_parent(tmp_path):
    """They hold standard error: were one left, its end would be waited for in vain."""
    made = script(
        tmp_path,
        """
        import os, functools, operator
        from searchkit.system.processes import Worker
        busy, idle = Worker("busy", 1), Worker("idle", 2)
        idle.give(operator.neg)
        assert idle.take() == -2
        busy.give(operator.neg)
        os._exit(7)
        """,
    )
    done = run(made, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (7, "")


def test_a_program_without_a_guard_is_run_once(tmp_path):
    made = script(
        tmp_path,
        """
        import multiprocessing
        multiprocessing.set_start_method("spawn")
        open("runs", "a").write("x")
        import searchkit
        from searchkit.ingest.run import ingest
        with searchkit.open("index", create=True) as archive:
            print(ingest(archive, ["a.jsonl", "b.jsonl"], jobs=2).report.added)
        """,
    )
    for name in "ab":
        (tmp_path / f"{name}.jsonl").write_text(f'{{"title": "渡口{name}"}}', encoding="utf-8")
    done = run(made, cwd=tmp_path)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "2", "")
    assert (tmp_path / "runs").read_text() == "x"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's way to close a stream")
def test_closed_standard_streams(tmp_path):
    made = script(
        tmp_path,
        """
        import functools, os
        from searchkit.system.processes import in_parallel
        whose = functools.partial(eval, "print('noise', flush=True) or __import__('os').getpid()")
        elsewhere = [each != os.getpid() for each in in_parallel([whose] * 3, {}, 2)]
        open("done", "w").write(repr(elsewhere))
        """,
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "P": sys.executable, "M": str(made)}
    subprocess.run(["sh", "-c", '"$P" "$M" <&- >&- 2>&-'], env=env, cwd=tmp_path, timeout=60, check=True)
    assert (tmp_path / "done").read_text() == "[True, True, True]"


# -- nothing of the current folder is imported

NAMES = ("pickle", "json", "searchkit", "numpy", "lxml", "typing", "struct", "signal", "importlib", "site", "whoosh")


@pytest.fixture(params=["", ".", "inner", "full", "link"])
def hostile(request, tmp_path, monkeypatch):
    """The current folder, full of modules that tell when they are imported, and first on the search path."""
    folder = tmp_path / "hostile"
    (folder / "inner").mkdir(parents=True)
    for name in (*NAMES, "sitecustomize", "usercustomize"):
        for each in (folder, folder / "inner"):
            (each / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})")
    (tmp_path / "link").symlink_to(folder)
    entry = {"full": str(folder), "link": str(tmp_path / "link")}.get(request.param, request.param)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", ".", str(folder)]))
    monkeypatch.setattr(sys, "path", [entry, *sys.path])
    yield folder
    assert not (tmp_path / "ran").exists(), (tmp_path / "ran").read_text()


def test_workers_import_nothing_of_the_current_folder(hostile, ask):
    there = set(ask(f"[__import__(name).__file__ for name in {NAMES!r}] + __import__('sys').path"))
    assert not [path for path in there if path.startswith(str(hostile)) or path in ("", ".")]
    assert ask("__import__('searchkit').__file__") == searchkit.__file__
    assert ask("__import__('os').getcwd()") == str(hostile), "files are given by relative paths"


@pytest.mark.parametrize("hostile", ["full"], indirect=True)
def test_readers_import_nothing_of_the_current_folder(hostile, tmp_path):
    page = f"<html><head><title>渡口今日开航</title></head><body><h1>渡口今日开航</h1><p>{'渡船往来于两岸之间，乘客很多。' * 9}</p></body></html>"
    (hostile / "a.html").write_text(page, encoding="utf-8")
    (hostile / "b.jsonl").write_text('{"title": "台风登陆"}', encoding="utf-8")
    report = ingest(None, ["a.html", "b.jsonl"], jobs=2, dry_run=True)
    assert (report.report.added, list(report.report.rejected)) == (2, [])


def test_python_m_searchkit_imports_nothing_of_the_current_folder(tmp_path):
    """But for what Python itself imports before searchkit begins; `python -P` and `searchkit` have no such folder."""
    for name in ("typer", "zlib", "sqlite3", "hashlib", "json", "pickle", "numpy", "lxml", "whoosh"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})")
    done = subprocess.run(
        [sys.executable, "-m", "searchkit", "-i", "none", "stats"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path, timeout=60, capture_output=True, text=True,
    )  # fmt: skip
    assert not (tmp_path / "ran").exists(), (tmp_path / "ran").read_text()
    assert done.returncode == 3 and "no archive" in done.stderr


def test_searchkit_in_the_current_folder_is_used_by_its_own_program(monkeypatch):
    """A checkout, or a folder with all that a program needs: behind Python's own modules."""
    monkeypatch.chdir(ROOT)
    worker = Worker("a test's worker", {})
    worker.give(There("__import__('sys').path"))
    path = worker.take()
    worker.close()
    assert path[-1] == str(ROOT) and path.count(str(ROOT)) == 1


def test_the_searchkit_of_a_child_is_that_of_its_parent(tmp_path, monkeypatch):
    (tmp_path / "searchkit.py").write_text("raise RuntimeError('another installation')")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert list(in_parallel([There("__import__('searchkit').__file__")], {}, 1)) == [searchkit.__file__]


def test_settings_of_python_for_people_do_not_matter(tmp_path):
    made = script(
        tmp_path,
        """
        import operator, sys
        from searchkit.system.processes import in_parallel
        print(list(in_parallel([operator.neg], 4, 2)))
        sys.stdout.flush()
        import os; os._exit(0)
        """,
    )
    (tmp_path / "startup.py").write_text("print('startup')")
    env = {"PYTHONINSPECT": "1", "PYTHONSTARTUP": str(tmp_path / "startup.py"), "PYTHONWARNINGS": "error"}
    done = run(made, cwd=tmp_path, env=env)
    assert (done.stdout.strip(), done.stderr) == ("[-4]", "")
