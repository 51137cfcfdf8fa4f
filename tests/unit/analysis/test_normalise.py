"""Folding: one form, one character to one character."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.analysis.normalise import fold, fold_query, simplified


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＤｅｅｐＳｅｅｋ", "deepseek"),
        ("臺灣半導體產業", "台湾半导体产业"),
        ("Ｆ－１６", "f-16"),
        ("\u3000\u00a0\t", "   "),
        ("一\n二", "一\n二"),
        ("㎏ ﬁ", "㎏ ﬁ"),
        ("⼀", "一"),
        ("\ud800", "\ufffd"),
    ],
)
def test_examples(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_length_is_kept_and_twice_is_once(text):
    once = fold(text)
    assert len(once) == len(text)
    assert fold(once) == once
    once.encode()


@given(st.lists(st.characters(), min_size=1), st.integers(200, 300))
def test_long_texts_are_folded_as_short_ones(characters, length):
    text = ("".join(characters) * length)[:length]
    assert fold(text) == "".join(map(fold, text))


def test_a_searched_string_has_no_newline():
    assert fold_query("a\nb") == "a b"


def test_the_table_is_opencc():
    opencc = pytest.importorskip("opencc")
    converter = opencc.OpenCC("t2s")
    for traditional, simple in simplified().items():
        # The table is closed under repetition, so that folding twice is folding once; OpenCC stops after one step.
        step = converter.convert(traditional)
        assert simple in (step, converter.convert(step)), traditional
    for code in range(0x4E00, 0xA000):
        char = chr(code)
        if unicodedata.category(char) == "Lo" and converter.convert(char) != char:
            assert char in simplified(), char
