"""jieba is the reference; rjieba must cut as it does."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import LOWERED, UserDictionary, UserWord, parse_dictionary, segmenter
from searchkit.analysis.terms import words
from searchkit.errors import UsageError

pytest.importorskip("rjieba")
DATA = Path(__file__).parents[4] / "shared" / "data" / "xwlb.jsonl.xz"
DICTIONARIES = [
    UserDictionary(),
    UserDictionary((UserWord("深度求索", 10, "nz"), UserWord("城中村改造"), UserWord("石墨烯电池", 5))),
]
sentences = st.text(
    st.sampled_from("南京市长江大桥人工智能发展的在和研究生命起源石墨烯电池深度求索城中村改造a股t恤5g2025x"),
    max_size=40,
)


@pytest.mark.parametrize("dictionary", DICTIONARIES, ids=["plain", "with words"])
@given(sentences)
def test_both_engines_cut_alike(dictionary, text):
    fast, reference = segmenter(dictionary, "rjieba"), segmenter(dictionary, "jieba")
    assert list(fast.words(text)) == list(reference.words(text))
    assert list(fast.search(text)) == list(reference.search(text))


@pytest.mark.realdata
@pytest.mark.skipif(not DATA.exists(), reason="no real articles here")
@pytest.mark.parametrize("dictionary", DICTIONARIES, ids=["plain", "with words"])
def test_both_engines_cut_real_articles_alike(dictionary):
    fast, reference = segmenter(dictionary, "rjieba"), segmenter(dictionary, "jieba")
    with lzma.open(DATA, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % 100 == 0:
                text = fold(json.loads(line)["body"])
                assert words(text, fast) == words(text, reference), number


def test_the_words_that_folding_would_break_are_all_there():
    import jieba

    jieba.setLogLevel(60)
    jieba.initialize()
    freq = jieba.dt.FREQ
    lost = {(word.lower(), freq[word]) for word in freq if word != word.lower() and freq[word]}
    assert {pair for pair in lost if not freq.get(pair[0])} == set(LOWERED)


def test_a_user_word_is_taken_as_a_word():
    text = "深度求索发布新模型"
    assert "深度求索" not in segmenter(UserDictionary()).words(text)
    assert "深度求索" in segmenter(DICTIONARIES[1]).words(text)


def test_dictionary_lines():
    read = parse_dictionary("\ufeff深度求索 10 nz\n\n# 注释\n臺積電\nＡＩ芯片 5\n")
    assert read.words == (UserWord("深度求索", 10, "nz"), UserWord("台积电"), UserWord("ai芯片", 5))
    assert UserDictionary().digest == ""
    assert read.digest != parse_dictionary("臺積電").digest
    with pytest.raises(UsageError, match="d.txt:2"):
        parse_dictionary("好\n两个 词 x y", name="d.txt")
