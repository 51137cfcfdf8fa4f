"""The pages of an answer: tiers, bonuses for the best of each, exact order.

The cluster orders by scores of 32 bits and ties by id. Articles whose scores differ only behind that are put in order
here: of each page a few more are fetched, until the next score is surely lower.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from searchkit.analysis.terms import occurrences
from searchkit.cluster.client import Body
from searchkit.engines import scoring
from searchkit.engines.opensearch.document import without_marks
from searchkit.engines.opensearch.generations import Asking
from searchkit.engines.opensearch.literals import all_of, literal
from searchkit.engines.opensearch.mapping import BODY, DAY, ID, SECOND, TITLE
from searchkit.engines.opensearch.script import Scoring, exact_score
from searchkit.engines.opensearch.statistics import Statistics
from searchkit.engines.snapshot import Key, Match
from searchkit.model.results import Sort

_MORE = 8
"""Hits that are fetched beside those of a page."""
_STEP = 500
_ROUNDED = 4e-7
"""Floats of 32 bits, and powers computed by Java and by Python, differ by less than this share."""
_NEVER = {"newest": -(1 << 63), "oldest": (1 << 63) - 1}
"""What the cluster sorts an article without a time by."""


class Hit(NamedTuple):
    """An article of a tier before the bonuses.

    Attributes:
        base: its score without bonuses and without what it loses by age.
        score: with what it loses.
        have: the number of the query's 4-grams that stand in it.
        share: the share of the words of a long query that its best paragraph has.
    """

    score: float
    id: str
    base: float
    factor: float
    have: int
    share: float


class Tier:
    """The articles of one tier, by relevance.

    Args:
        scored: None if no article has a score.
        after: the key after which the page begins, if it is in this tier.
    """

    def __init__(
        self,
        asking: Asking,
        statistics: Statistics,
        query: Body,
        number: int,
        scored: Scoring | None,
        limit: int,
        after: Key | None,
    ) -> None:
        self._asking = asking
        self.number = number
        self._query = query
        self._scored = scored
        self._limit = limit
        self._after = after
        terms = scored.terms if scored else None
        self._fourgrams = terms.fourgrams if terms else ()
        held = [word for word in terms.passage if statistics.frequency("words", word)] if terms else []
        self._passage = {word: statistics.idf("words", word) for word in held}
        self._has_bonus = bool(scored and scored.terms.has_bonus)

    def first_body(self) -> Body:
        """Return the search that the page begins with. It also counts the articles of the tier."""
        if self._has_bonus:
            return {**self._body(scoring.DEPTH + _MORE, None, told=True), "track_total_hits": True}
        return {**self._body(self._limit + 1 + _MORE, _start(self._after)), "track_total_hits": True}

    def page(self, first: Body) -> list[Match]:
        """Return at least `limit + 1` matches after the key, or all that there are.

        Args:
            first: the answer to `first_body`.
        """
        need = self._limit + 1
        if not self._has_bonus:
            return [self._match(each) for each in self._ordered(first, need + _MORE, need, self._after)]
        best = self.best(first)
        highest = max((each.base for each in best), default=0.0)
        found = sorted((self._match(each, highest) for each in best), key=lambda match: match.key)
        found = [match for match in found if self._after is None or match.key > self._after]
        if len(found) >= need or len(best) < scoring.DEPTH:
            return found
        border = self._key(best[-1])
        after = max(border, self._after) if self._after else border
        size = need - len(found) + _MORE
        answer = self._asking.search(self._body(size, _start(after)))
        return [*found, *map(self._match, self._ordered(answer, size, need - len(found), after))]

    def best(self, first: Body) -> list[Hit]:
        """Return the articles that get a bonus, or could, in the order without it.

        Args:
            first: the answer to `first_body`.
        """
        found = self._ordered(first, scoring.DEPTH + _MORE, scoring.DEPTH, None, told=True)
        return found[: scoring.DEPTH]

    def _body(self, size: int, after: list[Any] | None, *, told: bool = False) -> Body:
        """Return a search.

        Args:
            after: what the hits before the first are sorted by.
            told: whether to tell what the bonuses are for.
        """
        body: Body = {"size": size}
        if self._scored is None:
            body |= {"query": all_of([self._query]), "sort": [{ID: "asc"}]}
            after = after and after[-1:]
        else:
            named: list[Body] = []
            if told and self._passage:
                # Paragraphs are looked at here; the rest of the document stays in the cluster.
                body["_source"] = [TITLE, BODY]
            elif told:
                for gram in self._fourgrams:
                    named.append({"constant_score": {"filter": literal(gram, False, False), "_name": gram}})
            body |= {
                "query": self._scored.scored(self._query, named),
                "sort": [{"_score": "desc"}, {ID: "asc"}],
                "include_named_queries_score": True,
            }
            if self._scored.recent:
                body["docvalue_fields"] = [DAY]
        return {**body, "search_after": after} if after else body

    def _ordered(self, answer: Body, size: int, need: int, after: Key | None, *, told: bool = False) -> list[Hit]:
        """Return at least so many hits after a key in their order, or all.

        Args:
            answer, size: the first answer, and how many hits it could have.
        """
        found: list[Hit] = []
        while True:
            hits = answer["hits"]["hits"]
            several = [self._hit(each, told) for each in hits]
            found += [each for each in several if after is None or self._key(each) > after]
            if len(hits) < size:
                break
            # Behind the last hit there may be more of its float.
            border = float(hits[-1]["sort"][0]) * (1 + _ROUNDED) if self._scored else 0.0
            sure = sum(each.score > border for each in found) if border else len(found)
            if sure >= need:
                break
            size = _STEP
            answer = self._asking.search(self._body(size, hits[-1]["sort"], told=told))
        return sorted(found, key=self._key)

    def _key(self, hit: Hit) -> Key:
        return (self.number, -hit.score, hit.id)

    def _hit(self, hit: Body, told: bool) -> Hit:
        id = str(hit["sort"][-1])
        if self._scored is None:
            return Hit(0.0, id, 0.0, 1.0, 0, 0.0)
        named: Mapping[str, float] = hit.get("matched_queries", {})
        base = exact_score(named)
        recent = self._scored.recent
        factor = scoring.recency(recent, day_of(hit)) if recent else 1.0
        have, share = sum(1 for gram in self._fourgrams if gram in named), 0.0
        if told and self._passage:
            title, body = (without_marks(hit["_source"].get(field, "")) for field in (TITLE, BODY))
            have = sum(1 for gram in self._fourgrams if gram in title or gram in body)
            share = best_share(title, body, self._passage)
        return Hit(base * factor if recent else base, id, base, factor, have, share)

    def _match(self, hit: Hit, highest: float | None = None) -> Match:
        score = hit.base
        if highest is not None:
            score = scoring.added([score, *(part for _, part in self.bonuses(hit, highest))])
        if self._scored and self._scored.recent:
            score = score * hit.factor
        return Match(hit.id, score, (self.number, -score, hit.id), near=self.number == scoring.NEAR_TIER)

    def bonuses(self, hit: Hit, highest: float) -> Iterator[tuple[str, float]]:
        """Yield the names of an article's bonuses and what they add to its score."""
        if self._fourgrams:
            yield "proximity", scoring.proximity_bonus(hit.have, len(self._fourgrams), highest)
        if self._passage:
            yield "passage", scoring.passage_bonus(hit.share, highest)


def _start(after: Key | None) -> list[Any] | None:
    """Return what the cluster sorts the place by behind which a page begins."""
    if after is None:
        return None
    _, rank, id = after
    # An article with the same float may come after it, whatever its id; of the score 0 there is only one.
    return [-rank * (1 + _ROUNDED), ""] if rank else [0.0, id]


def day_of(hit: Body) -> date | None:
    """Return the day of publication of a hit whose day was asked for."""
    days = hit.get("fields", {}).get(DAY)
    return date.fromordinal(days[0]) if days else None


def best_share(title: str, body: str, weights: Mapping[str, float]) -> float:
    """Return the share of the weights of words that stand in the paragraph which has most of it."""
    found = {
        frozenset(word for word in weights if word in each and any(True for _ in occurrences(each, word)))
        for each in (title, *body.split("\n"))
    }
    return max(scoring.share_found(each, weights) for each in found)


# -- by time


def by_time(query: Body, sort: Sort, tier: int, limit: int, after: Key | None) -> Body:
    """Return the search for a page of a tier by time. It also counts the articles of the tier."""
    body: Body = {
        "query": all_of([query]), "size": limit + 1, "track_total_hits": True,
        "sort": [{SECOND: {"order": "desc" if sort == "newest" else "asc", "missing": "_last"}}, {ID: "asc"}],
    }  # fmt: skip
    if after and after[0] == tier:
        second = _NEVER[sort] if after[1] == float("inf") else int(-after[1] if sort == "newest" else after[1])
        body["search_after"] = [second, after[2]]
    return body


def matches_by_time(answer: Body, sort: Sort, tier: int) -> list[Match]:
    """Return the matches of an answer to `by_time`."""
    found = []
    for hit in answer["hits"]["hits"]:
        second, id = hit["sort"]
        is_never = second is None or int(second) == _NEVER[sort]
        rank = float("inf") if is_never else float(-second if sort == "newest" else second)
        found.append(Match(id, 0.0, (tier, rank, id), near=tier == scoring.NEAR_TIER))
    return found
