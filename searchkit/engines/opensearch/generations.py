"""The generations of an index in the cluster: what is kept with its mapping, and the points in time that are asked.

The name of an archive's index is an alias of the index that holds its documents. With the mapping of that index are
kept the settings that it was made with, how far it covers the record, and a mark that every step of writing replaces.
So one request tells whether there is something new. A generation is asked at a point in time, which this process keeps
for all who ask, with the statistics that were counted for it, as long as the mark is the same.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

from searchkit.cluster.client import BAD_REQUEST, NOT_FOUND, Body, Cluster, NotThere, as_line, of_failure, unavailable
from searchkit.deadline import overdue, seconds_left
from searchkit.engines.opensearch.kept import Kept
from searchkit.engines.opensearch.mapping import FORMAT, index_settings, mapping
from searchkit.errors import ArchiveError
from searchkit.language.messages import Message

KEEP_ALIVE = "10m"
_FRESH = 300.0
"""Seconds after which a point in time that nobody asked is opened anew, before the cluster gives it up."""
OURS = "searchkit"
_TOLD = "include_named_queries_score"


@dataclass(frozen=True)
class State:
    """What is kept with the mapping of an index.

    Attributes:
        index: the name of the index behind the alias.
        mark: another one after every step of writing.
    """

    index: str
    covers: int
    mark: str
    settings: Mapping[str, str]


class States:
    """The state of an archive's index, as the cluster keeps it.

    Args:
        name: the alias.
    """

    def __init__(self, cluster: Cluster, name: str) -> None:
        self._cluster = cluster
        self.name = name

    def read(self) -> State | None:
        """Return the state; None if there is no index.

        Raises:
            ArchiveError: the index was not made by searchkit.
        """
        params = {"ignore": NOT_FOUND, "filter_path": "*.mappings._meta,*.mappings.dynamic,error"}
        found = self._cluster.request("GET", f"/{self.name}/_mapping", params=params)
        if "error" in found:
            return None
        kept = [(index, each["mappings"].get("_meta", {}).get(OURS)) for index, each in found.items()]
        if len(kept) != 1 or not _is_ours(kept[0][1]):
            raise ArchiveError(
                Message("the index {name} was not made by searchkit", name=self.name),
                hint="give the archive another name",
                code="foreign-index",
            )
        index, meta = kept[0]
        return State(index, int(meta["covers"]), meta["mark"], meta["settings"])

    def create(self, settings: Mapping[str, str], shards: int, replicas: int) -> State:
        """Make an index without documents, unless another process just does, and return its state.

        Indexes are numbered: of two that make the same number the cluster takes one.
        """
        known = self._known()
        if not any(known.values()):
            made = self._made(State(self._next(known), 0, uuid4().hex, settings), shards, replicas, {self.name: {}})
            if made is not None:
                return made
        theirs = self.read()
        if theirs is None:
            raise NotThere(Message("the index {name} was deleted while it was made", name=self.name), hint="try again")
        return theirs

    def create_beside(self, settings: Mapping[str, str], shards: int, replicas: int) -> State:
        """Make an index without documents that nobody asks yet, and return its state."""
        while True:
            made = self._made(State(self._next(self._known()), 0, uuid4().hex, settings), shards, replicas, {})
            if made is not None:
                return made

    def replace(self, before: State | None, index: str) -> None:
        """Give the alias to another index, in one step."""
        actions: list[Body] = [{"add": {"index": index, "alias": self.name}}]
        if before is not None:
            actions.append({"remove": {"index": before.index, "alias": self.name}})
        self._cluster.request("POST", "/_aliases", {"actions": actions})

    def delete_left(self) -> None:
        """Delete the indexes that were left: replaced, or begun by one who did not come to the end."""
        for index, is_asked in self._known().items():
            if not is_asked:
                self.delete(index)

    def _known(self) -> dict[str, bool]:
        """Return the indexes that were made for this alias, and whether it is theirs."""
        told = self._cluster.request("GET", f"/{self.name}.*/_alias", params={"expand_wildcards": "all"})
        ours = re.compile(rf"{re.escape(self.name)}\.\d+")
        return {index: self.name in each["aliases"] for index, each in told.items() if ours.fullmatch(index)}

    def _next(self, known: Iterable[str]) -> str:
        number = max((int(index.rpartition(".")[2]) for index in known), default=0) + 1
        return f"{self.name}.{number:06d}"

    def _made(self, state: State, shards: int, replicas: int, aliases: Body) -> State | None:
        """Make an index. Returns: None if another process has just made it."""
        body = {
            "settings": {"index": index_settings(shards, replicas)},
            "mappings": mapping(_meta(state)),
            "aliases": aliases,
        }
        made = self._cluster.request("PUT", f"/{state.index}", body, {"ignore": BAD_REQUEST})
        failure = made.get("error")
        if failure and failure["type"] != "resource_already_exists_exception":
            raise of_failure(BAD_REQUEST, failure["type"], str(failure.get("reason")), self._cluster.name)
        return None if failure else state

    def write(self, state: State) -> None:
        """Keep a state with the mapping of its index."""
        self._cluster.request("PUT", f"/{state.index}/_mapping", {"_meta": _meta(state)})

    def forget(self, state: State) -> None:
        """Take the alias from an index, which then is nobody's."""
        self._cluster.request("DELETE", f"/{state.index}/_alias/{self.name}")

    def delete(self, index: str) -> None:
        """Delete an index that is nobody's; it may be gone."""
        try:
            self._cluster.request("DELETE", f"/{index}")
        except NotThere:
            pass


def _is_ours(meta: object) -> bool:
    """Tell whether what is kept with a mapping says what a state has."""
    return (
        isinstance(meta, dict)
        and isinstance(meta.get("covers"), int)
        and isinstance(meta.get("mark"), str)
        and isinstance(meta.get("settings"), dict)
    )


def _meta(state: State) -> dict[str, Any]:
    kept = {"format": FORMAT, "covers": state.covers, "mark": state.mark, "settings": dict(state.settings)}
    return {OURS: kept}


@dataclass
class Held:
    """A generation and its point in time, kept for all who ask.

    Attributes:
        point: the point in time; "" where there is no index.
        counted: the statistics counted so far, see `statistics`.
        answers: those given so far.
    """

    state: State | None
    point: str
    counted: dict[Any, float]
    answers: Kept = field(default_factory=Kept)
    users: int = 0
    asked: float = 0.0
    is_lost: bool = False


class Generations:
    """The newest generation, for any number of threads."""

    def __init__(self, cluster: Cluster, states: States) -> None:
        self._cluster = cluster
        self.states = states
        self._lock = threading.Lock()
        self._newest: Held | None = None
        self._left: list[str] = []
        self._used: dict[str, int] = {}

    def taken(self) -> Held:
        """Return the newest generation; `released` gives it back."""
        state = self.states.read()
        with self._lock:
            held = self._newest
            if held is not None and self._is_good(held, state):
                held.users += 1
                return held
        made = Held(state, self._opened(state) if state else "", {}, users=1, asked=time.monotonic())
        with self._lock:
            older, self._newest = self._newest, made
            made.users += 1  # by this class, as long as it is the newest
        if older:
            self.released(older)
        return made

    def _is_good(self, held: Held, state: State | None) -> bool:
        is_same = state == held.state
        return is_same and not held.is_lost and (not held.point or time.monotonic() - held.asked < _FRESH)

    def _opened(self, state: State) -> str:
        params = {"keep_alive": KEEP_ALIVE, "allow_partial_pit_creation": "false"}
        point = str(self._cluster.request("POST", f"/{state.index}/_search/point_in_time", params=params)["pit_id"])
        with self._lock:
            self._used[state.index] = self._used.get(state.index, 0) + 1
        return point

    def released(self, held: Held) -> None:
        """Give a generation back; the last who does gives up its point in time."""
        with self._lock:
            held.users -= 1
            if held.users or not held.point:
                return
            point, held.point = held.point, ""
            assert held.state
            self._used[held.state.index] -= 1
        try:
            self._cluster.request("DELETE", "/_search/point_in_time", {"pit_id": [point]}, seconds=10)
        except ArchiveError:
            pass  # it ends by itself
        self.delete_unused()

    def forget(self) -> None:
        """Drop the newest generation; who has it keeps it."""
        with self._lock:
            older, self._newest = self._newest, None
        if older:
            self.released(older)

    def leave(self, index: str) -> None:
        """Delete an index as soon as nobody here has a point in time of it."""
        with self._lock:
            self._left.append(index)
        self.delete_unused()

    def delete_unused(self) -> None:
        """Delete the indexes that were left and that nobody asks any longer."""
        with self._lock:
            unused = [index for index in self._left if not self._used.get(index)]
            self._left = [index for index in self._left if index not in unused]
        for index in unused:
            self.states.delete(index)


class Asking:
    """Searches of one generation."""

    def __init__(self, cluster: Cluster, held: Held) -> None:
        self._cluster = cluster
        self.held = held

    def search(self, body: Body) -> Body:
        """Return the answer to one search."""
        return self.searches([body])[0]

    def searches(self, bodies: Sequence[Body]) -> list[Body]:
        """Return the answers to several searches, in one request.

        Raises:
            QueryTimeout: the time of the question is over.
            ArchiveError: the cluster cannot answer, or answers in part only.
        """
        if not self.held.point:
            return [{"hits": {"total": {"value": 0}, "hits": []}} for _ in bodies]
        kept = [self.held.answers.get(body) for body in bodies]
        missing = [body for body, answer in zip(bodies, kept, strict=True) if answer is None]
        asked = self._asked(missing) if missing else []
        for body, answer in zip(missing, asked, strict=True):
            self.held.answers.put(body, answer)
        new = iter(asked)
        return [next(new) if answer is None else answer for answer in kept]

    def _asked(self, bodies: Sequence[Body]) -> list[Body]:
        asked = [self._complete(body) for body in bodies]
        self.held.asked = time.monotonic()
        try:
            if len(asked) == 1 or any(_TOLD in body for body in asked):
                # A request of several searches does not tell the scores of named queries: these are sent side by side.
                answers = self._cluster.side_by_side([partial(self._sent, body) for body in asked])
            else:
                lines = [line for body in asked for line in ("{}\n", as_line(body))]
                answers = self._cluster.lines("/_msearch", lines)["responses"]
            return [self._checked(answer) for answer in answers]
        except NotThere:
            self.held.is_lost = True
            raise ArchiveError(
                Message(
                    "the cluster {cluster} has given up the point in time that was asked", cluster=self._cluster.name
                ),
                hint="ask again",
                code="snapshot-lost",
            ) from None

    def _sent(self, body: Body) -> Body:
        # Said in the address too: the cluster does not look for it in the body.
        params = {_TOLD: "true"} if _TOLD in body else {}
        answer: Body = self._cluster.request("POST", "/_search", body, params)
        return answer

    def _complete(self, body: Body) -> Body:
        made = {
            "track_total_hits": False,
            # Not even the document's name: to read that is to unpack what is kept of it.
            **({} if "_source" in body else {"_source": False, "stored_fields": "_none_"}),
            **body,
            "pit": {"id": self.held.point, "keep_alive": KEEP_ALIVE},
        }
        left = seconds_left()
        if left is not None:
            made["timeout"] = f"{max(1, round(left * 1000))}ms"
        return made

    def _checked(self, answer: Body) -> Body:
        if failure := answer.get("error"):
            roots = failure.get("root_cause") or [failure]
            reason = "; ".join(dict.fromkeys(str(each.get("reason")) for each in [*roots, failure]))
            raise of_failure(int(answer.get("status", 0)), str(roots[0].get("type")), reason, self._cluster.name)
        if answer.get("timed_out"):
            raise overdue()
        if answer["_shards"]["failed"]:
            self.held.is_lost = True
            reasons = [str(each.get("reason", {}).get("type")) for each in answer["_shards"].get("failures", ())]
            if "search_context_missing_exception" in reasons:
                raise of_failure(NOT_FOUND, reasons[0], "", self._cluster.name)
            raise unavailable(self._cluster.name)
        return answer

    def count(self, queries: Sequence[Body]) -> list[int]:
        """Return the number of articles for each query, in one request."""
        bodies = [{"size": 0, "track_total_hits": True, "query": query} for query in queries]
        return [int(each["hits"]["total"]["value"]) for each in self.searches(bodies)]
