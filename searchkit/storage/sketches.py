"""The sketches of articles and the families of reprints that are made from them: derived, but kept beside the articles.

Making families needs only what an article has in short: the days around it, a sketch of its text, its numbers and its
title. `searchkit.reprints.families` decides; a record keeps. All of it can be made again from the articles.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple


class Sketch(NamedTuple):
    """What is compared of an article.

    Attributes:
        day: proleptic ordinal, in the archive's zone.
        appeared: seconds since 1970; of a day without a time its last second.
        twins: 64 bits with a sign, equal for equal day, title, hashes and numbers.
        hashes: of the sampled text, ascending, u32 little-endian.
        numbers: hashes of the numbers in the text, the same.
    """

    id: str
    day: int
    appeared: int
    twins: int
    title: str
    hashes: bytes
    numbers: bytes


class Sketched(NamedTuple):
    """What the search for candidates needs of a sketch."""

    id: str
    day: int
    twins: int
    hashes: bytes


class Sketches(ABC):
    """The sketches and families of a record. All methods raise the errors of `searchkit.storage.record.Record`.

    Whatever is written may be written again: the same rows give the same state. Nothing here is the only copy of
    anything, so a record whose transactions are not atomic may keep half of a step; the step is then repeated.
    """

    @abstractmethod
    def clear(self) -> None:
        """Remove all sketches and families."""

    # -- sketches

    @abstractmethod
    def add(self, sketches: Iterable[Sketch]) -> None:
        """Keep sketches, in place of those of the same ids. They are taken one by one, as they are made."""

    @abstractmethod
    def remove(self, ids: Iterable[str]) -> None:
        """Remove the sketches of these articles, where there are any. Families stay."""

    @abstractmethod
    def days(self, ids: Iterable[str]) -> dict[str, int]:
        """Return the day of each of `ids` that has a sketch."""

    @abstractmethod
    def appeared(self, ids: Iterable[str]) -> dict[str, int]:
        """Return when each of `ids` that has a sketch appeared."""

    @abstractmethod
    def evidence(self, ids: Iterable[str]) -> dict[str, tuple[str, bytes]]:
        """Return the title and the numbers of each of `ids` that has a sketch."""

    @abstractmethod
    def between(self, first: int, last: int) -> Sequence[Sketched]:
        """Return the sketches of the days `first` to `last`, both included, in any order."""

    # -- families

    @abstractmethod
    def put_together(self, families: Iterable[tuple[str, str]]) -> None:
        """Put articles into families, in this order, out of others that they are in.

        Args:
            families: pairs of an article's id and its family, the id of the family's first article.
        """

    @abstractmethod
    def take_out(self, ids: Iterable[str]) -> None:
        """Take articles out of their families, where they are in one. Their sketches stay."""

    @abstractmethod
    def families(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the family of each of `ids` that is in one."""

    @abstractmethod
    def members(self, family: str) -> list[str]:
        """Return the ids in a family that have a sketch, in the order of their appearance, then by id."""

    @abstractmethod
    def has_families(self) -> bool:
        """Tell whether any article is in a family."""

    @abstractmethod
    def all_families(self) -> Mapping[str, str]:
        """Return the family of every article that is in one."""

    @abstractmethod
    def count(self) -> tuple[int, int]:
        """Return the number of families, and the number of articles in them."""
