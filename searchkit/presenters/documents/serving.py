"""What a server says that the command line does not: problems, and receipts for articles."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from searchkit.model.documents import Count, Keyword
from searchkit.model.reports import Outcome
from searchkit.presenters.documents.queries import Behind

Place = Annotated[int, Keyword("minimum", 1)]


class _Problem(TypedDict):
    schema: Annotated[Literal["searchkit.problem/1"], "the name of this document"]
    type: Annotated[Literal["about:blank"], "as RFC 9457 has it: the title is that of the status"]
    title: Annotated[str, "the phrase of the status"]
    status: Annotated[int, Keyword("minimum", 400), "the status of HTTP"]
    detail: Annotated[str, "what happened: one sentence without a full stop"]
    code: Annotated[str, "the kind of error; it stays the same when `detail` changes"]
    hint: Annotated[str | None, "the next step"]


class Problem(_Problem, total=False):
    """The answer of `searchkit serve` with a status of 400 or more, as `application/problem+json`"""

    parameter: Annotated[str, "the query parameter that is wrong, if one is"]
    query: Annotated[str, "the query, date or cursor that cannot be understood, if it is one"]
    column: Annotated[Place, "where it is wrong, in code points, 1 being the first"]
    width: Annotated[Place, "the number of code points that are wrong"]


class Receipt(TypedDict):
    """The outcome for one record."""

    position: Annotated[Place, "its place among the records sent, 1 being the first"]
    id: Annotated[str | None, "the id of the article in the archive; null if it was rejected"]
    outcome: Annotated[Outcome, "`added`, `updated`, `unchanged` (it is in the archive already) or `rejected`"]
    reason: Annotated[str | None, "why it was rejected: one sentence"]


class Receipts(TypedDict):
    """The answer of `searchkit serve` to `POST /v1/articles`, when the articles are on disk"""

    schema: Annotated[Literal["searchkit.receipts/1"], "the name of this document"]
    added: Annotated[Count, "new articles, headlines that they list among them"]
    updated: Annotated[Count, "new revisions"]
    unchanged: Annotated[Count, "records equal to those in the archive"]
    rejected: Annotated[Count, "records that are no articles; all others are in the archive"]
    kept_apart: Annotated[
        Count, "of those added and updated: another article has their address, so they have an id of their own"
    ]
    headlines: Annotated[Count, "headlines that pages list, among those added and updated"]
    records: Annotated[list[Receipt], "the outcome for each record, in the order in which they were sent"]
    index_behind: Behind
