"""The start of the page, and the answers to a query: hits, and beside them the counts by time and by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from searchkit.errors import UsageError
from searchkit.presenters.citations import STYLES
from searchkit.servers.web import problems
from searchkit.servers.web.page import plots
from searchkit.servers.web.page.examples import examples
from searchkit.servers.web.page.faults import fault_of
from searchkit.servers.web.page.links import DAYS, QUESTION, Link, link
from searchkit.servers.web.page.rendering import page, trouble
from searchkit.servers.web.page.texts import LANGUAGE
from searchkit.servers.web.parameters import BY, CONDITIONS, QUERY, Parameter
from searchkit.servers.web.routes import Answer, Asked, Route

if TYPE_CHECKING:
    from searchkit.archive import Archive
    from searchkit.model.aggregations import Bucket, By, Facets, Timeline
    from searchkit.model.results import Results, Suggestion

HITS = 20
FACETS = ("source", "section", "author")
_VALUES = 8
"""Values of a facet that are shown."""
_FEW, _MANY = 3, 120
"""Months of a timeline: with fewer it is drawn by day. No more than `_MANY` periods are drawn."""
_ENOUGH = 0.95
"""The share of the articles that have to be in the periods that are drawn; otherwise the periods are longer."""
_MOST_BARS = 400
"""Bars that are drawn, also of days that were asked for."""
_LATEST = 6
_FILTERS = ("source", "author", "editor", "site", "section", "kind")

PARAMETERS = (
    QUERY,
    *CONDITIONS,
    Parameter("sort", "text", "The order.", None, ("relevance", "newest", "oldest")),
    Parameter("group", "boolean", "One hit for an article and its reprints.", False),
    Parameter("after", "text", "The cursor of the next page."),
    Parameter("by", "text", BY.help, None, BY.choices),
    LANGUAGE,
)


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition that is in force, and the link to the same without it; None if it stands in the query itself.

    Attributes:
        name: its name: that of a field, `days`, or of another parameter.
        value: as it was given.
        since, until: of days, as they were resolved.
    """

    name: str
    value: str
    remove: Link | None
    since: Any = None
    until: Any = None


def search(asked: Asked) -> Answer:
    """Return the start page, or the answer to a query."""
    given, archive = asked.given, asked.archive
    here = link("/", asked.pairs)
    if not any(name in QUESTION for name, _ in here.pairs):
        return _start(asked, here)
    try:
        found = archive.search(
            given["q"], sort=given["sort"], limit=HITS, after=given["after"] or None, group=given["group"],
            **asked.conditions,
        )  # fmt: skip
        timeline = timeline_of(archive, given["q"], asked.conditions, given["by"])
        facets = archive.facets(given["q"], fields=(*FACETS, "kind"), limit=_VALUES, **asked.conditions)
    except UsageError as error:
        problem = problems.problem_of(error, asked.pairs)
        if problem.status != 400:
            raise
        return page(
            asked, "search.html", problem.status, here=here, fault=fault_of(asked, error, problem, here),
            chips=list(_chips(here)), **_form(here),
        )  # fmt: skip
    headlines = dict(facets["kind"].values).get("headline", 0)
    return page(
        asked, "search.html", here=here, fault=None, found=found, hits=found.hits, headlines=headlines,
        parents={each.parent: archive.get(each.parent) for each in found.hits if each.parent},
        chips=list(_chips(here, found)), drawn=drawn(timeline, here), facets=list(_facets(facets, here)),
        exports=list(exports(here)), diagnosis=found.diagnosis, suggested=lambda each: _suggested(each, here),
        **_form(here),
    )  # fmt: skip


def _start(asked: Asked, here: Link) -> Answer:
    archive = asked.archive
    newest = archive.search(sort="newest", limit=_LATEST, kind="article", snippets=1)
    facets = archive.facets(fields=("keyword", "source"), limit=_VALUES)
    timeline = timeline_of(archive, "", {}, None)
    headlines = archive.count(kind="headline")
    words = [value for value, _ in facets["keyword"].values if value.strip() and '"' not in value]
    sources = [value for value, _ in facets["source"].values]
    return page(
        asked, "start.html", here=here, found=newest, size=len(archive), headlines=headlines, sources=facets["source"],
        drawn=drawn(timeline, here), examples=list(examples(archive, words, sources)), **_form(here),
    )  # fmt: skip


def _form(here: Link) -> dict[str, Any]:
    """Return what the fields of the search form hold, and the parameters that it carries on unseen."""
    shown = ("q", "on", "sort", "group")
    articles = ("kind", "article")  # a box to tick; any other kind is carried on
    hidden = [pair for pair in here.pairs if pair[0] not in (*shown, "after", "by") and pair != articles]
    value = {name: next(iter(here.values(name)), "") for name in shown}
    value["kind"] = "article" if articles in here.pairs else ""
    return {"hidden": hidden, "value": value}


# -- what is told beside the hits


def _chips(here: Link, found: Results | None = None) -> Iterator[Chip]:
    span = found.span if found is not None else None
    given = [pair for pair in here.pairs if pair[0] in DAYS]
    if span is not None or given:
        typed = span.given if span and span.given else " – ".join(value for _, value in given)
        yield Chip(
            "days", typed, here.without(*DAYS, "after", "by") if given else None,
            span.since if span else None, span.until if span else None,
        )  # fmt: skip
    for name, value in here.pairs:
        if name in _FILTERS or (name in ("mode", "aliases")):
            yield Chip(name, value, here.dropping(name, value).without("after"))


def _suggested(each: Suggestion, here: Link) -> Link:
    """Return the link to a suggested query, shown as this one is."""
    found = here.without(*QUESTION, "after", "by").having("q", each.typed)
    for name, values in each.conditions.items():
        for value in values:
            found = found.adding(name, value)
    return found


def timeline_of(archive: Archive, query: str, conditions: Mapping[str, Any], by: By | None) -> Timeline:
    """Return a timeline by periods of which there are neither few nor many, unless `by` says which.

    A wrong date in a record may lie centuries away from all others: `drawn` leaves it out and counts it.
    """
    if by:
        return archive.timeline(query, by=by, **conditions)
    found = archive.timeline(query, by="month", **conditions)
    if 0 < len(found.buckets) <= _FEW:
        return archive.timeline(query, by="day", **conditions)
    for longer in ("quarter", "year"):
        if _count(plots.window(found.buckets, _MANY)) >= _ENOUGH * _count(found.buckets):
            break
        found = archive.timeline(query, by=longer, **conditions)
    return found


def _count(buckets: Sequence[Bucket]) -> int:
    return sum(each.count for each in buckets)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A timeline as it is drawn: its bars, each with the link to its period, and the labels below."""

    by: str
    bars: Sequence[tuple[plots.Bar, Link]]
    ticks: Sequence[plots.Tick]
    most: int
    undated: int
    outside: int
    narrowed: bool


def drawn(found: Timeline, here: Link) -> Drawn:
    """Return a timeline with the links of its bars."""
    to = here.to("/").without(*DAYS, "after", "by")
    buckets = plots.window(found.buckets, _MOST_BARS if found.by == "day" else _MANY)
    bars = [(bar, to.having("on", _named(bar.bucket))) for bar in plots.bars(buckets)]
    ticks = plots.ticks([each.start for each in buckets], [each.label for each in buckets])
    narrowed = any(name in DAYS for name, _ in here.pairs)
    most, outside = max((each.count for each in buckets), default=0), _count(found.buckets) - _count(buckets)
    return Drawn(found.by, bars, ticks, most, found.undated, outside, narrowed)


def _named(bucket: Bucket) -> str:
    """Return the days of a bucket, in the grammar of dates."""
    return bucket.start.isoformat() if bucket.start == bucket.end else f"{bucket.start}..{bucket.end}"


@dataclass(frozen=True, slots=True)
class Counted:
    """A field with its values: each with its count, its link, and whether it is chosen already."""

    field: str
    values: Sequence[tuple[str, int, Link, bool]]
    more: int


def _facets(found: Facets, here: Link) -> Iterator[Counted]:
    to = here.without("after")
    for facet in found.facets:
        if facet.field == "kind":
            continue  # told with the total
        values = []
        for value, count in facet.values:
            if not value.strip("* "):
                continue
            chosen = value in here.values(facet.field)
            values.append(
                (value, count, to.dropping(facet.field, value) if chosen else to.adding(facet.field, value), chosen)
            )
        if values:
            yield Counted(facet.field, values, facet.distinct - len(facet.values))


def exports(here: Link) -> Iterator[tuple[str, Link]]:
    """Yield the forms in which all that matches can be taken away, and their links."""
    question = here.only(QUESTION).to("/v1/export")
    for form, name in (("csv", "CSV"), ("ndjson", "JSON"), *((style, STYLE_NAMES[style]) for style in STYLES)):
        link = question.having("format", form)
        yield name, link.having("bom", "true") if form == "csv" else link  # it is opened with Excel


STYLE_NAMES = {"gbt7714": "GB/T 7714", "apa": "APA", "bibtex": "BibTeX", "ris": "RIS", "csl": "CSL-JSON"}


def help_page(asked: Asked) -> Answer:
    """Return how to ask."""
    return page(asked, "help.html")


ROUTES = (
    Route("/", search, PARAMETERS, "The page.", documented=False, on_problem=trouble),
    Route("/help", help_page, (LANGUAGE,), "How to ask.", documented=False, on_problem=trouble),
)
