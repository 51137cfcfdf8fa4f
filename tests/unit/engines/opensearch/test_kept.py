"""Answers that are kept for a generation."""

from __future__ import annotations

from searchkit.engines.opensearch import kept
from searchkit.engines.opensearch.kept import Kept


def answer(hits: int) -> dict[str, object]:
    return {"hits": {"total": {"value": hits}, "hits": [{}] * hits}}


def test_what_was_asked_is_answered_from_what_is_kept():
    answers = Kept()
    answers.put({"size": 1, "query": "a"}, answer(1))
    assert answers.get({"query": "a", "size": 1}) == answer(1)
    assert answers.get({"query": "b", "size": 1}) is None


def test_what_is_large_or_has_texts_is_not_kept():
    answers = Kept()
    answers.put({"size": 1}, answer(10_000))
    answers.put({"size": 2, "_source": ["title"]}, answer(1))
    buckets = [{"key": str(n)} for n in range(10_000)]
    answers.put({"size": 3}, {**answer(0), "aggregations": {"all": {"buckets": buckets}}})
    assert all(answers.get(asked) is None for asked in ({"size": 1}, {"size": 2, "_source": ["title"]}, {"size": 3}))


def test_the_least_recently_used_goes_first(monkeypatch):
    monkeypatch.setattr(kept, "MOST_BYTES", 3 * 420)
    answers = Kept()
    for name in "abc":
        answers.put({"query": name}, answer(1))
    answers.get({"query": "a"})
    answers.put({"query": "d"}, answer(1))
    assert [name for name in "abcd" if answers.get({"query": name})] == ["a", "c", "d"]
