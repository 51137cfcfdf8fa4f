"""When, where and by whom: what a dateline says in its many forms, and what must not be taken for it."""

from __future__ import annotations

from datetime import datetime

import pytest

from searchkit.sources.html.page import extract


def read(html: str, zone, url: str = ""):
    return extract(html.encode(), url=url, timezone=zone)


def at(text: str, zone) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("dateline", "moment", "precision"),
    [
        ("<p>2025-03-04 10:20:30</p>", "2025-03-04 10:20:30", "second"),
        ("<p>2025年03月04日10:20　滨海日报</p>", "2025-03-04 10:20:00", "minute"),
        ("<p>2025/03/04 10:20</p>", "2025-03-04 10:20:00", "minute"),
        ("<p>2025年3月4日 週二 下午3:05</p>", "2025-03-04 15:05:00", "minute"),
        ("<p>2025-03-04</p><p>10:20</p>", "2025-03-04 10:20:00", "minute"),
        ("<p><em>2025</em> <em>03</em>/<em>04</em> <em>10:20:33</em></p>", "2025-03-04 10:20:33", "second"),
        ("<p>更新时间：2025-03-05 11:20</p><p>发布时间：2025-03-04 10:20</p>", "2025-03-04 10:20:00", "minute"),
        ("<p>出版：<b>2025-03-04 10:20</b> 更新：<b>2025-03-05 11:20</b></p>", "2025-03-04 10:20:00", "minute"),
        ("<p>《滨海日报》（2025年03月04日 第02版）</p>", "2025-03-04 00:00:00", "day"),
        ('<time datetime="2025-03-04T10:20:00+08:00">3小时前</time>', "2025-03-04 10:20:00", "second"),
    ],
)
def test_the_visible_dateline(page, zone, dateline, moment, precision):
    got = read(page(dateline=dateline), zone)
    assert (got.published, got.precision) == (at(moment, zone), precision)


def test_the_dateline_comes_before_the_head(page, zone):
    head = '<meta property="article:published_time" content="2025-03-04T12:00:00+08:00">'
    assert read(page(head=head), zone).published == at("2025-03-04 10:20:00", zone)


def test_the_head_adds_the_minute_to_a_day(page, zone):
    head = '<meta name="pubdate" content="2025-03-04 12:34:56">'
    assert read(page(head=head, dateline="<p>2025-03-04</p>"), zone).published == at("2025-03-04 12:34:56", zone)


def test_but_not_the_minute_of_another_day(page, zone):
    head = '<meta name="pubdate" content="2025-03-05 12:34:56">'
    got = read(page(head=head, dateline="<p>2025-03-04</p>"), zone)
    assert (got.published, got.precision) == (at("2025-03-04 00:00:00", zone), "day")


def test_a_time_of_revision_yields_to_the_head(page, zone):
    head = '<meta property="article:published_time" content="2025-03-04T02:20:00Z">'
    got = read(page(head=head, dateline="<p>最后更新：2025-03-05 11:20</p>"), zone)
    assert got.published == at("2025-03-04 10:20:00", zone)


def test_the_head_names_the_year_a_dateline_lacks(page, zone):
    head = '<meta name="publishdate" content="2025-03-04">'
    got = read(page(head=head, dateline="<p>03-04 10:20 滨海日报</p>"), zone)
    assert (got.published, got.source) == (at("2025-03-04 10:20:00", zone), "滨海日报")


def test_times_of_the_list_under_the_article_are_not_its_time(page, zone):
    got = read(page(dateline="", below=BELOW), zone, url="https://news.example/2025/0304/a.html")
    assert got.published == at("2025-03-04 00:00:00", zone)


BELOW = "<h3>相关新闻</h3>" + "".join(
    f'<p><a href="/{n}">某地今天举行第{n}届运动会开幕式</a> 2025-04-0{n} 10:00</p>' for n in range(1, 8)
)


@pytest.mark.parametrize(
    ("dateline", "source"),
    [
        ("<p>2025-03-04 10:20 来源：滨海日报</p>", "滨海日报"),
        ("<p>2025-03-04 10:20</p><p>来源：<a href=/>滨海日报</a></p>", "滨海日报"),
        ("<p>2025-03-04 10:20 稿源：滨海日报 作者：张小三</p>", "滨海日报"),
        ("<p>2025年03月04日 10:20　来源于 滨海财新</p>", "滨海财新"),
        ("<p>2025-03-04 10:20 滨海日报</p>", "滨海日报"),
        ("<p>滨海发布 2025-03-04 10:20 阅读 123</p>", "滨海发布"),
        ("<p>2025-03-04 10:20</p><p>滨海電台</p>", "滨海電台"),
        ("<p><time>2025-03-04 10:20</time><a>滨海報</a>／ <span>記者張小三／台北即時報導</span></p>", "滨海報"),
        ("<p>2025-03-04 10:20 图片来源：视觉某某</p>", ""),
        ("<p>2025-03-04 10:20 来源：网络</p>", ""),
        ("<p>发布时间：2025-03-04 10:20 字号：大 中 小 分享到：</p>", ""),
        ("<p>出版：<b>2025-03-04 10:20</b> 更新：<b>2025-03-05 11:20</b></p>", ""),
    ],
)
def test_the_source(page, zone, dateline, source):
    assert read(page(dateline=dateline), zone).source == source


def test_a_source_named_under_the_text(page, zone):
    html = page(dateline="<p>2025-03-04 10:20</p>", below="<p>本文来源：滨海日报 责任编辑：周小燕</p>")
    got = read(html, zone)
    assert (got.source, got.editor) == ("滨海日报", "周小燕")


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("作者：张小三", "张小三"),
        ("作者：张小三 李四 来源：某报", "张小三 李四"),
        ("作者：叨叨的小三", "叨叨的小三"),
        ("文/本报记者 张小三", "张小三"),
        ("文｜张小三", "张小三"),
        ("撰文：張小三", "張小三"),
        ("By John Smith", "John Smith"),
        ("滨海新闻记者 张小三", "张小三"),
        ("本报记者 张小三 编辑 李四 校对 王五", "张小三"),
        ("記者張小三／綜合報導", "張小三"),
        ("<span class='author'>张小三</span>", "张小三"),
        ("责任编辑：张小三", ""),
        ("摄影记者 张小三", ""),
        ("新华社记者 张小三 摄", ""),
        ("本报记者 张小三 李四摄", ""),
        ("本报记者 张小三 摄影报道", ""),
        ("<span>本报记者 张小三</span><span>摄影</span>", ""),
        ("<span>作者：张小三</span><span>摄</span>", ""),
        ("社會中心／綜合報導", ""),
        ("作者：佚名", ""),
        ("作者：", ""),
    ],
)
def test_the_author(page, zone, line, author):
    assert read(page(dateline=f"<p>2025-03-04 10:20</p><p>{line}</p>"), zone).author == author


@pytest.mark.parametrize(
    ("opening", "author"),
    [
        ("本报讯（记者张小三 李四）", "张小三 李四"),
        ("（中央社記者張小三台北4日電）", "張小三"),
        ("【文/某某网专栏作者 张小三】", "张小三"),
        ("记者获悉，", ""),
        ("记者从公安部门了解到，", ""),
        ("记者在现场看到，", ""),
    ],
)
def test_the_author_in_the_first_sentence(page, told, zone, opening, author):
    content = f"<p>{opening}{told[2][0]}</p>" + "".join(f"<p>{text}</p>" for text in told[2][1:])
    assert read(page(content=content), zone).author == author


def test_the_reporter_who_signs_the_last_paragraph(page, told, zone):
    content = "".join(f"<p>{text}</p>" for text in told[2])
    assert read(page(content=content.removesuffix("</p>") + "（张小三）</p>"), zone).author == "张小三"
    assert read(page(content=content.removesuffix("</p>") + "（完）</p>"), zone).author == ""


def test_a_reporter_named_only_under_the_text_is_not_taken_for_its_author(page, zone):
    assert read(page(below="<p>（评论员 张小三）</p>"), zone).author == ""
    assert read(page(below="<p>作者：张小三</p>"), zone).author == "张小三"


def test_the_platform_shape_without_a_year(page, told, zone):
    dateline = '<div class="desc"><p class="authorName">滨海新闻网</p><div><span>03-04 10:20</span><span>滨海新闻网官方账号</span></div></div>'
    head = '<meta itemprop="dateUpdate" content="2025-03-04 10:20:00">'
    got = read(page(head=head, heading=f'<div class="headerTitle">{told[0]}</div>', dateline=dateline), zone)
    assert (got.title, got.published, got.source) == (told[0], at("2025-03-04 10:20:00", zone), "滨海新闻网")


SAVED = """<!DOCTYPE html> <html lang=zh><!--
 Page saved with SingleFile
 url: https://news.example/a/1.html
 saved date: Wed Mar 05 2025 08:00:00 GMT+0800 (中国标准时间)
-->"""


@pytest.mark.parametrize(
    ("printed", "moment"), [("03-04 10:20", "2025-03-04 10:20:00"), ("12月31日 23:05", "2024-12-31 23:05:00")]
)
def test_the_day_of_saving_names_the_year_a_dateline_lacks(page, zone, printed, moment):
    html = page(dateline=f"<p>{printed} 来源：滨海日报</p>").replace("<!DOCTYPE html><html>", SAVED)
    got = read(html, zone)
    assert (got.published, got.url, got.source) == (at(moment, zone), "https://news.example/a/1.html", "滨海日报")
    assert read(html.replace("saved date", "date"), zone).published is None


@pytest.mark.parametrize(
    ("where", "url"),
    [
        ("", "https://news.example/2025/0304/a.html"),
        ("<script>var info = {publishTime: '2025-03-04 10:20'}</script>", ""),
        ('<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2025-03-04"}</script>', ""),
    ],
)
def test_the_address_and_the_scripts_name_the_year_too(page, zone, where, url):
    got = read(page(head=where, dateline="<p>03-04 10:20 来源：滨海日报</p>"), zone, url=url)
    assert (got.published, got.precision) == (at("2025-03-04 10:20:00", zone), "minute")


@pytest.mark.parametrize(
    "dateline",
    [
        "<p>21</p><p>2025年02月</p>",
        "<p>21</p><p>2025-02</p>",
        "<p>2025-02</p><p>21</p>",
        "<p>02-21</p><p>2025</p>",
        "<p>2025年</p><p>2月21日</p>",
    ],
)
def test_a_day_and_its_month_apart(page, zone, dateline):
    got = read(page(dateline=dateline), zone)
    assert (got.published, got.precision) == (at("2025-02-21 00:00:00", zone), "day")


def test_the_time_in_the_line_of_the_headline(page, zone, told):
    got = read(page(heading=f"<div>{told[0]}　2025-03-04 06:49</div>", dateline=""), zone)
    assert (got.title, got.published) == (told[0], at("2025-03-04 06:49:00", zone))


@pytest.mark.parametrize("above", ["今天是2025年3月9日 08:00", "2025年3月9日 星期日 08:00", "2025-03-09"])
def test_today_in_the_page_head_is_not_the_time(page, zone, above):
    assert read(page(above=f"<div>{above}</div>"), zone).published == at("2025-03-04 10:20:00", zone)
    got = read(page(above=f"<div>{above}</div>", dateline="<p>2025-03-04 来源：滨海日报</p>"), zone)
    assert (got.published, got.precision) == (at("2025-03-04 00:00:00", zone), "day")


@pytest.mark.parametrize(
    "button",
    [
        "打印",
        "友善列印",
        "我要評論",
        "登录",
        "註冊",
        "收藏本页",
        "最新更新：2025-03-05 09:00",
        "HKT",
        "3 months ago",
        "分享到",
        "字級",
        "我要留言",
        "瀏覽 1204",
    ],
)
def test_a_button_beside_the_time_is_no_source(page, zone, button):
    assert read(page(dateline=f"<p>2025-03-04 10:20 <a href='#'>{button}</a></p>"), zone).source == ""


@pytest.mark.parametrize(
    ("line", "author", "source"),
    [
        ("<p>【滨海晚報╱記者陳以安╱即時報導】</p>", "陳以安", "滨海晚報"),
        ("<p>记者<a href=/1>賴佩珊</a>／台北報導</p>", "賴佩珊", ""),
        ("<p>滨海网/赵一鸣</p>", "赵一鸣", "滨海网"),
        ("<p>（作者：方远 滨海大学教授）</p>", "方远", ""),
        ("<p>作者系滨海大学教授 方远舟</p>", "方远舟", ""),
        ("<p>作者：李有为</p>", "李有为", ""),
        ("<p>作者：文章编号</p>", "", ""),
        ("<p>作者：Y1</p>", "", ""),
        ("<p>执笔/栗子姐、小刀&小满</p>", "栗子姐、小刀&小满", ""),
        ("<p>本报记者 张小三（摄）</p>", "", ""),
        ("<p>本报记者 张小三 文/图</p>", "张小三", ""),
    ],
)
def test_names_and_outlets_over_the_text(page, zone, line, author, source):
    got = read(page(dateline=f"<p>2025-03-04 10:20</p>{line}"), zone)
    assert (got.author, got.source) == (author, source)


@pytest.mark.parametrize(
    ("below", "author"),
    [
        ("<p>滨海日报记者 张远航</p><p>编辑 李青禾</p>", "张远航"),
        ("<p>記者 喬安妮 陽明德 台北報導</p>", "喬安妮 陽明德"),
        ("<p>摄影 张远航</p>", ""),
    ],
)
def test_signed_under_the_text(page, zone, below, author):
    assert read(page(below=below), zone).author == author


@pytest.mark.parametrize("end", ["（文 / 张远航）", "（張遠航／綜合外電報導）", "【文｜张远航】"])
def test_signed_in_brackets_at_the_end_of_a_long_paragraph(page, zone, told, end):
    content = "".join(f"<p>{text}</p>" for text in told[2]) + f"<p>{told[2][0]}{told[2][1]}{end}</p>"
    assert read(page(content=content), zone).author in ("张远航", "張遠航")


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("https://news.example/", False),
        ("https://news.example", False),
        ("https://news.example/index.html", False),
        ("https://news.example/local/", False),
        ("https://news.example/local/index.shtml", False),
        ("https://news.example/local/list_2.html", False),
        ("https://news.example/2025/0304/index.html", True),
        ("https://news.example/?p=12", True),
        ("https://news.example/a/1.html", True),
        ("https://news.example/new-harbour-bridge-opened/", True),
    ],
)
def test_the_address_of_a_front_page_is_not_that_of_the_article(page, zone, address, own):
    for head in (f'<link rel="canonical" href="{address}">', f'<meta property="og:url" content="{address}">'):
        assert read(page(head=head), zone).url == (address if own else "")
