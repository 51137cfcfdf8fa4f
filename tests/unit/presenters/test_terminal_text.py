"""Nothing a field can hold reaches a terminal, a spreadsheet or a JSON reader live."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.model.results import Hit, Snippet
from searchkit.presenters import json_form, tables, terminal
from searchkit.presenters.style import Style
from searchkit.presenters.terminal import pointed
from searchkit.presenters.terminal_text import _PLAIN, _safe, safe
from searchkit.presenters.width import columns, padded, shortened, wrapped
from tests.conftest import at_most

anything = st.text(st.characters(), max_size=60)
hostile = st.one_of(
    anything,
    st.lists(
        st.sampled_from(
            [
                "\x1b[2J",
                "\x1b]0;x\x07",
                "\u202e",
                "\u200b",
                "\ud800",
                "\x9b",
                "\r",
                "\n",
                "\t",
                "=1+1",
                "<b>",
                "江",
                "\u0301" * 3,
                "\u3164",
                "\u200d",
            ]
        ),
        max_size=8,
    ).map("".join),
)


def shown(text: str) -> Hit:
    snippet = Snippet(text, ((0, min(2, len(text))),))
    return Hit(
        id=text, title=text, published=None, precision="day", source=text, author=text, site=text, section=text, url=text,
        kind="article", parent=text, score=1.0, near=False, snippets=(snippet,), title_marks=((0, min(1, len(text))),),
        explanation={text: 1.0},
    )  # fmt: skip


def harmless(line: str) -> bool:
    return all(
        unicodedata.category(char) not in ("Cc", "Cs", "Co")
        and char
        not in "\u034f\u115f\u1160\u2800\u3164\uffa0\u200b\u200c\u2060\ufeff\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u2028"
        for char in line
    )


@given(hostile)
def test_a_terminal_gets_nothing_live(text):
    for line in terminal.hit_lines(1, shown(text), Style(color=False, columns=60)):
        assert harmless(line), line
    assert harmless(tables.hit_line(shown(text)).replace("\t", ""))
    assert len(tables.hit_line(shown(text)).split("\t")) == 4


@given(hostile)
def test_colours_are_only_our_own(text):
    joined = "".join(terminal.hit_lines(1, shown(text), Style(color=True, columns=60)))
    for part in joined.split("\x1b")[1:]:
        assert part.startswith("[") and part[1:].split("m")[0].replace(";", "").isdigit()


@given(hostile)
def test_a_spreadsheet_gets_no_formula(text):
    value = tables.cell(text)
    assert not value.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


def test_numbers_of_our_own_stay_numbers():
    assert tables.cell(-1.5) == "-1.5" and tables.cell("-1.5") == "'-1.5"


@given(hostile)
def test_json_is_valid_and_keeps_the_text(text):
    written = json_form.text(json_form.hit(shown(text)))
    written.encode()
    assert json.loads(written)["title"] == text


@given(hostile)
def test_json_may_be_looked_at_on_a_terminal(text):
    assert harmless(json_form.text([text, {text: text}]))


@given(st.lists(st.lists(hostile, min_size=2, max_size=3), max_size=3))
def test_a_row_of_a_table_is_a_row(rows):
    written = "\n".join(tables.csv_lines(("a", "b"), rows))
    assert list(csv.reader(io.StringIO(written, newline=""))) == [
        ["a", "b"],
        *([tables.cell(each) for each in row] for row in rows),
    ]


@given(anything)
def test_safe_keeps_the_length_and_is_itself_safe(text):
    assert len(safe(text)) == len(text)
    assert safe(safe(text)) == safe(text)


def test_only_emoji_are_joined_by_nothing_visible():
    assert safe("👩\u200d🚀") == "👩\u200d🚀"
    assert safe("支\u200d付\u200d") == "支\ufffd付\ufffd"


@given(st.integers(5, 60))
def test_accents_do_not_pile_up(count):
    assert safe("e" + "\u0301" * count).count("\u0301") == 4
    assert len(safe("e" + "\u0301" * count)) == count + 1


def test_the_short_way_is_taken_only_where_the_long_one_changes_nothing():
    odd = [
        char
        for char in map(chr, range(0x110000))
        if char.isprintable()
        and _PLAIN.fullmatch(char)
        and (_safe(char) != char or unicodedata.category(char)[0] == "M")
    ]
    assert odd == []


@given(st.text(st.sampled_from("江大桥abc \u0301e“”"), max_size=300), st.integers(1, 320), st.integers(1, 400))
def test_an_error_points_at_the_column_and_fits(query, column, wide):
    shown, under = pointed(query, column, wide, 60)
    assert columns(shown) <= 60 and columns(under) <= 60
    start = min(column - 1, len(query))
    at = len(under) - len(under.lstrip())
    assert set(under.strip()) == {"^"}
    if columns(query) <= 20:  # nothing is cut off: the first mark stands under the character meant
        assert at == 2 + columns(query[:start])


def test_an_error_in_a_very_long_query_is_told_at_once():
    with at_most(1):
        list(pointed("江" * 300_000, 299_999, 10, 80))


def test_an_id_of_the_record_is_not_cut_off():
    def line(id: str) -> str:
        return list(terminal.hit_lines(1, replace(shown("x"), id=id), Style(columns=80)))[1]

    assert "xwlb-20240101-001" in line("xwlb-20240101-001")
    assert "c0123456789a" in line("c0123456789abcdef") and "c0123456789ab" not in line("c0123456789abcdef")


@pytest.mark.parametrize(
    ("text", "wide"), [("abc", 3), ("江大桥", 6), ("e\u0301", 1), ("“a”", 3), ("，", 2), ("", 0), ("😀", 2)]
)
def test_columns(text, wide):
    assert columns(text) == wide


@given(st.text(st.sampled_from("江大桥abc ，。“”DeepSeek1"), max_size=80), st.integers(2, 30))
def test_wrapping_loses_nothing_and_fits(text, most):
    lines = wrapped(text, most)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(columns(line) <= most for line in lines)


@given(st.text(st.sampled_from("江大桥abc"), max_size=30), st.integers(1, 20))
def test_shortening_fits(text, most):
    assert columns(shortened(text, most)) <= most
    assert shortened(text, 1000) == text
    assert columns(padded(text, 10)) == max(10, columns(text))


def test_marks_survive_wrapping():
    text = "长江大桥夜间封闭。市长到场查看。公交车绕行渡口。"
    lines = list(terminal.hit_lines(1, Hit(
        id="a", title="x", published=None, precision="day", source="", author="", site="", section="", url="",
        kind="article", parent="", score=1.0, near=False, snippets=(Snippet(text, ((9, 11), (16, 19))),),
    ), Style(color=True, columns=80)))  # fmt: skip
    joined = "".join(lines)
    assert "\x1b[1;31m市长\x1b[0m" in joined
    assert "\x1b[1;31m公交车\x1b[0m" in joined
