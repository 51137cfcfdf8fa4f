"""The encoding ladder: every encoding it knows, long and short, clean and damaged."""

from __future__ import annotations

import io
import json
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.sources import Stream
from searchkit.sources.encodings import Transcoded, binary_reason, decode, decode_line, encoding_of

SIMPLIFIED = (
    "江湾市住建部门昨天宣布，青石桥的加固工程已经完成。工程师在桥面下装了四百个传感器，可以随时看到每根梁的变形。"
    "按计划，公交十二路和二十路将在月底恢复经过此桥。市长表示，今后三年还要检查全市的一百多座老桥，费用由财政负担。"
)
TRADITIONAL = (
    "江灣市政府昨天宣布，青石橋的加固工程已經完成。工程師在橋面下裝了四百個感應器，可以隨時看到每根樑的變形。"
    "按照計畫，公車十二路和二十路將在月底恢復經過這座橋。市長表示，今後三年還要檢查全市的一百多座老橋，費用由財政負擔。"
)
ENCODINGS = [
    (SIMPLIFIED, "utf-8"), (SIMPLIFIED, "utf-8-sig"), (SIMPLIFIED, "gb18030"), (SIMPLIFIED, "gbk"),
    (SIMPLIFIED, "utf-16"), (SIMPLIFIED, "utf-16-le"), (SIMPLIFIED, "utf-16-be"), (SIMPLIFIED, "utf-32"),
    (TRADITIONAL, "utf-8"), (TRADITIONAL, "big5"), (TRADITIONAL, "big5hkscs"), (TRADITIONAL, "gb18030"),
    (TRADITIONAL, "utf-16-le"), (TRADITIONAL, "utf-16-be"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "encoding"), ENCODINGS)
@pytest.mark.parametrize("times", [1, 2000])
def test_long_text_is_read_whatever_it_is_encoded_in(text: str, encoding: str, times: int) -> None:
    assert decode((text * times).encode(encoding)) == text * times


@pytest.mark.parametrize(("text", "encoding"), [each for each in ENCODINGS if not each[1].startswith("utf-16-")])
@pytest.mark.parametrize("length", [6, 9, 15])
def test_every_piece_as_short_as_a_title_is_read(text: str, encoding: str, length: int) -> None:
    for start in range(len(text) - length):
        piece = text[start : start + length]
        assert decode(piece.encode(encoding)) == piece


def test_mostly_ascii_with_a_little_chinese_at_the_far_end() -> None:
    for text, encoding in ((SIMPLIFIED, "gb18030"), (TRADITIONAL, "big5")):
        page = "<p class='x'>" * 20_000 + text
        assert decode(page.encode(encoding)) == page


def test_ascii_and_nothing_are_utf8() -> None:
    assert encoding_of(b"") == encoding_of(b"plain text") == "utf-8"
    assert decode(b"") == ""


def test_half_a_percent_of_bad_bytes_is_replaced_and_a_cut_character_is_no_fault() -> None:
    data = bytearray((SIMPLIFIED * 10).encode())
    data[1500:1500] = b"\xff"
    assert decode(bytes(data)).replace("\ufffd", "") == SIMPLIFIED * 10
    assert decode(SIMPLIFIED.encode()[:-1]).startswith(SIMPLIFIED[:-1])


def test_one_bad_byte_in_a_short_utf8_text_does_not_make_it_gb18030() -> None:
    assert decode("市长表示费用由财政负担".encode() + b"\xff").startswith("市长表示费用由财政负担")


def test_gb18030_that_happens_to_be_wellformed_utf8() -> None:
    data = "学习".encode("gb18030")
    data.decode("utf-8")  # or the test means nothing
    assert decode(data) == "学习"


def test_european_text_in_utf8_stays() -> None:
    for text in ("résumé naïve café", "Größe über Maß", "Привет, мир", "señor ñandú"):
        assert decode(text.encode()) == text


def test_a_line_in_another_encoding_than_its_stream_is_read_by_itself() -> None:
    assert decode_line(SIMPLIFIED.encode("gb18030"), "utf-8") == SIMPLIFIED
    assert decode_line(SIMPLIFIED.encode(), "gb18030") == SIMPLIFIED
    assert decode_line("学习".encode("gb18030"), "gb18030") == "学习"
    assert decode_line(b"\xff\xfe", "utf-8")  # no mark inside a stream: nothing may vanish


@given(st.binary(max_size=300))
def test_any_bytes_decode_and_no_lone_surrogates_come_out(data: bytes) -> None:
    decode(data).encode("utf-8")
    binary_reason(data, complete=True)
    binary_reason(data, complete=False)


@given(st.text(max_size=200).filter(lambda text: not text.startswith("\ufeff")))
def test_whatever_is_utf8_with_a_mark_is_that_text(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    assert decode(text.encode("utf-8-sig")) == text


def test_binary_is_told_from_text() -> None:
    assert binary_reason(bytes(range(256)) * 20, complete=True)
    assert binary_reason(b"\x00" * 1000, complete=True)
    for text, encoding in ENCODINGS:
        assert not binary_reason((text * 300).encode(encoding)[:20_001], complete=False)


def test_utf16_stream_as_utf8() -> None:
    text = SIMPLIFIED * 50 + "😀\n"
    assert io.BufferedReader(Transcoded(Stream(io.BytesIO(text.encode("utf-16"))), "utf-16")).read().decode() == text


@pytest.mark.realdata
def test_real_titles_and_bodies(rounds: Callable[[int, int], int]) -> None:
    path = Path(__file__).parents[4] / "shared/data/xwlb.jsonl.xz"
    if not path.exists():
        pytest.skip("no real articles beside the checkout")
    total = right = 0
    with lzma.open(path) as lines:
        for number, line in zip(range(rounds(1000, 30_000)), lines, strict=False):
            record = json.loads(line)
            text = record["title"] if number % 2 else record["body"][:500]
            for encoding in ("utf-8", "gb18030", "utf-16"):
                total += 1
                right += decode(text.encode(encoding)) == text
    assert right == total


@pytest.mark.parametrize("encoding", ["gb18030", "big5"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_in_another_encoding_is_decoded_by_itself(encoding: str, end: str) -> None:
    told = ["城南方新闻发布会召开", "城北方新闻发布会召开", "城西方新闻发布会召开"]
    odd = "江灣市政府昨天宣布工程已經完成" if encoding == "big5" else "江湾市政府昨天宣布工程已经完成"
    mixed = [line.encode() for line in told] + [odd.encode(encoding)]
    for at in range(4):
        ordered = mixed[4 - at :] + mixed[: 4 - at]
        data = end.encode().join(ordered)
        assert sorted(decode(data).split(end)) == sorted([*told, odd])
        assert not binary_reason(data, complete=True)
    for line in told:  # and one line of UTF-8 among those of the other encoding
        data = "\n".join([odd] * 3).encode(encoding) + b"\n" + line.encode()
        assert decode(data).split("\n") == [odd] * 3 + [line]


def test_gb18030_is_read_as_browsers_read_it() -> None:
    head, tail = "本次维修的费用为".encode("gbk"), "三百万元，由市财政承担".encode("gbk")
    assert decode(head + b"\x80" + tail) == "本次维修的费用为€三百万元，由市财政承担"
    assert (
        decode(head + b"\xfe\x59\xfe\x51\xa6\xd9" + tail)
        == "本次维修的费用为\u9fb4\U00020087\ufe10三百万元，由市财政承担"
    )
    assert decode(head + b"\xff" + tail) == "本次维修的费用为\ufffd三百万元，由市财政承担"
    assert decode(head + b"\xaa\xa1" + tail) == "本次维修的费用为\ue000三百万元，由市财政承担"
