"""Ask several questions at once from asyncio, and take in articles while others ask. Needs no extra."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import demo

from searchkit import Article, aio

asked_meanwhile = asyncio.Event()


async def crawl() -> AsyncIterator[Article]:
    """Yield articles as they come in."""
    await asked_meanwhile.wait()  # a page that takes its time
    yield Article(id="tram-7", title="七号线电车试运行", body="试运行为期一个月。")


async def main() -> None:
    """Ask and write."""
    with demo.folder() as folder:
        async with aio.open(folder) as archive:
            topics = ("芯片", "电车", "高铁")
            for topic, count in zip(topics, await asyncio.gather(*map(archive.count, topics)), strict=True):
                print(f"{topic}: {count}")

            intake = asyncio.create_task(archive.upsert_all(crawl()))
            print(f"a question meanwhile: {await archive.size()} articles")
            asked_meanwhile.set()
            print(f"added {(await intake).added}, in the order of their calls: {await archive.size()} articles")

            async for article in archive.export("电车"):
                print(article.id, article.title)


asyncio.run(main())
