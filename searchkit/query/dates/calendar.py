"""Days, weeks, months, quarters, seasons, and parts of them. A part that does not exist raises Impossible."""

from __future__ import annotations

from datetime import date, timedelta

from searchkit.language.messages import Message
from searchkit.query.dates.numbers import Impossible, Interval


def day_of(year: int, month: int, day: int) -> date:
    """Return a day.

    Raises:
        Impossible: there is no such day; the message says why.
    """
    last = month_of(year, month)[1].day
    if not 1 <= day <= last:
        raise Impossible(
            Message("{year}-{month:02d} has {last} days", year=year, month=month, last=last),
            Message("{day}, its last day", day=date(year, month, last)),
        )
    return date(year, month, day)


def month_of(year: int, month: int) -> Interval:
    """Return the first and last day of a month."""
    if not 1 <= month <= 12:
        raise Impossible(Message("there is no month {month}", month=month))
    try:
        first = date(year, month, 1)
        last = date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)
    except ValueError as error:
        raise Impossible(Message("there is no year {year}", year=year)) from error
    return first, last


def months_of(year: int, first: int, last: int) -> Interval:
    """Return the days from the start of one month to the end of another."""
    return month_of(year, first)[0], month_of(year, last)[1]


def quarter_of(year: int, quarter: int) -> Interval:
    """Return the first and last day of a quarter."""
    if not 1 <= quarter <= 4:
        raise Impossible(Message("there is no quarter {quarter}", quarter=quarter))
    return months_of(year, quarter * 3 - 2, quarter * 3)


def part_of_month(year: int, month: int, part: str) -> Interval:
    """Return a part of a month.

    上旬 is the 1st to 10th, 中旬 the 11th to 20th, 下旬 the rest. 初, 中, 底 and 末 mean the same. 上半月 is the 1st to
    15th, 下半月 the rest.
    """
    first, last = month_of(year, month)
    if part == "上半月":
        return first, first.replace(day=15)
    if part == "下半月":
        return first.replace(day=16), last
    if part in ("上旬", "初"):
        return first, first.replace(day=10)
    if part in ("中旬", "中"):
        return first.replace(day=11), first.replace(day=20)
    return first.replace(day=21), last


def week_of(year: int, week: int) -> Interval:
    """Return a week, numbered as in ISO 8601."""
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError as error:
        raise Impossible(Message("{year} has no week {week}", year=year, week=week)) from error
    return monday, monday + timedelta(days=6)


def season_of(year: int, season: str) -> Interval:
    """Return the three months of a meteorological season. 冬 begins in December and ends with the next February."""
    if season in ("冬", "winter"):
        return month_of(year, 12)[0], month_of(year + 1, 2)[1]
    start = {"春": 3, "spring": 3, "夏": 6, "summer": 6, "秋": 9, "autumn": 9, "fall": 9}[season]
    return months_of(year, start, start + 2)


def weekday_in_month(year: int, month: int, weekday: int, which: int) -> date:
    """Return the second (`which` 2) Sunday (`weekday` 6), for example, of a month."""
    first = month_of(year, month)[0]
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))


def shifted(day: date, months: int) -> date:
    """Return the same day `months` months later (earlier if negative), or the month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first, last = month_of(year, month + 1)
    return min(last, first + timedelta(days=day.day - 1))


def week_around(day: date) -> Interval:
    """Return the week, Monday to Sunday, that contains a day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def around(day: date, unit: str) -> Interval:
    """Return the calendar day, week, month, quarter or year that contains a day."""
    if unit == "day":
        return day, day
    if unit == "week":
        return week_around(day)
    if unit == "month":
        return month_of(day.year, day.month)
    if unit == "quarter":
        return quarter_of(day.year, (day.month + 2) // 3)
    return months_of(day.year, 1, 12)


def back(today: date, count: int, unit: str) -> date:
    """Return the day `count` units before today (after it if negative)."""
    if unit in ("day", "week"):
        return today - timedelta(days=count * (7 if unit == "week" else 1))
    return shifted(today, -count * {"month": 1, "quarter": 3, "year": 12}[unit])
