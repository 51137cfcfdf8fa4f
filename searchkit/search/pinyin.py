"""Pinyin in questions: which strings of the archive it is, and latin words that are in no article read as pinyin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from searchkit.analysis.pinyin import Spelling, available
from searchkit.engines.scoring import requires_all
from searchkit.engines.snapshot import Snapshot
from searchkit.errors import QueryError
from searchkit.language.messages import Message
from searchkit.model.results import Parsed
from searchkit.query.tree import And, Node, Not, Or, Pinyin, Words
from searchkit.query.writer import write

_SHOWN = 5
"""Strings that a note names."""


def pinyin_candidates(snapshot: Snapshot, typed: str) -> list[tuple[str, int]]:
    """Return the strings of the archive that a typed word spells in pinyin, each with its number of articles.

    Returns:
        The most frequent first; empty if the word spells nothing or too much, or the extra is not installed.
    """
    if not available():
        return []
    try:
        found = snapshot.spelled(typed)
    except QueryError:
        return []
    counted = ((each, snapshot.count(node)) for each, node in found.items())
    return sorted(((each, count) for each, count in counted if count), key=lambda item: (-item[1], item[0]))


def with_pinyin_notes(parsed: Parsed, tree: Node, snapshot: Snapshot) -> Parsed:
    """Return how a query was understood, with a note on the strings that each `pinyin:` in it stands for."""
    typed = dict.fromkeys(_spellings(tree))
    return replace(parsed, notes=(*parsed.notes, *(_note(each, snapshot) for each in typed))) if typed else parsed


def with_reading_note(parsed: Parsed, spellings: Sequence[str], snapshot: Snapshot) -> Parsed:
    """Return how a query was understood, with a note on the words that `read_as_pinyin` read as pinyin."""
    said = (
        Message(
            "nothing is found with {each}; read as pinyin it is {strings}: {query} finds all",
            each=each,
            strings=_strings(pinyin_candidates(snapshot, each)),
            query=write(Pinyin(each)),
        )
        for each in spellings
    )
    return replace(parsed, notes=(*parsed.notes, *said))


def read_as_pinyin(tree: Node, snapshot: Snapshot) -> tuple[Node, tuple[str, ...]] | None:
    """Read latin words of a query that finds nothing as pinyin.

    Returns:
        The query with these words as pinyin, which finds something, and their spellings. None if there is none.
    """
    parts = tree.children if isinstance(tree, And) else (tree,)
    several = [part for part in parts if isinstance(part, Words)]
    if len(several) != 1 or not available():
        return None
    words = several[0]
    if not requires_all(len(words.typed), words.mode):
        return None
    for kept, spellings in _choices(words.typed, snapshot):
        rest: list[Node] = [replace(words, typed=kept)] if kept else []
        read = (*rest, *map(Pinyin, spellings), *(part for part in parts if part is not words))
        asked = read[0] if len(read) == 1 else And(read)
        try:
            if snapshot.count(asked):
                return asked, spellings
        except QueryError:
            continue  # too many strings
    return None


def _choices(typed: Sequence[str], snapshot: Snapshot) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield ways to read words as pinyin: the words that stay, and the spellings, likeliest first.

    te lang pu is one spelling. Otherwise a word that stands in no article is likelier to be pinyin than one that does.
    """
    runs = [(latin, tuple(run)) for latin, run in groupby(typed, _is_latin)]
    joined = tuple(" ".join(run) for latin, run in runs if latin)
    if any(latin and len(run) > 1 for latin, run in runs) and all(map(_is_spelling, joined)):
        yield tuple(word for latin, run in runs if not latin for word in run), joined
    spelled = [word for word in typed if _is_latin(word) and _is_spelling(word)]
    unknown = tuple(word for word in spelled if not snapshot.count(Words((word,))))
    for chosen in dict.fromkeys((unknown, tuple(spelled))):
        if chosen:
            yield tuple(word for word in typed if word not in chosen), chosen


def _is_latin(word: str) -> bool:
    return word[:1].isascii() and word[:1].isalpha()


def _is_spelling(text: str) -> bool:
    try:
        Spelling(text)
    except QueryError:
        return False
    return True


def _spellings(tree: Node) -> Iterator[str]:
    match tree:
        case Pinyin(text=text):
            yield text
        case And(children=children) | Or(children=children):
            for child in children:
                yield from _spellings(child)
        case Not(child=child):
            yield from _spellings(child)
        case _:
            return


def _note(typed: str, snapshot: Snapshot) -> str:
    found = pinyin_candidates(snapshot, typed)
    written = write(Pinyin(typed))
    if not found:
        return Message("{written} is in no title, author, editor or source", written=written)
    return Message("{written} is {strings}", written=written, strings=_strings(found))


def _strings(found: Sequence[tuple[str, int]]) -> str:
    shown, more = tuple(f"{each} ({count:,})" for each, count in found[:_SHOWN]), len(found) - _SHOWN
    return Message("{names} and {more} more" if more > 0 else "{names}", names=shown, more=more)
