"""The bonuses of the best documents of a tier; see `searchkit.engines.scoring`.

Both need the places of the query's terms in a few documents, which are read once for both.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from searchkit.analysis.terms import pieces
from searchkit.deadline import check
from searchkit.engines import scoring
from searchkit.engines.whoosh.read import phrases
from searchkit.engines.whoosh.read.docsets import DocSet, distinct, intersect, places
from searchkit.engines.whoosh.read.impacts import Floats
from searchkit.engines.whoosh.read.matcher import Evaluation
from searchkit.engines.whoosh.read.segments import Docs, Ints
from searchkit.engines.whoosh.read.spans import Units

_FIELD = "grams"


def bonuses(
    evaluation: Evaluation, docs: Docs, scoring_terms: scoring.ScoringTerms, highest: float
) -> Mapping[str, Floats]:
    """Return the bonuses of ascending `docs` of a segment by name, in the order of addition.

    Args:
        highest: the best score of the tier without bonuses.
    """
    found: dict[str, Floats] = {}
    read = _Places(evaluation, docs)
    sought = len(scoring_terms.fourgrams)
    if sought:
        have = np.zeros(len(docs), np.int64)
        for each in scoring_terms.fourgrams:
            have[places(phrases.owners(read.starts(each)), docs)] += 1
        found["proximity"] = np.array([scoring.proximity_bonus(count, sought, highest) for count in have.tolist()])
    weights = evaluation.statistics.passage_weights(scoring_terms)
    if weights:
        shares = _best_shares(read, weights)
        found["passage"] = np.array([scoring.passage_bonus(share, highest) for share in shares.tolist()])
    return found


class _Places:
    """The places of terms in a few documents, each term read once."""

    def __init__(self, evaluation: Evaluation, docs: Docs) -> None:
        self.evaluation = evaluation
        self.docs = docs
        self._within = DocSet(evaluation.segment.doc_count, docs=docs)
        self._held: dict[str, Ints] = {}

    def of(self, term: str) -> Ints:
        """Return the places of a term, ascending; see `phrases.BITS`."""
        found = self._held.get(term)
        if found is None:
            check()
            posting = self.evaluation.segment.term(_FIELD, term)
            docs = (self._within & self.evaluation.having(_FIELD, term)).docs
            found = phrases.places_of(docs, posting) if posting is not None and len(docs) else np.empty(0, np.int64)
            self._held[term] = found
        return found

    def starts(self, sought: str) -> Ints:
        """Return the places where a folded string starts, whole, as `phrases.occurrences` finds them."""
        parts = pieces(sought, open_left=False, open_right=False)
        if not parts or any(part.match != "exact" for part in parts):
            return phrases.occurrences(self.evaluation, _FIELD, sought, self.docs)
        found = self.of(parts[0].term) - parts[0].offset
        for part in parts[1:]:
            if len(found):
                found = intersect(found, self.of(part.term) - part.offset)
        return found


def _best_shares(read: _Places, weights: Mapping[str, float]) -> Floats:
    """Return for each document the largest share of the words in one paragraph in the weight of all."""
    units = Units(read.evaluation, "paragraph")
    units.read(read.docs)
    firsts, count = units.numbered(read.docs)
    reached = np.zeros(count)
    # As in `scoring.share_found`: in ascending order, for equal bits.
    for word in sorted(weights):
        reached[distinct(units.of(read.starts(word), read.docs))] += weights[word]
    total = scoring.added(weights[word] for word in sorted(weights))
    best: Floats = np.maximum.reduceat(reached, firsts) / total
    return best
