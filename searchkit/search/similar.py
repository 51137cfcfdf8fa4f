"""The words that an article is recognised by, to find others like it.

Each word of the article is weighed by BM25 within it: its frequency, which saturates, times its rarity in the archive.
The words that weigh most, joined by OR, are the question for similar articles, which ranks as any question does.
"""

from __future__ import annotations

from collections import Counter

from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import Segmenter
from searchkit.analysis.stopwords import tells_something
from searchkit.analysis.terms import words
from searchkit.engines import scoring
from searchkit.engines.snapshot import Snapshot

WORDS = 25
"""Words that stand for an article, at most."""
LONGEST = 100_000
"""Characters of a text that are read; a longer text is recognised by its beginning."""


def own_words(title: str, body: str, snapshot: Snapshot, segmenter: Segmenter, *, own: int) -> tuple[str, ...]:
    """Return the WORDS that weigh most in a text, the heaviest first, among those that other articles have as well.

    A word is left out beside a longer one that contains it and occurs as often.

    Args:
        own: the number of articles of the archive that are this text: itself and its reprints.
    """
    title, body = fold(title), fold(body[:LONGEST])
    counts = Counter(words(title, segmenter) * scoring.TITLE_REPEATS + words(body, segmenter))
    every = len(snapshot)
    weights: dict[str, float] = {}
    for word, found_in in snapshot.document_frequencies([word for word in counts if tells_something(word)]).items():
        if found_in > own:
            weights[word] = scoring.idf(every, found_in) * counts[word] / (counts[word] + scoring.K1)
    chosen: list[str] = []
    for word in sorted(weights, key=lambda each: (-weights[each], -len(each), each)):
        if not any(word in longer and counts[word] <= counts[longer] for longer in chosen):
            chosen.append(word)
        if len(chosen) == WORDS:
            break
    return tuple(chosen)
