"""Who wrote and who published: source, author and editor, by their labels.

来源, 稿源, 转自 name the source; a dateline that names an outlet without a label does too. 作者, 记者, 文/, By name the
author; an editor (责编) is none, nor is a photographer, nor the reporter of 记者获悉.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from searchkit.sources.html.metadata import Metadata
from searchkit.sources.html.people import is_person, stands_alone
from searchkit.sources.html.stamps import STAMP
from searchkit.sources.html.tree import Line, collapse, names_of
from searchkit.sources.html.window import Window

_SOURCE = re.compile(
    r"(?<![图圖片像频頻据據料图照面材处乐])(?:(?:文章|信息|稿件|新闻|新聞|本文|内容|消息|"
    r"原文)?(?:来源|來源|稿源|出处|出處)(?:于|於|自)?|(?:转|轉|转载|轉載|摘|选|節錄|节选)自|原载于?|"
    r"原載|来自|來自|(?<![\u4e00-\u9fff])媒[体體](?=\s{0,8}[:：]))"
    r"(?:\s{0,8}[】\]]?\s{0,8}[:：|｜丨]+\s{0,8}|\s{0,8}[】\]]\s{0,8}|\t|(?<=[源出][于於自])\s{0,8})(?P<name>[^\t\n]{1,40})"
)
_SOURCE_END = re.compile(
    r"\s{0,8}(?:作者|记者|記者|责任编辑|責任編輯|责编|编辑|編輯|(?:发布|發布)(?=时间|時間|日期|于|"
    r"於|[:：])|(?<=\s)(?:发布|發布|评论|評論|阅读|閱讀)|(?:评论|評論|阅读|閱讀)(?=[\d(（:：])|"
    r"时间|時間|日期|字号|字體|字体|分享|浏览|点击|原标题|原标|校对|审核|撰文|我要|参与|【|\[|"
    r"[\s|｜丨]{1,8}(?:[\u4e00-\u9fff]{1,6}\s{0,8}[:：]|文\s{0,8}[/／|｜丨]|[\u4e00-\u9fff]{0,4}(?:[记記]者|作者|撰稿|通[讯訊][员員]|采写|採寫|[摄攝]影))|"
    r"（|\(|[）)】\]]|[，。；;！!]|(?<!\d)(?:19|20)\d\d|\d{1,2}[:：]\d\d|原创稿|官方账号|官方微博|\s{2,})"
)
_NO_SOURCE = re.compile(
    r"^(?:网络|網路|互联网|互聯網|网络综合|综合|[综綜]合(?:报道|報道|報導)|综合整理|本站|本站原创|原创|转载|未知|"
    r"其他|其它|不详|本网|网站|整理|用户|自媒体|微信公众号|公众号|微博|微信|https?:.*|www\..*|"
    r"\W*|.*[@#].*)$",
    re.IGNORECASE,
)
_OUTLET = re.compile(
    r"报$|報$|网|網|社$|台$|新闻|新聞|日报|晚报|时报|早报|客户端|周刊|週刊|财经|財經|在线|線上|"
    r"杂志|雜誌|频道|頻道|发布|發布|观察|视频|卫视|衛視|广播|傳媒|传媒|快讯|资讯|科技|体育|娱乐|"
    r"电视|電視|电台|電台|新媒体|\.com|号$|热点|头条|官方|人民|中国|media|news|times|daily",
    re.IGNORECASE,
)
_OUTLET_END = re.compile(
    r"(?:社|报|報|网|網|台|臺|新闻|新聞|周刊|週刊|杂志|雜誌|频道|頻道|电视|客户端|新媒体|观察|"
    r"财经|財經)$"
)
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:media|laiyuan|ly|from|origin|account|nick|author|user|name|publisher|provider|copy_?from)|source|nickname",
    re.IGNORECASE,
)
"""Names of elements that hold the outlet, or the account that a text was posted by."""
_SMALL_WORDS = re.compile(
    r"(?:发布时间|發布時間|发表时间|发稿时间|更新时间|更新時間|建立時間|出版時間|时间|時間|日期|"
    r"发布|發布|发表|發表|更新|发布于|发表于|首发|整理|原创|編輯|字号|字體|字体|大小|分享(?:到|"
    r"至)?|收藏|打印|评论数?|評論|人气|浏览|阅读量?|閱讀|点击|点赞|参与|跟贴|人参与|次|大|中|小|"
    r"正常|放大|缩小|关注|举报|举報|讚|赞|留言|微博|微信|"
    r"作者|来源|來源|责任编辑|编辑|听新闻|收听|播放|语音|(?:发布于|来自|IP属地).{2,4}|Font|北京时间|"
    r"[(（]?(?:星期|周|週|礼拜|禮拜).[)）]?|上午|下午|首页|正文|新闻|新聞|国内|国际|社会|财经|要闻|滚动|即時|社會|國際|"
    r"政治|生活|娛樂|體育|扫一扫|手机看|手機看新聞|訂閱|订阅|追蹤|[aA][+-]?|[tT][+-]?)$"
)

_NAMES = r"(?P<names>[^\t\n，。；;：:！？!?()（）【】\[\]<>《》“”\"|｜丨]{2,40})"
_AUTHOR = (
    re.compile(
        r"(?<![\u4e00-\u9fff])(?:本文|文章|新闻|原)?(?:作者|撰文|撰稿人?|执笔|執筆|采写|採寫|文字|"
        r"撰寫|采访/撰文|(?:特约|特約)撰稿人?)\s*(?:[】\]]?\s*[:：/／|｜丨\t]|[】\]])\s*" + _NAMES
    ),
    re.compile(r"(?:^|[\s【\[(（\t])(?:图)?文\s*[/／|｜丨：:]\s*" + _NAMES),
    re.compile(
        r"(?:^|[\t|｜])\s*(?:By|BY)\s+(?P<names>[A-Z][A-Za-z.'’-]+(?: [A-Z][A-Za-z.'’-]*){1,3}|[\u4e00-\u9fff]{2,4})"
        r"(?=$|[\t,，|])"
    ),
)
_AUTHOR_FIELDS = ("article:author", "og:article:author", "parsely-author", "sailthru.author")
_WRITTEN_BY = re.compile(
    r"(?:^|[\s\t])由\s{1,3}(?P<names>[\u4e00-\u9fff·]{2,10})\s{0,3}(?:发表|發表|发布|發布|發佈|撰写|撰寫)"
)
"""由 张三 发表, as WordPress prints it."""
_STAMP = re.compile(
    r"(?:时间|時間|日期|标准|標準)(?:$|[^\u4e00-\u9fff])"
    r"|^(?:最后|最後)?(?:建立|发布|發布|發佈|更新|出版|修改|刊登)[^\u4e00-\u9fff]*$"
)
_NAMED_AUTHOR = re.compile(
    r"(?:^|[\s_-])(?:author|byline|writer|reporter|zuozhe)(?:[-_]?(?:name|info|txt))?(?=[\s_-]|$)"
)
_ROLE = re.compile(r"^(?:记者|記者|作者|文)\s*[:：/／]?\s*")
_WRITER = re.compile(r"(?<![\u4e00-\u9fff])(?:专栏作者|特约作者|特约撰稿人?|作者|撰文|撰稿人?|采写|採寫)\s+" + _NAMES)
_REPORTER = re.compile(
    r"(?:^|[\s（(【\[\t｜|/／】])(?:[\u4e00-\u9fffA-Za-z·]{0,14})?(?<!小)(?<!摄影)(?<!攝影)(?:记者|"
    r"記者|评论员|特约评论员|特派员|特派員|通讯员)\s{0,8}[:：/／|｜丨]?[\s\t]*" + _NAMES
)
_TAIWAN = re.compile(
    r"(?:^|[\s（(【〔\[])(?:[\u4e00-\u9fffA-Za-z]{2,12}\s?[／/╱∕|｜]\s?)?"
    r"(?:[\u4e00-\u9fff]{0,8}(?:[記记]者|中心|[編编][譯译]|特派[員员])[\s:：]{0,3})?"
    r"(?P<names>[\u4e00-\u9fff]{2,4}(?:[、/／ ][\u4e00-\u9fff]{2,4}){0,3})\s?[／/╱∕]\s?[\u4e00-\u9fff]{0,10}"
    r"(?:[报報][導导道]|[電电])"
)
"""記者張三／台北報導, with the outlet in front of it or without."""
_ALONE = re.compile(
    r"^[\s（(【〔\[]{0,2}[\u4e00-\u9fff]{0,12}(?:[记記]者|特派[员員]|[编編][译譯]|作者|撰文|文字)[\s:：/／|｜丨]{0,4}"
    r"(?P<names>[\u4e00-\u9fff·]{2,6}(?:[\s、，/／]{1,3}[\u4e00-\u9fff·]{2,6}){0,5})(?:\s{1,3}[\u4e00-\u9fff]{0,8}[报報][導导道])?[\s。)）】〕\]]{0,3}$"
)
"""A signature: a line of nothing but who reported."""
_BY_OUTLET = re.compile(
    r"[\u4e00-\u9fffA-Za-z]{1,12}(?:[报報网網社台臺]|新[闻聞]|客[户戶]端|[周週]刊|[財财][经經]|[频頻]道)\s?[/／╱|｜丨]\s?(?P<names>[\u4e00-\u9fff]{2,4})"
    r"(?=$|[\s|｜、，/／)）\]】])"
)
"""某某网/张三"""
_POST = re.compile(
    r"[\u4e00-\u9fff]{0,16}(?:教授|研究[员員]|主任|院[长長]|所[长長]|博士|[律老][师師]|[会會][长長]|[记記]者|[评評][论論][员員]|主[编編笔筆]|作家|[学學]者|[专專]家|[专專]栏作者)"
)
_POSTED = re.compile(
    r"作者\s?(?:系|[为為]|是)\s?[\u4e00-\u9fff]{2,24}(?:教授|研究[员員]|主任|院[长長]|所[长長]|博士|[律老][师師]|[会會][长長]|[评評][论論][员員]|[学學]者)"
    r"[\s:：、]{1,3}(?P<names>[\u4e00-\u9fff]{2,4})(?![\u4e00-\u9fff])"
)
"""作者系某某大学教授 张三"""
_AGENCY = re.compile(
    r"[（(]\s*[\u4e00-\u9fff]{2,8}?[记記]者\s*(?P<names>[\u4e00-\u9fff]{2,3}(?=[\u4e00-\u9fff]{2})|"
    r"[\u4e00-\u9fff]{2}(?=[\u4e00-\u9fff]{2}))[\u4e00-\u9fff]{2,5}\s*\d{1,2}\s*日\s*(?:專?電|"
    r"电)[）)]"
)
_SIGNED = re.compile(r"[。！？”」]\s*[（(](?P<names>[\u4e00-\u9fff]{2,4}(?:[\s、][\u4e00-\u9fff]{2,4}){0,3})[)）]\s*$")
_PHOTO = re.compile(
    r"^[\s（(/／、]{0,3}(?:[摄攝]|[图圖]|供[图圖]|提供|制[图圖]|製圖|[绘繪]|翻[摄攝]|[视視][频頻]|航拍)"
    r"|^\s{0,3}(?:[获獲]悉|了解|从|從|采[访訪]|在|[说說]|[问問]|注意到|看到|[发發][现現])"
)
"""What follows the name of who took the picture, or goes on as a sentence about the reporter."""
_EDITOR = re.compile(
    r"(?:责任编辑|責任編輯|责编|責編|本文编辑|值班编辑|网络编辑|编辑|編輯|編審|编审)\s{0,8}(?:[:：/／|"
    r"｜丨]|\t)[\s\t]*(?P<names>[^\t\n，。；;：:（）()【】\[\]|｜<>]{2,30})"
)
_EDITOR_ALONE = re.compile(
    r"^[\s（(【\[]{0,2}(?:[责責]任|值班|[网網][络絡]|本文)?[编編][辑輯]\s{1,3}(?P<names>[\u4e00-\u9fff]{2,4}(?:[\s、]{1,2}[\u4e00-\u9fff]{2,4}){0,3})[)）】\]]?$"
)
"""编辑 张三: a line of its own."""
_EDITOR_END = re.compile(
    r"\s{0,8}(?:校对|校對|审核|審核|来源|來源|作者|[记記]者|监制|监审|签发|审校|主编|责任|编辑|编审|"
    r"值班|美编|关键|发布|發布|發佈|时间|時間|日期|浏览|点击|阅读|评论|[A-Z]{0,3}_?[A-Z]*\d{3,}|_[A-Z]+\d+).*$"
)


_LETTERSPACED = re.compile(
    r"(?:(?<=来)|(?<=來)|(?<=稿)|(?<=出)|(?<=作)|(?<=记)|(?<=記)|(?<=编)|(?<=編)|(?<=责)|(?<=責))[ \u3000\xa0]{1,4}"
    r"(?=[源处處者辑輯编編]\s*[:：])"
)


def _labels_closed(text: str) -> str:
    """With the labels that are printed letterspaced (`来　源：`) as words."""
    return _LETTERSPACED.sub("", text)


def source(head: Metadata, around: Window) -> str:
    """The outlet the text is taken from, as it prints its own name; empty if the page names none."""
    heads = [line for _, line in around.head_lines()]
    closing = [around.lines[number] for number in around.closing]
    for found in (
        outlet(head.first("wechat:account")),
        _labelled(heads),
        _before_reporter(around),
        _in_dateline(around),
        _labelled(line for line in closing if len(line.text) < 60 or line.text[-40:].find("来源") >= 0),
        outlet(
            head.first(
                "source",
                "contentsource",
                "article:source",
                "og:source",
                "mediasource",
                "mediaid",
                "copyfrom",
                "dc.source",
                "weibo:article:source",
            )
        ),
        _labelled(around.lines[number] for number in around.opening if len(around.lines[number].text) < 60),
        outlet(head.linked_text("publisher") or head.linked_text("sourceOrganization")),
    ):
        if found:
            return found
    return ""


_BEFORE_REPORTER = re.compile(
    r"^[\s【〔\[(（]{0,2}(?P<name>[\u4e00-\u9fffA-Za-z]{1,12}(?:[报報网網社台臺誌志]|新[闻聞]|[周週]刊|[杂雜][志誌]))"
    r"(?:\s?[／/╱∕|｜]\s?|\s{1,2})(?:[特實实][派習习])?(?:[記记]者|特派[員员]|[編编][譯译]|通[訊讯][員员])"
)
"""The outlet in front of its reporter: 【某某晚報╱記者張三╱即時報導】; glued to him (本报记者) it is his employer."""


def _before_reporter(around: Window) -> str:
    """An outlet in front of its reporter, in a line over the text or the first one of it."""
    above = [line for distance, line in around.head_lines() if 0 < distance <= 12 and len(line.text) <= 60]
    for line in (*above, *(around.lines[number] for number in around.opening[:1])):
        match = _BEFORE_REPORTER.match(line.text[:60])
        if match and (name := outlet(match["name"])):
            return name
        match = _BY_OUTLET.fullmatch(line.text[:40])
        if match and is_person(match["names"]):
            return outlet(line.text)
    return ""


def _labelled(lines: Iterable[Line]) -> str:
    for line in lines:
        if len(line.text) > 400:
            continue
        for match in _SOURCE.finditer(_labels_closed(line.spaced[-400:])):
            name = outlet(match["name"])
            if name:
                return name
    return ""


def outlet(name: str) -> str:
    """The name of an outlet without labels, notes and marks around it; empty if it is none."""
    name = re.sub(r"^(?:来源|來源|稿源|转自|原创)\s*[:：]\s*", "", collapse(name))
    end = _SOURCE_END.search(name, 1)
    if end:
        name = name[: end.start()]
    first, slash, rest = re.split(r"([/／╱])", name, maxsplit=1) if re.search(r"[/／╱]", name) else (name, "", "")
    if slash and _OUTLET_END.search(first.strip()) and is_person(rest.strip(), labelled=True):
        name = first  # 某某网/张三
    name = name.strip(" \t\u3000|｜丨·•:：、,，.-—_/／“”\"'《》>»】［］")
    if len(name) < 2 or len(name) > 24 or name.isdigit() or _NO_SOURCE.match(name):
        return ""
    return name


def _in_dateline(around: Window) -> str:
    """An outlet that stands beside the time, or in an element of its own near it, without a label."""
    named: list[str] = []
    beside: list[str] = []
    dated: list[int] = []
    alone: list[tuple[int, str]] = []
    for distance, line in around.head_lines():
        if not -2 <= distance <= 8 or distance == 0 or len(line.text) > 100:
            continue
        if STAMP.search(line.spaced):
            rest = re.sub(r"(?<=[a-z\u4e00-\u9fff])[\[【（(][^\]】）)]{1,6}[\]】）)]", "", line.spaced)
            time = STAMP.search(rest)
            if time is not None:  # what stands right after the time, then what stands nearest before it
                beside.extend(_candidates(STAMP.sub("\t", rest[time.end() :])))
                beside.extend(reversed(list(_candidates(rest[: time.start()]))))
            dated.append(distance)
        elif len(line.text) <= 20 and _NAMED.search(names_of(line.element, 1)):
            named.extend(_candidates(line.spaced))
        elif len(line.text) <= 12 and distance > 0 and _OUTLET_END.search(line.text):
            alone.append((distance, line.text))
    # a line of its own that is an outlet's name, right over or under the dateline
    named.extend(
        name for distance, text in alone if {distance - 1, distance + 1} & set(dated) for name in _candidates(text)
    )
    for group in (beside, named):
        for each in group:
            if _OUTLET.search(each) and not is_person(each) and (_OUTLET_END.search(each) or not _BUTTON.search(each)):
                return each
    above = around.lines[: max(0, around.title_at)]
    linked = {part for line in above if line.linked * 2 > len(line.text) for part in line.parts}  # the menu
    for group in (named, beside):
        for each in group:
            if not is_person(each) and not _BUTTON.search(each) and each not in linked:
                return each
    return ""


_BUTTON = re.compile(
    r"[打列]印|收藏|登[录錄入]|[註注][册冊]|[评評][论論]|留言|分享|[订訂][阅閱]|[关關]注|字[级級号號体體]|更新|^[发發][布佈]|最新|^[图圖]?文\s?[/／|｜]|下[载載]|回[报報复覆]|[纠糾][错錯]|"
    r"[检檢][举舉]|[举舉][报報]|[赞讚]|投稿|搜[尋寻索]|[繁简簡][体體]|返回|首[页頁]|更多|[复複][制製]|[语語]音|朗[读讀]|收[听聽]|播放|[点點][击擊]|[浏瀏][览覽]|"
    r"人[气氣]|[阅閱][读讀]|查看|[编編][辑輯译譯]|中心$|正文|原[创創]|整理|[时時][间間]|作者|[记記]者|回[应應]|追[踪蹤]|加入|朋友圈|[链連][接結]|\d$|前$|\bago\b",
)
"""Words of buttons, links, counters and labels."""


def _candidates(text: str) -> Iterator[str]:
    for piece in re.split(r"[\t|｜•·]|\s{2,}|\s(?=[\u4e00-\u9fff])", text):
        if _STAMP.search(piece.strip(" :：")):
            continue
        name = outlet(
            re.sub(r"^\s*(?:\S{0,4}(?:时间|時間|日期)\s*[:：]|发布于|来自|原创|来源|出处)\s*[:：]?\s*", "", piece)
        )
        if (
            name
            and not _SMALL_WORDS.match(name)
            and re.search(r"[\u4e00-\u9fffA-Za-z]{2}", name)
            and not re.search(r"\d{3}|[:：]|作者|记者|記者|報導|报道|編輯|编辑|评论|分享|[+＋]", name)
        ):
            yield name


def author(head: Metadata, around: Window) -> str:
    """Who wrote the text, as printed; several names stay in one string."""
    heads = [line for _, line in around.head_lines()]
    opening = [around.lines[number] for number in around.opening]
    closing = [around.lines[number] for number in around.closing]
    short = [line for line in (*opening, *closing) if len(line.text) < 80]
    for lines in (heads, short):
        for line in lines:
            if found := _by_label(_labels_closed(line.spaced)):
                return found
    for line in closing[:6]:  # （文 / 张三） after the last sentence
        if len(line.text) >= 80 and (found := _by_label(_tail(line.text))):
            return found
    if found := _by_element(around):
        return found
    for line in (*heads, *opening):
        text = line.spaced if len(line.text) < 120 else f"{line.spaced[:80]}\n{line.spaced[-60:]}"
        if found := _by_reporter(text) or _by_reporter(line.text[:80]):
            return found
    if found := _in_closing(closing) or _above(around):
        return found
    for stated in (head.linked_text("author"), head.first(*_AUTHOR_FIELDS)):
        if is_person(stated):
            return stated
    return _of_account(head)


def _tail(text: str) -> str:
    """The brackets that end a line, with what stands in them."""
    match = re.search(r"[（(【〔\[][^（(【〔\[)）】〕\]]{2,50}[)）】〕\]]\s{0,3}$", text[-60:])
    return match[0] if match else ""


def _in_closing(closing: list[Line]) -> str:
    """A signature under the text; a reporter inside a longer line there is named beside editors and photographers."""
    for line in closing[:8]:
        if len(line.text) <= 50 and (match := _ALONE.match(line.text)) and (found := _people(match["names"])):
            return found
        if (match := _TAIWAN.match(_tail(line.text))) and (found := _people(match["names"])):
            return found
    for line in closing[:2]:
        match = _SIGNED.search(line.text[-60:])
        if match and (found := _people(match["names"], labelled=False)):
            return found
    return ""


def _above(around: Window) -> str:
    """A name alone in the line right over the text."""
    before = around.opening[0] - 1 if around.opening else -1
    if before > around.title_at and stands_alone(around.lines[before].text):
        return around.lines[before].text
    return ""


def _of_account(head: Metadata) -> str:
    """The name WeChat prints beside the account's, a pen name more often than not."""
    name = head.first("wechat:author")
    if not re.fullmatch(r"[\u4e00-\u9fff·A-Za-z ]{2,12}", name) or name == head.first("wechat:account"):
        return ""
    return "" if _OUTLET.search(name) or _NO_AUTHOR.search(name) else name


def _by_label(text: str) -> str:
    for pattern in (*_AUTHOR, _WRITTEN_BY):
        for match in pattern.finditer(text[:400]):
            if _PHOTO.match(text[match.end("names") :]):
                continue
            names = re.sub(r"^.{0,16}(?:作者|[记記]者|[评評][论論][员員]|主[笔筆])[\s:：]*", "", match["names"])
            names = re.split(
                r"\s*(?:(?:文章|信息|稿件|消息|新[闻聞])?[来來]源|[编編][辑輯]|[责責][编編任]|校[对對]|[审審]核|[摄攝]|[时時][间間]|[发發][布佈表]|日期|字[号號]|分享|"
                r"[评評][论論]|(?:19|20)\d\d|[图圖][/／片]|制[图圖]|[浏瀏][览覽]|[阅閱][读讀]|出品|微信|公[众眾][号號]|[单單]位|(?<=\s)系)",
                names,
            )[0].strip(" \t/／-—_·,，")
            if found := _people(names):
                return found
            pen_names = [each for each in re.split(r"[、，,/／&＆\s]+", names) if each]
            if (
                (2 <= len(names) <= 10 or (1 < len(pen_names) <= 5 and all(2 <= len(each) <= 6 for each in pen_names)))
                and not _OUTLET.search(names)
                and not _NO_AUTHOR.search(names)
            ):
                return names
    return ""


_NO_AUTHOR = re.compile(
    r"未知|佚名|匿名|本站|本[报報网網刊台臺]|管理[员員]|admin|[编編][辑輯号號]|[时時][间間]|[标標][题題签籤]|\d{2}|[。！#@%]|^[A-Za-z]\d|[:：]|[综綜]合|整理|^[无無]$|[来來]源|作者",
    re.IGNORECASE,
)
"""A label, a number, a tag, or a word for nobody."""


def _by_element(around: Window) -> str:
    """A person's name alone in an element that is called author."""
    for distance, line in around.head_lines():
        if 0 < distance <= 8 and len(line.text) <= 20 and _NAMED_AUTHOR.search(names_of(line.element, 1)):
            if found := _people(_ROLE.sub("", line.text)):
                return found
        elif 0 < distance <= 8 and len(line.text) <= 80:
            for element in islice(line.element.iterdescendants("a", "span", "em", "i", "b", "strong"), 30):
                text = collapse(element.text or "")
                if (
                    text in line.parts
                    and _NAMED_AUTHOR.search(names_of(element, 1))
                    and (found := _people(_ROLE.sub("", text)))
                ):
                    return found
    return ""


def _by_reporter(text: str) -> str:
    for pattern in (_TAIWAN, _AGENCY, _POSTED):
        match = pattern.search(text)
        if match and (found := _people(match["names"])):
            return found
    match = _BY_OUTLET.search(text)
    if match and (len(match["names"]) > 2 or STAMP.search(text)) and (found := _people(match["names"], labelled=False)):
        return found
    for match in (*_WRITER.finditer(text), *_REPORTER.finditer(text)):
        rest = text[match.end("names") :]
        if _PHOTO.match(rest):
            continue
        if found := _people(match["names"]):
            return found
    return ""


def _people(text: str, *, labelled: bool = True) -> str:
    """The names of people that `text` begins with, as printed; nothing where the first is no name.

    Args:
        labelled: something says that names stand here. Then rare surnames count, and a post in front of the name (教授,
            記者) is passed over.
    """
    start = end = position = 0
    for piece in re.finditer(r"[^\s、，,/／&＆|]+", text):
        word = piece.group()
        pair = re.match(r"([\u4e00-\u9fff]) ([\u4e00-\u9fff])(?![\u4e00-\u9fff])", text[piece.start() :])  # 张 三
        if pair and is_person(pair[1] + pair[2], labelled=labelled):
            start = start if end else piece.start()
            position = end = piece.start() + 3
            continue
        if piece.start() < position:
            continue
        if re.search(r"[摄攝]$", word):
            return ""
        if is_person(word, labelled=labelled):
            start = start if end else piece.start()
            end = piece.end()
            continue
        cut = re.match(
            r"([\u4e00-\u9fff]{2,4}?)(?:文|[报報][導导道]|[发發]自|[综綜]合|[实實][习習]生|通[讯訊][员員]|(?:系|[为為]|是)[\u4e00-\u9fff]{2})",
            word,
        )
        if cut and is_person(cut[1], labelled=labelled):
            start = start if end else piece.start()
            end = piece.start() + cut.end(1)
        elif re.fullmatch(r"(?:[实實][习習])?(?:生|[记記]者|通[讯訊][员員])", word) or (
            labelled and not end and _POST.fullmatch(word)
        ):
            continue
        elif labelled and not end and (post := _POST.match(word)) and is_person(word[post.end() :], labelled=labelled):
            end = piece.end()
            start = piece.start() + post.end()
            continue
        break
    if end and _PHOTO.match(text[end:]):
        return ""
    return re.sub(
        r"[\s、]{0,4}(?:通[讯訊][员員]|[实實][习習]生|(?:[实實][习習])?[记記]者)[\s:：]{0,4}", " ", text[start:end]
    ).strip()


def editor(around: Window) -> str:
    """Who edited the page, as printed."""
    numbers = [*around.closing, *around.head, *around.opening]
    for number in numbers:
        line = around.lines[number]
        text = _labels_closed(line.spaced[-200:])
        if match := _EDITOR_ALONE.match(text):
            return re.sub(r"\s+", " ", match["names"])
        for match in _EDITOR.finditer(text):
            names = _EDITOR_END.sub("", match["names"]).strip(" \t_、-")
            if 2 <= len(names) <= 24:
                return names
    return ""
