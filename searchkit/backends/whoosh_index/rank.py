"""The order of matches: BM25 in arrays, the proximity bonus for the best, and the page asked for.

The formulas and their order of addition are `searchkit.ranking`'s, so the scores equal the reference's to the bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from searchkit import ranking
from searchkit.backends.whoosh_index import phrases
from searchkit.backends.whoosh_index.docsets import EMPTY, intersect, places, subtract
from searchkit.backends.whoosh_index.evaluate import TABLED, Evaluation, Statistics, Strictness
from searchkit.backends.whoosh_index.schema import MISSING
from searchkit.backends.whoosh_index.segments import Docs, SegmentView
from searchkit.index import Key, Match
from searchkit.query.tree import Node

Floats = npt.NDArray[np.float64]
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


def base_scores(segment: SegmentView, docs: Docs, scoring: ranking.Scoring, statistics: Statistics) -> Floats:
    """The score of each of `docs` without the proximity bonus."""
    if not len(docs) or not scoring:
        return np.zeros(len(docs))
    dense: Floats | None = None
    sparse: Floats | None = None
    postings = [(field, term, factor, segment.term(field, term)) for field, term, factor in _terms(scoring)]
    # Where the documents are many, whole lists are added up by document number; looking each document up in each list
    # would take longer. The order of additions is the same.
    longest = max((len(posting.docs) for *_, posting in postings if posting is not None), default=0)
    if len(docs) * 4 >= longest and len(docs) * 16 > segment.doc_count:
        dense = np.zeros(segment.doc_count)
    else:
        sparse = np.zeros(len(docs))
    for field, term, factor, posting in postings:
        if posting is None:
            continue
        if posting.docs is docs and sparse is not None:
            sparse += factor * _weights(segment, field, term, docs, posting.freqs, statistics)
        elif dense is not None:
            dense[posting.docs] += factor * _weights(segment, field, term, posting.docs, posting.freqs, statistics)
        elif sparse is not None:
            at = places(docs, posting.docs)
            both = posting.docs[at]
            weights = _weights(segment, field, term, both, posting.freqs[at], statistics)
            sparse[places(both, docs)] += factor * weights
    if dense is not None:
        return dense[docs]
    assert sparse is not None
    return sparse


def _terms(scoring: ranking.Scoring) -> Iterator[tuple[str, str, float]]:
    """Field, term and factor, in the order in which they are added."""
    for term in scoring.words:
        yield "words", term, 1.0
    for term in scoring.grams:
        yield "grams", term, ranking.GRAMS_WEIGHT


def _weights(
    segment: SegmentView,
    field: str,
    term: str,
    docs: Docs,
    freqs: npt.NDArray[np.int32],
    statistics: Statistics,
) -> Floats:
    """BM25 of one term in each of `docs`."""
    codes = segment.lengths(field)[docs]
    table = statistics.saturation(field)
    if len(freqs) and int(freqs.max()) >= TABLED:
        lengths = np.array(ranking.length_codes(), np.float64)[codes]
        return ranking.weights(
            statistics.idf(field, term), freqs.astype(np.float64), lengths, statistics.mean_length(field)
        )
    found: Floats = table[(freqs << 8) | codes]
    found *= statistics.idf(field, term)
    return found


def with_proximity(
    tier: Sequence[Docs], scores: Sequence[Floats], scoring: ranking.Scoring, evaluations: Sequence[Evaluation],
    names: Names,
) -> list[Floats]:  # fmt: skip
    """The scores of one tier, its best documents with their bonus. `names(segment, docs)` gives ids, for ties."""
    if not scoring.fourgrams or not any(len(docs) for docs in tier):
        return list(scores)
    ranked = _ranked(0, tier, [-each for each in scores])
    best = _best(ranked, names)
    highest = -float(ranked.ranks.min())
    raised = [each.copy() for each in scores]
    for i, evaluation in enumerate(evaluations):
        within = np.sort(ranked.docs[best[ranked.segments[best] == i]])
        if not len(within):
            continue
        have = np.zeros(len(within), np.int64)
        for gram in scoring.fourgrams:
            docs = phrases.containing(evaluation.segment, "grams", gram, left=True, right=True, within=within)
            have[places(docs, within)] += 1
        sought = len(scoring.fourgrams)
        bonus = [ranking.proximity_bonus(count, sought, highest) for count in have.tolist()]
        raised[i][places(within, tier[i])] += bonus
    return raised


def _best(ranked: Ranked, names: Names) -> npt.NDArray[np.int64]:
    """Which entries are the PROXIMITY_DEPTH first. Ids are looked up only where the last of them ties."""
    depth = ranking.PROXIMITY_DEPTH
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
    for segment in np.unique(ranked.segments[chosen]).tolist():
        here = chosen[ranked.segments[chosen] == segment]
        docs = ranked.docs[here]
        for rank, id, doc in zip(ranked.ranks[here].tolist(), names(segment, docs), docs.tolist(), strict=True):
            entries.append(((ranked.tier, rank, id), segment, doc))
    entries.sort()
    return [entry for entry in entries if after is None or entry[0] > after][:limit]


def by_strictness(evaluations: Sequence[Evaluation], query: Node, full: Sequence[Docs]) -> list[tuple[int, list[Docs]]]:
    """The matches in tiers: 0 where every typed word is a word, 1 where one only straddles words."""
    if ranking.matches_words_only(query):
        return [(0, list(full))]
    whole = [intersect(docs, e.match(query, Strictness.WORDS)) for e, docs in zip(evaluations, full, strict=True)]
    rest = [subtract(docs, first) for docs, first in zip(full, whole, strict=True)]
    return [(0, whole), (1, rest)]


def nearly(evaluations: Sequence[Evaluation], query: Node, full: Sequence[Docs]) -> list[Docs]:
    """Near matches: what has most of the words and does not match."""
    return [subtract(e.match(query, Strictness.NEAR), docs) for e, docs in zip(evaluations, full, strict=True)]


def by_score(
    tier: int,
    evaluations: Sequence[Evaluation],
    docs: Sequence[Docs],
    scoring: ranking.Scoring,
    statistics: Statistics,
    names: Names,
) -> Ranked:
    """One tier, ranked by the negated score."""
    base = [base_scores(e.segment, each, scoring, statistics) for e, each in zip(evaluations, docs, strict=True)]
    scores = with_proximity(docs, base, scoring, evaluations, names)
    return _ranked(tier, docs, [-each for each in scores])


def by_time(tier: int, segments: Sequence[SegmentView], docs: Sequence[Docs], *, newest: bool) -> Ranked:
    """One tier, ranked by time; an article without one is last."""
    ranks = []
    for segment, each in zip(segments, docs, strict=True):
        times = segment.numbers("published")[each]
        signed = (-times if newest else times).astype(np.float64)
        signed[times == MISSING] = np.inf
        ranks.append(signed)
    return _ranked(tier, docs, ranks)


def _ranked(tier: int, docs: Sequence[Docs], ranks: Sequence[Floats]) -> Ranked:
    if not docs:
        return Ranked(tier, EMPTY, EMPTY, np.empty(0))
    numbers = [np.full(len(each), i, np.int32) for i, each in enumerate(docs)]
    return Ranked(tier, np.concatenate(numbers), np.concatenate(docs), np.concatenate(ranks))


def page(tiers: Sequence[Ranked], limit: int, after: Key | None, names: Names, scored: bool) -> list[Match]:
    """The first `limit` over all tiers."""
    found: list[Match] = []
    for ranked in tiers:
        if len(found) >= limit:
            break
        for key, _, _ in first(ranked, limit - len(found), after, names):
            found.append(Match(key[2], -key[1] if scored else 0.0, key, near=key[0] == ranking.NEAR_TIER))
    return found


def explained(segment: SegmentView, doc: int, scoring: ranking.Scoring, statistics: Statistics) -> Mapping[str, float]:
    """What each term adds to the score of one document."""
    docs = np.array([doc], np.int32)
    found = {}
    for field, term, factor in _terms(scoring):
        posting = segment.term(field, term)
        if posting is None:
            continue
        at = places(docs, posting.docs)
        if len(at):
            weights = _weights(segment, field, term, docs, posting.freqs[at], statistics)
            found[f"{field}:{term}"] = factor * float(weights[0])
    return found
