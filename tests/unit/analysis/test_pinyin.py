from __future__ import annotations

import json
import sys
from importlib.machinery import ModuleSpec

import pytest

from searchkit.analysis import pinyin
from searchkit.errors import MissingExtra, QueryError


def test_every_reading_of_a_character_counts_without_its_tone():
    assert pinyin.readings("重") == {"zhong", "chong", "tong"}
    assert "de" in pinyin.readings("的")
    assert pinyin.readings("吕") == {"lv"}
    assert pinyin.readings("略") == {"lve"}
    assert pinyin.readings("㐀") == {"qiu"}
    assert "n" in pinyin.readings("嗯")
    assert (
        pinyin.readings("a") == pinyin.readings("，") == pinyin.readings("") == pinyin.readings("北京") == frozenset()
    )


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("特朗普", "特郎普", True),
        ("人工智能", "人工只能", True),
        ("特朗普", "特朗", False),
        ("音乐", "因乐", True),
        ("快乐", "快勒", True),  # le, one of the readings of 乐
        ("西安", "先", False),
        ("AI芯片", "AI新片", True),
        ("AI芯片", "BI新片", False),
        ("特朗普", "特朗布", False),
        ("", "", True),
        ("，", "。", False),
    ],
)
def test_two_strings_sound_alike(one, other, alike):
    assert pinyin.sounds_alike(one, other) is alike
    assert pinyin.sounds_alike(other, one) is alike


def test_only_the_table_is_read_and_only_when_asked():
    assert pinyin.available()
    pinyin.readings("重")
    assert "pypinyin" not in sys.modules


def test_a_table_elsewhere_in_the_package_is_found(monkeypatch, tmp_path):
    spec = ModuleSpec("pypinyin", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(pinyin, "find_spec", lambda name: spec)
    whole = pinyin._table()
    pinyin._table.cache_clear()
    module = ModuleSpec("pypinyin.pinyin_dict", None)
    module.pinyin_dict = {ord("吕"): "lǚ"}
    monkeypatch.setitem(sys.modules, "pypinyin", spec)
    monkeypatch.setitem(sys.modules, "pypinyin.pinyin_dict", module)
    try:
        assert pinyin._table() == {str(ord("吕")): "lv"}
        (tmp_path / "pinyin_dict.json").write_text(json.dumps({ord("吕"): "lǔ"}, ensure_ascii=False), "utf-8")
        pinyin._table.cache_clear()
        assert pinyin._table() == {str(ord("吕")): "lu"}
    finally:
        pinyin._table.cache_clear()
    assert len(whole) > 20_000


def test_without_the_extra_the_error_names_it(without_pinyin):
    assert not pinyin.available()
    with pytest.raises(MissingExtra) as caught:
        pinyin.sounds_alike("特", "忑")
    assert caught.value.hint == "pip install 'searchkit[pinyin]'"


@pytest.mark.parametrize(
    ("typed", "text", "is_read"),
    [
        ("telangpu", "特朗普", True),
        ("te lang pu", "特朗普", True),
        ("TeLangPu", "特朗普", True),
        ("tèlǎngpǔ", "特朗普", True),
        ("te-lang'pu", "特朗普", True),
        ("telangpu", "特朗", False),
        ("telang", "特朗普", False),
        ("xian", "西安", True),
        ("xian", "先", False),  # one character is never asked for
        ("xianshi", "先是", True),
        ("xianshi", "西安市", True),
        ("xi'anshi", "西安市", True),
        ("xi'anshi", "先是", False),
        ("xian shi", "西安市", True),
        ("lüyou", "旅游", True),
        ("lvyou", "旅游", True),
        ("luyou", "旅游", True),
        ("lyuyou", "旅游", True),
        ("luyou", "路由", True),
        ("lvyou", "路由", False),
        ("zhongqing", "重庆", True),  # 重 is read so elsewhere
        ("chongqing", "重庆", True),
        ("tlp", "特朗普", True),
        ("t l p", "特朗普", True),
        ("xhs", "新华社", True),
        ("xhsh", "新华社", True),
        ("zgzf", "中国政府", True),
        ("zhgzhf", "中国政府", True),
        ("zhgzf", "中国政府", True),
        ("zhs", "中宣", False),
        ("xhs", "新华", False),
        ("tlp", "特朗普们", False),
        ("tlp", "特，普", False),
    ],
)
def test_a_string_is_spelled_by_its_syllables_or_by_its_initials(typed, text, is_read):
    assert pinyin.Spelling(typed).is_read(text) is is_read


def test_strings_are_found_inside_a_text_by_syllables_and_at_its_beginning_by_initials():
    assert list(pinyin.Spelling("xinhuashe").strings_in("据新华社和新华社报")) == ["新华社", "新华社"]
    assert list(pinyin.Spelling("xhs").strings_in("据新华社")) == []
    assert list(pinyin.Spelling("xhs").strings_in("新华社记者")) == ["新华社"]
    assert list(pinyin.Spelling("xianshi").strings_in("西安市先是")) == ["西安市", "先是"]
    assert {"特", "忑"} <= set(pinyin.Spelling("telangpu").first_characters())


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("wang", "one syllable"),
        ("tl", "two initials"),
        ("t", "two initials"),
        ("i", "two initials"),
        ("北京", "latin letters"),
        ("x1", "latin letters"),
        ("café latte!", "latin letters"),
        ("", "latin letters"),
        ("ang" * 22, "at most 64 letters"),
        ("a" * (1 << 16), "at most 64 letters"),
    ],
)
def test_what_is_no_spelling_is_refused(typed, message):
    with pytest.raises(QueryError, match=message):
        pinyin.Spelling(typed)
