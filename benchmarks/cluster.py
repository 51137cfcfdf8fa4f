"""An archive on a cluster beside a local one: both ingest the same file, and are asked the same questions in turn.

    make cluster NODES=1 HEAP=2g
    python benchmarks/cluster.py --cluster opensearch://127.0.0.1:9211 --shards 1 --folder .bench/cluster [--copies 10]

Each ingests in a process of its own, as `searchkit ingest` does; then both are merged into one segment a shard. Asked
are the indexes, for the fourteen shapes of `shapes.py`, typed words, headlines, facets and ids, and then the archives,
for what the command line shows. The two take turns with every question, after some rounds of others that warm both up;
answers must be equal. Times are medians of milliseconds, of the first time that a question is asked and of the next
two, when both have kept something. The ratio is of the cluster's to the local one's. The nodes are processes of
this machine, so that their processor time is known. Archives are kept, and used if they are there.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from archive import chosen, written
from corpus import Text, real
from memory import watched
from peers import tree
from shapes import Query, chosen_queries

import searchkit
import searchkit.ingest
from searchkit.analysis.segment import query_segmenter
from searchkit.cluster.address import is_address, read_address
from searchkit.cluster.client import Cluster
from searchkit.engines.index import Index
from searchkit.engines.opensearch.index import OpenSearchIndex
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.query.tree import Everything, Node, Phrase, Words
from searchkit.storage.opensearch.mapping import PARTS, alias

RESULTS = Path(__file__).parent / "results"
SHANGHAI = ZoneInfo("Asia/Shanghai")
WARMING = 5
"""Rounds of other questions before: a cluster has run for weeks, and its code is compiled as it is used."""
KINDS = {"first": 1, "again": 2}
"""Rounds of asking, by what they are called."""
Asked = dict[str, list[Callable[[Any], object]]]
"""Questions to an index or to an archive, by their shape."""
Found = dict[str, dict[str, list[float]]]
"""By shape, and by the kind of round, milliseconds: the medians of the local one and of the cluster, then the means of
processor time: of the local one, of this process when it asks the cluster, and of the nodes."""


# -- ingest


def opened(where: str, shards: int = 1) -> searchkit.Archive:
    """Return the archive in a folder, or at an address of a cluster; made if it is not there."""
    if not is_address(where):
        return searchkit.open(where, create=True, timeout=None)
    return searchkit.connect(f"{where}?shards={shards}&replicas=0", create=True, timeout=None)


def ingest(where: str, path: str, shards: int) -> None:
    with opened(where, shards) as archive:
        searchkit.ingest.ingest(archive, [path], rejects=None)


TICKS = os.sysconf("SC_CLK_TCK")


def work_of_nodes(cluster: Cluster) -> float:
    """Seconds of processor time that the nodes have used, which are on this machine: they themselves know it late."""
    told = cluster.request("GET", "/_nodes/process")["nodes"].values()
    stats = [Path(f"/proc/{each['process']['id']}/stat").read_text().rpartition(")")[2].split() for each in told]
    return sum(int(each[11]) + int(each[12]) for each in stats) / TICKS


def measured(where: str, path: Path, shards: int, cluster: Cluster) -> dict[str, float]:
    """Ingest in a process of its own; return what it took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    of_nodes = work_of_nodes(cluster)
    begun = time.perf_counter()
    command = [sys.executable, __file__, "--cluster", "", "--shards", str(shards), "--ingest", where, str(path)]
    _, most = watched(command)
    took = time.perf_counter() - begun
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    of_nodes = work_of_nodes(cluster) - of_nodes if is_address(where) else 0.0
    return {"seconds": took, "processor": own, "of nodes": of_nodes, "memory": most, "load": os.getloadavg()[1]}


# -- asking


def shaped(query: Query) -> Callable[[Index], object]:
    """Return what asks an index for a query of a shape."""
    asked = tree(query)
    if query.get("histogram"):
        return lambda index: index.days(asked)
    if query.get("count"):
        return lambda index: index.count(asked)
    return lambda index: index.search(asked, sort="newest" if query.get("newest") else "relevance")


def typed(node: Node) -> Callable[[Index], object]:
    """Return what asks an index for the ten best, as an archive does."""
    return lambda index: index.search(node)


def of_indexes(texts: Sequence[Text], count: int, seed: int) -> Asked:
    """Return the questions to the indexes."""
    queries = chosen_queries(texts, count, seed)
    words = [query["all"] for query in queries["and 3"]]
    return {
        **{shape: [shaped(query) for query in of_shape] for shape, of_shape in queries.items()},
        "typed word": [typed(Words((each[-1],))) for each in words],
        "typed words": [typed(Words(tuple(each[-2:]))) for each in words],
        "pasted headline": [typed(Words((text.title,))) for text in texts[seed :: len(texts) // count]],
        "quoted": [typed(Phrase(query["phrase"])) for query in queries["phrase top 10"]],
        "facets of all": [lambda index: index.facets(Everything(), ["source", "section"])],
        "ids of all": [lambda index: index.ids(Everything())],
    }


def of_archives(texts: Sequence[Text], count: int, seed: int) -> Asked:
    """Return the questions to the archives."""
    short, titles = (each[:count] for each in chosen(40, seed + 5))
    words = [query["all"][0] for query in chosen_queries(texts, count, seed + 10)["common term"]]
    months = [{"since": "2024-03-01", "until": "2024-03-31"}]

    def hits(query: str, **conditions: Any) -> Callable[[searchkit.Archive], object]:
        return lambda archive: [hit.id for hit in archive.search(query, **conditions).hits]

    return {
        "search, one word": [hits(word) for word in words],
        "search, two or three words": [hits(query) for query in short],
        "search, headline": [hits(title) for title in titles],
        "search, word in a month": [hits(word, **month) for word in words for month in months],
        "timeline of a word": [lambda archive, word=word: archive.timeline(word).buckets for word in words],
        "facets of a word": [lambda archive, word=word: archive.facets(word, fields=["kind"]) for word in words],
        **({} if seed > 1 else {"terms of a word": [lambda archive: archive.terms(words[0])]}),
    }  # fmt: skip


def table(asked: Asked, pair: Sequence[Any], warming: Asked, cluster: Cluster) -> Found:
    """Ask both; print a line for each shape, and return its medians."""
    for ask in [ask for several in warming.values() for ask in several] * WARMING:
        for one in pair:
            ask(one)
    columns = "local ms | cluster | ratio | of processors"
    print(f"\n| shape | first: {columns} | again: {columns} |")
    print("| --- |" + " ---: |" * 8)
    found: Found = {}
    for shape, several in asked.items():
        found[shape] = {}
        for kind, rounds in KINDS.items():
            times: list[list[float]] = [[], []]
            work = [0.0, 0.0, 0.0]
            of_nodes = work_of_nodes(cluster)
            for ask in several * rounds:
                answers = []
                for which, one in enumerate(pair):
                    begun, busy = time.perf_counter(), time.process_time()
                    answers.append(ask(one))
                    work[which] += time.process_time() - busy
                    times[which].append((time.perf_counter() - begun) * 1000)
                if answers[0] != answers[1]:
                    print(f"answers differ: {shape}", file=sys.stderr)
            work[2] = work_of_nodes(cluster) - of_nodes
            means = [each * 1000 / len(several) / rounds for each in work]
            found[shape][kind] = [*(statistics.median(each) for each in times), *means]
        cells = [
            f"{local:.2f} | {there:.1f} | {there / local:.1f} | {(here + of_nodes) / own:.1f}"
            for local, there, own, here, of_nodes in found[shape].values()
        ]
        print("|", shape, "|", " | ".join(cells), "|", flush=True)
    print()
    means_of(found.values(), "geometric mean of the ratios")
    return found


def means_of(medians: Iterable[dict[str, list[float]]], what: str) -> None:
    """Print the geometric means of the ratios of some shapes."""
    for kind in KINDS:
        of_kind = [each[kind] for each in medians]
        by_clock = statistics.geometric_mean([there / local for local, there, *_ in of_kind])
        by_work = statistics.geometric_mean([(here + of_nodes) / own for _, _, own, here, of_nodes in of_kind])
        print(f"- {what}, asked {kind}: {by_clock:.1f} by the clock, {by_work:.1f} of processor time")


def alone(asked: Asked, index: Index, cluster: Cluster, warming: Asked) -> None:
    """Ask the cluster only, each question once, and print processor time, which other work beside it changes little."""
    for ask in [ask for several in warming.values() for ask in several] * WARMING:
        ask(index)
    print("| asked first | ms | processor ms here | of the nodes |\n| --- | ---: | ---: | ---: |")
    for shape, several in asked.items():
        of_nodes, busy, times = work_of_nodes(cluster), time.process_time(), []
        for ask in several:
            begun = time.perf_counter()
            ask(index)
            times.append((time.perf_counter() - begun) * 1000)
        here, of_nodes = time.process_time() - busy, work_of_nodes(cluster) - of_nodes
        means = [each * 1000 / len(several) for each in (here, of_nodes)]
        print(f"| {shape} | {statistics.median(times):.1f} | {means[0]:.2f} | {means[1]:.2f} |", flush=True)


# -- the run


def sizes(local: Path, cluster: Cluster, name: str) -> dict[str, float]:
    """Bytes of both indexes, and of both records; on the cluster of one copy of each shard."""
    names = ",".join([name, *(alias(name, part) for part in PARTS)])
    told = cluster.request("GET", f"/{names}/_stats/store,segments")
    of_parts = {index: each["primaries"]["store"]["size_in_bytes"] for index, each in told["indices"].items()}
    of_index = sum(size for index, size in of_parts.items() if index.rpartition(".")[2].isdigit())
    return {
        "local index": sum(path.stat().st_size for path in (local / "whoosh").iterdir()),
        "local record": (local / "archive.db").stat().st_size,
        "cluster index": of_index,
        "cluster record": sum(of_parts.values()) - of_index,
        **{f"cluster {index}": size for index, size in of_parts.items()},
    }


def run(options: argparse.Namespace) -> None:
    """One size and number of shards: ingest, ask, print, and keep the figures."""
    texts = real()
    count = len(texts) * options.copies
    cluster = Cluster(read_address(f"{options.cluster}/any").hosts)
    number = cluster.request("GET", "/_cluster/health")["number_of_data_nodes"]
    name = f"bench-{options.copies}-{options.shards}"
    local, there = options.folder / f"local-{options.copies}", f"{options.cluster}/{name}"
    kept = options.folder / f"{name}.json"
    path = options.folder / f"articles-{options.copies}.jsonl"
    if not path.exists():
        written(path, options.copies)
    found: dict[str, Any] = json.loads(kept.read_bytes()) if kept.exists() else {}
    for kind, where in (("local", str(local)), ("cluster", there)):
        if kind not in found and not (kind == "local" and local.exists()):
            print(f"ingest: {kind}", file=sys.stderr)
            found[kind] = measured(where, path, options.shards, cluster)
            with opened(where) as archive:
                begun = time.perf_counter()
                archive.optimize()
                found[kind]["merging"] = time.perf_counter() - begun
            kept.write_text(json.dumps(found))
    print(f"{count:,} articles, {number} nodes, {options.shards} shards, no replica; {date.today()}\n")
    print(
        "| ingest | articles/s | processor ms an article: here | of the nodes | MB of memory here | merging, s | load |"
    )
    print("| --- |" + " ---: |" * 6)
    for kind, of_kind in ((kind, found[kind]) for kind in ("local", "cluster") if kind in found):
        own, others = (of_kind[each] * 1000 / count for each in ("processor", "of nodes"))
        print(
            f"| {kind} | {count / of_kind['seconds']:,.0f} | {own:.2f} | {others:.2f} | {of_kind['memory']:,.0f}"
            f" | {of_kind['merging']:.0f} | {of_kind['load']:.1f} |"
        )
    found["sizes"] = sizes(local, cluster, name)
    print("\n| | MB | bytes an article |\n| --- | ---: | ---: |")
    for part, size in found["sizes"].items():
        print(f"| {part} | {size / 1e6:,.1f} | {size / count:,.0f} |")
    cutter = query_segmenter()
    indexes = WhooshIndex(local / "whoosh", SHANGHAI, cutter), OpenSearchIndex(cluster, name, SHANGHAI, cutter)
    print(f"\nload before asking: {os.getloadavg()[0]:.1f}")
    found["indexes"] = table(of_indexes(texts, options.queries, 1), indexes, of_indexes(texts, 4, 2), cluster)
    shapes = chosen_queries(texts, 1)
    means_of([medians for shape, medians in found["indexes"].items() if shape in shapes], "the fourteen shapes alone")
    with closing(opened(str(local))) as one, closing(opened(there)) as other:
        found["archives"] = table(
            of_archives(texts, options.queries, 1), (one, other), of_archives(texts, 4, 2), cluster
        )
    print(f"\nload after asking: {os.getloadavg()[0]:.1f}")
    told = cluster.request("GET", "/_nodes/stats/jvm,process")["nodes"].values()
    found["heap"] = [each["jvm"]["mem"]["heap_used_in_bytes"] / 1e6 for each in told]
    kept.write_text(json.dumps(found, indent=1))


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cluster", required=True)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the local archive is made, and what was measured is kept")
    parser.add_argument("--queries", type=int, default=10, help="of each shape")
    parser.add_argument("--alone", metavar="NAME", help="ask this index of the cluster only, which is there already")
    parser.add_argument("--ingest", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ingest:
        ingest(*options.ingest, options.shards)
    elif options.alone:
        cluster, texts = Cluster(read_address(f"{options.cluster}/any").hosts), real()
        index = OpenSearchIndex(cluster, options.alone, SHANGHAI, query_segmenter())
        print(f"{len(index):,} articles, load {os.getloadavg()[0]:.1f}\n")
        alone(of_indexes(texts, options.queries, 1), index, cluster, of_indexes(texts, 4, 2))
    else:
        options.folder.mkdir(parents=True, exist_ok=True)
        run(options)


if __name__ == "__main__":
    main()
