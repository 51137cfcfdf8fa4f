"""The forms in which one answer is sent: compressed or not, or not at all because the client has it."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from searchkit.servers.web.routes import Answer

_SMALLEST = 1000
"""Bytes of an answer below which compressing it is not worth it."""


def with_headers(answer: Answer, headers: Mapping[str, str]) -> Answer:
    """Return an answer with further headers."""
    return Answer(answer.body, answer.media_type, answer.status, {**headers, **answer.headers})


def accepts_gzip(header: str) -> bool:
    """Tell whether an Accept-Encoding header allows gzip."""
    for each in header.split(","):
        name, _, weight = each.strip().lower().partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def is_known(tag: str, header: str) -> bool:
    """Tell whether an If-None-Match header names this ETag."""
    known = [each.strip().removeprefix("W/") for each in header.split(",")]
    return "*" in known or tag.removeprefix("W/") in known


def packed(answer: Answer) -> Answer:
    """Return an answer whose body is compressed, if it is long enough for that."""
    assert isinstance(answer.body, bytes)
    if len(answer.body) < _SMALLEST or "Content-Encoding" in answer.headers:
        return answer
    packer = _packer()
    body = packer.compress(answer.body) + packer.flush()
    return Answer(body, answer.media_type, answer.status, {**answer.headers, "Content-Encoding": "gzip"})


def packed_pieces(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces of a body compressed; each can be read when it has come."""
    packer = _packer()
    for piece in pieces:
        yield packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()


def _packer() -> Any:
    return zlib.compressobj(5, zlib.DEFLATED, 16 + zlib.MAX_WBITS)


class Streamed(StreamingResponse):
    """An answer sent in pieces, which tells when that has ended, however it came: not one may have been made."""

    def __init__(
        self, pieces: AsyncIterator[bytes], status: int, headers: Mapping[str, str], ended: Callable[[], None]
    ) -> None:
        super().__init__(pieces, status, headers)
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._ended()
