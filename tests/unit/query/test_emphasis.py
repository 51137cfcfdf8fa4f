"""Quotes of emphasis: which phrases are read as words, and what stays."""

from __future__ import annotations

import pytest

from searchkit.query.emphasis import has_emphasis, without_emphasis
from searchkit.query.quotes import emphasises
from searchkit.query.tree import And, Field, Not, Or, Phrase, Words

SOFT, HARD = Phrase("出口 管制", emphasis=True), Phrase("芯片")


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (SOFT, Words(("出口 管制",))),
        (And((Words(("a", "b")), SOFT, HARD)), And((Words(("a", "b", "出口 管制")), HARD))),
        (And((SOFT, Words(("a",)))), Words(("出口 管制", "a"))),
        (And((SOFT, Field("source", "a"))), And((Words(("出口 管制",)), Field("source", "a")))),
        (Or((SOFT, HARD)), Or((Words(("出口 管制",)), HARD))),
        (And((HARD, Or((SOFT, HARD)))), And((HARD, Or((Words(("出口 管制",)), HARD))))),
    ],
)
def test_emphasised_phrases_become_typed_words(tree, expected):
    assert has_emphasis(tree)
    assert without_emphasis(tree) == expected


@pytest.mark.parametrize("tree", [HARD, Not(SOFT), And((Words(("a",)), Not(SOFT))), Words(("a",))])
def test_other_queries_stay(tree):
    assert not has_emphasis(tree)
    assert without_emphasis(tree) is tree


def test_only_straight_quotes_are_no_emphasis():
    assert [quote for quote in "\"＂'“„”‘「『«‹" if not emphasises(quote)] == ['"', "＂", "'"]
