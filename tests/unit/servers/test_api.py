"""The API gives the JSON of the command line, and refuses in JSON too."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import pytest

from searchkit import Article
from searchkit.servers.web.security import hash_of
from tests.conftest import TODAY
from tests.golden.test_cli import run

SAME = [
    ("/v1/search?q=长江", ["search", "长江", "--json"]),
    (
        "/v1/search?q=长江 大桥&source=滨江日报&source=江北*&since=2025&sort=oldest&limit=1&page=2&explain=true",
        ["search", "长江", "大桥", "--source", "滨江日报", "--source", "江北*", "--since", "2025", "--sort", "oldest",
         "-n", "1", "--page", "2", "--explain", "--json"],
    ),
    (
        "/v1/search?q=大桥&group=1&recent=2025-06-01&half_life=7",
        ["search", "大桥", "--group", "--recent=2025-06-01", "--half-life", "7", "--json"],
    ),
    (
        "/v1/search?q=长江&strict=true&aliases=false&mode=all",
        ["search", "长江", "--strict", "--no-aliases", "--all", "--json"],
    ),
    ("/v1/search?q=长江&since=&until=&source=&limit=&strict=&sort=&after=", ["search", "长江", "--json"]),
    ("/v1/search?sample=2&seed=5", ["search", "--sample", "2", "--seed", "5", "--json"]),
    ("/v1/search?q=火星", ["search", "火星", "--json"]),
    ("/v1/timeline?q=大桥&by=year&kind=article", ["timeline", "大桥", "--by", "year", "--kind", "article", "--json"]),
    (
        "/v1/timeline?query=桥=大桥&query=管制=出口管制&by=year&smooth=3&share=true",
        ["timeline", "--query", "桥=大桥", "--query", "管制=出口管制", "--by", "year", "--smooth", "3", "--share", "--json"],
    ),
    ("/v1/timeline?q=大桥&by_source=true&limit=2", ["timeline", "大桥", "--by-source", "-n", "2", "--json"]),
    ("/v1/facets?by=author&by=source&limit=2", ["facets", "--by", "author", "--by", "source", "-n", "2", "--json"]),
    ("/v1/facets", ["facets", "--json"]),
    ("/v1/terms?q=大桥&limit=3", ["terms", "大桥", "-n", "3", "--json"]),
    ("/v1/compare?a=大桥&b=出口管制", ["compare", "大桥", "出口管制", "--json"]),
    ("/v1/compare?q=长江&a=date:2024&b=date:2025", ["compare", "长江", "--a", "date:2024", "--b", "date:2025", "--json"]),
    ("/v1/similar?id=bridge&reprints=true", ["similar", "bridge", "--reprints", "--json"]),
    ("/v1/articles/bridge", ["show", "bridge", "--json"]),
    ("/v1/articles/chi", ["show", "chips", "--json"]),
    ("/v1/articles/a%2Fb%20c", ["show", "a/b c", "--json"]),
    ("/v1/articles/undated/revisions?diff=true", ["show", "undated", "--revisions", "--diff", "--json"]),
    ("/v1/articles/bridge/family?diff=1", ["family", "bridge", "--diff", "--json"]),
    ("/v1/articles/chips?cite=gbt7714", ["show", "chips", "--cite", "gbt7714"]),
    ("/v1/articles/chips?cite=csl", ["show", "chips", "--cite", "csl"]),
    ("/v1/saved", ["saved", "--json"]),
    ("/v1/saved/bridges", ["saved", "bridges", "--new", "--peek", "--json"]),
    ("/v1/export?q=长江", ["export", "长江"]),
    ("/v1/export?format=csv", ["export", "--csv"]),
    ("/v1/export?format=ris&q=大桥", ["export", "大桥", "--cite", "ris"]),
    ("/v1/export?sample=2&seed=9", ["export", "--sample", "2", "--seed", "9"]),
    ("/v1/export?q=火星", ["export", "火星"]),
]  # fmt: skip


@pytest.mark.parametrize(("target", "arguments"), SAME, ids=lambda it: it if isinstance(it, str) else "")
def test_an_answer_is_what_the_command_line_prints(client, reading, target, arguments, tmp_path):
    reply = client.get(quote(target, safe="/?&=%:"))
    assert reply.status == 200, reply.text
    assert reply.text == run(*arguments, index=reading.path, cwd=tmp_path).stdout


REFUSED = [
    ("/v1/search?q=(", 400, "query", {"parameter": "q", "query": "(", "column": 1}),
    ("/v1/search?q=a&since=星期八", 400, "query", {"parameter": "since", "query": "星期八"}),
    ("/v1/search?after=xx", 400, "not-a-cursor", {"parameter": "after"}),
    ("/v1/search?limit=ten", 400, "parameter", {"parameter": "limit"}),
    ("/v1/search?limit=1e9", 400, "parameter", {"parameter": "limit"}),
    ("/v1/search?limit=201", 400, "parameter", {"parameter": "limit"}),
    ("/v1/search?half_life=nan&recent=today", 400, "parameter", {"parameter": "half_life"}),
    ("/v1/search?lmit=1", 400, "parameter", {"parameter": "lmit"}),
    ("/v1/search?q=a&q=b", 400, "parameter", {"parameter": "q"}),
    ("/v1/search?q=%FF", 400, "parameter", {}),
    ("/v1/search?sort=best", 400, "parameter", {"parameter": "sort"}),
    ("/v1/search?seed=3", 400, "parameter", {"parameter": "seed"}),
    ("/v1/search?since=2024-05&until=2020", 400, "days-reversed", {"hint": "since=2020&until=2024-05"}),
    ("/v1/search?since=今天&until=last%20year", 400, "days-reversed", {"hint": "since=last%20year&until=今天"}),
    ("/v1/search?recent=today&sort=newest", 400, "recent-and-sort", {"hint": "leave out sort, or recent"}),
    ("/v1/timeline?by=decade", 400, "parameter", {"parameter": "by"}),
    ("/v1/timeline?limit=3", 400, "parameter", {"parameter": "limit"}),
    ("/v1/timeline?query=大桥", 400, "parameter", {"parameter": "query"}),
    ("/v1/timeline?query=a=b&query=a=c", 400, "parameter", {"parameter": "query"}),
    ("/v1/timeline?query=a=b&q=c", 400, "parameter", {"parameter": "query"}),
    ("/v1/timeline?query=a=(", 400, "query", {"query": "(", "column": 1}),
    ("/v1/compare?a=x", 400, "parameter", {"parameter": "b"}),
    ("/v1/similar", 400, "parameter", {"parameter": "id"}),
    ("/v1/similar?text=word", 400, "parameter", {"parameter": "text"}),
    ("/v1/articles/zzz", 404, "no-such-article", {}),
    ("/v1/articles/b", 400, "ambiguous-id", {}),
    ("/v1/articles/zzz/family", 404, "no-such-article", {}),
    ("/v1/articles/zzz/revisions", 404, "no-such-article", {}),
    ("/v1/saved/none", 404, "not-saved", {"hint": "/v1/saved lists them"}),
    ("/v1/nothing", 404, "no-such-path", {}),
    ("/v1/search/", 404, "no-such-path", {}),
    ("/nothing", 404, "no-such-path", {}),
    ("/v1/search?q=" + "a" * 17_000, 414, "too-long", {}),
    ("/v1/export?q=(", 400, "query", {"parameter": "q"}),
]


@pytest.mark.parametrize(("target", "status", "code", "told"), REFUSED, ids=[each[0][:50] for each in REFUSED])
def test_what_is_wrong_is_told_with_its_place(client, target, status, code, told):
    reply = client.get(quote(target, safe="/?&=%:"))
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reply.json["schema"] == "searchkit.problem/1"
    assert {**reply.json, "status": status, "code": code, **told} == reply.json
    assert "archive." not in (reply.json["hint"] or "")


def test_another_method_is_refused_and_head_answers(client):
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        reply = client.ask(method, "/v1/search")
        assert (reply.status, reply.json["code"]) == (405, "method")
        assert "GET" in reply.headers["allow"]
    head = client.ask("HEAD", "/v1/search?q=a")
    assert head.status == 200
    assert head.headers["content-length"] == client.get("/v1/search?q=a").headers["content-length"]


# -- representations


def test_an_unchanged_answer_is_not_sent_again(serving, archive):
    client = serving()
    first = client.get("/v1/search?q=%E5%A4%A7%E6%A1%A5")
    tag = first.headers["etag"]
    again = client.get("/v1/search?q=%E5%A4%A7%E6%A1%A5", if_none_match=f'"x", {tag}')
    assert (again.status, again.raw, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/v1/search?q=x", if_none_match=tag).status == 200
    archive.upsert(Article(id="new", title="新桥通车", published=None))
    assert client.get("/v1/search?q=%E5%A4%A7%E6%A1%A5", if_none_match=tag).status == 200


def test_new_generations_are_followed(serving, archive):
    import searchkit

    client = serving()
    assert client.get("/v1/search?q=%E6%96%B0%E6%A1%A5").json["total"] == 0
    with searchkit.open(archive.path, today=lambda: TODAY) as other:
        other.upsert(Article(id="new", title="新桥通车"))
    assert [hit["id"] for hit in client.get("/v1/search?q=%E6%96%B0%E6%A1%A5").json["hits"]] == ["new"]


def test_answers_are_packed_for_those_who_can_read_them(client):
    plain = client.get("/v1/search?q=%E5%A4%A7%E6%A1%A5")
    packed = client.get("/v1/search?q=%E5%A4%A7%E6%A1%A5", accept_encoding="br, gzip;q=0.5")
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.raw) < len(plain.raw)
    assert packed.body == plain.raw
    assert "content-encoding" not in client.get("/v1/search?q=x", accept_encoding="gzip;q=0").headers
    export = client.get("/v1/export", accept_encoding="gzip")
    assert export.headers["content-encoding"] == "gzip"
    assert export.body == client.get("/v1/export").raw


def test_every_answer_has_the_headers_of_security(client):
    for target in ("/v1/search", "/nothing", "/v1/export", "/healthz", "/v1/search?limit=x"):
        headers = client.get(target).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] in ("private, no-cache", "no-store")
        assert "access-control-allow-origin" not in headers


def test_only_so_many_exports_are_sent_at_once_and_head_sends_none(serving, monkeypatch):
    from searchkit.servers.web import app

    client = serving()
    monkeypatch.setattr(app, "MOST_STREAMS", 1)
    assert [client.get("/v1/export").status for _ in range(3)] == [200, 200, 200]  # one after the other
    assert [client.ask("HEAD", "/v1/export").status for _ in range(3)] == [200, 200, 200]
    assert client.ask("HEAD", "/v1/export").raw == b""
    monkeypatch.setattr(client.app, "_streams", 1)
    busy = client.get("/v1/export")
    assert (busy.status, busy.json["code"], busy.headers["retry-after"]) == (503, "busy", "10")


@pytest.mark.parametrize(
    "value", ["%C2%AD", "%E2%80%8B", "%20", "%2A", "%2C", "%EF%BC%8C", "%00", "%EF%BB%BF", "%23", "%5B"]
)
def test_a_value_of_which_nothing_is_left_is_no_error_of_the_server(client, value):
    for name in ("source", "author", "editor", "site", "section", "q"):
        for path in ("/v1/search", "/v1/facets", "/v1/timeline"):
            assert client.get(f"{path}?{name}={value}").status in (200, 400), (path, name)


def test_an_export_that_nobody_takes_is_cut_off_and_told(serving, monkeypatch):
    from searchkit.servers.web import app

    client, told = serving(), []
    monkeypatch.setattr(client.app, "_log", told.append)
    monkeypatch.setattr(app, "BODY_SECONDS", 0.01)

    async def take(message) -> None:
        if message.get("more_body"):
            await asyncio.Event().wait()

    with pytest.raises(app._Unread):  # the connection is closed in the middle of the answer
        client.loop.run_until_complete(client.asked("GET", "/v1/export", take=take))
    assert told == ["a reader took nothing for 0.01 s: its answer is cut off"]
    assert client.app._streams == 0


# -- who may ask


def test_only_this_machine_is_answered_by_name(client):
    for host in ("localhost", "localhost:8765", "127.0.0.1:1", "[::1]:80", "127.1.2.3", "LOCALHOST."):
        assert client.get("/healthz", host=host).status == 200, host
    for host in (
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "",
        "localhost:x",
        "[::1",
    ):
        assert client.get("/healthz", host=host).status == 421, host


def test_a_server_with_tokens_wants_one(serving):
    client = serving(tokens=[hash_of("a" * 20), hash_of("b" * 20)], loopback=False)
    assert client.get("/healthz").status == 200
    for target in ("/v1/search", "/metrics", "/openapi.json", "/v1/articles/bridge", "/v1/export"):
        refused = client.get(target)
        assert (refused.status, refused.json["code"]) == (401, "token")
        assert refused.headers["www-authenticate"].startswith("Bearer")
        assert client.get(target, authorization="Bearer " + "b" * 20, host="news.example").status == 200
    for wrong in ("Bearer", "Bearer " + "c" * 20, "b" * 20, "Basic !!", "Basic Og==", "Bearer \xff\xe9"):
        assert client.get("/v1/search", authorization=wrong).status == 401
    assert client.get("/v1/search", authorization="Basic OmFhYWFhYWFhYWFhYWFhYWFhYWFh").status == 200  # :aaaa…
    assert client.get("/v1/search", accept="text/html").headers["www-authenticate"].startswith("Basic")


def test_pages_of_other_origins_may_read_only_where_they_are_named(serving):
    client = serving(origins=["https://news.example"])
    given = client.get("/v1/search", origin="https://news.example").headers
    assert given["access-control-allow-origin"] == "https://news.example"
    assert "access-control-allow-origin" not in client.get("/v1/search", origin="https://other.example").headers
    asked = {"origin": "https://news.example", "access-control-request-method": "GET"}
    assert client.ask("OPTIONS", "/v1/search", asked).status == 200


# -- the server itself


def test_metrics_count_requests_by_route(serving):
    client = serving()
    client.get("/v1/articles/bridge")
    client.get("/v1/articles/zzz")
    client.get("/nothing")
    lines = client.get("/metrics").text.splitlines()
    assert 'searchkit_requests_total{route="/v1/articles/{id}",status="2xx"} 1' in lines
    assert 'searchkit_requests_total{route="/v1/articles/{id}",status="4xx"} 1' in lines
    assert 'searchkit_requests_total{route="other",status="4xx"} 1' in lines
    assert 'searchkit_request_seconds_count{route="/v1/articles/{id}"} 2' in lines
    assert "searchkit_requests_in_flight 1" in lines


def test_an_unexpected_error_is_one_sentence(serving, archive, monkeypatch):
    lines: list[str] = []
    client = serving()
    monkeypatch.setattr(client.app, "_log", lines.append)
    monkeypatch.setattr(archive, "search", lambda *_, **__: 1 / 0)
    reply = client.get("/v1/search")
    assert (reply.status, reply.json["code"]) == (500, "unexpected")
    assert "Zero" not in reply.text
    assert len(lines) == 1
    assert "ZeroDivisionError" in lines[0]


def test_a_question_out_of_time_is_504(serving, archive):
    archive.timeout = 1e-9
    assert client_code(serving(), "/v1/search?q=%E5%A4%A7%E6%A1%A5") == (504, "timeout")


def client_code(client, target):
    reply = client.get(target)
    return reply.status, reply.json["code"]


def test_an_archive_that_cannot_be_used_is_503_without_its_place(serving, archive):
    client = serving()
    archive.close()
    reply = client.get("/v1/search?q=a")
    assert (reply.status, reply.json["code"]) == (503, "closed")
    assert str(archive.path) not in reply.text
    assert int(reply.headers["retry-after"]) > 0


def test_where_the_server_keeps_its_files_is_told_to_nobody(serving, archive):
    held = Article(id="kept", title="水库晨报", body="水库水位回落。")
    archive.upsert_all([(held, "/srv/desk/2025/reservoir.html"), (held, "C:\\desk\\copy.html")])
    client = serving()
    assert client.get("/v1/articles/kept").json["origin"]["files"] == ["copy.html", "reservoir.html"]
    page = client.get("/article/kept", accept="text/html").body.decode()
    assert "reservoir.html" in page
    assert "desk" not in page


def test_csv_for_excel_begins_with_a_mark(client):
    plain = client.get("/v1/export?format=csv").body
    assert client.get("/v1/export?format=csv&bom=true").body == b"\xef\xbb\xbf" + plain
    page = client.get("/?q=%E5%A4%A7%E6%A1%A5", accept="text/html").body.decode()
    assert "format=csv&amp;bom=true" in page
