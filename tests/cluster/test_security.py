"""A cluster with TLS and users: who may do what, what each refusal is called, and that no secret is shown anywhere.

`make cluster TLS=1` starts one; SEARCHKIT_CLUSTER_TLS has its address. `make cluster-test` does both.
"""

from __future__ import annotations

import io
import logging
import os
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

import searchkit
from searchkit import Article
from searchkit.analysis.segment import segmenter
from searchkit.cluster.authentication import header
from searchkit.cluster.client import Cluster
from searchkit.engines.index import Entry
from searchkit.engines.opensearch.index import OpenSearchIndex
from searchkit.errors import ArchiveError
from searchkit.query.tree import Phrase
from searchkit.storage.opensearch.record import OpenSearchRecord
from tests.cluster import nodes
from tests.cluster.security import AUTHORITY, OTHER_AUTHORITY, PASSWORDS, token
from tests.golden.test_cli import run, stable
from tests.golden.test_cluster_errors import ARTICLE

ADDRESS = os.environ.get("SEARCHKIT_CLUSTER_TLS", "")
pytestmark = pytest.mark.skipif(not ADDRESS, reason="no cluster with TLS: make cluster-test starts one")
SECURE = ADDRESS.replace("https", "opensearchs")
TRUSTED = str(nodes.CERTIFICATES / AUTHORITY)
FERRY = Article(id="ferry", title="渡口复航", body="轮渡明日复航。")
WRONG = "falsch-und-geheim"


def of(user: str, **given: Any) -> dict[str, Any]:
    return {"user": user, "password": PASSWORDS[user], **given}


@contextmanager
def connected(address: str = ADDRESS, **given: Any) -> Iterator[Cluster]:
    with closing(Cluster([address], **{"certificates": TRUSTED, **given})) as cluster:
        yield cluster


@pytest.fixture(scope="module", params=["open", "closed"])
def archive(request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of an archive with one article: one that `reader` may read, and one that only `admin` may."""
    name = f"test-{request.param}-{uuid4().hex}"
    with connected(**of("admin")) as cluster:
        with searchkit.connect(f"{SECURE}/{name}?replicas=0", create=True, **of("admin"), certificates=TRUSTED) as made:
            made.upsert(FERRY)
        yield name
        cluster.request("DELETE", f"/{name}.*", params={"expand_wildcards": "all"})


def index_of(cluster: Cluster, name: str) -> OpenSearchIndex:
    return OpenSearchIndex(cluster, name, ZoneInfo("Asia/Shanghai"), segmenter(), replicas=0)


def found(cluster: Cluster, name: str) -> tuple[Article | None, int]:
    """What the record and the index say of the article."""
    article = OpenSearchRecord(cluster, name).get("ferry")
    with closing(index_of(cluster, name)) as index, closing(index.snapshot()) as snapshot:
        return article, snapshot.count(Phrase("复航"))


def refused(cluster: Cluster, *asked: Any) -> ArchiveError:
    ask = asked[0] if asked else lambda: cluster.request("GET", "/_cluster/health")
    with pytest.raises(ArchiveError) as told:
        ask()
    assert told.value.hint and told.value.exit_code == 3
    return told.value


def test_who_may_do_all_may_do_all(archive):
    for who in (of("admin"), {"token": token("robot", ["all"])}):
        with connected(**who) as cluster:
            assert found(cluster, archive) == (FERRY, 1)


def test_a_reader_reads_what_is_open_and_no_more(archive):
    for who in (of("reader"), {"token": token("robot", ["readers"])}):
        with connected(**who) as cluster:
            if "open" in archive:
                assert found(cluster, archive) == (FERRY, 1)
                writing = (
                    lambda: OpenSearchRecord(cluster, archive).put(Article(id="other", title="大桥")),
                    lambda: index_of(cluster, archive).apply([Entry(2, FERRY)], covers=2),
                )
            else:
                writing = (
                    lambda: OpenSearchRecord(cluster, archive),
                    lambda: index_of(cluster, archive).snapshot(),
                )
            for write in writing:
                told = refused(cluster, write)
                assert told.code == "cluster-forbidden" and "indices:" in told.message


def test_a_writer_needs_rights_on_its_archive_only():
    name = f"test-open-{uuid4().hex}"
    who = {"token": token("robot", ["writers"]), "certificates": TRUSTED}
    with searchkit.connect(f"{SECURE}/{name}?replicas=0", create=True, **who) as archive:
        archive.upsert_all([FERRY, Article(id="bridge", title="大桥封闭")])
        assert archive.search("复航").total == 1
        archive.set_dictionary(searchkit.parse_dictionary("滨江大桥 9\n"))
        archive.rebuild()
        archive.optimize()
        assert archive.verify().ok
        archive.delete("大桥")
        assert archive.stats().articles == 1
    with connected(**who) as cluster:
        cluster.request("DELETE", f"/{name}.*", params={"expand_wildcards": "all"})
        assert refused(cluster, lambda: cluster.request("PUT", "/test-closed-other")).code == "cluster-forbidden"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (of("admin", password=WRONG), "cluster-credentials"),
        ({"user": "stranger", "password": WRONG}, "cluster-credentials"),
        ({"token": token("robot", ["all"], b"YW5vdGhlciBrZXkgdGhhdCBpcyBsb25nIGVub3VnaCBmb3IgSFMyNTY=")}, "cluster-credentials"),
        ({"token": WRONG}, "cluster-credentials"),
        ({}, "cluster-user"),
        (of("nobody"), "cluster-forbidden"),
        (of("admin", certificates=None), "cluster-certificate"),
        (of("admin", certificates=str(nodes.CERTIFICATES / OTHER_AUTHORITY)), "cluster-certificate"),
        (of("admin", address=ADDRESS.replace("localhost", "127.0.0.1")), "cluster-name"),
        (of("admin", address=ADDRESS.replace("https", "http")), "cluster-with-tls"),
    ],
)  # fmt: skip
def test_each_refusal_has_a_name_and_a_hint(given, code):
    with connected(**given) as cluster:
        assert refused(cluster).code == code


@pytest.mark.skipif(not os.environ.get("SEARCHKIT_CLUSTER"), reason="no cluster without TLS")
def test_tls_where_there_is_none():
    with connected(os.environ["SEARCHKIT_CLUSTER"].split(",")[0].replace("http", "https"), **of("admin")) as cluster:
        assert refused(cluster).code == "cluster-without-tls"


@pytest.mark.parametrize(
    "given",
    [
        of("admin"), of("reader"), of("admin", password=WRONG), {"token": token("robot", ["all"])}, {"token": WRONG},
        of("admin", certificates=None), of("admin", address=ADDRESS.replace("https", "http")),
        of("admin", address=ADDRESS.replace("localhost", "127.0.0.1")),
        of("admin", address="https://localhost:9"),
    ],
)  # fmt: skip
def test_no_secret_is_shown(given, capfd):
    """Not in a message, a trace, a repr, or a log, however much is logged."""
    import http.client

    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(logging.Formatter("%(message)s %(exc_text)s"))
    loggers = [logging.getLogger(), *map(logging.getLogger, ("opensearch", "opensearchpy.trace", "urllib3"))]
    levels = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.DEBUG)
        each.addHandler(handler)
    told = ""
    try:
        with connected(**given) as cluster:
            told += f"{cluster!r} {cluster.name} {cluster._client!r} {cluster._client.transport!r}"
            told += repr(cluster._client.transport.connection_pool.connections)
            try:
                cluster.request("GET", "/_cluster/health")
                cluster.request("POST", "/test-none/_search", {"query": {"match_all": {}}})
            except ArchiveError as error:
                told += f"{error!r} {error} {error.about} {error.__dict__}" + "".join(traceback.format_exception(error))
    finally:
        for each, level in zip(loggers, levels, strict=True):
            each.removeHandler(handler)
            each.setLevel(level)
    printed = capfd.readouterr()
    shown = told + log.getvalue() + printed.out + printed.err
    assert "localhost" in log.getvalue() or "127.0.0.1" in log.getvalue(), "something is logged"
    assert http.client.HTTPConnection.debuglevel == 0
    secret = given.get("password") or given["token"]
    sent = header(given.get("user", ""), given.get("password", ""), given.get("token", ""))["authorization"].split()[1]
    assert secret not in shown and sent not in shown


# -- at the command line


def at(name: str, user: str = "", **told: str) -> dict[str, Any]:
    """An address, and an environment for the command line."""
    given = {"user": user, "password": PASSWORDS.get(user, ""), "certificates": TRUSTED, **told}
    address = given.pop("address", ADDRESS).replace("http", "opensearch")
    named = {f"SEARCHKIT_OPENSEARCH_{key.upper()}": value for key, value in given.items()}
    return {"index": f"{address}/{name}", **named}


def test_what_the_command_line_says(archive, tmp_path, golden):
    other = str(nodes.CERTIFICATES / OTHER_AUTHORITY)
    cases = {
        "who may do all": at(archive, "admin"),
        "a token of who may do all": at(archive, token=token("robot", ["all"])),
        "a reader": at(archive, "reader"),
        "who may do nothing": at(archive, "nobody"),
        "a wrong password": at(archive, "admin", password=WRONG),
        "a wrong token": at(archive, token=WRONG),
        "no password": at(archive),
        "an authority that is not known": at(archive, "admin", certificates=other),
        "another name": at(archive, "admin", address=ADDRESS.replace("localhost", "127.0.0.1")),
        "no TLS": at(archive, "admin", address=ADDRESS.replace("https", "http")),
    }
    shown = []
    for title, given in cases.items():
        for command in (("search", "复航"), ("ingest", "-")):
            done = run(*command, cwd=tmp_path, input=ARTICLE, **given)
            printed = done.stdout + done.stderr
            assert "Traceback" not in printed
            assert not any(secret in printed for secret in (*PASSWORDS.values(), WRONG, token("robot", ["all"])))
            text = stable(printed, Path(given["index"]), tmp_path).replace(archive, "NAME")
            for host in ("localhost", "127.0.0.1"):
                text = text.replace(f"{host}:{urlsplit(ADDRESS).port}", "HOST")
            shown.append(f"== {title}: {command[0]}\n{text}-- exit {done.returncode}\n")
    golden(f"cluster-security-{archive.split('-')[1]}.txt", "\n".join(shown))
