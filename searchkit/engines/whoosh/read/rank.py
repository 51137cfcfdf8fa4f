"""The order of matches: BM25 in arrays, the bonuses of the best, and the requested page.

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
from searchkit.engines.whoosh.read import block_max
from searchkit.engines.whoosh.read.bonuses import bonuses
from searchkit.engines.whoosh.read.calendar import Days
from searchkit.engines.whoosh.read.docsets import EMPTY, DocSet, distinct, places
from searchkit.engines.whoosh.read.impacts import Floats
from searchkit.engines.whoosh.read.matcher import Evaluation, Strictness
from searchkit.engines.whoosh.read.segments import Docs, Ints
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


def with_bonuses(
    found: Sequence[tuple[Docs, Floats]],
    scoring_terms: scoring.ScoringTerms,
    terms: block_max.Weighed,
    evaluations: Sequence[Evaluation],
    names: Names,
    fading: block_max.Fading | None,
) -> list[Floats]:
    """Return the scores of one tier with the bonuses of its best documents. `names(segment, docs)` breaks ties.

    Args:
        found: the documents of each segment with their scores, lowered by `fading`.
    """
    scores = [each for _, each in found]
    if not scoring_terms.has_bonus or not any(map(len, scores)):
        return scores
    best = _best(found, terms, names, fading)
    given = bonuses(evaluations, [docs for docs, _, _ in best.of_segment], scoring_terms, best.highest)
    raised = [each.copy() for each in scores]
    first = 0
    for i, (docs, at, base) in enumerate(best.of_segment):
        for bonus in given.values():
            base = base + bonus[first : first + len(docs)]
        raised[i][at] = base if fading is None else base * fading(i, docs)
        first += len(docs)
    return raised


@dataclass(frozen=True, slots=True)
class _Best:
    """The documents of a tier that get bonuses.

    Attributes:
        of_segment: of each segment the documents, ascending, their places among those of the tier, and their scores
            without bonuses, not lowered.
        highest: the highest of these scores.
    """

    of_segment: list[tuple[Docs, Ints, Floats]]
    highest: float


def _best(
    found: Sequence[tuple[Docs, Floats]],
    terms: block_max.Weighed,
    names: Names,
    fading: block_max.Fading | None,
) -> _Best:
    """Return the best documents of a tier, of which there is at least one."""
    ranked = _ranked(0, [docs for docs, _ in found], [-each for _, each in found])
    first = _deepest(ranked, names)
    chosen = []
    for i, (docs, scores) in enumerate(found):
        here = np.sort(ranked.docs[first[ranked.segments[first] == i]])
        at = places(here, docs)
        base = scores.take(at)
        if fading is not None:
            base = block_max.scores(here, i, terms)
        chosen.append((here, at, base))
    return _Best(chosen, max(float(base.max()) for _, _, base in chosen if len(base)))


def _deepest(ranked: Ranked, names: Names) -> npt.NDArray[np.int64]:
    """Return the indices of the first DEPTH entries. Ids are looked up only if the last of them ties."""
    depth = scoring.DEPTH
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
    whole = [docs & e.match(query, Strictness.WORDS, docs) for e, docs in zip(evaluations, full, strict=True)]
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
    terms: block_max.Weighed,
    names: Names,
    wanted: int | None = None,
    fading: block_max.Fading | None = None,
) -> Ranked:
    """Rank one tier by the negated score. Only its first `wanted` (and ties with the last) need be included."""
    found = _scored(sets, scoring_terms, terms, wanted, fading)
    scores = with_bonuses(found, scoring_terms, terms, evaluations, names, fading)
    return _ranked(tier, [docs for docs, _ in found], [-each for each in scores])


def _scored(
    sets: Sequence[DocSet],
    scoring_terms: scoring.ScoringTerms,
    terms: block_max.Weighed,
    wanted: int | None,
    fading: block_max.Fading | None,
) -> list[tuple[Docs, Floats]]:
    """Return the documents of each set that may be among the first `wanted`, with their scores without bonuses."""
    # A bonus may bring any of the first DEPTH to the front, and none of those after them.
    depth = sum(map(len, sets)) if wanted is None else max(wanted, scoring.DEPTH if scoring_terms.has_bonus else 1)
    return block_max.best(sets, terms, depth, fading) if sets else []


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
    number: int,
    docs: Docs,
    evaluations: Sequence[Evaluation],
    sets: Sequence[DocSet],
    scoring_terms: scoring.ScoringTerms,
    terms: block_max.Weighed,
    names: Names,
    fading: block_max.Fading | None,
) -> Mapping[str, float]:
    """Return the parts of the score of the one document in `docs`, in the segment with this number.

    Args:
        sets: its tier.
    """
    named = [("words", text) for text in scoring_terms.words] + [("grams", text) for text in scoring_terms.grams]
    found: dict[str, float] = {}
    for (field, text), weight in zip(named, terms.terms, strict=True):
        found[f"{field}:{text}"] = float(block_max.scores(docs, number, block_max.Weighed([weight]))[0])
    for forms, of_forms in zip(scoring_terms.choices, terms.choices, strict=True):
        highest, which = block_max.best_forms(docs, number, of_forms)
        found[scoring.part_name(found, forms[which[0]].name)] = float(highest[0])
    if scoring_terms.has_bonus:
        best = _best(_scored(sets, scoring_terms, terms, 1, fading), terms, names, fading)
        if len(places(docs, best.of_segment[number][0])):
            given = bonuses(evaluations[number : number + 1], [docs], scoring_terms, best.highest)
            found.update({name: float(bonus[0]) for name, bonus in given.items()})
    if fading is not None:
        score = scoring.added(found.values())
        found["recency"] = score * float(fading(number, docs)[0]) - score
    return {name: part for name, part in found.items() if part}
