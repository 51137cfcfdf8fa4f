"""Counts over the matches of a query: one class for each kind, all computed in one pass.

An engine describes the matches in each of its segments (`Part`); an `Aggregation` computes its answer from the parts.
So a new count of what `Part` describes is a new class here, and no engine has to know of it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Generic, NamedTuple, Protocol, TypeVar

from searchkit.model.fields import FIELDS, FieldName

Answer_co = TypeVar("Answer_co", covariant=True)


class Spellings(NamedTuple):
    """One value of a field: the number of articles that have it, in all and in each spelling.

    `printed` holds each spelling once, and at least one. An article with two spellings of one value is counted once in
    `articles`, and once for each spelling.
    """

    articles: int
    printed: tuple[tuple[str, int], ...]

    def commonest(self) -> str:
        """Return the spelling that most articles have; ties go to the smallest by code point."""
        if len(self.printed) == 1:
            return self.printed[0][0]
        return min(self.printed, key=lambda each: (-each[1], each[0]))[0]

    def __add__(self, other: object) -> Spellings:
        """Return the sum of two parts of an index for the same value."""
        if not isinstance(other, Spellings):
            return NotImplemented
        counts = Counter(dict(self.printed))
        counts.update(dict(other.printed))
        return Spellings(self.articles + other.articles, tuple(counts.items()))


class Part(Protocol):
    """The matches in one segment of an index."""

    @property
    def count(self) -> int:
        """The number of matches."""
        ...

    def ids(self) -> Sequence[str]:
        """Return the ids of the matches, in no order."""
        ...

    def days(self) -> Mapping[date | None, int]:
        """Return the matches per day of the archive's zone; None: matches without a time. Empty days are left out."""
        ...

    def values(self, name: FieldName) -> Mapping[str, Spellings]:
        """Return the values of a field, by their compared form; "" counts the matches without a value."""
        ...


class Aggregation(ABC, Generic[Answer_co]):
    """A count over all matches."""

    @abstractmethod
    def of(self, parts: Sequence[Part]) -> Answer_co:
        """Return the answer over all matches, each of which is in one part."""


class Count(Aggregation[int]):
    """The number of matches."""

    def of(self, parts: Sequence[Part]) -> int:
        return sum(part.count for part in parts)


class Ids(Aggregation[Sequence[str]]):
    """The ids of all matches, ascending."""

    def of(self, parts: Sequence[Part]) -> Sequence[str]:
        return sorted(id for part in parts for id in part.ids())


class Days(Aggregation[Mapping["date | None", int]]):
    """Matches per day of the archive's zone; None: matches without a time. Days without a match are left out."""

    def of(self, parts: Sequence[Part]) -> Mapping[date | None, int]:
        found: Counter[date | None] = Counter()
        for part in parts:
            found.update(part.days())
        return found


class Values(Aggregation[Mapping[str, int]]):
    """Matches per value of a field; "" counts the matches without a value.

    Values that a condition does not distinguish (新华社 and 新華社) count as one, shown in its commonest spelling. So
    the number beside a value is the number of matches that a condition with this value finds.

    Raises:
        ValueError: there is no such field.
    """

    def __init__(self, name: FieldName) -> None:
        if name not in FIELDS:
            raise ValueError(f"no field {name!r}; there are {', '.join(FIELDS)}")
        self.name = name

    def of(self, parts: Sequence[Part]) -> Mapping[str, int]:
        first, *others = [part.values(self.name) for part in parts] or [{}]
        merged = dict(first)
        for other in others:
            for value, found in other.items():
                merged[value] = merged[value] + found if value in merged else found
        return {found.commonest(): found.articles for found in merged.values()}
