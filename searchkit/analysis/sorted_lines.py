"""Search in a sorted text file by bisection: the file is mapped into memory and never read as a whole."""

from __future__ import annotations

import mmap
from pathlib import Path


def mapped(path: Path) -> mmap.mmap:
    """Map a file as read-only memory. Raises: OSError; ValueError if it is empty."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


class SortedLines:
    """The lines of `data` between the offsets `start` and `end`, in ascending order of their bytes from `column` on.

    `start` is the offset of a line's first byte, and the last line ends with a newline.
    """

    def __init__(self, data: mmap.mmap, start: int, end: int, column: int = 0) -> None:
        self._data = data
        self._start = start
        self._end = end
        self._column = column

    def at_least(self, key: bytes) -> bytes:
        """Return the first line not below `key`, from the column on, without its newline; empty if there is none."""
        data, column, size = self._data, self._column, len(key)
        low, high = self._start, self._end
        while low < high:
            middle = (low + high) // 2
            start = data.rfind(b"\n", low, middle) + 1 or low
            if data[start + column : start + column + size] < key:
                low = data.find(b"\n", middle, high) + 1 or high
            else:
                high = start
        if low >= self._end:
            return b""
        return data[low + column : data.find(b"\n", low, self._end)]
