"""Requests to the cluster, and what its failures are called."""

from __future__ import annotations

import json
import logging
import queue
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from searchkit.cluster.authentication import header, trusting
from searchkit.cluster.unreachable import of_connection
from searchkit.deadline import check, overdue, seconds_left
from searchkit.errors import ArchiveError, MissingExtra, QueryError, ReadOnlyArchive, SearchkitError, UsageError
from searchkit.language.messages import Message

OLDEST = (2, 13)
"""The first version of OpenSearch that tells the scores of named queries."""
Body: TypeAlias = dict[str, Any]
"""JSON, sent or received."""
SECONDS_TO_WRITE = 120.0
"""The most seconds that a request may take where no question sets a limit."""
SECONDS_TO_KNOW = 10.0
"""The most seconds until it is known what program answers: a cluster says that at once, however busy it is."""
_AT_ONCE = 8
"""Requests of all questions together that others of the same question wait beside."""
BAD_REQUEST, NOT_FOUND, TOO_MANY = 400, 404, 429
UNKNOWN_USER, FORBIDDEN = 401, 403
_BROKEN = (502, 503, 504)
_MISSING = ("no_shard_available", "unavailable_shards", "missing shards", "No shard available")
"""How the cluster says that no copy of a part of an index is on a node that runs."""


_REFUSED = {
    "maximum shards open": Message(
        "give the archive fewer shards, ?shards=1, or raise cluster.max_shards_per_node in the settings of the cluster"
    ),
    "allow_expensive_queries": Message("set search.allow_expensive_queries in the cluster to true"),
    "Invalid index name": Message("names of archives in a cluster have small letters, digits, - and _"),
}
"""What to do about what a cluster refuses by its settings, by a part of its sentence."""


class NotThere(ArchiveError):
    """What was asked for is not in the cluster: an index, or a point in time that it has given up."""

    code = "not-in-cluster"


def _require_address(host: str) -> None:
    hint = Message("https://search.example:9200; user and password are given apart from it")
    try:
        parts = urlsplit(host)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and host.isprintable()
    except ValueError:
        fits, parts = False, urlsplit("")
    if parts.username is not None or parts.password is not None:
        raise UsageError("an address of the cluster has a user or a password in it", hint=hint)
    if not fits:
        raise UsageError(Message("{host!r} is no address of a cluster", host=host[:100]), hint=hint)


class Cluster:
    """A connection to a cluster, for any number of threads.

    Args:
        hosts: addresses of nodes, as `https://search.example:9200`; another is asked where one does not answer.
        user, password: if the cluster asks for them. They are in no message and in no log.
        token: instead of them (`Authorization: Bearer`).
        certificates: a file of certificates to trust besides the system's; those of https hosts are always checked.

    Raises:
        MissingExtra: the extra [opensearch] is not installed.
        UsageError: an address is none, or has a password in it, which messages would show; or the user, the password,
            the token or the file of certificates cannot be used.
    """

    def __init__(
        self,
        hosts: Sequence[str],
        *,
        user: str = "",
        password: str = "",
        token: str = "",
        certificates: str | None = None,
    ) -> None:
        try:
            import opensearchpy
        except ImportError:
            raise MissingExtra("an archive in a cluster", "opensearch") from None
        for host in hosts:
            _require_address(host)
        shown = header(user, password, token)
        secure = {"ssl_context": trusting(certificates)} if any(host.startswith("https:") for host in hosts) else {}
        from searchkit.cluster.transport import BoundedTransport

        # It warns of every request that fails, where nothing is set up for logs on the user's screen.
        logging.getLogger("opensearch").addHandler(logging.NullHandler())
        self.name = ", ".join(hosts)
        self._errors = opensearchpy.exceptions
        self._hosts = tuple(hosts)
        self._shown = "token" if token else "user" if user else ""
        self._client = opensearchpy.OpenSearch(
            list(hosts), transport_class=BoundedTransport, headers=shown, pool_maxsize=16, **secure
        )
        self._is_known = False
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def close(self) -> None:
        """Close the connections. Safe to call twice."""
        if self._pool:
            self._pool.shutdown()
        self._client.close()

    def request(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        params: Mapping[str, Any] | None = None,
        seconds: float | None = None,
    ) -> Any:
        """Return the answer of the cluster.

        Args:
            seconds: the time allowed; by default what is left of the question's.

        Raises:
            QueryTimeout: the time of the question is over.
            NotThere: there is no such index, document or point in time.
            ArchiveError: see `_failed`, and for what the cluster refuses `of_failure`.
        """
        return self._perform(method, path, body, params, seconds)

    def lines(
        self, path: str, lines: Iterable[str], params: Mapping[str, Any] | None = None, seconds: float | None = None
    ) -> Any:
        """Return the answer to a body of several lines of JSON, each with its line end; see `request`."""
        return self._perform("POST", path, "".join(lines), params, seconds)

    def _perform(
        self, method: str, path: str, body: Any, params: Mapping[str, Any] | None, seconds: float | None
    ) -> Any:
        if not self._is_known:
            self._is_known = True
            try:
                self._check_version()
            except ArchiveError:
                self._is_known = False
                raise
        check()
        left = seconds_left()
        allowed = min(left if left is not None else SECONDS_TO_WRITE, seconds or float("inf"))
        try:
            # A second more than the cluster was told, so that its own answer arrives.
            answer = self._client.transport.perform_request(
                method, path, params={**(params or {}), "request_timeout": max(0.1, allowed) + 1.0}, body=body
            )
        except self._errors.OpenSearchException as error:
            check()
            raise self._failed(error, left) from None
        check()
        return answer

    def side_by_side(self, requests: Sequence[Callable[[], Any]]) -> list[Any]:
        """Return the answers to several requests that are under way at once."""
        if len(requests) == 1:
            return [requests[0]()]
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(_AT_ONCE)
        # Each with the deadline of this question.
        others = [self._pool.submit(copy_context().run, each) for each in requests[1:]]
        return [requests[0](), *(each.result() for each in others)]

    def nodes(self) -> int:
        """Return the number of nodes that keep data."""
        return int(self.request("GET", "/_cluster/health", params={"local": "true"})["number_of_data_nodes"])

    def _check_version(self) -> None:
        told = self._who_answers()
        version = told.get("version") if isinstance(told, dict) else None
        version = version if isinstance(version, dict) else {}
        number = str(version.get("number", ""))
        parts = re.match(r"(\d+)\.(\d+)", number)
        if version.get("distribution") != "opensearch" or parts is None:
            raise self._another_program()
        if (int(parts[1]), int(parts[2])) < OLDEST:
            raise ArchiveError(
                Message("{cluster} has OpenSearch {number}, which is too old", cluster=self.name, number=number[:40]),
                hint=Message("upgrade the cluster to {oldest} or newer", oldest=".".join(map(str, OLDEST))),
                code="cluster-too-old",
            )

    def _who_answers(self) -> Any:
        """Return what is told at `/`, in a bounded time: another program may answer for ever, a byte at a time."""
        check()
        left = seconds_left()
        seconds = min(SECONDS_TO_KNOW, left if left is not None else SECONDS_TO_KNOW)
        answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

        def ask() -> None:
            try:
                transport = self._client.transport
                answers.put(transport.perform_request("GET", "/", params={"request_timeout": max(0.1, seconds)}))
            except Exception as error:
                answers.put(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            told = answers.get(timeout=seconds + 1.0)
        except queue.Empty:
            check()
            raise self._late() from None
        check()
        if not isinstance(told, Exception):
            return told
        if not isinstance(told, self._errors.OpenSearchException):
            raise told
        status = _status(told)
        if isinstance(told, self._errors.SerializationError) or (status and status not in (401, 403) and status < 429):
            raise self._another_program() from None
        raise self._failed(told, None) from None

    def _another_program(self) -> ArchiveError:
        return ArchiveError(
            Message("{cluster} is not OpenSearch", cluster=self.name),
            hint="give the address of an OpenSearch cluster",
            code="not-opensearch",
        )

    def _late(self) -> ArchiveError:
        return ArchiveError(
            Message("{cluster} did not answer in time", cluster=self.name),
            hint="it may be overloaded; try again",
            code="cluster-timeout",
        )

    def _failed(self, error: Any, left: float | None) -> SearchkitError:
        """Return what a failure is called."""
        kinds = self._errors
        if isinstance(error, kinds.ConnectionTimeout):
            return self._late() if left is None else overdue()
        if isinstance(error, kinds.ConnectionError):
            return of_connection(error, self._hosts, self.name)
        if isinstance(error, kinds.SerializationError):
            return self._another_program()
        status = _status(error)
        if status == UNKNOWN_USER:
            return self._unknown()
        kind = _kind(error)
        if left is not None and "task_cancelled" in kind:
            return overdue()
        return of_failure(status, kind, _reason(error), self.name)

    def _unknown(self) -> ArchiveError:
        if not self._shown:
            return ArchiveError(
                Message("{cluster} asks for a user and a password", cluster=self.name),
                hint="give them, or a token",
                code="cluster-user",
            )
        token = Message("{cluster} refuses the token", cluster=self.name)
        return ArchiveError(
            token
            if self._shown == "token"
            else Message("{cluster} refuses the user or the password", cluster=self.name),
            hint="check them; the log of the cluster says more",
            code="cluster-credentials",
        )


def of_failure(status: int, kind: str, reason: str, cluster: str) -> SearchkitError:
    """Return the error for an answer of the cluster that says that something failed.

    Args:
        status: of HTTP.
        kind, reason: what the cluster calls it, and its sentence.
    """
    if "read-only-allow-delete" in reason or "flood-stage" in reason:
        return ReadOnlyArchive(
            Message("the cluster {cluster} has too little disk left and takes no more articles", cluster=cluster),
            hint="free or add disk, then write again; searching still works",
            code="cluster-full",
        )
    if status == FORBIDDEN and "block" not in kind:
        right = re.search(r"no permissions for \[([^\]]*)\]", reason)
        return ArchiveError(
            Message(
                "the user may not do this in {cluster}: {right}", cluster=cluster, right=right[1] if right else kind
            ),
            hint="give a user who may, or let the administrator of the cluster grant it",
            code="cluster-forbidden",
        )
    if "maxClauseCount" in reason:
        return QueryError("the query has too many parts for the cluster", hint="ask with fewer words")
    if status == NOT_FOUND or kind in ("index_not_found_exception", "search_context_missing_exception"):
        return NotThere(Message("the cluster {cluster} has given up what was asked", cluster=cluster), hint="ask again")
    if "Not enough active copies" in reason:
        return too_few_copies(cluster)
    is_missing = any(each in f"{kind} {reason}" for each in _MISSING)
    is_missing = is_missing or (status >= 500 and "all shards failed" in reason)
    if is_missing or "block" in kind:
        return unavailable(cluster)
    if status in (TOO_MANY, *_BROKEN) or "timeout" in kind:
        return busy(cluster, reason or kind or str(status))
    return ArchiveError(
        Message("the cluster {cluster} failed: {reason}", cluster=cluster, reason=reason or kind or str(status)),
        hint=next((hint for part, hint in _REFUSED.items() if part in reason), ""),
        code="cluster",
    )


def busy(cluster: str, reason: str) -> ArchiveError:
    """Return the error for what the cluster may do another time."""
    return ArchiveError(
        Message("the cluster {cluster} is too busy: {reason}", cluster=cluster, reason=reason),
        hint="it may be overloaded; try again",
        code="cluster-busy",
    )


def too_few_copies(cluster: str) -> ArchiveError:
    """Return the error for what has not been written to two copies."""
    return ArchiveError(
        Message("the cluster {cluster} has no second copy to write to", cluster=cluster),
        hint="start the missing nodes, then write again; what was acknowledged is there",
        code="cluster-copies",
    )


def unavailable(cluster: str) -> ArchiveError:
    """Return the error for an index of which a part is on no node that runs."""
    return ArchiveError(
        Message("a part of the index is on no running node of {cluster}", cluster=cluster),
        hint="start the missing nodes; the state of the index is red until then",
        code="cluster-red",
    )


def _status(error: Any) -> int:
    """Return the status of HTTP; 0 if there was no answer."""
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) else 0


def _kind(error: Any) -> str:
    info = getattr(error, "info", None)
    failure = info.get("error") if isinstance(info, dict) else None
    # A proxy that answers in place of the cluster may tell a whole page.
    kinds = [kind for kind in [str(getattr(error, "error", ""))] if re.fullmatch(r"\w+", kind)]
    if isinstance(failure, dict):
        kinds += [str(each.get("type")) for each in failure.get("root_cause", ())]
    return next((kind for kind in kinds if kind != "search_phase_execution_exception"), "".join(kinds[:1]))


def _reason(error: Any) -> str:
    info = getattr(error, "info", None)
    failure = info.get("error") if isinstance(info, dict) else None
    if not isinstance(failure, dict):
        return str(failure or "")
    causes = [str(each.get("reason")) for each in failure.get("root_cause", ())]
    # Of a search whose shards are missing, only what caused the failure has a sentence.
    causes += [str(each.get("reason") or "") for each in (failure, failure.get("caused_by")) if isinstance(each, dict)]
    return "; ".join(dict.fromkeys(each for each in causes if each))


def as_line(value: Body) -> str:
    """Return JSON as a line of a body of several lines."""
    return json.dumps(value, ensure_ascii=False) + "\n"
