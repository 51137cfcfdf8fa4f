"""The buckets of a timeline: from days to periods."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, timedelta

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


def buckets(days: Mapping[date, int], by: By, since: date | None, until: date | None) -> tuple[Bucket, ...]:
    """Return the periods from the first to the last day, including those without an article.

    `since` and `until` widen the range to the days asked for.

    Raises: UsageError for too many periods.
    """
    first = min([*days, *([since] if since else [])], default=None)
    last = max([*days, *([until] if until else [])], default=None)
    if first is None or last is None or not days:
        return ()
    ordered = sorted(days)
    at = 0
    found: list[Bucket] = []
    day = first
    while day <= last:
        label, start, end = period(day, by)
        # Earlier days have been counted; all days up to the end belong to this period.
        of_here, at = at, bisect_right(ordered, end, at)
        found.append(Bucket(label, start, end, sum(days[each] for each in ordered[of_here:at])))
        if len(found) > MOST_BUCKETS:
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
        if end >= date.max:
            break
        day = end + timedelta(days=1)
    return tuple(found)
