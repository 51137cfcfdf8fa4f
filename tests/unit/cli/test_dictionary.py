"""--dict: what is left out of a dictionary is told."""

from __future__ import annotations

import contextlib
import io

import searchkit
from searchkit.cli.run import run
from tests.conftest import NEWS


def said(*arguments: str) -> tuple[int, str]:
    err = io.StringIO()
    with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
        code = run(list(arguments))
    return code, err.getvalue()


def test_a_bad_line_is_told_and_the_others_are_used(tmp_path):
    index, words = tmp_path / "index", tmp_path / "words.txt"
    with searchkit.open(index, create=True) as archive:
        archive.upsert_all(NEWS)
    words.write_text("封闭检修 10 n\n两个 词 x y\n" + "长" * 65 + "\n", encoding="utf-8")
    code, err = said("-i", str(index), "--dict", str(words), "search", "word:封闭检修", "--count")
    assert code == 0
    assert f"left out of the dictionary: {words}:2: a word has no spaces: '两个 词 x y'" in err
    assert f"{words}:3: a word has at most 64 characters" in err
    assert said("-q", "-i", str(index), "--dict", str(words), "search", "word:封闭检修", "--count") == (0, "")


def test_many_bad_lines_are_counted(tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("好\n" + "两个 词 x y\n" * 30, encoding="utf-8")
    _, err = said("--dict", str(words), "analyze", "好")
    assert err.count("left out of the dictionary") == 21
    assert "left out of the dictionary: 10 more lines" in err
