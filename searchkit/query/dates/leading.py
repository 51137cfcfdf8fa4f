"""Find a date typed together with what is looked for, without a space: 2024年洪水, 去年洪水.

Only what is hardly ever the beginning of a name is found: 十月革命, 五四运动, 今日头条 and 2024年度报告 are words.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from searchkit.analysis.characters import is_ideograph
from searchkit.analysis.normalise import fold
from searchkit.query.dates.forms import days
from searchkit.query.dates.numbers import Impossible

LONGEST_REST = 6
"""The most characters of what is looked for; headlines are longer."""

_OF_MONTH = "(?:[0-9]{1,2}[日号]|份|[上中下]旬)?"
_PERIOD = re.compile(
    "(?:"
    "(?:(?:19|20)[0-9]{2}年|[一二][〇零一二三四五六七八九]{3}年|去年|今年)"
    f"(?:(?:[0-9]{{1,2}}|十[一二]?|[一二三四五六七八九])月{_OF_MONTH}|[上下]半年|第?[一二三四1-4]季度|[春夏秋冬][天季])?"
    f"|[0-9]{{1,2}}月{_OF_MONTH}"
    "|(?:上|上个|本|这|这个)(?:周(?!边)(?:[一二三四五六末]|日(?!本))?|星期[一二三四五六日天]?|季度)"
    "|(?:上|上个|本|这个)月份?"
    "|昨天)的?"
)
_BEGINS_NO_REST = re.compile(
    "[度级届款版号代鉴份期轮次第型里时及和与以之起至到来内间前后底初末多半年月日周刊球亮饼轻龄天党]"
    "|会(?![议谈见晤员])|中[期报旬]|同期|此时|事变|运动|革命|起义|惨案|暴动|政变|宣言|纪念"
)
"""What belongs to the characters before it: 2024年|度报告, 去年|同期, 12月|党人, 5月4日|运动."""


class Leading(NamedTuple):
    """A date at the beginning of a text, and the rest, both as typed."""

    date: str
    rest: str


def leading(text: str, today: date) -> Leading | None:
    """Return the date that a text begins with, and the two or more ideographs that follow; None if it has no such."""
    folded = fold(text)
    if len(folded) != len(text) or not (found := _PERIOD.match(folded)):
        return None
    rest = folded[found.end() :]
    if not 2 <= len(rest) <= LONGEST_REST or not all(map(is_ideograph, rest)) or _BEGINS_NO_REST.match(rest):
        return None
    end = len(found[0].removesuffix("的"))
    try:
        if not days(folded[:end], today) or days(folded, today):  # 2024年春节 is a date as a whole
            return None
    except Impossible:
        return None
    return Leading(text[:end], text[found.end() :])
