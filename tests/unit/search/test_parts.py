"""The parts of a query that are counted, changed and left out by themselves."""

from __future__ import annotations

from datetime import date

from searchkit.query.tree import And, Everything, Field, Not, Or, Phrase, Published, Words
from searchkit.search.parts import MOST_PARTS, Part, joined, parts_of, suggestion


def test_words_are_parts_of_their_own_and_stay_side_by_side():
    tree = And((Words(("a", "b", "a")), Phrase("c"), Field("source", "d")))
    parts = parts_of(tree, ["source"])
    assert parts == [Part(Words(("a",))), Part(Words(("b",))), Part(Phrase("c")), Part(Field("source", "d"), "source")]
    assert joined(parts) == And((Words(("a", "b")), Phrase("c"), Field("source", "d")))
    assert parts_of(Words(("a", "b"), "any")) == [Part(Words(("a", "b"), "any"))]
    assert parts_of(Everything()) == [] and joined([]) == Everything()


def test_no_part_of_a_long_query_is_lost():
    many = tuple(f"w{number}" for number in range(40))
    parts = parts_of(And((Words(many), Not(Phrase("c")))))
    assert len(parts) <= MOST_PARTS and joined(parts) == And((Words(many), Not(Phrase("c"))))
    phrases = And(tuple(map(Phrase, many)))
    parts = parts_of(And((*phrases.children, Published(date(2025, 1, 1)))), ["days"])
    assert len(parts) == MOST_PARTS and joined(parts) == And((*phrases.children, Published(date(2025, 1, 1))))


def test_a_suggestion_has_the_options_apart():
    names = Or((Field("author", "a"), Field("author", "b", prefix=True)))
    days = Published(date(2025, 1, 1), date(2025, 1, 3))
    found = suggestion([Part(Words(("x",))), Part(names, "author"), Part(days, "days")], 3, "without", "why")
    assert found.query == "x (author:a OR author:b*) date:2025-01-01..2025-01-03"
    assert found.typed == "x"
    assert found.conditions == {"author": ("a", "b*"), "since": ("2025-01-01",), "until": ("2025-01-03",)}
    moved = suggestion([Part(Field("author", "a"), "source"), Part(days)], 1, "field", "why")
    assert moved.typed == "author:a date:2025-01-01..2025-01-03" and moved.conditions == {}
