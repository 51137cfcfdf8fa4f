"""What is proposed for queries that find nothing in real articles, or much less than a likelier spelling."""

from __future__ import annotations

import pytest

from tests.realdata.test_exactness import real  # noqa: F401  # a fixture

pytestmark = pytest.mark.realdata

FORTY = {
    "特郎普": "特朗普",
    "人工只能": "人工智能",
    "特郎普关税": "特朗普关税",
    "一代一路": "一带一路",
    "京津翼": "京津冀",
    "泽连斯机": "泽连斯基",
    "习进平": "习近平",
    "高之量发展": "高质量发展",
    "新能原汽车": "新能源汽车",
    "嫦鹅六号": "嫦娥六号",
    "神州十八号": "神舟十八号",
    "半岛体": "半导体",
    "二氧化炭 排放": "二氧化碳 排放",
    "乡村振心": "乡村振兴",
    "亚冬会 哈尔宾": "亚冬会 哈尔滨",
    '"粤港奥大湾区"': '"粤港澳大湾区"',
    "title:长江经济代": "title:长江经济带",
    "量子计祘": "量子计算",
    "海峡两按": "海峡两岸",
    "Deepseak": "DeepSeek",
    "C-919": "C919",
    "Ｃ９１９飞级": "Ｃ９１９飞机",
    "source:央视": "source:央视网",
    "来源：央视台": "source:央视网",
    "来原:央视网": "source:央视网",
    "source:特朗普": "特朗普",
    "author:王毅": "王毅",
    "栏目:新闻联播 王毅": "王毅",
    "title:高粱": "高粱",
    "芯片AND半导体": "芯片 半导体",
    "人工智能 and 芯片": "人工智能 芯片",
    '"芯片出口限制措施"': "出口 限制 措施",
    "芯片 NEAR/1 出口": "芯片 NEAR/5 出口",
    "汽油 PRE/3 特朗普": None,
    "特朗普 芯片 高粱": None,
    "atleast50(芯片)": None,
    "习近平 -习近平": "习近平",
    "特朗普 date:2010": None,
    "王毅 date:2024-01 date:2025-01": None,
    "kind:headline 芯片": "芯片",
}
"""Each query, and what is to be among the first three; None: any query that keeps its words finds something."""


def test_they_lead_to_the_answer(real):  # noqa: F811
    archive, _ = real
    led, missed = 0, []
    for query, expected in FORTY.items():
        found = archive.search(query, near=False).diagnosis
        first = [each for each in found.suggestions if archive.count(each.query) == each.total][:3] if found else []
        if first and (expected is None or expected in [each.query for each in first]):
            led += 1
        else:
            missed.append((query, [each.query for each in first]))
    assert len(FORTY) == 40 and led >= 34, missed
