"""Invented frames of many kinds of sites around one invented article: every field of every one is read right.

Each stands for a shape that is in use, not for a site; the rules under test know no site.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from searchkit.sources.html.page import extract

TITLE = "海湾新桥今日通车 两岸车程缩短一小时"
PARAGRAPHS = (
    "三月四日上午九时，横跨海湾的新桥正式通车，首批车辆从东岸收费站缓缓驶上桥面，桥头聚集了不少前来拍照的居民。",
    "据建设方介绍，大桥全长十二公里，历时五年建成，采用双塔斜拉结构，可以抵御十六级台风，设计使用年限为一百年。",
    "家住西岸的林女士说，过去绕行内环要一个多小时，现在二十分钟就能到对岸上班，“每天能多睡一会儿了”。",
    "交通部门提醒，通车首周将对货车实行限行，具体时段以现场公告为准，驾驶人请提前规划路线。",
)
TITLE_T = "海灣新橋今日通車 兩岸車程縮短一小時"
PARAGRAPHS_T = (
    "三月四日上午九時，橫跨海灣的新橋正式通車，首批車輛從東岸收費站緩緩駛上橋面，橋頭聚集了不少前來拍照的居民。",
    "據建設單位介紹，大橋全長十二公里，歷時五年建成，採用雙塔斜張結構，可以抵禦十六級颱風，設計使用年限為一百年。",
    "家住西岸的林女士說，過去繞行內環要一個多小時，現在二十分鐘就能到對岸上班，「每天能多睡一會兒了」。",
    "交通部門提醒，通車首週將對貨車實施管制，詳細時段以現場公告為準，用路人請提前規劃路線。",
)
P = "".join(f"<p>　　{text}</p>" for text in PARAGRAPHS)
P_T = "".join(f"<p>{text}</p>" for text in PARAGRAPHS_T)
BR = "<br><br>".join(f"　　{text}" for text in PARAGRAPHS)
MENU = "".join(
    f'<a href="/c{n}/">{name}</a> ' for n, name in enumerate(["要闻", "国内", "国际", "财经", "军事", "科技", "体育"])
)
HOT = (
    '<div class="{}"><h3>{}</h3><ul>'
    + "".join(
        f'<li><a href="/n/{n}.html">{text}</a><span>2025-03-{10 + n} 0{n}:15</span></li>'
        for n, text in enumerate(
            (
                "内环高架本月底开始封闭大修",
                "东岸地铁延长线完成全部铺轨",
                "西岸老码头将改建成滨水公园",
                "气象台发布今年首个高温预警",
            )
        )
    )
    + "</ul></div>"
)


@dataclass(frozen=True)
class Shape:
    """A page and what it says of itself; None stands for a field that is not looked at."""

    name: str
    html: str
    published: str | None = "2025-03-04 14:05:00"
    source: str | None = "滨海日报"
    author: str | None = ""
    editor: str | None = None
    title: str = TITLE
    paragraphs: tuple[str, ...] = PARAGRAPHS
    url: str = ""


def doc(body: str, title: str = f"{TITLE}_某某网", head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title>{head}</head><body>{body}</body></html>"
    )


def linked(**fields: object) -> str:
    text = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", **fields}, ensure_ascii=False)
    return f'<script type="application/ld+json">{text}</script>'


SHAPES = [
    Shape(
        "portal: time, source as a link, author and editor in one bar",
        doc(
            f'<div class="top-bar">{MENU}</div><div class="article-header"><h1>{TITLE}</h1><div class="date-source">'
            f'<span class="date">2025年03月04日 14:05</span><a class="source" href="/">滨海日报</a><span>作者：张小三</span>'
            f'</div></div><div class="article" id="article">{P}<p class="show_author">责任编辑：周小燕 </p></div>'
            + HOT.format("hot-list", "热门推荐")
        ),
        author="张小三",
        editor="周小燕",
    ),
    Shape(
        "portal: the bar is a list, the time has seconds",
        doc(
            f"<nav>{MENU}</nav><h1 class='title'>{TITLE}</h1><ul class='meta'><li>2025-03-04 14:05:33</li><li>来源: 滨海日报</li>"
            f"<li>评论(12)</li><li>字号:大 中 小</li></ul><section id='content'>{P}</section><p>编辑：周小燕</p>"
        ),
        published="2025-03-04 14:05:33",
        editor="周小燕",
    ),
    Shape(
        "party paper: pre-title, subtitle, author line, time and source at once, editor in brackets",
        doc(
            f"<div class='path'>{MENU}&gt;&gt; 正文</div><h3 class='pre'>高质量发展看海湾</h3><h1>{TITLE}</h1><h4 class='sub'>双塔斜拉 抗十六级台风</h4>"
            f"<div class='author'>本报记者 张小三 李四光</div><div class='col'>2025年03月04日14:05 | 来源：<a href='/'>滨海日报</a></div>"
            f"<div class='rm_txt_con'>{P}<p>《滨海日报》（2025年03月04日 第04版）</p></div><div class='edit'>(责编：周小燕、吴用)</div>"
        ),
        author="张小三 李四光",
        editor="周小燕、吴用",
        paragraphs=PARAGRAPHS,
    ),
    Shape(
        "state agency: the date in three pieces, source beside it",
        doc(
            f"<div class='header'><div class='header-time'><span class='year'><em>2025</em></span><span class='day'><em>03</em>/<em>04</em></span>"
            f"<span class='time'>14:05:33</span></div><div class='source'>来源：滨海日报</div></div><h1><span class='title'>{TITLE}</span></h1>"
            f"<div id='detail'>{P}</div><div class='editor'>【责任编辑:周小燕】</div>"
        ),
        published="2025-03-04 14:05:33",
        editor="周小燕",
    ),
    Shape(
        "provincial paper: source before the time, reporter and editor behind it",
        doc(
            f"<div class='crumbs'>首页 > 新闻 > 正文</div><div class='tit'>{TITLE}</div><div class='info'>来源：滨海日报　　作者：张小三　　"
            f"责任编辑：周小燕　　2025-03-04 14:05:00</div><div class='con'>{P}</div>" + HOT.format("xg", "相关阅读")
        ),
        author="张小三",
        editor="周小燕",
    ),
    Shape(
        "provincial paper: 稿源, 编辑 and 时间 in a table row",
        doc(
            f"<table width=950><tr><td>{MENU}</td></tr></table><table><tr><td align=center class=bt>{TITLE}</td></tr><tr><td>"
            f"http://news.example　　2025年03月04日 14:05　　稿源：滨海日报　　编辑：周小燕</td></tr><tr><td class=nr>{P}</td></tr></table>"
        ),
        editor="周小燕",
    ),
    Shape(
        "table layout of 2005: fonts, line breaks, no classes at all",
        doc(
            f"<table width=760 align=center><tr><td bgcolor=#003366><font color=white>{MENU}</font></td></tr><tr><td>"
            f"<table><tr><td align=center><font size=5><b>{TITLE}</b></font></td></tr><tr><td align=center><font color=gray>"
            f"2025-3-4 14:05:00 滨海日报 张小三</font></td></tr><tr><td><font size=3>{BR}</font></td></tr></table></td>"
            f"<td width=200>{HOT.format('', '热点')}</td></tr></table><center>版权所有 某某网</center>"
        ),
        author=None,
    ),
    Shape(
        "table layout: 出处 and 记者 in brackets under the headline",
        doc(
            f"<center><h2>{TITLE}</h2></center><div align=center>（2025-03-04 14:05:00）　出处：滨海日报　记者：张小三</div><hr>"
            f"<div style='font-size:14px'>{BR}</div>"
        ),
        author="张小三",
    ),
    Shape(
        "finance: time first, 来源于 and the writer's column",
        doc(
            f"<h1>{TITLE}</h1><div class='artInfo'>2025年03月04日 14:05  来源于 <a>滨海日报</a></div><div class='subhead'>大桥建设历时五年。</div>"
            f"<div id='Main_Content_Val'>{P}</div><div class='fmt'>文｜张小三</div>"
        ),
        author="张小三",
    ),
    Shape(
        "finance: the author beside the time, without a label for the outlet",
        doc(
            f"<div class='title'>{TITLE}</div><div class='infos'><div class='item'>2025年03月04日 14:05</div><div class='item'>作者：张小三</div>"
            f"<div class='item'>来源：滨海日报</div><div class='item'>编辑：周小燕</div><div class='item'>12人评论</div></div>"
            f"<div class='txtinfos' id='ContentBody'>{P}<p class='em_media'>（文章来源：滨海日报）</p></div>"
        ),
        author="张小三",
        editor="周小燕",
    ),
    Shape(
        "finance: source and author by bars, author behind the outlet",
        doc(
            f"<h1>{TITLE}</h1><p class='meta'>滨海日报 | 记者 张小三 | 2025-03-04 14:05</p><div class='article-content'>{P}</div>",
        ),
        author="张小三",
    ),
    Shape(
        "Taiwan: 發佈時間, reporter in the first line",
        doc(
            f"<h1>{TITLE_T}</h1><div class='time'>發佈時間：2025/03/04 14:05</div><div class='source'>來源：濱海新聞網</div>"
            f"<article><p>記者張小三／台北報導</p>{P_T}</article>",
            f"{TITLE_T} | 濱海新聞網",
        ),
        source="濱海新聞網",
        author="張小三",
        title=TITLE_T,
        paragraphs=PARAGRAPHS_T,
    ),
    Shape(
        "Taiwan: updated and published, outlet and reporter with a slash",
        doc(
            f"<h1 class='article-content__title'>{TITLE_T}</h1><section class='authors'><time>2025-03-04 14:05</time><span>濱海報／ 記者<a>張小三</a>／台北即時報導</span></section>"
            f"<section class='editor'>{P_T}</section>",
            f"{TITLE_T} | 生活 | 濱海新聞網",
            '<meta property="article:modified_time" content="2025-03-05T10:00:00+08:00">',
        ),
        source="濱海報",
        author="張小三",
        title=TITLE_T,
        paragraphs=PARAGRAPHS_T,
    ),
    Shape(
        "Taiwan agency: author in the first sentence, 編輯 at its end",
        doc(
            f"<h1><span>{TITLE_T}</span></h1><div class='updatetime'><span>2025/3/4 14:05</span>（3/5 09:00 更新）</div><div class='paragraph'>"
            f"<p>（濱海社記者張小三台北4日電）{PARAGRAPHS_T[0]}</p>{''.join(f'<p>{t}</p>' for t in PARAGRAPHS_T[1:-1])}"
            f"<p>{PARAGRAPHS_T[-1]}（編輯：周小燕）1140304</p></div>",
            f"{TITLE_T} | 生活 | 濱海社",
        ),
        source=None,
        author="張小三",
        title=TITLE_T,
        paragraphs=PARAGRAPHS_T,
    ),
    Shape(
        "Hong Kong: 發布時間 and 更新時間, 撰文",
        doc(
            f"<h1>{TITLE_T}</h1><div>撰文：<a>張小三</a></div><div>出版：<time>2025-03-04 14:05</time>更新：<time>2025-03-04 18:00</time></div>"
            f"<article>{P_T}</article>",
            f"{TITLE_T}｜海灣01",
        ),
        source=None,
        author="張小三",
        title=TITLE_T,
        paragraphs=PARAGRAPHS_T,
    ),
    Shape(
        "Hong Kong: the weekday and the hour of the afternoon",
        doc(
            f"<h1>{TITLE_T}</h1><div class='date'>2025年3月4日 星期二 下午2:05</div><div class='txt4'>{P_T}</div><p>來源：濱海日報</p>",
            f"{TITLE_T} - 20250304 - 港聞 - 濱海日報",
        ),
        source="濱海日報",
        title=TITLE_T,
        paragraphs=PARAGRAPHS_T,
    ),
    Shape(
        "WeChat: account, author, time in a script",
        doc(
            f"<h1 class='rich_media_title' id='activity-name'>{TITLE}</h1><div id='meta_content'><span class='rich_media_meta'>原创</span>"
            f"<span id='js_author_name'>张小三</span><span id='profileBt'><a id='js_name'>滨海日报</a></span><em id='publish_time'></em></div>"
            f"<div class='rich_media_content' id='js_content' style='visibility: hidden;'><section>{P}</section></div>"
            f'<script>var ct = "1741068300";</script>',
            "",
            f'<meta property="og:title" content="{TITLE}"><meta name="author" content="张小三">',
        ),
        author="张小三",
    ),
    Shape(
        "tech blog: author, 发布于, tags",
        doc(
            f"<article class='post'><header><h1 class='entry-title'>{TITLE}</h1><div class='entry-meta'>作者：<a rel='author'>张小三</a> · 发布于 "
            f"<time datetime='2025-03-04T14:05:00+08:00'>2025 年 3 月 4 日</time> · <a>3 条评论</a></div></header><div class='entry-content'>{P}</div>"
            f"<footer class='entry-footer'>标签：<a>桥梁</a> <a>交通</a></footer></article><aside>{HOT.format('widget', '最新文章')}</aside>",
            f"{TITLE} – 海湾笔记",
        ),
        source="",
        author="张小三",
    ),
    Shape(
        "tech site: 2025-03-04 14:05:33 来源：…作者：…责编：…",
        doc(
            f"<div class='fl'><h1>{TITLE}</h1><div class='pt_info pre1'><span id='pubtime_baidu'>2025/3/4 14:05:33</span> <span id='source_baidu'>来源：<a>滨海日报</a></span> "
            f"<span id='author_baidu'>作者：<strong>张小三</strong></span> <span id='editor_baidu'>责编：<strong>周小燕</strong></span> <span>评论：<a>12</a></span></div>"
            f"<div id='paragraph' class='post_content'>{P}</div></div>"
        ),
        published="2025-03-04 14:05:33",
        author="张小三",
        editor="周小燕",
    ),
    Shape(
        "nothing visible: JSON-LD alone",
        doc(
            f"<main><h1>{TITLE}</h1><div>{P}</div></main>",
            f"{TITLE} | 某某网",
            linked(
                headline=TITLE,
                datePublished="2025-03-04T06:05:00Z",
                author={"@type": "Person", "name": "张小三"},
                publisher={"@type": "Organization", "name": "滨海日报"},
            ),
        ),
        author="张小三",
    ),
    Shape(
        "nothing visible: og: and article: alone",
        doc(
            f"<main><h1>{TITLE}</h1><div>{P}</div></main>",
            f"{TITLE} - 某某网",
            f'<meta property="og:title" content="{TITLE}"><meta property="og:site_name" content="某某网">'
            '<meta property="article:published_time" content="2025-03-04T14:05:00+08:00"><meta property="article:author" content="张小三">'
            '<meta name="source" content="滨海日报">',
        ),
        author="张小三",
    ),
    Shape(
        "filled by scripts: the article is an object in a script",
        doc(
            "<div id='root'></div><script>window.__INITIAL_STATE__="
            + json.dumps(
                {
                    "detail": {
                        "title": TITLE,
                        "publishTime": "2025-03-04 14:05:00",
                        "source": "滨海日报",
                        "author": "张小三",
                        "content": P,
                    }
                },
                ensure_ascii=False,
            )
            + "</script>",
            TITLE,
        ),
        author="张小三",
    ),
    Shape(
        "filled by scripts: Next data with escaped text",
        doc(
            "<div id='__next'></div><script id='__NEXT_DATA__' type='application/json'>"
            + json.dumps(
                {
                    "props": {
                        "pageProps": {
                            "article": {"title": TITLE, "pubTime": 1741068300, "sourceName": "滨海日报", "content": P}
                        }
                    }
                }
            )
            + "</script>",
            f"{TITLE}_某某网",
        ),
    ),
    Shape(
        "mobile: 03-04 14:05 with the year in the address",
        doc(
            f"<h1>{TITLE}</h1><div class='info'><span>滨海日报</span><span>03-04 14:05</span></div><div class='main-body'>{P}</div>"
        ),
        url="https://m.news.example/n/2025/0304/c1.html",
    ),
    Shape(
        "the bar stands under the text",
        doc(
            f"<h1>{TITLE}</h1><div class='content'>{P}</div><div class='bot'>来源：滨海日报 作者：张小三 编辑：周小燕 发布时间：2025-03-04 14:05</div>"
            + HOT.format("list", "更多新闻")
        ),
        author="张小三",
        editor="周小燕",
    ),
    Shape(
        "labels with spaces inside and brackets around",
        doc(
            f"<h1>{TITLE}</h1><div>发布时间：2025-03-04 14:05　【来 源：滨海日报】　【作 者：张小三】　浏览：123次</div><div class='txt'>{P}</div>"
        ),
        author="张小三",
    ),
    Shape(
        "government: 信息来源, 发布日期 and the size of the print",
        doc(
            f"<div class='position'>当前位置：首页 > 政务动态</div><div class='article-title'>{TITLE}</div><div class='article-info'>"
            f"<span>发布日期：2025-03-04 14:05</span><span>信息来源：滨海日报</span><span>浏览次数： 12</span><span>字体：[大 中 小]</span></div>"
            f"<div class='TRS_Editor'>{P}</div><div>打印本页 关闭窗口</div>"
        ),
    ),
    Shape(
        "platform: the size of a picture in the text, other articles of the author in its frame",
        doc(
            f"<h1>{TITLE}</h1><div>2025-03-04 14:05 来源：滨海日报</div><div class='article'>{P}<p>查看原图 264K</p>"
            f"<p>作者其他文章</p><p>内环高架本月底开始封闭大修，工期预计三个月</p><p>东岸地铁延长线完成全部铺轨</p></div>"
        ),
    ),
    Shape(
        "broadcaster: source on the left, time behind bars, editors in two roles",
        doc(
            f"<div class='tit_area'><h1>{TITLE}</h1><div class='info1'>来源：滨海日报 | 2025年03月04日 14:05</div></div><div class='text_area'>{P}</div>"
            f"<div class='zebian'><span>编辑：周小燕</span><span>责任编辑：吴用</span></div>"
        ),
        editor=None,
    ),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_every_field_of_every_frame(shape: Shape, zone) -> None:
    got = extract(shape.html.encode(), url=shape.url, timezone=zone)
    printed = got.published.strftime("%Y-%m-%d %H:%M:%S") if got.published else None
    found = {"title": got.title, "published": printed, "source": got.source, "author": got.author, "editor": got.editor}
    wanted = {name: getattr(shape, name) for name in found if getattr(shape, name) is not None}
    assert {name: found[name] for name in wanted} == wanted
    lines = got.body.split("\n")
    missing = [text for text in shape.paragraphs if not any(text in line for line in lines)]
    assert missing == []
    assert len("".join(lines)) <= len("".join(shape.paragraphs)) + 40


TIMES = (
    "2025年3月4日 14:05", "2025-03-04 14:05:33", "2025/03/04 14:05", "发布时间：2025-03-04 14:05", "2025-03-04T14:05:00+08:00",
    "2025年03月04日14时05分", "發佈時間：2025-03-04 14:05", "时间：2025-3-4 14:05:00", "2025.03.04 14:05", "更新：2025-03-04 14:05",
    "刊登日期：2025-03-04 14:05", "March 4, 2025 14:05", "2025-03-04 14:05 星期二",
)  # fmt: skip
SOURCES = (
    ("来源：滨海日报", "滨海日报"), ("來源：濱海日報", "濱海日報"), ("来源:滨海日报", "滨海日报"), ("稿源：滨海日报", "滨海日报"),
    ("出处：滨海日报", "滨海日报"), ("来源 | 滨海日报", "滨海日报"), ("（来源：滨海日报）", "滨海日报"), ("[来源]滨海日报", "滨海日报"),
    ("【来源】滨海日报", "滨海日报"), ("文章来源：滨海日报", "滨海日报"), ("转自：滨海日报", "滨海日报"), ("媒体：滨海日报", "滨海日报"),
    ("来源： 滨海网", "滨海网"), ("来源：滨海日报-滨海网", "滨海日报-滨海网"), ("稿件来源：滨海新闻周刊", "滨海新闻周刊"),
)  # fmt: skip
AUTHORS = (
    ("作者：张小三", "张小三"), ("记者：张小三", "张小三"), ("记者 张小三", "张小三"), ("作者：张小三 李四光", "张小三 李四光"),
    ("作者：张小三、李四光", "张小三、李四光"), ("文/张小三", "张小三"), ("撰文：张小三", "张小三"), ("本报记者 张小三", "张小三"),
    ("采写：张小三", "张小三"), ("作者 | 张小三", "张小三"), ("文：张小三", "张小三"), ("通讯员：张小三", "张小三"),
    ("作者：小三说桥", "小三说桥"), ("记者：张小三 通讯员：李四光", "张小三"), ("【作者】张小三", "张小三"), ("首席记者 张小三", "张小三"),
    ("見習記者 張小三", "張小三"), ("特约撰稿 张小三", "张小三"), ("", ""), ("编辑：周小燕", ""), ("责编：周小燕", ""),
    ("责任编辑：周小燕", ""), ("摄影：周小燕", ""), ("监制：周小燕", ""), ("校对：周小燕", ""),
)  # fmt: skip
BARS = {
    "wide spaces": lambda parts: f"<p>{'　'.join(parts)}</p>",
    "elements in a line": lambda parts: f"<div>{''.join(f'<span>{part}</span>' for part in parts)}</div>",
    "elements of their own": lambda parts: "".join(f"<div>{part}</div>" for part in parts),
    "bars": lambda parts: f"<p>{' | '.join(parts)}</p>",
    "hard spaces": lambda parts: f"<p>{'&nbsp;&nbsp;'.join(parts)}</p>",
}


@pytest.mark.parametrize("bar", BARS)
@pytest.mark.parametrize("order", ["time source author", "source author time", "author time source"])
def test_datelines_in_every_order_and_punctuation(bar: str, order: str, zone) -> None:
    wrong = []
    for number in range(len(AUTHORS)):  # each of the longest list once, the others as often as they come round
        time, source, author = (each[number % len(each)] for each in (TIMES, SOURCES, AUTHORS))
        parts = {"time": time, "source": source[0], "author": author[0]}
        line = BARS[bar]([parts[name] for name in order.split() if parts[name]])
        html = doc(f"<p><a href='/'>首页</a></p><h1>{TITLE}</h1>{line}<div class='c'>{P}</div><p>上一篇：无</p>")
        got = extract(html.encode(), url="", timezone=zone)
        found = (
            got.published and got.published.strftime("%Y-%m-%d %H:%M"),
            got.source,
            got.author,
            got.title,
            got.body,
        )
        if found != ("2025-03-04 14:05", source[1], author[1], TITLE, "\n".join(PARAGRAPHS)):
            wrong.append((line, found[:4], got.body[:30]))
    assert wrong == []
