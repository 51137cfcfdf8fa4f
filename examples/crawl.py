"""Crawl pages into an archive: pip install '.[scrapy]'.

The pages are files here, so that nothing is asked of a network.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response

import searchkit

PAGES = {
    "ferry": "<h1>滨江市启用新渡口</h1><time>2025-06-29 08:00</time><p>新渡口今天启用。</p><p>首班船六点开出。</p>",
    "tram": "<h1>七号线电车试运行</h1><time>2025-06-30 09:30</time><p>试运行为期一个月。</p>",
    "empty": "<p></p>",
}


class News(scrapy.Spider):
    """Reads title, time and paragraphs of each page."""

    name = "news"

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        """Yield the article of a page."""
        yield {
            "title": response.css("h1::text").get(),
            "published": response.css("time::text").get(),
            "body": "\n".join(response.css("p::text").getall()),
            "url": f"https://news.example/{Path(response.url).stem}",
            "source": "滨江日报",
        }


with TemporaryDirectory() as temporary:
    folder = Path(temporary)
    for name, body in PAGES.items():
        (folder / f"{name}.html").write_text(f"<!doctype html><meta charset=utf-8>{body}", encoding="utf-8")
    process = CrawlerProcess(
        {
            "ITEM_PIPELINES": {"searchkit.scrapy.ArchivePipeline": 800},
            "SEARCHKIT_INDEX": str(folder / "archive"),
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
        }
    )
    crawler = process.create_crawler(News)
    process.crawl(crawler, start_urls=[path.as_uri() for path in sorted(folder.glob("*.html"))])
    process.start()
    for name, value in sorted(crawler.stats.get_stats().items()):
        if name.startswith("searchkit/"):
            print(f"{name}: {value}")
    with searchkit.open(folder / "archive") as archive:
        for hit in archive.search("滨江 OR 电车", sort="oldest"):
            print(hit.published, hit.title)
        archive.upsert_all(archive.export())
        print(f"not added twice: {len(archive)} articles")
