"""The fourteen shapes of query that engines are compared by, drawn from the terms of the articles."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from corpus import Text

from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import segmenter
from searchkit.analysis.terms import grams, words

Query = dict[str, Any]
"""`all`, `any`, `without`: words; `phrase`; `prefix`; `days`: first and last; `count`, `newest`, `histogram`: what is
wanted in place of the ten best."""


def chosen_queries(texts: Sequence[Text], per_shape: int, seed: int = 1) -> dict[str, list[Query]]:
    """Queries of each shape, drawn from the terms of the articles by how common they are."""
    cutter, rng = segmenter(), random.Random(seed)
    found_in: Counter[str] = Counter()
    for text in texts:
        found_in.update(set(words(fold(text.body), cutter)))
    terms = [term for term in found_in if len(term) >= 2 and all("\u4e00" <= char <= "\u9fff" for char in term)]
    count = len(texts)
    rare = [term for term in terms if 5 <= found_in[term] <= 40]
    middle = [term for term in terms if count / 100 <= found_in[term] <= count / 20]
    common = [term for term in terms if found_in[term] >= count / 6]
    phrases = _common_phrases(texts)

    def some(pool: Sequence[str], size: int) -> list[str]:
        return rng.sample(sorted(pool), size)

    shapes: dict[str, Callable[[], Query]] = {
        "rare term": lambda: {"all": some(rare, 1)},
        "common term": lambda: {"all": some(common, 1)},
        "and 2": lambda: {"all": some(common, 2)},
        "and 3": lambda: {"all": [*some(common, 2), *some(middle, 1)]},
        "or 2": lambda: {"any": [*some(common, 1), *some(middle, 1)]},
        "or 5": lambda: {"any": [*some(common, 2), *some(middle, 3)]},
        "phrase count": lambda: {"phrase": rng.choice(phrases), "count": True},
        "phrase top 10": lambda: {"phrase": rng.choice(phrases)},
        "term + month": lambda: {"all": some(common, 1), "days": _month(rng)},
        "rare + year": lambda: {"all": some(rare, 1), "days": (date(2024, 1, 1), date(2024, 12, 31))},
        "year by date": lambda: {"days": (date(rng.choice([2023, 2024, 2025]), 1, 1),) * 2, "newest": True},
        "not": lambda: {"all": some(common, 1), "without": some(common, 1)},
        "prefix": lambda: {"prefix": rng.choice(middle)[:1]},
        "histogram": lambda: {"all": some(common, 1), "histogram": True},
    }
    made = {shape: [make() for _ in range(per_shape)] for shape, make in shapes.items()}
    for query in made["year by date"]:
        first = query["days"][0]
        query["days"] = (first, date(first.year, 12, 31))
    return made


def pairs(phrase: str) -> list[str]:
    """The character pairs of a phrase."""
    return [term for term, _ in grams(phrase)][:-1]


def _month(rng: random.Random) -> tuple[date, date]:
    year, month = rng.choice([2023, 2024, 2025]), rng.randrange(1, 12)
    return date(year, month, 1), date(year, month, 28)


def _common_phrases(texts: Sequence[Text]) -> list[str]:
    counts: Counter[str] = Counter()
    for text in texts[:: max(1, len(texts) // 2000)]:
        body = fold(text.body)
        counts.update({body[i : i + 4] for i in range(0, len(body) - 4)})
    phrases = [each for each, _ in counts.most_common(400) if all("\u4e00" <= char <= "\u9fff" for char in each)]
    return phrases[:40]
