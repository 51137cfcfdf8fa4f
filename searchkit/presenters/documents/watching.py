"""Questions asked again: saved searches, their news, and replayed query records."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from searchkit.model.documents import ArticleRecord, Count, Time
from searchkit.model.results import Sort
from searchkit.presenters.documents.queries import Behind
from searchkit.presenters.documents.reports import ErrorDetails


class SavedSearch(TypedDict):
    """A search that is kept under a name."""

    name: Annotated[str, "its name"]
    query: Annotated[str, "the query as typed"]
    conditions: Annotated[
        dict[str, Any],
        "the conditions beside it that are given: `since`, `until`, `on` as typed, arrays of values of the fields, "
        "`mode`, `aliases`",
    ]
    sort: Annotated[Sort | None, "the order; null for the usual one"]
    saved: Annotated[Time, "when it was saved, in UTC"]
    looked: Annotated[Time, "when its news were last marked as seen, in UTC"]


class Saved(TypedDict):
    """`searchkit saved --json`"""

    schema: Annotated[Literal["searchkit.saved/1"], "the name of this document"]
    searches: Annotated[list[SavedSearch], "the saved searches, by name"]


class DeletedArticle(TypedDict):
    """An article that was deleted meanwhile."""

    id: Annotated[str, "its id"]


class SearchNews(TypedDict):
    """The news of one saved search."""

    name: Annotated[str, "its name"]
    error: Annotated[None, "null: there are news"]
    query: Annotated[str, "the query as typed"]
    looked: Annotated[Time, "when its news were last marked as seen, in UTC"]
    total: Annotated[Count, "articles that match now"]
    new: Annotated[
        list[ArticleRecord | DeletedArticle],
        "articles that match and did not: the records that `export` writes; only `id` of an article deleted meanwhile",
    ]
    corrected: Annotated[list[ArticleRecord | DeletedArticle], "articles that matched and still do, in a new revision"]
    left: Annotated[list[ArticleRecord | DeletedArticle], "articles that matched and do not since a new revision"]
    deleted: Annotated[list[str], "the ids of articles that matched and were deleted"]
    index_behind: Annotated[Count, "acknowledged changes that are not in the index yet; they will be news later"]


class FailedNews(TypedDict):
    """A saved search that could not be asked."""

    name: Annotated[str, "its name"]
    error: Annotated[
        ErrorDetails, "why there are no news, as in `searchkit.error/1`; the other fields are then missing"
    ]


class News(TypedDict):
    """`searchkit saved --new --json`"""

    schema: Annotated[Literal["searchkit.news/1"], "the name of this document"]
    searches: Annotated[list[SearchNews | FailedNews], "the searches that were asked, by name"]


class Circumstance(TypedDict):
    """Something else that differs between two askings."""

    name: Annotated[str, "its name"]
    then: Annotated[str, "empty for none"]
    now: Annotated[str, "empty for none"]


class Replay(TypedDict):
    """`searchkit replay --json`"""

    schema: Annotated[Literal["searchkit.replay/1"], "the name of this document"]
    same: Annotated[bool, "whether the same articles match with the same content"]
    made: Annotated[Time, "when the record was made, in UTC"]
    then: Annotated[Count, "articles that matched"]
    now: Annotated[Count, "articles that match"]
    came: Annotated[list[str], "ids that match now and did not"]
    went: Annotated[list[str], "ids that matched and no longer do"]
    deleted: Annotated[list[str], "those among `went` that the archive no longer holds"]
    corrected: Annotated[list[str], "ids that match as before, with another content"]
    circumstances: Annotated[
        list[Circumstance],
        "what else differs and may be the reason: versions, zone, how the query was understood",
    ]
    index_behind: Behind
