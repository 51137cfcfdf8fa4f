"""Complete the values of options in a shell: choices, and what the archive holds of a field.

A shell asks at every press of the key, so an answer comes quickly or not at all, and never with an error.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

Completion = Callable[..., list[str]]

SECONDS = 1.0
"""Processor time that the values of an archive may take."""
MOST = 200
"""Values offered of a field, the most frequent ones."""

_HARMLESS = re.compile(r"[\w .,/@+=&·・（）《》「」【】：，、！？％－—-]+")
"""Values that mean themselves in each shell, between quotes or behind backslashes.

The archive may be a stranger's, zsh evaluates what it is given, and bash types it on the command line.
"""


def of(*choices: str) -> Completion:
    """Complete one of a few values."""

    def complete(incomplete: str) -> list[str]:
        return [each for each in choices if each.startswith(incomplete)]

    return complete


def styles(incomplete: str) -> list[str]:
    """Complete the name of a style of citation."""
    from searchkit.presenters.citations import STYLES

    return [name for name in STYLES if name.startswith(incomplete)]


def documents(incomplete: str) -> list[str]:
    """Complete the name of a JSON document."""
    from searchkit.presenters.schema import names

    return [name for name in names() if name.startswith(incomplete)]


def formats(incomplete: str) -> list[str]:
    """Complete the name of a format."""
    try:
        from searchkit.sources.formats import format_names

        return [name for name in format_names() if name.startswith(incomplete)]
    except Exception:  # of another package's format
        return []


def zones(incomplete: str) -> list[str]:
    """Complete the name of a time zone."""
    try:
        from zoneinfo import available_timezones

        return sorted(name for name in available_timezones() if name.startswith(incomplete))
    except Exception:  # of the system's database
        return []


def held(field: str) -> Completion:
    """Complete a value of a field in the archive that the command line names, or the usual one."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        try:
            return [_typed(value) for value in _values(ctx, field, incomplete)]
        except Exception:  # there is no archive, it cannot be read, or not in time
            return []

    return complete


def _values(context: typer.Context, field: str, incomplete: str) -> list[str]:
    from searchkit.cli.settings import Settings
    from searchkit.opening import open_at
    from searchkit.presenters.terminal_text import safe

    with open_at(Settings(index=_index(context)).location(), catch_up=False, timeout=SECONDS) as archive:
        counts = archive.facets(fields=[field], limit=10 * MOST)[field].values
    found = [value for value, _ in counts if value.startswith(incomplete)]
    return [value for value in found if _HARMLESS.fullmatch(value) and safe(value) == value][:MOST]


def _index(context: Any) -> Path | str | None:
    """Return the archive's folder or address, given on the command line so far, after the command's name or before."""
    from searchkit.cli.settings import location

    while context is not None:
        if context.params.get("index"):
            found = location(str(context.params["index"]))
            return found if isinstance(found, str) else found.expanduser()
        context = context.parent
    return None


class _Escaped(str):
    """A value as bash is to put it on the command line. Typer compares its beginning with what is typed, unescaped."""

    value: str

    def startswith(self, prefix: Any, *args: Any) -> bool:
        return self.value.startswith(prefix, *args)


def _typed(value: str) -> str:
    """Return a value as it is typed: bash puts it on the command line as it is, the other shells quote it."""
    if not os.environ.get("_SEARCHKIT_COMPLETE", "").endswith("bash"):
        return value
    escaped = _Escaped(re.sub(r"[ &]", r"\\\g<0>", value))
    escaped.value = value
    return escaped
