"""Is the record intact? Every document against its digest, and the indexes against one another.

What a writer that died has left is told too: it harms nobody, and `repaired` removes it. No state of an article that is
there is changed by that.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from searchkit.language.messages import Message, plural
from searchkit.storage.opensearch.bulk import Action
from searchkit.storage.opensearch.documents import revision_key
from searchkit.storage.opensearch.mapping import PARTS, alias
from searchkit.storage.opensearch.requests import Requests, above

if TYPE_CHECKING:
    from searchkit.storage.opensearch.record import OpenSearchRecord

_CLOCKS = 60.0
"""Seconds that the clocks of this machine and of the cluster may differ by."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with a record.

    Attributes:
        problems: each as a sentence.
        leftovers: the keys of revisions of nothing that is there, and of such as are the newest state.
        retired: the ids of articles that a prune which was broken off has left.
        unknown: files that articles were read from, but that nobody would look for.
        late: of the problems, those of changes of a writer that died which have to get new numbers.
        mended: of the problems, those that go away by themselves or by `repaired`.
    """

    problems: list[Message] = field(default_factory=list)
    leftovers: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    late: list[Message] = field(default_factory=list)
    mended: list[Message] = field(default_factory=list)

    def passing(self, problems: Iterable[Message]) -> None:
        """Take problems that are `mended`."""
        told = [*problems]
        self.mended.extend(told)
        self.problems.extend(told)


def found_in(record: OpenSearchRecord) -> Findings:
    """Look at all of a record."""
    requests, where = record.requests, record.where
    found = Findings()
    found.passing(_copies(requests, where))
    for part in PARTS:
        requests.refresh(part, newest=True)
    free = record.sequence.next()
    lives: dict[str, tuple[int, int]] = {}
    """Of each article that is there or is retired: with which number it came in, and the number of its newest state."""
    for each in _all(requests):
        id = each["id"]
        if not each["gone"] or "first" in each:
            lives[id] = (each["first"], each["revision"])
            found.problems.extend(_misfits(each, where))
        if each["gone"] and "first" in each:
            found.retired.append(id)
            found.passing([Message("{path}: {id} was left deleted by half, by a prune", path=where, id=id)])
        if not 0 < each["seq"] < free:
            about = {"path": where, "id": id, "seq": each["seq"]}
            found.problems.append(Message("{path}: {id} has the sequence number {seq}, which nobody took", **about))
    for seq, count in requests.groups("articles", {"match_all": {}}, "seq"):
        if count > 1:
            about = {"path": where, "count": count, "seq": seq}
            found.problems.append(Message("{path}: {count} changes have the sequence number {seq}", **about))
    there = requests.count("articles", {"term": {"gone": False}})
    if there != len(lives) - len(found.retired):
        counts = {"path": where, "count": there, "found": len(lives) - len(found.retired)}
        found.problems.append(Message("{path}: {count} articles are counted, and {found} are found", **counts))
    found.problems.extend(_revisions(requests, lives, where, found))
    for path in record.origins.unknown():
        found.unknown.append(path)
        about = {"path": where, "file": path}
        found.passing([Message("{path}: articles were read from {file}, which it does not know", **about)])
    found.late.extend(_late(record))
    found.passing(found.late)
    return found


def repaired(record: OpenSearchRecord) -> list[Message]:
    """Remove what writers that died have left; see `Record.repair`. Nobody else may write meanwhile."""
    found, where = found_in(record), record.where
    told: list[Message] = []
    with record.transaction():
        for id in found.retired:
            record.put_back(id)
    if found.retired:
        told.append(
            plural(
                "{path}: {number:,} article that a prune had left deleted by half was put back",
                "{path}: {number:,} articles that a prune had left deleted by half were put back",
                len(found.retired),
                path=where,
            )
        )
    with record.transaction():
        record.write("revisions", (Action("delete", key) for key in found.leftovers))
    if found.leftovers:
        told.append(
            plural(
                "{path}: {number:,} revision that was left was removed",
                "{path}: {number:,} revisions that were left were removed",
                len(found.leftovers),
                path=where,
            )
        )
    with record.transaction():
        record.origins.note_files(found.unknown)
    if found.unknown:
        told.append(
            plural(
                "{path}: {number:,} file was noted again",
                "{path}: {number:,} files were noted again",
                len(found.unknown),
                path=where,
            )
        )
    if found.late:
        record.settle()
        told.append(Message("{path}: changes of a writer that died got new numbers", path=where))
    return told


def _copies(requests: Requests, where: str) -> Iterator[Message]:
    names = ",".join(alias(requests.name, part) for part in PARTS)
    told = requests.cluster.request("GET", f"/_cluster/health/{names}", params={"level": "shards"})
    for index, each in sorted(told["indices"].items()):
        for number, shard in sorted(each["shards"].items()):
            about = {"path": where, "number": number, "index": index}
            if not shard["primary_active"]:
                yield Message("{path}: shard {number} of {index} has no copy on a running node", **about)
            elif shard["unassigned_shards"]:
                yield Message("{path}: shard {number} of {index} has fewer copies than it should have", **about)


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


def _revisions(requests: Requests, lives: dict[str, tuple[int, int]], where: str, told: Findings) -> Iterator[Message]:
    lacking = {id: {*range(1, newest)} for id, (_, newest) in lives.items() if newest > 1}
    fields = ["id", "first", "revision", "digest", "record"]
    found = requests.scan("revisions", {"match_all": {}}, "id", fields, then=("first", "revision"), texts=True)
    for id, each in found:
        first, newest = lives.get(id, (0, 0))
        number = each["revision"]
        about = {"path": where, "number": number, "id": id}
        if each["first"] != first:
            told.leftovers.append(revision_key(id, each["first"], number))
            told.passing([Message("{path}: revision {number} of {id} is left of a deleted article", **about)])
        elif number >= newest:
            told.leftovers.append(revision_key(id, first, number))
            told.passing([Message("{path}: revision {number} of {id} is there twice", **about)])
        else:
            lacking[id].discard(number)
            if _digest(each["record"]) != each["digest"]:
                yield Message("{path}: revision {number} of {id} does not fit its digest", **about)
    for id, numbers in lacking.items():
        for number in sorted(numbers):
            yield Message("{path}: revision {number} of {id} is missing", path=where, number=number, id=id)


def _late(record: OpenSearchRecord) -> Iterator[Message]:
    """Tell which changes came after the lease of their writer was over, where nobody has given them new numbers."""
    record.sequence.settled()  # ends the leases that are over
    for block in record.sequence.late_since(time.time() - record.sequence.late - _CLOCKS):
        if record.requests.count("articles", above("seq", block.low - 1, block.high)):
            about = {"path": record.where, "low": block.low, "high": block.high}
            yield Message("{path}: a writer of the changes {low} to {high} died, and they may have come late", **about)


def _digest(record: str) -> str:
    return hashlib.sha256(record.encode("utf-8", "surrogatepass")).hexdigest()[:32]
