"""The best documents of a set by BM25, without scoring the others.

Block-max pruning (Mallia, Suel and Tonellotto, Faster Learned Sparse Retrieval with Block-Max Pruning, SIGIR 2024) fits
arrays well: the documents of a segment are divided into blocks of 64; the bounds of a query's terms in a block add up
to a bound of every score in it; the blocks with the highest bounds are scored first, and blocks whose bound is below
the score known to be reached are skipped. All computed scores are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.deadline import check
from searchkit.engines import scoring
from searchkit.engines.whoosh.read.docsets import BLOCK, EMPTY, DocSet, unite
from searchkit.engines.whoosh.read.impacts import Floats
from searchkit.engines.whoosh.read.matcher import Statistics, Term
from searchkit.engines.whoosh.read.segments import Docs

FEW = 512
"""Up to this many documents (or one in each block) are all scored: computing bounds would take longer."""
_SLACK = np.float32(1 + 1e-5)
"""A margin for bounds, which are added in single precision."""

Fading: TypeAlias = Callable[[int, Docs], Floats]
"""A function that returns a factor, 0 to 1, for documents of the segment with this number."""
Bounds = npt.NDArray[np.float32]
Terms = list[tuple[float, Term]]
"""Terms, each with the factor of its weight, in the order of addition."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The terms of a query: those that are added up, and for each text with aliases its forms with their factors."""

    terms: Terms
    choices: tuple[tuple[tuple[float, Terms], ...], ...] = ()

    def every(self) -> Terms:
        """Return all terms; their weights add up to no less than any score."""
        return self.terms + [
            (factor * of_form, term)
            for forms in self.choices
            for of_form, terms in forms
            for factor, term in terms
        ]  # fmt: skip


def weighed(scoring_terms: scoring.ScoringTerms, statistics: Statistics) -> Weighed:
    """Return the terms that a query is scored by."""

    def terms(of: scoring.ScoringTerms | scoring.FormTerms) -> Terms:
        term = statistics.term
        return [(1.0, term("words", text)) for text in of.words] + [
            (scoring.GRAMS_WEIGHT, term("grams", text)) for text in of.grams
        ]

    choices = []
    for forms in scoring_terms.choices:
        factors = scoring.form_factors(forms, statistics.idf)
        choices.append(tuple((factor, terms(form)) for factor, form in zip(factors, forms, strict=True)))
    return Weighed(terms(scoring_terms), tuple(choices))


def scores(docs: Docs, number: int, weighed: Weighed) -> Floats:
    """Return the score of each of ascending `docs` in the segment with this number, without the proximity bonus."""
    total = _added(docs, number, weighed.terms)
    for forms in weighed.choices:
        best, _ = best_forms(docs, number, forms)
        total = best if total is None else total + best
    return np.zeros(len(docs)) if total is None else total


def best_forms(docs: Docs, number: int, forms: Sequence[tuple[float, Terms]]) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return for each document the score of its best form, and the number of this form."""
    best, which = np.zeros(len(docs)), np.zeros(len(docs), np.int64)
    for each, (factor, terms) in enumerate(forms):
        score = _added(docs, number, terms)
        if score is None:
            continue
        score *= factor
        which[score > best] = each
        np.maximum(best, score, out=best)
    return best, which


def _added(docs: Docs, number: int, terms: Terms) -> Floats | None:
    """Return the sum of the weights of terms in each document; None if none of them occurs in the segment."""
    total: Floats | None = None
    for factor, term in terms:
        check()
        part = term.parts[number]
        if part is None:
            continue
        weight = part.of(docs)
        weight *= term.idf
        if factor != 1.0:
            weight *= factor
        if total is None:
            total = weight
        else:
            total += weight
    return total


def best(
    sets: Sequence[DocSet], weighed: Weighed, wanted: int, fading: Fading | None = None
) -> list[tuple[Docs, Floats]]:
    """Return the documents of each set that score at least as high as the `wanted`-th best of all, with their scores.

    So ties with the last one are included. If there are few documents, returns all of them.

    Args:
        fading: lowers the scores. Bounds stay bounds: no factor is above 1.
    """

    def scored(docs: Docs, number: int) -> Floats:
        found = scores(docs, number, weighed)
        if fading is not None:
            found *= fading(number, docs)
        return found

    blocks = sum(-(-each.size // BLOCK) for each in sets)
    if sum(each.count for each in sets) <= max(FEW, wanted, blocks):
        return [(docs, scored(docs, i)) for i, docs in enumerate(each.docs for each in sets)]
    bounds = [_bounds(-(-each.size // BLOCK), i, weighed) for i, each in enumerate(sets)]
    reached = _reached(sets, bounds, scored, wanted)
    every = weighed.every()
    found = []
    for i, (each, bound) in enumerate(zip(sets, bounds, strict=True)):
        promising = _with_essential(each, i, every, reached)
        docs = promising.in_blocks((bound >= reached).nonzero()[0]) if promising.count else EMPTY
        found.append((docs, scored(docs, i)))
    return _reaching(found, wanted)


def _bounds(blocks: int, number: int, weighed: Weighed) -> Bounds:
    bounds = np.zeros(blocks, np.float32)
    _add_bounds(bounds, number, weighed.terms)
    for forms in weighed.choices:
        highest = np.zeros(blocks, np.float32)
        for of_form, terms in forms:
            each = np.zeros(blocks, np.float32)
            _add_bounds(each, number, terms, of_form)
            np.maximum(highest, each, out=highest)
        bounds += highest
    bounds *= _SLACK
    return bounds


def _add_bounds(bounds: Bounds, number: int, terms: Terms, of_form: float = 1.0) -> None:
    for factor, term in terms:
        check()
        part = term.parts[number]
        if part is not None:
            part.add_bounds(bounds, factor * of_form * term.idf)


def _reached(
    sets: Sequence[DocSet], bounds: Sequence[Bounds], scored: Callable[[Docs, int], Floats], wanted: int
) -> float:
    """Return a score that at least `wanted` documents reach."""
    every = bounds[0].copy() if len(bounds) == 1 else np.concatenate(bounds)
    matching = sum(each.count for each in sets)
    share = 2 * wanted * len(every) // matching + 8
    while share < len(every):
        every.partition(len(every) - share)
        least = every[len(every) - share]
        sampled = []
        for i, (each, bound) in enumerate(zip(sets, bounds, strict=True)):
            if each.count:
                sampled.append(scored(each.in_blocks((bound >= least).nonzero()[0]), i))
        reached = sampled[0] if len(sampled) == 1 else np.concatenate(sampled)
        if len(reached) >= wanted:
            reached.partition(len(reached) - wanted)
            return float(reached[len(reached) - wanted])
        share *= 4
    return 0.0


def _with_essential(docs: DocSet, number: int, terms: Terms, reached: float) -> DocSet:
    """Return the documents with one of the terms without which no document reaches this score.

    MaxScore (Turtle and Flood, Query Evaluation: Strategies and Optimizations, 1995): a document that has only the
    lightest terms, which are not enough all together, need not be looked at.
    """
    weights = sorted(
        ((factor * term.idf * part.highest, part) for factor, term in terms if (part := term.parts[number])),
        key=lambda each: each[0],
    )
    total, needless = 0.0, 0
    for weight, _ in weights:
        total += weight
        if total * float(_SLACK) >= reached:
            break
        needless += 1
    essential = [part.docs for _, part in weights[needless:]]
    if not needless or sum(each.count for each in essential) * 2 > docs.count:
        return docs
    return docs & unite(essential, docs.size)


def _reaching(found: list[tuple[Docs, Floats]], wanted: int) -> list[tuple[Docs, Floats]]:
    """Return the documents that score at least as high as the `wanted`-th best."""
    every = found[0][1] if len(found) == 1 else np.concatenate([score for _, score in found])
    if wanted >= len(every):
        return found
    every = every.copy() if len(found) == 1 else every
    every.partition(len(every) - wanted)
    least = every[len(every) - wanted]
    kept = [((score >= least).nonzero()[0], docs, score) for docs, score in found]
    return [(docs.take(at), score.take(at)) for at, docs, score in kept]
