"""POST /v1/articles: adding articles over HTTP, answered when they are on disk.

The same request may be sent again, after an answer that was lost, say: articles that the archive has stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from searchkit.errors import BadRecord, SearchkitError, UsageError
from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected
from searchkit.model.reports import Receipt
from searchkit.presenters import json_form
from searchkit.servers.web.routes import JSON, Answer, Asked, Route

MOST_RECORDS = 10_000
"""Records of one request."""
NDJSON_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")


class WrongMediaType(UsageError):
    """The body is of a type that is not read."""

    code = "media-type"


class NotAdded(UsageError):
    """The one article that was sent is none."""

    code = "rejected"


def add(asked: Asked) -> Answer:
    """Add the articles of the body, and return a searchkit.receipts/1.

    Raises:
        WrongMediaType: the body is neither JSON nor JSON lines.
        NotAdded: it is one article, and is rejected.
        Locked: another process keeps writing.
    """
    archive = asked.archive
    media_type = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in (JSON, *NDJSON_TYPES):
        raise WrongMediaType(
            Message("the body is {media_type}", media_type=media_type[:80] or "of no type"),
            hint=Message("Content-Type: {json}, or {ndjson_types}", json=JSON, ndjson_types=NDJSON_TYPES[0]),
        )
    if (coding := asked.headers.get("content-encoding", "identity").strip().lower()) != "identity":
        raise WrongMediaType(
            Message("the body is compressed with {coding}", coding=coding[:80]), hint="send it as it is"
        )
    alone = media_type == JSON
    items = _records(asked.body, archive.timezone, alone=alone)
    receipts: list[Receipt] = []
    report = archive.upsert_all(items, receive=receipts.append)
    if alone and report.rejected:
        raise NotAdded(report.rejected[0].reason, hint="nothing was added")
    receipts.sort(key=lambda receipt: receipt.position)
    answer = json_form.receipts(report, receipts, _behind(asked))
    return Answer((json_form.text(answer) + "\n").encode("utf-8"), headers={"Cache-Control": "no-store"})


def _behind(asked: Asked) -> int:
    try:
        return asked.archive.index_behind
    except SearchkitError:  # what was added is on disk all the same
        return 0


def _records(body: bytes, zone: tzinfo, *, alone: bool) -> list[Article | Rejected]:
    """Return the articles of a body. Raises: NotAdded if it cannot be read at all, or has too many."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotAdded(
            Message("the body is not UTF-8 from byte {start:,} on", start=error.start + 1), hint="nothing was added"
        ) from None
    lines = [text] if alone else text.split("\n")
    found = list(_read(lines, zone, "body" if alone else "line"))
    if len(found) > MOST_RECORDS:
        raise NotAdded(
            Message(
                "{count:,} records were sent; {most_records:,} are allowed", count=len(found), most_records=MOST_RECORDS
            ),
            hint="send several requests",
        )
    if not found:
        raise NotAdded("no record was sent", hint="one JSON object, or one on each line")
    return found


def _read(lines: list[str], zone: tzinfo, unit: str) -> Iterator[Article | Rejected]:
    from searchkit.sources.readers.records import DECODER, json_fault
    from searchkit.sources.record import from_record

    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = unit if unit == "body" else f"{unit} {number}"
        try:
            record = DECODER.decode(line.strip())
        except ValueError as error:
            yield Rejected(where, Message("it {json_fault}", json_fault=json_fault(error)))
            continue
        except RecursionError:
            yield Rejected(where, "it is nested too deeply")
            continue
        if not isinstance(record, dict):
            yield Rejected(where, "it is no JSON object")
            continue
        try:
            yield from_record(record, timezone=zone)
        except BadRecord as error:
            yield Rejected(where, error.message)
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            yield Rejected(where, Message("it cannot be read: {name}", name=type(error).__name__))


ROUTES = (
    Route(
        "/v1/articles",
        add,
        (),
        "Adds one article, or one on each line. It is answered when they are on disk; sending them again is safe.",
        "searchkit.receipts/1",
        method="POST",
        cached=False,
        refusals=(408, 413, 415, 422),
        accepts=(JSON, NDJSON_TYPES[0]),
    ),
)
