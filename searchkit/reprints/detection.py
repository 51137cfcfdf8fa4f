"""Which articles are reprints of one another?

Two articles are *linked* if they are close in time, one contains at least half of the other's sketch, and no evidence
shows that they report different events: neither the numbers in their texts, nor the numbers and names in titles of the
same shape. Articles connected by links are a *family*. All of this depends only on the articles, so families do not
depend on the order in which they were added. Similarity only groups articles, it never drops one.

Formulaic news (the day's cases, a visitor welcomed) shares most of its words from day to day; its numbers and names
distinguish it from reprints.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING
from zlib import crc32

from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import names
from searchkit.reprints.shingles import FEWEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

DAYS = 3
"""Two articles are linked only if at most this many days apart."""

CONTAINED = 0.5
"""The share of the smaller sketch that both must have in common."""

SAME_NUMBERS = 0.5
"""The share of its numbers that the text with fewer numbers must have in common with the other."""

SAME_SHAPE = 0.5
"""Titles this similar without their numbers and names have the same shape: different numbers then mean different
news."""

_NUMBER = re.compile(r"[0-9]{1,2}月[0-9]{1,2}日|[0-9]+(?:\.[0-9]+)?")
_HAN = "〇零一二两三四五六七八九十百千"
_TITLE_NUMBER = re.compile(rf"[0-9]+(?:\.[0-9]+)?|第[{_HAN}]+|[{_HAN}]+(?=[年月日届次期批号集季轮场周])")

_HEAVY = 8
"""A hash in more articles than this is left out of the search for candidates if others suffice."""

_CHUNK = 2_000_000
"""Pairs examined together; bounds memory."""


_UNITS = tuple(ord(char) for char in "0123456789.月日")


def numbers(plain: Sequence[bytes]) -> list[NDArray[np.uint32]]:
    """Return hashes of the numbers in each squeezed text, a day of a month as one: ascending, distinct, uint32."""
    import numpy as np

    # Most of a text is no number: text that cannot be part of one is first replaced by a space.
    units = np.frombuffer(b"".join(plain), "<u2")
    ends = np.cumsum([0, *(len(text) // 2 for text in plain)])
    part = np.zeros(65536, bool)
    part[list(_UNITS)] = True
    held = part[units]
    gap = np.zeros(len(units), bool)
    gap[1:] = held[:-1] & ~held[1:]
    kept = held | gap
    bounds = np.concatenate([[0], np.cumsum(kept)])[ends].tolist()
    text = np.where(held, units, ord(" "))[kept].astype("<u2").tobytes().decode("utf-16-le")
    return [
        np.array(sorted({_hash(each) for each in _NUMBER.findall(text[start:end])}), np.uint32)
        for start, end in pairwise(bounds)
    ]


@lru_cache(maxsize=100_000)
def _hash(number: str) -> int:
    return crc32(number.encode())


@dataclass(frozen=True, slots=True)
class _Shape:
    numbers: frozenset[str]
    names: frozenset[str]
    rest: str


@lru_cache(maxsize=20_000)
def _shape(title: str) -> _Shape:
    plain = fold(title)
    found = frozenset(_TITLE_NUMBER.findall(plain))
    named = frozenset(names(plain))
    rest = _TITLE_NUMBER.sub("", plain)
    for name in sorted(named, key=lambda name: (-len(name), name)):
        rest = rest.replace(name, "")
    return _Shape(found, named, "".join(char for char in rest if char.isalnum()))


def titles_conflict(one: str, other: str) -> bool:
    """Return whether two titles have the same shape, and each has a number (or each a name) that the other lacks.

    第三次会议举行 and 第四次会议举行 conflict; a rewritten headline does not, whatever numbers it has.
    """
    if one == other:
        return False
    a, b = _shape(one), _shape(other)
    if not (_differ(a.numbers, b.numbers) or _differ(a.names, b.names)):
        return False
    return _alike(a.rest, b.rest) >= SAME_SHAPE


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one - other) and bool(other - one)


def _alike(one: str, other: str) -> float:
    """Return twice the number of common characters over the number of all (Dice); 1 if there are none."""
    if not one and not other:
        return 1.0
    return 2 * (Counter(one) & Counter(other)).total() / (len(one) + len(other))


def numbers_conflict(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> bool:
    """Return whether both texts have numbers, but too few in common to be one text."""
    if not len(one) or not len(other):
        return False
    shared = len({*one.tolist()} & {*other.tolist()})
    return shared < SAME_NUMBERS * min(len(one), len(other))


def alike(
    sketches: Sequence[NDArray[np.uint32]], days: NDArray[np.int64], new: NDArray[np.bool_]
) -> Iterator[NDArray[np.int64]]:
    """Find pairs that are close in time and have enough of their sketches in common; at least one of a pair is new.

    Args:
        sketches: the hashes of each article, ascending, distinct.
        days: ordinal of the day of each, shape (n,).
        new: which articles may be in a pair with any other, shape (n,).

    Yields:
        Positions, shape (m, 2), the smaller first; a pair may come twice.

    Candidates come from single hashes. A pair shares `need` hashes of its smaller sketch of n, so at least one of any
    n - need + 1 of these: if an article has that many rare hashes, its common ones need not be looked up (the prefix
    filter: Chaudhuri et al., A primitive operator for similarity joins in data cleaning, 2006).
    """
    import numpy as np

    sizes = np.array([len(each) for each in sketches], np.int64)
    if not sizes.sum() or not new.any():
        return
    hashes = np.concatenate(list(sketches))
    owner = np.repeat(np.arange(len(sketches)), sizes)
    place = (hashes >> 4) & 0xFFFFF  # the low bits of a kept hash are all zero
    common = np.bincount(place, minlength=1 << 20)
    at_new = np.zeros(1 << 20, bool)
    at_new[place[new[owner]]] = True
    need = np.maximum(FEWEST, np.ceil(CONTAINED * sizes)).astype(np.int64)
    light = common[place] <= _HEAVY
    enough = np.bincount(owner[light], minlength=len(sketches)) >= sizes - need + 1
    useful = (common[place] > 1) & at_new[place]
    probing = useful & (light | ~enough[owner])
    order = np.argsort(hashes[useful], kind="stable")
    held, holder = hashes[useful][order], owner[useful][order]
    probe, prober = hashes[probing], owner[probing]
    start, end = np.searchsorted(held, probe, "left"), np.searchsorted(held, probe, "right")
    keys = owner * (1 << 32) + hashes  # ascending, because owners are, and the hashes of each
    for low, high in _chunks(end - start):
        counts = (end - start)[low:high]
        left = np.repeat(prober[low:high], counts)
        offset = np.arange(len(left)) - np.repeat(np.cumsum(counts) - counts, counts)
        right = holder[np.repeat(start[low:high], counts) + offset]
        fits = (left != right) & (new[left] | new[right]) & (np.abs(days[left] - days[right]) <= DAYS)
        fits &= sizes[left] <= sizes[right]
        packed = np.unique(left[fits] * len(sketches) + right[fits])
        left, right = packed // len(sketches), packed % len(sketches)
        good = _shared(left, right, sizes, hashes, keys) >= need[left]
        yield np.stack([np.minimum(left, right)[good], np.maximum(left, right)[good]], axis=1)


def _chunks(counts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield ranges of positions whose counts add up to about _CHUNK."""
    import numpy as np

    total = np.cumsum(counts)
    low = 0
    while low < len(counts):
        before = int(total[low - 1]) if low else 0
        high = max(low + 1, int(np.searchsorted(total, before + _CHUNK, "right")))
        yield low, high
        low = high


def _shared(
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    sizes: NDArray[np.int64],
    hashes: NDArray[np.uint32],
    keys: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the number of hashes that each left article shares with its right one, shape (n,)."""
    import numpy as np

    first = np.cumsum(sizes) - sizes
    found = np.zeros(len(left), np.int64)
    for low, high in _chunks(sizes[left]):
        counts = sizes[left[low:high]]
        pair = np.repeat(np.arange(low, high), counts)
        offset = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts, counts)
        sought = right[pair] * (1 << 32) + hashes[first[left[pair]] + offset]
        at = np.minimum(np.searchsorted(keys, sought), len(keys) - 1)
        found += np.bincount(pair[keys[at] == sought], minlength=len(left))
    return found


class Union:
    """Disjoint sets of numbers (Tarjan 1975)."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def find(self, member: int) -> int:
        """Return the number that represents the set of `member`."""
        above = self._above
        top = member
        while above.get(top, top) != top:
            top = above[top]
        while above.get(member, member) != top:
            above[member], member = top, above[member]
        return top

    def join(self, one: int, other: int) -> None:
        """Join the sets of two numbers."""
        a, b = self.find(one), self.find(other)
        self._above[max(a, b)] = self._above[min(a, b)] = min(a, b)

    def sets(self) -> list[list[int]]:
        """Return the sets of joined numbers, each ascending."""
        found: dict[int, list[int]] = {}
        for member in sorted(self._above):
            found.setdefault(self.find(member), []).append(member)
        return list(found.values())
