"""The Chinese lunar calendar from 1934 to 2049, and the 24 solar terms.

A lunar year has the number of the Gregorian year in which it begins. A test compares the tables
with the package borax. Before 1934 and after 2049 libraries disagree about some days, so those years are refused.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from searchkit.language.messages import Message
from searchkit.query.dates.numbers import Impossible, Interval

FIRST_YEAR, LAST_YEAR = 1934, 2049

_NEW_YEAR_1934 = date(1934, 2, 14)
_YEARS = """
00b5a 0056c 0726e 0125c 0f92d 0192a 01a94 0db4a 016aa 00ad4 0955b 004ba 0125a 0592b 0152a 0f695 00d94 016aa
0aab5 009b4 014b6 06a57 00a56 1152a 01d2a 00d54 0d5aa 0156a 0096c 094ae 014ae 00a4c 07d26 01b2a 0eb55 00ad4
012da 0a95d 0095a 0149a 09a4d 01a4a 11aa5 016a8 016d4 0d2da 012b6 00936 09497 01496 1564b 00d4a 00da8 0d5b4
0156c 012ae 0a92f 0092e 00c96 06d4a 01d4a 10d65 00b58 0156c 0b26d 0125c 0192c 09a95 01a94 01b4a 04b55 00ad4
0f55b 004ba 0125a 0b92b 0152a 01694 096aa 015aa 12ab5 00974 014b6 0ca57 00a56 01526 08e95 00d54 015aa 049b5
0096c 0d4ae 0149c 01a4c 0bd26 01aa6 00b54 06d6a 012da 1695d 0095a 0149a 0da4b 01a4a 01aa4 0bb54 016b4 00ada
0495b 00936 0f497 01496 0154a 0b6a5 00da4 015b4
"""
"""One number for each year, hexadecimal. Bits 16 to 13: the month that a leap month follows, 0 for none. Bits 12 to 0:
the months in order, the leap month among them, 1 for 30 days and 0 for 29."""

MONTHS = {"正": 1, "元": 1, "冬": 11, "腊": 12}
"""Months that have a name in place of a number, without 月."""


@cache
def _months() -> dict[tuple[int, int, bool], Interval]:
    """Return the days of each month, by year, month, and whether it is the leap month."""
    found = {}
    first = _NEW_YEAR_1934
    for year, code in enumerate((int(each, 16) for each in _YEARS.split()), FIRST_YEAR):
        leap = code >> 13
        order = [(month, False) for month in range(1, 13)]
        if leap:
            order.insert(leap, (leap, True))
        for bit, (month, is_leap) in enumerate(order):
            after = first + timedelta(days=29 + (code >> (12 - bit) & 1))
            found[year, month, is_leap] = first, after - timedelta(days=1)
            first = after
    return found


def month_of(year: int, month: int, leap: bool = False) -> Interval:
    """Return the first and last day of a lunar month.

    Raises:
        Impossible: the calendar of this year is not known, or there is no such month.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Impossible(
            Message(
                "the lunar calendar is known from {first_year} to {last_year}",
                first_year=FIRST_YEAR,
                last_year=LAST_YEAR,
            )
        )
    if not 1 <= month <= 12:
        raise Impossible(Message("there is no lunar month {month}", month=month))
    found = _months().get((year, month, leap))
    if found is None:
        raise Impossible(Message("the lunar year {year} has no leap month {month}", year=year, month=month))
    return found


def day_of(year: int, month: int, day: int, leap: bool = False) -> Interval:
    """Return a day of the lunar calendar, as a range of one day.

    Raises:
        Impossible: there is no such day; the message says why.
    """
    first, last = month_of(year, month, leap)
    length = (last - first).days + 1
    if not 1 <= day <= length:
        raise Impossible(
            Message("month {month} of the lunar year {year} has {length} days", month=month, year=year, length=length)
        )
    return (first + timedelta(days=day - 1),) * 2


def year_of(year: int) -> Interval:
    """Return the first and last day of a lunar year. Raises: Impossible."""
    return month_of(year, 1)[0], month_of(year, 12)[1]


# For each term the constant c, for which it is on day floor(c + 0.2422 n) - leap days, n years after 1900; then the
# years in which the term is a day later (+) or earlier (-).
_TERMS = """
小寒 6.16 -1949
大寒 20.89 -1946 -1950
立春 4.64 -1947
雨水 19.46
惊蛰 6.4 -1948
春分 21.42 +2018
清明 5.59
谷雨 20.88
立夏 6.3 +1940
小满 21.84 +1946 +2008
芒种 6.48 +1964
夏至 22.15 +1953 +1957 +1986
小暑 7.91 +1954
大暑 23.63 +1951
立秋 8.3 +1940 +1944 +1973
处暑 23.91 +1954 +1987
白露 8.42 +1956 +2018
秋分 23.82 +1942
寒露 9.09 +2040
霜降 24.22
立冬 8.22
小雪 23.13 -1945
大雪 7.92 +2020
冬至 22.67
"""


@cache
def _terms() -> dict[str, tuple[int, float, dict[int, int]]]:
    found = {}
    for place, line in enumerate(_TERMS.split("\n")[1:-1]):
        name, constant, *years = line.split()
        found[name] = place, float(constant), {int(year[1:]): int(f"{year[0]}1") for year in years}
    return found


def term(name: str, year: int) -> Interval:
    """Return the day of a solar term (冬至) in a Gregorian year, as a range of one day. Raises: Impossible."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Impossible(
            Message(
                "{name} is known from {first_year} to {last_year}",
                name=name,
                first_year=FIRST_YEAR,
                last_year=LAST_YEAR,
            )
        )
    place, constant, exceptions = _terms()[name]
    passed = year - 1900
    # The first four are before 29 February: the leap day of their own year does not count yet.
    leap_days = (passed - 1) // 4 if place < 4 else passed // 4
    day = int(constant + 0.2422 * passed) - leap_days + exceptions.get(year, 0)
    return (date(year, place // 2 + 1, day),) * 2
