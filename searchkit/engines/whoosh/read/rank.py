"""The order of matches: BM25 in arrays, the proximity bonus for the best, and the requested page.

The formulas and their order of addition are those of `searchkit.engines.scoring`, so the scores equal the reference
engine's to the bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from searchkit.engines import scoring
from searchkit.engines.snapshot import Key, Match
from searchkit.engines.whoosh.columns import MISSING
from searchkit.engines.whoosh.read import block_max, phrases
from searchkit.engines.whoosh.read.calendar import Days
from searchkit.engines.whoosh.read.docsets import EMPTY, DocSet, distinct, places
from searchkit.engines.whoosh.read.impacts import Floats
from searchkit.engines.whoosh.read.matcher import Evaluation, Statistics, Strictness
from searchkit.engines.whoosh.read.segments import Docs
from searchkit.query.tree import Node

Names = Callable[[int, Docs], list[str]]
"""A function that returns the ids of documents of the segment with this number."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Documents of one tier, over all segments, each with its segment's number and its rank; lower ranks are better."""

    tier: int
    segments: npt.NDArray[np.int32]
    docs: Docs
    ranks: Floats

    def __len__(self) -> int:
        return len(self.docs)


def with_proximity(
    tier: Sequence[Docs],
    scores: Sequence[Floats],
    scoring_terms: scoring.ScoringTerms,
    evaluations: Sequence[Evaluation],
    names: Names,
) -> list[Floats]:
    """Return the scores of one tier, including the bonus of its best documents. `names(segment, docs)` breaks ties."""
    if not scoring_terms.fourgrams or not any(len(docs) for docs in tier):
        return list(scores)
    ranked = _ranked(0, tier, [-each for each in scores])
    best = _best(ranked, names)
    highest = -float(ranked.ranks.min())
    raised = [each.copy() for each in scores]
    for i, evaluation in enumerate(evaluations):
        within = DocSet(evaluation.segment.doc_count, docs=np.sort(ranked.docs[best[ranked.segments[best] == i]]))
        if not within.count:
            continue
        have = np.zeros(within.count, np.int64)
        for having in phrases.containing_each(evaluation, "grams", scoring_terms.fourgrams, within):
            have[places(having, within.docs)] += 1
        sought = len(scoring_terms.fourgrams)
        bonus = [scoring.proximity_bonus(count, sought, highest) for count in have.tolist()]
        raised[i][places(within.docs, tier[i])] += bonus
    return raised


def _best(ranked: Ranked, names: Names) -> npt.NDArray[np.int64]:
    """Return the indices of the first PROXIMITY_DEPTH entries. Ids are looked up only if the last of them ties."""
    depth = scoring.PROXIMITY_DEPTH
    if len(ranked) <= depth:
        return np.arange(len(ranked))
    bound = np.partition(ranked.ranks, depth - 1)[depth - 1]
    better = np.flatnonzero(ranked.ranks < bound)
    tied = np.flatnonzero(ranked.ranks == bound)
    missing = depth - len(better)
    if len(tied) > missing:
        of = [names(int(ranked.segments[i]), ranked.docs[i : i + 1])[0] for i in tied.tolist()]
        tied = tied[sorted(range(len(of)), key=of.__getitem__)[:missing]]
    return np.concatenate([better, tied])


def first(ranked: Ranked, limit: int, after: Key | None, names: Names) -> list[tuple[Key, int, int]]:
    """Return the first `limit` after the key `after`: (key, segment number, document). Ties go by id."""
    chosen = np.arange(len(ranked))
    ties = 0
    if after is not None:
        tier, rank, _ = after
        if ranked.tier < tier:
            return []
        if ranked.tier == tier:
            chosen = np.flatnonzero(ranked.ranks >= rank)
            ties = int(np.count_nonzero(ranked.ranks[chosen] == rank))
    wanted = limit + ties
    if wanted <= 0 or not len(chosen):
        return []
    ranks = ranked.ranks[chosen]
    if wanted < len(chosen):
        bound = np.partition(ranks, wanted - 1)[wanted - 1]
        chosen = chosen[ranks <= bound]
    entries: list[tuple[Key, int, int]] = []
    for segment in distinct(ranked.segments[chosen]).tolist():
        here = chosen[ranked.segments[chosen] == segment]
        docs = ranked.docs[here]
        for rank, id, doc in zip(ranked.ranks[here].tolist(), names(segment, docs), docs.tolist(), strict=True):
            entries.append(((ranked.tier, rank, id), segment, doc))
    entries.sort()
    return [entry for entry in entries if after is None or entry[0] > after][:limit]


def by_strictness(
    evaluations: Sequence[Evaluation], query: Node, full: Sequence[DocSet]
) -> Iterator[tuple[int, list[DocSet]]]:
    """Yield the matches in tiers: 0 if every typed word is a word, 1 if one only straddles words."""
    if scoring.matches_words_only(query):
        yield 0, list(full)
        return
    whole = [docs & e.match(query, Strictness.WORDS) for e, docs in zip(evaluations, full, strict=True)]
    yield 0, whole
    yield 1, [docs - first for docs, first in zip(full, whole, strict=True)]


def nearly(evaluations: Sequence[Evaluation], query: Node, full: Sequence[DocSet]) -> list[DocSet]:
    """Return the near matches: documents that have most of the words and do not match."""
    return [e.match(query, Strictness.NEAR) - docs for e, docs in zip(evaluations, full, strict=True)]


def by_score(
    tier: int,
    evaluations: Sequence[Evaluation],
    sets: Sequence[DocSet],
    scoring_terms: scoring.ScoringTerms,
    statistics: Statistics,
    names: Names,
    wanted: int | None = None,
) -> Ranked:
    """Rank one tier by the negated score. Only its first `wanted` (and ties with the last) need be included."""
    terms = block_max.weighed(scoring_terms, statistics)
    # The bonus may bring any of the first PROXIMITY_DEPTH to the front, and none of those after them.
    depth = (
        sum(map(len, sets))
        if wanted is None
        else max(wanted, scoring.PROXIMITY_DEPTH if scoring_terms.fourgrams else 1)
    )
    found = block_max.best(sets, terms, depth) if sets else []
    docs = [each for each, _ in found]
    scores = with_proximity(docs, [each for _, each in found], scoring_terms, evaluations, names)
    return _ranked(tier, docs, [-each for each in scores])


def by_time(
    tier: int,
    evaluations: Sequence[Evaluation],
    sets: Sequence[DocSet],
    *,
    newest: bool,
    wanted: int | None = None,
    within: Days = (None, None),
) -> Ranked:
    """Rank one tier by time, articles without a time last. Only its first `wanted` need be included.

    Args:
        within: see `Calendar.first`.
    """
    docs, ranks = [], []
    for evaluation, each in zip(evaluations, sets, strict=True):
        chosen = None if wanted is None else evaluation.calendar.first(each, wanted, newest=newest, within=within)
        chosen = each.docs if chosen is None else chosen
        times = evaluation.segment.numbers("published").take(chosen)
        signed = (-times if newest else times).astype(np.float64)
        signed[times == MISSING] = np.inf
        docs.append(chosen)
        ranks.append(signed)
    return _ranked(tier, docs, ranks)


def _ranked(tier: int, docs: Sequence[Docs], ranks: Sequence[Floats]) -> Ranked:
    if len(docs) == 1:
        return Ranked(tier, np.zeros(len(docs[0]), np.int32), docs[0], ranks[0])
    if not docs:
        return Ranked(tier, EMPTY, EMPTY, np.empty(0))
    numbers = [np.full(len(each), i, np.int32) for i, each in enumerate(docs)]
    return Ranked(tier, np.concatenate(numbers), np.concatenate(docs), np.concatenate(ranks))


def page(tiers: Iterable[Ranked], limit: int, after: Key | None, names: Names, scored: bool) -> list[Match]:
    """Return the first `limit` over all tiers. Tiers that are not needed are not computed."""
    found: list[Match] = []
    for ranked in tiers:
        for key, _, _ in first(ranked, limit - len(found), after, names):
            found.append(Match(key[2], -key[1] if scored else 0.0, key, near=key[0] == scoring.NEAR_TIER))
        if len(found) >= limit:
            break
    return found


def explained(
    number: int, docs: Docs, scoring_terms: scoring.ScoringTerms, statistics: Statistics
) -> Mapping[str, float]:
    """Return the part of each term in the score of the one document in `docs`, in the segment with this number."""
    named = [("words", text) for text in scoring_terms.words] + [("grams", text) for text in scoring_terms.grams]
    weighed = block_max.weighed(scoring_terms, statistics)
    found: dict[str, float] = {}
    for (field, text), weight in zip(named, weighed.terms, strict=True):
        added = float(block_max.scores(docs, number, block_max.Weighed([weight]))[0])
        if added:
            found[f"{field}:{text}"] = added
    for forms, terms in zip(scoring_terms.choices, weighed.choices, strict=True):
        best, which = block_max.best_forms(docs, number, terms)
        if best[0]:
            found[scoring.part_name(found, forms[which[0]].name)] = float(best[0])
    return found
