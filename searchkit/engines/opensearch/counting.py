"""The matches of a query counted in the cluster, see `Part`: the whole index is one part."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cached_property

from searchkit.analysis.fields import compared
from searchkit.cluster.client import Body
from searchkit.engines.aggregation import Counted, Reprints, Spellings, WordCounts
from searchkit.engines.opensearch.generations import Asking
from searchkit.engines.opensearch.literals import all_of, any_of, having_one, without
from searchkit.engines.opensearch.mapping import DAY, EACH_WORD, ID, counted_value, printed_value
from searchkit.engines.opensearch.reading import MOST_TERMS, every_hit, every_value, numbers_of_terms, values_of
from searchkit.model.fields import FieldName

_MOST_DAYS = 40_000
"""More days than any archive has; the cluster counts 65,535 at most at once."""


class Matching:
    """The matches of a query.

    Args:
        query: translated.
    """

    def __init__(self, asking: Asking, query: Body) -> None:
        self._asking = asking
        # As a filter, which has no scores.
        self._query: Body = {"bool": {"filter": [query]}}

    @cached_property
    def count(self) -> int:
        return self._asking.count([self._query])[0]

    def ids(self) -> Sequence[str]:
        return [str(hit["sort"][0]) for hit in every_hit(self._asking, self._query, {})]

    def days(self) -> Mapping[date | None, int]:
        return self._days(self._query)

    def days_with(self, name: FieldName, value: str) -> Mapping[date | None, int]:
        return self._days(all_of([self._query, {"term": {counted_value(name): value}}]))

    def _days(self, query: Body) -> Mapping[date | None, int]:
        aggs = {"days": {"terms": {"field": DAY, "size": _MOST_DAYS}}, "undated": {"missing": {"field": DAY}}}
        told = self._asking.search({"size": 0, "query": query, "aggs": aggs}).get("aggregations")
        if told is None:
            return {}
        found: dict[date | None, int] = {
            date.fromordinal(each["key"]): each["doc_count"] for each in told["days"]["buckets"]
        }
        if told["undated"]["doc_count"]:
            found[None] = told["undated"]["doc_count"]
        return found

    def values(self, name: FieldName) -> Mapping[str, Spellings]:
        if name == "id":
            return {id: Spellings(1, ((id, 1),)) for id in self.ids()}
        articles, printed = values_of(self._asking, self._query, [counted_value(name), printed_value(name)])
        spellings: dict[str, list[tuple[str, int]]] = {value: [] for value in articles}
        for value, number in printed.items():
            spellings[compared(value, name)].append((value, number))
        found = {value: Spellings(number, tuple(spellings[value])) for value, number in articles.items()}
        none = without(self._query, {"exists": {"field": counted_value(name)}})
        if (number := self._asking.count([none])[0]) > 0:
            found[""] = Spellings(number, (("", number),))
        return found

    # -- words

    def reprinted(self, families: Mapping[str, str]) -> Sequence[str]:
        found = []
        for some in having_one(ID, sorted(families)):
            found += [str(hit["sort"][0]) for hit in every_hit(self._asking, all_of([self._query, some]), {})]
        return found

    def words(self, reprints: Reprints, *, rest: bool = True) -> WordCounts:
        left_out = _left_out(reprints)
        others = without({"match_all": {}}, self._query, *left_out) if rest else {"match_none": {}}
        return _WordCounts(self._asking, without(self._query, *left_out), others)

    def words_by_day(
        self, groups: Mapping[date, int], reprints: Reprints, often: tuple[int, int] | None = None
    ) -> Mapping[int, Counted]:
        counted = without(self._query, *_left_out(reprints))
        days: dict[int, list[int]] = {}
        for day, number in groups.items():
            days.setdefault(number, []).append(day.toordinal())
        queries = {number: all_of([counted, _on_days(several)]) for number, several in days.items()}
        articles = dict(zip(queries, self._asking.count(list(queries.values())), strict=True))
        held = [number for number in queries if articles[number]]
        kept: set[str] | None = None
        if often:
            group, least = often
            kept = {*every_value(self._asking, queries[group], EACH_WORD, least)} if group in held else set()
        found = {}
        for number in held:
            if kept is None:
                words = every_value(self._asking, queries[number], EACH_WORD)
            else:
                words = numbers_of_terms(self._asking, queries[number], EACH_WORD, kept)
            found[number] = Counted(articles[number], words)
        return found


def _on_days(ordinals: Sequence[int]) -> Body:
    ordered = sorted(ordinals)
    return any_of({"terms": {DAY: ordered[start : start + MOST_TERMS]}} for start in range(0, len(ordered), MOST_TERMS))


def _left_out(reprints: Reprints) -> list[Body]:
    """Return queries for the articles that are left out."""
    ids = sorted(id for id in reprints.families if reprints.leave_out(id))
    return having_one(ID, ids)


class _WordCounts:
    """See `WordCounts`."""

    def __init__(self, asking: Asking, matches: Body, rest: Body) -> None:
        self._asking = asking
        self._matches, self._rest = matches, rest
        self.matches, self.rest = asking.count([matches, rest])

    def in_matches(self, least: int = 1) -> Mapping[str, int]:
        if not self.matches:
            return {}
        return every_value(self._asking, self._matches, EACH_WORD, least)

    def in_rest(self, words: Collection[str], least: int = 0) -> Mapping[str, int]:
        return numbers_of_terms(self._asking, self._rest, EACH_WORD, words) if self.rest and words else {}
