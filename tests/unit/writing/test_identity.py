"""Which records are one article: addresses that are one, addresses that are none, and what is kept apart."""

from __future__ import annotations

import itertools

import pytest

import searchkit
from searchkit.model.article import Article
from searchkit.model.serialise import digest
from searchkit.writing.identity import canonical_url, likeness, names_an_article, with_id

RIVER = "河口镇的新码头昨天启用，首班渡轮载着一百二十名乘客驶往对岸，往返时间由四十分钟缩短到十五分钟，票价不变。"
SNOW = "北岭昨夜降雪，气象台发布道路结冰预警，城郊四条公交线路停运，中小学今天推迟一小时上课，供暖部门全员值守。"
TEXTS = [RIVER, SNOW, "市立图书馆下月起延长开放时间，周末夜间也可借还，新增的盲文阅览区在二楼东侧，首批入藏三千册。"]


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("http://n.example.com/a/1.html", "http://n.example.com/a/1.html"),
        ("HTTP://N.Example.COM:80/a", "http://n.example.com/a"),
        ("https://n.example.com.:443", "https://n.example.com/"),
        ("http://n.example.com:8080/a", "http://n.example.com:8080/a"),
        ("http://n.example.com/新闻/1", "http://n.example.com/%E6%96%B0%E9%97%BB/1"),
        ("http://n.example.com/%e6%96%b0%E9%97%BB/1", "http://n.example.com/%E6%96%B0%E9%97%BB/1"),
        ("http://n.example.com/%7ex/%2D%61", "http://n.example.com/~x/-a"),
        ("http://n.example.com/a%2fb", "http://n.example.com/a%2Fb"),
        ("http://n.example.com/%D0%C2", "http://n.example.com/%D0%C2"),
        ("http://n.example.com/a b", "http://n.example.com/a%20b"),
        ("http://n.example.com/100%", "http://n.example.com/100%"),
        ("http://n.example.com/./a/../b/c/..", "http://n.example.com/b/"),
        ("http://n.example.com/../../a", "http://n.example.com/a"),
        ("http://n.example.com/a/...", "http://n.example.com/a/..."),
        ("http://n.example.com/a?utm_source=x&id=%e6%96%b0+1&spm=2", "http://n.example.com/a?id=%E6%96%B0+1"),
        ("http://n.example.com/a?id=新", "http://n.example.com/a?id=%E6%96%B0"),
        ("http://n.example.com/a?a&b=&c=1", "http://n.example.com/a?a&b=&c=1"),
        ("http://新闻.example.com/2", "http://xn--efvy88h.example.com/2"),
        ("http://XN--EFVY88H.example.com/2", "http://xn--efvy88h.example.com/2"),
        ("http://新闻。example.com/2", "http://xn--efvy88h.example.com/2"),
        ("http://n.example.com/a?b=1&amp;c=2&", "http://n.example.com/a?b=1&c=2"),
        ("http://n.example.com/a;jsessionid=0F?b=1&PHPSESSID=2&msclkid=3&vd_source=4", "http://n.example.com/a?b=1"),
        ("http://n.example.com/a#part", "http://n.example.com/a"),
        ("http://n.example.com/a#/news/3", "http://n.example.com/a#/news/3"),
        ("urn:x:1", "urn:x:1"),
        ("http://[::1", "http://[::1"),
        (f"http://{'新' * 80}.example.com/", f"http://{'新' * 80}.example.com/"),
    ],
)
def test_one_address_has_one_form(written, canonical):
    assert canonical_url(written) == canonical == canonical_url(canonical)


@pytest.mark.parametrize(
    "url",
    [
        "http://n.example.com/login?next=/a/1.html", "http://n.example.com/404.html", "http://n.example.com/a/notfound",
        "http://n.example.com/society", "http://n.example.com/zh-hk", "http://n.example.com/channel/society",
        "http://n.example.com/#/", "http://n.example.com/?lang=zh", "http://n.example.com/article.php?id=",
        "http://n.example.com/node_71_2.htm", "http://n.example.com", "http://n.example.com/", "http://n.example.com/news/", "http://n.example.com/a/b/",
        "http://n.example.com/index.html", "http://n.example.com/a/index.shtml", "http://n.example.com/Default.aspx",
        "http://n.example.com/index_2.html", "http://n.example.com/list.html", "http://n.example.com/news/list_12.htm",
        "http://n.example.com/node_1234.htm", "http://n.example.com/2025/03/04/", "http://n.example.com/2025-03/",
        "http://n.example.com/20250304/", "http://n.example.com/page/2/", "http://n.example.com/tag/芯片",
        "http://n.example.com/list/3", "http://n.example.com/?page=2", "http://n.example.com/search?q=芯片&page=3",
        "http://n.example.com/list.php?page=2", "http://n.example.com/index.php?utm_source=x",
    ],
)  # fmt: skip
def test_a_front_page_a_folder_and_a_list_are_no_identity(url):
    assert not names_an_article(canonical_url(url))
    assert with_id(Article(title="渡口", url=url)).id == with_id(Article(title="渡口")).id


@pytest.mark.parametrize(
    "url",
    [
        "http://n.example.com/a.html", "http://n.example.com/2025/03/04/new-ferry-opens/",
        "http://n.example.com/archives/1234/", "http://n.example.com/2025/03/新码头/", "http://n.example.com/?p=12",
        "http://n.example.com/index.php?id=55", "http://n.example.com/#/news/3", "http://n.example.com/node/5",
        "http://n.example.com/news/20250304", "http://n.example.com/a/12345.html?page=2", "urn:x:1",
        "http://n.example.com/list/1234567.html", "http://n.example.com/s/Abc_-dE",
    ],
)  # fmt: skip
def test_the_address_of_an_article_is_its_identity(url):
    assert with_id(Article(title="渡口", url=url)).id == f"u{digest(canonical_url(url))}"


@pytest.fixture
def archive(tmp_path):
    with searchkit.open(tmp_path / "index", create=True) as made:
        yield made


def pages(url: str) -> list[Article]:
    titles = ("新码头启用", "北岭降雪", "图书馆延长开放")
    return [Article(title=title, body=text, url=url) for title, text in zip(titles, TEXTS, strict=True)]


@pytest.mark.parametrize("url", ["http://n.example.com/", "http://n.example.com/a.html"])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_three_pages_with_one_address_are_three_articles(tmp_path, url, order):
    with searchkit.open(tmp_path / "index", create=True) as archive:
        given = pages(url)
        report = archive.upsert_all(given[number] for number in order)
        assert (report.added, report.updated) == (3, 0)
        assert report.kept_apart == (2 if url.endswith("html") else 0)
        again = archive.upsert_all(given)
        assert (again.unchanged, again.kept_apart) == (3, 0)
        assert {article.title for article in archive} == {article.title for article in given}


def test_a_correction_is_a_revision_also_of_what_is_kept_apart(archive):
    url = "http://n.example.com/a.html"
    first, second, _ = pages(url)
    archive.upsert_all([first, second])
    for corrected in (
        Article(title="更正：票价不变", body=RIVER.replace("四十", "五十"), url=url),
        Article(title="更正：票价也不变", body="全文改写：" + SNOW[:5], url=url),
        Article(title="北岭降雪（更新）", body=SNOW + "傍晚雪停。", url=url),
    ):
        assert [outcome for outcome, _ in archive.preview(corrected)] == ["updated"]
        report = archive.upsert(corrected)
        assert (report.added, report.updated) == (0, 1)
    assert report.kept_apart == 1
    assert len(archive) == 2


def test_a_given_id_is_never_doubted(archive):
    for article in pages("http://n.example.com/a.html"):
        archive.upsert(Article(id="given", title=article.title, body=article.body))
    assert len(archive) == 1 and len(archive.revisions("given")) == 3


@pytest.mark.parametrize(
    "url", ["http://n.example.com/新闻/1.html", "http://n.example.com/a?x=1&y=%7e", "http://n.example.com/"]
)
def test_what_is_held_under_the_id_of_an_earlier_version_keeps_it(archive, url):
    held = Article(id=f"u{digest(url)}", title="新码头启用", body=RIVER, url=url)
    archive.upsert(held)
    again = Article(title="新码头启用", body=RIVER, url=url)
    assert archive.upsert(again).unchanged == 1
    assert archive.upsert(Article(title="北岭降雪", body=SNOW, url=url)).added == 1
    assert archive.upsert(again).unchanged == 1


@pytest.mark.parametrize(
    ("title", "body", "related"),
    [
        ("新码头启用", "", True),
        ("新码头 启用", SNOW, True),
        ("别的", RIVER[:30], True),
        ("别的", RIVER[10:] + SNOW, True),
        ("别的", SNOW, False),
        ("别的", "", False),
        ("", SNOW, False),
    ],
)
def test_states_of_one_article_have_much_in_common(title, body, related):
    assert bool(likeness(Article(title="新码头启用", body=RIVER), Article(title=title, body=body))) is related
