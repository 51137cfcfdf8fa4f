"""The records that must behave alike: as files, in memory, in memory with no more than a cluster could promise, and in a
cluster where one is (see tests/cluster)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from searchkit.model.article import Article
from searchkit.model.history import Revision
from searchkit.storage.articles import Outcome
from searchkit.storage.memory.record import MemoryRecord
from searchkit.storage.record import Record
from searchkit.storage.sqlite.record import SqliteRecord
from tests.cluster.reached import ADDRESS, TemporaryRecord


class LooseRecord(MemoryRecord):
    """Of a transaction that fails, it keeps what was written; its sequence numbers have gaps, also at their end; a
    deletion goes when the article comes again.
    """

    atomic: ClassVar[bool] = False
    step: ClassVar[int] = 7
    block: ClassVar[int] = 100

    def put(self, article: Article) -> Outcome:
        with self.transaction():
            outcome = super().put(article)
            if outcome == "added":
                self._forget_deletion(article.id)
        return outcome

    def take_over(self, id: str, states: Sequence[Revision]) -> bool:
        with self.transaction():
            told = super().take_over(id, states)
            if told and states:
                self._forget_deletion(id)
        return told

    def _forget_deletion(self, id: str) -> None:
        for seq in [seq for seq, each in self.state.deleted.items() if each == id]:
            del self.state.deleted[seq]


RECORDS: dict[str, Callable[[Path], Record]] = {
    "sqlite": lambda folder: SqliteRecord.create(folder / "archive.db", {"timezone": "Asia/Shanghai"}),
    "memory": lambda _: MemoryRecord({"timezone": "Asia/Shanghai"}),
    "loose": lambda _: LooseRecord({"timezone": "Asia/Shanghai"}),
}
if ADDRESS:
    RECORDS["cluster"] = lambda _: TemporaryRecord.made()
