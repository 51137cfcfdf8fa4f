"""Errors over HTTP: a status and one JSON document (RFC 9457, `application/problem+json`), never a traceback."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from searchkit.errors import (
    ArchiveError,
    Locked,
    NoSuchArticle,
    QueryError,
    QueryTimeout,
    SearchkitError,
    UsageError,
)
from searchkit.language.messages import Message
from searchkit.model.serialise import json_line
from searchkit.servers.web.parameters import BadParameter
from searchkit.servers.web.routes import Answer

if TYPE_CHECKING:
    from searchkit.presenters import documents

PROBLEM_JSON = "application/problem+json"
_PHRASES = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}
"""Those of RFC 9110, which Python has had since 3.13 only: a document does not depend on the Python that made it."""
RETRY_AFTER = 1
"""Seconds after which a busy server is asked again, at least."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it is told over HTTP.

    Attributes:
        status: of HTTP.
        code: the kind of error, for programs; it stays the same when `detail` changes.
        detail: what happened: one sentence without a full stop.
        hint: the next step; empty if there is nothing to add.
        parameter: the query parameter that is wrong; empty if none is.
        query, column, width: of a query that cannot be understood: its text, and where it is wrong, in code points, 1
            being the first; None if the problem is none of a query.
        headers: further headers of the answer.
    """

    status: int
    code: str
    detail: str
    hint: str = ""
    parameter: str = ""
    query: str | None = None
    column: int | None = None
    width: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def title(self) -> str:
        """The phrase of the status."""
        return _PHRASES.get(self.status) or HTTPStatus(self.status).phrase

    def to_json(self) -> documents.Problem:
        """Return a searchkit.problem/1."""
        told: documents.Problem = {
            "schema": "searchkit.problem/1",
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "hint": self.hint or None,
        }
        if self.parameter:
            told["parameter"] = self.parameter
        if self.query is not None and self.column is not None and self.width is not None:
            told["query"], told["column"], told["width"] = self.query, self.column, self.width
        return told


def answer(problem: Problem, _accept_language: str = "", _chosen: str = "") -> Answer:
    """Return the answer that tells a program of a problem."""
    body = (json_line(problem.to_json()) + "\n").encode("utf-8")
    return Answer(body, PROBLEM_JSON, problem.status, {"Cache-Control": "no-store", **problem.headers})


def problem_of(error: SearchkitError, pairs: Sequence[tuple[str, str]] = ()) -> Problem:
    """Return an error of searchkit as a problem.

    Args:
        pairs: the names and values of the query string, to tell which of them a query that is wrong was given by.
    """
    make = _HINTS.get(error.code)
    hint = make(error.about) if make else error.hint
    if isinstance(error, BadParameter):
        return Problem(400, error.code, error.message, hint, error.parameter)
    if isinstance(error, QueryTimeout):
        return Problem(504, error.code, error.message, hint)
    if isinstance(error, Locked):
        return busy(error.message, hint, code=error.code)
    if isinstance(error, NoSuchArticle) or error.code == "not-saved":
        return Problem(404, error.code, error.message, hint)
    if isinstance(error, QueryError):
        parameter = next((name for name, value in pairs if value == error.query), "")
        return Problem(400, error.code, error.message, hint, parameter, error.query, error.column, error.width)
    if isinstance(error, UsageError):
        return Problem(_STATUSES.get(error.code, 400), error.code, error.message, hint)
    if isinstance(error, ArchiveError):
        # Its message may name folders of this machine, which are nobody's business.
        told = Message("the archive cannot be used now ({code})", code=error.code)
        return Problem(503, error.code, told, Message("the server's log has the reason"), headers=_later(30))
    return unexpected()


def busy(detail: str, hint: str = "", seconds: float = RETRY_AFTER, *, code: str = "busy") -> Problem:
    """Return the problem of a server that has no room at the moment."""
    return Problem(503, code, detail, hint or Message("ask again after Retry-After seconds"), headers=_later(seconds))


def unexpected() -> Problem:
    """Return the problem of an error that should not happen."""
    hint = Message("the server's log has the reason; please report it")
    return Problem(500, "unexpected", Message("an unexpected error"), hint)


def _later(seconds: float) -> dict[str, str]:
    return {"Retry-After": str(max(1, math.ceil(seconds)))}


def text_of(problem: Problem) -> bytes:
    """Return the body of a problem for the protocol, which has no request to answer."""
    return (json_line(problem.to_json()) + "\n").encode("utf-8")


def _in_address(text: str) -> str:
    """Return a text as it is typed in an address: ideographs as they are, and the signs that mean something escaped."""
    return re.sub(r'[\s\x00-\x20%&#+"<>\\]', lambda found: quote(found[0], safe=""), text)


_STATUSES = {"media-type": 415, "rejected": 422}
_HINTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "cursor-of-another": lambda about: Message("repeat the request exactly, only `after` is new"),
    "days-reversed": lambda about: "since={}&until={}".format(*map(_in_address, about["typed"])),
    "half-life": lambda about: "half_life=30",
    "half-life-alone": lambda about: "recent=today&half_life=30",
    "locked-by-writer": lambda about: Message(
        "another process is writing; send the same again after Retry-After seconds"
    ),
    "no-first-day": lambda about: Message("use until"),
    "no-last-day": lambda about: Message("use since"),
    "no-such-article": lambda about: Message("/v1/search gives the ids of articles"),
    "not-a-cursor": lambda about: Message("give `after` the `next` of the page before"),
    "not-saved": lambda about: Message("/v1/saved lists them"),
    "recent-and-sort": lambda about: Message("leave out sort, or recent"),
    "timeout": lambda about: Message("ask with fewer or longer words, or for fewer days"),
    "smooth": lambda about: "smooth=7",
    "too-many-series": lambda about: (
        f"limit={about['fitting']}" if about["fitting"] else Message("20 series are the most")
    ),
    "too-many-periods": lambda about: Message("use a longer `by`"),
}
"""The next step over HTTP, by the code of an error; an error with another code keeps its own hint."""
