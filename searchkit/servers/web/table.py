"""The table of all routes, and the options of a server: what its supervisor knows, without loading a server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from searchkit.servers.web import api, health, ingest
from searchkit.servers.web.routes import Route

ALL: tuple[Route, ...] = (*health.ROUTES, *ingest.ROUTES, *api.ROUTES)
"""Every route of a server, a page's too. Of two that fit a path, the first answers."""


def name_of(path: str) -> str:
    """Return the path of a route without the types of its parts, as in metrics and in the OpenAPI document."""
    return path.replace(":path}", "}")


def paths_of(routes: Sequence[Route]) -> list[str]:
    """Return the names of routes, for metrics."""
    return list(dict.fromkeys(name_of(each.path) for each in routes))


@dataclass(frozen=True, slots=True)
class Serving:
    """How a server answers.

    Attributes:
        tokens: the SHA-256 of each token that opens it; empty: it is open.
        ingest_tokens: the SHA-256 of each token that may add articles; empty: nobody may.
        loopback: it listens only to programs of this machine, and checks the Host header for it.
        origins: the origins whose pages may read answers (CORS).
        concurrency: requests that a worker admits at once, waiting ones included.
        log: write the access log.
        verbose: write the tracebacks of unexpected errors.
    """

    tokens: Sequence[str] = ()
    ingest_tokens: Sequence[str] = ()
    loopback: bool = True
    origins: Sequence[str] = ()
    concurrency: int = 64
    log: bool = True
    verbose: bool = False
