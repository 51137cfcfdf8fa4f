"""A generation as given to callers: held open until it is closed, its failures turned into errors for the user."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from searchkit.engines.aggregation import Aggregation, Part
from searchkit.engines.snapshot import Key, Matches, Snapshot
from searchkit.engines.whoosh.failures import as_ours
from searchkit.engines.whoosh.read.generations import Opened
from searchkit.engines.whoosh.read.searcher import Searcher
from searchkit.errors import ArchiveClosed
from searchkit.model.fields import FieldName
from searchkit.model.results import Recent, Sort
from searchkit.query.tree import Node

if TYPE_CHECKING:
    from searchkit.analysis.pinyin import Spelling


class WhooshSnapshot(Snapshot):
    """A generation of the index in `directory`, held open. Once closed, it raises ArchiveClosed for every question.

    Args:
        opened: held by the caller, whose hold passes to the snapshot.
    """

    def __init__(self, opened: Opened, directory: Path) -> None:
        self._opened = opened
        self._directory = directory
        self._holds = [opened]

    @property
    def generation(self) -> int:
        """The number of the generation; -1 if there was no index."""
        return self._opened.generation

    @property
    def covers(self) -> int:
        manifest = self._opened.manifest
        return manifest.covers if manifest else 0

    @property
    def settings(self) -> Mapping[str, str]:
        manifest = self._opened.manifest
        return manifest.settings if manifest else {}

    def close(self) -> None:
        try:
            held = self._holds.pop()  # if two threads close, only one gets it
        except IndexError:
            return
        held.release()

    def _asking(self) -> _Asking:
        if not self._holds:
            raise ArchiveClosed(self._directory.parent)
        return _Asking(self._opened, self._directory)

    def _search(
        self, query: Node, limit: int, after: Key | None, sort: Sort, near: bool, recent: Recent | None
    ) -> Matches:
        with self._asking() as searcher:
            return searcher.search(query, limit, after, sort, near, recent)

    def _variants(self, word: str, edits: int) -> Collection[str]:
        with self._asking() as searcher:
            return searcher.variants(word, edits)

    def similar_words(
        self, words: Sequence[str], edits: int = 1, *, same_first: bool = False
    ) -> Mapping[str, Mapping[str, int]]:
        with self._asking() as searcher:
            return searcher.similar_words(words, edits, same_first=same_first)

    def _spelled(self, spelling: Spelling) -> tuple[Collection[str], Collection[tuple[FieldName, str]]]:
        with self._asking() as searcher:
            return searcher.spelled(spelling)

    def explain(self, query: Node, id: str, recent: Recent | None = None) -> Mapping[str, float]:
        query = self.resolved(query)
        with self._asking() as searcher:
            return searcher.explain(query, id, recent)

    def passage(self, query: Node) -> Mapping[str, float]:
        query = self.resolved(query)
        with self._asking() as searcher:
            return searcher.passage(query)

    def aggregate(self, query: Node, aggregations: Sequence[Aggregation[Any]]) -> tuple[Any, ...]:
        with self._asking():  # counting reads from the files as well
            return super().aggregate(query, aggregations)

    def _parts(self, query: Node) -> Sequence[Part]:
        with self._asking() as searcher:
            return searcher.parts(query)

    def document_frequencies(self, words: Collection[str]) -> Mapping[str, int]:
        with self._asking() as searcher:
            return searcher.document_frequencies(words)

    def sequence_numbers(self) -> Mapping[str, int]:
        with self._asking() as searcher:
            return searcher.sequence_numbers()


class _Asking:
    """A hold on the files during one question, since another thread may close the snapshot meanwhile."""

    __slots__ = ("_directory", "_opened")

    def __init__(self, opened: Opened, directory: Path) -> None:
        self._opened = opened
        self._directory = directory

    def __enter__(self) -> Searcher:
        if not self._opened.hold():
            raise ArchiveClosed(self._directory.parent)
        return self._opened.searcher

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.release()
        if error is not None:
            ours = as_ours(self._directory, error)
            if ours is not None:
                raise ours from error
