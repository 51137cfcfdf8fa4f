"""WARC: pages out of what a crawler was answered."""

from __future__ import annotations

import gzip
import importlib
import io
import json
import sys
import zipfile
import zlib
from datetime import datetime, timedelta, timezone
from typing import Any

import brotli
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import searchkit.sources as sources
from searchkit.errors import MissingExtra
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected
from searchkit.sources import Limits
from searchkit.sources.readers import warc

EAST = timezone(timedelta(hours=8))
BODY = "".join(
    f"<p>{number}日上午，江湾渡口恢复通航，渡船每半小时一班，沿岸居民过江不再绕行石桥，往来货物也由此装卸。</p>"
    for number in "一二三"
)


def page(title: str, head: str = "", charset: str = "utf-8") -> bytes:
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body><h1>{title}</h1>"
        f"<div>2025-02-02 11:20 来源：江湾社</div><div class='content'>{BODY}</div></body></html>"
    ).encode(charset)


def chunked(data: bytes, size: int = 200) -> bytes:
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


class Crawl:
    """A WARC that is being written."""

    def __init__(self, *, packed: bool = False) -> None:
        self.out = io.BytesIO()
        self._writer = WARCWriter(self.out, gzip=packed)
        self._writer.write_record(self._writer.create_warcinfo_record("a.warc", {"software": "test"}))

    def add(
        self, url: str, data: bytes, *headers: tuple[str, str], status: str = "200 OK", kind: str = "response",
        type: str = "text/html", warc: dict[str, str] | None = None,
    ) -> Crawl:  # fmt: skip
        typed = [("Content-Type", type)] if type else []
        http = StatusAndHeaders(status, [*typed, *headers], protocol="HTTP/1.1") if kind == "response" else None
        given = {"WARC-Date": "2026-05-05T05:05:05Z", **(warc or {})}
        self._writer.write_record(
            self._writer.create_warc_record(
                url, kind, payload=io.BytesIO(data), http_headers=http, warc_headers_dict=given,
                warc_content_type=type if kind == "resource" else "",
            )
        )  # fmt: skip
        return self

    @property
    def data(self) -> bytes:
        return self.out.getvalue()


def read(data: bytes, **options: Any) -> list[Article | Rejected]:
    return list(sources.read(io.BytesIO(data), **options))


def titles(data: bytes, **options: Any) -> list[str]:
    return [each.title if isinstance(each, Article) else each.where for each in read(data, **options)]


@pytest.mark.parametrize("packed", [False, True], ids=["warc", "warc.gz"])
def test_pages_however_they_were_sent(packed: bool) -> None:
    crawl = Crawl(packed=packed)
    crawl.add("http://jw.example.com/1", page("渡口一号通航"))
    crawl.add("http://jw.example.com/2", chunked(page("渡口二号通航")), ("Transfer-Encoding", "chunked"))
    crawl.add("http://jw.example.com/3", gzip.compress(page("渡口三号通航")), ("Content-Encoding", "gzip"))
    sent = chunked(gzip.compress(page("渡口四号通航")))
    crawl.add("http://jw.example.com/4", sent, ("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"))
    crawl.add("http://jw.example.com/5", brotli.compress(page("渡口五号通航")), ("Content-Encoding", "br"))
    crawl.add("http://jw.example.com/6", page("渡口六号通航", charset="gbk"), type="text/html; charset=utf-8")
    crawl.add("http://jw.example.com/7", page("渡口七号通航"), type="")
    crawl.add("http://jw.example.com/8", page("渡口八号通航"), kind="resource")
    found = read(crawl.data)
    assert [getattr(each, "title", each) for each in found] == [f"渡口{number}号通航" for number in "一二三四五六七八"]
    assert [getattr(each, "url", each) for each in found] == [
        f"http://jw.example.com/{number}" for number in range(1, 9)
    ]


def test_the_capture_is_when_it_was_fetched_and_no_more() -> None:
    undated = page("渡口何日通航").replace(b"2025-02-02 11:20", b"")
    canonical = page("渡口通航", '<link rel="canonical" href="http://jw.example.com/true">')
    crawl = Crawl().add("http://jw.example.com/a?x=1", canonical)
    crawl.add("http://jw.example.com/b", undated, warc={"WARC-Truncated": "length"})
    first, second = read(crawl.data)
    assert isinstance(first, Article)
    assert first.url == "http://jw.example.com/true"  # the page knows better than the crawler
    assert first.published == datetime(2025, 2, 2, 11, 20, tzinfo=EAST)
    assert first.extra["fetched"] == "2026-05-05T05:05:05Z"
    assert isinstance(second, Article)
    assert (second.published, second.url) == (None, "http://jw.example.com/b")
    assert second.extra["truncated"] == "length"


def test_what_is_no_page_is_passed_over() -> None:
    crawl = Crawl()
    crawl.add("http://jw.example.com/p.png", b"\x89PNG", type="image/png")
    crawl.add("http://jw.example.com/404", page("没有这一页"), status="404 Not Found")
    crawl.add("http://jw.example.com/x", b"\x00\x01", type="")
    crawl.add("http://jw.example.com/m", b"a=1", kind="metadata")
    assert [each.reason for each in read(crawl.data) if isinstance(each, Rejected)] == ["holds no HTML pages"]
    crawl.add("http://jw.example.com/1", page("渡口通航"))
    assert titles(crawl.data) == ["渡口通航"]


def test_a_page_without_an_article_costs_itself_only() -> None:
    crawl = (
        Crawl()
        .add("http://jw.example.com/0", b"<html><body>x</body></html>")
        .add("http://jw.example.com/1", page("渡口通航"))
    )
    crawl.add("http://jw.example.com/2", b"  ")
    crawl.add("http://jw.example.com/3", gzip.compress(b" " * 3_000_000), ("Content-Encoding", "gzip"))
    assert titles(crawl.data, limits=Limits(document_bytes=1_000_000)) == [
        "<stream>!http://jw.example.com/0",
        "渡口通航",
        "<stream>!http://jw.example.com/2",
        "<stream>!http://jw.example.com/3",
    ]


@pytest.mark.parametrize("packed", [False, True], ids=["warc", "warc.gz"])
def test_a_file_cut_short_keeps_what_is_whole(packed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    import searchkit.sources.html as html

    monkeypatch.setattr(
        html, "read_page", lambda data, timezone, where: Article(title=data.decode().split("h1>")[1][:-2])
    )
    crawl = Crawl(packed=packed).add("http://jw.example.com/1", page("渡口一号"))
    whole = len(crawl.data)
    crawl.add("http://jw.example.com/2", chunked(page("渡口二号")), ("Transfer-Encoding", "chunked"))
    assert titles(crawl.data) == ["渡口一号", "渡口二号"]
    for end in range(whole + 5, len(crawl.data) - 8, 17):
        found = read(crawl.data[:end])
        assert isinstance(found[0], Article)
        assert found[0].title == "渡口一号"
        assert isinstance(found[-1], Rejected), end
        assert "breaks off" in found[-1].reason or "cut short" in found[-1].reason
        # where only the last bytes of the packing are missing the page itself may still be whole
        assert all(isinstance(each, Article) and each.title == "渡口二号" for each in found[1:-1])


def test_a_damaged_record_is_reported() -> None:
    crawl = Crawl().add("http://jw.example.com/1", page("渡口一号通航"))
    found = read(crawl.data + b"no record at all\r\n\r\nanother line\r\n" * 3)
    assert isinstance(found[0], Article)
    assert isinstance(found[-1], Rejected)


@pytest.mark.parametrize(("missing", "extra"), [("warcio.archiveiterator", "warc")])
def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch, missing: str, extra: str) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtra) as caught:
        read(Crawl().data)
    assert f"pip install 'searchkit[{extra}]'" in caught.value.hint


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_page_whose_compression_is_broken_is_set_aside(coding: str) -> None:
    whole = page("渡口一号通航", "<!-- " + "".join(map(chr, range(0x4E00, 0x9000))) + " -->")
    packed = gzip.compress(whole) if coding == "gzip" else zlib.compress(whole)
    broken = packed[: len(packed) // 2] + b"\0" * 40 + packed[len(packed) // 2 + 40 :]
    for data in (broken, packed[: len(packed) // 2]):
        crawl = Crawl().add("http://jw.example.com/1", data, ("Content-Encoding", coding))
        found = read(crawl.add("http://jw.example.com/2", page("渡口二号通航")).data)
        assert isinstance(found[0], Rejected) and ("damaged" in found[0].reason or "breaks off" in found[0].reason)
        assert [getattr(each, "title", "") for each in found[1:]] == ["渡口二号通航"]
    cut = Crawl().add(
        "http://jw.example.com/1", packed[:-9], ("Content-Encoding", coding), warc={"WARC-Truncated": "length"}
    )
    assert titles(cut.data) == ["渡口一号通航"]
    assert titles(Crawl().add("http://jw.example.com/1", whole, ("Content-Encoding", coding)).data) == ["渡口一号通航"]
    assert "is empty" in read(Crawl().add("http://jw.example.com/1", b"", ("Content-Encoding", coding)).data)[0].reason  # type: ignore[union-attr]


def test_a_length_that_is_too_short_is_reported(capfd: pytest.CaptureFixture[str]) -> None:
    crawl = Crawl().add("http://jw.example.com/1", page("渡口一号通航"))
    crawl.add("http://jw.example.com/2", page("渡口二号通航"))
    at = crawl.data.index(b"Content-Length: ", crawl.data.index(b"jw.example.com/1")) + len("Content-Length: ")
    length, rest = crawl.data[at:].split(b"\r\n", 1)
    found = read(crawl.data[:at] + b"%d\r\n" % (int(length) - 9) + rest)
    assert [getattr(each, "title", getattr(each, "reason", "")) for each in found] == [
        "渡口一号通航",
        "is longer than its record says; what stands behind its stated end was left out",
        "渡口二号通航",
    ]
    assert capfd.readouterr() == ("", "")


def test_a_hostile_address_reaches_no_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    """warcio logs an address with spaces as it stands, and a log without a handler goes to standard error."""
    found = read(Crawl().add("http://jw.example.com/ \x1b[2J", page("渡口一号通航")).data)
    assert len(found) == 1
    assert capfd.readouterr() == ("", "")


def _wacz(crawl: bytes | None, pages: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("datapackage.json", '{"profile": "data-package", "wacz_version": "1.1.1"}')
        packed.writestr("indexes/index.cdx", "com,example,news)/1 20250304 {}\n")
        packed.writestr("pages/pages.jsonl", pages)
        if crawl is not None:
            packed.writestr("archive/data.warc.gz", crawl)
    return out.getvalue()


def test_a_wacz_gives_the_pages_of_its_crawl() -> None:
    crawl = Crawl(packed=True).add("https://news.example.com/1", page("渡口通航"))
    listed = '{"format": "json-pages-1.0"}\n' + json.dumps(
        {
            "url": "https://news.example.com/1",
            "title": "渡口通航",
            "text": "江湾渡口恢复通航，市民过江不再绕行。",
            "ts": "2026-05-05",
        }
    )
    (article,) = sources.read(io.BytesIO(_wacz(crawl.out.getvalue(), listed)))
    assert isinstance(article, Article)
    assert (article.title, article.url) == ("渡口通航", "https://news.example.com/1")
    found = list(sources.read(io.BytesIO(_wacz(Crawl(packed=True).out.getvalue(), listed))))
    assert [type(each) for each in found] == [Rejected, Article]  # the crawl holds no page, the list has its text
    assert isinstance(found[1], Article)
    assert (found[1].body, found[1].extra) == ("江湾渡口恢复通航，市民过江不再绕行。", {"fetched": "2026-05-05"})


def test_a_zip_that_is_no_wacz_is_read_whole() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("archive/a.jsonl", '{"title": "甲"}')
        packed.writestr("pages/pages.jsonl", '{"title": "乙"}')
    assert [each.title for each in sources.read(io.BytesIO(out.getvalue())) if isinstance(each, Article)] == [
        "甲",
        "乙",
    ]


def test_pages_compressed_in_other_ways() -> None:
    zstandard = pytest.importorskip("zstandard")
    crawl = Crawl()
    crawl.add("https://news.example.com/1", zstandard.compress(page("渡口通航")), ("Content-Encoding", "zstd"))
    crawl.add("https://news.example.com/2", b"xx" * 50, ("Content-Encoding", "compress"))
    crawl.add("https://news.example.com/3", b"xx" * 50, ("Content-Encoding", "gzip, br"))
    crawl.add("https://news.example.com/4", page("浮桥动工"), ("Content-Encoding", "identity"))
    found = list(sources.read(io.BytesIO(crawl.out.getvalue())))
    assert [each.title if isinstance(each, Article) else each.reason for each in found] == [
        "渡口通航",
        "is compressed in a way that cannot be undone here: compress",
        "is compressed in a way that cannot be undone here: gzip, br",
        "浮桥动工",
    ]


def test_a_fault_over_one_page_does_not_cost_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    html = importlib.import_module("searchkit.sources.html")
    real = html.read_page

    def broken(data: bytes, **options: Any) -> Article:
        if "浮桥".encode() in data:
            raise ZeroDivisionError("oops")
        article: Article = real(data, **options)
        return article

    monkeypatch.setattr(html, "read_page", broken)
    crawl = (
        Crawl().add("https://news.example.com/1", page("浮桥动工")).add("https://news.example.com/2", page("渡口通航"))
    )
    (fault, article) = sources.read(io.BytesIO(crawl.out.getvalue()))
    assert isinstance(fault, Rejected)
    assert "a fault of the reader" in fault.reason
    assert isinstance(article, Article)


@pytest.mark.parametrize("endless", [b"\0" * 300, b"X: y\r\n" * 50], ids=["line", "header"])
@pytest.mark.parametrize("begin", [b"", b"WARC/1.0\r\nWARC-Type: response\r\n"], ids=["file", "record"])
def test_a_header_without_an_end_is_refused_early(
    endless: bytes, begin: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gz of some kilobytes may hold one of gigabytes; warcio's time grows with its square."""
    monkeypatch.setattr(warc, "MOST_HEADER", 200)
    (found,) = read(begin + endless, format="warc")
    assert isinstance(found, Rejected) and "damaged" in found.reason


def test_the_headers_of_many_records_are_counted_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "MOST_HEADER", 200)
    empty = (
        b"WARC/1.0\r\nWARC-Type: metadata\r\nWARC-Target-URI: http://a.example/\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    )
    (found,) = read(empty * 20)
    assert isinstance(found, Rejected) and found.reason == "holds no HTML pages"
