"""What can be counted over the matches of a query: each count a class, all of them answered in one pass.

An engine says what it knows of the matches of each of its segments (`Part`); an `Aggregation` makes its answer of the
parts. So a new count is a new class here, and no engine has to know of it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from searchkit.query.tree import FIELD_NAMES, FieldName

Answer_co = TypeVar("Answer_co", covariant=True)


class Part(Protocol):
    """The matches in one segment of an index."""

    @property
    def count(self) -> int:
        """The number of matches."""
        ...

    def ids(self) -> Sequence[str]:
        """The ids of the matches, in no order."""
        ...

    def days(self) -> Mapping[date | None, int]:
        """Matches per day of the archive's zone, None for those without a time. Days without a match are left out."""
        ...

    def values(self, name: FieldName) -> Mapping[str, int]:
        """Matches per value of a field, as printed; "" counts the matches without a value."""
        ...


class Aggregation(ABC, Generic[Answer_co]):
    """Something to be counted over all matches."""

    @abstractmethod
    def of(self, parts: Sequence[Part]) -> Answer_co:
        """Return the answer over all matches, of which each is in one part."""


@dataclass(frozen=True, slots=True)
class Count(Aggregation[int]):
    """The number of matches."""

    def of(self, parts: Sequence[Part]) -> int:
        return sum(part.count for part in parts)


@dataclass(frozen=True, slots=True)
class Ids(Aggregation[Sequence[str]]):
    """The ids of all matches, ascending."""

    def of(self, parts: Sequence[Part]) -> Sequence[str]:
        return sorted(id for part in parts for id in part.ids())


@dataclass(frozen=True, slots=True)
class Days(Aggregation[Mapping["date | None", int]]):
    """Matches per day of the archive's zone; None: those without a time. Days without a match are left out."""

    def of(self, parts: Sequence[Part]) -> Mapping[date | None, int]:
        found: Counter[date | None] = Counter()
        for part in parts:
            found.update(part.days())
        return found


@dataclass(frozen=True, slots=True)
class Values(Aggregation[Mapping[str, int]]):
    """Matches per value of a field; "" counts the matches without a value.

    Raises:
        ValueError: there is no such field.
    """

    name: FieldName

    def __post_init__(self) -> None:
        if self.name not in FIELD_NAMES:
            raise ValueError(f"no field {self.name!r}; there are {', '.join(FIELD_NAMES)}")

    def of(self, parts: Sequence[Part]) -> Mapping[str, int]:
        found: Counter[str] = Counter()
        for part in parts:
            found.update(part.values(self.name))
        return found
