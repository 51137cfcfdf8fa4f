"""searchkit's index, stock Whoosh, tantivy and SQLite FTS5 on the same terms, in one run.

    python benchmarks/engines.py --copies 1         19,594 articles
    python benchmarks/engines.py --copies 50        979,700 articles

Every engine indexes the terms that searchkit's analysis makes: the words (jieba, search mode) and the character pairs
with positions. So what is compared is engines, not analysis. Times are medians over queries and rounds of the library
call, warm, without snippets; the ratio is to tantivy's. A query's answers are compared with tantivy's count where the
two mean the same.

Shapes: rare term, common term, AND of 2 and 3, OR of 2 and 5, common phrase with exact count, phrase for its first ten,
term in a month, rare term in a year, a year sorted by date, NOT, prefix, histogram by month.
"""

from __future__ import annotations

import argparse
import gc
import platform
import random
import resource
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from corpus import Text, copies, real

from searchkit import ranking
from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import segmenter
from searchkit.analysis.terms import grams, words
from searchkit.article import Article
from searchkit.backends.whoosh_index.index import WhooshIndex
from searchkit.index import Entry
from searchkit.query.tree import And, Node, Not, Or, Phrase, Prefix, Published, Word
from searchkit.ranking import Scoring

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTHS = [date(year, month, 1) for year in range(2020, 2030) for month in range(1, 13)]
Query = dict[str, Any]


# -- the queries


def chosen_queries(texts: Sequence[Text], per_shape: int, seed: int = 1) -> dict[str, list[Query]]:
    """Queries of each shape, drawn from the terms of the articles by how common they are."""
    cutter, rng = segmenter(), random.Random(seed)
    found_in: Counter[str] = Counter()
    for text in texts:
        found_in.update(set(words(fold(text.body), cutter)))
    terms = [term for term in found_in if len(term) >= 2 and all("\u4e00" <= char <= "\u9fff" for char in term)]
    count = len(texts)
    rare = [term for term in terms if 5 <= found_in[term] <= 40]
    middle = [term for term in terms if count / 100 <= found_in[term] <= count / 20]
    common = [term for term in terms if found_in[term] >= count / 6]
    phrases = _common_phrases(texts)

    def some(pool: Sequence[str], size: int) -> list[str]:
        return rng.sample(sorted(pool), size)

    shapes: dict[str, Callable[[], Query]] = {
        "rare term": lambda: {"all": some(rare, 1)},
        "common term": lambda: {"all": some(common, 1)},
        "and 2": lambda: {"all": some(common, 2)},
        "and 3": lambda: {"all": [*some(common, 2), *some(middle, 1)]},
        "or 2": lambda: {"any": [*some(common, 1), *some(middle, 1)]},
        "or 5": lambda: {"any": [*some(common, 2), *some(middle, 3)]},
        "phrase count": lambda: {"phrase": rng.choice(phrases), "count": True},
        "phrase top 10": lambda: {"phrase": rng.choice(phrases)},
        "term + month": lambda: {"all": some(common, 1), "days": _month(rng)},
        "rare + year": lambda: {"all": some(rare, 1), "days": (date(2024, 1, 1), date(2024, 12, 31))},
        "year by date": lambda: {"days": (date(rng.choice([2023, 2024, 2025]), 1, 1),) * 2, "newest": True},
        "not": lambda: {"all": some(common, 1), "without": some(common, 1)},
        "prefix": lambda: {"prefix": rng.choice(middle)[:1]},
        "histogram": lambda: {"all": some(common, 1), "histogram": True},
    }
    made = {shape: [make() for _ in range(per_shape)] for shape, make in shapes.items()}
    for query in made["year by date"]:
        first = query["days"][0]
        query["days"] = (first, date(first.year, 12, 31))
    return made


def _pairs(phrase: str) -> list[str]:
    """The character pairs of a phrase."""
    return [term for term, _ in grams(phrase)][:-1]


def _month(rng: random.Random) -> tuple[date, date]:
    year, month = rng.choice([2023, 2024, 2025]), rng.randrange(1, 12)
    return date(year, month, 1), date(year, month, 28)


def _common_phrases(texts: Sequence[Text]) -> list[str]:
    counts: Counter[str] = Counter()
    for text in texts[:: max(1, len(texts) // 2000)]:
        body = fold(text.body)
        counts.update({body[i : i + 4] for i in range(0, len(body) - 4)})
    phrases = [each for each, _ in counts.most_common(400) if all("\u4e00" <= char <= "\u9fff" for char in each)]
    return phrases[:40]


# -- the engines


class Ours:
    """searchkit's Whoosh backend, without the record in SQLite."""

    name = "searchkit"

    def __init__(self, folder: Path) -> None:
        self._index = WhooshIndex(folder / "ours", SHANGHAI, segmenter())

    def build(self, texts: Iterable[Text]) -> None:
        """Index in steps of 20,000 as the archive does, then merge."""
        batch: list[Entry] = []
        seq = 0
        for seq, text in enumerate(texts, 1):
            article = Article(id=text.id, title=text.title, body=text.body, published=text.published)
            batch.append(Entry(seq, article))
            if len(batch) == 20_000:
                self._index.apply(batch, covers=seq)
                batch = []
        if batch:
            self._index.apply(batch, covers=seq)
        self._index.optimize()
        self._searcher = self._index.searcher()

    def size(self) -> int:
        return self._index.size()

    def ask(self, query: Query) -> int:
        """By document numbers and BM25 of the words (of a phrase: its pairs), as the others answer; no names."""
        tree, searcher = self._tree(query), self._searcher
        if query.get("histogram"):
            return int(searcher.histogram(tree, MONTHS).sum())
        if query.get("count"):
            return searcher.count(tree)
        if query.get("newest"):
            return searcher.last(tree, 10)[0]
        words = tuple(sorted({*query.get("all", ()), *query.get("any", ())}))
        pairs = tuple(sorted(_pairs(query["phrase"]))) if "phrase" in query else ()
        return searcher.top(tree, Scoring(words, pairs, ()), 10)[0]

    def _tree(self, query: Query) -> Node:
        parts: list[Node] = [Word(term) for term in query.get("all", ())]
        if "any" in query:
            parts.append(Or(tuple(Word(term) for term in query["any"])))
        if "phrase" in query:
            parts.append(Phrase(query["phrase"]))
        if "prefix" in query:
            parts.append(Prefix(query["prefix"]))
        parts += [Not(Word(term)) for term in query.get("without", ())]
        if "days" in query:
            parts.append(Published(*query["days"]))
        return parts[0] if len(parts) == 1 else And(tuple(parts))


class Tantivy:
    """tantivy-py with the same two fields, terms given ready, one segment, scores by its BM25."""

    name = "tantivy"

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._tantivy = tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field("grams", tokenizer_name="whitespace", index_option="position")
        builder.add_integer_field("time", indexed=True, fast=True)
        self._schema = builder.build()
        self._folder = folder / "tantivy"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(self._schema, path=str(self._folder))

    def build(self, texts: Iterable[Text]) -> None:
        cutter = segmenter()
        writer = self._index.writer(512_000_000, 1)
        for text in texts:
            title, body = fold(text.title), fold(text.body)
            in_words = " ".join([*words(title, cutter) * ranking.TITLE_REPEATS, *words(body, cutter)])
            in_grams = " ".join(term for part in (title, body) for term, _ in grams(part) if not term.isspace())
            document = self._tantivy.Document()
            document.add_text("id", text.id)
            document.add_text("words", in_words)
            document.add_text("grams", in_grams)
            document.add_integer("time", int(text.published.timestamp()))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def size(self) -> int:
        return sum(path.stat().st_size for path in self._folder.iterdir())

    def _term(self, field: str, term: str) -> Any:
        return self._tantivy.Query.term_query(self._schema, field, term)

    def ask(self, query: Query) -> int:
        tantivy = self._tantivy
        must, should, occur = [], tantivy.Occur.Should, tantivy.Occur.Must
        must += [(occur, self._term("words", term)) for term in query.get("all", ())]
        if "any" in query:
            inner = tantivy.Query.boolean_query([(should, self._term("words", term)) for term in query["any"]])
            must.append((occur, inner))
        if "phrase" in query:
            pairs = _pairs(query["phrase"])
            must.append((occur, tantivy.Query.phrase_query(self._schema, "grams", pairs)))
        if "prefix" in query:
            pattern = query["prefix"] + ".*"
            must.append((occur, tantivy.Query.regex_query(self._schema, "grams", pattern)))
        must += [(tantivy.Occur.MustNot, self._term("words", term)) for term in query.get("without", ())]
        if "days" in query:
            first, last = (int(_midnight(day).timestamp()) for day in query["days"])
            integer = tantivy.FieldType.Integer
            must.append((occur, tantivy.Query.range_query(self._schema, "time", integer, first, last + 86399)))
        asked = tantivy.Query.boolean_query(must)
        if query.get("histogram"):
            answer = self._searcher.aggregate(
                asked, {"months": {"histogram": {"field": "time", "interval": 2_629_746}}}
            )
            return sum(int(bucket["doc_count"]) for bucket in answer["months"]["buckets"])
        if query.get("newest"):
            result = self._searcher.search(asked, 10, order_by_field="time", count=True)
        else:
            result = self._searcher.search(asked, 10, count=True)
        return int(result.count)


def _midnight(day: date) -> Any:
    from datetime import datetime

    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


class Fts5:
    """SQLite FTS5 with its unicode tokenizer over terms joined by spaces; ideographs stay together as given."""

    name = "SQLite FTS5"

    def __init__(self, folder: Path) -> None:
        self._path = folder / "fts5.db"
        self._connection = sqlite3.connect(self._path)
        self._connection.execute(
            "CREATE VIRTUAL TABLE t USING fts5(words, grams, time UNINDEXED, content='', tokenize='unicode61')"
        )
        self._connection.execute("CREATE TABLE times (rowid INTEGER PRIMARY KEY, time INTEGER)")
        self._connection.execute("CREATE INDEX by_time ON times (time)")

    def build(self, texts: Iterable[Text]) -> None:
        cutter = segmenter()

        def rows() -> Iterator[tuple[int, str, str, int]]:
            for number, text in enumerate(texts, 1):
                title, body = fold(text.title), fold(text.body)
                in_words = " ".join([*words(title, cutter), *words(body, cutter)])
                in_grams = " ".join(term for part in (title, body) for term, _ in grams(part) if not term.isspace())
                yield number, in_words, in_grams, int(text.published.timestamp())

        for number, in_words, in_grams, when in rows():
            self._connection.execute(
                "INSERT INTO t (rowid, words, grams, time) VALUES (?,?,?,?)", (number, in_words, in_grams, when)
            )
            self._connection.execute("INSERT INTO times VALUES (?,?)", (number, when))
        self._connection.execute("INSERT INTO t (t) VALUES ('optimize')")
        self._connection.commit()

    def size(self) -> int:
        return self._path.stat().st_size

    def ask(self, query: Query) -> int:
        parts = [f'words:"{term}"' for term in query.get("all", ())]
        if "any" in query:
            parts.append("(" + " OR ".join(f'words:"{term}"' for term in query["any"]) + ")")
        if "phrase" in query:
            parts.append('grams:"' + " ".join(_pairs(query["phrase"])) + '"')
        if "prefix" in query:
            parts.append(f'grams:"{query["prefix"]}"*')
        match = " AND ".join(parts)
        for term in query.get("without", ()):
            match = f'({match}) NOT words:"{term}"'
        where, values = [], []
        if match:
            where.append("t MATCH ?")
            values.append(match)
        if "days" in query:
            first, last = (int(_midnight(day).timestamp()) for day in query["days"])
            where.append("times.time BETWEEN ? AND ?")
            values += [first, last + 86399]
        join = "t JOIN times ON times.rowid = t.rowid" if match and "days" in query else "t" if match else "times"
        condition = " AND ".join(where)
        if query.get("histogram"):
            sql = (
                "SELECT sum(1), times.time / 2629746 AS month FROM t JOIN times ON times.rowid = t.rowid"
                f" WHERE {condition} GROUP BY month"
            )
            return sum(row[0] for row in self._connection.execute(sql, values))
        total = self._connection.execute(f"SELECT count(*) FROM {join} WHERE {condition}", values).fetchone()[0]
        if not query.get("count"):
            order = "times.time DESC" if query.get("newest") else "bm25(t)"
            rowid = "times.rowid" if join.startswith("times") else "t.rowid"
            self._connection.execute(
                f"SELECT {rowid} FROM {join} WHERE {condition} ORDER BY {order} LIMIT 10", values
            ).fetchall()
        return int(total)


class StockWhoosh:
    """Whoosh as it comes: its own codec, writer, searcher and BM25F, over the same fields."""

    name = "stock Whoosh"

    def __init__(self, folder: Path) -> None:
        import whoosh.index

        from searchkit.backends.whoosh_index.schema import schema

        self._folder = folder / "whoosh"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._index = whoosh.index.create_in(str(self._folder), schema())

    def build(self, texts: Iterable[Text]) -> None:
        from searchkit.backends.whoosh_index.schema import document

        cutter = segmenter()
        writer = self._index.writer(limitmb=512)
        for seq, text in enumerate(texts, 1):
            article = Article(id=text.id, title=text.title, body=text.body, published=text.published)
            writer.add_document(**document(article, seq, SHANGHAI, cutter))
        writer.commit()
        self._searcher = self._index.searcher()

    def size(self) -> int:
        return sum(path.stat().st_size for path in self._folder.iterdir())

    def ask(self, query: Query) -> int:
        from whoosh import query as q

        parts: list[Any] = [q.Term("words", term) for term in query.get("all", ())]
        if "any" in query:
            parts.append(q.Or([q.Term("words", term) for term in query["any"]]))
        if "phrase" in query:
            parts.append(q.Phrase("grams", _pairs(query["phrase"])))
        if "prefix" in query:
            parts.append(q.Prefix("grams", query["prefix"]))
        parts += [q.Not(q.Term("words", term)) for term in query.get("without", ())]
        if "days" in query:
            first, last = (_midnight(day).astimezone(timezone.utc).replace(tzinfo=None) for day in query["days"])
            parts.append(q.DateRange("published", first, last + timedelta(seconds=86399)))
        asked = parts[0] if len(parts) == 1 else q.And(parts)
        sorted_by = "published" if query.get("newest") else None
        if query.get("histogram"):
            column = self._searcher.reader().column_reader("published")
            months = Counter(column[doc].strftime("%Y-%m") for doc in self._searcher.docs_for_query(asked))
            return sum(months.values())
        if query.get("count"):
            return sum(1 for _ in self._searcher.docs_for_query(asked))
        return len(self._searcher.search(asked, limit=10, sortedby=sorted_by, reverse=bool(sorted_by)))


ENGINES = {engine.name: engine for engine in (Ours, Tantivy, Fts5, StockWhoosh)}


# -- the run


def measured(engine: Any, queries: dict[str, list[Query]], rounds: int, longest: float) -> dict[str, float]:
    """The median time of each shape, in milliseconds; a shape is cut short after `longest` seconds."""
    found = {}
    for shape, asked in queries.items():
        times: list[float] = []
        engine.ask(asked[0])
        started = time.perf_counter()
        for _ in range(rounds):
            for query in asked:
                before = time.perf_counter()
                engine.ask(query)
                times.append((time.perf_counter() - before) * 1000)
            if time.perf_counter() - started > longest:
                break
        found[shape] = statistics.median(times)
    return found


def differing(engines: Sequence[Any], queries: dict[str, list[Query]]) -> Iterator[str]:
    """Where an engine's total is not the first one's."""
    for shape, asked in queries.items():
        for query in asked[:3]:
            totals = {engine.name: engine.ask(query) for engine in engines}
            if len(set(totals.values())) > 1:
                yield f"{shape} {query}: {totals}"


def main() -> None:
    """Build every index, ask every engine, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--queries", type=int, default=10, help="of each shape")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--engines", default="searchkit,tantivy,SQLite FTS5,stock Whoosh")
    parser.add_argument("--folder", type=Path, help="where the indexes are made; removed afterwards")
    options = parser.parse_args()
    texts = real()
    queries = chosen_queries(texts, options.queries)
    folder = Path(tempfile.mkdtemp(dir=options.folder))
    print(f"{len(texts) * options.copies:,} articles; Python {platform.python_version()}, {platform.machine()}")
    engines, table, building = [], {}, {}
    try:
        for name in options.engines.split(","):
            engine = ENGINES[name](folder)
            started = time.perf_counter()
            engine.build(copies(texts, options.copies))
            building[name] = time.perf_counter() - started
            gc.collect()
            table[name] = measured(engine, queries, options.rounds, 20.0)
            engines.append(engine)
            rate = len(texts) * options.copies / building[name]
            print(f"built {name}: {rate:,.0f} articles/s, {engine.size() / 1e6:,.1f} MB", flush=True)
        _print(table)
        for line in differing(engines, queries):
            print(f"totals differ: {line}")
        print(f"highest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:,.0f} MB (all engines)")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _print(table: dict[str, dict[str, float]]) -> None:
    names = list(table)
    print(f"\n{'median ms':<14}" + "".join(f"{name:>14}" for name in names) + f"{'ratio':>9}")
    ratios = []
    for shape in next(iter(table.values())):
        row = "".join(f"{table[name][shape]:>14.3f}" for name in names)
        ratio = table[Ours.name][shape] / table[Tantivy.name][shape] if Tantivy.name in table else float("nan")
        ratios.append(ratio)
        print(f"{shape:<14}{row}{ratio:>9.2f}")
    print(f"\nsearchkit / tantivy: geometric mean {statistics.geometric_mean(ratios):.2f}, worst {max(ratios):.2f}")
    if StockWhoosh.name in table:
        gains = [table[StockWhoosh.name][shape] / table[Ours.name][shape] for shape in table[Ours.name]]
        print(f"stock Whoosh / searchkit: geometric mean {statistics.geometric_mean(gains):.0f}")


if __name__ == "__main__":
    main()
