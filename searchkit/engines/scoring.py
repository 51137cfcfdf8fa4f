"""The order by relevance: the score that every engine computes, to the bit.

score = sum over the query's words of BM25(words) + GRAMS_WEIGHT * sum over its character pairs of BM25(grams), then for
the DEPTH best of a tier two bonuses: for the query's character 4-grams that stand in the article, and for the words of
a long query that stand in one paragraph of it. Where newer articles were asked for, all this times `recency`.

Three tiers come before the score: articles in which each typed word is found as a word (tier 0) stand before those in
which one is found only as characters that straddle words, as 教资 in 科教资源 (tier 1), and both before near matches
(tier 2), which do not fulfil the query at all.

A text with aliases is a choice between its forms, the typed one first. Their common terms count as those of any text.
Of the rest, the form that scores highest counts, so an article that writes 特朗普 and 川普 has no advantage. A form of
rarer or more terms than the typed one is weighed down to the typed one's weight, the sum of idf over its terms: what
nobody writes must not come first because it is rare. An alias counts ALIAS_WEIGHT of that. The bonuses are for what was
typed.

BM25: Robertson et al., Okapi at TREC-3 (1994), in the form of Whoosh's BM25F; idf is Whoosh's, lengths are quantised to
a byte as in Whoosh, statistics are over live documents. Two engines agree to the last bit if they add the terms in
ascending order, in double precision.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeVar

from searchkit.analysis.characters import MAX_LETTERS, is_ideograph, is_letter, tokens
from searchkit.analysis.normalise import fold_query
from searchkit.analysis.segment import Segmenter
from searchkit.analysis.terms import grams, query_words, words
from searchkit.model.results import Recent
from searchkit.query.patterns import pattern
from searchkit.query.tree import (
    ALL_REQUIRED,
    And,
    AnyOf,
    AtLeast,
    Forms,
    Fuzzy,
    Mode,
    Near,
    Node,
    Or,
    Phrase,
    Pinyin,
    Prefix,
    Title,
    Together,
    Wildcard,
    Word,
    Words,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

K1 = 0.9
B = 0.4
GRAMS_WEIGHT = 0.5
DEPTH = 200
"""The bonuses are for the articles of a tier that score best without them, so many at most."""
PROXIMITY_WEIGHT = 0.3
"""The bonus for all of a query's character 4-grams together, as a share of the best score."""
PASSAGE_WEIGHT = 0.25
"""The bonus for all of a query's words in one paragraph, as a share of the best score."""
PASSAGE_WORDS = 4
"""Queries of more words than this get that bonus."""
RECENCY_FLOOR = 0.8
"""The share of its score that the oldest article keeps where newer ones are asked for."""
LATER = 0.1
"""The same for an article of a later day than was asked for."""
MOST = 0.6
"""Of more than ALL_REQUIRED typed words (mode "auto"), the words found must have this share of the total idf."""
NEAR_SHARE = 0.25
"""A near match contains words of the query with at least this share of the total idf."""

ALIAS_WEIGHT = 0.9
"""The score of an alias, as a share of that of the typed form with the same weight."""

NEAR_TIER = 2
TITLE_REPEATS = 2
"""The number of times that the title counts in term frequencies and lengths."""


@cache
def length_codes() -> tuple[int, ...]:
    """Return the length in terms that each of the 256 codes stands for, on the scale of Whoosh's `byte_to_length`."""
    return tuple(round((1.033**code - 1) * 27) for code in range(256))


@cache
def length_code(length: int) -> int:
    """Return the code of a length: the first that stands for at least this many terms, as Whoosh's `length_to_byte`."""
    if length < 0:
        raise ValueError(f"length must be 0 or more, not {length}")
    return min(bisect_left(length_codes(), length), 255)


def idf(documents: int, found_in: int) -> float:
    """Return the inverse document frequency in nats, of a term that `found_in` of `documents` contain."""
    return math.log(max(documents, 1) / (found_in + 1)) + 1.0


Number = TypeVar("Number", float, "npt.NDArray[np.float64]")


def weights(idf: float, freqs: Number, lengths: Number, mean_length: float) -> Number:
    """Return BM25 of one term, in one document (floats) or many (arrays of one shape).

    Args:
        idf: in nats.
        freqs: occurrences in each document, > 0.
        lengths: terms in each document, as the length code stands for them.
        mean_length: > 0.
    """
    return idf * saturation(freqs, lengths, mean_length)


def saturation(freqs: Number, lengths: Number, mean_length: float) -> Number:
    """Return the part of BM25 that does not depend on the term, so it can be tabled by frequency and length code."""
    return freqs * (K1 + 1.0) / (freqs + K1 * ((1.0 - B) + B * lengths / mean_length))


@dataclass(frozen=True, slots=True)
class FormTerms:
    """The terms of one form of a text: words and character pairs, each ascending, none twice."""

    name: str
    words: tuple[str, ...]
    grams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScoringTerms:
    """The terms that a query is scored by, each kind ascending, none twice.

    Attributes:
        words, grams: words and character pairs, for BM25.
        fourgrams: character 4-grams, for proximity.
        passage: the words by which paragraphs are measured; empty for a short query.
        choices: the texts with aliases: the terms of each form, the typed one first, without those in `words` and
            `grams`.
    """

    words: tuple[str, ...]
    grams: tuple[str, ...]
    fourgrams: tuple[str, ...]
    passage: tuple[str, ...] = ()
    choices: tuple[tuple[FormTerms, ...], ...] = ()

    @property
    def has_bonus(self) -> bool:
        """Whether the best articles of a tier get a bonus."""
        return bool(self.fourgrams or self.passage)

    def __bool__(self) -> bool:
        return bool(self.words or self.grams or self.choices)


def typed_texts(node: Node) -> Iterator[str]:
    """Yield every string that the query searches for, as typed, without those under a NOT and without aliases."""
    match node:
        case Forms(children=children):
            yield from typed_texts(children[0])
        case Words(typed=typed):
            yield from typed
        case Word(text=text) | Phrase(text=text) | Prefix(text=text) | Title(text=text):
            yield text
        case Near(left=left, right=right) | Together(left=left, right=right):
            yield from left
            yield from right
        case AtLeast(texts=texts) | AnyOf(texts=texts):
            yield from texts
        case Fuzzy(text=text) | Pinyin(text=text):
            yield text
        case Wildcard(text=text):
            yield from pattern(fold_query(text)).literals
        case And(children=children) | Or(children=children):
            for child in children:
                yield from typed_texts(child)
        case _:
            return


def has_words(node: Node) -> bool:
    """Return whether the query has typed words, outside of NOT, that could nearly match."""
    match node:
        case Words():
            return True
        case And(children=children) | Or(children=children):
            return any(has_words(child) for child in children)
        case _:
            return False


def matches_words_only(node: Node) -> bool:
    """Return whether the words of this query are whole words in every match, so that there is only one tier."""
    match node:
        case Words():
            return False
        case Phrase(text=text, stands=stands):
            folded = fold_query(text)
            return stands != "anywhere" or not (is_letter(folded[:1]) or is_letter(folded[-1:]))
        case And(children=children) | Or(children=children):
            return all(matches_words_only(child) for child in children)
        case _:
            return True


@lru_cache(maxsize=4)
def scoring_terms(node: Node, segmenter: Segmenter) -> ScoringTerms:
    """Return the terms that `node` is scored by. One question asks several times."""
    asked = list(dict.fromkeys(_forms(node)))
    typed = [text for forms in asked for text in forms[0]]
    runs = [run for text in typed for kind, _, run in tokens(text) if kind == "ideographs"]
    fourgrams = {run[i : i + 4] for run in runs for i in range(len(run) - 3)}
    all_words, all_grams = _terms([text for forms in asked if len(forms) == 1 for text in forms[0]], segmenter)
    choices = [[(form, *_terms(form, segmenter)) for form in forms] for forms in asked if len(forms) > 1]
    for choice in choices:
        all_words |= set.intersection(*(form[1] for form in choice))
        all_grams |= set.intersection(*(form[2] for form in choice))
    found = []
    for choice in choices:
        forms_ = tuple(
            FormTerms(" ".join(texts), tuple(sorted(in_words - all_words)), tuple(sorted(in_grams - all_grams)))
            for texts, in_words, in_grams in choice
        )
        if any(form.words or form.grams for form in forms_):
            found.append(forms_)
    return ScoringTerms(
        tuple(sorted(all_words)), tuple(sorted(all_grams)), tuple(sorted(fourgrams)), _passage(typed, segmenter),
        tuple(found),
    )  # fmt: skip


def _forms(node: Node) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Yield the forms of each text that is searched for, the typed one first. A form is one or more texts, folded."""

    def folded(*nodes: Node) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(map(fold_query, typed_texts(each))) for each in nodes)

    match node:
        case Words(typed=typed):
            named = node.aliases() if node.also else {}
            for text in typed:
                yield ((fold_query(text),), *folded(*named.get(text, ())))
        case Forms(children=children):
            yield folded(*children)
        case And(children=children) | Or(children=children):
            for child in children:
                yield from _forms(child)
        case _:
            for text in typed_texts(node):
                yield ((fold_query(text),),)


def _terms(texts: Iterable[str], segmenter: Segmenter) -> tuple[set[str], set[str]]:
    """Return the words and the character pairs of texts."""
    in_words: set[str] = set()
    in_grams: set[str] = set()
    for text in texts:
        in_words.update(words(text, segmenter))
        in_grams.update(term for term, _ in grams(text) if _counts(term))
    return in_words, in_grams


def form_factors(forms: Sequence[FormTerms], idf: Callable[[str, str], float]) -> list[float]:
    """Return the factor of the score of each form of a text, the typed one first.

    Args:
        idf: takes a field and a term.
    """
    weights = [
        added([idf("words", term) for term in form.words] + [GRAMS_WEIGHT * idf("grams", term) for term in form.grams])
        for form in forms
    ]
    return [1.0] + [ALIAS_WEIGHT * min(1.0, weights[0] / weight if weight else 1.0) for weight in weights[1:]]


def part_name(parts: Container[str], form: str) -> str:
    """Return the name of a form's part in a score, which is not yet in `parts`."""
    name = f"form:{form}"
    while name in parts:
        name += "'"
    return name


def _passage(texts: Sequence[str], segmenter: Segmenter) -> tuple[str, ...]:
    """Return the words of a long query by which paragraphs are measured, ascending, none twice; of a short one none.

    Lone characters are left out: each stands in most paragraphs. So are letters that the fields have cut.
    """
    found = {word for text in texts for word in query_words(text, segmenter)}
    if len(found) <= PASSAGE_WORDS:
        return ()
    return tuple(sorted(word for word in found if 1 < len(word) < MAX_LETTERS))


def _counts(gram: str) -> bool:
    """Return whether a gram counts: pairs and runs of letters tell articles apart, lone characters and marks do not."""
    return not is_ideograph(gram) and any(char.isalnum() for char in gram)


def proximity_bonus(found: int, sought: int, best: float) -> float:
    """Return the bonus for `found` of the query's `sought` character 4-grams; `best` is the best score without it."""
    return PROXIMITY_WEIGHT * best * found / sought


def passage_bonus(share: float, best: float) -> float:
    """Return the bonus for an article whose best paragraph has this share of the query's idf; `best` as above."""
    return PASSAGE_WEIGHT * best * share


def recency(recent: Recent, day: date | None) -> float:
    """Return the factor of the score of an article published on `day`, above 0 and at most 1.

    It is 1 on the day asked for and on the day after, which prints that day's news, and falls to RECENCY_FLOOR with the
    age before it. An article without a day counts as the oldest. Whoever asks on a day is not answered by what was
    printed later: articles of later days keep LATER of their score, which is to say that they come last.
    """
    age = (recent.day - day).days if day else None
    if age is None:
        return RECENCY_FLOOR
    if age < -1:
        return LATER
    # Not numpy's power, which may differ in the last bit.
    return RECENCY_FLOOR + (1.0 - RECENCY_FLOOR) * math.pow(0.5, max(0, age) / recent.half_life)


def added(weights: Iterable[float]) -> float:
    """Return the sum, added one by one as for arrays: `sum` rounds differently from Python 3.12 on."""
    total = 0.0
    for weight in weights:
        total += weight
    return total


def is_most(found: Sequence[bool], weights: Sequence[float]) -> bool:
    """Return whether the typed words found have at least the share MOST of the weight of all typed words."""
    return added(w for w, yes in zip(weights, found, strict=True) if yes) >= MOST * added(weights)


def requires_all(typed: int, mode: Mode) -> bool:
    """Return whether every one of this many typed words must match."""
    return mode == "all" or (mode == "auto" and typed <= ALL_REQUIRED)


def near_words(typed: Sequence[str], segmenter: Segmenter) -> tuple[str, ...]:
    """Return the words by which a near match of these typed words is measured, ascending, none twice."""
    return tuple(sorted({word for text in typed for word in query_words(fold_query(text), segmenter)}))


def share_found(found: Container[str], weights: Mapping[str, float]) -> float:
    """Return the share of the `found` words in the weight of all, 0 to 1. Adds in ascending order, for equal bits."""
    total = reached = 0.0
    for word in sorted(weights):
        total += weights[word]
        if word in found:
            reached += weights[word]
    return reached / total if total else 0.0
