"""The words of ten known events, and of the weeks in which they rose, against counting the texts one by one.

Three events on some of the articles; under --torture all ten on all articles.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import segmenter
from searchkit.analysis.terms import words
from searchkit.search.trends import Periods
from searchkit.search.typical import LEAST, log_likelihood, log_ratio, sure, typical
from tests.conftest import SHANGHAI
from tests.realdata.test_exactness import real  # noqa: F401  # a fixture

pytestmark = pytest.mark.realdata
EVENTS = (
    ("二十大", date(2022, 10, 22)),
    ("哈马斯", date(2023, 10, 13)),
    ("亚运会", date(2023, 9, 29)),
    ("神舟十五号", date(2022, 12, 4)),
    ("江泽民", date(2022, 12, 6)),
    ("土耳其 地震", date(2023, 2, 12)),
    ("核污染水", date(2023, 8, 28)),
    ("阅兵", date(2025, 9, 6)),
    ("嫦娥六号", date(2024, 6, 8)),
    ("缅甸 地震", date(2025, 4, 3)),
)


@pytest.fixture(scope="module")
def texts(real):  # noqa: F811
    """The day and the words of each article, and the first of its family."""
    archive, bodies = real
    families = archive._families.all()
    cut = segmenter()
    return {
        each.id: (
            each.published.astimezone(SHANGHAI).date(),
            frozenset(words(fold(bodies[each.id]), cut)),
            families.get(each.id, each.id),
        )
        for each in archive
    }


def represented(ids, texts):
    """Of each family the first article, or if that is not there, the one with the smallest id."""
    found = {}
    for id in sorted(ids):
        family = texts[id][2]
        if family not in found or id == family:
            found[family] = id
    return found


def counted(ids, texts):
    return Counter(word for id in ids for word in texts[id][1])


def table(mine, others, texts, limit, g2_from=None, least=LEAST):
    """The words that are typical of some articles, each with its counts and scores, from the plain counts."""
    a, b = counted(mine, texts), counted(others, texts)
    both = {word: (count, b[word]) for word, count in a.items() if count >= least}
    bound = {} if g2_from is None else {"g2_from": g2_from(len(both))}
    chosen = [term.word for term in typical(both, len(mine), len(others), limit, **bound)]
    return {
        word: (
            *both[word],
            pytest.approx(log_likelihood(both[word][0], len(mine), both[word][1], len(others))),
            pytest.approx(log_ratio(both[word][0], len(mine), both[word][1], len(others))),
        )
        for word in chosen
    }


def shown(terms):
    return {term.word: (term.matches, term.rest, term.g2, term.log_ratio) for term in terms}


@pytest.fixture(scope="module")
def events(rounds):
    return EVENTS[: rounds(3, 10)]


def test_the_words_of_events(real, texts, events, rounds):  # noqa: F811
    archive = real[0]
    for query, _ in events:
        matching = set(archive.ids(query).ids)
        counting = represented(matching, texts)
        rest = {texts[id][2] for id in texts} - counting.keys()
        found = archive.terms(query, limit=30)
        assert (found.total, found.matches, found.rest) == (len(matching), len(counting), len(rest)), query
        assert shown(found.terms) == table(counting.values(), rest, texts, 30), query
        assert found.terms, query


def test_the_words_of_events_by_month(real, texts, events):  # noqa: F811
    archive = real[0]
    for query, _ in events:
        held = defaultdict(list)
        for id in represented(archive.ids(query).ids, texts).values():
            held[texts[id][0].replace(day=1)].append(id)
        found = archive.terms(query, by="month", limit=10)
        assert [(each.start, each.matches) for each in found.periods] == sorted(
            (m, len(ids)) for m, ids in held.items()
        )
        for each in found.periods:
            others = [id for month, ids in held.items() if month != each.start for id in ids]
            assert shown(each.terms) == table(held[each.start], others, texts, 10, sure), (query, each.label)


def test_what_rose_in_the_weeks_of_events(real, texts, events):  # noqa: F811
    archive = real[0]
    for _, day in events:
        periods = Periods(day, 7, 8)
        within = {id for id, text in texts.items() if periods.number(text[0]) is not None}
        counting = represented(within, texts).values()
        now = [id for id in counting if texts[id][0] > day - timedelta(days=7)]
        before = [id for id in counting if texts[id][0] <= day - timedelta(days=7)]
        found = archive.trends(day=day, limit=30)
        assert (found.articles, found.before) == (len(now), len(before)), day
        expected = table(now, before, texts, 30, sure, 3)
        assert [each.word for each in found.trends] == list(expected), day
        for each in found.trends:
            a, b, g2, ratio = expected[each.word]
            assert (each.articles, each.before, each.g2) == (a, b, g2), (day, each.word)
            assert each.expected == pytest.approx(b * len(now) / len(before))
            assert each.ratio == pytest.approx(2**ratio.expected)
            assert each.id in within and texts[each.id][0] > day - timedelta(days=7)
            assert each.word in texts[each.id][1]
