"""Streams of text in any encoding and with any line ends, as lines."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.sources import Limits, Stream
from searchkit.sources.decoded import NewLines, ends_in_cr, text_rows


@given(st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n", b"\xe4\xb8\xad"])), st.integers(1, 5))
def test_bare_carriage_returns_become_new_lines_however_the_stream_is_cut(parts: list[bytes], size: int) -> None:
    data = b"".join(parts)
    source = NewLines(Stream(io.BytesIO(data), chunk=size))
    got = b"".join(iter(lambda: source.read(size), b""))
    assert got == data.replace(b"\r\n", b"\x00").replace(b"\r", b"\n").replace(b"\x00", b"\r\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_lines_of_every_encoding_and_end(encoding: str, end: str) -> None:
    told = ["江南市政府昨天公布完工日期", "", "市民可以按照平日行程由此出入", "第三行文字也要有人看"]
    rows = list(text_rows(Stream(io.BytesIO((end.join(told) + end).encode(encoding))), Limits()))
    assert [(row.number, row.text) for row in rows] == list(enumerate(told, 1))


def test_a_stray_carriage_return_does_not_end_a_line() -> None:
    assert not ends_in_cr(b"a\rb\nc\nd\n")
    assert not ends_in_cr(b"a\r\nb\rc\r")
    assert not ends_in_cr(b"")
    assert ends_in_cr(b'a\rb\r"c\nd"\r')


def test_a_line_that_is_too_long_is_shown_by_its_start() -> None:
    rows = list(text_rows(Stream(io.BytesIO(b"x" * 5000 + b"\ny")), Limits(record_bytes=2000)))
    assert [(len(row.text), row.cut) for row in rows] == [(1000, True), (1, False)]
