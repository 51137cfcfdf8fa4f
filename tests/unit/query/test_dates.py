"""Every documented form, on one fixed day; what cannot be; random text."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.errors import QueryError
from searchkit.language.scripts import DateExample
from searchkit.query.dates.examples import FORMS
from searchkit.query.dates.expressions import Clock, interval, on, since, span, until
from searchkit.query.dates.holidays import Impossible, holiday, names
from searchkit.query.dates.leading import leading

WEDNESDAY = Clock(date(2025, 6, 18))
DOC = Path(__file__).parents[3] / "docs" / "dates.md"


def written(found) -> str:
    first, last = (each.isoformat() if each else "" for each in (found.since, found.until))
    return first if first == last else f"{first}..{last}"


@pytest.mark.parametrize(("form", "means"), FORMS)
def test_forms(form, means):
    assert written(span(form, WEDNESDAY)) == means


@pytest.fixture(scope="module")
def convert():
    """Made once: OpenCC reads its dictionaries for a tenth of a second."""
    return pytest.importorskip("opencc").OpenCC("s2t").convert


@pytest.mark.parametrize(("form", "means"), FORMS)
def test_each_form_is_read_as_it_is_shown_in_traditional_characters(form, means, convert):
    shown = DateExample(form).traditional()
    assert written(span(shown, WEDNESDAY)) == means
    assert convert(shown) == shown.replace("台", "臺"), "no simplified character is left"


def test_there_are_more_than_forty_forms_and_each_is_documented():
    assert len({form for form, _ in FORMS}) == len(FORMS) >= 60
    documented = DOC.read_text(encoding="utf-8")
    missing = [form for form, means in FORMS if f"| `{form}` | {means} |" not in documented]
    assert not missing


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2025-02-30", "28 days"), ("2025-13", "no month 13"), ("2月30日", "28 days"), ("2025-W60", "no week 60"),
        ("0000", "no year 0"), ("2025-03..2025-01", "ends before it begins"), ("2050年春节", "1934 to 2049"), ("2025年第五季度", ""),
        ("", ""), ("..", ""), ("昨天吧", ""), ("99999年", ""), ("x" * 500, ""), ("9999999天前", ""), ("0203", "no year 203"), ("2027年两会", "2013 to 2026"), ("13月至2月", "no month 13"), ("32日", "no month has"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_a_reason(text, why):
    with pytest.raises(QueryError, match="cannot read the date") as raised:
        span(text, WEDNESDAY)
    assert why in raised.value.message
    assert raised.value.hint


@pytest.mark.parametrize(
    ("text", "swapped"),
    [
        ("2025-03..2025-01", "2025-01..2025-03"),
        ("2024-05..2020", "2020..2024-05"),
        ("2024年5月至2020年", "2020年..2024年5月"),
        ("今天到去年", "去年..今天"),
        ("2025-03..01", "2025-01-01..2025-03-31"),
        ("2023.3.5-03.01", "2023-03-01..2023-03-05"),
    ],
)
def test_a_reversed_range_proposes_the_swap(text, swapped):
    with pytest.raises(QueryError, match="ends before it begins") as raised:
        span(text, WEDNESDAY)
    assert raised.value.hint == f"did you mean {swapped}?"
    assert span(swapped, WEDNESDAY)


@pytest.mark.parametrize(
    ("text", "column", "width"),
    [
        ("2025-01..2025-02-30", 10, 10),
        ("  2025-13 .. 2025", 3, 7),
        ("2025-02-30", 1, 10),
        ("2025-01至2025-W60", 9, 8),
        ("\u200b2025-01—2025-W60", 10, 8),
    ],
)
def test_the_column_is_that_of_the_end_that_is_wrong(text, column, width):
    with pytest.raises(QueryError) as raised:
        span(text, WEDNESDAY)
    assert (raised.value.column, raised.value.width) == (column, width)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        # What stands at the end of a range takes its year from the start, not from today.
        ("2023年10月至12月", "2023-10-01..2023-12-31"), ("前年10月至12月", "2023-10-01..2023-12-31"),
        ("2023年10月-2月", "2023-10-01..2024-02-29"), ("3月至8月", "2025-03-01..2025-08-31"),
        ("30日至2日", "2025-05-30..2025-06-02"), ("五一至国庆", "2025-05-01..2025-10-07"),
        # A year or month before 前 is that year or month, not so many of them ago.
        ("2020年前", "..2019-12-31"), ("2020年之前", "..2019-12-31"), ("5月以前", "..2025-04-30"),
        ("20年前", "2005-01-01..2005-12-31"), ("五个月前", "2025-01-01..2025-01-31"),
        ("9999年前", "..9998-12-31"),
    ],
)  # fmt: skip
def test_what_was_once_misread(text, means):
    assert written(span(text, WEDNESDAY)) == means


@pytest.mark.parametrize("sign", ["—", "——", "–", "―", "~", "～", "至", "…", ".."])
def test_any_dash_parts_the_ends_of_a_range(sign):
    assert written(span(f"2025-01-05{sign}2025-03-07", WEDNESDAY)) == "2025-01-05..2025-03-07"


@given(st.integers(1990, 2030), st.integers(1, 12), st.integers(1, 12), st.dates(date(1990, 1, 1), date(2040, 1, 1)))
def test_a_range_of_months_is_read_the_same_on_every_day(year, first, last, today):
    found = span(f"{year}年{first}月至{last}月", Clock(today))
    assert found.since == date(year, first, 1)
    assert (found.until.year, found.until.month) == (year + (last < first), last)


@given(st.sampled_from(["3日", "31日", "下旬", "2月", "2月29日", "周五", "国庆", "月底"]),
       st.dates(date(1992, 1, 1), date(2034, 1, 1)))  # fmt: skip
def test_without_its_year_or_month_a_day_is_the_last_that_has_begun(form, today):
    found = span(form, Clock(today))
    assert found.since <= today
    again = span(form, Clock(found.since))
    assert (again.since, again.until) == (found.since, found.until)  # none begins between


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
        assert 1 <= error.column <= max(1, len(text)) and error.width >= 1


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
    with pytest.raises(Impossible):
        holiday("端午", 1800)


@pytest.mark.parametrize(
    ("text", "period", "rest"),
    [
        ("2024年洪水", "2024年", "洪水"),
        ("２０２４年洪水", "２０２４年", "洪水"),
        ("二〇二四年洪水", "二〇二四年", "洪水"),
        ("2024年的洪水", "2024年", "洪水"),
        ("2024年5月洪水", "2024年5月", "洪水"),
        ("2024年夏天洪水", "2024年夏天", "洪水"),
        ("2024年中国经济", "2024年", "中国经济"),
        ("2024年第一季度出口", "2024年第一季度", "出口"),
        ("2024年会议", "2024年", "会议"),
        ("5月4日阅兵", "5月4日", "阅兵"),
        ("去年洪水", "去年", "洪水"),
        ("去年上半年出口", "去年上半年", "出口"),
        ("上周洪水", "上周", "洪水"),
        ("上週洪水", "上週", "洪水"),
        ("上周五会谈", "上周五", "会谈"),
        ("上个月洪水", "上个月", "洪水"),
    ],
)
def test_a_date_before_a_word(text, period, rest):
    assert leading(text, WEDNESDAY.today) == (period, rest)
    assert span(period, WEDNESDAY)
    with pytest.raises(QueryError) as raised:
        span(text, WEDNESDAY)
    hint = raised.value.hint
    assert hint.startswith("the date is ") and hint.endswith(f"; put {rest} into the query")


@pytest.mark.parametrize(
    "text",
    [
        "一号洪水",
        "三峡洪水",
        "五四运动",
        "七一讲话",
        "十月革命",
        "二十大报告",
        "2024年度报告",
        "今日头条",
        "2024年春节",
        "2024年两会",
        "去年同期增长",
        "12月党人",
        "2024年会",
        "2024年年会",
        "上月球表面",
        "本周刊记者",
        "本周边境",
        "上周日本地震",
        "上周期反弹",
        "13月洪水",
        "2024年2月30日洪水",
        "2020年后疫情",
        "2024年",
        "去年水",
        "2024年中期报告",
        "5月天演唱会",
        "9月18日事变",
        "5月4日运动",
        "三月三歌会",
        "八一建军节",
        "今年轻人",
        "2024年GDP",
        "洪水2024年",
        "2024年全国粮食产量再创历史新高",
    ],
)
def test_what_only_looks_like_a_date_before_a_word(text):
    assert leading(text, WEDNESDAY.today) is None
