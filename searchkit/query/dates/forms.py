"""Turn single forms of dates (2025年2月, 上周五, last 7 days, Q3 2024), folded, into the days they mean.

`searchkit.query.dates.expressions` has ranges, open ends, and the rules for forms that could mean two things.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from searchkit.language.messages import Message
from searchkit.query.dates.ambiguous import refuse
from searchkit.query.dates.numbers import Impossible, Interval
from searchkit.query.dates.relative import last_n, n_ago, named_day, named_period, so_far, weeks
from searchkit.query.dates.years import day_of_month, decade, latest, numeric, with_year

AROUND = timedelta(days=7)
"""The days that 前后 and `around` add on each side."""


def _english(text: str, today: date, after: date | None) -> Interval | None:
    if not re.search("[a-z]", text):
        return None
    from searchkit.query.dates.english import english  # most dates are typed in figures or Chinese

    return english(text, today, after)


_FIXED_READERS: tuple[Callable[[str, date], Interval | None], ...] = (
    numeric, named_day, so_far, last_n, n_ago, named_period, decade, with_year,
)  # fmt: skip
_LATEST_READERS: tuple[Callable[[str, date, date | None], Interval | None], ...] = (
    weeks, _english, day_of_month, latest,
)  # fmt: skip

_TIME_OF_DAY = ("凌晨|清晨|早晨|早上|早间|晨间|上午|中午|午间|正午|午后|下午|傍晚|晚上|晚间|夜里|夜间|夜晚|深夜|半夜"
                "|晨|早|晚|夜| (?:morning|afternoon|evening|night|noon)")  # fmt: skip
_WEEKDAY_NAMES = (
    Message("Monday"), Message("Tuesday"), Message("Wednesday"), Message("Thursday"), Message("Friday"),
    Message("Saturday"), Message("Sunday"),
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def days(text: str, today: date, after: date | None = None) -> Interval | None:
    """Return the days of a single form; None if the text is no such form.

    Args:
        after: the first day of the range that this form ends; None if it ends no range.

    Raises:
        Impossible: the form is right but the day does not exist, or it could mean several days.
    """
    text = re.sub(r"(?<=[\u3007\u4e00-\u9fff])\s+|\s+(?=[\u3007\u4e00-\u9fff])", "", text.strip())
    text = re.sub(r"\s+", " ", text)
    found = _plain(text, today, after) or _qualified(text, today, after)
    if not found:
        refuse(text)
    return found


def _plain(text: str, today: date, after: date | None) -> Interval | None:
    # The patterns of the Chinese forms take some milliseconds to compile; English needs none of them.
    if text.isascii() and (found := _english(text, today, after)):
        return found
    for reader in _FIXED_READERS:
        if found := reader(text, today):
            return found
    for read_latest in _LATEST_READERS:
        if found := read_latest(text, today, after):
            return found
    return None


def _qualified(text: str, today: date, after: date | None) -> Interval | None:
    """Read a form with something around it: 昨天晚上, 3月4日星期二, in May, 春节前后, week of May 5."""
    if (found := re.fullmatch(f"(.+?)的?(?<!圣诞)(?:{_TIME_OF_DAY})", text)) and (
        day := _plain(found[1], today, after)
    ):
        return day if day[0] == day[1] else None  # 5月晚上 is no date
    if found := re.fullmatch(r"(.+?)[, ]?\(?(?:周|星期|礼拜)([一二三四五六日天])\)?", text):
        day = _plain(found[1], today, after)
        return _on_weekday(day, "一二三四五六日".index(found[2].replace("天", "日"))) if day else None
    if found := re.fullmatch("(mon|tue|wed|thu|fri|sat|sun)[a-z]*[., ]+(.+)", text):
        day = _plain(found[2], today, after)
        return _on_weekday(day, [name[:3] for name in _WEEKDAYS].index(found[1])) if day else None
    if found := re.fullmatch("(.+?)前后|around (.+)|circa (.+)", text):
        middle = _plain(found[1] or found[2] or found[3], today, after)
        return (middle[0] - AROUND, middle[1] + AROUND) if middle else None
    if found := re.fullmatch("(?:the )?week of (.+)", text):
        day = _plain(found[1], today, after)
        return (
            (monday := day[0] - timedelta(days=day[0].weekday()), monday + timedelta(days=6))
            if day and day[0] == day[1]
            else None
        )
    if found := re.fullmatch("(.+?)(?:当天|当日|期间|以?内|之内|全月)|[在于](.+)", text):
        return _plain(found[1] or found[2], today, after)
    if found := re.fullmatch("(?:in|for|during|within|over) (?:the )?last (week|month|quarter|year)", text):
        return _plain(f"past {found[1]}", today, after)  # without in it is the calendar's
    if found := re.fullmatch("(?:in|on|during|within) (.+)|(?:over|for) (?=the |last |past )(.+)", text):
        return _plain(found[1] or found[2], today, after)
    return None


def _on_weekday(day: Interval, weekday: int) -> Interval | None:
    """Return the day if it is that weekday; None for more than a day. Raises: Impossible."""
    if day[0] != day[1]:
        return None
    if day[0].weekday() != weekday:
        raise Impossible(
            Message("{day} is a {weekday}", day=day[0], weekday=_WEEKDAY_NAMES[day[0].weekday()]),
            day[0].isoformat(),
        )
    return day
