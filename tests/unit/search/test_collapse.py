"""Grouped answers: arithmetic and paging, against grouping all hits by hand."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

import searchkit
from searchkit import Article
from tests.conftest import at


def body(seed: int) -> str:
    chance = random.Random(seed)
    return "江水" + "".join(chr(chance.randrange(0x4E00, 0x9F00)) for _ in range(300))


@pytest.fixture(scope="module")
def reprinted(tmp_path_factory):
    """Forty stories of the same words, each in one to five outlets, and one that nearly matches."""
    chance = random.Random(5)
    articles = [
        Article(
            id=f"s{story:02}-{copy}", title=f"江水{'上涨' * chance.randrange(1, 4)}", body=body(story) + "。" * copy,
            source=f"报{copy}", published=at(2025, 3, 1, 8) + timedelta(hours=story + copy),
        )
        for story in range(40) for copy in range(1 + story % 5)
    ]  # fmt: skip
    chance.shuffle(articles)
    with searchkit.open(tmp_path_factory.mktemp("grouping"), create=True) as archive:
        archive.upsert_all(articles)
        yield archive


def by_hand(archive, query, sort):
    """The first of each family among all hits, and how many hits of it there are besides."""
    counted: dict[str, list[str]] = {}
    for hit in archive.search(query, sort=sort, limit=1000, near=False):
        counted.setdefault(hit.family or hit.id, []).append(hit.id)
    return [(ids[0], len(ids) - 1) for ids in counted.values()]


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("query", ["江水", "", "江水 -source:报0", "source:报1"])
@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_pages_are_parts_of_one_list(reprinted, query, sort, limit):
    expected = by_hand(reprinted, query, sort)
    assert len(expected) > 20
    found, after = [], None
    while True:
        page = reprinted.search(query, sort=sort, limit=limit, after=after, group=True)
        assert page.groups == len(expected)
        assert page.total == sum(1 + behind for _, behind in expected)
        found += [(hit.id, hit.reprints) for hit in page]
        after = page.next
        if after is None:
            break
    assert found == expected


def test_without_group_nothing_changes(reprinted):
    page = reprinted.search("江水", limit=5)
    assert page.groups is None and {hit.reprints for hit in page} == {0}
    assert all(hit.family for hit in page if len(reprinted.family(hit.id)) > 1)


def test_near_matches_fill_a_grouped_page_once_a_family_and_count_nowhere(tmp_path):
    full = Article(id="full", title="长江大桥大熊猫", body=body(1), published=at(2025, 3, 1, 8))
    nearly = [replace(full, id=f"near{n}", title="长江大桥", body="大桥" + body(2)) for n in range(3)]
    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert_all([full, replace(full, id="full2"), *nearly])
        page = archive.search("长江 大桥 大熊猫", group=True)
        assert (page.total, page.groups) == (2, 1)
        assert [(hit.id, hit.near, hit.reprints) for hit in page] == [("full", False, 1), ("near0", True, 0)]
        assert page.next is None
        assert len(archive.search("长江 大桥 大熊猫", group=True, near=False)) == 1
        assert archive.search("无此词", group=True).groups == 0


def test_near_matches_come_to_no_page_that_all_families_would_fill(tmp_path):
    full = [Article(id=f"full{n}", title="长江大桥大熊猫", body=body(n), published=at(2025, 3, 1, 8)) for n in range(2)]
    near = Article(id="near", title="长江大桥", body=body(9), published=at(2025, 3, 1, 8))
    query = "长江 大桥 大熊猫"
    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert_all([*full, near])
        first = archive.search(query, group=True, limit=1)
        assert [hit.near for hit in first] == [False]
        assert [hit.near for hit in archive.search(query, group=True, limit=2, after=first.next)] == [False]
        assert [hit.near for hit in archive.search(query, group=True, limit=3, after=first.next)] == [False, True]
