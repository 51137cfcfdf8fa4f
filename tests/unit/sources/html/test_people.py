"""What is a name of a person, and what only begins like one."""

from __future__ import annotations

import pytest

from searchkit.sources.html.people import SURNAMES, is_person, stands_alone


@pytest.mark.parametrize("surname", "萧傅阎常赖洪丘强厉賴喬齊紀陽鮑寧王李张蕭閻強")
def test_surnames_of_both_scripts(surname):
    assert surname in SURNAMES
    assert is_person(surname + "望川")


@pytest.mark.parametrize(
    "name", ["李有为", "王向前", "于望川", "欧阳小满", "司徒青", "张陈秀英", "阿依古丽·买买提", "Jane van Doe".title()]
)
def test_names(name):
    assert is_person(name)


@pytest.mark.parametrize(
    "text",
    [
        "关于", "高度", "成都", "安徽", "方案", "方面", "任何", "常常", "强调", "温度", "记者", "中心", "全文", "张三的", "张三为您", "唐方裕说", "包饺子",
        "网友", "公司", "平台", "时间", "编辑部", "向记者", "文章", "新华社", "A1", "Y1", "",
    ],
)  # fmt: skip
def test_words_that_begin_like_a_name(text):
    assert not is_person(text, labelled=True)


def test_a_rare_surname_counts_behind_a_label_only():
    assert is_person("阙小满", labelled=True)
    assert not is_person("阙小满")


@pytest.mark.parametrize(
    ("text", "alone"), [("陳以安", True), ("安徽省", False), ("高新区", False), ("张三", False), ("常远舟说", False)]
)
def test_a_name_alone(text, alone):
    assert stands_alone(text) is alone
