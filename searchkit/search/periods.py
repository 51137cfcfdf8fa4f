"""The words typical of the matches of each period against the matches of all other periods.

So a word that the topic always has is typical of no period: it says what was said about the topic then and not at other
times. A period is small and many words are tested in it, so listed are only those that are surer than the surest of as
many words would be by chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import chain

from searchkit.deadline import check
from searchkit.engines.aggregation import Counted
from searchkit.model.aggregations import By, PeriodTerms
from searchkit.search.timeline import period
from searchkit.search.typical import LEAST, sure, typical


def start_of(day: date, by: By) -> int:
    """Return the first day of a day's period, as an ordinal: the number by which `by_period` knows the period."""
    return period(day, by)[1].toordinal()


def by_period(counted: Mapping[int, Counted], by: By, limit: int) -> tuple[PeriodTerms, ...]:
    """Return for each period with a match, in order, the `limit` words most typical of it.

    Args:
        counted: the matches and their words by the first day of their period, ascending.
    """
    articles = sum(each.articles for each in counted.values())
    words_of = [{word: count for word, count in each.words.items() if count >= LEAST} for each in counted.values()]
    total = dict.fromkeys(chain.from_iterable(words_of), 0)
    for each in counted.values():
        for word in total.keys() & each.words.keys():
            total[word] += each.words[word]
    found = []
    for (start, each), often in zip(counted.items(), words_of, strict=True):
        check()
        words = {word: (count, total[word] - count) for word, count in often.items()}
        rest = articles - each.articles
        label, first, last = period(date.fromordinal(start), by)
        terms = typical(words, each.articles, rest, limit, sure(len(words)))
        found.append(PeriodTerms(label, first, last, each.articles, rest, terms))
    return tuple(found)
