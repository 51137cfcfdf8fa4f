"""The order of matches: BM25 in arrays, the proximity bonus for the best, and the page asked for.

The formulas and their order of addition are `searchkit.engines.scoring`'s, so the scores equal the reference's to
the bit.
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
"""The ids of documents of the segment with this number."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Documents of one tier, over all segments: beside each its segment's number and its rank, the lower the better."""

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
    """The scores of one tier, its best documents with their bonus. `names(segment, docs)` gives ids, for ties."""
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
    """Which entries are the PROXIMITY_DEPTH first. Ids are looked up only where the last of them ties."""
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
    """The `limit` first behind the key `after`: (key, segment number, document). Ties go by id."""
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
    """The matches in tiers: 0 where every typed word is a word, 1 where one only straddles words."""
    if scoring.matches_words_only(query):
        yield 0, list(full)
        return
    whole = [docs & e.match(query, Strictness.WORDS) for e, docs in zip(evaluations, full, strict=True)]
    yield 0, whole
    yield 1, [docs - first for docs, first in zip(full, whole, strict=True)]


def nearly(evaluations: Sequence[Evaluation], query: Node, full: Sequence[DocSet]) -> list[DocSet]:
    """Near matches: what has most of the words and does not match."""
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
    """One tier, ranked by the negated score; the `wanted` first of it (and what ties with the last) are enough."""
    terms = block_max.weighed(scoring_terms, statistics)
    # The bonus may bring any of the PROXIMITY_DEPTH first to the front, and none from behind them.
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
    """One tier, ranked by time; an article without one is last. The `wanted` first of it are enough.

    `within`: see `Calendar.first`.
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
    """The first `limit` over all tiers; a tier that is not needed is not asked for."""
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
    """What each term adds to the score of the one document in `docs`, of the segment of this number."""
    named = [("words", text) for text in scoring_terms.words] + [("grams", text) for text in scoring_terms.grams]
    found = {}
    for (field, text), weight in zip(named, block_max.weighed(scoring_terms, statistics), strict=True):
        added = float(block_max.scores(docs, number, [weight])[0])
        if added:
            found[f"{field}:{text}"] = added
    return found
