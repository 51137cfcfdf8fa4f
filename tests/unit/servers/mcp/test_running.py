"""`searchkit mcp` as a process: over standard input and output, over HTTP, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import anyio
import httpx2
import jsonschema
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

import searchkit
from searchkit.cli.mcp import address
from searchkit.errors import UsageError
from tests.conftest import NEWS, TODAY

ROOT = Path(__file__).parents[4]
TOKEN = "a-token-of-an-invented-reader"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    path = tmp_path_factory.mktemp("mcp") / "index"
    with searchkit.open(path, create=True, today=lambda: TODAY) as made:
        made.upsert_all(NEWS)
    return path


EACH = {
    "search": {"query": "长江大桥"},
    "fetch": {"id": "bridge"},
    "similar": {"text": "长江大桥夜间封闭，公交车绕行渡口。"},
    "timeline": {"query": "长江"},
    "timelines": {"queries": ["长江", "芯片"], "smooth": 3},
    "trends": {"day": "2025-03-04", "least": 1},
    "facets": {"query": "长江"},
    "terms": {"query": "长江", "by": "year"},
    "compare": {"a": "长江", "b": "芯片"},
    "sources": {},
}
"""A call of each tool, in the order of the list."""


async def each_tool(client: Client) -> None:
    """Call each tool, and validate its answer against the schema that this client was told."""
    listed = {each.name: each for each in (await client.list_tools()).tools}
    assert [*listed] == [*EACH]
    for name, arguments in EACH.items():
        result = await client.call_tool(name, arguments)
        assert not result.is_error, result.content
        assert (result.structured_content is None) == (listed[name].output_schema is None)
        if result.structured_content is not None:
            jsonschema.validate(result.structured_content, listed[name].output_schema)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "SEARCHKIT_TODAY": TODAY.isoformat()}


def command(index: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "searchkit", "mcp", "--index", str(index), *options]


def test_over_standard_input_it_ends_when_that_is_closed(index, tmp_path, monkeypatch):
    monkeypatch.setattr("mcp.client.stdio.PROCESS_TERMINATION_TIMEOUT", 60)  # before the client kills it
    script = f'"$@" 2> {tmp_path}/stderr; echo $? > {tmp_path}/code'
    server = StdioServerParameters(command="sh", args=["-c", script, "sh", *command(index)], env=environment())

    async def ask():
        async with Client(stdio_client(server)) as client:
            assert client.server_info.name == "searchkit"
            await each_tool(client)
            return await client.call_tool("search", {"query": "长江大桥"})

    result = anyio.run(ask)
    assert [each["id"] for each in json.loads(result.content[0].text)["results"]] == ["bridge"]
    assert (tmp_path / "code").read_text() == "0\n"
    assert (tmp_path / "stderr").read_text() == ""


HELLO = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}  # fmt: skip


def test_standard_output_carries_the_protocol_alone_and_an_interruption_ends_it(index):
    with subprocess.Popen(command(index, "-v"), env=environment(), stdin=-1, stdout=-1, stderr=-1) as process:
        said = [
            HELLO,
            {"jsonrpc": "2.0", "method": "notifications/initialized"},
            {
                "jsonrpc": "2.0",
                "id": 2,
                "method": "tools/call",
                "params": {"name": "fetch", "arguments": {"id": "f16"}},
            },
        ]
        process.stdin.write(b"not json\n" + "".join(json.dumps(each) + "\n" for each in said).encode())
        process.stdin.flush()
        answers = []
        while not answers or answers[-1].get("id") != 2:
            answers.append(json.loads(process.stdout.readline()))
        assert all(each["jsonrpc"] == "2.0" for each in answers)
        assert "F-16训练机迫降" in answers[-1]["result"]["content"][0]["text"]
        process.send_signal(signal.SIGINT)
        rest, told = process.communicate(timeout=60)
        assert (process.returncode, rest) == (0, b"")
        assert b"Traceback" not in told


def test_over_http_with_a_token(index, tmp_path):
    tokens = tmp_path / "tokens"
    tokens.touch(0o600)
    tokens.write_text(TOKEN + "\n")
    options = ("--http", "127.0.0.1:0", "--token-file", str(tokens))
    with subprocess.Popen(command(index, *options), env=environment(), stdout=-1, stderr=-1, text=True) as process:
        url = re.search(r"listening on (\S+);", process.stderr.readline())[1]

        async def ask():
            async with httpx2.AsyncClient(trust_env=False) as http:
                refused = await http.post(url, json=HELLO)
                assert refused.status_code == 401 and refused.headers["WWW-Authenticate"] == "Bearer"
                http.headers["Authorization"] = "Bearer wrong-token-of-another"
                assert (await http.post(url, json=HELLO)).status_code == 401
                http.headers["Authorization"] = f"Bearer {TOKEN}"
                stream = await http.get(url, headers={"Accept": "text/event-stream"})  # would hold a place for ever
                assert (stream.status_code, stream.headers["Allow"]) == (405, "POST")
                async with Client(streamable_http_client(url, http_client=http)) as client:
                    await each_tool(client)
                    return await client.call_tool("timeline", {"query": "长江"})

        assert anyio.run(ask).structured_content["total"] == 1
        process.send_signal(signal.SIGTERM)
        out, told = process.communicate(timeout=60)
        assert (process.returncode, out, told) == (0, "", "")


def test_without_a_token_only_this_machine_may_ask(index):
    from searchkit.servers.mcp.running import _app, run_http
    from searchkit.servers.web.security import Tokens

    with searchkit.open(index) as archive:
        with pytest.raises(UsageError, match="needs --token-file"):
            run_http(archive, "0.0.0.0", 0, Tokens(()), print)

        async def ask(host, **headers):
            transport = httpx2.ASGITransport(app=app)
            async with httpx2.AsyncClient(transport=transport, base_url=f"http://{host}") as http:
                accepted = {"Accept": "application/json, text/event-stream", **headers}
                return (await http.post("/mcp", json=HELLO, headers=accepted)).status_code

        app = _app(archive, Tokens(()))

        async def all_of_them():
            async with app._app.router.lifespan_context(app._app):
                return [
                    await ask("127.0.0.1:8766"),
                    await ask("localhost"),
                    await ask("news.example"),
                    await ask("127.0.0.1:8766", Origin="https://news.example"),
                ]

        assert anyio.run(all_of_them) == [200, 200, 421, 403]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("8766", ("127.0.0.1", 8766)), ("[::1]:80", ("::1", 80)), ("0.0.0.0:0", ("0.0.0.0", 0)), (":9", ("127.0.0.1", 9))],
)
def test_addresses(text, expected):
    assert address(text) == expected


@pytest.mark.parametrize("text", ["", "x", "a:b", "1:65536", "http://127.0.0.1"])
def test_no_addresses(text):
    with pytest.raises(UsageError, match="no address"):
        address(text)
