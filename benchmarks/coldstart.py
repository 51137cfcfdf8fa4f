"""How long a command takes as a whole process: a fresh Python each time, files in the page cache.

    python benchmarks/coldstart.py --archive INDEX [--runs 25] [--query '出口管制 芯片']

Every command is run once in each round, in another order each time, so that a busy moment of the machine hits all
alike. The figures are medians over the rounds, of the time by the clock and of the processor's (which other programs
disturb less), the quickest round, and the ratio of processor time to that of a bare Python. Without --archive an
archive of invented articles is made, which is small. Peers that are not installed are left out. Ctrl-C ends it with the
figures of the rounds so far. POSIX only.
"""

from __future__ import annotations

import argparse
import os
import platform
import pty
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

TANTIVY = """
import sys, tantivy
index = tantivy.Index.open(sys.argv[1])
searcher = index.searcher()
query = index.parse_query(sys.argv[2], ["text"])
for score, address in searcher.search(query, 10).hits:
    print(searcher.doc(address)["id"][0])
"""

Run = Callable[[], None]


def piped(*arguments: str, okay: tuple[int, ...] = (0,), **environment: str) -> Run:
    """A command whose output is read through a pipe."""

    def run() -> None:
        done = subprocess.run(
            arguments, stdin=subprocess.DEVNULL, capture_output=True, env={**os.environ, **environment}
        )
        if done.returncode not in okay:
            raise SystemExit(f"{' '.join(arguments)}: {done.returncode}\n{done.stderr.decode()}")

    return run


def on_terminal(*arguments: str) -> Run:
    """A command whose output goes to a terminal."""

    def run() -> None:
        terminal, inside = pty.openpty()
        process = subprocess.Popen(arguments, stdin=inside, stdout=inside, stderr=inside)
        os.close(inside)
        while True:
            try:
                if not os.read(terminal, 65536):
                    break
            except OSError:  # Linux's end of a terminal
                break
        os.close(terminal)
        if process.wait() != 0:
            raise SystemExit(f"{' '.join(arguments)}: {process.returncode}")

    return run


def processor() -> float:
    """Seconds of processor time of all the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def texts(archive: Path) -> list[tuple[str, str]]:
    """Id and text of every article."""
    import searchkit

    with searchkit.open(archive) as opened:
        return [(article.id, f"{article.title}\n{article.body}") for article in opened]


def peers(archive: Path, query: str, folder: Path) -> dict[str, Run]:
    """Other programs that answer about the same, over the same articles."""
    found: dict[str, Run] = {}
    articles = texts(archive)
    word = query.split(maxsplit=1)[0]
    if shutil.which("rg") or shutil.which("grep"):
        lines = folder / "articles.txt"
        lines.write_text("\n".join(text.replace("\n", " ") for _, text in articles), encoding="utf-8")
        program = "rg" if shutil.which("rg") else "grep"
        found[f"{program} -c, one word, all texts"] = piped(program, "-c", word, str(lines))
    if shutil.which("sqlite3"):
        path = folder / "fts.db"
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE VIRTUAL TABLE articles USING fts5(id UNINDEXED, text, tokenize='trigram')")
            connection.executemany("INSERT INTO articles VALUES (?, ?)", articles)
        longest = max(query.split(), key=len)
        asked = f"SELECT id FROM articles WHERE articles MATCH '\"{longest}\"' ORDER BY rank LIMIT 10"
        found["sqlite3, FTS5 trigrams"] = piped("sqlite3", str(path), asked)
    try:
        import tantivy
    except ImportError:
        return found
    from searchkit.analysis.normalise import fold
    from searchkit.analysis.segment import segmenter
    from searchkit.analysis.terms import words

    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw")
    schema.add_text_field("text", tokenizer_name="whitespace")
    (folder / "tantivy").mkdir()
    index = tantivy.Index(schema.build(), str(folder / "tantivy"))
    writer, cutter = index.writer(), segmenter()
    for id, text in articles:
        writer.add_document(tantivy.Document(id=id, text=" ".join(words(fold(text), cutter))))
    writer.commit()
    writer.wait_merging_threads()
    given = " ".join(f"+{word}" for word in words(fold(query), cutter) if word.isalnum())
    found["tantivy-py, words cut before"] = piped(sys.executable, "-c", TANTIVY, str(folder / "tantivy"), given)
    return found


def commands(archive: Path, query: str) -> dict[str, Run]:
    """What is measured of ours, and what a Python program cannot do without."""
    ours = str(Path(sys.executable).with_name("searchkit"))
    at = ("-i", str(archive))
    words = query.split()
    return {
        "python -c pass": piped(sys.executable, "-c", "pass"),
        "python -c 'import numpy'": piped(sys.executable, "-c", "import numpy"),
        "python -c 'import typer'": piped(sys.executable, "-c", "import typer"),
        "python -c 'import searchkit'": piped(sys.executable, "-c", "import searchkit"),
        "python -c 'import rjieba; rjieba.cut(…)'": piped(
            sys.executable, "-c", "import rjieba; rjieba.cut('出口管制')"
        ),
        "searchkit --version": piped(ours, "--version"),
        "searchkit --help": piped(ours, "--help"),
        "searchkit search, completing --so": piped(
            ours, _SEARCHKIT_COMPLETE="complete_bash", COMP_WORDS="searchkit search --so", COMP_CWORD="2"
        ),
        "searchkit search": piped(ours, *at, "search", *words, okay=(0, 1)),
        "searchkit search, on a terminal": on_terminal(ours, *at, "search", *words),
        "searchkit search --json": piped(ours, *at, "search", *words, "--json", okay=(0, 1)),
        "searchkit search --since 去年": piped(ours, *at, "search", *words, "--since", "去年", okay=(0, 1)),
        "searchkit search --count": piped(ours, *at, "search", *words, "--count", okay=(0, 1)),
        "searchkit timeline": piped(ours, *at, "timeline", words[0], okay=(0, 1)),
        "searchkit facets": piped(ours, *at, "facets", words[0], okay=(0, 1)),
        "searchkit stats": piped(ours, *at, "stats"),
    }


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, help="an archive; without it, one of the demo's articles is made")
    parser.add_argument("--runs", type=int, default=25)
    parser.add_argument("--query", default="出口管制 芯片")
    parser.add_argument("--no-peers", action="store_true")
    given = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
    os.environ["COLUMNS"] = "100"
    with tempfile.TemporaryDirectory() as name:
        archive = given.archive
        if archive is None:
            import searchkit
            from searchkit.cli import demo

            archive = Path(name) / "index"
            with searchkit.open(archive, create=True) as opened:
                opened.upsert_all(searchkit.read(Path(demo.__file__).with_name("demo.jsonl")))
        measured = commands(archive, given.query)
        if not given.no_peers:
            measured |= peers(archive, given.query, Path(name))
        times: dict[str, list[float]] = {each: [] for each in measured}
        work: dict[str, list[float]] = {each: [] for each in measured}
        for run in measured.values():
            run()  # bytecode written, pages read
        rounds = 0
        try:
            while rounds < given.runs:
                order = list(measured)
                random.shuffle(order)
                for each in order:
                    started, before = time.perf_counter(), processor()
                    measured[each]()
                    times[each].append((time.perf_counter() - started) * 1000)
                    work[each].append((processor() - before) * 1000)
                rounds += 1
        except KeyboardInterrupt:
            if not rounds:
                raise
    bare = statistics.median(work["python -c pass"])
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {rounds} rounds, milliseconds:\n")
    print("| process | clock | quickest | processor | / bare Python |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for each, taken in times.items():
        used = statistics.median(work[each])
        print(f"| `{each}` | {statistics.median(taken):.0f} | {min(taken):.0f} | {used:.0f} | {used / bare:.1f} |")


if __name__ == "__main__":
    main()
