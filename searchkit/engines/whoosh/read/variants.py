"""The words of an archive that are like a word: the variants of a `Fuzzy`, and those that a typing error may mean.

Candidates come from the index, and are then checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from searchkit.analysis.edits import LEAST_IDEOGRAPHS, is_chinese, is_latin, parts, slips
from searchkit.deadline import check
from searchkit.engines.spans import is_similar_word, is_variant_word
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


def similar_words(
    evaluations: Sequence[Evaluation], words: Sequence[str], edits: int, *, same_first: bool
) -> dict[str, dict[str, int]]:
    """Return for each folded word the similar words with their articles; see `Snapshot.similar_words`."""
    having = _HavingChars(evaluations, max(map(len, words), default=0) + edits)
    found: dict[str, dict[str, int]] = {}
    for word in dict.fromkeys(words):
        check()
        candidates: Sequence[str] = ()
        if is_latin(word) and len(word) > edits:
            candidates = _near_letters(evaluations, word, edits)
        elif is_chinese(word) and len(word) > max(edits, 1):
            candidates = having.most_of(word, edits)
        field = _GRAMS if is_latin(word) else "words"
        found[word] = {}
        for number, term in enumerate(candidates):
            if number % 64 == 0:
                check()
            if is_similar_word(word, term, edits, same_first=same_first):
                postings = (each.segment.term(field, term) for each in evaluations)
                count = sum(posting.count for posting in postings if posting is not None)
                if count:
                    found[word][term] = count
    return found


def _near_letters(evaluations: Sequence[Evaluation], word: str, edits: int) -> list[str]:
    """Return the runs of letters of a similar length that share a part with a word."""
    unchanged, size = parts(word, edits) or [""], len(word)
    terms: dict[str, None] = {}
    for each in evaluations:
        check()
        found = each.segment.terms_with(_GRAMS, unchanged, max(1, size - edits), size + edits)
        terms.update(dict.fromkeys(found))
    return list(terms)


class _HavingChars:
    """The words of an archive by the characters in them; the index is read once for each character.

    Args:
        most: characters of the longest word wanted.
    """

    def __init__(self, evaluations: Sequence[Evaluation], most: int) -> None:
        self._evaluations = evaluations
        self._most = most
        self._held: dict[str, list[str]] = {}

    def _with_char(self, char: str) -> list[str]:
        if char not in self._held:
            terms: dict[str, None] = {}
            for each in self._evaluations:
                check()
                terms.update(dict.fromkeys(each.segment.terms_with("words", [char], 2, self._most)))
            self._held[char] = list(terms)
        return self._held[char]

    def most_of(self, word: str, edits: int) -> list[str]:
        """Return the words of a similar length with most characters of a word.

        An edit takes away one at most, and none if it only puts one in.
        """
        chars = set(word)
        shared: Counter[str] = Counter()
        for char in chars:
            shared.update(self._with_char(char))
        size, found = len(word), []
        for term, count in shared.items():
            longer = len(term) - size
            if -edits <= longer <= edits and count >= len(chars) - edits + max(longer, 0):
                found.append(term)
        return found
