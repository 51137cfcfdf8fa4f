"""The names of fields in queries, those of keyword fields from `model.fields`; the proposal for an unknown name."""

from __future__ import annotations

from difflib import get_close_matches

from searchkit.model.fields import FIELDS

BESIDE_KEYWORDS = {
    "title": ("标题",),
    "date": ("published", "日期", "时间"),
    "word": ("词",),
    "pinyin": ("拼音",),
}
"""Fields that hold more than whole values, and their other names."""

ALIASES: dict[str, str] = {
    alias: name
    for name, aliases in (
        *BESIDE_KEYWORDS.items(),
        *((field.name, field.aliases) for field in FIELDS.values()),
    )
    for alias in (name, *aliases)
}
"""The names that may stand before a colon, folded, and the field that each means."""


def suggestion(name: str) -> str:
    """Return the field whose name is closest to a mistyped name; empty if none is close."""
    close = get_close_matches(name, [alias for alias in ALIASES if alias.isascii()], 1, 0.6)
    return ALIASES[close[0]] if close else ""
