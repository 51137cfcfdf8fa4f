"""The forms of date_forms.tsv mean the days written beside them; what is printed in any form is read as that day."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.errors import QueryError
from searchkit.query.clock import Clock
from searchkit.query.dates import interval, lunar, span
from searchkit.query.dates.holidays import holiday
from tests.conftest import unmeasured

WEDNESDAY = Clock(date(2025, 6, 18))
TABLE = Path(__file__).with_name("date_forms.tsv")
ROWS = [
    line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("# ")
]
DAYS = st.dates(date(1950, 1, 1), date(2049, 12, 31))


def meaning(form: str, clock: Clock = WEDNESDAY) -> str:
    """The days as in the table; of a form that is refused ! with the message and the hint."""
    try:
        found = span(form, clock)
    except QueryError as error:
        assert error.hint
        return f"! {error.message} | {error.hint}"
    first, last = (each.isoformat() if each else "" for each in (found.since, found.until))
    return first if first == last else f"{first}..{last}"


def test_the_table_has_each_form_once():
    assert [form for form, count in Counter(form for form, _ in ROWS).items() if count > 1] == []
    assert len(ROWS) > 1300


def test_each_form_means_the_days_beside_it_or_is_refused_with_a_reason():
    wrong = []
    for form, means in ROWS:
        got = meaning(form)
        right = got.startswith("!") and means[1:].strip() in got if means.startswith("!") else got == means
        if not right:
            wrong.append((form, means, got))
    assert wrong == []


@pytest.mark.parametrize(
    ("form", "means"),
    [
        ("5月以来", "2025-05-01.."), ("12月以来", "2024-12-01.."), ("三个月以来", "2025-03-19..2025-06-18"),  # was: five months
        ("前三季度", "2025-01-01..2025-09-30"),  # was: the last three quarters
        ("年底前", "..2024-12-31"),  # was: before December
        ("Jan-2025", "2025-01-01..2025-01-31"),  # was: January to the end of 2025
        ("20年后", "2045-01-01..2045-12-31"),  # was: after 2020, while 20年前 is 2005
    ],
)  # fmt: skip
def test_what_was_understood_wrongly(form, means):
    assert meaning(form) == means


def test_what_was_read_although_it_could_mean_two_things_is_refused():
    assert "2025-03-04" in meaning("250304")  # was: April 2503
    assert "8月15日, or 农历八月十五" in meaning("八月十五")  # was: 15 August
    assert "近5个月, or 今年前5个月" in meaning("前5个月")


_CHINESE = "〇一二三四五六七八九"
_MONTHS = [date(2000, month, 1).strftime("%B") for month in range(1, 13)]


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_CHINESE[tens]}十") + (
        _CHINESE[ones] if ones or not tens else ""
    )


def printed(day: date) -> list[str]:
    """One day in many forms."""
    year, month, number = day.year, _MONTHS[day.month - 1], day.day
    spelled = "".join(_CHINESE[int(digit)] for digit in str(year))
    numeric = [f"{year}{sign}{day.month:{width}}{sign}{number:{width}}" for sign in "-/." for width in ("", "02")]
    return [
        *numeric, f"{day:%Y%m%d}", f"{year}-{day:%j}", f"{year}年{day.month}月{number}日", f"{year}年{day:%m}月{day:%d}日",
        f"{year}年{day.month}月{number}号", f"{year} 年 {day.month} 月 {number} 日", f"{spelled}年{_numeral(day.month)}月{_numeral(number)}日",
        f"{year}年{day.month}月{number}日星期{'一二三四五六日'[day.weekday()]}", f"{year}年{day.month}月{number}日晚", f"民国{year - 1911}年{day.month}月{number}日",
        f"{month} {number}, {year}", f"{month[:3]} {number} {year}", f"{number} {month} {year}", f"{number} {month[:3]}. {year}",
        f"{number}-{month[:3]}-{year}", f"{year} {month} {number}", f"the {number}th of {month} {year}", f"{day:%A}, {month} {number}, {year}",
        f"{'-W'.join(f'{part:02}' for part in day.isocalendar()[:2])}-{day.isocalendar()[2]}",
    ]  # fmt: skip


@given(DAYS, DAYS)
def test_a_day_is_read_from_every_form_it_is_printed_in(day, today):
    for form in printed(day):
        assert interval(form, today=today) == (day, day), form


@given(
    DAYS,
    DAYS,
    DAYS,
    st.sampled_from(["至", "到", "~", "—", "..", " to ", " - ", " through ", "……"]),
    st.integers(0, 23),
    st.integers(0, 23),
)
def test_a_range_of_any_two_forms_has_their_days_as_its_ends(one, other, today, sign, at, at_end):
    first, last = sorted((one, other))
    form = f"{printed(first)[at]}{sign}{printed(last)[at_end]}"
    assert interval(form, today=today) == (first, last), form
    assert meaning(f"between {printed(first)[at]} and {printed(last)[at_end]}", Clock(today)) == meaning(
        form, Clock(today)
    )


@given(DAYS)
def test_shorter_periods_lie_inside_longer_ones(day):
    year, month, (_, week, _) = day.year, day.month, day.isocalendar()
    part = "上旬" if day.day <= 10 else "中旬" if day.day <= 20 else "下旬"
    quarter, half = (month + 2) // 3, "上" if month <= 6 else "下"
    chain = [f"{day}", f"{year}年{month}月{part}", f"{year}年{month}月", f"{year}年第{quarter}季度", f"{year}年{half}半年", f"{year}年",
             f"{year // 10 * 10}年代"]  # fmt: skip
    found = [interval(form, today=day) for form in chain]
    assert all(outer[0] <= inner[0] <= inner[1] <= outer[1] for inner, outer in pairwise(found))
    days = [interval(f"近{count}天", today=day) for count in (1, 7, 30, 365)]
    assert [(last - first).days + 1 for first, last in days] == [1, 7, 30, 365]
    assert interval(f"{day.isocalendar()[0]}年第{week}周", today=day) == interval("本周", today=day)


@given(DAYS)
def test_open_ends_meet(day):
    for form in (f"{day.year}年{day.month}月", f"{day.year}", f"{day}"):
        first, last = interval(form, today=day)
        clock = Clock(day)
        assert span(f"{form}以来", clock).since == span(f"since {form}", clock).since == first
        assert span(f"截至{form}", clock).until == span(f"until {form}", clock).until == last
        assert span(f"{form}之前", clock).until == span(f"before {form}", clock).until == first - timedelta(days=1)
        assert span(f"{form}之后", clock).since == span(f"after {form}", clock).since == last + timedelta(days=1)


@given(
    st.text(
        st.sampled_from(
            "0123456789年月日号周季度上下本去前近第初底旬农历闰正腊廿节春中秋十一至到和间以来后.-/~ ,()thelastofandbweknmray"
        ),
        max_size=40,
    ),
    DAYS,
)
def test_whatever_is_typed_is_a_range_or_refused(text, today):
    try:
        found = span(text, Clock(today))
    except QueryError as error:
        assert error.hint
        return
    assert not (found.since and found.until) or found.since <= found.until


# -- the lunar calendar


def test_the_months_and_terms_are_those_of_borax():
    calendar = pytest.importorskip("borax.calendars.lunardate")
    for year in range(lunar.FIRST_YEAR, lunar.LAST_YEAR + 1):
        leap = calendar.LCalendars.leap_month(year)
        months = [(month, False) for month in range(1, 13)] + ([(leap, True)] if leap else [])
        for month, is_leap in months:
            first, last = lunar.month_of(year, month, is_leap)
            assert first == calendar.LunarDate(year, month, 1, int(is_leap)).to_solar_date()
            assert (last - first).days + 1 == calendar.LCalendars.ndays(year, month, int(is_leap))
        for place, name in enumerate(calendar.TERMS_CN):
            assert lunar.term(name, year)[0] == calendar.TermUtils.nth_term_day(year, place), (year, name)


def test_the_months_of_the_lunar_calendar_follow_each_other():
    months = sorted(lunar.month_of(year, month, leap) for year in range(1934, 2050) for month in range(1, 13)
                    for leap in (False, True) if not leap or (year, month) in LEAP_MONTHS)  # fmt: skip
    assert all(one[1] + timedelta(days=1) == next_one[0] for one, next_one in pairwise(months))


# From the almanac: the leap months of these years.
LEAP_MONTHS = {
    (1936, 3), (1938, 7), (1941, 6), (1944, 4), (1947, 2), (1949, 7), (1952, 5), (1955, 3), (1957, 8), (1960, 6), (1963, 4), (1966, 3),
    (1968, 7), (1971, 5), (1974, 4), (1976, 8), (1979, 6), (1982, 4), (1984, 10), (1987, 6), (1990, 5), (1993, 3), (1995, 8), (1998, 5),
    (2001, 4), (2004, 2), (2006, 7), (2009, 5), (2012, 4), (2014, 9), (2017, 6), (2020, 4), (2023, 2), (2025, 6), (2028, 5), (2031, 3),
    (2033, 11), (2036, 6), (2039, 5), (2042, 2), (2044, 7), (2047, 5),
}  # fmt: skip


def test_festivals_before_new_year_belong_to_it():
    assert holiday("除夕", 2024)[0] == date(2024, 2, 9)
    assert holiday("腊八", 2024)[0] == date(2024, 1, 18)
    assert holiday("小年", 2024) == (date(2024, 2, 2), date(2024, 2, 3))


def test_only_lunar_and_english_forms_load_their_modules():
    code = """
import sys
from datetime import date
from searchkit.query.clock import Clock
from searchkit.query.dates import span
loaded = lambda: [each for each in ("lunar", "english", "difflib") if f"searchkit.query.dates.{each}" in sys.modules or each in sys.modules]
clock = Clock(date(2025, 6, 18))
for form in ("2025-02", "近7天", "去年国庆", "3月至5月", "春节", "last week"):
    span(form, clock)
    print(*loaded())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=unmeasured(), capture_output=True, text=True, encoding="utf-8"
    )
    assert done.stdout.splitlines() == ["", "", "", "", "lunar", "lunar english"], done.stderr


# -- docs/dates.md


def test_every_form_that_the_page_mentions_is_read_or_refused_as_it_says():
    page = (Path(__file__).parents[3] / "docs" / "dates.md").read_text(encoding="utf-8")
    text = re.sub("```.*?```", "", page.split("## Which year, which week?")[1].split("## Every form")[0], flags=re.S)
    words = {"in front", "around", "几", "few", "初", "中", "底", "前后", "农历"}
    forms = set(re.findall("`([^`]+)`", text)) - words
    assert len(forms) > 80
    assert [form for form in forms if meaning(form).startswith("!")] == []
    paragraph = re.search("A date that does not exist.*?Nothing is guessed", page, re.S)[0]
    said = re.findall("`([^`]+)`", paragraph)
    read = {"昨天晚上", "6月3日晚"}
    assert read < {*said} and len(said) > 10
    assert [form for form in said if meaning(form).startswith("!") == (form in read)] == []
