"""The engine on a cluster beside the local one: the same questions to both, in turn.

    make cluster
    python benchmarks/cluster.py --cluster http://127.0.0.1:9211 --shards 1 --folder .bench/cluster

Asked is through the interface of all engines: for the fourteen shapes of `shapes.py`, and for typed words, headlines
and the rest of what an archive asks. The engines take turns with every query; times are medians of milliseconds, of the
first time that a query is asked and of the next two, when both engines have kept something. The ratio is of the
cluster's to the local one's. The indexes are kept, and used if they are there.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from corpus import real
from peers import tree
from shapes import Query, chosen_queries

from searchkit.analysis.segment import segmenter
from searchkit.cluster.client import Cluster
from searchkit.engines.index import Entry, Index, Step
from searchkit.engines.opensearch.index import OpenSearchIndex
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.model.article import Article
from searchkit.query.tree import Everything, Node, Phrase, Words

SHANGHAI = ZoneInfo("Asia/Shanghai")
STEP = 5000


def shaped(query: Query) -> Callable[[Index], object]:
    """Return what asks for a query of a shape."""
    asked = tree(query)
    if query.get("histogram"):
        return lambda index: index.days(asked)
    if query.get("count"):
        return lambda index: index.count(asked)
    return lambda index: index.search(asked, sort="newest" if query.get("newest") else "relevance")


def typed(node: Node) -> Callable[[Index], object]:
    """Return what asks for the ten best, as an archive does."""
    return lambda index: index.search(node)


def filled(index: Index, entries: list[Entry]) -> None:
    """Index the articles, if they are not there."""
    if len(index) != len(entries):
        begun = time.perf_counter()
        steps = [entries[start : start + STEP] for start in range(0, len(entries), STEP)]
        index.apply_all(Step(step, (), step[-1].seq) for step in steps)
        index.optimize()
        took = time.perf_counter() - begun
        print(f"{type(index).__name__}: indexed in {took:.0f} s, {index.size() / 1e6:.0f} MB")


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cluster", required=True)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--replicas", type=int, default=0)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--queries", type=int, default=10, help="of each shape")
    options = parser.parse_args()
    texts = real()
    entries = [
        Entry(seq, Article(id=text.id, title=text.title, body=text.body, published=text.published))
        for seq, text in enumerate(texts, 1)
    ]
    local = WhooshIndex(options.folder / "local", SHANGHAI, segmenter())
    cluster = OpenSearchIndex(
        Cluster(options.cluster.split(",")), f"bench-{options.shards}", SHANGHAI, segmenter(),
        shards=options.shards, replicas=options.replicas,
    )  # fmt: skip
    for index in (local, cluster):
        filled(index, entries)
    chosen = chosen_queries(texts, options.queries)
    asked = {shape: [shaped(query) for query in queries] for shape, queries in chosen.items()}
    words = [query["all"] for query in chosen["and 3"]]
    asked |= {
        "typed word": [typed(Words((each[-1],))) for each in words],
        "typed words": [typed(Words(tuple(each[-2:]))) for each in words],
        "pasted headline": [typed(Words((text.title,))) for text in texts[:: len(texts) // options.queries]],
        "quoted": [typed(Phrase(query["phrase"])) for query in chosen["phrase top 10"]],
        "facets": [lambda index: index.facets(Everything(), ["source", "section"])],
        "all ids": [lambda index: index.ids(Everything())],
    }
    print("| shape | first: local ms | cluster | ratio | again: local ms | cluster | ratio |")
    print("| --- |" + " ---: |" * 6)
    ratios: tuple[list[float], list[float]] = ([], [])
    for shape, several in asked.items():
        times: dict[Index, tuple[list[float], list[float]]] = {local: ([], []), cluster: ([], [])}
        for ask in several:
            answers = []
            for index, (first, again) in times.items():
                for taken in (first, again, again):
                    begun = time.perf_counter()
                    answer = ask(index)
                    taken.append((time.perf_counter() - begun) * 1000)
                answers.append(answer)
            assert answers[0] == answers[1], shape
        cells = [shape]
        for kind, of_kind in enumerate(ratios):
            one, other = (statistics.median(taken[kind]) for taken in times.values())
            of_kind.append(other / one)
            cells += [f"{one:.2f}", f"{other:.1f}", f"{other / one:.1f}"]
        print("|", " | ".join(cells), "|", flush=True)
    print("geometric means of the ratios:", *(f"{statistics.geometric_mean(each):.1f}" for each in ratios))


if __name__ == "__main__":
    main()
