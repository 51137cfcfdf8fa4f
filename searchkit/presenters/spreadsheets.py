"""Articles as an Excel workbook: every text as text, times as times of Excel, a first row that stays in view."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from searchkit.errors import MissingExtra, UsageError
from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.presenters.coding import fitting
from searchkit.presenters.terminal_text import safe_lines
from searchkit.system.sink import Sink

MOST_ROWS = 1_048_576
"""Rows of a sheet of Excel, its first row included."""

MOST_COLUMNS = 16_384
"""Columns of a sheet of Excel."""

_WIDTHS = {
    "id": 18, "published": 19, "published_text": 19, "title": 50, "url": 30, "body": 80, "source": 16, "site": 16,
    "author": 16, "keywords": 24,
}  # fmt: skip
"""Columns are so many characters wide, others 14."""

_ENCODED = re.compile("_(?=x[0-9a-fA-F]{4}_)")

_FIRST_YEAR = 1901
"""Excel counts days from 1900 on, with a 29 February that never was. An earlier time is written as text."""


def write(
    file: BinaryIO,
    articles: Iterable[Article],
    columns: Sequence[str],
    zone: tzinfo,
    cut: Callable[[str], object],
    *,
    to_fill: Sequence[str] = (),
    about: Mapping[str, str] | None = None,
    most_rows: int = MOST_ROWS,
) -> tuple[int, int]:
    """Write articles as a workbook (.xlsx), one row each.

    The rows go through temporary files, so memory does not grow with their number. What does not fit on a sheet goes
    on to another.

    Args:
        file: an open file of bytes; it need not be seekable.
        columns: the names of the columns that articles fill: attributes of `Article`.
        zone: that of the times.
        cut: called with the id of each article with a text that is longer than a cell. The text ends with `…`.
        to_fill: columns that stay empty, behind the first.
        about: properties of the workbook: `title`, `comments`.
        most_rows: rows of a sheet, at least 2.

    Returns:
        The numbers of articles and of sheets.

    Raises:
        MissingExtra: the package of [xlsx] is not installed.
        UsageError: there are more columns than a sheet has.
        OSError: a file cannot be written.
    """
    try:
        from xlsxwriter import Workbook
        from xlsxwriter.exceptions import FileCreateError
    except ImportError as error:
        raise MissingExtra("writing Excel workbooks", "xlsx") from error
    header = [columns[0], *to_fill, *columns[1:]]
    if len(header) > MOST_COLUMNS:
        raise UsageError(
            Message(
                "a sheet of Excel has {most_columns:,} columns at most, not {count:,}",
                most_columns=MOST_COLUMNS,
                count=len(header),
            ),
            hint="name fewer",
        )
    written = 0
    sink = Sink(file)
    with TemporaryDirectory(prefix="searchkit-") as folder:
        book = Workbook(sink, {"constant_memory": True, "tmpdir": folder})
        try:
            book.use_zip64()
            book.set_properties(dict(about or {}))
            sheets = _Sheets(book, header, most_rows)
            for article in articles:
                values = [_value(article, name, zone, columns) for name in columns]
                shown = [fitting(_plain(each)) if isinstance(each, str) else (each, each) for each in values]
                if any(value is not whole for value, whole in shown):
                    cut(article.id)
                first, *others = (value for value, _ in shown)
                sheets.add([first, *[""] * len(to_fill), *others], article.precision == "day")
                written += 1
            book.close()
        except FileCreateError as error:  # the OSError by another name
            sink.abandon()
            raise (error.args[0] if error.args and isinstance(error.args[0], OSError) else error) from None
        except BaseException:
            sink.abandon()
            raise
        finally:
            for sheet in book.worksheets():  # Windows removes no open file
                sheet._opt_close()
    return written, sheets.number


class _Sheets:
    """The sheets of a workbook, filled one after the other."""

    def __init__(self, book: Any, header: Sequence[str], most_rows: int) -> None:
        self._book = book
        self._header = header
        self._most_rows = most_rows
        self._bold = book.add_format({"bold": True})
        self._time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.number = 0
        self._begin()

    def _begin(self) -> None:
        self.number += 1
        self._sheet = self._book.add_worksheet("articles" if self.number == 1 else f"articles {self.number}")
        self._sheet._escape_control_characters = _literal
        self._row = 1
        for at, name in enumerate(self._header):
            self._sheet.set_column(at, at, _WIDTHS.get(name, 14))
        for at, name in enumerate(self._header):
            self._sheet.write_string(0, at, fitting(_plain(name))[0], self._bold)
        self._sheet.freeze_panes(1, 1)
        # An id of digits stays text, and Excel need not warn of each.
        self._sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})

    def add(self, values: Iterable[str | datetime], is_day: bool) -> None:
        """Write a row."""
        if self._row == self._most_rows:
            self._begin()
        for at, value in enumerate(values):
            if isinstance(value, datetime):
                self._sheet.write_datetime(self._row, at, value, self._day if is_day else self._time)
            elif value:
                self._sheet.write_string(self._row, at, value)
        self._row += 1


def _value(article: Article, name: str, zone: tzinfo, columns: Sequence[str]) -> str | datetime:
    if name != "published":
        value = getattr(article, name)
        return "、".join(value) if isinstance(value, tuple) else str(value)
    if article.published is None:
        return "" if "published_text" in columns else article.published_text
    when = article.published.astimezone(zone).replace(tzinfo=None)
    if when.year < _FIRST_YEAR:
        return when.date().isoformat() if article.precision == "day" else when.isoformat(" ", "seconds")
    return when


def _plain(text: str) -> str:
    """Return a text without control characters, and never as XlsxWriter takes it for XML to be written as it is."""
    plain = safe_lines(text)
    return f" {plain}" if plain.startswith("<r>") and plain.endswith("</r>") else plain


def _literal(text: str) -> str:
    """Return a text that Excel shows as it stands: it takes _x0041_ for an A, unless its first sign is _x005F_ itself.

    XlsxWriter's own function overlooks what begins with the last sign of another: _x005F_x0041_.
    """
    return _ENCODED.sub("_x005F_", text)
