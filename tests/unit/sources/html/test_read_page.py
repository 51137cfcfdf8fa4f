"""Whole pages, in the shapes that news sites give them."""

from __future__ import annotations

import json
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

import pytest

from searchkit.errors import SourceError
from searchkit.model.article import Article
from searchkit.sources.html import BadPage, read_page
from searchkit.sources.html.page import extract
from searchkit.sources.limits import Unreadable

ENCODINGS = ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16")


def read(html: str, zone, *, encoding: str = "utf-8", url: str = "https://news.example/a.html") -> Article:
    return extract(html.encode(encoding), url=url, timezone=zone)


def test_a_common_page_gives_every_field(page, told, zone):
    title, body, _ = told
    head = '<meta name="keywords" content="大桥,交通,海湾"><meta property="og:site_name" content="某某网">'
    got = read(page(head=head), zone)
    assert got == Article(
        title=title,
        body=body,
        url="https://news.example/a.html",
        published=datetime(2025, 3, 4, 10, 20, tzinfo=zone),
        published_text="2025-03-04 10:20",
        precision="minute",
        source="滨海日报",
        editor="周小燕",
        site="某某网",
        section="国内",
        keywords=("大桥", "交通", "海湾"),
        related=got.related,
    )
    assert [each.title for each in got.related] == [
        "内环高架本月底开始封闭大修",
        "东岸地铁延长线完成全部铺轨",
        "西岸老码头将改建成滨水公园",
    ]


def test_the_child_process_reads_the_same(page, zone):
    data = page().encode("gbk")
    url = "https://news.example/a.html"
    assert read_page(data, url=url, timezone=zone) == extract(data, url=url, timezone=zone)


def test_a_named_zone_comes_back_as_it_was_given(page):
    zone = ZoneInfo("Asia/Taipei")
    got = read_page(page().encode(), timezone=zone)
    assert got.published == datetime(2025, 3, 4, 10, 20, tzinfo=zone)
    assert got.published.tzinfo is zone


@pytest.mark.parametrize("declared", ["", "utf-8", "gb2312", "big5"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_encoding_is_found_whatever_the_page_declares(page, told, zone, encoding, declared):
    head = f'<meta charset="{declared}">' if declared else ""
    got = read(page(head=head), zone, encoding=encoding)
    assert (got.title, got.body, got.source) == (told[0], told[1], "滨海日报")


def test_traditional_script_in_big5(zone):
    body = "海灣新橋今天上午正式通車，市民扶老攜幼前往參觀，橋上人潮洶湧，警方實施交通管制，呼籲民眾多利用大眾運輸工具前往。"
    html = (
        "<html><head><meta charset=utf-8><title>海灣新橋通車 市民搶先體驗 - 生活 - 某某新聞網</title></head><body>"
        "<ul><li><a href=/>首頁</a></li><li><a href=/p>政治</a></li></ul><h1>海灣新橋通車 市民搶先體驗</h1>"
        f"<div>2025/03/04 10:20</div><div><p>〔記者王小明／台北報導〕{body}</p></div>"
        "<h4>延伸閱讀</h4><p><a href=/1>內環高架橋本月底封閉大修</a></p></body></html>"
    )
    got = read(html, zone, encoding="big5")
    assert got.title == "海灣新橋通車 市民搶先體驗"
    assert got.author == "王小明"
    assert got.body.endswith(body)
    assert got.site == "某某新聞網"


def test_wechat(told, zone):
    title, body, paragraphs = told
    sections = "".join(f"<section><span>{text}</span></section>" for text in paragraphs)
    html = (
        f'<html><head><title></title><meta property="og:title" content="{title}"><meta name="author" content="张小三">'
        f'</head><body><div id="img-content"><h1 id="activity-name" class="rich_media_title">{title}</h1>'
        '<div id="meta_content"><a id="js_name">滨海发布</a><em id="publish_time"></em></div>'
        '<div id="js_profile"><p>微信号 binhai</p><p>功能介绍 这里是滨海发布，每天为您送上本地新闻。</p></div>'
        f'<div id="js_content" style="visibility: hidden;">{sections}<p>点击下方蓝字关注我们</p></div></div>'
        '<div>微信扫一扫</div><div>关注该公众号</div><script>var ct = "1741054830";</script></body></html>'
    )
    got = read(html, zone)
    assert (got.title, got.body, got.source, got.author) == (title, body, "滨海发布", "张小三")
    assert got.published == datetime(2025, 3, 4, 10, 20, 30, tzinfo=zone)


def test_nested_tables(page, told, zone):
    title, body, paragraphs = told
    text = "<br>".join(f"　　{each}" for each in paragraphs)
    html = (
        f"<html><head><title>{title}-某某网</title></head><body><table><tr><td><a href=/>首页</a></td></tr><tr><td><table>"
        f"<tr><td align=center><b>{title}</b></td></tr><tr><td>2025/3/4 10:20:30 作者：张小三 来源：滨海日报 点击：1234</td></tr>"
        f"<tr><td><font size=3>{text}</font></td></tr></table></td><td><a href=1>内环高架本月底开始封闭大修</a></td></tr></table>"
    )
    got = read(html, zone)
    assert (got.title, got.body, got.source, got.author) == (title, body, "滨海日报", "张小三")
    assert got.precision == "second"


def test_header_from_json_ld_alone(page, told, zone):
    head = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"' + told[0] + '",'
        '"datePublished":"2025-03-04T02:20:00Z","publisher":{"@type":"Organization","name":"滨海日报"},'
        '"author":{"@type":"Person","name":"张小三"},"articleSection":"交通"}</script>'
    )
    got = read(page(head=head, dateline=""), zone)
    assert got.published == datetime(2025, 3, 4, 10, 20, tzinfo=zone)
    assert (got.source, got.author, got.section) == ("滨海日报", "张小三", "交通")


def test_broken_json_ld_is_passed_over(page, told, zone):
    head = '<script type="application/ld+json">{"headline": "' + "[" * 5000 + "</script>"
    assert read(page(head=head), zone).body == told[1]


def test_a_page_saved_by_singlefile(page, told, zone):
    head = f"<style>@font-face{{src:url(data:font/woff2;base64,{'A' * 50_000})}}</style>"
    content = f'<img src="data:image/png;base64,{"B" * 300_000}">' + "".join(f"<p>{text}</p>" for text in told[2])
    comment = "<!--\n Page saved with SingleFile \n url: https://saved.example/n/1.html \n saved date: Tue -->"
    got = read(page(head=head, content=content).replace("<html>", f"<html>{comment}"), zone, url="")
    assert (got.body, got.url) == (told[1], "https://saved.example/n/1.html")


def test_the_address_given_comes_before_the_canonical_one(page, zone):
    html = page(head='<link rel="canonical" href="https://news.example/canonical.html">')
    assert read(html, zone, url="").url == "https://news.example/canonical.html"
    assert read(html, zone, url="https://m.news.example/x").url == "https://m.news.example/x"


@pytest.mark.parametrize(
    "carrier",
    [
        lambda html: f"<script>window.data = {json.dumps({'article': {'content': html}}, ensure_ascii=False)}</script>",
        lambda html: f"<script>window.data = {json.dumps({'article': {'content': html}})}</script>",
        lambda html: f"<textarea>{escape(html)}</textarea>",
        lambda html: (
            '<script type="application/ld+json">'
            + json.dumps({"@type": "NewsArticle", "articleBody": html.replace("<p>", "").replace("</p>", "\n")})
            + "</script>"
        ),
    ],
)
def test_text_that_a_script_would_show(told, zone, carrier):
    title, body, paragraphs = told
    html = "".join(f"<p>{text}</p>" for text in paragraphs)
    script = '<script>var info = {"publish_time": "2025-03-04 10:20:30"}</script>'
    got = read(
        f"<html><head><title>{title}_某某网</title></head><body><div id=app></div>{script}{carrier(html)}</body></html>",
        zone,
    )
    assert (got.title, got.body) == (title, body)
    assert got.published == datetime(2025, 3, 4, 10, 20, 30, tzinfo=zone)


LINKS = "".join(
    f'<li><a href="/{n}">某地今天举行第{n}届运动会开幕式</a><span>2025-03-04 10:00</span></li>' for n in range(40)
)
TEASERS = "".join(
    f'<div><h3><a href="/{n}">某地今天举行第{n}届运动会开幕式</a></h3>'
    f"<p>三月{n}日，某地举行第{n}届运动会开幕式，共有两千名运动员参加。</p><span>2025-03-04 10:00</span></div>"
    for n in range(40)
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (f"<h1>国内新闻</h1><ul>{LINKS}</ul>", "list"),
        (f"<h1>国内新闻</h1>{TEASERS}", "list"),
        (
            '<div id="app"></div><script>window.data = {"a": "这里有很多文字，但是读者看不见，要由脚本写进页面里去。"}</script>',
            "script",
        ),
        ("<noscript>请打开脚本</noscript>", "script"),
        ("<h1>404</h1><p>您访问的页面不存在</p>", "error page"),
        ("", "no text"),
    ],
)
def test_what_is_no_article_is_refused_and_named(zone, content, reason):
    html = f"<html><head><title>国内新闻_某某网</title></head><body>{content}</body></html>"
    with pytest.raises(Unreadable, match=reason):
        read(html, zone)


def test_a_refusal_is_an_error_of_the_source(zone):
    with pytest.raises(BadPage, match=r"^x\.html holds no text") as caught:
        read_page(b"<html><body></body></html>", name="x.html", timezone=zone)
    assert isinstance(caught.value, SourceError)


def test_plain_text_is_no_page(zone):
    with pytest.raises(Unreadable, match="markup"):
        read("没有标签的文字。", zone)


def test_an_article_about_searching_is_no_page_of_results(page, told, zone):
    content = "".join(
        f"<p>{text}</p>" for text in (*told[2], "用户抱怨该引擎的搜索结果里广告过多，公司回应称将在下月改进。")
    )
    got = read(page(content=content, below="<p>共 12 条评论</p>"), zone)
    assert got.body.endswith("改进。")


def test_a_headline_that_ends_like_a_site_is_kept(page, told, zone):
    title = "县里新办一家渡轮运输公司"
    assert read(page(title=title, heading=f"<div class=bt>{title}</div>"), zone).title == title


def test_rows_of_a_table_are_lines_and_a_layout_is_not_a_table(page, told, zone):
    rows = (
        "<tr><th>班次</th><th>到岸</th></tr><tr><td>首班</td><td>06:45</td></tr><tr><td>1,204</td><td>-3.5%</td></tr>"
    )
    body = read(page(content="".join(f"<p>{text}</p>" for text in told[2]) + f"<table>{rows}</table>"), zone).body
    assert body.split("\n")[-3:] == ["班次 到岸", "首班 06:45", "1,204 -3.5%"]
    layout = "<table><tr><td>{}</td><td>{}</td></tr><tr><td>{}</td><td>{}</td></tr></table>".format(
        *(f"<p>{text}</p>" for text in told[2])
    )
    assert set(told[2]) <= set(read(page(content=layout), zone).body.split("\n"))


def test_credits_go_and_captions_stay(page, told, zone):
    lines = [told[2][0], "滨海博物馆供图", "桥头聚集了不少居民。新华社记者 张小三 摄", "张小三 摄", *told[2][1:]]
    body = read(page(content="".join(f"<p>{text}</p>" for text in lines)), zone).body.split("\n")
    assert body == [told[2][0], "桥头聚集了不少居民。新华社记者 张小三 摄", *told[2][1:]]


@pytest.mark.parametrize(
    "line", ["喜歡這篇文章嗎？快幫我們按個讚", "加入粉絲團 追蹤我們", "分享、点赞、一键三连", "Like us on Facebook"]
)
def test_appeals_are_no_text(page, told, zone, line):
    content = "".join(f"<p>{text}</p>" for text in (*told[2], line))
    assert read(page(content=content), zone).body == told[1]
