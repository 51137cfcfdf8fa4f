"""The holidays that Chinese people use as dates.

Tables give lunar new year's day, 端午, 中秋 and the sessions of 两会; 清明 is computed. Years outside the tables are
refused, not guessed. A test compares the days with the package chinesecalendar.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from searchkit.query.dates.calendar import day_of
from searchkit.query.dates.numbers import Impossible, Interval

FIRST_YEAR, LAST_YEAR = 1990, 2035

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
    """Return every known Chinese name, longer names first; 节 and 假期 may follow each."""
    return tuple(sorted((*_FIXED, *_LUNAR_NAMES, "两会"), key=lambda name: (-len(name), name)))


def holiday(name: str, year: int) -> Interval:
    """Return the first and last day of a holiday in a year.

    春节 runs from new year's eve to the seventh day, 国庆 over the first seven days of October, 五一 over the first
    five of May, whatever days were off in that year. 两会 runs from the opening of the first session to the close of
    the last. Every other festival is one day.

    Raises:
        Impossible: the year is outside the holiday's table.
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
