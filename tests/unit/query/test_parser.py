"""Query text to tree and back."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.errors import QueryError
from searchkit.query.dates import Clock
from searchkit.query.parser import parse
from searchkit.query.tree import (
    And,
    Everything,
    Field,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Published,
    Title,
    Word,
    Words,
)
from searchkit.query.writer import write

CLOCK = Clock(date(2025, 6, 18))


def tree(text: str, mode="auto"):
    return parse(text, clock=CLOCK, mode=mode).tree


def w(*typed: str) -> Words:
    return Words(typed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Everything()),
        ("  ", Everything()),
        ("*", Everything()),
        ("芯片", w("芯片")),
        ("芯片 出口", w("芯片", "出口")),
        ("芯片 AND 出口", w("芯片", "出口")),
        ("芯片 && 出口", w("芯片", "出口")),
        ("芯片 ＡＮＤ 出口", w("芯片", "出口")),
        ("芯片 and 出口", w("芯片", "and", "出口")),
        ("芯片 OR 出口", Or((w("芯片"), w("出口")))),
        ("芯片|出口", Or((w("芯片"), w("出口")))),
        ("a b OR c", Or((w("a", "b"), w("c")))),
        ("a (b OR c)", And((w("a"), Or((w("b"), w("c")))))),
        ("a （b｜c）", And((w("a"), Or((w("b"), w("c")))))),
        ("(a b) c", w("a", "b", "c")),
        ('芯片 "出口管制" 管制 -广告', And((w("芯片", "管制"), Phrase("出口管制"), Not(w("广告"))))),
        ("“出口管制”", Phrase("出口管制")),
        ("「出口」『管制』", And((Phrase("出口"), Phrase("管制")))),
        ("＂出口＂", Phrase("出口")),
        ("‘出口’", Phrase("出口")),
        ("'出口 管制'", Phrase("出口 管制")),
        ("it's", w("it's")),
        ("-广告", Not(w("广告"))),
        ("－广告", Not(w("广告"))),
        ("NOT 广告", Not(w("广告"))),
        ("NOT NOT 广告", w("广告")),
        ("!广告", Not(w("广告"))),
        ("-(a b)", Not(w("a", "b"))),
        ('-"a b"', Not(Phrase("a b"))),
        ("title:芯片", Title("芯片")),
        ("标题：芯片", Title("芯片")),
        ('title:"芯片"', Title("芯片", exact=True)),
        ("title:(芯片 OR 出口)", Or((Title("芯片"), Title("出口")))),
        ("title:(芯片 -出口)", And((Title("芯片"), Not(Title("出口"))))),
        ("source:新华社", Field("source", "新华社")),
        ("SOURCE:新华社", Field("source", "新华社")),
        ("来源:新华*", Field("source", "新华", prefix=True)),
        ('source:"China Daily"', Field("source", "China Daily")),
        ("source:(新华社 OR 央视网)", Or((Field("source", "新华社"), Field("source", "央视网")))),
        ("作者:张三、李四", Field("author", "张三、李四")),
        ("-source:测试", Not(Field("source", "测试"))),
        ("word:市长", Word("市长")),
        ("芯片*", Prefix("芯片")),
        ("芯片＊ 出口", And((Prefix("芯片"), w("出口")))),
        ("出口 NEAR/5 管制", Near("出口", "管制", 5)),
        ('"a b" NEAR c', Near("a b", "c", 10)),
        ("date:2025-02", Published(date(2025, 2, 1), date(2025, 2, 28))),
        ("日期：昨天", Published(date(2025, 6, 17), date(2025, 6, 17))),
        ("date:2025-01..", Published(date(2025, 1, 1), None)),
        ("date:>2025-01", Published(date(2025, 2, 1), None)),
        ("date:>=2025-01", Published(date(2025, 1, 1), None)),
        ("date:<2025-02", Published(None, date(2025, 1, 31))),
        ("date:<=2025-02", Published(None, date(2025, 2, 28))),
        ('date:"last 7 days"', Published(date(2025, 6, 12), date(2025, 6, 18))),
        ("date:*", Published()),
        ("Ｆ－１６", w("Ｆ－１６")),
        ("F-16 PM2.5 3.14% C++ AT&T GPT-4o 24/7 歼-20", w("F-16", "PM2.5", "3.14%", "C++", "AT&T", "GPT-4o", "24/7", "歼-20")),
        ("10:30 开幕", w("10", "30", "开幕")),
        ("专家:乌克兰", w("专家", "乌克兰")),
        ("CNN:大选", w("CNN", "大选")),
        ("https://a.cn/x", w("https", "a.cn/x")),
        ("《流浪地球》", w("流浪地球")),
        ("今天-开幕！", w("今天", "开幕")),
        ("霍华德·卢特尼克", w("霍华德", "卢特尼克")),
        ("称“没说完", w("称", "没说完")),
        ("外媒：地震 6.1 级，已造成", w("外媒", "地震", "6.1", "级", "已造成")),
        ("（两会）今天", w("两会", "今天")),
        ("a\x00b\ud800c", w("a", "b", "c")),
    ],
)  # fmt: skip
def test_trees(text, expected):
    assert tree(text) == expected


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ('芯片 "出口', 4, "not closed", '芯片 "出口"'),
        ("title:(", 7, "not closed", "title:()"),
        ("芯片 )", 4, "closes nothing", ""),
        ("soruce:新华社", 1, "no field", "source:"),
        ("mood:好", 1, "no field", '"mood:'),
        ("title:", 1, "no value", "title:"),
        ("title: 芯片", 1, "no value", "title:"),
        ("*芯片", 1, "only end a word", "芯片*"),
        ("芯*片", 2, "only end a word", "芯*"),
        ("OR 芯片", 1, "OR stands", '"OR"'),
        ("芯片 AND", 4, "AND stands", '"AND"'),
        ("芯片 AND AND 出口", 8, "AND stands", ""),
        ("芯片 NOT", 4, "stands before", '"NOT"'),
        ("NEAR 芯片", 1, "NEAR stands", "NEAR/10"),
        ("a NEAR/5 (b c)", 3, "NEAR stands", ""),
        ("a NEAR/5 b NEAR/5 c", 12, "joins two", ""),
        ("a NEAR/99999 b", 3, "at most", "NEAR/1000"),
        ("date:天气", 6, "cannot read the date", "2025"),
        ("芯片 date:2025-02-30", 9, "28 days", ""),
        ('""', 1, "empty", ""),
        ("！！！", 1, "nothing to search", ""),
        ("title:(source:x)", 8, "cannot stand inside", ""),
        ("(" * 60 + "a" + ")" * 60, 51, "deep", ""),
    ],
)
def test_errors_point_at_a_column_and_propose_a_fix(text, column, message, hint):
    with pytest.raises(QueryError, match=message) as raised:
        tree(text)
    assert raised.value.column == column
    assert hint in raised.value.hint
    assert raised.value.query == text or len(text) > 100


def test_the_mode_is_in_the_tree():
    assert tree("a b", "any") == Words(("a", "b"), "any")


def test_dates_are_explained():
    assert parse("date:去年国庆", clock=CLOCK).notes == ("去年国庆 is 2024-10-01..2024-10-07",)
    assert parse("date:2025-02-03", clock=CLOCK).notes == ()


SIGNS = ["芯片", "出口", "AI", "F-16", '"', "“", "”", "「", "」", "'", "(", ")", "（", "）", " ", "　", "-", "!", "AND", "OR",
         "NOT", "NEAR/3", "NEAR", "*", ":", "：", "title:", "来源:", "date:", "2025", "昨天", "word:", "|", "&&", "，", "。", ".", "%",
         "foo:", "\n", "😀", "‘", "’", ">", "/"]  # fmt: skip
mixed = st.lists(st.sampled_from(SIGNS), max_size=14).map("".join)


@given(st.one_of(mixed, st.text(max_size=40)))
def test_any_text_is_a_tree_or_a_query_error_and_the_tree_survives_writing(text):
    try:
        found = tree(text)
    except QueryError as error:
        assert 1 <= error.column <= len(text) + 1
        assert error.width >= 1
        return
    again = write(found)
    assert tree(again) == found, again


@pytest.mark.parametrize(
    "unit", ["(", "-", "“", "「", "‘", "a ", "* ", "a NEAR b ", '"a" ', "a OR ", "title:a ", "！", "a:", "x-"]
)
def test_long_queries_are_answered_or_refused_at_once(unit):
    started = time.perf_counter()
    try:
        tree(unit * (99_000 // len(unit)))
    except QueryError:
        pass
    # Not a benchmark: quadratic behaviour takes minutes here, linear a fraction of a second.
    assert time.perf_counter() - started < 20
