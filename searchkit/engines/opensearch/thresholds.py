"""Queries of which the parts have weights, and an article must have parts of enough weight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from searchkit.cluster.client import Body
from searchkit.engines.opensearch.literals import any_of

_MOST_TRIED = 12
"""Of more parts than these not every selection is tried."""
_HAIR = 1e-6
"""Scores are floats of 32 bits: sums of weights are known to this share of them."""


def at_least(
    parts: Sequence[Body], weights: Sequence[float], is_enough: Callable[[Sequence[bool]], bool], share: float
) -> Body:
    """Return the query for the articles that have parts of enough weight.

    Args:
        weights: of the parts, above 0.
        is_enough: decides, to the last bit, for the parts that an article has.
        share: of the weights, which it takes for enough if nothing is lost by rounding.
    """
    weighed = [worth(part, weight) for part, weight in zip(parts, weights, strict=True)]
    return reaching(weighed, weights, is_enough, share)


def worth(query: Body, weight: float) -> Body:
    """Return a query whose score is a weight."""
    return {"constant_score": {"filter": query, "boost": weight}}


def reaching(
    weighed: Sequence[Body], weights: Sequence[float], is_enough: Callable[[Sequence[bool]], bool], share: float
) -> Body:
    """Return the same for queries whose scores add up to the weights of the parts that an article has."""
    threshold = _threshold(weights, is_enough, share)
    return {"function_score": {"query": any_of(weighed), "min_score": threshold}}


def _threshold(weights: Sequence[float], is_enough: Callable[[Sequence[bool]], bool], share: float) -> float:
    """Return a sum that is reached by what is enough and not by the rest, though sums are rounded.

    Where equal weights meet the share exactly, all selections of that sum are enough or none is.
    """
    exact = share * sum(weights)
    if len(weights) > _MOST_TRIED:
        return exact * (1 - _HAIR)
    for has in product((False, True), repeat=len(weights)):
        reached = sum(weight for weight, yes in zip(weights, has, strict=True) if yes)
        if abs(reached - exact) <= _HAIR * exact:
            return exact * (1 - 2 * _HAIR) if is_enough(has) else exact * (1 + 2 * _HAIR)
    return exact
