"""Saved searches and their news as lines: for a terminal, and tab-separated for a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo

from searchkit.language.messages import Message, gettext, translated
from searchkit.model.article import Article
from searchkit.model.counts import counted
from searchkit.model.saved import News, SavedSearch
from searchkit.model.serialise import rfc3339
from searchkit.presenters.style import Style
from searchkit.presenters.tables import tab_separated
from searchkit.presenters.terminal import clauses
from searchkit.presenters.terminal_text import safe
from searchkit.presenters.width import padded, shortened

KINDS = (("new", "added"), ("corrected", "corrected"), ("left", "left"), ("deleted", "deleted"))
"""The kinds of news as they are printed, and the attribute of `News` that has their ids."""
_LABELS = {
    "new": Message("new"), "corrected": Message("corrected"), "left": Message("left"), "deleted": Message("deleted"),
}  # fmt: skip
_NUMBERS = {
    "new": Message("{number:,} new"), "corrected": Message("{number:,} corrected"), "left": Message("{number:,} left"),
    "deleted": Message("{number:,} deleted"),
}  # fmt: skip


def question(search: SavedSearch) -> str:
    """Write what a search asks, its conditions as options."""
    words = [search.query] if search.query else []
    for name, value in search.conditions.items():
        if name == "mode":
            words.append(f"--{value}")
        elif name == "aliases":
            words.append("--aliases" if value else "--no-aliases")
        else:
            words += [f"--{name} {each}" for each in ([value] if isinstance(value, str) else value)]
    if search.sort:
        words.append(f"--sort {search.sort}")
    return " ".join(words)


def search_line(search: SavedSearch, zone: tzinfo) -> str:
    """Write one tab-separated line: name, time of the last look, question."""
    looked = search.looked.astimezone(zone).isoformat(timespec="seconds")
    return tab_separated([search.name, looked, question(search)])


def searches(found: Sequence[SavedSearch], zone: tzinfo, style: Style) -> Iterator[str]:
    """Yield saved searches for a terminal."""
    for each in found:
        yield f"{style.bold(safe(each.name))}  {safe(question(each)) or style.dim(gettext('everything'))}"
        looked = f"{each.looked.astimezone(zone):%Y-%m-%d %H:%M}"
        yield style.dim("  " + gettext("looked at {time}", time=looked))


def news_lines(found: News, articles: Mapping[str, Article], zone: tzinfo) -> Iterator[str]:
    """Yield tab-separated lines: name, kind, id, time, source or otherwise site, title.

    Of a deleted article only the id is left; the other columns are empty.
    """
    for kind, attribute in KINDS:
        for id in getattr(found, attribute):
            article = articles.get(id)
            shown = ["", "", ""]
            if article is not None:
                when = rfc3339(article.published.astimezone(zone)) if article.published else ""
                shown = [when, article.source or article.site, article.title]
            yield tab_separated([found.search.name, kind, id, *shown])


def news(found: News, articles: Mapping[str, Article], zone: tzinfo, style: Style) -> Iterator[str]:
    """Yield news for a terminal: the search with its numbers, then an article on each line."""
    numbers = [gettext(_NUMBERS[kind], number=len(ids)) for kind, name in KINDS if (ids := getattr(found, name))]
    told = clauses(numbers) or gettext("nothing new")
    total = gettext("of {articles}", articles=counted(found.total, "article"))
    yield f"{style.bold(safe(found.search.name))}  {told}  {style.dim(total)}"
    for kind, attribute in KINDS:
        for id in getattr(found, attribute):
            article = articles.get(id)
            label = f"  {padded(translated(_LABELS[kind]), 9)}  "
            if article is None:
                yield f"{label}{style.dim(safe(id))}"
                continue
            when = (
                f"{article.published.astimezone(zone):%Y-%m-%d}"
                if article.published
                else padded(gettext("no date"), 10)
            )
            source = safe(article.source or article.site)
            title = safe(article.title)
            line = f"{label}{when}  {title}" + (f"  {source}" if source else "")
            yield shortened(line, style.columns)
            yield style.dim(f"             {safe(id)}")
