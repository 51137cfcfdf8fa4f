"""Read Chinese dates that are counted from today: 昨天, 上周五, 上月底, 近7天, 三个月前."""

from __future__ import annotations

import re
from datetime import date, timedelta

from searchkit.query.dates.calendar import around, back, day_of, part_of_month, season_of, week_around
from searchkit.query.dates.numbers import NUMBER, Interval, number
from searchkit.query.dates.years import PARTS

_DAY = timedelta(days=1)
FEW = 5
"""The number that 几 and `few` stand for."""

_DAYS = {
    "大前天": -3, "前天": -2, "前日": -2, "前晚": -2, "昨天": -1, "昨日": -1, "昨儿": -1, "昨": -1, "寻日": -1,
    "今天": 0, "今日": 0, "今儿": 0, "今": 0, "当天": 0, "当日": 0, "现在": 0, "目前": 0, "明天": 1, "明日": 1,
    "明儿": 1, "明": 1, "后天": 2, "后日": 2, "大后天": 3,
}  # fmt: skip
_UNITS = {
    "天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week", "月": "month", "季": "quarter",
    "季度": "quarter", "年": "year",
}  # fmt: skip
# A number of units. 月 and 季度 need 个: 5月 is May.
_AMOUNT = (
    f"(?:(?P<n>{NUMBER}|几)(?:(?P<a>天|日|周|年)(?P<more>半)?|个?(?P<b>星期|礼拜)|个(?P<c>月|季度?)|(?P<m>个半月))"
    "|(?P<half>半年|半个月))"
)


def _before(today: date, found: re.Match[str], sign: int = 1) -> date:
    """Return the day that lies the amount of `_AMOUNT` before today (after it if `sign` is -1)."""
    if found["half"]:
        return back(today, 6 * sign, "month") if found["half"] == "半年" else today - 15 * sign * _DAY
    count = sign * (FEW if found["n"] == "几" else number(found["n"]))
    if found["m"]:
        return back(today, count, "month") - 15 * sign * _DAY
    unit = _unit(found)
    if found["more"]:
        return back(today, 12 * count + 6 * sign, "month")
    return back(today, count, unit)


def _unit(found: re.Match[str]) -> str:
    if found["half"] or found["m"]:
        return "month" if found["half"] == "半年" else "day"
    return _UNITS[found["a"] or found["b"] or found["c"]]


def _plausible(found: re.Match[str]) -> bool:
    """Return whether it is a number of units, not a year (2020年) or half a week."""
    year = found["a"] == "年" and len(found["n"]) == 4 and found["n"].isdigit()
    return not year and not (found["more"] and found["a"] != "年")


def named_day(text: str, today: date) -> Interval | None:
    """Read 昨天."""
    days = _DAYS.get(text)
    return None if days is None else (today + days * _DAY,) * 2


def last_n(text: str, today: date) -> Interval | None:
    """Read 近7天, 最近三个月, 过去半年, 7天内, 三年来, 30天: a number of units that end today."""
    if re.match("这一", text):
        return None  # 这一周 is this week
    found = re.fullmatch(f"(?:近|最近|过去|这|前(?!.*[月季])|此前)的?{_AMOUNT}(?:以?内|之内|里|以来|来|时间|间)?", text)
    if months := re.fullmatch(f"((?:近|最近|过去){NUMBER})(月|季度?)", text):
        return last_n(f"{months[1]}个{months[2]}", today)  # 近3月 can be no month of the year
    # 3日以来 is since the 3rd, 5月以来 since May.
    found = found or re.fullmatch(f"{_AMOUNT}(?:以?内|之内|里|来)", text)
    if not found and not re.fullmatch(".+日(?:以来)?|(?:[0-9]{2,4}|几)年", text):
        found = re.fullmatch(f"{_AMOUNT}(?:以来)?", text)
    if found and _plausible(found):
        return _before(today, found) + _DAY, today
    found = re.fullmatch(f"(?:近|最近|过去)?({NUMBER})个?小时(?:以?内|之内|来)?", text)
    if found:  # a day is the smallest unit: the days that the hours touch
        return today - timedelta(days=-(-number(found[1]) // 24)), today
    if (found := re.fullmatch(f"(?:未来|今后|接下来)的?{_AMOUNT}", text)) and _plausible(found):
        return today + _DAY, _before(today, found, -1)
    return None


def n_ago(text: str, today: date) -> Interval | None:
    """Read 3天前 as the day, 两周前 as the week, 三个月前 as the month, 两年前 as the year; 3天后 likewise."""
    found = re.fullmatch(f"{_AMOUNT}(?:以|之)?(?P<side>前|后)", text)
    if not found or not _plausible(found) or found["n"] == "几" or found["more"]:
        return None
    return around(_before(today, found, 1 if found["side"] == "前" else -1), _unit(found))


_WHICH = {"上上": -2, "上": -1, "前": -1, "这": 0, "本": 0, "当": 0, "今": 0, "下": 1, "下下": 2}


def weeks(text: str, today: date, after: date | None) -> Interval | None:
    """Read 上周, 本周一, 周五, 上周末."""
    found = re.fullmatch("(?:(上上|上|前|这|本|下下|下)一?)?个?(?:周|星期|礼拜)([一二三四五六日天末]|同期)?", text)
    if not found or not (found[1] or found[2]):
        return None
    monday = week_around(today if found[1] or not after else after)[0] + timedelta(weeks=_WHICH[found[1] or "这"])
    if found[2] is None:
        return week_around(monday)
    if found[2] == "同期":
        return (monday, monday + today.weekday() * _DAY) if found[1] == "上" else None
    weekend = found[2] == "末"
    day = monday + (5 if weekend else "一二三四五六日".index(found[2].replace("天", "日"))) * _DAY
    end = day + weekend * _DAY
    if not found[1]:
        shift = ((end < after) if after else -(day > today)) * timedelta(weeks=1)
        day, end = day + shift, end + shift
    return day, end


def named_period(text: str, today: date) -> Interval | None:
    """Read 本月, 上个月, 上月底, 上月15日, 上月同期, 本季度, 年内, 今夏."""
    if text in ("年内", "月内"):
        return around(today, "year" if text == "年内" else "month")
    if found := re.fullmatch("(今|去|明)([春夏秋冬])[天季]?", text):
        return season_of(today.year + "去今明".index(found[1]) - 1, found[2])
    found = re.fullmatch(
        f"(上上|上|这|本|当|今|下下|下)一?个?(月|季度?)份?的?(?:({PARTS})|({NUMBER})[日号]|(同期))?", text
    )
    if not found:
        return None
    unit = _UNITS[found[2]]
    day = back(today.replace(day=1), -_WHICH[found[1]], unit)
    if unit == "quarter":
        return None if found[3] or found[4] or found[5] else around(day, unit)
    if found[5]:
        return day, day_of(day.year, day.month, min(today.day, around(day, unit)[1].day))
    if found[4]:
        return (day_of(day.year, day.month, number(found[4])),) * 2
    return part_of_month(day.year, day.month, found[3]) if found[3] else around(day, unit)


def so_far(text: str, today: date) -> Interval | None:
    """Read 今年以来, 本月以来, 年初至今: from the first day of the period to today."""
    for unit, pattern in (
        ("year", "(?:今|本)年(?:以来|至今)|(?:今年?年?|年)初(?:以来|至今|到现在)"),
        ("quarter", "本季度?(?:以来|至今)"),
        ("month", "(?:本|这个)月(?:以来|至今)|月初(?:以来|至今)"),
        ("week", "(?:本|这)周(?:以来|至今)"),
    ):
        if re.fullmatch(pattern, text):
            return around(today, unit)[0], today
    return None
