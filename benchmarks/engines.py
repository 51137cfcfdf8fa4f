"""searchkit's index, tantivy, SQLite FTS5, stock Whoosh and bm25s on the same terms, in one run.

    python benchmarks/engines.py --copies 1                                    19,594 articles
    python benchmarks/engines.py --copies 50 --engines searchkit,tantivy       979,700 articles
    python benchmarks/engines.py --plot docs/growth.svg                        a picture of all runs so far

Every engine indexes the terms that searchkit's analysis makes: the words (jieba, search mode) and the character pairs
with positions. So what is compared is engines, not analysis. Asked is for documents, scores and the exact total, warm,
without names or snippets. The engines take turns with every query, so that what else the machine does falls on all of
them; times are medians, the ratio is to tantivy's. `first` is the first time that a query is asked: searchkit keeps
terms decoded, so it is the time of a query whose words nobody has asked for before.

`--folder` keeps the indexes, and uses those that are there.
"""

from __future__ import annotations

import argparse
import json
import pickle
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from corpus import copies, real
from memory import in_another
from peers import ENGINES, Ours, StockWhoosh, Tantivy
from shapes import Query, chosen_queries

RESULTS = Path(__file__).parent / "results"


def built(name: str, folder: Path, count: int) -> dict[str, float]:
    """Build an engine's index in a process of its own: its rates, seconds of processor time, bytes, MB of memory.

    `rate` is until all articles are durable and can be searched, `settled` until nothing is left to be merged.
    Memory is the most that all its processes had together, looked at twice a second.
    """
    path = folder / f"{name.replace(' ', '-')}-{count}.json"
    if not path.exists():
        print(f"indexing: {name}", file=sys.stderr)
        found, most = in_another(__file__, "--copies", str(count), "--folder", str(folder), "--build", name)
        path.write_text(json.dumps(found | {"memory": most}))
    kept: dict[str, float] = json.loads(path.read_bytes())
    return kept


def build(name: str, folder: Path, count: int) -> dict[str, float]:
    """What `built` does, here."""
    texts = real()
    engine = ENGINES[name](folder)
    started = time.perf_counter()
    engine.build(copies(texts, count))
    took = time.perf_counter() - started
    engine.settle()
    in_all = time.perf_counter() - started
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    work = sum(each.ru_utime + each.ru_stime for each in used)
    articles = len(texts) * count
    return {"rate": articles / took, "settled": articles / in_all, "work": work, "bytes": engine.size()}


def searched(name: str, folder: Path, queries: dict[str, list[Query]]) -> float:
    """The most memory that a process takes which asks every query once, in MB."""
    done = subprocess.run(
        [sys.executable, __file__, "--folder", str(folder), "--search", name],
        input=pickle.dumps(queries),
        stdout=subprocess.PIPE,
        check=True,
    )
    return float(done.stdout)


def measured(
    engines: dict[str, Any], queries: dict[str, list[Query]], rounds: int
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """Median milliseconds by shape and engine: of the first time each query is asked, and of the later ones."""
    first: dict[str, dict[str, float]] = defaultdict(dict)
    later: dict[str, dict[str, float]] = defaultdict(dict)
    for shape, asked in queries.items():
        print(f"asking: {shape}", file=sys.stderr)
        times: dict[str, list[list[float]]] = {name: [] for name in engines}
        for _ in range(rounds + 1):
            for name, engine in engines.items():
                try:
                    of_round = [_timed(engine, query) for query in asked]
                except NotImplementedError:
                    continue
                times[name].append(of_round)
        for name, of_rounds in times.items():
            if of_rounds:
                first[shape][name] = statistics.median(of_rounds[0])
                later[shape][name] = statistics.median(each for of_round in of_rounds[1:] for each in of_round)
    return first, later


def _highest_memory() -> float:
    """Of this process, in MB. On Linux `ru_maxrss` counts what the parent had at the start, so it is not asked."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) / 1e3 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def _timed(engine: Any, query: Query) -> float:
    before = time.perf_counter()
    engine.ask(query)
    return (time.perf_counter() - before) * 1000


def _total(engine: Any, query: Query) -> int | None:
    try:
        total: int | None = engine.ask(query)
    except NotImplementedError:
        return None
    return total


def differing(engines: Sequence[Any], queries: dict[str, list[Query]]) -> Iterator[str]:
    """Where an engine's total is not the first one's."""
    for shape, asked in queries.items():
        for query in asked[:3]:
            totals = {engine.name: total for engine in engines if (total := _total(engine, query)) is not None}
            if len(set(totals.values())) > 1:
                yield f"{shape} {query}: {totals}"


def main() -> None:
    """Build every index that is not there, ask every engine, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--queries", type=int, default=10, help="of each shape")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--folder", type=Path, help="where the indexes are made, and kept")
    parser.add_argument("--plot", type=Path, help="draw the runs kept in benchmarks/results, measure nothing")
    parser.add_argument("--build", help=argparse.SUPPRESS)
    parser.add_argument("--search", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.plot:
        plot(options.plot)
    elif options.build:
        print(json.dumps(build(options.build, options.folder, options.copies)))
    elif options.search:
        engine = ENGINES[options.search](options.folder)
        engine.open()
        for asked in pickle.load(sys.stdin.buffer).values():
            for query in asked:
                _total(engine, query)
        print(_highest_memory())
    elif options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        run(options, options.folder)
    else:
        with tempfile.TemporaryDirectory() as folder:
            run(options, Path(folder))


def run(options: argparse.Namespace, folder: Path) -> None:
    """One size: build, ask, print, and keep the figures."""
    names = options.engines.split(",")
    building = {name: built(name, folder, options.copies) for name in names}
    texts = real()
    queries = chosen_queries(texts, options.queries)
    count = len(texts) * options.copies
    del texts
    memory = {name: searched(name, folder, queries) for name in names}
    engines = {name: ENGINES[name](folder) for name in names}
    for engine in engines.values():
        engine.open()
    first, later = measured(engines, queries, options.rounds)
    print(f"{count:,} articles; {date.today()}, Python {platform.python_version()}, {platform.machine()}\n")
    print_table(names, first, later)
    print("\n| | " + " | ".join(names) + " |\n| --- |" + " ---: |" * len(names))
    for title, row in (
        ("articles a second until they can be searched", [f"{building[name]['rate']:,.0f}" for name in names]),
        ("articles a second, merging to the end included", [f"{building[name]['settled']:,.0f}" for name in names]),
        ("seconds of processor time, building", [f"{building[name]['work']:,.0f}" for name in names]),
        ("MB of index", [f"{building[name]['bytes'] / 1e6:,.1f}" for name in names]),
        ("MB of memory, building, all processes", [f"{building[name]['memory']:,.0f}" for name in names]),
        ("MB of memory, asking", [f"{memory[name]:,.0f}" for name in names]),
    ):
        print(f"| {title} | " + " | ".join(row) + " |")
    for line in differing(list(engines.values()), queries):
        print(f"totals differ: {line}")
    RESULTS.mkdir(exist_ok=True)
    kept = {"articles": count, "date": str(date.today()), "later": later, "first": first, "building": building}
    (RESULTS / f"engines-{options.copies}.json").write_text(json.dumps(kept, indent=1, sort_keys=True))


def print_table(names: Sequence[str], first: dict[str, dict[str, float]], later: dict[str, dict[str, float]]) -> None:
    """The medians as a table in Markdown, and the means of the ratios."""
    compared = ["searchkit / tantivy", "searchkit, first", "tantivy, first"] if Tantivy.name in names else []
    print("| median ms | " + " | ".join([*names, *compared]) + " |")
    print("| --- |" + " ---: |" * (len(names) + len(compared)))
    ratios = {}
    for shape, row in later.items():
        cells = [f"{row[name]:.3f}" if name in row else "" for name in names]
        if Tantivy.name in row:
            ratios[shape] = row[Ours.name] / row[Tantivy.name]
            cells += [f"{ratios[shape]:.2f}", f"{first[shape][Ours.name]:.3f}", f"{first[shape][Tantivy.name]:.3f}"]
        print(f"| {shape} | " + " | ".join(cells) + " |")
    if ratios:
        worst = max(ratios, key=ratios.__getitem__)
        mean = statistics.geometric_mean(ratios.values())
        print(f"\nsearchkit / tantivy: geometric mean {mean:.2f}, worst {ratios[worst]:.2f} ({worst})")
        once = statistics.geometric_mean(first[s][Ours.name] / first[s][Tantivy.name] for s in ratios)
        print(f"the first time of each query: geometric mean {once:.2f}")
    if StockWhoosh.name in names:
        gains = [row[StockWhoosh.name] / row[Ours.name] for row in later.values()]
        print(f"stock Whoosh / searchkit: geometric mean {statistics.geometric_mean(gains):.0f}")


def plot(path: Path) -> None:
    """Median time of every shape by the size of the archive, searchkit and tantivy, from the runs that were kept."""
    import matplotlib.pyplot as plt

    runs = sorted(
        (json.loads(each.read_text()) for each in RESULTS.glob("engines-*.json")), key=lambda r: r["articles"]
    )
    shapes = list(runs[0]["later"])
    figure, axes = plt.subplots(2, 7, figsize=(18, 5.5), sharex=True)
    for axis, shape in zip(axes.flat, shapes, strict=True):
        for name, colour in ((Ours.name, "#c0392b"), (Tantivy.name, "#2c3e50")):
            sizes = [run["articles"] for run in runs]
            axis.loglog(sizes, [run["later"][shape][name] for run in runs], marker="o", color=colour, label=name)
        axis.set_title(shape, fontsize=10)
        axis.grid(visible=True, which="major", alpha=0.3)
    axes[0][0].legend(fontsize=8)
    figure.supxlabel("articles")
    figure.supylabel("median ms, warm")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
