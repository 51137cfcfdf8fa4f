"""Times as pages and records print them: one point in time, or the reason why not. Never a guess.

Known forms, each with or without a time of day, full-width digits and signs accepted everywhere:

    2025-02-02 11:20:02   2025/2/2 11:20   2025.02.02   20250202   20250202112002   2025-02-02T03:20:02.5Z
    2025年2月2日 11时20分   2025年02月02日11:20   二〇二五年二月二日   民國114年2月2日   2025-02-02 周日 下午 1:20
    Sun, 02 Feb 2025 11:20:02 +0800   Feb 2, 2025, 11:20 AM   2 February 2025   Sun Feb 02 11:20:02 +0800 2025
    2025-02-02 (11:20)   2025-02-02 HKT 11:20   2025年2月2日晚8点半   2025-02-02 PM 1:20   13/02/2025   02-13-2025

A time without a zone is one of the zone given. Refused, with the reason: what the calendar or the clock does not have;
day and month in an order that could be either (02/03/2025); years of two digits; a missing year or day; 昨天, 3小时前.
An hour with more after it that is not understood (3点多) leaves the day alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone, tzinfo

from searchkit.model.article import Precision

_FOLD = str.maketrans(
    dict(zip("０１２３４５６７８９：／．，（）＋", "0123456789:/.,()+", strict=True))
    | dict.fromkeys("－—–‐−", "-")
    | dict.fromkeys("\u3000\u00a0\u2002\u2003\u2009\u202f\t\n\r", " ")
)
_HAN = "〇○零一二三四五六七八九十廿卅百元正"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
_DOW = "(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_WEEKDAY = rf"(?:[(]?(?:周|週|星期|礼拜|禮拜)[一二三四五六日天][)]?|[(][一二三四五六日][)]|{_DOW}\b\.?)"
_HALF = "凌晨|清晨|早上|早晨|早间|上午|中午|正午|午间|下午|午后|午後|傍晚|晚上|晚间|晚間|夜间|夜間|深夜|早|晚"
_DIGIT = "一二两兩三四五六七八九十"
_CLOCK = rf"""
    (?:(?P<pre{{0}}>北京时间|北京時間|台北时间|臺北時間|台北時間|香港时间|香港時間)\ *)?
    (?:[(]?(?P<bname{{0}}>hkt|cst|gmt|utc|sgt|jst|kst|e[sd]t|p[sd]t)[)]?\ *)?
    (?P<half{{0}}>{_HALF})?\ * (?:(?P<bap{{0}}>[ap]\.?m\b\.?)\ *)?
    (?: (?P<h{{0}}>\d{{{{1,2}}}}) \ *:\ *(?P<mi{{0}}>\d{{{{1,2}}}})
        (?:\ *:\ *(?P<s{{0}}>\d{{{{1,2}}}}) (?:[.,](?P<f{{0}}>\d{{{{1,9}}}}))? )?
      | (?P<hh{{0}}>\d{{{{1,2}}}}|(?(half{{0}})[{_DIGIT}]{{{{1,3}}}}|(?!)))\ *[时時点點](?![钟鐘]?[多许許余餘左前])\ *
        (?: (?P<hmi{{0}}>\d{{{{1,2}}}}|零?[{_DIGIT}]{{{{1,3}}}})\ *分 (?:\ *(?P<hs{{0}}>\d{{{{1,2}}}})\ *秒)?
          | (?P<part{{0}}>半|[一三]刻)
          | (?P<hmj{{0}}>\d{{{{2}}}}|[零二三四五][{_DIGIT}])(?=[\s|,，。;；)】\]·/]|$|[来來发發作])
          | (?P<whole{{0}}>整|(?![\d零]|[二三四五]?十)) ) )
    (?:\ *(?P<ap{{0}}>[ap]\.?m\b\.?))?
"""
_ZONE = r"""(?: \ ?(?P<z{0}>z\b)
    | \ *(?:gmt|utc)?(?P<off{0}>[+-]\d{{2}}:?\d{{2}}(?::\d{{2}})?|(?<=[tc])[+-]\d{{1,2}}|[+-]\d{{2}})(?![\d:])
    | \ *[(]?(?P<name{0}>北京时间|北京時間|台北时间|臺北時間|台北時間|香港时间|香港時間|[a-z]{{2,4}}\b)[)]? )?"""
_FORMS = rf"""
    (?<![\d.]) (?P<y1>\d{{4}})\ *(?P<sep>[-/.])\ *(?P<m1>\d{{1,2}})\ *(?P=sep)\ *(?P<d1>\d{{1,2}})(?!\d)
    (?: (?:\ *,?\ *{_WEEKDAY})? (?:\ *[t,(-]\ *|\ +at\ +|\ *) {_CLOCK.format(1)} {_ZONE.format(1)} )?
  | (?<![{_HAN}\d]) (?: (?P<roc>中華民國|中华民国|民國|民国)\ *(?P<ry>\d{{1,3}}|[{_HAN}]{{1,6}})
                     | (?P<y2>\d{{4}}|[{_HAN}]{{4}}) )
    \ *年\ *(?P<m2>\d{{1,2}}|[{_HAN}]{{1,3}})\ *月\ *(?P<d2>\d{{1,2}}|[{_HAN}]{{1,3}})\ *[日号號]
    (?: (?:\ *,?\ *{_WEEKDAY})? \ *[,(]?\ * {_CLOCK.format(2)} {_ZONE.format(2)} )?
  | (?<!\d) (?P<y3>(?:19|20)\d{{2}})(?P<m3>\d{{2}})(?P<d3>\d{{2}})
    (?: [t\ _-]?(?P<h3>\d{{2}}) (?P<c3>:?)(?P<mi3>\d{{2}}) (?:(?P=c3)(?P<s3>\d{{2}}) (?:[.,](?P<f3>\d{{1,9}}))?)?
        {_ZONE.format(3)} )?
    (?!\d)
  | (?<![a-z\d]) (?:{_DOW}\.?,?\ +)? (?: (?P<d4>\d{{1,2}})(?:st|nd|rd|th)?[\ -](?:of\ )?(?P<mon4>{_MONTH})\.?,?[\ -]
         | (?P<mon5>{_MONTH})\.?\ +(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?(?:,\ *|\ +) ) (?P<y4>\d{{4}})(?!\d)
    (?: (?:\ *,\ *|\ +at\ +|\ +|\ *[-|]\ *) {_CLOCK.format(4)} {_ZONE.format(4)} )?
  | (?<![a-z\d]) (?:{_DOW}\ +)? (?P<mon6>{_MONTH})\ +(?P<d6>\d{{1,2}})\ +{_CLOCK.format(6)} {_ZONE.format(6)}
    \ +(?P<y6>\d{{4}})(?!\d)
  | (?<![\d./-]) (?P<one7>\d{{1,2}})(?P<sep7>[-/.])(?P<two7>\d{{1,2}})(?P=sep7)(?P<y7>(?:19|20)\d{{2}})(?![\d]|[./-]\d)
    (?: (?:\ *,?\ *{_WEEKDAY})? (?:\ *[,(]\ *|\ +at\ +|\ +) {_CLOCK.format(7)} {_ZONE.format(7)} )?
"""
# runs of spaces are bounded, or a line of nothing else would take the pattern seconds
_PATTERN = re.compile(_FORMS.replace(r"\ *", r"\ {0,6}").replace(r"\ +", r"\ {1,6}"), re.VERBOSE | re.IGNORECASE)
_AFTER = re.compile(r"[T ,_-]{0,8}\d{1,2}\s{0,8}[:时時点點]\s{0,8}\d", re.IGNORECASE)
_HINTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<!\d)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"), "the year has two digits"),
    (
        re.compile(r"[今昨前明]天|[今昨]日|[前后刚]|\bago\b|yesterday|today", re.IGNORECASE),
        "it counts from another day",
    ),
    (re.compile(r"\d{4}\s*年\s*(?:\d{1,2}\s*月)?\s*$|^\s*\d{4}(?:[-/.]\d{1,2})?\s*$"), "it names no day"),
    (re.compile(r"\d{1,2}\s*月\s*\d{1,2}\s*[日号號]|^\s*\d{1,2}[-/]\d{1,2}\b"), "it names no year"),
)
_ZONE_HOURS = {
    "ut": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "hkt": 8, "sgt": 8, "jst": 9, "kst": 9, "bst": 1, "cet": 1, "cest": 2,
    "北京时间": 8, "北京時間": 8, "台北时间": 8, "台北時間": 8, "臺北時間": 8, "香港时间": 8, "香港時間": 8,
}  # fmt: skip
_FOREIGN = re.compile(r"(?:当地|當地)(?:时间|時間)\s*$")
_BEIJING = re.compile(r"(?:北京|台北|臺北|香港)(?:时间|時間)[\s:]*$")
_MAYBE = re.compile(r"\d{4}|年")  # what every form has; most lines of a text have neither
_FIRST_YEAR, _LAST_YEAR = 1000, 2999  # outside of these a conversion to UTC or a database may fail
MAX_LENGTH = 400
"""Longer texts are not looked through for a time."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A time as printed, and what it means.

    Attributes:
        moment: an aware datetime; None if the text cannot be taken as one, then `reason` says why.
        precision: how much was printed; "day": `moment` is midnight of the zone given.
        text: the printed time itself, without what stands around it.
        start, end: where `text` stands in what was looked through, code points.
        reason: why `moment` is None, the end of a sentence.
    """

    moment: datetime | None
    precision: Precision
    text: str
    start: int = 0
    end: int = 0
    reason: str = ""


def parse(text: str, *, timezone: tzinfo) -> Printed:
    """The one time that `text` prints; words around it do no harm.

    `moment` is None where there is no time, more than one, or an impossible one.
    """
    found = find_all(text, timezone=timezone)
    stripped = text.strip()
    if len(found) == 1:
        return found[0]
    if not found and (taiwan := _republican(stripped, timezone)) is not None:
        return taiwan
    if not found:
        reason = next((why for form, why in _HINTS if form.search(stripped[:MAX_LENGTH].translate(_FOLD))), "")
        return Printed(None, "second", stripped, reason=reason or "it is no time in a form that is known")
    if len({each.moment for each in found}) == 1 and found[0].moment is not None:
        return found[0]
    return Printed(None, "second", stripped, reason="it names more than one time")


_REPUBLICAN = re.compile(
    r"(?P<y>\d{2,3}(?=年)|1\d\d)(?P<sep>[-/.年])(?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?(?P<clock>\D.{0,30})?"
)


def _republican(text: str, zone: tzinfo) -> Printed | None:
    """The time of a text that is nothing but one in years of the Republic, where the archive is kept in Taipei."""
    if getattr(zone, "key", "") not in ("Asia/Taipei", "ROC"):
        return None
    match = _REPUBLICAN.fullmatch(text.translate(_FOLD))
    if match is None:
        return None
    found = find_all(f"民國{match['y']}年{match['m']}月{match['d']}日{match['clock'] or ''}", timezone=zone)
    if len(found) != 1 or (match["clock"] and found[0].precision == "day"):
        return None
    return replace(found[0], text=text, start=0, end=len(text))


def find_all(text: str, *, timezone: tzinfo) -> list[Printed]:
    """Every time in the first 400 characters of `text`, possible or not, from left to right."""
    folded = text[:MAX_LENGTH].translate(_FOLD)
    if not _MAYBE.search(folded):
        return []
    return [_printed(match, text, folded, timezone) for match in _PATTERN.finditer(folded)]


_AT_END_CLOCK = r"(?:\ *(?P<h{0}>\d{{1,2}}):(?P<mi{0}>\d{{2}})(?::(?P<s{0}>\d{{2}}))?)?\ *\Z"
_AT_END = re.compile(
    r"(?P<y>(?:19|20)\d{2})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})"
    + _AT_END_CLOCK.format("")
    + r"|(?P<y2>(?:19|20)\d{2})年\ *(?P<m2>\d{1,2})月\ *(?P<d2>\d{1,2})日"
    + _AT_END_CLOCK.format("2")
)


def at_end(text: str, *, timezone: tzinfo) -> Printed | None:
    """The time that ends `text`, even glued to digits before it (`…3号2025-03-04 15:33:01`); None if there is none."""
    folded = text.translate(_FOLD)
    match = _AT_END.search(folded, max(0, len(folded) - 60)) if _MAYBE.search(folded) else None
    if match is None:
        return None
    got = {key.rstrip("2"): int(value) for key, value in match.groupdict().items() if value and key != "sep"}
    start, end = match.start(), len(folded.rstrip())
    return _make(got, "", timezone, (text[start:end], start, end))


def from_number(number: float, *, timezone: tzinfo) -> Printed:
    """The time a number stands for: digits of a date (20250202), else (milli-, micro-, nano-)seconds since 1970."""
    text = str(int(number)) if number == int(number) else str(number)
    if text.isdigit() and len(text) in (8, 12, 14):
        printed = parse(text, timezone=timezone)
        if printed.moment is not None:
            return printed
    for unit, low, high in ((1, 1e8, 1e11), (1e3, 1e11, 1e14), (1e6, 1e14, 1e17), (1e9, 1e17, 1e20)):
        if low <= abs(number) < high:
            micros = int(number) * 1_000_000 // int(unit) if number == int(number) else int(number * 1_000_000 / unit)
            try:
                moment = (_EPOCH + timedelta(microseconds=micros)).astimezone(timezone)
            except (OverflowError, ValueError):
                break
            if _FIRST_YEAR <= moment.year <= _LAST_YEAR:
                return Printed(moment, "second", text, end=len(text))
            break
    return Printed(None, "second", text, reason="as a number it is no time after 1973")


_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def _printed(match: re.Match[str], text: str, folded: str, zone: tzinfo) -> Printed:
    """A match of the pattern as a time."""
    groups = {key: value for key, value in match.groupdict().items() if value is not None}
    start, end = match.start(), len(folded[: match.end()].rstrip())
    shown = text[start:end]
    got: dict[str, int] = {}
    words: dict[str, str] = {}
    for key, value in groups.items():
        name = key.rstrip("0123456789")
        if name in ("y", "m", "d"):
            got[name] = _number(value)
        elif name in ("h", "mi", "s", "hh", "hmi", "hmj", "hs"):
            got[_CLOCK_GROUPS[name]] = _number(value.translate(_TWO))
        elif name == "part":
            got["mi"] = {"半": 30, "一": 15, "三": 45}[value[0]]
        elif name in ("bap", "bname"):
            words.setdefault(name[1:], value.lower())
        elif name == "f":
            got["f"] = int(value.ljust(6, "0")[:6])
        elif name == "mon":
            got["m"] = _MONTHS.index(value[:3].lower()) + 1
        elif name == "ry":
            got["y"] = _number(value) + 1911
        else:
            words[name] = value.lower()
    if "h" in got:
        got.setdefault("mi", 0)
    if "one" in words and (reason := _order(int(words["one"]), int(words["two"]), got)):
        return Printed(None, "second", shown, start, end, reason)
    if folded.count("(", start, end) > folded.count(")", start, end) and folded[end : end + 1] == ")":
        end += 1  # 2025-02-02 (11:20)
        shown = text[start:end]
    if "h" not in got and _AFTER.match(folded, end):
        return Printed(None, "second", shown, start, end, "the time of day after it cannot be read")
    if _FOREIGN.search(folded, max(0, start - 8), start):
        return Printed(None, "second", shown, start, end, "it is the time of an unnamed place")
    if "h" in got:
        reason = _half_day(got, words)
        if reason:
            return Printed(None, "second", shown, start, end, reason)
    moment_zone, reason = _zone(words, got, zone)
    if reason:
        # the word after the time is no zone: it is not part of the time
        where = match.start(next(key for key in groups if key.startswith("name")))
        end = len(folded[:where].rstrip(" ("))
        shown = text[start:end]
    if "off" in words and words["off"][0] == "-" and "s" not in got and "t" not in shown.lower():
        return Printed(None, "second", shown, start, end, "it names a span of time")
    named = words.keys() & {"z", "off", "name"}
    if "pre" in words or (not named and _BEIJING.search(folded, max(0, start - 8), start)):
        moment_zone = timezone(timedelta(hours=8))
    return _make(got, words.get("off", ""), moment_zone, (shown, start, end))


_CLOCK_GROUPS = {"h": "h", "mi": "mi", "s": "s", "hh": "h", "hmi": "mi", "hmj": "mi", "hs": "s"}
_TWO = str.maketrans("两兩", "二二")


def _order(one: int, two: int, got: dict[str, int]) -> str:
    """Set month and day of a date that ends with its year; the reason if either could be the day."""
    if one == two or (one > 12) != (two > 12):
        got["m"], got["d"] = min(one, two), max(one, two)
        return ""
    return "day and month could be either way round" if one <= 12 else "the calendar or the clock has no such time"


def _half_day(got: dict[str, int], words: dict[str, str]) -> str:
    """Turn 下午 1:20 and 1:20 PM into 13:20, in place; the reason if they contradict each other."""
    hour = got["h"]
    half = words.get("half", "")
    mark = words.get("ap", "")[:1]
    if half == "上午" and hour == 12:
        return "上午12点 could be noon or midnight"
    if half in ("凌晨", "清晨", "早上", "早晨", "早间", "上午", "早") or mark == "a":
        if hour > 12:
            return "morning and the hour contradict each other"
        got["h"] = hour % 12
    elif half in ("晚上", "晚间", "晚間", "夜间", "夜間", "深夜", "晚") and hour in (12, 0):
        return f"{half}{hour}点 could be either midnight"
    elif half in ("中午", "正午", "午间"):
        got["h"] = hour + 12 if hour in (1, 2) else hour
    elif (half or mark == "p") and 1 <= hour < 12:
        got["h"] = hour + 12
    elif mark == "p" and hour == 0:
        return "afternoon and the hour contradict each other"
    return ""


def _zone(words: dict[str, str], got: dict[str, int], zone: tzinfo) -> tuple[tzinfo, str]:
    """The zone that is printed, else the one given; and why a printed name is none that is known."""
    if "z" in words:
        return timezone.utc, ""
    name = words.get("name", "")
    if not name:
        return zone, ""
    try:
        own = datetime(got["y"], got["m"], got["d"], tzinfo=zone).tzname()
    except (ValueError, OverflowError):
        own = None
    if own and own.lower() == name:  # CST is China's to a Chinese archive
        return zone, ""
    if name in _ZONE_HOURS:
        return timezone(timedelta(hours=_ZONE_HOURS[name])), ""
    return zone, "no such zone"


def _make(got: dict[str, int], offset: str, zone: tzinfo, place: tuple[str, int, int]) -> Printed:
    """The datetime of the numbers, or why there is none; `place`: the printed time, its start and end."""
    shown, start, end = place
    precision: Precision = "day" if "h" not in got else "second" if "s" in got else "minute"
    if not _FIRST_YEAR <= got["y"] <= _LAST_YEAR:
        return Printed(None, precision, shown, start, end, f"there is no year {got['y']}")
    days = 0
    if got.get("h") == 24 and not got.get("mi") and not got.get("s"):
        got["h"], days = 0, 1
    if offset:
        digits = offset[1:].replace(":", "")
        hours, minutes = int(digits[:2]), int(digits[2:4] or 0)
        if hours > 14 or minutes > 59:
            return Printed(None, precision, shown, start, end, f"there is no zone {offset}")
        delta = timedelta(hours=hours, minutes=minutes, seconds=int(digits[4:] or 0))
        zone = timezone(-delta if offset[0] == "-" else delta)
    try:
        moment = datetime(
            got["y"],
            got["m"],
            got["d"],
            got.get("h", 0),
            got.get("mi", 0),
            got.get("s", 0),
            got.get("f", 0),
            tzinfo=zone,
        ) + timedelta(days=days)
    except ValueError:
        return Printed(None, precision, shown, start, end, "the calendar or the clock has no such time")
    return Printed(moment, precision, shown, start, end)


_DIGITS = {
    "〇": 0,
    "○": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "元": 1,
    "正": 1,
}


def _number(text: str) -> int:
    """A number in digits, 二〇二五 or 二十五; -1 (which no calendar has) if it is none."""
    if text.isdigit():
        return int(text)
    if not set(text) & set("十廿卅百"):
        return int("".join(str(_DIGITS[char]) for char in text))
    total = digit = 0
    for char in text:
        if char == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif char == "十":
            total, digit = total + (digit or 1) * 10, 0
        elif char in "廿卅":
            total, digit = total + (20 if char == "廿" else 30), 0
        elif digit:
            return -1
        else:
            digit = _DIGITS[char]
    return total + digit
