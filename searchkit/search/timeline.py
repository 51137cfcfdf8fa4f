"""The buckets of a timeline: from days to periods."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import count

from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.model.aggregations import BYS, Bucket, By

MOST_BUCKETS = 100_000


def period(day: date, by: By) -> tuple[str, date, date]:
    """Return the period of a day: its label, first day and last day. Weeks are ISO 8601 weeks, Monday to Sunday."""
    if by == "day":
        return day.isoformat(), day, day
    if by == "week":
        year, week, _ = day.isocalendar()
        start = day - timedelta(days=day.weekday())
        return f"{year}-W{week:02d}", start, start + timedelta(days=6)
    if by == "month":
        return f"{day.year:04d}-{day.month:02d}", day.replace(day=1), _last_of_month(day.year, day.month)
    if by == "quarter":
        first = (day.month - 1) // 3 * 3 + 1
        return f"{day.year:04d}-Q{(first + 2) // 3}", date(day.year, first, 1), _last_of_month(day.year, first + 2)
    if by == "year":
        return f"{day.year:04d}", date(day.year, 1, 1), date(day.year, 12, 31)
    raise UsageError(Message("no period {by!r}", by=by), hint=Message("one of {bys}", bys=", ".join(BYS)))


def _last_of_month(year: int, month: int) -> date:
    return date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)


def periods(days: Iterable[date], by: By, since: date | None, until: date | None) -> Iterator[tuple[str, date, date]]:
    """Yield the periods from the first to the last of the days: label, first day and last day of each.

    `since` and `until` widen the range to the days asked for. Without days there are no periods.

    Raises: UsageError for too many periods.
    """
    found = list(days)
    if not found:
        return
    first = min([*found, *([since] if since else [])])
    last = max([*found, *([until] if until else [])])
    day = first
    for number in count(1):
        if number > MOST_BUCKETS:
            raise UsageError(
                Message(
                    "more than {most_buckets:,} periods from {first} to {last}",
                    most_buckets=MOST_BUCKETS,
                    first=first,
                    last=last,
                ),
                hint="use a longer period: by='year'",
                code="too-many-periods",
            )
        label, start, end = period(day, by)
        yield label, start, end
        if end >= min(last, date.max):
            return
        day = end + timedelta(days=1)


def counts_in(days: Mapping[date, int], spans: Iterable[tuple[date, date]]) -> Iterator[int]:
    """Yield the sum over the days of each span: first and last day, in order, none of which overlap."""
    ordered = sorted(days)
    end = 0
    for first, last in spans:
        start = bisect_left(ordered, first, end)
        end = bisect_right(ordered, last, start)
        yield sum(days[each] for each in ordered[start:end])


def buckets(days: Mapping[date, int], by: By, since: date | None, until: date | None) -> tuple[Bucket, ...]:
    """Return the periods from the first to the last day, including those without an article; see `periods`.

    Raises: UsageError for too many periods.
    """
    found = list(periods(days, by, since, until))
    counts = counts_in(days, ((start, end) for _, start, end in found))
    return tuple(Bucket(*each, number) for each, number in zip(found, counts, strict=True))
