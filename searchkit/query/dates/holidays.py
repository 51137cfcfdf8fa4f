"""The holidays that people use as dates.

Those of the lunar calendar are computed by `lunar`, which is imported only for them; 两会 has a table. Years outside
the tables are refused, not guessed. Tests compare the days with the packages chinesecalendar and borax.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from searchkit.language.messages import Message
from searchkit.query.dates.calendar import day_of, weekday_in_month
from searchkit.query.dates.numbers import Impossible, Interval

_FIXED: dict[str, tuple[int, int, int]] = {
    # names: month, day, length in days
    name: days
    for names, days in (
        ("元旦", (1, 1, 1)),
        ("情人节", (2, 14, 1)),
        ("妇女节 三八妇女节 三八", (3, 8, 1)),
        ("植树节", (3, 12, 1)),
        ("愚人节", (4, 1, 1)),
        ("世界地球日 地球日", (4, 22, 1)),
        ("世界读书日", (4, 23, 1)),
        ("五一 劳动节 五一劳动节 五一国际劳动节", (5, 1, 5)),
        ("青年节 五四青年节 五四", (5, 4, 1)),
        ("护士节", (5, 12, 1)),
        ("儿童节 六一 六一儿童节", (6, 1, 1)),
        ("世界环境日", (6, 5, 1)),
        ("七一 建党节 七一建党节", (7, 1, 1)),
        ("八一 建军节 八一建军节", (8, 1, 1)),
        ("抗战胜利纪念日 抗日战争胜利纪念日", (9, 3, 1)),
        ("教师节", (9, 10, 1)),
        ("九一八", (9, 18, 1)),
        ("烈士纪念日", (9, 30, 1)),
        ("国庆 十一 十一国庆", (10, 1, 7)),
        ("双十节 双十国庆", (10, 10, 1)),
        ("万圣夜 万圣节前夜 万圣节", (10, 31, 1)),
        ("记者节", (11, 8, 1)),
        ("双十一 双11 光棍节", (11, 11, 1)),
        ("宪法日 国家宪法日", (12, 4, 1)),
        ("双十二 双12", (12, 12, 1)),
        ("国家公祭日 公祭日", (12, 13, 1)),
        ("平安夜", (12, 24, 1)),
        ("圣诞", (12, 25, 1)),
        ("跨年夜", (12, 31, 1)),
    )
    for name in names.split()
}
_WEEKDAYS = {"母亲节": (5, 6, 2), "父亲节": (6, 6, 3), "感恩节": (11, 3, 4)}
"""Month, weekday from Monday 0, and which of these weekdays in the month."""

_LUNAR: dict[str, tuple[int, int]] = {
    # name: lunar month and day
    "大年初一": (1, 1), "正月初一": (1, 1), "农历新年": (1, 1), "元宵": (1, 15), "正月十五": (1, 15),
    "二月二": (2, 2), "龙抬头": (2, 2), "三月三": (3, 3), "端午": (5, 5), "端阳": (5, 5), "七夕": (7, 7),
    "乞巧节": (7, 7), "中元": (7, 15), "中秋": (8, 15), "重阳": (9, 9), "重九": (9, 9), "九月九": (9, 9),
}  # fmt: skip
_YEAR_END: dict[str, tuple[int, int]] = {
    # name: first and last day of the twelfth lunar month; 0 is its last day
    "腊八": (8, 8), "小年": (23, 24), "北方小年": (23, 23), "南方小年": (24, 24), "除夕": (0, 0), "大年三十": (0, 0),
    "年三十": (0, 0),
}  # fmt: skip
"""Festivals that belong to the new year that they lead up to: 2025年除夕 is the eve of 2025's new year's day."""
_TERMS = (
    "小寒", "大寒", "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至", "小暑", "大暑",
    "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至",
)  # fmt: skip

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

_SPRING_FESTIVAL, _SESSIONS = ("春节", "过年"), ("两会", "全国两会")
ENGLISH = {
    "spring festival": "春节", "chinese new year": "春节", "lunar new year": "春节", "chinese new years eve": "除夕",
    "lantern festival": "元宵", "qingming festival": "清明", "qingming": "清明", "tomb sweeping day": "清明",
    "labour day": "五一", "labor day": "五一", "may day": "五一", "dragon boat festival": "端午",
    "qixi festival": "七夕", "qixi": "七夕", "mid autumn festival": "中秋", "mid autumn": "中秋",
    "moon festival": "中秋", "double ninth festival": "重阳", "chongyang": "重阳", "laba festival": "腊八",
    "winter solstice": "冬至", "national day": "国庆", "singles day": "双十一", "double 11": "双十一",
    "double eleven": "双十一", "double 12": "双十二", "double twelve": "双十二", "christmas day": "圣诞",
    "christmas eve": "平安夜", "christmas": "圣诞", "halloween": "万圣节", "thanksgiving": "感恩节",
    "new years day": "元旦", "new years eve": "跨年夜", "valentines day": "情人节", "womens day": "妇女节",
    "childrens day": "儿童节", "teachers day": "教师节", "mothers day": "母亲节", "fathers day": "父亲节",
    "two sessions": "两会",
}  # fmt: skip
"""Holidays by their English names, lower-case, without apostrophes and hyphens."""


def names() -> tuple[str, ...]:
    """Return every known Chinese name, longer names first; 节 and 假期 may follow each."""
    found = (*_FIXED, *_WEEKDAYS, *_LUNAR, *_YEAR_END, *_TERMS, *_SPRING_FESTIVAL, *_SESSIONS)
    return tuple(sorted(found, key=lambda name: (-len(name), name)))


def holiday(name: str, year: int) -> Interval:
    """Return the first and last day of a holiday in a year.

    春节 runs from new year's eve to the seventh day, 国庆 over the first seven days of October, 五一 over the first
    five of May, whatever days were off in that year. 两会 runs from the opening of the first session to the close of
    the last. 小年 is both the northern and the southern day. Every other festival is one day.

    Raises:
        Impossible: the year is outside the holiday's table.
    """
    if name in _FIXED:
        month, day, length = _FIXED[name]
        first = day_of(year, month, day)
        return first, first + timedelta(days=length - 1)
    if name in _WEEKDAYS:
        month, weekday, which = _WEEKDAYS[name]
        return (weekday_in_month(year, month, weekday, which),) * 2
    if name in _SESSIONS:
        sessions = _table(_TWO_SESSIONS)
        if year not in sessions:
            raise Impossible(
                Message(
                    "{name} is known from {first_year} to {last_year}",
                    name=name,
                    first_year=min(sessions),
                    last_year=max(sessions),
                )
            )
        opened, closed = sessions[year]
        return opened, closed
    from searchkit.query.dates import lunar

    if not lunar.FIRST_YEAR <= year <= lunar.LAST_YEAR:
        raise Impossible(
            Message(
                "{name} is known from {first_year} to {last_year}",
                name=name,
                first_year=lunar.FIRST_YEAR,
                last_year=lunar.LAST_YEAR,
            )
        )
    if name in _TERMS:
        return lunar.term(name, year)
    if name in _LUNAR:
        return lunar.day_of(year, *_LUNAR[name])
    new_year = lunar.month_of(year, 1)[0]
    eve = new_year - timedelta(days=1)
    if name in _SPRING_FESTIVAL:
        return eve, new_year + timedelta(days=6)
    first_day, last_day = _YEAR_END[name]
    if not first_day:
        return eve, eve
    if year == lunar.FIRST_YEAR:
        raise Impossible(
            Message(
                "{name} is known from {first_year} to {last_year}",
                name=name,
                first_year=lunar.FIRST_YEAR + 1,
                last_year=lunar.LAST_YEAR,
            )
        )
    return lunar.day_of(year - 1, 12, first_day)[0], lunar.day_of(year - 1, 12, last_day)[0]


@cache
def _table(text: str) -> dict[int, tuple[date, ...]]:
    rows = (tuple(map(int, line.split())) for line in text.split("\n") if line)
    return {year: tuple(date(year, day // 100, day % 100) for day in days) for year, *days in rows}
