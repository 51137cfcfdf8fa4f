"""The page, HTTP and MCP on an archive in a cluster answer what they answer on one in a folder; servers share nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

import searchkit
from searchkit.servers.mcp.protocol import called
from searchkit.servers.web.app import Application
from searchkit.servers.web.security import hash_of
from searchkit.servers.web.table import Serving
from tests.cluster.reached import IN_CLUSTER, archive_in_cluster
from tests.conftest import NEWS, TODAY
from tests.unit.servers.asgi import Client
from tests.unit.servers.conftest import MORE

pytestmark = [IN_CLUSTER]
TOKEN = "t" * 20
PATHS = [
    "/", "/?q=大桥", "/?q=大桥 soruce:x", "/?q=管制&since=2025&sort=newest", "/article/bridge", "/article/undated",
    "/compare?q=大桥&q=管制", "/saved", "/v1/search?q=大桥", "/v1/search?limit=2", "/v1/search?q=title:(",
    "/v1/search?q=大桥&mode=near", "/v1/search?q=制裁 晶片&mode=any&explain=true", "/v1/timeline?q=大桥&by=month",
    "/v1/facets?by=source&by=author", "/v1/articles/bridge", "/v1/articles/zzz", "/v1/articles/undated",
    "/v1/export?format=csv", "/v1/export", "/v1/saved", "/v1/similar/bridge", "/v1/terms?q=大桥", "/nothing",
]  # fmt: skip
TOOLS = [
    ("search", {"query": "大桥"}), ("search", {"query": "title:("}), ("timeline", {"query": "大桥"}),
    ("facets", {}), ("terms", {"query": "大桥"}), ("similar", {"id": "bridge"}),
]  # fmt: skip


def filled(archive: searchkit.Archive) -> searchkit.Archive:
    archive.upsert_all([*NEWS, *MORE])
    archive.upsert(searchkit.Article(id="undated", title="老照片里的旧站台", body="照片没有日期。"))
    archive.saved.save("bridges", "大桥", sort="newest", source="滨江日报")
    return archive


@pytest.fixture(scope="module")
def local(tmp_path_factory) -> Iterator[searchkit.Archive]:
    path = tmp_path_factory.mktemp("doors") / "index"
    with searchkit.open(path, create=True, today=lambda: TODAY, timeout=None) as made:
        yield filled(made)


@pytest.fixture(scope="module")
def hosts() -> Iterator[list[searchkit.Archive]]:
    """The archive as two hosts have it open."""
    with archive_in_cluster() as address:
        opened = [searchkit.connect(address, create=True, today=lambda: TODAY, timeout=None) for _ in range(2)]
        filled(opened[0])
        yield opened
        for each in opened:
            each.close()


def client(archive: searchkit.Archive) -> Client:
    serving = Serving(log=False, ingest_tokens=(hash_of(TOKEN),))
    return Client(Application(archive, serving))


def plain(text: str) -> str:
    """An answer without the name of the archive, what depends on times of the clock, and what no two answers share."""
    text = re.sub(r'"seconds": ?[\d.e-]+|\d+ ?(ms|毫秒)|"recorded": ?"[^"]*"|nonce-?="?[\w+/=-]+', "…", text)
    text = re.sub(r"<time[^>]*>[^<]*</time>|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?([.]\d+)?(\+\d\d:\d\d|Z)?", "…", text)
    text = re.sub(r"archive-text [0-9a-f]{8}", "…", text)
    return re.sub(r"opensearch://[^\s\"<]+|/[\w/.-]+/index\b", "INDEX", text)


@pytest.mark.parametrize("path", PATHS)
def test_http(path, local, hosts):
    target = quote(path, safe="/?&=:")
    accept = "application/json" if path.startswith("/v1") else "text/html"
    mine, *theirs = (client(each).get(target, accept=accept) for each in (local, *hosts))
    for each in theirs:
        assert (each.status, plain(each.text)) == (mine.status, plain(mine.text))


@pytest.mark.parametrize("name, arguments", TOOLS)
def test_mcp(name, arguments, local, hosts):
    def told(archive: searchkit.Archive) -> Any:
        result = called(archive, name, arguments)
        return result.is_error, plain(json.dumps(result.structured_content, ensure_ascii=False, sort_keys=True))

    assert told(hosts[0]) == told(hosts[1]) == told(local)


def test_a_page_goes_on_at_another_host_and_is_not_sent_twice(hosts):
    here, there = map(client, hosts)
    seen = []
    target = "/v1/search?limit=2&sort=newest"
    while target:
        here, there = there, here
        answer = here.get(target)
        seen += [hit["id"] for hit in answer.json["hits"]]
        cursor = answer.json.get("next")
        target = f"/v1/search?limit=2&sort=newest&after={quote(cursor)}" if cursor else ""
    assert len(seen) == len({*seen}) == len(hosts[0])
    tag = here.get("/v1/search?q=a").headers["etag"]
    assert there.get("/v1/search?q=a", if_none_match=tag).status == 304


def test_what_one_host_takes_in_the_other_finds(hosts):
    here, there = map(client, hosts)
    tag = there.get("/v1/search?q=%E7%A0%81%E5%A4%B4").headers["etag"]
    given = {"title": "码头改造", "body": "码头改造完工。", "url": "https://news.example/1"}
    done = here.post("/v1/articles", json.dumps(given).encode(), authorization=f"Bearer {TOKEN}")
    assert done.status in (200, 201), done.text
    found = there.get("/v1/search?q=%E7%A0%81%E5%A4%B4", if_none_match=tag)
    assert found.status == 200 and found.json["total"] == 1
    hosts[0].delete(ids=[found.json["hits"][0]["id"]])
    assert there.get("/v1/search?q=%E7%A0%81%E5%A4%B4").json["total"] == 0
