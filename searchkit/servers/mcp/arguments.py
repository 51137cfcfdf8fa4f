"""The arguments of tools as JSON Schema, with the descriptions by which a model chooses them."""

from __future__ import annotations

from typing import Any

from searchkit.model.aggregations import BYS
from searchkit.model.fields import FIELDS

LANGUAGE = """\
Query language, for Chinese news; simplified and traditional characters are the same, and so is letter case:
芯片 出口管制 — words, up to four of which must all occur (of more, most)
"出口管制" — the literal phrase; 半导* — words that begin so
芯片 OR 半导体; 芯片 -广告 (without 广告); (台风 OR 暴雨) 浙江 — operators in capitals, with spaces around them
title:长江大桥; source:新华社; author:周岸; section:财经 — in a field
出口 NEAR/10 管制; 出口 SENT 设备 — near each other; in one sentence
date:2025-03; date:2024-10..2025-03; date:近7天 — days; better given as since and until
Known names are found under their other names too (特朗普 finds 川普). Use the words that a newspaper would print, in
Chinese; do not ask in whole sentences."""

AS_IN_SEARCH = "The query language is that of search."


def text(description: str, most: int = 200, **more: Any) -> dict[str, Any]:
    """Return the schema of a text of at most so many characters."""
    return {"type": "string", "maxLength": most, "description": description, **more}


def number(description: str, least: int, most: int, default: int) -> dict[str, Any]:
    """Return the schema of a whole number."""
    return {"type": "integer", "minimum": least, "maximum": most, "default": default, "description": description}


def one_of(choices: tuple[str, ...], description: str, **more: Any) -> dict[str, Any]:
    """Return the schema of one of these words."""
    return {"type": "string", "enum": list(choices), "description": description, **more}


def switch(description: str) -> dict[str, Any]:
    """Return the schema of a choice that is off by default."""
    return {"type": "boolean", "default": False, "description": description}


def _values(description: str, choices: tuple[str, ...]) -> dict[str, Any]:
    item: dict[str, Any] = (
        {"type": "string", "enum": list(choices)} if choices else {"type": "string", "maxLength": 200}
    )
    return {"type": "array", "items": item, "maxItems": 20, "description": description}


QUERY = text("What to look for, in the query language; empty for every article.", 1000)
DAY = "2025-02-28, 2025-02, 2025, 昨天, 近7天, 去年国庆 or last week, say"
VALUES: dict[str, Any] = {
    field.name: _values(f"{field.help[0].upper()}{field.help[1:]}: one of these values.", field.choices)
    for field in FIELDS.values()
    if field.filter
}
"""The conditions on fields."""
CONDITIONS: dict[str, Any] = {
    "since": text(f"The first day, or a period that begins with it: {DAY}."),
    "until": text("The last day, included, or a period that ends with it; the same forms."),
    **VALUES,
}
BY = one_of(BYS, "The length of the periods.", default="month")
COUNTED = tuple(field.name for field in FIELDS.values() if field.facet and not field.exact)
"""The fields whose values can be counted."""
