"""What every backend must do with the other names of a name: how they match, and what they score."""

from __future__ import annotations

import pytest

from searchkit.engines.index import Entry
from searchkit.model.article import Article
from searchkit.query.tree import And, Field, Forms, Phrase, Title, Words

ARTICLES = [
    Article(id="a1", title="特朗普宣布加税", body="特朗普今天宣布。", source="央视"),
    Article(id="a2", title="川普宣布加稅", body="川普今天宣布。", source="中央电视台"),
    Article(id="a3", title="特朗普、川普", body="特朗普今天说：川普。", source="央视网"),
    Article(id="a4", title="四川普通话", body="四川普通话测试今天举行。"),
    Article(id="a5", title="Trumpet 教学", body="今天学习 trumpet。"),
]
CHUANPU = Phrase("川普", stands="word")


@pytest.fixture
def full(index):
    index.apply([Entry(seq, article) for seq, article in enumerate(ARTICLES, 1)], covers=len(ARTICLES))
    return index


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        (Phrase("川普"), ["a2", "a3", "a4"]),
        (CHUANPU, ["a2", "a3"]),
        (Phrase("trump"), ["a5"]),
        (Phrase("trump", stands="whole"), []),
        (Words(("特朗普",), also=(("特朗普", (CHUANPU,)),)), ["a1", "a2", "a3"]),
        (Words(("特朗普", "加税"), also=(("特朗普", (CHUANPU,)),)), ["a1", "a2"]),
        (Words(("特朗普宣布",), also=(("特朗普宣布", (And((CHUANPU, Words(("宣布",)))),)),)), ["a1", "a2"]),
        (Words(("今天",), also=(("特朗普", (CHUANPU,)),)), ["a1", "a2", "a3", "a4", "a5"]),
        (Forms((Phrase("特朗普"), CHUANPU)), ["a1", "a2", "a3"]),
        (Forms((Title("特朗普"), Title("川普"))), ["a1", "a2", "a3", "a4"]),
        (Forms((Field("source", "央视"), Field("source", "中央电视台"))), ["a1", "a2"]),
    ],
    ids=str,
)
def test_what_matches(full, query, ids):
    assert list(full.ids(query)) == ids


@pytest.mark.parametrize(
    "query",
    [
        Words(("特朗普", "今天"), also=(("特朗普", (CHUANPU,)),)),
        And((Forms((Phrase("特朗普"), CHUANPU)), Words(("今天",)))),
    ],
    ids=["words", "forms"],
)
def test_the_best_form_counts_and_an_alias_counts_less(full, query):
    scores = {match.id: match.score for match in full.search(query, near=False).page}
    assert set(scores) == {"a1", "a2", "a3"}
    assert scores["a1"] > scores["a2"] > 0
    parts = {id: full.explain(query, id) for id in scores}
    assert "form:特朗普" in parts["a1"] and "form:川普" in parts["a2"]
    assert [name for name in parts["a3"] if name.startswith("form:")] == ["form:特朗普"]
    for id, score in scores.items():
        assert sum(parts[id].values()) == pytest.approx(score)


def test_terms_that_all_forms_have_count_once(full):
    plain, named = Words(("特朗普宣布",)), Words(("特朗普宣布",), also=(("特朗普宣布", (Phrase("特朗普宣布加税"),)),))
    for query in (plain, named):
        assert full.search(query).page[0].score == pytest.approx(full.search(plain).page[0].score)


def test_an_alias_makes_a_near_match(full):
    query = Words(("特朗普", "火星"), also=(("特朗普", (CHUANPU,)),))
    found = full.search(query, limit=10)
    assert found.total == 0 and all(match.near for match in found.page)
    assert {match.id for match in found.page} == {"a1", "a2", "a3"}
