"""Threads, processes and the end of a store: who sees what, who waits for whom, and what is left open."""

from __future__ import annotations

import os
import select
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from searchkit.errors import ArchiveClosed, ArchiveError, Locked
from searchkit.model.article import Article
from searchkit.storage.record import Run
from searchkit.storage.sqlite import connections, record_file
from searchkit.storage.sqlite.record import SqliteRecord

FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
DESCRIPTORS = Path("/proc/self/fd")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteRecord]:
    made = SqliteRecord.create(tmp_path / "archive.db", {"timezone": "Asia/Shanghai"})
    made.put(Article(id="ferry", title="渡口停航"))
    yield made
    made.close()


def in_thread(work: Callable[[], object]) -> Any:
    """Do `work` in another thread; return what it returned or raised."""
    found: list[object] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert found, "it hangs"
    return found[0]


def in_child(work: Callable[[], bool]) -> bool:
    """Do `work` in a forked child; return whether it returned true. False if it hangs for 20 s."""
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(theirs, b"1" if work() else b"0")
        finally:
            os._exit(0)
    os.close(theirs)
    ready, _, _ = select.select([ours], [], [], 20)
    told = os.read(ours, 1) if ready else b""
    os.close(ours)
    if not told:
        os.kill(child, 9)
    os.waitpid(child, 0)
    return told == b"1"


def open_files(store: SqliteRecord) -> list[str]:
    """Return the paths of the record's files that are open, each as often as it is."""
    found = []
    for each in DESCRIPTORS.iterdir():
        with suppress(FileNotFoundError):
            found.append(str(each.readlink()))
    return sorted(path for path in found if path.startswith(str(store.path)))


def held_read(store: SqliteRecord) -> tuple[threading.Thread, threading.Event, list[object]]:
    """Begin a read in another thread that ends at the event; and what became of it."""
    reading, go_on, outcome = threading.Event(), threading.Event(), []

    def work(connection: Any) -> int:
        reading.set()
        go_on.wait()
        return int(connection.execute("SELECT count(*) FROM articles").fetchone()[0])

    def run() -> None:
        try:
            outcome.append(store._connections.read(work))
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    reading.wait()
    return thread, go_on, outcome


# -- who sees what


def test_no_other_thread_sees_what_is_rolled_back(store):
    with pytest.raises(KeyError), store.transaction():
        store.put(Article(id="bridge", title="大桥封闭"))
        assert store.has("bridge") and store.last_seq() == 2
        assert in_thread(lambda: (store.has("bridge"), len(store), store.ids())) == (False, 1, ["ferry"])
        raise KeyError
    assert not store.has("bridge") and store.last_seq() == 1


def test_other_threads_see_what_is_committed(store):
    with store.transaction():
        store.put(Article(id="bridge", title="大桥封闭"))
    assert in_thread(store.ids) == ["bridge", "ferry"]


def test_a_transaction_inside_another_is_a_part_of_it(store):
    with pytest.raises(KeyError), store.transaction():
        with store.transaction():
            store.put(Article(id="bridge", title="大桥封闭"))
        raise KeyError
    assert store.ids() == ["ferry"]


@pytest.mark.parametrize("write", [
    lambda store: store.put(Article(id="ferry", title="渡口复航")),
    lambda store: store.delete("ferry"),
    lambda store: store.execute_many("INSERT INTO families VALUES (?, ?)", [("a", "b"), ("c", "d")]),
])  # fmt: skip
def test_a_change_of_several_rows_is_made_as_a_whole(store, monkeypatch, write):
    state = "SELECT * FROM articles", "SELECT * FROM revisions", "SELECT * FROM deletions", "SELECT * FROM families"
    before = [store.select(sql) for sql in state]
    seen = []

    def look(*given: object) -> Any:
        seen.append(in_thread(lambda: [_plain(store, sql) for sql in state]))
        return real(*given)

    real = store._connections._attempt
    with monkeypatch.context() as here:
        here.setattr(store._connections, "_attempt", look)
        write(store)
    assert seen and all(each == before for each in seen)


def _plain(store: SqliteRecord, sql: str) -> list[Any]:
    with closing(sqlite3.connect(store.path)) as connection:
        return connection.execute(sql).fetchall()


def test_many_changes_are_made_as_a_whole_or_not_at_all(store, monkeypatch):
    monkeypatch.setattr("searchkit.storage.sqlite.tables.TOGETHER", 2)

    def rows() -> Iterator[tuple[str, str]]:
        yield from ((f"id{number}", "family") for number in range(5))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.execute_many("INSERT INTO families VALUES (?, ?)", rows())
    assert store.select("SELECT * FROM families") == []


def test_readers_do_not_wait_for_one_another_nor_for_the_writer(store):
    thread, go_on, outcome = held_read(store)
    with store.transaction():
        store.put(Article(id="bridge", title="大桥封闭"))
        assert in_thread(lambda: len(store)) == 1
    assert in_thread(lambda: len(store)) == 2
    go_on.set()
    thread.join()
    assert outcome == [2]


def test_a_second_writer_waits_and_is_then_refused(store, monkeypatch):
    monkeypatch.setattr(connections, "PATIENCE", 0.05)
    with store.transaction():
        assert isinstance(in_thread(lambda: store.put(Article(id="bridge", title="大桥"))), Locked)
    assert in_thread(lambda: store.put(Article(id="bridge", title="大桥"))) == "added"


def test_writers_take_turns(store):
    inside, order = threading.Event(), []

    def second() -> None:
        inside.wait()
        store.put(Article(id="b", title="二"))
        order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with store.transaction():
        inside.set()
        store.put(Article(id="a", title="一"))
        order.append("first")
    thread.join()
    assert order == ["first", "second"] and [each.seq for each in store.changes(1, 9)] == [2, 3]


def test_an_interruption_inside_leaves_no_transaction(store):
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt), store.transaction():
            store.put(Article(id="bridge", title="大桥"))
            raise KeyboardInterrupt
    assert store.put(Article(id="bridge", title="大桥")) == "added"


# -- what is open


@pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="counts descriptors")
def test_one_connection_reads_and_another_writes(tmp_path):
    SqliteRecord.create(tmp_path / "archive.db", {}).close()
    store = SqliteRecord(tmp_path / "archive.db")
    store.setting("timezone")
    store.get("ferry")
    assert open_files(store).count(str(store.path)) == 1
    store.put(Article(id="ferry", title="渡口"))
    assert open_files(store).count(str(store.path)) == 2
    store.close()
    assert not open_files(store)
    assert [each.name for each in tmp_path.iterdir()] == ["archive.db"]


@pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="counts descriptors")
def test_threads_that_ended_leave_no_connections(store):
    len(store)
    before = open_files(store)
    for _ in range(2_000):
        thread = threading.Thread(target=store.has, args=("ferry",))
        thread.start()
        thread.join()
    assert open_files(store) == before


def test_of_many_readers_at_once_only_some_connections_are_kept(store, monkeypatch):
    monkeypatch.setattr(connections, "_KEPT", 3)
    begun = [held_read(store) for _ in range(8)]
    for thread, go_on, outcome in begun:
        go_on.set()
        thread.join()
        assert outcome == [1]
    assert len(store._connections._idle) == 3


def test_an_iterator_left_half_way_holds_nothing(store):
    for each in store.articles():
        assert each.id == "ferry"
        break
    assert store._connections._reading == set()


def test_strangers_schemas_and_pages_are_not_trusted_and_others_are_waited_for(store):
    def settings(connection: Any) -> tuple[object, ...]:
        names = ("trusted_schema", "cell_size_check", "synchronous", "busy_timeout")
        return tuple(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names)

    expected = (0, 1, 2, record_file.PATIENCE * 1000)
    assert store._connections.read(settings) == expected
    assert store._connections.write(settings) == expected


def test_a_commit_is_forced_to_disk_as_it_is_set(store, monkeypatch):
    monkeypatch.setattr(record_file, "SYNCHRONOUS", "OFF")
    sql = "PRAGMA synchronous"
    with closing(SqliteRecord(store.path)) as other:
        assert other._connections.write(lambda connection: connection.execute(sql).fetchone()) == (0,)


def test_what_reads_cannot_write(store):
    with pytest.raises(ArchiveError, match="cannot write"):
        store._connections.read(lambda connection: connection.execute("DELETE FROM articles"))
    assert len(store) == 1


# -- close


METHODS: dict[str, Callable[[SqliteRecord], object]] = {
    "put": lambda store: store.put(Article(id="a", title="一")),
    "compare": lambda store: store.compare(Article(id="a", title="一")),
    "delete": lambda store: store.delete("ferry"),
    "retire": lambda store: store.retire("ferry"),
    "left": lambda store: store.left(),
    "retired": lambda store: store.retired(["ferry"]),
    "put_back": lambda store: store.put_back("ferry"),
    "bury": lambda store: store.bury({}),
    "lacking": lambda store: store.lacking(["ferry"]),
    "get": lambda store: store.get("ferry"),
    "get_many": lambda store: store.get_many(["ferry"]),
    "has": lambda store: store.has("ferry"),
    "ids_starting": lambda store: store.ids_starting("f"),
    "children": lambda store: store.children("ferry"),
    "revisions": lambda store: store.revisions("ferry"),
    "histories": lambda store: store.histories(["ferry"]),
    "take_over": lambda store: store.take_over("ferry", ()),
    "recorded": lambda store: store.recorded("x"),
    "articles": lambda store: store.articles(),
    "outlines": lambda store: store.outlines(),
    "ids": lambda store: store.ids(),
    "sequence_numbers": lambda store: store.sequence_numbers(),
    "deleted_since": lambda store: store.deleted_since(0),
    "remove_setting": lambda store: store.remove_setting("x"),
    "changes": lambda store: store.changes(0, 1),
    "pending": lambda store: store.pending(0),
    "last_seq": lambda store: store.last_seq(),
    "last_given": lambda store: store.last_given(),
    "stamp": lambda store: store.stamp(),
    "lineage": lambda store: store.lineage(),
    "has_been": lambda store: store.has_been(1, ""),
    "__len__": len,
    "kinds": lambda store: store.kinds(),
    "counts": lambda store: store.counts(),
    "log_run": lambda store: store.log_run([], 0, 0, 0, 0),
    "add_run": lambda store: store.add_run(Run(datetime.now(timezone.utc), (), 0, 0, 0, 0)),
    "setting": lambda store: store.setting("timezone"),
    "settings_of": lambda store: store.settings_of(["timezone"]),
    "set_setting": lambda store: store.set_setting("timezone", "Asia/Taipei"),
    "verify": lambda store: store.verify(),
    "repair": lambda store: store.repair(),
    "copy_to": lambda store: store.copy_to(store.path.with_name("copy.db")),
    "size": lambda store: store.size(),
    "select": lambda store: store.select("SELECT 1"),
    "execute": lambda store: store.execute("DELETE FROM families"),
    "execute_many": lambda store: store.execute_many("DELETE FROM families WHERE id = ?", [("a",)]),
    "transaction": lambda store: store.transaction().__enter__(),
    "read": lambda store: store.read(lambda connection: None),
    "require_open": lambda store: store.require_open(),
    "select_each": lambda store: store.select_each("SELECT {}", [1]),
    "changed_since": lambda store: store.changed_since(0),
    "latest": lambda store: store.latest(["ferry"], 1),
    "forget_lineage": lambda store: store.forget_lineage("1 x", 0),
    "runs": lambda store: store.runs(),
    "origins": lambda store: store.origins.files("ferry"),
    "sketches": lambda store: store.sketches.count(),
    "saved": lambda store: store.saved.names(),
}
OTHERS = {"close", "create", "path", "where", "time", "atomic", "look_ahead"}
"""What is no question to the record."""


def test_after_close_every_method_says_so(store):
    names = {name for name in dir(store) if not name.startswith("_")}
    assert names | {"__len__"} == METHODS.keys() | OTHERS
    store.close()
    store.close()
    for name, method in METHODS.items():
        with pytest.raises(ArchiveClosed, match=f"the archive {store.path.parent} is closed"):
            method(store)
            pytest.fail(name)


@pytest.mark.parametrize("begun", [SqliteRecord.articles, SqliteRecord.outlines])
def test_an_iterator_that_goes_on_after_close_says_so(store, begun):
    store.put(Article(id="bridge", title="大桥"))
    rest = begun(store)
    next(rest)
    store.close()
    with pytest.raises(ArchiveClosed):
        next(rest)


def test_close_interrupts_a_long_read(store):
    reading = threading.Event()
    outcome = []

    def endless(connection: Any) -> object:
        reading.set()
        sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        return connection.execute(sql).fetchone()

    def run() -> None:
        try:
            store._connections.read(endless)
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    reading.wait()
    store.close()
    thread.join(20)
    assert not thread.is_alive() and isinstance(outcome[0], ArchiveClosed)


def test_close_does_not_close_under_a_thread_that_reads(store, monkeypatch):
    monkeypatch.setattr(connections, "_CLOSE_WAIT", 0.02)
    thread, go_on, outcome = held_read(store)
    store.close()
    go_on.set()
    thread.join()
    assert outcome == [1] or isinstance(outcome[0], ArchiveClosed)
    assert not store._connections._reading and not store._connections._idle


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_transaction_that_is_closed_inside_writes_nothing(store, monkeypatch, elsewhere):
    monkeypatch.setattr(connections, "_CLOSE_WAIT", 0.02)
    with pytest.raises(ArchiveClosed), store.transaction():
        store.put(Article(id="bridge", title="大桥"))
        in_thread(store.close) if elsewhere else store.close()
    again = SqliteRecord(store.path)
    assert again.ids() == ["ferry"] and again.put(Article(id="bridge", title="大桥")) == "added"
    again.close()


def test_close_wakes_a_thread_that_waits_to_write(store, monkeypatch):
    waiting, outcome = threading.Event(), []
    real = store._connections._changed.wait

    def wait(*given: float) -> bool:
        waiting.set()
        return real(*given)

    monkeypatch.setattr(store._connections._changed, "wait", wait)
    monkeypatch.setattr(connections, "_CLOSE_WAIT", 0.0)

    def write() -> None:
        try:
            store.put(Article(id="bridge", title="大桥"))
        except ArchiveClosed as error:
            outcome.append(error)

    with pytest.raises(ArchiveClosed), store.transaction():
        thread = threading.Thread(target=write)
        thread.start()
        waiting.wait()
        in_thread(store.close)
        thread.join(20)
        assert outcome


def test_close_beside_readers_never_crashes(store):
    for _ in range(15):
        each = SqliteRecord(store.path)
        begun = threading.Barrier(4)
        outcomes = []

        def read(
            each: SqliteRecord = each, begun: threading.Barrier = begun, outcomes: list[object] = outcomes
        ) -> None:
            begun.wait()
            try:
                while True:
                    each.get("ferry")
                    each.verify()
            except BaseException as error:
                outcomes.append(type(error))

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        begun.wait()
        each.close()
        for thread in threads:
            thread.join()
        assert outcomes == [ArchiveClosed] * 3


# -- forks


@FORKS
def test_a_child_opens_its_own(store):
    def child() -> bool:
        return store.ids() == ["ferry"] and store.put(Article(id="child", title="子")) == "added" and not store.verify()

    assert in_child(child)
    assert store.ids() == ["child", "ferry"]
    assert store.put(Article(id="parent", title="父")) == "added"


@FORKS
def test_nothing_is_open_while_the_process_forks(store):
    """SQLite keeps the locks of a process in memory: a child with the memory of an open file would lock nothing."""
    len(store)
    seen = []
    real = store._connections.after_fork_in_parent
    store._connections.after_fork_in_parent = lambda: (seen.append(open_files(store)), real())
    assert in_child(lambda: not open_files(store))
    assert seen == [[]]
    assert len(store) == 1


@FORKS
def test_all_is_closed_before_a_fork_though_another_thread_opens_a_record(store, monkeypatch):
    everyone = connections._ALL

    class Growing:
        """A set that another thread adds to while it is looked through for the first time."""

        looks = 0

        def __iter__(self):
            self.looks += 1
            if self.looks == 1:
                raise RuntimeError("Set changed size during iteration")
            return iter(everyone)

    monkeypatch.setattr(connections, "_ALL", Growing())
    assert store.has("ferry")
    assert in_child(lambda: store.has("ferry") and store.put(Article(id="child", title="子")) == "added")
    assert connections._ALL.looks > 1


@FORKS
def test_a_child_forked_beside_readers_and_writers_works(store):
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            store.get("ferry")

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            store.put(Article(id=f"n{number % 7}", title=f"第{number}号"))

    threads = [threading.Thread(target=work) for work in (read, read, write)]
    for thread in threads:
        thread.start()
    try:
        for number in range(3):
            assert in_child(
                lambda number=number: (
                    store.has("ferry")
                    and not store.verify()
                    and store.put(Article(id=f"c{number}", title="子")) == "added"
                )
            )
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert len([id for id in store.ids() if id.startswith("c")]) == 3 and not store.verify()


def refused(work: Callable[[], object]) -> bool:
    try:
        work()
    except ArchiveError as error:
        return "was forked while" in error.message
    return False


@FORKS
def test_threads_of_a_child_work(store):
    assert in_child(lambda: in_thread(lambda: (len(store), store.put(Article(id="child", title="子")))) == (1, "added"))


@FORKS
def test_a_child_forked_beside_a_thread_that_opens_is_refused(store, monkeypatch):
    monkeypatch.setattr(connections, "FORK_WAIT", 0.02)
    store._connections._close_idle()
    opening, go_on, real = threading.Event(), threading.Event(), store._connections._opened

    def opened() -> Any:
        opening.set()
        go_on.wait()
        return real()

    monkeypatch.setattr(store._connections, "_opened", opened)
    thread = threading.Thread(target=store.ids)
    thread.start()
    opening.wait()
    assert in_child(lambda: refused(store.ids))
    go_on.set()
    thread.join()


@FORKS
def test_a_child_forked_inside_a_transaction_neither_writes_nor_commits_it(store):
    told = []
    with store.transaction():
        store.put(Article(id="bridge", title="大桥"))
        told.append(in_child(lambda: refused(lambda: store.put(Article(id="child", title="子")))))
        told.append(in_child(lambda: refused(lambda: len(store))))
        assert not in_thread(lambda: store.has("bridge"))
    assert told == [True, True]
    assert store.ids() == ["bridge", "ferry"]

    def leave() -> bool:
        """The child leaves the block as if nothing were."""
        with store.transaction():
            store.put(Article(id="tower", title="塔"))
            child = os.fork()
            if child:
                os.waitpid(child, 0)
                assert not in_thread(lambda: store.has("tower"))
                raise KeyError
        os._exit(7)  # the child has committed

    with pytest.raises(KeyError):
        try:
            leave()
        except ArchiveError as error:
            os._exit(0 if "was forked while" in error.message else 8)
    assert store.ids() == ["bridge", "ferry"]


@FORKS
def test_a_child_forked_beside_a_read_that_does_not_end_is_refused_at_once(store, monkeypatch):
    monkeypatch.setattr(connections, "FORK_WAIT", 0.02)
    thread, go_on, outcome = held_read(store)
    assert in_child(lambda: refused(lambda: store.get("ferry")) and refused(lambda: SqliteRecord(store.path)))
    go_on.set()
    thread.join()
    assert outcome == [1] and len(store) == 1
