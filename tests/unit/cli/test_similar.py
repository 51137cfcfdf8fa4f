"""`searchkit similar -`: a pasted text."""

from __future__ import annotations

import io
import sys

import pytest

import searchkit
from searchkit import Article


class Pasted:
    """Standard input that holds some bytes."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


@pytest.fixture
def folder(tmp_path):
    with searchkit.open(tmp_path / "i", create=True) as made:
        made.upsert(Article(id="fair", title="夜市开幕", body="小吃摊位排到广场。"))
        made.upsert(Article(id="flood", title="洪水上涨", body="水库泄洪，堤防值守。"))
    return tmp_path / "i"


def test_a_text_from_standard_input(command, folder, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Pasted("广场的小吃和夜市\n".encode()))
    code, out, err = command("similar", "-", "--ids", "-i", str(folder))
    assert (code, out, err) == (0, "fair\n", "")


@pytest.mark.parametrize("data", [b"", b" \n", b"word\n"])
def test_no_text_is_an_error(command, folder, monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", Pasted(data))
    code, _, err = command("similar", "-", "-i", str(folder))
    assert code == 2 and "no text on standard input" in err
