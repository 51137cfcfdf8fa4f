"""The operators of press databases as an archive answers them: what is marked, shown, noted and refused."""

from __future__ import annotations

import pytest

from searchkit import Article
from searchkit.errors import QueryError

BODY = (
    "灯塔今夜熄灯。渡口的灯塔昨天亮过，渡口照常。江水上涨，" + "堤防加固，" * 40 + "渡口停航。\n灯塔在对岸。DeepSeek与deepseak同场，"
    "记者误写特郎普。"
)  # fmt: skip
LIGHT = Article(id="light", title="渡口与灯塔：特朗普来信", body=BODY)


@pytest.fixture
def lit(archive):
    archive.upsert_all([LIGHT, Article(id="other", title="渡口", body="灯塔。渡口。")])
    return archive


def marked(archive, query: str) -> tuple[list[str], list[str]]:
    """What is marked in the title, and in the snippets, of the first hit."""
    hit = next(hit for hit in archive.search(query, snippets=3, snippet_width=60) if hit.id == "light")
    title = [hit.title[start:end] for start, end in hit.title_marks]
    return title, [shown.text[start:end] for shown in hit.snippets for start, end in shown.marks]


@pytest.mark.parametrize(
    ("query", "title", "body"),
    [
        # 灯塔 of the first sentence and 渡口 of the last have no partner in theirs.
        ("渡口 SENT 灯塔", ["渡口", "灯塔"], ["渡口", "灯塔", "渡口"]),
        ("渡口 PARA 停航", [], ["渡口", "渡口", "渡口停航"]),
        ("灯塔 PRE/3 渡口", [], []),
        ("灯塔 PRE/8 渡口", [], ["灯塔", "渡口", "灯塔", "渡口"]),
        ("渡口 NEAR/1 灯塔", ["渡口", "灯塔"], ["渡口", "灯塔"]),
        ("atleast4(渡口)", ["渡口"], ["渡口", "渡口", "渡口"]),
        ("渡口的*亮", [], ["渡口的灯塔昨天亮"]),
        ("误?特*普", [], ["误写特郎普"]),
        ("deepsek~", [], ["DeepSeek", "deepseak"]),
        ("特朗普~", ["特朗普"], ["特郎普"]),
        ('word:"记者 误写"', [], ["记者误写"]),
        # What is too rare is not marked where another part made the article match.
        ("atleast9(灯塔) OR 停航", [], ["停航"]),
        ("灯塔 SENT 对岸 OR 停航", [], ["停航", "灯塔", "对岸"]),
    ],
)
def test_exactly_what_matched_is_marked(lit, query, title, body):
    if query == "灯塔 PRE/3 渡口":
        assert "light" not in [hit.id for hit in lit.search(query)]
        return
    assert marked(lit, query) == (title, body)


def test_a_note_names_the_similar_words(lit):
    assert lit.search("特朗普~").parsed.notes == ("特朗普~ stands for 特朗普, 特郎普",)
    assert lit.search("特朗普~").parsed.canonical == "特朗普~1"
    assert lit.count("特郎普~") == 1


def test_every_question_takes_the_operators(lit):
    query = "(渡口 OR 码头) SENT 灯塔 -特郎普~ OR atleast3(渡口) 渡?的"
    assert lit.count(query) == 1
    assert [hit.id for hit in lit.search(query, sort="newest")] == ["light"]
    assert lit.facets(query, fields=["source"]).total == 1
    assert lit.timeline(query).total == 1
    assert list(lit.ids(query).ids) == ["light"]
    again = lit.search(query).parsed.canonical
    assert lit.search(again).parsed.canonical == again


def test_an_empty_answer_counts_each_part(lit):
    found = lit.search("(渡口 SENT 火星) (特郎普~ OR 木?星)", near=False).diagnosis
    assert dict(found.conditions) == {"渡口 SENT 火星": 0, "特郎普~1 OR 木?星": 1}
    assert lit.search("木?星", near=False).diagnosis.suggestion == ""


def test_what_stands_for_too_many_words_names_the_word(lit, tmp_path):
    letters = "abcdefghijklmnopqrstuvwxyz"
    lit.upsert(Article(id="many", title="many", body=" ".join(f"w{a}rd{b}" for a in letters for b in letters[:5])))
    with pytest.raises(QueryError, match="wardb~2 stands for more than 100 words") as raised:
        lit.search("wardb~2")
    assert raised.value.code == "too-many-variants"
    assert (raised.value.query, raised.value.column, raised.value.width) == ("wardb", 1, 5)


def test_a_snippet_shows_both_sides(archive):
    body = (
        "渡口开放。"
        + "渡口，渡口，渡口，" * 8
        + "\n江水上涨，渡口停航，灯塔照常亮着。"
        + "堤防加固。" * 40
        + "灯塔与渡口。"
    )
    archive.upsert(Article(id="far", title="夜航", body=body))
    hit = archive.search("渡口 SENT 灯塔", snippets=1, snippet_width=40).hits[0]
    assert "渡口" in hit.snippets[0].text and "灯塔" in hit.snippets[0].text
    near = archive.search("渡口 NEAR/40 灯塔", snippets=1, snippet_width=40).hits[0]
    assert "渡口" in near.snippets[0].text and "灯塔" in near.snippets[0].text
