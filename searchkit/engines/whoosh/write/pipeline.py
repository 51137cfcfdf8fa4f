"""Indexing in overlapping steps: while one is merged and committed, the articles of the next are analysed.

Workers analyse and a further worker merges; this process distributes the work and commits. Commits come in the order of
the steps: a step that was not committed is indexed when the archive is next opened.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from searchkit.engines.index import Entry, Step
from searchkit.engines.whoosh.interop.whoosh_codec import ColumnarSegment
from searchkit.engines.whoosh.write.bulk import Run, Settling, runs_of, split, written
from searchkit.engines.whoosh.write.workers import Place, merger
from searchkit.system.processes import Worker

_AHEAD = 8
"""Steps that may be analysed while one is merged; their runs are on disk."""


@dataclass(slots=True)
class _Begun:
    """A step with runs that are being written."""

    covers: int
    replaced: set[str]
    runs: int
    names: set[str] = field(default_factory=set)
    written: list[ColumnarSegment] = field(default_factory=list)


class Pipeline:
    """The indexing of a sequence of steps.

    Args:
        without: returns the segments of the newest generation, with these ids marked as deleted.
        commit: makes segments the newest generation, up to a sequence number; files with the given names are being
            written for later steps.
    """

    def __init__(
        self,
        place: Place,
        jobs: int,
        without: Callable[[set[str]], list[ColumnarSegment]],
        commit: Callable[[Sequence[ColumnarSegment], int, set[str]], None],
    ) -> None:
        self._place = place
        self._jobs = jobs
        self._without = without
        self._commit = commit
        self._begun: deque[_Begun] = deque()
        self._merger: Worker[Place, list[ColumnarSegment]] | None = None
        self._merging: int | None = None  # `covers` of the step that is being merged

    def take(self, steps: Iterable[Step], progress: Callable[[int], object] | None = None) -> None:
        """Index all steps. `progress` is called with the number of entries analysed."""
        done = 0
        try:
            with closing(written(self._runs(steps), self._place, self._jobs)) as segments:
                for segment in segments:
                    self._finish()
                    next(step for step in self._begun if len(step.written) < step.runs).written.append(segment)
                    done += segment.doc_count()
                    if progress:
                        progress(done)
                    self._finish()
            self._finish(wait=True)
            self._merged()
        finally:
            self._end_merger()

    def _runs(self, steps: Iterable[Step]) -> Iterator[Run]:
        for step in steps:
            held = _newest(step.entries)
            begun = _Begun(step.covers, {*step.deleted, *held}, runs_of(len(held)))
            self._begun.append(begun)
            # Articles are released as soon as they are written: there are many, and steps overlap.
            entries = list(held.values())[::-1]
            del step, held
            for run in split(entries.pop() for _ in range(len(entries))):
                begun.names.add(run.segment.path_in(self._place.folder).name)
                yield run

    def _finish(self, *, wait: bool = False) -> None:
        """Merge the steps whose runs are all written, in the merger if there is other work meanwhile.

        If there is a merger, it does the last step too: the analysing workers and their memory are gone by then. While
        the merger is busy, perhaps for minutes with large segments, analysis continues.
        """
        while self._begun and len(self._begun[0].written) == self._begun[0].runs:
            busy = self._merging is not None and self._merger is not None and not self._merger.ready()
            if busy and not wait and len(self._begun) <= _AHEAD:
                return
            self._merged()
            step = self._begun.popleft()
            task = Settling(self._without(step.replaced), step.written)
            if not self._begun and self._merger is None:  # another process would not be worth starting
                self._commit(task(self._place), step.covers, self._under_way())
                continue
            if self._merger is None:
                self._merger = merger(self._place)
            self._merger.give(task)
            self._merging = step.covers

    def _end_merger(self) -> None:
        if self._merger is not None:
            self._merger.close()
        self._merger = None

    def _merged(self) -> None:
        """Wait for the step that is being merged, and commit it."""
        if self._merging is None:
            return
        covers, self._merging = self._merging, None
        assert self._merger is not None
        self._commit(self._merger.take(), covers, self._under_way())

    def _under_way(self) -> set[str]:
        return {name for step in self._begun for name in step.names}


def _newest(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return for each id the entry with the highest sequence number."""
    held: dict[str, Entry] = {}
    for entry in entries:
        before = held.get(entry.article.id)
        if before is None or entry.seq >= before.seq:
            held[entry.article.id] = entry
    return held
