"""What links two articles: titles, numbers, sketches."""

from __future__ import annotations

import re
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.reprints.detection import Union, numbers, numbers_conflict, titles_conflict
from searchkit.reprints.shingles import squeezed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("今日新增病例12例", "今日新增病例15例"),
        ("第三次全体会议举行", "第四次全体会议举行"),
        ("3月4日空气质量通报", "3月5日空气质量通报"),
        ("总统访问法国并发表讲话", "总统访问德国并发表讲话"),
        ("北京市海淀区发布高温预警", "北京市朝阳区发布高温预警"),
        ("F-16训练机迫降", "F-18训练机迫降"),
    ],
)
def test_titles_of_one_shape_with_other_numbers_or_names_conflict(one, other):
    assert titles_conflict(one, other) and titles_conflict(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("今日新增病例12例", "今日新增病例12例"),
        ("上半年增长5.3%", "上半年增长5.3% 总量61万亿"),  # one says more than the other
        ("三名游客被困山中获救", "惊险!5小时紧急搜救"),  # written anew
        ("總統訪問法國並發表講話", "总统访问法国并发表讲话"),
        ("大桥封闭检修", "大桥封闭维修"),
        ("", ""),
    ],
)
def test_headlines_written_anew_do_not(one, other):
    assert not titles_conflict(one, other) and not titles_conflict(other, one)


def counted(text: str) -> np.ndarray:
    return numbers(squeezed([text]))[0]


@given(st.lists(st.text("0123.月日,江 \U00020000", max_size=12), max_size=5))
def test_numbers_are_those_of_each_text(texts):
    plain = squeezed(texts)
    form = re.compile(r"[0-9]{1,2}月[0-9]{1,2}日|[0-9]+(?:\.[0-9]+)?")
    expected = [{zlib.crc32(each.encode()) for each in form.findall(text.decode("utf-16-le"))} for text in plain]
    assert [each.tolist() for each in numbers(plain)] == [sorted(each) for each in expected]


def test_numbers_of_a_text():
    assert len(counted("3月4日，新增12例，其中本地12例，占３.５%")) == 3
    assert counted("没有数字").tolist() == []
    assert not numbers_conflict(counted("3月4日12例"), counted("没有"))
    assert not numbers_conflict(counted("3月4日12例"), counted("12例"))
    assert numbers_conflict(counted("3月4日新增12例重症7例"), counted("3月5日新增15例重症7例"))
    # Half of the fewer numbers is enough.
    assert not numbers_conflict(counted("新增12例重症7例"), counted("新增12例重症9例"))
    # A day is one number: the month alone is no agreement.
    assert numbers_conflict(counted("3月4日"), counted("3月5日"))


def test_disjoint_sets():
    union = Union()
    for one, other in [(1, 2), (3, 4), (9, 9), (2, 4)]:
        union.join(one, other)
    assert union.sets() == [[1, 2, 3, 4], [9]]
    assert union.find(4) == union.find(1) != union.find(7) == 7
