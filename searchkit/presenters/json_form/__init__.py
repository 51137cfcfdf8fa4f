"""How is a result written as JSON? The types in `documents` are the contract: the schema and SCHEMA.md come of them."""

from __future__ import annotations

from typing import Any

from searchkit.model.serialise import json_line
from searchkit.presenters.json_form.articles import article, difference, family, revisions
from searchkit.presenters.json_form.counting import comparison, facets, term, terms, terms_by, timeline, trends
from searchkit.presenters.json_form.queries import count, diagnosis, hit, query, recent, record, sample, search, similar
from searchkit.presenters.json_form.reports import (
    analysis,
    copied,
    deletion,
    dictionary,
    error,
    ingest,
    rebuilt,
    receipts,
    source,
    sources,
    stats,
    transferred,
    verification,
)
from searchkit.presenters.json_form.series import series_replay, timelines
from searchkit.presenters.json_form.watching import news, replay, saved

__all__ = [
    "analysis",
    "article",
    "comparison",
    "copied",
    "count",
    "deletion",
    "diagnosis",
    "dictionary",
    "difference",
    "error",
    "facets",
    "family",
    "hit",
    "ingest",
    "news",
    "query",
    "rebuilt",
    "receipts",
    "recent",
    "record",
    "replay",
    "revisions",
    "sample",
    "saved",
    "search",
    "series_replay",
    "similar",
    "source",
    "sources",
    "stats",
    "term",
    "terms",
    "terms_by",
    "text",
    "timeline",
    "timelines",
    "transferred",
    "trends",
    "verification",
]


def text(value: Any) -> str:
    """Write one JSON document on one line; see `json_line`."""
    return json_line(value)
