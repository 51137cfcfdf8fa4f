"""An exact phrase finds exactly the articles that contain it.

Over a sixteenth of the real articles; under --torture over all.
"""

from __future__ import annotations

import json
import lzma
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

import searchkit
from searchkit import Article
from searchkit.analysis.normalise import fold, simplified
from searchkit.engines.whoosh.write import bulk
from searchkit.query.tree import Phrase
from searchkit.search.suggestions import Suggestions
from searchkit.sources.record import from_record
from tests.conftest import SHANGHAI, SHARED

pytestmark = pytest.mark.realdata


def articles(every: int) -> Iterator[Article]:
    with lzma.open(SHARED / "data" / "xwlb.jsonl.xz", "rt", encoding="utf-8") as lines:
        for number, line in islice(enumerate(lines), 0, None, every):
            yield replace(from_record(json.loads(line), timezone=SHANGHAI), id=f"xw{number:05d}", url="")


@pytest.fixture(scope="module")
def real(once, rounds):
    """An archive of real articles, which is made once for all workers of a run, and the text of each."""
    every = rounds(16, 1)

    def made(folder: Path) -> None:
        with searchkit.open(folder, create=True) as archive, pytest.MonkeyPatch.context() as patch:
            patch.setattr(bulk, "default_jobs", lambda: 1)  # a process more is a dictionary more to load
            archive.upsert_all(articles(every))

    with searchkit.open(once("real", made), timeout=None) as archive:
        yield archive, {each.id: f"{each.title}\n{each.body}" for each in archive}


@pytest.fixture(scope="module")
def folded(real):
    return {id: fold(text) for id, text in real[1].items()}


def answered(archive, phrase: str) -> set[str]:
    return set(archive._sync.index.ids(Phrase(phrase)))


def test_every_judged_string(real, rounds, monkeypatch):
    archive, texts = real
    monkeypatch.setattr(Suggestions, "of_nothing", lambda self: ())  # tested by themselves, and slow
    relevant: defaultdict[str, set[str]] = defaultdict(set)
    for line in (SHARED / "relevance" / "substring.qrels").read_text(encoding="utf-8").splitlines():
        query, _, document, _ = line.split()
        if document in texts:
            relevant[query].add(document)
    lines = (SHARED / "relevance" / "substring.queries.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        query, text = line.split("\t")[:2]
        assert {hit.id for hit in archive.search(f'"{text}"', limit=100_000, near=False)} == relevant[query], text
    assert len(lines) == 153
    assert sum(map(len, relevant.values())) > rounds(300, 5000)


def test_random_strings(real, folded, rounds):
    """One to eight characters from anywhere, every third mixed with letters or digits, in other widths and scripts."""
    archive, texts = real
    rng = random.Random(20261124)
    traditional = {simple: other for other, simple in sorted(simplified().items(), reverse=True)}
    ids = sorted(texts)
    asked = 0
    while asked < rounds(100, 1000):
        text = texts[rng.choice(ids)]
        length = rng.randint(1, 8)
        at = rng.randrange(max(1, len(text) - length))
        sought = text[at : at + length]
        mixed = any(char.isascii() and char.isalnum() for char in sought)
        if "\n" in sought or not fold(sought).strip() or (asked % 3 == 0 and not mixed):
            continue
        variant = rng.randrange(3)
        if variant == 1:
            sought = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in sought).upper()
        elif variant == 2:
            sought = "".join(traditional.get(char, char) for char in sought)
        plain = fold(sought)
        expected = {id for id, each in folded.items() if plain in each}
        assert answered(archive, sought) == expected, sought
        asked += 1
