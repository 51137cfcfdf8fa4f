"""Buckets of a timeline against counting day by day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.search.timeline import buckets, period

days = st.dates(date(2023, 11, 1), date(2025, 3, 1))


@pytest.mark.parametrize("by", ["day", "week", "month", "quarter", "year"])
@given(st.dictionaries(days, st.integers(1, 9), max_size=12), st.none() | days, st.none() | days)
def test_every_day_is_counted_in_its_period(by, counts, since, until):
    found = buckets(counts, by, since, until)
    assert sum(bucket.count for bucket in found) == sum(counts.values())
    for bucket in found:
        label, first, last = period(bucket.start, by)
        assert (bucket.label, bucket.start, bucket.end) == (label, first, last)
        assert bucket.count == sum(count for day, count in counts.items() if first <= day <= last)
    assert [bucket.start for bucket in found] == sorted({bucket.start for bucket in found})
