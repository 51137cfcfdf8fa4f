"""Latin words that find nothing are read as pinyin: near matches, and a note that says what was read."""

from __future__ import annotations

import pytest

import searchkit
from searchkit import Article, MissingExtra
from searchkit.query.tree import Pinyin
from searchkit.search.pinyin import pinyin_candidates

ARTICLES = [
    Article(id="1", title="特朗普谈关税", body="特朗普称将加征关税。", source="新华社", author="王晓明"),
    Article(id="2", title="特朗普回应", body="白宫的回应。", source="环海通讯社"),
    Article(id="3", title="实施新规", body="AI 与 beijing 相关的事实。", source="环海通讯社", author="王晓明"),
    Article(id="4", title="事实核查", body="实施。", source="环海通讯社"),
    Article(id="5", title="事实如此", body="关税。", source="环海通讯社"),
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    made = searchkit.open(tmp_path_factory.mktemp("pinyin") / "index", create=True)
    made.upsert_all(ARTICLES)
    yield made
    made.close()


def read(found) -> list[str]:
    return sorted(hit.id for hit in found if hit.near)


@pytest.mark.parametrize(
    ("query", "ids", "said"),
    [
        ("telangpu", ["1", "2"], "read as pinyin it is 特朗普 (2): pinyin:telangpu finds all"),
        ("TeLangPu", ["1", "2"], "特朗普 (2)"),
        ("te lang pu", ["1", "2"], 'pinyin:"te lang pu" finds all'),
        ("tlp", ["1", "2"], "特朗普 (2)"),
        ("tlp 关税", ["1"], "特朗普 (2)"),
        ("关税 telangpu source:新华社", ["1"], "特朗普 (2)"),
        ("wang xiaoming", ["1", "3"], "王晓明 (2)"),
        ("AI wangxiaoming", ["3"], "王晓明 (2)"),  # AI stands in an article
        ("xhs", ["1"], "新华社 (1)"),
        ("shishi", ["3", "4", "5"], "事实 (2), 实施 (1)"),
    ],
)
def test_latin_words_that_find_nothing_are_read_as_pinyin(archive, query, ids, said):
    found = archive.search(query)
    assert read(found) == ids
    assert (found.total, len(found.hits), found.next) == (0, len(ids), None)
    assert said in found.parsed.notes[-1]
    assert found.diagnosis is not None
    assert sorted(archive.ids(found.diagnosis.suggestion).ids) == ids
    assert all(hit.title_marks or hit.id in "13" for hit in found)
    assert archive.count(query) == 0
    strict = archive.search(query, near=False)
    assert (strict.hits, strict.diagnosis, strict.parsed) == ((), found.diagnosis, found.parsed)


@pytest.mark.parametrize(
    "query", ["beijing", "zzzz", "telangpu -特朗普", "title:telangpu", '"telangpu"', "xyz abc", "wang"]
)
def test_other_queries_are_answered_as_before(archive, query):
    found = archive.search(query)
    assert not read(found)
    assert not any("pinyin" in note for note in found.parsed.notes)


def test_a_query_with_pinyin_says_what_it_stands_for(archive):
    assert archive.search("pinyin:shishi").parsed.notes == ("pinyin:shishi is 事实 (2), 实施 (1)",)
    nothing = archive.search("pinyin:nanjing OR 关税")
    assert nothing.parsed.notes == ("pinyin:nanjing is in no title, author, editor or source",)
    assert nothing.total == 2
    assert archive.facets("pinyin:tlp").parsed.notes == archive.timeline("pinyin:tlp").parsed.notes
    assert [hit.id for hit in archive.search("-pinyin:tlp pinyin:wangxiaoming")] == ["3"]
    with archive._asked() as engine:
        assert pinyin_candidates(engine._snapshot, "shishi") == [("事实", 2), ("实施", 1)]
        assert pinyin_candidates(engine._snapshot, "关税") == pinyin_candidates(engine._snapshot, "x") == []


def test_without_the_extra_only_the_operator_is_refused(archive, without_pinyin):
    found = archive.search("telangpu")
    assert not found.hits and not found.parsed.notes
    for query in ("pinyin:telangpu", Pinyin("telangpu")):
        with pytest.raises(MissingExtra) as raised:
            archive.count(query)
        assert raised.value.hint == "pip install 'searchkit[pinyin]'"
