"""A columnar segment as the evaluator sees it: arrays over the mapped file, deleted documents left out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from searchkit.analysis.characters import is_letter
from searchkit.backends.whoosh_index.codec.postings import List
from searchkit.backends.whoosh_index.codec.segment_file import FieldReader, Keywords, SegmentFile
from searchkit.backends.whoosh_index.schema import epochs
from searchkit.backends.whoosh_index.segments import Docs, Ints, Posting

_HELD = 1 << 22
"""Postings that are kept decoded for the next query, at most; about 32 MB."""

_FIRST_IDEOGRAPH, _LAST_IDEOGRAPH = "\u2e80".encode(), "\ua000".encode()


class _Live:
    """A posting list without the deleted documents."""

    def __init__(self, whole: List, alive: npt.NDArray[np.bool_]) -> None:
        self._whole = whole
        self._kept = np.flatnonzero(alive[whole.docs])
        self.docs: Docs = whole.docs[self._kept]
        self.freqs: npt.NDArray[np.int32] = whole.freqs[self._kept]

    def positions(self, which: npt.NDArray[np.int64]) -> tuple[Ints, Ints]:
        """As of the whole list."""
        return self._whole.positions(self._kept[which])


class ColumnarView:
    """A `SegmentView` over a segment file."""

    def __init__(self, path: Path, deleted: frozenset[int]) -> None:
        self.file = SegmentFile(path)
        self.doc_count = self.file.doc_count
        self._deleted = deleted
        self._alive: npt.NDArray[np.bool_] | None = None
        if deleted:
            self._alive = np.ones(self.doc_count, bool)
            self._alive[sorted(deleted)] = False
        self._live: Docs | None = None
        self._terms: OrderedDict[tuple[str, str], Posting | None] = OrderedDict()
        self._held = 0
        self._numbers: dict[str, Ints] = {}
        self._keywords: dict[str, Keywords] = {}
        self._letters: dict[str, list[str]] = {}

    def live(self) -> Docs:
        """The documents that are not deleted."""
        if self._live is None:
            alive = self._alive
            everything = np.arange(self.doc_count, dtype=np.int32)
            self._live = everything if alive is None else everything[alive]
        return self._live

    def term(self, field: str, text: str) -> Posting | None:
        """The live documents that have a term; None if none has."""
        key = (field, text)
        if key in self._terms:
            self._terms.move_to_end(key)
            return self._terms[key]
        found = self._read(field, text)
        self._terms[key] = found
        self._held += 1 if found is None else len(found.docs)
        while self._held > _HELD and len(self._terms) > 1:
            _, dropped = self._terms.popitem(last=False)
            self._held -= 1 if dropped is None else len(dropped.docs)
        return found

    def _read(self, field: str, text: str) -> Posting | None:
        reader = self.file.field(field)
        whole = reader.find(text.encode("utf-8", "replace")) if reader is not None else None
        if whole is None or self._alive is None:
            return whole
        living = _Live(whole, self._alive)
        return living if len(living.docs) else None

    def _reader(self, field: str) -> FieldReader | None:
        return self.file.field(field)

    def starting(self, field: str, prefix: str) -> list[str]:
        """The terms that start with `prefix`, ascending."""
        reader = self._reader(field)
        if reader is None:
            return []
        return [reader.terms[i].decode() for i in reader.terms.starting(prefix.encode("utf-8", "replace"))]

    def letter_terms(self, field: str) -> Sequence[str]:
        """The terms that start with a letter or digit, ascending."""
        if field not in self._letters:
            reader = self._reader(field)
            found: list[str] = []
            if reader is not None:
                # Between lie only ideographs and their punctuation: by far the most terms, none of them letters.
                ranges = (
                    range(reader.terms.at_least(_FIRST_IDEOGRAPH)),
                    range(reader.terms.at_least(_LAST_IDEOGRAPH), len(reader.terms)),
                )
                terms = (reader.terms[i].decode() for each in ranges for i in each)
                found = [term for term in terms if is_letter(term[0])]
            self._letters[field] = found
        return self._letters[field]

    def lengths(self, field: str) -> npt.NDArray[np.uint8]:
        """The length code of each document."""
        found = self.file.lengths(field)
        return np.zeros(self.doc_count, np.uint8) if found is None else found

    def numbers(self, column: str) -> Ints:
        """A column; MISSING where a document has no value, times as seconds since 1970 UTC."""
        if column not in self._numbers:
            raw = self.file.numbers(column)
            self._numbers[column] = epochs(raw) if column == "published" else raw
        return self._numbers[column]

    def _column(self, column: str) -> Keywords:
        if column not in self._keywords:
            self._keywords[column] = self.file.keywords(column)
        return self._keywords[column]

    def printed(self, column: str, docs: Docs) -> list[list[str]]:
        """The printed values of a keyword column, for each of `docs`."""
        found = self._column(column)
        values, offsets, ordinals = found.values, found.offsets, found.ordinals
        shown = []
        for start, end in zip(offsets[docs].tolist(), offsets[docs + 1].tolist(), strict=True):
            if end - start == 1:
                shown.append([values[ordinals[start]].decode()])
            else:
                shown.append([values[i].decode() for i in ordinals[start:end].tolist()])
        return shown

    def counts(self, column: str, docs: Docs) -> dict[str, int]:
        """How many of `docs` have each printed value; "" counts those without one."""
        found = self._column(column)
        offsets = found.offsets.astype(np.int64)
        sizes = np.diff(offsets)[docs]
        chosen = np.zeros(self.doc_count, bool)
        chosen[docs] = True
        ordinals = found.ordinals[np.repeat(chosen, np.diff(offsets))]
        counts = np.bincount(ordinals, minlength=len(found.values))
        result = {found.values[int(i)].decode(): int(counts[i]) for i in np.flatnonzero(counts)}
        without = int(np.count_nonzero(sizes == 0))
        return {**result, "": without} if without else result

    def verify(self) -> list[str]:
        """A sentence for each part of the file that is not what was written."""
        return list(self.file.verify())

    def close(self) -> None:
        """Let go of the file."""
        self._terms.clear()
        self._numbers.clear()
        self._keywords.clear()
        self.file.close()
