"""A posting list that is kept for the next query: as much of it as was needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.codec.lookups import Directory, Skips
from searchkit.engines.whoosh.codec.posting_list import FEW, FEW_DOCS, List
from searchkit.engines.whoosh.codec.postings import spread
from searchkit.engines.whoosh.codec.segment_file import FieldReader, SegmentFile
from searchkit.engines.whoosh.read import segments
from searchkit.engines.whoosh.read.docsets import DocSet
from searchkit.engines.whoosh.read.segments import Docs, Ints, Positions
from searchkit.system.after_fork import renew_after_fork

FORGET = 8 * 1024 * 1024
"""Bytes of posting lists read before mapped memory is released. Threads that read it meanwhile get the same bytes from
the operating system again."""
_PAGE = 4096
"""Bytes that are mapped where one is read."""

Asked = TypeVar("Asked")


class Reads:
    """Counts the bytes read of a segment file: mapped pages count as this process's memory until they are released."""

    def __init__(self, file: SegmentFile) -> None:
        self._file = file
        self._read = 0
        self._lock = threading.Lock()
        renew_after_fork(self)

    def renew_locks(self) -> None:
        """See `searchkit.system.after_fork`."""
        self._lock = threading.Lock()

    def count(self, size: int) -> None:
        """Count so many bytes; release the mapped memory if they are many by now."""
        with self._lock:
            self._read += size
            if self._read <= FORGET:
                return
            self._read = 0
        self._file.forget()


class Held:
    """A posting list without the deleted documents: of it is kept what was needed, for the next query.

    Args:
        reader, term: where it is read.
        reads: counts what is read.
        alive: whether each document of the segment is not deleted; None if none is.
        grown: called when more of it is kept.
    """

    __slots__ = (
        "_alive",
        "_directory",
        "_flat",
        "_grown",
        "_having",
        "_kept",
        "_looked_up",
        "_reader",
        "_reads",
        "_size",
        "_skips",
        "_term",
        "count",
    )

    def __init__(
        self,
        reader: FieldReader,
        term: int,
        reads: Reads,
        size: int,
        alive: npt.NDArray[np.bool_] | None,
        grown: Callable[[], None],
    ) -> None:
        self._reader = reader
        self._reads = reads
        self._term = term
        self._size = size
        self._alive = alive
        self._grown = grown
        self._having: DocSet | None = None
        self._kept: Ints | None = None
        self._directory: Directory | None = None
        self._skips: Skips | None = None
        self._looked_up = 0
        # One attribute, replaced atomically: another thread sees both or neither.
        self._flat: tuple[npt.NDArray[np.int32] | npt.NDArray[np.uint16], npt.NDArray[np.int32]] | None = None
        self.count: int = reader.at(term).count if alive is None else self.having.count

    @property
    def nbytes(self) -> int:
        """The bytes of what is kept."""
        flat, kept = self._flat, self._kept
        parts = (self._having, self._directory, self._skips)
        size = sum(part.nbytes for part in parts if part is not None) + (kept.nbytes if kept is not None else 0)
        return size + (flat[0].nbytes + flat[1].nbytes if flat else 0)

    @property
    def having(self) -> DocSet:
        """The documents."""
        if self._having is None:
            docs = self._list().docs
            if self._alive is not None:
                kept = self._alive.take(docs).nonzero()[0]
                if len(kept) < len(docs):
                    self._kept, docs = kept, docs.take(kept)
            self._having = DocSet.of(docs, self._size)
            self._grown()
        return self._having

    @property
    def docs(self) -> Docs:
        """The documents."""
        return self.having.docs

    @property
    def freqs(self) -> npt.NDArray[np.int32]:
        """The frequencies, parallel to `docs`."""
        return self.decoded()[1]

    def decoded(self) -> tuple[Docs, npt.NDArray[np.int32]]:
        """See `Posting`."""
        whole, kept = self._list(), self._kept
        return (whole.docs, whole.freqs) if kept is None else (whole.docs.take(kept), whole.freqs.take(kept))

    @property
    def is_decoded(self) -> bool:
        """See `Posting`."""
        return self._having is not None

    def common(self, docs: Docs) -> tuple[Ints, Ints]:
        """See `Posting`."""
        if self._having is None and len(docs) * FEW_DOCS <= self.count and self.is_looked_up():
            return self._in_whole(lambda whole: whole.find(docs), len(docs))
        return self.having.common(docs)

    def freqs_of(self, which: Ints) -> npt.NDArray[np.int32]:
        """See `Posting`."""
        return self._in_whole(lambda whole: whole.freqs_of(self._stored(which)), len(which))

    def positions(self, which: Ints) -> tuple[Ints, Ints]:
        """See `Posting`."""
        if self._is_read_in_part(which):
            return self._some(which)
        flat, begins, ends = self._all(which)
        lengths = ends - begins
        return (
            flat.take(spread(lengths, begins, 1)).astype(np.int64),
            np.repeat(np.arange(len(which), dtype=np.int64), lengths),
        )

    def spans(self, which: Ints) -> tuple[Positions, Ints, Ints]:
        """See `Posting`."""
        if self._is_read_in_part(which):
            some, owner = self._some(which)
            ends = np.cumsum(np.bincount(owner, minlength=len(which)))
            return some, np.concatenate(([0], ends[:-1])), ends
        return self._all(which)

    def _some(self, which: Ints) -> tuple[Ints, Ints]:
        return self._in_whole(lambda whole: whole.positions(self._stored(which)), len(which))

    def _all(self, which: Ints) -> tuple[Positions, Ints, Ints]:
        flat, bounds = self._occurrences()
        return flat, bounds.take(which).astype(np.int64), bounds.take(which + 1).astype(np.int64)

    def _occurrences(self) -> tuple[npt.NDArray[np.int32] | npt.NDArray[np.uint16], npt.NDArray[np.int32]]:
        """Return all positions one after the other, and the bounds of each document's. If two threads ask first, both
        decode.
        """
        if self._flat is None:
            whole, kept = self._list(), self._kept
            freqs = whole.freqs if kept is None else whole.freqs.take(kept)
            bounds = np.zeros(len(freqs) + 1, np.int32)
            np.cumsum(freqs, out=bounds[1:])
            flat = whole.all_positions() if kept is None else whole.positions(kept)[0].astype(np.int32)
            # The smallest type that suits.
            small = not len(flat) or int(flat.max()) < 1 << 16
            self._flat = flat.astype(np.uint16) if small else flat, bounds
            self._grown()
        return self._flat

    def _is_read_in_part(self, which: Ints) -> bool:
        return self._flat is None and len(which) * FEW <= self.count and self.is_looked_up()

    def is_looked_up(self) -> bool:
        """See `Posting`."""
        if self._size <= segments.SMALL or self.count <= segments.SHORT:
            return False
        self._looked_up += 1  # threads may lose one of these: it is no more than a hint
        return self.count > segments.LONG or self._looked_up <= segments.OFTEN

    def _list(self) -> List:
        whole = self._reader.at(self._term)
        self._reads.count(whole.nbytes)
        return whole

    def _stored(self, which: Ints) -> Ints:
        """Return the indices in the list as it is stored."""
        return which if self._kept is None else self._kept.take(which)

    def _in_whole(self, ask: Callable[[List], Asked], documents: int) -> Asked:
        """Ask the list as it is stored for so many documents; keep what it had to count for that."""
        whole = self._reader.at(self._term)
        whole.directory, whole.skips = self._directory, self._skips
        found = ask(whole)
        if whole.directory is not self._directory or whole.skips is not self._skips:
            self._directory, self._skips = whole.directory, whole.skips
            self._grown()
            self._reads.count(whole.nbytes)
        else:
            self._reads.count(min(whole.nbytes, documents * _PAGE))
        return found
