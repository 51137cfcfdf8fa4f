"""The examples of the start page: queries in the words of the archive, each of which finds something in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from searchkit.errors import QueryError
from searchkit.language.messages import Message

if TYPE_CHECKING:
    from searchkit.archive import Archive

_WORDS_AT_HAND = ("经济", "合作")
"""For the examples of an archive whose articles have no keywords."""


def examples(archive: Archive, words: Sequence[str], sources: Sequence[str]) -> Iterator[tuple[str, Message]]:
    """Yield queries in the words of this archive, each with what it shows: only such as find something in it."""
    known = dict.fromkeys((*words, *_WORDS_AT_HAND))
    one, *others = [each for each in known if _finds(archive, each)] or [""]
    if not one:
        return
    two = next((each for each in others if _finds(archive, f"{one} {each}")), "")
    other = two or next(iter(others), "")
    queries = [
        (f"{one} {two}", Message("both words"), two),
        (f'"{one}"', Message("exactly these characters"), one),
        (f"{one} OR {other}", Message("either"), other),
        (f"{one} -{other}", Message("without a word"), other),
        (f"title:{one}", Message("in the title"), one),
    ]
    if sources and sources[0].strip() and not set(sources[0]) & set('"\\'):
        queries.append((f'{one} source:"{sources[0]}"', Message("from one source"), one))
    yield from ((query, told) for query, told, needed in queries if needed and _finds(archive, query))
    newest = archive.search(one, sort="newest", limit=1, snippets=0).hits
    month = f"{newest[0].published:%Y-%m}" if newest and newest[0].published else ""
    recent = next((each for each in ("近30天", month) if each and _finds(archive, f"{one} date:{each}")), "")
    if recent:
        yield f"{one} date:{recent}", Message("of these days")


def _finds(archive: Archive, query: str) -> bool:
    try:
        return archive.count(query) > 0
    except QueryError:  # a keyword may have signs of the query language
        return False
