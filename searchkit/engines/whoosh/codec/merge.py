"""Merging several segments into one with array operations, a run of terms at a time, without deleted documents.

Several threads merge runs: nearly all of the time is spent inside numpy, which lets other threads run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.codec import forward
from searchkit.engines.whoosh.codec.postings import Encoded, Ints, Lists, Shape, encode, spread
from searchkit.engines.whoosh.codec.segment_file import (
    FieldData,
    FieldReader,
    KeywordData,
    SegmentData,
    SegmentFile,
    write,
)

PORTION = 1 << 20
"""Bytes of lists that a thread merges together; bounds its memory to some hundred times as much."""

MOST_TERMS = 1 << 16
"""Terms merged together, at most: their indices then have 16 bits, which numpy sorts by radix."""


Made = TypeVar("Made")


def merge(path: Path, segments: Sequence[SegmentFile], deleted: Sequence[frozenset[int]], threads: int = 1) -> int:
    """Write the live documents of `segments`, in order, as one segment. Returns: the number of these documents.

    Fields, columns and shapes are those of the first segment: all segments of an index have the same.
    """
    maps: list[Ints] = []
    kept = 0
    for segment, gone in zip(segments, deleted, strict=True):
        alive = np.ones(segment.doc_count, bool)
        alive[sorted(gone)] = False
        numbered = np.cumsum(alive) - 1 + kept
        numbered[~alive] = -1
        maps.append(numbered)
        kept += int(alive.sum())
    first = segments[0]
    fields = ((name, _merged_field(name, segments, maps, threads)) for name in first.field_names)
    numbers = {
        name: np.concatenate([each.numbers(name)[m >= 0] for each, m in zip(segments, maps, strict=True)])
        for name in first.number_names
    }
    keywords = {name: _merged_keywords(name, segments, maps) for name in first.keyword_names}
    write(path, SegmentData(kept, fields, numbers, keywords))
    return kept


def _merged_field(name: str, segments: Sequence[SegmentFile], maps: Sequence[Ints], threads: int) -> FieldData:
    readers = [segment.field(name) for segment in segments]
    present = [(reader, m) for reader, m in zip(readers, maps, strict=True) if reader is not None]
    lengths = None
    if segments[0].lengths(name) is not None:
        parts = [each.lengths(name) for each in segments]
        lengths = np.concatenate([p[m >= 0] for p, m in zip(parts, maps, strict=True) if p is not None])
    shape = present[0][0].shape
    # Sorting sorted runs only merges them. Most terms are in most segments; each is held once.
    union = sorted(dict.fromkeys(chain.from_iterable(reader.terms for reader, _ in present)))
    numbers = dict(zip(union, range(len(union)), strict=True))
    of = [np.fromiter(map(numbers.__getitem__, reader.terms), np.int64, len(reader.terms)) for reader, _ in present]
    del numbers
    survivors: list[bytes] = []
    places = np.full(len(union), -1, np.int64)

    def run(begin: int, end: int) -> tuple[Ints, Encoded]:
        terms, lists = _merged_run(present, of, begin, end, shape)
        return terms, encode(lists, shape)

    def runs() -> Iterator[Callable[[], tuple[Ints, Encoded]]]:
        for number, (begin, end) in enumerate(_portions(present, of, len(union))):
            if number % 16 == 0:
                for segment in segments:
                    segment.forget()
            yield partial(run, begin, end)

    def merged() -> Iterator[Encoded]:
        for terms, encoded in _in_threads(runs(), threads):
            places[terms] = np.arange(len(survivors), len(survivors) + len(terms))
            survivors.extend([union[i] for i in terms.tolist()])
            if len(terms):
                yield encoded

    data = FieldData(shape, survivors, merged(), lengths)
    if lengths is not None and forward.is_kept(shape):
        holding = [segment for segment, reader in zip(segments, readers, strict=True) if reader is not None]
        data.forward = lambda: _merged_forward(present, [places.take(each) for each in of], holding)
    return data


def _merged_forward(
    present: Sequence[tuple[FieldReader, Ints]], of: Sequence[Ints], segments: Sequence[SegmentFile]
) -> Iterator[forward.Encoded]:
    """Yield the terms of the documents of the merged segment. `of` has the new place of each term of each segment."""
    for (reader, numbered), places, segment in zip(present, of, segments, strict=True):
        pairs = int(reader.sizes().sum())  # a posting takes a byte at least
        for low, high in forward.portions(len(numbered), pairs):
            segment.forget()
            if reader.forward is not None:
                sizes, terms = reader.forward.of(np.arange(low, high, dtype=np.int32))
            else:
                sizes, terms = forward.inverted(reader.lists_in_runs(0, len(reader.terms), PORTION), low, high)
            alive = numbered[low:high] >= 0
            kept = places.take(terms if alive.all() else terms[np.repeat(alive, sizes)])
            yield forward.encode(sizes[alive], kept)


def _in_threads(tasks: Iterable[Callable[[], Made]], threads: int) -> Iterator[Made]:
    """Yield the results of the tasks, in order; at most `threads` + 1 are running, or done and waiting."""
    if threads < 2:
        yield from (task() for task in tasks)
        return
    pending: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for task in tasks:
            pending.append(pool.submit(task))
            if len(pending) > threads:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def _portions(present: Sequence[tuple[FieldReader, Ints]], of: Sequence[Ints], terms: int) -> Iterator[tuple[int, int]]:
    """Yield runs of terms whose lists take about PORTION bytes together, or single terms whose lists take more."""
    sizes = np.zeros(terms, np.int64)
    for (reader, _), places in zip(present, of, strict=True):
        sizes[places] += reader.sizes()
    ends = np.cumsum(sizes)
    begin = 0
    while begin < terms:
        reached = int(ends[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, reached + PORTION, "right")))
        yield begin, (end := min(end, begin + MOST_TERMS))
        begin = end


def _merged_run(
    present: Sequence[tuple[FieldReader, Ints]], of: Sequence[Ints], begin: int, end: int, shape: Shape
) -> tuple[Ints, Lists]:
    if end - begin == 1:
        return _merged_list(present, of, begin, shape)
    term_parts, doc_parts, freq_parts, position_parts = [], [], [], []
    for (reader, numbered), places in zip(present, of, strict=True):
        low, high = np.searchsorted(places, [begin, end]).tolist()
        if low == high:
            continue
        lists = reader.run(low, high)
        term_ids = np.repeat(places[low:high], np.diff(lists.starts))
        docs = numbered[lists.docs]
        alive = docs >= 0
        term_parts.append(term_ids[alive])
        doc_parts.append(docs[alive])
        if lists.freqs is not None:
            freq_parts.append(lists.freqs[alive])
            if lists.positions is not None:
                position_parts.append(lists.positions[np.repeat(alive, lists.freqs)])
    term_ids = np.concatenate(term_parts) if term_parts else np.empty(0, np.int64)
    # Segments are in the order of their documents, so a stable sort by term leaves each list ascending.
    order = np.argsort((term_ids - begin).astype(np.uint16), kind="stable")
    ordered = term_ids[order]
    terms, starts = np.unique(ordered, return_index=True)
    docs = np.concatenate(doc_parts)[order] if doc_parts else np.empty(0, np.int64)
    freqs: npt.NDArray[np.int32] | None = None
    positions: npt.NDArray[np.int32] | None = None
    if shape.freqs:
        given = np.concatenate(freq_parts) if freq_parts else np.empty(0, np.int32)
        freqs = given[order]
        if shape.positions:
            flat = np.concatenate(position_parts) if position_parts else np.empty(0, np.int32)
            at = np.cumsum(given, dtype=np.int64) - given
            positions = flat[spread(freqs.astype(np.int64), at[order], 1)]
    bounds = np.append(starts, len(ordered)).astype(np.int64)
    return terms, Lists(bounds, docs.astype(np.int32), freqs, positions)


def _merged_list(
    present: Sequence[tuple[FieldReader, Ints]], of: Sequence[Ints], term: int, shape: Shape
) -> tuple[Ints, Lists]:
    """Return one merged list, usually a long one: nothing to sort, and no offset for each of its positions."""
    docs_of, freqs_of, positions_of = [], [], []
    for (reader, numbered), places in zip(present, of, strict=True):
        at = int(np.searchsorted(places, term))
        if at == len(places) or places[at] != term:
            continue
        found = reader.at(at)
        docs = numbered.take(found.docs)
        kept = (docs >= 0).nonzero()[0]
        docs_of.append(docs.take(kept).astype(np.int32))
        freqs_of.append(found.freqs.take(kept))
        if shape.positions:
            positions_of.append(found.positions(kept)[0].astype(np.int32))
    joined = np.concatenate(docs_of)
    freqs = np.concatenate(freqs_of) if shape.freqs else None
    positions = np.concatenate(positions_of) if shape.positions else None
    if not len(joined):
        return np.empty(0, np.int64), Lists(np.zeros(1, np.int64), joined, freqs, positions)
    return np.array([term]), Lists(np.array([0, len(joined)]), joined, freqs, positions)


def _merged_keywords(name: str, segments: Sequence[SegmentFile], maps: Sequence[Ints]) -> KeywordData:
    columns = [segment.keywords(name) for segment in segments]
    values = sorted({value for column in columns for value in column.values})
    places = {value: i for i, value in enumerate(values)}
    ordinals, counts = [], []
    for column, numbered in zip(columns, maps, strict=True):
        new = np.fromiter((places[value] for value in column.values), np.int64, len(column.values))
        bounds = column.offsets.astype(np.int64)
        wide: Ints = bounds[1:] - bounds[:-1]
        alive = numbered >= 0
        ordinals.append(new[column.ordinals[np.repeat(alive, wide)]] if len(new) else np.empty(0, np.int64))
        counts.append(wide[alive])
    offsets = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
    used, packed = np.unique(np.concatenate(ordinals), return_inverse=True)  # without values of deleted documents
    return KeywordData([values[i] for i in used.tolist()], packed.astype(np.uint32), offsets.astype(np.uint32))
