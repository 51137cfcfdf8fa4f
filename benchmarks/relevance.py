"""How good are the first ten hits? nDCG@10 and MRR@10 over judged queries, one setting for all sets.

    python benchmarks/relevance.py --data ../shared --keep /tmp/relevance [--peers] [--cluster opensearch://127.0.0.1:9211]

Needs `data/xwlb.jsonl.xz` and `relevance/` in the folder given (neither is part of this repository). `titles` asks an
archive in which no title is indexed. The rows with --recent ask with the day on which the query was asked, where the
queries tell it. In brackets is the 95% interval of nDCG over RESAMPLES samples of the queries. `--keep` leaves the
archives for the next run; `--peers` asks other engines too (see `relevance_peers.py`). With `--cluster` the archives
are in an OpenSearch cluster (`make cluster`), of three shards.

nDCG: Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques (2002), gain 2^grade - 1. Intervals:
Efron and Tibshirani, An Introduction to the Bootstrap (1993), by percentiles.
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
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import searchkit
from searchkit.sources.record import from_record

if TYPE_CHECKING:
    from relevance_peers import Peer

RESAMPLES = 10_000
SEED = 20261126
SETS = ("headlines", "hot-terms", "digest", "titles", "keywords", "substring")
LEAST = {"headlines": 0.903, "hot-terms": 0.917, "digest": 0.979, "titles": 0.731, "keywords": 0.855}
"""What the sets reached on 2026-11-26 before long queries looked at paragraphs, less .001; without --recent."""


def ndcg(ranked: Sequence[str], grades: dict[str, int], depth: int = 10) -> float:
    """NDCG of the first `depth` of `ranked`."""
    gains = [(2 ** grades.get(id, 0) - 1) / math.log2(rank + 2) for rank, id in enumerate(ranked[:depth])]
    best = sorted(grades.values(), reverse=True)[:depth]
    ideal = sum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(best))
    return sum(gains) / ideal if ideal else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: dict[str, int], depth: int = 10) -> float:
    """One over the place of the first relevant hit; 0 if it is not among the first `depth`."""
    return next((1 / (rank + 1) for rank, id in enumerate(ranked[:depth]) if grades.get(id, 0) > 0), 0.0)


class Judged(NamedTuple):
    """A judged query.

    Attributes:
        day: the day on which it was asked; empty if that is not known.
        grades: those of the relevant documents, by id.
    """

    id: str
    text: str
    day: str
    grades: dict[str, int]


def judged(folder: Path, name: str) -> list[Judged]:
    """Return the queries of a set."""
    grades: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / f"{name}.qrels").read_text(encoding="utf-8").splitlines():
        query, _, document, grade = line.split()
        grades[query][document] = int(grade)
    found = []
    for line in (folder / f"{name}.queries.tsv").read_text(encoding="utf-8").splitlines():
        query, text, day = [*line.split("\t"), ""][:3]
        found.append(Judged(query, text, day, grades[query]))
    return found


def interval(gains: Sequence[float]) -> str:
    """Return the mean and its 95% interval: .904 [.861, .941]."""
    values = np.array(gains)
    chance = np.random.default_rng(SEED)
    means = [values[chance.integers(0, len(values), len(values))].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{values.mean():.3f} [{low:.3f}, {high:.3f}]".replace("0.", ".")


def archive(folder: Path, data: Path, *, titles: bool, cluster: str | None) -> searchkit.Archive:
    """The archive of all articles, made if it is not there.

    Args:
        cluster: the address of the cluster that has it, if not the folder.
    """
    import json

    if cluster:
        opened = searchkit.connect(f"{cluster}/relevance-{folder.name}?shards=3&replicas=0", create=True, timeout=None)
    else:
        opened = searchkit.open(folder, create=True)
    if not len(opened):
        with lzma.open(data, "rt", encoding="utf-8") as lines:
            articles = (from_record(json.loads(line), timezone=opened.timezone) for line in lines)
            numbered = (replace(each, id=f"xw{n:05d}", url="") for n, each in enumerate(articles))
            opened.upsert_all(each if titles else replace(each, title="") for each in numbered)
    return opened


def measured(ask: Callable[[Judged], Sequence[str]], queries: Sequence[Judged]) -> tuple[list[float], float, float]:
    """Return nDCG@10 of each query, the mean of MRR@10, and the median of the milliseconds of a query."""
    gains, ranks, times = [], [], []
    for query in queries:
        started = time.perf_counter()
        ranked = ask(query)
        times.append(time.perf_counter() - started)
        gains.append(ndcg(ranked, query.grades))
        ranks.append(reciprocal_rank(ranked, query.grades))
    return gains, statistics.fmean(ranks), statistics.median(times) * 1000


def main() -> int:
    """Print a table; exit code 1 if a set misses what it should reach, or an exact phrase is not exact."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared"))
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--cluster")
    parser.add_argument("sets", nargs="*", default=SETS)
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as temporary:
        base = options.keep or Path(temporary)
        data = options.data / "data" / "xwlb.jsonl.xz"
        opened = {True: archive(base / "titled", data, titles=True, cluster=options.cluster)}
        if "titles" in options.sets:
            opened[False] = archive(base / "untitled", data, titles=False, cluster=options.cluster)
        peers = _peers(opened[True], base) if options.peers else []
        columns = ["set", "queries", "searchkit, nDCG@10", "MRR@10", "median ms", *(peer.name for peer in peers)]
        print("|", " | ".join(columns), "|")
        print("| --- |", " ---: |" * (len(columns) - 1), sep="")
        for name in options.sets:
            queries = judged(options.data / "relevance", name)
            target = opened[name != "titles"]
            if name == "substring":
                wrong = [each.text for each in queries if set(_ids(target, f'"{each.text}"')) != set(each.grades)]
                print(f"\nsubstring: {len(queries) - len(wrong)} of {len(queries)} exact")
                failed |= bool(wrong)
                continue
            plain = measured(partial(_first, target, False), queries)
            failed |= statistics.fmean(plain[0]) < LEAST[name]
            others = [interval(measured(partial(_first_of_peer, peer, name != "titles"), queries)[0]) for peer in peers]
            _print_row(name, plain, others)
            if all(each.day for each in queries):
                with_day = measured(partial(_first, target, True), queries)
                _print_row(f"{name}, --recent DAY", with_day, [""] * len(peers))
    return int(failed)


def _print_row(name: str, found: tuple[list[float], float, float], others: Sequence[str]) -> None:
    gains, rank, took = found
    cells = [name, str(len(gains)), interval(gains), f"{rank:.3f}".replace("0.", "."), f"{took:.1f}", *others]
    print("|", " | ".join(cells), "|", flush=True)


def _first(target: searchkit.Archive, recent: bool, query: Judged) -> list[str]:
    return [hit.id for hit in target.search(query.text, limit=10, recent=query.day if recent else False)]


def _first_of_peer(peer: Peer, titles: bool, query: Judged) -> list[str]:
    return peer.ask(query.text, titles=titles)


def _peers(of: searchkit.Archive, folder: Path) -> list[Peer]:
    from relevance_peers import PEERS

    texts = [(article.id, article.title, article.body) for article in of]
    return [make(texts, folder) for make in PEERS]


def _ids(target: searchkit.Archive, query: str) -> list[str]:
    return [article.id for article in target.export(query)]


if __name__ == "__main__":
    sys.exit(main())
