"""The session in docs/mcp.md, and in its translation, is what a client of the SDK and the server say to each other."""

from __future__ import annotations

import json
import re

import anyio
import pytest
from mcp import Client

import searchkit
from searchkit.servers.mcp.protocol import server_of
from searchkit.servers.mcp.quoting import TAG
from tests.conftest import TODAY
from tests.golden.test_cli import ROOT

DOCUMENTS = [ROOT / "docs" / name for name in ("mcp.md", "mcp.zh-CN.md")]
ASKED = (
    ("search", {"query": '"出口管制" 芯片 -广告', "since": "2025-01", "limit": 1}),
    ("fetch", {"id": "demo-03"}),
    ("search", {"query": "长江大桥 date:2031"}),
    ("timeline", {"query": "DeepSeek", "by": "quarter"}),
    ("timelines", {"queries": ["芯片 OR 半导体", "长江大桥"], "since": "2025", "by": "quarter"}),
    ("terms", {"query": "芯片", "by": "quarter", "limit": 2}),
    ("trends", {"day": "2025-03-31", "period": 60, "against": 3, "limit": 2}),
    ("similar", {"id": "demo-03", "limit": 1}),
    ("sources", {"limit": 3}),
    ("search", {"query": "(芯片 OR 半导体 source:东港财经"}),
    ("timeline", {"by": "hour"}),
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = tmp_path_factory.mktemp("mcp") / "demo"
    with searchkit.open(path, create=True, today=lambda: TODAY, timeout=None) as made:
        made.upsert_all(searchkit.read(ROOT / "searchkit" / "cli" / "demo.jsonl"))
        yield made


async def session(archive):
    lines = []
    async with Client(server_of(archive)) as client:
        info = client.server_info
        lines.append(f"server: {info.name} ({info.title})\n")
        tools = (await client.list_tools()).tools
        lines.append(f"tools/list\n{chr(10).join(f'  {each.name}: {each.title}' for each in tools)}\n")
        for name, arguments in ASKED:
            result = await client.call_tool(name, arguments)
            lines.append(f"tools/call {name} {json.dumps(arguments, ensure_ascii=False)}")
            if result.is_error:
                lines.append("  is an error:")
            for content in result.content:
                lines += [f"  {line}".rstrip() for line in shown(content.text).splitlines()]
            lines.append("")
    return "\n".join(lines)


def shown(text: str) -> str:
    """A text for reading: JSON laid out, with the line breaks that its strings have, and an example for a cursor."""
    found = re.search(r"^\{.*\}$", text, re.MULTILINE)
    if found:
        laid_out = json.dumps(json.loads(found[0]), ensure_ascii=False, indent=1)
        # Numbers side by side, as they belong together.
        laid_out = re.sub(r"\[[\s\d.,null]+\]", lambda each: " ".join(each[0].split()), laid_out)
        text = text.replace(found[0], laid_out.replace("\\n", "\n"))
    text = re.sub(r'(?<=after=\\")[\w-]+', "WyJyZWxldmFuY2UiLCAw", text)
    return re.sub(rf"(?<={TAG} )[0-9a-f]{{8}}", "5f1c09e2", text)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_the_documented_session(archive, document, request):
    written = document.read_text(encoding="utf-8")
    before, _, rest = written.partition("```text\n")
    after = rest[rest.index("```") :]
    made = f"{before}```text\n{anyio.run(session, archive)}{after}"
    if request.config.getoption("--update-golden"):
        document.write_text(made, encoding="utf-8")
    assert made == document.read_text(encoding="utf-8"), f"{document.name} is another; --update-golden if that is right"
