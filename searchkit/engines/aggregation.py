"""Counts over the matches of a query: one class for each kind, all computed in one pass.

An engine describes the matches in each of its segments (`Part`); an `Aggregation` computes its answer from the parts.
So a new count of what `Part` describes is a new class here, and no engine has to know of it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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


class WordCounts(Protocol):
    """The words (jieba, search mode; folded) of the articles in one segment, matches and the rest apart.

    Attributes:
        matches: the number of matches counted.
        rest: the number of other articles counted.
    """

    matches: int
    rest: int

    def in_matches(self, least: int = 1) -> Mapping[str, int]:
        """Return each word that at least so many of the matches have, with the number of these."""
        ...

    def in_rest(self, words: Collection[str], least: int = 0) -> Mapping[str, int]:
        """Return those of `words` that others have, each with the number of others that have it.

        Args:
            least: if above 0, `words` are those that `in_matches(least)` returns, which may save looking for them.
        """
        ...


class Counted(NamedTuple):
    """The articles of a group, and the number of them that have each word they have; words as in `WordCounts`."""

    articles: int
    words: Mapping[str, int]


class Reprints(NamedTuple):
    """Which articles are left out so that of a family of reprints one is counted.

    Attributes:
        families: of each article that has reprints, the id of the first article of its family.
        instead: of the families whose first article does not match while others do: the first, and the match counted.
    """

    families: Mapping[str, str]
    instead: Mapping[str, str]

    def leave_out(self, id: str) -> bool:
        """Tell whether another article of its family is counted in place of an article."""
        family = self.families.get(id)
        return family is not None and self.instead.get(family, family) != id


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

    def days_with(self, name: FieldName, value: str) -> Mapping[date | None, int]:
        """Return those of `days` that have a value of a field; `value` is in its compared form, and not empty."""
        ...

    def values(self, name: FieldName) -> Mapping[str, Spellings]:
        """Return the values of a field, by their compared form; "" counts the matches without a value."""
        ...

    def reprinted(self, families: Mapping[str, str]) -> Sequence[str]:
        """Return the ids of the matches that are keys of `families`, in no order."""
        ...

    def words(self, reprints: Reprints, *, rest: bool = True) -> WordCounts:
        """Return the counts of words in the matches and in the rest, without those that `reprints` leaves out.

        Args:
            rest: False: nothing is counted in the rest, as if there were none.
        """
        ...

    def words_by_day(
        self, groups: Mapping[date, int], reprints: Reprints, often: tuple[int, int] | None = None
    ) -> Mapping[int, Counted]:
        """Return the counts of words in the matches of each group of days, without those that `reprints` leaves out.

        Args:
            groups: the group of each day (of the archive's zone); matches of other days, or of none, are not counted.
            often: a group and a number: words that fewer of its articles have are left out of all groups.

        Returns:
            By group, those that have an article.
        """
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
        return _added(part.days() for part in parts)


def _added(of_parts: Iterable[Mapping[date | None, int]]) -> Mapping[date | None, int]:
    found: Counter[date | None] = Counter()
    for days in of_parts:
        found.update(days)
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
        return {found.commonest(): found.articles for found in _merged(parts, self.name).values()}


def _merged(parts: Sequence[Part], name: FieldName) -> Mapping[str, Spellings]:
    """Return the values of a field in all parts, by their compared form."""
    first, *others = [part.values(name) for part in parts] or [{}]
    merged = dict(first)
    for other in others:
        for value, found in other.items():
            merged[value] = merged[value] + found if value in merged else found
    return merged


class ValueDays(NamedTuple):
    """One value of a field, and the matches per day that have it.

    Attributes:
        value: in its compared form.
        printed: in the spelling that most of the matches have.
        articles: the number of matches that have it.
        days: these per day, as `Days` counts them.
    """

    value: str
    printed: str
    articles: int
    days: Mapping[date | None, int]


class CommonestDays(NamedTuple):
    """The commonest values of a field, with their days.

    Attributes:
        values: the commonest first, ties by the printed spelling.
        others: the number of values that are not among them.
        without: the number of matches without a value.
    """

    values: tuple[ValueDays, ...]
    others: int
    without: int


class DaysOfCommonest(Aggregation[CommonestDays]):
    """Matches per day for each of the commonest values of a field; spellings are counted as in `Values`.

    Args:
        most: the number of values; 1 or more.
    """

    def __init__(self, name: FieldName, most: int) -> None:
        if most < 1:
            raise ValueError(f"most must be 1 or more, not {most}")
        self._name = name
        self._most = most

    def of(self, parts: Sequence[Part]) -> CommonestDays:
        merged = dict(_merged(parts, self._name))
        without = merged.pop("", Spellings(0, ())).articles
        ordered = sorted(
            ((value, found.commonest(), found.articles) for value, found in merged.items()),
            key=lambda each: (-each[2], each[1]),
        )
        chosen = tuple(
            ValueDays(*each, _added(part.days_with(self._name, each[0]) for part in parts))
            for each in ordered[: self._most]
        )
        return CommonestDays(chosen, len(ordered) - len(chosen), without)


class DaysWith(Aggregation[Mapping[str, Mapping["date | None", int]]]):
    """Matches per day for each of some values of a field.

    Args:
        values: in their compared form, none of them empty.
    """

    def __init__(self, name: FieldName, values: Collection[str]) -> None:
        self._name = name
        self._values = values

    def of(self, parts: Sequence[Part]) -> Mapping[str, Mapping[date | None, int]]:
        return {value: _added(part.days_with(self._name, value) for part in parts) for value in self._values}


class Frequencies(NamedTuple):
    """Document frequencies of words.

    Attributes:
        matches: the number of matches counted.
        rest: the number of other articles counted.
        words: of each word the number of these matches and of these others that have it; the first is never 0.
    """

    matches: int
    rest: int
    words: Mapping[str, tuple[int, int]]


class Terms(Aggregation[Frequencies]):
    """The words (jieba, search mode; folded) of the matches, with their document frequencies there and in the rest.

    Reprints count once: of each family one article is counted. It is counted among the matches if any of the family
    matches; its words are those of the first article of the family, or if that does not match, of the match with the
    smallest id.

    Args:
        families: of each article that has reprints, the id of the first article of its family.
        least: words that fewer matches have are left out; 1 or more.
    """

    def __init__(self, families: Mapping[str, str], least: int = 1) -> None:
        if least < 1:
            raise ValueError(f"least must be 1 or more, not {least}")
        self._families = families
        self._least = least

    def of(self, parts: Sequence[Part]) -> Frequencies:
        reprints = _once(parts, self._families)
        counts = [part.words(reprints) for part in parts]
        # Only one part alone knows which words are frequent enough.
        least = self._least if len(counts) == 1 else 0
        matches = dict(counts[0].in_matches(least or 1)) if counts else {}
        for each in counts[1:]:
            for word, count in each.in_matches().items():
                matches[word] = matches.get(word, 0) + count
        wanted = {word: count for word, count in matches.items() if count >= self._least}
        rest: Counter[str] = Counter()
        for each in counts:
            rest.update(each.in_rest(wanted.keys(), least))
        return Frequencies(
            sum(each.matches for each in counts),
            sum(each.rest for each in counts),
            {word: (count, rest[word]) for word, count in wanted.items()},
        )


class MatchingWords(Aggregation[Counted]):
    """The matches and their words, as in `Terms`, without counting the rest.

    Args:
        families: as for `Terms`.
    """

    def __init__(self, families: Mapping[str, str]) -> None:
        self._families = families

    def of(self, parts: Sequence[Part]) -> Counted:
        reprints = _once(parts, self._families)
        found = [part.words(reprints, rest=False) for part in parts]
        first, *others = [each.in_matches() for each in found] or [{}]
        words = dict(first)
        for other in others:
            for word, count in other.items():
                words[word] = words.get(word, 0) + count
        return Counted(sum(each.matches for each in found), words)


class WordsByDay(Aggregation[Mapping[int, Counted]]):
    """The matches and their words (as in `Terms`) by group of days; groups without a match are left out.

    Of a family one match is counted, in the group of its own day: its first article, or if that does not match, the
    match with the smallest id.

    Args:
        families: as for `Terms`.
        group: returns the group of a day; None if its matches are not counted.
        often: a group and a number: words that fewer of its articles have are left out of all groups.
    """

    def __init__(
        self,
        families: Mapping[str, str],
        group: Callable[[date], int | None],
        often: tuple[int, int] | None = None,
    ) -> None:
        self._families = families
        self._group = group
        self._often = often

    def of(self, parts: Sequence[Part]) -> Mapping[int, Counted]:
        days = {day for part in parts for day in part.days() if day is not None}
        groups = {day: number for day in days if (number := self._group(day)) is not None}
        reprints = _once(parts, self._families)
        articles: Counter[int] = Counter()
        words: dict[int, dict[str, int]] = {}
        # Only one part alone knows which words are frequent enough.
        often = self._often if len(parts) == 1 else None
        for part in parts:
            for number, found in part.words_by_day(groups, reprints, often).items():
                articles[number] += found.articles
                so_far = words.get(number)
                if so_far is None:
                    words[number] = dict(found.words)
                else:
                    for word, count in found.words.items():
                        so_far[word] = so_far.get(word, 0) + count
        if self._often and not often:
            group, least = self._often
            kept = {word for word, count in words.get(group, {}).items() if count >= least}
            words = {number: {word: had[word] for word in kept & had.keys()} for number, had in words.items()}
        return {number: Counted(articles[number], words[number]) for number in sorted(words)}


def _once(parts: Sequence[Part], families: Mapping[str, str]) -> Reprints:
    """Return which articles are left out: all but the first of a family; of a family whose first does not match while
    others do, all but the match with the smallest id.
    """
    counted: dict[str, str] = {}
    for id in sorted(id for part in parts for id in part.reprinted(families)) if families else ():
        family = families[id]
        if family not in counted or id == family:
            counted[family] = id
    return Reprints(families, {family: id for family, id in counted.items() if id != family})
