"""What a route is: a path, its parameters, and a function from what is asked to an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from searchkit.servers.web.parameters import Parameter, conditions_of

if TYPE_CHECKING:
    from searchkit.archive import Archive
    from searchkit.servers.web.problems import Problem

JSON = "application/json"
CSL = "application/vnd.citationstyles.csl+json"
__all__ = ["CSL", "JSON", "Answer", "Asked", "Route", "conditions_of"]


class Server(Protocol):
    """What a route may know of the server."""

    def metrics(self) -> str:
        """Return the metrics in the text form of Prometheus."""

    def openapi(self) -> bytes:
        """Return the OpenAPI document."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a route, checked.

    Attributes:
        server: the server that was asked.
        archive: the archive.
        path: the parts of the path, by the names in `Route.path`.
        given: the values of the route's parameters, defaults included.
        pairs: the names and values of the query string as they were given, for links to the same question.
        headers: the request's headers, by their names in lower case.
        body: the body of a POST.
    """

    server: Server
    archive: Archive
    path: Mapping[str, str]
    given: Mapping[str, Any]
    pairs: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    body: bytes = b""

    @property
    def conditions(self) -> dict[str, Any]:
        """The conditions among the parameters, as keyword arguments of `Archive.search`."""
        return conditions_of(self.given)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request.

    Attributes:
        body: its bytes. An iterator is sent as it yields; its first piece is made before the status is sent.
        media_type: with its charset, if it is text.
        headers: further headers, in place of those that all answers have.
    """

    body: bytes | Iterator[bytes]
    media_type: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)


Answering: TypeAlias = "Callable[[Asked], Answer]"


@dataclass(frozen=True, slots=True)
class Route:
    """One entry of the table of routes.

    Attributes:
        path: in Starlette's form: `/v1/articles/{id:path}`.
        answer: runs in a thread; raises the errors of searchkit.
        parameters: the query parameters that it takes; others are refused.
        summary: a sentence for the OpenAPI document.
        schema: the JSON document of its answer: `searchkit.search/1`.
        or_schemas: other documents that it may be instead.
        media_types: further media types of its answer.
        method: GET also answers HEAD.
        public: answered without a token.
        at_once: answered outside of the threads, also by a busy server: it must neither wait nor ask the archive.
        cached: it gets an ETag, because its answer depends on the archive and the request alone.
        documented: it is in the OpenAPI document.
        path_help: descriptions of the parts of the path, by name.
        accepts: the media types of the body of a POST.
        refusals: the statuses of problems that this route has and others have not.
        on_problem: makes the answer of an error, given the values of Accept-Language and of the parameter `lang`;
            default: problem+json.
    """

    path: str
    answer: Answering
    parameters: tuple[Parameter, ...] = ()
    summary: str = ""
    schema: str = ""
    media_types: tuple[str, ...] = ()
    method: Literal["GET", "POST"] = "GET"
    public: bool = False
    at_once: bool = False
    cached: bool = True
    documented: bool = True
    path_help: Mapping[str, str] = field(default_factory=dict, hash=False)
    or_schemas: tuple[str, ...] = ()
    accepts: tuple[str, ...] = ()
    refusals: tuple[int, ...] = ()
    on_problem: Callable[[Problem, str, str], Answer] | None = None
