"""Turn dates as people write them into inclusive ranges of days. Knows no clock: callers give today's date.

    expression = one | since | before | after | until | range
    since      = one ("以来" | "起" | "开始") | ("自" | "从" | "since" | "from") one      from its first day on
    after      = one ("之后" | "以后" | "后") | "after" one        from the day after its last
    before     = one ("之前" | "以前" | "前") | "before" one       up to the day before its first
    until      = ("截至" | "到" | "until" | "by") one              up to its last day
    range      = [one] (".." | "至" | "到" | "~" | "—" | "-" | "to") [one] | "between" one "and" one
    one        = a form that `searchkit.query.dates.forms` reads

Rules for forms that could mean two things:

- A month, day or holiday without its year, and a day without its month, is the last that has begun. At the end of a
  range it is the first that is not before the range's start. A year at the end of an English range is that of both.
- Weeks begin on Monday.
- 近7天 ends today and has seven days, as have 7天内, 7天 and 7d. 三个月前 is the calendar month three months ago, 3天前
  the day.
- 5月以来 is since May, 五个月以来 the last five months. 20年前 is twenty years ago, 2020年前 before 2020.
- 周五 is the last Friday up to today, 上周五 the Friday of the week before this one; last friday is the last before
  today, next friday the first after it.
- 年底前 ends with the end of the year.
- A two-digit decade is the last that has begun.
"""

from __future__ import annotations

import re
from datetime import date

from searchkit.analysis.normalise import fold_with_map
from searchkit.errors import QueryError
from searchkit.language.messages import Message
from searchkit.language.scripts import DateExample
from searchkit.model.results import Span
from searchkit.query.clock import Clock
from searchkit.query.dates.numbers import Impossible, Interval
from searchkit.query.dates.ranges import Ends, ends

LONGEST = 100
"""The most characters of a date; nobody writes a longer one."""

_DASHES = str.maketrans("—–―", "~~~")
"""Dashes separate the ends of a range; folding would make them hyphens, which stand in the dates themselves."""


def span(text: str, clock: Clock) -> Span:
    """Return the days that a date expression means, with None for an open end.

    Raises:
        QueryError: the date cannot be read. The error gives the reason, valid forms, and the column in `text`.
    """
    mapped = fold_with_map(text.translate(_DASHES))
    folded = mapped.text.replace("○", "〇")
    before = len(folded) - len(folded.lstrip())
    folded = folded.strip()
    found: Ends | None = None
    start, width, hint = 0, len(text), ""
    why: object = ""
    if 0 < len(folded) <= LONGEST:
        try:
            found = ends(folded, clock.today)
        except Impossible as error:
            why = Message(error.args[0])
            hint = error.proposal
            if error.start is not None:
                start, end = mapped.original(before + error.start, before + error.start + error.width)
                width = end - start
        except (OverflowError, ValueError):
            why = Message("it is outside the years 1 to 9999")
    if found:
        return Span(found[0], found[1], text)
    shown = text[start : start + min(width, LONGEST)] + ("…" if width > LONGEST else "")
    raise QueryError(
        Message("cannot read the date {shown!r}: {why}", shown=shown, why=why)
        if why
        else Message("cannot read the date {shown!r}", shown=shown),
        query=text,
        column=start + 1,
        width=width,
        hint=hint or _proposal(folded, clock.today),
    )


def _proposal(folded: str, today: date) -> str:
    """Return a hint: the date in the text, or valid examples, the most similar to the typed text first."""
    if re.search("[0-9]{1,2}[:点时][0-9]{0,2}", folded):
        return Message("a date is a day or more, without the time of day: 2025-03-04, 昨天")
    from difflib import get_close_matches

    from searchkit.query.dates.examples import FORMS
    from searchkit.query.dates.leading import leading

    misprinted = any(
        len(form) == len(folded) and sum(a != b for a, b in zip(form, folded, strict=True)) == 1 for form, _ in FORMS
    )
    if not misprinted and (parts := leading(folded, today)):
        return Message("the date is {period}; put {rest} into the query", period=parts.date, rest=parts.rest)
    close = get_close_matches(folded[:LONGEST], [form for form, _ in FORMS], 2, 0.5)
    usual = ("2025-03-04", "2025-01..2025-03", "上周五", "近7天", "去年国庆")
    examples = tuple(map(DateExample, dict.fromkeys((*close, *usual))))[:5]
    return Message("write it like {examples}", examples=examples)


def interval(text: str, *, today: date) -> Interval:
    """Return the first and last day of an expression that has both.

    Raises:
        QueryError: the expression is no date, or is open at one end.
    """
    found = span(text, Clock(today))
    if found.since is None or found.until is None:
        raise QueryError(
            Message("{text!r} is open at one end", text=text), query=text, width=len(text), hint="give both ends: A..B"
        )
    return found.since, found.until


def since(text: str, clock: Clock) -> date:
    """Return the first day of an expression, for `--since`.

    Raises:
        QueryError: the expression is no date, or has no first day.
    """
    found = span(text, clock)
    if found.since is None:
        raise QueryError(
            Message("{text!r} has no first day", text=text),
            query=text,
            width=len(text),
            hint="use `until`",
            code="no-first-day",
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
            Message("{text!r} has no last day", text=text),
            query=text,
            width=len(text),
            hint="use `since`",
            code="no-last-day",
        )
    return found.until


def on(text: str, clock: Clock) -> tuple[date | None, date | None]:
    """Return the first and last day of an expression, with None for an open end; for `--on`.

    Raises:
        QueryError: the expression is no date.
    """
    found = span(text, clock)
    return found.since, found.until
