"""Is the record intact? Every document against its digest, and the indexes against one another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from searchkit.language.messages import Message
from searchkit.storage.opensearch.changes import OpenSearchChanges
from searchkit.storage.opensearch.requests import Requests


def problems_of(record: OpenSearchChanges) -> list[str]:
    """Return the problems of a record, each as a sentence; empty if there are none."""
    requests, where = record.requests, record.where
    for part in ("articles", "revisions"):
        requests.refresh(part, newest=True)
    free = record.sequence.next()
    problems: list[str] = []
    states: dict[str, tuple[int, int]] = {}
    """Of each article that is there: with which number it came in, and the number of its newest state."""
    for each in _all(requests):
        id = each["id"]
        if not each["gone"]:
            states[id] = (each["first"], each["revision"])
            problems += _misfits(each, where)
        if not 0 < each["seq"] < free:
            about = {"path": where, "id": id, "seq": each["seq"]}
            problems.append(Message("{path}: {id} has the sequence number {seq}, which nobody took", **about))
    for seq, count in requests.groups("articles", {"match_all": {}}, "seq"):
        if count > 1:
            problems.append(
                Message("{path}: {count} changes have the sequence number {seq}", path=where, count=count, seq=seq)
            )
    there = requests.count("articles", {"term": {"gone": False}})
    if there != len(states):
        counts = {"path": where, "count": there, "found": len(states)}
        problems.append(Message("{path}: {count} articles are counted, and {found} are found", **counts))
    problems += _revisions(requests, states, where)
    return problems


def _all(requests: Requests) -> Iterator[Any]:
    fields = ["id", "gone", "seq", "first", "revision", "kind", "parent", "digest", "record"]
    return (each for _, each in requests.scan("articles", {"match_all": {}}, "id", fields, texts=True))


def _misfits(each: Any, where: str) -> Iterator[Message]:
    if _digest(each["record"]) != each["digest"]:
        yield Message("{path}: the record of {id} does not fit its digest", path=where, id=each["id"])
        return
    try:
        held = json.loads(each["record"])
        named = (held.get("id"), held.get("kind", "article"), held.get("parent", ""))
    except (ValueError, AttributeError, RecursionError):
        named = None
    if named != (each["id"], each["kind"], each["parent"]):
        yield Message("{path}: the entry of {id} does not fit its record", path=where, id=each["id"])


def _revisions(requests: Requests, states: dict[str, tuple[int, int]], where: str) -> Iterator[Message]:
    lacking = {id: {*range(1, newest)} for id, (_, newest) in states.items() if newest > 1}
    fields = ["id", "first", "revision", "digest", "record"]
    found = requests.scan("revisions", {"match_all": {}}, "id", fields, then=("first", "revision"), texts=True)
    for id, each in found:
        first, newest = states.get(id, (0, 0))
        number = each["revision"]
        about = {"path": where, "number": number, "id": id}
        if each["first"] != first:
            yield Message("{path}: revision {number} of {id} is left of a deleted article", **about)
        elif number >= newest:
            yield Message("{path}: revision {number} of {id} is there twice", **about)
        else:
            lacking[id].discard(number)
            if _digest(each["record"]) != each["digest"]:
                yield Message("{path}: revision {number} of {id} does not fit its digest", **about)
    for id, numbers in lacking.items():
        for number in sorted(numbers):
            yield Message("{path}: revision {number} of {id} is missing", path=where, number=number, id=id)


def _digest(record: str) -> str:
    return hashlib.sha256(record.encode("utf-8", "surrogatepass")).hexdigest()[:32]
