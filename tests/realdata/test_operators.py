"""The operators on real articles, against a scan of the folded texts; the scan is that of the oracle.

A few queries of each kind on a sixteenth of the articles; under --torture thirty on all.
"""

from __future__ import annotations

import random
import re
from itertools import pairwise

import pytest

from searchkit.analysis.characters import is_ideograph, is_letter
from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import segmenter
from searchkit.analysis.terms import words
from searchkit.query.patterns import pattern
from searchkit.query.tree import AtLeast, Fuzzy, Near, Together, Wildcard, Word
from tests.oracle import test_operators as scan
from tests.realdata.test_exactness import real  # noqa: F401  # a fixture

pytestmark = pytest.mark.realdata
CHINESE = re.compile(r"[\u4e00-\u9fff]{8,}")


@pytest.fixture(scope="module")
def split(real):  # noqa: F811
    """The folded title and body of each article."""
    return {id: tuple(map(fold, text.split("\n", 1))) for id, text in real[1].items()}


@pytest.fixture(scope="module")
def queries(split, rounds):
    """Queries of each kind, made of strings that stand in one article."""
    chance = random.Random(20261126)
    bodies = [body for _, body in split.values() if CHINESE.search(body)]

    def words_of_one() -> list[str]:
        runs = CHINESE.findall(chance.choice(bodies))
        at = [(run, chance.randrange(len(run) - 4)) for run in chance.choices(runs, k=3)]
        return [run[start : start + chance.randint(2, 4)] for run, start in at]

    def made(kind: str):
        one, other, third = words_of_one()
        match kind:
            case "near" | "pre":
                return Near((one, third), other, chance.choice([2, 10, 50, 1000]), ordered=kind == "pre")
            case "sent" | "para":
                return Together(one, (other, third), "sentence" if kind == "sent" else "paragraph")
            case "atleast":
                return AtLeast((one, other), chance.randint(2, 5))
            case "wildcard":
                run = chance.choice(CHINESE.findall(chance.choice(bodies)))
                return Wildcard(run[:2] + chance.choice(["?", "*", "??", "?*"]) + run[4:6])
            case _:
                cut = words(chance.choice(CHINESE.findall(chance.choice(bodies))), segmenter())
                return Word(" ".join(chance.choice([*pairwise(cut), cut[:2]])))

    kinds = ("near", "pre", "sent", "para", "atleast", "wildcard", "word")
    return [made(kind) for kind in kinds for _ in range(rounds(3, 30))]


def literals(node) -> list[tuple[str, ...]]:
    """Of each of these an article must have one."""
    match node:
        case Near(left=left, right=right) | Together(left=left, right=right):
            return [left, right]
        case AtLeast(texts=texts):
            return [texts]
        case Wildcard(text=text):
            return [(each,) for each in pattern(text).literals]
        case _:
            return [(each,) for each in node.text.split()]


def test_they_find_what_a_scan_finds(real, split, queries):  # noqa: F811
    archive, _ = real
    total = 0
    for node in queries:
        sought, expected = literals(node), set()
        for id, (title, body) in split.items():
            if all(any(each in body or each in title for each in part) for part in sought) and any(
                scan.scanned(node, title, body, ())
            ):
                terms = {*words(title, segmenter()), *words(body, segmenter())} if isinstance(node, Word) else set()
                if not isinstance(node, Word) or {*node.text.split()} <= terms:
                    expected.add(id)
        scan.stands.cache_clear()
        scan.units.cache_clear()
        assert set(archive._sync.index.ids(node)) == expected, node
        total += len(expected)
    assert total > len(queries)


def test_similar_words_are_those_within_the_distance(real, split, rounds):  # noqa: F811
    archive, _ = real
    chance = random.Random(7)
    texts = [f"{title}\n{body}" for title, body in split.values()]
    everything = "\n\n".join(texts)
    runs = sorted({*"".join(char if is_letter(char) else " " for char in everything).split()})
    latin = [each for each in runs if each.isascii() and each.isalpha() and len(each) > 4]
    chinese = ["特郎普", "泽连斯机", "人工只能", "习进平", "半导提"]
    chosen = [(word, 1) for word in chinese[: rounds(3, 5)]]
    chosen += [(word, chance.choice([1, 2])) for word in chance.sample(latin, min(len(latin), rounds(3, 30)))]
    for word, edits in chosen:
        with archive._sync.index.snapshot() as snapshot:
            found = {*snapshot.resolved(Fuzzy(word, edits)).texts}
        if is_ideograph(word[0]):
            assert all(len(each) >= 3 and scan.distance(word, each) <= edits for each in found)
            ends = f"{word[0]}[\u4e00-\u9fff]{{1,{len(word) - 1}}}{word[-1]}"
            inside = {each for each in re.findall(f"(?={ends})({ends})", everything) if scan.distance(word, each) <= 1}
            assert inside <= found
        else:
            close = [each for each in runs if abs(len(each) - len(word)) <= edits]
            assert found == {each for each in close if scan.distance(word, each) <= edits} | {word}
            scan.distance.cache_clear()
        ids = {id for id, pair in split.items() if any(scan.stands(t, v) for t in pair for v in found if v in t)}
        scan.stands.cache_clear()
        assert set(archive._sync.index.ids(Fuzzy(word, edits))) == ids, word
