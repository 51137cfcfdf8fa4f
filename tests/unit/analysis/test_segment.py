"""jieba is the reference; rjieba must cut as it does."""

from __future__ import annotations

import json
import lzma
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.analysis import segment
from searchkit.analysis.characters import is_jieba_run, stands_whole
from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import (
    UserDictionary,
    UserWord,
    folded_words,
    load_dictionary,
    parse_dictionary,
    query_segmenter,
    segmenter,
)
from searchkit.analysis.signed_words import SignedWords
from searchkit.analysis.terms import query_words, words
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
def test_both_engines_cut_real_articles_alike(dictionary, rounds):
    fast, reference = segmenter(dictionary, "rjieba"), segmenter(dictionary, "jieba")
    with lzma.open(DATA, "rt", encoding="utf-8") as lines:
        for number, line in islice(enumerate(lines), 0, rounds(6_000, 20_000), rounds(400, 20)):
            text = fold(json.loads(line)["body"])
            assert words(text, fast) == words(text, reference), number


def test_the_words_that_folding_would_break_are_all_there():
    import jieba

    jieba.setLogLevel(60)
    jieba.initialize()
    freq = jieba.dt.FREQ
    lost: dict[str, int] = {}
    for word, number in freq.items():
        if number > 2 and (folded := fold(word)) != word and len(folded) > 1 and is_jieba_run(folded):
            lost[folded] = max(number, lost.get(folded, 0))
    assert {word: number for word, number in lost.items() if number > freq.get(word, 0)} == dict(folded_words())


def test_a_user_word_is_taken_as_a_word():
    text = "深度求索发布新模型"
    assert "深度求索" not in segmenter(UserDictionary()).words(text)
    assert "深度求索" in segmenter(DICTIONARIES[1]).words(text)


def test_dictionary_lines():
    read = parse_dictionary("\ufeff深度求索 10 nz\n\n# 注释\n臺積電\nＡＩ芯片 5\n")
    assert read.words == (UserWord("深度求索", 10, "nz"), UserWord("台积电"), UserWord("ai芯片", 5))
    assert UserDictionary().digest == ""
    assert read.digest != parse_dictionary("臺積電").digest


def test_a_line_that_is_no_word_is_left_out_and_told(tmp_path):
    file = tmp_path / "d.txt"
    file.write_text(f"好\n两个 词 x y\n\u200b 5\n{'长' * 65}\n*ST舜航 10 nz\n", encoding="utf-8")
    read = load_dictionary(file)
    assert [word.word for word in read.words] == ["好", "*st舜航"]
    assert [each.removeprefix(f"{file}:").split(":")[0] for each in read.refused] == ["2", "3", "4"]
    assert read.digest == parse_dictionary("好\n*ST舜航 10 nz").digest
    with pytest.raises(UsageError, match="d.txt:1: a word has no spaces"):
        parse_dictionary("两个 词 x y", name="d.txt")


SIGNED = parse_dictionary("*ST舜航 10 nz\n糖类抗原19-9 9999\n抗原19-9\nC++\n7·20\n•\nガンダム")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("*ST舜航复牌", ["*st舜航", "st", "舜航", "复牌"]),
        ("他的糖类抗原19-9偏高", ["他", "的", "糖类抗原19-9", "糖类", "抗原", "19-9", "19", "9", "偏高"]),
        ("抗原19-9和抗原19-99", ["抗原19-9", "抗原", "19-9", "19", "9", "和", "抗原", "19-99", "19", "99"]),
        ("郑州7•20暴雨，17·20", ["郑州", "7·20", "7", "20", "暴雨", "17", "·", "20"]),
        ("ガンダム展", ["ガンダム", "ガンダム", "展"]),
    ],
)
def test_words_with_signs_are_words(text, terms):
    assert words(fold(text), segmenter(SIGNED)) == terms
    assert words(fold(text), query_segmenter(SIGNED)) == terms


def test_a_searched_word_with_signs_is_one_word():
    assert query_words(fold("*ST舜航与糖类抗原19-9"), segmenter(SIGNED)) == ["*st舜航", "与", "糖类抗原19-9"]


@given(
    st.text(st.sampled_from("甲乙a1*-·"), max_size=20),
    st.lists(st.text(st.sampled_from("甲a1*-·"), min_size=1, max_size=4)),
)
def test_signed_words_are_found_as_by_looking_everywhere(text, sought):
    expected, at = [], 0
    while at < len(text):
        here = [word for word in sought if text.startswith(word, at) and stands_whole(text, at, at + len(word))]
        if here:
            expected.append((at, at + max(map(len, here))))
        at = expected[-1][1] if here else at + 1
    assert list(SignedWords(sought).find(text)) == expected


def test_a_dictionary_has_an_end(tmp_path, monkeypatch):
    """A stranger's archive holds one, too; and a device given as one never ends."""
    monkeypatch.setattr(segment, "MOST_LINES", 3)
    monkeypatch.setattr(segment, "_MOST_BYTES", 60)
    assert len(parse_dictionary("渡口\n码头\n航班").words) == 3
    with pytest.raises(UsageError, match="more than 3 lines"):
        parse_dictionary("\n" * 4)
    (tmp_path / "words.txt").write_text("渡口\n" * 9, encoding="utf-8")
    for path in (tmp_path / "words.txt", *([Path("/dev/zero")] if Path("/dev/zero").exists() else ())):
        with pytest.raises(UsageError, match="more than"):
            load_dictionary(path)


def test_many_signed_words_that_begin_alike_cost_no_more_than_few():
    looks = 0

    class Watched(str):
        def startswith(self, *given):
            nonlocal looks
            looks += 1
            return str.startswith(self, *given)

        def __getitem__(self, part):
            nonlocal looks
            looks += 1
            return str.__getitem__(self, part)

    words = SignedWords([f"a-{number:05}" for number in range(5000)])
    assert list(words.find(Watched("a-0000x，" * 200 + "a-04999"))) == [(1600, 1607)]
    assert looks < 2000


def test_too_little_memory_is_told_before_rust_ends_the_process(monkeypatch):
    monkeypatch.setattr(segment, "_RJIEBA_MEMORY", 1 << 55)
    with pytest.raises(MemoryError, match="MiB"):
        segment.segmenter.__wrapped__(UserDictionary(), "")
