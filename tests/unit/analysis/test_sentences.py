"""Where sentences and paragraphs begin, and which words are similar."""

from __future__ import annotations

import pytest

from searchkit.analysis.edits import is_slip, is_within, parts, slips
from searchkit.analysis.normalise import fold
from searchkit.analysis.sentences import paragraph_starts, sentence_starts


def cut(text: str, starts: list[int]) -> list[str]:
    return [text[start:end] for start, end in zip([0, *starts], [*starts, None], strict=True)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", [""]),
        ("江水上涨", ["江水上涨"]),
        ("江水上涨。", ["江水上涨。"]),
        ("江水上涨。堤防加固！退了吗？退了", ["江水上涨。", "堤防加固!", "退了吗?", "退了"]),
        ("“退了吗？”他问。「退了。」", ["'退了吗?'", "他问。'", "退了。'"]),
        ("退了吗？！退了！！！好", ["退了吗?!", "退了!!!", "好"]),
        ("一；二：三…四，五", ["一;二:三...四,五"]),
        ("一\n\n二。\n三", ["一\n", "\n", "二。", "\n", "三"]),
        (
            "It rose 3.5 pct. Mr. Wang of the U.S. left. End.",
            ["it rose 3.5 pct.", " mr. wang of the u.s. left.", " end."],
        ),
        ("1. 江水 2. 堤防. 夜", ["1. 江水 2. 堤防.", " 夜"]),
        ("a.b.com …", ["a.b.com ..."]),
    ],
)
def test_sentences(text, sentences):
    folded = fold(text)
    assert cut(folded, sentence_starts(folded)) == sentences


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [("", [""]), ("一。二", ["一。二"]), ("一\n二\n", ["一\n", "二\n"]), ("\n\n一", ["\n", "\n", "一"])],
)
def test_paragraphs(text, paragraphs):
    assert cut(text, paragraph_starts(text)) == paragraphs


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        ("特郎普", "特朗普", 1),
        ("ab", "ba", 1),
        ("abc", "ca", 3),
        ("abcd", "acbd", 1),
        ("", "ab", 2),
        ("长江大桥", "长江桥", 1),
    ],
)
def test_edits(one, other, edits):
    assert is_within(one, other, edits) and is_within(other, one, edits)
    assert not is_within(one, other, edits - 1)


def test_a_word_within_the_edits_has_a_part_unchanged():
    word, chars = "abcde", "xa"
    near = {word[:i] + char + word[j:] for i in range(6) for j in (i, i + 1) for char in ("", *chars)}
    near |= {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(4)}
    for edits, reach in ((1, near), (2, {each[:i] + "x" + each[i + 1 :] for each in near for i in range(6)})):
        assert all(any(part in each for part in parts(word, edits)) for each in reach if is_within(word, each, edits))
    assert parts("ab", 1) == []


def test_slips_are_all_there():
    """Of a word of three and of one of four, over a small alphabet."""
    for word, chars in (("特郎普", "特郎普智"), ("人工只能", "人工只能智")):
        strings = {""}
        for _ in range(len(word) + 1):
            strings |= {each + char for each in strings for char in chars if len(each) < len(word) + 1}
        known, opened = slips(word)
        made = {each for each in known if len(each) >= 3} | {a + char + b for a, b in opened for char in chars}
        assert {each for each in strings if is_slip(word, each)} == made
