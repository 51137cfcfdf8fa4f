"""Read open ends and ranges (5月以来, between 2020 and 2023, March 3-5), folded: the first and the last day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TypeAlias

from searchkit.language.messages import Message
from searchkit.query.dates.forms import days
from searchkit.query.dates.numbers import NUMBER, Impossible, Interval

Ends: TypeAlias = "tuple[date | None, date | None]"
"""The first and the last day; None for an open end."""

_BETWEEN = re.compile(r"\.{2,6}|起?至|到|~+| - | (?:to|through|thru|until|till) |-")
_TWICE = re.compile(f"(.{{0,30}}?)({NUMBER})(?:-|至|到|~+)({NUMBER}(?:月份?|[日号]|季度?|周))")
"""2025年1-3月: the first number has the unit of the second."""
_AND = re.compile("[和与及]")
_INTERVAL = re.compile("(?:[0-9]{4}-[0-9]{2}-[0-9]{2})(/)(?:[0-9]{4}-[0-9]{2}-[0-9]{2})")
_OPEN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile("(?:自从|自|从)?(.+?)(?:以来|起|开始|开头)"), "since"),
    (re.compile("(?:自从|自|从)(.+)"), "since"),
    (re.compile("(?:ever )?(?:since|from|starting(?: from| in| on)?|on or after|from and after) (.+?)"
                "(?: on| onwards?| and later)?"), "since"),
    (re.compile("(.+?) (?:onwards?|and later|or later)"), "since"),
    (re.compile("(.+?)(?:之后|以后|过后|后)|(?:after|later than) (.+)"), "after"),
    (re.compile("(.+?)(?:之前|以前|前)|(?:before|earlier than|prior to) (.+)"), "before"),
    (re.compile("(?:截[至止]到?|直到)(.+)"), "until"),
    (re.compile("(?:截至|截止|直到|到)?(.+?)为?止"), "until"),
    (re.compile("(?:(?:up )?until|till?|through|thru|up to|by|on or before|(?:no|not) later than) (.+)"), "until"),
)  # fmt: skip
_LAST_PART = re.compile(".*[底末]|(?:the )?end of .*")
"""年底前 is before the year ends, not before its last month."""


class Reversed(Impossible):
    """A range ends before it begins; the proposal has it the other way round."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(
            "the range ends before it begins", Message("did you mean {right}..{left}?", right=right, left=left)
        )


def ends(text: str, today: date) -> Ends | None:
    """Return the first and last day of an expression, with None for an open end; None if it is no date.

    Raises:
        Impossible: it has the form of a date, but a day does not exist or is not certain.
    """
    if found := days(text, today):
        return found
    for pattern, kind in _OPEN:
        if (opened := pattern.fullmatch(text)) and (one := days(given := next(filter(None, opened.groups())), today)):
            if kind == "since":
                return one[0], None
            if kind == "after":
                return one[1] + timedelta(days=1), None
            if kind == "before" and not _LAST_PART.fullmatch(given):
                return None, one[0] - timedelta(days=1)
            return None, one[1]
    if twice := _TWICE.fullmatch(text):
        unit = re.sub("^.*[0-9一二三四五六七八九十廿卅]", "", twice[3])
        first = days(f"{twice[1]}{twice[2]}{unit}", today)
        last = days(f"{'第' if twice[1].endswith('第') else ''}{twice[3]}", today, first[0]) if first else None
        if first and last:
            return _in_order(first, last, twice[2], twice[3], today)
    body = re.sub("(?:之间|期间|间|内)$", "", text)
    signs = [*_BETWEEN.finditer(body)]
    if text.startswith("between "):
        signs = [*re.finditer(" and ", text), *signs]
    elif body != text:
        signs += _AND.finditer(body)
    elif interval := _INTERVAL.fullmatch(text):
        return _range(text, interval.span(1), today)
    refused: Impossible | None = None
    for sign in signs:
        try:
            if (found_range := _range(body, sign.span(), today)) is not None:
                return found_range
        except Impossible as error:  # the sign may belong to one of the dates: 25-12-2024 to 31-12-2024
            refused = refused or error
    if refused:
        raise refused
    return None


def _range(text: str, sign: tuple[int, int], today: date) -> Ends | None:
    """Return the range with the sign at these offsets between its ends; None if an end is no date.

    Raises:
        Impossible: an end does not exist, or the range ends before it begins.
    """
    left = re.sub("^(?:从|自从|自|介于|[在于]|from |between )", "", text[: sign[0]].lstrip()).strip()
    right = text[sign[1] :].strip()
    if not (left or right) or (text[slice(*sign)] == "-" and not (left and right)):
        return None
    if left and right and (completed := _completed(left, right, today)):
        return _in_order(*completed, left, right, today)
    first = _end(left, text.index(left), today) if left else None
    if left and not first:
        return None
    last = _end(right, text.rindex(right), today, first[0] if first else None) if right else None
    if right and not last:
        return None
    return _in_order(first, last, left, right, today)


def _in_order(first: Interval | None, last: Interval | None, left: str, right: str, today: date) -> Ends:
    if first and last and first[0] > last[1]:
        # An end that takes its year or month from the other (2025年3-1月) does not mean the same in its place.
        try:
            same = (days(right, today), days(left, today, last[0])) == (last, first)
        except Impossible:
            same = False
        if not same:
            left, right = first[1].isoformat(), last[0].isoformat()
        raise Reversed(left, right)
    return first[0] if first else None, last[1] if last else None


def _end(text: str, start: int, today: date, after: date | None = None) -> Interval | None:
    try:
        return days(text, today, after)
    except Impossible as error:
        error.start, error.width = start, len(text)
        raise


def _completed(left: str, right: str, today: date) -> tuple[Interval, Interval] | None:
    """Return both ends where one lacks what the other has: 2025.3.1-3.5, March 3-5, Jan-Mar 2025; None elsewhere."""
    if numbers := re.fullmatch(r"([0-9]{4})([-/.])([0-9]{1,2})(?:\2([0-9]{1,2}))?", left):
        year, _sign, month, day = numbers.groups()
        short = re.fullmatch(r"([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?", right)
        if short is None or (short[2] and not day):
            return None
        whole = f"{year}-{right}" if short[2] or not day else f"{year}-{month}-{right}"
        return _both(left, re.sub("[/.]", "-", whole), today)
    if not re.search("[a-z]", left + right):
        return None
    ordinal = "([0-9]{1,2})(?:st|nd|rd|th)?"
    if re.fullmatch(ordinal, left) and (named := re.fullmatch(f"{ordinal} (?:of )?([a-z].*)", right)):
        return _both(f"{left} {named[2]}", right, today)
    month_first = re.fullmatch(f"([a-z]+)\\.? {ordinal}", left)
    if month_first and (numbered := re.fullmatch(f"{ordinal}(,? [0-9]{{4}})?", right)):
        year = numbered[2] or ""
        return _both(left + year, f"{month_first[1]} {numbered[1]}{year}", today)
    year_last = re.fullmatch("[a-z0-9].*[a-z0-9],? ([0-9]{4})", right)
    if year_last and re.search("[a-z]", left) and not re.search("[0-9]{4}|^(?:early|mid|late)$", left):
        year_of_both = int(year_last[1])
        both = _both(f"{left} {year_of_both}", right, today)
        if both and both[0][0] > both[1][1]:  # Nov to Jan 2025
            return _both(f"{left} {year_of_both - 1}", right, today)
        return both
    return None


def _both(left: str, right: str, today: date) -> tuple[Interval, Interval] | None:
    first, last = days(left, today), None
    if first:
        last = days(right, today, first[0])
    return (first, last) if first and last else None
