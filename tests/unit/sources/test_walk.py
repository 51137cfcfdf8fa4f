"""Paths to documents: directories, links, names, progress, errors."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import pickle
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

import searchkit.sources as sources
from searchkit.errors import MissingExtra, SourceError
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected
from searchkit.sources import Document, Format, Limits, Reading, Stream, formats
from tests.conftest import unmeasured

LINE = '{"title": "青石桥", "body": "正文"}\n'.encode()
TEXT = "渡口停航\n2024-05-06\n渡口今日停航。\n".encode()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    top = tmp_path / "news"
    for name, data in {
        "b.jsonl": LINE * 2, "a.txt": TEXT, "sub/c.jsonl.gz": gzip.compress(LINE), "sub/.hidden.jsonl": LINE, ".git/x.jsonl": LINE,
        "rejects.jsonl": LINE, "z/empty.txt": b"",
    }.items():  # fmt: skip
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(data)
    return top


def names(top: Path) -> list[str]:
    return [
        (each.name if isinstance(each, Document) else each.where).removeprefix(str(top))
        for each in sources.documents(top)
    ]


def test_a_directory_is_walked_by_name_without_hidden_files(tree: Path) -> None:
    assert names(tree) == ["/a.txt", "/b.jsonl", "/sub/c.jsonl.gz", "/z/empty.txt"]
    found = list(sources.read(tree))
    assert [each.title if isinstance(each, Article) else each.reason for each in found] == [
        "渡口停航", "青石桥", "青石桥", "青石桥", "is empty",
    ]  # fmt: skip


def test_an_archive_of_ours_is_no_news(tree: Path) -> None:
    for name in ("archive.db", "archive.lock", "whoosh/state.json"):
        (tree / "index" / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / "index" / name).write_bytes(b"x")
    assert names(tree) == ["/a.txt", "/b.jsonl", "/sub/c.jsonl.gz", "/z/empty.txt"]


def test_a_given_link_to_nothing_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "news").symlink_to(tmp_path / "nowhere")
    with pytest.raises(SourceError, match="a link to a file that is not there"):
        sources.documents(tmp_path / "news")


def test_links_are_followed_once(tree: Path) -> None:
    (tree / "sub/loop").symlink_to(tree, target_is_directory=True)
    (tree / "again").symlink_to(tree / "sub", target_is_directory=True)
    (tree / "dangling.txt").symlink_to(tree / "nowhere")
    (tree / "self").symlink_to(tree / "self")
    walked = names(tree)
    assert walked.count("/sub/c.jsonl.gz") + walked.count("/again/c.jsonl.gz") == 1
    rejected = {each.where.removeprefix(str(tree)) for each in sources.documents(tree) if isinstance(each, Rejected)}
    assert rejected == {"/dangling.txt", "/self"}


def test_special_files_are_named_not_opened(tree: Path) -> None:
    os.mkfifo(tree / "pipe.txt")
    (item,) = [each for each in sources.documents(tree) if isinstance(each, Rejected)]
    assert item.where.endswith("pipe.txt")


def test_a_directory_without_files_is_reported(tmp_path: Path) -> None:
    assert list(sources.read(tmp_path)) == [Rejected(str(tmp_path), "the directory holds no files to read")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tree: Path) -> None:
    (tree / "a.txt").chmod(0)
    assert any(isinstance(each, Rejected) and "Permission" in each.reason for each in sources.read(tree))
    with pytest.raises(SourceError, match="Permission"):
        list(sources.read(tree / "a.txt"))


def test_an_unreadable_file_is_rejected_in_a_directory_and_an_error_when_given(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [
        each
        for each in sources.documents(tree / "a.txt", tree)
        if isinstance(each, Document) and each.name.endswith("a.txt")
    ]
    (tree / "a.txt").unlink()
    given, walked = found
    with pytest.raises(SourceError, match=r"a\.txt"):
        list(sources.read_document(given))
    (item,) = sources.read_document(walked)
    assert isinstance(item, Rejected)
    assert "No such file" in item.reason


def test_wrong_paths_are_errors_before_anything_is_read(tree: Path) -> None:
    with pytest.raises(SourceError, match="no such file") as caught:
        sources.read(tree, tree / "b.json")
    assert "b.jsonl" in caught.value.hint
    for wrong in ("", "no/such/dir/x.txt", str(tree / "*.html"), "a\0b", tree / "a.txt" / "x"):
        with pytest.raises(SourceError) as caught:
            sources.read(wrong)
        assert "\0" not in str(caught.value)


def test_wrong_arguments_are_errors_at_once(tree: Path) -> None:
    with pytest.raises(SourceError) as caught:
        sources.read(tree, format="jsonn")
    assert "did you mean json" in caught.value.hint
    with pytest.raises(SourceError, match="Mars/Base"):
        sources.read(tree, timezone="Mars/Base")
    with pytest.raises(SourceError, match="binary"):
        for item in sources.read(io.StringIO("x")):  # type: ignore[arg-type]
            assert isinstance(item, Rejected)
            raise SourceError(item.reason)


def test_the_mapping_is_an_error_for_a_given_file_and_a_reject_in_a_directory(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("标题\n甲\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("题\n乙\n", encoding="utf-8")
    with pytest.raises(SourceError, match="no column '题'"):
        list(sources.read(tmp_path / "a.csv", mapping={"title": "题"}))
    rejected, article = sources.read(tmp_path, mapping={"title": "题"})
    assert isinstance(rejected, Rejected)
    assert "its columns are 标题" in rejected.reason
    assert isinstance(article, Article)


def test_progress_adds_up_to_the_size_of_every_document(tree: Path) -> None:
    with zipfile.ZipFile(tree / "big.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for at in range(50):
            archive.writestr(f"{at}.jsonl", LINE * 100)
    (tree / "long.txt").write_bytes(b"x" * 5_000_000)
    (tree / "cut.zip").write_bytes((tree / "big.zip").read_bytes()[:-40])
    for document in sources.documents(tree):
        assert isinstance(document, Document)
        steps: list[int] = []
        list(sources.read_document(document, on_bytes=steps.append, limits=Limits(document_bytes=1_000_000)))
        assert sum(steps) == document.size
        assert all(step > 0 for step in steps)


def test_documents_travel_to_other_processes(tree: Path) -> None:
    for document in sources.documents(tree):
        assert isinstance(document, Document)
        copy = pickle.loads(pickle.dumps(document))
        assert copy == document
        assert list(sources.read_document(copy)) == list(sources.read_document(document))


def test_articles_travel_to_other_processes(tree: Path) -> None:
    found = list(sources.read(tree))
    assert pickle.loads(pickle.dumps(found)) == found


def test_standard_input(tree: Path) -> None:
    script = "import sys, searchkit.sources as s\nfor a in s.read('-'): print(ascii(getattr(a, 'title', a)))"
    for data, expected in (
        (LINE, "'\\u9752\\u77f3\\u6865'"),
        ((tree / "sub/c.jsonl.gz").read_bytes(), "'\\u9752\\u77f3\\u6865'"),
        (b"", "<stdin>"),
    ):
        done = subprocess.run([sys.executable, "-c", script], input=data, capture_output=True, check=True)
        assert expected in done.stdout.decode()


def test_a_zip_from_a_pipe() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.jsonl", LINE)

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    assert [each.title for each in sources.read(Pipe(out.getvalue())) if isinstance(each, Article)] == ["青石桥"]


def test_names_decide_unless_the_bytes_know_better(tmp_path: Path) -> None:
    for name, data, title in (
        ("a.txt", LINE, "青石桥"), ("b.json", LINE * 2, "青石桥"), ("c", LINE, "青石桥"), ("d", "[" + LINE.decode() + "]", "青石桥"),
        ("e.txt", gzip.compress(LINE), "青石桥"), ("f.csv", "标题\n桥\n", "桥"), ("g.tsv", "标题\tid\n桥\t1\n", "桥"), ("h.log", TEXT, "渡口停航"),
        ("i.jsonl.gz", gzip.compress(LINE), "青石桥"), ("j.csv.xz.gz", gzip.compress(lzma.compress("标题\n桥\n".encode())), "桥"), ("K.JSONL", LINE, "青石桥"),
    ):  # fmt: skip
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        first = next(iter(sources.read(path)))
        assert isinstance(first, Article), first
        assert first.title == title


def test_html_without_its_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "searchkit.sources.html", None)
    page = tmp_path / "a.html"
    page.write_text("<!DOCTYPE html><html></html>")
    with pytest.raises(MissingExtra) as caught:
        list(sources.read(page))
    assert caught.value.extra == "html"
    (item,) = sources.read(tmp_path)
    assert isinstance(item, Rejected)
    assert "searchkit[html]" in item.reason
    assert isinstance(next(iter(sources.read(io.BytesIO(b"<html>"), io.BytesIO(LINE), format="text"))), Article)


class _Point:
    name, value = "shout", "nowhere:SHOUT"

    def __init__(self, loaded: object) -> None:
        self.loaded = loaded

    def load(self) -> object:
        if isinstance(self.loaded, Exception):
            raise self.loaded
        return self.loaded


def _with_entry_point(monkeypatch: pytest.MonkeyPatch, loaded: object) -> None:
    import importlib.metadata

    formats.registry.cache_clear()
    monkeypatch.setattr(
        importlib.metadata, "entry_points", lambda group: [_Point(loaded)] if group == "searchkit.sources" else []
    )


@pytest.fixture
def _clean_registry():  # type: ignore[no-untyped-def]
    yield
    formats.registry.cache_clear()


@pytest.mark.usefixtures("_clean_registry")
def test_another_package_adds_a_format(monkeypatch: pytest.MonkeyPatch) -> None:
    def reader(stream: Stream, reading: Reading):  # type: ignore[no-untyped-def]
        text = stream.whole(reading.limits.document_bytes).decode()
        if "fail" in text:
            raise ZeroDivisionError("oops")
        yield Article(title=text.removeprefix("SHOUT "))

    _with_entry_point(monkeypatch, Format("shout", reader, (".shout",), lambda head: head.startswith(b"SHOUT")))
    assert "shout" in sources.format_names()
    assert [each.title for each in sources.read(io.BytesIO(b"SHOUT hey")) if isinstance(each, Article)] == ["hey"]
    (item,) = sources.read(io.BytesIO(b"SHOUT fail"))
    assert item == Rejected(
        "<stream>",
        "could not be read: ZeroDivisionError: oops; a fault of the reader, not of the document: please report it",
    )


@pytest.mark.usefixtures("_clean_registry")
@pytest.mark.parametrize("loaded", [ImportError("gone"), "no format"])
def test_another_package_that_is_broken_is_named(monkeypatch: pytest.MonkeyPatch, loaded: object) -> None:
    _with_entry_point(monkeypatch, loaded)
    with pytest.raises(SourceError, match="shout"):
        sources.read(io.BytesIO(LINE))


def test_the_package_is_cheap_to_import() -> None:
    code = "import sys; before = set(sys.modules); import searchkit.sources; print([m for m in sys.modules if m in %r])"
    heavy = (
        "zipfile",
        "tarfile",
        "csv",
        "json",
        "lzma",
        "importlib.metadata",
        "searchkit.sources.formats",
        "searchkit.sources.walk",
    )
    done = subprocess.run(
        [sys.executable, "-c", code % (heavy,)], env=unmeasured(), capture_output=True, check=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there() -> None:
    for name in sources.__all__:
        assert getattr(sources, name) is not None
    with pytest.raises(AttributeError):
        _ = sources.nothing


def test_limits_are_checked() -> None:
    with pytest.raises(ValueError, match="depth"):
        Limits(depth=0)


def test_reading_is_not_slow() -> None:
    data = LINE * 20_000
    start = time.process_time()
    assert sum(1 for _ in sources.read(io.BytesIO(data))) == 20_000
    assert time.process_time() - start < 5
