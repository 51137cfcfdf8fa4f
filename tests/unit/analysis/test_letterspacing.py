"""Chinese that is set with a space between any two characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.analysis.letterspacing import closed_up
from searchkit.analysis.normalise import fold


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("河 口 鎮 新 碼 頭", "河口鎮新碼頭"),
        ("渡 輪 啟 用 ， 首 班 “ 滿 座 ” 。", "渡輪啟用，首班“滿座”。"),
        ("一 名 警 察。他 说", "一名警察。他 说"),
        ("河　口　鎮 AI 公 司 好", "河口鎮 AI 公司好"),
        ("一 名 警察", "一 名 警察"),
        ("上 下", "上 下"),
        ("一  名  警  察", "一  名  警  察"),
        ("河 口\n鎮 新", "河 口\n鎮 新"),
        ("か き く け", "か き く け"),
        ("A B C D", "A B C D"),
        ("王 林 abc 李 一", "王 林 abc 李 一"),
        ("", ""),
    ],
)
def test_examples(text, closed):
    assert closed_up(text) == closed


@given(st.text(st.sampled_from("一名警察，。a \n\u3000“"), max_size=40))
def test_twice_is_once_and_only_spaces_go(text):
    closed = closed_up(text)
    assert closed_up(closed) == closed
    assert [char for char in closed if not char.isspace()] == [char for char in text if not char.isspace()]
    assert fold(fold(text)) == fold(text)
