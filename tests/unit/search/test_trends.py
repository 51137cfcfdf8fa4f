"""What rises, and the words of each period, against counting the texts one by one."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest

import searchkit
from searchkit import Article
from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import segmenter
from searchkit.analysis.terms import words
from searchkit.errors import QueryError, UsageError
from searchkit.search.timeline import period
from searchkit.search.trends import Periods, periods_of
from searchkit.search.typical import log_likelihood, log_ratio, sure, typical
from tests.conftest import at

LAST = date(2025, 6, 29)
SUBJECTS = ("夜市开张", "河道清淤", "校园足球", "果园采摘", "地铁检修")


def issue(day: date) -> list[Article]:
    """Four articles a day; in the last week two of them on a flood, and a reprint of one of these."""
    number = (LAST - day).days
    flooded = number < 7
    texts = [f"{SUBJECTS[(number + n) % 5]}，第{number * 4 + n}期简报，值班{n}人。" * 5 for n in range(4)]
    if number % 10 == 0:
        texts[3] = f"北岸演练抢险，第{number}次集合，到场{number}队。" * 5
    if flooded:
        texts[:2] = [f"青石镇洪水上涨，第{number}次抢险，堤坝{number * 4 + n}处渗漏。" * 5 for n in (2, 3)]
    return [
        Article(
            id=f"{day:%m%d}-{n}", title="讯", body=text, published=at(day.year, day.month, day.day, n),
            source="江报" if n % 2 else "河报",
        )
        for n, text in enumerate([*texts, *texts[:1]] if flooded else texts)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Nine weeks, of which one before the last has no article, and of another only three days."""
    gap = [LAST - timedelta(days=days) for days in (*range(14, 21), *range(28, 32))]
    days = [day for n in range(63) if (day := LAST - timedelta(days=n)) not in gap]
    with searchkit.open(tmp_path_factory.mktemp("trends") / "i", create=True, today=lambda: LAST) as made:
        made.upsert_all(article for day in days for article in issue(day))
        made.upsert(Article(id="undated", title="讯", body="青石镇洪水上涨"))
        yield made


@pytest.fixture(scope="module")
def texts(archive):
    """The day and the words of each dated article, without the reprints."""
    first = {each.id: archive.family(each.id).first.id for each in archive}
    return {
        each.id: (each.published.date(), set(words(fold(f"{each.title}\n{each.body}"), segmenter())))
        for each in archive
        if each.published and first[each.id] == each.id
    }


def test_what_rises_is_a_count_of_the_texts(archive, texts):
    found = archive.trends(limit=50)
    assert (found.since, found.until) == (date(2025, 6, 23), LAST)
    now = [held for day, held in texts.values() if day >= found.since]
    before = [held for day, held in texts.values() if day < found.since]
    assert (found.total, found.articles, found.before) == (35, len(now), len(before)) == (35, 28, 45 * 4)
    assert {"洪水", "青石镇"} & {each.word for each in found.trends}
    assert {each.word: each.before for each in found.trends}["抢险"] == 4
    assert found.trends == tuple(sorted(found.trends, key=lambda each: -each.g2))
    for each in found.trends:
        a, b = (sum(each.word in held for held in side) for side in (now, before))
        assert (each.articles, each.before) == (a, b)
        assert each.g2 == pytest.approx(log_likelihood(a, len(now), b, len(before)))
        assert each.ratio == pytest.approx(2 ** log_ratio(a, len(now), b, len(before)))
        assert each.expected == pytest.approx(b * len(now) / len(before))
        assert each.mean == pytest.approx(b * 7 / 45)  # 45 of the 56 days before have articles
        assert each.word in texts[each.id][1] and archive[each.id].title == each.title


def test_gaps_are_no_zeroes(archive):
    """A period without articles takes no part: what is as frequent as ever does not rise after it."""
    assert [each.count for each in archive.trends().periods] == [28, 28, 28, 28, 12, 28, 0, 28]
    after_the_gap = archive.trends(day=LAST - timedelta(days=7), against=1)
    assert [each.count for each in after_the_gap.periods] == [0]
    assert after_the_gap.trends == () and after_the_gap.articles == 28
    assert archive.trends(day=LAST - timedelta(days=7), against=2).trends == ()


def test_a_query_and_conditions_narrow_what_is_compared(archive, texts):
    of_one = archive.trends(source="江报", limit=50)
    assert of_one.total < archive.trends().total
    assert 0 < of_one.articles <= of_one.total
    flood = archive.trends("洪水")
    assert (flood.total, flood.articles, flood.before, flood.trends) == (21, 14, 0, ())
    assert archive.trends("大熊猫").total == 0


def test_least_and_limit(archive):
    every = archive.trends(limit=100)
    fewest = min(each.articles for each in every.trends)
    assert all(each.articles > fewest for each in archive.trends(limit=100, least=fewest + 1).trends)
    assert archive.trends(limit=1).trends == every.trends[:1]


def test_the_last_day(archive, tmp_path):
    assert archive.trends(day="2025-06-22").until == date(2025, 6, 22)
    assert archive.trends(day="上周日").until == date(2025, 6, 22)
    assert archive.trends(day=date(2025, 5, 1)).until == date(2025, 5, 1)
    assert archive.trends().parsed.notes == ()
    with searchkit.open(archive.path, today=lambda: date(2026, 1, 1)) as later:
        found = later.trends()
        assert found.until == LAST and found.trends == archive.trends().trends
        assert found.parsed.notes == ("no article is of 2026-01-01; the newest before it are of 2025-06-29",)
        # What was asked for is what is looked at, also if nothing is there.
        assert later.trends(day="今天").until == date(2026, 1, 1)
    with searchkit.open(tmp_path / "empty", create=True, today=lambda: LAST) as empty:
        assert empty.trends().until == LAST and empty.trends().trends == ()


@pytest.mark.parametrize(
    "given",
    [{"period": 0}, {"against": 0}, {"least": 0}, {"limit": 0}, {"period": True}, {"period": 99_999}, {"day": 5}],
)
def test_values_out_of_range_are_refused(archive, given):
    with pytest.raises(UsageError):
        archive.trends(**given)
    with pytest.raises(QueryError):
        archive.trends(day="2025-02-30")


def test_periods_at_the_beginning_of_time():
    periods = Periods(date(1, 1, 5), 7, 2)
    assert periods.bounds(0) == (date(1, 1, 1), date(1, 1, 5))
    assert periods.bounds(2) == (date(1, 1, 1), date(1, 1, 1))
    assert [periods.number(date(1, 1, day)) for day in (5, 1, 6)] == [0, 0, None]
    assert periods_of(date(1, 1, 5), 7, 2, LAST, dict)[0] == periods


@pytest.mark.parametrize("by", ["week", "month", "year"])
def test_the_words_of_each_period_are_a_count_of_the_texts(archive, texts, by):
    query = "夜市 OR 洪水 OR 清淤"
    found = archive.terms(query, by=by, limit=100)
    matching = {id: each for id, each in texts.items() if each[1] & {"夜市", "洪水", "清淤"}}
    assert found.undated == 1 and found.matches == len(matching) and found.total == archive.count(query)
    held = defaultdict(list)
    for day, of_one in matching.values():
        held[period(day, by)].append(of_one)
    assert [(each.label, each.start, each.end) for each in found.periods] == sorted(held, key=lambda key: key[1])
    for each in found.periods:
        mine = held[each.label, each.start, each.end]
        rest = [of_one for key, others in held.items() if key[0] != each.label for of_one in others]
        assert (each.matches, each.rest) == (len(mine), len(rest))
        for term in each.terms:
            a, b = (sum(term.word in of_one for of_one in side) for side in (mine, rest))
            assert (term.matches, term.rest) == (a, b)
            assert term.g2 == pytest.approx(log_likelihood(a, len(mine), b, len(rest)))
    assert any(each.terms for each in found.periods) == (by != "year")


def test_a_period_that_does_not_exist_is_refused(archive):
    with pytest.raises(UsageError, match="by must be"):
        archive.terms("洪水", by="decade")


def test_of_many_words_few_are_sure():
    """Of a thousand words one reaches 10.83 by chance (p = 0.001)."""
    assert sure(1000) == pytest.approx(10.83, abs=0.01)
    assert sure(1) == sure(2) == 3.84
    counts = {"洪水": (4, 0)}
    assert [term.g2 > 10 for term in typical(counts, 40, 400, 5)] == [True]
    assert typical(counts, 40, 400, 5, typical(counts, 40, 400, 5)[0].g2 + 0.1) == ()
