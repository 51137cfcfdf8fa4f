"""Figures: what stands in the SVG, to be seen as text, and that nothing in a name or a font breaks it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import date, datetime, timezone

import pytest

from searchkit import UsageError
from searchkit.errors import MissingExtra
from searchkit.language.chosen import using_language
from searchkit.model.timelines import Period
from searchkit.presenters import figures, fonts
from searchkit.presenters.width import columns
from tests.unit.presenters.test_timelines import made

pytest.importorskip("matplotlib")

AT = datetime(2025, 6, 30, 8, 30, tzinfo=timezone.utc)
_SVG = "{http://www.w3.org/2000/svg}"


def drawn(found, path, **given):
    """The texts of a figure, in order."""
    figures.plot(found, path, made=AT, **given)
    tree = ElementTree.parse(path)
    return ["".join(each.itertext()) for each in tree.iter(f"{_SVG}text")]


def test_a_figure_tells_what_it_shows(tmp_path):
    texts = drawn(made(("芯片", "长江"), share=True, smooth=3), tmp_path / "a.svg", title="两个题目")
    assert texts.count("芯片") == texts.count("长江") == 1, "the legend"
    assert texts[texts.index("两个题目") :][:4] == ["两个题目", "芯片", "长江", "gap: no article at all"]
    assert [each for each in texts if each.startswith("2025-")] == [f"2025-03-0{n}" for n in range(1, 6)]
    assert "share of articles per day" in texts
    footer = texts[texts.index("gap: no article at all") + 1 :][::-1]
    assert footer[:3] == [
        "芯片: 芯片  (20 articles)",
        "长江: 芯片  (20 articles)",
        "all articles: 160 under no condition; sources: 新华社 30",
    ]
    assert " ".join(footer[3:]).startswith(
        "share of all articles by day, centred average over 3 days, 2025-03-01..2025-03-05 (Asia/Shanghai); 1 gap"
    )
    assert footer[-1].startswith("searchkit ") and footer[-1].endswith(
        "archive of 200 articles, asked 2025-06-30 08:30 UTC"
    )


def test_options_that_decide_on_the_matches_are_told(tmp_path):
    found = made()
    plain = drawn(found, tmp_path / "a.svg")
    assert not [each for each in plain if "--" in each]
    told = drawn(replace(found, mode="any", aliases=False), tmp_path / "a.svg")
    assert "any one of the words is enough (--any); names only as typed (--no-aliases)" in told
    told = drawn(replace(found, mode="all", aliases=True), tmp_path / "a.svg")
    assert "every word is required (--all); all other names were looked for (--aliases)" in told


def test_a_figure_is_in_the_language_in_use(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "chinese_font", lambda: None)
    found = replace(made(("芯片",), share=True, smooth=3), mode="all", aliases=True, index_behind=2)
    with using_language("zh-TW"):
        texts = drawn(found, tmp_path / "a.svg")
        assert figures.plot(found, tmp_path / "a.svg").startswith("警告：找不到中文字型")
    assert {"每日占全部文章的比例", "空缺：完全沒有文章", "芯片：芯片（20 篇文章）"} <= set(texts)
    told = re.sub(r"--all|--aliases|searchkit|UTC|Asia/Shanghai", "", " ".join(texts))
    assert re.findall("[A-Za-z]{2,}", told) == []


def test_a_figure_is_the_same_every_time(tmp_path):
    for name in ("a.svg", "b.svg"):
        drawn(made(("芯片", "长江")), tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_hostile_texts_are_drawn_as_they_stand(tmp_path):
    hostile = ["$x^2$", "a$b", r"\frac", "<b>&amp;", "两\n行", "{}%s", "\x00\ud800\u202e", "长" * 500]
    found = replace(made(hostile), sources=(("$s$", 3),))
    texts = drawn(found, tmp_path / "a.svg", title="$t$\n<t>" + "长" * 500)
    assert [len(each) for each in texts if each.startswith("$t$ <t>长长") and each.endswith("…")] == [42]
    assert [each for each in [*hostile[:4], "两 行", "{}%s", "\ufffd\ufffd\ufffd"] if texts.count(each) != 1] == []
    assert f"{'长' * 19}…" in texts and any("$s$ 3" in each for each in texts)
    assert max(map(columns, texts)) < 150
    figures.plot(found, tmp_path / "a.png", made=AT)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("counts", [(3,), (None, 3, None), (0, 0), tuple(range(100))])
def test_every_length_can_be_drawn(counts, tmp_path):
    assert len(drawn(made(counts=counts), tmp_path / "a.svg")) > 5


@pytest.mark.parametrize("first", [1, 9970])
def test_the_ends_of_the_calendar_can_be_drawn(first, tmp_path):
    found = made(counts=(1,) * 30)
    years = [date(first + n, 1, 1) for n in range(30)]
    periods = tuple(Period(str(each.year), each, each.replace(month=12, day=31), 9) for each in years)
    assert drawn(replace(found, by="year", periods=periods), tmp_path / "a.svg")


def test_twenty_series_differ_in_more_than_colour():
    styles = {
        (figures._DASHES[n % len(figures._DASHES)], figures._MARKERS[n % len(figures._MARKERS)]) for n in range(20)
    }
    assert len(styles) == 20


def test_without_a_font_for_chinese_the_svg_keeps_its_text_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "chinese_font", lambda: None)
    found = made(("芯片",))
    told = figures.plot(found, tmp_path / "a.svg", made=AT)
    assert "fonts-noto-cjk" in told and "keeps its text" in told
    assert ">芯片</text>" in (tmp_path / "a.svg").read_text("utf-8")
    assert "boxes" in figures.plot(found, tmp_path / "a.png", made=AT)


def test_what_is_all_ascii_needs_no_such_font(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "chinese_font", lambda: None)
    found = made(("a",))
    found = replace(found, sources=(), queries=(replace(found.queries[0], parsed=replace(found.scope, text="b")),))
    assert figures.plot(found, tmp_path / "a.svg", made=AT) == ""


def test_the_best_font_is_taken_and_one_installed_since_is_found(monkeypatch):
    from matplotlib import font_manager

    held = font_manager.fontManager
    plain = [each for each in held.ttflist if each.name == "DejaVu Sans"]

    def named(*names):
        return [*plain, *(replace(plain[0], name=name) for name in names)]

    monkeypatch.setattr(held, "ttflist", named("SimSun", "PingFang SC", "Noto Sans CJK JP"))
    assert fonts.chinese_font() == "PingFang SC"
    monkeypatch.setattr(held, "ttflist", named())
    monkeypatch.setattr(
        font_manager, "findSystemFonts", lambda: ["NotoSansCJK-Regular.ttc", "Other.ttf", "damaged-cjk.otf"]
    )

    def add(path):
        if "damaged" in path:
            raise RuntimeError("no font")
        held.ttflist.append(replace(plain[0], name="Noto Sans CJK JP"))

    monkeypatch.setattr(held, "addfont", add)
    assert fonts.chinese_font() == "Noto Sans CJK JP"
    monkeypatch.setattr(held, "ttflist", named())
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    assert fonts.chinese_font() is None


def test_a_users_style_and_his_log_are_left_alone(tmp_path):
    import logging

    import matplotlib

    with matplotlib.rc_context({"font.size": 99, "text.parse_math": True, "axes.facecolor": "red"}):
        before = drawn(made(), tmp_path / "a.svg")
        assert matplotlib.rcParams["font.size"] == 99
    assert before == drawn(made(), tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert logging.getLogger("matplotlib").level != logging.ERROR


def test_a_file_that_is_there_is_replaced_only_by_a_whole_figure(tmp_path, monkeypatch):
    path = tmp_path / "a.svg"
    path.write_text("old")
    monkeypatch.setattr(figures, "_draw", lambda axes, found: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        figures.plot(made(), path)
    assert path.read_text() == "old" and [each.name for each in tmp_path.iterdir()] == ["a.svg"]


@pytest.mark.parametrize("name", ["a.jpg", "a", "svg"])
def test_another_ending_is_refused(name, tmp_path):
    with pytest.raises(UsageError, match=r"a figure ends in \.svg or \.png"):
        figures.plot(made(), tmp_path / name)


def test_nothing_to_draw_and_nowhere_to_draw_it(tmp_path):
    with pytest.raises(UsageError, match="nothing to draw"):
        figures.plot(made(counts=()), tmp_path / "a.svg")
    with pytest.raises(UsageError, match="cannot write .*no-such-folder"):
        figures.plot(made(), tmp_path / "no-such-folder" / "a.svg")


def test_without_matplotlib_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"needs the extra \[plot\]") as raised:
        figures.plot(made(), tmp_path / "a.svg")
    assert raised.value.hint == "pip install 'searchkit[plot]'"
