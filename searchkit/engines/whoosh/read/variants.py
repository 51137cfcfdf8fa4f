"""The variants of a word in an archive, see `searchkit.query.tree.Fuzzy`: candidates from the index, then checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from searchkit.analysis.edits import LEAST_IDEOGRAPHS, is_chinese, is_latin, parts, slips
from searchkit.deadline import check
from searchkit.engines.spans import is_variant_word
from searchkit.engines.whoosh.read.docsets import intersect_all
from searchkit.engines.whoosh.read.matcher import Evaluation
from searchkit.engines.whoosh.read.phrases import containing

_GRAMS = "grams"


def variants(evaluations: Sequence[Evaluation], word: str, edits: int, most: int) -> tuple[str, ...]:
    """Return the variants of a folded word, `most` at most."""
    if is_latin(word):
        candidates = _terms(evaluations, _GRAMS, word, edits, 1)
    elif is_chinese(word):
        candidates = [*_terms(evaluations, "words", word, edits, LEAST_IDEOGRAPHS), *_slips(evaluations, word)]
    else:
        return ()
    found: list[str] = []
    for each in dict.fromkeys(candidates):
        check()
        if any(containing(one, _GRAMS, each, left=True, right=True).count for one in evaluations):
            found.append(each)
            if len(found) == most:
                break
    return tuple(found)


def _terms(evaluations: Sequence[Evaluation], field: str, word: str, edits: int, least: int) -> list[str]:
    """Return the terms of a field that are variants, without those that only deleted documents have."""
    fewest, most = max(least, len(word) - edits), len(word) + edits
    terms: dict[str, None] = {}
    for each in evaluations:
        check()
        terms.update(dict.fromkeys(each.segment.terms_with(field, parts(word, edits) or [""], fewest, most)))
    found = []
    for number, term in enumerate(terms):
        if number % 256 == 0:
            check()
        if is_variant_word(word, term, edits) and any(each.segment.term(field, term) for each in evaluations):
            found.append(term)
    return found


def _slips(evaluations: Sequence[Evaluation], word: str) -> Iterator[str]:
    """Yield strings that may stand in a text and miswrite a Chinese word: the pairs of their characters at least do."""
    known, open_slips = slips(word)
    yield from (each for each in known if len(each) >= LEAST_IDEOGRAPHS)
    for before, after in open_slips:
        if len(before) + 1 + len(after) < LEAST_IDEOGRAPHS:
            continue
        for each in evaluations:
            check()
            segment = each.segment
            fixed = [containing(each, _GRAMS, part, left=True, right=True) for part in (before, after) if part]
            if not intersect_all(fixed).count:
                continue
            if before:
                pairs = (pair for pair in segment.starting(_GRAMS, before[-1]) if len(pair) == 2)
                chars = [pair[1] for pair in pairs if not after or segment.has_term(_GRAMS, pair[1] + after[0])]
            else:
                chars = [pair[0] for pair in segment.terms_with(_GRAMS, [after[0]], 2, 2) if pair[1] == after[0]]
            yield from (before + char + after for char in chars)
