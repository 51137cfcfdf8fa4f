"""A columnar segment as the evaluator sees it: arrays over the mapped file, deleted documents left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from searchkit.analysis.characters import is_letter
from searchkit.analysis.fields import compared
from searchkit.engines.aggregation import Spellings
from searchkit.engines.whoosh.codec.postings import List, spread
from searchkit.engines.whoosh.codec.segment_file import FieldReader, Keywords, SegmentFile
from searchkit.engines.whoosh.columns import epochs
from searchkit.engines.whoosh.read.cache import Cache
from searchkit.engines.whoosh.read.segments import Docs, Ints
from searchkit.model.fields import FIELDS, FieldName

LISTS_HELD = 40 * 1024 * 1024
"""Bytes of posting lists that are kept decoded for the next query, at most."""

FORGET = 8 * 1024 * 1024
"""Bytes of posting lists after whose reading mapped memory is given back."""
_RUN = 1 << 18
"""Bytes of lists that are decoded together."""

_FIRST_IDEOGRAPH, _LAST_IDEOGRAPH = "\u2e80".encode(), "\ua000".encode()


class _Held:
    """A posting list without the deleted documents, kept for the next query in as few bytes as is quick."""

    def __init__(self, whole: List, alive: npt.NDArray[np.bool_] | None, has_positions: bool) -> None:
        kept = None if alive is None else alive.take(whole.docs).nonzero()[0]
        freqs = whole.freqs if kept is None else whole.freqs.take(kept)
        self.docs: Docs = whole.docs if kept is None else whole.docs.take(kept)
        self._bounds = np.zeros(len(freqs) + 1, np.int32)
        np.cumsum(freqs, out=self._bounds[1:])
        self._undecoded: tuple[List, Ints | None] | None = (whole, kept) if has_positions else None
        self._flat: npt.NDArray[np.int32] | npt.NDArray[np.uint16] = np.empty(0, np.uint16)

    @property
    def freqs(self) -> npt.NDArray[np.int32]:
        """Beside `docs`."""
        return self._bounds[1:] - self._bounds[:-1]

    @property
    def nbytes(self) -> int:
        """Bytes that it takes, or those that it took before or will take after decoding."""
        undecoded = 0 if self._undecoded is None else 2 * int(self._bounds[-1]) + self.docs.nbytes
        return self.docs.nbytes + self._bounds.nbytes + self._flat.nbytes + undecoded

    def occurrences(self) -> tuple[npt.NDArray[np.int32] | npt.NDArray[np.uint16], npt.NDArray[np.int32]]:
        """All positions one after the other, decoded the first time; and where those of each document begin and end."""
        if self._undecoded is not None:
            whole, kept = self._undecoded
            flat = whole.all_positions() if kept is None else whole.positions(kept)[0].astype(np.int32)
            narrow = not len(flat) or int(flat.max()) < 1 << 16
            self._flat = flat.astype(np.uint16) if narrow else flat
            self._undecoded = None
        return self._flat, self._bounds

    def positions(self, which: npt.NDArray[np.int64]) -> tuple[Ints, Ints]:
        """See `Posting`."""
        flat, bounds = self.occurrences()
        at = bounds.take(which).astype(np.int64)
        lengths = bounds.take(which + 1) - at
        return (
            flat.take(spread(lengths, at, 1)).astype(np.int64),
            np.repeat(np.arange(len(which), dtype=np.int64), lengths),
        )


@dataclass(frozen=True, slots=True)
class _Spelled:
    """Which values of a column are one value to a condition.

    Attributes:
        first: for each value the first of those that are compared as equal to it, shape (values,).
        folded: is each value its own compared form, shape (values,).
        again: for each entry of the column: has the same document an equal value before it, shape (ordinals,). None if
            no two values are equal.
    """

    first: Ints
    folded: npt.NDArray[np.bool_]
    again: npt.NDArray[np.bool_] | None = None

    @classmethod
    def of(cls, column: Keywords, name: FieldName) -> _Spelled:
        count = len(column.values)
        if FIELDS[name].exact:
            return cls(np.empty(0, np.int64), np.ones(count, bool))
        firsts: dict[str, int] = {}
        first, folded = np.empty(count, np.int64), np.empty(count, bool)
        for i, raw in enumerate(column.values):
            value = raw.decode()
            key = compared(value, name)
            first[i] = firsts.setdefault(key, i)
            folded[i] = key == value
        if len(firsts) == count:
            return cls(first, folded)
        offsets = column.offsets.astype(np.int64)
        owners = np.repeat(np.arange(len(offsets) - 1, dtype=np.int64), offsets[1:] - offsets[:-1])
        keys = owners * count + first.take(column.ordinals)
        order = keys.argsort(kind="stable")
        again = np.zeros(len(keys), bool)
        again[order[1:]] = keys[order[1:]] == keys[order[:-1]]
        return cls(first, folded, again)


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
        self._lists: Cache[tuple[str, str], _Held] = Cache(LISTS_HELD)
        self._read = 0
        self._numbers: dict[str, Ints] = {}
        self._keywords: dict[str, Keywords] = {}
        self._letters: dict[str, list[str]] = {}
        self._spellings: dict[str, _Spelled] = {}

    def live(self) -> Docs:
        """The documents that are not deleted."""
        if self._live is None:
            alive = self._alive
            everything = np.arange(self.doc_count, dtype=np.int32)
            self._live = everything if alive is None else everything[alive]
        return self._live

    def term(self, field: str, text: str) -> _Held | None:
        """The live documents that have a term; None if none has."""
        key = (field, text)
        found = self._lists.get(key)
        if found is not None:
            return found if len(found.docs) else None
        reader = self.file.field(field)
        whole = reader.find(text.encode("utf-8", "replace")) if reader is not None else None
        if whole is None:
            return None
        assert reader is not None
        self._read += whole.nbytes
        if self._read > FORGET:
            # What is mapped counts as this process's memory as long as it is not given back.
            self.file.forget()
            self._read = 0
        found = _Held(whole, self._alive, reader.shape.positions)
        if reader.shape.positions or not reader.shape.freqs:
            self._lists.put(key, found)  # of the rest, the evaluator keeps the impacts and does not come again
        return found if len(found.docs) else None

    def _reader(self, field: str) -> FieldReader | None:
        return self.file.field(field)

    def starting(self, field: str, prefix: str) -> list[str]:
        """The terms that start with `prefix`, ascending."""
        reader = self._reader(field)
        if reader is None:
            return []
        return [reader.terms[i].decode() for i in reader.terms.starting(prefix.encode("utf-8", "replace"))]

    def having_prefix(self, field: str, prefix: str) -> Docs:
        """The live documents that have a term that starts with `prefix`."""
        reader = self._reader(field)
        mask = np.zeros(self.doc_count, bool)
        if reader is not None:
            chosen = reader.terms.starting(prefix.encode("utf-8", "replace"))
            for docs in reader.docs_in_runs(chosen.start, chosen.stop, _RUN):
                mask[docs] = True
            self.file.forget()
        if self._alive is not None:
            mask &= self._alive
        return np.flatnonzero(mask).astype(np.int32)

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

    def order(self) -> Docs:
        """The documents that have a day, by day, those of one day by time."""
        return self.file.order().view(np.int32)

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

    def counts(self, column: FieldName, docs: Docs) -> dict[str, Spellings]:
        """Return the values that `docs` have, by their compared form; "" counts those without one."""
        found = self._column(column)
        offsets = found.offsets.astype(np.int64)
        sizes = np.diff(offsets)
        chosen = np.zeros(self.doc_count, bool)
        chosen[docs] = True
        entries = np.repeat(chosen, sizes)
        counts = np.bincount(found.ordinals[entries], minlength=len(found.values))
        used = counts.nonzero()[0]
        spelled = self._spelled(column)
        totals = counts
        if spelled.again is not None:
            firsts = spelled.first.take(found.ordinals[entries & ~spelled.again])
            totals = np.bincount(firsts, minlength=len(counts)).take(spelled.first)
        result: dict[str, Spellings] = {}
        columns = (counts.take(used).tolist(), totals.take(used).tolist(), spelled.folded.take(used).tolist())
        for value, count, total, folded in zip(found.values.take(used), *columns, strict=True):
            key = value if folded else compared(value, column)
            if key in result:
                result[key] = Spellings(total, (*result[key].printed, (value, count)))
            else:
                result[key] = Spellings(total, ((value, count),))
        without = int(np.count_nonzero(sizes[docs] == 0))
        return {**result, "": Spellings(without, (("", without),))} if without else result

    def _spelled(self, column: FieldName) -> _Spelled:
        if column not in self._spellings:
            self._spellings[column] = _Spelled.of(self._column(column), column)
        return self._spellings[column]

    def verify(self) -> list[str]:
        """A sentence for each part of the file that is not what was written."""
        return list(self.file.verify())

    def close(self) -> None:
        """Let go of the file."""
        self._lists.clear()
        self._numbers.clear()
        self._keywords.clear()
        self._spellings.clear()
        self.file.close()
