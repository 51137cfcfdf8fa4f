"""Tables of articles that are files of bytes: Excel workbooks, Arrow and Parquet."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, cast, get_args

from searchkit.cli.output import unwritten_is_told
from searchkit.cli.screen import is_terminal
from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.model.article import Article

if TYPE_CHECKING:
    from searchkit.archive import Archive
    from searchkit.presenters.documents import Table

Form = Literal["xlsx", "arrow", "parquet"]
FORMS: tuple[Form, ...] = get_args(Form)
_ENDINGS: Mapping[str, Form] = {".xlsx": "xlsx", ".arrow": "arrow", ".feather": "arrow", ".parquet": "parquet"}


def form_of(output: Path | None) -> Form | None:
    """Return the format that the name of a file asks for; None if it asks for none of these."""
    return _ENDINGS.get(output.suffix.lower()) if output else None


def require_file(output: Path | None, form: Form) -> None:
    """Raise UsageError where a file of bytes would go to a terminal."""
    if output is None and is_terminal(sys.stdout):
        raise UsageError(
            Message("a terminal cannot show what --{form} writes", form=form),
            hint=Message("searchkit export … --{form} -o articles.{form}", form=form),
        )


def write(
    output: Path | None,
    form: Form,
    articles: Iterable[Article],
    archive: Archive,
    about: Table,
    to_fill: Sequence[str] | None,
    cut: Callable[[str], object],
) -> tuple[int, int]:
    """Write articles to a file, or without one to standard output.

    Args:
        about: what the table is of, from `provenance`.
        to_fill: in a workbook to be coded by hand: the columns that stay empty. None for one of all columns.
        cut: called with the id of each article with a text that a cell has no room for.

    Returns:
        The numbers of articles and of sheets.
    """
    if form == "xlsx":
        from searchkit.presenters import coding, spreadsheets, tables

        # No text of a workbook's property is longer than 255 characters in Excel's dialogue.
        told = {
            "title": f"searchkit: {about['query'] or 'all articles'}"[:255],
            "comments": json.dumps(about, ensure_ascii=False),
        }
        with _opened(output) as file:
            return spreadsheets.write(
                file, articles, tables.ARTICLE_COLUMNS if to_fill is None else coding.COLUMNS, archive.timezone, cut,
                to_fill=to_fill or (), about=told,
            )  # fmt: skip
    from searchkit.frames import articles as columnar

    columns = columnar.schema(archive.tz, {"searchkit": json.dumps(about, ensure_ascii=False)})
    with _opened(output) as file:
        return columnar.write(file, articles, form, columns), 1


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    if output is None:
        yield cast(BinaryIO, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    from searchkit.system.outputs import replacing_bytes

    with unwritten_is_told(output, "--output"), replacing_bytes(output) as file:
        yield file


def provenance(
    archive: Archive, query: str, filters: Mapping[str, Any], sample: int | None, seed: int, *, asked: bool
) -> Table:
    """Return a searchkit.table/1, which says what a table is of; see SCHEMA.md.

    Args:
        asked: whether there is a query or a condition; otherwise the index is not needed, and may be outdated.
    """
    from searchkit import __version__
    from searchkit.search.recording import plain

    parsed = archive.understand(query, **filters) if asked else None
    span = parsed.span if parsed else None
    return {
        "schema": "searchkit.table/1",
        "query": query,
        "canonical": parsed.canonical if parsed else None,
        "options": plain(filters),
        "since": span.since.isoformat() if span and span.since else None,
        "until": span.until.isoformat() if span and span.until else None,
        "sample": None if sample is None else {"size": sample, "seed": seed},
        "timezone": archive.tz,
        "archive": str(archive.path),
        "versions": {"searchkit": __version__},
        "made": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "index_behind": archive.index_behind if asked else 0,
    }
