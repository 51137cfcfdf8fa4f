"""One segment of the index as arrays, for the evaluator.

`SegmentView` and `Posting` are all that evaluation knows about the storage of a segment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.engines.aggregation import Spellings
from searchkit.model.fields import FieldName

Docs: TypeAlias = npt.NDArray[np.int32]
"""Document numbers of one segment, ascending, none twice."""
Ints: TypeAlias = npt.NDArray[np.int64]


class Frequencies(NamedTuple):
    """The terms that documents of a set have.

    Attributes:
        places: the indices of the terms, ascending.
        counts: the number of documents of the set that have each; 1 or more.
    """

    places: Ints
    counts: Ints


class Members(NamedTuple):
    """The documents of a segment that have reprints, or are such.

    Attributes:
        docs: ascending.
        ids: parallel to `docs`.
        later: those that are not the first of their family.
    """

    docs: Docs
    ids: Sequence[str]
    later: Docs


class Posting(Protocol):
    """One term's documents."""

    docs: Docs

    @property
    def freqs(self) -> npt.NDArray[np.int32]:
        """The frequencies, parallel to `docs`."""
        ...

    def positions(self, which: npt.NDArray[np.int64]) -> tuple[Ints, Ints]:
        """Return the positions in the documents `docs[which]`.

        Returns:
            All positions one after the other, ascending within a document; and for each position its index into
            `which`.
        """
        ...

    def occurrences(self) -> tuple[npt.NDArray[np.int32] | npt.NDArray[np.uint16], npt.NDArray[np.int32]]:
        """Return all positions one after the other, and the bounds of each document's, shape (documents + 1,)."""
        ...


class SegmentView(Protocol):
    """A segment: `doc_count` documents, numbered from 0, deleted ones included. Threads share it."""

    doc_count: int

    def live(self) -> Docs:
        """Return the documents that are not deleted."""
        ...

    def term(self, field: str, text: str) -> Posting | None:
        """Return the live documents that have a term; None if there are none."""
        ...

    def starting(self, field: str, prefix: str) -> list[str]:
        """Return the terms that start with `prefix`, ascending."""
        ...

    def occurrences_starting(self, field: str, prefix: str) -> tuple[Docs, Ints]:
        """Return the live documents and the positions of the terms that start with `prefix`, term after term."""
        ...

    def having_prefix(self, field: str, prefix: str) -> Docs:
        """Return the live documents that have a term that starts with `prefix`."""
        ...

    def has_term(self, field: str, text: str) -> bool:
        """Tell whether any document, deleted ones included, has a term."""
        ...

    def terms_with(self, field: str, parts: Sequence[str], least: int, most: int) -> list[str]:
        """Return the terms of `least` to `most` characters that contain one of `parts`."""
        ...

    def terms_beginning(self, field: str, fits: Callable[[str], bool], least: int, most: int) -> list[str]:
        """Return the terms of `least` to `most` ideographs whose first character fits, ascending.

        A term of other characters that has as many bytes may be among them.
        """
        ...

    def letter_terms(self, field: str) -> Sequence[str]:
        """Return the terms that start with a letter or digit, ascending."""
        ...

    def lengths(self, field: str) -> npt.NDArray[np.uint8]:
        """Return the length code of each document, shape (doc_count,)."""
        ...

    def numbers(self, column: str) -> Ints:
        """Return a column, shape (doc_count,); MISSING if there is no value. Times are seconds since 1970 UTC."""
        ...

    def order(self) -> Docs:
        """Return the documents that have a day, by day, those of one day by time."""
        ...

    def printed(self, column: str, docs: Docs) -> list[list[str]]:
        """Return the printed values of a keyword column, for each of `docs`."""
        ...

    def members(self, families: Mapping[str, str]) -> Members:
        """Return the live documents whose ids are keys of `families`, an object that does not change."""
        ...

    def counts(self, column: FieldName, docs: Docs) -> dict[str, Spellings]:
        """Return the values of `docs`, by their compared form; "" counts the documents without a value."""
        ...

    def document_frequency(self, field: str, text: str) -> int:
        """Return the number of live documents that have a term."""
        ...

    def document_frequencies(self, field: str, sets: Sequence[Docs]) -> list[Frequencies]:
        """Return the document frequencies of the terms of a field within each of `sets`, which are disjoint."""
        ...

    def terms_at(self, field: str, places: Ints) -> Iterator[str]:
        """Yield the terms of a field with these indices, as `document_frequencies` returns them."""
        ...

    def verify(self) -> list[str]:
        """Return a sentence for each problem of the segment's files."""
        ...

    def close(self) -> None:
        """Release the files. Safe to call twice."""
        ...
