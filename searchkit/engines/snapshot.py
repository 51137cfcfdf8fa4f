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
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, overload

from searchkit.analysis.normalise import fold_query
from searchkit.engines.aggregation import Aggregation, Count, Days, Ids, Part, Values
from searchkit.errors import QueryError
from searchkit.language.messages import Message
from searchkit.model.fields import FieldName
from searchkit.model.results import SORTS, Recent, Sort
from searchkit.query.tree import And, AnyOf, Everything, Field, Fuzzy, Node, Not, Or, Phrase, Pinyin, Title, Word

if TYPE_CHECKING:
    from searchkit.analysis.pinyin import Spelling

MOST_VARIANTS = 100
"""The most variants that a `Fuzzy` word may have, itself included, and the most strings that a `Pinyin` may be."""
MOST_VALUES = 2000
"""The most values of fields that a `Pinyin` may stand for."""
PINYIN_FIELDS: tuple[FieldName, ...] = ("author", "editor", "source")
"""The fields that a `Pinyin` is looked for in."""

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
        recent: Recent | None = None,
    ) -> Matches:
        """Return the `limit` best matches after the key `after`, and the number of all matches.

        With `near`, if fewer than `limit` match, near matches fill the page. If none match, phrases in quotes of
        emphasis are typed words for them (see `searchkit.query.emphasis`).

        Args:
            recent: lower the scores of older articles; only the order by relevance has scores.
        """
        if limit < 0:
            raise ValueError(f"limit must be 0 or more, not {limit}")
        if sort not in SORTS:
            raise ValueError(f"sort must be one of {', '.join(SORTS)}, not {sort!r}")
        return self._search(self.resolved(query), limit, after, sort, near, recent)

    @abstractmethod
    def _search(
        self, query: Node, limit: int, after: Key | None, sort: Sort, near: bool, recent: Recent | None
    ) -> Matches: ...

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
        """Return the query with the strings of this generation that its nodes stand for.

        Each `Fuzzy` is replaced by `AnyOf` the variants of its word, and each `Pinyin` by what `spelled` returns.

        Raises:
            QueryError: a word has more than MOST_VARIANTS variants; or see `spelled`.
            MissingExtra: see `spelled`.
        """
        match query:
            case Pinyin(text=text):
                return Or(tuple(self.spelled(text).values()))
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
                Message(
                    "{text}~{edits} stands for more than {most_variants} words of the archive",
                    text=text,
                    edits=edits,
                    most_variants=MOST_VARIANTS,
                ),
                query=text,
                width=len(text),
                hint=Message("{text}~1 allows one edit; or type a longer word", text=text)
                if edits > 1
                else "type a longer word",
                code="too-many-variants",
            )
        return AnyOf((word, *sorted(found - {word})))

    @abstractmethod
    def _variants(self, word: str, edits: int) -> Collection[str]:
        """Return the variants of a folded word, see `Fuzzy`; with or without the word itself.

        An engine may stop at MOST_VARIANTS + 2.
        """

    @abstractmethod
    def similar_words(
        self, words: Sequence[str], edits: int = 1, *, same_first: bool = False
    ) -> Mapping[str, Mapping[str, int]]:
        """Return for each of several folded words the words of the archive within so many edits, except itself.

        Words of letters and digits are compared with the runs of these that stand in any article; words of ideographs,
        at least two, with the words (jieba, search mode) of any article that are at least two ideographs. An edit is
        one of `searchkit.analysis.edits`. A word that is neither, or has no more characters than edits, has no similar
        words.

        Args:
            edits: 1 or 2.
            same_first: leave out those that begin with another character than the word.

        Returns:
            For each word its similar words, with the number of articles that have each.
        """

    def spelled(self, text: str) -> Mapping[str, Node]:
        """Return the strings of ideographs that a `Pinyin` stands for, each with the query for the articles with it.

        Raises:
            QueryError: this is no spelling, or one of more than MOST_VARIANTS strings or MOST_VALUES values.
            MissingExtra: the extra `pinyin` is not installed.
        """
        from searchkit.analysis.pinyin import Spelling  # few queries have it

        spelling = Spelling(text)
        titles, values = self._spelled(spelling)
        found: dict[str, list[Node]] = {}
        for each in titles:
            # The title has it, so the text has it: the second part is there to mark it in the body as well.
            in_text = Word(each) if spelling.is_word(each) else Phrase(each)
            found.setdefault(each, []).append(And((Title(each, exact=True), in_text)))
        for name, value in values:
            for each in dict.fromkeys(spelling.strings_in(value)):
                found.setdefault(each, []).append(Field(name, value))
        if len(found) > MOST_VARIANTS or len(values) > MOST_VALUES:
            raise QueryError(
                Message("pinyin:{text} stands for too many strings of the archive", text=text),
                query=text, width=len(text), hint="type more of it, or the characters", code="too-many-variants",
            )  # fmt: skip
        return {each: nodes[0] if len(nodes) == 1 else Or(tuple(nodes)) for each, nodes in sorted(found.items())}

    @abstractmethod
    def _spelled(self, spelling: Spelling) -> tuple[Collection[str], Collection[tuple[FieldName, str]]]:
        """Return the strings in titles, and the compared values of PINYIN_FIELDS, that are so spelled; see `Pinyin`.

        An engine may stop at MOST_VARIANTS + 1 strings and MOST_VALUES + 1 values.
        """

    def count(self, query: Node) -> int:
        """Return the number of matches."""
        return self.aggregate(query, (Count(),))[0]

    def counts(self, queries: Sequence[Node]) -> list[int]:
        """Return the number of matching articles of each of several queries."""
        return [self.count(query) for query in queries]

    def ids(self, query: Node) -> Sequence[str]:
        """Return the ids of all matches, ascending."""
        return self.aggregate(query, (Ids(),))[0]

    @abstractmethod
    def document_frequencies(self, words: Collection[str]) -> Mapping[str, int]:
        """Return for each of some words (jieba, search mode; folded) the number of articles that have it."""

    def days(self, query: Node) -> Mapping[date | None, int]:
        """Return the matches per day; see `Days`."""
        return self.aggregate(query, (Days(),))[0]

    def facets(self, query: Node, fields: Sequence[FieldName]) -> Mapping[FieldName, Mapping[str, int]]:
        """Return the matches per value of each field; see `Values`."""
        return dict(zip(fields, self.aggregate(query, [Values(name) for name in fields]), strict=True))

    @abstractmethod
    def explain(self, query: Node, id: str, recent: Recent | None = None) -> Mapping[str, float]:
        """Return the parts of the score of one match, which add up to it.

        They are `words:芯片` -> 3.2, `grams:芯片`, the bonuses `proximity` and `passage`, and `recency`, which is what
        an older article loses. A part that is 0 is left out.
        """

    @abstractmethod
    def passage(self, query: Node) -> Mapping[str, float]:
        """Return the words by which the score of a long query measures paragraphs, with their idf; else none."""

    def __len__(self) -> int:
        return self.count(Everything())

    @abstractmethod
    def sequence_numbers(self) -> Mapping[str, int]:
        """Return the record's sequence number of each article in the index, by id, to compare it with the record.

        0 stands for an unknown number, in an index of an older searchkit whose dictionary was changed.
        """
