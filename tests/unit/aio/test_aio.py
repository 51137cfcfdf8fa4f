"""Asynchronous callers: the same answers, from few threads; cancelled, closed, and written to in order."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace

import pytest

import searchkit
from searchkit import Archive, ArchiveClosed, Article, NoArchive, QueryError, aio
from searchkit.aio.threads import Threads
from searchkit.search.articles import Articles
from searchkit.search.asking import Asking
from searchkit.search.saved import Saved
from tests.conftest import NEWS, TODAY


@pytest.fixture
def folder(tmp_path):
    with searchkit.open(tmp_path / "index", create=True) as archive:
        archive.upsert_all(NEWS)
    return tmp_path / "index"


def with_archive(folder, task, **options):
    async def main():
        async with aio.open(folder, today=lambda: TODAY, **options) as archive:
            return await task(archive)

    return asyncio.run(main())


def public(*classes):
    return {name for each in classes for name in vars(each) if not name.startswith("_")}


def test_every_method_of_an_archive_can_be_awaited():
    left_out = {"dictionary", "dictionary_report"}  # known by `analyze` and `set_dictionary`
    assert public(Archive, Articles, Asking) - public(aio.AsyncArchive) == left_out
    assert public(Saved) == public(aio.AsyncSaved)


def test_answers_are_those_of_the_archive(folder):
    async def ask(archive):
        return [
            await archive.search("长江", since="2025"), await archive.count("晶片"), await archive.get("f16"),
            [each async for each in archive.export("source:滨江日报")], [each.id async for each in archive],
            await archive.has("f16"), await archive.size(), await archive.index_behind(), archive.path, archive.tz,
            await archive.saved.names(), archive.timezone, archive.held_back,
        ]  # fmt: skip

    with searchkit.open(folder, today=lambda: TODAY) as archive:
        expected = [
            archive.search("长江", since="2025"), 1, archive["f16"], list(archive.export("source:滨江日报")),
            ["bridge", "chips", "f16", "undated"], True, 4, 0, folder, "Asia/Shanghai", (), archive.timezone, None,
        ]  # fmt: skip
    assert with_archive(folder, ask) == expected


def test_errors_are_those_of_the_archive(folder, tmp_path):
    with pytest.raises(QueryError, match="bracket|parenthes|\\("):
        with_archive(folder, lambda archive: archive.search("(芯片"))
    with pytest.raises(NoArchive):
        with_archive(tmp_path / "nowhere", lambda archive: archive.size())


def test_questions_of_many_tasks_share_few_threads(folder):
    names = set()

    async def many(archive):
        def slow(*_):
            names.add(threading.current_thread().name)
            return archive._archive.count("长江")

        threads = archive._threads
        return await asyncio.gather(*(threads.read(slow) for _ in range(100)))

    assert with_archive(folder, many) == [1] * 100
    assert 1 <= len(names) <= aio.THREADS and all(name.startswith("searchkit-reader") for name in names)


def test_writers_come_in_the_order_of_their_calls_and_questions_do_not_wait_for_them(folder):
    async def work(archive):
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def articles():
            yield Article(id="first", title="第一条")
            begun.set()
            await go_on.wait()
            yield Article(id="second", title="第二条")

        first = asyncio.create_task(archive.upsert_all(articles()))
        await begun.wait()
        others = [asyncio.create_task(archive.upsert(replace(NEWS[0], title=f"第{n}版"))) for n in range(3)]
        assert await archive.count("长江") == 1  # while the writer waits
        go_on.set()
        assert (await first).added == 2
        assert [(await each).updated for each in others] == [1, 1, 1]
        return [each.article.title for each in await archive.revisions("bridge")]

    assert with_archive(folder, work, wait=0.01) == [NEWS[0].title, "第0版", "第1版", "第2版"]


def test_a_cancelled_intake_keeps_what_it_has_taken(folder):
    went_on = []

    async def work(archive):
        taken = asyncio.Event()

        async def articles():
            yield Article(id="taken", title="已收到的一条")
            taken.set()
            try:
                # Without end, but if nobody stops it: then this test fails, and does not hang.
                await asyncio.wait_for(asyncio.Event().wait(), 20)
            except asyncio.TimeoutError:
                went_on.append(True)

        task = asyncio.create_task(archive.upsert_all(articles()))
        await taken.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with_archive(folder, work)  # `close` waits for the thread
    assert not went_on, "the intake asked for more after it was cancelled"
    with searchkit.open(folder) as archive:
        assert archive.index_behind == 0 and archive.count("收到") == 1


def test_a_cancelled_question_that_waits_is_not_asked(folder):
    async def work(archive):
        free, asked = threading.Event(), []
        busy = [asyncio.create_task(archive._threads.read(free.wait)) for _ in range(aio.THREADS)]
        await asyncio.sleep(0)
        waiting = asyncio.create_task(archive._threads.read(lambda: asked.append(1)))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        free.set()
        await asyncio.gather(*busy)
        return asked

    assert with_archive(folder, work) == []


def test_an_error_of_the_iterable_reaches_the_caller(folder):
    async def work(archive):
        async def articles():
            yield Article(id="one", title="一条")
            raise RuntimeError("the crawl broke off")

        with pytest.raises(RuntimeError, match="broke off"):
            await archive.upsert_all(articles())
        with pytest.raises(RuntimeError, match="plain"):
            await archive.upsert_all(_failing())

    with_archive(folder, work)


def _failing():
    yield Article(id="two", title="两条")
    raise RuntimeError("plain")


def test_a_closed_archive_is_closed(folder):
    async def main():
        archive = await aio.open(folder)
        articles = archive.export()
        assert (await anext(articles)).id == "bridge"
        await archive.close()
        await archive.close()
        for method in (archive.size, archive.stats, archive.optimize):
            with pytest.raises(ArchiveClosed):
                await method()
        assert str(folder) in repr(archive)

    asyncio.run(main())
    assert not [each for each in threading.enumerate() if each.name.startswith("searchkit-")]


def test_opening_that_is_cancelled_leaves_nothing_open(folder):
    closed = threading.Event()

    class Slow(Archive):
        def __init__(self):
            pass

        def close(self):
            closed.set()

    async def main():
        begun, go_on = threading.Event(), threading.Event()

        def opening():
            begun.set()
            go_on.wait()
            return Slow()

        task = asyncio.create_task(aio.AsyncArchive.opened(opening, 1))
        await asyncio.to_thread(begun.wait)
        task.cancel()
        await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert closed.is_set()


def test_the_callers_own_deadline_holds():
    from searchkit.deadline import check, within
    from searchkit.errors import QueryTimeout

    async def main():
        threads = Threads(1)
        times = iter([0.0, 0.0, 9.0, 9.0, 9.0])
        with within(1.0, clock=lambda: next(times)), pytest.raises(QueryTimeout):
            await threads.read(lambda: [check(), check(), check()])
        await threads.close(lambda: None)

    asyncio.run(main())
