"""Aliases in an archive: found, shown, switched off, kept with the archive."""

from __future__ import annotations

import pytest

import searchkit
from searchkit import Article, UsageError
from searchkit.query.tree import Phrase
from tests.conftest import TODAY

NEWS = [
    Article(id="t1", title="特朗普宣布加征关税", body="美国总统特朗普今天宣布。", source="央视", published=None),
    Article(id="t2", title="川普宣布新關稅", body="美國總統川普今天宣布對晶片課稅。", source="中央电视台"),
    Article(id="t3", title="四川普通话测试", body="四川普通话测试今天举行。", source="CCTV"),
    Article(id="t4", title="特朗普谈川普", body="特朗普说，川普是他的名字。关税再议。", source="滨江日报"),
    Article(id="t5", title="农行发布公告", body="农行今天发布公告。", source="滨江日报"),
    Article(id="t6", title="中国农业银行发布公告", body="中国农业银行今天发布公告。", source="滨江日报"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("aliases") / "index"
    with searchkit.open(folder, create=True) as made:
        made.upsert_all(NEWS)
    return folder


@pytest.fixture
def archive(folder):
    with searchkit.open(folder, today=lambda: TODAY) as opened:
        yield opened
    (folder / "aliases.txt").unlink(missing_ok=True)


def ids(archive, query: str, **conditions) -> list[str]:
    return sorted(archive.ids(query, **conditions))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("特朗普", ["t1", "t2", "t4"]),
        ("特朗普 关税", ["t1", "t2", "t4"]),
        ("特朗普宣布", ["t1", "t2"]),
        ("“特朗普”", ["t1", "t2", "t4"]),
        ('"特朗普"', ["t1", "t2", "t4"]),
        ("特朗普 NEAR/3 宣布", ["t1", "t2"]),
        ("title:特朗普", ["t1", "t2", "t4"]),
        ("source:央视", ["t1", "t2", "t3"]),
        ("-特朗普", ["t3", "t5", "t6"]),
        ("农行", ["t5", "t6"]),
        ("“农行”", ["t5", "t6"]),
        ('"农行"', ["t5"]),
        ("特朗普*", ["t1", "t4"]),
    ],
)
def test_names_are_found_as_others_write_them(archive, query, found):
    assert ids(archive, query) == found
    assert archive.count(query) == len(found)


def test_they_can_be_switched_off(archive):
    assert ids(archive, "特朗普", aliases=False) == ["t1", "t4"]
    assert ids(archive, "source:央视", aliases=False) == ["t1"]
    assert archive.search("", source="央视").total == 3
    assert archive.search("", source="央视", aliases=False).total == 1


def test_with_aliases_true_straight_quotes_take_all(archive):
    assert ids(archive, '"农行"', aliases=True) == ["t5", "t6"]


def test_another_value_is_refused(archive):
    with pytest.raises(UsageError, match="aliases must be True or False"):
        archive.search("特朗普", aliases="no")


def test_every_answer_says_them(archive):
    expected = [("特朗普", ("川普", "Trump"))]
    for parsed in (
        archive.search("特朗普").parsed,
        archive.timeline("特朗普").parsed,
        archive.facets("特朗普").parsed,
        archive.understand("特朗普"),
    ):
        assert [(each.typed, each.also) for each in parsed.aliases] == expected
    assert archive.search("特朗普", aliases=False).parsed.aliases is None
    assert archive.search("长江").parsed.aliases == ()
    assert archive.understand("川普").suggested[0].also == ("特朗普", "Trump")
    assert archive.understand("川普").aliases == ()


def test_what_was_found_is_marked(archive):
    hit = next(hit for hit in archive.search("特朗普") if hit.id == "t2")
    assert [hit.title[start:end] for start, end in hit.title_marks] == ["川普"]
    marked = [snippet.text[start:end] for snippet in hit.snippets for start, end in snippet.marks]
    assert marked == ["川普"]


def test_an_article_with_two_forms_has_no_advantage(archive):
    both = archive.search("特朗普", explain=True)
    parts = {hit.id: hit.explanation for hit in both}
    assert [name for name in parts["t4"] if name.startswith("form:")] == ["form:特朗普"]
    assert [name for name in parts["t2"] if name.startswith("form:")] == ["form:川普"]
    assert all(sum(hit.explanation.values()) == pytest.approx(hit.score) for hit in both)


def test_scores_of_queries_without_names_are_as_without_aliases(archive):
    for query in ("今天 宣布", '"发布公告"', "关税 今天 测试 公告 举行"):
        on, off = (archive.search(query, aliases=switch) for switch in (None, False))
        assert [(hit.id, hit.score) for hit in on] == [(hit.id, hit.score) for hit in off]


def test_a_near_match_has_a_name_in_another_form(archive):
    near = archive.search("特朗普 火星").hits
    assert {hit.id for hit in near} == {"t1", "t2", "t4"} and all(hit.near for hit in near)


def test_a_cursor_of_the_other_setting_is_refused(archive):
    cursor = archive.search("特朗普", limit=1).next
    assert len(archive.search("特朗普", limit=5, after=cursor)) == 2
    with pytest.raises(searchkit.QueryError, match="another query"):
        archive.search("特朗普", limit=5, after=cursor, aliases=False)


def test_a_diagnosis_names_what_was_typed(archive):
    found = archive.search("特朗普 火星", near=False).diagnosis
    assert dict(found.conditions) == {"特朗普": 3, "火星": 0}
    assert found.suggestion == "特朗普"


def test_a_deletion_takes_only_what_was_typed(archive):
    assert sorted(archive.delete("特朗普", dry_run=True).ids) == ["t1", "t4"]
    assert sorted(archive.delete("", source="央视", dry_run=True).ids) == ["t1"]
    assert sorted(archive.delete("特朗普", dry_run=True, aliases=True).ids) == ["t1", "t2", "t4"]


def test_an_export_takes_what_a_search_finds(archive):
    assert sorted(each.id for each in archive.export("特朗普")) == ["t1", "t2", "t4"]


def test_a_tree_takes_aliases_too(archive):
    assert sorted(archive.ids(Phrase("特朗普"))) == ["t1", "t2", "t4"]
    assert sorted(archive.ids(Phrase("特朗普"), aliases=False)) == ["t1", "t4"]


# -- the user's own


def test_the_users_own(archive, folder, tmp_path):
    assert ids(archive, "懂王") == []
    (folder / "aliases.txt").write_text("懂王,特朗普\n只有一个\n-农行\n", encoding="utf-8")
    assert ids(archive, "懂王") == ["t1", "t2", "t4"]
    assert ids(archive, "农行") == ["t5"]
    parsed = archive.understand("懂王")
    assert parsed.aliases[0].also == ("特朗普", "川普", "Trump")
    assert parsed.notes[0].startswith("aliases.txt, line 2 is left out: ")
    stats = archive.stats()
    assert (stats.own_aliases, stats.alias_errors) == (1, parsed.notes)
    archive.backup(tmp_path / "copy")
    searchkit.restore(tmp_path / "copy", tmp_path / "again")
    with searchkit.open(tmp_path / "again") as restored:
        assert ids(restored, "懂王") == ["t1", "t2", "t4"]


def test_a_faulty_file_keeps_nothing_from_being_answered(archive, folder):
    (folder / "aliases.txt").write_bytes(b"\xff\xfe\x00")
    found = archive.search("特朗普")
    assert found.total == 3
    assert any("not UTF-8" in note for note in found.parsed.notes)
    assert archive.stats().alias_errors


def test_the_analysis_of_a_text_names_the_aliases_that_a_query_of_it_takes(archive, folder):
    (folder / "aliases.txt").write_text("滨江桥,老滨桥\n", encoding="utf-8")
    found = archive.analyze("特朗普 谈 滨江桥")
    assert [each.typed for each in found.aliases] == ["特朗普", "滨江桥"]
    assert "川普" in found.aliases[0].also and found.aliases[1].also == ("老滨桥",)
    asked = archive.understand("特朗普 谈 滨江桥")
    assert (found.aliases, found.suggested) == (asked.aliases, asked.suggested)
    doubtful = archive.analyze("川普")
    assert doubtful.aliases == () and [each.typed for each in doubtful.suggested] == ["川普"]
