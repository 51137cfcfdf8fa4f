"""Tokens in files, and the options that let others ask."""

from __future__ import annotations

import os
import socket

import pytest

from searchkit.errors import UsageError
from searchkit.servers.web.running import Listening, _bound, _serving
from searchkit.servers.web.security import Tokens, is_loopback, origin, read_tokens


@pytest.fixture
def tokens(tmp_path):
    def made(text: str | bytes, mode: int = 0o600):
        path = tmp_path / "tokens.txt"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        path.chmod(mode)
        return path

    return made


def test_a_file_has_one_token_on_a_line(tokens):
    read = Tokens(read_tokens(tokens("# of the desk\n" + "a" * 20 + "\n\n  " + "b" * 30 + "  \n"), "--token-file"))
    assert read.admit("Bearer " + "a" * 20)
    assert read.admit("bearer  " + "b" * 30)
    assert not read.admit("Bearer " + "a" * 19)
    assert not read.admit("# of the desk")
    assert not read.admit("")


@pytest.mark.parametrize(
    "text", ["", "# only this\n", "short\n", "with space in it and more\n", "令牌" * 10, b"\xff" * 20]
)
def test_a_token_that_can_be_guessed_is_refused(tokens, text):
    with pytest.raises(UsageError) as raised:
        read_tokens(tokens(text), "--token-file")
    assert raised.value.hint


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="there are no permissions")
def test_tokens_that_others_may_read_are_refused(tokens):
    for mode in (0o640, 0o604, 0o620):
        with pytest.raises(UsageError, match="others may read"):
            read_tokens(tokens("a" * 20, mode), "--token-file")


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(UsageError, match=path.name):
            read_tokens(path, "--token-file")


def test_others_may_ask_only_with_tokens(tokens):
    for host in ("0.0.0.0", "::", "192.168.1.5", "news.example"):
        with pytest.raises(UsageError, match="needs --token-file"):
            _serving(Listening(host=host))
        assert not _serving(Listening(host=host, token_file=tokens("a" * 20))).loopback
    assert _serving(Listening()).loopback
    # A token to add articles does not let anybody read.
    with pytest.raises(UsageError, match="needs --token-file"):
        _serving(Listening(host="0.0.0.0", ingest_token_file=tokens("a" * 20)))


def test_what_is_this_machine():
    assert all(map(is_loopback, ("127.0.0.1", "127.3.2.1", "::1", "localhost")))
    assert not any(map(is_loopback, ("", "0.0.0.0", "::", "10.0.0.1", "localhost.example")))


@pytest.mark.parametrize(
    "text", ["*", "null", "news.example", "https://a/b", "https://a b", "javascript://x", "https://*.a"]
)
def test_an_origin_is_a_scheme_a_host_and_a_port(text):
    with pytest.raises(UsageError):
        origin(text)
    assert origin("HTTPS://News.example:8080") == "https://news.example:8080"


def test_an_address_that_is_taken_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UsageError, match="cannot listen"):
        _bound("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(UsageError, match="cannot listen"):
        _bound("no-such-host.invalid", 0)
