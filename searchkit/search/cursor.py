"""Cursors: a place in an answer as text, given as `next` and accepted as `after`."""

from __future__ import annotations

import base64
import binascii
import json
import math

from searchkit.engines.snapshot import Key
from searchkit.errors import QueryError
from searchkit.model.results import Sort

_LONGEST = 16_384
"""Characters; an id has a few hundred."""
_HIGHEST = 1 << 31


def cursor(sort: Sort, key: Key, canonical: str) -> str:
    """Return the place of a hit in an answer, as text for `after`."""
    tier, rank, id = key
    packed = json.dumps([sort, tier, repr(rank), id, binascii.crc32(canonical.encode("utf-8", "replace"))])
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def place(after: str, sort: Sort, canonical: str) -> Key:
    """Return the key in a cursor. Raises: QueryError if it is malformed, forged or from another query."""
    try:
        if len(after) > _LONGEST:
            raise ValueError
        packed = base64.b64decode(after + "=" * (-len(after) % 4), altchars=b"-_", validate=True)
        given_sort, tier, rank, id, query = json.loads(packed)
        key = (tier, float(rank), id)
        if type(tier) is not int or abs(tier) > _HIGHEST or not isinstance(id, str) or math.isnan(key[1]):
            raise ValueError
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
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
