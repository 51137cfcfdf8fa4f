"""The routes of the API: each asks the archive and gives the JSON document that the command line prints."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from searchkit.errors import SearchkitError
from searchkit.language.messages import Message
from searchkit.presenters import json_form
from searchkit.presenters.citations import STYLES
from searchkit.servers.web.evidence import origin_of
from searchkit.servers.web.parameters import BY, CONDITIONS, FACET, QUERY, SEARCH, BadParameter, Parameter, limit
from searchkit.servers.web.routes import CSL, Answer, Asked, Route

if TYPE_CHECKING:
    from searchkit.archive import Archive
    from searchkit.model.article import Article
    from searchkit.model.history import Difference

NDJSON = "application/x-ndjson"
CSV = "text/csv; charset=utf-8; header=present"
TEXT = "text/plain; charset=utf-8"
_ID = {"id": "The article's id, or the beginning of it that no other id has."}
_CHUNK = 64 * 1024
"""Characters of an export that are sent together, about."""


def document(value: Mapping[str, Any], status: int = 200) -> Answer:
    """Return the answer that holds one JSON document, as the command line prints it."""
    return Answer((json_form.text(value) + "\n").encode("utf-8"), status=status)


# -- asking


def search(asked: Asked) -> Answer:
    """Return a searchkit.search/1."""
    given = asked.given
    sample = given["sample"]
    if sample is None and given["seed"]:
        raise BadParameter("seed goes with sample", "seed", hint="sample=200&seed=7")
    found = asked.archive.search(
        given["q"], sort=given["sort"], limit=given["limit"], after=given["after"] or None, page=given["page"],
        near=not given["strict"], group=given["group"], explain=given["explain"], snippets=given["snippets"],
        snippet_width=given["snippet_width"], recent=given["recent"] or False, half_life=given["half_life"],
        sample=sample, seed=given["seed"], **asked.conditions,
    )  # fmt: skip
    return document(json_form.search(found))


def timeline(asked: Asked) -> Answer:
    """Return a searchkit.timeline/1, or a searchkit.timelines/1 of several queries, sources or shares."""
    given, archive = asked.given, asked.archive
    if given["limit"] is not None and not given["by_source"]:
        raise BadParameter("limit goes with by_source", "limit", hint="by_source=true&limit=5")
    if given["query"] or given["by_source"] or given["share"] or given["smooth"] is not None:
        by_source = given["by_source"] and (given["limit"] or True)
        series = archive.timelines(
            _named(given["q"], given["query"]), by=given["by"], share=given["share"], smooth=given["smooth"] or 1,
            by_source=by_source, **asked.conditions,
        )  # fmt: skip
        return document(json_form.timelines(series))
    return document(json_form.timeline(archive.timeline(given["q"], by=given["by"], **asked.conditions)))


def _named(q: str, queries: Sequence[str]) -> dict[str, str]:
    """Return queries by the names of their series. Raises: BadParameter."""
    if q and queries:
        raise BadParameter("q and query contradict each other", "query", hint="query=NAME=QUERY for each")
    if not queries:
        return {q.strip() or "all articles": q}
    found: dict[str, str] = {}
    for each in queries:
        name, equals, text = (part.strip() for part in each.partition("="))
        if not equals or not name:
            raise BadParameter(
                Message("the query {query!r} has no name", query=each[:60]), "query", hint="query=长江=长江"
            )
        if name in found:
            raise BadParameter(
                Message("two queries are called {name!r}", name=name[:60]), "query", hint="give them different names"
            )
        found[name] = text
    return found


def facets(asked: Asked) -> Answer:
    """Return a searchkit.facets/1."""
    given = asked.given
    fields = tuple(dict.fromkeys(given["by"])) or ("source",)
    found = asked.archive.facets(given["q"], fields=fields, limit=given["limit"], **asked.conditions)
    return document(json_form.facets(found))


def terms(asked: Asked) -> Answer:
    """Return a searchkit.terms/1."""
    given = asked.given
    return document(json_form.terms(asked.archive.terms(given["q"], limit=given["limit"], **asked.conditions)))


def compare(asked: Asked) -> Answer:
    """Return a searchkit.compare/1."""
    given = asked.given
    a, b = (_narrowed(given["q"], given[name]) for name in ("a", "b"))
    return document(json_form.comparison(asked.archive.compare(a, b, limit=given["limit"], **asked.conditions)))


def _narrowed(query: str, further: str) -> str:
    return f"({query}) ({further})" if query.strip() and further.strip() else further or query


def similar(asked: Asked) -> Answer:
    """Return a searchkit.similar/1."""
    given, archive = asked.given, asked.archive
    if bool(given["id"]) == bool(given["text"]):
        raise BadParameter("similar needs an id or a text", "id", hint="id=ID, or text=…")
    if given["text"] and given["text"].isascii() and len(given["text"].split()) < 2:
        raise BadParameter("one word of ASCII is no text", "text", hint="id=ID, or a longer text")
    whole = given["text"] or archive.resolve(given["id"])
    found = archive.similar(whole, limit=given["limit"], reprints=given["reprints"], **asked.conditions)
    return document(json_form.similar(found))


# -- articles


def article(asked: Asked) -> Answer:
    """Return a searchkit.show/1, or the citation of the article."""
    archive, id = asked.archive, asked.archive.resolve(asked.path["id"])
    found = archive[id]
    if (style := asked.given["cite"]) is not None:
        from searchkit.presenters.citations.of_archive import lines

        text = "".join(line + "\n" for line, _ in lines(archive, [found], style))
        return Answer(text.encode("utf-8"), CSL if style == "csl" else TEXT)
    return document(
        json_form.article(
            found,
            list(archive.headlines(id)),
            older_states=len(archive.revisions(id)) - 1,
            index_behind=_behind(archive),
            origin=origin_of(archive, id),
        )
    )


def revisions(asked: Asked) -> Answer:
    """Return a searchkit.revisions/1."""
    from searchkit.search.diff import difference

    id = asked.archive.resolve(asked.path["id"])
    states = asked.archive.revisions(id)
    pairs: list[Difference] = []
    if asked.given["diff"]:
        pairs = [difference(one.article, next.article) for one, next in pairwise(states)]
    return document(json_form.revisions(id, states, pairs))


def family(asked: Asked) -> Answer:
    """Return a searchkit.family/1."""
    from searchkit.errors import NoSuchArticle
    from searchkit.search.diff import difference

    id = asked.archive.resolve(asked.path["id"])
    found = asked.archive.family(id)
    if found is None:  # deleted since
        raise NoSuchArticle(id)
    pairs = [difference(found.first, each, folded=True) for each in found] if asked.given["diff"] else []
    return document(json_form.family(id, found, pairs, _behind(asked.archive)))


def _behind(archive: Archive) -> int:
    """Return how many changes the index is behind; 0 if it cannot be read, as the article can be all the same."""
    try:
        return archive.index_behind
    except SearchkitError:
        return 0


# -- saved searches


def saved(asked: Asked) -> Answer:
    """Return a searchkit.saved/1."""
    return document(json_form.saved(asked.archive.saved.list()))


def news(asked: Asked) -> Answer:
    """Return a searchkit.news/1 of one saved search, which stay unseen."""
    kept = asked.archive.saved
    name = asked.path["name"]
    found = kept.new(name)
    articles = kept.articles(dict.fromkeys((*found.added, *found.corrected, *found.left)))
    return document(json_form.news([(found.search.name, found)], articles))


# -- export


def export(asked: Asked) -> Answer:
    """Return every matching article, as JSON lines, CSV or citations, a piece at a time."""
    from searchkit.model.serialise import to_record
    from searchkit.presenters import tables

    given, archive = asked.given, asked.archive
    if given["sample"] is None and given["seed"]:
        raise BadParameter("seed goes with sample", "seed", hint="sample=200&seed=7")
    articles: Iterable[Article] = archive.export(
        given["q"], sample=given["sample"], seed=given["seed"], **asked.conditions
    )
    form, headers = given["format"], {"Content-Disposition": 'attachment; filename="articles.jsonl"'}
    if form == "ndjson":
        return Answer(_pieces(json_form.text(to_record(each)) for each in articles), NDJSON, headers=headers)
    if form == "csv":
        headers = {"Content-Disposition": 'attachment; filename="articles.csv"'}
        written = _pieces(tables.articles_csv(articles))
        return Answer(chain([BOM_UTF8], written) if given["bom"] else written, CSV, headers=headers)
    from searchkit.presenters.citations.of_archive import lines

    headers = {"Content-Disposition": f'attachment; filename="articles.{_ENDINGS.get(form, "txt")}"'}
    media_type = CSL if form == "csl" else TEXT
    return Answer(_pieces(line for line, _ in lines(archive, articles, form)), media_type, headers=headers)


_ENDINGS = {"csl": "json", "bibtex": "bib", "ris": "ris"}


def _pieces(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield lines in pieces of a useful size."""
    held: list[str] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= _CHUNK:
            yield ("\n".join(held) + "\n").encode("utf-8")
            held, size = [], 0
    if held:
        yield ("\n".join(held) + "\n").encode("utf-8")


EXPORT_FORMS = ("ndjson", "csv", *STYLES)

ROUTES = (
    Route("/v1/search", search, SEARCH, "A page of the articles that match.", "searchkit.search/1"),
    Route(
        "/v1/timeline",
        timeline,
        (
            QUERY,
            *CONDITIONS,
            BY,
            Parameter("query", "text", "NAME=QUERY: a query as a series of this name; may be repeated.", (), many=True),
            Parameter("by_source", "boolean", "A series for each of the commonest sources.", False),
            Parameter("limit", "integer", "With `by_source`: sources of each query; by default 5.", least=1, most=20),
            Parameter("share", "boolean", "Average shares of all articles of the same days, not counts.", False),
            Parameter("smooth", "integer", "A moving average over so many periods.", least=1, most=1000),
        ),
        "The matches of each period; with `query`, `by_source`, `share` or `smooth` as series.",
        "searchkit.timeline/1",
        or_schemas=("searchkit.timelines/1",),
    ),
    Route(
        "/v1/facets",
        facets,
        (QUERY, *CONDITIONS, FACET, limit(10, "Values of each field.")),
        "The matches of each source, author or section.",
        "searchkit.facets/1",
    ),
    Route(
        "/v1/terms",
        terms,
        (QUERY, *CONDITIONS, limit(20, "Words.")),
        "The words typical of the matches against the rest.",
        "searchkit.terms/1",
    ),
    Route(
        "/v1/compare",
        compare,
        (
            Parameter("a", "text", "A query.", required=True),
            Parameter("b", "text", "Another.", required=True),
            Parameter("q", "text", "A query that narrows both.", ""),
            *CONDITIONS,
            limit(10, "Words of each."),
        ),
        "Two queries compared: counts, overlap, sources and words.",
        "searchkit.compare/1",
    ),
    Route(
        "/v1/similar",
        similar,
        (
            Parameter("id", "text", "An article: its id, or the beginning of it.", ""),
            Parameter("text", "text", "A text, instead of an article.", ""),
            limit(10, "Articles."),
            Parameter("reprints", "boolean", "Also reprints, of it and of each other.", False),
            *CONDITIONS,
        ),
        "The articles most similar to an article or a text.",
        "searchkit.similar/1",
        refusals=(404,),
    ),
    Route(
        "/v1/articles/{id:path}/revisions",
        revisions,
        (Parameter("diff", "boolean", "How each state differs from the one before.", False),),
        "Every state of an article that was kept.",
        "searchkit.revisions/1",
        path_help=_ID,
        refusals=(404,),
    ),
    Route(
        "/v1/articles/{id:path}/family",
        family,
        (Parameter("diff", "boolean", "How each reprint differs from the first article.", False),),
        "An article and its reprints in order of appearance.",
        "searchkit.family/1",
        path_help=_ID,
        refusals=(404,),
    ),
    Route(
        "/v1/articles/{id:path}",
        article,
        (Parameter("cite", "text", "A citation instead, in this style.", None, STYLES),),
        "One whole article.",
        "searchkit.show/1",
        ("text/plain", CSL),
        path_help=_ID,
        refusals=(404,),
    ),
    Route("/v1/saved", saved, (), "The saved searches.", "searchkit.saved/1", cached=False),
    Route(
        "/v1/saved/{name:path}",
        news,
        (),
        "What is new for a saved search since it was last looked at. It stays unseen.",
        "searchkit.news/1",
        cached=False,
        path_help={"name": "The name of the saved search."},
        refusals=(404,),
    ),
    Route(
        "/v1/export",
        export,
        (
            QUERY,
            *CONDITIONS,
            Parameter("format", "text", "JSON lines, CSV, or a style of citation.", "ndjson", EXPORT_FORMS),
            Parameter("bom", "boolean", "Begin CSV with a byte order mark, by which Excel knows UTF-8.", False),
            Parameter("sample", "integer", "So many of the articles at random, in random order.", least=1, most=10**9),
            Parameter("seed", "integer", "Another sample for each seed.", 0, least=-(2**63), most=2**63 - 1),
        ),
        "Every matching article, streamed.",
        media_types=("application/x-ndjson", "text/csv", "text/plain", CSL),
    ),
)
"""The routes of the API. Of two that fit a path, the first answers."""
