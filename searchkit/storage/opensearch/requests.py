"""Requests for the documents of a record: by id, which is always the newest state, and by search, once it is visible.

What this process wrote is made visible to its own searches by a refresh that is asked for before the first of them;
what others wrote becomes so within a second or so, or at once where a search asks for it (`newest`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from searchkit.cluster.bulk import refreshed
from searchkit.cluster.client import Body, Cluster, of_failure
from searchkit.deadline import seconds_left
from searchkit.storage.opensearch.mapping import PARTS, Part, alias

PAGE = 5_000
"""Entries of one answer that have no text; the cluster gives 10,000 at most."""
TEXTS = 250
"""Documents with their text that are asked for together."""
_FAILED = "_shards.failed,timed_out,"


class Held(NamedTuple):
    """A document as the cluster has it.

    Attributes:
        state: the number and the term by which a write tells that it replaces just this state.
    """

    source: Body
    state: tuple[int, int]


class Requests:
    """The documents of the archive `name`. Safe to use from several threads."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.cluster = cluster
        self.name = name
        # What was acknowledged to another process before this one asks is seen, too.
        self._unseen: set[Part] = {*PARTS}
        self._lock = threading.Lock()
        self._refreshing = {part: threading.Lock() for part in PARTS}

    # -- by id

    def get(self, part: Part, key: str) -> Held | None:
        """Return a document; None if there is none."""
        return self.get_many(part, [key]).get(key)

    def get_many(self, part: Part, keys: Iterable[str], fields: Sequence[str] | None = None) -> dict[str, Held]:
        """Return those of some documents that exist, by their keys.

        Args:
            fields: those wanted, if not all.
        """
        wanted = list(dict.fromkeys(keys))
        found: dict[str, Held] = {}
        together = TEXTS if fields is None else PAGE
        for start in range(0, len(wanted), together):
            some = {"_source": list(fields)} if fields is not None else {}
            docs = [{"_id": key, **some} for key in wanted[start : start + together]]
            told = self.cluster.request("POST", f"/{alias(self.name, part)}/_mget", {"docs": docs})
            for each in told["docs"]:
                if failure := each.get("error"):
                    kind, reason = str(failure.get("type")), str(failure.get("reason"))
                    raise of_failure(int(each.get("status", 0)), kind, reason, self.cluster.name)
                if each["found"]:
                    found[each["_id"]] = Held(each["_source"], (each["_seq_no"], each["_primary_term"]))
        return found

    # -- by search

    def wrote(self, part: Part) -> None:
        """Note that what searches of a part should see is not visible yet."""
        with self._lock:
            self._unseen.add(part)

    def refresh(self, part: Part, *, newest: bool = False) -> None:
        """Make visible what this process wrote, with `newest` also what all others did."""
        with self._refreshing[part]:  # who comes while another one refreshes waits, and then sees what it made visible
            with self._lock:
                if not newest and part not in self._unseen:
                    return
                self._unseen.discard(part)
            try:
                refreshed(self.cluster, alias(self.name, part))
            except BaseException:
                self.wrote(part)
                raise

    def search(self, part: Part, body: Body, shown: str = "") -> Body:
        """Return the answer to a search of what is visible.

        Args:
            shown: the fields of the answer that are wanted, if not all of it.

        Raises:
            ArchiveError: a part of the index did not answer.
        """
        params = {"allow_partial_search_results": "false"}
        left = seconds_left()
        if left is not None:
            # It stops by itself where this process, or the net, is gone and cannot stop it.
            params["cancel_after_time_interval"] = f"{max(1, round(left * 1000))}ms"
        if shown:
            params["filter_path"] = _FAILED + shown
        told: Body = self.cluster.request("POST", f"/{alias(self.name, part)}/_search", body, params)
        return told

    def count(self, part: Part, query: Body) -> int:
        """Return the number of documents that match."""
        self.refresh(part)
        # Not `_count`, which counts what it reaches where a part of the index is missing.
        body = {"query": query, "size": 0, "track_total_hits": True}
        return int(self.search(part, body, "hits.total.value")["hits"]["total"]["value"])

    def scan(
        self,
        part: Part,
        query: Body,
        by: str,
        fields: Sequence[str] = (),
        *,
        then: Sequence[str] = (),
        texts: bool = False,
        page: int = 0,
        descending: bool = False,
    ) -> Iterator[tuple[Any, Body]]:
        """Yield the value by which they are ordered, and the fields, of all documents that match.

        A document that changes meanwhile may be there twice or not at all if that value changes with it.

        Args:
            by: a field that no two of these documents have the same value in, or together with the fields `then`.
            fields: with `texts`, any fields; else such as are indexed, of which each has one value.
            page: documents of one answer; by default as many as is good for texts or for numbers.
        """
        self.refresh(part)
        order = [{name: "desc" if descending else "asc"} for name in (by, *then)]
        body: Body = {"query": query, "size": page or (TEXTS if texts else PAGE), "sort": order}
        body |= {"_source": list(fields)} if texts else {"_source": False, "docvalue_fields": list(fields)}
        body["track_total_hits"] = False
        shown = "hits.hits.sort,hits.hits.fields,hits.hits._source"
        while hits := self.search(part, body, shown).get("hits", {}).get("hits"):
            for hit in hits:
                told = hit.get("_source", {}) if texts else {n: v[0] for n, v in hit.get("fields", {}).items()}
                yield hit["sort"][0], told
            if len(hits) < body["size"]:
                return
            body["search_after"] = hits[-1]["sort"]

    def groups(self, part: Part, query: Body, field: str) -> Iterator[tuple[Any, int]]:
        """Yield each value of a field, and how many of the documents that match have it."""
        self.refresh(part)
        composite: Body = {"size": PAGE, "sources": [{"value": {"terms": {"field": field}}}]}
        body = {"size": 0, "query": query, "aggs": {"each": {"composite": composite}}}
        while True:
            told = self.search(part, body, "aggregations")["aggregations"]["each"]
            for bucket in told["buckets"]:
                yield bucket["key"]["value"], bucket["doc_count"]
            if len(told["buckets"]) < PAGE:
                return
            composite["after"] = told["after_key"]

    def sizes(self) -> int:
        """Return the bytes that all parts take on the disks of the cluster, each copy counted."""
        names = ",".join(alias(self.name, part) for part in PARTS)
        told = self.cluster.request("GET", f"/{names}/_stats/store")
        return int(told["_all"]["total"]["store"]["size_in_bytes"])


def term(**values: Any) -> Body:
    """Return the query for documents that have these values."""
    return {"bool": {"filter": [{"term": {name: value}} for name, value in values.items()]}}


def among(field: str, values: Iterable[str], **others: Any) -> Body:
    """Return the query for documents with one of some values in a field, and with these values in others."""
    one: Body = {"terms": {field: list(values)}}
    return {"bool": {"filter": [one, *({"term": {name: value}} for name, value in others.items())]}}


def above(field: str, after: int, upto: int | None = None, **others: Any) -> Body:
    """Return the query for documents with a number above `after` and not above `upto`, and these values in others."""
    bounds: Mapping[str, int] = {"gt": after} if upto is None else {"gt": after, "lte": upto}
    return {"bool": {"filter": [{"range": {field: bounds}}, *({"term": {n: v}} for n, v in others.items())]}}
