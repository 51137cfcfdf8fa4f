"""A client that asks an ASGI application in this process, without sockets."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> bytes:
        return gzip.decompress(self.raw) if self.headers.get("content-encoding") == "gzip" else self.raw

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """Asks one application, always in one loop."""

    def __init__(self, app: Any, **headers: str) -> None:
        self.app = app
        self.headers = {"host": "localhost", **headers}
        self.loop = asyncio.new_event_loop()

    def get(self, target: str, **headers: str) -> Reply:
        return self.ask("GET", target, headers)

    def post(self, target: str, body: bytes, **headers: str) -> Reply:
        return self.ask("POST", target, {"content-type": "application/json", **headers}, body)

    def ask(self, method: str, target: str, headers: Mapping[str, str] = {}, body: bytes = b"") -> Reply:
        return self.loop.run_until_complete(self.asked(method, target, headers, body))

    async def asked(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] = {},
        body: bytes = b"",
        then: Any = None,
        take: Any = None,
    ) -> Reply:
        """The answer to a request.

        `then()` is awaited for what comes behind the body, instead of nothing; `take(message)` before each part of the
        answer is taken.
        """
        path, _, query = target.partition("?")
        given = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if body:
            given.setdefault("content-length", str(len(body)))
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": unquote(path, errors="replace"), "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"), "root_path": "", "server": ("localhost", 80),
            "client": ("127.0.0.1", 1), "headers": [(n.encode("latin-1"), v.encode("latin-1")) for n, v in given.items()],
        }  # fmt: skip
        sent: list[dict[str, Any]] = []
        parts = [body[at : at + 65536] for at in range(0, len(body), 65536)] or [b""]

        async def receive() -> dict[str, Any]:
            if not parts:
                return await (then or asyncio.Event().wait)()  # the client stays
            part = parts.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(parts or then)}

        async def send(message: dict[str, Any]) -> None:
            if take is not None:
                await take(message)
            sent.append(message)

        await self.app(scope, receive, send)
        start = sent[0]
        return Reply(
            start["status"],
            {name.decode(): value.decode("latin-1") for name, value in start["headers"]},
            b"".join(each.get("body", b"") for each in sent[1:]),
        )
