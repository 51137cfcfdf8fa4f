"""Workbooks, as another library reads them."""

from __future__ import annotations

import io
import re
import tempfile
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchkit import Article, MissingExtra, UsageError
from searchkit.presenters import spreadsheets
from searchkit.presenters.coding import COLUMNS, MOST_CHARACTERS
from searchkit.presenters.tables import ARTICLE_COLUMNS
from searchkit.presenters.terminal_text import safe_lines
from tests.conftest import NEWS, SHANGHAI, at, examples, load, needs

pytestmark = needs("xlsxwriter", "openpyxl")


@pytest.fixture(scope="module", autouse=True)
def libraries():
    global openpyxl
    _, openpyxl = load("xlsxwriter", "openpyxl")


BODY = ARTICLE_COLUMNS.index("body")


def book(articles, columns=ARTICLE_COLUMNS, **options):
    cut: list[str] = []
    file = io.BytesIO()
    counted = spreadsheets.write(file, articles, columns, SHANGHAI, cut.append, **options)
    return openpyxl.load_workbook(file), counted, cut


def rows(sheet):
    header, *values = sheet.iter_rows(values_only=True)
    return {row[0]: dict(zip(header, row, strict=True)) for row in values}


def test_a_workbook_to_be_coded_by_hand():
    made, counted, cut = book(NEWS, COLUMNS, to_fill=["tone", "主题"], about={"title": "长江", "comments": "whence"})
    sheet = made.active
    assert (counted, cut, made.sheetnames, sheet.freeze_panes) == ((4, 1), [], ["articles"], "B2")
    assert [cell.value for cell in sheet[1]] == [COLUMNS[0], "tone", "主题", *COLUMNS[1:]]
    found = rows(sheet)
    assert found["bridge"]["published"] == datetime(2025, 3, 4, 8, 30) and found["bridge"]["tone"] is None
    assert found["bridge"]["body"] == NEWS[0].body
    assert found["undated"]["published"] is None
    formats = {sheet.cell(n, 1).value: sheet.cell(n, 4).number_format for n in range(2, 6)}
    assert (formats["bridge"], formats["f16"]) == ("yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd")
    assert (made.properties.title, made.properties.description) == ("长江", "whence")
    assert sheet.column_dimensions["H"].width > sheet.column_dimensions["B"].width  # a title, a code


def test_an_empty_answer_has_its_columns():
    made, counted, _ = book([])
    assert counted == (0, 1) and [cell.value for cell in made.active[1]] == list(ARTICLE_COLUMNS)


def test_a_time_that_excel_does_not_know_is_text():
    old = [
        Article(id="1", title="申报", published=at(1899, 12, 31, 8)),
        Article(id="2", title="申报", published=at(1872, 4, 30), precision="day"),
        Article(id="3", title="申报", published_text="光绪年间"),
        Article(id="4", title="申报", published=at(1901, 1, 1, 8)),
    ]
    found = rows(book(old, COLUMNS)[0].active)
    assert [found[n]["published"] for n in "123"] == ["1899-12-31 08:00:00", "1872-04-30", "光绪年间"]
    assert found["4"]["published"] == datetime(1901, 1, 1, 8)


def test_what_a_sheet_has_no_room_for_goes_on_to_another():
    made, counted, _ = book([replace(NEWS[0], id=str(n)) for n in range(5)], most_rows=3)
    assert (counted, made.sheetnames) == ((5, 3), ["articles", "articles 2", "articles 3"])
    assert [list(rows(sheet)) for sheet in made] == [["0", "1"], ["2", "3"], ["4"]]
    assert all(sheet.freeze_panes == "B2" for sheet in made)


def test_a_text_that_is_too_long_for_a_cell_is_cut_with_a_mark():
    articles = [
        Article(id="long", title="长文", body="长😀" * 15_000),
        Article(id="fits", title="短", body="长" * 32_765),
    ]
    made, _, cut = book(articles)
    found = rows(made.active)
    assert cut == ["long"] and found["fits"]["body"] == articles[1].body
    body = found["long"]["body"]
    assert body.endswith("…") and MOST_CHARACTERS - 4 <= len(body.encode("utf-16-le")) // 2 <= MOST_CHARACTERS


HOSTILE = st.text(
    st.one_of(
        st.sampled_from("=+-@\t\r\n\x00\x01\x0b\x1b\x7f\x85\u2028\u202e\ufeff\ufffe\uffff\ud800😀长_x<>&\"'"),
        st.characters(),
    ),
    max_size=30,
)


@examples(20)
@given(st.lists(HOSTILE, min_size=1, max_size=20))
@example(
    ["=1+1", "+1", "-1", "@SUM(1)", "{=1}", "\t=1", "http://a.example/" + "x" * 3000, "mailto:a@b", "00123", "1e5"]
)
@example(
    [
        "<r>一</r>",
        "<r></is></c><c r='A9'><f>1+1</f></r>",
        "_x0041_",
        "_x005F_x0041_",
        "_x005F_x005f__x0041_x0042_",
        " a ",
        "\n\n",
        "]]>",
        "TRUE",
    ]
)
def test_every_text_stays_text(texts):
    articles = [Article(id=f"a{n}", title=text, body=text, author=text) for n, text in enumerate(texts)]
    sheet = book(articles)[0].active
    assert sheet.max_row == 1 + len(texts) and sheet.max_column == len(ARTICLE_COLUMNS)
    for n, text in enumerate(texts):
        cell = sheet.cell(n + 2, BODY + 1)
        expected = safe_lines(text)
        if expected.startswith("<r>") and expected.endswith("</r>"):
            expected = f" {expected}"
        # Excel shows _x0041_ as A; openpyxl leaves that to others.
        shown = re.sub("_x([0-9a-fA-F]{4})_", lambda found: chr(int(found[1], 16)), cell.value or "")
        assert shown == expected and cell.hyperlink is None
        assert cell.data_type in ("s", "inlineStr", "n") and (cell.data_type != "n" or not text)


def test_nothing_is_left_of_an_interrupted_workbook(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def interrupted():
        yield NEWS[0]
        raise KeyboardInterrupt

    file = io.BytesIO()
    with pytest.raises(KeyboardInterrupt):
        spreadsheets.write(file, interrupted(), COLUMNS, SHANGHAI, print)
    assert not zipfile.is_zipfile(file) and not list(tmp_path.iterdir())


def test_a_full_disk_is_told_as_what_it_is():
    class Full(io.BytesIO):
        def write(self, data):
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space") as told:
        spreadsheets.write(Full(), NEWS, COLUMNS, SHANGHAI, print)
    assert told.type is OSError


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    with pytest.raises(MissingExtra) as told:
        spreadsheets.write(io.BytesIO(), [], COLUMNS, SHANGHAI, print)
    assert told.value.hint == "pip install 'searchkit[xlsx]'"


def test_more_columns_than_a_sheet_has_are_refused():
    with pytest.raises(UsageError, match="16,384 columns at most, not 16,385"):
        book([], COLUMNS, to_fill=list(map(str, range(16_385 - len(COLUMNS)))))


def test_memory_does_not_grow_with_the_number_of_articles():
    def peak(count):
        tracemalloc.start()
        articles = (replace(NEWS[0], id=str(n), body="长江大桥夜间封闭。" * 400 + str(n)) for n in range(count))
        with tempfile.TemporaryFile() as file:
            spreadsheets.write(file, articles, COLUMNS, SHANGHAI, print)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(1)  # loads the library
    assert peak(240) < 1.3 * peak(60)
