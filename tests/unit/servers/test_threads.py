"""How many requests are worked on, wait and are refused, and for how long."""

from __future__ import annotations

import asyncio
import threading

import pytest

from searchkit.servers.web.app import Application
from searchkit.servers.web.table import Serving
from searchkit.servers.web.threads import Busy, Overdue, Threads, most_seconds
from tests.unit.servers.asgi import Client


def test_no_more_than_admitted_wait_and_the_rest_is_refused():
    async def asked() -> None:
        threads, go = Threads(1, 2, 60.0), threading.Event()
        first, second = (asyncio.ensure_future(threads.run(lambda: go.wait(60))) for _ in range(2))
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await threads.run(lambda: None)
        go.set()
        assert await first
        assert await second
        assert await threads.run(lambda: 3) == 3
        assert threads.admitted == 0

    asyncio.run(asked())


def test_who_waits_too_long_for_a_thread_is_refused():
    async def asked() -> None:
        threads, go = Threads(1, 9, 60.0, patience=0.01), threading.Event()
        first = asyncio.ensure_future(threads.run(lambda: go.wait(60)))
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await threads.run(lambda: None)
        further = asyncio.ensure_future(threads.run(lambda: 4, further=True))  # of an answer that has begun
        go.set()
        assert await first
        assert await further == 4

    asyncio.run(asked())


def test_work_that_takes_too_long_is_given_up_and_holds_its_thread():
    async def asked() -> None:
        threads, go = Threads(1, 9, 0.01, patience=0.01), threading.Event()
        with pytest.raises(Overdue):
            await threads.run(lambda: go.wait(60))
        assert threads.oldest > 0
        with pytest.raises(Busy):
            await threads.run(lambda: None)
        go.set()
        while threads.oldest:
            await asyncio.sleep(0)
        assert await Threads.run(threads, lambda: 5) == 5

    asyncio.run(asked())


def test_an_error_of_the_work_is_raised_and_frees_its_thread():
    async def asked() -> None:
        threads = Threads(1, 9, 60.0)
        for error in (ValueError, asyncio.TimeoutError):
            with pytest.raises(error):
                await threads.run(lambda error=error: (_ for _ in ()).throw(error))
        assert await threads.run(lambda: 6) == 6

    asyncio.run(asked())


def test_the_time_of_a_request_is_beyond_that_of_its_question():
    assert most_seconds(1.5) == 35.0
    assert most_seconds(0.1) == 15.0
    assert most_seconds(None) == 600.0


def test_a_full_server_says_when_to_ask_again(archive, monkeypatch):
    go, begun = threading.Event(), threading.Event()
    client = Client(Application(archive, Serving(concurrency=1, log=False)))
    search = archive.search

    def slow(*given, **options):
        begun.set()
        assert go.wait(60)
        return search(*given, **options)

    monkeypatch.setattr(archive, "search", slow)

    async def asked() -> None:
        first = asyncio.ensure_future(client.asked("GET", "/v1/search"))
        while not begun.is_set():
            await asyncio.sleep(0)
        second = await client.asked("GET", "/v1/search")
        assert (second.status, second.json["code"], second.headers["retry-after"]) == (503, "busy", "1")
        assert (await client.asked("GET", "/healthz")).status == 200  # also by a busy server
        assert (await client.asked("GET", "/metrics")).status == 200
        go.set()
        assert (await first).status == 200
        assert (await client.asked("GET", "/v1/search")).status == 200

    client.loop.run_until_complete(asked())
