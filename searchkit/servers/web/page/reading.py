"""One article: itself, its states side by side, and the family of its reprints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from searchkit.errors import NoSuchArticle, QueryError, SearchkitError
from searchkit.presenters.citations import STYLES
from searchkit.servers.web.evidence import origin_of
from searchkit.servers.web.page.links import link
from searchkit.servers.web.page.rendering import MOST_BRIEF, page, trouble
from searchkit.servers.web.page.texts import LANGUAGE
from searchkit.servers.web.page.views import STYLE_NAMES
from searchkit.servers.web.parameters import QUERY, Parameter
from searchkit.servers.web.routes import Answer, Asked, Route

if TYPE_CHECKING:
    from searchkit.model.article import Article
    from searchkit.model.history import Difference, Passage

_MOST_HEADLINES = 60
_MOST_MEMBERS = 100
_EDGE = 120
"""Characters of a long passage that is the same on both sides that are shown at each end."""


def article(asked: Asked) -> Answer:
    """Return an article to read."""
    from searchkit.presenters.citations.of_archive import lines

    archive, query = asked.archive, asked.given["q"]
    id = archive.resolve(asked.path["id"])
    found = archive[id]
    marks: Sequence[Sequence[tuple[int, int]]] = ((), ())
    if query:
        try:
            marks = archive.marks(query, found)
        except QueryError:
            pass  # the article can be read all the same
    family = archive.family(id)
    headlines = archive.headlines(id)
    citations = [
        (style, STYLE_NAMES[style], "\n".join(line for line, _ in lines(archive, [found], style)))
        for style in STYLES
        if len(found.title) <= MOST_BRIEF
    ]
    return page(
        asked, "article.html", id=id, article=found, published=_local(asked, found), marks=marks,
        states=len(archive.revisions(id)), origin=origin_of(archive, id), family=family,
        members=[(each, _local(asked, each)) for each in (family or ())][:_MOST_MEMBERS],
        headlines=[(each, _local(asked, each)) for each in headlines[:_MOST_HEADLINES]],
        parent=archive.get(found.parent) if found.parent else None, citations=citations, query=query,
        similar=_similar(asked, id), zone=archive.timezone,
        back=link("/", [pair for pair in asked.pairs if pair[0] in ("q", "lang")]) if query else None,
    )  # fmt: skip


def _similar(asked: Asked, id: str) -> Sequence[object]:
    try:
        return asked.archive.similar(id, limit=5, kind="article").hits
    except SearchkitError:
        return ()  # what stands beside the article is not worth an error


def _local(asked: Asked, found: Article) -> object:
    return found.published.astimezone(asked.archive.timezone) if found.published else None


@dataclass(frozen=True, slots=True)
class Row:
    """What stands side by side: a passage that is the same, or one that was removed and what was added for it."""

    same: str = ""
    old: Passage | None = None
    new: Passage | None = None


def rows(difference: Difference) -> Iterator[Row]:
    """Yield the rows of two texts side by side: long passages that are the same are shortened in the middle."""
    waiting: list[Passage] = []
    for each in difference.body:
        if each.kind == "removed":
            waiting.append(each)
        elif each.kind == "added":
            yield Row(old=waiting.pop(0) if waiting else None, new=each)
        else:
            yield from (Row(old=gone) for gone in waiting)
            waiting = []
            yield Row(same=each.text if len(each.text) <= 3 * _EDGE else f"{each.text[:_EDGE]} … {each.text[-_EDGE:]}")
    yield from (Row(old=gone) for gone in waiting)


def revisions(asked: Asked) -> Answer:
    """Return two states of an article side by side."""
    from searchkit.search.diff import difference

    archive = asked.archive
    id = archive.resolve(asked.path["id"])
    states = archive.revisions(id)
    numbers = [each.number for each in states]
    new = asked.given["new"] if asked.given["new"] in numbers else numbers[-1]
    before = [number for number in numbers if number < new]
    old = asked.given["old"] if asked.given["old"] in before else (before or [new])[-1]
    a, b = (next(each for each in states if each.number == number) for number in (old, new))
    compared = difference(a.article, b.article)
    return page(
        asked, "revisions.html", id=id, states=states, old=a, new=b, difference=compared, rows=list(rows(compared)),
        zone=archive.timezone,
    )  # fmt: skip


def family(asked: Asked) -> Answer:
    """Return an article and its reprints, and how each differs from the first."""
    from searchkit.search.diff import difference

    archive = asked.archive
    id = archive.resolve(asked.path["id"])
    found = archive.family(id)
    if found is None:  # deleted since
        raise NoSuchArticle(id)
    members = []
    for each in found.articles[:_MOST_MEMBERS]:
        compared = difference(found.first, each, folded=True) if each.id != found.first.id else None
        members.append((each, _local(asked, each), list(rows(compared)) if compared else []))
    return page(asked, "family.html", id=id, family=found, members=members)


_ID_HELP = {"id": "The article's id, or the beginning of it that no other id has."}
_OLD, _NEW = (
    Parameter(name, "integer", "The number of a state.", None, least=1, most=1_000_000) for name in ("old", "new")
)

ROUTES = (
    Route("/article/{id:path}", article, (QUERY, LANGUAGE), path_help=_ID_HELP, documented=False, on_problem=trouble),
    Route(
        "/revisions/{id:path}", revisions, (_OLD, _NEW, LANGUAGE), path_help=_ID_HELP, documented=False,
        on_problem=trouble,
    ),
    Route("/family/{id:path}", family, (LANGUAGE,), path_help=_ID_HELP, documented=False, on_problem=trouble),
)  # fmt: skip
