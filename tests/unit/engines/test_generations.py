"""Which generation is asked, how long its files stay open, and what is said of files that cannot be opened."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import threading
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from searchkit.analysis.segment import query_segmenter
from searchkit.engines.aggregation import Count, Values
from searchkit.engines.index import Entry
from searchkit.engines.whoosh import verification
from searchkit.engines.whoosh.codec import container
from searchkit.engines.whoosh.codec.layout import CodecError
from searchkit.engines.whoosh.codec.segment_file import SegmentData, write
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.engines.whoosh.read import generations
from searchkit.engines.whoosh.read.searcher import Searcher
from searchkit.engines.whoosh.read.segment_view import ColumnarView
from searchkit.errors import ArchiveClosed, ArchiveError, Damaged
from searchkit.model.article import Article
from searchkit.query.tree import Everything, Word

SHANGHAI = ZoneInfo("Asia/Shanghai")


def opened(folder: Path) -> WhooshIndex:
    return WhooshIndex(folder, SHANGHAI, query_segmenter(), {"analysis": "test"})


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "archive" / "whoosh"


@pytest.fixture
def writer(folder):
    """A handle that has committed a generation of one article."""
    with closing(opened(folder)) as made:
        commit(made, 1)
        yield made


@pytest.fixture
def reader(folder, writer):
    with closing(opened(folder)) as made:
        yield made


def commit(index: WhooshIndex, number: int) -> None:
    """Add the article of this number; as a segment of its own, or merged with the others."""
    index.apply([Entry(number, Article(id=f"a{number}", title=f"渡口{number}", source="滨江日报"))], covers=number)


def replaced(index: WhooshIndex, number: int) -> None:
    """Make a generation of one segment that no generation before has, and remove all before the last."""
    commit(index, number)
    index.optimize()


# -- which is the newest


def test_a_commit_of_another_is_seen_though_the_folder_shows_the_same_times(writer, reader, monkeypatch):
    """Coarse times: many changes have one time. They are not trusted, however old a slow file server says they are."""
    a_minute_ago = generations.time.time_ns() - 60 * 10**9
    monkeypatch.setattr(generations.Generations, "_stamp", lambda self: (a_minute_ago, 1, 1, 1))
    for number in range(2, 5):
        assert (len(reader), reader.covers) == (number - 1, number - 1)
        commit(writer, number)
    assert (len(reader), reader.covers) == (4, 4)


def test_a_folder_is_listed_no_more_when_its_times_have_settled(writer, reader, monkeypatch):
    listed = []

    def listing(folder):
        listed.append(folder)
        return newest(folder)

    newest = generations.newest_generation
    clock = SimpleNamespace(monotonic=lambda: now, time_ns=lambda: reader._generations._stamp()[0])
    now = 100.0
    monkeypatch.setattr(generations, "newest_generation", listing)
    monkeypatch.setattr(generations, "time", clock)
    assert len(reader) == 1
    now += 1.9
    listed.clear()
    assert len(reader) == 1
    assert listed
    now += 0.2
    assert len(reader) == 1  # listed when it has settled, the last time
    listed.clear()
    assert len(reader) == 1
    assert not listed


def test_a_folder_changed_long_ago_is_listed_once(writer, reader, monkeypatch):
    listed = []

    def listing(folder):
        listed.append(folder)
        return newest(folder)

    newest = generations.newest_generation
    monkeypatch.setattr(generations, "newest_generation", listing)
    monkeypatch.setattr(
        generations, "time", SimpleNamespace(monotonic=lambda: 5.0, time_ns=lambda: generations._LONG_AGO * 10**9)
    )
    assert [len(reader) for _ in range(3)] == [1, 1, 1]
    assert len(listed) == 1


def test_a_look_that_comes_late_does_not_hide_a_newer_one(writer, reader, monkeypatch):
    """A thread lists the folder, another one sees a later commit, and the first goes on: nothing newer is lost."""
    newest = generations.newest_generation
    late = []

    def listing(folder):
        found = newest(folder)
        if not late:
            late.append(True)
            commit(writer, 2)
            assert len(reader) == 2
        return found

    monkeypatch.setattr(generations, "newest_generation", listing)
    monkeypatch.setattr(generations, "time", SimpleNamespace(monotonic=lambda: 5.0, time_ns=lambda: 10**30))
    reader._generations.newest()
    assert len(reader) == 2


# -- a writer that cleans up between a look and the opening


def once(monkeypatch, module, name: str, before) -> None:
    """Let `before` happen before the first call of a function."""
    original, done = getattr(module, name), []

    def called(*given):
        if not done:
            done.append(True)
            before()
        return original(*given)

    monkeypatch.setattr(module, name, called)


@pytest.mark.parametrize("step", ["read", "ColumnarView"])
def test_a_generation_that_is_gone_before_it_is_opened_is_followed_by_the_newer(writer, reader, monkeypatch, step):
    once(monkeypatch, generations, step, lambda: [replaced(writer, number) for number in (2, 3)])
    with reader.snapshot() as snapshot:
        assert snapshot.count(Everything()) == 3


@pytest.mark.parametrize("step", ["exists", "open"])
def test_a_copy_of_a_generation_that_is_gone_is_one_of_the_newer(writer, reader, tmp_path, monkeypatch, step):
    assert len(reader) == 1
    copy = tmp_path / "copy" / "whoosh"
    copy.mkdir(parents=True)
    reader._generations.manifest()
    once(monkeypatch, Path, step, lambda: [replaced(writer, number) for number in (2, 3)])
    reader.copy_to(copy)
    monkeypatch.undo()
    with closing(opened(copy)) as copied:
        assert len(copied) == 3
        assert copied.verify() == []
    assert len(list(copy.glob("*.skc"))) == 1  # nothing is left of what was not copied to its end


def test_a_copy_is_not_disturbed_by_a_clean_up(writer, reader, tmp_path, monkeypatch):
    copy = tmp_path / "copy" / "whoosh"
    copy.mkdir(parents=True)
    once(monkeypatch, shutil, "copyfileobj", lambda: [replaced(writer, number) for number in (2, 3)])
    reader.copy_to(copy)
    with closing(opened(copy)) as copied:
        assert (len(copied), copied.verify()) == (1, [])


@pytest.mark.parametrize("step", ["read", "_problems_of_toc", "SegmentFile", "_problems"])
def test_verify_beside_a_writer_gives_no_false_alarm(writer, reader, monkeypatch, step):
    commit(writer, 2)
    once(monkeypatch, verification, step, lambda: [replaced(writer, number) for number in (3, 4, 5)])
    assert reader.verify() == []


def test_verify_reads_the_newer_generation_where_the_newest_is_gone(writer, reader, folder, monkeypatch):
    def damage() -> None:
        for number in (2, 3):
            replaced(writer, number)
        path = max(folder.glob("*.skc"), key=lambda path: path.stat().st_mtime_ns)
        raw = bytearray(path.read_bytes())
        raw[len(raw) // 2] ^= 1
        path.write_bytes(raw)

    once(monkeypatch, verification, "read", damage)
    assert any("damaged" in problem for problem in reader.verify())


def test_what_is_missing_is_told_where_nobody_removed_it(reader, folder):
    next(folder.glob("*.skc")).unlink()
    assert [problem.rpartition(": ")[2] for problem in reader.verify()] == ["missing"]
    with pytest.raises(Damaged, match=r"skc: missing"):
        reader.snapshot()


# -- how long files stay open


def files_of(index_folder: Path) -> list[str]:
    """The files in a folder that this process has mapped."""
    lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    return sorted({line.split(None, 5)[5] for line in lines if str(index_folder) in line})


mapped = pytest.mark.skipif(not Path("/proc/self/maps").is_file(), reason="what is mapped is told in /proc")


@mapped
def test_a_snapshot_answers_over_commits_and_its_files_go_with_its_last_holder(writer, reader, folder):
    one, other = reader.snapshot(), reader.snapshot()
    before = files_of(folder)
    writer.close()
    with closing(opened(folder)) as another:
        for number in range(2, 5):
            replaced(another, number)
    with reader.snapshot() as now:
        assert (now.count(Everything()), now.covers, now.generation) == (4, 4, 6)
        assert (one.count(Everything()), one.covers) == (1, 1)
        assert one.aggregate(Word("渡口"), (Count(), Values("source"))) == (1, {"滨江日报": 1})
    one.close()
    one.close()
    assert other.search(Everything()).total == 1
    assert len(files_of(folder)) == len(before) + 1
    other.close()
    assert len(files_of(folder)) == 1
    reader.close()
    assert files_of(folder) == []


@mapped
def test_a_snapshot_that_nobody_closed_goes_with_its_last_reference(writer, reader, folder):
    left = reader.snapshot()
    assert len(left) == 1
    replaced(writer, 2)
    writer.close()
    assert len(reader) == 2
    assert len(files_of(folder)) == 2
    del left
    assert len(files_of(folder)) == 1


def test_after_close_nothing_is_answered(reader, folder):
    still_open = reader.snapshot()
    reader.close()
    reader.close()
    for ask in (reader.snapshot, lambda: reader.count(Everything()), lambda: len(reader)):
        with pytest.raises(ArchiveClosed, match=str(folder.parent)):
            ask()
    assert len(still_open) == 1
    still_open.close()
    for ask in (
        lambda: len(still_open),
        lambda: still_open.search(Everything()),
        lambda: still_open.explain(Everything(), "a1"),
        still_open.sequence_numbers,
    ):
        with pytest.raises(ArchiveClosed, match="is closed"):
            ask()


def test_an_index_that_is_closed_before_it_has_opened_a_generation_opens_none(reader, monkeypatch):
    renewed = reader._generations._renewed

    def closed_before():
        reader.close()
        return renewed()

    monkeypatch.setattr(reader._generations, "_renewed", closed_before)
    with pytest.raises(ArchiveClosed):
        reader.snapshot()


@mapped
def test_files_stay_open_under_a_question_that_is_being_answered(reader, folder, monkeypatch):
    reached, go_on, answers = threading.Event(), threading.Event(), []
    parts = Searcher.parts

    def slow(self, query):
        found = parts(self, query)
        reached.set()
        assert go_on.wait(20)
        return found

    monkeypatch.setattr(Searcher, "parts", slow)
    snapshot = reader.snapshot()
    thread = threading.Thread(target=lambda: answers.append(snapshot.facets(Everything(), ["source"])))
    thread.start()
    assert reached.wait(20)
    reader.close()
    snapshot.close()
    assert len(files_of(folder)) == 1
    go_on.set()
    thread.join(20)
    assert answers == [{"source": {"滨江日报": 1}}]
    assert files_of(folder) == []


def test_close_while_others_ask_is_an_error_in_them_and_no_crash(writer, folder):
    for number in range(2, 6):
        commit(writer, number)
    for _ in range(10):
        index, started, failures = opened(folder), threading.Barrier(5), []

        def ask(index=index, started=started, failures=failures):
            try:
                assert len(index) == 5
                started.wait(20)
                while True:
                    assert index.search(Word("渡口")).total == 5
                    assert len(index.facets(Everything(), ["source"])) == 1
            except Exception as error:
                failures.append(type(error))

        crew = [threading.Thread(target=ask) for _ in range(4)]
        for each in crew:
            each.start()
        started.wait(20)
        index.close()
        for each in crew:
            each.join(20)
        assert failures == [ArchiveClosed] * 4


# -- what the operating system does not let us do


@pytest.mark.parametrize(
    ("number", "hint"),
    [(errno.EMFILE, "ulimit -n"), (errno.EACCES, "right to read"), (errno.ENOMEM, "memory"), (errno.EIO, "disk")],
)
def test_the_operating_systems_errors_are_no_damage(reader, monkeypatch, number, hint):
    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(container.mmap, "mmap", refuse)
    for ask in (reader.snapshot, reader.verify):
        with pytest.raises(ArchiveError, match=os.strerror(number)) as raised:
            ask()
        assert not isinstance(raised.value, Damaged)
        assert hint in raised.value.hint
    monkeypatch.undo()
    assert len(reader) == 1


@pytest.mark.parametrize(
    ("number", "hint"), [(errno.ENOSPC, "make room"), (errno.EROFS, "only be read"), (errno.EINVAL, "is kept")]
)
def test_what_cannot_be_written_says_why(writer, monkeypatch, number, hint):
    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("searchkit.engines.whoosh.write.commit.write_synced", refuse)
    with pytest.raises(ArchiveError, match=f"cannot write the index .*{os.strerror(number)}") as raised:
        commit(writer, 2)
    assert hint in raised.value.hint
    monkeypatch.undo()
    assert (len(writer), writer.covers) == (1, 1)


def test_too_many_open_files_is_what_is_said(reader, folder):
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    probe = os.open(folder, os.O_RDONLY)
    os.close(probe)
    resource.setrlimit(resource.RLIMIT_NOFILE, (probe, limits[1]))
    try:
        with pytest.raises(ArchiveError, match=os.strerror(errno.EMFILE)) as raised:
            reader.snapshot()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert not isinstance(raised.value, Damaged)
    assert len(reader) == 1


def test_a_path_that_is_too_long_is_what_is_said(tmp_path):
    with closing(opened(tmp_path / ("长" * 200) / "whoosh")) as index:
        for ask in (lambda: index.covers, lambda: len(index), lambda: commit(index, 1)):
            with pytest.raises(ArchiveError, match=os.strerror(errno.ENAMETOOLONG)) as raised:
                ask()
            assert "shorter path" in raised.value.hint


@pytest.mark.parametrize(
    ("failure", "told"),
    [(MemoryError(), "not enough memory"), (OSError(errno.EIO, "Input/output error"), "Input/output error")],
)
def test_what_a_question_meets_is_no_damage(reader, monkeypatch, failure, told):
    def search(*_):
        raise failure

    monkeypatch.setattr(Searcher, "search", search)
    with pytest.raises(ArchiveError, match=told) as raised:
        reader.search(Everything())
    assert not isinstance(raised.value, Damaged)


def test_more_documents_than_a_file_has_room_for_are_damage_before_memory_is_taken(tmp_path):
    write(tmp_path / "made_up.skc", SegmentData(1 << 30))
    with pytest.raises(CodecError, match="documents in"):
        ColumnarView(tmp_path / "made_up.skc", frozenset())


def test_a_file_where_the_folder_should_be(folder):
    folder.parent.mkdir()
    folder.write_text("not an index")
    with closing(opened(folder)) as index:
        for ask in (lambda: index.covers, lambda: len(index), lambda: commit(index, 1), index.verify):
            with pytest.raises(ArchiveError, match="is not a folder") as raised:
                ask()
            assert not isinstance(raised.value, Damaged)
            assert "move that file away" in raised.value.hint
    assert folder.read_text() == "not an index"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="another user is a forked child")
def test_a_folder_that_may_only_be_read_is_asked_and_left_alone():
    home = Path(tempfile.mkdtemp())  # pytest's own folders are closed to others
    folder = home / "whoosh"
    try:
        with closing(opened(folder)) as made:
            commit(made, 1)
            commit(made, 2)
        for path in folder.iterdir():
            path.chmod(0o444)
        folder.chmod(0o555)
        home.chmod(0o555)
        before = [(path.name, path.stat().st_mtime_ns) for path in [folder, *sorted(folder.iterdir())]]
        child = os.fork()
        if not child:
            try:
                if os.getuid() == 0:
                    os.setgid(65534)
                    os.setuid(65534)
                with closing(opened(folder)) as index:
                    assert index.search(Word("渡口")).total == 2
                    assert index.facets(Everything(), ["source"]) == {"source": {"滨江日报": 2}}
                    assert index.verify() == []
                os._exit(0)
            finally:
                os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
        assert [(path.name, path.stat().st_mtime_ns) for path in [folder, *sorted(folder.iterdir())]] == before
    finally:
        home.chmod(0o755)
        folder.chmod(0o755)
        shutil.rmtree(home)
