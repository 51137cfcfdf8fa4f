"""The parsers of outside bytes, each with seeds of our own and with what must be true of its answer. See `fuzz.py`."""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timezone
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import searchkit
from searchkit.analysis.segment import segmenter
from searchkit.engines.index import Entry
from searchkit.engines.memory import MemoryIndex
from searchkit.engines.whoosh import manifest
from searchkit.engines.whoosh.codec.layout import HEADER_STRUCT
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.errors import Damaged, IndexOutdated, QueryError, SourceError
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected
from searchkit.model.serialise import to_record
from searchkit.query import dates
from searchkit.query.clock import Clock
from searchkit.query.parser import parse
from searchkit.query.writer import write
from searchkit.sources import printed_dates
from searchkit.sources.decoded import ends_in_cr
from searchkit.sources.encodings import decode_line, encoding_of, is_wide
from searchkit.sources.formats import Item, Reader, Reading, choose, looks_json_feed, read_stream, registry
from searchkit.sources.html.mhtml import main_page
from searchkit.sources.html.page import extract
from searchkit.sources.limits import TooMuch, Unreadable
from searchkit.sources.readers.feed import read_feed
from searchkit.sources.readers.markdown import read_markdown
from searchkit.sources.readers.text_dump import read_text
from searchkit.sources.readers.warc import read_warc
from searchkit.sources.record import from_record
from searchkit.sources.streams import HEAD, Stream
from tests.torture.fuzz import Broken, Target

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2025, 6, 30)
_MARK = re.compile(r"mk\d{4}x")

_TEXTS = tuple(
    text.encode()
    for text in (
        "江湾新闻网(jw.example.com)\n首页 > 社会\n渡口恢复通航\n2025-02-02 11:20:02　来源：江湾社　作者：周岸\n"
        "　　江湾渡口二日上午恢复通航，渡船每半小时一班，沿岸居民过江不再绕行石桥。\n"
        "　　管理处说，雾季巡查照旧，遇大风停航。\n【责任编辑：许舟】\n相关新闻\n石桥加固完工 2025-01-30\n雾季停航公告\n",
        "标题：石桥加固完工\n作者：陈河\n时间：2025年1月30日\n正文：石桥加固一月三十日完工，行人与货车分道。\n\n=====\n"
        "标题：灯塔重新点亮\n时间：1998年7月1日 08:30\n灯塔停用三年后点亮，渔船夜里可以进港，港务所每晚记录一次灯光。\n",
        "（江湾社北京3月4日电）雾散得晚，头班船推迟一小时，旅客在候船室等候，热水免费供应。\n（完）\n",
        "编者按\n潮位表\n一 二 三\n2025.03.04\n",
    )
)
_TEXT_WORDS = tuple(
    word.encode()
    for word in (
        "来源：", "作者：", "责任编辑：", "（完）", "相关新闻", "正文：", "标题：", "时间：", "×", "=====", "-----", "\f", " > ", "2025-02-02",
        "（江湾社电）", "首页", "http://", "【", "】", "　　", "记者 ", "2025年2月30日", "编辑：", "关键词：", "——", "(", ")",
    )
)  # fmt: skip

_LINES = tuple(
    "\n".join(json.dumps(each, ensure_ascii=False) for each in records).encode()
    for records in (
        [
            {"title": "渡口恢复通航mk0001x", "content": "渡船每半小时一班。", "publish_time": "2025-02-02 11:20", "source": "江湾社"},
            {"headline": "灯塔mk0002x", "text": ["一段", "二段"], "date": 1738466400, "tags": "海港,灯光", "url": "http://a.example/1"},
            {"title": "mk0003x", "date": {"$date": {"$numberLong": "1738466400000"}}, "author": [{"name": "周岸"}], "n": {"a": 1.5}},
        ],
        [
            {"schema": "searchkit.article/1", "title": "石桥mk0004x", "published": "2025-01-30T08:00:00+08:00", "precision": "day",
             "keywords": ["桥"], "related": [{"title": "旧闻", "published": "2024-01-30T08:00:00+08:00"}], "extra": {"k": "v"}},
            {"_id": {"$oid": "5f"}, "标题": "雾季mk0005x", "正文": "<p>雾</p>", "发布时间": "2025年3月4日", "kind": "headline"},
        ],
    )
)  # fmt: skip
_JSON_WORDS = (
    b'"title": ', b'"body": ', b'"schema": "searchkit.article/1"', b'"published": ', b'"date": ', b'"keywords": ', b'"related": [',
    b'"extra": {', b'{"$date": ', b'"precision": "minute"', b'"kind": "headline"', b"[", b"]", b"{", b"}", b",", b":", b'"', b"\\", b"\\ud800",
    b"\\u0000", b"null", b"true", b"NaN", b"Infinity", b"-1e400", b"1.5", b'""', b"\\n", b'"\\udfff"', b"+00:00", b"T24:00:00", b"\x1e",
)  # fmt: skip
_JSON = (
    b'{"data": {"list": [' + _LINES[0].replace(b"\n", b",\n") + b"]}}",
    b"[" + _LINES[1].replace(b"\n", b",") + b"]",
    _LINES[0].replace(b"\n", b"\n\n").replace(b", ", b",\n "),
)

_TABLES = (
    '标题,正文,时间,来源\n渡口mk0001x,渡船半小时一班,2025-02-02,江湾社\n灯塔mk0002x,"停用三年,点亮\n第二行",1998/7/1,"说""好"""\n'.encode()
    + "石桥mk0003x,加固,,\n".encode(),
    b'sep=;\r\ntitle;body;published;author;x;x\r\nA mk0004x;text;2025-01-01;a;b;c\r\n"B mk0005x";;;;;\r\n',
    "title\tcontent\nmk0006x\t一\nmk0007x\t二\n".encode("gb18030"),
)
_TABLE_WORDS = (
    b",",
    b";",
    b"\t",
    b"|",
    "，".encode(),
    b'"',
    b'""',
    b'","',
    b"sep=",
    b"title",
    b"\r",
    b"\x00",
    b"mk0009x",
)

_RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>江湾社</title><link>http://jw.example.com/</link>
<item><title>渡口恢复通航</title><link>/1</link><guid>1</guid><pubDate>Sun, 02 Feb 2025 11:20:00 +0800</pubDate>
<description>&lt;p&gt;渡船半小时一班&lt;/p&gt;</description><content:encoded><![CDATA[<p>江湾渡口</p><p>二段</p>]]></content:encoded>
<category>社会</category><author>desk@example.com (陈河)</author></item>
<item><title>灯塔</title><description>点亮</description></item></channel></rss>"""
_ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>潮位</title><author><name>周岸</name></author><entry><title type="html">石桥&amp;lt;b&gt;
</title><id>tag:jw.example.com,2025:1</id><link href="http://jw.example.com/2"/><published>2025-02-02T11:20:00Z</published>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>加固</p></div></content></entry></feed>"""
_JSON_FEED = (
    '{"version": "https://jsonfeed.org/version/1.1", "title": "江湾社", "home_page_url": "http://jw.example.com/", "items": ['
    '{"id": "1", "title": "渡口", "content_html": "<p>渡船</p>", "date_published": "2025-02-02T11:20:00Z", "authors": [{"name": "周岸"}]},'
    '{"id": 2, "content_text": "灯塔\\n点亮", "tags": ["海"], "author": {"name": "陈河"}}]}'
)
_FEEDS = (_RSS.encode(), _ATOM.encode(), _JSON_FEED.encode(), _RSS.replace("utf-8", "gbk").encode("gb18030"))
_FEED_WORDS = (
    b"<item>", b"</item>", b"<entry>", b"</entry>", b"<title>", b"</title>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&lt;", b"&#0;",
    b"&#xd800;", b"<!DOCTYPE x [<!ENTITY a \"b\">]>", b"&a;", b'<link href="http://[::1"/>', b"xml:base='//['", b"<p>", b"<div>", b"<script>",
    b"</rss>", b"<pubDate>", b"type='xhtml'", b"mode='base64'", b'"items": [', b'"id": ', b"null", b"{}", b"[]", b"1e999", b"<source>",
)  # fmt: skip

_PAGE = (
    "<!DOCTYPE html><html><head><meta charset='{0}'><title>渡口恢复通航_江湾新闻网</title><meta name='author' content='周岸'>"
    '<script type=\'application/ld+json\'>{{"@type": "NewsArticle", "headline": "渡口恢复通航", "datePublished": "2025-02-02T11:20:00+08:00"}}</script>'
    "</head><body><div class='crumb'><a href='/'>首页</a> &gt; <a href='/s'>社会</a></div><h1>渡口恢复通航</h1>"
    "<div>2025-02-02 11:20 来源：江湾社 责任编辑：许舟</div><div class='content'>"
    + "".join(
        f"<p>{n}日上午，江湾渡口恢复通航，渡船每半小时一班，沿岸居民过江不再绕行石桥，往来货物也由此装卸。</p>"
        for n in "一二三"
    )
    + "</div><ul class='list'><li><a href='/2'>石桥加固一月三十日完工通行</a> 01-30</li></ul></body></html>"
)
_PAGES = (_PAGE.format("utf-8").encode(), _PAGE.format("gbk").encode("gb18030"))
_PAGE_WORDS = (
    b"<p>", b"</p>", b"<div>", b"</div>", b"<table><tr><td>", b"<h1>", b"<script>", b"</script>", b"<style>", b"<!--", b"-->", b"<a href='x'>",
    b"<meta charset='gbk'>", b"<meta property='og:title' content='", b"<base href='http://['>", b"<frameset>", b"<noscript>", b"<svg>",
    b"<template>", b"&#xd800;", b"&#0;", b"&nbsp;", b"<br>", b"<time datetime='", b'"datePublished": ', b'{"@graph": [', b"</html>", b"<plaintext>",
    "来源：".encode(), "作者：".encode(), b"2025-02-30", b"<input value='", b"<iframe>", b"http://[::1",
)  # fmt: skip
_MHTML = (
    b"From: <Saved by x>\r\nSnapshot-Content-Location: http://jw.example.com/1\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/related; type="text/html"; boundary="b1"\r\n\r\n--b1\r\nContent-Type: text/html\r\n'
    b"Content-Transfer-Encoding: quoted-printable\r\nContent-Location: http://jw.example.com/1\r\n\r\n"
    + re.sub(rb"[=\x80-\xff]", lambda match: b"=%02X" % match[0][0], _PAGES[0])
    + b"\r\n--b1--\r\n",
)
_MHTML_WORDS = (
    b"Content-Type: ", b"multipart/related; boundary=b2", b"--b1\r\n", b"--b1--", b"base64", b"quoted-printable", b"\r\n\r\n", b"=", b"=0",
    b"charset*0=x", b"start=\"<x>\"", b"Content-ID: <x>", b"message/rfc822", b"x-uuencode", b"begin 644 a\n", b"boundary=",
)  # fmt: skip


def _warc(*records: tuple[str, bytes]) -> bytes:
    parts = []
    for head, content in records:
        lines = f"WARC/1.0\r\nWARC-Date: 2026-05-05T05:05:05Z\r\n{head}\r\nContent-Length: {len(content)}\r\n\r\n"
        parts.append(lines.encode() + content + b"\r\n\r\n")
    return b"".join(parts)


_ANSWER = "WARC-Type: response\r\nWARC-Target-URI: http://jw.example.com/1\r\nContent-Type: application/http; msgtype=response"
_HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
_SMALL = "<html><body><p>渡口</p></body></html>".encode()
_WARCS = (
    _warc(
        ("WARC-Type: warcinfo\r\nContent-Type: application/warc-fields", b"software: x\r\n"),
        (_ANSWER, _HTTP + b"\r\n" + _SMALL),
    ),
    _warc(
        (_ANSWER, _HTTP + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(_SMALL), _SMALL)),
        (_ANSWER, _HTTP + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(_SMALL, mtime=0)),
    ),
    _warc(("WARC-Type: resource\r\nWARC-Target-URI: http://jw.example.com/2\r\nContent-Type: text/html", _SMALL)),
    gzip.compress(_warc((_ANSWER, _HTTP + b"\r\n" + _SMALL)), mtime=0),
)
_WARC_WORDS = (
    b"WARC/1.0", b"WARC/1.1", b"WARC-Type: ", b"response", b"revisit", b"resource", b"metadata", b"Content-Length: ", b"Content-Type: ",
    b"HTTP/1.1 200 OK", b"HTTP/1.1 ", b"\r\n\r\n", b"Content-Encoding: br", b"Content-Encoding: deflate", b"Transfer-Encoding: chunked",
    b"\x1f\x8b\x08", b"ffffffff\r\n", b"0\r\n\r\n", b"-5", b"arc", b"filedesc://x 0.0.0.0 20250202112000 text/plain 5\n", b"WARC-Target-URI: <>",
)  # fmt: skip

_MARKDOWN = tuple(
    text.encode()
    for text in (
        '---\ntitle: 渡口恢复通航\ndate: 2025-02-02T11:20:00+08:00\ntags: [渡口, "海"]\nauthor:\n  - 周岸\nparams: {source: 江湾社}\n---\n'
        "# 渡口\n\n渡船**半小时**一班。[石桥](http://jw.example.com/2)\n\n- 一\n- 二\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\n码\n```\n{{< fig >}}\n",
        '+++\ntitle = "灯塔"\ndate = 1998-07-01T08:30:00Z\ndraft = false\n[taxonomies]\ntags = ["灯"]\n+++\n> 点亮\n\n<b>夜</b>里<br/>进港\n',
        '{"title": "石桥", "date": "2025-01-30", "categories": ["桥"]}\n\n加固完工。\n',
        "# 潮位\n\n2025-03-04 来源：江湾社\n\n雾散得晚，头班船推迟一小时，旅客在候船室等候。\n\n---\n\n二\n",
    )
)
_MARKDOWN_WORDS = (
    b"---\n", b"+++\n", b"title: ", b"date: ", b"draft: true", b"tags: ", b"&a ", b"*a", b"<<: *a", b"!!python/object:os.system ", b"!!binary ",
    b"? ", b"- ", b"[[a]]", b"a.b = 1", b"'''", b'"""', b"0x", b"inf", b"07:32:00", b"# ", b"> ", b"```", b"~~~", b"[a](b)", b"![", b"](", b"<b>",
    b"<!--", b"|---|", b"{{<", b">}}", b"{%", b"%}", b"***", b"    ", b"&lt;", b"\\", b"<script>", b"|", b"@", b"`", b"%YAML 9.9\n", b"...\n",
)  # fmt: skip

_QUERIES = tuple(
    text.encode()
    for text in (
        "长江 大桥 市长", '"出口管制" OR 半导体 -广告', "title:封闭 source:新华社* (渡口 OR 灯塔) NOT headline", "渡口 NEAR/5 灯塔",
        "(渡口 OR 灯塔) PRE/5 夜航 SENT 渡口", "atleast3(渡口 OR 灯塔) 渡?口 灯*塔~ 长江大桥~2 deepseek~", 'word:"渡口 灯塔" 渡口 PARA 灯塔', "渡口AND灯塔 or 夜航",
        "date:2025-01..2025-03 芯片*", "date:昨天 作者:周岸", "「渡口」|『灯塔』 word:市长", "AT&T F-16 3.14% C++ 24/7 it's", "date:>=2025 kind:headline",
        "(((渡口)))", "* -*", "title:(渡口 OR 灯塔)", "臺灣 ＡＩ ｜ 「", "一 二 三 四 五 六 AND 七", '"a\'b" “x” ‘y’ «z»', "source:\"a b\"*", "id:bridge",
    )
)  # fmt: skip
_QUERY_WORDS = tuple(
    word.encode()
    for word in (
        " AND ", " OR ", " NOT ", " NEAR/3 ", " NEAR ", " SENT ", " PARA ", " pre/2 ", "atleast2(", "~", "～", "~2", "?", "？", "-", "!", "|", "||", "&&", "(", ")", '"', "“", "”", "「", "」", "『", "』", "«", "»", "‘", "’", "'",
        "*", ":", "：", "title:", "source:", "date:", "word:", "author:", "kind:", "keyword:", "id:", "parent:", "标题:", "渡口", "長江", "a", "１", "é", "😀",
        "..", "<", ">=", "（", "）", "＊", "－", "｜", " ", "\u3000", "，", "。", "%", "+", "#", "/", "@", "＂", "〝", "〟", "‹", "›", "_", "\u0301",
    )
)  # fmt: skip

_DATES = tuple(
    text.encode()
    for text in (
        "2025-03-04", "2025年2月", "2025-01..2025-03", "昨天", "上周五", "近7天", "去年国庆", "三月五号", "二〇二五年春节", "2025-W10", "last 3 days", "Q1 2025",
        "90年代", ">=2025-01", "2025-02-30", "3天前", "上个月初", "今年以来", "2024年第四季度", "March 2025", "前年中秋..今天", "去年下半年", "从3月到5月", "1949..",
    )
)  # fmt: skip
_DATE_WORDS = tuple(
    word.encode()
    for word in (
        "年", "月", "日", "号", "-", "..", "~", "至", "到", "上", "下", "本", "近", "前", "去年", "今年", "周", "星期", "季度", "天", "个月", "以来", "之前", "春节", "中秋",
        "国庆", "初", "中旬", "底", "半年", "世纪", "十", "百", "千", "万", "亿", "〇", "two", "weeks", "ago", "last", "since", "before", "<", ">=", "W", "Q", "/", ".", "一", "31", "9999", "0001",
    )
)  # fmt: skip

_PRINTED = tuple(
    text.encode()
    for text in (
        "2025-02-02 11:20:02", "2025年2月2日 上午8:30", "二〇二五年二月二日", "Sun, 02 Feb 2025 11:20:00 +0800", "2025-02-02T11:20:00.123Z",
        "发布时间：2025/2/2 11:20 来源：江湾社", "民国114年2月2日", "1738466400000", "20250202112002", "Feb 2, 2025 3:04 PM EST", "2025.02.02 24:00",
        "第3号2025-03-04 15:33:01", "当地时间2025年2月30日", "2025-02-02 至 2025-03-04",
    )
)  # fmt: skip
_PRINTED_WORDS = tuple(
    word.encode()
    for word in (
        "年", "月", "日", "时", "分", "秒", "上午", "下午", "凌晨", "晚", "中午", ":", "：", "-", "/", ".", "T", "Z", "+08:00", "-99:99", "GMT", "EST", "AM", "PM",
        "北京时间", "当地时间", "民国", "2025", "0000", "9999", "1000", "2999", "24:00", "23:59:60", "Feb", "二月", "廿", "〇", "十", " ", "周日", "(", "1e18",
    )
)  # fmt: skip


# -- sources


def _checked(items: Iterable[Item], name: str) -> list[Item]:
    """What came of an input: something, all of it whole, and with nothing in it that could not be kept."""
    found = list(items)
    if not found:
        raise Broken("neither an article nor a reject")
    for each in found:
        if isinstance(each, Rejected):
            if not (each.where.startswith(name) and each.reason):
                raise Broken(f"a reject without place or reason: {each!r:.200}")
            if "could not be read: " in each.reason or "more memory than there is" in each.reason:
                raise Broken(f"set aside by the last net: {each.reason[:200]}")
            continue
        if not (each.title or each.body):
            raise Broken(f"an empty article: {each!r:.200}")
        record = to_record(each)
        text = json.dumps(record, ensure_ascii=False)
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise Broken(f"half a character in an article: {each!r:.200}") from error
        if any("\0" in each for each in _strings(record)):
            raise Broken(f"NUL in an article: {each!r:.200}")
        if from_record(json.loads(text), timezone=ZONE) != each:
            raise Broken(f"not what its own record says: {each!r:.200}")
    return found


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for each in value.items() if isinstance(value, dict) else value:
            yield from _strings(list(each) if isinstance(each, tuple) else each)


def _refused(error: Exception) -> list[Item]:
    """What `read_stream` makes of an error that a reader may raise."""
    reason = error.reason if isinstance(error, Unreadable) else getattr(error, "message", "is nested too deeply")
    return [Rejected("x", reason)]


def _source(
    reader: Reader, file_name: str, kept: Callable[[bytes, list[Item]], None] = lambda data, found: None
) -> Callable[[bytes], None]:
    """Feed a reader directly: `read_stream` has a net for what it does not expect, and here that is a finding."""

    def feed(data: bytes) -> None:
        reading = Reading(name="x", file_name=file_name, timezone=ZONE, given=True)
        if not data:
            return
        try:
            choose(data, reading)
        except Unreadable:
            pass
        try:
            found = _checked(reader(Stream(io.BytesIO(data)), reading), "x")
        except (Unreadable, SourceError, RecursionError) as error:
            if isinstance(error, TooMuch):
                raise
            found = _refused(error)
        kept(data, found)

    return feed


def _texts(data: bytes) -> list[str] | None:
    """The lines of a file that is read by lines; None where its line ends are more than one byte."""
    encoding = encoding_of(data)
    if is_wide(encoding):
        return None
    if ends_in_cr(data[:HEAD]):
        data = re.sub(rb"\r(?!\n)", b"\n", data)
    return [decode_line(line, encoding) for line in data.split(b"\n")]


def _every_line(data: bytes, found: list[Item]) -> None:
    """Of JSON lines each becomes one article or one reject."""
    lines = _texts(data)
    if lines is None or (len(found) == 1 and isinstance(found[0], Rejected) and found[0].where == "x"):
        return
    expected = sum(line.strip(" \t\r\x00\x1e\ufeff") not in ("", "[", "]", "],") for line in lines)
    if len(found) != max(1, expected):
        raise Broken(f"{expected} lines, but {len(found)} articles and rejects")


def _every_mark(data: bytes, found: list[Item]) -> None:
    """Each mark that stands under the first line is in an article or in the record of a reject."""
    lines = _texts(data)
    if lines is None or any(isinstance(each, Rejected) and each.where == "x" for each in found):
        return
    if isinstance(found[0], Rejected) and found[0].reason.startswith("has no header row"):  # then nothing is read
        return
    first = next(
        (at for at, line in enumerate(lines) if line.strip("\ufeff \r\t") and not line.lower().startswith("sep=")), 0
    )
    if lines[first].count('"') % 2:  # the header goes on
        return
    kept = "\n".join(
        each.record if isinstance(each, Rejected) else json.dumps(to_record(each), ensure_ascii=False) for each in found
    )
    for mark in set(_MARK.findall("\n".join(lines[first + 1 :]))):
        if mark not in kept:
            raise Broken(f"a row left out without a word: {mark}")


def _every_item(data: bytes, found: list[Item]) -> None:
    """Of a feed that is well-formed, each item becomes one article or one reject."""
    try:
        if looks_json_feed(data):
            expected = len(json.loads(data)["items"])
        else:
            root = ElementTree.fromstring(data)
            if root.tag != "rss" or len(root) != 1 or root[0].tag != "channel":
                return
            expected = sum(each.tag == "item" for each in root[0])
    except (ElementTree.ParseError, ValueError, LookupError, TypeError, RecursionError):
        return
    if len(found) == 1 and isinstance(found[0], Rejected) and found[0].where == "x":
        return
    if len([each for each in found if not (isinstance(each, Rejected) and each.where == "x")]) < expected:
        raise Broken(f"{expected} items, but {len(found)} articles and rejects")


def _warc_feed() -> Callable[[bytes], None]:
    """The parser of WARC alone: pages are taken as they are, for the parser of pages has a child process of its own."""
    import searchkit.sources.html as html

    def page(data: bytes, **_: Any) -> Article:
        if b"<p" not in data:
            raise html.BadPage("holds no text")
        return Article(title="渡口", body="渡船")

    feed = _source(read_warc, "a.warc")
    packed = _packed("a.warc.gz")

    def patched(data: bytes) -> None:
        real, html.read_page = html.read_page, page  # type: ignore[assignment]
        try:
            packed(data) if data.startswith(b"\x1f\x8b") else feed(data)
        finally:
            html.read_page = real

    return patched


def _packed(file_name: str) -> Callable[[bytes], None]:
    """Archives and packed files, by the way every file takes."""

    def feed(data: bytes) -> None:
        reading = Reading(name="x", file_name=file_name, timezone=ZONE, given=True)
        try:
            _checked(read_stream(Stream(io.BytesIO(data)), reading), "x")
        except TooMuch:
            pass

    return feed


def _archives() -> tuple[bytes, ...]:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("甲.txt", _TEXTS[0])
        file.writestr("b/c.jsonl", _LINES[0])
    tape = io.BytesIO()
    with tarfile.open(fileobj=tape, mode="w") as tar:
        for name, data in (("a.txt", _TEXTS[1]), ("b.csv", _TABLES[0])):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    import bz2
    import lzma

    packed = [gzip.compress(tape.getvalue(), mtime=0), bz2.compress(_LINES[1]), lzma.compress(_TEXTS[0])]
    try:
        import zstandard

        packed.append(zstandard.ZstdCompressor().compress(_LINES[0]))
    except ImportError:
        pass
    return (made.getvalue(), tape.getvalue(), *packed)


def _page(data: bytes) -> None:
    try:
        _checked([extract(data, timezone=ZONE)], "x")
    except (Unreadable, RecursionError):
        pass


def _mhtml(data: bytes) -> None:
    try:
        content, address = main_page(data)
    except Unreadable:
        return
    if not isinstance(content, bytes) or not isinstance(address, str):
        raise Broken(f"no page: {content!r:.100} {address!r:.100}")


# -- queries and dates


def _text(data: bytes) -> str:
    """Any text, with halves of surrogate pairs for bytes that are none."""
    return data.decode("utf-8", "surrogateescape")


def _pointed(error: QueryError, text: str) -> None:
    if not error.message or error.width < 1 or not 1 <= error.column <= len(error.query or text) + 1:
        raise Broken(
            f"an error that points nowhere: column {error.column} of {len(error.query)}: {error.message[:100]}"
        )


@lru_cache(maxsize=1)
def _asked() -> tuple[MemoryIndex, searchkit.Archive]:
    """Four articles in memory, the same in an archive."""
    from tests.conftest import NEWS

    folder = tempfile.TemporaryDirectory(prefix="searchkit-fuzz-")
    archive = searchkit.open(Path(folder.name) / "index", create=True, today=lambda: TODAY)
    archive.__dict__["_fuzz_folder"] = folder  # stays as long as the archive does
    archive.upsert_all(NEWS)
    memory = MemoryIndex(ZONE)
    memory.apply([Entry(number, article) for number, article in enumerate(NEWS, 1)], covers=len(NEWS))
    return memory, archive


def _query(data: bytes) -> None:
    text = _text(data)
    try:
        tree = parse(text, clock=Clock(TODAY)).tree
    except QueryError as error:
        _pointed(error, text)
        return
    written = write(tree)
    try:
        again = parse(written, clock=Clock(TODAY)).tree
    except QueryError as error:
        if " are allowed" in error.message or "more than" in error.message:  # with every operator it is longer
            return
        raise Broken(f"what was written cannot be read: {written[:200]!r}: {error.message[:100]}") from error
    if again != tree:
        raise Broken(f"not read back: {written[:200]!r}: {tree!r:.300} became {again!r:.300}")
    memory, archive = _asked()
    try:
        found = archive.search(text, limit=4)
    except QueryError as error:
        _pointed(error, text)
        return
    if len(text) > 2000:  # the reference is slow, and the oracle has asked it much
        return
    known = memory.search(tree, limit=4)
    if [hit.id for hit in found.hits] != [match.id for match in known.page] or found.total != known.total:
        raise Broken(
            f"{[hit.id for hit in found.hits]}, in memory {[match.id for match in known.page]}: {written[:200]!r}"
        )


def _date(data: bytes) -> None:
    text = _text(data)
    for today in (TODAY, date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29)):
        try:
            found = dates.span(text, Clock(today))
        except QueryError as error:
            _pointed(error, text)
            continue
        if found.since is not None and found.until is not None and found.since > found.until:
            raise Broken(f"{text!r} on {today} ends before it begins: {found}")
        if found.since is None and found.until is None:
            raise Broken(f"{text!r} on {today} has no end at all")
        for each in (dates.since, dates.until, lambda given, clock: dates.interval(given, today=clock.today)):
            try:
                each(text, Clock(today))
            except QueryError as error:
                _pointed(error, text)


def _printed(data: bytes) -> None:
    text = _text(data)
    found = printed_dates.find_all(text, timezone=ZONE)
    every = [*found, printed_dates.parse(text, timezone=ZONE), printed_dates.at_end(text, timezone=ZONE)]
    try:
        number = float(text)
        if number == number and abs(number) != float("inf"):
            every.append(printed_dates.from_number(number, timezone=ZONE))
    except ValueError:
        pass
    for each in every:
        if each is None:
            continue
        if each.moment is not None:
            if each.moment.tzinfo is None or not 999 <= each.moment.astimezone(timezone.utc).year <= 3000:
                raise Broken(f"{each.moment!r} of {text[:100]!r}")
            if datetime.fromisoformat(each.moment.isoformat()) != each.moment:
                raise Broken(f"{each.moment!r} cannot be written and read: {text[:100]!r}")
        elif not each.reason:
            raise Broken(f"no time and no reason: {text[:100]!r}")
    for each in found:
        if text[each.start : each.end] != each.text:
            raise Broken(f"{each.text!r} does not stand at {each.start}..{each.end} of {text[:100]!r}")


# -- the index's own files


@lru_cache(maxsize=1)
def _segments() -> tuple[bytes, ...]:
    """Segment files: one of four articles, one of some dozens, one after a merge."""
    from tests.conftest import NEWS
    from tests.torture import workload

    made = []
    for many in (0, 5, 40):
        with tempfile.TemporaryDirectory() as folder:
            index = WhooshIndex(Path(folder) / "w", ZONE, segmenter())
            articles = [*NEWS, *(workload.article(1, number, number % 8) for number in range(many))]
            index.apply([Entry(number, each) for number, each in enumerate(articles, 1)], covers=len(articles))
            index.close()
            made.append(max((Path(folder) / "w").glob("*.skc"), key=lambda path: path.stat().st_size).read_bytes())
    return tuple(made)


def _forged(data: bytes) -> bytes:
    """A segment file with the checksums of header and directory right, as a stranger would make it."""
    if len(data) < HEADER_STRUCT.size:
        return data
    fields = list(HEADER_STRUCT.unpack(data[: HEADER_STRUCT.size]))
    fields[5] = zlib.crc32(data[fields[3] : fields[3] + fields[4]])
    fields[6] = 0
    fields[6] = zlib.crc32(HEADER_STRUCT.pack(*fields)[:-8])
    return HEADER_STRUCT.pack(*fields) + data[HEADER_STRUCT.size :]


_TREES = tuple(
    parse(text, clock=Clock(TODAY)).tree
    for text in (
        "渡口 长江 大桥",
        '"长江大桥"',
        "潮汐*",
        "source:滨江* -author:周岸",
        "date:2024..2025",
        "AI OR F-16",
        "封闭 NEAR/9 检修",
        "title:桥",
        "",
    )
)
_numbers = count()


@lru_cache(maxsize=1)
def _place() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="searchkit-fuzz-")


def _used(folder: Path, write_too: bool) -> None:
    """Everything an index can be asked; only what `rebuild` is the answer to may come of it."""
    index = WhooshIndex(folder, ZONE, segmenter())

    def attempt(work: Callable[[], object]) -> None:
        try:
            work()
        except (Damaged, IndexOutdated):
            pass

    try:
        for tree in _TREES:
            attempt(lambda tree=tree: index.search(tree, limit=5))
        attempt(lambda: index.search(_TREES[0], limit=2, sort="newest", near=True))
        attempt(lambda: index.explain(_TREES[0], "bridge"))
        attempt(lambda: index.facets(_TREES[-1], ["source", "author", "keyword"]))
        attempt(lambda: index.days(_TREES[-1]))
        attempt(lambda: list(index.snapshot().sequence_numbers()))
        if any(not line for line in index.verify()):
            raise Broken("verify has an empty line")
        if write_too:
            attempt(lambda: index.apply([Entry(99, Article(id="new", title="新的一班"))], ["bridge"], covers=99))
            attempt(index.optimize)
    finally:
        index.close()


def _segment(data: bytes) -> None:
    number = next(_numbers)
    for forged in (False, True):
        data = _forged(data) if forged else data
        with tempfile.TemporaryDirectory(dir=_place().name) as name:
            folder = Path(name)
            (folder / "MAIN_a1.skc").write_bytes(data)
            docs = HEADER_STRUCT.unpack(data[: HEADER_STRUCT.size])[2] if len(data) >= HEADER_STRUCT.size else 0
            part = manifest.Part(
                "a1", min(docs, (1 << 31) - 1), frozenset({0} if docs and number % 3 == 0 else ()), len(data)
            )
            toc = folder / "_MAIN_1.toc"
            toc.write_bytes(b"")
            state = manifest.Manifest(1, 9, {"format": WhooshIndex.format}, (part,), "")
            (folder / "state-1.json").write_text(manifest.text(state), encoding="utf-8")
            _used(folder, forged and number % 8 == 0)


@lru_cache(maxsize=1)
def _states() -> tuple[bytes, ...]:
    size = len(_segments()[0])
    settings = {"format": WhooshIndex.format, "analysis": "1"}
    return tuple(
        manifest.text(manifest.Manifest(1, covers, settings, parts, "0" * 64)).encode()
        for covers, parts in (
            (9, (manifest.Part("a1", 4, frozenset({1}), size),)),
            (1 << 40, ()),
            (0, (manifest.Part("a1", 4, frozenset(), size), manifest.Part("b2", 4, frozenset({0, 3}), size))),
        )
    )


def _signed(data: bytes) -> bytes:
    """A state file with its checksum right, if it is JSON at all."""
    try:
        state = json.loads(data)
        state.pop("~sha256", None)
        return json.dumps({**state, "~sha256": manifest._digest(state)}, ensure_ascii=False, sort_keys=True).encode()
    except (ValueError, AttributeError, TypeError, RecursionError):
        return data


def _state(data: bytes) -> None:
    for each in dict.fromkeys((data, _signed(data))):
        with tempfile.TemporaryDirectory(dir=_place().name) as name:
            folder = Path(name)
            for id in ("a1", "b2"):
                (folder / f"MAIN_{id}.skc").write_bytes(_segments()[0])
            (folder / "_MAIN_1.toc").write_bytes(b"")
            (folder / "state-1.json").write_bytes(each)
            try:
                manifest.read(folder, 1)
            except manifest.ManifestError:
                pass
            _used(folder, False)


_STATE_WORDS = (
    b'"docs": ', b'"deleted": [', b'"id": "', b'"size": ', b'"segments": [', b'"settings": {', b'"covers": ', b'"generation": ', b'"toc": ', b"../",
    b"\\u0000", b"null", b"true", b"1.0", b"1e9", b"[", b"]", b"{", b"}", b'"~sha256": "', b"NaN", b'"a1"', b'"b2"', b"\\ud800",
)  # fmt: skip
_SEGMENT_WORDS = (
    b"\xff\xff\xff\xff\xff\xff\xff\x7f", b"\x01\0\0\0", b"\0\0\0\x80", b"\x10" + b"\0" * 7, b"offset", b"length", b'"crc32":0', b"SKSEGMT1", b"\x7f",
    "江".encode(), b"\x03", b"words", b"grams", b"null", b"[]", b"{}", b"-1", b"1e999", b"[" * 40,
)  # fmt: skip


def targets() -> dict[str, Target]:
    """Every target by its name."""
    table = registry()
    found = (
        Target("text", _TEXTS, _source(read_text, "a.txt"), _TEXT_WORDS),
        Target("jsonl", _LINES, _source(table["jsonl"].reader, "a.jsonl", _every_line), _JSON_WORDS),
        Target("json", _JSON, _source(table["json"].reader, "a.json"), _JSON_WORDS),
        Target("csv", _TABLES, _source(table["csv"].reader, "a.csv", _every_mark), _TABLE_WORDS),
        Target("feed", _FEEDS, _source(read_feed, "a.rss", _every_item), _FEED_WORDS, seconds=5.0),
        Target("warc", _WARCS, _warc_feed(), _WARC_WORDS),
        Target("markdown", _MARKDOWN, _source(read_markdown, "a.md"), _MARKDOWN_WORDS, seconds=5.0),
        Target("sitemap", _SITEMAPS, _source(table["sitemap"].reader, "s.xml"), _FEED_WORDS),
        Target(
            "packed",
            _archives,
            _packed("a"),
            (b"PK\x01\x02", b"PK\x05\x06", b"PK\x03\x04", b"ustar", b"\x1f\x8b\x08", b"BZh9"),
        ),
        Target("html", _PAGES, _page, _PAGE_WORDS, seconds=20.0),
        Target("mhtml", _MHTML, _mhtml, _MHTML_WORDS),
        Target("query", _QUERIES, _query, _QUERY_WORDS, seconds=5.0),  # parsed three times and searched
        Target("date", _DATES, _date, _DATE_WORDS),
        Target("printed", _PRINTED, _printed, _PRINTED_WORDS),
        Target("segment", _segments, _segment, _SEGMENT_WORDS, seconds=10.0),
        Target("state", _states, _state, _STATE_WORDS),
    )
    return {each.name: each for each in found}


_SITEMAPS = (
    "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>"
    "<url><loc>http://jw.example.com/1</loc><news:news><news:publication><news:name>江湾社</news:name></news:publication>"
    "<news:publication_date>2025-02-02</news:publication_date><news:title>渡口</news:title><news:keywords>海, 渡</news:keywords></news:news></url>"
    "</urlset>".encode(),
    b"<sitemapindex><sitemap><loc>http://jw.example.com/s.xml</loc></sitemap></sitemapindex>",
)
