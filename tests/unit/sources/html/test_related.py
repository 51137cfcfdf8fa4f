"""The list of other news under an article."""

from __future__ import annotations

from datetime import datetime

from searchkit.sources.html.page import extract

URL = "https://news.example/gn/a.html"


def read(html: str, zone):
    return extract(html.encode(), url=URL, timezone=zone)


def test_entries_have_title_time_and_absolute_address(page, zone):
    first, second, third = read(page(), zone).related
    assert (first.title, first.url) == ("内环高架本月底开始封闭大修", "https://news.example/a/1.html")
    assert first.published == datetime(2025, 3, 9, 8, 0, tzinfo=zone)
    assert first.published_text == "2025-03-09 08:00"
    assert second.published == datetime(2025, 3, 10, 9, 30, tzinfo=zone)
    assert (third.published, third.url) == (None, "https://other.example/3.html")


def test_each_title_once(page, zone):
    below = "<h3>相关新闻</h3>" + '<p><a href="/1">内环高架本月底开始封闭大修</a></p>' * 3
    assert len(read(page(below=below), zone).related) == 1


def test_scripts_are_no_addresses(page, zone):
    below = '<h3>相关新闻</h3><p><a href="javascript:alert(1)">内环高架本月底开始封闭大修</a></p>'
    assert read(page(below=below), zone).related[0].url == ""


def test_tags_comments_and_the_foot_are_no_news(page, zone):
    below = (
        '<h3>标签</h3><p><a href="/t">跨海大桥建设工程</a></p><h3>网友评论</h3><p><a href="/u">海湾边的居民某某</a></p>'
    )
    assert read(page(below=below), zone).related == ()


def test_a_page_without_a_list_has_none(page, zone):
    assert read(page(below=""), zone).related == ()
