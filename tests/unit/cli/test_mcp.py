"""`searchkit mcp` at the command line: what it refuses."""

from __future__ import annotations

import sys


def test_a_token_file_is_for_http(command, tmp_path):
    code, _, err = command("mcp", "--token-file", tmp_path / "t")
    assert code == 2 and "--http" in err


def test_the_archive_is_opened_before_anything_is_listened_on(command, tmp_path):
    code, _, err = command("mcp", "--http", "0", "--index", tmp_path / "none")
    assert code == 3 and "no archive" in err


def test_without_the_extra_it_says_what_to_install(command, monkeypatch):
    for name in [each for each in sys.modules if each.startswith("searchkit.servers.mcp")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp.server.lowlevel", None)
    code, _, err = command("mcp")
    assert code == 2 and "pip install 'searchkit[mcp]'" in err
