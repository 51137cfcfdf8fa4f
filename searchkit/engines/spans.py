"""Where in a text a node that joins several strings is fulfilled: for-loops over folded text.

The reference engine matches by them, and the answers are highlighted by them: what is marked is what matched.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from searchkit.analysis.edits import LEAST_IDEOGRAPHS, is_chinese, is_latin, is_slip, is_within
from searchkit.analysis.normalise import fold_query
from searchkit.analysis.sentences import paragraph_starts, sentence_starts
from searchkit.analysis.terms import occurrences
from searchkit.deadline import check
from searchkit.query.patterns import Pattern, pattern
from searchkit.query.tree import AnyOf, AtLeast, Near, Together, Wildcard, Word, side_by_side

Span = tuple[int, int]
"""The offsets of the first character and of the end."""
Joining: TypeAlias = Near | Together | AtLeast | Wildcard | AnyOf | Word


def spans(node: Joining, text: str, *, is_title: bool) -> Iterator[Span]:
    """Yield the parts of a title or a body that fulfil the node; a part may be yielded more than once.

    Nothing says that the node matches the article: of `AtLeast` all occurrences are yielded, however many there are.

    Args:
        text: folded.
    """
    check()
    match node:
        case Near(left=left, right=right, distance=distance, ordered=ordered):
            yield from _near(_standing(text, left), _standing(text, right), distance, ordered)
        case Together(left=left, right=right, unit=unit):
            starts = [] if is_title else paragraph_starts(text) if unit == "paragraph" else sentence_starts(text)
            yield from _together(_standing(text, left), _standing(text, right), starts)
        case AtLeast(texts=texts):
            for each in dict.fromkeys(map(fold_query, texts)):
                yield from apart(text, each)
        case Wildcard(text=typed):
            yield from _wildcard(text, pattern(fold_query(typed)), [] if is_title else sentence_starts(text))
        case AnyOf(texts=texts):
            yield from _standing(text, texts)
        case Word(text=typed):
            yield from _standing(text, side_by_side(fold_query(typed).split()))


def _standing(text: str, texts: Iterable[str]) -> list[Span]:
    """Return the places where one of the strings stands whole, ascending."""
    found = []
    for each in dict.fromkeys(map(fold_query, texts)):
        check()
        found += [(start, start + len(each)) for start in occurrences(text, each)]
    return sorted(found)


def apart(text: str, sought: str) -> Iterator[Span]:
    """Yield the places where a folded string stands whole, from left to right, without those that overlap the last."""
    free = 0
    for start in occurrences(text, sought):
        if start >= free:
            free = start + len(sought)
            yield start, free


def _near(left: list[Span], right: list[Span], distance: int, ordered: bool) -> Iterator[Span]:
    for first, second in ((left, right),) if ordered else ((left, right), (right, left)):
        starts = [start for start, _ in second]
        for start, end in first:
            check()
            reached = second[bisect_left(starts, end) : bisect_right(starts, end + distance)]
            if reached:
                yield start, end
                yield from reached


def _together(left: list[Span], right: list[Span], starts: list[int]) -> Iterator[Span]:
    """Yield what stands in one unit; `starts` are those of the units, ascending."""
    left, right = ([span for span in each if _is_within_one(span, starts)] for each in (left, right))
    unit_of = [bisect_right(starts, start) for start, _ in right]
    for start, end in left:
        check()
        unit = bisect_right(starts, start)
        others = right[bisect_left(unit_of, unit) : bisect_right(unit_of, unit)]
        beside = [other for other in others if other[0] >= end or other[1] <= start]
        if beside:
            yield start, end
            yield from beside


def _is_within_one(span: Span, starts: Sequence[int]) -> bool:
    return bisect_right(starts, span[0]) == bisect_right(starts, span[1] - 1)


def _wildcard(text: str, sought: Pattern, starts: list[int]) -> Iterator[Span]:
    """Yield from each place where the first part stands the shortest string that fits."""
    if not sought.literals:
        return
    last = len(sought.literals) - 1
    places = [
        list(occurrences(text, each, left=not i and not sought.open_left, right=i == last and not sought.open_right))
        for i, each in enumerate(sought.literals)
    ]
    for start in places[0]:
        check()
        unit = bisect_right(starts, start)
        reached = [start]
        for i, (fewest, most) in enumerate(sought.gaps, 1):
            ends = [at + len(sought.literals[i - 1]) for at in reached]
            reached = sorted(
                {
                    at
                    for end in ends
                    for at in places[i][bisect_left(places[i], end + fewest) : bisect_right(places[i], end + most)]
                }
            )
        for at in reached:
            end = at + len(sought.literals[last])
            if bisect_right(starts, end - 1) == unit:
                yield start, end
                break


# -- variants of a word, see `Fuzzy`


def is_variant_word(word: str, other: str, edits: int) -> bool:
    """Tell whether a term of the archive is a variant of a folded word, both of letters or both of ideographs."""
    if is_latin(word):
        return is_latin(other) and is_within(word, other, edits)
    return len(other) >= LEAST_IDEOGRAPHS and is_chinese(other) and is_within(word, other, edits)


def is_similar_word(word: str, other: str, edits: int, *, same_first: bool = False) -> bool:
    """Tell whether a term of the archive is similar to a folded word, see `Snapshot.similar_words`."""
    if other == word or len(word) <= edits or (same_first and word[0] != other[0]):
        return False
    if is_latin(word):
        return is_latin(other) and is_within(word, other, edits)
    both = is_chinese(word) and is_chinese(other) and min(len(word), len(other)) > 1
    return both and is_within(word, other, edits)


def slips_in(text: str, word: str) -> Iterator[str]:
    """Yield the strings of ideographs of a text that miswrite a Chinese word, see `is_slip`."""
    for start in range(len(text)):
        if text[start] in word or text[start + 1 : start + 2] in word:
            for end in range(start + len(word) - 1, start + len(word) + 2):
                other = text[start:end]
                if end <= len(text) and is_chinese(other) and is_slip(word, other):
                    yield other
