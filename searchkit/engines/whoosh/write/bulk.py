"""Writing many articles to segment files: several processes analyse and write runs, one merges them."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from searchkit.analysis.segment import query_segmenter, segmenter
from searchkit.engines.index import Entry
from searchkit.engines.whoosh.codec.layout import CodecError
from searchkit.engines.whoosh.codec.merge import merge
from searchkit.engines.whoosh.codec.segment_file import SegmentFile, write
from searchkit.engines.whoosh.interop.whoosh_codec import ColumnarSegment
from searchkit.engines.whoosh.manifest import NAME
from searchkit.engines.whoosh.write.batch import segment_data
from searchkit.engines.whoosh.write.workers import Place, in_parallel

RUN = 1000
"""Articles analysed together; bounds the memory of a process. Twice as many would take 90 MB more in each process and
save 3% of the time."""

TIER = 8
"""This many segments of one size are merged into one; a size is a power of TIER times RUN."""

MOST_THREADS = 4
"""Threads that merge, at most: each has its own arrays."""

MOST_DELETED = 0.3
"""A segment with a larger share of deleted documents is rewritten."""

FEW = 5
"""The number of articles that can be analysed in less time than rjieba takes to load."""


@dataclass(frozen=True, slots=True)
class Run:
    """A task: the articles for one segment."""

    segment: ColumnarSegment
    entries: Sequence[Entry]

    def __call__(self, place: Place) -> ColumnarSegment:
        # The segmenter for queries is ready at once, the other is much faster.
        cutter = (query_segmenter if len(self.entries) <= FEW else segmenter)(place.dictionary)
        write(self.segment.path_in(place.folder), segment_data(self.entries, place.timezone, cutter))
        return self.segment


@dataclass(frozen=True, slots=True)
class Settling:
    """A task: merge existing segments and new runs into the segments of the next generation."""

    segments: Sequence[ColumnarSegment]
    written: Sequence[ColumnarSegment]

    def __call__(self, place: Place) -> list[ColumnarSegment]:
        joined = merged(self.written, place.folder) if len(self.written) > 1 else None
        return settled([*self.segments, *([joined] if joined else self.written)], place.folder)


def split(entries: Iterable[Entry]) -> Iterator[Run]:
    """Yield runs of at most RUN articles, in order."""
    left = iter(entries)
    while batch := list(islice(left, RUN)):
        yield Run(ColumnarSegment(NAME, len(batch)), batch)


def runs_of(entries: int) -> int:
    """Return the number of runs that `split` makes of this many articles."""
    return -(-entries // RUN)


def written(runs: Iterable[Run], place: Place, jobs: int) -> Generator[ColumnarSegment, None, None]:
    """Write the segments of runs, in order, with `jobs` processes if there are several runs."""
    left = iter(runs)
    begun = list(islice(left, 2))
    if len(begun) < 2 or jobs < 2:
        yield from (run(place) for run in chain(begun, left))
    else:
        yield from in_parallel(chain(begun, left), place, jobs)


def merged(segments: Sequence[ColumnarSegment], folder: Path) -> ColumnarSegment | None:
    """Merge the live documents of several segments into one. Returns: None if there are none.

    Raises: CodecError if one of them is damaged: otherwise its damage would get a valid checksum. A stranger's may have
        checksums that fit, and numbers that do not.
    """
    files = [SegmentFile(segment.path_in(folder)) for segment in segments]
    try:
        for problem in chain.from_iterable(file.verify() for file in files):
            raise CodecError(problem)
        made = ColumnarSegment(NAME)
        threads = min(default_jobs(), MOST_THREADS)
        kept = merge(made.path_in(folder), files, [segment.deleted_docs() for segment in segments], threads)
        made.set_doc_count(kept)
    except (IndexError, ValueError, OverflowError) as error:
        raise CodecError(f"{files[0].path}: it cannot be merged: {error}") from error
    finally:
        for file in files:
            file.close()
    if not kept:
        made.path_in(folder).unlink(missing_ok=True)
        return None
    return made


def settled(segments: Sequence[ColumnarSegment], folder: Path) -> list[ColumnarSegment]:
    """Return the segments after the merges that the policy demands."""
    found = [segment for segment in segments if segment.doc_count()]
    for i, segment in enumerate(found):
        if segment.deleted_count() > MOST_DELETED * segment.doc_count_all():
            anew = merged([segment], folder)
            assert anew is not None
            found[i] = anew
    while group := _crowded(found):
        joined = merged(group, folder)
        assert joined is not None
        found = [segment for segment in found if segment not in group] + [joined]
    return found


def _crowded(segments: Sequence[ColumnarSegment]) -> list[ColumnarSegment]:
    """Return TIER or more segments of one size, or an empty list."""
    sizes: dict[int, list[ColumnarSegment]] = {}
    for segment in segments:
        size, most = 0, RUN
        while segment.doc_count() > most:
            size, most = size + 1, most * TIER
        sizes.setdefault(size, []).append(segment)
    return next((group for _, group in sorted(sizes.items()) if len(group) >= TIER), [])


def default_jobs() -> int:
    """Return the number of processors available to this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
