"""How good are the first ten hits? nDCG@10 and MRR@10 over judged queries, one setting for all sets.

    python benchmarks/relevance.py --data ../shared --keep /tmp/relevance

Needs `data/xwlb.jsonl.xz` and `relevance/` in the folder given (neither is part of this repository). `titles` asks an
archive in which no title is indexed. `--keep` leaves the two archives for the next run.

nDCG: Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques (2002), gain 2^grade - 1.
"""

from __future__ import annotations

import argparse
import lzma
import math
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import searchkit
from searchkit.sources.record import from_record

SETS = ("headlines", "hot-terms", "digest", "titles", "keywords", "substring")
LEAST = {"headlines": 0.863, "hot-terms": 0.824, "digest": 0.930, "titles": 0.685, "keywords": 0.859}
"""jieba search mode with the parameters of the design, on the full sets (half of the judgments are not here)."""


def ndcg(ranked: Sequence[str], grades: dict[str, int], depth: int = 10) -> float:
    """NDCG of the first `depth` of `ranked`."""
    gains = [(2 ** grades.get(id, 0) - 1) / math.log2(rank + 2) for rank, id in enumerate(ranked[:depth])]
    best = sorted(grades.values(), reverse=True)[:depth]
    ideal = sum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(best))
    return sum(gains) / ideal if ideal else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: dict[str, int], depth: int = 10) -> float:
    """One over the place of the first relevant hit; 0 if it is not among the first `depth`."""
    return next((1 / (rank + 1) for rank, id in enumerate(ranked[:depth]) if grades.get(id, 0) > 0), 0.0)


def judged(folder: Path, name: str) -> list[tuple[str, str, dict[str, int]]]:
    """Query id, query, and the grades of the relevant documents."""
    grades: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / f"{name}.qrels").read_text(encoding="utf-8").splitlines():
        query, _, document, grade = line.split()
        grades[query][document] = int(grade)
    found = []
    for line in (folder / f"{name}.queries.tsv").read_text(encoding="utf-8").splitlines():
        query, text = line.split("\t")[:2]
        found.append((query, text, grades[query]))
    return found


def archive(folder: Path, data: Path, *, titles: bool) -> searchkit.Archive:
    """The archive of all articles, made if it is not there."""
    import json

    opened = searchkit.open(folder, create=True)
    if not len(opened):
        with lzma.open(data, "rt", encoding="utf-8") as lines:
            articles = (from_record(json.loads(line), timezone=opened.timezone) for line in lines)
            numbered = (replace(each, id=f"xw{n:05d}", url="") for n, each in enumerate(articles))
            opened.upsert_all(each if titles else replace(each, title="") for each in numbered)
    return opened


def main() -> int:
    """Print a table; exit code 1 if a set misses what it should reach, or an exact phrase is not exact."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared"))
    parser.add_argument("--keep", type=Path)
    parser.add_argument("sets", nargs="*", default=SETS)
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as temporary:
        base = options.keep or Path(temporary)
        data = options.data / "data" / "xwlb.jsonl.xz"
        opened = {True: archive(base / "titled", data, titles=True)}
        if "titles" in options.sets:
            opened[False] = archive(base / "untitled", data, titles=False)
        print(f"{'set':<10} {'queries':>7} {'nDCG@10':>8} {'MRR@10':>7} {'least':>6} {'median ms':>9}")
        for name in options.sets:
            asked = judged(options.data / "relevance", name)
            target = opened[name != "titles"]
            if name == "substring":
                wrong = [text for _, text, grades in asked if set(_ids(target, f'"{text}"')) != set(grades)]
                print(f"{name:<10} {len(asked):>7} exact: {len(asked) - len(wrong)} of {len(asked)}")
                failed |= bool(wrong)
                continue
            gains, ranks, times = [], [], []
            for _, text, grades in asked:
                started = time.perf_counter()
                ranked = [hit.id for hit in target.search(text, limit=10)]
                times.append(time.perf_counter() - started)
                gains.append(ndcg(ranked, grades))
                ranks.append(reciprocal_rank(ranked, grades))
            gain = statistics.fmean(gains)
            failed |= gain < LEAST[name]
            print(
                f"{name:<10} {len(asked):>7} {gain:>8.3f} {statistics.fmean(ranks):>7.3f} {LEAST[name]:>6.3f}"
                f" {statistics.median(times) * 1000:>9.1f}"
            )
    return int(failed)


def _ids(target: searchkit.Archive, query: str) -> list[str]:
    return [article.id for article in target.export(query)]


if __name__ == "__main__":
    sys.exit(main())
