"""Samples for coding by hand: the same again, and each match with the same chance."""

from __future__ import annotations

from collections import Counter

import pytest

from searchkit import Article, UsageError
from searchkit.search.sampling import sampled
from tests.conftest import NEWS

IDS = [f"n{number}" for number in range(40)]


def test_the_same_seed_gives_the_same_sample_whatever_the_order():
    assert sampled(IDS, 5, 7) == sampled(reversed(IDS), 5, 7)
    assert sampled(IDS, 5, 7) != sampled(IDS, 5, 8)
    assert sampled(IDS, 5, 7) == ["n34", "n32", "n9", "n27", "n26"], "it is in studies: it never changes"


def test_a_smaller_sample_begins_a_larger_one():
    whole = sampled(IDS, 100, 7)
    assert sorted(whole) == sorted(IDS) and whole != sorted(whole)
    assert [sampled(IDS, size, 7) for size in range(1, 41)] == [whole[:size] for size in range(1, 41)]


def test_a_further_id_takes_one_place_or_none():
    before = sampled(IDS, 10, 7)
    for number in range(100):
        after = sampled([*IDS, f"later{number}"], 10, 7)
        assert len({*before} - {*after}) <= 1
        assert [id for id in after if id in before] == before[: len({*before} & {*after})]


def test_each_id_has_the_same_chance():
    """A chi-squared test over 2,000 seeds; 39 degrees of freedom have more than 73 once in a thousand."""
    counts = Counter(id for seed in range(2000) for id in sampled(IDS, 4, seed))
    expected = 2000 * 4 / len(IDS)
    assert sum((counts[id] - expected) ** 2 / expected for id in IDS) < 73


@pytest.mark.parametrize(("size", "seed"), [(0, 0), (-1, 0), (True, 0), ("5", 0), (5, 1.5), (5, "x"), (5, None)])
def test_sizes_and_seeds_are_whole_numbers(archive, size, seed):
    for ask in (archive.search, archive.ids, archive.export):
        with pytest.raises(UsageError, match="whole number"):
            ask("", sample=size, seed=seed)


def test_all_ways_to_ask_give_the_same_sample(archive):
    ids = archive.ids(sample=3, seed=7)
    assert ids.total == 4 and ids.next is None and len(ids) == 3
    results = archive.search(sample=3, seed=7)
    assert [each.id for each in results] == list(ids)
    assert (results.total, results.next, results.sample.size, results.sample.seed) == (4, None, 3, 7)
    assert [each.id for each in archive.export(sample=3, seed=7)] == list(ids)
    assert [each.id for each in archive.export("kind:article", sample=3, seed=7)] == list(ids)
    archive.upsert(Article(id="unrelated", title="灯塔"))
    assert list(archive.ids("source:滨江日报", sample=9, seed=7)) == [id for id in sampled([a.id for a in NEWS], 9, 7) if id in ("bridge", "undated")]  # fmt: skip
    assert archive.search("长江", sample=5)[0].snippets, "the hits show their text"


@pytest.mark.parametrize(
    "given",
    [{"sort": "newest"}, {"page": 2}, {"group": True}, {"recent": True}, {"after": "x"}],
)
def test_a_sample_has_no_order_and_no_pages(archive, given):
    with pytest.raises(UsageError, match="sample and"):
        archive.search("长江", sample=2, **given)
