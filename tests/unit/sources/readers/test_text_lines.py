"""What a line of a text dump is by itself."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from searchkit.sources.readers.text_lines import dateline, is_dated_title, labels

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("opening", "(（[【")
def test_a_bracket_may_open_before_the_time_of_a_dateline(opening):
    closing = {"(": ")", "（": "）", "[": "]", "【": "】"}[opening]
    found = dateline(f"江湾在线{opening}2025-03-04 10:20{closing}", SHANGHAI)
    assert found is not None
    assert (found[0].text, found[1]) == ("2025-03-04 10:20", {"source": "江湾在线"})


def test_a_letter_before_the_time_makes_it_no_dateline():
    assert dateline("江湾在线x2025-03-04 10:20", SHANGHAI) is None


@pytest.mark.parametrize(
    "text",
    [
        "栗园镇要闻汇总（2025年3月4日）",
        "南坡村每周要闻第 42 期（20190201）",
        "2024年12月31日栗园镇大事记 全文",
        "关于春耕的通知 2025-03-04",
    ],
)
def test_a_title_with_a_day_in_it_is_no_dateline(text):
    assert dateline(text, SHANGHAI) is None or is_dated_title(text, SHANGHAI)


@pytest.mark.parametrize(
    "text",
    [
        "栗园日报 2025-03-04",
        "2025年3月4日 栗园日报 记者 张小三",
        "2025-03-04 张小三 李四光",
        "本报记者 萧一山 2025-03-04",
        "2025-03-04 10:20 山里人家的小院",
    ],
)
def test_names_beside_a_day_make_a_dateline(text):
    assert dateline(text, SHANGHAI) is not None
    assert not is_dated_title(text, SHANGHAI)


@pytest.mark.parametrize("text", ["文章编号: 201908010001", "文献编号：20190801", "ID: 20190801", "序号 20250304"])
def test_a_number_of_the_article_is_no_time(text):
    assert dateline(text, SHANGHAI) is None


@pytest.mark.parametrize("text", ["Y1 2025-03-04", "A01 2025-03-04", "%D 2025-03-04", "PubTime-出版时间: 2025-03-04"])
def test_no_tag_or_label_is_an_author(text):
    found = dateline(text, SHANGHAI)
    assert found is None or "author" not in found[1]


def test_labels_with_spaces_inside_their_brackets():
    assert labels("【 作  者 】张小三") == {"author": "张小三"}
    assert labels("【 标  题 】栗园镇图书馆重新开放") == {"title": "栗园镇图书馆重新开放"}
    assert labels("【 正  文 】") == {"body": ""}
    assert labels("【独家】栗园镇图书馆重新开放") is None
