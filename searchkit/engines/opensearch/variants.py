"""The words of an archive that are like a word, see `searchkit.query.tree.Fuzzy` and `Snapshot.similar_words`.

The cluster lists the terms that fit a pattern, with the number of articles that have them; they are then checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from searchkit.analysis.characters import is_letter
from searchkit.analysis.edits import LEAST_IDEOGRAPHS, is_chinese, is_latin, parts, slips
from searchkit.cluster.client import Body
from searchkit.deadline import check
from searchkit.engines.opensearch.document import without_marks
from searchkit.engines.opensearch.generations import Asking
from searchkit.engines.opensearch.literals import any_of, filled, literal, span
from searchkit.engines.opensearch.mapping import BODY, EACH_RUN, EACH_WORD, ID, RUNS, TEXTS, TITLE, WORDS
from searchkit.engines.opensearch.reading import MOST_BUCKETS
from searchkit.engines.snapshot import MOST_VARIANTS
from searchkit.engines.spans import is_similar_word, is_variant_word, slips_in

_LONGEST_PATTERN = 900
"""Characters of a pattern that the cluster takes: 1,000 by default."""
_LOOKED_AT = 50
"""Articles that are read at once."""


def variants(asking: Asking, word: str, edits: int) -> Collection[str]:
    """Return the variants of a folded word; a few too many are not all."""
    if is_latin(word):
        (terms,) = _similar_terms(asking, [word], edits)
        return [term for term in terms if is_variant_word(word, term, edits)]
    if not is_chinese(word):
        return []
    found = set()
    if len(word) + edits >= LEAST_IDEOGRAPHS:
        (terms,) = _similar_terms(asking, [word], edits)
        found = {term for term in terms if is_variant_word(word, term, edits)}
    for other in _slips(asking, word):
        found.add(other)
        if len(found) > MOST_VARIANTS + 1:
            break
    return found


def similar_words(asking: Asking, words: Sequence[str], edits: int) -> Mapping[str, Mapping[str, int]]:
    """Return for each of several folded words the similar words, with the number of articles that have each."""
    wanted = [word for word in dict.fromkeys(words) if len(word) > edits and (is_latin(word) or is_chinese(word))]
    terms = dict(zip(wanted, _similar_terms(asking, wanted, edits), strict=True))
    return {
        word: {term: count for term, count in terms.get(word, {}).items() if is_similar_word(word, term, edits)}
        for word in words
    }


def _similar_terms(asking: Asking, words: Sequence[str], edits: int) -> list[dict[str, int]]:
    """Return for each word terms of its kind with their numbers; all within so many edits are among them."""
    bodies = []
    for word in words:
        check()
        field, each = (RUNS, EACH_RUN) if is_letter(word[0]) else (WORDS, EACH_WORD)
        pattern = _pattern(word, edits)
        aggs = {"similar": {"terms": {"field": each, "include": pattern, "size": MOST_BUCKETS}}}
        bodies.append({"size": 0, "query": {"regexp": {field: {"value": pattern}}}, "aggs": aggs})
    found = []
    for answer in asking.searches(bodies):
        buckets = answer.get("aggregations", {}).get("similar", {"buckets": []})["buckets"]
        found.append({str(each["key"]): int(each["doc_count"]) for each in buckets})
    return found


def _pattern(word: str, edits: int) -> str:
    """Return a regular expression of the cluster that fits all strings within so many edits, and others."""
    found = {word}
    for _ in range(edits):
        found = {edited for each in found for edited in (each, *_edited(each))}
        if sum(len(each) + 1 for each in found) > _LONGEST_PATTERN:
            break
    else:
        return "|".join(sorted(found))
    unchanged = parts(word, edits)
    if unchanged:
        return f".{{{len(word) - edits},{len(word) + edits}}}&({'|'.join(f'.*{each}.*' for each in unchanged)})"
    return f".{{{max(1, len(word) - edits)},{len(word) + edits}}}"


def _edited(word: str) -> Iterator[str]:
    """Yield patterns of what one edit makes of a word, in which a full stop is any character."""
    for at in range(len(word) + 1):
        yield f"{word[:at]}.{word[at:]}"
        if at < len(word):
            yield f"{word[:at]}.{word[at + 1 :]}"
            if len(word) > 1:
                yield word[:at] + word[at + 1 :]
        if at + 1 < len(word):
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


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
