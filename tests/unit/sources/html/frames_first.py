"""Thirty invented pages, written before the rules that they try."""

from __future__ import annotations

import json

from tests.unit.sources.html.frame import (
    HEADLINES,
    HEADLINES_T,
    LIBRARY,
    MARKET_T,
    NAMES_T,
    ORCHARD,
    PIER_HK,
    Frame,
    doc,
    links,
    menu,
    p,
)

TAIWAN = (
    Frame(
        "reporter in a link of its own, minute in brackets",
        doc(
            "溪口夜市整修半年 週五重新營業 | 地方 | 溪口時報",
            f"{menu(NAMES_T)}<h1>溪口夜市整修半年 週五重新營業</h1><div><span>2025/03/14 (21:07)</span> <a href='/'>溪口時報</a></div>"
            f"<div><span>記者</span><a href='/w/7'>賴佩君</a>／嘉義報導</div><div class=txt>{p(*MARKET_T)}</div>",
        ),
        "溪口夜市整修半年 週五重新營業",
        "2025-03-14 21:07",
        "溪口時報",
        "賴佩君",
        MARKET_T,
    ),
    Frame(
        "outlet, reporter and place by slashes in the first line, clock with pm",
        doc(
            "夜市復業 攤商盼人潮回流 | 生活新聞 | 東濱新聞網",
            f"<h1>夜市復業 攤商盼人潮回流</h1><div class=t>2025.03.14 09:12 pm</div><div class=c>{p('【東濱晚報╱記者齊月華╱嘉義即時報導】', *MARKET_T)}</div>",
        ),
        "夜市復業 攤商盼人潮回流",
        "2025-03-14 21:12",
        "東濱晚報",
        "齊月華",
        MARKET_T,
    ),
    Frame(
        "television: the site alone in <title>, headline in h3, signed under the text",
        doc(
            "東濱電視台 看見地方",
            f"<table><tr><td>{menu(NAMES_T)}</td></tr></table><h3>夜市排水改善 雨天不再積水</h3><div>2025-03-14 19:40</div>"
            f"<div>{p(*MARKET_T, '記者 喬安妮 陽明德 嘉義報導')}</div>",
        ),
        "夜市排水改善 雨天不再積水",
        "2025-03-14 19:40",
        "",
        "喬安妮 陽明德",
        MARKET_T,
    ),
    Frame(
        "day, month, year with a post for an author",
        doc(
            "溪口夜市的一夜 | 東濱誌",
            f"<h1>溪口夜市的一夜</h1><p>文／紀小棠　26-04-2014</p><div>{p(*MARKET_T)}</div>",
        ),
        "溪口夜市的一夜",
        "2014-04-26",
        "",
        "紀小棠",
        MARKET_T,
    ),
    Frame(
        "today in the page head, hot news with days above the headline",
        doc(
            "東濱日報 - 地方 - 溪口夜市重開首夜湧人潮",
            f"<div class=date>今天是2025年3月20日 星期四</div>{menu(NAMES_T)}<div>熱門</div><ul>{links(HEADLINES_T, 4, day='2025-03-19')}</ul>"
            f"<div class=title>溪口夜市重開首夜湧人潮</div><div>2025-03-14 23:05 東濱日報</div><div class=c>{p(*MARKET_T)}</div>",
        ),
        "溪口夜市重開首夜湧人潮",
        "2025-03-14 23:05",
        "東濱日報",
        "",
        MARKET_T,
    ),
    Frame(
        "agency: two labelled times, buttons, reporter in the dateline",
        doc(
            "溪口夜市整修完工 週五恢復營業 | 地方 | 島嶼通訊社",
            "<h1>溪口夜市整修完工 週五恢復營業</h1><div>發稿時間：2025/03/14 20:11 最新更新：2025/03/14 22:35 <a>友善列印</a> <a>字級</a></div>"
            f"<div class=p>{p('（島嶼社記者紀曉東嘉義14日電）' + MARKET_T[0], *MARKET_T[1:])}</div>",
        ),
        "溪口夜市整修完工 週五恢復營業",
        "2025-03-14 20:11",
        "",
        "紀曉東",
        ("（島嶼社記者紀曉東嘉義14日電）" + MARKET_T[0], *MARKET_T[1:]),
    ),
    Frame(
        "portal: outlet, reporter, clock with 下午 and a like-us line below",
        doc(
            "攤商全面改用環保餐具 - 大洋新聞",
            f"<h1>攤商全面改用環保餐具</h1><div>溪口新聞網 記者 陽光華／嘉義報導</div><div><time>2025年3月14日 週五 下午3:05</time></div>"
            f"<article>{p(*MARKET_T, '喜歡這篇文章嗎？快幫我們按個讚', '更多溪口新聞網報導')}<ul>{links(HEADLINES_T, 3)}</ul></article>",
        ),
        "攤商全面改用環保餐具",
        "2025-03-14 15:05",
        "溪口新聞網",
        "陽光華",
        MARKET_T,
    ),
)
HONG_KONG = (
    Frame(
        "the zone between day and clock, 撰文 in the bar",
        doc(
            "街渡復航 居民盼延長服務",
            f"<h1>街渡復航 居民盼延長服務</h1><div>2025-05-06 HKT 18:20</div><div>撰文：鮑小寧</div><div>{p(*PIER_HK)}</div>",
        ),
        "街渡復航 居民盼延長服務",
        "2025-05-06 18:20",
        "",
        "鮑小寧",
        PIER_HK,
    ),
    Frame(
        "【本報訊】, clock with 晚上, 記者 in the first words",
        doc(
            "離島街渡復航首日四十人搭乘 - 香江報",
            f"<h1>離島街渡復航首日四十人搭乘</h1><div>2025年5月6日 晚上8:05</div>"
            f"<div>{p('【本報訊】（記者 寧遠）' + PIER_HK[0], *PIER_HK[1:])}</div>",
        ),
        "離島街渡復航首日四十人搭乘",
        "2025-05-06 20:05",
        "",
        "寧遠",
        ("【本報訊】（記者 寧遠）" + PIER_HK[0], *PIER_HK[1:]),
    ),
    Frame(
        "site and section in front of the headline, headline in h2",
        doc(
            "香江報 | 港聞 | 舊碼頭街渡昨復航",
            f"<div class=logo>香江報</div>{menu(NAMES_T)}<h2>舊碼頭街渡昨復航</h2><div>2025-05-06 07:31</div><div>{p(*PIER_HK)}</div>",
        ),
        "舊碼頭街渡昨復航",
        "2025-05-06 07:31",
        "",
        "",
        PIER_HK,
    ),
    Frame(
        "og:url of the front page, labels beside the time",
        doc(
            "尾班船仍停晚上八時 居民促延 - 離島網",
            f"<h1>尾班船仍停晚上八時 居民促延</h1><div>2025-05-06 12:00 <a>分享</a> <a>我要留言</a> <a>登入</a></div><div>{p(*PIER_HK)}</div>",
            '<meta property="og:url" content="https://island.example/">',
        ),
        "尾班船仍停晚上八時 居民促延",
        "2025-05-06 12:00",
        "",
        "",
        PIER_HK,
    ),
    Frame(
        "weather in the page head, time behind the headline in one line",
        doc(
            "離島網 - 新聞 - 街渡航線停三年復航 - island.example",
            "<div>2025年05月09日(五)</div><div><div>27°C</div><div>88%</div><div>大致多雲，有一兩陣驟雨。早上氣溫約二十五度，日間最高約二十九度，吹和緩東風，離岸間中清勁。</div></div>"
            f"{menu(NAMES_T)}<div>街渡航線停三年復航　2025-05-06 09:18</div><div class=content>{p(*PIER_HK)}</div>",
        ),
        "街渡航線停三年復航",
        "2025-05-06 09:18",
        "",
        "",
        PIER_HK,
    ),
    Frame(
        "a box of other news in the middle",
        doc(
            "復航後首個假日 街渡加開四班 | 香江時報",
            f"<h1>復航後首個假日 街渡加開四班</h1><div class=i>香江時報 2025-05-06 10:40</div><div class=main-text>{p(PIER_HK[0])}"
            f"<div><h4>相關新聞</h4><ul>{links(HEADLINES_T, 3)}</ul></div>{p(*PIER_HK[1:])}</div>",
        ),
        "復航後首個假日 街渡加開四班",
        "2025-05-06 10:40",
        "香江時報",
        "",
        PIER_HK,
    ),
)
MAINLAND = (
    Frame(
        "surname 赖, picture credits as paragraphs",
        doc(
            "栗园镇图书馆重新开放_栗园新闻网",
            f"<h1>栗园镇图书馆重新开放</h1><div>2025-06-01 08:30 来源：栗园日报 作者：赖小丘</div>"
            f"<div class=c>{p(LIBRARY[0], '栗园镇文化站供图', LIBRARY[1], '儿童阅览室一角。本报记者 洪亮 摄', LIBRARY[2])}</div>",
        ),
        "栗园镇图书馆重新开放",
        "2025-06-01 08:30",
        "栗园日报",
        "赖小丘",
        LIBRARY,
    ),
    Frame(
        "headline in a bare cell, 15时05分, font sizes",
        doc(
            "南坡县人民政府",
            f"<table><tr><td>{menu()}</td></tr><tr><td align=center>南坡村梨园开园采摘</td></tr><tr><td>2025年09月12日 15时05分　来源：南坡融媒　【字体：大 中 小】</td></tr>"
            f"<tr><td>{p(*ORCHARD)}</td></tr></table>",
        ),
        "南坡村梨园开园采摘",
        "2025-09-12 15:05",
        "南坡融媒",
        "",
        ORCHARD,
    ),
    Frame(
        "signed in lines of their own, photographer and editor below",
        doc(
            "家门口的阅览室 - 栗园晚报",
            f"<h1>家门口的阅览室</h1><div>2025-06-01 09:00 来源：栗园晚报</div><div>{p(*LIBRARY, '栗园晚报记者 常远', '摄影 洪亮', '编辑 丘月')}</div>",
        ),
        "家门口的阅览室",
        "2025-06-01 09:00",
        "栗园晚报",
        "常远",
        LIBRARY,
    ),
    Frame(
        "文/图 before the name in the first line",
        doc(
            "梨园里的技术员-南坡日报",
            f"<h1>梨园里的技术员</h1><p>2025-09-12 10:00　来源：南坡日报</p><div class=text>{p('本报记者 强大为 文/图', *ORCHARD)}</div>",
        ),
        "梨园里的技术员",
        "2025-09-12 10:00",
        "南坡日报",
        "强大为",
        ORCHARD,
    ),
    Frame(
        "a table of numbers in the text",
        doc(
            "南坡县秋梨产量统计_南坡网",
            f"<h1>南坡县秋梨产量统计</h1><div>2025-09-13 11:22 来源：南坡网</div><div class=content>{p(*ORCHARD)}"
            "<table><tr><th>村</th><th>产量（吨）</th><th>同比</th></tr><tr><td>南坡</td><td>1,320</td><td>+8.1%</td></tr>"
            "<tr><td>北坡</td><td>870</td><td>-2.4%</td></tr></table></div>",
        ),
        "南坡县秋梨产量统计",
        "2025-09-13 11:22",
        "南坡网",
        "",
        (*ORCHARD, "村 产量（吨） 同比", "南坡 1,320 +8.1%", "北坡 870 -2.4%"),
    ),
    Frame(
        "the day printed large over year and month",
        doc(
            "栗园镇人民政府",
            f"<div>首页 &gt; 动态</div><div class=bt>栗园镇召开全民阅读推进会</div><div>21</div><div>2025年02月</div><div class=z>{p(*LIBRARY)}</div>",
        ),
        "栗园镇召开全民阅读推进会",
        "2025-02-21",
        "",
        "",
        LIBRARY,
    ),
    Frame(
        "only buttons beside the time",
        doc(
            "图书馆周末座位半天约满 - 栗园网",
            f"{menu()}<h1>图书馆周末座位半天约满</h1><div>2025-06-02 07:45 <a>打印</a> <a>收藏本页</a> <a>登录</a> <a>注册</a></div><div>{p(*LIBRARY)}</div>",
        ),
        "图书馆周末座位半天约满",
        "2025-06-02 07:45",
        "",
        "",
        LIBRARY,
    ),
    Frame(
        "the text stands in JSON-LD only",
        doc(
            "三十吨鲜梨发往沿海",
            "<div id=app></div>",
            "<script type='application/ld+json'>"
            + json.dumps(
                {
                    "@type": "NewsArticle",
                    "headline": "三十吨鲜梨发往沿海",
                    "datePublished": "2025-09-14T08:00:00+08:00",
                    "author": {"@type": "Person", "name": "厉青山"},
                    "articleBody": "\n".join(ORCHARD),
                },
                ensure_ascii=False,
            )
            + "</script>",
        ),
        "三十吨鲜梨发往沿海",
        "2025-09-14 08:00",
        "",
        "厉青山",
        ORCHARD,
    ),
    Frame(
        "outlet and person joined by a slash",
        doc(
            "合作社统一包装 鲜梨带上编号_滨海网",
            f"<h1>合作社统一包装 鲜梨带上编号</h1><div>2025-09-12 16:02　滨海网/赵一鸣</div><div>{p(*ORCHARD)}</div>",
        ),
        "合作社统一包装 鲜梨带上编号",
        "2025-09-12 16:02",
        "滨海网",
        "赵一鸣",
        ORCHARD,
    ),
    Frame(
        "the author's post glued to his name under the text",
        doc(
            "把阅览室还给孩子 -栗园网",
            f"<h1>把阅览室还给孩子</h1><div>2025年06月03日 12:10　来源：栗园网</div><div>{p(*LIBRARY, '（作者：<b>萧一山</b><span>滨海师范学院教授</span>）')}</div>",
        ),
        "把阅览室还给孩子",
        "2025-06-03 12:10",
        "栗园网",
        "萧一山",
        LIBRARY,
    ),
)


def wechat(title: str, text: str, *, head: str = "", shown: str = "") -> str:
    return doc(
        "",
        f"<div id=img-content><h1 class=rich_media_title id=activity-name>{title}</h1><div id=meta_content><span>原创</span> <a id=js_name>栗园读书会</a>"
        f" <em id=publish_time>{shown}</em></div><div id=js_content>{text}</div></div>",
        f'<meta property="og:title" content="{title}">{head}',
    )


WECHAT = (
    Frame(
        "the time in a script, a day in the text, promotion at both ends",
        wechat(
            "读书会回顾：一间低矮的阅览室",
            p(
                "点击上方蓝字关注我们",
                "2018年5月3日，读书会在旧馆成立。",
                *LIBRARY,
                "END",
                "长按二维码关注我们",
                "点个“在看”支持一下",
            ),
            head='<meta name="author" content="闻溪"><script>var ct = "1748736000"; var user_name = "x";</script>',
        ),
        "读书会回顾：一间低矮的阅览室",
        "2025-06-01 08:00",
        "栗园读书会",
        "闻溪",
        ("2018年5月3日，读书会在旧馆成立。", *LIBRARY),
    ),
    Frame(
        "writer above the text, earlier posts below",
        wechat(
            "果园的秋天",
            p("文｜石小川", "编辑｜丘月", *ORCHARD, "往期推荐")
            + f"<ul>{links(HEADLINES, 3)}</ul>"
            + p("分享、点赞、在看，一键三连"),
            shown="2025-09-15 18:20",
        ),
        "果园的秋天",
        "2025-09-15 18:20",
        "栗园读书会",
        "石小川",
        ORCHARD,
    ),
    Frame(
        "a pen name after the label",
        wechat("书架矮下来以后", p("作者 | 小鱼姐姐", *LIBRARY), shown="2025年6月4日 20:00"),
        "书架矮下来以后",
        "2025-06-04 20:00",
        "栗园读书会",
        "小鱼姐姐",
        LIBRARY,
    ),
)


def teasers(headlines: tuple[str, ...], texts: tuple[str, ...], count: int, more: str) -> str:
    return "".join(
        f'<div class=item><h3><a href="/n/{n}">{headlines[n]}</a></h3><span>2025-03-{n + 10} 10:20</span>'
        f"<p>{texts[n % len(texts)]}<a href='/n/{n}'>{more}</a></p></div>"
        for n in range(count)
    )


LISTS = (
    Frame(
        "section of teasers",
        doc("地方新聞 | 溪口時報", f"{menu(NAMES_T)}<h1>地方新聞</h1>{teasers(HEADLINES_T, MARKET_T, 9, '詳全文')}"),
    ),
    Frame(
        "rolling news with buttons",
        doc(
            "滚动新闻_栗园新闻网",
            f"{menu()}<h2>滚动新闻</h2><p>每页：20条 50条</p><p>刷新：30秒 60秒</p><ul>{links(HEADLINES, 14, day='06-01')}</ul>",
            "<script>var pubtime='2025-06-01 10:10:10'</script>",
        ),
    ),
    Frame(
        "results of a search",
        doc(
            "“图书馆”的搜索结果 - 栗园网",
            f"{menu()}<form><input name=q value=图书馆><button>搜索</button></form><p>为您找到相关结果约 128 条，用时 0.03 秒</p>"
            f"{teasers(HEADLINES, LIBRARY, 8, '查看全文')}<p>上一页 1 2 3 下一页</p>",
        ),
    ),
    Frame(
        "front page with an introduction of the site at its foot",
        doc(
            "栗园网 - 栗园镇综合门户",
            menu()
            + "".join(
                f"<h3>{name}</h3><ul>{links(HEADLINES[n:], 6)}</ul>"
                for n, name in enumerate(("要闻", "民生", "乡村", "文化"))
            )
            + "<div>栗园网是栗园镇综合性新闻门户，由镇文化站主办，二〇一二年上线，每天更新本地时政、民生、文化等各类资讯，欢迎投稿。</div>",
        ),
    ),
    Frame(
        "tag page: pictures, headlines, one line of summary each",
        doc(
            "夜市 | 標籤 | 東濱新聞網",
            f"{menu(NAMES_T)}<h1>夜市</h1><p>共有 36 篇相關文章</p>"
            + "".join(
                f'<a href="/s/{n}"><img src=x><h2>{HEADLINES_T[n]}</h2><p>{MARKET_T[n % 3]}</p></a><time>2025-03-{n + 10}</time>'
                for n in range(10)
            ),
        ),
    ),
)

FRAMES = TAIWAN + HONG_KONG + MAINLAND + WECHAT + LISTS
