"""Numbers and years as dates spell them, and the error for a date that does not exist."""

from __future__ import annotations

import re
from datetime import date
from typing import TypeAlias

from searchkit.language.messages import Message

Interval: TypeAlias = tuple[date, date]
"""The first and the last day."""


class Impossible(Exception):
    """The form is right but the day does not exist; the argument says why.

    Attributes:
        start: where the fault begins in the expression, in characters from 0; None if it is the whole expression.
        width: of the fault, in characters.
        proposal: a hint; empty for the usual examples.
    """

    start: int | None = None
    width: int = 1

    def __init__(self, message: str, proposal: str = "") -> None:
        super().__init__(message)
        self.proposal = proposal


_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_ONES = "[一二三四五六七八九]"
NUMBER = (
    f"(?:[0-9]{{1,4}}|[廿卅]{_ONES}?|[一二三四五六七八九两]?百(?:零{_ONES}|{_ONES}?十{_ONES}?)?"
    f"|{_ONES}?十{_ONES}?|{_ONES}|两)"
)
"""A count: 12, 十二, 两, 廿三, 一百零五."""

_YEAR_DIGIT = "[〇零一二三四五六七八九]"
YEAR = (
    f"(?:[0-9]{{4}}|[0-9]{{2}}(?=年)|{_YEAR_DIGIT}{{4}}|{_YEAR_DIGIT}{{2}}(?=年)"
    f"|民国(?:元|[0-9]{{1,3}}|{NUMBER}|{_YEAR_DIGIT}{{2,3}})(?=年))"
)


def number(text: str) -> int:
    """Return the value of a text that `NUMBER` matches."""
    if text.isdigit() and text.isascii():
        return int(text)
    total = digit = 0
    for char in text:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        elif char in "廿卅":
            total += 20 if char == "廿" else 30
        else:
            digit = _DIGITS[char]
    return total + digit


def year_of(text: str) -> int:
    """Return the value of a text that `YEAR` matches; two digits mean 1950 to 2049.

    Raises:
        Impossible: the year is before 1000.
    """
    if text.startswith("民国"):
        rest = text[2:].replace("元", "一")
        return 1911 + (number(rest) if re.fullmatch(NUMBER, rest) else _spelled(rest))
    value = _spelled(text)
    if len(text) == 2:
        value += 1900 if value >= 50 else 2000
    if value < 1000:
        raise Impossible(Message("there is no year {value} here, only 1000 to 9999", value=value))
    return value


def _spelled(text: str) -> int:
    return int("".join(str(_DIGITS.get(char, char)) for char in text))
