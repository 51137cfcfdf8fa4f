"""Articles as typed columns of Apache Arrow, in batches that bound the memory, and as files of Arrow and Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, get_args

from searchkit.errors import MissingExtra
from searchkit.frames.columns import ARTICLES, Column
from searchkit.model.article import Article
from searchkit.model.serialise import clean
from searchkit.system.sink import Sink

if TYPE_CHECKING:
    import pyarrow as pa

Form = Literal["arrow", "parquet"]
FORMS: tuple[Form, ...] = get_args(Form)

MOST_ROWS = 10_000
"""Articles of a batch, which is a row group of a Parquet file."""

MOST_CHARACTERS = 4_000_000
"""Characters of a batch after which it ends early; 12 MB of Chinese text."""


def arrow() -> Any:
    """Return the module `pyarrow`.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import pyarrow
    except ImportError as error:
        raise MissingExtra("a table of Arrow or Parquet", "arrow") from error
    return pyarrow


def schema(timezone: str, about: Mapping[str, str] | None = None) -> pa.Schema:
    """Return the columns of articles; see docs/adapters.md.

    Args:
        timezone: the zone in which times are shown; a name of the IANA database.
        about: metadata of the schema, and so of a file with it.
    """
    pa = arrow()
    text, moment = pa.string(), pa.timestamp("us", tz=timezone)
    listed = [("title", text), ("short_title", text), ("published", moment), ("published_text", text), ("url", text)]
    fields = [
        *(field(column, timezone) for column in ARTICLES),
        pa.field("related", pa.list_(pa.struct(listed)), nullable=False),
        pa.field("extra", pa.map_(text, text), nullable=False),
    ]
    return pa.schema(fields, metadata=dict(about) if about else None)


def field(column: Column, timezone: str) -> pa.Field:
    """Return a column as Arrow describes it. Categories are strings: a file of many batches has no list of them."""
    pa = arrow()
    types = {
        "text": pa.string(), "category": pa.string(), "texts": pa.list_(pa.string()), "day": pa.date32(),
        "moment": pa.timestamp("us", tz=timezone), "count": pa.int64(), "number": pa.float64(), "flag": pa.bool_(),
    }  # fmt: skip
    return pa.field(column.name, types[column.kind], nullable=not column.required)


def batches(articles: Iterable[Article], columns: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield articles as batches of at most MOST_ROWS, none of them empty.

    Args:
        columns: what `schema` returns.
    """
    pa = arrow()
    rows: list[dict[str, Any]] = []
    characters = 0
    for article in articles:
        rows.append(_row(article))
        characters += article.characters
        if len(rows) >= MOST_ROWS or characters >= MOST_CHARACTERS:
            yield pa.RecordBatch.from_pylist(rows, schema=columns)
            rows, characters = [], 0
    if rows:
        yield pa.RecordBatch.from_pylist(rows, schema=columns)


def _row(article: Article) -> dict[str, Any]:
    row = {column.name: column.of(article) for column in ARTICLES}
    row["related"] = [
        {
            "title": clean(each.title),
            "short_title": clean(each.short_title) or None,
            "published": each.published,
            "published_text": clean(each.published_text) or None,
            "url": clean(each.url) or None,
        }
        for each in article.related
    ]
    row["extra"] = [(clean(name), clean(value)) for name, value in article.extra.items()]
    return row


def write(file: BinaryIO, articles: Iterable[Article], form: Form, columns: pa.Schema) -> int:
    """Write articles as a file of Arrow (IPC, also called Feather) or Parquet, batch by batch.

    Args:
        file: an open file of bytes; it need not be seekable. If an error interrupts the writing, it gets no end that a
            reader would take for that of a whole file.
        columns: what `schema` returns.

    Returns:
        The number of articles.

    Raises:
        OSError: the file cannot be written.
    """
    pa = arrow()
    sink = Sink(file)
    target = pa.PythonFile(sink, mode="w")
    written = 0
    try:
        if form == "arrow":
            writer = pa.ipc.new_file(target, columns)  # uncompressed, so that readers can map it into memory
        else:
            from pyarrow.parquet import ParquetWriter

            writer = ParquetWriter(target, columns, compression="zstd")
        for batch in batches(articles, columns):
            writer.write_batch(batch)
            written += batch.num_rows
        writer.close()
    except BaseException:
        sink.abandon()
        raise
    return written
