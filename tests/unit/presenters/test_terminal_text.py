"""Nothing a field can hold reaches a terminal, a spreadsheet or a JSON reader live."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.presenters import json_form, tables, terminal
from searchkit.presenters.style import Style
from searchkit.presenters.terminal_text import safe
from searchkit.presenters.width import columns, padded, shortened, wrapped
from searchkit.results import Hit, Snippet

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
                "\u0301",
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
        and char not in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u2028"
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
    assert not value.startswith(("=", "+", "@", "\t", "\r"))
    assert not value.startswith("-") or tables._is_number(value)


@given(hostile)
def test_json_is_valid_and_keeps_the_text(text):
    written = json_form.text(json_form.hit(shown(text)))
    written.encode()
    assert json.loads(written)["title"] == text


@given(anything)
def test_safe_keeps_the_length_and_is_itself_safe(text):
    assert len(safe(text)) == len(text)
    assert safe(safe(text)) == safe(text)


@pytest.mark.parametrize(
    ("text", "wide"), [("abc", 3), ("江大桥", 6), ("e\u0301", 1), ("“a”", 3), ("，", 2), ("", 0), ("😀", 2)]
)
def test_columns(text, wide):
    assert columns(text) == wide


@given(st.text(st.sampled_from("江大桥abc ，。“”DeepSeek1"), max_size=80), st.integers(2, 30))
def test_wrapping_loses_nothing_and_fits(text, most):
    lines = wrapped(text, most)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(columns(line) <= most + 2 for line in lines)


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
