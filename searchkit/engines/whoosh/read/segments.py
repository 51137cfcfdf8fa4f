"""One segment of the index as arrays, for the evaluator.

`SegmentView` and `Posting` are all that evaluation knows about the storage of a segment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.engines.aggregation import Spellings
from searchkit.model.fields import FieldName

if TYPE_CHECKING:
    from searchkit.engines.whoosh.read.docsets import DocSet

SMALL = 1 << 15
"""In segments up to this size, terms are decoded whole: all terms of many queries fit into the caches."""
SHORT = 1 << 13
"""Lists of up to so many documents are decoded whole: that takes no longer than looking up a few."""
LONG = 1 << 14
OFTEN = 12
"""Longer lists, up to LONG, are decoded whole when they have been looked into so many times."""

Docs: TypeAlias = npt.NDArray[np.int32]
"""Document numbers of one segment, ascending, none twice."""
Ints: TypeAlias = npt.NDArray[np.int64]
Positions: TypeAlias = npt.NDArray[np.int64] | npt.NDArray[np.int32] | npt.NDArray[np.uint16]


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
    """One term's documents. What is decoded is kept; so ask for what is needed, and no more."""

    @property
    def count(self) -> int:
        """The number of documents."""
        ...

    @property
    def nbytes(self) -> int:
        """The bytes of what is kept."""
        ...

    @property
    def having(self) -> DocSet:
        """The documents."""
        ...

    @property
    def docs(self) -> Docs:
        """The documents."""
        ...

    @property
    def is_decoded(self) -> bool:
        """Whether `having` is there already."""
        ...

    def is_looked_up(self) -> bool:
        """Tell whether a few documents are better looked up one by one than by decoding all; remember the question."""
        ...

    def common(self, docs: Docs) -> tuple[Ints, Ints]:
        """Return the indices of the common documents, in ascending `docs` and among those of the term."""
        ...

    def decoded(self) -> tuple[Docs, npt.NDArray[np.int32]]:
        """Return all documents and the frequency in each; they are not kept."""
        ...

    def freqs_of(self, which: Ints) -> npt.NDArray[np.int32]:
        """Return the frequencies in the documents `docs[which]`."""
        ...

    def positions(self, which: Ints) -> tuple[Ints, Ints]:
        """Return the positions in the documents `docs[which]`.

        Returns:
            All positions one after the other, ascending within a document; and for each position its index into
            `which`.
        """
        ...

    def spans(self, which: Ints) -> tuple[Positions, Ints, Ints]:
        """Return an array with the positions in the documents `docs[which]`, and where those of each begin and end."""
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
