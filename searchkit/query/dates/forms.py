"""Turn single forms of dates (2025年2月, 上周五, last 7 days, Q3 2024), folded, into the days they mean.

`searchkit.query.dates.expressions` has ranges, open ends, and the rules for forms that could mean two things.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from searchkit.query.dates.calendar import (
    day_of,
    month_of,
    months_of,
    part_of_month,
    quarter_of,
    season_of,
    week_of,
)
from searchkit.query.dates.holidays import ENGLISH, holiday, names
from searchkit.query.dates.numbers import NUMBER, YEAR, Impossible, Interval, number, year_of

_DAY = timedelta(days=1)


def _shifted(day: date, months: int) -> date:
    """Return the same day `months` months later (earlier if negative), or the month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first, last = month_of(year, month + 1)
    return min(last, first + timedelta(days=day.day - 1))


def _week(day: date) -> Interval:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _around(day: date, unit: str) -> Interval:
    """Return the calendar day, week, month, quarter or year that contains a day."""
    if unit == "day":
        return day, day
    if unit == "week":
        return _week(day)
    if unit == "month":
        return month_of(day.year, day.month)
    if unit == "quarter":
        return quarter_of(day.year, (day.month + 2) // 3)
    return months_of(day.year, 1, 12)


# -- forms that may follow a year

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
    """Return the days of a folded form that may follow a year (2月3日, 上半年, q3, 国庆); None for any other text."""
    for pattern, make in _IN_YEAR:
        if found := pattern.fullmatch(text):
            return make(year, found)
    return None


# -- absolute forms

_MONTH_NAMES = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                "november", "december")  # fmt: skip
_WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_RELATIVE_YEARS = {"大前年": -3, "前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年": 0, "当年": 0, "明年": 1}


def _numeric(text: str, today: date) -> Interval | None:
    found = re.fullmatch(r"([0-9]{4})([-/.])([0-9]{1,2})(?:\2([0-9]{1,2}))?", text)
    found = found or re.fullmatch(r"([0-9]{4})()(0[1-9]|1[0-2])", text)
    found = found or re.fullmatch(r"([0-9]{4})()([0-9]{2})([0-9]{2})", text)
    if not found:
        return None
    year, month = year_of(found[1]), int(found[3])
    day = found[4] if (found.lastindex or 0) > 3 else None
    return month_of(year, month) if day is None else (day_of(year, month, int(day)),) * 2


def _iso_week(text: str, today: date) -> Interval | None:
    found = re.fullmatch(r"([0-9]{4})-?w([0-9]{1,2})|week ([0-9]{1,2}),? (?:of )?([0-9]{4})", text)
    return week_of(year_of(found[1] or found[4]), int(found[2] or found[3])) if found else None


def _decade(text: str, today: date) -> Interval | None:
    found = re.fullmatch("(20世纪|上世纪)?([0-9]|[一二三四五六七八九])[0十]年代|(?:the )?([0-9])0s", text)
    if found:
        last_digit = number(found[2] or found[3])
        start = 1900 + last_digit * 10
        if not found[1] and start + 100 <= today.year:
            start += 100
    else:
        found = re.fullmatch("([1-9][0-9]{2})0年代|(?:the )?([1-9][0-9]{2})0s", text)
        if not found:
            return None
        start = int(found[1] or found[2]) * 10
    return month_of(start, 1)[0], month_of(start + 9, 12)[1]


def _with_year(text: str, today: date) -> Interval | None:
    """Read a year, alone or with a form after it."""
    for name, offset in _RELATIVE_YEARS.items():
        if text.startswith(name):
            year, rest = today.year + offset, text[len(name) :].removeprefix("度").removeprefix("的")
            if rest in ("今天", "今日", "同日"):
                return (_shifted(today, offset * 12),) * 2
            return months_of(year, 1, 12) if not rest else in_year(rest, year)
    found = re.match(f"(?:公元)?({YEAR})(年?)", text)
    if not found:
        return None
    year, rest = year_of(found[1]), text[found.end() :].removeprefix("的").removeprefix("度")
    if not rest:
        return months_of(year, 1, 12)
    # A bare number 2025 may be followed only by text that cannot be part of the number: 20251月 is no date.
    return in_year(rest, year) if found[2] or not re.match("[0-9一二三四五六七八九]", rest) else None


def _latest(text: str, today: date, after: date | None) -> Interval | None:
    """Read a month, day or holiday without its year, by the rules in `expressions`."""
    if text.startswith(("初", "底", "末")):
        return None
    years = range(after.year, after.year + 9) if after else range(today.year, today.year - 9, -1)
    refused: Impossible | None = None
    for year in years:
        try:
            found = in_year(text, year)
        except Impossible as error:  # 2月29日 is not in every year, nor a holiday in every table
            refused = refused or error
            continue
        if found is None:
            return None
        if (found[1] >= after) if after else (found[0] <= today):
            return found
    if refused:
        raise refused
    return None


def _day_of_month(text: str, today: date, after: date | None) -> Interval | None:
    """Read 3日 and 下旬: the last that has begun, or at the end of a range the first not before its start."""
    found = re.fullmatch(f"({NUMBER})[日号]|月?(上旬|中旬|下旬)|月([初中底末])", text)
    if not found:
        return None
    start = (after or today).replace(day=1)
    for months in range(3):
        month = _shifted(start, months if after else -months)
        part = found[2] or found[3]
        try:
            days = (part_of_month(month.year, month.month, part) if part
                    else (day_of(month.year, month.month, number(found[1])),) * 2)  # fmt: skip
        except Impossible:
            continue
        if (days[1] >= after) if after else (days[0] <= today):
            return days
    raise Impossible("no month has this day")


def _english(text: str, today: date, after: date | None) -> Interval | None:
    """Read Feb 2025, 2 February 2025, Feb 2, Q3 2024, summer 2024."""
    text = text.removeprefix("the ")
    name = "(" + "|".join(f"{month[:3]}(?:{month[3:]})?" for month in _MONTH_NAMES) + r"|sept)\.?"
    day, year = "([0-9]{1,2})(?:st|nd|rd|th)?", "([0-9]{4})"
    for pattern, month_at, day_at, year_at in (
        (f"{name},? {year}", 1, 0, 2), (f"{year} {name}", 2, 0, 1), (name, 1, 0, 0),
        (f"{day} (?:of )?{name},? {year}", 2, 1, 3), (f"{name} {day},? {year}", 1, 2, 3), (f"{name} {day}", 1, 2, 0),
        (f"{day} (?:of )?{name}", 2, 1, 0),
    ):  # fmt: skip
        if found := re.fullmatch(pattern, text):
            month = [each[:3] for each in _MONTH_NAMES].index(found[month_at][:3]) + 1
            form = f"{month}月{found[day_at]}日" if day_at else f"{month}月"
            return in_year(form, year_of(found[year_at])) if year_at else _latest(form, today, after)
    if found := re.fullmatch("([qh][1-4])[ -]?([0-9]{4})|([0-9]{4})[ -]?([qh][1-4])", text):
        return in_year(found[1] or found[4], year_of(found[2] or found[3]))
    if found := re.fullmatch("(first|second) half of ([0-9]{4})", text):
        return in_year("h1" if found[1] == "first" else "h2", year_of(found[2]))
    if found := re.fullmatch("(spring|summer|autumn|fall|winter)(?: of)? ([0-9]{4})", text):
        return season_of(year_of(found[2]), found[1])
    if found := re.fullmatch(f"(?:([0-9]{{4}}) )?({'|'.join(ENGLISH)})(?: ([0-9]{{4}}))?", text):
        given = found[1] or found[3]
        return holiday(ENGLISH[found[2]], year_of(given)) if given else _latest(ENGLISH[found[2]], today, after)
    return None


# -- relative to today

_DAYS = {
    "大前天": -3, "前天": -2, "前日": -2, "前晚": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "昨夜": -1, "昨晨": -1,
    "昨": -1, "寻日": -1, "今天": 0, "今日": 0, "今晨": 0, "今早": 0, "今晚": 0, "今": 0, "当天": 0, "明天": 1,
    "明日": 1, "后天": 2, "day before yesterday": -2, "today": 0, "yesterday": -1, "tomorrow": 1,
}  # fmt: skip
_UNITS = {
    "天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week", "月": "month", "季度": "quarter",
    "年": "year",
}  # fmt: skip
_UNIT = "(天|日|周|星期|礼拜|月|季度|年)"
_ENGLISH_UNIT = "(day|week|month|quarter|year)s?"
_ENGLISH_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
                    "eight": 8, "nine": 9, "ten": 10, "twelve": 12}  # fmt: skip
_COUNT = f"([0-9]{{1,4}}|{'|'.join(_ENGLISH_NUMBERS)})"
_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


def _count(text: str) -> int:
    return _ENGLISH_NUMBERS[text] if text in _ENGLISH_NUMBERS else int(text)


def _named_day(text: str, today: date) -> Interval | None:
    days = _DAYS.get(text.removeprefix("the "))
    return None if days is None else (today + days * _DAY,) * 2


def _back(today: date, count: int, unit: str) -> date:
    """Return the day `count` units before today."""
    if unit in ("day", "week"):
        return today - timedelta(days=count * (7 if unit == "week" else 1))
    return _shifted(today, -count * _MONTHS_IN[unit])


def _last_n(text: str, today: date) -> Interval | None:
    """Read 近7天, 最近三个月, 过去半年, 三年来, last 7 days: a number of units that end today."""
    found = re.fullmatch(f"(?:近|最近|过去|这|前)的?({NUMBER})个?{_UNIT}(?:内|里|以来|来)?", text)
    found = found or re.fullmatch(f"({NUMBER})个?{_UNIT}(?:以来|来)", text)
    if found and not (found[2] == "年" and len(found[1]) == 4):  # 2020年以来 names a year, not a count of years
        return _back(today, number(found[1]), _UNITS[found[2]]) + _DAY, today
    if found := re.fullmatch("(?:近|最近|过去|这)半(年|个?月)", text):
        return (_back(today, 6, "month") if found[1] == "年" else today - 15 * _DAY) + _DAY, today
    found = re.fullmatch(f"(?:近|最近|过去)({NUMBER})个?小时", text)
    found = found or re.fullmatch("(?:the )?(?:last|past) ([0-9]{1,4}) hours?", text)
    if found:  # a day is the smallest unit: the days that the hours touch
        return today - timedelta(days=-(-number(found[1]) // 24)), today
    if re.fullmatch("(?:the )?(?:last|past) half year", text):
        return _back(today, 6, "month") + _DAY, today
    found = re.fullmatch(f"(?:the )?(last|past) (?:{_COUNT} )?{_ENGLISH_UNIT}", text)
    if found and (found[2] or found[1] == "past"):
        return _back(today, _count(found[2] or "a"), found[3]) + _DAY, today
    return None


def _n_ago(text: str, today: date) -> Interval | None:
    """Read 3天前 as the day, 两周前 as the week, 三个月前 as the month, 两年前 as the year."""
    found = re.fullmatch(f"({NUMBER})(?:(天|日|周|年)|个?(星期|礼拜|季度)|个(月))(?:前|以前|之前)", text)
    if found and not (found[2] == "年" and len(found[1]) == 4):  # 2020年前 is the time before 2020
        unit = _UNITS[found[2] or found[3] or found[4]]
        return _around(_back(today, number(found[1]), unit), unit)
    if re.fullmatch("半个月(?:前|以前|之前)", text):
        return (today - 15 * _DAY,) * 2
    if re.fullmatch("半年(?:前|以前|之前)|half a year ago", text):
        return _around(_back(today, 6, "month"), "month")
    if found := re.fullmatch(f"{_COUNT} {_ENGLISH_UNIT} ago", text):
        return _around(_back(today, _count(found[1]), found[2]), found[2])
    return None


_WHICH = {"上上": -2, "上": -1, "前": -1, "这": 0, "本": 0, "当": 0, "今": 0, "下": 1, "last": -1, "previous": -1,
          "this": 0, "next": 1}  # fmt: skip


def _weeks(text: str, today: date, after: date | None) -> Interval | None:
    """Read 上周, 本周一, 周五, 上周末, last week, last friday, friday."""
    found = re.fullmatch("(上上|上|前|这|本|下)?个?(?:周|星期|礼拜)([一二三四五六日天末])?", text)
    if found and (found[1] or found[2]):
        monday = _week(today if found[1] or not after else after)[0] + timedelta(weeks=_WHICH[found[1] or "这"])
        if found[2] is None:
            return _week(monday)
        weekend = found[2] == "末"
        day = monday + (5 if weekend else "一二三四五六日".index(found[2].replace("天", "日"))) * _DAY
        end = day + weekend * _DAY
        if not found[1]:
            shift = ((end < after) if after else -(day > today)) * timedelta(weeks=1)
            day, end = day + shift, end + shift
        return day, end
    if found := re.fullmatch(f"(?:on )?(last |this )?({'|'.join(_WEEKDAY_NAMES)})", text):
        place = _WEEKDAY_NAMES.index(found[2])
        if found[1] == "this ":
            return (_week(today)[0] + place * _DAY,) * 2
        if after and not found[1]:
            return (after + (place - after.weekday()) % 7 * _DAY,) * 2
        return (today - ((today.weekday() - place) % 7 or (7 if found[1] else 0)) * _DAY,) * 2
    if found := re.fullmatch("(last|this) weekend", text):
        saturday = _week(today)[0] + (5 if found[1] == "this" else -2) * _DAY
        return saturday, saturday + _DAY
    return None


def _named_period(text: str, today: date) -> Interval | None:
    """Read 本月, 上个月, 上月底, 上月15日, 本季度, last month, this year."""
    found = re.fullmatch(
        f"(上上|上|这|本|当|今|下)个?(月|季度)份?(?:(上旬|中旬|下旬|初|中|底|末)|({NUMBER})[日号])?", text
    )
    if found:
        unit = _UNITS[found[2]]
        day = _shifted(today.replace(day=1), _WHICH[found[1]] * _MONTHS_IN[unit])
        if unit == "quarter":
            return None if found[3] or found[4] else _around(day, unit)
        if found[4]:
            return (day_of(day.year, day.month, number(found[4])),) * 2
        return part_of_month(day.year, day.month, found[3]) if found[3] else _around(day, unit)
    if found := re.fullmatch("(last|previous|this|next) (week|month|quarter|year)", text):
        count, unit = _WHICH[found[1]], found[2]
        if unit == "week":
            return _week(today + timedelta(weeks=count))
        return _around(_shifted(today.replace(day=1), count * _MONTHS_IN[unit]), unit)
    return None


def _so_far(text: str, today: date) -> Interval | None:
    """Read 今年以来, 本月以来, 年初至今, ytd: from the first day of the period to today."""
    if text in ("ytd", "year to date", "年初至今", "年初以来", "今年以来"):
        return date(today.year, 1, 1), today
    if text in ("mtd", "month to date", "本月以来"):
        return today.replace(day=1), today
    if text in ("本周以来", "week to date"):
        return _week(today)[0], today
    return None


_FIXED_READERS: tuple[Callable[[str, date], Interval | None], ...] = (
    _numeric, _iso_week, _decade, _named_day, _so_far, _last_n, _n_ago, _named_period, _with_year,
)  # fmt: skip
_LATEST_READERS: tuple[Callable[[str, date, date | None], Interval | None], ...] = (
    _weeks, _english, _day_of_month, _latest,
)  # fmt: skip


def days(text: str, today: date, after: date | None = None) -> Interval | None:
    """Return the days of a single form; None if the text is no such form.

    Args:
        after: the first day of the range that this form ends; None if it ends no range.

    Raises:
        Impossible: the form is right but the day does not exist.
    """
    text = text.strip()
    text = re.sub(r"(?<=[\u3007\u4e00-\u9fff])\s+|\s+(?=[\u3007\u4e00-\u9fff])", "", text)
    for reader in _FIXED_READERS:
        if found := reader(text, today):
            return found
    for latest in _LATEST_READERS:
        if found := latest(text, today, after):
            return found
    return None
