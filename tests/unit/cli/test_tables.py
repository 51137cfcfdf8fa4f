"""export --xlsx, --parquet and --arrow."""

from __future__ import annotations

import io
import json
import os

import pytest

import searchkit
from searchkit.cli import tables
from searchkit.cli.run import run
from tests.conftest import NEWS, TODAY, load, needs

pytestmark = needs("openpyxl", "xlsxwriter", "pyarrow")


@pytest.fixture(scope="module", autouse=True)
def libraries():
    global openpyxl, pa, pq
    openpyxl, pa, pq, _ = load("openpyxl", "pyarrow", "pyarrow.parquet", "xlsxwriter")


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables") / "index"
    with searchkit.open(folder, create=True, today=lambda: TODAY) as archive:
        archive.upsert_all([*NEWS, searchkit.Article(id="long", title="长文", body="长" * 40_000)])
    return folder


@pytest.fixture
def export(command, index):
    return lambda *arguments: command("export", *arguments, "-i", index)


@pytest.mark.parametrize("given", [["--xlsx", "-o", "a"], ["-o", "a.xlsx"], ["-o", "A.XLSX"]])
def test_a_workbook_has_every_article_and_tells_of_what_it_is(export, given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = export(*given)
    assert (code, out) == (0, "") and f"5 articles to {given[-1]}" in err and "1 text cut" in err
    made = openpyxl.load_workbook(io.BytesIO((tmp_path / given[-1]).read_bytes()))
    assert made.active.max_row == 6 and "title" in [cell.value for cell in made.active[1]]
    told = json.loads(made.properties.description)
    assert (told["schema"], told["versions"]["searchkit"]) == ("searchkit.table/1", searchkit.__version__)
    assert [each.name for each in tmp_path.iterdir()] == [given[-1]]


def test_a_table_to_fill_in_may_be_a_workbook(export, tmp_path):
    for n, given in enumerate([["--table", "--xlsx"], ["--table"]]):
        path = tmp_path / f"{n}.xlsx"
        assert export("长江", *given, "--columns", "tone", "-o", path).code == 0
        assert [cell.value for cell in openpyxl.load_workbook(path).active[1]][:3] == ["id", "tone", "published"]


@pytest.mark.parametrize("given", [["--parquet", "-o", "a"], ["-o", "a.parquet"]])
def test_a_parquet_file_has_the_question_with_it(export, given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert export("晶片", "--since", "2025", "--sample", "3", "--seed", "2", *given).code == 0
    table = pq.read_table(tmp_path / given[-1])
    told = json.loads(table.schema.metadata[b"searchkit"])
    assert table["id"].to_pylist() == ["chips"]
    assert (told["query"], told["options"], told["since"]) == ("晶片", {"since": "2025"}, "2025-01-01")
    assert told["sample"] == {"size": 3, "seed": 2} and "芯片" in told["canonical"]


@pytest.mark.parametrize("name", ["a.arrow", "a.feather"])
def test_an_arrow_file_can_be_mapped(export, name, tmp_path):
    assert export("-o", tmp_path / name).code == 0
    with pa.memory_map(str(tmp_path / name)) as file:
        assert pa.ipc.open_file(file).read_all().num_rows == 5


def test_a_pipe_gets_the_bytes(index, monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr("sys.stdout", out)
    assert run(["export", "--parquet", "-q", "-i", str(index)]) == 0
    assert pq.read_table(io.BytesIO(out.buffer.getvalue())).num_rows == 5


@pytest.mark.parametrize("form", tables.FORMS)
def test_a_terminal_is_refused_with_what_to_type(export, form, monkeypatch):
    monkeypatch.setattr(tables, "is_terminal", lambda stream: True)
    code, out, err = export(f"--{form}")
    assert (code, out) == (2, "") and f"--{form} -o articles.{form}" in err


@pytest.mark.parametrize("form", tables.FORMS)
def test_nothing_found_is_a_table_without_rows(export, form, tmp_path):
    assert export("无此词语", "-o", tmp_path / f"a.{form}").code == 1
    assert (tmp_path / f"a.{form}").stat().st_size > 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")  # noqa: PTH110
@pytest.mark.parametrize("form", tables.FORMS)
def test_a_full_disk_is_a_sentence(export, form):
    code, out, err = export(f"--{form}", "-o", "/dev/full")
    assert (code, out) == (2, "") and err.startswith("searchkit: cannot write /dev/full: No space left")


@pytest.mark.parametrize("form", tables.FORMS)
def test_the_old_file_stays_if_the_new_one_cannot_be_written(export, form, tmp_path, monkeypatch):
    path = tmp_path / f"a.{form}"
    path.write_text("old")
    for module in ("xlsxwriter", "pyarrow"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    code, _, err = export("-o", path)
    assert code == 2 and "pip install 'searchkit[" in err and path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("given", [["--xlsx", "--csv"], ["--xlsx", "--parquet"], ["--table", "--arrow"]])
def test_formats_contradict_each_other(export, given):
    code, out, err = export(*given)
    assert (code, out) == (2, "") and "contradict" in err


def test_another_format_that_was_asked_for_counts_more_than_the_name(export, tmp_path):
    assert export("--csv", "-o", tmp_path / "a.xlsx").code == 0
    assert (tmp_path / "a.xlsx").read_text(encoding="utf-8").startswith("id,")


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.csv", "id,title,"), ("A.CSV", "id,title,"), ("a.bib", "@"), ("a.ris", "TY  - "), ("a.txt", "{")],
)
def test_the_ending_of_a_file_chooses_the_format_where_nothing_else_does(export, tmp_path, name, begins):
    assert export("-o", tmp_path / name).code == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
    assert export("--cite", "apa", "-o", tmp_path / "b.csv").code == 0
    assert not (tmp_path / "b.csv").read_text(encoding="utf-8").startswith("id,title,")
