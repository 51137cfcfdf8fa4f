"""Citations of articles of an archive, one by one and in lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from searchkit.model.article import Article
from searchkit.presenters.citations import Style, cite
from searchkit.presenters.terminal_text import safe

if TYPE_CHECKING:
    from searchkit.archive import Archive

_BLOCKS = ("bibtex", "ris")
"""Styles with an empty line between entries."""


def citation(archive: Archive, article: Article, style: Style) -> str:
    """Return the citation of an article, dated in the archive's zone.

    The day of retrieval is the one on which the page was fetched, if the record says so, and otherwise the one on which
    the archive took the article in.
    """
    zone = archive.timezone
    accessed = None
    if article.url and not article.extra.get("fetched"):
        recorded = archive.recorded(article.id)
        accessed = recorded.astimezone(zone).date() if recorded else None
    if article.published is not None:
        article = replace(article, published=article.published.astimezone(zone))
    return cite(article, style, accessed=accessed)


def lines(archive: Archive, articles: Iterable[Article], style: Style) -> Iterator[tuple[str, bool]]:
    """Yield the lines of a list of citations, each with whether it begins an article's.

    CSL is one JSON array, as every program that reads it expects. Other styles have an entry for each article.
    """
    if style == "csl":
        before = "["
        for article in articles:
            yield before + citation(archive, article, style), True
            before = ","
        yield ("[]" if before == "[" else "]"), False
        return
    first = True
    for article in articles:
        if style in _BLOCKS and not first:
            yield "", False
        for number, line in enumerate(citation(archive, article, style).split("\n")):
            yield safe(line), not number
        first = False
