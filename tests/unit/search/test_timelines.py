"""Several queries through time against a count by hand, article by article, in both engines."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta
from statistics import fmean
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchkit
from searchkit import Article, UsageError
from searchkit.analysis.fields import compared, day
from searchkit.analysis.segment import segmenter
from searchkit.engines.index import Entry
from searchkit.engines.memory import MemoryIndex
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.search.conditions import Conditions
from searchkit.search.question import understand
from searchkit.search.timeline import period
from searchkit.search.timelines import Wanted, averaged, timelines
from tests.conftest import NEWS, TODAY, at

SHANGHAI = ZoneInfo("Asia/Shanghai")
SOURCES = ("新华社", "新華社", "BBC", "ＢＢＣ", "滨江日报", " 滨江日报 ", "甲报", "")
QUERIES = {"桥": '"桥"', "无桥": '-"桥"', "桥或船": '"桥" OR "船"', "全部": "", "甲": "source:甲报", "没有": '"灯塔"'}
MATCHES = {
    "桥": lambda a: "桥" in a.title, "无桥": lambda a: "桥" not in a.title, "桥或船": lambda a: "桥" in a.title or "船" in a.title,
    "全部": lambda a: True, "甲": lambda a: a.source == "甲报", "没有": lambda a: False,
}  # fmt: skip
CONDITIONS = [
    {},
    {"source": ["新华社", "BBC"]},
    {"since": "2025-02-20", "until": "2025-04-02"},
    {"source": "滨江日报", "kind": "article", "on": "2025-03"},
]


def articles(seed: int) -> list[Article]:
    """Some dozen articles on few of the days of four months, so that there are gaps, and some without a day."""
    chance = random.Random(seed)
    days = [datetime(2025, 1, 10, 23, 30, tzinfo=SHANGHAI) + timedelta(chance.randrange(120)) for _ in range(12)]
    return [
        Article(
            id=f"a{n}", title="".join(chance.sample("桥船路", chance.randrange(1, 3))), source=chance.choice(SOURCES),
            kind=chance.choice(("article", "article", "headline")), published=chance.choice([*days, None]),
        )
        for n in range(chance.randrange(5, 60))
    ]  # fmt: skip


@pytest.fixture(scope="module", params=["memory", "whoosh"])
def archives(request, tmp_path_factory):
    made = []
    for seed in range(3):
        index = (
            MemoryIndex(SHANGHAI)
            if request.param == "memory"
            else WhooshIndex(tmp_path_factory.mktemp("index"), SHANGHAI, segmenter())
        )
        held = articles(seed)
        index.apply([Entry(seq, each) for seq, each in enumerate(held, 1)], covers=len(held))
        made.append((index, held))
    yield made
    for index, _ in made:
        index.close()


def asked(index, queries, conditions, **wanted):
    found = Conditions.of(conditions)

    def question(text):
        return understand(text, found, today=TODAY, timezone=SHANGHAI.key, segmenter=segmenter())

    questions = {name: question(text) for name, text in queries.items()}
    options = {"by": "month", "share": False, "smooth": 1, "by_source": 0, **wanted}
    with index.snapshot() as snapshot:
        made = timelines(
            snapshot, questions, question(""), found, Wanted.of(queries, **options), lambda each, total: each.parsed, 0
        )
        counts = {name: snapshot.count(each.tree) for name, each in questions.items()}
    return made, counts


def under(held, conditions):
    """The articles that the conditions alone find."""
    first, last = {"since": ("2025-02-20", "2025-04-02"), "on": ("2025-03-01", "2025-03-31")}.get(
        next((each for each in ("since", "on") if each in conditions), ""), ("", "")
    )
    wanted = conditions.get("source", ())
    sources = {compared(each, "source") for each in ([wanted] if isinstance(wanted, str) else wanted)}
    for each in held:
        of = day(each, SHANGHAI)
        if first and not (of and first <= of.isoformat() <= last):
            continue
        if sources and compared(each.source, "source") not in sources:
            continue
        if "kind" not in conditions or each.kind == conditions["kind"]:
            yield each


def per_label(found, by):
    return Counter(period(of, by)[0] for each in found if (of := day(each, SHANGHAI)))


@pytest.mark.parametrize("by", ["day", "week", "month"])
@pytest.mark.parametrize("conditions", CONDITIONS)
def test_counts_and_shares_are_those_of_a_count_by_hand(archives, conditions, by):
    for index, held in archives:
        found, counts = asked(index, QUERIES, conditions, by=by)
        whole = list(under(held, conditions))
        of_all = per_label(whole, by)
        assert found.total == len(whole)
        assert [each.all for each in found.periods] == [of_all[each.label] for each in found.periods]
        for series, told in zip(found.series, found.queries, strict=True):
            matches = [each for each in whole if MATCHES[series.name](each)]
            by_hand = per_label(matches, by)
            assert set(by_hand) <= {each.label for each in found.periods}
            for each, count, share in zip(found.periods, series.counts, series.shares, strict=True):
                if each.label not in of_all:
                    assert count is share is None, "a gap is no zero"
                else:
                    assert (count, share) == (by_hand[each.label], by_hand[each.label] / of_all[each.label])
            assert sum(filter(None, series.counts)) + series.undated == series.total == len(matches)
            assert (told.name, told.total, counts[series.name]) == (series.name, len(matches), len(matches))


@pytest.mark.parametrize("conditions", CONDITIONS)
def test_by_source_each_series_has_the_gaps_and_shares_of_its_source(archives, conditions):
    for index, held in archives:
        found, counts = asked(index, {"桥": '"桥"', "全部": ""}, conditions, by="week", by_source=2)
        whole = list(under(held, conditions))
        for told in found.queries:
            matches = [each for each in whole if MATCHES[told.name](each)]
            values = Counter(value for each in matches if (value := compared(each.source, "source")))
            mine = [each for each in found.series if each.query == told.name]
            assert sorted((each.total for each in mine), reverse=True) == sorted(values.values(), reverse=True)[:2]
            assert told.more_sources == max(0, len(values) - 2)
            assert told.more_matches == sum(values.values()) - sum(each.total for each in mine)
            assert told.without_source == len(matches) - sum(values.values())
            assert told.total == len(matches) == counts[told.name]
            for series in mine:
                value = compared(series.source, "source")
                of_source = per_label([each for each in whole if compared(each.source, "source") == value], "week")
                hits = per_label([each for each in matches if compared(each.source, "source") == value], "week")
                assert series.name == f"{told.name}: {series.source}"
                assert list(series.all) == [of_source[each.label] for each in found.periods]
                expected = [hits[each.label] if of_source[each.label] else None for each in found.periods]
                assert list(series.counts) == expected


@given(st.lists(st.none() | st.integers(0, 9), max_size=20), st.integers(1, 9))
def test_a_moving_average_against_its_definition(values, over):
    found = list(averaged(values, over))
    for here, value in enumerate(values):
        if value is None:
            assert found[here] is None
            continue
        half = over // 2
        weighed = [
            (each, 0.5 if over % 2 == 0 and abs(there - here) == half else 1.0)
            for there, each in enumerate(values)
            if each is not None and abs(there - here) <= half
        ]
        mean = sum(each * weight for each, weight in weighed) / sum(weight for _, weight in weighed)
        assert found[here] == pytest.approx(mean)


def test_averages_are_of_what_was_asked_for(archives):
    index, _ = archives[0]
    found, _ = asked(index, {"桥": '"桥"'}, {}, by="month", smooth=99)
    shares, _ = asked(index, {"桥": '"桥"'}, {}, by="month", smooth=99, share=True)
    (series,), (shared,) = found.series, shares.series
    present = [each for each in series.counts if each is not None]
    for of, averages in (
        (present, series.averages),
        ([each for each in series.shares if each is not None], shared.averages),
    ):
        assert [each for each in averages if each is not None] == pytest.approx([fmean(of)] * len(of))
    assert (found.values(series), shares.values(shared)) == (series.averages, shared.averages)


def test_gaps_are_told_as_days(archives):
    index, _ = archives[1]
    found, _ = asked(index, {"桥": ""}, {}, by="day")
    empty = {each.start for each in found.periods if not each.all}
    assert empty == {start + timedelta(n) for start, end in found.gaps for n in range((end - start).days + 1)}
    assert all(start - timedelta(1) not in empty and end + timedelta(1) not in empty for start, end in found.gaps)


def test_an_archive_follows_queries_with_other_names_and_days(archive):
    found = archive.timelines({"芯片": "芯片", "桥": "大桥"}, since="2024-09", share=True)
    assert [(each.name, each.total, each.undated) for each in found.queries] == [("芯片", 1, 0), ("桥", 1, 0)]
    assert (found.total, found.archive_size, found.index_behind) == (len(NEWS) - 1, len(NEWS), 0)
    assert (found.periods[0].label, found.periods[-1].label) == ("2024-09", "2025-03")
    assert found.queries[0].parsed.aliases, "晶片 is another name for 芯片"
    assert found.series[0].counts == (None, 0, None, None, None, 1, 0)
    assert found.series[1].shares == (None, 0.0, None, None, None, 0.0, 1.0)
    assert found.gaps == ((date(2024, 9, 1), date(2024, 9, 30)), (date(2024, 11, 1), date(2025, 1, 31)))
    assert found.scope.canonical == "date:2024-09-01.."
    assert dict(found.sources) == {"滨江日报": 1, "島嶼時報": 1, "环海通讯社": 1}


def test_one_query_by_source_has_the_sources_for_names(archive):
    archive.upsert_all(
        [Article(id="x", title="大桥", source="甲报", published=at(2025, 3, 9)), Article(id="y", title="大桥")]
    )
    found = archive.timelines({"桥": "大桥"}, by_source=1)
    assert [(each.name, each.source, each.query) for each in found.series] == [("滨江日报", "滨江日报", "桥")]
    told = found.queries[0]
    assert (told.total, told.more_sources, told.more_matches, told.without_source) == (3, 1, 1, 1)


def test_no_two_series_have_one_name(archive):
    archive.upsert_all([Article(id="x", title="船", source="b: c"), Article(id="y", title="桥", source="c")])
    found = archive.timelines({"a": "船", "a: b": "桥"}, by_source=1)
    assert [each.name for each in found.series] == ["a: b: c", "a: b: c'"]


def test_the_matches_of_a_query_and_the_scope_are_computed_once(archive, monkeypatch):
    from searchkit.engines.snapshot import Snapshot

    asked = []
    whole = Snapshot.aggregate
    monkeypatch.setattr(
        Snapshot, "aggregate", lambda self, query, wanted: (asked.append(query), whole(self, query, wanted))[1]
    )
    archive.timelines({"a": "大桥", "b": "芯片", "c": "机场"}, source=["滨江日报", "島嶼時報"], by_source=2)
    assert len(asked) == 3 + 1 + 1, "each query, the scope, and the size of the archive"


@pytest.mark.parametrize(
    ("queries", "options", "said"),
    [
        ({}, {}, "by name, one at least"),
        (["桥"], {}, "by name, one at least"),
        ({" ": "桥"}, {}, "needs a name"),
        ({"a": "桥"}, {"smooth": 0}, "smooth must be"),
        ({"a": "桥"}, {"by_source": -1}, "by_source must be"),
        ({"a": "桥"}, {"by": "hour"}, "by must be"),
        ({str(n): "桥" for n in range(21)}, {}, "21 queries are more than 20 series"),
        ({"a": "桥", "b": "船"}, {"by_source": 11}, "2 queries with 11 sources each are more than 20 series"),
    ],
)
def test_what_cannot_be_followed(archive, queries, options, said):
    with pytest.raises(UsageError, match=said):
        archive.timelines(queries, **options)


def test_twenty_series_can_be_followed(archive):
    assert len(archive.timelines({str(n): "大桥" for n in range(20)}).series) == 20


def test_an_empty_archive_has_no_periods(tmp_path):
    with searchkit.open(tmp_path / "index", create=True) as empty:
        found = empty.timelines({"a": "桥"}, share=True, smooth=3, by_source=True)
    assert (found.periods, found.series, found.total, found.gaps) == ((), (), 0, ())
