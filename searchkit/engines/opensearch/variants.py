"""The words of an archive that are like a word, see `searchkit.query.tree.Fuzzy` and `Snapshot.similar_words`.

What the cluster lists is checked, and the articles that have it are counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from searchkit.analysis.edits import LEAST_IDEOGRAPHS, is_chinese, is_latin, slips
from searchkit.cluster.client import Body
from searchkit.deadline import check
from searchkit.engines.opensearch.document import without_marks
from searchkit.engines.opensearch.generations import Asking
from searchkit.engines.opensearch.literals import EVERYTHING, any_of, filled, literal, span
from searchkit.engines.opensearch.mapping import BODY, EACH_RUN, EACH_WORD, ID, TEXTS, TITLE
from searchkit.engines.opensearch.neighbours import each_term, neighbours
from searchkit.engines.opensearch.reading import numbers_of_terms
from searchkit.engines.snapshot import MOST_VARIANTS
from searchkit.engines.spans import is_similar_word, is_variant_word, slips_in

_LOOKED_AT = 50
"""Articles that are read at once."""


def variants(asking: Asking, word: str, edits: int) -> Collection[str]:
    """Return the variants of a folded word; a few too many are not all."""
    if is_latin(word):
        return _counted(asking, {word: _variant_words(asking, word, edits)})
    if not is_chinese(word):
        return []
    found: set[str] = set()
    if len(word) + edits >= LEAST_IDEOGRAPHS:
        found.update(_counted(asking, {word: _variant_words(asking, word, edits)}))
    for other in _slips(asking, word):
        found.add(other)
        if len(found) > MOST_VARIANTS + 1:
            break
    return found


def _variant_words(asking: Asking, word: str, edits: int) -> list[str]:
    (terms,) = neighbours(asking, [word], edits)
    return [term for term in terms if is_variant_word(word, term, edits)]


def similar_words(
    asking: Asking, words: Sequence[str], edits: int, *, same_first: bool
) -> Mapping[str, Mapping[str, int]]:
    """Return for each of several folded words the similar words, with the number of articles that have each."""
    wanted = [word for word in dict.fromkeys(words) if len(word) > edits and (is_latin(word) or is_chinese(word))]
    similar: dict[str, list[str]] = {word: [] for word in words}
    for word, terms in zip(wanted, neighbours(asking, wanted, edits, same_first=same_first), strict=True):
        check()
        similar[word] = [term for term in terms if is_similar_word(word, term, edits, same_first=same_first)]
    counted = _counted(asking, similar)
    return {word: {term: counted[term] for term in terms if term in counted} for word, terms in similar.items()}


def _counted(asking: Asking, similar: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the numbers of articles that have the terms like some words, without those that none has."""
    found: dict[str, int] = {}
    for field in (EACH_RUN, EACH_WORD):
        terms = {term for word, several in similar.items() if several and each_term(word) == field for term in several}
        found.update(numbers_of_terms(asking, EVERYTHING, field, terms))
    return found


# -- miswritten words of ideographs


def _slips(asking: Asking, word: str) -> Iterator[str]:
    """Yield the strings of articles that miswrite a word, each once."""
    known, holes = slips(word)
    known = [each for each in known if each]
    counts = asking.count([literal(each, False, False) for each in known])
    found = {each for each, count in zip(known, counts, strict=True) if count and each in slips_in(each, word)}
    yield from found
    for before, after in holes:
        yield from _with_hole(asking, word, before, after, found)


def _with_hole(asking: Asking, word: str, before: str, after: str, found: set[str]) -> Iterator[str]:
    """Yield the new strings that have one character between two parts, and add them to those found.

    Articles in which the parts stand only in strings found already are passed over.
    """
    last: list[str] = []
    while True:
        check()
        query = any_of(_other_than(field, before, after, found) for field in TEXTS)
        more = {"search_after": last} if last else {}
        body: Body = {"query": query, "size": _LOOKED_AT, "sort": [{ID: "asc"}], "_source": list(TEXTS), **more}
        hits = asking.search(body)["hits"]["hits"]
        for hit in hits:
            text = "\n".join(without_marks(hit["_source"].get(field, "")) for field in (TITLE, BODY))
            for other in slips_in(text, word):
                if other not in found:
                    found.add(other)
                    yield other
        if len(hits) < _LOOKED_AT:
            return
        last = hits[-1]["sort"]


def _other_than(field: str, before: str, after: str, found: Collection[str]) -> Body:
    size = len(before) + 1 + len(after)
    known = [each for each in found if len(each) == size and each.startswith(before) and each.endswith(after)]
    sought = filled(field, before, after)
    excluded = span(field, known)
    return {"span_not": {"include": sought, "exclude": excluded}} if excluded else sought
