"""Other engines with the analysis that their users give them for Chinese, for `relevance.py --peers`.

All rank by their own BM25 with its default parameters, and are asked for any of the terms of a query: for all of them
together most headlines find nothing. Title and body are two fields (in bm25s one text); where titles are not indexed,
only the body is asked. Needs the packages of the extra `bench`, and jieba.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

Text = tuple[str, str, str]
"""Id, title and body."""


class Peer(Protocol):
    """An engine over all texts."""

    name: str

    def ask(self, query: str, *, titles: bool) -> list[str]:
        """Return the ids of the ten best."""
        ...


def tokens(text: str) -> list[str]:
    """Return the words of jieba's search mode in small letters, without punctuation and blanks."""
    import jieba

    return [word.lower() for word in jieba.cut_for_search(text) if any(char.isalnum() for char in word)]


class Whoosh:
    """Whoosh with jieba's ChineseAnalyzer; the query parser with an OrGroup over title and body."""

    name = "Whoosh, ChineseAnalyzer"

    def __init__(self, texts: Sequence[Text], folder: Path) -> None:
        from jieba.analyse import ChineseAnalyzer
        from whoosh import fields, index

        path = folder / "whoosh-peer"
        if not index.exists_in(str(path)):
            path.mkdir(parents=True, exist_ok=True)
            analyzer = ChineseAnalyzer()
            text = fields.TEXT(analyzer=analyzer, phrase=False)
            schema = fields.Schema(id=fields.ID(stored=True), title=text, body=text)
            writer = index.create_in(str(path), schema).writer(limitmb=512)
            for id, title, body in texts:
                writer.add_document(id=id, title=title, body=body)
            writer.commit()
        self._index = index.open_dir(str(path))
        self._searcher = self._index.searcher()

    def ask(self, query: str, *, titles: bool) -> list[str]:
        from whoosh.qparser import MultifieldParser, OrGroup

        words = " ".join(tokens(query))  # so that no sign of the query is an operator
        parser = MultifieldParser(["title", "body"] if titles else ["body"], self._index.schema, group=OrGroup)
        return [hit["id"] for hit in self._searcher.search(parser.parse(words), limit=10)]


class Fts5:
    """SQLite FTS5 with its trigram tokenizer: any of the query's trigrams, by bm25().

    Words of one or two characters have no trigram; a query of nothing else is asked with LIKE for all of them.
    """

    name = "FTS5 trigram"

    def __init__(self, texts: Sequence[Text], folder: Path) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, title, body, tokenize='trigram')")
        self._connection.executemany("INSERT INTO t VALUES (?, ?, ?)", texts)

    def ask(self, query: str, *, titles: bool) -> list[str]:
        runs = re.findall(r"\w+", query)
        grams = dict.fromkeys(run[at : at + 3] for run in runs for at in range(len(run) - 2))
        if grams:
            match = " OR ".join(f'"{gram}"' for gram in grams)
            asked = match if titles else f"{{body}} : ({match})"
            rows = self._connection.execute("SELECT id FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT 10", [asked])
        else:
            where = " AND ".join(["(title LIKE ? OR body LIKE ?)" if titles else "body LIKE ?"] * len(runs))
            values = [f"%{run}%" for run in runs for _ in range(2 if titles else 1)]
            rows = self._connection.execute(f"SELECT id FROM t WHERE {where or '0'} LIMIT 10", values)
        return [id for (id,) in rows]


class Tantivy:
    """tantivy with jieba's words joined by spaces, in two fields."""

    name = "tantivy, jieba"

    def __init__(self, texts: Sequence[Text], folder: Path) -> None:
        import tantivy

        self._tantivy = tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        for name in ("title", "body"):
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        self._schema = builder.build()
        index = tantivy.Index(self._schema)
        writer = index.writer(256_000_000, 1)
        for id, title, body in texts:
            document = tantivy.Document()
            document.add_text("id", id)
            document.add_text("title", " ".join(tokens(title)))
            document.add_text("body", " ".join(tokens(body)))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def ask(self, query: str, *, titles: bool) -> list[str]:
        query_of, should = self._tantivy.Query, self._tantivy.Occur.Should
        parts = [
            (should, query_of.term_query(self._schema, field, word))
            for word in dict.fromkeys(tokens(query))
            for field in (("title", "body") if titles else ("body",))
        ]
        found = self._searcher.search(query_of.boolean_query(parts), 10)
        return [self._searcher.doc(address)["id"][0] for _, address in found.hits]


class Bm25s:
    """bm25s over jieba's words, title and body in one."""

    name = "bm25s, jieba"

    def __init__(self, texts: Sequence[Text], folder: Path) -> None:
        self._ids = [id for id, _, _ in texts]
        self._of: dict[bool, Any] = {}
        bodies = [tokens(body) for _, _, body in texts]
        self._of[False] = self._made(bodies)
        self._of[True] = self._made(tokens(text[1]) + body for text, body in zip(texts, bodies, strict=True))

    def _made(self, texts: Iterator[list[str]] | list[list[str]]) -> Any:
        import bm25s

        index = bm25s.BM25()
        index.index(list(texts), show_progress=False)
        return index

    def ask(self, query: str, *, titles: bool) -> list[str]:
        index = self._of[titles]
        words = [word for word in tokens(query) if word in index.vocab_dict]
        if not words:
            return []
        found, _ = index.retrieve([words], k=10, show_progress=False)
        return [self._ids[number] for number in found[0].tolist()]


PEERS: tuple[Any, ...] = (Whoosh, Fts5, Tantivy, Bm25s)
