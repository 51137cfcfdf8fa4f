"""The analysis of a text, step by step, for users who wonder why it is or is not found."""

from __future__ import annotations

from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import UserDictionary, segmenter
from searchkit.analysis.terms import grams, query_words, words
from searchkit.model.reports import Analysis


def analysis_of(text: str, dictionary: UserDictionary) -> Analysis:
    """Return the analysis of a text with these user words."""
    folded, cutter = fold(text), segmenter(dictionary)
    return Analysis(
        text, folded, tuple(words(folded, cutter)), tuple(query_words(folded, cutter)), tuple(grams(folded)),
        cutter.engine,
    )  # fmt: skip
