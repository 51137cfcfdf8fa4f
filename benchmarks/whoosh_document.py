"""An article as Whoosh's own writer takes it: for stock Whoosh in `peers.py`, and for the tests of our segments."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Any

from searchkit.analysis.fields import compared, day, facet_values, values
from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import Segmenter
from searchkit.analysis.terms import grams, words
from searchkit.engines import scoring
from searchkit.engines.whoosh.columns import MISSING
from searchkit.engines.whoosh.interop.schema import FIELD_GAP, offsets, utc_naive
from searchkit.model.article import Article
from searchkit.model.fields import FIELDS


def _keyword_values(article: Article) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    for name in FIELDS:
        printed = values(article, name)
        if printed:
            terms = list(dict.fromkeys(compared(value, name) for value in printed))
            yield name, terms, facet_values(article, name)


def document(article: Article, seq: int, timezone: tzinfo, cutter: Segmenter) -> dict[str, Any]:
    """Return the keyword arguments of `add_document`, from which Whoosh makes the fields of `schema`."""
    title, body = fold(article.title), fold(article.body)
    title_words, title_grams = words(title, cutter), list(grams(title))
    counts = Counter(words(body, cutter))
    for word in title_words:
        counts[word] += scoring.TITLE_REPEATS
    places: defaultdict[str, list[int]] = defaultdict(list)
    for term, at in grams(body):
        places[term].append(at)
    start = len(body) + FIELD_GAP
    for _ in range(scoring.TITLE_REPEATS):
        for term, at in title_grams:
            places[term].append(start + at)
        start += len(title) + FIELD_GAP
    local_day = day(article, timezone)
    given: dict[str, Any] = {
        "words": counts,
        "grams": dict(places),
        "title": offsets(iter(title_grams)),
        "day": local_day.toordinal() if local_day else MISSING,
        "seq": seq,
    }
    if article.published is not None:
        given["published"] = utc_naive(article.published)
    for name, terms, printed in _keyword_values(article):
        given[name] = terms
        given[f"_stored_{name}"] = printed
    return given
