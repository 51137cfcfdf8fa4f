"""push and pull: what can be wrong with the places that are given, told before anything is made."""

from __future__ import annotations

from pathlib import Path

import pytest

import searchkit
from tests.conftest import NEWS

NOWHERE = "opensearch://127.0.0.1:1/news"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEARCHKIT_INDEX", raising=False)
    with searchkit.open("news", create=True) as archive:
        archive.upsert_all(NEWS)


@pytest.mark.parametrize("given", [("push", "news", "elsewhere"), ("push", "elsewhere"), ("pull", "elsewhere", "copy")])
def test_a_folder_is_no_address(command, given):
    code, out, err = command(*given)
    assert (code, out) == (2, "") and "'elsewhere' is no address of an archive in a cluster" in err
    assert f"try: searchkit {given[0]} " in err and not Path("elsewhere").exists() and not Path("copy").exists()


@pytest.mark.parametrize(
    "given", [("push", NOWHERE, NOWHERE), ("pull", NOWHERE, NOWHERE), ("push", NOWHERE, "-i", NOWHERE)]
)
def test_an_address_is_no_folder(command, given):
    code, out, err = command(*given)
    assert (code, out) == (2, "") and f"{NOWHERE} is no folder" in err


def test_one_archive_is_pushed_at_a_time(command):
    code, _, err = command("push", "news", "other", NOWHERE)
    assert code == 2 and "2 archives are given" in err


@pytest.mark.parametrize("url", ["opensearch://a:b@host/news", "opensearch://host:9200", "opensearch://host/News"])
def test_an_address_that_is_none(command, url):
    for given in (("push", "news", url), ("pull", url, "copy")):
        code, _, err = command(*given)
        assert code == 2 and ("address" in err or "small letters" in err) and not Path("copy").exists()


def test_there_is_no_archive_to_be_pushed(command):
    code, _, err = command("push", "nowhere", NOWHERE)
    assert code == 3 and "nowhere" in err and not Path("nowhere").exists()


def test_no_cluster_answers(command):
    pytest.importorskip("opensearchpy")
    for given in (("push", "news", NOWHERE), ("pull", NOWHERE, "copy")):
        code, out, err = command(*given)
        assert (code, out) == (3, "") and "127.0.0.1:1" in err and not Path("copy").exists()
