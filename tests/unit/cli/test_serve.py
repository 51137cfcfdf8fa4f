"""`searchkit serve` says what is missing before it listens."""

from __future__ import annotations

import pytest

import searchkit
from searchkit.cli import serve


@pytest.fixture
def index(tmp_path):
    searchkit.open(tmp_path / "index", create=True).close()
    return tmp_path / "index"


def test_without_the_extra_it_says_which(command, index, monkeypatch):
    monkeypatch.setattr(serve, "find_spec", lambda name: None)
    said = command("serve", "-i", index)
    assert said.code == 2
    assert "serve needs the extra [web]" in said.err
    assert "pip install 'searchkit[web]'" in said.err


def test_others_may_ask_only_with_tokens(command, index):
    said = command("serve", "-i", index, "--host", "0.0.0.0")
    assert (said.code, said.out) == (2, "")
    assert "needs --token-file" in said.err


def test_an_archive_that_is_not_there_is_told_before_anything_listens(command, tmp_path):
    said = command("serve", "-i", tmp_path / "none")
    assert said.code == 3
    assert "no archive at" in said.err


def test_an_origin_is_no_path(command, index):
    said = command("serve", "-i", index, "--port", "0", "--cors", "https://news.example/page")
    assert said.code == 2
    assert "no origin" in said.err
