"""Turn dates as people write them into inclusive ranges of days. Knows no clock: callers give today's date.

    expression = one | since | before | after | range
    since      = one ("以来" | "起") | ("since" | "from") one      from its first day on
    after      = one ("之后" | "以后" | "后") | "after" one        from the day after its last
    before     = one ("之前" | "以前" | "前") | "before" one       up to the day before its first
    until      = ("截至" | "到" | "until") one                    up to its last day
    range      = [one] (".." | "至" | "到" | "~" | "—" | "-" | "to") [one]
    one        = any other form of `forms()`

Rules for forms that could mean two things:

- A month, day or holiday without its year, and a day without its month, is the last that has begun. At the end of a
  range it is the first that is not before the range's start.
- Weeks begin on Monday.
- 近7天 ends today and has seven days. 三个月前 is the calendar month three months ago, 3天前 the day.
- 周五 is the last Friday up to today, 上周五 the Friday of the week before this one.
- A two-digit decade is the last that has begun.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from difflib import get_close_matches

from searchkit.analysis.normalise import fold_with_map
from searchkit.errors import QueryError
from searchkit.model.results import Span
from searchkit.query.clock import Clock
from searchkit.query.dates.forms import days
from searchkit.query.dates.numbers import NUMBER, Impossible, Interval

LONGEST = 100
"""The most characters of a date; nobody writes a longer one."""


# -- whole expressions

_DASHES = str.maketrans("—–―", "~~~")
"""Dashes separate the ends of a range; folding would make them hyphens, which stand in the dates themselves."""
_BETWEEN = re.compile(r"\.{2,3}|至|到|~+| - | to |-")
_TWICE = re.compile(f"(.*?)({NUMBER})(?:-|至|到|~+)({NUMBER}[月日号])")
"""2025年1-3月: the first number has the unit of the second."""
_OPEN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:自|从)?(.+?)(?:以来|起)|(?:since|from) (.+)"), "since"),
    (re.compile(r"(.+?)(?:之后|以后|后)|after (.+)"), "after"),
    (re.compile(r"(.+?)(?:之前|以前|前)|before (.+)"), "before"),
    (
        re.compile(r"(?:截至|截止|直到)(.+?)|(?:截至|截止|直到|到)?(.+?)为?止|(?:until|till|through|up to) (.+)"),
        "until",
    ),
)

_Ends = tuple[date | None, date | None]


def _ends(text: str, today: date) -> _Ends | None:
    """Return the first and last day of an expression, with None for an open end; None if it is no date."""
    if found := days(text, today):
        return found
    for pattern, kind in _OPEN:
        if (opened := pattern.fullmatch(text)) and (one := days(next(filter(None, opened.groups())), today)):
            if kind == "since":
                return one[0], None
            if kind == "after":
                return one[1] + timedelta(days=1), None
            return None, (one[0] - timedelta(days=1) if kind == "before" else one[1])
    if twice := _TWICE.fullmatch(text):
        first = days(f"{twice[1]}{twice[2]}{twice[3][-1]}", today)
        last = days(twice[3], today, first[0]) if first else None
        if first and last:
            return first[0], last[1]
    for between in _BETWEEN.finditer(text):
        if (found_ends := _range(text, between, today)) is not None:
            return found_ends
    return None


def _range(text: str, between: re.Match[str], today: date) -> _Ends | None:
    """Return the range with this sign between its ends; None if an end is no date.

    Raises:
        Impossible: an end does not exist, or the range ends before it begins.
    """
    left = re.sub("^(?:从|自|from |between )", "", text[: between.start()]).strip()
    right = text[between.end() :].strip()
    if not (left or right) or (between[0] == "-" and not (left and right)):
        return None
    first = _end(left, text.index(left), today) if left else None
    last = _end(right, len(text) - len(right), today, first[0] if first else None) if right else None
    if (left and not first) or (right and not last):
        return None
    if first and last and first[0] > last[1]:
        raise _Reversed(left, right)
    return first[0] if first else None, last[1] if last else None


def _end(text: str, start: int, today: date, after: date | None = None) -> Interval | None:
    try:
        return days(text, today, after)
    except Impossible as error:
        error.start, error.width = start, len(text)
        raise


class _Reversed(Impossible):
    def __init__(self, left: str, right: str) -> None:
        super().__init__("the range ends before it begins")
        self.proposal = f"did you mean {right}..{left}?"


def span(text: str, clock: Clock) -> Span:
    """Return the days that a date expression means, with None for an open end.

    Raises:
        QueryError: the date cannot be read. The error gives the reason, valid forms, and the column in `text`.
    """
    mapped = fold_with_map(text.translate(_DASHES))
    folded = mapped.text.replace("○", "〇")
    before = len(folded) - len(folded.lstrip())
    folded = folded.strip()
    found: _Ends | None = None
    start, width, reason, hint = 0, len(text), "", ""
    if 0 < len(folded) <= LONGEST:
        try:
            found = _ends(folded, clock.today)
        except Impossible as error:
            reason = f": {error}"
            hint = error.proposal if isinstance(error, _Reversed) else ""
            if error.start is not None:
                start, end = mapped.original(before + error.start, before + error.start + error.width)
                width = end - start
        except (OverflowError, ValueError):
            reason = ": it is outside the years 1 to 9999"
    if found:
        return Span(found[0], found[1], text)
    shown = text[start : start + min(width, LONGEST)] + ("…" if width > LONGEST else "")
    raise QueryError(
        f"cannot read the date {shown!r}{reason}", query=text, column=start + 1, width=width,
        hint=hint or _proposal(folded),
    )  # fmt: skip


def _proposal(folded: str) -> str:
    """Return a hint with valid examples, the most similar to the typed text first."""
    if re.search("[0-9]{1,2}[:点时][0-9]{0,2}", folded):
        return "a date is a day or more, without the time of day: 2025-03-04, 昨天"
    close = get_close_matches(folded[:LONGEST], [form for form, _ in FORMS], 2, 0.5)
    usual = ("2025-03-04", "2025-01..2025-03", "上周五", "近7天", "去年国庆")
    return f"write it like {', '.join(list(dict.fromkeys((*close, *usual)))[:5])}"


def interval(text: str, *, today: date) -> Interval:
    """Return the first and last day of an expression that has both.

    Raises:
        QueryError: the expression is no date, or is open at one end.
    """
    found = span(text, Clock(today))
    if found.since is None or found.until is None:
        raise QueryError(f"{text!r} is open at one end", query=text, width=len(text), hint="give both ends: A..B")
    return found.since, found.until


def since(text: str, clock: Clock) -> date:
    """Return the first day of an expression, for `--since`.

    Raises:
        QueryError: the expression is no date, or has no first day.
    """
    found = span(text, clock)
    if found.since is None:
        raise QueryError(
            f"{text!r} has no first day", query=text, width=len(text), hint="use `until`", code="no-first-day"
        )
    return found.since


def until(text: str, clock: Clock) -> date:
    """Return the last day of an expression, for `--until`.

    Raises:
        QueryError: the expression is no date, or has no last day.
    """
    found = span(text, clock)
    if found.until is None:
        raise QueryError(
            f"{text!r} has no last day", query=text, width=len(text), hint="use `since`", code="no-last-day"
        )
    return found.until


def on(text: str, clock: Clock) -> tuple[date | None, date | None]:
    """Return the first and last day of an expression, with None for an open end; for `--on`.

    Raises:
        QueryError: the expression is no date.
    """
    found = span(text, clock)
    return found.since, found.until


FORMS: tuple[tuple[str, str], ...] = (
    ("2025", "2025-01-01..2025-12-31"), ("2025-02", "2025-02-01..2025-02-28"), ("2025-03-04", "2025-03-04"),
    ("2025/3/4", "2025-03-04"), ("2025.3.4", "2025-03-04"), ("20250304", "2025-03-04"),
    ("202502", "2025-02-01..2025-02-28"), ("2025-W10", "2025-03-03..2025-03-09"),
    ("2025年第10周", "2025-03-03..2025-03-09"), ("2025-01..2025-03", "2025-01-01..2025-03-31"),
    ("2025-01..", "2025-01-01.."), ("..2025-03", "..2025-03-31"), ("2025年1月至3月5日", "2025-01-01..2025-03-05"),
    ("去年10月到今年2月", "2024-10-01..2025-02-28"), ("2025年", "2025-01-01..2025-12-31"),
    ("2025年2月", "2025-02-01..2025-02-28"), ("2025年2月3日", "2025-02-03"), ("2025年2月3号", "2025-02-03"),
    ("二〇二五年二月三日", "2025-02-03"), ("25年2月", "2025-02-01..2025-02-28"),
    ("民国114年2月", "2025-02-01..2025-02-28"), ("2月", "2025-02-01..2025-02-28"), ("2月3日", "2025-02-03"),
    ("十二月", "2024-12-01..2024-12-31"), ("12月3日", "2024-12-03"), ("2025年2月上旬", "2025-02-01..2025-02-10"),
    ("2025年2月下旬", "2025-02-21..2025-02-28"), ("2025年上半年", "2025-01-01..2025-06-30"),
    ("上半年", "2025-01-01..2025-06-30"), ("下半年", "2024-07-01..2024-12-31"),
    ("去年下半年", "2024-07-01..2024-12-31"), ("2024年第三季度", "2024-07-01..2024-09-30"),
    ("一季度", "2025-01-01..2025-03-31"), ("2024Q3", "2024-07-01..2024-09-30"), ("90年代", "1990-01-01..1999-12-31"),
    ("2010年代", "2010-01-01..2019-12-31"), ("今天", "2025-06-18"), ("昨天", "2025-06-17"), ("昨日", "2025-06-17"),
    ("前天", "2025-06-16"), ("大前天", "2025-06-15"), ("本周", "2025-06-16..2025-06-22"),
    ("上周", "2025-06-09..2025-06-15"), ("上上周", "2025-06-02..2025-06-08"), ("上周五", "2025-06-13"),
    ("上個星期三", "2025-06-11"), ("周五", "2025-06-13"), ("周一", "2025-06-16"),
    ("上周末", "2025-06-14..2025-06-15"), ("本月", "2025-06-01..2025-06-30"), ("上个月", "2025-05-01..2025-05-31"),
    ("上月底", "2025-05-21..2025-05-31"), ("本季度", "2025-04-01..2025-06-30"), ("上季度", "2025-01-01..2025-03-31"),
    ("今年", "2025-01-01..2025-12-31"), ("去年", "2024-01-01..2024-12-31"), ("前年", "2023-01-01..2023-12-31"),
    ("去年12月", "2024-12-01..2024-12-31"), ("年初", "2025-01-01..2025-01-31"), ("去年底", "2024-12-01..2024-12-31"),
    ("今年以来", "2025-01-01..2025-06-18"), ("近7天", "2025-06-12..2025-06-18"),
    ("最近三个月", "2025-03-19..2025-06-18"), ("過去一年", "2024-06-19..2025-06-18"),
    ("近半年", "2024-12-19..2025-06-18"), ("3天前", "2025-06-15"), ("两周前", "2025-06-02..2025-06-08"),
    ("三个月前", "2025-03-01..2025-03-31"), ("两年前", "2023-01-01..2023-12-31"),
    ("去年国庆", "2024-10-01..2024-10-07"), ("春节", "2025-01-28..2025-02-04"),
    ("2024年春节", "2024-02-09..2024-02-16"), ("清明节", "2025-04-04"), ("五一", "2025-05-01..2025-05-05"),
    ("端午", "2025-05-31"), ("中秋", "2024-09-17"), ("元旦", "2025-01-01"), ("去年双十一", "2024-11-11"),
    ("2025年2月以来", "2025-02-01.."), ("2025年2月之前", "..2025-01-31"), ("today", "2025-06-18"),
    ("yesterday", "2025-06-17"), ("this week", "2025-06-16..2025-06-22"), ("last week", "2025-06-09..2025-06-15"),
    ("last friday", "2025-06-13"), ("last month", "2025-05-01..2025-05-31"), ("this year", "2025-01-01..2025-12-31"),
    ("last 7 days", "2025-06-12..2025-06-18"), ("past 3 months", "2025-03-19..2025-06-18"),
    ("2 weeks ago", "2025-06-02..2025-06-08"), ("3 days ago", "2025-06-15"), ("Feb 2025", "2025-02-01..2025-02-28"),
    ("2 February 2025", "2025-02-02"), ("Feb 2, 2025", "2025-02-02"), ("Q3 2024", "2024-07-01..2024-09-30"),
    ("since 2025-02", "2025-02-01.."), ("before 2025-02", "..2025-01-31"), ("ytd", "2025-01-01..2025-06-18"),
    ("2024-2025", "2024-01-01..2025-12-31"), ("2023年10月至12月", "2023-10-01..2023-12-31"),
    ("2025年1-3月", "2025-01-01..2025-03-31"), ("2月3-5日", "2025-02-03..2025-02-05"),
    ("上周一至周五", "2025-06-09..2025-06-13"), ("3日", "2025-06-03"), ("本月3日", "2025-06-03"),
    ("上月15日", "2025-05-15"), ("上旬", "2025-06-01..2025-06-10"), ("月底", "2025-05-21..2025-05-31"),
    ("去年今天", "2024-06-18"), ("去年夏天", "2024-06-01..2024-08-31"), ("2024年两会", "2024-03-04..2024-03-11"),
    ("2024年大年初一", "2024-02-10"), ("20年代", "2020-01-01..2029-12-31"), ("八十年代", "1980-01-01..1989-12-31"),
    ("第10周", "2025-03-03..2025-03-09"), ("近24小时", "2025-06-17..2025-06-18"),
    ("一年来", "2024-06-19..2025-06-18"), ("半个月前", "2025-06-03"), ("2月之后", "2025-03-01.."),
    ("截至2月", "..2025-02-28"), ("2020年前", "..2019-12-31"), ("今个月", "2025-06-01..2025-06-30"),
    ("2024H1", "2024-01-01..2024-06-30"), ("H1 2024", "2024-01-01..2024-06-30"),
    ("summer 2024", "2024-06-01..2024-08-31"), ("spring festival 2024", "2024-02-09..2024-02-16"),
    ("day before yesterday", "2025-06-16"), ("last weekend", "2025-06-14..2025-06-15"),
    ("half a year ago", "2024-12-01..2024-12-31"), ("from 2025-01 to 2025-03", "2025-01-01..2025-03-31"),
    ("after 2025-02", "2025-03-01.."), ("until 2025-02", "..2025-02-28"), ("week 10 2025", "2025-03-03..2025-03-09"),
    ("the 1990s", "1990-01-01..1999-12-31"),
)  # fmt: skip
"""An example of every form, and its meaning on 2025-06-18, a Wednesday. docs/dates.md and the tests use this table."""


def forms() -> tuple[tuple[str, str], ...]:
    """Return the examples of `FORMS`."""
    return FORMS
