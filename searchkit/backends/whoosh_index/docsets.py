"""Sets of documents as ascending arrays without repetitions, and the operations on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from searchkit.backends.whoosh_index.segments import Docs, Ints

EMPTY: Docs = np.empty(0, np.int32)


Ascending = TypeVar("Ascending", Docs, Ints)
"""An ascending array without repetitions: documents, or documents and positions in one number."""


def places(docs: Ascending, among: Ascending) -> npt.NDArray[np.int64]:
    """Where each of `docs` that is in `among` stands there, ascending."""
    if not len(docs) or not len(among):
        return np.empty(0, np.int64)
    at = np.searchsorted(among, docs)
    at[at == len(among)] = len(among) - 1
    found: npt.NDArray[np.int64] = at[among[at] == docs].astype(np.int64)
    return found


def intersect(a: Ascending, b: Ascending) -> Ascending:
    """What is in both; the time goes with the smaller."""
    if len(a) > len(b):
        a, b = b, a
    return b[places(a, b)]


def intersect_all(sets: Sequence[Docs]) -> Docs:
    """Documents in every one of `sets`, which are not none; the smallest first."""
    ordered = sorted(sets, key=len)
    found = ordered[0]
    for other in ordered[1:]:
        if not len(found):
            break
        found = intersect(found, other)
    return found


def unite(sets: Sequence[Docs]) -> Docs:
    """Documents in any of `sets`."""
    filled = [each for each in sets if len(each)]
    if not filled:
        return EMPTY
    if len(filled) == 1:
        return filled[0]
    highest = max(int(each[-1]) for each in filled)
    if sum(len(each) for each in filled) * 16 > highest:
        mask = np.zeros(highest + 1, bool)
        for each in filled:
            mask[each] = True
        return np.flatnonzero(mask).astype(np.int32)
    return np.unique(np.concatenate(filled))


def subtract(a: Docs, b: Docs) -> Docs:
    """Documents of `a` that are not in `b`."""
    if not len(a) or not len(b):
        return a
    at = np.searchsorted(b, a)
    at[at == len(b)] = len(b) - 1
    kept: Docs = a[b[at] != a]
    return kept
