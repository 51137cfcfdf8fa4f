"""The options by which newer articles are preferred: their meaning, and the errors for wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.model.results import HALF_LIFE, Recent
from searchkit.query.clock import Clock

LONGEST = 1_000_000.0
"""The longest half-life, in days."""


def recent_of(recent: object, half_life: object, sort: str | None, today: Callable[[], date]) -> Recent | None:
    """Return the preference that the options `recent` and `half_life` of `Asking.search` stand for; None for none.

    Raises:
        QueryError: the day cannot be understood.
        UsageError: an option is of a wrong type or out of range, or contradicts `sort`.
    """
    if recent is None or recent is False:
        if half_life is not None:
            raise UsageError(
                "half_life says how recent articles are preferred, which was not asked for",
                hint="recent=True, half_life=30", code="half-life-alone",
            )  # fmt: skip
        return None
    if sort in ("newest", "oldest"):
        raise UsageError(
            Message(
                "recent raises newer articles in the order by relevance; sort={sort!r} orders by time alone", sort=sort
            ),
            hint="leave one of them out",
            code="recent-and-sort",
        )
    return Recent(_day(recent, today), _days(half_life))


def _day(recent: object, today: Callable[[], date]) -> date:
    if recent is True:
        return today()
    if isinstance(recent, date):
        return date(recent.year, recent.month, recent.day)
    if not isinstance(recent, str):
        raise UsageError(
            Message("recent must be True, a date or text that names one, not {recent!r:.60}", recent=recent),
            hint='recent="2025-03-04"',
        )
    from searchkit.query import dates

    return dates.until(recent, Clock(today()))


def _days(half_life: object) -> float:
    if half_life is None:
        return HALF_LIFE
    is_number = isinstance(half_life, (int, float)) and not isinstance(half_life, bool)
    if not is_number or not 0 < half_life <= LONGEST:  # type: ignore[operator]
        raise UsageError(
            Message(
                "half_life must be a number of days above 0, {longest:,.0f} at most, not {half_life!r:.60}",
                longest=LONGEST,
                half_life=half_life,
            ),
            hint="half_life=30",
            code="half-life",
        )
    return float(half_life)  # type: ignore[arg-type]
