"""Families through the archive: upgrade, interruption, correction, deletion, rebuilding."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

import searchkit
from searchkit import Article
from tests.conftest import at

_CHANCE = random.Random(3)
BODY = "".join(chr(_CHANCE.randrange(0x4E00, 0x9F00)) for _ in range(400))
FIRST = Article(id="first", title="江水上涨", body=BODY, source="环海通讯社", published=at(2025, 3, 4, 8))
COPY = replace(FIRST, id="copy", title="水涨了", source="滨江晚报", published=at(2025, 3, 5, 8))
OTHER = Article(id="other", title="夜市开街", body=BODY[::-1], published=at(2025, 3, 4, 9))


def ids(archive, id: str) -> list[str]:
    return [each.id for each in archive.family(id)]


def tables(path) -> dict[str, list]:
    with sqlite3.connect(path / "archive.db") as connection:
        names = ("articles", "revisions", "deletions", "runs", "settings")
        width = {"articles": 9, "revisions": 4, "deletions": 2, "runs": 6, "settings": 2}  # sums came with format 3
        rows = {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names}
        return {name: [row[: width[name]] for row in each] for name, each in rows.items()}


def as_format_1(path) -> None:
    """Take away what came with formats 2, 3 and 4."""
    with sqlite3.connect(path / "archive.db") as connection:
        for name in ("sketches", "families", "files", "origins", "saved"):
            connection.execute(f"DROP TABLE {name}")
        connection.execute("DELETE FROM settings WHERE name = 'families'")
        for name in ("articles", "revisions", "deletions", "runs", "settings"):
            connection.execute(f"ALTER TABLE {name} DROP COLUMN sum")
        connection.execute("ALTER TABLE revisions DROP COLUMN digest")
        connection.execute("PRAGMA user_version=1")


def test_an_archive_of_format_1_is_upgraded_and_keeps_everything(tmp_path):
    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert_all([FIRST, COPY, OTHER])
        archive.upsert(replace(OTHER, title="夜市收摊"))
        archive.delete(ids=["nobody"])
    as_format_1(tmp_path)
    before = tables(tmp_path)
    with searchkit.open(tmp_path, catch_up=False) as archive:
        assert ids(archive, "copy") == ["copy"]  # not made yet
        assert archive.search("", group=True).groups == 3
    assert tables(tmp_path) == before
    told = []
    with searchkit.open(tmp_path, progress=lambda *each: told.append(each)) as archive:
        assert ids(archive, "copy") == ["first", "copy"]
        assert archive.search("", group=True).groups == 2
        assert len(archive.revisions("other")) == 2
    assert ("reprints", 3, 3) in told
    after = tables(tmp_path)
    assert [row for row in after.pop("settings") if row[0] != "families"] == before.pop("settings")
    assert after == before
    assert archive.path == tmp_path


def test_an_archive_of_format_2_gets_sums_for_what_is_written_from_now_on(tmp_path):
    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert_all([FIRST, COPY])
    with sqlite3.connect(tmp_path / "archive.db") as connection:
        for name in ("articles", "revisions", "deletions", "runs", "settings", "sketches"):
            connection.execute(f"ALTER TABLE {name} DROP COLUMN sum")
        connection.execute("DROP TABLE saved")
        connection.execute("PRAGMA user_version=2")
    with searchkit.open(tmp_path) as archive:
        archive.upsert(OTHER)
        assert len(archive) == 3 and archive.verify().ok
    with sqlite3.connect(tmp_path / "archive.db") as connection:
        with_sum = [row[0] for row in connection.execute("SELECT id FROM articles WHERE sum IS NOT NULL")]
    assert with_sum == ["other"]


def test_a_failed_upgrade_leaves_the_old_format(tmp_path, monkeypatch):
    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert(FIRST)
    as_format_1(tmp_path)
    from searchkit.storage.sqlite.migrations import UPGRADES

    with monkeypatch.context() as here:
        here.setitem(UPGRADES, 1, UPGRADES[1] + "CREATE TABLE articles (id);\n")
        with pytest.raises(searchkit.ArchiveError):
            searchkit.open(tmp_path)
    with sqlite3.connect(tmp_path / "archive.db") as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sketches'").fetchall()
    with searchkit.open(tmp_path) as archive:
        assert len(archive) == 1


def test_what_was_interrupted_is_made_by_the_next_open(tmp_path, monkeypatch):
    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert(FIRST)

        def interrupted(steps, *_):
            assert len(list(steps)) == 1
            raise KeyboardInterrupt

        monkeypatch.setattr(archive._sync.index, "apply_all", interrupted)
        with pytest.raises(KeyboardInterrupt):
            archive.upsert(COPY)  # families are made, the index is not
    with searchkit.open(tmp_path) as archive:
        assert ids(archive, "copy") == ["first", "copy"]
        archive.upsert_all([replace(COPY, id="third")], index=False)
        assert ids(archive, "third") == ["third"]
    with searchkit.open(tmp_path) as archive:
        assert ids(archive, "third") == ["first", "copy", "third"]


@pytest.mark.parametrize("step", ["_made", "_found", "_whole"])
def test_families_are_changed_as_a_whole_or_not_at_all(tmp_path, monkeypatch, step):
    def derived(archive):
        rows = [archive._store.select(f"SELECT * FROM {table} ORDER BY 1") for table in ("sketches", "families")]
        return rows, archive._families.covers

    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert_all([FIRST, COPY])
        before = derived(archive)
        real = getattr(type(archive._families), step)

        def interrupted(*given):
            real(*given)
            raise KeyboardInterrupt

        with monkeypatch.context() as here, pytest.raises(KeyboardInterrupt):
            here.setattr(type(archive._families), step, interrupted)
            archive.upsert(replace(FIRST, body=OTHER.body))
        assert derived(archive) == before
        archive.catch_up()
        assert ids(archive, "first") == ["first"] and ids(archive, "copy") == ["copy"]


def test_corrections_and_deletions_change_families(tmp_path):
    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert_all([OTHER, COPY, FIRST])
        assert archive.family("copy").first.id == "first"
        earlier = replace(FIRST, id="earlier", published=FIRST.published - timedelta(days=3))
        archive.upsert(earlier)
        assert ids(archive, "copy") == ["earlier", "first", "copy"]  # four days before the copy: by way of the first
        archive.upsert(replace(FIRST, body=OTHER.body))
        assert ids(archive, "first") == ["first", "other"]
        assert ids(archive, "copy") == ["copy"] and ids(archive, "earlier") == ["earlier"]
        archive.upsert(FIRST)
        assert ids(archive, "copy") == ["earlier", "first", "copy"]
        archive.delete(ids=["earlier"])
        assert ids(archive, "copy") == ["first", "copy"]
        archive.delete(ids=["first"])
        assert ids(archive, "copy") == ["copy"]
        assert archive.family("first") is None
        archive.upsert(FIRST)
        before = archive._families.all()
        archive.rebuild()
        assert archive._families.all() == before == {"first": "first", "copy": "first"}


def test_an_article_of_a_day_only_is_the_last_of_its_day(tmp_path):
    by_day = replace(FIRST, id="day", published=at(2025, 3, 4), precision="day")
    late = replace(COPY, published=at(2025, 3, 4, 23, 59, 58))
    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert_all([by_day, late, FIRST, replace(COPY, id="next", published=at(2025, 3, 5))])
        assert ids(archive, "day") == ["first", "copy", "day", "next"]


def test_titles_that_conflict_keep_articles_of_one_text_apart(tmp_path):
    third, fourth = "第三次全体会议举行", "第四次全体会议举行"
    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert_all([replace(FIRST, title=third), replace(COPY, title=fourth)])
        assert ids(archive, "copy") == ["copy"] and ids(archive, "first") == ["first"]


def test_another_rule_makes_the_families_again(tmp_path, monkeypatch):
    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert_all([FIRST, COPY])
    monkeypatch.setattr("searchkit.reprints.versions.LINKS", "0")
    with searchkit.open(tmp_path, catch_up=False) as archive:
        assert archive._families.covers == 0
        assert archive.catch_up() == 0
        assert archive._families.covers > 0
        assert ids(archive, "copy") == ["first", "copy"]


def test_headlines_of_a_family(tmp_path):
    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert_all([FIRST, COPY, replace(COPY, id="z", title="江水 上漲", source="", site="某站")])
        found = archive.family("z").headlines
        assert [(each.title, each.article, each.source, each.count) for each in found] == [
            ("江水上涨", "first", "环海通讯社", 2), ("水涨了", "copy", "滨江晚报", 1),
        ]  # fmt: skip
        assert [each.id for each in archive.family("z")[1:]] == ["copy", "z"]


def test_formulaic_news_of_different_days_stays_apart(tmp_path):
    bulletins = [
        Article(
            id=f"b{day}", title="滨江市卫生部门通报", published=at(2025, 3, day, 8),
            body=f"滨江市卫生部门通报，3月{day}日零时至二十四时，全市新增病例{day * 7}例，其中本地{day * 5}例，"
                 f"输入{day * 2}例，无死亡病例，新增疑似病例{day + 40}例，当日解除医学观察的密切接触者{day * 31}人，"
                 "重症病例与前一日持平，卫生部门提醒市民注意个人防护，减少聚集，及时接种疫苗，保持室内通风。",
        )
        for day in range(1, 15)
    ]  # fmt: skip
    with searchkit.open(tmp_path, create=True) as archive:
        archive.upsert_all(
            [*bulletins, *(replace(each, id=f"{each.id}-copy", source="滨江晚报") for each in bulletins)]
        )
        for each in bulletins:
            assert ids(archive, each.id) == [each.id, f"{each.id}-copy"]
