"""Query text to tokens: what a sign is, by what stands beside it."""

from __future__ import annotations

import pytest

from searchkit.query.lexer import tokens


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("AT&T", ["word AT&T"]),
        ("AT＆T", ["word AT＆T"]),
        ("C++&D", ["word C++&D"]),
        ("AT&台", ["word AT", "word 台"]),
        ("R& D", ["word R", "word D"]),
        ("电视&B", ["word 电视", "word B"]),
        ("A &B", ["word A", "word B"]),
        ("甲&&乙", ["word 甲", "and &&", "word 乙"]),
        ("甲 ＆＆ 乙", ["word 甲", "and ＆＆", "word 乙"]),
        ("甲&-乙", ["word 甲", "not -", "word 乙"]),
        ("甲 &*", ["word 甲", "everything *"]),
    ],
)
def test_an_ampersand(query, found):
    assert [f"{token.kind} {token.text}" for token in tokens(query)[:-1]] == found
