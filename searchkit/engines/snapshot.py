"""Snapshot: one generation of an index, and every question that an index can answer.

The base class validates, and fixes the order of ties and the meaning of a cursor once and for all; an engine implements
the underscored methods. The order of an answer, first to last:

- relevance: whole matches, then matches that only straddle words (see `searchkit.engines.scoring`), each by score,
  highest first; then near matches, by score. Ties by article id, ascending.
- newest, oldest: by published (no score is computed, it is 0), articles without a time last in both; ties by id,
  ascending; near matches after all others.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import Any, TypeAlias, TypeVar, overload

from searchkit.analysis.normalise import fold_query
from searchkit.engines.aggregation import Aggregation, Count, Days, Ids, Part, Values
from searchkit.errors import QueryError
from searchkit.model.fields import FieldName
from searchkit.model.results import SORTS, Sort
from searchkit.query.tree import And, AnyOf, Everything, Fuzzy, Node, Not, Or

MOST_VARIANTS = 100
"""The most variants that a `Fuzzy` word may have, itself included."""

Key: TypeAlias = tuple[int, float, str]
"""The place of a hit in the order of an answer: (tier, rank, id), ascending. Tier 0 whole, 1 straddling, 2 near; rank
is the negated score, or the time (negated for newest, infinity if there is none)."""


@dataclass(frozen=True, slots=True)
class Match:
    """One article that matches, and its place in the order."""

    id: str
    score: float
    key: Key
    near: bool = False


@dataclass(frozen=True, slots=True)
class Matches:
    """A page of matches, and the number of all matches (without near ones). `more`: this is not the last page."""

    total: int
    page: tuple[Match, ...]
    more: bool


One = TypeVar("One")
Two = TypeVar("Two")
Three = TypeVar("Three")
Self = TypeVar("Self", bound="Snapshot")


class Snapshot(ABC):
    """One generation of an index. It never changes, and any number of threads may use it at once.

    Close it, or use it in a `with`: an engine releases the files of a generation when nobody has it open any longer.
    """

    # -- what it is

    @property
    @abstractmethod
    def covers(self) -> int:
        """The sequence number up to which the record is in the index; 0 for a new one."""

    @property
    @abstractmethod
    def settings(self) -> Mapping[str, str]:
        """The settings the index was made with: analysis fingerprint, format, time zone. Empty for a new index."""

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:  # noqa: B027  # an engine without files has nothing to release
        """Release the generation. Safe to call twice."""

    # -- asking

    def search(
        self,
        query: Node,
        *,
        limit: int = 10,
        after: Key | None = None,
        sort: Sort = "relevance",
        near: bool = True,
    ) -> Matches:
        """Return the `limit` best matches after the key `after`, and the number of all matches.

        With `near`, if fewer than `limit` match, near matches fill the page.
        """
        if limit < 0:
            raise ValueError(f"limit must be 0 or more, not {limit}")
        if sort not in SORTS:
            raise ValueError(f"sort must be one of {', '.join(SORTS)}, not {sort!r}")
        return self._search(self.resolved(query), limit, after, sort, near)

    @abstractmethod
    def _search(self, query: Node, limit: int, after: Key | None, sort: Sort, near: bool) -> Matches: ...

    @overload
    def aggregate(self, query: Node, aggregations: tuple[Aggregation[One]]) -> tuple[One]: ...
    @overload
    def aggregate(self, query: Node, aggregations: tuple[Aggregation[One], Aggregation[Two]]) -> tuple[One, Two]: ...
    @overload
    def aggregate(
        self, query: Node, aggregations: tuple[Aggregation[One], Aggregation[Two], Aggregation[Three]]
    ) -> tuple[One, Two, Three]: ...
    @overload
    def aggregate(self, query: Node, aggregations: Sequence[Aggregation[Any]]) -> tuple[Any, ...]: ...
    def aggregate(self, query: Node, aggregations: Sequence[Aggregation[Any]]) -> tuple[Any, ...]:
        """Return the answer of each aggregation over the matches, which are computed once for all of them."""
        parts = self._parts(self.resolved(query))
        return tuple(each.of(parts) for each in aggregations)

    @abstractmethod
    def _parts(self, query: Node) -> Sequence[Part]:
        """Return the matches of a query, segment by segment; each match is in exactly one part."""

    def resolved(self, query: Node) -> Node:
        """Return the query with each `Fuzzy` replaced by `AnyOf` the variants of its word in this generation.

        Raises:
            QueryError: a word has more than MOST_VARIANTS variants.
        """
        match query:
            case Fuzzy(text=text, edits=edits):
                return self._any_variant(text, edits)
            case And(children=children) | Or(children=children):
                found = tuple(map(self.resolved, children))
                changed = any(each is not child for each, child in zip(found, children, strict=True))
                return type(query)(found) if changed else query
            case Not(child=child):
                inner = self.resolved(child)
                return query if inner is child else Not(inner)
            case _:
                return query

    def _any_variant(self, text: str, edits: int) -> AnyOf:
        word = fold_query(text)
        found = {word, *self._variants(word, edits)}
        if len(found) > MOST_VARIANTS:
            raise QueryError(
                f"{text}~{edits} stands for more than {MOST_VARIANTS} words of the archive",
                query=text, width=len(text),
                hint=f"{text}~1 allows one edit; or type a longer word" if edits > 1 else "type a longer word",
                code="too-many-variants",
            )  # fmt: skip
        return AnyOf((word, *sorted(found - {word})))

    @abstractmethod
    def _variants(self, word: str, edits: int) -> Collection[str]:
        """Return the variants of a folded word, see `Fuzzy`; with or without the word itself.

        An engine may stop at MOST_VARIANTS + 2.
        """

    @abstractmethod
    def similar_words(self, words: Sequence[str], edits: int = 1) -> Mapping[str, Mapping[str, int]]:
        """Return for each of several folded words the words of the archive within so many edits, except itself.

        Words of letters and digits are compared with the runs of these that stand in any article; words of ideographs,
        at least two, with the words (jieba, search mode) of any article that are at least two ideographs. An edit is
        one of `searchkit.analysis.edits`. A word that is neither, or has no more characters than edits, has no similar
        words.

        Args:
            edits: 1 or more.

        Returns:
            For each word its similar words, with the number of articles that have each.
        """

    def count(self, query: Node) -> int:
        """Return the number of matches."""
        return self.aggregate(query, (Count(),))[0]

    def ids(self, query: Node) -> Sequence[str]:
        """Return the ids of all matches, ascending."""
        return self.aggregate(query, (Ids(),))[0]

    def days(self, query: Node) -> Mapping[date | None, int]:
        """Return the matches per day; see `Days`."""
        return self.aggregate(query, (Days(),))[0]

    def facets(self, query: Node, fields: Sequence[FieldName]) -> Mapping[FieldName, Mapping[str, int]]:
        """Return the matches per value of each field; see `Values`."""
        return dict(zip(fields, self.aggregate(query, [Values(name) for name in fields]), strict=True))

    @abstractmethod
    def explain(self, query: Node, id: str) -> Mapping[str, float]:
        """Return the parts of the score of one match: `words:芯片` -> 3.2, `grams:芯片`, `proximity`."""

    def __len__(self) -> int:
        return self.count(Everything())

    @abstractmethod
    def sequence_numbers(self) -> Mapping[str, int]:
        """Return the record's sequence number of each article in the index, by id, to compare it with the record.

        0 stands for an unknown number, in an index of an older searchkit whose dictionary was changed.
        """
