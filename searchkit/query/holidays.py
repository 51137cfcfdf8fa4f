"""The festivals and holidays that Chinese people date things by.

New year's day of the lunar calendar, 端午 and 中秋 are a table of facts, 清明 is computed; years outside the table are
refused rather than guessed. A test holds the table to the package chinesecalendar.
"""

from __future__ import annotations

from datetime import date, timedelta

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
_LUNAR_NAMES = ("春节", "过年", "除夕", "元宵", "端午", "中秋", "清明")


def names() -> tuple[str, ...]:
    """Every name known, the longer before the shorter; 节 and 假期 may follow each."""
    return tuple(sorted((*_FIXED, *_LUNAR_NAMES), key=lambda name: -len(name)))


def holiday(name: str, year: int) -> tuple[date, date] | None:
    """The first and last day of a holiday in a year; None for a lunar one outside 1990 to 2035.

    春节 is new year's eve to the seventh day, 国庆 the first seven days of October, 五一 the first five of May;
    the other festivals are their day.
    """
    if name in _FIXED:
        month, day, length = _FIXED[name]
        first = date(year, month, day)
        return first, first + timedelta(days=length - 1)
    if name == "清明":
        # The usual approximation of the solar term, right for every year of the two centuries.
        constant = 4.81 if year >= 2000 else 5.59
        in_april = int(year % 100 * 0.2422 + constant) - year % 100 // 4
        return (date(year, 4, in_april), date(year, 4, in_april)) if 1900 <= year < 2100 else None
    if year not in _days():
        return None
    new_year, dragon_boat, mid_autumn = _days()[year]
    if name in ("春节", "过年"):
        return new_year - timedelta(days=1), new_year + timedelta(days=6)
    festival = {
        "除夕": new_year - timedelta(days=1),
        "元宵": new_year + timedelta(days=14),
        "端午": dragon_boat,
        "中秋": mid_autumn,
    }[name]
    return festival, festival


def _days() -> dict[int, tuple[date, date, date]]:
    if not _PARSED:
        for line in _LUNAR.split("\n"):
            if line:
                year, *days = map(int, line.split())
                first, second, third = (date(year, day // 100, day % 100) for day in days)
                _PARSED[year] = (first, second, third)
    return _PARSED


_PARSED: dict[int, tuple[date, date, date]] = {}
