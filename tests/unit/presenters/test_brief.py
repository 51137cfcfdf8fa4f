"""The brief form of a hit: four lines, whatever its text."""

from __future__ import annotations

from datetime import date

import pytest

from searchkit.language.chosen import using_language
from searchkit.model.results import Hit, Parsed, Recent, Results, Snippet
from searchkit.presenters import terminal
from searchkit.presenters.style import UNBOUNDED, Style
from searchkit.presenters.width import columns


def hit(text: str, marks=()) -> Hit:
    return Hit(
        id="n1", title="渡口", published=None, precision="day", source="滨江日报", author="", site="", section="", url="",
        kind="article", parent="", score=1.0, near=False, snippets=(Snippet(text, marks), Snippet("另一段", ())),
    )  # fmt: skip


@pytest.mark.parametrize("wide", [40, 41, 57, 80, 200])
@pytest.mark.parametrize("text", ["渡口。" * 200, "ferry " * 200, "f" * 900, "短。", "（渡口）、" * 200])
def test_two_rows_of_text_that_end_in_an_ellipsis_where_more_follows(wide, text):
    lines = [*terminal.hit_lines(1, hit(text), Style(columns=wide), brief=True)]
    assert len(lines) == (4 if len(text) > 9 else 3)
    assert max(map(columns, lines)) <= wide
    assert lines[-1].endswith("…") == (len(text) > 9)
    shown = "".join(line.strip() for line in lines[2:]).removesuffix("…")
    assert text.replace(" ", "").startswith(shown.replace(" ", ""))


def test_a_mark_ends_where_the_text_is_cut_off():
    text = "江" * 300
    lines = [*terminal.hit_lines(1, hit(text, ((0, 300),)), Style(color=True, columns=80), brief=True)]
    assert lines[2:] == [f"    \x1b[1;31m{'江' * 38}\x1b[0m", f"    \x1b[1;31m{'江' * 37}\x1b[0m…"]


def test_the_long_form_has_every_snippet_and_a_pipe_has_each_on_a_line():
    lines = [*terminal.hit_lines(1, hit("渡口。" * 200), Style(columns=UNBOUNDED))]
    assert lines[2:] == ["    " + "渡口。" * 200, "    另一段"]


@pytest.mark.parametrize("language", ["en", "zh-CN", "zh-TW"])
def test_the_line_of_numbers_goes_on_in_another_row(language):
    found = Results(
        318, (), None, Parsed("地震", "地震", ("地震",), None, "Asia/Shanghai"), recent=Recent(date(2025, 6, 30), 30.0)
    )
    with using_language(language):
        lines = [*terminal.summary(found, 0.1, Style(columns=60))]
        whole = [*terminal.summary(found, 0.1, Style(columns=UNBOUNDED))]
    assert max(map(columns, lines)) <= 60 and len(lines) == len(whole) + 1
    assert "".join(lines).replace(" ", "") == "".join(whole).replace(" ", "")
