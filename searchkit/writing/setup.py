"""What an index is set up with: the user dictionary, the segmenter that has it, and the fingerprint of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from searchkit.analysis.segment import Segmenter, UserDictionary
from searchkit.engines.index import Index

DICTIONARY = "dictionary"
"""Setting of the record and of the index: the dictionary, and its digest."""


class Setup:
    """An index and the settings it is made with. Replaced as a whole, so that no thread sees half of a change.

    Attributes:
        noted: the settings of the record that it was made from; the dictionary and the previous one.
    """

    def __init__(
        self,
        noted: tuple[str, str | None],
        dictionary: UserDictionary,
        fingerprint: Mapping[str, str],
        segmenter: Segmenter,
        index: Index,
    ) -> None:
        self.noted = noted
        self.dictionary = dictionary
        self.fingerprint = fingerprint
        self.segmenter = segmenter
        self.index = index


class Lazy:
    """A segmenter that is loaded at its first cut."""

    def __init__(self, make: Callable[[], Segmenter]) -> None:
        self._make = make
        self._made: Segmenter | None = None

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            self._made = self._make()
        return getattr(self._made, name)


def made_with_dictionary(index: Index) -> str | None:
    """Return the digest of the dictionary that an index declares; None for a new index."""
    return index.settings.get(DICTIONARY)
