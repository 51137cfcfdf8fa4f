"""When a page was published: the visible dateline first, then what the head says, then its scripts and address.

The latest, last or most frequent date on a page is not its date: a list of other news has more and later ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from lxml.html import HtmlElement

from searchkit.model.article import Precision
from searchkit.sources import printed_dates
from searchkit.sources.html.metadata import Metadata
from searchkit.sources.html.titles import without_time
from searchkit.sources.html.window import Window
from searchkit.sources.printed_dates import Printed

_META = (
    *re.split(
        r"\s+",
        """article:published_time og:article:published_time og:published_time bytedance:published_time publishdate
        pubdate publish_date publish-date publish_time publishtime published_time pubtime _pubtime apub:time
        datepublished parsely-pub-date og:release_date weibo:article:create_at dc.date.issued dcterms.created dc.date
        sailthru.date article:create_at releasedate createdate date ptime""",
    ),
    "weibo: article:create_at",
)
"""Meta elements that state when, the most trusted first."""
_LINKED = ("datePublished", "pubDate", "dateCreated", "uploadDate")
_GOOD = re.compile(
    r"(?:发布|發布|發佈|发表|發表|发稿|刊登|建立|出版|上传|上稿|发文|上架|日期|时间|時間|published|"
    r"posted)(?:时间|時間|日期|于|於|on)?[\s:：]*$",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"(?:更新|修改|修訂|修订|updated?|modified|编辑于|截至|截止|回复|评论)(?:时间|時間|日期|于|"
    r"於|on|at)?[\s:：]*$",
    re.IGNORECASE,
)
_DAY_APART = re.compile(r"(?P<d>\d{1,2})日?\s(?P<y>(?:19|20)\d\d)\s?[-/.年]\s?(?P<m>\d{1,2})月?")
"""The day printed large over the month, which is under it."""
_MONTH_APART = re.compile(
    r"(?P<y>(?:19|20)\d\d)\s?(?:[-/.年]\s?(?P<m>\d{1,2})月?\s(?P<d>\d{1,2})日?|年?\s(?P<m2>\d{1,2})\s?[-/.月]\s?(?P<d2>\d{1,2})日?)"
    r"|(?P<m3>\d{1,2})\s?[-/.月]\s?(?P<d3>\d{1,2})日?\s(?P<y3>(?:19|20)\d\d)年?"
)
_TODAY = re.compile(r"今天(?:是|[:：\s])|今日(?:是|[:：])|現在時間|现在时间|您好")
_WECHAT_TIME = re.compile(
    r"""(?<!\w)(?:ct|create_time|createTime|ori_create_time)\s?[:=]\s?["']?(?P<value>1\d{9})(?!\d)"""
)
_SPLIT_YEAR = re.compile(r"(?<!\d)(20\d\d)\s*[-/.年]?\s+(\d{1,2})\s*[/.-]\s*(\d{1,2})(?=\s)")
_CLOCK_ONLY = re.compile(r"^\D{0,8}\d{1,2}[:：]\d{2}")
_NO_YEAR = re.compile(r"(?<![\d.:-])(\d{1,2})\s*[-/月]\s*(\d{1,2})日?\s*(\d{1,2}:\d{2}(?::\d{2})?)")
_SCRIPT = re.compile(
    r"""["']?(?:pub(?:lish)?(?:ed)?[_-]?(?:time|date|at)?|pub_?time|ptime|datePublished|news[_-]?time|create[_-]?time|ctime|(?<![A-Za-z])ct|inputtime|issue_?time|release_?date)["']?
    \s*[:=]\s*["']?(?P<value>(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}[^"',;<>]{0,20}|1\d{9}(?:\d{3})?(?!\d))""",
    re.VERBOSE | re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?<!\d)(20[0-3]\d)[-/_.]?(0[1-9]|1[0-2])[-/_.]?(0[1-9]|[12]\d|3[01])(?!\d{3})")


@dataclass(frozen=True, slots=True)
class Published:
    """When; as printed; how exactly. `moment` is None where the page does not tell."""

    moment: datetime | None = None
    text: str = ""
    precision: Precision = "day"


def published(root: HtmlElement, head: Metadata, around: Window, *, url: str, timezone: tzinfo) -> Published:
    """The time of publication by the rules above; htmldate is asked last."""
    if (sent := _sent(root, timezone)) is not None:
        return _as_published(sent, timezone)
    stated = list(_stated(root, head, around, url, timezone))
    visible, sure = _visible(around, _Years(head, stated, timezone), timezone)
    if visible is not None and sure and visible.precision != "day":
        return _as_published(visible, timezone)
    for found in stated:
        if visible is None or not sure:
            return _as_published(found, timezone)
        if found.precision != "day" and _day(found, timezone) == _day(visible, timezone):
            return _as_published(found, timezone)
    if visible is not None:
        return _as_published(visible, timezone)
    guessed = _by_htmldate(root, url, timezone)
    yearless = next((match for _, line in around.head_lines() if (match := _NO_YEAR.search(line.spaced))), None)
    if yearless is None or guessed.moment is None:
        return guessed
    # the page prints its day; a guess that is another day is the time of something else
    same = (guessed.moment.month, guessed.moment.day) == (int(yearless[1]), int(yearless[2]))
    return guessed if same else Published(None, yearless[0].strip())


def _sent(root: HtmlElement, timezone: tzinfo) -> Printed | None:
    """The time that WeChat gives to its own script, which shows it as 今天 or a day; None for other pages."""
    if next((element for element in root.iter("div", "section") if element.get("id") == "js_content"), None) is None:
        return None
    for element in root.iter("script"):
        for match in _WECHAT_TIME.finditer((element.text or "")[:500_000]):
            found = printed_dates.from_number(int(match["value"]), timezone=timezone)
            if found.moment is not None:
                return found
    return None


def _as_published(found: Printed, timezone: tzinfo) -> Published:
    moment = found.moment
    return Published(moment.astimezone(timezone) if moment else None, found.text.strip(), found.precision)


def _day(found: Printed, timezone: tzinfo) -> object:
    return found.moment.astimezone(timezone).date() if found.moment else None


class _Years:
    """Which year a day without one is in: a time stated elsewhere for that day, else the day the page was saved."""

    def __init__(self, head: Metadata, stated: list[Printed], timezone: tzinfo) -> None:
        others = (printed_dates.parse(value, timezone=timezone) for value in head.fields.values() if len(value) < 40)
        moments = [each.moment.astimezone(timezone) for each in (*stated, *others) if each.moment is not None]
        self._known = {(day.month, day.day): day.year for day in reversed(moments)}
        saved = printed_dates.parse(head.saved, timezone=timezone).moment if head.saved else None
        self._saved = saved.astimezone(timezone) if saved is not None else None

    def year(self, month: int, day: int) -> int | None:
        """The year; None if nothing tells it."""
        if (month, day) in self._known or self._saved is None:
            return self._known.get((month, day))
        return self._saved.year - ((month, day) > (self._saved.month, self._saved.day))


def _visible(around: Window, years: _Years, timezone: tzinfo) -> tuple[Printed | None, bool]:
    """The dateline near the headline, and whether it is surely that and not a time of revision or in a sentence."""
    best: Printed | None = None
    best_score = -9.0
    below: Printed | None = None  # the best of those under the headline
    below_score = -9.0
    for distance, line in around.head_lines():
        text = line.spaced
        number = around.title_at + distance
        if distance == 0 and around.title_at >= 0:
            text = text.replace("\t", " ").removeprefix(without_time(line.text))
            if not text or len(text) > 60:
                continue
        following = around.lines[number + 1].spaced if number + 1 < len(around.lines) else ""
        if len(text) < 12 and len(following) < 12 and (whole := _joined(f"{text} {following}")):
            text = whole
        elif len(text) < 40 and _CLOCK_ONLY.match(following) and len(following) < 40:
            text = f"{text} {following}"
        for found in _times(text, years, timezone):
            score = _worth(found, text, distance)
            if score > best_score:
                best, best_score = found, score
            if score > below_score and distance >= 0:
                below, below_score = found, score
    # over the headline stands the time of the page head too, with a clock
    return (below, True) if below_score > -2.0 else (best, best_score > -2.0)


def _joined(text: str) -> str:
    """The day that two short lines print together, in one form; empty if they print none."""
    text = " ".join(text.split())
    match = _DAY_APART.fullmatch(text) or _MONTH_APART.fullmatch(text)
    if match is None:
        return ""
    got = {name.rstrip("23"): value for name, value in match.groupdict().items() if value}
    return f"{got['y']}-{got['m']}-{got['d']}"


def _times(text: str, years: _Years, timezone: tzinfo) -> Iterator[Printed]:
    text = _SPLIT_YEAR.sub(r"\1-\2-\3", text)[: printed_dates.MAX_LENGTH]
    found = [each for each in printed_dates.find_all(text, timezone=timezone) if each.moment is not None]
    yield from found
    if found:
        return
    glued = printed_dates.at_end(text, timezone=timezone)
    if glued is not None and glued.moment is not None:
        yield glued
        return
    match = _NO_YEAR.search(text)
    year = years.year(int(match[1]), int(match[2])) if match is not None else None
    if match is None or year is None:
        return
    whole = printed_dates.parse(f"{year}-{match[1]}-{match[2]} {match[3]}", timezone=timezone)
    if whole.moment is not None:
        yield Printed(whole.moment, whole.precision, match[0], match.start(), match.end())


def _worth(found: Printed, text: str, distance: int) -> float:
    """How likely a time near the headline is the dateline."""
    before = text[max(0, found.start - 14) : found.start]
    rest = len(text) - (found.end - found.start)
    score = 3.0 if found.precision != "day" else 0.0
    score += 2.0 if _GOOD.search(before) else 0.0
    score -= 8.0 if _LATER.search(before) or _TODAY.search(text[: found.start]) else 0.0
    score -= 0.05 * distance if distance > 0 else 1.0 - 0.3 * distance
    if rest > 60 and not _GOOD.search(before):
        score -= 4.0 if re.search(r"[，。！？]", text) else 1.0
    return score


def _from_head(head: Metadata, timezone: tzinfo) -> Iterator[Printed]:
    values = [head.fields[name] for name in _META if name in head.fields]
    values += [text for name in _LINKED if (text := head.linked_text(name))]
    for value in values:
        found = printed_dates.parse(value, timezone=timezone)
        if found.moment is not None:
            yield found


def _stated(root: HtmlElement, head: Metadata, around: Window, url: str, timezone: tzinfo) -> Iterator[Printed]:
    """Times that are not printed for readers, the most trusted first."""
    yield from _from_head(head, timezone)
    for element in root.iter("time"):
        found = printed_dates.parse(element.get("datetime") or "", timezone=timezone)
        if found.moment is not None:
            yield found
            break
    for element in root.iter("script"):
        for match in _SCRIPT.finditer((element.text or "")[:500_000]):
            value = match["value"]
            found = (
                printed_dates.from_number(int(value), timezone=timezone)
                if value.isdigit()
                else printed_dates.parse(value, timezone=timezone)
            )
            if found.moment is not None:
                yield found
    address = _ADDRESS.search(url or head.canonical)
    if address:
        found = printed_dates.parse("-".join(address.groups()), timezone=timezone)
        if found.moment is not None:
            yield found
    for number in around.closing:  # （2024年05月11日 09版） under the text
        line = around.lines[number]
        if len(line.text) < 60:
            yield from (
                each for each in printed_dates.find_all(line.spaced, timezone=timezone) if each.moment is not None
            )


def _by_htmldate(root: HtmlElement, url: str, timezone: tzinfo) -> Published:
    from htmldate import find_date

    try:
        text = find_date(root, url=url or None, original_date=True, extensive_search=False)
    except Exception:  # a last resort: whatever it raises, the page has no date
        return Published()
    found = printed_dates.parse(text or "", timezone=timezone)
    return _as_published(found, timezone) if found.moment is not None else Published()
