"""The routes about the server itself: /healthz, /metrics and /openapi.json."""

from __future__ import annotations

from searchkit.servers.web.routes import Answer, Asked, Route

METRICS_TEXT = "text/plain; version=0.0.4; charset=utf-8"


def healthz(asked: Asked) -> Answer:
    """Tell that this worker answers."""
    return Answer(b'{"status": "ok"}\n', headers={"Cache-Control": "no-store"})


def metrics(asked: Asked) -> Answer:
    """Return the metrics of all workers."""
    return Answer(asked.server.metrics().encode("utf-8"), METRICS_TEXT, headers={"Cache-Control": "no-store"})


def openapi(asked: Asked) -> Answer:
    """Return the description of this API."""
    return Answer(asked.server.openapi())


ROUTES = (
    Route("/healthz", healthz, summary="Whether the server answers.", public=True, at_once=True, cached=False),
    Route(
        "/metrics", metrics, summary="Metrics for Prometheus.", media_types=("text/plain",), at_once=True, cached=False
    ),
    Route("/openapi.json", openapi, summary="This document.", at_once=True, cached=False),
)
