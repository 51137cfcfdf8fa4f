"""Typical words against a computation by hand, and against counting the texts one by one."""

from __future__ import annotations

from math import log, log2

import pytest

import searchkit
from searchkit import Article
from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import segmenter
from searchkit.analysis.stopwords import tells_something
from searchkit.analysis.terms import words
from searchkit.errors import UsageError
from searchkit.search.typical import log_likelihood, log_ratio, typical
from tests.conftest import NEWS


def test_log_likelihood_of_a_table_by_hand():
    # 30 of 100 matches and 20 of 300 others have the word; of all 400 it would be one in eight.
    by_hand = 2 * (30 * log(30 / 12.5) + 70 * log(70 / 87.5) + 20 * log(20 / 37.5) + 280 * log(280 / 262.5))
    assert log_likelihood(30, 100, 20, 300) == pytest.approx(by_hand)
    assert log_ratio(30, 100, 20, 300) == pytest.approx(log2(0.3 / (20 / 300)))


def test_the_ends_of_the_scale():
    assert log_likelihood(10, 100, 30, 300) == pytest.approx(0)
    assert log_likelihood(2, 2, 0, 2) == pytest.approx(8 * log(2))
    assert log_ratio(4, 8, 0, 100) == pytest.approx(log2(0.5 / 0.005))
    assert typical({"洪水": (3, 0)}, 3, 0, 5) == ()


def test_a_word_is_left_out_beside_a_longer_one_that_stands_for_it():
    counts = {"人工智能": (19, 0), "人工": (20, 0), "智能": (30, 1), "洪水": (10, 0)}
    assert [term.word for term in typical(counts, 40, 100, 9)] == ["智能", "人工智能", "洪水"]


@pytest.mark.parametrize("word", ["水", "的", "我们", "12", "3.14%", "二十", "2024年", "the"])
def test_words_that_tell_nothing(word):
    assert not tells_something(word)
    assert typical({word: (9, 0)}, 9, 100, 5) == ()


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Thirty articles, six of them on a flood, and two reprints of one of these."""
    with searchkit.open(tmp_path_factory.mktemp("typical") / "i", create=True) as made:
        floods = [
            f"第{n}号堤段 洪水上涨，水库泄洪，{'转移群众' * (n % 2)}，干部{n * 7}人值守堤防巡查。" * 6 for n in range(6)
        ]
        others = [
            f"第{n}届夜市在广场开幕，{'干部群众' * (n % 3 == 0)}摊位{n * 3}个，灯光照到{n}点。" * 6 for n in range(24)
        ]

        made.upsert_all(Article(id=f"a{n:02}", title="讯", body=body) for n, body in enumerate(floods + others))
        yield made


def test_terms_are_those_of_a_count_of_the_texts(archive):
    found = archive.terms("洪水", limit=100)
    texts = {each.id: set(words(fold(f"{each.title}\n{each.body}"), segmenter())) for each in archive}
    matching = {id for id in texts if "洪水" in texts[id]}
    assert (found.total, found.matches, found.rest) == (6, 6, 24)
    assert {"洪水", "水库", "堤防"} <= {term.word for term in found.terms}
    for term in found.terms:
        a = sum(term.word in texts[id] for id in matching)
        b = sum(term.word in texts[id] for id in texts.keys() - matching)
        assert (term.matches, term.rest) == (a, b)
        assert term.g2 == pytest.approx(log_likelihood(a, 6, b, 24))
    assert [term.g2 for term in found.terms] == sorted((term.g2 for term in found.terms), reverse=True)
    assert archive.terms("洪水", limit=2).terms == found.terms[:2]


def test_without_matches_or_without_a_rest_there_are_no_typical_words(archive):
    assert archive.terms("大熊猫").terms == archive.terms("").terms == ()
    assert (archive.terms("").matches, archive.terms("").rest) == (30, 0)


def test_a_limit_below_one_is_refused(archive):
    with pytest.raises(UsageError, match="limit"):
        archive.terms("洪水", limit=0)


def test_reprints_count_once(tmp_path):
    with searchkit.open(tmp_path / "i", create=True) as made:
        made.upsert_all(NEWS)
        before = made.terms("长江")
        copied = next(each for each in NEWS if each.published and len(each.body) > 10)
        made.upsert(
            Article(id="again", title=copied.title, body=copied.body, published=copied.published, source="别报")
        )
        after = made.terms("长江")
        assert len(made.family("again")) == 2
        assert (after.matches, after.rest) == (before.matches, before.rest)
        assert after.terms == before.terms


def test_two_queries_are_compared_by_the_articles_that_match_only_one(archive):
    compared = archive.compare("洪水 OR 群众", "夜市", limit=100)
    texts = {each.id: set(words(fold(f"{each.title}\n{each.body}"), segmenter())) for each in archive}
    one = {id for id in texts if texts[id] & {"洪水", "群众"}}
    other = {id for id in texts if "夜市" in texts[id]}
    assert (compared.a.total, compared.b.total, compared.both) == (len(one), len(other), len(one & other))
    assert (compared.a.only, compared.b.only) == (len(one - other), len(other - one))
    assert compared.both and {"洪水", "泄洪"} & {term.word for term in compared.a.terms}
    for side, mine, others in ((compared.a, one - other, other - one), (compared.b, other - one, one - other)):
        for term in side.terms:
            a, b = (sum(term.word in texts[id] for id in ids) for ids in (mine, others))
            assert (term.matches, term.rest) == (a, b)
            assert term.g2 == pytest.approx(log_likelihood(a, len(mine), b, len(others)))


def test_a_query_compared_with_itself_has_no_words(archive):
    compared = archive.compare("洪水", "洪水")
    assert compared.both == compared.a.total == 6
    assert compared.a.only == compared.b.only == 0 and compared.a.terms == compared.b.terms == ()
