"""What search and ingest say at the command line where a real cluster cannot do what they ask: exit code, message, hint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import searchkit
from searchkit.cluster import bulk
from searchkit.storage.opensearch.mapping import PARTS, Part, alias, index
from tests.cluster.reached import IN_CLUSTER, archive_in_cluster, cluster
from tests.cluster.test_wrong_inputs import FERRY, NOWHERE, replaced_in
from tests.golden.test_cli import run, stable
from tests.golden.test_cluster_errors import ARTICLE

pytestmark = IN_CLUSTER


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An archive with one article."""
    monkeypatch.setattr(bulk, "_TRIES", 2)
    monkeypatch.setattr(bulk, "_seconds", lambda tried: 0.0)
    monkeypatch.setattr("searchkit.storage.opensearch.bulk.SECONDS", 1.0)
    monkeypatch.setattr("searchkit.engines.opensearch.writing._SECONDS", 1.0)
    with archive_in_cluster() as made:
        with searchkit.connect(made, create=True) as archive:
            archive.upsert(FERRY)
        yield made.partition("?")[0]


def said(command: str, address: str, cwd: Path) -> str:
    """All that a command prints and its exit code, with the name of the archive and the host as words."""
    arguments = ("search", "复航") if command == "search" else ("ingest", "-")
    done = run(*arguments, index=address, cwd=cwd, input=ARTICLE.replace("ferry", "other").replace("渡口", "大桥"))
    assert "Traceback" not in done.stderr
    parts = urlsplit(address)
    shown = f"{done.stdout}{done.stderr}-- exit {done.returncode}\n"
    return stable(shown.replace(parts.netloc, "HOST").replace(parts.path[1:], "NAME"), Path("INDEX"), cwd)


def settings_of_all(name: str, **settings: object) -> None:
    names = ",".join([f"{name}.0*", *(index(name, part) for part in PARTS)])
    cluster().request("PUT", f"/{names}/_settings", settings)


def full(name: str) -> None:
    settings_of_all(name, **{"index.blocks.read_only_allow_delete": True})


def lacking(part: Part) -> Callable[[str], None]:
    def lack(name: str) -> None:
        cluster().request("DELETE", f"/{index(name, part)}")

    return lack


def red(part: Part) -> Callable[[str], None]:
    return lambda name: replaced_in(name, part, **NOWHERE)


def another(meta: dict[str, object]) -> Callable[[str], None]:
    return lambda name: replaced_in(name, "origins", meta=meta)


def red_index(name: str) -> None:
    """The index of questions, from the same mapping."""
    [(there, told)] = cluster().request("GET", f"/{name}").items()
    kept = {key: told["settings"]["index"][key] for key in ("analysis", "similarity", "number_of_shards")}
    cluster().request("DELETE", f"/{there}")
    made = {"settings": {"index": {**kept, "number_of_replicas": 0, **NOWHERE}}, "mappings": told["mappings"]}
    made["aliases"] = {name: {}}
    cluster().request("PUT", f"/{there}", made, {"wait_for_active_shards": 0})


BROKEN: dict[str, Callable[[str], None]] = {
    "too little disk": full,
    "articles on no node": red("articles"),
    "counter on no node": red("kept"),
    "index on no node": red_index,
    "an index of others": another({}),
    "a newer format": another({"searchkit": {"record": "origins", "format": 99}}),
    "a part deleted": lacking("revisions"),
    "counter deleted": lambda name: cluster().request("DELETE", f"/{alias(name, 'kept')}/_doc/sequence"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_archive(name, address, tmp_path, golden):
    BROKEN[name](urlsplit(address).path[1:])
    shown = "\n".join(f"-- {command}\n{said(command, address, tmp_path)}" for command in ("search", "ingest"))
    golden(f"cluster-{name.replace(' ', '-')}.txt", shown)


def test_an_archive_that_is_not_there(tmp_path, golden):
    with archive_in_cluster() as made:
        golden("cluster-none.txt", said("search", made.partition("?")[0], tmp_path))
