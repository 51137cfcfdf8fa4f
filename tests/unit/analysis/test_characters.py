"""Short texts are cut by hand, long ones by a pattern: both must say the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from searchkit.analysis import characters
from searchkit.analysis.characters import MAX_LETTERS, ideograph_run, is_ideograph, is_letter, letter, tokens

mixed = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from("中文の한𠀀〇々A1é_-%。 \n\u0301\u3004\u3008\u9fff\ua000\U00016fdf\U00016fe0\U0003ffff"),
    max_size=80,
)


@given(mixed)
def test_by_hand_and_by_pattern_alike(text):
    by_pattern = [(found.lastgroup, found.start(), found.group()) for found in characters._token().finditer(text)]
    assert list(characters._tokens_by_hand(text)) == by_pattern


def test_long_runs_of_letters_are_cut_alike():
    text = "甲" + "x" * (2 * MAX_LETTERS + 3) + "乙" * 300
    assert list(characters._tokens_by_hand(text)) == list(tokens(text))


def test_classes_of_every_character_alike():
    run, a_letter = ideograph_run(), letter()
    for char in map(chr, [*range(0xD800), *range(0xE000, 0x110000, 7)]):
        assert is_ideograph(char) == bool(run.fullmatch(char)), hex(ord(char))
        assert is_letter(char) == bool(a_letter.fullmatch(char)), hex(ord(char))


def test_nothing_and_more_than_one():
    assert not is_letter("") and not is_ideograph("") and not is_ideograph("中文")
