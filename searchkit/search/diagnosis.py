"""Why is an answer empty, and which similar query finds something?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from searchkit.engines.scoring import typed_texts
from searchkit.engines.snapshot import Snapshot
from searchkit.model.results import Diagnosis
from searchkit.query.tree import And, Node, Not, Or, Wildcard, Words
from searchkit.query.writer import write

_MOST_PARTS = 12


def diagnose(tree: Node, index: Snapshot) -> Diagnosis:
    """Count the matches of each condition alone and of the rest without it, and suggest a query that matches."""
    parts = _parts(tree)
    alone = tuple((write(part), index.count(part)) for part in parts)
    if len(parts) < 2:
        return Diagnosis(alone, (), _any_of(tree, index))
    without = []
    best: tuple[int, str] = (0, "")
    for i, part in enumerate(parts):
        rest = tuple(parts[:i] + parts[i + 1 :])
        remaining = rest[0] if len(rest) == 1 else And(rest)
        count = index.count(remaining)
        without.append((write(part), count))
        # A condition that is only negative, or only a date, is not worth proposing.
        if count > best[0] and any(True for _ in typed_texts(remaining)):
            best = (count, write(_joined(rest)))
    return Diagnosis(alone, tuple(without), best[1] or _any_of(tree, index))


def _parts(tree: Node) -> list[Node]:
    parts: list[Node] = []
    for child in tree.children if isinstance(tree, And) else (tree,):
        if isinstance(child, Words) and len(child.typed) > 1 and child.mode != "any":
            parts += [replace(child, typed=(typed,)) for typed in dict.fromkeys(child.typed)]
        else:
            parts.append(child)
    return parts[:_MOST_PARTS]


def _joined(parts: Iterable[Node]) -> Node:
    """Return the parts as one tree again, with single words side by side as typed."""
    words = [part for part in parts if isinstance(part, Words)]
    others: list[Node] = [part for part in parts if not isinstance(part, Words)]
    if words:
        others.insert(0, replace(words[0], typed=tuple(typed for each in words for typed in each.typed)))
    return others[0] if len(others) == 1 else And(tuple(others))


def _any_of(tree: Node, index: Snapshot) -> str:
    """Return a query for any of the typed words, without other conditions; empty if it finds nothing."""
    words = tuple(dict.fromkeys(typed_texts(tree))) if not isinstance(tree, Wildcard) else ()
    if len(words) > 1 and not isinstance(tree, Not):
        loose = Or(tuple(Words((word,)) for word in words))
        if index.count(loose):
            return write(loose)
    return ""
