"""Things kept from query to query, bounded by the bytes they take."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """Something that knows what it takes."""

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        ...


K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Sized)
_OVERHEAD = 500
"""What an entry takes beside its arrays, about."""


class Cache(Generic[K, V]):
    """The entries used last that together take at most `most` bytes; the last one used stays whatever it takes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._bytes = 0

    def get(self, key: K) -> V | None:
        """The entry, which is now the last used; None if it is not (or no longer) there."""
        found = self._held.get(key)
        if found is None:
            return None
        self._held.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V) -> None:
        """Keep an entry, or take note that it has grown."""
        self._drop(key)
        size = value.nbytes + _OVERHEAD
        self._held[key] = (value, size)
        self._bytes += size
        while self._bytes > self._most and len(self._held) > 1:
            self._drop(next(iter(self._held)))

    def _drop(self, key: K) -> None:
        before = self._held.pop(key, None)
        if before is not None:
            self._bytes -= before[1]

    def clear(self) -> None:
        """Let go of everything."""
        self._held.clear()
        self._bytes = 0
