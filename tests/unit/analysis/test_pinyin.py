from __future__ import annotations

import json
import sys
from importlib.machinery import ModuleSpec

import pytest

from searchkit.analysis import pinyin
from searchkit.errors import MissingExtra


@pytest.fixture
def without(monkeypatch):
    """pypinyin is not installed."""
    monkeypatch.setattr(pinyin, "find_spec", lambda name: None)
    caches = (pinyin.available, pinyin._table, pinyin._readings)
    for each in caches:
        each.cache_clear()
    yield
    for each in caches:
        each.cache_clear()


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


def test_without_the_extra_the_error_names_it(without):
    assert not pinyin.available()
    with pytest.raises(MissingExtra) as caught:
        pinyin.sounds_alike("特", "忑")
    assert caught.value.hint == "pip install 'searchkit[pinyin]'"
