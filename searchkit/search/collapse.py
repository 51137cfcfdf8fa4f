"""One hit per family of reprints: which matches represent their family, and how many others each represents.

The hit of a family is the member that comes first in the order of the answer. So it depends only on query and order;
pages are parts of one list, whatever their length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from searchkit.deadline import check
from searchkit.engines.snapshot import Key, Match, Snapshot
from searchkit.model.results import Recent, Sort
from searchkit.query.tree import Node
from searchkit.reprints.families import Families

_FEW = 5_000
"""Up to this many ids, families are looked up one by one; for more, all families are read."""

_STEP = 100
"""Matches fetched at first; then twice as many every time."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """A page of matches, each representing its family.

    Attributes:
        total: the number of articles that match.
        groups: the number of families and of articles without one among them.
        page: the matches that represent their families, in order.
        reprints: for the id of a match, the number of further matches it represents. `total` is the sum of 1 + these
            numbers over all pages.
    """

    total: int
    groups: int
    page: tuple[Match, ...]
    more: bool
    reprints: Mapping[str, int]


def grouped(
    index: Snapshot,
    families: Families,
    tree: Node,
    *,
    limit: int,
    after: Key | None,
    sort: Sort,
    near: bool,
    recent: Recent | None = None,
) -> Grouped:
    """Return the first `limit` matches after `after` that represent their families.

    The matches before `after` are walked through again, since they may have shown a family already.
    """
    ids = index.ids(tree)
    family = families.of(ids) if len(ids) <= _FEW else families.all()
    sizes = Counter(family[id] for id in ids if id in family)
    groups = len(ids) - sizes.total() + len(sizes)
    page: list[Match] = []
    seen: set[str] = set()
    more = False
    for match in _walk(index, tree, sort, len(ids), near and groups < limit, recent):
        check()
        named = family.get(match.id, "")
        if match.near and len(ids) <= _FEW:
            named = families.of([match.id]).get(match.id, "")
        if named in seen:
            continue
        if named:
            seen.add(named)
        if after is not None and match.key <= after:
            continue
        if len(page) == limit:
            more = not match.near
            break
        page.append(match)
    reprints = {each.id: sizes[family[each.id]] - 1 for each in page if each.id in family and not each.near}
    return Grouped(len(ids), groups, tuple(page), more, reprints)


def _walk(index: Snapshot, tree: Node, sort: Sort, total: int, near: bool, recent: Recent | None) -> Iterator[Match]:
    """Yield all matches in order, followed by near matches with `near`."""
    after: Key | None = None
    more, step = True, _STEP
    while more:
        found = index.search(tree, limit=step, after=after, sort=sort, near=False, recent=recent)
        yield from found.page
        after = found.page[-1].key if found.page else after
        more, step = found.more and bool(found.page), step * 2
    while near:
        # Near matches only come to a page that all matches together do not fill.
        found = index.search(tree, limit=total + step, after=after, sort=sort, near=True, recent=recent)
        yield from found.page
        after = found.page[-1].key if found.page else after
        near, step = len(found.page) == total + step, step * 2
