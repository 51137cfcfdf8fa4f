"""A real server and what strangers send: each is refused in time and in words, and the server goes on."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator

import pytest

from tests.unit.servers.test_running import PATIENCE, TOKEN, Server, index, running, tokens  # noqa: F401  # fixtures


@pytest.fixture(scope="module")
def server(index, tokens) -> Iterator[Server]:  # noqa: F811
    with running(index, "--ingest-token", str(tokens)) as made:
        yield made


def asked(*lines: str, body: bytes = b"") -> bytes:
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body


POST = (
    "POST /v1/articles HTTP/1.1",
    "Host: localhost",
    f"Authorization: Bearer {TOKEN}",
    "Content-Type: application/json",
)
HERE = "Host: localhost"


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (asked("GET / HTTP/1.1"), 400, "http"),
        (asked("GET / HTTP/1.1", HERE, "Host: evil.example"), 400, "http"),
        (asked("GET / HTTP/1.1", "Host: evil.example"), 421, "host"),
        (asked("GET http://evil.example/ HTTP/1.1", HERE), 421, "host"),
        (asked("CONNECT evil.example:443 HTTP/1.1", HERE), 404, "no-such-path"),
        (asked("TRACE /v1/search HTTP/1.1", HERE), 405, "method"),
        (asked("OPTIONS * HTTP/1.1", HERE), 404, "no-such-path"),
        (asked("DELETE /v1/articles/bridge HTTP/1.1", HERE), 405, "method"),
        (asked("GET /static/..%2f..%2f..%2fetc%2fpasswd HTTP/1.1", HERE), 404, "no-such-path"),
        (asked("GET /static/../../../etc/passwd HTTP/1.1", HERE), 404, "no-such-path"),
        (asked("GET //evil.example/%2e%2e HTTP/1.1", HERE), 404, "no-such-path"),
        (asked("GET /%00 HTTP/1.1", HERE), 404, "no-such-path"),
        (asked("GET /v1/articles/%00%ff%0d%0aSet-Cookie:a HTTP/1.1", HERE), 404, "no-such-path"),
        (asked(f"GET /{'a' * 20_000} HTTP/1.1", HERE), 414, "too-long"),
        (asked("GET /v1/search?q=%ed%a0%80 HTTP/1.1", HERE), 400, "parameter"),
        (asked("GET /healthz HTTP/1.1", HERE, f"X: {'a' * 60_000}"), 431, "too-long"),
        (asked("GET /healthz HTTP/1.1", HERE, "X: a\0b"), 400, "http"),
        (asked(*POST, "Content-Length: 2", "Content-Length: 3", body=b"{} "), 400, "http"),
        (asked(*POST, "Content-Length: -2", body=b"{}"), 400, "http"),
        (asked(*POST, "Content-Length: 99999999999999999999"), 413, "too-long"),
        (asked(*POST, "Content-Length: 17000000", "Expect: 100-continue"), 413, "too-long"),
        (asked(*POST, "Transfer-Encoding: chunked", body=b"zz\r\n{}\r\n0\r\n\r\n"), 400, "http"),
        (asked(*POST, "Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"), 501, "http"),
        (asked(*POST, "Content-Encoding: gzip", "Content-Length: 2", body=b"{}"), 415, "media-type"),
        (asked(*POST, "Content-Length: 12", body=b'{"title": 12' + b"GET /healthz"), 422, "rejected"),
        (b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03" + bytes(range(256)), 400, "http"),
    ],
)
def test_what_is_refused_is_refused_in_words(server, sent, status, code):
    reply = server.raw(sent)
    head, _, body = reply.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), reply[:1000]
    assert (problem := json.loads(body))["code"] == code
    assert b"x-content-type-options: nosniff" in head.lower()
    assert "\n" not in problem["detail"] and len(problem["detail"]) < 400
    assert server.get("/healthz")[0] == 200


def test_a_browser_is_told_in_a_page(server):
    for lines in (
        ("GET / HTTP/1.1", "Host: evil.example"),
        (f"GET /?q={'a' * 20_000} HTTP/1.1", HERE),
        ("POST / HTTP/1.1", HERE),
    ):
        reply = server.raw(asked(*lines, "Accept: text/html"))
        assert b"\r\ncontent-type: text/html" in reply and b"<h1>" in reply, reply[:500]


@pytest.mark.parametrize(
    "header",
    [
        "Accept-Language: " + ",".join(["zh;q=0.1"] * 4000), "Accept-Language: \xff\xfe,zh-%,*;q=nan;q=1e999",
        "Range: bytes=0-10", "If-None-Match: " + 'W/"a",' * 6000, "X-Forwarded-Host: evil.example",
        "Cookie: " + "a" * 40_000, "Accept-Encoding: gzip;q=x,*;q=,;", "Authorization: Basic !!!", "Upgrade: websocket",
    ],
)  # fmt: skip
def test_odd_headers_change_nothing(server, header):
    reply = server.raw(asked("GET /?q=%E5%A4%A7%E6%A1%A5 HTTP/1.1", HERE, header))
    assert reply.startswith(b"HTTP/1.1 200") and b"evil" not in reply


def test_requests_may_be_sent_ahead_and_absolute(server):
    one = b"GET http://localhost/healthz HTTP/1.1\r\nHost: other.example\r\n\r\n"
    reply = server.raw(one * 200 + asked("GET /healthz HTTP/1.1", HERE))
    assert reply.count(b'{"status": "ok"}') == 201


def test_what_never_was_a_request_is_in_the_log(server):
    server.raw(b"\x16\x03\x01\x02\x00nothing\r\n\r\n")
    assert server.told(" - - 400 ").split()[1:5] == ["127.0.0.1", "-", "-", "400"]
    before = server.get("/metrics")[1]
    server.raw(b"no request\r\n\r\n")
    assert server.get("/metrics")[1] != before
    assert b'searchkit_requests_total{route="other",status="4xx"}' in before


def crashes(server) -> list[bytes]:
    return [line for line in server.get("/metrics")[1].splitlines() if b'status="5xx"' in line]


def test_a_client_that_leaves_in_the_middle_is_no_error_of_the_server(server):
    before = crashes(server)
    for sent in (
        b"GET /v1/search?q=%E5%A4%A7%E6%A1%A5 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /v1/export HTTP/1.1\r\nHost: localhost\r\n\r\n",
        asked(*POST, "Content-Length: 1000", body=b"{"),
    ):
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as connection:
                connection.sendall(sent)
    assert "400" in server.told("POST /v1/articles 400")
    for _ in range(10):  # more than are sent at once: none of those is left
        assert server.get("/v1/export")[0] == 200
    assert crashes(server) == before
    assert b"searchkit_requests_in_flight 1\n" in server.get("/metrics")[1]


def test_hostile_articles_stay_text(server):
    """What is too long for a line is cut where articles are listed; the answer to a program is whole."""
    titles = {
        "script": "<script>alert(1)</script>大桥", "svg": "<svg/onload=alert(1)>大桥", "rtl": "\u202e大桥gnp.exe",
        "nul": "大\0桥", "surrogate": "大桥\ud800", "long": "大桥" * 200_000,
    }  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    for id, title in titles.items():
        record = {"id": id, "title": title, "body": title[:100], "source": title[:60], "url": "javascript:alert(1)"}
        connection.request("POST", "/v1/articles", json.dumps(record), headers)
        reply = connection.getresponse()
        assert (reply.status, json.loads(reply.read())["added"]) == (200, 1), id
    connection.close()
    for target in (
        "/",
        "/?q=%E5%A4%A7%E6%A1%A5",
        *(f"/{kind}/{id}" for kind in ("article", "family") for id in titles),
    ):
        status, body = server.get(target)
        page = body.decode()
        assert status == 200, target
        assert "<script>alert" not in page and "<svg/onload" not in page and "\u202e" not in page
        assert 'href="javascript' not in page
        assert len(page) < 1_000_000, target
    assert json.loads(server.get("/v1/articles/long")[1])["article"]["title"] == titles["long"]
