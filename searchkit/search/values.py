"""The values of a field that a typed value may mean: 央视 -> 央视网, 北青报 -> 北京青年报."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from searchkit.analysis.edits import is_chinese, is_within
from searchkit.analysis.fields import compared
from searchkit.analysis.normalise import fold
from searchkit.model.fields import FIELDS, FieldName

_MOST = 5
_LETTERS_PER_EDIT = 4


def nearest(
    typed: str, name: FieldName, counts: Mapping[str, int], sounds_alike: Callable[[str, str], bool] | None = None
) -> list[tuple[str, int]]:
    """Return the values of a field that are like a typed one, the likeliest first, with their articles.

    Args:
        counts: the values to choose from, with the number of articles of each.
        sounds_alike: compares two words of one length by their sound.
    """
    sought = compared(typed, name)
    is_person = FIELDS[name].holds == "names"
    found = []
    for value, count in counts.items():
        rank = _likeness(sought, compared(value, name), sounds_alike, is_person=is_person) if value else None
        if rank is not None and value != typed:
            found.append((rank, -count, value))
    return [(value, -count) for _, count, value in sorted(found)[:_MOST]]


def _likeness(
    sought: str, value: str, sounds_alike: Callable[[str, str], bool] | None, *, is_person: bool
) -> int | None:
    """Return how far a value is from the one sought, 0 for the nearest; None if they are not alike."""
    if not sought or not value:
        return None
    if _bare(sought) == _bare(value):
        return 0
    if sounds_alike and len(sought) == len(value) and is_chinese(sought) and sounds_alike(sought, value):
        return 1
    if len(sought) > 1 and value.startswith(sought):
        return 2
    longest = max(len(sought), len(value))
    edits = 1 if is_chinese(sought) else 1 + longest // _LETTERS_PER_EDIT
    # Two characters of which one is another are another person: 张伟 and 李伟.
    least = 3 if is_person else 2
    if min(len(sought), len(value)) >= least and is_within(sought, value, edits) and edits < longest:
        return 3
    if len(value) > 1 and sought.startswith(value):
        return 4
    if len(sought) > 1 and (sought in value or (len(value) > 1 and value in sought)):
        return 5
    return 6 if is_abbreviation(sought, value) or is_abbreviation(value, sought) else None


def is_abbreviation(short: str, whole: str) -> bool:
    """Tell whether a Chinese name is another shortened: two characters or more of it, in order, from its first on."""
    if len(short) < 2 or not is_chinese(short) or not whole.startswith(short[0]):
        return False
    rest = iter(whole)
    return all(char in rest for char in short)


def _bare(value: str) -> str:
    return "".join(char for char in fold(value) if char.isalnum())
