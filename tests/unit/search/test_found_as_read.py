"""What is read is found by typing it, however it is encoded, and marked in the article as it is printed."""

from __future__ import annotations

import unicodedata

import pytest

from searchkit import Article
from searchkit.analysis.segment import parse_dictionary


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


TEXTS = {
    "hangul": decomposed("三星电子(삼성전자)在서울发布"),
    "variant": "葛\U000e0100城市长点赞❤\ufe0f了",
    "kana": "ｶﾞﾝﾀﾞﾑ展与ﾎﾟｹﾓﾝ展",
    "unseen": "国务\u200b院今\u00ad日发布Deep\u2060Seek白皮书",
    "private": "记者刘\ue863、张\U000f0001、李\U000313a0",
    "quotes": "爱尔兰人O’Brien谈“十四五”规划与列夫·托尔斯泰",
    "variants": "衞生署著名砲手",
    "units": "货物5㎏，限速30㎞",
    "spaced": "河 口 鎮 新 碼 頭 啟 用",
}

CASES = [
    ("삼성전자", "hangul", decomposed("삼성전자")),
    (f'"{decomposed("서울")}发布"', "hangul", decomposed("서울") + "发布"),
    ("葛城", "variant", "葛\U000e0100城"),
    ('"点赞❤了"', "variant", "点赞❤\ufe0f了"),
    ("葛\U000e0101城市长", "variant", "葛\U000e0100城市长"),
    ("ガンダム", "kana", "ｶﾞﾝﾀﾞﾑ"),
    ('"ポケモン展"', "kana", "ﾎﾟｹﾓﾝ展"),
    ("国务院", "unseen", "国务\u200b院"),
    ("国\u200b务院今日", "unseen", "国务\u200b院今\u00ad日"),
    ("\ufeff\u202aDeepSeek\u202c", "unseen", "Deep\u2060Seek"),
    ("title:国\u200b务院", "unseen", "国务\u200b院"),
    ("\ue863", "private", "\ue863"),
    ('"张\U000f0001"', "private", "张\U000f0001"),
    ("\U000313a0", "private", "\U000313a0"),
    ('"O\'Brien"', "quotes", "O’Brien"),
    ("「「十四五」规划」", "quotes", "“十四五”规划"),
    ('"列夫•托尔斯泰"', "quotes", "列夫·托尔斯泰"),
    ("卫生署", "variants", "衞生署"),
    ("着名", "variants", "著名"),
    ("炮手", "variants", "砲手"),
    ('"5kg"', "units", "5㎏"),
    ("新码头", "spaced", "新 碼 頭"),
    ('"河口镇新码头"', "spaced", "河 口 鎮 新 碼 頭"),
]


@pytest.fixture(scope="module")
def held(once):
    import searchkit

    def made(folder):
        with searchkit.open(folder, create=True) as archive:
            archive.upsert_all(
                Article(id=id, title=text if id == "unseen" else "题", body=text, source="滨江\u200b日报")
                for id, text in TEXTS.items()
            )

    with searchkit.open(once("found-as-read", made), timeout=None) as archive:
        yield archive


@pytest.mark.parametrize(("query", "id", "shown"), CASES)
def test_it_is_found_and_marked(held, query, id, shown):
    (hit,) = held.search(query, near=False)
    assert hit.id == id
    marked = {snippet.text[start:end] for snippet in hit.snippets for start, end in snippet.marks}
    assert marked == {shown} or {hit.title[start:end] for start, end in hit.title_marks} == {shown}


def test_conditions_do_not_see_what_is_not_seen(held):
    assert held.search("", source="滨江日报").total == held.search("source:滨\ufeff江日报").total == len(TEXTS)


def test_an_id_is_compared_as_it_is(archive):
    archive.upsert(Article(id="a\u200bb", title="甲", body="乙"))
    assert [hit.id for hit in archive.search("id:a\u200bb")] == ["a\u200bb"]
    assert not archive.search("id:ab")


def test_a_user_word_with_signs_is_a_word_of_the_text(archive):
    archive.upsert(Article(id="st", title="*ST舜航复牌", body="糖类抗原19-9偏高"))
    assert archive.search('word:"*ST舜航"').total == 0
    assert archive.set_dictionary(parse_dictionary("*ST舜航 10 nz\n糖类抗原19-9")) == 1
    assert [hit.id for hit in archive.search('word:"*ST舜航"')] == ["st"]
    assert [hit.id for hit in archive.search('word:"糖类抗原19-9"')] == ["st"]
