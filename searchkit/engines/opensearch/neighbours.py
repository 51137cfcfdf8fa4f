"""The terms of an index within one or two edits of a word, see `searchkit.analysis.edits`.

The cluster's suggester walks along the terms with an automaton of the word, in milliseconds. With two edits it passes
over terms that begin otherwise than the word: these are listed, at the cost of a look at most of the terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from searchkit.analysis.characters import is_letter
from searchkit.cluster.client import Body
from searchkit.engines.opensearch.generations import Asking
from searchkit.engines.opensearch.mapping import EACH_RUN, EACH_WORD, LONGEST_REGEXP, RUNS, WORDS
from searchkit.engines.opensearch.reading import terms_like

_SUGGESTED = 20_000
"""The most terms that the suggester returns for a word."""
_ANY_FREQUENCY = 2e9
"""Also words that many articles have are looked at."""
_LONGEST_PATTERN = LONGEST_REGEXP // 2
"""Characters of the patterns that are listed together, with room for where to go on."""


def neighbours(asking: Asking, words: Sequence[str], edits: int, *, same_first: bool = False) -> list[set[str]]:
    """Return for each word the terms within so many edits, and others; also such as no article has any longer.

    Args:
        words: of letters, or of ideographs.
        edits: 1 or 2.
        same_first: those that begin with another character than the word are not wanted.
    """
    bodies = [_suggesting(word, edits) for word in words]
    found = []
    for answer in asking.searches(bodies):
        options = [option for each in answer.get("suggest", {}).get("near", ()) for option in each["options"]]
        found.append({str(option["text"]) for option in options})
    beginning_otherwise = edits > 1 and not same_first
    patterns: dict[str, list[str]] = {}
    for word, terms in zip(words, found, strict=True):
        if len(terms) >= _SUGGESTED:
            patterns.setdefault(each_term(word), []).extend(_within(word, edits))
        elif beginning_otherwise:
            patterns.setdefault(each_term(word), []).extend(_beginning_otherwise(word))
    listed = {field: terms_like(asking, field, _joined(several)) for field, several in patterns.items()}
    for word, terms in zip(words, found, strict=True):
        terms.update(listed.get(each_term(word), ()))
    return found


def each_term(word: str) -> str:
    """Return the field that has the terms of the kind of a word, each once for an article."""
    return EACH_RUN if is_letter(word[0]) else EACH_WORD


def _suggesting(word: str, edits: int) -> Body:
    term = {
        "field": RUNS if is_letter(word[0]) else WORDS,
        "analyzer": "sought",
        "suggest_mode": "always",
        "max_edits": edits,
        "prefix_length": 0,
        "min_word_length": 1,
        "accuracy": 0.0,
        "max_term_freq": _ANY_FREQUENCY,
        "size": _SUGGESTED,
        "shard_size": _SUGGESTED,
        "max_inspections": 1,
    }
    return {"size": 0, "query": {"match_none": {}}, "suggest": {"near": {"text": word, "term": term}}}


# -- patterns, in which a full stop is any character


def _beginning_otherwise(word: str) -> Iterator[str]:
    """Yield patterns that together fit all strings within two edits that begin otherwise than a word, and others.

    The first edit is at the first character: it is replaced or left out, another stands before it, or it is exchanged
    for the second.
    """
    yield from (f".?{each}" for each in _once(word[1:]) if each)
    yield from (f".{each}" for each in _once(word))
    if len(word) > 1:
        yield from (f"{word[1]}{word[0]}{each}" for each in _once(word[2:]))


def _within(word: str, edits: int) -> Iterator[str]:
    """Yield patterns that together fit all strings within one or two edits of a word, and others."""
    for each in _once(word):
        yield from (again for again in (_once(each) if edits > 1 else [each]) if again)


def _once(word: str) -> dict[str, None]:
    """Return a word, and patterns of what one edit makes of it."""
    found = {word: None}
    for at in range(len(word) + 1):
        found[f"{word[:at]}.{word[at:]}"] = None
        if at < len(word):
            found[f"{word[:at]}.{word[at + 1 :]}"] = None
            found[word[:at] + word[at + 1 :]] = None
        if at + 1 < len(word):
            found[word[:at] + word[at + 1] + word[at] + word[at + 2 :]] = None
    return found


def _joined(patterns: Sequence[str]) -> Iterator[str]:
    """Yield as few patterns that fit the same strings, none too long."""
    joined: list[str] = []
    size = 0
    for each in dict.fromkeys(patterns):
        if size + len(each) + 1 > _LONGEST_PATTERN:
            yield "|".join(joined)
            joined, size = [], 0
        joined.append(each)
        size += len(each) + 1
    if joined:
        yield "|".join(joined)
