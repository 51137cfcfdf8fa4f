"""Thirty more invented pages, written after the rules, in frames that the first thirty do not have."""

from __future__ import annotations

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

FOOT = "<footer><p>关于我们 | 联系我们 | 广告服务</p><p>版权所有 未经授权不得转载</p></footer>"
FOOT_T = "<footer><p>關於我們 聯絡我們 隱私權政策</p><p>© 版權所有 不得轉載</p></footer>"
SHARE = "<div class=share><a>分享</a> <a>列印</a> <a>字級</a> <a>收藏</a></div>"

TAIWAN = (
    Frame(
        "press release of a city: years of the Republic, office as the source",
        doc(
            "市政新聞-溪口市政府全球資訊網",
            f"{menu(NAMES_T)}<div class=page-title>市政新聞</div><h2>夜市整修完工 下週五重新開市</h2>"
            f"<ul><li>發布日期：中華民國114年3月7日</li><li>發布單位：經濟發展處</li></ul><div>{p(*MARKET_T)}</div>{FOOT_T}",
        ),
        "夜市整修完工 下週五重新開市",
        "2025-03-07",
        "",
        "",
        MARKET_T,
    ),
    Frame(
        "reporter, place and post in one line under the headline, clock with PM in front",
        doc(
            "豆花老店回來了 | 生活 | 晨光新聞",
            f"<h1>豆花老店回來了</h1>{SHARE}<p>晨光新聞 | 記者 鮑雲亭／綜合報導</p><p>2025-03-15 PM 2:40</p><article>{p(*MARKET_T)}</article>"
            f"<h3>延伸閱讀</h3><ul>{links(HEADLINES_T, 5)}</ul>{FOOT_T}",
        ),
        "豆花老店回來了",
        "2025-03-15 14:40",
        "晨光新聞",
        "鮑雲亭",
        MARKET_T,
    ),
    Frame(
        "update before publication, 文／ two names",
        doc(
            "夜市裡的三十年 - 晨光週刊",
            f"<h1>夜市裡的三十年</h1><div>更新時間：2025-03-17 09:00</div><div>發布時間：2025-03-16 08:00</div><div>文／傅明珠、丘世安　攝影／洪大同</div><div>{p(*MARKET_T)}</div>",
        ),
        "夜市裡的三十年",
        "2025-03-16 08:00",
        "",
        "傅明珠、丘世安",
        MARKET_T,
    ),
    Frame(
        "column: author named under the headline with his post, no label",
        doc(
            "讓攤商自己決定 | 意見 | 東濱日報",
            f"<h1>讓攤商自己決定</h1><div class=author><a href=/a/3>連惠文</a></div><div>2025年03月18日 05:30</div><div class=txt>{p(*MARKET_T, '（作者為東濱大學都市計畫系副教授）')}</div>",
        ),
        "讓攤商自己決定",
        "2025-03-18 05:30",
        "",
        "連惠文",
        (*MARKET_T, "（作者為東濱大學都市計畫系副教授）"),
    ),
    Frame(
        "the reporter in brackets with his office glued, then the text",
        doc(
            "攤商：雨天不再積水 | 東濱時報",
            f"<h1>攤商：雨天不再積水</h1><div>2025/03/14 17:55</div><div>{p('〔記者常以寧／嘉義報導〕' + MARKET_T[0], *MARKET_T[1:], '不用抽 不用搶 現在用APP看新聞', '點我下載APP')}</div>",
        ),
        "攤商：雨天不再積水",
        "2025-03-14 17:55",
        "",
        "常以寧",
        ("〔記者常以寧／嘉義報導〕" + MARKET_T[0], *MARKET_T[1:]),
    ),
    Frame(
        "television in tables: loading, crumbs, headline in a cell, everything signed below",
        doc(
            "晨光電視台 新聞網",
            f"<div>Loading...</div><table><tr><td>晨光新聞網 / 地方</td></tr><tr><td>夜市復業 豆花店老闆娘落淚</td></tr><tr><td>{p(*MARKET_T, '記者 連惠文 紀小棠 嘉義報導', '(2025-03-14 20:00) 晚間新聞')}</td></tr></table>",
        ),
        "夜市復業 豆花店老闆娘落淚",
        "2025-03-14 20:00",
        "",
        "連惠文 紀小棠",
        MARKET_T,
    ),
)
HONG_KONG = (
    Frame(
        "section in brackets after the headline, clock in brackets",
        doc(
            "街渡復航首日順利 - 香江新聞",
            f"<div>{menu(NAMES_T)}</div><div class=hd>街渡復航首日順利 (港聞)</div><div>2025-05-06 (08:12)</div><div>{p(*PIER_HK)}</div><div>香江新聞即時新聞頻道：news.example</div>",
        ),
        "街渡復航首日順利 (港聞)",
        "2025-05-06 08:12",
        "",
        "",
        PIER_HK,
    ),
    Frame(
        "a second label for the time, counter, zone behind the clock",
        doc(
            "離島居民：等了三年 | 南島報",
            f"<h1>離島居民：等了三年</h1><div>發佈時間: 2025-05-06 21:15 HKT</div><div>最後更新: 2025-05-06 23:40 HKT</div><div>瀏覽人次：1,204</div><div class=body>{p(*PIER_HK)}</div>",
        ),
        "離島居民：等了三年",
        "2025-05-06 21:15",
        "",
        "",
        PIER_HK,
    ),
    Frame(
        "day, month, year and the desk beside it",
        doc(
            "街渡復航 | 島民小誌",
            f"<h1>街渡復航</h1><p>- 島民小誌編輯部 @ 05-23-2025 / 3 months ago</p><div>{p(*PIER_HK)}</div>",
        ),
        "街渡復航",
        "2025-05-23",
        "島民小誌",
        "",
        PIER_HK,
    ),
    Frame(
        "many menus, hot list of thirty links over the article, site alone in <title>",
        doc(
            "香江廣播公司全球資訊網",
            f"{menu(NAMES_T)}<h4>熱門新聞</h4><ul>{links(HEADLINES_T, 12)}{links(HEADLINES, 12)}</ul><h3>舊碼頭清晨再現人龍</h3><div>2025-05-06 06:50</div><div>{p(*PIER_HK)}</div>{FOOT_T}",
        ),
        "舊碼頭清晨再現人龍",
        "2025-05-06 06:50",
        "",
        "",
        PIER_HK,
    ),
    Frame(
        "canonical address of the section",
        doc(
            "復航街渡票價十二元 - 香江時報",
            f"<h1>復航街渡票價十二元</h1><div>香江時報　2025年5月6日　下午4:05</div><div>{p(*PIER_HK)}</div>",
            '<link rel=canonical href="https://news.example/local/">',
        ),
        "復航街渡票價十二元",
        "2025-05-06 16:05",
        "香江時報",
        "",
        PIER_HK,
    ),
)
MAINLAND = (
    Frame(
        "signed in the last paragraph's brackets, counters under it",
        doc(
            "栗园镇：书香近了_栗园日报网",
            f"{menu()}<h1>栗园镇：书香近了</h1><div>发布时间：2025-06-01 07:12　来源：栗园日报　点击：328</div><div class=con>{p(*LIBRARY[:2], LIBRARY[2] + '（记者 阎立春 通讯员 赖有为）')}</div><div>上一篇：没有了</div>{FOOT}",
        ),
        "栗园镇：书香近了",
        "2025-06-01 07:12",
        "栗园日报",
        "阎立春 赖有为",
        (*LIBRARY[:2], LIBRARY[2] + "（记者 阎立春 通讯员 赖有为）"),
    ),
    Frame(
        "three labels of one bar in elements, editor at the end",
        doc(
            "南坡村花节明年春天举办-南坡日报数字报",
            f"<h1>南坡村花节明年春天举办</h1><div class=bar><span>2025年09月16日 08:15:30</span><span>来源：南坡日报</span><span>作者：厉小满</span><span>责编：乔木</span></div><div>{p(*ORCHARD)}</div>{FOOT}",
        ),
        "南坡村花节明年春天举办",
        "2025-09-16 08:15",
        "南坡日报",
        "厉小满",
        ORCHARD,
    ),
    Frame(
        "a company's site: day in large print, year and month under it, <title> with the company alone",
        doc(
            "南坡果业有限公司",
            f"<div>网站首页 &gt; 新闻中心</div><h3>首批鲜梨装车发往沿海</h3><div><b>12</b></div><div>2025-09</div><div>{p(*ORCHARD)}</div>",
        ),
        "首批鲜梨装车发往沿海",
        "2025-09-12",
        "",
        "",
        ORCHARD,
    ),
    Frame(
        "photographer before the writer, captions",
        doc(
            "梨花镇的新书房 - 栗园晚报",
            f"<h1>梨花镇的新书房</h1><div>2025-06-05 10:10 来源：栗园晚报</div><div class=art>{p('本报记者 洪亮（摄）', *LIBRARY, '受访者供图')}</div>",
        ),
        "梨花镇的新书房",
        "2025-06-05 10:10",
        "栗园晚报",
        "",
        LIBRARY,
    ),
    Frame(
        "a box with links in the middle, in a div between two halves of the text",
        doc(
            "合作社带火山村梨 - 滨海网",
            f"<h1>合作社带火山村梨</h1><div>2025-09-18 09:09　来源：滨海网</div><div class=text><div class=half>{p(*ORCHARD[:2])}</div><div class=box><b>相关阅读</b><ul>{links(HEADLINES, 4)}</ul></div><div class=half>{p(*ORCHARD[2:])}</div></div>",
        ),
        "合作社带火山村梨",
        "2025-09-18 09:09",
        "滨海网",
        "",
        ORCHARD,
    ),
    Frame(
        "table of a timetable inside the text, cells with paragraphs",
        doc(
            "镇图书馆开放时间调整_栗园网",
            f"<h1>镇图书馆开放时间调整</h1><div>2025-06-08 16:00　来源：栗园网</div><div class=c>{p(*LIBRARY)}<table><tbody><tr><td><p>楼层</p></td><td><p>开门</p></td><td><p>关门</p></td></tr>"
            "<tr><td><p>一楼</p></td><td><p>8:30</p></td><td><p>21:00</p></td></tr><tr><td><p>三楼</p></td><td><p>9:00</p></td><td><p>17:30</p></td></tr></tbody></table></div>",
        ),
        "镇图书馆开放时间调整",
        "2025-06-08 16:00",
        "栗园网",
        "",
        (*LIBRARY, "楼层 开门 关门", "一楼 8:30 21:00", "三楼 9:00 17:30"),
    ),
    Frame(
        "self-media account beside the time",
        doc(
            "一只梨的旅行",
            f"<h1>一只梨的旅行</h1><div class=sub><span>山里人家</span> <span>2025-09-20 18:14:21</span></div><article>{p(*ORCHARD)}</article><div>收藏</div><div>举报</div><div>26条评论</div>",
        ),
        "一只梨的旅行",
        "2025-09-20 18:14",
        "山里人家",
        "",
        ORCHARD,
    ),
    Frame(
        "edition line below, date with weekday, reporter between outlet and time",
        doc(
            "少年读者的周末-栗园日报",
            f"<h1>少年读者的周末</h1><div>栗园日报　记者　丘小山　2025年06月07日　星期六　06:30</div><div>{p(*LIBRARY, '《栗园日报》（2025年06月07日 第03版）')}</div>",
        ),
        "少年读者的周末",
        "2025-06-07 06:30",
        "栗园日报",
        "丘小山",
        LIBRARY,
    ),
    Frame(
        "today in the head, a day in the first sentence, the time in the bar",
        doc(
            "图书馆改造纪实_栗园网",
            f"<div>今天是：2026年1月5日 星期一</div>{menu()}<h1>图书馆改造纪实</h1><div>时间：2025-06-10 11:00　编辑：小乔　浏览：98 次</div><div>{p('2024年4月1日，旧馆的最后一批读者离开了三楼。', *LIBRARY)}</div>",
        ),
        "图书馆改造纪实",
        "2025-06-10 11:00",
        "",
        "",
        ("2024年4月1日，旧馆的最后一批读者离开了三楼。", *LIBRARY),
    ),
)
WECHAT = tuple(
    Frame(
        name,
        doc(
            "",
            f"<h1 class=rich_media_title>{title}</h1><div id=meta_content><a id=js_name>{account}</a> <em id=publish_time></em></div><div id=js_content>{text}</div>",
            f'<meta property="og:title" content="{title}"><meta property="og:url" content="http://mp.example/">{head}',
        ),
        title,
        published,
        account,
        author,
        body,
    )
    for name, title, account, head, text, published, author, body in (
        (
            "create_time in a script, section breaks, source below",
            "山村里的读书会",
            "溪口生活",
            "<script>window.create_time = '1749024000' * 1;</script>",
            "<section>"
            + p("↑点击上方关注“溪口生活”", *LIBRARY)
            + "</section><section>"
            + p("来源：栗园日报", "编辑：乔木", "审核：常青")
            + "</section>",
            "2025-06-04 16:00",
            "",
            LIBRARY,
        ),
        (
            "reporter at the end, appeal below",
            "梨园开园",
            "南坡融媒",
            "<script>var ct='1757635200';</script>",
            p(*ORCHARD, "记者：赖小丘", "编辑：丘月", "— END —", "觉得好看，请点这里↓"),
            "2025-09-12 08:00",
            "赖小丘",
            ORCHARD,
        ),
    )
)


def cards(headlines: tuple[str, ...], texts: tuple[str, ...], count: int) -> str:
    return "".join(
        f"<li class=card><a href='/c/{n}'><img src=a.jpg></a><a href='/c/{n}' class=t>{headlines[n]}</a><p class=s>{texts[n % len(texts)]}</p><span>{n + 1}小时前</span></li>"
        for n in range(count)
    )


LISTS = (
    Frame(
        "home page with a leading story and its summary",
        doc(
            "东滨新闻网_东滨门户",
            f"{menu()}<div class=lead><h2><a href=/1>山区小学收到首批过冬煤炭</a></h2><p>{LIBRARY[0]}<a href=/1>[详细]</a></p></div>"
            + "".join(
                f"<div><h3>{name}</h3><ul>{links(HEADLINES[n:], 8)}</ul></div>"
                for n, name in enumerate(("国内", "社会", "财经"))
            )
            + FOOT,
        ),
    ),
    Frame(
        "cards of a channel",
        doc("财经频道 - 东滨网", f"{menu()}<h1>财经</h1><ul>{cards(HEADLINES, ORCHARD, 12)}</ul>{FOOT}"),
    ),
    Frame(
        "search page in Taiwan",
        doc(
            "搜尋：夜市 - 晨光新聞",
            f"{menu(NAMES_T)}<h1>「夜市」的搜尋結果</h1><p>共找到 58 筆資料</p>"
            + "".join(
                f"<div><a href=/r{n}>{HEADLINES_T[n]}</a><div>{MARKET_T[n % 3]}</div><div>2025/03/{n + 10}</div></div>"
                for n in range(10)
            )
            + FOOT_T,
        ),
    ),
    Frame(
        "list of a government's notices by day",
        doc(
            "通知公告_南坡县人民政府",
            f"<div>首页 &gt; 通知公告</div><ul>{links(HEADLINES, 14, day='2025-09-12')}</ul><div>共 18 页 1 2 3 4 下一页 尾页</div><div>主办：南坡县人民政府办公室 备案序号00000000</div>",
        ),
    ),
    Frame(
        "topic page with a foreword",
        doc(
            "专题：全民阅读_栗园网",
            f"<h1>专题：全民阅读</h1><div class=intro>{LIBRARY[0]}</div><h3>最新报道</h3><ul>{links(HEADLINES, 10)}</ul><h3>图片</h3><ul>{links(HEADLINES[4:], 10)}</ul>",
        ),
    ),
    Frame(
        "archive of a column: titles with times, no links on the texts",
        doc(
            "港聞 | 香江報",
            f"{menu(NAMES_T)}<h2>港聞</h2>"
            + "".join(
                f"<div class=row><span>{n + 8:02}:15</span><a href=/hk/{n}><b>{HEADLINES_T[n]}</b></a><div>{PIER_HK[n % 3]}</div></div>"
                for n in range(9)
            ),
        ),
    ),
    Frame(
        "front page of an epaper: pages and their headlines",
        doc(
            "栗园日报数字报",
            "".join(
                f"<h4>第0{page}版：{name}</h4><ul>{links(HEADLINES[page:], 5)}</ul>"
                for page, name in ((1, "要闻"), (2, "民生"), (3, "文化"), (4, "副刊"))
            ),
        ),
    ),
)

FRAMES = TAIWAN + HONG_KONG + MAINLAND + WECHAT + LISTS
