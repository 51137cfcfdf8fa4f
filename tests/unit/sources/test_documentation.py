"""docs/sources.md says what the code does: formats, names of fields, limits."""

from __future__ import annotations

import re
from pathlib import Path

import searchkit.sources as sources
from searchkit.sources.fields import ALIASES
from searchkit.sources.formats import registry
from searchkit.sources.limits import Limits, size_text

PAGE = (Path(__file__).parents[3] / "docs/sources.md").read_text(encoding="utf-8")


def block(name: str) -> str:
    return PAGE.split(f"<!-- {name} -->")[1].split("\n## ")[0]


def names_table() -> str:
    """The table of names as it must stand in the documentation."""
    rows = [f"| `{field}` | {' '.join(names)} |" for field, names in ALIASES.items() if field != "extra"]
    return "\n".join(["| field | names |", "| --- | --- |", *rows])


def test_every_format_and_ending_is_listed() -> None:
    rows = [line.split("|") for line in block("formats").splitlines() if line.startswith("|")]
    shown = {name: row[2].split() for row in rows for name in re.findall(r"`(\w+)`", row[1])}
    assert set(shown) == set(sources.format_names())
    for each in registry().values():
        assert shown[each.name] == list(each.extensions)


def test_every_name_is_listed() -> None:
    assert block("names").split("<!-- end of names -->")[0].strip() == names_table()


def test_every_limit_is_listed_with_its_default() -> None:
    for name in Limits.__slots__:
        value = getattr(Limits(), name)
        shown = size_text(value) if name.endswith("_bytes") else str(value)
        assert f"| `{name}` | {shown} |" in block("limits")
