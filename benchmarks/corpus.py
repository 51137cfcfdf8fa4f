"""The articles that benchmarks run over: the real ones, and permuted copies of them for larger sizes."""

from __future__ import annotations

import json
import lzma
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

DATA = Path(__file__).parents[2] / "shared" / "data" / "xwlb.jsonl.xz"


@dataclass(frozen=True, slots=True)
class Text:
    """One article as every engine gets it."""

    id: str
    title: str
    body: str
    published: datetime


def real(path: Path = DATA) -> list[Text]:
    """The real articles."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [
        Text(f"x{n:07d}", each["title"], each["body"], datetime.fromisoformat(each["published"]))
        for n, each in enumerate(records)
    ]


def copies(texts: list[Text], times: int) -> Iterator[Text]:
    """`times` copies of the articles: in each the paragraphs are shuffled and the day is moved by up to a year.

    The first copy is the articles themselves. Permuting keeps every frequency as it is and changes every position.
    """
    rng = random.Random(20260822)
    number = 0
    for copy in range(times):
        order = list(range(len(texts)))
        if copy:
            rng.shuffle(order)
        for i in order:
            text = texts[i]
            body, published = text.body, text.published
            if copy:
                paragraphs = body.split("\n")
                rng.shuffle(paragraphs)
                body = "\n".join(paragraphs)
                published += timedelta(days=rng.randrange(-365, 365), minutes=rng.randrange(600))
            yield Text(f"x{number:07d}", text.title, body, published)
            number += 1
