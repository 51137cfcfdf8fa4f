"""Random samples of matches that can be drawn again, for coding by hand."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable

from searchkit.errors import UsageError
from searchkit.language.messages import Message


def require_sample(size: object, seed: object) -> None:
    """Raise UsageError unless a sample of this size can be drawn with this seed."""
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise UsageError(
            Message("a sample has a whole number of articles, 1 or more, not {size!r}", size=size), hint="sample=200"
        )
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise UsageError(Message("a seed is a whole number, not {seed!r}", seed=seed), hint="seed=7")


def sampled(ids: Iterable[str], size: int, seed: int) -> list[str]:
    """Return `size` of the ids, each with the same chance, in random order; all if there are fewer.

    The same seed gives the same sample: an id has its place by a hash of it and the seed, whichever others there are.
    So a smaller sample is the beginning of a larger one, and a further id leaves it as it is or takes one place in it.

    Raises:
        UsageError: see `require_sample`.
    """
    require_sample(size, seed)

    def place(id: str) -> tuple[bytes, str]:
        return hashlib.blake2b(f"{seed}\n{id}".encode("utf-8", "surrogatepass"), digest_size=16).digest(), id

    return [id for _, id in heapq.nsmallest(size, map(place, ids))]
