"""Where an archive is, as the command line is told: a folder, or an address in a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchkit.cli.settings import Settings, configuration, tell_credentials
from searchkit.errors import UsageError

ADDRESS = "opensearch://127.0.0.1:9/news"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEARCHKIT_INDEX", raising=False)
    configuration.cache_clear()
    yield tmp_path
    configuration.cache_clear()


def test_an_address_stays_as_it_is(here, monkeypatch):
    assert Settings().location() == Path("index")
    (here / "searchkit.toml").write_text(f'index = "{ADDRESS}"\n', encoding="utf-8")
    configuration.cache_clear()
    assert Settings().location() == ADDRESS
    monkeypatch.setenv("SEARCHKIT_INDEX", f"{ADDRESS}-2")
    assert Settings().location() == f"{ADDRESS}-2"
    assert Settings(index=Path("news")).location() == Path("news")


def test_what_is_for_folders_says_so():
    with pytest.raises(UsageError) as caught:
        Settings(index=ADDRESS).folder()
    assert caught.value.code == "no-folder"


def test_no_cluster_is_told_with_its_address(command):
    said = command("search", "长江", "-i", ADDRESS)
    assert (said.code, said.out) == (3, "") and "127.0.0.1:9" in said.err and "Traceback" not in said.err
    said = command("restore", "backups/copy", "-i", ADDRESS)
    assert (said.code, said.out) == (3, "") and "127.0.0.1:9" in said.err
    said = command("search", "长江", "-i", "opensearch://a:b@h/n")
    assert said.code == 2 and "a:b" not in said.err and "SEARCHKIT_OPENSEARCH_USER" in said.err


def test_searchkit_toml_says_who_asks(here, monkeypatch):
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_USER", "bo")
    for name in ("PASSWORD", "TOKEN", "CERTIFICATES"):
        monkeypatch.delenv(f"SEARCHKIT_OPENSEARCH_{name}", raising=False)
    (here / "searchkit.toml").write_text(
        '[opensearch]\nuser = "anna"\npassword = "geheim"\ncertificates = "ca.pem"\n', encoding="utf-8"
    )
    monkeypatch.setattr("os.environ", environment := dict(__import__("os").environ))
    tell_credentials()
    assert environment["SEARCHKIT_OPENSEARCH_USER"] == "bo" and "SEARCHKIT_OPENSEARCH_PASSWORD" not in environment
    assert Path(environment["SEARCHKIT_OPENSEARCH_CERTIFICATES"]) == here / "ca.pem"
    environment["SEARCHKIT_OPENSEARCH_USER"] = "anna"
    tell_credentials()
    assert environment["SEARCHKIT_OPENSEARCH_PASSWORD"] == "geheim"


@pytest.mark.parametrize("text", ['opensearch = "x"\n', "[opensearch]\nuser = 1\n", '[opensearch]\nusr = "x"\n'])
def test_what_searchkit_toml_cannot_say(here, text):
    (here / "searchkit.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        configuration()
    assert "[opensearch]" in str(caught.value.hint)
