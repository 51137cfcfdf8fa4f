"""Values kept from query to query: caches bounded by bytes, and attributes that are computed when first asked for.

Any number of threads may ask at once. What two of them compute at the same time is computed twice, and one of the
results is kept; nobody sees a half of it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, Protocol, TypeVar, overload

from searchkit.system.forking import renew_after_fork


class Sized(Protocol):
    """Something that knows its size."""

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        ...


K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Sized)
_OVERHEAD = 500
"""About how many bytes an entry takes beside its arrays."""


class Cache(Generic[K, V]):
    """The entries used last that together take at most `most` bytes; the last one used stays, whatever its size."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        renew_after_fork(self)

    def renew_locks(self) -> None:
        """See `searchkit.system.forking`. A thread may have been between an entry and its bytes."""
        self._lock = threading.Lock()
        self._bytes = sum(size for _, size in self._held.values())

    def get(self, key: K) -> V | None:
        """Return the entry, which is now the last used; None if it is not (or no longer) there."""
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return None
            self._held.move_to_end(key)
            return found[0]

    def put(self, key: K, value: V) -> None:
        """Keep an entry, or take note that it has grown."""
        size = value.nbytes + _OVERHEAD
        with self._lock:
            self._drop(key)
            self._held[key] = (value, size)
            self._bytes += size
            while self._bytes > self._most and len(self._held) > 1:
                self._drop(next(iter(self._held)))

    def _drop(self, key: K) -> None:
        before = self._held.pop(key, None)
        if before is not None:
            self._bytes -= before[1]

    def clear(self) -> None:
        """Release all entries."""
        with self._lock:
            self._held.clear()
            self._bytes = 0


Value = TypeVar("Value")


class computed(Generic[Value]):
    """An attribute computed when it is first asked for, and kept.

    `functools.cached_property` would do, but before Python 3.12 all instances of a class wait for one lock of it, and a
    child that is forked while it is held waits for ever.
    """

    def __init__(self, compute: Callable[[Any], Value]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> computed[Value]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Value: ...
    def __get__(self, instance: object | None, owner: type) -> computed[Value] | Value:
        if instance is None:
            return self
        # What another thread has put there in between is given out: all get the same object.
        value: Value = instance.__dict__.setdefault(self._name, self._compute(instance))
        return value
