"""An item pipeline of Scrapy: in batches, on disk before an item leaves it, and what it refuses is counted."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import datetime, timezone

import pytest

import searchkit
from searchkit import Article, UsageError
from tests.conftest import load, needs

pytestmark = needs("scrapy")


@pytest.fixture(scope="module", autouse=True)
def library():
    global ArchivePipeline, Deferred, DropItem, Page, Settings, maybeDeferred, room  # noqa: PLW0603
    load("scrapy", "scrapy.settings", "twisted.internet.defer", "twisted.internet.threads")
    from scrapy import Field, Item
    from scrapy.exceptions import DropItem
    from scrapy.settings import Settings
    from twisted.internet.defer import Deferred, maybeDeferred

    import searchkit.scrapy as room
    from searchkit.scrapy import ArchivePipeline

    class Page(Item):
        headline = Field()
        content = Field()
        link = Field()


class Stats(Counter):
    def inc_value(self, name, count=1):
        self[name] += count


class Crawler:
    def __init__(self, **settings):
        self.settings = Settings(settings)
        self.stats = Stats()


@pytest.fixture
def thread(monkeypatch):
    """What was given to the thread that writes, while `hold` is set; otherwise it is done at once."""
    given = []

    class Thread:
        hold = False

        def run_next(self):
            function, arguments, options, done = given.pop(0)
            maybeDeferred(function, *arguments, **options).chainDeferred(done)

    made = Thread()

    def defer(function, *arguments, **options):
        done = Deferred()
        given.append((function, arguments, options, done))
        if not made.hold:
            made.run_next()
        return done

    made.given = given
    monkeypatch.setattr(room, "deferToThread", defer)
    monkeypatch.setattr(room, "maybe_deferred_to_future", lambda deferred: deferred)
    return made


@pytest.fixture
def made(tmp_path, thread):
    crawler = Crawler(SEARCHKIT_INDEX=str(tmp_path / "index"), SEARCHKIT_MAP={"title": "headline"})
    pipeline = ArchivePipeline.from_crawler(crawler)
    pipeline.open_spider()
    yield pipeline, crawler.stats
    if pipeline._archive is not None:
        pipeline._archive.close()


def process(pipeline, item):
    """The outcome of an item, which may still be waited for."""
    return Deferred.fromCoroutine(pipeline.process_item(item))


def result_of(deferred):
    found = []
    deferred.addBoth(found.append)
    return found[0]


@dataclasses.dataclass
class Record:
    title: str
    body: str
    published: datetime


def test_items_of_every_kind_become_articles(made, tmp_path):
    pipeline, stats = made
    items = [
        {"headline": "长江大桥封闭", "content": "夜间封闭。", "link": "https://news.example/1"},
        Page(headline="电车改道", content="三号线绕行。", link="https://news.example/2"),
        Record("绿道贯通", "骑行两小时。", datetime(2025, 6, 29, 1, tzinfo=timezone.utc)),
        Article(id="own", title="现成的一条"),
    ]
    for item in items:
        assert result_of(process(pipeline, item)) is item
    assert result_of(Deferred.fromCoroutine(pipeline.close_spider())) is None
    assert stats == {"searchkit/added": 4}
    with searchkit.open(tmp_path / "index", catch_up=False) as archive:
        assert archive.index_behind == 0 and archive.count("封闭 OR 电车 OR 骑行 OR 现成") == 4
        (trail,) = archive.export("骑行")
        assert trail.published == items[2].published


def test_crawling_again_changes_nothing(made):
    pipeline, stats = made
    page = {"title": "长江大桥封闭", "body": "夜间封闭。", "url": "https://news.example/1"}
    for item in (page, dict(page), {**page, "body": "夜间封闭两小时。"}):
        process(pipeline, item)
    assert stats == {"searchkit/added": 1, "searchkit/unchanged": 1, "searchkit/updated": 1}


def test_an_item_leaves_when_it_is_on_disk_and_others_are_written_together(made, thread, monkeypatch):
    pipeline, _ = made
    thread.hold = True
    outcomes = [process(pipeline, {"title": f"第{n}条"}) for n in range(5)]
    assert not any(each.called for each in outcomes) and len(thread.given) == 1
    thread.run_next()
    assert [each.called for each in outcomes] == [True, False, False, False, False] and len(pipeline._archive) == 1
    assert len(thread.given[0][1][0]) == 4  # those that came meanwhile
    monkeypatch.setattr(room, "BATCH", 3)
    outcomes += [process(pipeline, {"title": f"又{n}条"}) for n in range(4)]
    while thread.given:
        thread.run_next()
    assert all(each.called for each in outcomes) and len(pipeline._archive) == 9


def test_they_are_indexed_every_so_often(made):
    pipeline, _ = made
    pipeline._index_every = 3
    behind = []
    for n in range(4):
        process(pipeline, {"title": f"第{n}条"})
        behind.append(pipeline._archive.index_behind)
    assert behind == [1, 2, 0, 1]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"link": "https://news.example/1"}, "the record has neither a title nor a body"),
        ({"title": "长", "body": "长" * 2_000_001}, "has 2,000,002 characters; an article has 2,000,000 at most"),
        (Article(title="a", id="x" * 5000), None),
        ({"title": "a", "body": "桥".encode("gbk")}, "it has bytes that are not UTF-8: response.text is text"),
    ],
)
def test_what_is_no_article_is_dropped_and_counted(made, item, reason):
    pipeline, stats = made
    failure = result_of(process(pipeline, item))
    assert failure.type is DropItem and stats["searchkit/rejected"] == 1
    assert reason is None or stats[f"searchkit/rejected/{reason}"] == 1
    assert len(pipeline._archive) == 0


def test_an_error_of_writing_reaches_each_item_and_the_next_is_written(made, monkeypatch):
    pipeline, stats = made

    def full(*_, **__):
        raise searchkit.ArchiveError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(searchkit.Archive, "upsert_all", full)
        assert result_of(process(pipeline, {"title": "长江"})).type is searchkit.ArchiveError
    assert result_of(process(pipeline, {"title": "长江"})) == {"title": "长江"} and stats == {"searchkit/added": 1}


def test_the_archive_is_closed_even_if_it_cannot_be_indexed(made, monkeypatch):
    pipeline, _ = made
    monkeypatch.setattr(searchkit.Archive, "catch_up", lambda self: 1 / 0)
    assert result_of(Deferred.fromCoroutine(pipeline.close_spider())).type is ZeroDivisionError
    with pytest.raises(searchkit.ArchiveClosed):
        len(pipeline._archive)


def test_a_pipeline_without_a_folder_is_an_error():
    with pytest.raises(UsageError, match="SEARCHKIT_INDEX is not set"):
        ArchivePipeline.from_crawler(Crawler())


def test_a_body_of_bytes_is_read_as_utf8(made):
    pipeline, stats = made
    result_of(process(pipeline, {"id": "a", "title": "渡口", "body": "渡轮停航。".encode()}))
    assert pipeline._archive["a"].body == "渡轮停航。" and "searchkit/rejected" not in stats
