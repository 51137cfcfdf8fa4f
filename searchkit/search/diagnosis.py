"""Why is an answer empty, which similar query finds something, and of which days is the archive?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from searchkit.engines.scoring import typed_texts
from searchkit.engines.snapshot import Snapshot
from searchkit.model.results import Diagnosis, Parsed, Span
from searchkit.query.tree import And, Everything, Node, Not, Or, Wildcard, Words
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


def archive_days(asked: Span | None, index: Snapshot) -> Span | None:
    """Return the first and last day of the archive's articles, if all days asked for lie outside of them.

    None if some lie inside, if no days are asked for, or if no article has a date.
    """
    if asked is None:
        return None
    days = [day for day in index.days(Everything()) if day]
    if not days:
        return None
    first, last = min(days), max(days)
    outside = (asked.since and asked.since > last) or (asked.until and asked.until < first)
    return Span(first, last) if outside else None


def with_day_notes(parsed: Parsed, archive: Span | None) -> Parsed:
    """Return how the query was understood, with a note if its days cannot match.

    Args:
        archive: what `archive_days` returned for these days.
    """
    asked = parsed.span
    if asked is None:
        return parsed
    if asked.since and asked.until and asked.since > asked.until:
        note = f"no day meets all conditions: one begins with {asked.since}, another ends with {asked.until}"
    elif archive:
        since, until = (day.isoformat() if day else "" for day in (asked.since, asked.until))
        days = since if since == until else f"{since}..{until}"
        note = f"nothing in {days}: the archive's articles are of {archive.since} to {archive.until}"
    else:
        return parsed
    return replace(parsed, notes=(*parsed.notes, note))


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
