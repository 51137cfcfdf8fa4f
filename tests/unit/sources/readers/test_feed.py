"""RSS, Atom and JSON Feed."""

from __future__ import annotations

import io
import json
import sys
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

import searchkit.sources as sources
from searchkit.errors import MissingExtra
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected

RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>青石日报</title><link>http://qingshi.example.com/</link><description>要闻</description>
<item><title>青石渡口因大风停航</title><link>/2025/1.html</link><guid isPermaLink="false">1001</guid>
<pubDate>Sun, 02 Feb 2025 03:20:02 GMT</pubDate><dc:creator>陈河</dc:creator><dc:source>江湾社</dc:source>
<category>水运</category><category>天气</category><description>渡口停航一天。</description>
<content:encoded><![CDATA[<p>青石渡口<b>二日</b>停航。</p><script>alert(1)</script><p>风力达到八级，渡船全部靠岸避风。</p>]]></content:encoded></item>
<item><title>&lt;b&gt;石桥&lt;/b&gt; 通车</title><guid>http://qingshi.example.com/2025/2.html</guid>
<author>desk@example.com (张石)</author><pubDate>2025-02-03 10:00</pubDate>
<description>&lt;p&gt;石桥三日通车。&lt;br/&gt;行人可以通过。&lt;/p&gt;</description></item>
</channel></rss>
"""
EAST = timezone(timedelta(hours=8))


def rss(written: str = "utf-8", declared: str = "utf-8") -> bytes:
    return RSS.replace("{encoding}", declared).encode(written)


def read(data: bytes, **options: Any) -> list[Article | Rejected]:
    return list(sources.read(io.BytesIO(data), **options))


def articles(data: bytes, **options: Any) -> list[Article]:
    found = read(data, **options)
    assert all(isinstance(each, Article) for each in found), found
    return [each for each in found if isinstance(each, Article)]


def test_every_field_of_an_rss_entry() -> None:
    first, second = articles(rss())
    assert first == Article(
        title="青石渡口因大风停航",
        body="青石渡口二日停航。\n风力达到八级，渡船全部靠岸避风。",
        id="qingshi.example.com:1001",
        url="http://qingshi.example.com/2025/1.html",
        published=datetime(2025, 2, 2, 11, 20, 2, tzinfo=EAST),
        published_text="Sun, 02 Feb 2025 03:20:02 GMT",
        source="江湾社",
        author="陈河",
        site="青石日报",
        keywords=("水运", "天气"),
        extra={"summary": "渡口停航一天。"},
    )
    assert (second.title, second.body) == ("石桥 通车", "石桥三日通车。\n行人可以通过。")
    assert (second.id, second.url) == ("", "http://qingshi.example.com/2025/2.html")  # the guid is the address
    assert (second.author, second.source) == ("张石", "青石日报")
    assert second.published == datetime(2025, 2, 3, 10, 0, tzinfo=EAST)
    assert second.precision == "minute"


@pytest.mark.parametrize("written", ["gbk", "gb18030", "big5hkscs", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "iso-8859-1", "big5", "no-such-encoding", ""])
def test_the_encoding_is_seen_not_believed(written: str, declared: str) -> None:
    data = rss(written if written != "big5hkscs" else "utf-8", declared)
    if written == "big5hkscs":
        text = RSS.replace("{encoding}", declared)
        for simplified, traditional in zip(
            "报闻渡风达级船岸张桥过运气陈湾二为", "報聞渡風達級船岸張橋過運氣陳灣二為", strict=True
        ):
            text = text.replace(simplified, traditional)
        data = text.encode("big5hkscs", "xmlcharrefreplace")
    if not declared:
        data = data.replace(' encoding=""'.encode("utf-16-le" if written == "utf-16" else "ascii"), b"")
    first, second = articles(data)
    assert first.title in ("青石渡口因大风停航", "青石渡口因大風停航")
    assert second.body in ("石桥三日通车。\n行人可以通过。", "石橋三日通车。\n行人可以通過。")


def test_rss_of_the_first_kinds() -> None:
    old = """<rss version="0.91"><channel><title>旧报</title><item><title>旧渡口</title>
      <link>http://old.example.com/1</link><description>旧渡口的一段话。</description></item></channel></rss>"""
    rdf = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="http://o.example">
      <title>旧报</title></channel><item rdf:about="http://o.example/2"><title>新渡口</title>
      <link>http://o.example/2</link><dc:date>2025-02-02T11:20:02+08:00</dc:date></item></rdf:RDF>"""
    (one,) = articles(old.encode())
    (two,) = articles(rdf.encode())
    assert (one.title, one.body, one.published) == ("旧渡口", "旧渡口的一段话。", None)
    assert (two.title, two.url, two.published) == (
        "新渡口",
        "http://o.example/2",
        datetime(2025, 2, 2, 11, 20, 2, tzinfo=EAST),
    )


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>江湾在线</title><author><name>编辑部</name></author>
<link href="http://jw.example.com/"/><entry><title type="html">渡口 &amp;amp; 石桥</title><id>urn:jw:3</id>
<link rel="alternate" href="http://jw.example.com/3"/><published>2025-02-02T03:20:02Z</published>
<updated>2025-03-01T00:00:00Z</updated><author><name>甲河</name></author><author><name>乙山</name></author>
<category term="shuiyun" label="水运"/><source><title>山城报</title></source>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>第一段。</p><p>第二段。</p></div></content></entry>
<entry><title>只有更新时间</title><id>http://jw.example.com/4</id><updated>2025-03-01T00:00:00Z</updated>
<summary>一句话。</summary></entry></feed>"""


def test_atom() -> None:
    first, second = articles(ATOM.encode())
    assert (first.title, first.body, first.id) == ("渡口 & 石桥", "第一段。\n第二段。", "urn:jw:3")
    assert (first.author, first.source, first.site) == ("甲河、乙山", "山城报", "江湾在线")
    assert (first.keywords, first.published) == (("水运",), datetime(2025, 2, 2, 11, 20, 2, tzinfo=EAST))
    assert (second.author, second.url, second.body) == ("编辑部", "http://jw.example.com/4", "一句话。")
    assert second.published == datetime(2025, 3, 1, 8, 0, tzinfo=EAST)


JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "石桥周刊",
    "home_page_url": "http://sq.example.com/",
    "items": [
        {"id": 7, "url": "http://sq.example.com/7", "title": "石桥通车", "content_html": "<p>一。</p><p>二。</p>",
         "summary": "摘要", "date_published": "2025-02-02T11:20:02+08:00", "authors": [{"name": "张石"}],
         "tags": ["交通"]},
        {"id": "http://sq.example.com/8", "content_text": "第一行 1 < 2\n第二行", "author": {"name": "李山"}},
        "不是条目",
        {"id": "9"},
    ],
}  # fmt: skip


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("name", ["feed.json", "feed"])
def test_json_feed(tmp_path: Any, indent: int | None, name: str) -> None:
    path = tmp_path / name
    path.write_text(json.dumps(JSON_FEED, ensure_ascii=False, indent=indent), encoding="utf-8")
    first, second, third, fourth = sources.read(path)
    assert first == Article(
        title="石桥通车",
        body="一。\n二。",
        id="sq.example.com:7",
        url="http://sq.example.com/7",
        published=datetime(2025, 2, 2, 11, 20, 2, tzinfo=EAST),
        published_text="2025-02-02T11:20:02+08:00",
        source="石桥周刊",
        author="张石",
        site="石桥周刊",
        keywords=("交通",),
        extra={"summary": "摘要"},
    )
    assert isinstance(second, Article)
    assert (second.body, second.url, second.id) == ("第一行 1 < 2\n第二行", "http://sq.example.com/8", "")
    assert (second.title, second.author) == ("第一行 1 < 2", "李山")
    assert isinstance(third, Rejected)
    assert isinstance(fourth, Rejected)
    assert (third.where, fourth.where) == (f"{path}!entry 3", f"{path}!entry 4")
    assert "neither a title nor a text" in fourth.reason


def test_a_feed_cut_short_keeps_the_entries_that_are_whole() -> None:
    data = rss()
    for end in range(data.index(b"</item>") + 7, data.rindex(b"</item>"), 41):
        first, fault = read(data[:end])
        assert isinstance(first, Article)
        assert first.title == "青石渡口因大风停航"
        assert isinstance(fault, Rejected)
        assert "breaks off" in fault.reason


def test_text_with_line_ends_for_markup_keeps_its_lines() -> None:
    data = (
        b"<rss version='2.0'><channel><item><title>t</title><description>"
        + "第一行\n第二行&amp;nbsp;&lt;a href='x'>链接&lt;/a>\n第三行".encode()
    )
    (item,) = articles(data + b"</description></item></channel></rss>")
    assert item.body == "第一行\n第二行 链接\n第三行"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<rss version='2.0'><channel><title>x</title></channel></rss>", "without entries"),
        (b"<rss version='2.0'><channel><item><link>http://a</link></item></channel></rss>", "neither a title nor"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": 3}', "without a list"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [', "is not JSON"),
    ],
)
def test_a_feed_that_holds_nothing_is_reported(data: bytes, reason: str) -> None:
    (item,) = read(data)
    assert isinstance(item, Rejected)
    assert reason in item.reason


def test_what_is_no_feed_is_said_to_be_none() -> None:
    (item,) = read(b"<urlset><url/></urlset>", format="feed")
    assert isinstance(item, Rejected)
    assert "no feed" in item.reason


def test_an_entry_built_to_break_a_parser_costs_itself_only() -> None:
    bomb = "&lt;p " + "a=1 " * 6000 + "&gt;x"
    text = rss().decode().replace("&lt;p&gt;石桥三日通车。", bomb)
    first, second = read(text.encode())
    assert isinstance(first, Article)
    assert isinstance(second, Rejected)
    assert "attributes" in second.reason


def test_entities_that_multiply_are_not_expanded() -> None:
    entities = '<!ENTITY a "哈哈哈哈哈哈哈哈">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    data = f"<!DOCTYPE rss [{entities}]><rss version='2.0'><channel><item><title>&i;好</title></item></channel></rss>"
    assert sum(len(each.title) for each in read(data.encode(), format="feed") if isinstance(each, Article)) < 1000


def test_a_path_in_place_of_a_feed_is_not_opened(tmp_path: Any) -> None:
    path = tmp_path / "secret.rss"
    path.write_bytes(rss())
    assert not any(isinstance(each, Article) for each in read(str(path).encode(), format="feed"))


@pytest.mark.parametrize("missing", ["feedparser", "lxml"])
def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name in [
        each
        for each in sys.modules
        if each.startswith(("searchkit.sources.readers.feed_entry", "searchkit.sources.html"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtra) as caught:
        read(rss())
    assert "pip install 'searchkit[feeds]'" in caught.value.hint


@pytest.mark.parametrize("data", [b'<?xml version="1.0"?>', b"\x00", b"<?xml version='1.0'?>\n\x01"])
def test_a_declaration_with_nothing_under_it_is_no_feed(data: bytes) -> None:
    (found,) = read(data, format="feed")
    assert isinstance(found, Rejected)
    assert "is no feed" in found.reason


@pytest.mark.parametrize("half", ["&#xD800;", "&#55296;", "&#x0DFFF;", "&#xd1e999;", "&#99999999999;"])
def test_a_reference_to_half_a_character_costs_that_character_only(half: str) -> None:
    data = f"<rss version='2.0'><channel><title>x</title><item><title>渡{half}口&#x6c5f;</title></item></channel></rss>"
    (found,) = read(data.encode(), format="feed")
    assert isinstance(found, Article)
    assert found.title == "渡\ufffd口江"


def test_nul_in_the_address_of_a_feed_gets_into_no_id() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "home_page_url": "http://\x00jw.example.com/",
        "items": [{"id": "1", "title": "渡口"}],
    }
    (found,) = read(json.dumps(feed).encode())
    assert isinstance(found, Article)
    assert found.id == "\ufffdjw.example.com:1"


def test_what_is_no_post_in_an_export_of_wordpress_is_set_aside() -> None:
    item = "<item><title>{}</title><link>https://a.example.com/{}</link><wp:post_type>{}</wp:post_type><wp:status>{}</wp:status></item>"
    text = ('<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>江湾</title>'
            + item.format("渡口恢复通航", 1, "post", "publish") + item.format("船", 2, "attachment", "inherit")
            + item.format("浮桥", 3, "post", "draft") + "</channel></rss>")  # fmt: skip
    first, second, third = sources.read(io.BytesIO(text.encode()))
    assert isinstance(first, Article) and first.title == "渡口恢复通航"
    assert isinstance(second, Rejected) and second.reason == "is no article but of the type attachment"
    assert isinstance(third, Rejected) and third.reason == "is not published but draft"
