"""The calendar of a year: months, quarters, halves, seasons, and the holidays that Chinese people date things by.

New year's day of the lunar calendar, 端午 and 中秋 are a table of facts, 清明 is computed, the sessions of 两会 are a
table as well; years outside the tables are refused, not guessed. A test holds them to the package chinesecalendar.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import TypeAlias

FIRST_YEAR, LAST_YEAR = 1990, 2035

Interval: TypeAlias = tuple[date, date]
"""The first and the last day."""


class Impossible(Exception):
    """The form is right, the day does not exist; the argument says why.

    `start`, `width`: where in the expression, in characters from 0; None if it is the whole of it.
    """

    start: int | None = None
    width: int = 1


# -- numbers

_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_ONES = "[一二三四五六七八九]"
NUMBER = f"(?:[0-9]{{1,4}}|[一二三四五六七八九两]?百(?:零{_ONES}|{_ONES}?十{_ONES}?)?|{_ONES}?十{_ONES}?|{_ONES}|两)"
"""A count: 12, 十二, 两, 一百零五."""

_YEAR_DIGIT = "[〇零一二三四五六七八九]"
YEAR = (
    f"(?:[0-9]{{4}}|[0-9]{{2}}(?=年)|{_YEAR_DIGIT}{{4}}|{_YEAR_DIGIT}{{2}}(?=年)"
    f"|民国(?:元|[0-9]{{1,3}}|{NUMBER}|{_YEAR_DIGIT}{{2,3}})(?=年))"
)


def number(text: str) -> int:
    """The value of what `NUMBER` matches."""
    if text.isdigit() and text.isascii():
        return int(text)
    total = digit = 0
    for char in text:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit


def year_of(text: str) -> int:
    """The value of what `YEAR` matches; two digits mean 1950 to 2049."""
    if text.startswith("民国"):
        rest = text[2:].replace("元", "一")
        return 1911 + (number(rest) if re.fullmatch(NUMBER, rest) else _spelled(rest))
    value = _spelled(text)
    if len(text) == 2:
        value += 1900 if value >= 50 else 2000
    if value < 1000:
        raise Impossible(f"there is no year {value} here, only 1000 to 9999")
    return value


def _spelled(text: str) -> int:
    return int("".join(str(_DIGITS.get(char, char)) for char in text))


# -- stretches of a year


def day_of(year: int, month: int, day: int) -> date:
    """A day; Impossible says what is wrong with it."""
    last = month_of(year, month)[1].day
    if not 1 <= day <= last:
        raise Impossible(f"{year}-{month:02d} has {last} days")
    return date(year, month, day)


def month_of(year: int, month: int) -> Interval:
    """A month."""
    if not 1 <= month <= 12:
        raise Impossible(f"there is no month {month}")
    try:
        first = date(year, month, 1)
        last = date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)
    except ValueError as error:
        raise Impossible(f"there is no year {year}") from error
    return first, last


def months_of(year: int, first: int, last: int) -> Interval:
    """From the start of one month to the end of another."""
    return month_of(year, first)[0], month_of(year, last)[1]


def quarter_of(year: int, quarter: int) -> Interval:
    """A quarter."""
    if not 1 <= quarter <= 4:
        raise Impossible(f"there is no quarter {quarter}")
    return months_of(year, quarter * 3 - 2, quarter * 3)


def part_of_month(year: int, month: int, part: str) -> Interval:
    """上旬, 中旬, 下旬 of a month: the 1st to 10th, the 11th to 20th, the rest; 初, 中, 底 and 末 mean the same."""
    first, last = month_of(year, month)
    if part in ("上旬", "初"):
        return first, first.replace(day=10)
    if part in ("中旬", "中"):
        return first.replace(day=11), first.replace(day=20)
    return first.replace(day=21), last


def week_of(year: int, week: int) -> Interval:
    """A week as ISO 8601 counts them."""
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError as error:
        raise Impossible(f"{year} has no week {week}") from error
    return monday, monday + timedelta(days=6)


def season_of(year: int, season: str) -> Interval:
    """The three months that meteorology calls so; 冬 begins in December and ends with the next year's February."""
    if season in ("冬", "winter"):
        return month_of(year, 12)[0], month_of(year + 1, 2)[1]
    start = {"春": 3, "spring": 3, "夏": 6, "summer": 6, "秋": 9, "autumn": 9, "fall": 9}[season]
    return months_of(year, start, start + 2)


# -- holidays

# For each year: new year's day, 端午, 中秋, as month and day.
_LUNAR = """
1990 127 528 1003
1991 215 616 922
1992 204 605 911
1993 123 624 930
1994 210 613 920
1995 131 602 909
1996 219 620 927
1997 207 609 916
1998 128 530 1005
1999 216 618 924
2000 205 606 912
2001 124 625 1001
2002 212 615 921
2003 201 604 911
2004 122 622 928
2005 209 611 918
2006 129 531 1006
2007 218 619 925
2008 207 608 914
2009 126 528 1003
2010 214 616 922
2011 203 606 912
2012 123 623 930
2013 210 612 919
2014 131 602 908
2015 219 620 927
2016 208 609 915
2017 128 530 1004
2018 216 618 924
2019 205 607 913
2020 125 625 1001
2021 212 614 921
2022 201 603 910
2023 122 622 929
2024 210 610 917
2025 129 531 1006
2026 217 619 925
2027 206 609 915
2028 126 528 1003
2029 213 616 922
2030 203 605 912
2031 123 624 1001
2032 211 612 919
2033 131 601 908
2034 219 620 927
2035 208 610 916
"""

_FIXED: dict[str, tuple[int, int, int]] = {
    # name: month, day, length in days
    "元旦": (1, 1, 1),
    "妇女节": (3, 8, 1),
    "五一": (5, 1, 5),
    "劳动节": (5, 1, 5),
    "青年节": (5, 4, 1),
    "儿童节": (6, 1, 1),
    "六一": (6, 1, 1),
    "七一": (7, 1, 1),
    "建党节": (7, 1, 1),
    "八一": (8, 1, 1),
    "建军节": (8, 1, 1),
    "教师节": (9, 10, 1),
    "国庆": (10, 1, 7),
    "十一": (10, 1, 7),
    "双十一": (11, 11, 1),
    "双11": (11, 11, 1),
    "双十二": (12, 12, 1),
    "平安夜": (12, 24, 1),
    "圣诞": (12, 25, 1),
}

# For each year: the day the first of the two sessions opened and the day the last one closed.
_TWO_SESSIONS = """
2013 303 317
2014 303 313
2015 303 315
2016 303 316
2017 303 315
2018 303 320
2019 303 315
2020 521 528
2021 304 311
2022 304 311
2023 304 313
2024 304 311
2025 304 311
2026 304 312
"""

_LUNAR_NAMES = ("春节", "过年", "大年初一", "正月初一", "农历新年", "除夕", "元宵", "正月十五", "端午", "中秋", "清明")
ENGLISH = {
    "spring festival": "春节", "chinese new year": "春节", "lunar new year": "春节", "lantern festival": "元宵",
    "qingming": "清明", "labour day": "五一", "labor day": "五一", "may day": "五一", "dragon boat festival": "端午",
    "mid-autumn festival": "中秋", "national day": "国庆", "singles' day": "双十一", "christmas": "圣诞",
    "new year's day": "元旦", "two sessions": "两会",
}  # fmt: skip
"""Holidays by their English names, lower-case."""


def names() -> tuple[str, ...]:
    """Every Chinese name known, the longer before the shorter; 节 and 假期 may follow each."""
    return tuple(sorted((*_FIXED, *_LUNAR_NAMES, "两会"), key=lambda name: (-len(name), name)))


def holiday(name: str, year: int) -> Interval:
    """The first and last day of a holiday in a year. Raises Impossible for a year outside its table.

    春节 is new year's eve to the seventh day, 国庆 the first seven days of October, 五一 the first five of May,
    whatever days were off in that year; 两会 from the opening of the first session to the close of the last; the other
    festivals are their day.
    """
    if name in _FIXED:
        month, day, length = _FIXED[name]
        first = day_of(year, month, day)
        return first, first + timedelta(days=length - 1)
    if name == "清明":
        if not 1901 <= year < 2100:
            raise Impossible(f"{name} is known from 1901 to 2099")
        # The usual approximation of the solar term, right for every year of the two centuries.
        constant = 4.81 if year >= 2000 else 5.59
        in_april = int(year % 100 * 0.2422 + constant) - year % 100 // 4
        return (date(year, 4, in_april),) * 2
    if name == "两会":
        sessions = _table(_TWO_SESSIONS)
        if year not in sessions:
            raise Impossible(f"{name} is known from {min(sessions)} to {max(sessions)}")
        opened, closed = sessions[year]
        return opened, closed
    lunar = _table(_LUNAR)
    if year not in lunar:
        raise Impossible(f"{name} is known from {FIRST_YEAR} to {LAST_YEAR}")
    new_year, dragon_boat, mid_autumn = lunar[year]
    if name in ("春节", "过年"):
        return new_year - timedelta(days=1), new_year + timedelta(days=6)
    festival = {
        "除夕": new_year - timedelta(days=1),
        "元宵": new_year + timedelta(days=14),
        "正月十五": new_year + timedelta(days=14),
        "端午": dragon_boat,
        "中秋": mid_autumn,
    }.get(name, new_year)
    return festival, festival


@cache
def _table(text: str) -> dict[int, tuple[date, ...]]:
    rows = (tuple(map(int, line.split())) for line in text.split("\n") if line)
    return {year: tuple(date(year, day // 100, day % 100) for day in days) for year, *days in rows}


# -- what may follow a year

_HOLIDAYS = "|".join(names())
_IN_YEAR: list[tuple[re.Pattern[str], Callable[[int, re.Match[str]], Interval]]] = [
    (re.compile(f"({NUMBER})月份?"), lambda y, m: month_of(y, number(m[1]))),
    (re.compile(f"({NUMBER})月({NUMBER})[日号]?"), lambda y, m: (day_of(y, number(m[1]), number(m[2])),) * 2),
    (re.compile(f"({NUMBER})月份?(上旬|中旬|下旬|初|中|底|末)"), lambda y, m: part_of_month(y, number(m[1]), m[2])),
    (re.compile("(上)半年|下半年|h(1)|h2"), lambda y, m: months_of(y, 1, 6) if m[1] or m[2] else months_of(y, 7, 12)),
    (re.compile("第?([1-4一二三四])季度?|q([1-4])"), lambda y, m: quarter_of(y, number(m[1] or m[2]))),
    (re.compile("([春夏秋冬])[天季]"), lambda y, m: season_of(y, m[1])),
    (re.compile(f"第({NUMBER})周"), lambda y, m: week_of(y, number(m[1]))),
    (re.compile(f"({_HOLIDAYS})节?(?:期间|假期|长假|黄金周)?"), lambda y, m: holiday(m[1], y)),
    (re.compile("年?初"), lambda y, m: month_of(y, 1)),
    (re.compile("年?[底末]"), lambda y, m: month_of(y, 12)),
]


def in_year(text: str, year: int) -> Interval | None:
    """What a year may be followed by (2月3日, 上半年, q3, 国庆), folded; None if it is nothing of the kind."""
    for pattern, make in _IN_YEAR:
        if found := pattern.fullmatch(text):
            return make(year, found)
    return None
