"""The evaluator's parts against plain Python: sets of documents, the best by pruning, the calendar, literal strings."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.engines import scoring
from searchkit.engines.scoring import length_code
from searchkit.engines.whoosh.columns import MISSING
from searchkit.engines.whoosh.read import block_max, docsets, impacts, segments
from searchkit.engines.whoosh.read.cache import Cache
from searchkit.engines.whoosh.read.calendar import Calendar
from searchkit.engines.whoosh.read.docsets import DocSet, distinct, intersect_all, unite
from searchkit.engines.whoosh.read.impacts import Impacts, Saturation, Scratch
from searchkit.engines.whoosh.read.matcher import Term
from tests.conftest import examples

SEEDS = st.integers(0, 1 << 32)
SIZES = st.integers(1, 700)


def docs_of(size: int) -> st.SearchStrategy[list[int]]:
    """Few documents of a segment, or many."""
    number = st.integers(0, size - 1)
    few = st.sets(number, max_size=size // 32 + 1)
    many = st.tuples(SEEDS, st.floats(0, 1)).map(lambda given: drawn(random.Random(given[0]), size, given[1]))
    return st.one_of(few, many).map(sorted)


def drawn(rng: random.Random, size: int, share: float) -> list[int]:
    """About this share of the documents. Random numbers of our own: so many would be too much for hypothesis."""
    return [doc for doc in range(size) if rng.random() < share]


def array(docs) -> np.ndarray:
    return np.array(docs, np.int32)


@given(st.data(), SIZES)
def test_sets_are_sets(data, size):
    lists = [data.draw(docs_of(size)) for _ in range(3)]
    a, b, c = (DocSet.of(array(docs), size) for docs in lists)
    if data.draw(st.booleans()):
        a = DocSet(size, docs=array(lists[0]))  # whatever its form would have been
        assert a.bits.any() == bool(lists[0])
    x, y, z = map(set, lists)
    for made, meant in [
        (a & b, x & y), (a | b, x | y), (a - b, x - y), (b - a, y - x),
        (intersect_all([a, b, c]), x & y & z), (unite([a, b, c], size), x | y | z),
    ]:  # fmt: skip
        assert made.docs.tolist() == sorted(meant)
        assert made.docs.dtype == np.int32
        assert len(made) == len(meant)
        assert np.flatnonzero(made.mask()).tolist() == sorted(meant)
    asked = array(data.draw(st.lists(st.integers(0, size - 1))))
    assert a.has(asked).tolist() == [doc in x for doc in asked.tolist()]
    blocks = sorted(data.draw(st.sets(st.integers(0, (size - 1) // docsets.BLOCK))))
    within = [doc for doc in lists[0] if doc // docsets.BLOCK in blocks]
    assert a.in_blocks(np.array(blocks, np.int64)).tolist() == within


class Listed:
    """A posting list of (document, frequency)."""

    def __init__(self, docs: list[int], freqs: list[int], size: int) -> None:
        self.count = len(docs)
        self.having = DocSet.of(array(docs), size)
        self.nbytes = self.having.nbytes
        self._all = array(docs), array(freqs)

    is_decoded = True

    def is_looked_up(self) -> bool:
        return segments.SMALL == 0

    def common(self, docs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.having.common(docs)

    def decoded(self) -> tuple[np.ndarray, np.ndarray]:
        return self._all

    def freqs_of(self, which: np.ndarray) -> np.ndarray:
        return self._all[1].take(which)


@examples(25)
@given(SEEDS, st.integers(200, 1500), st.integers(1, 3), st.integers(1, 30))
def test_the_best_are_those_that_scoring_all_finds(seed, size, segments, wanted):
    """Scores to the bit, whatever way the terms are kept; ties with the last one all there."""
    rng = random.Random(seed)
    saturation = Saturation(300.0)
    codes = [
        np.array([length_code(rng.choice([80, 300, 900])) for _ in range(size)], np.uint8) for _ in range(segments)
    ]
    terms = []
    scratch = Scratch(size)
    for _ in range(rng.randint(1, 4)):
        parts: list[Impacts | None] = []
        share = rng.choice([0.002, 0.03, 0.3, 0.9])
        most = rng.choice([1, 3, 300])
        for i in range(segments):
            docs = drawn(rng, size, share)
            made = Listed(docs, [rng.randint(1, most) for _ in docs], size)
            parts.append(Impacts(made, size, codes[i], saturation, scratch) if docs else None)  # type: ignore[arg-type]
        terms.append((rng.choice([1.0, 0.5]), Term(size * segments, tuple(parts))))
    cut = rng.randint(0, len(terms))
    forms = tuple((rng.choice([1.0, 0.3]), [term]) for term in terms[cut:])
    weighed = block_max.Weighed(terms[:cut], (forms,)) if forms else block_max.Weighed(terms)
    sets = [DocSet.of(array(drawn(rng, size, rng.choice([0.01, 0.3, 1.0]))), size) for _ in range(segments)]
    every = sorted(
        (
            -score, i, doc
        )
        for i, each in enumerate(sets)
        for doc, score in zip(each.docs.tolist(), block_max.scores(each.docs, i, weighed).tolist(), strict=True)
    )  # fmt: skip
    least = -every[min(wanted, len(every)) - 1][0] if every else 0.0
    found = sorted(
        (-score, i, doc)
        for i, (docs, scores) in enumerate(block_max.best(sets, weighed, wanted))
        for doc, score in zip(docs.tolist(), scores.tolist(), strict=True)
    )
    assert [each for each in found if -each[0] >= least] == [each for each in every if -each[0] >= least]


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 300)), min_size=1), SEEDS, st.sets(st.integers(0, 400)))
def test_an_impact_is_the_saturation(pairs, seed, asked):
    postings = dict(pairs)
    docs = sorted(postings)
    rng = random.Random(seed)
    lengths = [rng.randint(1, 2000) for _ in range(401)]
    codes = np.array([length_code(each) for each in lengths], np.uint8)
    part = Impacts(Listed(docs, [postings[doc] for doc in docs], 401), 401, codes, Saturation(77.0), Scratch(401))  # type: ignore[arg-type]
    asked = sorted(asked)
    meant = [
        scoring.saturation(float(postings[doc]), float(scoring.length_codes()[codes[doc]]), 77.0)
        if doc in postings
        else 0.0
        for doc in asked
    ]
    assert part.of(array(asked)).tolist() == meant
    bounds = dict(zip(part.blocks.tolist(), part.bounds.tolist(), strict=True))
    for doc in docs:
        assert part.of(array([doc]))[0] <= bounds[doc // docsets.BLOCK] <= part.highest


@pytest.fixture(params=["small and large", "all large"], autouse=True)
def thresholds(request, monkeypatch):
    """Segments of tests are small; sizes that decide on a way to go are moved among them."""
    monkeypatch.setattr(block_max, "FEW", 8)
    monkeypatch.setattr(impacts, "FEW", 8)
    monkeypatch.setattr(impacts, "SEVERAL", 4 if request.param == "all large" else 10**6)
    if request.param == "all large":
        monkeypatch.setattr(segments, "SMALL", 0)


class Columns:
    """A segment with nothing but its times."""

    def __init__(self, days: list[int | None], seconds: list[int | None]) -> None:
        self.doc_count = len(days)
        self._columns = {"day": days, "published": seconds}

    def numbers(self, column: str) -> np.ndarray:
        return np.array([MISSING if each is None else each for each in self._columns[column]], np.int64)

    def order(self) -> np.ndarray:
        """As the file keeps it."""
        days, times = self.numbers("day"), self.numbers("published")
        return np.lexsort((times, days)).astype(np.int32)[np.count_nonzero(days == MISSING) :]


START = date(2025, 3, 1)
times = st.one_of(st.none(), st.integers(0, 86400 * 40))


@given(st.lists(times, min_size=1, max_size=500), st.booleans(), st.data())
def test_the_calendar(moments, wandering, data):
    """Ranges of days, the newest and the oldest, counts by day. `wandering`: days that do not go with the times."""
    first = START.toordinal()
    days = [None if each is None else first + each // 86400 for each in moments]
    if wandering:
        days = [None if each is None else each + i % 3 for i, each in enumerate(days)]
    size = len(moments)
    calendar = Calendar(Columns(days, moments))  # type: ignore[arg-type]
    among = DocSet.of(array(data.draw(docs_of(size))), size)
    since, until = (
        data.draw(st.one_of(st.none(), st.integers(-2, 44).map(lambda d: START + timedelta(d)))) for _ in range(2)
    )
    within = [
        doc
        for doc in among.docs.tolist()
        if (day := days[doc]) is not None
        and (since is None or day >= since.toordinal())
        and (until is None or day <= until.toordinal())
    ]
    assert calendar.between(since, until, among).docs.tolist() == within
    start, counts, without = calendar.per_day(among)
    assert without == sum(days[doc] is None for doc in among.docs.tolist())
    of_days = Counter(day for doc in among.docs.tolist() if (day := days[doc]) is not None)
    assert {start + i: n for i, n in enumerate(counts.tolist()) if n} == of_days
    wanted = data.draw(st.integers(1, 20))
    for newest in (True, False):
        known = (START, START + timedelta(50)) if data.draw(st.booleans()) else (None, None)
        found = calendar.first(among, wanted, newest=newest, within=known)
        if found is None:
            continue
        timed = sorted((moments[doc] for doc in among.docs.tolist() if moments[doc] is not None), reverse=newest)
        last = timed[wanted - 1]
        meant = {doc for doc in among.docs.tolist() if moments[doc] in timed[:wanted] and moments[doc] != last}
        meant |= {doc for doc in among.docs.tolist() if moments[doc] == last}
        assert set(found.tolist()) == meant


class Weight:
    """Something of a size."""

    def __init__(self, nbytes: int) -> None:
        self.nbytes = nbytes


def test_the_cache_keeps_what_was_used_last():
    cache: Cache[str, Weight] = Cache(10_000)
    for name in "abc":
        cache.put(name, Weight(2_500))
    assert cache.get("a") is not None
    cache.put("d", Weight(2_500))
    assert [name for name in "abcd" if cache.get(name) is not None] == ["a", "c", "d"]
    cache.put("e", Weight(50_000))
    assert [name for name in "abcde" if cache.get(name) is not None] == ["e"]


@given(st.lists(st.integers(-(2**40), 2**40) | st.integers(0, 5), max_size=30))
def test_distinct(values):
    array = np.array(values, np.int64)
    assert distinct(array).tolist() == sorted(set(values)) == np.unique(array).tolist()
