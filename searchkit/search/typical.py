"""Words typical of some articles against others, by their document frequencies.

For each word a table of two by two is tested: matches with and without it, other articles with and without it. G² is
twice the logarithm of the likelihood of these counts with one share for each side, over that with one share for both
(Dunning 1993, Computational Linguistics 19.1). It holds for rare words as well, unlike chi-square. The log ratio
(Hardie 2014) says how much more frequent a word is; G² grows with it, but also with the number of articles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from math import log, log2
from statistics import NormalDist
from typing import TYPE_CHECKING, TypeAlias

from searchkit.analysis.stopwords import tells_something
from searchkit.engines.aggregation import Counted
from searchkit.model.aggregations import Term

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_Found: TypeAlias = tuple[float, int, str, int, int]
"""A word in the order of the list: -G², minus its length, the word, matches and others that have it."""

LEAST = 2
"""Matches that must have a word, reprints counted once."""
SURE = 3.84
"""The smallest G² of a word that is listed: by chance, one word in twenty reaches it."""
_ROUNDING = 1e-6
INSIDE = 0.9
"""A word is left out if so many of the articles that have it have a longer word of the list that contains it."""


def log_likelihood(matches: int, of_matches: int, rest: int, of_rest: int) -> float:
    """Return G² of a word that `matches` of `of_matches` articles have, and `rest` of `of_rest` others; 0 or more."""
    every = of_matches + of_rest
    having = matches + rest
    found = 0.0
    for seen, row, column in (
        (matches, of_matches, having),
        (rest, of_rest, having),
        (of_matches - matches, of_matches, every - having),
        (of_rest - rest, of_rest, every - having),
    ):
        if seen:
            found += seen * log(seen * every / (row * column))
    return max(0.0, 2 * found)


def log_ratio(matches: int, of_matches: int, rest: int, of_rest: int) -> float:
    """Return log2 of the word's share of the matches over its share of the rest; half an article stands for none."""
    return log2((matches or 0.5) / of_matches) - log2((rest or 0.5) / of_rest)


def sure(tested: int) -> float:
    """Return the G² that by chance one of so many words reaches on average (of chi-square, 1 degree); SURE at least."""
    return max(SURE, NormalDist().inv_cdf(1 - 0.5 / tested) ** 2) if tested > 1 else SURE


def typical(
    words: Mapping[str, tuple[int, int]], matches: int, rest: int, limit: int, g2_from: float = SURE
) -> tuple[Term, ...]:
    """Return the `limit` words with the highest G² among those more frequent in the matches than in the rest.

    Left out are words that say nothing (`searchkit.analysis.stopwords`), words below `g2_from`, and words that in the
    matches stand almost only inside a longer word of the list.

    Args:
        words: of each word the numbers of matches and of other articles that have it.
        matches, rest: the numbers of articles.
    """
    import numpy as np  # loaded by the engine already

    both = np.fromiter(chain.from_iterable(words.values()), np.int64, 2 * len(words))
    return typical_of(list(words), both[::2], both[1::2], matches, rest, limit, g2_from)


def typical_of(
    words: Sequence[str], having: Ints, others: Ints, matches: int, rest: int, limit: int, g2_from: float = SURE
) -> tuple[Term, ...]:
    """Do as `typical` with the counts in two arrays parallel to `words`: much faster for many."""
    if not matches or not rest:
        return ()
    found: list[_Found] = []
    likelihoods: dict[tuple[int, int], float] = {}
    likely = _likely(having, others, matches, rest, g2_from).nonzero()[0]
    for at, a, b in zip(likely.tolist(), having[likely].tolist(), others[likely].tolist(), strict=True):
        g2 = likelihoods.get((a, b))
        if g2 is None:
            g2 = likelihoods[a, b] = log_likelihood(a, matches, b, rest)
        if g2 >= g2_from:
            word = words[at]
            found.append((-g2, -len(word), word, a, b))
    found.sort()
    return tuple(
        Term(word, -negative, log_ratio(a, matches, b, rest), a, b)
        for negative, _, word, a, b in islice(_without_parts(found), limit)
    )


def _likely(having: Ints, others: Ints, matches: int, rest: int, g2_from: float) -> NDArray[np.bool_]:
    """Tell which words are more frequent in the matches and may reach a G², up to rounding. Most do not."""
    import numpy as np

    a, b = having.astype(np.float64), others.astype(np.float64)
    every = matches + rest
    found = np.zeros(len(a))
    for seen, row, column in (
        (a, matches, a + b), (b, rest, a + b), (matches - a, matches, every - a - b), (rest - b, rest, every - a - b),
    ):  # fmt: skip
        with np.errstate(divide="ignore", invalid="ignore"):
            found += np.where(seen > 0, seen * np.log(seen * every / (row * column)), 0.0)
    chosen: NDArray[np.bool_] = (a * rest > b * matches) & (2 * found >= g2_from - _ROUNDING * (1 + g2_from))
    return chosen


def apart(mine: Counted, others: Counted, limit: int) -> tuple[Term, ...]:
    """Return the `limit` words typical of some articles against others, with which they have none in common."""
    words = {word: (count, others.words.get(word, 0)) for word, count in mine.words.items() if count >= LEAST}
    return typical(words, mine.articles, others.articles, limit)


def _without_parts(ordered: Sequence[_Found]) -> Iterator[_Found]:
    """Yield the words that tell something and that no longer one stands for: no 人工 and 智能 beside 人工智能."""
    matches = {word: a for _, _, word, a, _ in ordered}
    joined = "\n".join(["", *matches, ""])

    def is_part(word: str) -> bool:
        at = joined.find(word)
        while at >= 0:
            end = joined.index("\n", at)
            holder = joined[joined.rindex("\n", 0, at) + 1 : end]
            if holder != word and matches[holder] >= INSIDE * matches[word] and tells_something(holder):
                return True
            at = joined.find(word, end)
        return False

    # Tens of thousands are found, of which some twenty are wanted: what takes long is asked last.
    yield from (each for each in ordered if tells_something(each[2]) and not is_part(each[2]))
