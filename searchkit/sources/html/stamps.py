"""Where in a line a time stands, whatever it means: to tell a dateline, and to part the time from what is beside it.

What the time is, `printed_dates` says.
"""

from __future__ import annotations

import re
from typing import Final

_WEEKDAY = r"[(（]?(?:周|週|星期)[一二三四五六日天][)）]?"
_HALF = "上午|下午|凌晨|清晨|早上|晚上|晚間|晚间|中午|傍晚|早|晚"
_ZONE = "HKT|CST|GMT|UTC|北京时间|北京時間|台北時間|香港時間"
_CLOCK = (
    rf"(?:[\s,，(（|T]{{0,4}}(?:{_WEEKDAY})?[\s(（]{{0,3}}(?:(?:{_ZONE})[)）]?\s{{0,3}})?(?:{_HALF})?\s{{0,3}}(?:[AP]\.?M\.?\s{{0,3}})?"
    r"\d{1,2}(?:[:：]\d\d(?:[:：]\d\d)?(?:\.\d{1,6})?|[时時点點](?:\d{1,2}分?(?:\d{1,2}秒)?|半|[一三]刻)?)"
    rf"(?:\s{{0,3}}[AP]\.?M\b\.?|[+-]\d\d:?\d\d|\s?(?:{_ZONE})\b)?[)）]?)?"
)
_DAY = r"(?:19|20)\d\d\s{0,3}[-/.年]\s{0,3}\d{1,2}\s{0,3}[-/.月]\s{0,3}\d{1,2}\s{0,2}日?"

STAMP: Final = re.compile(
    rf"(?:{_DAY}|(?<![\d./-])\d{{1,2}}([-/.])\d{{1,2}}\1(?:19|20)\d\d(?!\d)|[民][國国]\s?\d{{2,3}}\s?年\s?\d{{1,2}}\s?月\s?\d{{1,2}}\s?日){_CLOCK}"
    r"|\d{1,2}\s{0,2}[-/月]\s{0,2}\d{1,2}日?\s{1,3}\d{1,2}:\d\d(?::\d\d)?",
    re.IGNORECASE,
)
"""A day, or a day without its year and a time of day, with the time of day where one follows."""

SIGN: Final = re.compile(
    r"(?:19|20)\d\d\s{0,3}[-/.年]\s{0,3}\d{1,2}\s{0,3}[-/.月]\s{0,3}\d{1,2}|\d{1,2}[:：]\d\d"
    r"|(?<![\d./-])\d{1,2}([-/.])\d{1,2}\1(?:19|20)\d\d(?!\d)|^(?:19|20)\d\d\s?[-/.年]\s?(?:0?[1-9]|1[0-2])月?$"
)
"""A hint that a line holds a time: a day, a time of day, or a month of a year and nothing else."""
