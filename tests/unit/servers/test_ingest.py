"""POST /v1/articles: durable when answered, the same when repeated, and a word for each record."""

from __future__ import annotations

import asyncio
import json

import hypothesis
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

import searchkit
from searchkit.servers.web import app as server
from searchkit.servers.web.security import hash_of
from searchkit.storage.lock import WriterLock
from tests.conftest import TODAY, examples

TOKEN = "t" * 20
GIVEN = {"authorization": f"Bearer {TOKEN}"}
NAMES = ["schema", "title", "body", "id", "url", "published", "kind", "related", "extra", "keywords", "parent", "x"]
NDJSON = {**GIVEN, "content-type": "application/x-ndjson"}


@pytest.fixture
def client(serving):
    return serving(ingest_tokens=[hash_of(TOKEN)])


def lines(*records: object) -> bytes:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records).encode()


def test_an_article_is_there_when_it_is_answered_and_again_changes_nothing(client, archive):
    body = lines({"title": "新桥通车", "body": "大桥今天通车。", "source": "滨江日报"})
    first = client.post("/v1/articles", body, **GIVEN)
    assert first.status == 200
    (record,) = first.json["records"]
    assert (record["position"], record["outcome"], record["reason"]) == (1, "added", None)
    with searchkit.open(archive.path, today=lambda: TODAY, catch_up=False) as other:  # on disk, and in the index
        assert other[record["id"]].title == "新桥通车"
        assert [hit.id for hit in other.search("新桥", near=False)] == [record["id"]]
    again = client.post("/v1/articles", body, **GIVEN)
    assert again.json["records"] == [{**record, "outcome": "unchanged"}]
    assert (again.json["added"], again.json["unchanged"]) == (0, 1)


def test_each_record_has_its_outcome_in_order(client, archive):
    reply = client.post(
        "/v1/articles",
        lines({"id": "n1", "title": "甲"}) + b"no json\n\n[1]\n"
        + lines({"titel": "乙"}, {"id": "bridge", "title": "大桥更正"}, {"id": "n1", "title": "甲"}, {"id": "x" * 999, "title": "丙"})
        + b'{"id": "n2", "title": "\xe4\xb8\x81", "related": [{"title": "\xe6\x88\x8a\xe5\xb7\xb1"}]}',
        **NDJSON,
    )  # fmt: skip
    assert reply.status == 200
    assert [(each["position"], each["id"], each["outcome"]) for each in reply.json["records"]] == [
        (1, "n1", "added"), (2, None, "rejected"), (3, None, "rejected"), (4, None, "rejected"),
        (5, "bridge", "updated"), (6, "n1", "unchanged"), (7, None, "rejected"), (8, "n2", "added"),
    ]  # fmt: skip
    assert all(bool(each["reason"]) == (each["outcome"] == "rejected") for each in reply.json["records"])
    assert (reply.json["rejected"], reply.json["headlines"]) == (4, 1)
    assert len(archive.revisions("bridge")) == 2


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{}", GIVEN, 422, "rejected"),
        (b"[]", GIVEN, 422, "rejected"),
        (b"\xff", GIVEN, 422, "rejected"),
        (b"", NDJSON, 422, "rejected"),
        (b"[" * 100_000, GIVEN, 422, "rejected"),
        (b'{"title": 1e999, "body": ' + b"9" * 5000 + b"}", GIVEN, 422, "rejected"),
        (b"title,body", {**GIVEN, "content-type": "text/csv"}, 415, "media-type"),
        (b"{}", {}, 401, "token"),
        (b"{}", {"authorization": "Bearer " + "u" * 20}, 401, "token"),
        (b"{}", {**GIVEN, "content-length": "99999999"}, 413, "too-long"),
        (b"{}", {**GIVEN, "content-length": "x"}, 413, "too-long"),
    ],
)
def test_what_is_refused_changes_nothing(client, archive, body, headers, status, code):
    before = archive.state
    reply = client.post("/v1/articles", body, **headers)
    assert (reply.status, reply.json["code"]) == (status, code), reply.text
    assert archive.state == before


def test_a_body_without_a_length_is_read_to_its_limit_only(client, monkeypatch):
    monkeypatch.setattr(server, "MOST_BODY", 100)
    reply = client.post("/v1/articles", b" " * 200, **{**GIVEN, "content-length": "5"})
    assert (reply.status, reply.headers["connection"]) == (413, "close")


def test_a_body_that_does_not_come_or_ends_early_is_refused_and_no_error(client, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr(client.app, "_log", told.append)
    monkeypatch.setattr(server, "BODY_SECONDS", 0.01)
    headers = {"content-type": "application/json", **GIVEN}

    async def leave() -> dict[str, str]:
        return {"type": "http.disconnect"}

    for then, status, code in ((asyncio.Event().wait, 408, "slow"), (leave, 400, "http")):
        reply = client.loop.run_until_complete(client.asked("POST", "/v1/articles", headers, b'{"title', then))
        assert (reply.status, reply.json["code"], reply.headers["connection"]) == (status, code, "close")
    assert told == []


def test_a_body_that_is_compressed_is_not_guessed(client):
    reply = client.post("/v1/articles", b"{}", **{**GIVEN, "content-encoding": "gzip"})
    assert (reply.status, reply.json["code"]) == (415, "media-type")


def test_without_the_option_nothing_can_be_added(serving):
    client = serving()
    assert client.post("/v1/articles", b"{}", **GIVEN).status == 404
    assert "/v1/articles" not in client.get("/openapi.json").json["paths"]


def test_a_token_to_add_is_none_to_read(serving):
    client = serving(ingest_tokens=[hash_of(TOKEN)], tokens=[hash_of("r" * 20)])
    assert client.get("/v1/search", **GIVEN).status == 401
    assert client.post("/v1/articles", b"{}", authorization="Bearer " + "r" * 20).status == 401


def test_another_writer_is_waited_for_and_then_told(client, archive):
    archive.wait = 0.01
    import threading

    held, go = threading.Event(), threading.Event()

    def write() -> None:
        with WriterLock(archive.path).held(1):
            held.set()
            go.wait(60)

    thread = threading.Thread(target=write)
    thread.start()
    assert held.wait(60)
    try:
        reply = client.post("/v1/articles", lines({"title": "甲"}), **GIVEN)
    finally:
        go.set()
        thread.join()
    assert (reply.status, reply.json["code"]) == (503, "locked-by-writer")
    assert int(reply.headers["retry-after"]) > 0
    assert client.post("/v1/articles", lines({"title": "甲"}), **GIVEN).status == 200


@settings(examples(80), suppress_health_check=[HealthCheck.function_scoped_fixture])
@hypothesis.given(
    body=st.one_of(
        st.binary(max_size=40),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=8)),
            lambda it: st.one_of(st.lists(it, max_size=3), st.dictionaries(st.sampled_from(NAMES), it, max_size=4)),
            max_leaves=6,
        ).map(lambda it: json.dumps(it).encode()),
    ),
    headers=st.sampled_from([GIVEN, NDJSON]),
)
def test_no_body_is_an_error_of_the_server(client, body, headers):
    reply = client.post("/v1/articles", body, **headers)
    assert reply.status in (200, 422)
    if reply.status == 200:
        assert [each["position"] for each in reply.json["records"]] == [*range(1, 1 + len(reply.json["records"]))]
