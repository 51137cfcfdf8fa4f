"""What is proposed for queries that find nothing, or much less than a likelier spelling: over an invented archive."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

import searchkit
from searchkit import Article, QueryError
from searchkit.deadline import within
from searchkit.model.results import SUGGESTION_KINDS
from searchkit.search import spelling
from searchkit.search import suggestions as suggestions_module
from searchkit.search.advice import Advice
from tests.conftest import TODAY, at

FIRST = at(2025, 1, 6, 9, 0)


def news(count: int, title: str, body: str, **fields: str) -> list[Article]:
    """Articles of one kind, a day apart."""
    day: datetime = FIRST
    return [
        Article(
            title=f"{title}（{number}）", body=f"{body}\n第{number}条。", published=day + timedelta(days=number),
            **{"source": "滨江日报", **fields},
        )
        for number in range(count)
    ]  # fmt: skip


ARTICLES = [
    *news(30, "特朗普谈关税", "特朗普说，关税将要提高，出口商担忧订单。", source="新华社", author="王小明"),
    *news(30, "人工智能大会开幕", "人工智能与机器人同台，DeepSeek和ChatGPT被反复提到。", source="央视网", section="科技"),
    *news(20, "芯片出口管制升级", "芯片设备清单扩容，半导体厂商回应，出口许可从严。", author="陈立、许静"),
    *news(20, "华为发布新手机", "华为（Huawei）发布新机，供应商名单同时公布。", source="北京青年报", section="财经"),
    *news(12, "泽连斯基访问", "泽连斯基抵达，双方会谈。", source="新华网"),
    *news(12, "大飞机首航", "C919执飞新航线，F-16机队退役。机场扩建。", author="周岸"),
    *news(3, "江边晨跑", "晨跑的人多了，花粉也多。江堤修好以后，住在对岸的人每天过桥来跑步，一圈又一圈，汗水湿透。", section="社会"),
    Article(title="老站台", body="站台拆了。", source="滨江日报", published=at(2024, 12, 1, 8, 0)),
]  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("why") / "index"
    with searchkit.open(folder, create=True, today=lambda: TODAY, timeout=None) as made:
        made.upsert_all(ARTICLES)
        yield made


def proposed(archive, query: str, **conditions) -> list[str]:
    found = archive.search(query, near=False, **conditions)
    return [each.query for each in found.diagnosis.suggestions] if found.diagnosis else []


FORTY = [
    # words misspelled: a character replaced, exchanged, left out, put in; at either end; in a run without spaces
    ("特郎普", "特朗普"),
    ("待朗普", "特朗普"),
    ("特普朗", "特朗普"),
    ("特朗朗普", "特朗普"),
    ("人工只能", "人工智能"),
    ("特郎普关税", "特朗普关税"),
    ("人工只能大会", "人工智能大会"),
    ("特郎普 关睡", "特朗普 关税"),
    ("泽连斯机", "泽连斯基"),
    ("半导提 芯片", "半导体 芯片"),
    ('"出口官制"', '"出口管制"'),
    # latin words
    ("chatgtp", "ChatGPT"),
    ("Deepseak", "DeepSeek"),
    ("Hauwei", "Huawei"),
    ("deep seek", "DeepSeek"),
    ("ＤＥＥＰＳＥＡＫ", "DeepSeek"),
    ("F16", "F-16"),
    ("C-919", "C919"),
    ("华为Hauwei", "华为Huawei"),
    # values of fields, and wrong fields
    ("source:央视", "source:央视网"),
    ("来源：央视台", "source:央视网"),
    ("source:北青报", "source:北京青年报"),
    ("source:新华", "source:新华*"),
    ("author:王小名", "author:王小明"),
    ("source:王小明", "author:王小明"),
    ("周岸", "author:周岸"),
    ("author:特朗普", "特朗普"),
    ("section:科枝", "section:科技"),
    ("title:许可", "许可"),
    ("来原:新华社", "source:新华社"),
    # too strict
    ('"芯片出口升级"', "芯片出口升级"),
    ("芯片 NEAR/1 厂商", "芯片 NEAR/10 厂商"),
    ("厂商 PRE/20 芯片", "厂商 NEAR/20 芯片"),
    ("特朗普 SENT 条", "特朗普 条"),
    ("atleast9(芯片)", "atleast2(芯片)"),
    ("atleast3(芯片)", "atleast2(芯片)"),
    ("特朗普 关税 火星", "特朗普 关税"),
    ("特朗普 -关税", "特朗普"),
    ("芯片AND半导体", "芯片 半导体"),
    ("芯片 or 半导体 or 火星", "芯片 OR 半导体 OR 火星"),
    ("2024年站台", "站台 date:2024-01-01..2024-12-31"),
    ("2024年站台 OR 火星", "(站台 date:2024-01-01..2024-12-31) OR 火星"),
    ("芯片 或 半导体 或 火星", "芯片 OR 半导体 OR 火星"),
    # days
    ("站台 date:2025-01", "站台 date:2024-12-01"),
    ("特朗普 date:2030", "特朗普 date:2025-02-04"),
    ("特朗普 date:2025-01 date:2025-02", "特朗普 date:2025-01-01..2025-01-31"),
]


@pytest.mark.parametrize(("query", "expected"), FORTY, ids=[query for query, _ in FORTY])
def test_a_failing_query_leads_to_the_answer(archive, query, expected):
    assert archive.count(query) == 0
    assert expected in proposed(archive, query)[:3]


@pytest.mark.parametrize("query", [query for query, _ in FORTY])
def test_each_finds_what_it_says(archive, query):
    for each in archive.search(query, near=False).diagnosis.suggestions:
        assert archive.count(each.query) == archive.count(each.typed, **each.conditions) == each.total > 0
        assert each.kind in SUGGESTION_KINDS and each.why


def test_the_first_is_the_suggestion(archive):
    found = archive.search("特郎普").diagnosis
    assert found.suggestion == found.suggestions[0].query == "特朗普"
    assert found.suggestions[0] == searchkit.Suggestion("特朗普", 30, "spelling", "特朗普 for 特郎普", "特朗普")
    assert archive.search("王维 孟浩然").diagnosis.suggestions == ()


def test_conditions_beside_the_query_stay_there(archive):
    first = archive.search("人工智能", source="央视").diagnosis.suggestions[0]
    assert (first.query, first.typed, first.conditions) == (
        "人工智能 source:央视网", "人工智能", {"source": ("央视网",)},
    )  # fmt: skip
    first = archive.search("特郎普", source=["新华社", "央视网"], since="2025-01-10", until="2025-01-12").diagnosis
    assert first.suggestions[0].typed == "特朗普" and first.suggestions[0].total == 3
    assert first.suggestions[0].conditions == {
        "source": ("新华社", "央视网"), "since": ("2025-01-10",), "until": ("2025-01-12",),
    }  # fmt: skip
    first = archive.search("站台", on="2024-12-07").diagnosis.suggestions[0]
    assert (first.kind, first.typed, first.conditions) == ("days", "站台", {"on": ("2024-12-01",)})


def test_the_nearest_day_comes_first(archive, tmp_path):
    near = [Article(title="渡口", body="停航。", published=at(2025, 3, day, 8, 0)) for day in (1, 1, 20)]
    with searchkit.open(tmp_path / "index", create=True, timeout=None) as made:
        made.upsert_all([replace(each, id=str(number)) for number, each in enumerate(near)])
        assert proposed(made, "渡口 date:2025-03-03..2025-03-04")[:2] == [
            "渡口 date:2025-03-01",
            "渡口 date:2025-03-20",
        ]
        assert proposed(made, "渡口 date:2025-03-16")[:2] == ["渡口 date:2025-03-20", "渡口 date:2025-03-01"]


def test_a_word_of_the_dictionary_is_not_misspelled(archive):
    assert proposed(archive, "花园") == []  # 花粉 is in the archive


def test_what_is_nearly_a_field_is_read_as_one(archive):
    first = archive.search("来原:新华社").diagnosis.suggestions[0]
    assert (first.query, first.kind, first.why) == ("source:新华社", "field", "来源: for 来原:")


def test_the_mode_is_kept(archive):
    found = archive.search("特朗普 关税 出口商 担忧 火星", mode="all").diagnosis
    assert found.suggestions[0].query == "特朗普 关税 出口商 担忧"
    assert archive.count(found.suggestions[0].query, mode="all") == found.suggestions[0].total == 30
    assert "特朗普" in proposed(archive, "特郎普 火星", mode="any")[0]


def test_a_query_that_finds_little_is_told_of_a_likelier_spelling(archive, tmp_path):
    with searchkit.open(tmp_path / "index", create=True, timeout=None) as made:
        made.upsert_all([*news(40, "人工智能", "大会。"), *news(2, "报道误作人工只能", "又误。"), *news(3, "商飞", "试飞。"),
                         *news(40, "商务", "会谈。"), *news(4, "特郎普", "误。"), *news(39, "特朗普", "发言。")])  # fmt: skip
        found = made.search("人工只能")
        assert found.total == 2 and found.diagnosis.conditions == found.diagnosis.without == ()
        assert [each.query for each in found.diagnosis.suggestions] == ["人工智能"]
        # Nine times as much is not ten times; 商飞 is a name as good as 商务; a word of the dictionary is none.
        for right in ("特郎普", "商飞", "人工智能", '"人工智能"', "大会 试飞", "试飞 -人工智能", "*", ""):
            assert made.search(right).diagnosis is None or made.count(right) == 0, right


def test_a_headline_that_a_hit_prints_has_no_other_spelling(tmp_path, monkeypatch):
    looked_at = []
    monkeypatch.setattr(Advice, "of_few", lambda self, question, *_: looked_at.append(question.parsed.text))
    with searchkit.open(tmp_path / "index", create=True, timeout=None) as made:
        made.upsert_all([*news(1, "赴澳通关提速 往来更便捷", "口岸延长开放。"), *news(40, "会议", "在展台。")])
        for query in ("赴澳通关提速 往来更便捷", "往来更便捷 赴澳通关提速"):
            assert made.search(query).total == 1
    assert looked_at == ["往来更便捷 赴澳通关提速"]


def test_a_word_found_only_apart_is_told_of_the_one_that_stands_together(tmp_path):
    apart = news(30, "会议", "新一代的产品在展台，一路看来不少。")
    with searchkit.open(tmp_path / "index", create=True, timeout=None) as made:
        made.upsert_all([*apart, *news(330, "论坛", "一带一路论坛。")])
        found = made.search("一代一路")
        assert found.total == 30
        assert [each.query for each in found.diagnosis.suggestions] == ["一带一路"]


def test_what_sounds_alike_comes_first(archive, monkeypatch):
    def alike(one: str, other: str) -> bool:
        return {one, other} <= {"华巍", "华为"} or one == other

    monkeypatch.setattr(spelling, "pinyin", SimpleNamespace(available=lambda: True, sounds_alike=alike))
    assert proposed(archive, "华巍")[0] == "华为"
    monkeypatch.setattr(spelling, "pinyin", SimpleNamespace(available=lambda: False))
    assert proposed(archive, "特郎普") == ["特朗普"]


def test_no_time_is_no_suggestion_and_no_error(archive, monkeypatch):
    monkeypatch.setattr(suggestions_module, "SECONDS", 1e-9)
    found = archive.search("特郎普 关税")
    assert found.total == 0 and dict(found.diagnosis.conditions) == {"特郎普": 0, "关税": 30}
    assert found.diagnosis.suggestions == () and found.diagnosis.suggestion == ""


def test_the_answer_is_not_charged_for_its_suggestions(archive, monkeypatch):
    def busy(self):
        ends = time.thread_time() + 0.3
        while time.thread_time() < ends:
            pass
        yield from ()

    monkeypatch.setattr(suggestions_module.Suggestions, "_of_nothing", busy)
    with within(0.25):
        assert archive.search("特郎普 关税", near=False).diagnosis.suggestions == ()


def test_a_long_text_is_not_taken_apart(archive):
    archive.search("火" * 5000)
    archive.search(" ".join(f"火星{number}" for number in range(40)))
    assert archive.search('"' + "特郎普" * 100 + '"').diagnosis.conditions


def test_a_field_that_does_not_exist_names_the_nearest(archive):
    with pytest.raises(QueryError) as caught:
        archive.search("autor:王小明")
    assert "author:" in caught.value.hint


def test_a_headline_with_a_colon_is_no_field(archive):
    assert all("keyword" not in each for each in proposed(archive, "日本：火星探测"))


def test_of_a_text_that_several_articles_print_no_other_spelling_is_looked_for(archive, monkeypatch):
    """It would not be proposed, and to look for one takes longer than the answer."""
    looked_at = []
    monkeypatch.setattr(spelling.Speller, "spellings", lambda self, text, **_: looked_at.append(text) or [])
    assert archive.search("晨跑的人多了").total == 3
    assert looked_at == []
    assert archive.search("站台拆了").total == 1
    assert looked_at == ["站台拆了"]
