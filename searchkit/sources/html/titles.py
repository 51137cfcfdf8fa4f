"""The headline of a page, where it stands, and the name of the site.

<title> has the headline and more: section, site, keywords. The page shows the headline alone. So the headline is the
longest line of the page that <title> begins with or has as one of its pieces, a heading before anything else. Where
<title> names the site alone, the headline is the heading, or the bare line, over the dateline and the text; where the
page shows none, it is <title> without the pieces that name site and section.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from searchkit.sources.html.metadata import LONGEST, Metadata
from searchkit.sources.html.stamps import SIGN
from searchkit.sources.html.tree import Line, Page, collapse, names_of

_NOT_WORD = re.compile(r"[\W_]+")
_CUT = re.compile(r"\s{0,8}(?:\.{3}|…+)\s{0,8}$")
_SEPARATOR = re.compile(
    r"\s{0,8}(?:_+|--+|\s[-–—|｜]\s|[|｜]|\s[-–—]|[-–—]\s|(?<=[^\x00-\xff])-(?=[^\x00-\xff]))\s{0,8}"
)
_SITE = re.compile(
    r"网$|網$|网站|網站|频道|頻道|新闻|新聞|日报|日報|晚报|晚報|时报|時報|周刊|週刊|门户|在线|"
    r"在線|客户端|中文|\.com|\.cn|\.net|电视台|電視"
    r"|资讯|首页|传媒|媒体|公众号|公众平台|论坛|博客|百科|通讯社|通訊社|卫视|衛視|广播|廣播|央视|头条|杂志|雜誌",
    re.IGNORECASE,
)
_OWNER = re.compile(
    r"(?:[网網台臺报報社局厅廳院校所]|[协協][会會]|[学學商工][会會]|[联聯]合[会會]|基金[会會]|频道|頻道|新闻|新聞|周刊|週刊|门户|在线|在線|客户端|资讯|資訊|首页|首頁|传媒|傳媒|媒[体體]|论坛|論壇|"
    r"博客|政府|委员[会會]|委員會|公司|中心|大[学學]|[学學]院|[杂雜][志誌]|[电電][视視]|[广廣]播|集[团團]|部落格|"
    r"\.(?:com|cn|net|tw|hk|org)|news|times|daily|home)$",
    re.IGNORECASE,
)
"""What the name of a site, or of the body that keeps it, ends with."""
_HEADINGS = ("h1", "h2", "h3", "h4")
_LONGEST = 120


def key(text: str) -> str:
    """A text as it is compared: letters and digits only, width and case folded."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text)).lower()


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline of a page.

    Attributes:
        text: as the page shows it.
        at: the number of its line; -1 if the page shows it nowhere.
        site: the name of the site, as <title> or the head has it.
        section: what stands between headline and site in <title>; often the channel, often keywords.
    """

    text: str
    at: int = -1
    site: str = ""
    section: str = ""


def headline(page: Page, head: Metadata) -> Headline:
    """The headline, by the rules above; its text is empty where the page has none."""
    named = [
        text[:LONGEST]
        for text in (head.title, head.first("og:title", "articletitle", "twitter:title"), head.linked_text("headline"))
        if text
    ]
    wanted = [(key(text), _CUT.search(text) is not None) for text in named]
    pieces = {short for piece in _pieces(head.title) if len(short := key(piece)) >= 6 and not _OWNER.search(piece)}
    at = _shown(page.lines, wanted, pieces)
    site, section = "", ""
    nameless = _names_site(head)
    if at < 0 or (nameless and not _is_firm(page.lines, at)):
        likely = _likely(page.lines, _without_site(named[0], named[1:])[0] if named else "", empty=nameless)
        if likely >= 0:
            site = head.title if len(head.title) <= 12 and _OWNER.search(head.title) else ""
            shown = without_time(page.lines[likely].text)
            return Headline(shown, likely, head.first("og:site_name", "sitename") or site)
    if at >= 0:
        text = _whole(page.lines, at, wanted)
        site, section = _rest(head.title, text)
    elif named:
        text, site, section = _without_site(named[0], named[1:])
    else:
        at = next((number for number, line in enumerate(page.lines) if _heading(line) == "h1"), -1)
        text = page.lines[at].text if at >= 0 else ""
    return Headline(text, at, head.first("og:site_name", "sitename", "application-name") or site, section)


def _heading(line: Line) -> str:
    """The heading element a line stands in, if any."""
    element = line.element
    for _ in range(3):
        if element is None:
            break
        if element.tag in _HEADINGS:
            return str(element.tag)
        element = element.getparent()
    return ""


_TIME_AT_END = re.compile(
    r"[\s|｜/(（\[【]{1,8}(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?(?:[\s(（]{1,4}\d{1,2}:\d\d(?::\d\d)?)?[)）\]】]?$"
)


def without_time(text: str) -> str:
    """A line without the time that ends it."""
    return _TIME_AT_END.sub("", text) or text


def _names_site(head: Metadata) -> bool:
    """<title> names the site, perhaps with its motto, or nothing, and no other element of the head has the headline."""
    title = collapse(head.title)
    site = key(head.first("og:site_name", "sitename", "application-name"))
    others = (head.first("og:title", "articletitle", "twitter:title"), head.linked_text("headline"))
    if any(len(key(other)) >= 6 and key(other) not in (key(title), site) for other in others):
        return False
    if len(key(title)) <= 6 or (site and key(title) == site):
        return True
    pieces = re.split(r"[\s\u3000_|｜·—–-]+", title)
    owners = [piece for piece in pieces if _OWNER.search(piece)]
    rest = sum(len(piece) for piece in pieces) - sum(map(len, owners))
    if not owners or max(map(len, owners)) > 14:  # a headline may well end like a name: …考察某某研究所
        return False
    return len(title) <= 30 and rest <= 8 and not re.search(r"[，。！？、：；“”「」]", title)


def _is_firm(lines: list[Line], at: int) -> bool:
    """What <title> says stands as a headline over its dateline, though it may end like the name of a site."""
    if _heading(lines[at]) and _has_time(lines, at):
        return True
    named = _NAMED_TITLE.search(names_of(lines[at].element, 1)) is not None or len(key(lines[at].text)) >= 12
    return named and _has_time(lines[: at + 4], at)


def _shown(lines: list[Line], wanted: list[tuple[str, bool]], pieces: set[str]) -> int:
    """The line that shows the headline; -1 if none does."""
    best, best_score = -1, 0.0
    for number, line in enumerate(lines):
        if len(line.text) > _LONGEST or (line.linked * 2 > len(line.text) + 1 and not _heading(line)):
            continue
        text = key(line.text)
        if not any(other.startswith(text) for other, _ in wanted):
            text = key(without_time(line.text))
        if len(text) < 4:
            continue
        fit = len(text) + 1.0 if text in pieces else 0.0
        for other, cut in wanted:
            if other.startswith(text):
                fit = max(fit, len(text))
            elif cut and text.startswith(other[:-1]):
                fit = max(fit, len(other))
            elif text in other and len(text) * 2 > len(other):  # the site comes first
                fit = max(fit, len(text) - 1)
        if not fit:
            continue
        score = fit + {"h1": 3.0, "h2": 2.0, "h3": 1.5, "h4": 1.0}.get(_heading(line), 0.0)
        score += 2.5 * _has_time(lines, number)
        if score > best_score:
            best, best_score = number, score
    if best >= 0 and (_is_site_name(lines[best], wanted) or _is_fragment(lines[best], wanted)):
        return -1
    return best


def _is_fragment(line: Line, wanted: list[tuple[str, bool]]) -> bool:
    """A few words that the headline happens to begin with."""
    text = key(line.text)
    return len(text) <= 6 and all(len(other) > 3 * len(text) for other, _ in wanted)


_NAMED_TITLE = re.compile(r"title|headline|(?:^|[\s_-])(?:tit|biaoti|bt|tt)(?=[\s_-]|$)")


def _likely(lines: list[Line], title: str, *, empty: bool) -> int:
    """A heading over a dateline that says much the same as <title>, or anything where <title> says nothing; else -1.

    Args:
        empty: <title> says nothing of the article. Then a heading, an element that is named so, and last a bare line
            count, if a dateline or the text follows.
    """
    wanted = key(title)
    empty = empty or len(wanted) <= 6 or (len(wanted) <= 10 and _SITE.search(title) is not None)
    for number, line in enumerate(lines):
        if _heading(line) not in ("h1", "h2", "h3" if empty else "") and not _NAMED_TITLE.search(
            names_of(line.element, 1)
        ):
            continue
        text = key(line.text)
        if not 6 <= len(text) <= _LONGEST or line.linked * 2 > len(line.text) or text == wanted:
            continue
        if (empty and _over_text(lines, number)) or (
            _has_time(lines, number) and (empty or _likeness(text, wanted) >= 0.6)
        ):
            return number
    return _bare(lines, wanted) if empty else -1


def _bare(lines: list[Line], site: str) -> int:
    """The last line before the first text that may be a headline, only datelines and labels between; else -1."""
    prose = next((number for number, line in enumerate(lines) if _is_prose(line)), -1)
    for number in range(prose - 1, max(-1, prose - 6), -1):
        line = lines[number]
        text = key(without_time(line.text))
        if (
            8 <= len(text) <= 50
            and not line.linked
            and text != site
            and not SIGN.search(without_time(line.text))
            and not _META.search(line.text)
        ):
            return number
    return -1


_META = re.compile(
    r"[:：]|[。；]$|^[【\[(（].*[)）\]】]$|[记記]者|[作编編]者|[来來]源|[》>›»]|©|[点點][击擊]|浏览|瀏覽"
)


def _is_prose(line: Line) -> bool:
    """A line of running text: a sentence that ends."""
    return (
        len(line.text) >= 30
        and line.linked * 4 < len(line.text)
        and re.search(r"[，。].*[。！？”」]", line.text) is not None
    )


def _over_text(lines: list[Line], number: int) -> bool:
    """A dateline or the text itself follows at once."""
    return _has_time(lines[: number + 4], number) or any(_is_prose(line) for line in lines[number + 1 : number + 4])


def _likeness(one: str, other: str) -> float:
    """The share of the pairs of characters of the shorter text that the longer one has too."""
    pairs = [{text[n : n + 2] for n in range(len(text) - 1)} for text in (one, other)]
    return len(pairs[0] & pairs[1]) / max(1, min(map(len, pairs)))


def _whole(lines: list[Line], at: int, wanted: list[tuple[str, bool]]) -> str:
    """The headline, put together again where the page breaks it over up to three lines."""
    text = lines[at].text
    if not any(other.startswith(key(text)) for other, _ in wanted):
        text = without_time(text)
    for line in lines[at + 1 : at + 3]:
        longer = key(text + line.text)
        if not key(line.text) or not any(other.startswith(longer) for other, _ in wanted) or _SITE.search(line.text):
            break
        text = f"{text} {line.text}"
    return text


def _has_time(lines: list[Line], number: int) -> bool:
    """A dateline follows soon."""
    return any(SIGN.search(line.text) and len(line.text) < 150 for line in lines[number + 1 : number + 9])


def _is_site_name(line: Line, wanted: list[tuple[str, bool]]) -> bool:
    """What was found is the name of the site at the start of <title>, not a headline."""
    text = key(line.text)
    if len(text) > 8 or not _SITE.search(line.text):
        return False
    return any(len(other) > len(text) + 6 for other, _ in wanted)


def _pieces(title: str) -> list[str]:
    return [piece for piece in (collapse(piece) for piece in _SEPARATOR.split(title)) if piece]


def _rest(title: str, shown: str) -> tuple[str, str]:
    """The site and the section that <title> names after the headline."""
    wanted = key(shown)
    pieces = _pieces(title)
    inside = next((number for number, piece in enumerate(pieces) if key(piece) == wanted), 0)
    if inside:  # the site comes first: site - section - headline
        return _site_among([*pieces[:inside][::-1], *pieces[inside + 1 :]])
    seen = ""
    for number, piece in enumerate(pieces):
        seen += key(piece)
        if len(seen) >= len(wanted):
            rest = pieces[number + 1 :]
            break
    else:
        return "", ""
    return _site_among(rest)


_CHANNEL = re.compile(r"^(?:新闻|新聞|资讯|資訊|首页|头条|频道|頻道|要闻|.{2}(?:频道|頻道))$")


def _site_among(pieces: list[str]) -> tuple[str, str]:
    """Which of the pieces after a headline is the site, and which the section."""
    pieces = [piece.strip("【】[]") for piece in pieces]
    at = next(
        (n for n in range(len(pieces) - 1, -1, -1) if _SITE.search(pieces[n]) and not _CHANNEL.match(pieces[n])), -1
    )
    if at < 0 and len(pieces) == 1 and len(pieces[0]) <= 12:
        at = 0
    if at < 0:
        return "", pieces[-1] if pieces else ""
    others = pieces[:at] or pieces[at + 1 :]
    return pieces[at], others[-1] if others else ""


def _without_site(title: str, others: list[str]) -> tuple[str, str, str]:
    """<title> without its site and section, when the page shows no headline."""
    pieces = _pieces(title)
    for other in others:  # og:title is often the headline alone
        if 4 <= len(key(other)) < len(key(title)) and key(title).startswith(key(other)):
            return other, *_rest(title, other)
    site = section = ""
    if len(pieces) > 1 and (_SITE.search(pieces[-1]) or len(pieces[-1]) <= 6):
        site = pieces[-1]
        cut = title.rfind(site)
        title = _trim(title[:cut])
        pieces = pieces[:-1]
        while len(pieces) > 1 and (_SITE.search(pieces[-1]) or len(pieces[-1]) <= 4):
            section = section or pieces[-1]
            title = _trim(title[: title.rfind(pieces[-1])])
            pieces = pieces[:-1]
    in_front = False
    while len(pieces) > 1 and len(key(pieces[0])) <= 12 and len(key(title)) - len(key(pieces[0])) >= 6:
        if _OWNER.search(pieces[0]):
            site = site or pieces[0]
            in_front = True
        elif in_front and len(key(pieces[0])) <= 4:  # never the first: 中国-东盟博览会开幕
            section = section or pieces[0]
        else:
            break
        title = re.sub(r"^[\s_|｜–—-]+", "", title[title.find(pieces[0]) + len(pieces[0]) :])
        pieces = pieces[1:]
    return title, site, section


def _trim(text: str) -> str:
    return re.sub(r"[\s_|｜–—-]+$", "", text)
