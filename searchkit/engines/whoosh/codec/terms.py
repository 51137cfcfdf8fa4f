"""The terms of a field: sorted, as UTF-8 one after the other, looked up by bisection in the mapped file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.codec.layout import CodecError


class Terms(Sequence[bytes]):
    """The terms in a section `blob`, each from `offsets[i]` to `offsets[i + 1]`."""

    def __init__(self, blob: npt.NDArray[np.uint8], offsets: npt.NDArray[np.uint32]) -> None:
        if not len(offsets) or int(offsets[-1]) != len(blob):
            raise CodecError("the offsets of the terms do not fit them")
        self._blob = memoryview(blob)  # type: ignore[arg-type]  # numpy's arrays are buffers, its stubs do not say so
        self._offsets = offsets

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, i):  # type: ignore[no-untyped-def]  # int -> bytes, slice -> list of bytes
        if isinstance(i, slice):
            return [self[each] for each in range(*i.indices(len(self)))]
        offsets = self._offsets
        return self._blob[offsets[i] : offsets[i + 1]].tobytes()

    def take(self, places: npt.NDArray[np.int64]) -> Iterator[str]:
        """Return the terms with these indices as text. Much faster than one by one."""
        blob = self._blob
        bounds = zip(self._offsets.take(places).tolist(), self._offsets.take(places + 1).tolist(), strict=True)
        return (str(blob[start:end], "utf-8") for start, end in bounds)

    def at_least(self, term: bytes) -> int:
        """Return the index of the first term that is not before `term`."""
        low, high = 0, len(self)
        blob, offsets = self._blob, self._offsets
        while low < high:
            middle = (low + high) // 2
            if bytes(blob[offsets[middle] : offsets[middle + 1]]) < term:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, term: bytes) -> int:
        """Return the index of a term, or -1."""
        i = self.at_least(term)
        return i if i < len(self) and self[i] == term else -1

    def starting(self, prefix: bytes) -> range:
        """Return the indices of the terms that start with `prefix`."""
        first = self.at_least(prefix)
        end = prefix.rstrip(b"\xff")
        if not end:
            return range(first, len(self))
        return range(first, self.at_least(end[:-1] + bytes([end[-1] + 1])))

    def containing(self, part: bytes) -> npt.NDArray[np.int64]:
        """Return the indices of the terms that contain `part`, which is not empty, ascending. Reads all terms."""
        found = re.finditer(re.escape(part), self._blob)
        at = np.fromiter((each.start() for each in found), np.int64)
        places = self._offsets.searchsorted(at, "right") - 1
        whole = at + len(part) <= self._offsets.take(places + 1)
        kept = places[whole]
        return kept[np.concatenate(([True], kept[1:] != kept[:-1]))] if len(kept) else kept

    def first_characters(self, places: npt.NDArray[np.int64]) -> Iterator[tuple[str, int, int]]:
        """Yield the first characters of the terms with these indices, which ascend.

        Yields:
            Each character with the range of `places` whose terms begin with it. Empty terms are left out.
        """
        starts = self._offsets.take(places).astype(np.int64)
        lengths = self.lengths(places)
        blob = np.frombuffer(self._blob, np.uint8)
        lead = np.where(lengths > 0, blob.take(starts, mode="clip"), 0)
        sizes = 1 + (lead >= 0xC0).astype(np.int64) + (lead >= 0xE0) + (lead >= 0xF0)
        keys = np.zeros(len(places), np.int64)
        for i in range(4):
            keys = (keys << 8) | np.where((sizes > i) & (lengths > i), blob.take(starts + i, mode="clip"), 0)
        bounds = [0, *((np.diff(keys) != 0).nonzero()[0] + 1).tolist(), len(places)]
        for start, end in pairwise(bounds):
            char = int(keys[start]).to_bytes(4, "big").rstrip(b"\0").decode() if start < end else ""
            if char:
                yield char, start, end

    def lengths(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the bytes of the terms with these indices."""
        return (self._offsets.take(places + 1) - self._offsets.take(places)).astype(np.int64)

    def __iter__(self) -> Iterator[bytes]:
        blob = bytes(self._blob)
        offsets = self._offsets.tolist()
        return map(blob.__getitem__, map(slice, offsets, offsets[1:]))


def packed(terms: Sequence[bytes]) -> tuple[bytes, npt.NDArray[np.uint32]]:
    """Return the two sections that hold a list of terms."""
    lengths = np.fromiter(map(len, terms), np.int64, len(terms))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    if int(offsets[-1]) >= 1 << 32:
        raise CodecError("the terms of one field take more than 4 GiB")
    return b"".join(terms), offsets.astype(np.uint32)
