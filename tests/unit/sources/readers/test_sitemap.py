"""News sitemaps: their entries fill the pages of the same run, whatever way the address is written."""

from __future__ import annotations

import gzip
import io
from datetime import timedelta, timezone
from pathlib import Path

import pytest

import searchkit
import searchkit.sources as sources
from searchkit.ingest.run import ingest
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected
from searchkit.sources.limits import Unreadable
from searchkit.sources.readers.sitemap import Sitemaps, entries
from searchkit.writing.identity import canonical_url

ZONE = timezone(timedelta(hours=8))
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
)
ENTRY = (
    "<url><loc>https://news.example/a/1.html</loc><news:news><news:publication><news:name>某某网</news:name>"
    "<news:language>zh</news:language></news:publication><news:publication_date>2025-03-04T10:20:00+08:00"
    "</news:publication_date><news:title>海湾新桥</news:title><news:keywords>桥梁, 交通</news:keywords></news:news></url>"
)
OTHER = "<url><loc>https://news.example/a/2.html</loc><news:news><news:title>另一篇</news:title></news:news></url>"
PLAIN = "<url><loc>https://news.example/about</loc><lastmod>2025-01-01</lastmod></url>"


def sitemap(*urls: str) -> bytes:
    return (HEAD + "".join(urls) + "</urlset>").encode()


def test_the_entries_of_a_sitemap() -> None:
    first, second = entries(io.BytesIO(sitemap(ENTRY, PLAIN, OTHER)), timezone=ZONE)
    assert (first.title, first.url, first.site) == ("海湾新桥", "https://news.example/a/1.html", "某某网")
    assert (first.keywords, first.precision) == (("桥梁", "交通"), "second")
    assert first.published is not None
    assert first.published.isoformat() == "2025-03-04T10:20:00+08:00"
    assert (second.title, second.published) == ("另一篇", None)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (sitemap(PLAIN), "a sitemap without news"),
        (b"<sitemapindex><sitemap><loc>https://a.example/1.xml</loc></sitemap></sitemapindex>", "an index of sitemaps"),
        (sitemap(ENTRY)[:-40], "not XML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + sitemap(ENTRY)[38:], "declares entities"),
    ],
)
def test_what_is_no_news_sitemap_is_said(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        list(entries(io.BytesIO(data), timezone=ZONE))
    assert reason in caught.value.reason


@pytest.mark.parametrize("name", ["sitemap.xml", "news.xml", "sitemap.xml.gz"])
def test_pages_are_filled_by_address_and_missing_ones_named(tmp_path: Path, name: str) -> None:
    data = sitemap(ENTRY, OTHER)
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    (tmp_path / "z.jsonl").write_text(
        '{"title": "甲", "body": "正文。", "url": "HTTPS://news.example/a/1.html?utm_source=x#top"}\n'
        '{"title": "乙", "body": "正文。", "url": "https://news.example/b.html"}\n',
        encoding="utf-8",
    )
    found = list(sources.documents(tmp_path))
    sitemaps = Sitemaps(found, key=canonical_url, timezone=ZONE)
    (document,) = sitemaps.documents
    assert isinstance(document, sources.Document)
    first, second, missing = sitemaps.joined(sources.read_document(document))
    assert isinstance(first, Article)
    assert (first.title, first.site, first.keywords) == ("甲", "某某网", ("桥梁", "交通"))
    assert first.published is not None
    assert isinstance(second, Article)
    assert second.site == ""
    assert isinstance(missing, Rejected)
    assert "1 address" in missing.reason
    assert "https://news.example/a/2.html" in missing.reason


def test_ingest_joins_what_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/sitemap.xml").write_bytes(sitemap(ENTRY))
    (tmp_path / "in/a.jsonl").write_text('{"title": "甲", "body": "正文。", "url": "https://news.example/a/1.html"}')
    with searchkit.open(tmp_path / "index", create=True) as archive:
        report = ingest(archive, [tmp_path / "in"], rejects=None)
        assert (report.report.added, len(report.report.rejected)) == (1, 0)
        assert archive.search("site:某某网").total == 1


def test_a_sitemap_alone_or_packed_is_no_article(tmp_path: Path) -> None:
    (item,) = sources.read(io.BytesIO(sitemap(ENTRY)))
    assert isinstance(item, Rejected)
    assert "is a sitemap" in item.reason
