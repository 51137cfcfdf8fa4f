"""A suggestion as a command line that can be typed as it is: quoted for the shell, with the options that were given."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from searchkit.presenters.terminal import quoted
from searchkit.presenters.terminal_text import safe

if TYPE_CHECKING:
    from searchkit.cli.settings import Settings
    from searchkit.model.results import Suggestion


def as_command(settings: Settings, filters: Mapping[str, Any], command: str = "search") -> Callable[[Suggestion], str]:
    """Return a function that writes a suggestion as a command line.

    Args:
        filters: the conditions of the command that was given; its mode and aliases are not part of suggestions.
        command: the command and its own options: `search --count`.
    """
    mode = filters.get("mode", "auto")

    def written(suggestion: Suggestion) -> str:
        words = ["searchkit", command]
        if settings.index is not None:
            words += ["--index", shlex.quote(safe(str(settings.index)))]
        for name, values in suggestion.conditions.items():
            for value in values:
                words += [f"--{name}", shlex.quote(safe(value))]
        if mode != "auto" and suggestion.kind != "any":
            words.append(f"--{mode}")
        if filters.get("aliases") is not None:
            words.append("--aliases" if filters["aliases"] else "--no-aliases")
        if suggestion.typed.startswith("-"):
            words.append("--")
        if suggestion.typed:
            words.append(quoted(suggestion.typed))
        return " ".join(words)

    return written
