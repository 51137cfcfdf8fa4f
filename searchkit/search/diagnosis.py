"""Why is an answer empty, which similar query finds something, and of which days is the archive?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from searchkit.engines.snapshot import Snapshot
from searchkit.language.messages import Message
from searchkit.model.results import Diagnosis, Parsed, Span, Suggestion
from searchkit.query.tree import Everything
from searchkit.query.writer import write
from searchkit.search.counting import Counting
from searchkit.search.parts import Part, joined


def diagnose(parts: Sequence[Part], index: Counting) -> Diagnosis:
    """Count the matches of each part of a query alone, and of the rest without it."""
    alone = tuple((write(part.node), index.count(part.node)) for part in parts)
    if len(parts) < 2:
        return Diagnosis(alone, ())
    rests = [joined([*parts[:i], *parts[i + 1 :]]) for i in range(len(parts))]
    return Diagnosis(
        alone, tuple((write(part.node), index.count(rest)) for part, rest in zip(parts, rests, strict=True))
    )


def suggesting(diagnosis: Diagnosis, suggested: Sequence[Suggestion]) -> Diagnosis:
    """Return a diagnosis with these suggestions before those that it has."""
    every = (*suggested, *(each for each in diagnosis.suggestions if each not in suggested))
    return replace(diagnosis, suggestion=every[0].query if every else "", suggestions=every)


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
        note = Message(
            "no day meets all conditions: one begins with {since}, another ends with {until}",
            since=asked.since,
            until=asked.until,
        )
    elif archive:
        since, until = (day.isoformat() if day else "" for day in (asked.since, asked.until))
        days = since if since == until else f"{since}..{until}"
        note = Message(
            "nothing in {days}: the archive's articles are of {since} to {until}",
            days=days,
            since=archive.since,
            until=archive.until,
        )
    else:
        return parsed
    return replace(parsed, notes=(*parsed.notes, note))
