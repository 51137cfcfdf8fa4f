"""The names of fields in queries, in English and Chinese, and what to propose for a name that is none."""

from __future__ import annotations

from difflib import get_close_matches

from searchkit.model.fields import FIELDS

BESIDE_KEYWORDS = {
    "title": ("标题",),
    "date": ("published", "日期", "时间"),
    "word": ("词",),
}
"""Fields that are more than whole values, and their further names."""

ALIASES: dict[str, str] = {
    alias: name
    for name, aliases in (
        *BESIDE_KEYWORDS.items(),
        *((field.name, field.aliases) for field in FIELDS.values()),
    )
    for alias in (name, *aliases)
}
"""What may stand before a colon, folded, and the field it means."""


def suggestion(name: str) -> str:
    """Return the field that a mistyped name is closest to; empty if it is close to none."""
    close = get_close_matches(name, [alias for alias in ALIASES if alias.isascii()], 1, 0.6)
    return ALIASES[close[0]] if close else ""
