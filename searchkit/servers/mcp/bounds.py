"""Keep an answer so short that it does not fill a model's memory, and say how to get the rest."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from searchkit.model.serialise import json_line
from searchkit.servers.mcp.quoting import one_line

MOST = 24_000
"""Characters of an answer as JSON."""
_MOST_OF_A_TEXT = 1_000
_DIGITS = 6
"""Of a fraction behind the point."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Lists of a document that belong together: of each as many of the first are kept.

    Attributes:
        name: for the note that says what was cut.
        lists: returns the lists of a document.
        least: keep so many of each, even if the answer is too long.
    """

    name: str
    lists: Callable[[dict[str, Any]], list[list[Any]]]
    least: int = 0


def bounded(
    document: dict[str, Any], hint: Callable[[dict[str, Any]], str], most: int = MOST, rows: Sequence[Rows] = ()
) -> dict[str, Any]:
    """Return a document whose JSON has about `most` characters at most.

    Long texts end with "…", `rows` are cut in turn, and then the longest lists lose their ends. The notes of its query
    say what was cut.

    Args:
        document: one of SCHEMA.md; it is left as it is.
        hint: says how to ask for the rest of what was cut.
    """
    made: dict[str, Any] = _shortened(copy.deepcopy(document))
    cut = [told for each in rows if (told := _cut(made, each, most))]
    before = {path: len(each) for path, each in _lists(made)}
    while len(json_line(made)) > most:
        longest = max((each for _, each in _lists(made)), key=lambda each: len(json_line(each)))
        if not longest:
            break
        del longest[len(longest) // 2 :]
    after = {path: len(each) for path, each in _lists(made)}
    cut += [f"{path} {after[path]:,} of {before[path]:,}" for path in after if after[path] < before[path]]
    if cut:
        _notes(made).append(f"cut to {most:,} characters: {', '.join(cut)}; for the rest, {hint(made)}")
    return made


def _cut(made: dict[str, Any], rows: Rows, most: int) -> str:
    """Cut rows until a document is short enough; return what was cut, if anything was."""
    lists = rows.lists(made)
    whole = [list(each) for each in lists]
    before = max((len(each) for each in whole), default=0)
    least, kept = min(rows.least, before), before
    while len(json_line(made)) > most and kept > least:
        # A tenth at a time: the size of a row is not the same everywhere, so it cannot be computed.
        kept = max(least, kept * 9 // 10)
        for each, full in zip(lists, whole, strict=True):
            each[:] = full[:kept]
    return f"{rows.name} {kept:,} of {before:,}" if kept < before else ""


def _lists(value: Any, path: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Yield the lists of a document in which there are no further lists, each with its place; not its notes."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name != "notes":
                yield from _lists(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        inner = [found for at, each in enumerate(value) for found in _lists(each, f"{path}[{at}]")]
        yield from inner or [(path, value)]


def _shortened(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value, _MOST_OF_A_TEXT)
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, dict):
        return {name: _shortened(each) for name, each in value.items()}
    return [_shortened(each) for each in value] if isinstance(value, list) else value


def _notes(made: dict[str, Any]) -> list[str]:
    """Return the notes of a document's query, of several those of the first."""
    owner = made.get("a") or (made["queries"][0] if "queries" in made else made)
    notes: list[str] = owner["query"]["notes"]
    return notes
