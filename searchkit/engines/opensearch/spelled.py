"""Which strings of an index are spelled so in pinyin, see `searchkit.query.tree.Pinyin`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from searchkit.analysis.characters import is_ideograph
from searchkit.analysis.pinyin import LEAST_SYLLABLES, Spelling
from searchkit.deadline import check
from searchkit.engines.opensearch.generations import Asking
from searchkit.engines.opensearch.literals import EVERYTHING, all_of, literal
from searchkit.engines.opensearch.mapping import EACH_WORD, TITLE, WORDS, any_value
from searchkit.engines.opensearch.reading import terms_like, values_of
from searchkit.engines.snapshot import MOST_VALUES, MOST_VARIANTS, PINYIN_FIELDS
from searchkit.model.fields import FieldName

_CHARACTERS = 450
"""Characters in a class of a pattern: the cluster takes patterns of 1,000, where rare characters count for two."""
_AT_ONCE = 200
"""Strings that are looked for in one request."""


def spelled(asking: Asking, spelling: Spelling) -> tuple[Collection[str], Collection[tuple[FieldName, str]]]:
    """Return the strings in titles and the values of fields that are spelled so; a few too many are not all."""
    strings = _words(asking, spelling) if spelling.is_initials else _syllables(asking, spelling)
    if len(strings) > MOST_VARIANTS:
        return strings, ()
    values: list[tuple[FieldName, str]] = []
    held = values_of(asking, EVERYTHING, [any_value(name) for name in PINYIN_FIELDS])
    for name, of_field in zip(PINYIN_FIELDS, held, strict=True):
        for value in of_field:
            check()
            if any(True for _ in spelling.strings_in(value)):
                values.append((name, value))
                if len(values) > MOST_VALUES:
                    return strings, values
    return strings, values


def _words(asking: Asking, spelling: Spelling) -> list[str]:
    """Return the words of the index that have these initials and stand in a title."""
    length = f"{{{spelling.fewest - 1},{spelling.end - 1}}}"
    terms = _beginning(asking, EACH_WORD, spelling.first_characters(), f".{length}")
    return _in_titles(asking, (term for term in terms if spelling.is_read(term)), spelling)


def _syllables(asking: Asking, spelling: Spelling) -> list[str]:
    """Return the strings of titles that are read so: longer and longer ones, as long as a title has them."""
    found: list[str] = []
    growing = {char: set(spelling.after(0, char)) for char in spelling.first_characters()}
    while growing and len(found) <= MOST_VARIANTS:
        pairs: dict[str, list[str]] = {}
        for term in _beginning(asking, TITLE, sorted({string[-1] for string in growing}), "."):
            if len(term) == LEAST_SYLLABLES and is_ideograph(term[1]):
                pairs.setdefault(term[0], []).append(term[1])
        whole: list[str] = []
        longer: dict[str, set[int]] = {}
        for string, reached in growing.items():
            check()
            for char in pairs.get(string[-1], ()):
                ends = {end for at in reached for end in spelling.after(at, char)}
                if spelling.end in ends:
                    whole.append(string + char)
                if ends - {spelling.end}:
                    longer[string + char] = ends
        found += _in_titles(asking, whole, spelling)
        # Any two neighbours stand in titles; of three and more only those go on that do so together.
        held = {*longer} if all(len(each) <= LEAST_SYLLABLES for each in longer) else {*_in_titles(asking, longer)}
        growing = {string: ends for string, ends in longer.items() if string in held}
    return found


def _beginning(asking: Asking, field: str, first: Sequence[str], rest: str) -> list[str]:
    """Return the terms of a field that begin with one of some characters, and go on as a pattern says."""
    starts = range(0, len(first), _CHARACTERS)
    return terms_like(asking, field, [f"[{''.join(first[start : start + _CHARACTERS])}]{rest}" for start in starts])


def _in_titles(asking: Asking, strings: Iterable[str], spelling: Spelling | None = None) -> list[str]:
    """Return the strings that stand in a title, of an article that has them as a word if the spelling asks for it."""
    several = list(dict.fromkeys(strings))
    found: list[str] = []
    for start in range(0, len(several), _AT_ONCE):
        some = several[start : start + _AT_ONCE]
        queries = []
        for each in some:
            parts = [literal(each, False, False, [TITLE])]
            if spelling and spelling.is_word(each):
                parts.append({"term": {WORDS: each}})
            queries.append(all_of(parts))
        found += [each for each, count in zip(some, asking.count(queries), strict=True) if count]
        if spelling and len(found) > MOST_VARIANTS:
            break
    return found
