"""Reading in several processes gives what reading in one gives, whatever happens to them."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

import searchkit
from searchkit.errors import SourceError
from searchkit.ingest import run
from searchkit.ingest.rejects import Rejects
from searchkit.model.rejected import Rejected
from searchkit.sources import Document, documents


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Small files, and among them two that are too large for a handful."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run, "SMALL", 300)
    monkeypatch.setattr(run, "TOGETHER", 2)
    for number in range(11):
        body = "江" * (400 if number in (3, 10) else 9)
        (tmp_path / f"{number:02}.jsonl").write_text(
            f'{{"id": "n{number}", "title": "第{number}条", "body": "{body}"}}\nnot json\n', encoding="utf-8"
        )
    return tmp_path


def items(found, jobs, settings=run._Settings("auto", "Asia/Shanghai", None)):
    """Everything that is read, each with the file it is from."""

    class Found:
        documents = found
        joined = iter

    with Rejects(None, False) as aside:
        made = run._Run(aside, "skip", None)
        for item, path in made.items(Found, settings, jobs):
            yield item.where if isinstance(item, Rejected) else item.id, Path(path).name


@pytest.mark.parametrize("jobs", [2, 3])
def test_the_order_is_that_of_the_files(folder, jobs):
    found = [Rejected("before", "a folder"), *documents("."), Rejected("behind", "a folder")]
    read = list(items(found, jobs))
    assert read == list(items(found, 1))
    assert [name for name, _ in read if name.startswith("n")] == [f"n{number}" for number in range(11)]
    assert len(read) == 24


def test_an_error_comes_where_it_comes_in_one_process(folder):
    found = list(documents("00.jsonl", "01.jsonl", "02.jsonl", "04.jsonl"))
    (folder / "02.jsonl").unlink()
    seen: dict[int, list] = {1: [], 2: []}
    for jobs, read in seen.items():
        with pytest.raises(SourceError, match="02.jsonl"):
            read.extend(each for each in items(found, jobs) if read.append(each))
    assert seen[1] == seen[2] and len(seen[1]) == 4


def end(code):
    """Exit at once. Named here because a function that measures coverage may stand in for `os._exit`."""
    os._exit(code)


class Deadly(run._Handful):
    """Ends the process that unpickles it."""

    def __reduce__(self):
        return end, (3,)


def test_a_lost_process_loses_nothing(folder, monkeypatch, caplog):
    found = list(documents("."))
    expected = list(items(found, 1))
    monkeypatch.setattr(run, "_Handful", Deadly)
    assert list(items(found, 2)) == expected
    assert "a process that reads is lost" in caplog.text and "code 3" in caplog.text


def test_documents_are_what_a_handful_holds(folder):
    handfuls = list(run._handfuls(list(documents("."))))
    assert [len(each.documents) if isinstance(each, run._Handful) else each.name for each in handfuls] == [
        2, 1, "03.jsonl", 2, 2, 2, "10.jsonl",
    ]  # fmt: skip
    assert all(isinstance(each, (run._Handful, Document)) for each in handfuls)


def test_a_small_file_that_unpacks_to_much_is_read_piece_by_piece(tmp_path, monkeypatch):
    monkeypatch.setattr("searchkit.ingest.run.HELD", 1000)
    files = []
    for name, count in (("a", 3), ("b", 50), ("c", 2), ("d", 0)):
        files.append(tmp_path / f"{name}.jsonl.gz")
        lines = (json.dumps({"id": f"{name}{i}", "title": "一" * 90}) + "\n" for i in range(count))
        files[-1].write_bytes(gzip.compress("".join(lines).encode()))
    handful = run._Handful([each for each in documents(*files) if isinstance(each, Document)])
    read = handful(run._Settings("auto", "Asia/Shanghai", None))
    assert [items and len(items) for items, _ in read] == [3, None, None, 1]
    with searchkit.open(tmp_path / "index", create=True) as archive:
        report = run.ingest(archive, files, jobs=2, rejects=None)
        assert report.report.added == 55 and report.files == 4
