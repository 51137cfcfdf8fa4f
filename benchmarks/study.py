"""How long do the questions of a study take? Each is asked of an archive that is open and warm, in one process.

    python benchmarks/study.py INDEX [INDEX ...] [--rounds 15] [--only timeline]

Prints a Markdown table: the milliseconds of processor time of the first round of each measurement, and the median of
the rounds after it. Opening an archive may migrate its record, so give a copy of what must stay as it is. To add a
measurement, add a line to MEASUREMENTS.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import searchkit

TOPICS = {"洪水": "洪水", "芯片": "芯片 OR 半导体", "台风": "台风", "选举": "总统选举", "人工智能": "人工智能 OR AI"}

MEASUREMENTS: dict[str, Callable[[searchkit.Archive], Any]] = {
    "timeline of one query": lambda a: a.timeline("洪水"),
    "timeline of five queries": lambda a: a.timelines(TOPICS),
    "timeline of five queries, shares by month": lambda a: a.timelines(TOPICS, share=True),
    "timeline of five queries, shares by day, average over 7": lambda a: a.timelines(
        TOPICS, by="day", share=True, smooth=7
    ),
    "timeline of five queries, shares, of two years and a source": lambda a: a.timelines(
        TOPICS, share=True, since="2024", until="2025", source="央视网"
    ),
    "timeline of four queries by five sources each": lambda a: a.timelines(
        dict(list(TOPICS.items())[:4]), share=True, by_source=5
    ),
    "timeline of common words: 中国, 经济, 发展, 国家, 人民": lambda a: a.timelines(
        {word: word for word in ("中国", "经济", "发展", "国家", "人民")}, share=True
    ),
    "terms": lambda a: a.terms("长江"),
    "terms by month": lambda a: a.terms("长江", by="month"),
    "terms by week": lambda a: a.terms("长江", by="week"),
    "trends": lambda a: a.trends(day="2024-08-20"),
    "trends of a topic": lambda a: a.trends("长江", day="2024-08-20"),
    "trends of a day against 28 days": lambda a: a.trends(day="2024-08-20", period=1, against=28),
    "compare": lambda a: a.compare("长江", "洪水"),
    "similar": lambda a: a.similar(a.ids("长江", limit=1).ids[0]),
}


def measured(ask: Callable[[searchkit.Archive], Any], archive: searchkit.Archive, rounds: int) -> tuple[float, float]:
    """The milliseconds of the first round, and the median of the others."""
    taken = []
    for _ in range(rounds + 1):
        begun = time.process_time()
        ask(archive)
        taken.append((time.process_time() - begun) * 1000)
    return taken[0], median(taken[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("indexes", nargs="+", metavar="INDEX")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="", metavar="TEXT", help="measurements whose names contain it")
    given = parser.parse_args()
    print("| ms | articles | first | warm |\n| --- | ---: | ---: | ---: |")
    for index in given.indexes:
        with searchkit.open(index, timeout=None) as archive:
            size = archive.count()
            for name, ask in MEASUREMENTS.items():
                if given.only in name:
                    first, warm = measured(ask, archive, given.rounds)
                    print(f"| {name} | {size:,} | {first:.1f} | {warm:.1f} |", flush=True)


if __name__ == "__main__":
    main()
