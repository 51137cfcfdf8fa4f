"""Searches of a generation: what is sent, and what becomes of answers that are none; the cluster is played."""

from __future__ import annotations

import json

import pytest

from searchkit.deadline import within
from searchkit.engines.opensearch.generations import Asking, Held
from searchkit.errors import ArchiveError, QueryTimeout

GOOD = {"_shards": {"failed": 0}, "hits": {"total": {"value": 2}, "hits": []}}


class Played:
    """A cluster with one answer to everything."""

    name = "played"

    def __init__(self, answer: dict[str, object]) -> None:
        self.answer = answer
        self.sent: list[dict[str, object]] = []

    def request(self, method, path, body=None, params=None, seconds=None):
        assert (method, path) == ("POST", "/_search")
        self.sent.append({**body, "params": params})
        return self.answer

    def lines(self, path, lines, params=None):
        bodies = [json.loads(line) for line in lines][1::2]
        self.sent += bodies
        return {"responses": [self.answer] * len(bodies)}

    def side_by_side(self, requests):
        return [each() for each in requests]


def asking(answer: dict[str, object]) -> tuple[Asking, Played]:
    played = Played(answer)
    return Asking(played, Held(None, "the point", {})), played


def test_one_moment_is_asked_and_nothing_read_that_is_not_wanted():
    asked, played = asking(GOOD)
    asked.search({"query": "a"})
    asked.search({"query": "b", "_source": ["title"]})
    first, second = played.sent
    assert first["pit"]["id"] == second["pit"]["id"] == "the point"
    assert (first["_source"], first["stored_fields"]) == (False, "_none_") and "timeout" not in first
    assert second["_source"] == ["title"] and "stored_fields" not in second


def test_what_was_asked_is_not_sent_again():
    asked, played = asking(GOOD)
    assert asked.count([{"a": 1}, {"b": 1}, {"c": 1}]) == [2, 2, 2]
    assert asked.count([{"b": 1}, {"d": 1}, {"a": 1}]) == [2, 2, 2]
    assert [each["query"] for each in played.sent] == [{"a": 1}, {"b": 1}, {"c": 1}, {"d": 1}]


def test_scores_of_named_queries_are_asked_for_in_the_address():
    asked, played = asking(GOOD)
    asked.searches([{"query": "a", "include_named_queries_score": True}, {"query": "b"}])
    assert [each["params"] for each in played.sent] == [{"include_named_queries_score": "true"}, {}]


def test_the_time_that_is_left_is_told_and_an_answer_in_part_is_none():
    asked, played = asking({**GOOD, "timed_out": True})
    with within(3), pytest.raises(QueryTimeout) as told:
        asked.search({})
    assert told.value.seconds == 3
    assert 50_000 < int(played.sent[0]["timeout"].removesuffix("ms")) <= 60_000


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({**GOOD, "_shards": {"failed": 1, "failures": []}}, "cluster-red"),
        ({**GOOD, "_shards": {"failed": 1, "failures": [{"reason": {"type": "search_context_missing_exception"}}]}}, "snapshot-lost"),
        ({"status": 503, "error": {"type": "x", "reason": "all shards failed", "root_cause": []}}, "cluster-red"),
        ({"status": 400, "error": {"root_cause": [{"type": "t", "reason": "wrong"}], "reason": "bad"}}, "cluster"),
    ],
)  # fmt: skip
def test_failures(answer, code):
    asked, _ = asking(answer)
    with pytest.raises(ArchiveError) as told:
        asked.search({})
    assert told.value.code == code
    assert asked.held.is_lost == (code == "snapshot-lost" or "_shards" in answer)


def test_where_there_is_no_index_nothing_is_asked():
    played = Played(GOOD)
    nothing = Asking(played, Held(None, "", {}))
    assert nothing.count([{"a": 1}, {"b": 1}]) == [0, 0] and played.sent == []
