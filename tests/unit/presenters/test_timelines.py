"""Several series in a table: readable on 80 and on 120 columns, without colour, and without UTF-8."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta

import pytest

from searchkit.model.results import Parsed
from searchkit.model.timelines import NamedQuery, Period, Series, Timelines
from searchkit.presenters import tables, timelines
from searchkit.presenters.style import Style
from searchkit.presenters.width import columns

COUNTS = (0, 3, None, 12, 5)


def made(names=("芯片",), counts=COUNTS, *, share=False, smooth=1, all=40):
    """As many series as names, each with the counts, over consecutive days."""
    parsed = Parsed("芯片", "芯片", ("芯片",), None, "Asia/Shanghai")
    of = tuple(0 if count is None else all for count in counts)
    first = date(2025, 3, 1)
    days = [first + timedelta(n) for n in range(len(counts))]
    averages = tuple(None if count is None else count + 0.25 for count in counts) if smooth > 1 else ()
    total = sum(filter(None, counts))
    return Timelines(
        by="day", share=share, smooth=smooth,
        periods=tuple(Period(day.isoformat(), day, day, number) for day, number in zip(days, of, strict=True)),
        queries=tuple(NamedQuery(name, parsed, total, 0) for name in names),
        series=tuple(Series(name, name, None, tuple(counts), of, averages, total, 0) for name in names),
        scope=replace(parsed, text="", canonical=""), total=sum(of), sources=(("新华社", 30),), mode="auto",
        aliases=None, archive_size=200,
    )  # fmt: skip


@pytest.mark.parametrize("wide", [40, 80, 120])
@pytest.mark.parametrize("number", [1, 2, 5, 20])
@pytest.mark.parametrize("options", [{}, {"share": True}, {"smooth": 3}])
def test_every_series_is_there_within_the_width(wide, number, options):
    names = [f"第{n}个很长很长很长的名字" for n in range(number)]
    lines = list(timelines.table(made(names, **options), Style(columns=wide)))
    assert max(map(columns, lines)) <= wide
    text = "\n".join(lines)
    assert [name for name in names if name[:4] not in text] == []
    assert text.count("—") == number, "the gap of each"


def test_a_table():
    lines = list(timelines.table(made(("芯片", "长江")), Style(columns=46)))
    assert lines == [
        "            芯片              长江",
        "2025-03-01   0                 0",
        "2025-03-02   3 ███▎            3 ███▎",
        "2025-03-03   —                 —",
        "2025-03-04  12 █████████████  12 █████████████",
        "2025-03-05   5 █████▍          5 █████▍",
    ]


def test_without_utf8_a_gap_is_a_hyphen_and_bars_are_ascii():
    text = "\n".join(timelines.table(made(), Style(columns=40, unicode=False)))
    assert "2025-03-03   -" in text and "###" in text
    assert text.replace("芯片", "").isascii()


def test_colours_are_escapes_only_where_they_are_wanted():
    assert "\x1b" not in "".join(timelines.table(made(), Style()))
    assert "\x1b" in "".join(timelines.table(made(), Style(color=True)))


@pytest.mark.parametrize(("all", "shown"), [(40, "30.0%"), (240, "5.00%"), (4000, "0.300%")])
def test_shares_have_as_many_digits_as_tell_them_apart(all, shown):
    assert shown in "\n".join(timelines.table(made(share=True, all=all), Style()))


def test_in_csv_a_gap_is_empty_and_a_zero_is_zero():
    rows = list(csv.DictReader(tables.timelines_csv(made(("芯片", "=1+1"), smooth=3))))
    assert [row["count"] for row in rows[:5]] == ["0", "3", "", "12", "5"]
    assert [row["share"] for row in rows[:5]] == ["0.0", "0.075", "", "0.3", "0.125"]
    assert [row["average"] for row in rows[:5]] == ["0.25", "3.25", "", "12.25", "5.25"]
    assert (rows[2]["all"], rows[2]["period"], rows[2]["start"]) == ("0", "2025-03-03", "2025-03-03")
    assert rows[5]["series"] == "'=1+1", "no formula"


def test_in_a_pipe_a_gap_is_empty():
    lines = list(tables.timelines_lines(made()))
    assert lines[1:3] == ["2025-03-02\t芯片\t3\t40\t0.075\t", "2025-03-03\t芯片\t\t0\t\t"]


def test_notes_tell_what_was_counted_and_where_the_gaps_are():
    found = made(share=True, smooth=3)
    told = list(
        timelines.notes(
            replace(found, queries=(*found.queries, replace(found.queries[0], name="无", total=0))), Style(columns=200)
        )
    )
    assert told == [
        "芯片: 20 articles",
        "nothing matches 无: 芯片",
        "share of all articles by day, centred average over 3 days; 160 articles in all",
        "the archive has a gap, no article at all: 2025-03-03",
    ]


def test_hostile_names_stay_on_their_line():
    found = made(("\x1b[2J\u202e名\n字",))
    text = "\n".join([*timelines.table(found, Style()), *timelines.notes(found, Style())])
    assert "\x1b" not in text and "\u202e" not in text and len(text.splitlines()) == 6 + 3
