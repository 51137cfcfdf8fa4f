"""Read dates that stand by themselves: a year, and what may follow a year (2月3日, 上半年, Q3, 国庆).

Without its year such a form is the last that has begun, or at the end of a range the first not before its start.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from searchkit.language.messages import Message
from searchkit.query.dates.calendar import (
    day_of,
    month_of,
    months_of,
    part_of_month,
    quarter_of,
    season_of,
    shifted,
    week_of,
)
from searchkit.query.dates.holidays import holiday, names
from searchkit.query.dates.numbers import NUMBER, YEAR, Impossible, Interval, number, year_of

PARTS = "上旬|中旬|下旬|上半月|下半月|初|中|底|末"
"""Parts of a month, as a pattern."""
_HOLIDAYS = "|".join(names())
_MONTH = f"({NUMBER}|元)月份?"
_LUNAR = "(?:农历|阴历|旧历|夏历)"


def _month(text: str) -> int:
    return 1 if text == "元" else number(text)


def _plain_day(year: int, found: re.Match[str]) -> Interval:
    if not (found[3] or found[2].isdigit()):
        raise Impossible(
            "it can be a day of either calendar",
            Message(
                "{number}月{number_2}日, or 农历{found}月{found_2}",
                number=number(found[1]),
                number_2=number(found[2]),
                found=found[1],
                found_2=found[2],
            ),
        )
    return (day_of(year, _month(found[1]), number(found[2])),) * 2


def _lunar_day(year: int, found: re.Match[str]) -> Interval:
    from searchkit.query.dates import lunar

    month, leap = found[2], bool(found[1])
    which = lunar.MONTHS[month] if month in lunar.MONTHS else number(month)
    return lunar.day_of(year, which, number(found[3]), leap) if found[3] else lunar.month_of(year, which, leap)


_IN_YEAR: tuple[tuple[str, Callable[[int, re.Match[str]], Interval]], ...] = (
    (f"({_HOLIDAYS})节?(?:节气|期间|假期|假日|长假|小长假|黄金周)?", lambda y, m: holiday(m[1], y)),
    (_MONTH, lambda y, m: month_of(y, _month(m[1]))),
    (f"({NUMBER}|元)月({NUMBER})([日号])?", _plain_day),
    (f"{_MONTH}的?({PARTS})", lambda y, m: part_of_month(y, _month(m[1]), m[2])),
    ("(上)半年|下半年|h(1)|h2|(1)h|2h", lambda y, m: months_of(y, 1, 6) if m.lastindex else months_of(y, 7, 12)),
    ("第?([1-4一二三四])季度?|q([1-4])|([1-4])q", lambda y, m: quarter_of(y, number(m[1] or m[2] or m[3]))),
    ("第?([1-4一二三四])季度?[底末]", lambda y, m: month_of(y, 3 * number(m[1]))),
    ("首季度?", lambda y, m: quarter_of(y, 1)),
    (f"[前头]({NUMBER})个?季度?", lambda y, m: (date(y, 1, 1), quarter_of(y, number(m[1]))[1])),
    (f"[前头]({NUMBER})个?月", lambda y, m: (date(y, 1, 1), month_of(y, number(m[1]))[1])),
    ("([春夏秋冬])[天季]?", lambda y, m: season_of(y, m[1])),
    (f"第({NUMBER})个?(?:周|星期)", lambda y, m: week_of(y, number(m[1]))),
    ("年?初", lambda y, m: month_of(y, 1)),
    ("年?中", lambda y, m: months_of(y, 6, 7)),
    ("年?[底末]|年终|岁末", lambda y, m: month_of(y, 12)),
    ("全年|年?内|年?间|期间", lambda y, m: months_of(y, 1, 12)),
    (f"{_LUNAR}(闰)?({NUMBER}|[正元冬腊])月(?:初?({NUMBER})[日号]?)?", _lunar_day),
    (f"(闰)({NUMBER})月(?:初?({NUMBER})[日号]?)?", _lunar_day),
    (f"(闰)?([正冬腊])月(?:初?({NUMBER})[日号]?)?", _lunar_day),
    (f"()({NUMBER})月(?:初(?=.)|(?=[廿卅]))({NUMBER})", _lunar_day),
    (f"()(正|大年)初({NUMBER})", lambda y, m: _lunar_first_month(y, number(m[3]))),
)


def _lunar_first_month(year: int, day: int) -> Interval:
    from searchkit.query.dates import lunar

    return lunar.day_of(year, 1, day)


def in_year(text: str, year: int) -> Interval | None:
    """Return the days of a folded form that may follow a year (2月3日, 上半年, q3, 国庆); None for any other text.

    Raises:
        Impossible: the year has no such days.
    """
    for pattern, make in _IN_YEAR:
        if found := re.fullmatch(pattern, text):
            if make is _plain_day and found[2][0] in "廿卅" and not found[3]:
                continue  # 八月廿三 is lunar
            return make(year, found)
    return None


def numeric(text: str, today: date) -> Interval | None:
    """Read 2025-03-04, 2025/3, 20250304, 202502, 2025-123 (a day of the year), 13/04/2025 and 民国114/6/18."""
    if not re.match("[0-9]|民国", text):
        return None
    if found := re.fullmatch(r"([0-9]{4})-([0-9]{3})", text):
        year, day = year_of(found[1]), int(found[2])
        first, last = months_of(year, 1, 12)
        if not 1 <= day <= (last - first).days + 1:
            raise Impossible(Message("{year} has {days} days", year=year, days=(last - first).days + 1))
        return (date.fromordinal(first.toordinal() + day - 1),) * 2
    found = re.fullmatch(r"([0-9]{4}|民国[0-9]{1,3})([-/.])([0-9]{1,2})(?:\2([0-9]{1,2}))?", text)
    found = found or re.fullmatch("((?:1[5-9]|2[01])[0-9]{2})()(0[1-9]|1[0-2])", text)
    found = found or re.fullmatch("([0-9]{4})()([0-9]{2})([0-9]{2})", text)
    if found:
        year, month = year_of(found[1]), int(found[3])
        if (found.lastindex or 0) > 3:
            return (day_of(year, month, int(found[4])),) * 2
        if month > 12 and year % 100 < month:
            raise Impossible(
                Message("there is no month {month}", month=month),
                Message("years: {year}-{year_2}{month}", year=year, year_2=year // 100, month=month),
            )
        return month_of(year, month)
    if found := re.fullmatch(r"([0-9]{1,2})[-/.]([0-9]{4})", text):
        return month_of(year_of(found[2]), int(found[1]))
    if found := re.fullmatch(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})", text):
        one, two, year = int(found[1]), int(found[3]), year_of(found[4])
        if one <= 12 and two <= 12 and one != two:
            raise Impossible(
                "day or month may stand first",
                Message("{year}-{one:02d}-{two:02d} or {year}-{two:02d}-{one:02d}", year=year, one=one, two=two),
            )
        return (day_of(year, two, one) if two <= 12 else day_of(year, one, two),) * 2
    return None


def decade(text: str, today: date) -> Interval | None:
    """Read 90年代, 20世纪90年代, 2010年代, 21世纪; without a century the last that has begun."""
    found = re.fullmatch("(?:(20|二十|上|21|二十一|本)世纪)?(?:([0-9])0|([一二三四五六七八九])?十)年代", text)
    if found:
        last_digit = number(found[2] or found[3] or "一") if found[2] != "0" else 0
        start = (2000 if found[1] in ("21", "二十一", "本") else 1900) + last_digit * 10
        if not found[1] and start + 100 <= today.year:
            start += 100
    elif found := re.fullmatch(f"(?:({YEAR})|([1-9][0-9]{{2}})0)年代", text):
        start = year_of(found[1]) if found[1] else int(found[2]) * 10
        if start % 10:
            return None
    elif found := re.fullmatch("(20|二十|上|21|二十一|本)世纪", text):
        start = 2001 if found[1] in ("21", "二十一", "本") else 1901
        return month_of(start, 1)[0], month_of(start + 99, 12)[1]
    else:
        return None
    return month_of(start, 1)[0], month_of(start + 9, 12)[1]


RELATIVE_YEARS = {"大前年": -3, "前年": -2, "去年": -1, "上年": -1, "上一年": -1, "今年": 0, "本年": 0, "当年": 0,
                  "这一年": 0, "明年": 1, "下一年": 1, "后年": 2}  # fmt: skip
_ANIMALS, _STEMS, _BRANCHES = "鼠牛虎兔龙蛇马羊猴鸡狗猪", "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"


def with_year(text: str, today: date) -> Interval | None:
    """Read a year, alone or with a form after it: 2025年, 去年国庆, 民国114年6月, 农历2025年八月十五, 蛇年春节."""
    for name, offset in RELATIVE_YEARS.items():
        if text.startswith(name):
            year, rest = today.year + offset, text[len(name) :].removeprefix("度").removeprefix("的")
            if rest in ("今天", "今日", "同日"):
                return (shifted(today, offset * 12),) * 2
            if rest == "同期":
                return date(year, 1, 1), shifted(today, offset * 12)
            if rest == "同月":
                return month_of(year, today.month)
            return months_of(year, 1, 12) if not rest else in_year(rest, year)
    if re.match(f"[{_ANIMALS}{_STEMS}].?年", text):
        return _lunar_year(text, today)
    found = re.match(f"({_LUNAR})?(?:公元|西元)?({YEAR})(年?)", text)
    if not found:
        return None
    year, rest = year_of(found[2]), text[found.end() :].removeprefix("的").removeprefix("度")
    if found[1]:
        from searchkit.query.dates import lunar

        return in_year(f"{found[1]}{rest}", year) if rest else lunar.year_of(year)
    if not rest:
        return months_of(year, 1, 12)
    # A bare number 2025 may be followed only by text that cannot be part of the number: 20251月 is no date.
    return in_year(rest, year) if found[3] or not re.match("[0-9一二三四五六七八九]", rest) else None


def _lunar_year(text: str, today: date) -> Interval | None:
    """Read 蛇年 and 乙巳年, the last that has begun, alone or with a holiday after it."""
    found = re.fullmatch(f"(?:([{_ANIMALS}])|([{_STEMS}])([{_BRANCHES}]))年(?:({_HOLIDAYS})节?)?", text)
    if not found:
        return None
    from searchkit.query.dates import lunar

    newest = min(today.year, lunar.LAST_YEAR)
    for year in range(newest, lunar.FIRST_YEAR - 1, -1):
        place = year - 4
        if found[1]:
            fits = _ANIMALS[place % 12] == found[1]
        else:
            fits = _STEMS[place % 10] == found[2] and _BRANCHES[place % 12] == found[3]
        if fits and lunar.year_of(year)[0] <= today:
            return holiday(found[4], year) if found[4] else lunar.year_of(year)
    raise Impossible(
        Message(
            "the lunar calendar is known from {first_year} to {last_year}",
            first_year=lunar.FIRST_YEAR,
            last_year=lunar.LAST_YEAR,
        )
    )


def latest(text: str, today: date, after: date | None) -> Interval | None:
    """Read a month, day or holiday without its year: the last that has begun, or the first not before `after`."""
    if len(text) == 1 or text in ("年间", "期间", "全年"):
        return None  # these need their year
    if re.fullmatch(f"前({NUMBER})个?月", text):
        raise Impossible(
            "it can be the first or the last months", Message("近{text}, or 今年{text_2}", text=text[1:], text_2=text)
        )
    # Some forms begin in the year before theirs, or end in the year after.
    years = range(after.year - 1, after.year + 9) if after else range(today.year + 1, today.year - 9, -1)
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


def day_of_month(text: str, today: date, after: date | None) -> Interval | None:
    """Read 3日 and 下旬: the last that has begun, or at the end of a range the first not before its start."""
    found = re.fullmatch(f"({NUMBER})[日号]|月?(上旬|中旬|下旬|上半月|下半月)|月([初中底末])", text)
    if not found:
        return None
    start = (after or today).replace(day=1)
    for months in range(3):
        month = shifted(start, months if after else -months)
        part = found[2] or found[3]
        try:
            days = (part_of_month(month.year, month.month, part) if part
                    else (day_of(month.year, month.month, number(found[1])),) * 2)  # fmt: skip
        except Impossible:
            continue
        if (days[1] >= after) if after else (days[0] <= today):
            return days
    raise Impossible("no month has this day")
