"""The whole archive: `searchkit ingest` of a JSON lines file, `archive.search` to ten hits with snippets, `verify`.

    python benchmarks/archive.py [--copies 1] [--folder FOLDER]

Asked are queries of two or three words, and the titles of articles, before and after `searchkit optimize`. Warm, in one
process; medians over all queries and rounds. `--folder` keeps the archive, and uses the one that is there.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from corpus import copies, real
from memory import watched

import searchkit
from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import segmenter
from searchkit.analysis.terms import words

ROUNDS = 5


def written(path: Path, count: int) -> int:
    """Write so many copies of the articles as JSON lines; return the number of articles."""
    texts = real()
    with path.open("w", encoding="utf-8") as lines:
        for text in copies(texts, count):
            record = {"id": text.id, "title": text.title, "body": text.body, "published": text.published.isoformat()}
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
    return len(texts) * count


def ingested(folder: Path, count: int) -> None:
    """Ingest as a user would; print how long it took."""
    path = folder / "articles.jsonl"
    total = written(path, count)
    program = str(Path(sys.executable).with_name("searchkit"))
    started = time.perf_counter()
    _, most = watched([program, "-i", str(folder / "index"), "ingest", str(path)])
    took = time.perf_counter() - started
    print(f"ingest: {total:,} articles in {took:.0f} s, {total / took:,.0f} a second, {most:,.0f} MB in all processes")


def chosen(count: int, seed: int = 5) -> tuple[list[str], list[str]]:
    """Queries of two or three words that stand in one article, and titles; both by chance."""
    chance, cutter, texts = random.Random(seed), segmenter(), real()
    short = []
    while len(short) < count:
        found = [word for word in words(fold(chance.choice(texts).body), cutter) if len(word) > 1 and word.isalpha()]
        if len(found) > 3:
            short.append(" ".join(chance.sample(found, chance.choice([2, 3]))))
    return short, [text.title for text in chance.sample(texts, count)]


def asked(archive: searchkit.Archive, queries: Sequence[str]) -> str:
    """Milliseconds of `archive.search`, warm; and of the processor, which count where the machine is shared."""
    times, of_processor = [], []
    for number in range(ROUNDS + 1):
        for query in queries:
            before, busy_before = time.perf_counter(), time.process_time()
            archive.search(query)
            if number:
                of_processor.append((time.process_time() - busy_before) * 1000)
                times.append((time.perf_counter() - before) * 1000)
    times.sort()
    return (
        f"median {statistics.median(times):.1f} ms, 90 of 100 under {times[len(times) * 9 // 10]:.1f} ms"
        f" (processor: median {statistics.median(of_processor):.1f} ms)"
    )


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the archive is made, and kept")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "index").exists():
            ingested(folder, given.copies)
        short, titles = chosen(40)
        with searchkit.open(folder / "index", timeout=None) as archive:
            print(f"{len(archive):,} articles")
            # Before `optimize`: after it the generation before lies beside the newest, and is not looked at.
            size = sum(path.stat().st_size for path in (folder / "index").rglob("*") if path.is_file())
            times = []
            for _ in range(3):
                before = time.perf_counter()
                archive.verify()
                times.append(time.perf_counter() - before)
            print(f"verify: {size / 1e6:,.0f} MB, {size / 1e6 / statistics.median(times):,.0f} MB a second")
            for state in ("as ingested", "merged into one segment"):
                print(f"archive.search, {state}, two or three words: {asked(archive, short)}")
                print(f"archive.search, {state}, titles: {asked(archive, titles)}")
                archive.optimize()


if __name__ == "__main__":
    main()
