"""Similar articles: by their own words, without their reprints, from a text."""

from __future__ import annotations

from datetime import timedelta

import pytest

import searchkit
from searchkit import Article
from searchkit.errors import NoSuchArticle, UsageError
from tests.conftest import at

FLOOD = "".join(f"第{n}号堤段洪水上涨{n}厘米，水库泄洪，转移群众{n * 7}人，值守堤防巡查。" for n in range(1, 9))
FAIR = "".join(f"第{n}届夜市在广场开幕，摊位{n * 3}个，灯光照到{n}点，游客排队买小吃。" for n in range(1, 9))


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    when = at(2025, 6, 1, 8)
    with searchkit.open(tmp_path_factory.mktemp("similar") / "i", create=True) as made:
        made.upsert_all([
            Article(id="flood", title="堤防转入巡查", body=FLOOD, published=when, source="甲报"),
            Article(id="copy", title="堤防转入巡查", body=FLOOD, published=when + timedelta(hours=2), source="乙报"),
            Article(id="later", title="水库泄洪", body="水库开始泄洪，堤防加强值守。", published=at(2025, 7, 9), source="乙报"),
            Article(id="fair", title="夜市开幕", body=FAIR, published=when),
            Article(id="other", title="小吃地图", body="游客在广场找小吃。", published=at(2025, 8, 1)),
            Article(id="alone", title="孑然", body="茕茕孑立", published=at(2025, 8, 1)),
        ])  # fmt: skip
        yield made


def found(similar):
    return [hit.id for hit in similar.hits]


def test_of_an_article_without_its_reprints(archive):
    similar = archive.similar("flood")
    assert found(similar) == ["later"] and similar.id == "flood"
    assert {"泄洪", "堤防"} <= set(similar.words)
    assert found(archive.similar("fair")) == ["other"]


def test_reprints_where_they_are_asked_for(archive):
    assert found(archive.similar("flood", reprints=True)) == ["copy", "later"]
    assert found(archive.similar("later")) == ["copy"]  # of equal scores the smallest id
    assert archive.similar("later").hits[0].reprints == 1
    assert sorted(found(archive.similar("later", reprints=True))) == ["copy", "flood"]


def test_of_a_text(archive):
    similar = archive.similar("广场夜市有小吃")
    assert similar.id == "" and set(found(similar)) == {"fair", "other"}


def test_conditions_narrow_the_answer(archive):
    assert found(archive.similar("later", source="甲报")) == ["flood"]
    assert found(archive.similar("flood", until="2025-06")) == []


def test_without_words_in_common_nothing_is_similar(archive):
    assert archive.similar("alone").hits == archive.similar("犇犇羴羴").hits == ()


def test_what_looks_like_an_id_and_is_none_is_an_error(archive):
    with pytest.raises(NoSuchArticle):
        archive.similar("c448eb63")
    with pytest.raises(UsageError, match="limit"):
        archive.similar("flood", limit=0)
