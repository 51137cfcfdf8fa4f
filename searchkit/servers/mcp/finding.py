"""`search`, `similar` and `fetch`: pages of articles, and one article in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast
from zoneinfo import ZoneInfo

from searchkit.archive import Archive
from searchkit.errors import UsageError
from searchkit.model.article import Article, Precision
from searchkit.model.counts import counted
from searchkit.model.results import Hit, Results
from searchkit.model.serialise import content_hash, json_line, rfc3339
from searchkit.presenters.citations.of_archive import citation
from searchkit.servers.mcp.bounds import MOST
from searchkit.servers.mcp.forms import Answer, Document, Found, Result
from searchkit.servers.mcp.quoting import Quotation, one_line

MOST_TEXT = 20_000
"""Characters of an article's text in one answer of `fetch`."""

_TITLE = 200
_SHORT = 300
_URL = 1_000
_SNIPPETS = 3
_SUGGESTIONS = 5


def search(archive: Archive, given: Mapping[str, Any]) -> list[str]:
    """Return the texts of an answer of `search`: the results as JSON, and if there are none, the reason.

    Args:
        given: checked arguments.

    Raises:
        SearchkitError: as `Archive.search`.
    """
    asked = dict(given)
    limit = asked.pop("limit", 10)
    while True:
        found = archive.search(limit=limit, snippets=_SNIPPETS, snippet_width=160, **asked)
        written = json_line(_found(archive, found))
        if len(written) <= MOST or limit == 1:
            break
        limit = max(1, limit // 2)  # asked again, so that the cursor is that of the last result shown
    return [written] if found.hits else [written, _reason(found)]


def _found(archive: Archive, found: Results) -> Found:
    quotation = Quotation()
    results = [_result(each, archive.timezone, quotation) for each in found.hits]
    if results:
        results[-1]["text"] += "\n" + "\n".join(_rest(found))
    return {"results": results}


def _result(hit: Hit, zone: ZoneInfo, quotation: Quotation) -> Result:
    when = _when(hit.published, hit.precision, zone)
    lines = [_beside(when, hit.source or hit.site, hit.author), *(each.text for each in hit.snippets)]
    told = ["Near match: it does not fulfil the whole query."] if hit.near else []
    if hit.reprints:
        told.append(f"It stands for {counted(hit.reprints, 'reprint')} as well.")
    return {
        "id": hit.id,
        "title": one_line(hit.title, _TITLE),
        "url": _address(hit.url),
        "text": "\n".join([*told, quotation.introduced("\n".join(one_line(each, _SHORT) for each in lines if each))]),
    }


def _rest(found: Results) -> list[str]:
    """Return lines about an answer: how many match, how to get the next page, how the query was understood."""
    matching = sum(not each.near for each in found.hits)
    lines = [f"{matching:,} of {counted(found.total, 'matching article')} shown, by {found.sort}."]
    if found.next:
        lines.append(f"For the next page, search with the same arguments and after={json_line(found.next)}.")
    if found.index_behind:
        lines.append(f"{counted(found.index_behind, 'change')} of the archive cannot be found yet.")
    lines += [*_diagnosed(found), *_notes(found)]
    if found.parsed.aliases:
        names = "; ".join(f"{', '.join(each.also)} for {each.typed}" for each in found.parsed.aliases)
        lines.append(one_line(f"Looked for as well: {names}", _SHORT))
    return lines


def _reason(found: Results) -> str:
    """Return why there are no results, and what to ask instead."""
    if found.total:
        return f"There is nothing on this page; {counted(found.total, 'article')} match."
    if not found.archive_size:
        return "The archive is empty."
    return "\n".join(["Nothing matches.", *_diagnosed(found), *_notes(found)])


def _diagnosed(found: Results) -> list[str]:
    """Return lines about why nothing matches, and what to ask instead; or a likelier spelling."""
    told = found.diagnosis
    if told is None:
        return []
    lines = [f"{one_line(name, _SHORT)} alone: {counted(count, 'article')}." for name, count in told.conditions]
    for each in told.suggestions[:_SUGGESTIONS]:
        lines.append(f"Try the query {one_line(each.query, _SHORT)} ({counted(each.total, 'article')}: {each.why}).")
    return lines


def _notes(found: Results) -> list[str]:
    return [one_line(f"Note: {each}", _SHORT) for each in found.parsed.notes]


def similar(archive: Archive, given: Mapping[str, Any]) -> Answer:
    """Return the articles most similar to one of the archive or to a text; if there are none, with the reason.

    Args:
        given: checked arguments.

    Raises:
        UsageError: there is neither an id nor a text, or there are both.
        NoSuchArticle, AmbiguousId: the id is not one article's.
    """
    asked = dict(given)
    id, text = asked.pop("id", ""), asked.pop("text", "")
    if bool(id.strip()) == bool(text.strip()):
        raise UsageError("similar takes either an id or a text", hint="id: of a result of search")
    found = archive.similar(archive.resolve(id) if id.strip() else text, snippet_width=160, **asked)
    hits = list(found.hits)
    while True:
        quotation = Quotation()
        made: Found = {"results": [_result(each, archive.timezone, quotation) for each in hits]}
        if hits:
            made["results"][-1]["text"] += f"\n{counted(len(hits), 'article')} shown, the most similar first."
        written = json_line(made)
        if len(written) <= MOST or len(hits) < 2:
            break
        del hits[len(hits) // 2 :]
    texts = [written]
    if not hits:
        few = "It has no words that other articles have as well; give a longer text."
        texts.append("Nothing is similar under these conditions." if found.words else few)
    return Answer(texts, cast("dict[str, Any]", made))


def fetch(archive: Archive, given: Mapping[str, Any]) -> list[str]:
    """Return the text of an answer of `fetch`: an article as JSON, its text from `offset` on.

    Args:
        given: checked arguments.

    Raises:
        NoSuchArticle, AmbiguousId: the id is not one article's.
    """
    id = archive.resolve(given["id"])
    article = archive[id]
    start = min(given.get("offset", 0), len(article.body))
    end = min(start + MOST_TEXT, len(article.body))
    zone = archive.timezone
    when = _when(article.published, article.precision, zone)
    head = [article.title, _beside(when, article.source or article.site, article.author)]
    quoted = "\n".join(one_line(each, _SHORT) for each in head if each) + "\n\n" + article.body[start:end]
    told = ""
    if start or end < len(article.body):
        told = f"\nCharacters {start:,} to {end:,} of {len(article.body):,}."
    if end < len(article.body):
        told += f" For more, fetch the same id with offset={end}."
    made: Document = {
        "id": id,
        "title": one_line(article.title, _TITLE),
        "text": Quotation().introduced(quoted.rstrip()) + told,
        "url": _address(article.url),
        "metadata": {
            "published": when,
            "source": one_line(article.source, _SHORT),
            "author": one_line(article.author, _SHORT),
            "section": one_line(article.section, _SHORT),
            "site": one_line(article.site, _SHORT),
            "kind": article.kind,
            "keywords": [one_line(each, 50) for each in article.keywords[:20]],
            "citation": one_line(_citation(archive, article), 2 * _SHORT),
            "sha256": content_hash(article),
            "characters": len(article.body),
            "next_offset": end if end < len(article.body) else None,
        },
    }
    return [json_line(made)]


def _citation(archive: Archive, article: Article) -> str:
    """Return the citation that the command line gives; an address that is no link is left out of it too."""
    if article.kind != "article":
        return ""
    return citation(archive, replace(article, url=_address(article.url)), "gbt7714")


def _when(published: Any, precision: Precision, zone: ZoneInfo) -> str:
    if published is None:
        return ""
    local = published.astimezone(zone)
    return str(local.date().isoformat() if precision == "day" else rfc3339(local))


def _beside(*parts: str) -> str:
    return " · ".join(each for each in parts if each)


def _address(url: str) -> str:
    """Return an address that may be shown as a link; empty for any other."""
    fits = url.startswith(("http://", "https://")) and len(url) <= _URL and url.isprintable() and " " not in url
    return url if fits else ""
