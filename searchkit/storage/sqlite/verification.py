"""Is the record intact? SQLite's own checks, and every row against its digest and checksum."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from json.encoder import encode_basestring
from pathlib import Path

from searchkit.language.messages import Message
from searchkit.storage.sqlite.connections import consistent
from searchkit.storage.sqlite.errors import is_damage, message_of
from searchkit.storage.sqlite.schema import rows_that_do_not_fit


def problems_of(connection: sqlite3.Connection, path: Path) -> list[str]:
    """Return the problems of the record at `path`, each as a sentence with its path; empty if there are none.

    Raises: sqlite3.Error if it cannot be read for a reason other than damage.
    """
    problems: list[str] = []
    try:
        with consistent(connection):
            rows = connection.execute("PRAGMA integrity_check(20)").fetchall()
            problems += [f"{path}: {row[0]}" for row in rows if row[0] != "ok"]
            problems += _articles(connection, path)
            problems += _revisions(connection, path)
            problems += [
                Message("{path}: the row {row} does not fit its sum", path=path, row=row)
                for row in rows_that_do_not_fit(connection)
            ]
    except sqlite3.Error as error:
        if not is_damage(error):
            raise
        return [f"{path}: {message_of(error)}"]
    except (ValueError, AttributeError, TypeError, OverflowError, RecursionError) as error:
        return [f"{path}: {error}"]
    return problems


def _articles(connection: sqlite3.Connection, path: Path) -> list[Message]:
    problems = []
    for id, kind, parent, record, digest in connection.execute("SELECT id, kind, parent, record, digest FROM articles"):
        if not isinstance(record, str):
            problems.append(Message("{path}: the record of {id} is no text", path=path, id=id))
        elif _digest(record) != digest:
            problems.append(Message("{path}: the record of {id} does not fit its digest", path=path, id=id))
        elif not _names(record, id, kind, parent):
            problems.append(Message("{path}: the entry of {id} does not fit its record", path=path, id=id))
    return problems


def _revisions(connection: sqlite3.Connection, path: Path) -> list[Message]:
    sql = "SELECT id, revision, record, digest FROM revisions WHERE digest != ''"  # format 1 had none
    return [
        Message("{path}: revision {number} of {id} does not fit its digest", path=path, number=number, id=id)
        for id, number, record, digest in connection.execute(sql)
        if _digest(record) != digest
    ]


def _digest(record: str) -> str:
    return hashlib.sha256(record.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _names(record: str, id: str, kind: str, parent: str) -> bool:
    """Return whether the JSON of an article, as the store writes it, gives it this id, kind and parent.

    Parsing all of it would be most of the work of `verify`. Quotes inside a text are escaped, so a quoted name here is
    a key; only in these two fields are the keys not ours.
    """
    if '"extra": ' in record or '"related": ' in record:
        held = json.loads(record)
        return (held.get("id"), held.get("kind", "article"), held.get("parent", "")) == (id, kind, parent)
    expected = (("id", id), ("kind", "" if kind == "article" else kind), ("parent", parent))
    return all(
        f'"{name}": {encode_basestring(value)}' in record if value else f'"{name}": ' not in record
        for name, value in expected
    )
