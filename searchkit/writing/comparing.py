"""Comparing two records, of which one is a copy of the other: every state of every article, and where it was read."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from searchkit.storage.articles import written

if TYPE_CHECKING:
    from searchkit.model.history import Revision
    from searchkit.storage.record import Record
    from searchkit.writing.catching_up import Progress

TOGETHER = 500
"""Articles that are compared together."""

_State: TypeAlias = tuple[int, str, str]
"""Of an article: its number, when it came in, and the digest of the article."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two records compare.

    Attributes:
        first: the first article, by id, in which they differ; empty if they are equal.
        articles, revisions: how many articles, and replaced states of articles, the copy has.
        sha256: of the copy, as `digest` returns it.
    """

    first: str
    articles: int
    revisions: int
    sha256: str


def digest(record: Record) -> str:
    """Return the SHA-256 of all articles by id: their states with numbers and times, and where they were read."""
    made = hashlib.sha256()
    for part in _parts(record.ids()):
        for line, _ in _lines(record, part).values():
            made.update(line)
    return made.hexdigest()


def compared(source: Record, copy: Record, progress: Progress) -> Comparison:
    """Compare all articles of two records, by id."""
    ids = sorted({*source.ids(), *copy.ids()})
    made = hashlib.sha256()
    first, articles, revisions = "", 0, 0
    for part in _parts(ids):
        theirs, ours = _lines(source, part), _lines(copy, part)
        if not first:
            first = next((id for id in part if theirs.get(id) != ours.get(id)), "")
        for line, states in ours.values():
            made.update(line)
            articles += 1
            revisions += states - 1
        progress("comparing", articles, len(ids))
    return Comparison(first, articles, revisions, made.hexdigest())


def stray(source: Record, copy: Record, seq: int, upto: int) -> str | None:
    """Return an article that has been changed in a copy by others; None if there is none.

    What a copy that was broken off has put is in a state of the source, or was deleted there since.

    Args:
        seq: what the copy has of the source, as far as it has been noted.
        upto: the highest number in the copy then.
    """
    changed = copy.changed_since(upto)
    deleted = copy.deleted_since(upto) - changed.keys()
    if not changed and not deleted:
        return None
    left = source.deleted_since(seq)
    for part in _parts(sorted(changed.keys() - left)):
        theirs, ours = source.histories(part), copy.histories(part)
        for id, states in ours.items():
            known = {*_states(theirs.get(id, ()))}
            if not known.issuperset(_states(states)):
                return id
    return next((id for id in sorted(deleted - left) if source.has(id)), None)


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + TOGETHER] for start in range(0, len(ids), TOGETHER))


def _states(history: Iterable[Revision]) -> Iterator[_State]:
    return ((each.number, each.recorded.isoformat(), written(each.article)[1]) for each in history)


def _lines(record: Record, ids: Sequence[str]) -> dict[str, tuple[bytes, int]]:
    """Return for each of some articles that is there all that is compared, and the number of its states."""
    histories = record.histories(ids)
    noted = record.origins.noted(ids)
    found: dict[str, tuple[bytes, int]] = {}
    for id in ids:
        if id in histories:
            states = [*_states(histories[id])]
            paths = [os.fsencode(path).hex() for path in noted.get(id, ())]
            found[id] = (json.dumps([id, states, paths]).encode() + b"\n", len(states))
    return found
