"""Many articles to segment files: several processes analyse and write runs, one merges them."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import tzinfo
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from searchkit.analysis.segment import Segmenter, UserDictionary, segmenter
from searchkit.backends.whoosh_index.batch import segment_data
from searchkit.backends.whoosh_index.codec.merge import merge
from searchkit.backends.whoosh_index.codec.segment_file import SegmentFile, write
from searchkit.backends.whoosh_index.codec.whoosh_codec import ColumnarSegment
from searchkit.backends.whoosh_index.commit import NAME
from searchkit.index import Entry

RUN = 4000
"""Articles that are analysed together; bounds the memory of a process to about 300 MB."""

TIER = 8
"""So many segments of one size are merged into one; a size is a power of TIER times RUN."""

MOST_DELETED = 0.3
"""A segment of which a larger share is deleted is written anew."""


def runs(
    entries: Iterable[Entry], folder: Path, timezone: tzinfo, cutter: Segmenter, dictionary: UserDictionary, jobs: int
) -> Iterator[ColumnarSegment]:
    """Write segments of at most RUN articles each, in order."""
    batches = _batches(iter(entries))
    first = next(batches, None)
    second = next(batches, None) if first else None
    if first and (second is None or jobs < 2 or not _may_fork()):
        yield _write(first, folder, timezone, cutter)
        for batch in [second, *batches] if second else batches:
            yield _write(batch, folder, timezone, cutter)
    elif first and second:
        yield from _in_parallel([first, second], batches, folder, timezone, dictionary, jobs)


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    while batch := list(islice(entries, RUN)):
        yield batch


def _may_fork() -> bool:
    """Other processes are started by forking only: starting them anew would run an embedding program's script again."""
    return sys.platform == "linux" and threading.active_count() == 1


def _write(entries: Sequence[Entry], folder: Path, timezone: tzinfo, cutter: Segmenter) -> ColumnarSegment:
    segment = ColumnarSegment(NAME, len(entries))
    write(segment.path_in(folder), segment_data(entries, timezone, cutter))
    return segment


def _write_in_other_process(
    entries: Sequence[Entry], folder: Path, timezone: tzinfo, dictionary: UserDictionary
) -> ColumnarSegment:
    return _write(entries, folder, timezone, segmenter(dictionary))


def _in_parallel(
    begun: list[list[Entry]],
    batches: Iterator[list[Entry]],
    folder: Path,
    timezone: tzinfo,
    dictionary: UserDictionary,
    jobs: int,
) -> Iterator[ColumnarSegment]:
    segmenter(dictionary)  # loaded once, and had by every fork
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        waiting: list[Future[ColumnarSegment]] = []
        for batch in (*begun, *batches):
            waiting.append(pool.submit(_write_in_other_process, batch, folder, timezone, dictionary))
            if len(waiting) > jobs:
                yield waiting.pop(0).result()
        for each in waiting:
            yield each.result()


def merged(segments: Sequence[ColumnarSegment], folder: Path) -> ColumnarSegment | None:
    """One segment of the live documents of several; None if none is left."""
    files = [SegmentFile(segment.path_in(folder)) for segment in segments]
    try:
        made = ColumnarSegment(NAME)
        kept = merge(made.path_in(folder), files, [segment.deleted_docs() for segment in segments])
        made.set_doc_count(kept)
    finally:
        for file in files:
            file.close()
    if not kept:
        made.path_in(folder).unlink(missing_ok=True)
        return None
    return made


def settled(
    segments: Sequence[ColumnarSegment], folder: Path, told: Callable[[ColumnarSegment], object]
) -> list[ColumnarSegment]:
    """The segments after merging those that the policy asks for. `told` hears of each file that is written."""
    found = [segment for segment in segments if segment.doc_count()]
    for i, segment in enumerate(found):
        if segment.deleted_count() > MOST_DELETED * segment.doc_count_all():
            anew = merged([segment], folder)
            assert anew is not None
            told(anew)
            found[i] = anew
    while group := _crowded(found):
        joined = merged(group, folder)
        assert joined is not None
        told(joined)
        found = [segment for segment in found if segment not in group] + [joined]
    return found


def _crowded(segments: Sequence[ColumnarSegment]) -> list[ColumnarSegment]:
    """TIER or more segments of one size, or none."""
    sizes: dict[int, list[ColumnarSegment]] = {}
    for segment in segments:
        size, most = 0, RUN
        while segment.doc_count() > most:
            size, most = size + 1, most * TIER
        sizes.setdefault(size, []).append(segment)
    return next((group for _, group in sorted(sizes.items()) if len(group) >= TIER), [])


def default_jobs() -> int:
    """As many processes as there are processors for this one."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
