"""Pages by number: the hits that following the cursors leads to, in every order, with ties, in families and without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchkit
from searchkit import Article, UsageError
from tests.conftest import at

TEXTS = ("渡口的灯还亮着。", "渡口停航，堤防加固。", "堤防加固，渡口与渡口之间通了车。", "夜市开张。")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Articles with few texts and few times, so that most stand level; some are reprints of each other."""
    made = searchkit.open(tmp_path_factory.mktemp("pages") / "index", create=True)
    long = "".join(f"第{number}段堤防在{number * 7}号渡口加固，工人换班。" for number in range(12))
    articles = [
        Article(
            id=f"n{number:02}", title=f"渡口{number % 3}", body=TEXTS[number % 4], published=at(2025, 3, 1 + number % 2)
        )
        for number in range(40)
    ]
    articles += [Article(id=f"r{number}", title="堤防", body=long, published=at(2025, 3, 4)) for number in range(7)]
    made.upsert_all(articles)
    yield made
    made.close()


def walked(archive, limit: int, **asked) -> list[list[str]]:
    """The pages in the order of their cursors."""
    pages, after = [], None
    while True:
        found = archive.search(limit=limit, after=after, **asked)
        pages.append([hit.id for hit in found])
        after = found.next
        if after is None:
            return pages


@given(
    query=st.sampled_from(["渡口", "堤防 渡口", '"渡口"', "夜市 OR 堤防", "", "渡口 火星"]),
    sort=st.sampled_from([None, "relevance", "newest", "oldest"]),
    limit=st.integers(1, 50),
    group=st.booleans(),
    near=st.booleans(),
)
def test_pages_by_number_are_the_pages_of_the_cursors(archive, query, sort, limit, group, near):
    asked = {"query": query, "sort": sort, "group": group, "near": near}
    pages = walked(archive, limit, **asked)
    for number, ids in enumerate(pages, 1):
        found = archive.search(limit=limit, page=number, **asked)
        assert [hit.id for hit in found] == ids
        assert (found.next is None) == (number == len(pages))
    beyond = archive.search(limit=limit, page=len(pages) + 1, **asked)
    assert (len(beyond), beyond.next) == (0, None)
    assert beyond.total == archive.count(query)


def test_a_cursor_goes_on_from_a_page_by_number(archive):
    second = archive.search("渡口", limit=7, page=2)
    third = archive.search("渡口", limit=7, after=second.next)
    assert third.hits == archive.search("渡口", limit=7, page=3).hits != ()


def test_a_page_of_groups_has_the_reprints_of_its_hits(archive):
    pages = [archive.search("堤防", limit=3, page=number, group=True) for number in range(1, 9)]
    hits = [hit for page in pages for hit in page]
    assert sum(1 + hit.reprints for hit in hits if not hit.near) == pages[0].total
    assert max(hit.reprints for hit in hits) == 6


def test_pages_of_ids(archive):
    whole = archive.ids("渡口", sort="oldest")
    assert archive.ids("渡口", sort="oldest", limit=10, page=3).ids == whole.ids[20:30]


@pytest.mark.parametrize(
    "asked", [{"page": 0}, {"page": -1}, {"page": 2, "limit": 0}, {"page": 2, "limit": -3}], ids=str
)
def test_a_page_that_cannot_be(archive, asked):
    with pytest.raises(UsageError):
        archive.search("渡口", **asked)


def test_a_page_and_a_cursor_contradict_each_other(archive):
    after = archive.search("渡口", limit=5).next
    with pytest.raises(UsageError, match="contradict"):
        archive.search("渡口", limit=5, after=after, page=2)
    with pytest.raises(UsageError, match="limit"):
        archive.ids("渡口", page=2)


def test_a_page_of_any_number_is_counted_without_being_made(archive):
    assert archive.search("渡口", page=10**30).hits == ()


@pytest.mark.parametrize("limit", [-1, "3", 2.5])
def test_a_limit_that_cannot_be(archive, limit):
    for asked in (archive.search, archive.ids, archive.facets):
        with pytest.raises(UsageError, match="limit must be a whole number, 0 or more"):
            asked("渡口", limit=limit)
    with pytest.raises(UsageError):
        archive.search("渡口", limit=limit, sample=3)


def test_a_limit_of_terms_that_cannot_be(archive):
    with pytest.raises(UsageError, match="limit must be 1 or more, not '20'"):
        archive.terms("渡口", limit="20")


def test_a_limit_of_0_counts(archive):
    found = archive.search("渡口", limit=0)
    assert (found.hits, found.total) == ((), archive.count("渡口"))
