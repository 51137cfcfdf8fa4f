"""--dict: what is left out of a dictionary is told."""

from __future__ import annotations

import contextlib
import io
import json

import searchkit
from searchkit import DictionaryReport
from searchkit.analysis.segment import parse_dictionary
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


def test_what_a_dictionary_changes_is_told_and_the_words_are_listed(tmp_path, command):
    index, words = tmp_path / "index", tmp_path / "words.txt"
    with searchkit.open(index, create=True) as archive:
        archive.upsert_all(NEWS)
    assert command("dict", "-i", index) == (1, "", "the archive holds no words: --dict FILE gives it some\n")
    words.write_text("封闭检修 10 n\n长江大桥\n", encoding="utf-8")
    assert (
        command("stats", "-i", index, "--dict", words).err
        == "dictionary: 2 words read, 2 new, 1 article indexed again\n"
    )
    assert command("dict", "-i", index) == (0, "封闭检修 10 n\n长江大桥\n", "2 words\n")
    assert command("stats", "-i", index, "--dict", words).err == "dictionary: 2 words read, none new\n"
    words.write_text("长江大桥 5\n出口管制\n机组\n", encoding="utf-8")
    told = "dictionary: 3 words read, 2 new, 1 dropped, 1 changed, 3 articles indexed again\n"
    assert command("search", "--count", "江", "-i", index, "--dict", words).err == told
    assert "dictionary   3 words: searchkit dict" in command("stats", "-i", index).out
    assert json.loads(command("dict", "-i", index, "--json").out)["words"][0] == {
        "word": "长江大桥",
        "freq": 5,
        "tag": None,
    }


def test_the_list_can_be_given_again(tmp_path, command):
    index, words, listed = tmp_path / "index", tmp_path / "words.txt", tmp_path / "listed.txt"
    words.write_text("*ST舜航 10 nz\n臺灣隊\n抗原19-9 n\n", encoding="utf-8")
    searchkit.open(index, create=True, dictionary=words).close()
    listed.write_text(command("dict", "-i", index).out, encoding="utf-8")
    assert command("dict", "-i", index, "--dict", listed).err == "dictionary: 3 words read, none new\n3 words\n"


def test_in_python_the_report_is_kept(archive):
    assert archive.dictionary_report is None
    assert archive.set_dictionary(parse_dictionary("封闭检修\n")) == 1
    assert archive.dictionary_report == DictionaryReport(1, 1, 0, 0, 1)
    archive.set_dictionary(parse_dictionary(""))
    assert archive.dictionary_report == DictionaryReport(0, 0, 1, 0, 1)
    archive.set_dictionary(parse_dictionary(""))
    assert archive.dictionary_report == DictionaryReport(0, 0, 0, 0, 0)
