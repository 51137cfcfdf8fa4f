"""Which strings of an index are spelled so in pinyin (see `searchkit.query.tree.Pinyin`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from searchkit.analysis.pinyin import LEAST_SYLLABLES, Spelling
from searchkit.deadline import check
from searchkit.engines.snapshot import MOST_VALUES, MOST_VARIANTS, PINYIN_FIELDS
from searchkit.engines.whoosh.read.matcher import Evaluation
from searchkit.engines.whoosh.read.phrases import containing
from searchkit.engines.whoosh.read.segments import SegmentView
from searchkit.model.fields import FieldName

_TITLE = "title"
_LONGEST_VALUE = 1 << 20
Spelled: TypeAlias = tuple[tuple[str, ...], tuple[tuple[FieldName, str], ...]]
"""The strings in titles, and the names of fields with their values."""


def spelled(evaluations: Sequence[Evaluation], spelling: Spelling) -> Spelled:
    """Return the strings in titles and the values of fields that are spelled so; a few too many are not all."""
    strings: dict[str, None] = {}
    values: dict[tuple[FieldName, str], None] = {}
    for each in evaluations:
        candidates = _words(each.segment, spelling) if spelling.is_initials else _syllables(each, spelling)
        for string in candidates:
            check()
            if string not in strings and _is_in_title(each, string, is_word=spelling.is_word(string)):
                strings[string] = None
                if len(strings) > MOST_VARIANTS:
                    return tuple(strings), ()
        for name in PINYIN_FIELDS:
            for value in _values(each.segment, name, spelling):
                if (name, value) not in values and each.having(name, value).count:
                    values[name, value] = None
                    if len(values) > MOST_VALUES:
                        return tuple(strings), tuple(values)
    return tuple(strings), tuple(values)


def _is_in_title(reading: Evaluation, string: str, *, is_word: bool) -> bool:
    within = reading.having("words", string) if is_word else None
    if within is not None and not within.count:
        return False
    return containing(reading, _TITLE, string, left=False, right=False, within=within).count > 0


def _words(segment: SegmentView, spelling: Spelling) -> Iterator[str]:
    """Yield the words of the index that are spelled so."""
    yield from filter(
        spelling.is_read, segment.terms_beginning("words", spelling.begins_with, spelling.fewest, spelling.end)
    )


def _values(segment: SegmentView, name: FieldName, spelling: Spelling) -> Iterator[str]:
    values = segment.terms_with(name, [""], spelling.fewest, _LONGEST_VALUE)
    wanted = values if spelling.is_initials else _having_first(values, spelling)
    yield from (value for value in wanted if any(True for _ in spelling.strings_in(value)))


def _having_first(terms: Sequence[str], spelling: Spelling) -> Iterator[str]:
    """Yield the terms that have a character that fits the first syllable."""
    firsts = "".join(char for char in set().union(*terms) if spelling.begins_with(char))
    if firsts:
        pattern = re.compile(f"[{re.escape(firsts)}]")
        yield from filter(pattern.search, terms)


def _syllables(reading: Evaluation, spelling: Spelling) -> Iterator[str]:
    """Yield strings that are read so and may stand in a title: longer and longer ones, as long as a title has them."""
    segment = reading.segment
    pairs: dict[str, list[str]] = {}
    growing: dict[str, set[int]] = {}
    for char in spelling.first_characters():
        growing[char] = set(spelling.after(0, char))
    while growing:
        longer: dict[str, set[int]] = {}
        for string, reached in growing.items():
            check()
            last = string[-1]
            if last not in pairs:
                pairs[last] = [term[1] for term in segment.starting(_TITLE, last) if len(term) == LEAST_SYLLABLES]
            for char in pairs[last]:
                ends = {end for at in reached for end in spelling.after(at, char)}
                if spelling.end in ends:
                    yield string + char
                if ends - {spelling.end}:
                    longer[string + char] = ends
        # Any two neighbours stand in titles; of three and more only those go on that do so together.
        growing = {
            string: reached
            for string, reached in longer.items()
            if len(string) <= LEAST_SYLLABLES or _is_in_title(reading, string, is_word=False)
        }
