"""An article as its row has it."""

from __future__ import annotations

import json
from pathlib import Path

from searchkit.errors import BadRecord
from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.model.serialise import from_record
from searchkit.storage.sqlite.errors import damaged


def article_of(path: Path, id: str, record: str) -> Article:
    """Return the article of a row in the file `path`. Raises: Damaged where it is none, or has another id."""
    try:
        article = from_record(json.loads(record))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, BadRecord) as error:
        raise damaged(path, Message("the article {id} in it cannot be read", id=id[:80])) from error
    if article.id != id:
        raise damaged(path, Message("the entry of {id} in it does not fit its record", id=id[:80]))
    return article
