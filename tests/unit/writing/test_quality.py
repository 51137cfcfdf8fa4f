"""What the articles of each source lack: counted while they come in, and from the record."""

from __future__ import annotations

from datetime import date

import searchkit
from searchkit import Article, Related, SourceReport
from tests.conftest import NEWS, at

BROKEN = [Article(id=f"x{n}", title="夜市", site="某站", body="文" if n else "") for n in range(3)]


def test_sources_are_counted_alike_from_a_run_and_from_the_record(tmp_path):
    late = Article(id="late", title="夜", body="文", source="滨江日报", published=at(2025, 3, 4, 23, 59), author="周岸")
    page = Article(id="page", title="页", body="文", related=(Related("旁边的标题"),), published=at(2025, 1, 1, 0, 30))
    with searchkit.open(tmp_path, create=True) as archive:
        report = archive.upsert_all([*NEWS, *BROKEN, late, page])
        assert report.sources == archive.sources()
        assert report.sources[:2] == (
            SourceReport("某站", 3, None, None, 3, 3, 1),
            SourceReport("滨江日报", 3, date(2025, 3, 4), date(2025, 3, 4), 1, 1, 0),
        )
        assert [each.source for each in report.sources] == ["某站", "滨江日报", "", "島嶼時報", "环海通讯社"]
        assert archive.upsert_all(NEWS).sources == ()  # nothing came in
        assert {each.source: each.first for each in archive.sources()}[""] == date(2025, 1, 1)
