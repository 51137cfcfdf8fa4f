"""The words typical of the matches of each period against the matches of all other periods.

So a word that the topic always has is typical of no period: it says what was said about the topic then and not at other
times. A period is small and many words are tested in it, so listed are only those that are surer than the surest of as
many words would be by chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from searchkit.deadline import check
from searchkit.engines.aggregation import Counted
from searchkit.model.aggregations import By, PeriodTerms
from searchkit.search.timeline import period
from searchkit.search.typical import LEAST, sure, typical_of


def start_of(day: date, by: By) -> int:
    """Return the first day of a day's period, as an ordinal: the number by which `by_period` knows the period."""
    return period(day, by)[1].toordinal()


def by_period(counted: Mapping[int, Counted], by: By, limit: int) -> tuple[PeriodTerms, ...]:
    """Return for each period with a match, in order, the `limit` words most typical of it.

    Args:
        counted: the matches and their words by the first day of their period, ascending.
    """
    import numpy as np  # loaded by the engine already

    articles = sum(each.articles for each in counted.values())
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    of_periods = []
    for each in counted.values():
        at = np.fromiter(map(numbers.__getitem__, each.words), np.int64, len(each.words))
        of_periods.append((at, np.fromiter(each.words.values(), np.int64, len(each.words))))
    words = list(numbers)
    total = np.zeros(len(words), np.int64)
    for at, counts in of_periods:
        total[at] += counts
    found = []
    for (start, each), (at, counts) in zip(counted.items(), of_periods, strict=True):
        check()
        often = counts >= LEAST
        at, having = at[often], counts[often]
        rest = articles - each.articles
        terms = typical_of(
            [words[number] for number in at.tolist()], having, total[at] - having, each.articles, rest, limit,
            sure(len(at)),
        )  # fmt: skip
        label, first, last = period(date.fromordinal(start), by)
        found.append(PeriodTerms(label, first, last, each.articles, rest, terms))
    return tuple(found)
