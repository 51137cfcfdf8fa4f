"""Every documented form, on one fixed day; what cannot be; random text."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.errors import QueryError
from searchkit.query.dates import FORMS, Clock, interval, on, since, span, until
from searchkit.query.holidays import holiday, names

WEDNESDAY = Clock(date(2025, 6, 18))
DOC = Path(__file__).parents[3] / "docs" / "dates.md"


def written(found) -> str:
    first, last = (each.isoformat() if each else "" for each in (found.since, found.until))
    return first if first == last else f"{first}..{last}"


@pytest.mark.parametrize(("form", "means"), FORMS)
def test_forms(form, means):
    assert written(span(form, WEDNESDAY)) == means


def test_there_are_more_than_forty_forms_and_each_is_documented():
    assert len({form for form, _ in FORMS}) == len(FORMS) >= 60
    documented = DOC.read_text(encoding="utf-8")
    missing = [form for form, means in FORMS if f"| `{form}` | {means} |" not in documented]
    assert not missing


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2025-02-30", "28 days"), ("2025-13", "no month 13"), ("2月30日", "29 days"), ("2025-W60", "no week 60"),
        ("0000", "no year 0"), ("2025-03..2025-01", "2025-01..2025-03"), ("2050年春节", "1990 to 2035"), ("2025年第五季度", ""),
        ("", ""), ("..", ""), ("昨天吧", ""), ("99999年", ""), ("x" * 500, ""), ("9999999天前", ""), ("9999年前", "no year"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_a_reason(text, why):
    with pytest.raises(QueryError, match="cannot read the date") as raised:
        span(text, WEDNESDAY)
    assert why in raised.value.message
    assert raised.value.hint or why


def test_close_forms_are_proposed():
    with pytest.raises(QueryError) as raised:
        span("去年国情", WEDNESDAY)
    assert "去年国庆" in raised.value.hint


def test_a_month_or_day_in_the_future_is_last_years():
    assert span("12月", WEDNESDAY).since == date(2024, 12, 1)
    assert span("6月18日", WEDNESDAY).since == date(2025, 6, 18)
    assert span("6月19日", WEDNESDAY).since == date(2024, 6, 19)
    assert span("2月29日", Clock(date(2025, 6, 18))).since == date(2024, 2, 29)


def test_script_and_width_do_not_matter():
    assert span("去年國慶", WEDNESDAY).since == date(2024, 10, 1)
    assert span("２０２５年２月", WEDNESDAY).since == date(2025, 2, 1)


def test_the_ends():
    assert since("2025-02", WEDNESDAY) == date(2025, 2, 1)
    assert until("2025-02", WEDNESDAY) == date(2025, 2, 28)
    assert on("2025-02", WEDNESDAY) == (date(2025, 2, 1), date(2025, 2, 28))
    assert interval("2025年2月", today=date(2026, 1, 2)) == (date(2025, 2, 1), date(2025, 2, 28))
    for function, text in ((since, "..2025"), (until, "2025..")):
        with pytest.raises(QueryError):
            function(text, WEDNESDAY)
    with pytest.raises(QueryError, match="open"):
        interval("2025..", today=date(2025, 1, 1))


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)), st.sampled_from([form for form, _ in FORMS]))
def test_on_any_day_a_form_is_a_range_or_refused(today, form):
    try:
        found = span(form, Clock(today))
    except QueryError:
        return
    if found.since and found.until:
        assert found.since <= found.until


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_relative_forms_never_reach_beyond_today(today):
    for form in ("近7天", "最近三个月", "昨天", "周五", "今年以来", "last 7 days", "上周", "去年国庆"):
        try:
            assert span(form, Clock(today)).until <= today
        except QueryError:
            pytest.fail(form)
    assert span("昨天", Clock(today)).since == today - timedelta(days=1)


@given(
    st.one_of(st.text(), st.text(st.sampled_from("0123456789年月日上下本去前近第季度周国庆春节..-/至 lastweekdays")))
)
def test_any_text_is_a_range_or_refused(text):
    try:
        span(text, WEDNESDAY)
    except QueryError as error:
        assert error.column == 1 and error.width >= 1


def test_holidays_are_those_of_chinesecalendar():
    calendar = pytest.importorskip("chinese_calendar")
    english = {"春节": "Spring Festival", "清明": "Tomb-sweeping Day", "端午": "Dragon Boat Festival",
               "中秋": "Mid-autumn Festival"}  # fmt: skip
    for year in range(2008, 2026):
        for name, label in english.items():
            first, last = holiday(name, year)
            day = first + timedelta(days=1) if name == "春节" else first  # 春节 begins with the eve
            is_off, found = calendar.get_holiday_detail(day)
            assert is_off, (year, name)
            merged = {"National Day", "Mid-autumn Festival"} if name == "中秋" else {label}
            # A festival on a plain weekend has no name there.
            assert found in merged or (found is None and day.weekday() >= 5), (year, name, found)
            assert first <= last


def test_every_holiday_has_days_in_the_table_years():
    for name in names():
        assert holiday(name, 2025) is not None
    assert holiday("端午", 1800) is None
