"""What holds for every pattern over a page or a text: both scripts, nothing twice, no time over hostile lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module

import pytest

try:
    from re import _constants as constants  # type: ignore[attr-defined]
    from re import _parser as parser
except ImportError:  # Python 3.10
    import sre_constants as constants
    import sre_parse as parser

from tests.conftest import at_most

MODULES = (
    *(f"searchkit.sources.html.{name}" for name in (
        "body", "boilerplate", "bylines", "embedded", "metadata", "page", "people", "related", "sections", "stamps",
        "times", "titles",
    )),
    "searchkit.sources.printed_dates", "searchkit.sources.readers.text_article", "searchkit.sources.readers.text_dump",
    "searchkit.sources.readers.text_lines", "searchkit.sources.readers.feed",
)  # fmt: skip


def compiled(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from compiled(each)


PATTERNS = {
    f"{module.rpartition('.')[2]}.{name}{number or ''}": pattern
    for module in MODULES
    for name, value in vars(import_module(module)).items()
    for number, pattern in enumerate(compiled(value))
}


def test_there_are_patterns() -> None:
    assert len(PATTERNS) > 100


@pytest.mark.parametrize(("simplified", "traditional"), [("记者", "記者"), ("报道", "報導")])
def test_both_scripts(simplified: str, traditional: str) -> None:
    """A pattern that names the one names the other too, or a set of both characters."""
    one = {name for name, each in PATTERNS.items() if simplified in each.pattern}
    assert one == {name for name, each in PATTERNS.items() if traditional in each.pattern}


def test_bounds_are_bounds() -> None:
    """`{0,8}` in an f-string is a tuple."""
    assert [name for name, each in PATTERNS.items() if re.search(r"\(\d+, \d+\)", each.pattern)] == []


def alternatives(tokens: object) -> Iterator[list[str]]:
    """The alternatives of every group of a parsed pattern."""
    if isinstance(tokens, parser.SubPattern):
        for each in tokens.data:
            yield from alternatives(each)
    elif isinstance(tokens, (tuple, list)):
        if len(tokens) == 2 and tokens[0] is constants.BRANCH:
            yield [str(each) for each in tokens[1][1]]
        for each in tokens:
            yield from alternatives(each)


def test_no_alternative_stands_twice() -> None:
    for name, pattern in PATTERNS.items():
        for each in alternatives(parser.parse(pattern.pattern, pattern.flags)):
            assert [one for one in each if each.count(one) > 1] == [], name


UNITS = (
    " ", "\t", "\u3000", "a", "一", "1", "1 ", "a@", "（", "(文/", "记者 ", "記者", "张三 ", "张三、", "张三/", "来源：", "2025-03-04 ", "2025年",
    "报/", "|", "【", "作者：", "供图 ", "责编：", "来 源：", "，", "。", "一 ", "分享 ", "1:1 ", '"a\\', "¥", "a-", "相关新闻",
)  # fmt: skip


@pytest.mark.parametrize("part", range(4))
def test_a_hostile_line_takes_no_time(part: int, rounds: Callable[[int, int], int]) -> None:
    """Lines are bounded before most patterns; here none is, up to 700 signs, under --torture 2,000."""
    for pattern in list(PATTERNS.values())[part::4]:
        takes_no_time(pattern, rounds(700, 2000), rounds(1, 4))


def takes_no_time(pattern: re.Pattern[str], signs: int, seconds: float) -> None:
    with at_most(seconds):
        for unit in UNITS:
            text = unit * (signs // len(unit))
            for whole in (text, f"2025-03-04 {text}", f"记者 {text}!", f"来源：{text}\n"):
                pattern.search(whole)
                pattern.match(whole)
