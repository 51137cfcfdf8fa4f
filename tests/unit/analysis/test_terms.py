"""The terms of the two fields, and the pieces a string is found by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import segmenter
from searchkit.analysis.terms import grams, occurrences, pieces, query_words, words


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("F-16战机", ["f-16", "f", "16", "战机"]),
        ("占比3.14%", ["占", "比", "3.14%", "3", "14"]),
        ("歼-20", ["歼", "20"]),
        ("GPT-4o和PM2.5", ["gpt-4o", "gpt", "4o", "和", "pm2.5", "pm2", "5"]),
        ("A股上涨", ["a股", "上涨"]),
        ("𠮷野家😀", ["𠮷", "野家", "😀"]),
        ("カード 한국", ["カード", "한국"]),
        ("+++ 。！", []),
    ],
)
def test_words(text, terms):
    assert words(fold(text), segmenter()) == terms


def test_query_words_have_no_parts_and_no_repetitions():
    assert query_words("f-16和f-16", segmenter()) == ["f-16", "和"]
    assert query_words("南京长江大桥", segmenter()) == ["南京长江大桥"]


def test_grams():
    assert list(grams("江大桥5g。", 10)) == [("江大", 10), ("大桥", 11), ("桥", 12), ("5g", 13), ("。", 15)]
    assert list(grams("一\n二")) == [("一", 0), ("二", 2)]


@given(st.text())
def test_grams_cover_every_character_but_the_newline(text):
    folded = fold(text)
    covered = {at + i for term, at in grams(folded) for i in range(len(term))}
    assert covered == {i for i, char in enumerate(folded) if char != "\n"}
    for term, at in grams(folded):
        assert folded[at : at + len(term)] == term


@given(st.text(st.sampled_from("江大桥ai5。 -"), min_size=1), st.booleans(), st.booleans())
def test_pieces_cover_the_string(text, left, right):
    found = pieces(text, open_left=left, open_right=right)
    assert {p.offset + i for p in found for i in range(len(p.term))} == set(range(len(text)))
    assert all(text[p.offset : p.offset + len(p.term)] == p.term for p in found)


def test_whole_or_not():
    assert list(occurrences("aigc与ai，ai", "ai")) == [5, 8]
    assert list(occurrences("aigc与ai", "ai", left=False, right=False)) == [0, 5]
    assert list(occurrences("江江江", "江江")) == [0, 1]
    assert list(occurrences("江", "")) == []
