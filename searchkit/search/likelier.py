"""When may another spelling be likelier than the typed one? A module of its own, as every answer asks this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from searchkit.analysis.jieba_files import Dictionary, Unknown
from searchkit.analysis.normalise import fold, fold_query
from searchkit.model.results import Hit
from searchkit.query.tree import ALL_REQUIRED, And, Node, Title, Words

FEW = 20
"""Matches from which on an answer is not few."""
SOME = 1000
"""Matches from which on an answer is not looked at, even if no hit shows the typed word as it is."""
TIMES = 10
"""A spelling is likelier than the typed one if so many times as many articles have it."""
LONGEST = 8
"""Characters of a typed word that may be misspelled as a whole; a longer one is a passage."""


def is_word(text: str) -> bool:
    """Tell whether a text is a word of jieba's dictionary; False if that cannot be looked up."""
    dictionary = _dictionary()
    return dictionary is not None and bool(dictionary.frequency(fold_query(text)))


@cache
def _dictionary() -> Dictionary | None:
    try:
        return Dictionary()
    except Unknown:
        return None


def may_be_misspelled(query: Node, total: int, size: int, is_shown: Callable[[str], bool]) -> bool:
    """Tell whether an answer of `total` matches, more than 0, may be due to a misspelling.

    Args:
        size: the number of articles in the archive.
        is_shown: tells whether a hit shows a typed word as it is.
    """
    if total >= SOME or total * TIMES > size:
        return False
    words = [word for part in _parts(query) for word in _typed(part)]
    if len(words) > ALL_REQUIRED:
        return False
    unknown = [word for word in words if len(word) <= LONGEST and not is_word(word)]
    return bool(unknown) if total < FEW else any(len(word) > 2 and not is_shown(word) for word in unknown)


def shows(hits: Sequence[Hit], word: str) -> bool:
    """Tell whether the title or a snippet of a hit has a word as it is typed; so does a page without hits."""
    sought = fold_query(word)
    shown = (text for hit in hits for text in (hit.title, *(snippet.text for snippet in hit.snippets)))
    return not hits or any(sought in fold(text) for text in shown)


def prints(hits: Sequence[Hit], query: str) -> bool:
    """Tell whether a hit has a whole query of more than a word as it is typed, such as a headline pasted from it.

    Looking for other spellings of its words would take ten times as long as the answer.
    """
    return len(query) > LONGEST and bool(hits) and shows(hits, query)


def _typed(part: Node) -> tuple[str, ...]:
    match part:
        case Words(typed=typed):
            return typed
        case Title(text=text, exact=False):
            return (text,)
        case _:
            return ()


def _parts(query: Node) -> tuple[Node, ...]:
    return query.children if isinstance(query, And) else (query,)
