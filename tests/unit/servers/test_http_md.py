"""docs/http.md and its translation are true: its requests are asked, and its table of paths and statuses is that of the server."""

from __future__ import annotations

import json
import re
import shlex
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import searchkit
from searchkit.servers.web.app import Application
from searchkit.servers.web.openapi import _REFUSALS
from searchkit.servers.web.security import hash_of
from searchkit.servers.web.table import ALL, Serving, name_of
from tests.architecture.test_docs import DEMO, ROOT, TODAY
from tests.unit.servers.asgi import Client

PAGES = [ROOT / "docs" / name for name in ("http.md", "http.zh-CN.md")]
TEXT = PAGES[0].read_text(encoding="utf-8")
OF_PAGE = (ROOT / "docs" / "page.md").read_text(encoding="utf-8")
TOKEN = "t" * 20


@pytest.fixture
def demo(tmp_path):
    with searchkit.open(tmp_path / "index", create=True, today=lambda: date.fromisoformat(TODAY)) as made:
        made.upsert_all(searchkit.read(DEMO))
        yield Client(Application(made, Serving(log=False, ingest_tokens=[hash_of(TOKEN)])))


def asked(client: Client, line: str) -> str:
    """What `curl … | jq …` prints."""
    command, *filters = (shlex.split(each) for each in re.split(r" \| (?=jq|grep|head)", line))
    assert command.pop(0) == "curl"
    as_query, shown, address, pairs, headers = False, False, "", [], {}
    while command:
        match command.pop(0):
            case "-G":
                as_query = True
            case "-i":
                shown = True
            case "-H":
                name, _, value = command.pop(0).partition(": ")
                headers[name.lower()] = value.replace("$TOKEN", TOKEN)
            case "--data-urlencode":
                name, _, value = command.pop(0).partition("=")
                pairs.append(f"{name}={quote(value, safe='')}")
            case "-d":
                pairs.append(command.pop(0))
            case address:
                pass
    target = address.removeprefix("localhost:8765")
    if pairs and not as_query:
        reply = client.ask("POST", target, headers, "&".join(pairs).encode())
    else:
        reply = client.ask("GET", target + ("?" + "&".join(pairs) if pairs else ""), headers)
    text = reply.text
    if shown:
        text = f"HTTP/1.1 {reply.status}\n" + "".join(f"{n}: {v}\n" for n, v in reply.headers.items()) + "\n" + text
    for tool, *arguments in filters:
        if tool == "jq":
            values = [each for path in arguments[0].split(", ") for each in picked(json.loads(text), path)]
            text = "".join(json.dumps(each, ensure_ascii=False, indent=2) + "\n" for each in values)
        elif tool == "grep":
            text = "".join(each + "\n" for each in text.splitlines() if arguments[-1] in each.lower())
        else:
            text = text.splitlines()[0] + "\n"
    return text


def picked(value: Any, path: str) -> list[Any]:
    found = [value]
    for name, many in re.findall(r"\.(\w+)(\[\])?", path):
        found = [each[name] for each in found]
        found = [one for each in found for one in each] if many else found
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_requests_are_answered_as_documented(demo, page, request):
    new = text = page.read_text(encoding="utf-8")
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S):
        commands = [line for line in block.splitlines() if line.startswith("$ ")]
        made = "\n".join(f"{line}\n{asked(demo, line[2:])}" for line in commands)
        new = new.replace(block, made)
    varies = re.compile(r'W/"[0-9a-f]+"')
    if request.config.getoption("--update-golden"):
        page.write_text(varies.sub('W/"8c2e5f0d7a914be36d20c175"', new), encoding="utf-8")
        return
    assert varies.sub("TAG", new) == varies.sub("TAG", text)


def test_every_path_and_every_status_is_documented():
    for route in ALL:
        if route.documented:
            assert name_of(route.path) in TEXT, route.path
        elif not route.path.startswith("/static/"):
            assert f"`{re.sub('{.*}', 'NAME' if 'saved' in route.path else 'ID', route.path)}`" in OF_PAGE, route.path
    for status in (*_REFUSALS, 405):
        assert re.search(rf"^\| (\d+, )*{status}[ ,]", TEXT, re.M), status
    for route in ALL:
        for each in route.parameters if route.documented else ():
            assert (
                f"`{each.name}`" in TEXT
                or f"`{each.name}=" in TEXT
                or each.name in ("reprints", "snippets", "snippet_width")
            ), each.name


def test_the_page_is_in_the_readme():
    assert "docs/http.md" in (Path(ROOT) / "README.md").read_text(encoding="utf-8")
