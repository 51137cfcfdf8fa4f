"""The saved searches of a record, each a document. Marking one replaces just the state that was looked at."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Collection
from datetime import datetime, timezone
from typing import Any

from searchkit.cluster.client import Body
from searchkit.storage.opensearch.bulk import Action
from searchkit.storage.opensearch.mapping import key
from searchkit.storage.opensearch.requests import Held, term
from searchkit.storage.opensearch.transactions import OpenSearchTransactions
from searchkit.storage.saved import SavedRow, SavedSearches, damaged, hashes, matched, now, question_text, stored

_SAVED = "saved"


class OpenSearchSavedSearches(SavedSearches):
    """The saved searches of a record."""

    def __init__(self, record: OpenSearchTransactions) -> None:
        self._record = record

    def names(self) -> list[str]:
        self._record.write_planned()
        return [name for name, _ in self._record.requests.scan("kept", term(what=_SAVED), "name")]

    def get(self, name: str) -> SavedRow | None:
        held = self._held(name)
        return self._row(name, held) if held else None

    def add(self, name: str, question: dict[str, Any], upto: int, ids: Collection[str]) -> None:
        when = _now()
        kept = {"recorded": when, "question": question_text(question), "looked": when, "upto": upto}
        self._record.write("kept", [Action("index", key("q", name), _document(name, kept, hashes(ids)))])

    def mark(self, name: str, recorded: datetime, upto: int, ids: Collection[str]) -> bool:
        while (held := self._held(name)) is not None:
            row = self._row(name, held)
            if row.recorded != recorded or row.upto > upto:
                return False
            kept = {**json.loads(held.source["value"]), "looked": _now(), "upto": upto}
            if not self._record.write(
                "kept", [Action("index", key("q", name), _document(name, kept, hashes(ids)), held.state)]
            ):
                return True
        return False

    def take_over(self, row: SavedRow) -> None:
        times = [each.isoformat(timespec="microseconds") for each in (row.recorded, row.looked)]
        kept = {
            "recorded": times[0], "question": question_text(row.question), "looked": times[1], "upto": row.upto,
        }  # fmt: skip
        document = _document(row.name, kept, stored(row.matched))
        self._record.write("kept", [Action("index", key("q", row.name), document)])

    def remove(self, name: str) -> bool:
        there = self._held(name) is not None
        self._record.write("kept", [Action("delete", key("q", name))])
        return there

    def _held(self, name: str) -> Held | None:
        self._record.require_open()
        return self._record.requests.get("kept", key("q", name))

    def _row(self, name: str, held: Held) -> SavedRow:
        where = self._record.where
        try:
            kept = json.loads(held.source["value"])
            question, seen = json.loads(kept["question"]), b64decode(kept["matched"])
            recorded, looked = (_time(kept[each]) for each in ("recorded", "looked"))
            upto = int(kept["upto"])
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            raise damaged(name, "has no question", where) from error
        if not isinstance(question, dict):
            raise damaged(name, "has no question", where)
        return SavedRow(name, recorded, question, looked, upto, matched(seen))


def _document(name: str, kept: Body, matching: bytes) -> Body:
    value = json.dumps({**kept, "matched": b64encode(matching).decode()}, ensure_ascii=False)
    return {"what": _SAVED, "name": name, "value": value}


def _now() -> str:
    return now().isoformat(timespec="microseconds")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(timezone.utc)
