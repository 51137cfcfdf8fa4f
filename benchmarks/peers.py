"""searchkit's index and its peers, each over the same terms, each asked in its own fastest way."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from by_number import ByNumber
from corpus import Text
from shapes import Query, pairs

from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import query_segmenter, segmenter
from searchkit.analysis.terms import grams, words
from searchkit.engines import scoring
from searchkit.engines.index import Entry, Step
from searchkit.engines.scoring import ScoringTerms
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.model.article import Article
from searchkit.query.tree import And, Node, Not, Or, Phrase, Prefix, Published, Word
from searchkit.writing.catching_up import STEP

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTHS = [date(year, month, 1) for year in range(2020, 2030) for month in range(1, 13)]


def tree(query: Query) -> Node:
    """Return the query as a tree of ours."""
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


class Ours:
    """searchkit's Whoosh backend, without the record in SQLite."""

    name = "searchkit"

    def __init__(self, folder: Path) -> None:
        self._index = WhooshIndex(folder / "ours", SHANGHAI, query_segmenter())

    def build(self, texts: Iterable[Text]) -> None:
        """Index in steps as the archive does."""
        entries = (
            Entry(seq, Article(id=text.id, title=text.title, body=text.body, published=text.published))
            for seq, text in enumerate(texts, 1)
        )
        steps = iter(lambda: list(islice(entries, STEP)), [])
        # Not a generator: it would hold a step's articles until it is asked for the next.
        self._index.apply_all(map(lambda step: Step(step, (), step[-1].seq), steps))  # noqa: C417

    def settle(self) -> None:
        """Merge into one segment."""
        self._index.optimize()

    def open(self) -> None:
        """Ready to be asked."""
        self._searcher = ByNumber(self._index.searcher(), query_segmenter(), SHANGHAI)

    def size(self) -> int:
        """Of the newest generation; the one before it stays on disk until the next commit."""
        return sum(segment.file.size for segment in self._index.searcher().segments)  # type: ignore[attr-defined]

    def ask(self, query: Query) -> int:
        """By document numbers and BM25 of the words (of a phrase: its pairs), as the others answer; no names."""
        asked, searcher = tree(query), self._searcher
        if query.get("histogram"):
            return int(searcher.histogram(asked, MONTHS).sum())
        if query.get("count"):
            return searcher.count(asked)
        if query.get("newest"):
            return searcher.last(asked, 10)[0]
        words = tuple(sorted({*query.get("all", ()), *query.get("any", ())}))
        of_phrase = tuple(sorted(pairs(query["phrase"]))) if "phrase" in query else ()
        return searcher.top(asked, ScoringTerms(words, of_phrase, ()), 10)[0]


class Tantivy:
    """tantivy-py with the same two fields, terms given ready, scores by its BM25; one thread, its own merging."""

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
        self._writer = writer = self._index.writer(512_000_000, 1)
        for text in texts:
            title, body = fold(text.title), fold(text.body)
            in_words = " ".join([*words(title, cutter) * scoring.TITLE_REPEATS, *words(body, cutter)])
            in_grams = " ".join(term for part in (title, body) for term, _ in grams(part) if not term.isspace())
            document = self._tantivy.Document()
            document.add_text("id", text.id)
            document.add_text("words", in_words)
            document.add_text("grams", in_grams)
            document.add_integer("time", int(text.published.timestamp()))
            writer.add_document(document)
        writer.commit()

    def settle(self) -> None:
        """Let it merge what it wants to; not into one segment, which the Python package does not offer."""
        self._writer.wait_merging_threads()

    def open(self) -> None:
        """Ready to be asked."""
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
            phrase = tantivy.Query.phrase_query(self._schema, "grams", pairs(query["phrase"]))
            must.append((occur, phrase))
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

    def open(self) -> None:
        """Ready to be asked."""

    def build(self, texts: Iterable[Text]) -> None:
        self._connection.execute(
            "CREATE VIRTUAL TABLE t USING fts5(words, grams, time UNINDEXED, content='', tokenize='unicode61')"
        )
        self._connection.execute("CREATE TABLE times (rowid INTEGER PRIMARY KEY, time INTEGER)")
        self._connection.execute("CREATE INDEX by_time ON times (time)")
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
        self._connection.commit()

    def settle(self) -> None:
        """Merge into one segment."""
        with self._connection:
            self._connection.execute("INSERT INTO t (t) VALUES ('optimize')")

    def size(self) -> int:
        return self._path.stat().st_size

    def ask(self, query: Query) -> int:
        parts = [f'words:"{term}"' for term in query.get("all", ())]
        if "any" in query:
            parts.append("(" + " OR ".join(f'words:"{term}"' for term in query["any"]) + ")")
        if "phrase" in query:
            parts.append('grams:"' + " ".join(pairs(query["phrase"])) + '"')
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
        self._folder = folder / "whoosh"
        self._folder.mkdir(parents=True, exist_ok=True)

    def open(self) -> None:
        """Ready to be asked."""
        import whoosh.index

        self._searcher = whoosh.index.open_dir(str(self._folder)).searcher()

    def build(self, texts: Iterable[Text]) -> None:
        import whoosh.index
        from whoosh_document import document

        from searchkit.engines.whoosh.interop.schema import schema

        cutter = segmenter()
        writer = whoosh.index.create_in(str(self._folder), schema()).writer(limitmb=512)
        for seq, text in enumerate(texts, 1):
            article = Article(id=text.id, title=text.title, body=text.body, published=text.published)
            writer.add_document(**document(article, seq, SHANGHAI, cutter))
        writer.commit()

    def settle(self) -> None:
        """It has merged when it committed."""

    def size(self) -> int:
        return sum(path.stat().st_size for path in self._folder.iterdir())

    def ask(self, query: Query) -> int:
        from whoosh import query as q

        parts: list[Any] = [q.Term("words", term) for term in query.get("all", ())]
        if "any" in query:
            parts.append(q.Or([q.Term("words", term) for term in query["any"]]))
        if "phrase" in query:
            parts.append(q.Phrase("grams", pairs(query["phrase"])))
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


class Bm25s:
    """bm25s: scores of words as a sparse matrix in numpy. One word or any of several; no filters, counts or phrases."""

    name = "bm25s"

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "bm25s"

    def build(self, texts: Iterable[Text]) -> None:
        import bm25s

        cutter = segmenter()
        tokens = [
            [*words(fold(text.title), cutter) * scoring.TITLE_REPEATS, *words(fold(text.body), cutter)]
            for text in texts
        ]
        index = bm25s.BM25(k1=scoring.K1, b=scoring.B)
        index.index(tokens, show_progress=False)
        index.save(str(self._folder))

    def settle(self) -> None:
        """It has nothing to merge."""

    def open(self) -> None:
        """Ready to be asked."""
        import bm25s

        self._index = bm25s.BM25.load(str(self._folder))

    def size(self) -> int:
        return sum(path.stat().st_size for path in self._folder.iterdir())

    def ask(self, query: Query) -> None:
        """It does not say how many match. Raises NotImplementedError for a query that it does not know."""
        asked = query.get("any") or query.get("all", ())
        if set(query) - {"any", "all"} or ("all" in query and len(asked) > 1):
            raise NotImplementedError
        self._index.retrieve([list(asked)], k=10, show_progress=False)


ENGINES = {engine.name: engine for engine in (Ours, Tantivy, Fts5, StockWhoosh, Bm25s)}
