"""Invented pages by one who had not read the rules: what they must be read as was written down before they were tried."""

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

FOOT = "<div class=foot><p>网站声明 | 网站地图 | 联系我们</p><p>主办：栗园镇融媒体中心 备案号 00000000</p></div>"
FOOT_T = "<footer><p>服務條款 隱私權政策 客服中心</p><p>版權所有 © 2025</p></footer>"

MAINLAND = (
    Frame(
        "government portal: index number over the text, viewing size, print, close",
        doc(
            "栗园镇图书馆重新开放_栗园县人民政府",
            "<div class=crumb>您的位置：首页 &gt; 政务动态 &gt; 镇街动态</div><table><tr><td>索引号</td><td>000014349/2025-00012</td></tr>"
            "<tr><td>发文机构</td><td>县文化局</td></tr></table><h1>栗园镇图书馆重新开放</h1>"
            "<div>发布时间：2025-03-04 09:12　来源：县融媒体中心　浏览次数：<span>128</span>次　字体：[大 中 小]</div>"
            f"<div class=TRS_Editor>{p(*LIBRARY)}</div><div>【打印本页】【关闭窗口】</div>{FOOT}",
        ),
        "栗园镇图书馆重新开放",
        "2025-03-04 09:12",
        "县融媒体中心",
        "",
        LIBRARY,
    ),
    Frame(
        "old table layout with font tags and breaks",
        doc(
            "南坡梨园开园-栗园新闻网",
            "<table width=760><tr><td><img src=a.gif></td></tr><tr><td><a href=/>首页</a> | <a href=/1>新闻</a></td></tr>"
            "<tr><td align=center><font size=5><b>南坡梨园开园</b></font></td></tr><tr><td align=center>2008年9月12日 8:05:00　栗园日报</td></tr>"
            f"<tr><td><font size=3>　　{'<br><br>　　'.join(ORCHARD)}</font></td></tr><tr><td align=right>(编辑：钱小满)</td></tr></table>{FOOT}",
        ),
        "南坡梨园开园",
        "2008-09-12 08:05",
        "栗园日报",
        "",
        ORCHARD,
    ),
    Frame(
        "portal: source in a link, comment counter, editor with a number, disclaimer under the text",
        doc(
            "南坡村梨园陆续开园采摘|梨园|果农_江湾新闻_江湾网",
            f"{menu()}<div class=main><h1 class=main-title>南坡村梨园陆续开园采摘</h1><div class=date-source><span class=date>2025年03月04日 07:31</span>"
            "<a class=source href=x>江湾晚报</a></div><div class=tool><a>评论 23</a><a>新浪微博</a></div>"
            f"<div class=article>{p(*ORCHARD)}<p class=show_author>责任编辑：周远 SN241</p></div><div>声明：本网转载此文出于传递更多信息之目的。</div></div><ul>{links(HEADLINES, 6)}</ul>{FOOT}",
        ),
        "南坡村梨园陆续开园采摘",
        "2025-03-04 07:31",
        "江湾晚报",
        "",
        ORCHARD,
    ),
    Frame(
        "newspaper's digital edition: page number and day over the headline, two kickers",
        doc(
            "江湾日报数字报",
            "<div>2025年03月04日 星期二</div><div>第03版：民生</div><div class=kicker>改造历时十四个月</div><h2>图书馆里多了小书架</h2><div>本报记者 周远</div>"
            f"<div id=ozoom>{p(*LIBRARY)}</div><div>上一篇 下一篇</div>",
        ),
        "图书馆里多了小书架",
        "2025-03-04",
        "江湾日报",
        "周远",
        LIBRARY,
    ),
    Frame(
        "agency: reporter in front of the text, dateline with city",
        doc(
            "图书馆重新开放-栗园频道",
            "<h1>图书馆重新开放</h1><div class=info>2025-03-04 16:20:11 | 来源：东海通讯社</div>"
            f"<div class=content><p>东海通讯社栗园3月4日电（记者周远）{LIBRARY[0]}</p>{p(*LIBRARY[1:])}</div>{FOOT}",
        ),
        "图书馆重新开放",
        "2025-03-04 16:20",
        "东海通讯社",
        "周远",
        ("东海通讯社栗园3月4日电（记者周远）" + LIBRARY[0], *LIBRARY[1:]),
    ),
    Frame(
        "self-media on a portal: account as the source, statement of the platform",
        doc(
            "梨园开园了，今年的梨甜不甜？",
            "<h1>梨园开园了，今年的梨甜不甜？</h1><div class=account><a>栗园见闻</a><span>2025-03-04 18:22</span><span>江湾</span></div>"
            f"<article>{p(*ORCHARD)}</article><p>特别声明：以上内容为自媒体平台用户上传并发布，本平台仅提供信息存储服务。</p><ul>{links(HEADLINES, 5)}</ul>",
        ),
        "梨园开园了，今年的梨甜不甜？",
        "2025-03-04 18:22",
        "栗园见闻",
        "",
        ORCHARD,
    ),
    Frame(
        "a post of an account of WeChat",
        doc(
            "",
            "<h1 id=activity-name>今年的梨开园啦</h1><div id=meta_content><span class=rich_media_meta_text>周远</span> "
            "<a id=js_name>栗园发布</a> <em id=publish_time></em></div><div id=js_content>"
            f"<p>点击上方蓝字关注我们</p>{p(*ORCHARD)}<p>点个“在看”你最好看</p></div>",
            '<meta property="og:title" content="今年的梨开园啦"><script>var ct = "1741053600";</script>',
        ),
        "今年的梨开园啦",
        "2025-03-04 10:00",
        "栗园发布",
        "周远",
        ORCHARD,
    ),
    Frame(
        "Discuz article: number of replies, click to read the full text",
        doc(
            "图书馆重新开放 - 栗园论坛资讯 - Powered by Forum",
            "<div id=pt><a>首页</a> › <a>资讯</a> › 查看内容</div><h1 class=ph>图书馆重新开放</h1>"
            "<p class=xg1>2025-3-4 10:05 | 发布者: <a>admin</a> | 查看: 320 | 评论: 0 | 原作者: 周远 | 来自: 栗园晚报</p>"
            f"<div class=d>{p(*LIBRARY)}</div><div>路过 雷人 握手 鲜花 鸡蛋</div>",
        ),
        "图书馆重新开放",
        "2025-03-04 10:05",
        "栗园晚报",
        "周远",
        LIBRARY,
    ),
    Frame(
        "WordPress: posted on, by, categories, comments",
        doc(
            "图书馆重新开放 – 栗园札记",
            '<header><a href="/">栗园札记</a></header><article class="post hentry"><h1 class=entry-title>图书馆重新开放</h1>'
            '<div class=entry-meta><time class="entry-date published" datetime="2025-03-04T10:05:00+08:00">2025年3月4日</time> 由 <a rel=author>周远</a> 发表</div>'
            f"<div class=entry-content>{p(*LIBRARY)}</div><footer>分类：<a>生活</a> 标签：<a>图书馆</a></footer></article><div id=comments><h3>2条评论</h3><p>写得真好，周末就去看看。</p><p>支持家门口的图书馆，孩子很喜欢。</p></div>",
        ),
        "图书馆重新开放",
        "2025-03-04 10:05",
        "",
        "周远",
        LIBRARY,
    ),
    Frame(
        "a gallery with a long caption for each picture",
        doc(
            "高清：南坡村梨园开园--图片频道",
            "<h1>高清：南坡村梨园开园</h1><div>2025年03月04日08:20 来源：江湾网-图片频道</div>"
            f"<div class=pic>{''.join(f'<img src={n}.jpg><p>{text}</p>' for n, text in enumerate(ORCHARD))}</div><div>(责编：周远、钱小满)</div>",
        ),
        "高清：南坡村梨园开园",
        "2025-03-04 08:20",
        "江湾网-图片频道",
        "",
        ORCHARD,
    ),
    Frame(
        "page of a video with a short text",
        doc(
            "栗园镇图书馆重新开放 - 江湾电视台",
            f"{menu()}<h1>栗园镇图书馆重新开放</h1><div>来源：江湾电视台 2025年3月4日 19:32</div><div class=player>您的浏览器不支持视频播放</div>"
            f"<div class=text><p>视频简介：</p>{p(*LIBRARY)}</div><ul>{links(HEADLINES, 4)}</ul>{FOOT}",
        ),
        "栗园镇图书馆重新开放",
        "2025-03-04 19:32",
        "江湾电视台",
        "",
        LIBRARY,
    ),
    Frame(
        "an English interface around a Chinese text, ISO time",
        doc(
            "Library reopens in Liyuan | Jiangwan",
            "<nav><a>Home</a><a>News</a><a>Login</a></nav><h1>栗园镇图书馆重新开放</h1><p class=byline>By 周远</p><p>Published: 2025-03-04T10:05:00+08:00</p>"
            f"<main>{p(*LIBRARY)}</main><p>Share this: Facebook Twitter</p>",
        ),
        "栗园镇图书馆重新开放",
        "2025-03-04 10:05",
        "",
        "周远",
        LIBRARY,
    ),
)

TAIWAN = (
    Frame(
        "reporter in brackets over the text, ranking beside it, app promotion in the middle",
        doc(
            "溪口夜市重新營業 | 地方 | 晨光新聞網",
            f"{menu(NAMES_T)}<h1>溪口夜市重新營業</h1><time>2025/03/04 15:20</time><div>記者賴雲亭／溪口報導</div>"
            f"<section>{p(MARKET_T[0])}<p><a>下載晨光 APP 看更多新聞</a></p>{p(*MARKET_T[1:])}</section><aside><h3>熱門新聞</h3><ol>{links(HEADLINES_T, 6)}</ol></aside>{FOOT_T}",
        ),
        "溪口夜市重新營業",
        "2025-03-04 15:20",
        "",
        "賴雲亭",
        MARKET_T,
    ),
    Frame(
        "agency: reporter and city in brackets at the head, editor and number at the end",
        doc(
            "溪口夜市整修後重新營業 | 地方 | 島嶼社",
            f"<h1>溪口夜市整修後重新營業</h1><div class=updatetime><span>2025/3/4 18:01</span>（3/4 18:30 更新）</div>"
            f"<div class=paragraph><p>（島嶼社記者洪大同溪口4日電）{MARKET_T[0]}</p>{p(*MARKET_T[1:])}<p>（編輯：丘世安）1140304</p></div>{FOOT_T}",
        ),
        "溪口夜市整修後重新營業",
        "2025-03-04 18:01",
        "",
        "洪大同",
        ("（島嶼社記者洪大同溪口4日電）" + MARKET_T[0], *MARKET_T[1:]),
    ),
    Frame(
        "magazine: 文 and 攝影 with bars, reading time",
        doc(
            "豆花店三十年｜晨光雜誌",
            f"<h1>豆花店三十年</h1><p>文｜賴雲亭　攝影｜洪大同</p><p>2025.03.04 08:00 臺北時間</p><p>閱讀時間約 3 分鐘</p><div>{p(*MARKET_T)}</div>{FOOT_T}",
        ),
        "豆花店三十年",
        "2025-03-04 08:00",
        "",
        "賴雲亭",
        MARKET_T,
    ),
    Frame(
        "AMP page with JSON-LD",
        "<!doctype html><html amp lang=zh-Hant><head><meta charset=utf-8><title>溪口夜市重新營業 - 晨光新聞</title>"
        '<script type="application/ld+json">{"@context":"http://schema.org","@type":"NewsArticle","headline":"溪口夜市重新營業","datePublished":"2025-03-04T15:20:00+08:00","author":{"@type":"Person","name":"賴雲亭"},"publisher":{"@type":"Organization","name":"晨光新聞"}}</script>'
        f"</head><body><amp-sidebar><ul>{links(HEADLINES_T, 4)}</ul></amp-sidebar><h1>溪口夜市重新營業</h1><amp-img src=a.jpg></amp-img>{p(*MARKET_T)}</body></html>",
        "溪口夜市重新營業",
        "2025-03-04 15:20",
        "晨光新聞",
        "賴雲亭",
        MARKET_T,
    ),
    Frame(
        "Next.js: text in the page, head of generated names",
        doc(
            "溪口夜市重新營業 - 島嶼報",
            '<div id=__next><header class="css-1ab"><a>島嶼報</a></header><main><h1 class="css-9x">溪口夜市重新營業</h1>'
            f'<div class="css-2b"><span>發布 2025年3月4日 15:20</span><span>撰文：賴雲亭</span></div><div class="css-3c">{p(*MARKET_T)}</div></main></div>',
            '<script id=__NEXT_DATA__ type="application/json">{"props":{"pageProps":{"id":1}}}</script>',
        ),
        "溪口夜市重新營業",
        "2025-03-04 15:20",
        "",
        "賴雲亭",
        MARKET_T,
    ),
)

HONG_KONG = (
    Frame(
        "撰文 and two times, keywords under the text",
        doc(
            "離島街渡復航 成人票價維持12元｜海岸01",
            f"<h1>離島街渡復航 成人票價維持12元</h1><div>撰文：鮑雲亭</div><div>出版：<time datetime='2025-03-04T08:00:00+08:00'>2025-03-04 08:00</time> 更新：2025-03-04 09:30</div>"
            f"<article>{p(*PIER_HK)}</article><div>街渡 離島 交通</div><div>{links(HEADLINES_T, 5)}</div>",
        ),
        "離島街渡復航 成人票價維持12元",
        "2025-03-04 08:00",
        "",
        "鮑雲亭",
        PIER_HK,
    ),
    Frame(
        "newspaper: category, day in words, the paper in front of the text",
        doc(
            "離島街渡昨日復航 - 東岸日報",
            f"<div>港聞</div><h1>離島街渡昨日復航</h1><div>2025年3月4日 (星期二)</div><div>{p('【東岸日報專訊】' + PIER_HK[0], *PIER_HK[1:])}</div>{FOOT_T}",
        ),
        "離島街渡昨日復航",
        "2025-03-04",
        "",
        "",
        ("【東岸日報專訊】" + PIER_HK[0], *PIER_HK[1:]),
    ),
    Frame(
        "broadcaster: time with HKT",
        doc(
            "街渡復航 - 海岸電台",
            f"<h2 class=itemTitle>街渡復航</h2><div class=createddate>2025-03-04 HKT 11:20</div><div class=itemFullText>{'<br />'.join(PIER_HK)}</div>",
        ),
        "街渡復航",
        "2025-03-04 11:20",
        "",
        "",
        PIER_HK,
    ),
    Frame(
        "government press release: end mark, day and time under the text",
        doc(
            "街渡航線恢復服務",
            f"<div>新聞公報</div><h1>街渡航線恢復服務</h1><div>{p(*PIER_HK)}</div><p>完</p><p>2025年3月4日（星期二）</p><p>香港時間11時20分</p>",
        ),
        "街渡航線恢復服務",
        "2025-03-04 11:20",
        "",
        "",
        PIER_HK,
    ),
)

REFUSED = (
    Frame("home page with columns", doc("江湾网", menu() + "".join(f"<h2>栏目{n}</h2><ul>{links(HEADLINES, 8)}</ul>" for n in range(4)) + FOOT)),
    Frame("section with a teaser for each", doc("要闻_江湾网", menu() + "".join(f"<div><h3><a href=/{n}.html>{h}</a></h3><p>{t[:40]}…</p><span>2025-03-0{n + 1}</span></div>" for n, (h, t) in enumerate(zip(HEADLINES[:6], LIBRARY + ORCHARD, strict=False))) + "<div>上一页 1 2 3 下一页</div>")),
    Frame("results of a search", doc("“图书馆”的搜索结果", "<p>找到相关结果约 1280 个</p>" + "".join(f"<div><a href=/{n}>{h}</a><p>…{t[5:45]}…</p><cite>江湾网 2025-03-04</cite></div>" for n, (h, t) in enumerate(zip(HEADLINES[:7], LIBRARY + ORCHARD, strict=False))))),
    Frame("page that is not there", doc("404 页面不存在 - 江湾网", f"{menu()}<h1>404</h1><p>抱歉，您访问的页面不存在或已被删除。</p><p>5 秒后自动跳转到<a href=/>首页</a></p>{FOOT}")),
    Frame("login wall", doc("登录 - 江湾报", "<h1>登录后阅读全文</h1><form><p>手机号</p><input><p>验证码</p><input><button>登录</button></form><p>登录即表示同意《用户协议》和《隐私政策》</p>")),
    Frame("check of a browser", doc("安全验证", "<h1>请完成安全验证</h1><p>系统检测到您的访问存在异常，请拖动滑块完成验证后继续访问。</p>")),
)  # fmt: skip

LEFT = {
    "newspaper's digital edition: page number and day over the headline, two kickers": "the day in a page head may be today's",
    "an English interface around a Chinese text, ISO time": "the title of the page is the first authority",
    "government press release: end mark, day and time under the text": "day and time stand in two lines under the text",
}
"""Pages that are not read right in every field, and why."""
FRAMES = MAINLAND + TAIWAN + HONG_KONG + REFUSED
