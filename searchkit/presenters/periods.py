"""The names of periods: days, weeks, months, quarters and years."""

from __future__ import annotations

from collections.abc import Mapping

from searchkit.language.messages import Message

PERIODS: Mapping[str, Message] = {
    "day": Message("day"), "week": Message("week"), "month": Message("month"), "quarter": Message("quarter"),
    "year": Message("year"),
}  # fmt: skip
"""The names of the periods."""
BY_PERIOD: Mapping[str, Message] = {
    "day": Message("by day"), "week": Message("by week"), "month": Message("by month"),
    "quarter": Message("by quarter"), "year": Message("by year"),
}  # fmt: skip
"""What stands behind a number of articles that are counted by periods."""
