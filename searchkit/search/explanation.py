"""The analysis of a text with the other names that a query of it is found by."""

from __future__ import annotations

from dataclasses import replace

from searchkit.analysis.explanation import analysis_of
from searchkit.analysis.normalise import fold_query
from searchkit.analysis.segment import UserDictionary, segmenter
from searchkit.model.reports import Analysis
from searchkit.query.aliases.expand import expand
from searchkit.query.aliases.table import Aliases
from searchkit.query.tree import Words


def analysis_with_aliases(text: str, dictionary: UserDictionary, aliases: Aliases) -> Analysis:
    """Return the analysis of a text with these user words and tables of aliases."""
    typed = tuple(dict.fromkeys(word for word in text.split() if fold_query(word)))
    expanded = expand(Words(typed), aliases, segmenter(dictionary))
    return replace(analysis_of(text, dictionary), aliases=expanded.applied, suggested=expanded.suggested)
