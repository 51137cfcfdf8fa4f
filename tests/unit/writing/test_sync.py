"""The index level with the record: whatever a writer decides on, it reads once it holds the lock."""

from __future__ import annotations

import errno
import os
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest

import searchkit
from searchkit import Article
from searchkit.analysis.segment import UserDictionary, parse_dictionary
from searchkit.engines.index import Entry
from searchkit.engines.whoosh import verification
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.engines.whoosh.write import bulk, commit
from searchkit.errors import ArchiveError
from searchkit.storage.lock import WriterLock
from searchkit.system import processes
from searchkit.writing import catching_up
from tests.conftest import NEWS, TODAY

WORD = parse_dictionary("封闭检修\n")
OTHER = parse_dictionary("封闭检修\n出口管制清单\n")
LATE = Article(id="late", title="渡口封闭检修", body="滨江渡口封闭检修三天。")


def ids(results) -> list[str]:
    return sorted(hit.id for hit in results)


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """No other processes, which would take most of the time: the steps of these tests are small."""
    monkeypatch.setattr(bulk, "default_jobs", lambda: 1)

    def unstartable(*_):
        raise OSError("no more processes")

    monkeypatch.setattr(processes, "Child", unstartable)


@pytest.fixture
def other(archive):
    """A second handle on the same archive, as another process has it."""
    with searchkit.open(archive.path, today=lambda: TODAY, timeout=None) as opened:
        yield opened


@pytest.fixture
def first(monkeypatch):
    """`first(archive, do)`: something is done by another writer just before this one gets the lock."""

    def arrange(archive, do):
        lock = archive._sync._access
        held, done = WriterLock.held, []

        @contextmanager
        def after_another(self, wait, **how):
            if self is lock and not done:
                done.append(do())
            with held(self, wait, **how):
                yield

        monkeypatch.setattr(WriterLock, "held", after_another)

    return arrange


def interrupted(*_):
    raise KeyboardInterrupt


def is_whole(path) -> None:
    """A new handle finds every article by its words, and nothing wrong."""
    with searchkit.open(path, today=lambda: TODAY, timeout=None) as fresh:
        assert fresh.index_behind == 0
        assert fresh._store.setting("dictionary-before") is None
        assert ids(fresh.search("", limit=10_000)) == sorted(article.id for article in fresh)
        assert fresh.verify().problems == ()


def test_a_dictionary_run_takes_in_what_another_writer_was_quicker_with(archive, other, first):
    first(archive, lambda: other.upsert(LATE))
    archive.set_dictionary(WORD)
    assert ids(archive.search("word:封闭检修")) == ["bridge", "late"]
    is_whole(archive.path)


def test_a_writer_that_waited_for_a_dictionary_run_writes_with_that_dictionary(archive, other, first):
    first(archive, lambda: other.set_dictionary(WORD))
    archive.upsert(LATE)
    assert archive.dictionary == WORD
    for each in (archive, other):
        assert ids(each.search("word:封闭检修")) == ["bridge", "late"]
    is_whole(archive.path)


@pytest.mark.parametrize("work", ["optimize", "catch_up", "rebuild", "delete", "prune"])
def test_other_writers_that_waited_leave_it_whole_too(archive, other, first, tmp_path, work):
    def before():
        other.set_dictionary(WORD)
        other.upsert_all([LATE], index=False)

    first(archive, before)
    if work == "delete":
        assert archive.delete("source:滨江日报 OR 渡口").ids == ("bridge", "late", "undated")
    elif work == "prune":
        archive.prune(tmp_path)
    elif work == "catch_up":
        archive.upsert_all([NEWS[0]], index=False)  # takes the lock, so the other is done with it
        archive.catch_up()
    else:
        getattr(archive, work)()
    assert archive.dictionary == WORD
    is_whole(archive.path)


def test_a_handle_that_only_reads_follows_the_dictionary(archive, other):
    assert archive.count("word:封闭检修") == 0
    other.set_dictionary(WORD)
    assert archive.count("word:封闭检修") == 1
    assert archive.dictionary == WORD
    other.set_dictionary(UserDictionary())
    assert archive.count("word:封闭检修") == 0


def test_a_thread_that_finds_the_dictionary_taken_over_by_another_is_answered(archive, other, monkeypatch):
    refresh = archive._sync._refresh

    def second(*seen):
        monkeypatch.undo()
        assert archive.count("word:封闭检修") == 1  # the first thread is through with it
        return refresh(*seen)

    other.set_dictionary(WORD)
    monkeypatch.setattr(archive._sync, "_refresh", second)
    assert archive.count("word:封闭检修") == 1


def test_a_generation_is_asked_with_the_words_that_it_was_made_with(archive, other, monkeypatch):
    index = archive._sync.index

    def overtaken():
        monkeypatch.undo()
        other.set_dictionary(WORD)
        found = index.snapshot()
        assert archive.count("word:封闭检修") == 1  # another thread takes the dictionary over
        return found

    monkeypatch.setattr(index, "snapshot", overtaken)
    with archive._sync.reading() as (snapshot, segmenter):
        assert snapshot.settings["dictionary"] == WORD.digest
        assert segmenter.words("封闭检修") == ("封闭检修",)


def test_threads_that_ask_while_the_dictionary_changes_are_all_answered(archive):
    over, errors = threading.Event(), []

    def ask():
        try:
            while not over.is_set():
                assert archive.count("长江大桥") == 1
        except BaseException as error:
            errors.append(error)

    crew = [threading.Thread(target=ask) for _ in range(2)]
    for each in crew:
        each.start()
    archive.set_dictionary(WORD)
    archive.set_dictionary(UserDictionary())
    over.set()
    for each in crew:
        each.join()
    assert not errors


def test_an_index_damaged_in_a_dictionary_run_can_be_made_again(archive, monkeypatch):
    with monkeypatch.context() as here:
        here.setattr(archive._store, "remove_setting", interrupted)
        with pytest.raises(KeyboardInterrupt):
            archive.set_dictionary(WORD)
    archive.close()
    for state in (archive.path / "whoosh").glob("state-*.json"):
        state.write_text("{}")
    with searchkit.open(archive.path, timeout=None) as fresh:
        assert len(fresh) == fresh.rebuild()
        assert fresh.dictionary == WORD
    is_whole(archive.path)


def test_a_handle_that_has_nothing_to_catch_up_with_follows_the_dictionary(archive, other):
    other.set_dictionary(WORD)
    assert archive.catch_up() == 0
    assert archive.dictionary == WORD


def test_every_snapshot_is_closed_whatever_becomes_of_the_question(archive, other, monkeypatch):
    """A handle that asks for years would else keep the files of every generation open, or leave them to chance."""
    taken, snapshot = [], WhooshIndex.snapshot

    def watched(self):
        taken.append(snapshot(self))
        return taken[-1]

    monkeypatch.setattr(WhooshIndex, "snapshot", watched)
    archive.search("长江大桥")
    archive.facets("长江大桥")
    next(archive.export("长江大桥"))
    archive.stats()
    with pytest.raises(searchkit.QueryError):
        archive.count("(长江大桥")
    other.set_dictionary(WORD)
    archive.count("word:封闭检修")  # the first is of another dictionary than the handle's
    assert len(taken) > 6
    for each in taken:
        with pytest.raises(searchkit.ArchiveClosed):
            each.sequence_numbers()


def test_a_handle_that_is_closed_while_it_takes_over_a_dictionary_leaves_no_index_open(archive, other, monkeypatch):
    other.set_dictionary(WORD)
    fitting, made = archive._sync._fitting, []

    def closed_meanwhile(noted):
        made.append(fitting(noted))
        archive.close()
        return made[-1]

    monkeypatch.setattr(archive._sync, "_fitting", closed_meanwhile)
    with pytest.raises(searchkit.ArchiveClosed):
        archive.count("word:封闭检修")
    assert len(made) == 1
    with pytest.raises(searchkit.ArchiveClosed):
        made[0].index.snapshot()


def test_a_closed_handle_says_so_and_waits_for_nobody(archive, other):
    archive.close()
    archive.wait = 0.0
    with other._writing(), pytest.raises(searchkit.ArchiveClosed):
        archive.upsert(LATE)


def test_dictionaries_one_after_the_other_index_what_each_touches(archive, monkeypatch):
    monkeypatch.setattr(catching_up, "STEP", 2)  # several steps
    archive.upsert_all(
        Article(id=f"n{n}", title=f"第{n}号渡口封闭检修", body="出口管制清单。" * (n % 2)) for n in range(7)
    )
    assert archive.set_dictionary(WORD) == 8
    assert archive.count("word:封闭检修") == 8
    assert archive.set_dictionary(OTHER) == 4  # the page in traditional characters among them
    assert archive.count("word:出口管制清单") == 4
    assert archive.set_dictionary(UserDictionary()) == 8 + 1
    assert archive.count("word:封闭检修") == archive.count("word:出口管制清单") == 0
    is_whole(archive.path)


def test_the_articles_of_a_dictionary_run_are_never_all_in_memory(archive, monkeypatch):
    monkeypatch.setattr(catching_up, "STEP", 3)
    sizes = []
    apply_all = type(archive._sync.index).apply_all

    def watched(self, steps, progress=None):
        def sized():
            for step in steps:
                sizes.append(len(step.entries))
                yield step

        apply_all(self, sized(), progress)

    archive.upsert_all(Article(id=f"n{n}", title=f"第{n}号渡口封闭检修") for n in range(9))
    monkeypatch.setattr(type(archive._sync.index), "apply_all", watched)
    assert archive.set_dictionary(WORD) == 10
    assert sum(sizes) == 10 and max(sizes) == 3


def test_a_dictionary_run_that_is_interrupted_anywhere_is_gone_on_with(archive, monkeypatch, tmp_path):
    monkeypatch.setattr(catching_up, "STEP", 2)
    archive.upsert_all(Article(id=f"n{n}", title=f"第{n}号渡口封闭检修") for n in range(5))
    points = 0
    for wanted in range(40):
        calls = 0

        def interrupted(real):
            def call(*args, **kwargs):
                nonlocal calls
                calls += 1
                if calls == wanted + 1:
                    raise KeyboardInterrupt
                return real(*args, **kwargs)

            return call

        dictionary = WORD if wanted % 2 == 0 else UserDictionary()
        expected = {0: 6, 1: 0}[wanted % 2]
        with monkeypatch.context() as here:
            here.setattr(commit, "write_synced", interrupted(commit.write_synced))
            here.setattr(archive._store, "set_setting", interrupted(archive._store.set_setting))
            here.setattr(archive._store, "remove_setting", interrupted(archive._store.remove_setting))
            try:
                archive.set_dictionary(dictionary)
            except KeyboardInterrupt:
                points += 1
                words, before = archive._sync._settings()
                assert words != before  # the new one and the one before it are noted together
                # This handle goes on answering, and so does one that only reads.
                assert archive.count("号渡口") == 5
                with searchkit.open(archive.path, catch_up=False, timeout=None) as reader:
                    assert reader.count("号渡口") == 5
            else:
                break
        with searchkit.open(archive.path, timeout=None) as fresh:  # goes on with it
            assert fresh.count("word:封闭检修") in (expected, 6 - expected)
            assert fresh.verify().problems == ()
        archive.set_dictionary(dictionary)
        assert archive.count("word:封闭检修") == expected
        is_whole(archive.path)
    assert points > 8


def test_a_dictionary_run_leaves_to_the_next_step_what_the_index_does_not_cover(archive, monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as here, pytest.raises(KeyboardInterrupt):
        here.setattr(commit, "write_synced", fail)
        archive.set_dictionary(WORD)
    archive.upsert_all([LATE], index=False)
    covers = archive._sync.index.covers
    assert archive.set_dictionary(WORD) == 1  # the page on the bridge, not the late one
    assert archive._sync.index.covers == covers and archive.index_behind == 1
    is_whole(archive.path)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_dictionary_run_that_is_killed_is_gone_on_with(archive):
    child = os.fork()
    if child == 0:
        with searchkit.open(archive.path, timeout=None) as mine:
            commit.write_synced = lambda *_: os._exit(9)
            mine.set_dictionary(WORD)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    with searchkit.open(archive.path, catch_up=False, timeout=None) as reader:
        assert reader.count("长江大桥") == 1 and reader.count("word:封闭检修") == 0
    with searchkit.open(archive.path, timeout=None) as fresh:
        assert fresh.dictionary == WORD and fresh.count("word:封闭检修") == 1
    is_whole(archive.path)


# -- one writer, which is this thread


@pytest.mark.parametrize("inner", ["upsert", "optimize", "rebuild", "delete", "catch_up", "set_dictionary", "log_run"])
def test_writing_from_inside_the_articles_given_is_refused_at_once(archive, inner):
    calls = {
        "upsert": lambda: archive.upsert(LATE),
        "delete": lambda: archive.delete(ids=["bridge"]),
        "set_dictionary": lambda: archive.set_dictionary(WORD),
        "log_run": lambda: archive.log_run([], searchkit.UpsertReport()),
    }
    refused = []

    def articles():
        yield Article(id="one", title="一号渡口")
        # More than a batch: some of it is acknowledged, and the index is behind.
        yield from (Article(id=f"n{n}", title=f"第{n}号航班") for n in range(600))
        with pytest.raises(searchkit.UsageError, match="writing to the archive already") as error:
            calls.get(inner, getattr(archive, inner))()
        refused.append(error.value)
        yield Article(id="two", title="二号渡口")

    assert archive.upsert_all(articles()).added == 602
    assert len(refused) == 1 and refused[0].hint
    assert "one" in archive and "two" in archive and "late" not in archive
    archive.upsert(LATE)
    is_whole(archive.path)


def test_an_interrupt_while_articles_are_given_keeps_no_lock(archive, other):
    def articles():
        yield Article(id="one", title="一号渡口")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.upsert_all(articles())
    other.wait = archive.wait = 0.0
    other.upsert(LATE)
    archive.upsert(Article(id="two", title="二号渡口"))
    is_whole(archive.path)


# -- verify


def test_verify_beside_a_writer_gives_no_false_alarm(archive, other, monkeypatch):
    def work():
        other.upsert(LATE)
        other.upsert(replace(NEWS[0], title="滨江长江大桥重新开放"))
        other.delete(ids=["chips"])

    for place in ("sequence_numbers", "deleted_since", "verify"):
        with monkeypatch.context() as here:
            real = getattr(archive._store, place)

            def beside(*args, real=real):
                work()
                found = real(*args)
                other.delete(ids=["late"])
                other.upsert(NEWS[1])
                other.upsert(NEWS[0])
                return found

            here.setattr(archive._store, place, beside)
            assert archive.verify().problems == ()
    assert archive.verify().ok


def test_verify_finds_an_article_that_the_index_has_in_another_state(archive):
    index = archive._sync.index
    stale = replace(NEWS[0], title="旧标题")
    index.apply([Entry(99, stale)], covers=index.covers)
    assert archive.verify().problems == ("bridge is in the index in another state than in the record",)
    index.apply([Entry(0, NEWS[0])], covers=index.covers)  # of a searchkit that did not note the number
    assert archive.verify().ok
    index.apply([Entry(1, replace(NEWS[0], id="phantom"))], covers=index.covers)
    assert archive.verify().problems == ("phantom is in the index but not in the record",)


def test_verify_does_not_take_what_the_system_refuses_for_a_problem(archive, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(verification, "read", refuse)
    with pytest.raises(ArchiveError, match=os.strerror(errno.EMFILE)):
        archive.verify()


def test_verify_compares_the_last_change_that_the_index_covers_too(archive):
    index, last = archive._sync.index, NEWS[-1]
    assert archive._store.sequence_numbers()[last.id] == index.covers
    index.apply([], [last.id], covers=index.covers)
    assert archive.verify().problems == (f"{last.id} is in the record but not in the index",)
    index.apply([Entry(99, last)], covers=index.covers)
    assert archive.verify().problems == (f"{last.id} is in the index in another state than in the record",)
    archive.delete(ids=[last.id])
    assert archive.verify().ok
    index.apply([Entry(99, last)], covers=index.covers)
    assert archive.verify().problems == (f"{last.id} is in the index but not in the record",)


def test_verify_of_an_index_that_lags_behind_names_nothing(archive):
    archive.upsert_all([LATE, replace(NEWS[0], title="滨江长江大桥重新开放")], index=False)
    assert archive.index_behind == 2
    assert archive.verify().ok


def test_an_archive_is_opened_where_the_index_finds_no_room(archive, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    archive.upsert_all([LATE], index=False)
    monkeypatch.setattr(commit, "write_synced", full)
    with searchkit.open(archive.path, timeout=None) as fresh:
        assert (fresh.index_behind, fresh.count("长江大桥"), fresh["late"]) == (1, 1, LATE)
        with pytest.raises(ArchiveError, match=os.strerror(errno.ENOSPC)):
            fresh.catch_up()
    monkeypatch.undo()
    is_whole(archive.path)
