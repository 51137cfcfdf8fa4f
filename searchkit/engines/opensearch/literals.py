"""Strings that stand in a title or a body, as queries: by themselves, as spans with distances, and as intervals.

See `mapping`: of each character there is a term of it with its marks, and one of it and the next character. A string of
two characters and more is found by its pairs. Whether its ends stand whole is told by the marks of the first and the
last character; where they need not stand whole, both spellings will do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, product

from searchkit.analysis.characters import is_letter
from searchkit.cluster.client import Body
from searchkit.engines.opensearch import mapping
from searchkit.engines.opensearch.mapping import ALONE, BEGINNING, ENDING, FIRST, HOLE, LAST, TEXTS

NOTHING: Body = {"match_none": {}}
EVERYTHING: Body = {"match_all": {}}
MOST_VALUES = 10_000
FAR = 100_000_000
"""A distance in characters that no text has."""


def all_of(queries: Iterable[Body]) -> Body:
    """Return what matches where all do; it has no score."""
    several = list(queries)
    return several[0] if len(several) == 1 else {"bool": {"filter": several}} if several else EVERYTHING


def any_of(queries: Iterable[Body]) -> Body:
    """Return what matches where one does."""
    several = _together([query for query in queries if query != NOTHING])
    if len(several) < 2:
        return several[0] if several else NOTHING
    return {"bool": {"should": several, "minimum_should_match": 1}}


def _together(queries: Iterable[Body]) -> list[Body]:
    """Return the same alternatives in fewer parts: the cluster takes 1,024 of a whole query by default."""
    found: list[Body] = []
    values: dict[str, list[str]] = {}
    for query in queries:
        match query:
            case {"bool": {"should": inner, "minimum_should_match": 1}}:
                found += inner
            case {"term": term} if isinstance(value := next(iter(term.values())), dict):
                values.setdefault(next(iter(term)), []).append(value["value"])
            case _:
                found.append(query)
    for field, several in values.items():
        found += [{"term": {field: {"value": several[0]}}}] if len(several) == 1 else having_one(field, several)
    return found


def having_one(field: str, values: Sequence[str]) -> list[Body]:
    """Return queries for the articles that have one of some values, of which the cluster takes 65,536 at once."""
    return [
        {"terms": {field: list(values[start : start + MOST_VALUES])}} for start in range(0, len(values), MOST_VALUES)
    ]


def without(query: Body, *others: Body) -> Body:
    """Return what matches a query and none of the others."""
    return {"bool": {"filter": [query], "must_not": list(others)}}


def spellings(text: str, left: bool, right: bool) -> list[list[str]]:
    """Return the ways in which a folded string stands in the index: of each the terms of its characters.

    Args:
        left, right: whether it must stand whole there.
    """
    if not text:
        return []
    letters = [is_letter(char) for char in text]
    found = []
    for first, last in product(_marks(letters[0] and not left), _marks(letters[-1] and not right)):
        units = []
        for at, char in enumerate(text):
            begins = letters[at] and (first if at == 0 else not letters[at - 1])
            ends = letters[at] and (last if at == len(text) - 1 else not letters[at + 1])
            units.append(f"{char}{FIRST if begins else ''}{LAST if ends else ''}")
        found.append(units)
    return found


def _marks(is_open: bool) -> tuple[bool, ...]:
    return (True, False) if is_open else (True,)


def literal(text: str, left: bool, right: bool, fields: Sequence[str] = TEXTS) -> Body:
    """Return the query for the articles in which a folded string stands."""
    return any_of(_phrase(field, units) for units in spellings(text, left, right) for field in fields)


def _pairs(units: Sequence[str]) -> dict[int, str]:
    """Return as few terms as cover units side by side, by their offsets."""
    last = len(units) - 1
    if last < 2:
        return {0: "".join(units)}
    at = list(range(0, last, 2))
    if at[-1] != last - 1:
        at.append(last - 1)
    return {each: units[each] + units[each + 1] for each in at}


def _phrase(field: str, units: Sequence[str]) -> Body:
    """Return the query for units side by side. Its score is the number of times that they stand so, up to a limit."""
    terms = _pairs(units)
    if len(terms) == 1:
        return {"term": {field: terms[0]}}
    sought = "\n".join(terms.get(at, HOLE) for at in range(max(terms) + 1))
    return {"match_phrase": {field: {"query": sought, "boost": 1 / len(terms)}}}


def occurrences(text: str, fields: Sequence[str] = TEXTS) -> list[Body]:
    """Return queries for a whole folded string whose scores add up to the number of times that it stands.

    In each of the fields no more than HIGHEST_DIGIT times are told.
    """
    return [_phrase(field, units) for units in spellings(text, True, True) for field in fields]


def _covering(units: Sequence[str]) -> list[str]:
    """Return a term for each offset of a string, which together are as wide as it is."""
    return [*(one + other for one, other in pairwise(units)), units[-1]]


# -- spans


def span(field: str, texts: Iterable[str]) -> Body | None:
    """Return the places where one of several folded strings stands whole; None if there are no strings."""
    found = []
    for text in texts:
        for units in spellings(text, True, True):
            terms: list[Body] = [{"span_term": {field: term}} for term in _covering(units)]
            found.append(terms[0] if len(terms) == 1 else near(terms, 0))
    if not found:
        return None
    return found[0] if len(found) == 1 else {"span_or": {"clauses": found}}


def near(spans: Sequence[Body], distance: int) -> Body:
    """Return the places where spans stand in this order, with at most so many characters between them together."""
    return {"span_near": {"clauses": list(spans), "slop": distance, "in_order": True}}


def filled(field: str, before: str, after: str) -> Body:
    """Return the places where exactly one character stands between two strings of ideographs.

    Of these one may be empty.
    """
    clauses: list[Body] = []
    for part in (before, after):
        if clauses or not part:
            clauses.append({"span_gap": {field: 1}})
        if part:
            clauses += [{"span_term": {field: term}} for term in _covering(list(part))]
    if not before:
        # A gap cannot come first: what stands before the string is looked at by whoever reads the article.
        clauses = clauses[1:]
    elif not after:
        clauses = clauses[:-1]
    return clauses[0] if len(clauses) == 1 else near(clauses, 0)


# -- intervals


def interval(text: str, left: bool = True, right: bool = True) -> Body | None:
    """Return the intervals at which a folded string stands; None if it is empty."""
    found = [_run(_covering(units)) for units in spellings(text, left, right)]
    return None if not found else found[0] if len(found) == 1 else alternatives(found)


def alternatives(intervals: Sequence[Body]) -> Body:
    """Return intervals of one of several kinds."""
    return intervals[0] if len(intervals) == 1 else {"any_of": {"intervals": list(intervals)}}


def in_order(intervals: Sequence[Body], distance: int, field: str) -> Body:
    """Return intervals that follow one another within a sentence, at most so many characters apart in all.

    Args:
        field: title or body; a title is one sentence.
    """
    rule: Body = {"intervals": list(intervals), "mode": "ordered", "max_gaps": distance if distance < FAR else -1}
    if field == mapping.BODY:
        rule["filter"] = {"contained_by": _sentence(mapping.frame(field))}
    return {"all_of": rule}


def _sentence(frame: str) -> Body:
    """Return the intervals that are sentences."""
    # Not of what goes over the end of none: the cluster takes what only overlaps with it for such a thing.
    whole = {"intervals": [_of_frame(frame, BEGINNING), _of_frame(frame, ENDING)], "mode": "ordered", "max_gaps": -1}
    return alternatives([{"all_of": whole}, _of_frame(frame, ALONE)])


def any_character(field: str) -> Body:
    """Return the intervals of one character each."""
    # Not as alternatives: a run of them is multiplied out, which OpenSearch 3 refuses from the sixth on.
    return {"wildcard": {"pattern": "?", "use_field": mapping.frame(field)}}


def _of_frame(frame: str, term: str) -> Body:
    return {"match": {"query": term, "use_field": frame}}


def _run(terms: Sequence[str]) -> Body:
    return {"match": {"query": "\n".join(terms), "mode": "ordered", "max_gaps": 0}}
