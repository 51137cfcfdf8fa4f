"""The bonuses of the best documents of a tier; see `searchkit.engines.scoring`.

Both need the places of the query's terms in a few documents. These are read once for both, and looked at together
whatever segments the documents are in: the work is in the number of steps, not in their size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from searchkit.analysis.terms import pieces
from searchkit.deadline import check
from searchkit.engines import scoring
from searchkit.engines.whoosh.read import phrases
from searchkit.engines.whoosh.read.docsets import distinct, intersect
from searchkit.engines.whoosh.read.impacts import Floats
from searchkit.engines.whoosh.read.matcher import Evaluation
from searchkit.engines.whoosh.read.phrases import BITS
from searchkit.engines.whoosh.read.segments import Docs, Ints


def bonuses(
    evaluations: Sequence[Evaluation], docs: Sequence[Docs], scoring_terms: scoring.ScoringTerms, highest: float
) -> Mapping[str, Floats]:
    """Return the bonuses of documents by name, in the order of addition: those of the first segment, of the second, …

    Args:
        docs: ascending, of each segment.
        highest: the best score of the tier without bonuses.
    """
    found: dict[str, Floats] = {}
    read = _Places(evaluations, docs)
    sought = len(scoring_terms.fourgrams)
    if sought:
        having = [phrases.owners(read.starts(each)) for each in scoring_terms.fourgrams]
        have = np.bincount(np.concatenate(having), minlength=read.count)
        found["proximity"] = np.array([scoring.proximity_bonus(count, sought, highest) for count in have.tolist()])
    weights = evaluations[0].statistics.passage_weights(scoring_terms)
    if weights:
        shares = _best_shares(read, weights)
        found["passage"] = np.array([scoring.passage_bonus(share, highest) for share in shares.tolist()])
    return found


class _Places:
    """The places of terms in a few documents, which are numbered from 0 over all segments. Each term is read once.

    A place is the number of a document shifted by BITS, plus the position.
    """

    def __init__(self, evaluations: Sequence[Evaluation], docs: Sequence[Docs]) -> None:
        firsts = np.cumsum([0, *map(len, docs)]).tolist()
        self.count: int = firsts[-1]
        self._parts = [each for each in zip(evaluations, docs, firsts[:-1], strict=True) if len(each[1])]
        self._held: dict[str, Ints] = {}

    def read(self, field: str, term: str) -> Ints:
        """Return the places of a term, ascending."""
        check()
        found = []
        for evaluation, docs, first in self._parts:
            posting = evaluation.segment.term(field, term)
            if posting is None:
                continue
            here, which = posting.common(docs)
            if len(here):
                positions, owner = posting.positions(which)
                positions += (here.take(owner) + first) << BITS
                found.append(positions)
        return found[0] if len(found) == 1 else np.concatenate(found) if found else np.empty(0, np.int64)

    def starts(self, sought: str) -> Ints:
        """Return the places where a folded string starts, whole, as `phrases.occurrences` finds them."""
        parts = pieces(sought, open_left=False, open_right=False)
        if not parts or any(part.match != "exact" for part in parts):
            return self._looked_up(sought)
        found = self._of(parts[0].term) - parts[0].offset
        for part in parts[1:]:
            if len(found):
                found = intersect(found, self._of(part.term) - part.offset)
        return found

    def _of(self, term: str) -> Ints:
        found = self._held.get(term)
        if found is None:
            self._held[term] = found = self.read("grams", term)
        return found

    def _looked_up(self, sought: str) -> Ints:
        found = [np.empty(0, np.int64)]
        for evaluation, docs, first in self._parts:
            places = phrases.occurrences(evaluation, "grams", sought, docs)
            numbers = docs.searchsorted(places >> BITS) + first
            found.append((places & ((1 << BITS) - 1)) + (numbers << BITS))
        return np.concatenate(found)


def _best_shares(read: _Places, weights: Mapping[str, float]) -> Floats:
    """Return for each document the largest share of the words in one paragraph in the weight of all."""
    paragraphs = read.read("starts", "paragraph")
    numbers = np.arange(read.count, dtype=np.int64)
    # A document has a paragraph more than starts are listed.
    firsts = paragraphs.searchsorted(numbers << BITS) + numbers
    reached = np.zeros(len(paragraphs) + read.count)
    # As in `scoring.share_found`: in ascending order, for equal bits.
    for word in sorted(weights):
        places = read.starts(word)
        reached[distinct(paragraphs.searchsorted(places, "right") + (places >> BITS))] += weights[word]
    total = scoring.added(weights[word] for word in sorted(weights))
    best: Floats = np.maximum.reduceat(reached, firsts) / total
    return best
