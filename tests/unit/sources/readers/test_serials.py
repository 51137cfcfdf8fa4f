"""Days that Excel wrote as numbers."""

from __future__ import annotations

import io

import pytest

import searchkit.sources as sources
from searchkit.model.article import Article


def table(*times: str) -> list[Article]:
    rows = "\n".join(f"栗园镇图书馆第{number}次活动,周末座位约满。,{time}" for number, time in enumerate(times))
    found = list(sources.read(io.BytesIO(f"标题,正文,发布时间\n{rows}\n".encode()), format="csv"))
    assert len(found) == len(times)
    assert all(isinstance(each, Article) for each in found)
    return found  # type: ignore[return-value]


def test_a_column_of_nothing_else_is_days():
    first, second, third = table("45720", "45720.5", "")
    assert (first.published.isoformat()[:16], first.precision, first.published_text) == (
        "2025-03-04T00:00", "day", "45720",
    )  # fmt: skip
    assert (second.published.isoformat()[:16], second.published_text) == ("2025-03-04T12:00", "45720.5")
    assert (third.published, third.published_text) == (None, "")


@pytest.mark.parametrize("times", [("45720", "2025-03-04"), ("45720",), ("12345", "45720"), ("45720", "第二期")])
def test_a_number_among_other_times_stays_as_it_is(times):
    found = table(*times)
    assert found[0].published is None
    assert found[0].published_text == times[0]


def test_more_rows_than_are_looked_at():
    found = table(*["45720"] * 230, "2025-03-05")
    assert {each.published.day for each in found[:230]} == {4}
    assert found[230].published.day == 5
