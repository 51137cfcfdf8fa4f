"""Values kept from query to query: caches bounded by bytes, and attributes computed on first access.

Any number of threads may use them at once. If two compute the same value at the same time, one of the results is kept;
no thread sees an incomplete one.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, Protocol, TypeVar, overload

from searchkit.system.after_fork import renew_after_fork


class Sized(Protocol):
    """An object that knows its size."""

    @property
    def nbytes(self) -> int:
        """The bytes of memory it takes."""
        ...


K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Sized)
_OVERHEAD = 500
"""The approximate bytes that an entry takes beside its arrays."""


class Cache(Generic[K, V]):
    """The most recently used entries, at most `most` bytes together; the last one used stays, whatever its size."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        renew_after_fork(self)

    def renew_locks(self) -> None:
        """See `searchkit.system.after_fork`. A thread may have stored an entry without counting its bytes yet."""
        self._lock = threading.Lock()
        self._bytes = sum(size for _, size in self._held.values())

    def get(self, key: K) -> V | None:
        """Return the entry, which becomes the last used; None if there is none (any longer)."""
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return None
            self._held.move_to_end(key)
            return found[0]

    def put(self, key: K, value: V) -> None:
        """Store an entry, which becomes the last used."""
        with self._lock:
            self._put(key, value)

    def recount(self, key: K) -> Callable[[], None]:
        """Return a function that notes that an entry has grown, if it is still there.

        An entry may keep it: it does not hold the cache, which would keep both until the garbage is collected.
        """
        mine = weakref.ref(self)

        def recount() -> None:
            cache = mine()
            if cache is not None:
                with cache._lock:
                    held = cache._held.get(key)
                    if held is not None:
                        cache._put(key, held[0])

        return recount

    def _put(self, key: K, value: V) -> None:
        size = value.nbytes + _OVERHEAD
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
    """An attribute that is computed on first access and kept.

    `functools.cached_property` would do, but before Python 3.12 all instances of a class share one lock, and a child
    that is forked while it is held waits for ever.
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
        # If another thread has stored its result in between, return that: all threads get the same object.
        value: Value = instance.__dict__.setdefault(self._name, self._compute(instance))
        return value
