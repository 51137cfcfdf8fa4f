"""What an archive takes as it grows: sizes, nodes, days and milliseconds, computed from what was measured.

    python benchmarks/scale.py                              the tables of docs/scale.md
    python benchmarks/scale.py --articles 50000000 --day 20000 --disk 4000 --memory 64 --cores 8

`scale.json` has what `benchmarks/cluster.py` and `benchmarks/archive.py` measured, and when. All else is computed here:
what grows with the number of articles by a straight line, what depends on chance by drawing it. The assumptions are
the constants of this file, one by one, and the options.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEASURED = Path(__file__).with_name("scale.json")
SIZES = (1_000_000, 10_000_000, 100_000_000, 1_000_000_000)
GB = 1e9

SHARD = 25 * GB
"""Bytes of a shard of the index. Amazon's advice is 10 to 30 GiB where the time of an answer matters."""
SHARDS_PER_GB_OF_HEAP = 25
"""The same advice."""
MOST_HEAP = 31.0
"""GB; half of the memory of a node, and not more: above that the JVM has longer pointers."""
FULL = 0.8
"""Part of the disks that is used: above 85% OpenSearch puts no more shards on a node."""
BUSY = 0.6
"""Part of the processors that is used, so that questions do not queue for long."""
COPIES = 2
"""Of each shard, on two nodes."""
NETWORK = 0.5
"""Milliseconds there and back between two machines of one place, added for each request."""
REQUESTS = 3
"""One after the other, for a question that is asked first: the state, the statistics, the page."""
SPREAD = 0.35
"""Of the time of a shard, as the standard deviation of its logarithm: one in a hundred takes 2.3 times the median."""
MIX = {
    "typed words": 45, "rare term": 25, "term + month": 15, "and 3": 5, "phrase top 10": 4, "pasted headline": 3,
    "common term": 2, "histogram": 1,
}  # fmt: skip
"""Of a hundred questions; nobody has counted any."""
DRAWS = 4000
LARGEST_SHARD = 50 * GB
"""A shard of more takes long to move and to recover."""
TWO_CORES = 1.7
"""Cores that an ingest into a folder keeps busy, of two."""
WRITERS = 4
"""Machines that read and acknowledge at once; the index is brought level by one at a time, whatever their number."""


@dataclass(frozen=True)
class Line:
    """What grows with the number of articles: `fixed` milliseconds, and `each` for every million articles."""

    fixed: float
    each: float

    def at(self, articles: float) -> float:
        return self.fixed + self.each * articles / 1e6


def line(points: Sequence[tuple[float, float]]) -> Line:
    """Return the line through the smallest and the largest size; neither part of it below 0."""
    (few, low), (many, high) = min(points), max(points)
    each = max(0.0, (high - low) / (many - few) * 1e6)
    return Line(max(0.0, low - each * few / 1e6), each)


@dataclass(frozen=True)
class Machine:
    """A node as it is bought or rented."""

    cores: int
    memory: float
    disk: float

    @property
    def heap(self) -> float:
        return min(self.memory / 2, MOST_HEAP)


@dataclass(frozen=True)
class Size:
    """An archive in a cluster.

    Attributes:
        shards: of the index, of the articles and of the revisions each.
        bytes: on all disks, with all copies, and with a second index while it is rebuilt.
    """

    articles: int
    shards: int
    index: float
    record: float

    @property
    def bytes(self) -> float:
        return (self.index + self.record) * COPIES

    @property
    def all_shards(self) -> int:
        return (3 * self.shards + 3) * COPIES

    def nodes(self, machine: Machine, cores: float) -> dict[str, int]:
        """Nodes by what asks for them; never fewer than three, so that two can agree without the third."""
        return {
            "disk": math.ceil((self.bytes + self.index * COPIES) / (machine.disk * GB * FULL)),
            "heap": math.ceil(self.all_shards / SHARDS_PER_GB_OF_HEAP / machine.heap),
            "processors": math.ceil(cores / machine.cores / BUSY),
            "least": 3,
        }


def size(articles: int, measured: Mapping[str, Any]) -> Size:
    """Return the size of an archive of so many articles like the measured ones."""
    index = articles * measured["cluster"]["index"]
    record = articles * sum(measured["cluster"]["record"].values())
    return Size(articles, max(1, math.ceil(index / SHARD)), index, record)


def waited(shards: int, of_shard: float, here: float, chance: random.Random) -> tuple[float, float]:
    """Milliseconds of a question: median, and 99 of 100 within. Each request waits for the slowest shard."""
    times = []
    for _ in range(DRAWS):
        # The largest of many draws of one distribution, drawn at once.
        highest = statistics.NormalDist(0, SPREAD).inv_cdf(chance.random() ** (1 / shards))
        times.append(here + REQUESTS * NETWORK + of_shard * math.exp(highest))
    times.sort()
    return times[len(times) // 2], times[len(times) * 99 // 100]


# -- tables


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(f"| {' | '.join(head)} |\n| --- |" + " ---: |" * (len(head) - 1))
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print()


def amount(bytes: float) -> str:
    return f"{bytes / 1e12:,.1f} TB" if bytes >= 1e12 else f"{bytes / GB:,.1f} GB"


def duration(seconds: float) -> str:
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= length:
            return f"{seconds / length:,.1f} {unit}"
    return f"{seconds:,.0f} s"


def print_local(sizes: Sequence[int], measured: Mapping[str, Any]) -> None:
    """A file on one machine."""
    last = measured["local"][-1]
    rows = []
    for articles in sizes:
        index, record = articles * last["index"], articles * last["record"]
        rows.append([
            f"{articles:,}", amount(index), amount(record), duration(articles * last["work"] / 1000 / TWO_CORES),
            duration(articles * measured["rebuild"] / 1000 / TWO_CORES),
        ])  # fmt: skip
    print("One machine with two cores, a folder:\n")
    table(["articles", "index", "record", "ingest", "rebuild"], rows)


def print_cluster(sizes: Sequence[int], measured: Mapping[str, Any], machine: Machine, asked: float) -> None:
    """Sizes and nodes."""
    rows = []
    for articles in sizes:
        found = size(articles, measured)
        cores = asked / 1000 * mean_work(found, measured)
        nodes = found.nodes(machine, cores)
        most = max(nodes, key=lambda each: nodes[each])
        rows.append([
            f"{articles:,}", str(found.shards), amount(found.index), amount(found.record), amount(found.bytes),
            f"{cores:,.1f}", *(str(nodes[each]) for each in ("disk", "heap", "processors")),
            f"{nodes[most]} ({most})",
        ])  # fmt: skip
    of = f"{machine.cores} cores, {machine.memory:g} GB of memory and {machine.disk:g} GB of disk"
    print(f"A cluster of nodes with {of}, {COPIES} copies, {asked:g} questions a second:\n")
    head = ["articles", "shards", "index, one copy", "record, one copy", "all copies", "cores for questions"]
    table([*head, "nodes by disk", "by heap", "by processors", "nodes"], rows)


def mean_work(found: Size, measured: Mapping[str, Any]) -> float:
    """Milliseconds of the nodes' processors for a question, in the mean of the mix."""
    work = 0.0
    for shape, share in MIX.items():
        of_shard = line(measured["cluster"]["questions"][shape])
        work += share * (found.shards * of_shard.fixed + of_shard.each * found.articles / 1e6)
    return work / sum(MIX.values())


def print_writing(sizes: Sequence[int], measured: Mapping[str, Any], machine: Machine, per_day: float) -> None:
    """How long the first filling takes, and what a day's articles do."""
    of = measured["cluster"]["work"]
    rows = []
    for articles in sizes:
        found = size(articles, measured)
        record = articles * of["record"] / 1000 / WRITERS
        level = articles * of["index"] / 1000
        nodes = max(found.nodes(machine, 0).values())
        there = articles * of["nodes"] * COPIES / 1000 / (nodes * machine.cores * BUSY)
        longest = max({"record": record, "index": level, "nodes": there}.items(), key=lambda each: each[1])
        times = [duration(each) for each in (record, level, there, longest[1])]
        rows.append([f"{articles:,}", *times[:3], f"{times[3]} ({longest[0]})"])
    print(f"Filling it, {WRITERS} machines that read, one process that brings the index level:\n")
    table(["articles", "reading and the record", "index: analysis", "the nodes' work", "in all (the longest)"], rows)
    print(f"{per_day:,.0f} articles a day keep that process busy for {duration(per_day * of['index'] / 1000)} a day.\n")


def print_questions(sizes: Sequence[int], measured: Mapping[str, Any]) -> None:
    """What a question takes."""
    rows = []
    for shape, points in measured["cluster"]["questions"].items():
        of_shard = line(points)
        row = [shape]
        for articles in sizes:
            found = size(articles, measured)
            here = measured["cluster"]["here"][shape]
            chance = random.Random(articles)
            median, most = waited(found.shards, of_shard.at(articles / found.shards), here, chance)
            row.append(f"{median:,.0f}, {most:,.0f}")
        rows.append(row)
    print("Milliseconds of a question that is asked first, nothing else asked: median, and 99 of 100 within:\n")
    table(["", *(f"{each:,}" for each in sizes)], rows)


def print_limits(sizes: Sequence[int], measured: Mapping[str, Any]) -> None:
    """The parts of the record that have one shard, whatever the number given."""
    rows = []
    for articles in sizes:
        parts = {part: articles * measured["cluster"]["record"][part] for part in ("origins", "sketches")}
        told = [f"{amount(each)}{' (too large)' if each > LARGEST_SHARD else ''}" for each in parts.values()]
        rows.append([f"{articles:,}", *told])
    print("Parts of the record that have one shard each:\n")
    table(["articles", "origins", "sketches"], rows)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, action="append", help="may be repeated")
    parser.add_argument("--day", type=float, default=100_000, help="new articles a day")
    parser.add_argument("--asked", type=float, default=5, help="questions a second")
    parser.add_argument("--cores", type=int, default=8, help="of a node")
    parser.add_argument("--memory", type=float, default=64, help="GB of a node")
    parser.add_argument("--disk", type=float, default=4000, help="GB of a node")
    given = parser.parse_args()
    measured = json.loads(MEASURED.read_bytes())
    sizes, machine = given.articles or SIZES, Machine(given.cores, given.memory, given.disk)
    print_local(sizes, measured)
    print_cluster(sizes, measured, machine, given.asked)
    print_writing(sizes, measured, machine, given.day)
    print_questions(sizes, measured)
    print_limits(sizes, measured)


if __name__ == "__main__":
    main()
