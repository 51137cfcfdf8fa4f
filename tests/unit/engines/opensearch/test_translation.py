"""Nodes of a query as queries of the cluster; what these find is tested where a cluster is."""

from __future__ import annotations

import json
from datetime import date

import pytest

from searchkit.analysis.segment import segmenter
from searchkit.engines import scoring
from searchkit.engines.opensearch import literals
from searchkit.engines.opensearch.generations import Asking, Held
from searchkit.engines.opensearch.mapping import FIRST, HOLE, LAST
from searchkit.engines.opensearch.statistics import Statistics
from searchkit.engines.opensearch.thresholds import at_least
from searchkit.engines.opensearch.translation import Translator
from searchkit.query.tree import (
    And,
    AnyOf,
    AtLeast,
    Everything,
    Field,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Published,
    Title,
    Together,
    Wildcard,
    Word,
    Words,
)  # fmt: skip

CHECKED = {"terms": {"id": ["checked"]}}


@pytest.fixture
def translated():
    """Translates as for an index without documents."""
    statistics = Statistics(Asking(None, Held(None, "", {})))
    translator = Translator(segmenter(), statistics, lambda node, query: CHECKED)
    return translator.query


def both(query: dict[str, object]) -> dict[str, object]:
    """In the title or in the body."""
    told = json.dumps(query, ensure_ascii=False)
    return literals.any_of([json.loads(told.replace('"FIELD', f'"{field}')) for field in ("title", "body")])


def test_a_string_is_found_by_as_few_pairs_as_cover_it(translated):
    assert translated(Phrase("江")) == both({"term": {"FIELD": "江"}})
    assert translated(Phrase("长江")) == both({"term": {"FIELD": "长江"}})
    phrase = {"query": f"长江\n{HOLE}\n大桥", "boost": 0.5}
    assert translated(Phrase("长江大桥")) == both({"match_phrase": {"FIELD": phrase}})
    phrase = {"query": "长江\n江大", "boost": 0.5}
    assert translated(Phrase("长江大")) == both({"match_phrase": {"FIELD": phrase}})


def test_letters_at_an_end_are_whole_or_either_way():
    assert literals.spellings("ai", True, True) == [[f"a{FIRST}", f"i{LAST}"]]
    assert literals.spellings("ai芯", True, True) == [[f"a{FIRST}", f"i{LAST}", "芯"]]
    assert [["".join(units)] for units in literals.spellings("ai", False, True)] == [
        [f"a{FIRST}i{LAST}"],
        [f"ai{LAST}"],
    ]
    assert len(literals.spellings("x", False, False)) == 4
    assert literals.spellings("", True, True) == []


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Everything(), {"match_all": {}}),
        (Word("市长"), {"term": {"words": "市长"}}),
        (Word(""), {"match_none": {}}),
        (Phrase(""), {"match_none": {}}),
        (AnyOf(()), {"match_none": {}}),
        (Or(()), {"match_none": {}}),
        (And(()), {"match_all": {}}),
        (Field("source", "新華社"), {"term": {"source.any": {"value": "新华社"}}}),
        (Field("id", "A", prefix=True), {"prefix": {"id": {"value": "A"}}}),
        (Published(), {"exists": {"field": "day"}}),
        (Published(date(2025, 3, 4)), {"range": {"day": {"gte": date(2025, 3, 4).toordinal()}}}),
        (Not(Word("市长")), {"bool": {"filter": [{"match_all": {}}], "must_not": [{"term": {"words": "市长"}}]}}),
        (Title("桥通", exact=True), {"term": {"title": "桥通"}}),
        (Wildcard("*"), {"match_none": {}}),
        (Near("", "江"), {"match_none": {}}),
        (Together("", "江"), {"match_none": {}}),
    ],
    ids=repr,
)  # fmt: skip
def test_nodes(translated, node, expected):
    assert translated(node) == expected


def test_a_distance_is_of_spans_as_wide_as_the_strings(translated):
    found = translated(Near("江", "大桥", 4, ordered=True))
    side = {
        "span_near": {
            "clauses": [{"span_term": {"FIELD": "大桥"}}, {"span_term": {"FIELD": "桥"}}],
            "slop": 0,
            "in_order": True,
        }
    }
    expected = {"span_near": {"clauses": [{"span_term": {"FIELD": "江"}}, side], "slop": 4, "in_order": True}}
    assert found == both(expected)
    assert len(translated(Near("江", "大桥", 4))["bool"]["should"]) == 4


def test_a_sentence_holds_both_in_the_body(translated):
    told = json.dumps(translated(Together("江", "桥")))
    assert told.count("contained_by") == 2 and told.count('"intervals": {"title"') == 2
    assert '"span_not"' in json.dumps(translated(Together("江", "桥", "paragraph")))


def test_what_the_cluster_cannot_tell_exactly_is_looked_at(translated):
    for node in (AtLeast("哈哈", 2), Together("哈哈", "哈哈"), Wildcard("特*朗*普")):
        assert translated(node) == CHECKED
    for node in (
        AtLeast("哈哈", 1),
        AtLeast("芯片", 2),
        Together("哈哈", "哈"),
        Wildcard("特*普"),
        Wildcard("特?朗?普"),
    ):
        assert translated(node) != CHECKED


def test_wildcards_between_known_distances_are_one_interval(translated):
    (title, _) = translated(Wildcard("特?普"))["bool"]["should"]
    (run,) = title["intervals"]["title"]["all_of"]["intervals"]
    assert run["all_of"]["max_gaps"] == 0 and len(run["all_of"]["intervals"]) == 3
    (title, _) = translated(Wildcard("特?*普"))["bool"]["should"]
    assert title["intervals"]["title"]["all_of"]["max_gaps"] == 10


@pytest.mark.parametrize("enough", [True, False])
def test_weights_that_meet_the_share_exactly_fall_on_the_side_that_every_engine_takes(enough):
    weights = [1.0] * 5  # three of five are exactly the share
    body = at_least([{"match_all": {}}] * 5, weights, lambda has: sum(has) > 3 or (enough and sum(has) == 3), 0.6)
    threshold = body["function_score"]["min_score"]
    assert (threshold <= 3) == enough and 2.9 < threshold < 3.1


def test_of_many_weights_not_all_selections_are_tried():
    body = at_least([{"match_all": {}}] * 60, [1.0] * 60, lambda has: 1 / 0 > 1, scoring.MOST)
    assert body["function_score"]["min_score"] == pytest.approx(36, rel=1e-5)


def test_typed_words_are_words_or_strings(translated):
    told = json.dumps(translated(Words(("教资",))), ensure_ascii=False)
    assert '{"term": {"title": "教资"}}' in told and '{"term": {"words": ' in told
    assert translated(Words(("市长",)), "words") == {"term": {"words": "市长"}}
    assert translated(Words(("市长",)), "near") == {"match_none": {}}, "no article has the word"
    assert "prefix" not in json.dumps(translated(Prefix("半导")))


def test_many_values_of_a_field_are_one_part(translated):
    several = Or(tuple(Field("source", f"报{n}") for n in range(12_000)))
    assert [len(each["terms"]["source.any"]) for each in translated(several)["bool"]["should"]] == [10_000, 2_000]
    mixed = Or((Field("source", "甲"), Or((Word("乙"), Field("source", "丙"), Field("source", "丁")))))
    assert translated(mixed)["bool"]["should"] == [
        {"term": {"words": "乙"}},
        {"terms": {"source.any": ["丙", "丁"]}},
        {"term": {"source.any": {"value": "甲"}}},
    ]


def test_aliases_of_a_long_text_are_asked_for_once_and_not_for_each_of_its_words(monkeypatch):
    statistics = Statistics(Asking(None, Held(None, "", {})))
    monkeypatch.setattr(Statistics, "frequency", lambda self, kind, text: 1)
    query = Translator(segmenter(), statistics, lambda node, query: CHECKED).query
    text = "特朗普宣布对半导体加征关税"
    told = json.dumps(
        query(Words((text,), also=((text, (Phrase("川普", stands="word"),)),)), "near"), ensure_ascii=False
    )
    assert told.count('{"term": {"title": "川普"}}') == 1 and told.count("dis_max") == 1
    assert told.count("constant_score") > 4
