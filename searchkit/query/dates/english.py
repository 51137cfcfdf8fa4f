"""Read English dates: 2 February 2025, Q3 2024, summer 2024, last friday, last 7 days, Mid-Autumn Festival."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from searchkit.language.messages import Message
from searchkit.query.dates.calendar import (
    around,
    back,
    month_of,
    months_of,
    part_of_month,
    season_of,
    week_around,
    week_of,
)
from searchkit.query.dates.holidays import ENGLISH, holiday
from searchkit.query.dates.numbers import Impossible, Interval, year_of
from searchkit.query.dates.relative import FEW
from searchkit.query.dates.years import in_year, latest

_DAY = timedelta(days=1)
_MONTH_NAMES = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                "november", "december")  # fmt: skip
_WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTH = "(?:" + "|".join(f"{month[:3]}(?:{month[3:]})?" for month in _MONTH_NAMES) + r"|sept)\b"
WEEKDAY = r"(?:mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun|" + "|".join(_WEEKDAY_NAMES) + r")\b"
"""A month and a weekday, as patterns."""
_SEASON = "spring|summer|autumn|fall|winter"
_YEAR = "([0-9]{4}|(?:last|this|next) year)"
_OF_DAY = "([0-9]{1,2})(?:st|nd|rd|th)?"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_UNIT = "(day|week|month|quarter|year)s?"
_SHORT = {"d": "day", "w": "week", "m": "month", "mo": "month", "y": "year"}
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "couple of": 2, "a couple of": 2, "three": 3, "four": 4, "five": 5, "few": FEW,
    "a few": FEW, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15,
    "twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90,
}  # fmt: skip
_COUNT = f"([0-9]{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_WHICH = {"last": -1, "previous": -1, "past": -1, "this": 0, "current": 0, "next": 1}


def _count(text: str) -> int:
    return _NUMBERS[text] if text in _NUMBERS else int(text)


def weekday_of(text: str) -> int:
    """Return the number of a weekday that `WEEKDAY` matches, Monday 0."""
    return [name[:3] for name in _WEEKDAY_NAMES].index(text[:3])


def _year(text: str, today: date) -> int:
    return today.year + _WHICH[text.split(maxsplit=1)[0]] if text.endswith("year") else year_of(text)


def _month_or_day(text: str, today: date, after: date | None) -> Interval | None:
    """Read Feb 2025, 2 February 2025, Feb 2, 2025 Feb, last May."""
    for pattern, month_at, day_at, year_at in (
        (f"({MONTH}) (?:of )?{_YEAR}", 1, 0, 2), (f"{_YEAR} ({MONTH})", 2, 0, 1), (f"({MONTH})", 1, 0, 0),
        (f"{_OF_DAY} (?:of )?({MONTH}) (?:of )?{_YEAR}", 2, 1, 3), (f"({MONTH}) {_OF_DAY} (?:of )?{_YEAR}", 1, 2, 3),
        (f"{_YEAR} ({MONTH}) {_OF_DAY}", 2, 3, 1), (f"({MONTH}) {_OF_DAY}", 1, 2, 0),
        (f"{_OF_DAY} (?:of )?({MONTH})", 2, 1, 0),
    ):  # fmt: skip
        if found := re.fullmatch(pattern, text):
            month = [each[:3] for each in _MONTH_NAMES].index(found[month_at][:3]) + 1
            form = f"{month}月{found[day_at]}日" if day_at else f"{month}月"
            return in_year(form, _year(found[year_at], today)) if year_at else latest(form, today, after)
    if found := re.fullmatch(f"(last|this|next) ({MONTH})", text):
        month = [each[:3] for each in _MONTH_NAMES].index(found[2][:3]) + 1
        return _nearest(found[1], partial(_month_of, month), today)
    return None


def _month_of(month: int, year: int) -> Interval:
    return month_of(year, month)


def _nearest(which: str, of_year: Callable[[int], Interval], today: date) -> Interval:
    """Return the last one that ended before today, the first that begins after it, or the one of this year."""
    if which == "this":
        return of_year(today.year)
    if which == "last":
        return next(each for back in range(4) if (each := of_year(today.year - back))[1] < today)
    return next(each for ahead in range(4) if (each := of_year(today.year + ahead))[0] > today)


def _season_of(season: str, year: int) -> Interval:
    return season_of(year, season)


def _part_of_year(text: str, today: date, after: date | None) -> Interval | None:
    """Read Q3 2024, 2024 H1, 1Q2024, first quarter of 2024, summer 2024, last winter, week 10 of 2025."""
    if found := re.fullmatch(f"(q[1-4]|h[12]|[1-4]q|[12]h)[ /]?(?:of )?{_YEAR}|{_YEAR}[ /]?(q[1-4]|h[12])", text):
        return in_year(found[1] or found[4], _year(found[2] or found[3], today))
    if re.fullmatch("q[1-4]|h[12]", text):
        return latest(text, today, after)
    ordinal = "|".join(_ORDINALS)
    if found := re.fullmatch(f"({ordinal}) (quarter|half)(?: (?:of )?{_YEAR})?", text):
        form = f"{found[2][0]}{_ORDINALS[found[1]]}"
        return in_year(form, _year(found[3], today)) if found[3] else latest(form, today, after)
    if found := re.fullmatch(f"(?:({_SEASON}) (?:of )?{_YEAR}|{_YEAR} ({_SEASON}))", text):
        return season_of(_year(found[2] or found[3], today), found[1] or found[4])
    if found := re.fullmatch(f"(last|this|next) ({_SEASON})", text):
        return _nearest(found[1], partial(_season_of, found[2]), today)
    if re.fullmatch(_SEASON, text):
        return latest({"sp": "春天", "su": "夏天", "wi": "冬天"}.get(text[:2], "秋天"), today, after)
    if found := re.fullmatch("([0-9]{4})[- ]?w([0-9]{1,2})(?:-([1-7]))?", text):
        monday, sunday = week_of(year_of(found[1]), int(found[2]))
        return (monday + (int(found[3]) - 1) * _DAY,) * 2 if found[3] else (monday, sunday)
    if found := re.fullmatch(f"(?:week|wk) ([0-9]{{1,2}}) (?:of )?{_YEAR}|{_YEAR} (?:week|wk) ([0-9]{{1,2}})", text):
        return week_of(_year(found[2] or found[3], today), int(found[1] or found[4]))
    if found := re.fullmatch("(?:week |wk |w)([0-9]{1,2})", text):
        return latest(f"第{found[1]}周", today, after)
    return None


def _part_of_period(text: str, today: date, after: date | None) -> Interval | None:
    """Read early May 2025, end of 2024, mid 2024, first half of May."""
    found = re.fullmatch(
        "(early|mid|late|first half of|second half of|(?:beginning|start|middle|end) of)(?: the)? (.+)", text
    )
    if not found:
        return None
    part, of = found[1], found[2]
    named = re.fullmatch("(last |this |next )?month", of)
    month = around(back(today, -_WHICH[(named[1] or "this").strip()], "month"), "month") if named else None
    if month := month or _month_or_day(of, today, after):
        if month[0] == month[1]:
            return None
        first = month[0]
        form = {"e": "初", "b": "初", "s": "初", "m": "中", "l": "底", "f": "上半月"}[part[0]]
        form = "底" if part == "end of" else "下半月" if part == "second half of" else form
        return part_of_month(first.year, first.month, form)
    if not re.fullmatch(f"{_YEAR}|year", of):
        return None
    year = today.year if of == "year" else _year(of, today)
    first_month, last_month = {
        "early": (1, 4), "mid": (5, 8), "late": (9, 12), "middle of": (6, 7), "end of": (12, 12),
        "first half of": (1, 6), "second half of": (7, 12),
    }.get(part, (1, 1))  # fmt: skip
    return months_of(year, first_month, last_month)


def _near_today(text: str, today: date) -> Interval | None:
    """Read yesterday, last night, last month, the week before last, ytd, same period last year."""
    days = {"day before yesterday": -2, "yesterday": -1, "last night": -1, "today": 0, "now": 0, "present": 0,
            "tonight": 0, "this morning": 0, "this afternoon": 0, "this evening": 0, "tomorrow": 1,
            "day after tomorrow": 2}  # fmt: skip
    if text in days:
        return (today + days[text] * _DAY,) * 2
    if found := re.fullmatch("(last|previous|this|current|next) (week|month|quarter|year)", text):
        return around(back(today, -_WHICH[found[1]], found[2]), found[2])
    if found := re.fullmatch("(week|month|quarter|year) before last", text):
        return around(back(today, 2, found[1]), found[1])
    if found := re.fullmatch("(year|quarter|month|week) to date|([yqm])td|this (year|quarter|month|week) so far"
                             "|so far this (year|quarter|month|week)", text):  # fmt: skip
        unit = {"y": "year", "q": "quarter", "m": "month"}.get(found[2]) or found[1] or found[3] or found[4]
        return around(today, unit)[0], today
    if text == "same period last year":
        return date(today.year - 1, 1, 1), back(today, 1, "year")
    if text in ("this time last year", "this day last year", "a year ago today"):
        return (back(today, 1, "year"),) * 2
    return None


def _amount(text: str, today: date) -> Interval | None:
    """Read last 7 days, past year, 30 days, 7d, 24h; 2 weeks ago, 7d ago; in 3 days, next 3 days."""
    if found := re.fullmatch("(?:(?:last|past|previous) )?([0-9]{1,4}) ?h(?:ours?)?", text):
        return today - timedelta(days=-(-int(found[1]) // 24)), today  # the days that the hours touch
    if re.fullmatch("(?:last|past) half (?:a )?year", text):
        return back(today, 6, "month") + _DAY, today
    if text == "half a year ago":
        return around(back(today, 6, "month"), "month")
    found = re.fullmatch(
        f"(?:(last|past|previous|next|in) )?(?:{_COUNT} {_UNIT}|([0-9]{{1,4}}) ?(d|w|mo?|y))( ago| from now)?", text
    )
    if found:
        count, unit = _count(found[2] or found[4]), found[3] or _SHORT[found[5]]
        if found[6] == " ago":
            # A few days ago is no certain day.
            return None if found[1] or "few" in (found[2] or "") else around(back(today, count, unit), unit)
        if found[6] or found[1] == "in":
            return None if found[6] and found[1] else around(back(today, -count, unit), unit)
        if found[1] == "next":
            return today + _DAY, back(today, -count, unit)
        return back(today, count, unit) + _DAY, today
    if found := re.fullmatch(f"past {_UNIT}", text):
        return back(today, 1, found[1]) + _DAY, today
    return None


def _weekday(text: str, today: date, after: date | None) -> Interval | None:
    """Read friday, last fri, next friday, this weekend."""
    if found := re.fullmatch(rf"(last |previous |this |next )?({WEEKDAY})", text):
        place, which = weekday_of(found[2]), found[1]
        if which == "this ":
            return (week_around(today)[0] + place * _DAY,) * 2
        if which == "next ":
            return (today + ((place - today.weekday()) % 7 or 7) * _DAY,) * 2
        if after and not which:
            return (after + (place - after.weekday()) % 7 * _DAY,) * 2
        return (today - ((today.weekday() - place) % 7 or (7 if which else 0)) * _DAY,) * 2
    if found := re.fullmatch(f"({WEEKDAY}) (last|this|next) week|(last|this|next) week ({WEEKDAY})", text):
        monday = week_around(today)[0] + timedelta(weeks=_WHICH[found[2] or found[3]])
        return (monday + weekday_of(found[1] or found[4]) * _DAY,) * 2
    if found := re.fullmatch("(?:(last|this|next) )?weekend", text):
        saturday = week_around(today)[0] + 5 * _DAY + timedelta(weeks=_WHICH[found[1]] if found[1] else 0)
        if not found[1] and saturday > today:
            saturday -= timedelta(weeks=1)
        return saturday, saturday + _DAY
    return None


def _holiday(text: str, today: date, after: date | None) -> Interval | None:
    text = text.replace("'", "")
    if found := re.fullmatch(f"(last|next) ({'|'.join(ENGLISH)})", text):
        return _nearest(found[1], partial(holiday, ENGLISH[found[2]]), today)
    pattern = f"(?:{_YEAR} )?({'|'.join(ENGLISH)})(?: holidays?| golden week)?(?: (?:of |in )?{_YEAR})?"
    if found := re.fullmatch(pattern, text):
        given = found[1] or found[3]
        name = ENGLISH[found[2]]
        return in_year(name, _year(given, today)) if given else latest(name, today, after)
    return None


def _decade(text: str, today: date) -> Interval | None:
    tens = {"twenties": 2, "thirties": 3, "forties": 4, "fifties": 5, "sixties": 6, "seventies": 7, "eighties": 8,
            "nineties": 9}  # fmt: skip
    if found := re.fullmatch("([1-9][0-9]{2})0s", text):
        start = int(found[1]) * 10
    elif (found := re.fullmatch("([0-9])0s", text)) or text in tens:
        start = 1900 + (int(found[1]) if found else tens[text]) * 10
        start += 100 * (start + 100 <= today.year)
    elif found := re.fullmatch("(1[0-9]|20|21)(?:st|th) century", text):
        start = int(found[1]) * 100 - 99
        return months_of(start, 1, 12)[0], months_of(start + 99, 1, 12)[1]
    else:
        return None
    return months_of(start, 1, 12)[0], months_of(start + 9, 1, 12)[1]


def english(text: str, today: date, after: date | None = None) -> Interval | None:
    """Return the days of a folded English form; None if the text is no such form.

    Raises:
        Impossible: the form is right but the day does not exist, or it could mean two days.
    """
    if not re.search("[a-z]", text):
        return None
    if found := re.fullmatch(f"({MONTH})-([0-9]{{2}})", text):
        raise Impossible(
            "it can be a day or a year",
            Message("{found} {found_2}, or {found} 20{found_2}", found=found[1], found_2=found[2]),
        )
    # 5-Jan-2025, Jan. 5, 2025 and mid-May are written with spaces alone.
    text = re.sub(r"(?<=[0-9a-z])-(?=[a-z])|(?<=[a-z])-(?=[0-9])|(?<=[a-z])\.(?= |$)|,", " ", text)
    text = re.sub(" {2,}", " ", text).strip().removeprefix("the ")
    for near in (_near_today, _amount, _decade):
        if days := near(text, today):
            return days
    for reader in (_month_or_day, _part_of_year, _weekday, _part_of_period, _holiday):
        if days := reader(text, today, after):
            return days
    return None
