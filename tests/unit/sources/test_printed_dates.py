"""Times as they are printed: every form, every refusal."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.sources.printed_dates import at_end, find_all, from_number, parse
from tests.conftest import at_most

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY, MINUTE, SECOND = "2025-02-02T00:00:00+08:00", "2025-02-02T11:20:00+08:00", "2025-02-02T11:20:02+08:00"

FORMS = {
    "2025-02-02 11:20:02": SECOND, "2025/2/2 11:20": MINUTE, "2025.02.02": DAY, "20250202": DAY, "202502021120": MINUTE,
    "20250202112002": SECOND, "20250202 11:20:02": SECOND, "20250202T112002+0800": SECOND, "2025-2-2": DAY,
    "2025-02-02T03:20:02Z": SECOND, "2025-02-02T03:20:02.000Z": SECOND, "2025-02-02T11:20:02+08:00": SECOND,
    "2025-02-02T11:20:02+0800": SECOND, "2025-02-02T11:20:02+08": SECOND, "2025-02-01T22:20:02-05:00": SECOND,
    "2025-02-02 11:20:02 +0800": SECOND, "2025-02-02 03:20:02 UTC": SECOND, "2025-02-02 11:20:02 UTC+8": SECOND,
    "2025-02-02 11:20:02 GMT+0800 (CST)": SECOND, "2025-02-02T11:20": MINUTE, "2025-02-02-11:20": MINUTE,
    "2025年2月2日 11时20分": MINUTE, "2025年2月2日11时20分02秒": SECOND, "2025年02月02日11:20": MINUTE, "2025年2月2日": DAY,
    "2025年2月2日 11點20分": MINUTE, "2025年2月2号": DAY, "2025 年 2 月 2 日 11:20": MINUTE,
    "二〇二五年二月二日": DAY, "二零二五年二月二日 11:20": MINUTE, "民國114年2月2日": DAY, "民国一百一十四年二月二日 11:20": MINUTE,
    "2025-02-02 上午11:20": MINUTE, "2025年2月2日 上午 11时20分": MINUTE, "２０２５－０２－０２　１１：２０": MINUTE,
    "2025-02-02 周日 11:20": MINUTE, "2025-02-02（星期日）11:20": MINUTE, "2025年2月2日 星期日 11:20": MINUTE,
    "Sun, 02 Feb 2025 11:20:02 +0800": SECOND, "Sun, 2 Feb 2025 03:20:02 GMT": SECOND, "2 February 2025": DAY,
    "Feb 2, 2025, 11:20 AM": MINUTE, "February 2nd, 2025 at 11:20am": MINUTE, "Sunday, February 2, 2025": DAY,
    "Sun Feb 02 11:20:02 +0800 2025": SECOND, "Sun Feb  2 11:20:02 2025": SECOND, "Sun Feb 02 11:20:02 CST 2025": SECOND,
    "发布时间：2025-02-02 11:20:02": SECOND, "2025-02-02 11:20 来源：某报": MINUTE, "北京时间2025年2月2日11时20分": MINUTE,
    "2025-02-02 北京时间 11:20": MINUTE, "(2025-02-02)": DAY,
    "2025-02-02 (11:20)": MINUTE, "2025-02-02（11:20:02）": SECOND, "2025年2月2日（11:20）": MINUTE, "2025-02-02 HKT 11:20": MINUTE,
    "2025-02-02 CST 11:20": MINUTE, "2025-02-02 (HKT) 11:20": MINUTE, "2025-02-02 AM 11:20": MINUTE, "2025年02月02日 11时20": MINUTE,
    "02/02/2025": DAY, "02-02-2025 11:20": MINUTE, "2025-02-02(11:20)": MINUTE, "2025-02-02 11时20 来源：某报": MINUTE,
}  # fmt: skip
OTHERS = {
    "2025年2月2日下午1:20": "2025-02-02T13:20:00+08:00", "2025-02-02 晚上8点30分": "2025-02-02T20:30:00+08:00",
    "2025-02-02 凌晨12:30": "2025-02-02T00:30:00+08:00", "2025-02-02 中午12:30": "2025-02-02T12:30:00+08:00",
    "2025-02-02 下午15:20": "2025-02-02T15:20:00+08:00", "Feb 2, 2025 12:05 AM": "2025-02-02T00:05:00+08:00",
    "Feb 2, 2025 12:05 p.m.": "2025-02-02T12:05:00+08:00", "2025-02-02 24:00": "2025-02-03T00:00:00+08:00",
    "2025-02-02T11:20:02.123456789": "2025-02-02T11:20:02.123456+08:00", "二〇二四年十二月三十一日": "2024-12-31T00:00:00+08:00",
    "二〇二四年十二月廿一日": "2024-12-21T00:00:00+08:00", "民國元年十月十日": "1912-10-10T00:00:00+08:00",
    "05-19-2013": "2013-05-19T00:00:00+08:00", "26-12-2014": "2014-12-26T00:00:00+08:00", "13/04/2025": "2025-04-13T00:00:00+08:00",
    "26.12.2014 08:05": "2014-12-26T08:05:00+08:00", "4/13/2025 3:05 PM": "2025-04-13T15:05:00+08:00",
    "2025年2月2日下午3点半": "2025-02-02T15:30:00+08:00", "2025年2月2日下午3点一刻": "2025-02-02T15:15:00+08:00",
    "2025-02-02 15时半": "2025-02-02T15:30:00+08:00", "2025年2月2日下午三點三刻": "2025-02-02T15:45:00+08:00",
    "2025年2月2日下午三点二十分": "2025-02-02T15:20:00+08:00", "2025年2月2日晚8点": "2025-02-02T20:00:00+08:00",
    "2025年2月2日晚8：05": "2025-02-02T20:05:00+08:00", "2025年2月2日早8时30分": "2025-02-02T08:30:00+08:00",
    "2025-02-02 PM 3:05": "2025-02-02T15:05:00+08:00", "2025-02-02 p.m. 3:05": "2025-02-02T15:05:00+08:00",
    "2025-02-02 GMT 03:20": "2025-02-02T11:20:00+08:00", "2025年2月2日上午9点整": "2025-02-02T09:00:00+08:00",
    "2025年2月2日下午3点多": DAY, "2025年2月2日下午3点许": DAY, "2025年2月2日晚上8时左右": DAY, "2025年2月2日下午3点钟": "2025-02-02T15:00:00+08:00",
    "2025年2月2日三点建议": DAY,
    "2024-02-29": "2024-02-29T00:00:00+08:00", "2025年2月2日3名游客": DAY,
}  # fmt: skip
REFUSED = {
    "2025-02-30": "calendar", "2025-02-29 08:00": "calendar", "2025-13-01": "calendar", "2025-02-02 25:61": "clock",
    "2025-02-02T25:00:00": "clock", "2025-02-02 11:60": "clock", "0000-00-00 00:00:00": "no year 0", "二〇二五年十三月二日": "calendar",
    "02/03/2025": "either way", "31/31/2025": "calendar", "31-02-2025": "calendar", "10.20.2025.1": "no time", "25-02-02": "two digits", "2025年2月": "no day", "2025": "no day", "2025-02": "no day",
    "2月2日 11:20": "no year", "02-02 11:20": "no year", "昨天 11:20": "another day", "3小时前": "another day", "刚刚": "another day",
    "2 hours ago": "another day", "2025-02-02 至 2025-02-05": "more than one", "2025-02-02 11:20:02 +25:00": "no zone",
    "2025-02-02 11:20-12:00": "span", "当地时间2025年2月2日": "unnamed place", "2025-02-02 晚上12:30": "midnight",
    "2025-02-02 上午12:30": "noon or midnight", "2025-02-02 上午15:30": "contradict", "": "no time", "待定": "no time",
    "192.168.2025.01.02": "no time", "2025-02-021": "no time",
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [*FORMS.items(), *OTHERS.items()])
def test_forms(text: str, expected: str) -> None:
    printed = parse(text, timezone=SHANGHAI)
    assert printed.moment is not None, printed.reason
    assert printed.moment == datetime.fromisoformat(expected)
    assert text[printed.start : printed.end] == printed.text


@pytest.mark.parametrize("text", FORMS)
def test_precision_is_what_was_printed(text: str) -> None:
    assert parse(text, timezone=SHANGHAI).precision == {DAY: "day", MINUTE: "minute", SECOND: "second"}[FORMS[text]]


@pytest.mark.parametrize(("text", "reason"), REFUSED.items())
def test_refused_with_the_reason(text: str, reason: str) -> None:
    printed = parse(text, timezone=SHANGHAI)
    assert printed.moment is None
    assert reason in printed.reason


def test_the_zone_given_counts_only_where_none_is_printed() -> None:
    taipei, new_york = ZoneInfo("Asia/Taipei"), ZoneInfo("America/New_York")
    assert parse("2025-02-02 11:20", timezone=new_york).moment == datetime(2025, 2, 2, 11, 20, tzinfo=new_york)
    assert parse("2025-02-02T11:20+08:00", timezone=new_york).moment == datetime(2025, 2, 2, 11, 20, tzinfo=taipei)
    # CST is China's for a Chinese archive and Chicago's for the rest of the world
    assert parse("Sun Feb 02 11:20:02 CST 2025", timezone=new_york).moment == datetime(
        2025, 2, 2, 17, 20, 2, tzinfo=timezone.utc
    )


@given(
    st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
    st.sampled_from([
        "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y.%m.%d %H:%M:%S", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日%H时%M分%S秒",
        "%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%S", "%b %d, %Y %I:%M:%S %p", "%d %B %Y %H:%M:%S", "%a %b %d %H:%M:%S %Y",
    ]),
)  # fmt: skip
def test_every_second_survives_every_form(moment: datetime, form: str) -> None:
    printed = parse(moment.strftime(form), timezone=timezone.utc)
    assert printed.moment == moment.replace(tzinfo=timezone.utc)
    assert printed.precision == "second"


@given(st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)), st.integers(-12 * 60, 14 * 60))
def test_offsets(moment: datetime, minutes: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse(aware.isoformat(), timezone=SHANGHAI).moment == aware
    assert parse(format_datetime(aware), timezone=SHANGHAI).moment == aware.replace(microsecond=0)


ODD = st.text(alphabet="2025年月日时分秒-/:. 　,TZ+()民國二十上午下晚点周AMPMfebsun", max_size=60)


@given(ODD | st.text(max_size=60))
def test_nothing_raises_and_every_answer_is_in_the_text(text: str) -> None:
    for printed in find_all(text, timezone=SHANGHAI):
        assert text[printed.start : printed.end] == printed.text != ""
        assert (printed.moment is None) == bool(printed.reason)
    at_end(text, timezone=SHANGHAI)
    parse(text, timezone=SHANGHAI)


@pytest.mark.parametrize(
    "unit",
    [
        " ",
        ", ",
        "(",
        "02-",
        "三",
        "下午",
        "3点",
        "HKT ",
        "pm",
        "2025-02-02 ",
        "二",
        "1",
        "mon, ",
        "2025年2月2日",
        "11:20 ",
        "2025年2月2日      ",
    ],
)
def test_hostile_lines_take_no_time(unit: str) -> None:
    with at_most(1):
        for head in ("2025-02-02", "2025年2月2日", "Feb 2, 2025", ""):
            parse(head + unit * 100_000, timezone=SHANGHAI)


TAIPEI = ZoneInfo("Asia/Taipei")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("114年3月4日", "2025-03-04T00:00:00+08:00"),
        ("98年12月31日", "2009-12-31T00:00:00+08:00"),
        ("114/03/04", "2025-03-04T00:00:00+08:00"),
        ("114.3.4 11:20", "2025-03-04T11:20:00+08:00"),
        ("114-03-04 下午3:05", "2025-03-04T15:05:00+08:00"),
    ],
)
def test_years_of_the_republic_in_an_archive_of_taipei(text: str, expected: str) -> None:
    assert parse(text, timezone=TAIPEI).moment == datetime.fromisoformat(expected)
    assert parse(text, timezone=SHANGHAI).moment is None


@pytest.mark.parametrize("text", ["114/13/04", "114/03/04 至 114/03/05", "14/03/04", "共114年3月4日的資料"])
def test_not_every_number_is_a_year_of_the_republic(text: str) -> None:
    assert parse(text, timezone=TAIPEI).moment is None


def test_numbers() -> None:
    expected = datetime(2025, 2, 2, 11, 20, 2, tzinfo=SHANGHAI)
    for number in (1738466402, 1738466402.0, 1738466402000, 1738466402000000, 1738466402000000000, 20250202112002):
        assert from_number(number, timezone=SHANGHAI).moment == expected
    assert from_number(1738466402123, timezone=SHANGHAI).moment == expected + timedelta(milliseconds=123)
    assert from_number(20250202, timezone=SHANGHAI).precision == "day"
    for number in (0, 5, -1, 2025, 1e300, 10**30):
        assert from_number(number, timezone=SHANGHAI).moment is None


def test_at_the_end_of_a_short_title() -> None:
    for text, shown in {
        "仿佛老10岁2025-03-04 15:33:01": "2025-03-04 15:33:01",
        "祖冲之32025-03-04 15:31:11": "2025-03-04 15:31:11",
        "新米2。8元 2025-03-04 16:29 ": "2025-03-04 16:29",
        "渡口停航2025年3月4日": "2025年3月4日",
    }.items():
        printed = at_end(text, timezone=SHANGHAI)
        assert printed is not None
        assert printed.text == shown
        assert printed.moment is not None
    assert at_end("2025-03-04 16:29 起停航", timezone=SHANGHAI) is None
    impossible = at_end("停航2025-02-30 16:29:00", timezone=SHANGHAI)
    assert impossible is not None
    assert impossible.moment is None


def test_the_documentation_lists_forms_that_are_read() -> None:
    page = (Path(__file__).parents[3] / "docs/sources.md").read_text(encoding="utf-8")
    block = page.split("<!-- date forms -->")[1].split("\n## ")[0]
    shown = re.findall(r"^\| `([^`]+)` \|", block, re.MULTILINE)
    refused = re.findall(r"^\| not `([^`]+)` \|", block, re.MULTILINE)
    assert len(shown) > 15
    assert len(refused) > 5
    assert [text for text in shown if parse(text, timezone=SHANGHAI).moment is None] == []
    assert [text for text in refused if parse(text, timezone=SHANGHAI).moment is not None] == []
