"""Cursors: a place in an answer as text, given as `next` and accepted as `after`."""

from __future__ import annotations

import base64
import binascii
import json

from searchkit.engines.snapshot import Key
from searchkit.errors import QueryError
from searchkit.model.results import Sort


def cursor(sort: Sort, key: Key, canonical: str) -> str:
    """Return the place of a hit in an answer, as text for `after`."""
    tier, rank, id = key
    packed = json.dumps([sort, tier, repr(rank), id, binascii.crc32(canonical.encode("utf-8", "replace"))])
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def place(after: str, sort: Sort, canonical: str) -> Key:
    """Return the key in a cursor. Raises: QueryError if it is malformed or belongs to another query."""
    try:
        packed = base64.b64decode(after + "=" * (-len(after) % 4), altchars=b"-_", validate=True)
        given_sort, tier, rank, id, query = json.loads(packed)
        key = (int(tier), float(rank), str(id))
    except (ValueError, TypeError, binascii.Error):
        raise QueryError(
            "not a cursor",
            query=after,
            width=len(after),
            hint="give `after` the `next` of the page before",
            code="not-a-cursor",
        ) from None
    if given_sort != sort or query != binascii.crc32(canonical.encode("utf-8", "replace")):
        raise QueryError(
            "this cursor is from another query or sort order", query=after, width=len(after),
            hint="repeat the query and its conditions exactly, only `after` is new", code="cursor-of-another",
        )  # fmt: skip
    return key
