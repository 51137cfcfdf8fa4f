"""Run a server: from its options to a socket, a supervisor and its workers."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.servers.web import security
from searchkit.servers.web.access_log import write_line
from searchkit.servers.web.metrics import shared
from searchkit.servers.web.orders import Orders, follow
from searchkit.servers.web.supervisor import Supervisor
from searchkit.servers.web.table import ALL, Serving, paths_of
from searchkit.system.processes import Child


@dataclass(frozen=True, slots=True)
class Listening:
    """The options of a server.

    Attributes:
        host, port: where it listens; port 0 is any that is free.
        token_file, ingest_token_file: files with a token on each line: for reading, and for POST /v1/articles.
        workers: processes that answer.
        concurrency: requests that each worker admits at once, waiting ones included.
        origins: the origins whose pages may read answers (CORS).
        worker_timeout: seconds of silence after which a worker is replaced.
        drain: seconds that requests have to end, at the end of the server.
        log: write the access log.
        verbose: write the tracebacks of unexpected errors.
        today: the day that relative dates start from; None for that of the clock.
    """

    host: str = "127.0.0.1"
    port: int = 0
    token_file: Path | None = None
    ingest_token_file: Path | None = None
    workers: int = 1
    concurrency: int = 64
    origins: tuple[str, ...] = ()
    worker_timeout: float = 20.0
    drain: float = 30.0
    log: bool = True
    verbose: bool = False
    today: date | None = None


def run(
    index: Path | str, listening: Listening, *, wait: float, timeout: float | None, ready: Callable[[str], None]
) -> int:
    """Serve an archive until a signal, and return the exit code.

    Args:
        index: the archive's folder, absolute, or its address in a cluster.
        wait, timeout: as in `searchkit.open`.
        ready: called with the address, `http://127.0.0.1:8765`, when all workers answer.

    Raises:
        UsageError: the address cannot be listened on, or the options do not fit together.
        ArchiveError: no worker can open the archive.
    """
    serving = _serving(listening)
    with _bound(listening.host, listening.port) as bound, shared(listening.workers, paths_of(ALL)) as metrics:

        def start(number: int) -> Child:
            orders = Orders(
                str(index), bound.fileno(), metrics.fileno(), number, wait, timeout, listening.drain, serving,
                listening.today.isoformat() if listening.today else None,
            )  # fmt: skip
            return Child(follow, orders.text(), inherited=(bound.fileno(), metrics.fileno()))

        address = _address(bound)
        supervisor = Supervisor(
            start, bound, listening.workers, silence=listening.worker_timeout, drain=listening.drain,
            tell=lambda line: write_line(f"searchkit: {line}"),
        )  # fmt: skip
        return supervisor.run(lambda: ready(address))


def _serving(listening: Listening) -> Serving:
    """Return how to answer. Raises: UsageError."""
    tokens: list[str] = []
    ingest_tokens: list[str] = []
    if listening.token_file is not None:
        tokens = security.read_tokens(listening.token_file, "--token-file")
    if listening.ingest_token_file is not None:
        ingest_tokens = security.read_tokens(listening.ingest_token_file, "--ingest-token")
    loopback = security.is_loopback(listening.host)
    if not loopback and not tokens:
        raise UsageError(
            Message("--host {host} lets others than this machine ask, and needs --token-file", host=listening.host),
            hint="--token-file FILE, with one token on a line; or leave out --host",
        )
    return Serving(
        tokens=tuple(tokens), ingest_tokens=tuple(ingest_tokens), loopback=loopback,
        origins=tuple(map(security.origin, listening.origins)), concurrency=listening.concurrency, log=listening.log,
        verbose=listening.verbose,
    )  # fmt: skip


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to an address and listens. Raises: UsageError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(address)
            made.listen(1024)
            made.setblocking(False)
        except BaseException:
            made.close()
            raise
    except (OSError, UnicodeError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        raise UsageError(
            Message("cannot listen on {host} port {port}: {reason}", host=host[:100], port=port, reason=reason),
            hint="give another --port",
        ) from error
    return made


def _address(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
