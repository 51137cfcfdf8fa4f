"""Questions a second of one archive that many threads ask, and how many of the questions are refused.

    python benchmarks/threads.py --data ../shared/data --threads 1,2,4,16,64

Every thread asks `Archive.search` for words, phrases and ranges of days drawn from the articles, all of them from one
archive opened once. Python's threads take turns, so several are hardly quicker than one: what counts is that many are
not slower, and that none is refused for the others. `--folder` keeps the archive, and uses the one that is there.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from corpus import DATA, copies, real
from shapes import Query, chosen_queries

import searchkit
from searchkit import Archive, Article
from searchkit.errors import QueryTimeout


def built(folder: Path, data: Path, articles: int) -> None:
    """Make the archive that is asked, in one segment."""
    texts = real(data)
    chosen = islice(copies(texts, -(-articles // len(texts))), articles)
    with searchkit.open(folder, create=True, timeout=None) as archive:
        archive.upsert_all(Article(id=t.id, title=t.title, body=t.body, published=t.published) for t in chosen)
        archive.optimize()


def typed(query: Query) -> str:
    """A query of `shapes` as a person types it."""
    words = [*query.get("all", ()), *(f"-{each}" for each in query.get("without", ()))]
    if "any" in query:
        words.append(" OR ".join(query["any"]))
    if "phrase" in query:
        words.append(f'"{query["phrase"]}"')
    if "prefix" in query:
        words.append(f"{query['prefix']}*")
    if "days" in query:
        words.append("date:{}..{}".format(*query["days"]))
    return " ".join(words)


def asked(archive: Archive, queries: Sequence[str], threads: int, questions: int) -> tuple[float, int, list[float]]:
    """Let so many threads ask `questions` in all: the seconds that took, how many were refused, the time of each."""
    refused, took = [0] * threads, [[] for _ in range(threads)]  # type: tuple[list[int], list[list[float]]]
    ready = threading.Barrier(threads + 1)

    def ask(number: int) -> None:
        ready.wait()
        for i in range(number, questions, threads):
            begun = time.perf_counter()
            try:
                archive.search(queries[i % len(queries)])
            except QueryTimeout:
                refused[number] += 1
            took[number].append(time.perf_counter() - begun)

    crew = [threading.Thread(target=ask, args=(number,)) for number in range(threads)]
    for thread in crew:
        thread.start()
    ready.wait()
    begun = time.perf_counter()
    for thread in crew:
        thread.join()
    return time.perf_counter() - begun, sum(refused), sorted(each for one in took for each in one)


def main() -> None:
    """Build the archive if it is not there, ask it with each number of threads, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA.parent, help=f"the folder of {DATA.name}")
    parser.add_argument("--articles", type=int, default=19_594)
    parser.add_argument("--threads", default="1,2,4,16,64")
    parser.add_argument("--questions", type=int, default=1_000, help="with each number of threads, in all")
    parser.add_argument("--timeout", type=float, default=0.25, help="seconds that a question may take")
    parser.add_argument("--folder", type=Path, help="where the archive is made, and kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or Path(made) / "archive"
        data = options.data / DATA.name
        if not folder.exists():
            built(folder, data, options.articles)
        chosen = chosen_queries(real(data), 10).values()
        queries = [typed(query) for of_shape in zip(*chosen, strict=True) for query in of_shape]
        print("| threads | questions a second | median ms | 99% ms | refused |\n| ---: | ---: | ---: | ---: | ---: |")
        for threads in map(int, options.threads.split(",")):
            with searchkit.open(folder, timeout=options.timeout) as archive:
                asked(archive, queries, 1, len(queries))  # what is decoded once is not what is measured
                seconds, refused, took = asked(archive, queries, threads, options.questions)
            middle, slow = (took[int(len(took) * share)] * 1000 for share in (0.5, 0.99))
            rate = options.questions / seconds
            print(f"| {threads} | {rate:,.0f} | {middle:.1f} | {slow:.1f} | {refused} |", flush=True)


if __name__ == "__main__":
    main()
