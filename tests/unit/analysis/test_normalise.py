"""Folding: one form of what is read alike, and the way back to the original."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import accumulate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchkit.analysis import normalise
from searchkit.analysis.normalise import (
    fold,
    fold_character,
    fold_query,
    fold_with_map,
    is_ignorable,
    simplified,
    without_ignorable,
)
from tests.conftest import at_most, examples

HOSTILE = (
    "e\u0301\u0323\u0345\u034f\u200b\u200d\u00ad\ufe0f\U000e0100\u1100\u1161\u11a8\uac00\u3131\u314f\uff76\uff9e\u3099か"
    "\u2764\U0001f468\u2126\u212b\u1e9b\u0385\u00b4\u2057\ufdfa㎏ßİ国葛着著 \n\u3000，“”’·•—\ud800\x00\x01\x02\U0002f801"
)
hostile = st.text(st.sampled_from(HOSTILE) | st.characters(exclude_categories=()), max_size=40)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＤｅｅｐＳｅｅｋ", "deepseek"),
        ("臺灣半導體產業", "台湾半导体产业"),
        ("Ｆ－１６", "f-16"),
        ("\u3000\u00a0\t", "   "),
        ("一\n二", "一\n二"),
        ("5㎏ ﬁ ﬀ Straße", "5kg fi ff strasse"),
        ("⼀", "一"),
        ("\ud800", "\ufffd"),
        ("ｶﾞﾝﾀﾞﾑとﾎﾟｹﾓﾝ", "ガンダムとポケモン"),
        ("Cafe\u0301 caf\u00e9", "café café"),
        ("国\u200b务\u00ad院\u2060\ufeff", "国务院"),
        ("\u202a左\u202c\u200e右", "左右"),
        ("葛\U000e0100城❤\ufe0f杞\ufe00人", "葛城❤杞人"),
        ("👨\u200d👩\u200d👧", "👨👩👧"),
        ("O’Brien", "o'brien"),
        ('「“十四五”」『规划』«x» "y"', "''十四五'''规划''x' 'y'"),
        ("列夫•托尔斯泰・马‧可", "列夫·托尔斯泰·马·可"),
        ("2019—2020 F–16 F‑16 −5 ――", "2019-2020 f-16 f-16 -5 --"),
        ("5〜10 3∶1 ½ 等…… ⋯", "5~10 3:1 1/2 等...... ..."),
        ("¨ ´", "¨ '"),
        ("衞生署著名砲手妳牠藉口姪敍痺瞭解", "卫生署着名炮手你它借口侄叙痹了解"),
        ("汚染韮菜隣邦淸靑閙市糓倉攷試鬪爭菓汁櫈", "污染韭菜邻邦清青闹市谷仓考试斗争果汁凳"),
        ("一 名 警 察", "一名警察"),
    ],
)
def test_examples(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@given(text=st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("각삼성전자がパéÅṩự"), max_size=30))
def test_composed_and_decomposed_are_one(form, text):
    assert fold(unicodedata.normalize(form, text)) == fold(text)


def by_definition(text: str) -> str:
    """All of a text at once, by what the standard says of NFKC_Casefold, without pieces or arrays."""
    decomposed = unicodedata.normalize("NFD", "".join(char for char in text if not is_ignorable(char)))
    return unicodedata.normalize("NFC", "".join(normalise._mapped(char) for char in decomposed))


@examples(400)
@given(hostile)
@example("\u0301e\u200b\u0301\u0323")
@example("\u03b1\u0345\u0301")
def test_a_text_is_folded_as_the_definition_says(text):
    once = fold(text)
    assert once.replace(" ", "") == by_definition(text).replace(" ", "")
    assert fold(once) == once
    assert fold_with_map(text).text == once
    once.encode()


def test_every_character_is_folded_once_and_for_all(rounds):
    """Of ideographs and Hangul only those that are variants of others; with --torture all."""
    codes = [
        *range(rounds(0x3400, 0xE0000)),
        *range(0xA000, rounds(0xAC00, 0xA000)),
        *range(0xF900, rounds(0x20000, 0xF900)),
    ]
    codes += [*range(0x2F800, 0x2FA20), *range(0xE0000, rounds(0xE0200, 0x110000))]
    once = fold("\n".join(map(chr, codes)))
    assert fold(once) == once
    assert once.count("\n") == len(codes)  # 10 itself, and one less between than there are


def test_what_composes_with_the_character_before_is_known_for_that():
    """Or it would be folded apart from it."""
    for code in range(0x30000):
        first, *rest = unicodedata.decomposition(chr(code)).split() or [""]
        if rest and first[0] != "<" and unicodedata.normalize("NFC", chr(code)) == chr(code):
            assert fold_character(chr(int(rest[0], 16))) is None, hex(code)
    assert {fold_character(chr(code)) for code in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))} == {None}


@examples(50)
@given(hostile.filter(bool), st.integers(200, 300))
def test_long_texts_are_folded_as_short_ones(text, length):
    text = (text * length)[:length]
    assert fold(f"{text}\n").replace(" ", "") == by_definition(f"{text}\n").replace(" ", "")
    assert fold_with_map(text).text == fold(text)


PIECES = {
    "甲": "甲", "a": "a", "e\u0301": "é", "ｶﾞ": "ガ", "\u1100\u1161\u11a8": "각", "葛\U000e0100": "葛", "㎏": "kg",
    "ß\u200b": "ss", "臺": "台", "“": "'", "…": "...", "\ud800": "\ufffd", "q\u0301\u0323\u034f": "q\u0323\u0301", "\n": "\n",
}  # fmt: skip


@examples(200)
@given(
    st.lists(st.sampled_from(sorted(PIECES)), max_size=12), st.sampled_from(["", "\u200b"]), st.booleans(), st.data()
)
def test_what_is_found_is_marked_in_the_original_from_piece_to_piece(pieces, head, long, data):
    filler = "文" * 300 if long else ""
    text, expected = f"{head}{''.join(pieces)}{filler}", f"{''.join(PIECES[each] for each in pieces)}{filler}"
    folded = fold_with_map(text)
    assert folded.text == fold(text) == expected
    begins = [len(head) + at for at in accumulate(map(len, pieces), initial=0)]
    owner = [number for number, each in enumerate(pieces) for _ in PIECES[each]]
    if not owner:
        return
    start = data.draw(st.integers(0, len(owner) - 1))
    end = data.draw(st.integers(start + 1, len(owner)))
    assert folded.original(start, end) == (begins[owner[start]], begins[owner[end - 1] + 1])


@examples(200)
@given(hostile, st.data())
def test_the_original_of_a_passage_folds_to_it(text, data):
    folded = fold_with_map(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    first, last = folded.original(start, end)
    assert 0 <= first <= last <= len(text)
    # of a passage of letterspaced text too short to be one, the spaces stay
    assert folded.text[start:end].replace(" ", "") in fold(text[first:last]).replace(" ", "")


def test_spaces_that_are_closed_up_belong_to_no_character():
    folded = fold_with_map("文：e\u0301 一 名 警 察，㎏")
    assert folded.text == "文:é 一名警察,kg"
    assert [folded.original(at, at + 1) for at in (2, 4, 5, 8, 9)] == [(2, 4), (5, 6), (7, 8), (12, 13), (13, 14)]
    assert folded.original(4, 7) == (5, 10)


def test_a_searched_string_has_no_newline():
    assert fold_query("a\nb") == "a b"
    assert fold_query("一\n名\n警") == "一名警"


def test_what_is_not_seen_is_dropped_and_nothing_else():
    """Those that the standard calls default-ignorable, which are most of the format characters."""
    signs = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440)}
    codes = [*range(0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0x20000), *range(0xE0000, 0xE1100)]
    formats = {code for code in codes if unicodedata.category(chr(code)) == "Cf"}
    assert {code for code in formats if not is_ignorable(chr(code))} <= signs
    dropped = (code for code in codes if is_ignorable(chr(code)))
    assert {unicodedata.category(chr(code)) for code in dropped} == {"Cf", "Mn", "Lo", "Cn"}
    assert without_ignorable("国\u200b务 院\u00ad") == "国务 院"
    assert without_ignorable("plain") == "plain"


@pytest.mark.parametrize("marks", ["\u0301\u0323", "\uff9e\u0301", "\u0301\u034f\u0323", "\u200b", "\u11a8"])
def test_marks_without_end_take_no_time_without_end(marks):
    with at_most(1):
        fold("a" + marks * 20_000)  # in a time that grows with the square: minutes


def test_the_table_is_opencc():
    opencc = pytest.importorskip("opencc")
    converter = opencc.OpenCC("t2s")
    own = own_variants()
    simple_pairs = {converter.convert(variant): converter.convert(each) for variant, each in variants(opencc).items()}
    pairs = simple_pairs | variants(opencc) | {"幺": "么"}  # else every 什么 were 什幺
    for traditional, simple in simplified().items():
        if traditional in own:
            continue
        # The table is closed under repetition, so that folding twice is folding once; OpenCC stops after one step.
        steps = {traditional}
        for _ in range(3):
            steps |= {converter.convert(each) for each in steps}
            steps |= {table[each] for table in (pairs, own) for each in steps if each in table}
        assert simple in steps, traditional
    for code in range(0x4E00, 0xA000):
        char = chr(code)
        if unicodedata.category(char) == "Lo" and converter.convert(char) != char:
            assert char in simplified(), char


def test_variants_of_hong_kong_and_taiwan_are_one_with_the_standard():
    """Every pair of characters in OpenCC's HKVariants and TWVariants."""
    opencc = pytest.importorskip("opencc")
    for variant, standard in variants(opencc).items():
        assert fold(variant) == fold(standard), variant + standard


def test_no_character_is_folded_to_one_that_is_folded():
    table = simplified()
    assert not [char for char, simple in table.items() if simple != char and table.get(simple, simple) != simple]
    assert set(own_variants().items()) <= set(table.items())


@cache
def variants(opencc) -> dict[str, str]:
    """A variant in one of the regions, and the form that OpenCC takes for the standard."""
    found = {}
    for region in ("hk", "tw"):
        there, back = opencc.OpenCC(f"t2{region}"), opencc.OpenCC(f"{region}2t")
        for code in (*range(0x3400, 0xA000), *range(0x20000, 0x2A6E0)):
            char = chr(code)
            if (variant := there.convert(char)) != char:
                found[variant] = char
            if (standard := back.convert(char)) != char:
                found[char] = standard
    return found


def own_variants() -> dict[str, str]:
    """Those that the table has of its own: the last part of the file."""
    text = (normalise.Path(normalise.__file__).with_name("traditional.txt")).read_text(encoding="utf-8")
    part = text.split("# Variants that OpenCC has no pair of")[1].splitlines()[1:]
    return dict(line.split("\t") for line in part)
