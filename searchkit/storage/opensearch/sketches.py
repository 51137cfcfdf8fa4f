"""The sketches and families of a record, each a document. All of it can be made again, so one copy of a write is enough
to go on; the cluster makes the others.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from searchkit.storage.opensearch.bulk import Action
from searchkit.storage.opensearch.mapping import key
from searchkit.storage.opensearch.requests import term
from searchkit.storage.opensearch.transactions import OpenSearchTransactions
from searchkit.storage.sketches import Sketch, Sketched, Sketches

_SKETCH, _FAMILY = "sketch", "family"
_SOME = 1_000
"""Sketches that are sent together."""


class OpenSearchSketches(Sketches):
    """The sketches and families of a record."""

    def __init__(self, record: OpenSearchTransactions) -> None:
        self._record = record
        self._requests = record.requests

    def clear(self) -> None:
        self._record.write_planned()
        self._requests.refresh("sketches", newest=True)
        for what, key_of in ((_FAMILY, _family_key), (_SKETCH, _key)):
            ids = self._requests.scan("sketches", term(what=what), "id")
            self._record.write("sketches", (Action("delete", key_of(id)) for id, _ in ids))

    # -- sketches

    def add(self, sketches: Iterable[Sketch]) -> None:
        given = iter(sketches)
        while some := [*islice(given, _SOME)]:
            self._record.write("sketches", [Action("index", _key(each.id), _document(each)) for each in some])

    def remove(self, ids: Iterable[str]) -> None:
        self._record.write("sketches", [Action("delete", _key(id)) for id in ids])

    def days(self, ids: Iterable[str]) -> dict[str, int]:
        return {id: each["day"] for id, each in self._held(ids, ["day"])}

    def appeared(self, ids: Iterable[str]) -> dict[str, int]:
        return {id: each["appeared"] for id, each in self._held(ids, ["appeared"])}

    def evidence(self, ids: Iterable[str]) -> dict[str, tuple[str, bytes]]:
        found = self._held(ids, ["title", "numbers"])
        return {id: (each["title"], b64decode(each["numbers"])) for id, each in found}

    def between(self, first: int, last: int) -> Sequence[Sketched]:
        self._record.write_planned()
        query = {"bool": {"filter": [{"term": {"what": _SKETCH}}, {"range": {"day": {"gte": first, "lte": last}}}]}}
        found = self._requests.scan("sketches", query, "id", ["day", "twins", "hashes"], texts=True, page=_SOME)
        return [Sketched(id, each["day"], each["twins"], b64decode(each["hashes"])) for id, each in found]

    def _held(self, ids: Iterable[str], fields: Sequence[str]) -> Iterator[tuple[str, Any]]:
        self._record.require_open()
        keys = {_key(id): id for id in ids}
        for found, held in self._requests.get_many("sketches", keys, fields).items():
            yield keys[found], held.source

    # -- families

    def put_together(self, families: Iterable[tuple[str, str]]) -> None:
        last = dict(families)  # those sent together are carried out in any order
        self._record.write(
            "sketches",
            (
                Action("index", _family_key(id), {"what": _FAMILY, "id": id, "family": family})
                for id, family in last.items()
            ),
        )

    def take_out(self, ids: Iterable[str]) -> None:
        self._record.write("sketches", [Action("delete", _family_key(id)) for id in ids])

    def families(self, ids: Iterable[str]) -> dict[str, str]:
        self._record.require_open()
        keys = {_family_key(id): id for id in ids}
        found = self._requests.get_many("sketches", keys, ["family"])
        return {keys[key]: str(held.source["family"]) for key, held in found.items()}

    def members(self, family: str) -> list[str]:
        self._record.write_planned()
        query = term(what=_FAMILY, family=family)
        appeared = self.appeared(id for id, _ in self._requests.scan("sketches", query, "id"))
        return sorted(appeared, key=lambda id: (appeared[id], id))

    def has_families(self) -> bool:
        self._record.write_planned()
        self._requests.refresh("sketches")
        body = {"query": term(what=_FAMILY), "size": 1, "_source": False}
        return bool(self._requests.search("sketches", body)["hits"]["hits"])

    def all_families(self) -> Mapping[str, str]:
        self._record.write_planned()
        found = self._requests.scan("sketches", term(what=_FAMILY), "id", ["family"])
        return {id: each["family"] for id, each in found}

    def count(self) -> tuple[int, int]:
        self._record.write_planned()
        sizes = [count for _, count in self._requests.groups("sketches", term(what=_FAMILY), "family")]
        return len(sizes), sum(sizes)


def _key(id: str) -> str:
    return key("s", id)


def _family_key(id: str) -> str:
    return key("f", id)


def _document(sketch: Sketch) -> dict[str, Any]:
    raw = {"hashes": b64encode(sketch.hashes).decode(), "numbers": b64encode(sketch.numbers).decode()}
    return {**sketch._asdict(), **raw, "what": _SKETCH}
