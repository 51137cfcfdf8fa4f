"""The names in a printed field, and how values are compared."""

from __future__ import annotations

import pytest

from searchkit import Article
from searchkit.analysis.fields import compared, facet_values


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("张三、李四", ("张三", "李四")),
        ("㎏社，Jose\u0301 Silva｜葛\U000e0100城", ("㎏社", "Jose\u0301 Silva", "葛\U000e0100城")),
        ("Jose\u0301／ｶﾞﾝ，王五", ("Jose\u0301", "ｶﾞﾝ", "王五")),
    ],
)
def test_names_are_cut_from_what_is_printed(printed, names):
    assert facet_values(Article(title="甲", author=printed), "author") == names


def test_values_that_are_read_alike_are_one():
    assert compared(" 滨江\u200b日报\u00ad ", "source") == compared("濱江日報", "source") == "滨江日报"
    assert compared("a\u200bb", "id") == "a\u200bb"
