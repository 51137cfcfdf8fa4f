"""Results as tables of three libraries: the same names, rows and moments, and types that fit."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, datetime, timezone

import pytest

from searchkit import Article, MissingExtra, UsageError
from searchkit.frames import columns, to_arrow, to_pandas, to_polars
from searchkit.model.aggregations import PeriodTerms, Term, Trend
from tests.conftest import NEWS, SHANGHAI, at, load, needs

pytestmark = needs("pandas", "polars", "pyarrow")


@pytest.fixture(scope="module", autouse=True)
def libraries():
    global pd, pl, pa
    pd, pl, pa = load("pandas", "polars", "pyarrow")


ASKED = {
    "results": lambda archive, query: archive.search(query),
    "timeline": lambda archive, query: archive.timeline(query, by="year"),
    "timelines": lambda archive, query: archive.timelines({"甲": query, "乙": "长江"}, smooth=3),
    "facets": lambda archive, query: archive.facets(query, fields=("source", "author")),
    "terms": lambda archive, query: archive.terms(query),
    "terms by period": lambda archive, query: archive.terms(query, by="year"),
    "trends": lambda archive, query: archive.trends(query, day="2025-03-04", least=1),
    "comparison": lambda archive, query: archive.compare(query, "晶片"),
    "articles": lambda archive, query: list(archive.export(query)),
}


@pytest.mark.parametrize("query", ["长江 OR 机组", "无此词语"])
@pytest.mark.parametrize("kind", ASKED)
def test_three_libraries_have_the_same_rows(asked, kind, query):
    found = ASKED[kind](asked, query)
    arrow, pandas, polars = to_arrow(found), to_pandas(found), to_polars(found)
    names = list(pandas.columns)
    assert names == polars.columns and arrow.column_names == names + ["related", "extra"] * (kind == "articles")
    for name in names:
        values = arrow[name].to_pylist()
        assert polars[name].to_list() == values
        there = [None if not isinstance(each, list) and pd.isna(each) else each for each in pandas[name]]
        days = arrow.schema.field(name).type == pa.date32()
        assert [each.date() if days else each for each in there] == values
    if query == "无此词语" and kind not in ("comparison", "timelines"):
        assert len(pandas) == len(polars) == arrow.num_rows == 0


def test_words_that_rise_have_an_article_or_none(asked):
    words = (Trend("洪水", 9, 3, 0.4, 0.3, 96.5, 41.7, "levee", "堤防"), Trend("大堤", 4, 0, 0.0, 0.1, 20.0, 15.0))
    frame = to_pandas(replace(asked.trends(), trends=words))
    assert frame["word"].tolist() == ["洪水", "大堤"] and frame["id"].isna().tolist() == [False, True]
    assert (frame["articles"].dtype, frame["ratio"].dtype) == ("int64", "float64")
    period = PeriodTerms("2025", date(2025, 1, 1), date(2025, 12, 31), 5, 5, (Term("洪水", 9.5, 2.0, 5, 1),))
    table = to_arrow(replace(asked.terms(by="year"), periods=(period,)))
    assert table.to_pylist() == [
        {"period": "2025", "start": period.start, "end": period.end, "word": "洪水", "matches": 5, "rest": 1,
         "log_ratio": 2.0, "g2": 9.5},
    ]  # fmt: skip


def test_types(asked):
    results = asked.search("长江 OR 机组", sort="oldest")
    frame = to_pandas(results)
    assert str(frame["published"].dtype) == "datetime64[us, Asia/Shanghai]"
    assert (frame["source"].dtype.name, frame["score"].dtype.kind, frame["near"].dtype.kind) == ("category", "f", "b")
    assert frame["title"].dtype == "string" and frame["reprints"].dtype == "int64"
    bridge = frame[frame["id"] == "bridge"].iloc[0]
    assert (
        bridge["published"] == at(2025, 3, 4, 8, 30) and bridge["published"].hour == 8 and "大桥" in bridge["snippet"]
    )
    schema = to_polars(results).schema
    assert schema["published"] == pl.Datetime("us", "Asia/Shanghai") and schema["source"] == pl.Categorical
    assert to_arrow(results).schema.field("published").type == pa.timestamp("us", tz="Asia/Shanghai")
    periods = asked.timeline("长江 OR 机组", by="year")
    assert to_pandas(periods)["start"].tolist() == [pd.Timestamp(2024, 1, 1), pd.Timestamp(2025, 1, 1)]
    assert to_polars(periods)["end"].to_list() == [date(2024, 12, 31), date(2025, 12, 31)]


def test_empty_results_keep_types(asked):
    some, none = asked.search("长江"), asked.search("无此词语", near=False)
    assert to_polars(none).schema == to_polars(some).schema and to_arrow(none).schema == to_arrow(some).schema
    assert (
        to_pandas(none)
        .dtypes.drop(["source", "site", "section", "kind", "precision"])
        .equals(to_pandas(some).dtypes.drop(["source", "site", "section", "kind", "precision"]))
    )


def test_another_zone_shows_the_same_moments(asked):
    results = asked.search("长江")
    for made in (to_pandas, to_polars):
        first = made(results, timezone="UTC")["published"][0]
        assert first == at(2025, 3, 4, 8, 30) and first.hour == 0
    with pytest.raises(UsageError, match="no time zone 'Mars'"):
        to_pandas(results, timezone="Mars")


def test_a_gap_of_the_archive_is_no_zero(asked):
    found = asked.timelines({"甲": "长江 OR 机组"}, by="month")
    frame = to_pandas(found)
    assert str(frame["count"].dtype) == "Int64" and found.gaps
    gaps = frame[frame["all"] == 0]
    assert len(gaps) and gaps["count"].isna().all() and gaps["share"].isna().all()
    assert to_polars(found)["count"].null_count() == len(gaps)


def test_similar_articles_are_a_table_too(asked):
    assert to_pandas(asked.similar("bridge"))["id"].tolist() == [hit.id for hit in asked.similar("bridge").hits]


@pytest.mark.parametrize("year", [1, 1600, 9999])
def test_moments_are_exact_at_both_ends_of_time(year):
    when = datetime(year, 6, 1, 23, 59, 59, 999_999, tzinfo=timezone.utc)
    article = Article(id="a", title="久远", published=when)
    assert to_polars([article])["published"][0] == to_arrow([article])["published"][0].as_py() == when
    assert to_pandas([article])["published"].dt.year.tolist() == [year]
    assert columns.utc_microseconds(at(1970, 1, 1, 8)) == 0 and SHANGHAI


def test_what_is_no_result_is_refused():
    for each in (7, "芯片", [NEWS[0], "芯片"]):
        with pytest.raises(TypeError, match="no table can be made of"):
            to_pandas(each)


@pytest.mark.parametrize(
    ("made", "module", "extra"),
    [(to_pandas, "pandas", "pandas"), (to_polars, "polars", "polars"), (to_arrow, "pyarrow", "arrow")],
)
def test_a_missing_extra_is_named(asked, made, module, extra, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra) as told:
        made(asked.search("长江"))
    assert told.value.hint == f"pip install 'searchkit[{extra}]'"
