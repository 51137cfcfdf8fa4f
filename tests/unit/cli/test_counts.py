"""Numbers and their nouns, in every message that counts."""

from __future__ import annotations

from datetime import date

import pytest

import searchkit
from searchkit import Article
from searchkit.model.counts import counted
from searchkit.model.reports import Stats
from searchkit.presenters import terminal
from searchkit.presenters.style import Style
from tests.conftest import at


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0 days"), (1, "1 day"), (2, "2 days"), (1203, "1,203 days"), (21, "21 days")]
)
def test_only_one_is_singular(number, shown):
    assert counted(number, "day") == shown


def test_statistics_of_one():
    one, day = date(2025, 3, 4), date(2025, 3, 5)
    found = Stats(
        articles=1, headlines=0, revisions=1, undated=0, first=one, last=one, days=1, gaps=((day, day),), sources=(),
        duplicates=0, record_bytes=1, index_bytes=1, index_behind=1, timezone="Asia/Shanghai", dictionary_words=1,
    )  # fmt: skip
    text = "\n".join(terminal.stats(found, Style()))
    for said in ("1 older state kept", "1 day with articles", "2025-03-05  1 day", "1 change", "1 word", "1 byte"):
        assert said in text
    assert "1 days" not in text and "1 bytes" not in text


@pytest.fixture
def index(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with searchkit.open("index", create=True) as archive:
        archive.upsert(Article(id="one", title="长江大桥", body="夜间封闭。", published=at(2025, 3, 4, 8, 30)))
    return tmp_path / "index"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["search", "长江"], "1 article, "), (["search", "长江", "--group"], "1 article in 1 group"),
        (["search", "长江", "--page", "3"], "there is no page 3: 1 hit, 10 on a page"), (["timeline", "长江"], "1 article, by month"), (["facets"], "1 article\n"), (["verify"], "1 article in the record"),
        (["export", "-o", "out.jsonl"], "1 article to out.jsonl"), (["backup", "copy"], "1 article to copy"),
        (["rebuild"], "indexed 1 article in "), (["delete", "长江"], "this would delete 1 article\n"),
        (["show", "one"], ""),
    ],
)  # fmt: skip
def test_commands_on_one_article(index, command, arguments, said):
    _, out, err = command(*arguments, "-i", index)
    assert said in out + err
    assert "1 articles" not in out + err


def test_a_restore_of_one_article(index, command):
    command("backup", "copy", "-i", index)
    assert command("restore", "copy", "-i", "again").err == "1 article in again\n"
