"""The tools that count: their answers are documents of `presenters/SCHEMA.md`, bounded and quoted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from searchkit.archive import Archive
from searchkit.model.counts import counted
from searchkit.model.serialise import json_line
from searchkit.presenters import json_form
from searchkit.servers.mcp.bounds import Rows, bounded
from searchkit.servers.mcp.forms import Answer
from searchkit.servers.mcp.quoting import Quotation, one_line

_NAME = 60
_FEWEST_WORDS = 3
ALL = "all articles"
"""The name of the series of an empty query."""


def _quoted(
    document: Mapping[str, Any], hint: str | Callable[[dict[str, Any]], str], rows: Sequence[Rows] = ()
) -> Answer:
    """Return an answer with values from articles: its text is a quotation."""
    made = bounded(dict(document), hint if callable(hint) else lambda _: hint, rows=rows)
    return Answer([Quotation().introduced(json_line(made))], made)


def timeline(archive: Archive, given: Mapping[str, Any]) -> Answer:
    """Return the matches by time. Nothing of it is from an article, so it is not a quotation."""
    found = archive.timeline(**{"query": "", **given})
    rows = Rows("buckets", lambda made: [made["buckets"]])
    whole = cast("dict[str, Any]", json_form.timeline(found))
    made = bounded(whole, lambda made: _later(made["buckets"]), rows=[rows])
    return Answer([json_line(made)], made)


def timelines(archive: Archive, given: Mapping[str, Any]) -> Answer:
    """Return several queries through time, with their shares of all articles."""
    asked = dict(given)
    named: dict[str, str] = {}
    for query in asked.pop("queries"):
        named[_name(query, named)] = query
    found = archive.timelines(named, share=True, **asked)
    rows = Rows("periods", lambda made: [made["periods"], *_numbers(made)])
    return _quoted(json_form.timelines(found), lambda made: _later(made["periods"]), [rows])


def _name(query: str, others: Mapping[str, str]) -> str:
    name = one_line(query, _NAME) or ALL
    return name if name not in others else f"{name} ({len(others) + 1})"


def _numbers(made: Mapping[str, Any]) -> list[list[Any]]:
    """Return the lists of a `searchkit.timelines/1` that have a number for each period."""
    names = ("counts", "all", "shares", "averages")
    return [series[name] for series in made["series"] for name in names if series[name] is not None]


def _later(periods: Sequence[Mapping[str, Any]]) -> str:
    """Return how to ask for the periods behind those that are left of a timeline."""
    last = f" with since= the day after {periods[-1]['end']}, or" if periods else ""
    return f"ask{last} with a longer period in `by`"


def facets(archive: Archive, given: Mapping[str, Any]) -> Answer:
    """Return the matches by the values of fields."""
    found = archive.facets(**{"query": "", "fields": ("source",), **given})
    return _quoted(json_form.facets(found), "ask for fewer fields, or narrow the query")


def sources(archive: Archive, given: Mapping[str, Any]) -> Answer:
    """Return the values of one field."""
    asked = dict(given)
    fields = (asked.pop("field", "source"),)
    found = archive.facets(**{"query": "", "limit": 50, **asked}, fields=fields)
    return _quoted(json_form.facets(found), "narrow it with a query as source:新华*")


def terms(archive: Archive, given: Mapping[str, Any]) -> Answer:
    """Return the words typical of the matches, or with `by` those of each period."""
    if "by" in given:
        return _terms_by(archive, given)
    found = archive.terms(**given)
    answer = _quoted(json_form.terms(found), "ask with a smaller limit")
    if not found.terms:
        few = "These are too few articles to have typical words."
        alone = "There is no rest to compare these articles with."
        answer.texts.append("Nothing matches." if not found.total else few if found.rest else alone)
    return answer


def _terms_by(archive: Archive, given: Mapping[str, Any]) -> Answer:
    found = archive.terms(**{"limit": 8, **given})
    words = Rows("words of each period", lambda made: [each["terms"] for each in made["periods"]], _FEWEST_WORDS)
    periods = Rows("periods", lambda made: [made["periods"]])
    hint = "ask with a longer period in `by` or a smaller limit, or narrow the query"
    return _quoted(json_form.terms_by(found), hint, [words, periods])


def trends(archive: Archive, given: Mapping[str, Any]) -> Answer:
    """Return the words that rise; if there are none, with the reason."""
    found = archive.trends(**{"query": "", **given})
    answer = _quoted(json_form.trends(found), "ask with a smaller limit")
    if not found.trends:
        answer.texts.append(
            f"No word is surely more frequent in these days; {counted(found.articles, 'article')} of theirs were "
            f"compared with {found.before:,} before."
        )
    return answer


def compare(archive: Archive, given: Mapping[str, Any]) -> Answer:
    """Return two queries compared."""
    return _quoted(json_form.comparison(archive.compare(**given)), "ask with a smaller limit")
