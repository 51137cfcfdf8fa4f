"""The Python API: what an embedding program sees."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest

import searchkit
from searchkit import Article, QueryError, Rejected, Related
from searchkit.errors import Damaged
from tests.conftest import NEWS, TODAY, at, unmeasured


def ids(results) -> list[str]:
    return [hit.id for hit in results]


def test_importing_is_light():
    script = (
        "import sys, searchkit; heavy = {'whoosh', 'jieba', 'rjieba', 'numpy', 'typer', 'sqlite3'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env=unmeasured())


def test_every_public_name_is_there():
    for name in searchkit.__all__:
        assert getattr(searchkit, name) is not None
    with pytest.raises(AttributeError):
        _ = searchkit.nothing_of_that_name


def test_a_search_tells_how_it_was_understood(archive):
    results = archive.search(
        '"出口管制" -广告', since="去年国庆", until=date(2025, 3, 4), source=["岛屿时报"], sort="newest"
    )
    assert ids(results) == ["chips"]
    assert results.total == len(results) == 1
    assert results.span == searchkit.Span(date(2024, 10, 1), date(2025, 3, 4), "去年国庆 .. 2025-03-04")
    assert results.parsed.canonical == '"出口管制" -广告 source:岛屿时报 date:2024-10-01..2025-03-04'
    assert results.parsed.words == ("出口", "管制")
    assert results.next is None
    hit = results[0]
    assert (hit.title, hit.source, hit.near) == ("晶片出口管制再升級", "島嶼時報", False)
    assert hit.published == at(2025, 2, 2, 11, 20, 2)
    assert hit.title_marks == ((2, 6),)
    snippet = hit.snippets[0]
    assert [snippet.text[a:b] for a, b in snippet.marks] == ["出口管制"]


def test_traditional_is_found_by_simplified_and_marked_in_the_original(archive):
    hit = archive.search("半导体设备")[0]
    assert [hit.snippets[0].text[a:b] for a, b in hit.snippets[0].marks] == ["半導體設備"]


def test_relevance_is_the_default_and_newest_where_there_are_no_words(archive):
    assert archive.search("长江").sort == "relevance"
    assert archive.search("", since="2024").sort == "newest"
    assert ids(archive.search("")) == ["bridge", "chips", "f16", "undated"]


def test_filters(archive):
    assert ids(archive.search("", source="滨江日报")) == ["bridge", "undated"]
    assert ids(archive.search("", source=["滨江*", "环海通讯社"], sort="oldest")) == ["f16", "bridge", "undated"]
    assert ids(archive.search("", author="许舟")) == ["chips"]
    assert ids(archive.search("", on="2024-10-01")) == ["f16"]
    assert archive.count("", until="2024") == 1
    assert ids(archive.search("市长 管制", mode="any", sort="newest")) == ["bridge", "chips"]


def test_an_empty_answer_says_why(archive):
    diagnosis = archive.search("长江大桥 大熊猫").diagnosis
    assert diagnosis.conditions == (("长江大桥", 1), ("大熊猫", 0))
    assert dict(diagnosis.without) == {"长江大桥": 0, "大熊猫": 1}
    assert diagnosis.suggestion == "长江大桥"
    assert archive.search("长江大桥").diagnosis is None
    assert archive.search("大熊猫").diagnosis.conditions == (("大熊猫", 0),)


def test_days_outside_of_the_archive_are_told_with_its_own(archive):
    first, last = date(2024, 10, 1), max(hit.published for hit in archive.search("", limit=50) if hit.published).date()
    found = archive.search("管制", on="2031")
    told = f"nothing in 2031-01-01..2031-12-31: the archive's articles are of {first} to {last}"
    assert (found.diagnosis.archive.since, found.diagnosis.archive.until) == (first, last)
    assert found.parsed.notes[-1] == told
    assert archive.timeline("管制 date:2031").parsed.notes[-1] == told
    assert archive.facets("管制", fields=["source"], on="2031").parsed.notes[-1] == told
    assert archive.search("", until="1999").diagnosis.archive.since == first
    assert archive.search("", on="2024-10-02").diagnosis.archive is None  # a day of the archive's, without an article
    assert archive.search("大熊猫", until=first).diagnosis.archive is None
    assert archive.search("大熊猫", since=last).diagnosis.archive is None
    assert archive.search("大熊猫").diagnosis.archive is None


def test_conditions_that_leave_no_day_are_both_named(archive):
    found = archive.search("管制 date:2024", since="2025")
    assert (
        found.parsed.notes[-1]
        == "no day meets all conditions: one begins with 2025-01-01, another ends with 2024-12-31"
    )
    assert found.diagnosis.archive is None
    with pytest.raises(searchkit.QueryError, match="since 2025-01-01, until 2024-12-31"):
        archive.search("", since="2025", until="2024")


def test_an_archive_without_dates_has_no_days_to_tell(tmp_path):
    with searchkit.open(tmp_path / "a", create=True) as archive:
        archive.upsert(Article(id="a", title="桥"))
        found = archive.search("桥", on="2031")
    assert (
        found.total == 0
        and found.diagnosis.archive is None
        and not any("archive's" in each for each in found.parsed.notes)
    )


def test_pages(archive):
    archive.upsert_all(Article(id=f"n{n}", title="江水") for n in range(25))
    seen, after = [], None
    while True:
        page = archive.search("江水", limit=10, after=after)
        seen += ids(page)
        after = page.next
        if after is None:
            break
    assert sorted(seen) == sorted({*seen}) and len(seen) == page.total == 25
    with pytest.raises(searchkit.QueryError, match="another query"):
        archive.search("江", after=archive.search("江水", limit=1).next)
    for broken in ("x", "!!!!", "e30", ""):
        if broken:
            with pytest.raises(searchkit.QueryError, match="not a cursor"):
                archive.search("江水", after=broken)


@pytest.mark.parametrize("sort", [None, "relevance", "newest", "oldest"])
@pytest.mark.parametrize("group", [False, True])
def test_ids_are_those_of_the_hits_page_by_page(archive, sort, group):
    body = "江水上涨，沿江各县加固堤防，水位逼近警戒线，巡堤的人日夜轮换，公交车改道绕行，学校照常上课。"
    archive.upsert_all(Article(id=f"n{n}", title=f"江水 {n}", body=body * (1 + n % 3)) for n in range(12))
    given = {"sort": sort, "group": group, "kind": "article"}
    whole = archive.search("江水", limit=100, near=False, **given)
    found = archive.ids("江水", **given)
    assert (found.total, list(found), found.next) == (whole.total, ids(whole), None)
    assert found[0] == whole[0].id and found[:2] == tuple(ids(whole)[:2])
    page = archive.search("江水", limit=2, near=False, **given)
    first = archive.ids("江水", limit=2, **given)
    assert (list(first), first.next) == (ids(page), page.next)
    second = archive.search("江水", limit=2, near=False, after=page.next, **given) if page.next else []
    assert list(archive.ids("江水", limit=2, after=first.next, **given) if first.next else []) == ids(second)
    assert archive.ids("江水", limit=0, **given).total == whole.total


def test_ids_read_no_article(archive, monkeypatch):
    monkeypatch.setattr(archive._store, "get_many", lambda ids: pytest.fail("articles were read"))
    assert set(archive.ids("长江")) == {"bridge"}
    assert len(archive.ids()) == len(archive)
    assert not archive.ids("长江大桥 大熊猫"), "near matches are none"


def test_timeline_keeps_empty_periods(archive):
    months = archive.timeline("", by="month", since="2024-10", until="2025-03")
    assert [(each.label, each.count) for each in months.buckets] == [
        ("2024-10", 1), ("2024-11", 0), ("2024-12", 0), ("2025-01", 0), ("2025-02", 1), ("2025-03", 1),
    ]  # fmt: skip
    assert archive.timeline("").undated == 1
    assert [each.label for each in archive.timeline("", by="quarter").buckets] == ["2024-Q4", "2025-Q1"]
    week = archive.timeline("长江", by="week").buckets[0]
    assert (week.label, week.start, week.end) == ("2025-W10", date(2025, 3, 3), date(2025, 3, 9))
    with pytest.raises(searchkit.UsageError):
        archive.timeline("", by="fortnight")


def test_facets(archive):
    found = archive.facets("", fields=["source", "author"], limit=1)
    assert found["source"].values == (("滨江日报", 2),)
    assert found["source"].distinct == 3
    assert found["author"].missing == 2
    with pytest.raises(KeyError):
        found["mood"]
    with pytest.raises(searchkit.UsageError, match="mood"):
        archive.facets("", fields=["mood"])


def test_articles_by_id(archive):
    assert archive["bridge"] == NEWS[0]
    assert "bridge" in archive and "x" not in archive and 7 not in archive
    assert len(archive) == 4
    assert archive.get("x") is None
    with pytest.raises(KeyError):
        archive["x"]
    assert archive.resolve("bri") == "bridge"
    with pytest.raises(searchkit.QueryError, match="no article"):
        archive.resolve("zzz")


def test_upserting_counts_and_keeps_revisions(archive):
    again = archive.upsert_all([NEWS[0], replace(NEWS[1], title="改过的标题"), Article(id="new", title="新")])
    assert (again.added, again.updated, again.unchanged) == (1, 1, 2 - 1)
    assert [each.article.title for each in archive.revisions("chips")] == ["晶片出口管制再升級", "改过的标题"]
    assert ids(archive.search("改过的标题", near=False)) == ["chips"]
    assert archive.search("再升级", near=False).total == 0
    assert archive.revisions("nobody") == ()


def test_identity_is_the_id_then_the_url_then_the_text(tmp_path):
    with searchkit.open(tmp_path, create=True) as archive:
        page = Article(title="甲", url="https://News.example/a?utm_source=x#comments", body="一")
        assert archive.upsert(page).added == 1
        assert archive.upsert(replace(page, url="https://news.example/a")).updated == 1
        assert archive.upsert(replace(page, url="dump/20250101.md#0")).added == 1
        assert archive.upsert(replace(page, url="dump/20250101.md#1")).added == 1
        plain = Article(title="乙", body="二", published=at(2025, 1, 1, 8))
        assert archive.upsert(plain).added == 1
        assert archive.upsert(replace(plain, body=" 二 ", published=at(2025, 1, 1, 9))).updated == 1
        assert archive.upsert(replace(plain, published=at(2025, 1, 2, 8))).added == 1


def test_related_entries_become_headlines_of_their_own(tmp_path):
    related = (Related("江水上涨", "江水上涨", at(2025, 3, 4, 9), "2025-03-04 09:00:00"), Related("夜市开街"))
    with searchkit.open(tmp_path, create=True) as archive:
        report = archive.upsert(Article(id="page", title="封闭检修", related=related))
        assert (report.added, report.headlines) == (3, 2)
        assert archive.count("江水", kind="article") == 0
        found = archive.search("江水")
        assert (found[0].kind, found[0].parent) == ("headline", "page")
        assert len(archive.headlines("page")) == 2
        # The same headline on another page is the same headline, whatever the order the pages came in.
        assert archive.upsert(Article(id="other", title="别的", related=related)).headlines == 2
        assert archive.upsert(Article(id="page", title="封闭检修", related=related)).unchanged == 3
        assert {each.parent for each in archive.search("江水")} == {"other"}
        assert len(archive.delete(ids=["other"]).ids) == 3  # with its headlines
        assert archive.count("", kind="headline") == 0
        assert "page" in archive


def test_deleting(archive):
    dry = archive.delete("source:滨江日报", dry_run=True)
    assert dry.ids == ("bridge", "undated") and len(archive) == 4
    assert archive.delete("source:滨江日报").ids == ("bridge", "undated")
    assert len(archive) == 2 and archive.count("") == 2
    assert archive.delete(ids=["nobody"]).ids == ()
    with pytest.raises(searchkit.UsageError):
        archive.delete()


def test_rejected_records_are_collected_or_raised(archive):
    given = [Rejected("x:1", "not JSON"), Article(title=" ", body=""), Article(id="ok", title="好")]
    report = archive.upsert_all(given)
    assert (report.added, len(report.rejected)) == (1, 2)
    with pytest.raises(searchkit.IngestFailed, match="x:1"):
        archive.upsert_all(given, on_error="fail")
    with pytest.raises(TypeError):
        archive.upsert_all(["text"])
    assert len(archive.upsert_all([Article(id="a\x1b", title="好"), Article(id="i" * 600, title="好")]).rejected) == 2


def test_an_interrupted_run_is_finished_by_the_next_open(tmp_path):
    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert_all(NEWS, index=False)
        assert archive.index_behind == 4
        assert archive.count("长江") == 0
    with searchkit.open(tmp_path, catch_up=False) as archive:
        assert archive.search("长江").index_behind == 4
    with searchkit.open(tmp_path) as archive:
        assert archive.index_behind == 0
        assert archive.count("长江") == 1


def test_the_dictionary_is_kept_and_reindexes_what_it_touches(tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("封闭检修\n", encoding="utf-8")
    with searchkit.open(tmp_path / "a", create=True) as archive:
        archive.upsert_all(NEWS)
        assert archive.count("word:封闭检修") == 0
    with searchkit.open(tmp_path / "a", dictionary=words) as archive:
        assert "封闭检修" in archive.analyze("封闭检修").words
        assert archive.count("word:封闭检修") == 1
        assert archive.set_dictionary(archive.dictionary) == 0
    with searchkit.open(tmp_path / "a") as archive:
        assert [word.word for word in archive.dictionary.words] == ["封闭检修"]
        assert archive.count("长江大桥") == 1


def test_an_index_made_otherwise_is_refused_until_rebuilt(archive, monkeypatch):
    monkeypatch.setattr("searchkit.analysis.fingerprint.ANALYSIS", "0")
    with searchkit.open(archive.path) as other:
        with pytest.raises(searchkit.IndexOutdated, match="analysis") as raised:
            other.search("长江")
        assert "searchkit rebuild" in raised.value.hint
        assert len(list(other.export())) == 4


def test_rebuilding_restores_an_equal_archive(archive):
    before = [(hit.id, hit.score) for hit in archive.search("长江 出口管制 F-16", mode="any")]
    assert archive.rebuild() == 4
    assert [(hit.id, hit.score) for hit in archive.search("长江 出口管制 F-16", mode="any")] == before
    assert archive.verify().ok


def test_verify_compares_index_and_record(archive):
    assert archive.verify().ok
    index = archive._sync.index
    index.apply([], ["bridge"], covers=index.covers)
    assert archive.verify().problems == ("bridge is in the record but not in the index",)


def test_stats(archive):
    stats = archive.stats()
    assert (stats.articles, stats.headlines, stats.undated) == (4, 0, 1)
    assert (stats.first, stats.last, stats.days) == (date(2024, 10, 1), date(2025, 3, 4), 3)
    assert stats.gaps[0] == (date(2024, 10, 2), date(2025, 2, 1))
    assert stats.sources[0] == ("滨江日报", 2)
    assert stats.timezone == "Asia/Shanghai" and stats.index_bytes > 0 and stats.record_bytes > 0


def test_opening(tmp_path):
    with pytest.raises(searchkit.NoArchive, match="no archive at"):
        searchkit.open(tmp_path / "none")
    searchkit.open(tmp_path / "a", create=True, tz="Asia/Taipei").close()
    with searchkit.open(tmp_path / "a") as archive:
        assert archive.tz == "Asia/Taipei"
    with pytest.raises(searchkit.UsageError, match="Asia/Taipei"):
        searchkit.open(tmp_path / "a", tz="UTC")
    with pytest.raises(searchkit.UsageError, match="no time zone"):
        searchkit.open(tmp_path / "b", create=True, tz="Mars/Base")
    assert searchkit.connect(f"file://{tmp_path / 'a'}").tz == "Asia/Taipei"
    with pytest.raises(searchkit.UsageError):
        searchkit.connect("gopher://x")


def test_a_newer_format_is_refused(tmp_path):
    import sqlite3

    searchkit.open(tmp_path, create=True).close()
    with sqlite3.connect(tmp_path / "archive.db") as connection:
        connection.execute("PRAGMA user_version=99")
    with pytest.raises(searchkit.FormatTooNew, match="99"):
        searchkit.open(tmp_path)


def test_a_damaged_record_is_reported(tmp_path):
    (tmp_path / "archive.db").write_bytes(b"not a database, just some text" * 100)
    with pytest.raises(searchkit.Damaged):
        searchkit.open(tmp_path)


def test_a_second_writer_waits_and_names_the_holder(tmp_path):
    code = (
        "import searchkit, sys, time\n"
        f"a = searchkit.open({str(tmp_path)!r}, create=True)\n"
        "with a._writing():\n    print('held', flush=True); sys.stdin.readline()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with searchkit.open(tmp_path, wait=0.2) as archive:
            with pytest.raises(searchkit.Locked, match=f"process {other.pid}"):
                archive.upsert(NEWS[0])
            other.stdin.write("\n")
            other.stdin.flush()
            archive.wait = 10
            assert archive.upsert(NEWS[0]).added == 1


def test_its_state_changes_whenever_an_answer_may(archive):
    seen = [archive.state]
    assert archive.state == seen[0]
    archive.upsert(Article(id="new", title="新桥"))
    seen.append(archive.state)
    archive.upsert_all([Article(id="later", title="后来")], index=False)
    seen.append(archive.state)
    archive.catch_up()
    seen.append(archive.state)
    archive.delete(ids=["new"])
    seen.append(archive.state)
    (archive.path / "aliases.txt").write_text("新桥 大桥\n", encoding="utf-8")
    seen.append(archive.state)
    assert len(set(seen)) == len(seen)


AFTER_CLOSE = {
    "analyze": lambda archive: archive.analyze("桥"),
    "backup": lambda archive: archive.backup(archive.path.with_name("copy")),
    "catch_up": lambda archive: archive.catch_up(),
    "copy_to": lambda archive: archive.copy_to(archive),
    "count": lambda archive: archive.count("桥"),
    "delete": lambda archive: archive.delete(ids=["bridge"], dry_run=True),
    "dictionary": lambda archive: archive.dictionary,
    "export": lambda archive: list(archive.export()),
    "facets": lambda archive: archive.facets(),
    "marks": lambda archive: archive.marks("桥", Article(id="a", title="桥")),
    "terms": lambda archive: archive.terms("桥"),
    "trends": lambda archive: archive.trends(),
    "similar": lambda archive: archive.similar("bridge"),
    "compare": lambda archive: archive.compare("桥", "渡口"),
    "family": lambda archive: archive.family("bridge"),
    "get": lambda archive: archive.get("bridge"),
    "headlines": lambda archive: archive.headlines("bridge"),
    "ids": lambda archive: archive.ids("桥"),
    "index_behind": lambda archive: archive.index_behind,
    "dictionary_report": lambda archive: archive.dictionary_report,
    "log_run": lambda archive: archive.log_run([], searchkit.UpsertReport()),
    "optimize": lambda archive: archive.optimize(),
    "preview": lambda archive: archive.preview(NEWS[0]),
    "prune": lambda archive: archive.prune(archive.path),
    "rebuild": lambda archive: archive.rebuild(),
    "origin": lambda archive: archive.origin("bridge"),
    "record": lambda archive: archive.record("桥"),
    "recorded": lambda archive: archive.recorded("bridge"),
    "replay": lambda archive: archive.replay(
        searchkit.QueryRecord(
            query="桥",
            options={},
            today=TODAY,
            canonical="桥",
            since=None,
            until=None,
            timezone="Asia/Shanghai",
            aliases=True,
            names=(),
            versions={},
            made=at(2025, 6, 30),
            index_behind=0,
            articles={},
        )
    ),
    "resolve": lambda archive: archive.resolve("bridge"),
    "revisions": lambda archive: archive.revisions("bridge"),
    "saved": lambda archive: archive.saved.list(),
    "search": lambda archive: archive.search("桥"),
    "own_aliases": lambda archive: archive.own_aliases(),
    "set_aliases": lambda archive: archive.set_aliases(""),
    "set_dictionary": lambda archive: archive.set_dictionary(archive._sync._setup.dictionary),
    "sources": lambda archive: archive.sources(),
    "state": lambda archive: archive.state,
    "stats": lambda archive: archive.stats(),
    "timeline": lambda archive: archive.timeline(),
    "timelines": lambda archive: archive.timelines({"a": "桥"}),
    "record_timelines": lambda archive: archive.record_timelines({"a": "桥"}),
    "understand": lambda archive: archive.understand("桥"),
    "upsert": lambda archive: archive.upsert(NEWS[0]),
    "upsert_all": lambda archive: archive.upsert_all([]),
    "verify": lambda archive: archive.verify(),
    "__len__": len,
    "__iter__": list,
    "__contains__": lambda archive: "bridge" in archive,
    "__getitem__": lambda archive: archive["bridge"],
}


def test_after_close_every_method_says_so(archive):
    public = {name for name in dir(type(archive)) if not name.startswith("_")}
    assert public <= {*AFTER_CLOSE, "close"}
    archive.close()
    archive.close()
    for ask in AFTER_CLOSE.values():
        with pytest.raises(searchkit.ArchiveClosed, match=re.escape(str(archive.path))):
            ask(archive)
    assert not archive.path.with_name("copy").exists()


def test_many_threads_may_read(archive):
    wrong = []

    def ask() -> None:
        for _ in range(20):
            if archive.search("长江大桥").total != 1:
                wrong.append(1)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_relative_dates_use_the_given_day(archive):
    assert archive.search("", since="上半年").span.since == date(TODAY.year, 1, 1)


@pytest.mark.parametrize("query", ["title:(", "soruce:x", '"', "date:天气", "*x"])
def test_wrong_queries_point_at_a_column(archive, query):
    with pytest.raises(searchkit.QueryError) as raised:
        archive.search(query)
    assert 1 <= raised.value.column <= len(query) + 1
    assert raised.value.hint


def test_two_captures_of_a_page_are_one_article_however_often_they_are_read(tmp_path):
    first, again = (
        Article(title="渡口复航", body="江湾渡口恢复通航。", url="https://a.example/1", extra={"fetched": at})
        for at in ("2026-05-05T05:05:05Z", "2026-05-06T05:05:05Z")
    )
    with searchkit.open(tmp_path / "a", create=True, tz="Asia/Shanghai") as archive:
        assert archive.upsert_all([first, again]).added == 1
        for _ in range(2):
            report = archive.upsert_all([first, again])
            assert (report.added, report.updated, report.unchanged) == (0, 0, 2)
        corrected = replace(again, body="江湾渡口恢复通航，半小时一班。")
        assert archive.upsert_all([corrected]).updated == 1


def test_an_id_with_white_space_at_its_ends_is_found(archive):
    archive.upsert(Article(id=" spaced\u2028", title="两端留白的渡口"))
    assert [hit.id for hit in archive.search("两端留白").hits] == [" spaced\u2028"]
    assert archive.verify().ok


def test_an_id_that_is_no_text_is_not_there(archive):
    with pytest.raises(QueryError, match="no article has the id"):
        archive.resolve("\udcff")


@pytest.mark.parametrize("record", ["no JSON", "[1]", "{}"])
def test_a_record_that_cannot_be_read_is_told_as_damage(tmp_path, record):
    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert(Article(id="bridge", title="大桥通车", extra={"fetched": "2025-01-01"}))
    with closing(sqlite3.connect(tmp_path / "archive.db", isolation_level=None)) as connection:
        connection.execute("UPDATE articles SET record = ?", (record,))
    with searchkit.open(tmp_path) as archive:
        for asked in (lambda: archive.search("大桥"), lambda: archive.get("bridge"), lambda: list(archive)):
            with pytest.raises(Damaged, match="cannot be read"):
                asked()
        assert not archive.verify().ok
        archive.upsert(Article(id="bridge", title="大桥通车了", extra={"fetched": "2025-01-02"}))
        assert archive.get("bridge").title == "大桥通车了"


def test_an_error_of_the_articles_given_is_not_told_as_one_of_the_index(tmp_path):
    def articles():
        yield Article(id="bridge", title="大桥通车")
        raise OSError("the cable was pulled")

    with searchkit.open(tmp_path, create=True) as archive:
        with pytest.raises(OSError, match="cable"):
            archive.upsert_all(articles())
        archive.upsert(Article(id="ferry", title="渡口停航"))
        assert len(archive) == 1 and archive.verify().ok
