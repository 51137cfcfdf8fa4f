"""All hits of a query and all values of a field, step by step: an answer of the cluster holds 10,000 at most."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from searchkit.cluster.client import Body
from searchkit.deadline import check
from searchkit.engines.opensearch.generations import Asking
from searchkit.engines.opensearch.literals import all_of
from searchkit.engines.opensearch.mapping import ID

MOST_HITS = 10_000
MOST_BUCKETS = 60_000
"""Of one answer, of the 65,535 that the cluster takes. Each further answer looks at all articles again."""
_MOST_OF_SHARD = 1_000_000
"""Values that a shard sends to be counted together; where it has more, the numbers may be too low."""
_RANGES = (("0", "9"), ("A", "Z"), ("a", "z"), ("\x80", "\ud7ff"), ("\ue000", "\U0010ffff"))
"""The characters that are not escaped in a pattern."""
MOST_TERMS = 10_000
"""The most values that a query may list, of 65,536."""


def every_hit(asking: Asking, query: Body, body: Mapping[str, object], step: int = MOST_HITS) -> Iterator[Body]:
    """Yield all hits of a query, by ascending ids; the id is the value that each is sorted by.

    Args:
        body: what else the search has.
    """
    after: list[str] = []
    while True:
        check()
        more = {"search_after": after} if after else {}
        asked = {"query": all_of([query]), "size": step, "sort": [{ID: "asc"}], **body, **more}
        hits = asking.search(asked)["hits"]["hits"]
        yield from hits
        if len(hits) < step:
            return
        after = hits[-1]["sort"]


def values_of(asking: Asking, query: Body, fields: Sequence[str]) -> list[dict[str, int]]:
    """Return for each of several fields its values with the number of articles that have them."""
    most = MOST_BUCKETS // len(fields)
    aggs = {str(n): {"terms": {"field": field, "size": most}} for n, field in enumerate(fields)}
    answer = asking.search({"size": 0, "query": query, "aggs": aggs})
    found = []
    for n, field in enumerate(fields):
        told = answer.get("aggregations", {}).get(str(n), {"buckets": [], "sum_other_doc_count": 0})
        # Where some are left out, the numbers of others may be too low as well.
        if told["sum_other_doc_count"] or len(told["buckets"]) >= most:
            found.append(every_value(asking, query, field))
        else:
            found.append({each["key"]: each["doc_count"] for each in told["buckets"]})
    return found


def every_value(asking: Asking, query: Body, field: str, least: int = 1) -> dict[str, int]:
    """Return all values of a field that so many articles have, with the number of these, however many they are."""
    # In one look, which is all for most queries; step by step, each step sorts the values of all articles.
    terms = {"field": field, "size": MOST_BUCKETS, "shard_size": _MOST_OF_SHARD, "min_doc_count": least}
    told = asking.search({"size": 0, "query": query, "aggs": {"all": {"terms": terms}}}).get("aggregations")
    if told is None:
        return {}
    if len(told["all"]["buckets"]) < MOST_BUCKETS and not told["all"]["doc_count_error_upper_bound"]:
        return {each["key"]: each["doc_count"] for each in told["all"]["buckets"]}
    return {value: count for value, count in _step_by_step(asking, query, field).items() if count >= least}


def _step_by_step(asking: Asking, query: Body, field: str) -> dict[str, int]:
    found: dict[str, int] = {}
    after: dict[str, object] = {}
    while True:
        check()
        composite = {"size": MOST_BUCKETS, "sources": [{"v": {"terms": {"field": field}}}], **after}
        answer = asking.search({"size": 0, "query": query, "aggs": {"all": {"composite": composite}}})
        told = answer["aggregations"]["all"]
        found.update((each["key"]["v"], each["doc_count"]) for each in told["buckets"])
        if len(told["buckets"]) < MOST_BUCKETS:
            return found
        after = {"after": told["after_key"]}


def numbers_of_terms(asking: Asking, query: Body, field: str, terms: Collection[str]) -> dict[str, int]:
    """Return for some values of a field the number of a query's articles that have them; those of none are left out."""
    wanted = sorted(terms)
    bodies = []
    for start in range(0, len(wanted), MOST_TERMS):
        few = wanted[start : start + MOST_TERMS]
        aggs = {"some": {"terms": {"field": field, "include": few, "size": len(few)}}}
        bodies.append({"size": 0, "query": query, "aggs": aggs})
    found: dict[str, int] = {}
    for answer in asking.searches(bodies):
        buckets = answer.get("aggregations", {}).get("some", {"buckets": []})["buckets"]
        found.update((each["key"], each["doc_count"]) for each in buckets)
    return found


def terms_like(asking: Asking, field: str, patterns: Iterable[str]) -> list[str]:
    """Return the terms of a field that fit one of several patterns, also such as no article has any longer.

    No article is looked at for this: these are the buckets of no articles.
    """
    found: dict[str, None] = {}
    waiting = [(pattern, "") for pattern in patterns]
    while waiting:
        check()
        answers = asking.searches([_listing(field, pattern, after) for pattern, after in waiting])
        more = []
        for (pattern, _), answer in zip(waiting, answers, strict=True):
            terms = [str(each["key"]) for each in answer.get("aggregations", {}).get("all", {"buckets": []})["buckets"]]
            found.update(dict.fromkeys(terms))
            if len(terms) >= MOST_BUCKETS:
                more.append((pattern, terms[-1]))
        waiting = more
    return list(found)


def _listing(field: str, pattern: str, after: str) -> Body:
    include = f"({pattern})&({greater(after)})" if after else pattern
    listed = {"field": field, "include": include, "size": MOST_BUCKETS, "min_doc_count": 0, "order": {"_key": "asc"}}
    return {"size": 0, "query": {"match_none": {}}, "aggs": {"all": {"terms": listed}}}


def greater(text: str) -> str:
    """Return a pattern of the strings that come after a text: the same for a while, then greater or longer."""
    escaped = [_escaped(char) for char in text]
    parts = ["".join([*escaped, ".+"])]
    for at, char in enumerate(text):
        if char != _RANGES[-1][1]:
            parts.append("".join([*escaped[:at], "[", *_greater_characters(char), "].*"]))
    return "|".join(parts)


def _greater_characters(char: str) -> Iterator[str]:
    """Yield what stands in a class of all greater characters. A range may not begin with one that is escaped."""
    yield from (_escaped(chr(each)) for each in range(ord(char) + 1, 0x80) if not chr(each).isalnum())
    for first, last in _RANGES:
        start = max(ord(first), ord(char) + 1)
        if start <= ord(last):
            yield f"{chr(start)}-{last}"


def _escaped(char: str) -> str:
    return f"\\{char}" if char.isascii() and not char.isalnum() else char
