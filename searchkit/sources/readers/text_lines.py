"""What a line of a text dump is by itself: a site line, labels, a dateline, a closing mark, an editor's note."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import tzinfo

from searchkit.sources import printed_dates
from searchkit.sources.fields import labelled
from searchkit.sources.printed_dates import Printed
from searchkit.sources.record import one_line

_SITE = re.compile(
    r"(?P<name>[^\s,，。！？!?:：;；]{2,20})\s+(?:https?://)?(?P<domain>(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,10})/?", re.I
)
_LABEL = re.compile(
    r"(?:(?<=[\s|｜;；)）])|^)(?:【\s*([^\s:：|｜【】]{1,10})\s*】|([^\s:：|｜()（）【】]{1,10}(?: by| on)?)\s*[:：])"
)
_CLOSING = re.compile(
    r"[\[【(（<]?\s*(?:关闭|关 闭|关闭窗口|关闭本页|關閉|返回列表)\s*[\]】)）>]?|[×✕✖]|(?:全文|正文|本文)?完[。]?"
    r"|[（(]完[)）]"
)
_HEADINGS = re.compile(
    r"[\[【■●◆▎|]*\s*(?:相关|相關|推荐|推薦|延伸|热门|熱門|更多|精彩|编辑|猜你|为您|為您|大家|今日|最新|热点|焦点)"
    r"(?:新闻|新聞|阅读|閱讀|报道|報導|文章|推荐|推薦|内容|資訊|资讯|专题|链接|连结|喜欢|都在看|精选|图文|视频)\s*[\]】]*\s*[:：>»]*"
)
_CHROME = frozenset(
    {
        "快讯", "滚动", "首页", "正文", "返回首页", "返回顶部", "回到顶部", "分享", "分享到", "打印", "打印本页",
        "收藏", "评论", "举报", "纠错", "上一篇", "下一篇", "上一页", "下一页", "点击查看更多", "加载更多",
        "查看更多", "展开全文", "阅读全文", "扫一扫", "登录", "注册", "搜索", "微信", "微博", "QQ空间", "字号",
        "大", "中", "小", "点赞", "当前位置",
    }
)  # fmt: skip
_RULE = re.compile(r"(?P<sign>[=\-*_#~─━—])(?P=sign){2,}")
_SENTENCE_SIGNS = re.compile(r"[。，！？；、!?;]|,(?!\s)")
_EDITOR = r"(?:责任编辑|責任編輯|责编|責編|值班编辑|网络编辑|本文编辑|实习编辑|编辑|編輯|编审)"
_EDITOR_NOTE = re.compile(
    rf"\s*(?:[(（\[【]\s*{_EDITOR}\s{{0,9}}[:：/／ ]\s{{0,9}}(?P<a>[^()（）\[\]【】]{{1,40}}?)\s{{0,9}}[)）\]】]"
    rf"|^{_EDITOR}\s*[:：/／]\s*(?P<b>\S[^。，]{{0,39}}))\s*$"
)
_SOURCE_NOTE = re.compile(
    r"\s*(?:[(（]\s*(?:来源|來源|稿源)\s{0,9}[:：]\s{0,9}(?P<a>[^()（）]{1,40}?)\s{0,9}[)）]|^(?:来源|來源|稿源)\s*[:：]\s*(?P<b>\S[^。，]{0,39}))\s*$"
)
_OUTLET = re.compile(
    r"(?:网|報|报|社|台|臺|日报|晚报|时报|新闻|新聞|电视台|通讯社|周刊|杂志|客户端|在线|卫视|频道|传媒|中心|编辑部|公众号|微博|发布|融媒|财经|头条号)\Z"
    r"|\A(?:reuters|bloomberg|afp|ap|bbc|cnn|xinhua|cctv|cgtn)\b",
    re.I,
)
_NOISE = re.compile(
    r"(?:阅读|点击|浏览|评论|分享|字号|字体|打印|收藏|人气|参与|跟贴|播报|举报|发布|发表|更新|来自|原创|标签|次|人|条|大|中|小|万|[\d.:：+\-()（）|｜/·•\[\]【】]"
    r"|A[+-]|于|在|数|量|次数)+"
)
_BYLINE = re.compile(
    r"(?:本报|本网|本刊|本台|新华社|中新社)?(?:特派|特约|实习|见习|通讯员)?(?:记者|記者)[:：\s]+|文\s*[丨|｜/／:：]\s*|by\s+",
    re.I,
)
_BYLINE_GLUED = re.compile(r"(?:本报|本网|本刊|本台)记者(?=\S{2,4}\Z)")
_GAP = re.compile(r"\s{2,}|[\t\u3000\u00a0|｜]+")
LONG = 60
"""Characters; a longer line is a paragraph."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line that is not empty, stripped; `number` counts from 1 in the file."""

    number: int
    text: str


def site(text: str) -> tuple[str, str] | None:
    """Name and domain of a line that consists of nothing else: `中华网 china.com`."""
    match = _SITE.fullmatch(text) if len(text) < 100 else None
    return (match["name"], match["domain"].lower()) if match else None


def is_rule(text: str) -> bool:
    """A line drawn with one sign, at least three of them."""
    return _RULE.fullmatch(text) is not None


def is_closing(text: str) -> bool:
    """A mark that ends an article: 关闭, ×, （完）."""
    return len(text) < 12 and _CLOSING.fullmatch(text) is not None


def is_heading(text: str) -> bool:
    """The heading of a list of other articles: 相关新闻, 延伸阅读."""
    return len(text) < 16 and _HEADINGS.fullmatch(text) is not None


def is_chrome(text: str) -> bool:
    """A word of the site around the article, which says nothing."""
    return text in _CHROME or is_rule(text) or is_closing(text) or is_heading(text)


def is_paragraph(text: str) -> bool:
    """Too long for a title, or a full sentence."""
    return len(text) > LONG or text.endswith(("。", "。”", "。」", "；"))


def editor_note(text: str) -> tuple[str, str] | None:
    """The text before an editor's note that ends it, and the editor: `…。(责任编辑:张三)`."""
    match = _EDITOR_NOTE.search(text, max(0, len(text) - 80))
    return (text[: match.start()].rstrip(), one_line(match["a"] or match["b"])) if match else None


def source_note(text: str) -> tuple[str, str] | None:
    """The text before a source note that ends it, and the source: `…。（来源：某报）`."""
    match = _SOURCE_NOTE.search(text, max(0, len(text) - 80))
    return (text[: match.start()].rstrip(), one_line(match["a"] or match["b"])) if match else None


def labels(text: str) -> dict[str, str] | None:
    """The fields of a line that begins with a known label and a colon, or 【label】; None for other lines.

    A label without a value gives an empty one. Labels that say nothing we keep are left out.
    """
    if _LABEL.match(text) is None:
        return None
    places = [(match, name) for match in _LABEL.finditer(text) if (name := labelled(match[1] or match[2])) is not None]
    if not places or places[0][0].start() > 0:
        return None
    found: dict[str, str] = {}
    for at, (match, name) in enumerate(places):
        if name == "body":
            found["body"] = text[match.end() :].strip()
            break
        end = places[at + 1][0].start() if at + 1 < len(places) else len(text)
        value = text[match.end() : end].strip(" \t\u3000\u00a0|｜;；")
        if name and not found.get(name):
            found[name] = one_line(value)
    return found


def dateline(text: str, zone: tzinfo) -> tuple[Printed, dict[str, str]] | None:
    """The time of a line that holds one and only labels, names and outlets beside it; None for other lines.

    A body sentence that begins with a date is none: something is glued to the date, or there is a comma.
    """
    if len(text) > 160:
        return None
    found = printed_dates.find_all(text, timezone=zone)
    if not found:
        return None
    printed = found[0]
    before, after = text[: printed.start], text[printed.end :]
    for other in found[1:]:  # 更新：2025-…, a second time
        after = after.replace(other.text, " ")
    if (
        before
        and not (before[-1].isspace() or before[-1] in "|｜:：([【（于")
        and not before.endswith(("发布", "发表"))
    ):
        return None
    if after and not (after[0].isspace() or after[0] in "|｜)]】）") and _LABEL.match(after) is None:
        clock = printed.precision != "day" and len(after) <= 12
        if not clock:
            return None
    found_fields: dict[str, str] = {}
    for part in (before, after):
        if not _beside(part, found_fields):
            return None
    return printed, found_fields


def _beside(text: str, found: dict[str, str]) -> bool:
    """Take in what stands beside a time; False if it is no name, outlet or label but prose."""
    places = [(match, name) for match in _LABEL.finditer(text) if (name := labelled(match[1] or match[2])) is not None]
    ends = [match.start() for match, _ in places[1:]] + [len(text)]
    loose = text[: places[0][0].start()] if places else text
    for (match, name), end in zip(places, ends, strict=True) if places else ():
        parts = [part for part in _GAP.split(text[match.end() : end].strip(" \t\u3000\u00a0|｜")) if part]
        if parts and name and name != "published":
            found.setdefault(name, one_line(parts[0]))
            parts = parts[1:]
        loose += "  " + "  ".join(parts)
    people: list[str] = []
    for piece in _GAP.split(loose):
        piece = piece.strip(" \t()（）[]【】-—·•:：")
        if not piece or _NOISE.fullmatch(piece):
            continue
        if len(piece) > 30 or _SENTENCE_SIGNS.search(piece.replace("、", "")):
            return False
        run: list[str] = []
        named = False
        for word in piece.split():
            bare = _BYLINE_GLUED.sub("", _BYLINE.sub("", word + " ", count=1)).strip()
            named = named or bare != word
            if not bare or _NOISE.fullmatch(bare):
                continue
            if not named and _OUTLET.search(bare) and "source" not in found:
                found["source"] = bare
            else:
                run.append(bare)
        if run:
            people.append(" ".join(run))
    if people and "author" not in found:
        found["author"] = " ".join(people)
    return True


def byline(text: str) -> str:
    """The name in a line like 本报记者 张三 or 文丨张三; empty for other lines."""
    if len(text) > 24 or _SENTENCE_SIGNS.search(text.replace("、", "")):
        return ""
    match = _BYLINE.match(text) or _BYLINE_GLUED.match(text)
    return text[match.end() :].strip() if match else ""
