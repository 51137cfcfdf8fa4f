"""What a study asks: words of many matches, of each month, what rises, comparisons, similar articles.

    python benchmarks/study.py ARCHIVE [--rounds 5] [--matches 10000]

Each question is asked once, then `--rounds` times: the first time and the shortest of the others, in milliseconds of
processor time of this process, all threads. `--matches` chooses the query with about so many matches.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import date, timedelta

import searchkit

TOPICS = (
    "经济",
    "企业",
    "俄罗斯",
    "乌克兰",
    "高质量发展",
    "洪水",
    "春节",
    "粮食",
    "人工智能",
    "以色列",
    "长江",
    "台风",
    "奥运会",
    "芯片",
)
Question = Callable[[searchkit.Archive], object]


def questions(archive: searchkit.Archive, matches: int) -> dict[str, Question]:
    """The questions by name; those about a topic are about the one whose number of matches is nearest to `matches`."""
    topic = min(TOPICS, key=lambda each: abs(archive.count(each) - matches))
    other = min((each for each in TOPICS if each != topic), key=lambda each: abs(archive.count(each) - matches))
    days = [each.start for each in archive.timeline(topic, by="day").buckets if each.count]
    last = days[len(days) // 2]
    an_id = archive.search(topic, limit=1).hits[0].id
    print(f"{len(archive):,} articles; {topic}: {archive.count(topic):,} matches, {other}: {archive.count(other):,}")
    return {
        f"terms {topic}": lambda a: a.terms(topic),
        f"terms {topic} --by month": lambda a: a.terms(topic, by="month"),
        f"terms {topic} --by week": lambda a: a.terms(topic, by="week"),
        "trends": lambda a: a.trends(day=last),
        f"trends {topic}": lambda a: a.trends(topic, day=last),
        "trends --period 1 --against 28": lambda a: a.trends(day=last - timedelta(days=1), period=1, against=28),
        f"compare {topic} {other}": lambda a: a.compare(topic, other),
        "similar": lambda a: a.similar(an_id),
    }


def measured(archive: searchkit.Archive, ask: Question, rounds: int) -> tuple[float, float]:
    """Return the milliseconds of processor time of the first time, and the shortest of the others."""
    times = []
    for _ in range(rounds + 1):
        before = time.process_time()
        ask(archive)
        times.append((time.process_time() - before) * 1000)
    return times[0], min(times[1:])


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--matches", type=int, default=10_000)
    given = parser.parse_args()
    with searchkit.open(given.archive, timeout=None, today=date.today) as archive:
        asked = questions(archive, given.matches)
        print("| question | first, ms | then, ms |\n| --- | ---: | ---: |")
        for name, ask in asked.items():
            first, then = measured(archive, ask, given.rounds)
            print(f"| {name} | {first:.0f} | {then:.0f} |", flush=True)


if __name__ == "__main__":
    main()
