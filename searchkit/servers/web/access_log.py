"""The access log: one line of a fixed form for each request, on standard error.

    2026-11-26T15:20:01Z 127.0.0.1 GET /v1/search?q=%E8%8A%AF%E7%89%87 200 5120 12.3

Time in UTC, address, method, path and query as sent, status, bytes of the answer's body as sent, milliseconds. What is
no request of HTTP, or never came as a whole, has `-` for method and path.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

_MOST = 2000
"""Characters of a path in the log: with the rest, a line is written in one step, also into a pipe."""
_UNSAFE = re.compile("[^!-~]")


def line_of(scope: Mapping[str, Any], status: int, sent: int, seconds: float) -> str:
    """Return the line of a request.

    Args:
        scope: of ASGI; without a method it is that of a request that was none.
        sent: bytes of the body.
    """
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    client = scope.get("client")
    target = (scope.get("raw_path") or b"").decode("latin-1")
    if scope.get("query_string"):
        target += "?" + scope["query_string"].decode("latin-1")
    if len(target) > _MOST:
        target = target[:_MOST] + "…"
    parts = (now, client[0] if client else "-", scope.get("method", "")[:20], target)
    told = " ".join(_UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", part) or "-" for part in parts)
    return f"{told} {status} {sent} {seconds * 1000:.1f}"


def write_line(line: str) -> None:
    """Write a line on standard error in one step, so that lines of several workers do not mix."""
    try:
        os.write(2, (line + "\n").encode("utf-8", "backslashreplace"))
    except OSError:
        pass  # nobody reads the log any more; answers go on
