"""Articles as a table to be coded by hand in a spreadsheet: what they say, and empty columns to fill in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import tzinfo

from searchkit.model.article import Article
from searchkit.presenters.tables import cell, csv_lines

COLUMNS = ("id", "published", "source", "site", "author", "title", "url", "body")
"""The columns that an article fills."""

MOST_CHARACTERS = 32_767
"""UTF-16 code units of a cell in Excel, which spreads longer ones over the cells below."""

_MARK = "\ufeff"
"""Without this byte order mark Excel reads a file as if it had the encoding of the system."""


def table(
    articles: Iterable[Article], to_fill: Sequence[str], zone: tzinfo, cut: Callable[[str], object]
) -> Iterator[str]:
    """Yield CSV for Excel row by row, the header first, with empty columns named `to_fill` behind the id.

    Args:
        zone: that of the times, which are written as Excel reads them: 2025-03-04 08:30:00.
        cut: called with the id of each article with a text that is longer than a cell.
    """
    header = [COLUMNS[0], *map(cell, to_fill), *COLUMNS[1:]]

    def rows() -> Iterator[list[object]]:
        for article in articles:
            shown = [fitting(value) for value in _values(article, zone)]
            if any(value is not whole for value, whole in shown):
                cut(article.id)
            first, *others = (value for value, _ in shown)
            yield [first, *[""] * len(to_fill), *others]

    lines = csv_lines(header, rows())
    yield _MARK + next(lines)
    yield from lines


def _values(article: Article, zone: tzinfo) -> list[str]:
    when = article.published.astimezone(zone) if article.published else None
    form = "%Y-%m-%d" if article.precision == "day" else "%Y-%m-%d %H:%M:%S"
    published = when.strftime(form) if when else article.published_text
    return [
        article.id, published, article.source, article.site, article.author, article.title, article.url, article.body,
    ]  # fmt: skip


def fitting(text: str) -> tuple[str, str]:
    """Return a value as it fits into a cell, and as it is: the same object if it fits."""
    room = MOST_CHARACTERS - 2  # for the apostrophe before a formula, and the sign of a cut
    if len(text) * 2 <= room or units(text) <= room:
        return text, text
    kept, used = 0, 0
    for char in text:
        used += 1 + (char > "\uffff")
        if used > room:
            break
        kept += 1
    return f"{text[:kept]}…", text


def units(text: str) -> int:
    """Return the length of a text as Excel counts it, in UTF-16 code units."""
    return len(text) + sum(char > "\uffff" for char in text)
