"""Queries side by side: two compared, several through time; and the searches that are saved, with their news."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from searchkit.errors import UsageError
from searchkit.servers.web import problems
from searchkit.servers.web.page import plots
from searchkit.servers.web.page.faults import fault_of
from searchkit.servers.web.page.links import Link, link
from searchkit.servers.web.page.rendering import page, trouble
from searchkit.servers.web.page.texts import LANGUAGE
from searchkit.servers.web.parameters import BY, CONDITIONS, Parameter
from searchkit.servers.web.routes import Answer, Asked, Route

_WORDS = 12
_MOST_QUERIES = 6
_MOST_COUNTED = 20
"""Saved searches whose news are counted in the list: each is asked for it."""
_MOST_NEWS = 100


def compare(asked: Asked) -> Answer:
    """Return two queries compared, or the form to ask for it."""
    given = asked.given
    a, b = given["a"].strip(), given["b"].strip()
    here = link("/compare", asked.pairs)
    told: dict[str, Any] = {"here": here, "a": a, "b": b, "on": given["on"] or ""}
    if not a or not b:
        return page(asked, "compare.html", found=None, fault=None, lines=(), **told)
    try:
        found = asked.archive.compare(a, b, limit=_WORDS, **asked.conditions)
        plotted = _plotted(asked, [a, b]) if a != b else {"lines": ()}
    except UsageError as error:
        return _refused(asked, error, "compare.html", found=None, lines=(), **told)
    return page(asked, "compare.html", found=found, fault=None, **plotted, **told)


def coverage(asked: Asked) -> Answer:
    """Return the share of all articles that several queries have through time."""
    queries = list(dict.fromkeys(each for each in (value.strip() for value in asked.given["q"]) if each))
    here = link("/coverage", asked.pairs)
    told: dict[str, Any] = {
        "here": here, "queries": queries, "on": asked.given["on"] or "", "share": asked.given["share"],
        "most": _MOST_QUERIES, "by": asked.given["by"] or "",
    }  # fmt: skip
    if not queries:
        return page(asked, "coverage.html", fault=None, lines=(), **told)
    try:
        if len(queries) > _MOST_QUERIES:
            raise UsageError("there are more queries than can be told apart in a drawing", hint="leave some out")
        plotted = _plotted(asked, queries, share=asked.given["share"], by=asked.given["by"])
    except UsageError as error:
        return _refused(asked, error, "coverage.html", lines=(), **told)
    return page(asked, "coverage.html", fault=None, **plotted, **told)


def _refused(asked: Asked, error: UsageError, template: str, **told: Any) -> Answer:
    problem = problems.problem_of(error, asked.pairs)
    if problem.status != 400:
        raise error
    return page(asked, template, 400, fault=fault_of(asked, error, problem, told["here"]), **told)


def _plotted(asked: Asked, queries: list[str], *, share: bool = False, by: Any = None) -> dict[str, Any]:
    """Return the lines of several queries through time, the labels below, and the numbers for a table."""
    named = {each: each for each in queries}
    found = asked.archive.timelines(named, by=by or "month", share=share, **asked.conditions)
    if not by and len(found.periods) <= 2:
        found = asked.archive.timelines(named, by="day", share=share, **asked.conditions)
    values = [found.values(each) for each in found.series]
    highest = max((value for each in values for value in each if value is not None), default=0) or 1
    lines = [
        plots.line(each.name, number, value, highest, each.total)
        for number, (each, value) in enumerate(zip(found.series, values, strict=True), 1)
    ]
    periods = found.periods
    return {
        "lines": lines,
        "ticks": plots.ticks([each.start for each in periods], [each.label for each in periods], of_lines=True),
        "highest": f"{highest:.1%}" if share else f"{highest:,.0f}",
        "rows": [
            (period, [(f"{value:.2%}" if share else f"{value:,}") if value is not None else "–" for value in row])
            for period, row in zip(periods, zip(*values, strict=True), strict=False)
        ],
        "shown_by": found.by,
        "gaps": found.gaps,
        "understood": [(each.name, each.parsed.aliases) for each in found.queries],
    }


def saved(asked: Asked) -> Answer:
    """Return the saved searches, each with the number of its news."""
    kept = asked.archive.saved
    listed = []
    for number, each in enumerate(kept.list()):
        news: int | None = None
        if number < _MOST_COUNTED:
            try:
                news = len(kept.new(each.name))
            except UsageError:
                news = None  # its page tells why
        listed.append((each, _again(each.query, each.conditions, each.sort), news))
    return page(asked, "saved.html", listed=listed, zone=asked.archive.timezone)


def news(asked: Asked) -> Answer:
    """Return the news of one saved search; they stay unseen."""
    kept = asked.archive.saved
    found = kept.new(asked.path["name"])
    parts = []
    for kind, ids in (("added", found.added), ("corrected", found.corrected), ("left", found.left)):
        articles = kept.articles(ids[:_MOST_NEWS])
        parts.append((kind, [articles[id] for id in ids[:_MOST_NEWS] if id in articles], len(ids)))
    again = _again(found.search.query, found.search.conditions, found.search.sort)
    here = link(f"/saved/{quote(asked.path['name'], safe='')}", asked.pairs)
    return page(
        asked, "news.html", found=found, parts=parts, deleted=len(found.deleted), again=again,
        zone=asked.archive.timezone, here=here,
    )  # fmt: skip


def _again(query: str, conditions: Any, sort: str | None) -> Link:
    pairs: list[tuple[str, str]] = [("q", query)]
    for name, value in conditions.items():
        values = value if isinstance(value, (tuple, list)) else [value]
        pairs += [(name, str(each).lower() if isinstance(each, bool) else str(each)) for each in values]
    return link("/", [*pairs, ("sort", sort or "newest")])


_QUERIES = Parameter("q", "text", "A query; may be repeated.", (), many=True)
_A, _B = (Parameter(name, "text", "A query.", "") for name in ("a", "b"))

ROUTES = (
    Route("/compare", compare, (_A, _B, *CONDITIONS, LANGUAGE), documented=False, on_problem=trouble),
    Route(
        "/coverage", coverage,
        (
            _QUERIES, *CONDITIONS, Parameter("by", "text", BY.help, None, BY.choices),
            Parameter("share", "boolean", "Shares of all articles.", True), LANGUAGE,
        ),
        documented=False, on_problem=trouble,
    ),
    Route("/saved", saved, (LANGUAGE,), cached=False, documented=False, on_problem=trouble),
    Route("/saved/{name:path}", news, (LANGUAGE,), cached=False, documented=False, on_problem=trouble),
)  # fmt: skip
