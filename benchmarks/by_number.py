"""searchkit's index, asked as other engines are asked: documents by number, one tier, no names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo

import numpy as np
import numpy.typing as npt

from searchkit.analysis.segment import Segmenter
from searchkit.engines.scoring import ScoringTerms
from searchkit.engines.whoosh.read import block_max, rank
from searchkit.engines.whoosh.read.docsets import EMPTY, DocSet
from searchkit.engines.whoosh.read.impacts import Floats
from searchkit.engines.whoosh.read.matcher import Evaluation, Statistics
from searchkit.engines.whoosh.read.searcher import Searcher, days_within
from searchkit.engines.whoosh.read.segments import Docs
from searchkit.query.tree import Node


class ByNumber:
    """The questions of a benchmark to one generation. Ties go by document."""

    def __init__(self, searcher: Searcher, segmenter: Segmenter, timezone: tzinfo) -> None:
        self._searcher = searcher  # its files are open as long as it is referred to
        self._statistics = Statistics(searcher.segments, segmenter, timezone)
        self._evaluations = [Evaluation(number, self._statistics) for number in range(len(searcher.segments))]

    def _match(self, query: Node) -> list[DocSet]:
        return [evaluation.match(query) for evaluation in self._evaluations]

    def count(self, query: Node) -> int:
        """Return the number of matches."""
        return sum(map(len, self._match(query)))

    def top(
        self, query: Node, scoring_terms: ScoringTerms, limit: int
    ) -> tuple[int, npt.NDArray[np.int32], Docs, Floats]:
        """Rank by BM25 of `scoring_terms`, without the proximity bonus and without tiers.

        Returns:
            The number of matches; of the `limit` best, the segment's number, the document and the score.
        """
        sets = self._match(query)
        total = sum(map(len, sets))
        if not total or not limit:
            return total, np.empty(0, np.int32), EMPTY, np.empty(0)
        if not scoring_terms:
            segments, docs = _foremost(sets, limit)
            return total, segments, docs, np.zeros(len(docs))
        found = block_max.best(sets, block_max.weighed(scoring_terms, self._statistics), limit)
        docs, scores = found[0]
        segments = np.zeros(len(docs), np.int32)
        if len(found) > 1:
            segments = np.repeat(np.arange(len(found), dtype=np.int32), [len(docs) for docs, _ in found])
            docs = np.concatenate([docs for docs, _ in found])
            scores = np.concatenate([score for _, score in found])
        order = (-scores).argsort(kind="stable")[:limit]
        return total, segments.take(order), docs.take(order), scores.take(order)

    def last(self, query: Node, limit: int) -> tuple[int, npt.NDArray[np.int32], Docs]:
        """Return the number of matches; of the `limit` newest, the segment's number and the document."""
        sets = self._match(query)
        ranked = rank.by_time(0, self._evaluations, sets, newest=True, wanted=limit, within=days_within(query))
        order = ranked.ranks.argsort(kind="stable")[:limit]
        return sum(map(len, sets)), ranked.segments.take(order), ranked.docs.take(order)

    def histogram(self, query: Node, starts: Sequence[date]) -> npt.NDArray[np.int64]:
        """Count the matches of each span of days, from `starts[i]` to the day before `starts[i + 1]`.

        Args:
            starts: ascending; the last one ends the last span.

        Returns:
            Shape (len(starts) - 1,).
        """
        ordinals = [day.toordinal() for day in starts]
        found = np.zeros(len(starts) - 1, np.int64)
        for evaluation, docs in zip(self._evaluations, self._match(query), strict=True):
            first, counts, _ = evaluation.calendar.per_day(docs)
            sums = np.concatenate([[0], counts.cumsum()])
            found += np.diff(sums.take(np.array(ordinals) - first, mode="clip"))
        return found


def _foremost(sets: Sequence[DocSet], limit: int) -> tuple[npt.NDArray[np.int32], Docs]:
    """Return the first `limit` documents in the order of segments and numbers: the segment's number, the document."""
    segments, found = [], []
    for i, each in enumerate(sets):
        docs = each.in_blocks(each.bits.nonzero()[0][:limit])[:limit]
        segments.append(np.full(len(docs), i, np.int32))
        found.append(docs)
        limit -= len(docs)
        if limit <= 0:
            break
    return np.concatenate(segments), np.concatenate(found)
