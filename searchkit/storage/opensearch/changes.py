"""The changes of a record by their sequence numbers, and the marks of its lineage.

Only what is settled is handed out. It was acknowledged before, so the refresh that comes after the question how far
that is makes all of it visible.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from searchkit.storage.changes import MOST_CHARACTERS, Change, Changes, SequenceNumbers
from searchkit.storage.opensearch.bulk import Action
from searchkit.storage.opensearch.documents import article_key, article_of
from searchkit.storage.opensearch.requests import TEXTS, above, term
from searchkit.storage.opensearch.settings import OpenSearchSettings
from searchkit.storage.opensearch.transactions import MARK, mark_key

_FRESH = 10.0
"""Seconds for which a record counts as the one that it was."""


class OpenSearchChanges(OpenSearchSettings, Changes):
    """The changes that the newest states of articles are, and their tombstones."""

    _has_been: tuple[tuple[int, str], float] = (-1, ""), 0.0
    """What was found last by `has_been`, and when."""

    def last_seq(self) -> int:
        self.write_planned()
        return self.sequence.settled()

    def last_given(self) -> int:
        self.write_planned()
        return self.sequence.next() - 1

    def changes(self, after: int, limit: int, upto: int | None = None) -> list[Change]:
        settled = self.last_seq()
        last = settled if upto is None else min(settled, upto)
        found: list[Change] = []
        if limit < 1 or after >= last:
            return found
        self.requests.refresh("articles", newest=True)
        some: dict[str, int] = {}
        characters = 0
        rows = self.requests.scan("articles", above("seq", after, last), "seq", ["id", "size"])
        for seq, row in rows:
            some[row["id"]] = seq
            characters += row["size"]
            is_enough = characters >= MOST_CHARACTERS
            if is_enough or len(some) >= min(TEXTS, limit - len(found)):
                found += self._read(some)
                some = {}
                if len(found) >= limit or (is_enough and found):
                    return found
        return found + list(self._read(some))

    def _read(self, numbers: dict[str, int]) -> Iterator[Change]:
        """Yield the changes of articles that still have these numbers; others have changed again since."""
        held = self.requests.get_many("articles", map(article_key, numbers))
        for id, seq in numbers.items():
            each = held[article_key(id)].source
            if each["seq"] == seq:
                yield Change(seq, id, None if each["gone"] else article_of(id, each["record"], self.where))

    def stamp(self) -> str:
        self.write_planned()
        return self.sequence.stamp()

    def pending(self, after: int) -> int:
        if self.last_given() <= after:  # which needs no refresh
            return 0
        self._show_all()
        return self.requests.count("articles", above("seq", after))

    def changed_since(self, after: int) -> dict[str, int]:
        self._show_all()
        rows = self.requests.scan("articles", above("seq", after, gone=False), "seq", ["id"])
        return {row["id"]: seq for seq, row in rows}

    def deleted_since(self, after: int) -> set[str]:
        self._show_all()
        return {row["id"] for _, row in self.requests.scan("articles", above("seq", after, gone=True), "seq", ["id"])}

    def _show_all(self) -> None:
        self.write_planned()
        self.requests.refresh("articles", newest=True)

    def sequence_numbers(self) -> SequenceNumbers:
        last = self.last_seq()
        return SequenceNumbers(self.changed_since(0).items(), last)

    # -- lineage

    def lineage(self) -> str:
        self.write_planned()
        self.requests.refresh("kept", newest=True)
        body = {"query": term(what=MARK), "sort": [{"order": "desc"}], "size": 1, "_source": ["value"]}
        hits = self.requests.search("kept", body)["hits"]["hits"]
        return f"{hits[0]['sort'][0]} {hits[0]['_source']['value']}" if hits else ""

    def has_been(self, seq: int, lineage: str) -> bool:
        """See `Changes.has_been`. What was so a moment ago is so: every question asks."""
        asked, found = self._has_been
        if asked != (seq, lineage) or time.monotonic() - found > _FRESH:
            if seq > self.last_seq():
                return False
            at, _, mark = lineage.partition(" ")
            held = self.requests.get("kept", mark_key(at)) if lineage else None
            if lineage and (held is None or held.source["value"] != mark):
                return False
            self._has_been = (seq, lineage), time.monotonic()
        return True

    def forget_lineage(self, before: str, keep: int) -> int:
        self.write_planned()
        if not before:
            return 0
        self.requests.refresh("kept", newest=True)
        below = {"range": {"order": {"lt": int(before.partition(" ")[0])}}}
        query = {"bool": {"filter": [{"term": {"what": MARK}}, below]}}
        older = [seq for seq, _ in self.requests.scan("kept", query, "order", descending=True)]
        self.write("kept", [Action("delete", mark_key(seq)) for seq in older[keep:]])
        return len(older[keep:])
