"""Pruning beside another writer, at every moment of either: what has another origin stays, whatever the order."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from searchkit.model.article import Article, Related
from searchkit.storage.record import Record
from searchkit.writing import headlines, pruning
from searchkit.writing.admission import records
from searchkit.writing.writer import Writer
from tests.conftest import at
from tests.contract.records import LooseRecord
from tests.unit.writing.turns import Stepped, Worker, run

LISTED = (Related("灯塔修缮", "", at(2025, 3, 1), "03-01"),)
PAGE = Article(id="a-page", title="渡口复航", body="轮渡明日复航。", related=LISTED)
OTHER = Article(id="other", title="大桥封闭", related=LISTED)
ONLY = Article(id="only", title="夜市开张")
HEADLINE = next(record.id for record in records(PAGE) if record.id != PAGE.id)
READ_AGAIN = "b.jsonl"


class Free:
    """In place of a `Sync`: whoever wants to may write, and there is no index."""

    @contextmanager
    def writing(self) -> Iterator[None]:
        yield

    def require_fit(self) -> None:
        pass


def upsert(store: Any, *given: tuple[Article, Path]) -> None:
    writer = Writer(store, Free(), ZoneInfo("Asia/Shanghai"))  # type: ignore[arg-type]
    writer.upsert([(article, str(path)) for article, path in given], index=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("kept.jsonl", READ_AGAIN, "c.jsonl"):
        (tmp_path / name).touch()
    return tmp_path


def filled(folder: Path, store: Record | None = None) -> Any:
    """A record of a file that is gone, with an article of two revisions, and of one that is there."""
    store = LooseRecord({"timezone": "Asia/Shanghai"}) if store is None else store
    gone = folder / "gone.jsonl"
    upsert(store, (replace(PAGE, body="轮渡停航。"), gone), (ONLY, gone))
    upsert(store, (PAGE, gone), (OTHER, folder / "kept.jsonl"))
    assert store.get(HEADLINE).parent == PAGE.id  # type: ignore[union-attr]
    return store


def prune(store: Any, folder: Path) -> Any:
    return pruning.prune(store, [folder], dry_run=False, force=True)


def read_again(store: Any, folder: Path) -> None:
    upsert(store, (PAGE, folder / READ_AGAIN))


def workers(store: Any, folder: Path, work: Callable[[Any, Path], object] = read_again) -> tuple[Worker, Worker]:
    pruner = Worker(lambda: prune(Stepped(store, pruner.step), folder))
    writer = Worker(lambda: work(Stepped(store, writer.step), folder))
    return pruner, writer


def survives(store: Any, folder: Path, parents: Sequence[str] = (PAGE.id,)) -> None:
    """The page is there, from where it was read again, and all that was only in the file that is gone is not.

    Where it was put again before its new origin was noted, the next run forgets the old one.
    """
    assert prune(store, folder).ids == ()
    assert store.get(PAGE.id) == PAGE and store.get(HEADLINE).parent in parents
    assert not store.has(ONLY.id) and store.has(OTHER.id) and store.left() == []
    assert store.origins.files(PAGE.id) == store.origins.files(HEADLINE)[:1] == [str(folder / READ_AGAIN)]
    assert store.origins.below(str(folder)) == [str(folder / READ_AGAIN), str(folder / "kept.jsonl")]
    assert store.verify() == []


def lengths(folder: Path) -> tuple[int, int]:
    """How many steps either takes alone, and a few more, for what it does when it meets the other."""
    both = workers(filled(folder), folder)
    for each in both:
        each.finish()
    return both[0].calls + 4, both[1].calls + 4


def schedules(pruner: int, writer: int, chance: random.Random, some: int) -> Iterator[list[bool]]:
    """The writer in one piece, and in two, at every moment; then any order."""
    for begun in range(pruner):
        for stopped in range(1, writer):
            for later in range(0, pruner - begun, 4):
                yield [True] * begun + [False] * stopped + [True] * later + [False] * (writer - stopped)
    for _ in range(some):
        mixed = [True] * pruner + [False] * writer
        chance.shuffle(mixed)
        yield mixed


def test_what_another_writer_reads_again_stays_whatever_the_order(folder, rounds):
    chance = random.Random(23)
    seen: set[tuple[int, int]] = set()
    for schedule in schedules(*lengths(folder), chance, rounds(100, 20_000)):
        store = filled(folder)
        run(*workers(store, folder), schedule)
        survives(store, folder)
        # If it was buried before it was read again, it came in new.
        seen.add((len(store.revisions(PAGE.id)), len(store.revisions(OTHER.id))))
    assert seen == {(2, 1), (1, 1)}


def test_a_file_that_comes_back_and_is_read_again_keeps_its_articles(folder, rounds):
    def comes_back(store: Any, folder: Path) -> None:
        (folder / "gone.jsonl").touch()
        upsert(store, (PAGE, folder / "gone.jsonl"))

    chance = random.Random(24)
    for schedule in schedules(*lengths(folder), chance, rounds(100, 20_000)):
        (folder / "gone.jsonl").unlink(missing_ok=True)
        store = filled(folder)
        run(*workers(store, folder, comes_back), schedule)
        assert store.get(PAGE.id) == PAGE and store.get(HEADLINE).parent == PAGE.id and store.left() == []
        (folder / "gone.jsonl").unlink()
        prune(store, folder)
        assert not store.has(PAGE.id) and store.get(HEADLINE).parent == OTHER.id and store.has(OTHER.id)


class Broken(BaseException):
    """As if the process were killed."""


def test_broken_off_anywhere_it_can_be_started_again(folder):
    """Broken off at each of its steps, after another writer has come at each step before."""
    calls = lengths(folder)[0]
    breaks = beside = 0
    for end in range(calls):
        for begun in range(end + 1):
            store = filled(folder)
            count = 0

            def step() -> None:
                nonlocal count
                if count == begun:
                    read_again(store, folder)
                if count == end:
                    raise Broken
                count += 1

            with suppress(Broken):
                prune(Stepped(store, step), folder)
                break  # it has no more steps
            breaks += 1
            assert store.has(PAGE.id) or PAGE.id in store.left()
            prune(store, folder)
            # Killed just after it gave a headline to the other page, of a page that came back in between: so it stays.
            survives(store, folder, (PAGE.id, OTHER.id))
            beside += store.get(HEADLINE).parent == OTHER.id
    assert beside <= breaks // 10
    assert breaks > 100


def test_two_that_prune_at_once_are_as_one(folder):
    calls = lengths(folder)[0]
    for begun in range(calls):
        for stopped in range(1, calls, 2):
            store = filled(folder)
            one, other = (workers(store, folder)[0] for _ in range(2))
            run(one, other, [True] * begun + [False] * stopped)
            prune(store, folder)
            assert not store.has(PAGE.id) and not store.has(ONLY.id) and store.left() == []
            assert store.get(HEADLINE).parent == OTHER.id
            assert store.origins.below(str(folder)) == [str(folder / "kept.jsonl")]


def test_what_a_writer_put_that_died_before_it_noted_the_file_goes_the_next_time(folder):
    """Unless the file was forgotten before: then nobody knows where it came from."""
    went = 0
    for begun in range(lengths(folder)[0]):
        for stopped in range(1, lengths(folder)[1]):
            store = filled(folder)
            pruner, writer = workers(store, folder)
            for is_pruner in [True] * begun + [False] * stopped:
                (pruner if is_pruner else writer).turn()
            if str(folder / READ_AGAIN) in store.origins.files(PAGE.id):
                break
            pruner.finish()
            was_there = store.has(PAGE.id)
            prune(store, folder)
            assert not store.has(PAGE.id) or not store.origins.files(PAGE.id)
            went += was_there and not store.has(PAGE.id)
    assert went


def test_what_was_retired_in_another_folder_is_left_to_whoever_prunes_that(folder, tmp_path_factory):
    store = filled(folder)
    store.retire(ONLY.id)
    other = tmp_path_factory.mktemp("other")
    assert prune(store, other).ids == () and store.left() == [ONLY.id]
    assert prune(store, folder).ids == (PAGE.id, ONLY.id) and store.left() == []


def test_headlines_go_to_the_first_page_that_is_left(folder):
    store = filled(folder)
    with store.transaction():
        headlines.adopt(store, PAGE.id, {PAGE.id, OTHER.id})
    assert store.get(HEADLINE).parent == PAGE.id
    upsert(store, (replace(OTHER, id="b-page"), folder / "c.jsonl"))
    headlines.adopt(store, PAGE.id, {PAGE.id})
    assert store.get(HEADLINE).parent == "b-page"
