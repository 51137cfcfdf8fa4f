"""Dates as people write them, to inclusive ranges of days. Knows no clock: the day that is today is given.

    expression = range | since | before | one
    range      = [one] (".." | "至" | "到" | "~" | "—" | " to ") [one]
    since      = one "以来" | one "之后" | "since" one            to the end of time
    before     = one "之前" | one "以前" | "before" one           up to the day before
    one        = any form of `forms()`

Rules where a form could mean two things: a month or day without a year that would lie in the future is last year's;
weeks begin on Monday; 近7天 ends today and has seven days; 三个月前 is the calendar month three months ago, 3天前 the
day; 周五 is the last one up to today, 上周五 the Friday of the week before this one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import TypeAlias

from searchkit.analysis.normalise import fold
from searchkit.errors import QueryError
from searchkit.query.holidays import FIRST_YEAR, LAST_YEAR, holiday, names
from searchkit.results import Span

Interval: TypeAlias = tuple[date, date]
LONGEST = 100
"""Characters; nobody writes a longer date."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What day it is in the archive's zone."""

    today: date


class _Impossible(Exception):
    """The form is right, the day does not exist; the argument says why."""


# -- numbers

_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_NUMBER = "(?:[0-9]{1,4}|[一二两三四五六七八九十]{1,3})"


def _number(text: str) -> int:
    """12, 十二, 两, 二十三; at most 99 in ideographs."""
    if text.isdigit() and text.isascii():
        return int(text)
    tens, ten, ones = text.partition("十")
    if ten:
        return (_DIGITS.get(tens, 0) if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    return _DIGITS[text]


_YEAR_DIGIT = "[〇零一二三四五六七八九]"
_YEAR = (
    f"(?:[0-9]{{4}}|[0-9]{{2}}(?=年)|{_YEAR_DIGIT}{{4}}|{_YEAR_DIGIT}{{2}}(?=年)"
    "|民国[0-9一二三四五六七八九十]{1,3}(?=年))"
)


def _year(text: str) -> int:
    if text.startswith("民国"):
        rest = text[2:]
        return 1911 + (int(rest) if rest.isdigit() else _roc(rest))
    value = int(text) if text.isascii() else int("".join(str(_DIGITS[char]) for char in text))
    if len(text) == 2:
        value += 1900 if value >= 50 else 2000
    if not 1 <= value <= 9999:
        raise _Impossible(f"there is no year {value}")
    return value


def _roc(text: str) -> int:
    if "十" in text or len(text) == 1:
        return _number(text)
    return int("".join(str(_DIGITS[char]) for char in text))


# -- building days


def _day(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise _Impossible(f"there is no month {month}")
    last = _month(year, month)[1].day
    if not 1 <= day <= last:
        raise _Impossible(f"{year}-{month:02d} has {last} days")
    return date(year, month, day)


def _month(year: int, month: int) -> Interval:
    if not 1 <= month <= 12:
        raise _Impossible(f"there is no month {month}")
    try:
        first = date(year, month, 1)
        last = date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)
    except ValueError as error:
        raise _Impossible(f"there is no year {year}") from error
    return first, last


def _months(year: int, first: int, last: int) -> Interval:
    return _month(year, first)[0], _month(year, last)[1]


def _shifted(day: date, months: int) -> date:
    """The same day so many months later (earlier if negative), or the month's last."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    return min(_month(year, month + 1)[1], _month(year, month + 1)[0] + timedelta(days=day.day - 1))


def _week(day: date) -> Interval:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _part_of_month(year: int, month: int, part: str) -> Interval:
    first, last = _month(year, month)
    if part in ("上旬", "初"):
        return first, first.replace(day=10)
    if part in ("中旬", "中"):
        return first.replace(day=11), first.replace(day=20)
    return first.replace(day=21), last  # 下旬, 底, 末


def _half(year: int, part: str) -> Interval:
    return _months(year, 1, 6) if part == "上半年" else _months(year, 7, 12)


def _quarter(year: int, number: int) -> Interval:
    if not 1 <= number <= 4:
        raise _Impossible(f"there is no quarter {number}")
    return _months(year, number * 3 - 2, number * 3)


def _holiday(name: str, year: int) -> Interval:
    found = holiday(name, year)
    if found is None:
        raise _Impossible(f"{name} is known from {FIRST_YEAR} to {LAST_YEAR}")
    return found


# -- what a year may be followed by

_MONTH_NAMES = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                "november", "december")  # fmt: skip
_WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOLIDAYS = "|".join(names())
_IN_YEAR: list[tuple[re.Pattern[str], Callable[[int, re.Match[str]], Interval]]] = [
    (re.compile(f"({_NUMBER})月份?"), lambda y, m: _month(y, _number(m[1]))),
    (re.compile(f"({_NUMBER})月({_NUMBER})[日号]?"), lambda y, m: (_day(y, _number(m[1]), _number(m[2])),) * 2),
    (re.compile(f"({_NUMBER})月份?(上旬|中旬|下旬|初|中|底|末)"), lambda y, m: _part_of_month(y, _number(m[1]), m[2])),
    (re.compile("(上半年|下半年)"), lambda y, m: _half(y, m[1])),
    (re.compile("第?([1-4一二三四])季度?|[q]([1-4])"), lambda y, m: _quarter(y, _number(m[1] or m[2]))),
    (re.compile(f"({_HOLIDAYS})节?(?:期间|假期|长假|黄金周)?"), lambda y, m: _holiday(m[1], y)),
    (re.compile("(?:年)?初"), lambda y, m: _month(y, 1)),
    (re.compile("(?:年)?[底末]"), lambda y, m: _month(y, 12)),
]


def _in_year(text: str, year: int) -> Interval | None:
    for pattern, make in _IN_YEAR:
        found = pattern.fullmatch(text)
        if found:
            return make(year, found)
    return None


_RELATIVE_YEARS = {"大前年": -3, "前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年": 0, "当年": 0, "明年": 1}


def _with_year(text: str, today: date) -> Interval | None:
    """A year, and perhaps what follows it."""
    for name, offset in _RELATIVE_YEARS.items():
        if text.startswith(name):
            year, rest = today.year + offset, text[len(name) :].removeprefix("度").removeprefix("的")
            return _months(year, 1, 12) if not rest else _in_year(rest, year)
    found = re.match(f"({_YEAR})年?", text)
    if found:
        year, rest = _year(found[1]), text[found.end() :].removeprefix("的").removeprefix("度")
        if not rest:
            return _months(year, 1, 12)
        if found[0].endswith("年") or rest[0] in "q第" or re.match(_HOLIDAYS, rest):
            return _in_year(rest, year)
    return None


def _without_year(text: str, today: date) -> Interval | None:
    """A month, day or holiday of this year, or of last year if it has not begun yet."""
    try:
        found = _in_year(text, today.year)
    except _Impossible:
        # 2月29日 in a year that is not a leap year may still be last year's.
        found = None
        if _in_year(text, today.year - 1) is None:
            raise
    if text in ("年初", "初", "底", "末", "年底", "年末") and found:
        found = found if text == "年初" or found[0] <= today else _in_year(text.removeprefix("年"), today.year - 1)
        return found if text.startswith("年") else None
    if found is None or found[0] > today:
        return _in_year(text, today.year - 1) or found
    return found


# -- numbers only


def _numeric(text: str, today: date) -> Interval | None:
    found = re.fullmatch(r"([0-9]{4})([-/.])([0-9]{1,2})(?:\2([0-9]{1,2}))?", text)
    found = found or re.fullmatch(r"([0-9]{4})()(0[1-9]|1[0-2])([0-9]{2})?", text)
    if not found and re.fullmatch("[0-9]{8}", text):
        found = re.fullmatch("([0-9]{4})()([0-9]{2})([0-9]{2})", text)
    if not found:
        return None
    year, month = _year(found[1]), int(found[3])
    return _month(year, month) if found[4] is None else (_day(year, month, int(found[4])),) * 2


def _iso_week(text: str, today: date) -> Interval | None:
    found = re.fullmatch(r"([0-9]{4})(?:年)?-?(?:w|第)([0-9]{1,2})周?", text)
    if not found:
        return None
    try:
        return _week(date.fromisocalendar(_year(found[1]), int(found[2]), 1))
    except ValueError as error:
        raise _Impossible(f"{found[1]} has no week {int(found[2])}") from error


def _decade(text: str, today: date) -> Interval | None:
    found = re.fullmatch("(?:20世纪|上世纪)?([1-9])0年代|([0-9]{3})0年代|([0-9]{3})0s", text)
    if not found:
        return None
    first = (1900 + int(found[1]) * 10) if found[1] else int(found[2] or found[3]) * 10
    return _month(max(first, 1), 1)[0], _month(first + 9, 12)[1]


# -- relative to today

_DAYS = {
    "大前天": -3, "前天": -2, "前日": -2, "前晚": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "昨夜": -1, "昨": -1,
    "今天": 0, "今日": 0, "今晨": 0, "今早": 0, "今晚": 0, "今": 0, "当天": 0, "明天": 1, "明日": 1, "后天": 2,
    "today": 0, "yesterday": -1, "tomorrow": 1,
}  # fmt: skip
_UNITS = {
    "天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week", "月": "month", "季度": "quarter",
    "年": "year", "day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year",
}  # fmt: skip
_UNIT = "(天|日|周|星期|礼拜|月|季度|年)"
_ENGLISH_UNIT = "(day|week|month|quarter|year)s?"
_ENGLISH_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
                    "ten": 10, "twelve": 12}  # fmt: skip
_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


def _named_day(text: str, today: date) -> Interval | None:
    if text in _DAYS:
        return (today + timedelta(days=_DAYS[text]),) * 2
    return None


def _back(today: date, count: int, unit: str) -> date:
    """The day so many units before today."""
    try:
        if unit in ("day", "week"):
            return today - timedelta(days=count * (7 if unit == "week" else 1))
        return _shifted(today, -count * _MONTHS_IN[unit])
    except OverflowError as error:
        raise _Impossible("that is before the year 1") from error


def _last_n(text: str, today: date) -> Interval | None:
    """近7天, 最近三个月, 过去半年, last 7 days: so many units that end today."""
    found = re.fullmatch(f"(?:近|最近|过去|这|前)(?:的)?({_NUMBER})个?{_UNIT}(?:内|里|以来|来)?", text)
    if found:
        return _back(today, _number(found[1]), _UNITS[found[2]]) + timedelta(days=1), today
    found = re.fullmatch("(?:近|最近|过去|这)(?:半)(年|个?月)", text)
    if found:
        first = _back(today, 6, "month") if found[1] == "年" else _back(today, 15, "day")
        return first + timedelta(days=1), today
    found = re.fullmatch(
        f"(?:last|past|the last|the past) (?:([0-9]{{1,4}}|{'|'.join(_ENGLISH_NUMBERS)}) )?{_ENGLISH_UNIT}", text
    )
    if found and (found[1] or text.startswith(("past", "the past"))):
        count = int(found[1]) if (found[1] or "").isdigit() else _ENGLISH_NUMBERS.get(found[1] or "one", 1)
        return _back(today, count, found[2]) + timedelta(days=1), today
    return None


def _n_ago(text: str, today: date) -> Interval | None:
    """3天前 is the day, 两周前 the week, 三个月前 the month, 两年前 the year."""
    found = re.fullmatch(f"({_NUMBER})个?{_UNIT}(?:前|以前|之前)", text)
    if found:
        count, unit = _number(found[1]), _UNITS[found[2]]
    elif re.fullmatch("半年(?:前|以前|之前)", text):
        count, unit = 6, "month"
    else:
        found = re.fullmatch(f"([0-9]{{1,4}}|{'|'.join(_ENGLISH_NUMBERS)}) {_ENGLISH_UNIT} ago", text)
        if not found:
            return None
        count = int(found[1]) if found[1].isdigit() else _ENGLISH_NUMBERS[found[1]]
        unit = found[2]
    return _around(_back(today, count, unit), unit)


def _around(day: date, unit: str) -> Interval:
    """The calendar day, week, month, quarter or year a day is in."""
    if unit == "day":
        return day, day
    if unit == "week":
        return _week(day)
    if unit == "month":
        return _month(day.year, day.month)
    if unit == "quarter":
        return _quarter(day.year, (day.month + 2) // 3)
    return _months(day.year, 1, 12)


_WHICH = {
    "上上": -2,
    "上": -1,
    "前": -1,
    "这": 0,
    "本": 0,
    "当": 0,
    "下": 1,
    "last": -1,
    "previous": -1,
    "this": 0,
    "next": 1,
}


def _weeks(text: str, today: date) -> Interval | None:
    """上周, 本周一, 周五, 上周末, last week, last friday, friday."""
    found = re.fullmatch("(上上|上|前|这|本|下)?个?(?:周|星期|礼拜)([一二三四五六日天末])?", text)
    if found and (found[1] or found[2]):
        monday = _week(today)[0] + timedelta(weeks=_WHICH[found[1] or "这"])
        if found[2] is None:
            return _week(monday)
        if found[2] == "末":
            weekend = monday + timedelta(days=5)
            weekend -= timedelta(weeks=1 if not found[1] and weekend > today else 0)
            return weekend, weekend + timedelta(days=1)
        day = monday + timedelta(days="一二三四五六日".index(found[2].replace("天", "日")))
        if not found[1] and day > today:
            day -= timedelta(weeks=1)
        return day, day
    found = re.fullmatch(f"(last |this )?({'|'.join(_WEEKDAY_NAMES)})", text)
    if found:
        back = (today.weekday() - _WEEKDAY_NAMES.index(found[2])) % 7
        if found[1] == "this ":
            return (_week(today)[0] + timedelta(days=_WEEKDAY_NAMES.index(found[2])),) * 2
        return (today - timedelta(days=back or (7 if found[1] else 0)),) * 2
    return None


def _named_period(text: str, today: date) -> Interval | None:
    """本月, 上个月, 上月底, 本季度, 上季度, last month, this year."""
    found = re.fullmatch("(上上|上|这|本|当|下)个?(月|季度)份?(上旬|中旬|下旬|初|中|底|末)?", text)
    if found:
        unit = _UNITS[found[2]]
        day = _shifted(today.replace(day=1), _WHICH[found[1]] * _MONTHS_IN[unit])
        return _part_of_month(day.year, day.month, found[3]) if found[3] and unit == "month" else _around(day, unit)
    if text in ("月初", "月中", "月底", "月末"):
        return _part_of_month(today.year, today.month, text[1])
    found = re.fullmatch("(last|previous|this|next) (week|month|quarter|year)", text)
    if found:
        count, unit = _WHICH[found[1]], found[2]
        if unit == "week":
            return _week(today + timedelta(weeks=count))
        return _around(_shifted(today.replace(day=1), count * _MONTHS_IN[unit]), unit)
    return None


def _so_far(text: str, today: date) -> Interval | None:
    """今年以来, 本月以来, 年初至今, ytd: from its first day to today."""
    if text in ("ytd", "year to date", "年初至今", "今年以来"):
        return date(today.year, 1, 1), today
    if text in ("mtd", "month to date", "本月以来"):
        return today.replace(day=1), today
    if text in ("本周以来", "week to date"):
        return _week(today)[0], today
    return None


def _english(text: str, today: date) -> Interval | None:
    """Feb 2025, 2 February 2025, Feb 2, Q3 2024."""
    name = "(" + "|".join(f"{month[:3]}(?:{month[3:]})?" for month in _MONTH_NAMES) + r"|sept)\.?"
    day, year = "([0-9]{1,2})(?:st|nd|rd|th)?", "([0-9]{4})"
    for pattern, month_at, day_at, year_at in (
        (f"{name},? {year}", 1, 0, 2), (f"{year} {name}", 2, 0, 1), (name, 1, 0, 0),
        (f"{day} {name},? {year}", 2, 1, 3), (f"{name} {day},? {year}", 1, 2, 3), (f"{name} {day}", 1, 2, 0),
        (f"{day} {name}", 2, 1, 0),
    ):  # fmt: skip
        found = re.fullmatch(pattern, text)
        if not found:
            continue
        month = [each[:3] for each in _MONTH_NAMES].index(found[month_at][:3]) + 1
        years = [_year(found[year_at])] if year_at else [today.year, today.year - 1]
        for given in years:
            span = (_day(given, month, int(found[day_at])),) * 2 if day_at else _month(given, month)
            if year_at or span[0] <= today:
                return span
    found = re.fullmatch("q([1-4])[ -]?([0-9]{4})|([0-9]{4})[ -]?q([1-4])", text)
    if found:
        return _quarter(_year(found[2] or found[3]), int(found[1] or found[4]))
    return None


_READERS: tuple[Callable[[str, date], Interval | None], ...] = (
    _numeric, _iso_week, _decade, _named_day, _so_far, _last_n, _n_ago, _weeks, _named_period, _english, _with_year,
    _without_year,
)  # fmt: skip


def _one(text: str, today: date) -> Interval | None:
    squeezed = re.sub(r"(?<=[\u3007\u4e00-\u9fff])\s+|\s+(?=[\u3007\u4e00-\u9fff])", "", text)
    for reader in _READERS:
        found = reader(squeezed, today)
        if found:
            return found
    return None


# -- whole expressions

_RANGE = re.compile(r"\s*(?:\.{2,3}|…|至|到|~|—+|–| - | to )\s*")


def _spans(text: str, today: date) -> tuple[date | None, date | None] | None:
    found: Interval | None = _one(text, today)
    if found:
        return found
    since = re.fullmatch(r"(?:自|从)?(.+?)(?:以来|之后|以后|起|后)|(?:since|from)\s+(.+)", text)
    if since and (first := _one(since[1] or since[2], today)):
        return first[0], None
    before = re.fullmatch(r"(.+?)(?:之前|以前|前)|before\s+(.+)", text)
    if before and (last := _one(before[1] or before[2], today)):
        return None, last[0] - timedelta(days=1)
    for between in _RANGE.finditer(text):
        left, right = text[: between.start()].removeprefix("从"), text[between.end() :]
        first = _one(left, today) if left else None
        last = _one(right, today) if right else None
        if (left and not first) or (right and not last) or not (left or right):
            continue
        if first and last and first[0] > last[1]:
            raise _Impossible(f"the range ends before it begins; did you mean {right}..{left}?")
        return first[0] if first else None, last[1] if last else None
    return None


def span(text: str, clock: Clock) -> Span:
    """The days a date expression means; None at an end that is open.

    Raises: QueryError, saying why, with forms that would do.
    """
    folded = fold(text).strip()
    found = None
    reason = ""
    if 0 < len(folded) <= LONGEST:
        try:
            found = _spans(folded, clock.today)
        except _Impossible as error:
            reason = str(error)
        except (OverflowError, ValueError):
            reason = "it is outside the years 1 to 9999"
    if found:
        return Span(found[0], found[1], text)
    why = f": {reason}" if reason else ""
    shown = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    raise QueryError(
        f"cannot read the date {shown!r}{why}",
        query=text,
        width=max(1, len(text)),
        hint=_suggestion(folded),
    )


def _suggestion(folded: str) -> str:
    close = get_close_matches(folded, [form for form, _ in FORMS], 2, 0.5)
    return f"write it like {'，'.join([*close, '2025-03-04', '2025-01..2025-03', '上周五', '近7天', '去年国庆'][:5])}"


def interval(text: str, *, today: date) -> Interval:
    """The first and last day of an expression that has both. Raises QueryError."""
    found = span(text, Clock(today))
    if found.since is None or found.until is None:
        raise QueryError(f"{text!r} is open at one end", query=text, width=len(text), hint="give both ends: A..B")
    return found.since, found.until


def since(text: str, clock: Clock) -> date:
    """The first day of an expression, for `--since`. Raises QueryError."""
    found = span(text, clock)
    if found.since is None:
        raise QueryError(f"{text!r} has no first day", query=text, width=len(text), hint="use --until")
    return found.since


def until(text: str, clock: Clock) -> date:
    """The last day of an expression, for `--until`. Raises QueryError."""
    found = span(text, clock)
    if found.until is None:
        raise QueryError(f"{text!r} has no last day", query=text, width=len(text), hint="use --since")
    return found.until


def on(text: str, clock: Clock) -> tuple[date | None, date | None]:
    """The days of an expression, for `--on`. Raises QueryError."""
    found = span(text, clock)
    return found.since, found.until


FORMS: tuple[tuple[str, str], ...] = (
    ("2025", "2025-01-01..2025-12-31"), ("2025-02", "2025-02-01..2025-02-28"), ("2025-03-04", "2025-03-04"),
    ("2025/3/4", "2025-03-04"), ("2025.3.4", "2025-03-04"), ("20250304", "2025-03-04"),
    ("202502", "2025-02-01..2025-02-28"), ("2025-W10", "2025-03-03..2025-03-09"),
    ("2025年第10周", "2025-03-03..2025-03-09"), ("2025-01..2025-03", "2025-01-01..2025-03-31"),
    ("2025-01..", "2025-01-01.."), ("..2025-03", "..2025-03-31"), ("2025年1月至3月5日", "2025-01-01..2025-03-05"),
    ("去年10月到今年2月", "2024-10-01..2025-02-28"), ("2025年", "2025-01-01..2025-12-31"),
    ("2025年2月", "2025-02-01..2025-02-28"), ("2025年2月3日", "2025-02-03"), ("2025年2月3号", "2025-02-03"),
    ("二〇二五年二月三日", "2025-02-03"), ("25年2月", "2025-02-01..2025-02-28"),
    ("民国114年2月", "2025-02-01..2025-02-28"), ("2月", "2025-02-01..2025-02-28"), ("2月3日", "2025-02-03"),
    ("十二月", "2024-12-01..2024-12-31"), ("12月3日", "2024-12-03"), ("2025年2月上旬", "2025-02-01..2025-02-10"),
    ("2025年2月下旬", "2025-02-21..2025-02-28"), ("2025年上半年", "2025-01-01..2025-06-30"),
    ("上半年", "2025-01-01..2025-06-30"), ("下半年", "2024-07-01..2024-12-31"),
    ("去年下半年", "2024-07-01..2024-12-31"), ("2024年第三季度", "2024-07-01..2024-09-30"),
    ("一季度", "2025-01-01..2025-03-31"), ("2024Q3", "2024-07-01..2024-09-30"),
    ("90年代", "1990-01-01..1999-12-31"), ("2010年代", "2010-01-01..2019-12-31"), ("今天", "2025-06-18"),
    ("昨天", "2025-06-17"), ("昨日", "2025-06-17"), ("前天", "2025-06-16"), ("大前天", "2025-06-15"),
    ("本周", "2025-06-16..2025-06-22"), ("上周", "2025-06-09..2025-06-15"), ("上上周", "2025-06-02..2025-06-08"),
    ("上周五", "2025-06-13"), ("上個星期三", "2025-06-11"), ("周五", "2025-06-13"), ("周一", "2025-06-16"),
    ("上周末", "2025-06-14..2025-06-15"), ("本月", "2025-06-01..2025-06-30"), ("上个月", "2025-05-01..2025-05-31"),
    ("上月底", "2025-05-21..2025-05-31"), ("本季度", "2025-04-01..2025-06-30"),
    ("上季度", "2025-01-01..2025-03-31"), ("今年", "2025-01-01..2025-12-31"), ("去年", "2024-01-01..2024-12-31"),
    ("前年", "2023-01-01..2023-12-31"), ("去年12月", "2024-12-01..2024-12-31"), ("年初", "2025-01-01..2025-01-31"),
    ("去年底", "2024-12-01..2024-12-31"), ("今年以来", "2025-01-01..2025-06-18"),
    ("近7天", "2025-06-12..2025-06-18"), ("最近三个月", "2025-03-19..2025-06-18"),
    ("過去一年", "2024-06-19..2025-06-18"), ("近半年", "2024-12-19..2025-06-18"), ("3天前", "2025-06-15"),
    ("两周前", "2025-06-02..2025-06-08"), ("三个月前", "2025-03-01..2025-03-31"),
    ("两年前", "2023-01-01..2023-12-31"), ("去年国庆", "2024-10-01..2024-10-07"),
    ("春节", "2025-01-28..2025-02-04"), ("2024年春节", "2024-02-09..2024-02-16"), ("清明节", "2025-04-04"),
    ("五一", "2025-05-01..2025-05-05"), ("端午", "2025-05-31"), ("中秋", "2024-09-17"), ("元旦", "2025-01-01"),
    ("去年双十一", "2024-11-11"), ("2025年2月以来", "2025-02-01.."), ("2025年2月之前", "..2025-01-31"),
    ("today", "2025-06-18"), ("yesterday", "2025-06-17"), ("this week", "2025-06-16..2025-06-22"),
    ("last week", "2025-06-09..2025-06-15"), ("last friday", "2025-06-13"),
    ("last month", "2025-05-01..2025-05-31"), ("this year", "2025-01-01..2025-12-31"),
    ("last 7 days", "2025-06-12..2025-06-18"), ("past 3 months", "2025-03-19..2025-06-18"),
    ("2 weeks ago", "2025-06-02..2025-06-08"), ("3 days ago", "2025-06-15"), ("Feb 2025", "2025-02-01..2025-02-28"),
    ("2 February 2025", "2025-02-02"), ("Feb 2, 2025", "2025-02-02"), ("Q3 2024", "2024-07-01..2024-09-30"),
    ("since 2025-02", "2025-02-01.."), ("before 2025-02", "..2025-01-31"), ("ytd", "2025-01-01..2025-06-18"),
)  # fmt: skip
"""Every form by example, and what it means on 2025-06-18, a Wednesday: docs/dates.md and the tests are made of it."""


def forms() -> tuple[tuple[str, str], ...]:
    """The examples of `FORMS`."""
    return FORMS
