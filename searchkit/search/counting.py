"""Counts of changed queries, whose names stand for their other names as those of the query itself do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from searchkit.engines.snapshot import Snapshot
from searchkit.model.fields import FieldName
from searchkit.query.tree import Node


class Counting:
    """Counts over one generation of an index.

    Args:
        with_aliases: returns a query with the aliases of its names, if the question has them.
    """

    def __init__(self, index: Snapshot, with_aliases: Callable[[Node], Node] = lambda node: node) -> None:
        self._index = index
        self._with_aliases = with_aliases

    def count(self, query: Node) -> int:
        """Return the number of matches."""
        return self._index.count(self._with_aliases(query))

    def days(self, query: Node) -> Mapping[date | None, int]:
        """Return the matches per day; see `Snapshot.days`."""
        return self._index.days(self._with_aliases(query))

    def facets(self, query: Node, fields: Sequence[FieldName]) -> Mapping[FieldName, Mapping[str, int]]:
        """Return the matches per value of each field; see `Snapshot.facets`."""
        return self._index.facets(self._with_aliases(query), fields)
