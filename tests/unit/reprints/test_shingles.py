"""Sketches: the arrays give what a loop with zlib gives, and copies keep what they share."""

from __future__ import annotations

import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.analysis.normalise import fold
from searchkit.reprints import shingles

TEXTS = st.text(
    st.sampled_from("江水上涨臺台灣湾 \n\u3000，,Ａ1２𠀀é\u0301\u200b㎏\ud800\x00\x01") | st.characters(), max_size=80
)


def slow_squeezed(text: str) -> bytes:
    return "".join(fold(text).split()).encode("utf-16-le")


def slow_sketch(plain: bytes) -> list[int]:
    units = len(plain) // 2
    hashes = {zlib.crc32(plain[2 * at : 2 * at + 16]) for at in range(units - 7)}
    kept = {each for each in hashes if each % 16 == 0}
    if len(kept) >= 3:
        return sorted(kept)
    whole = hashlib.sha256(plain).digest()
    return sorted({int.from_bytes(whole[at : at + 4], "little") for at in (0, 4, 8)}) if units >= 20 else []


@given(st.lists(TEXTS | TEXTS.map(lambda text: text * 6), max_size=6))
def test_arrays_give_what_the_loop_gives(texts):
    plain = shingles.squeezed(texts)
    assert plain == [slow_squeezed(text) for text in texts]
    assert [each.tolist() for each in shingles.sketches(plain)] == [slow_sketch(each) for each in plain]


def test_every_character_of_the_first_plane_is_folded():
    text = "".join(map(chr, range(0xD800))) + "".join(map(chr, range(0xE000, 0x10000)))
    assert shingles.squeezed([text]) == [slow_squeezed(text)]


def sketch(text: str) -> set[int]:
    return {*shingles.sketches(shingles.squeezed([text]))[0].tolist()}


PASSAGE = "".join(f"第{chr(0x4E00 + 37 * n % 9000)}{chr(0x5E00 + 91 * n % 7000)}段记江水{n * n}。" for n in range(60))


def test_script_width_and_line_ends_make_no_difference():
    assert sketch("臺灣的雨下了一整夜，12人被困" * 3) == sketch("台湾的雨下了\n一整夜,１２ 人被困" * 3)


def test_a_copy_inside_other_text_keeps_its_hashes():
    inside = "".join(chr(0x6000 + 53 * n % 5000) for n in range(300)) + PASSAGE
    assert len(sketch(PASSAGE)) > 20
    assert sketch(PASSAGE) <= sketch(inside)


@pytest.mark.parametrize(("length", "hashes"), [(19, 0), (20, 3)])
def test_short_texts_stand_whole_or_not_at_all(length, hashes):
    assert len(sketch("江" * length)) == hashes
