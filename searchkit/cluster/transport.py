"""How a request reaches a node: in a bounded time, also where nodes are gone, silent or slow."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Any

import opensearchpy
import urllib3
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import ConnectionTimeout, TransportError

RETRIES = 3
BROKEN = (502, 503, 504)
SECONDS_TO_CONNECT = 4.0
"""A node that takes longer to accept a connection is taken for one that is gone."""


class BoundedTransport(opensearchpy.Transport):  # type: ignore[misc]
    """Asks nodes in turn. Its parameter `request_timeout` is for all attempts together, not for each."""

    def __init__(self, *given: Any, **options: Any) -> None:
        # A node that failed, or did not answer in time, is asked again when the others have been, or after a minute.
        super().__init__(*given, **{**options, "max_retries": 0, "retry_on_timeout": True, "retry_on_status": BROKEN})

    def perform_request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        timeout: float | None = None,
        ignore: Collection[int] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the answer; another node is asked where one is gone or cannot tell.

        Raises:
            TransportError: as opensearchpy tells failures.
        """
        given = dict(params or {})
        seconds = float(given.pop("request_timeout", timeout or 10.0))
        end = time.monotonic() + seconds
        for tried in range(RETRIES + 1):
            left = max(0.1, end - time.monotonic())
            allowed = urllib3.Timeout(connect=min(SECONDS_TO_CONNECT, left), read=left)
            try:
                return super().perform_request(
                    method, url, params={**given, "request_timeout": allowed}, body=body, ignore=ignore, headers=headers
                )
            except TransportError as error:
                again = isinstance(error, NoConnection) or error.status_code in BROKEN
                is_last = tried == RETRIES or time.monotonic() >= end
                if isinstance(error, ConnectionTimeout) or not again or is_last:
                    raise
        raise AssertionError
