"""The documents of a segment by time: ranges of days, the newest and oldest of a set, the number on each day."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.columns import MISSING
from searchkit.engines.whoosh.read.cache import computed
from searchkit.engines.whoosh.read.docsets import DocSet
from searchkit.engines.whoosh.read.segments import Docs, Ints, SegmentView

Days: TypeAlias = tuple[date | None, date | None]
"""The first and the last day of a range, both included; None: no bound."""

_NO_DAY = np.iinfo(np.int32).min


class Calendar:
    """A segment's columns `day` (ordinal days of the archive's zone) and `published` (seconds since 1970 UTC)."""

    def __init__(self, segment: SegmentView) -> None:
        self._segment = segment
        self._size = segment.doc_count

    @computed
    def days(self) -> npt.NDArray[np.int32]:
        """The day of each document; the lowest int32 if it has none. Shape (doc_count,)."""
        days = self._segment.numbers("day")
        return np.where(days == MISSING, _NO_DAY, days).astype(np.int32)

    @computed
    def order(self) -> Docs:
        """The documents that have a day, by day, those of one day by time."""
        return self._segment.order()

    @computed
    def _ordered_days(self) -> npt.NDArray[np.int32]:
        return self.days.take(self.order)

    @computed
    def _ordered_times(self) -> Ints:
        return self._segment.numbers("published").take(self.order)

    @computed
    def _times_follow_days(self) -> bool:
        """Whether `order` is also the order of times: not if a zone's clock was put back across midnight."""
        times = self._ordered_times
        return bool(len(times) < 2 or (times[1:] >= times[:-1]).all()) and bool(
            np.count_nonzero(self._segment.numbers("published") != MISSING) == len(times)
        )

    def _span(self, since: date | None, until: date | None) -> tuple[int, int]:
        days = self._ordered_days  # a plain int has another type, and the whole array would be converted to it
        first = 0 if since is None else int(days.searchsorted(np.int32(since.toordinal())))
        last = len(days) if until is None else int(days.searchsorted(np.int32(until.toordinal()), "right"))
        return first, max(first, last)

    def between(self, since: date | None, until: date | None, among: DocSet) -> DocSet:
        """Return the documents of `among` published from `since` to `until`, both included. None: no bound."""
        first, last = self._span(since, until)
        if (last - first) * 4 < among.count:
            within = self.order[first:last]
            if among.count < self._size:
                within = within[among.has(within)]
            return DocSet.of(np.sort(within), self._size)
        low = _NO_DAY + 1 if since is None else since.toordinal()
        high = np.iinfo(np.int32).max if until is None else until.toordinal()
        if among.is_sparse:
            days = self.days.take(among.docs)
            return DocSet(self._size, docs=among.docs[(days >= low) & (days <= high)])
        # A day below `low` wraps around to a high number.
        days = self.days.view(np.uint32) - np.uint32(low & 0xFFFFFFFF)
        return DocSet.where(days <= np.uint32(high - low)) & among

    def first(self, among: DocSet, wanted: int, *, newest: bool, within: Days = (None, None)) -> Docs | None:
        """Return the `wanted` newest (or oldest) of `among`, and all of the same second as the last of them.

        Args:
            within: days between which all of `among` are known to be published; saves looking elsewhere.

        Returns:
            None if there is no shortcut: too few of them have a time, or times do not follow days.
        """
        if not self._times_follow_days or wanted * 4 > among.count:
            return None
        low, high = self._span(*within)
        step = max(64, 4 * wanted * (high - low) // among.count)
        found: list[Docs] = []
        number = 0
        last: int | None = None
        while low < high:
            start, end = (max(low, high - step), high) if newest else (low, min(high, low + step))
            docs, times = self.order[start:end], self._ordered_times[start:end]
            if newest:
                docs, times, high = docs[::-1], times[::-1], start
            else:
                low = end
            kept = among.has(docs).nonzero()[0]
            if last is None and number + len(kept) >= wanted:
                last = int(times[kept[wanted - number - 1]])
            if last is not None:
                # Either all up to the last one's second, or all of that second.
                kept = kept[times.take(kept) >= last if newest else times.take(kept) <= last]
            found.append(docs.take(kept))
            number += len(kept)
            if last is not None and times[-1] != last:
                return np.concatenate(found)
            step *= 2
        return np.concatenate(found) if last is not None else None

    def per_day(self, among: DocSet) -> tuple[int, Ints, int]:
        """Count `among` by day.

        Returns:
            The first day (ordinal), the counts from it on, and the number without a day. No counts if none has a day.
        """
        if not len(self.order) or not among.count:
            return 0, np.empty(0, np.int64), among.count
        start, end = int(self._ordered_days[0]), int(self._ordered_days[-1])
        if among.count == self._size:
            counts = np.bincount(self._ordered_days - start)
            return start, counts, self._size - len(self.order)
        days = self.days.take(among.docs)
        if len(self.order) < self._size:
            days = days[days != _NO_DAY]
        days -= start
        return start, np.bincount(days, minlength=end - start + 1), among.count - len(days)
