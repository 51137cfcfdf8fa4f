"""An article as an entry of a record has it."""

from __future__ import annotations

import json
from collections.abc import Callable

from searchkit.errors import BadRecord, Damaged
from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.model.serialise import from_record


def article_of(id: str, record: str, damaged: Callable[[str], Damaged]) -> Article:
    """Return the article of an entry.

    Args:
        record: its JSON.
        damaged: makes the error of the record's kind.

    Raises:
        Damaged: there is none, or it has another id.
    """
    try:
        article = from_record(json.loads(record))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, BadRecord) as error:
        raise damaged(Message("the article {id} in it cannot be read", id=id[:80])) from error
    if article.id != id:
        raise damaged(Message("the entry of {id} in it does not fit its record", id=id[:80]))
    return article
