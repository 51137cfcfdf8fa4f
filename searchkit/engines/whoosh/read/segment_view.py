"""A columnar segment as the evaluator sees it: arrays over the mapped file, without deleted documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchkit.analysis.characters import is_letter
from searchkit.analysis.fields import compared
from searchkit.deadline import check
from searchkit.engines.aggregation import Spellings
from searchkit.engines.whoosh.codec.layout import CodecError
from searchkit.engines.whoosh.codec.segment_file import FieldReader, Keywords, SegmentFile
from searchkit.engines.whoosh.columns import epochs
from searchkit.engines.whoosh.read.cache import Cache, computed
from searchkit.engines.whoosh.read.frequencies import FieldFrequencies
from searchkit.engines.whoosh.read.held import Held, Reads
from searchkit.engines.whoosh.read.segments import Docs, Frequencies, Ints, Members
from searchkit.model.fields import FIELDS, FieldName

LISTS_HELD = 40 * 1024 * 1024
"""Bytes of decoded posting lists kept for the next query, at most."""

_RUN = 1 << 18
"""Bytes of lists decoded together."""

_LEAST = 8
"""Bytes that a document takes in its file, at least, for its columns of numbers. So a forged file cannot make us
allocate much more for its documents than its own size."""

_FIRST_IDEOGRAPH, _LAST_IDEOGRAPH = "\u3400".encode(), "\ua000".encode()


class _Spelled(NamedTuple):
    """Which values of a column a condition treats as equal.

    Attributes:
        first: for each value the first value that compares equal to it, shape (values,).
        folded: whether each value is its own compared form, shape (values,).
        again: for each entry of the column whether the same document has an equal value before it, shape (ordinals,).
            None if no two values are equal.
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
    """A `SegmentView` over a segment file, for any number of threads.

    Raises:
        CodecError: the file is not as written.
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path, deleted: frozenset[int]) -> None:
        self.file = SegmentFile(path)
        self.doc_count = self.file.doc_count
        if self.doc_count * _LEAST > self.file.size:
            self.file.close()
            raise CodecError(f"{path}: {self.doc_count} documents in {self.file.size} bytes")
        self._deleted = deleted
        self._alive: npt.NDArray[np.bool_] | None = None
        if deleted:
            self._alive = np.ones(self.doc_count, bool)
            self._alive[sorted(deleted)] = False
        self._lists: Cache[tuple[str, str], Held] = Cache(LISTS_HELD)
        self._reads = Reads(self.file)
        self._numbers: dict[str, Ints] = {}
        self._keywords: dict[str, Keywords] = {}
        self._letters: dict[str, list[str]] = {}
        self._counting: dict[str, FieldFrequencies] = {}
        self._members: tuple[Mapping[str, str], Members] | None = None
        self._spellings: dict[str, _Spelled] = {}

    @computed
    def _live(self) -> Docs:
        everything = np.arange(self.doc_count, dtype=np.int32)
        return everything if self._alive is None else everything[self._alive]

    def live(self) -> Docs:
        """Return the documents that are not deleted."""
        return self._live

    def term(self, field: str, text: str) -> Held | None:
        """Return the live documents that have a term; None if there are none."""
        key = (field, text)
        found = self._lists.get(key)
        if found is not None:
            return found if found.count else None
        reader = self.file.field(field)
        at = reader.terms.find(text.encode("utf-8", "replace")) if reader is not None else -1
        if reader is None or at < 0:
            return None
        found = Held(reader, at, self._reads, self.doc_count, self._alive, self._lists.recount(key))
        if reader.shape.positions or not reader.shape.freqs:
            self._lists.put(key, found)  # of others the evaluator keeps the impacts and does not ask again
        return found if found.count else None

    def _reader(self, field: str) -> FieldReader | None:
        return self.file.field(field)

    def starting(self, field: str, prefix: str) -> list[str]:
        """Return the terms that start with `prefix`, ascending."""
        reader = self._reader(field)
        if reader is None:
            return []
        return [reader.terms[i].decode() for i in reader.terms.starting(prefix.encode("utf-8", "replace"))]

    def occurrences_starting(self, field: str, prefix: str) -> tuple[Docs, Ints]:
        """Return the live documents and the positions of the terms that start with `prefix`, term after term."""
        reader = self._reader(field)
        chosen = reader.terms.starting(prefix.encode("utf-8", "replace")) if reader is not None else range(0)
        if reader is None or not chosen:
            return np.empty(0, np.int32), np.empty(0, np.int64)
        lists = reader.run(chosen.start, chosen.stop)
        self.file.forget()
        assert lists.freqs is not None and lists.positions is not None
        docs, positions = np.repeat(lists.docs, lists.freqs), lists.positions.astype(np.int64)
        kept = slice(None) if self._alive is None else self._alive.take(docs)
        return docs[kept], positions[kept]

    def having_prefix(self, field: str, prefix: str) -> Docs:
        """Return the live documents that have a term that starts with `prefix`."""
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

    def has_term(self, field: str, text: str) -> bool:
        """Tell whether any document, deleted ones included, has a term."""
        reader = self._reader(field)
        return reader is not None and reader.terms.find(text.encode("utf-8", "replace")) >= 0

    def terms_with(self, field: str, parts: Sequence[str], least: int, most: int) -> list[str]:
        """Return the terms of `least` to `most` characters that contain one of `parts`."""
        reader = self._reader(field)
        if reader is None:
            return []
        found: dict[str, None] = {}
        for part in parts:
            check()
            places = reader.terms.containing(part.encode("utf-8", "replace")) if part else np.arange(len(reader.terms))
            sizes = reader.terms.lengths(places)
            # A character has up to four bytes.
            terms = reader.terms.take(places[(sizes >= least) & (sizes <= 4 * most)])
            found.update(dict.fromkeys(term for term in terms if least <= len(term) <= most))
        self.file.forget()
        return list(found)

    def terms_beginning(self, field: str, fits: Callable[[str], bool], least: int, most: int) -> list[str]:
        """See `SegmentView`."""
        reader = self._reader(field)
        if reader is None:
            return []
        places = np.arange(len(reader.terms))
        sizes = reader.terms.lengths(places)
        places = places[(sizes >= 3 * least) & (sizes <= 4 * most)]
        wanted = [places[a:b] for char, a, b in reader.terms.first_characters(places) if fits(char)]
        found = [term for each in wanted for term in reader.terms.take(each) if least <= len(term) <= most]
        self.file.forget()
        return found

    def document_frequency(self, field: str, text: str) -> int:
        """See `SegmentView`. Of a segment without deletions only the head of the list is read."""
        reader = self._reader(field)
        at = reader.terms.find(text.encode("utf-8", "replace")) if reader is not None else -1
        if reader is None or at < 0:
            return 0
        if self._alive is None:
            return reader.document_frequency(at)
        return int(np.count_nonzero(self._alive.take(reader.at(at).docs)))

    def document_frequencies(self, field: str, sets: Sequence[Docs]) -> list[Frequencies]:
        """See `SegmentView`."""
        counting = self._counting.get(field)
        if counting is None:
            reader = self._reader(field)
            if reader is None:
                return [Frequencies(np.empty(0, np.int64), np.empty(0, np.int64)) for _ in sets]
            made = FieldFrequencies(reader, self.doc_count, self.live())
            counting = self._counting.setdefault(field, made)
        found = counting.within(sets)
        self.file.forget()
        return found

    def terms_at(self, field: str, places: Ints) -> Iterator[str]:
        """See `SegmentView`."""
        reader = self._reader(field)
        return reader.terms.take(places) if reader is not None else iter(())

    def letter_terms(self, field: str) -> Sequence[str]:
        """Return the terms that start with a letter or digit, ascending."""
        held = self._letters.get(field)
        if held is None:
            reader = self._reader(field)
            found: list[str] = []
            if reader is not None:
                # Between lie only ideographs: by far the most terms, none of them letters.
                ranges = (
                    range(reader.terms.at_least(_FIRST_IDEOGRAPH)),
                    range(reader.terms.at_least(_LAST_IDEOGRAPH), len(reader.terms)),
                )
                terms = (reader.terms[i].decode() for each in ranges for i in each)
                found = [term for term in terms if is_letter(term[0])]
            held = self._letters.setdefault(field, found)
        return held

    def lengths(self, field: str) -> npt.NDArray[np.uint8]:
        """Return the length code of each document."""
        found = self.file.lengths(field)
        return np.zeros(self.doc_count, np.uint8) if found is None else found

    def numbers(self, column: str) -> Ints:
        """Return a column; MISSING where a document has no value, times as seconds since 1970 UTC."""
        held = self._numbers.get(column)
        if held is None:
            raw = self.file.numbers(column)
            held = self._numbers.setdefault(column, epochs(raw) if column == "published" else raw)
        return held

    def order(self) -> Docs:
        """Return the documents that have a day, by day, those of one day by time."""
        return self.file.order().view(np.int32)

    def _column(self, column: str) -> Keywords:
        held = self._keywords.get(column)
        if held is None:
            held = self._keywords.setdefault(column, self.file.keywords(column))
        return held

    def printed(self, column: str, docs: Docs) -> list[list[str]]:
        """Return the printed values of a keyword column, for each of `docs`."""
        found = self._column(column)
        values, offsets, ordinals = found.values, found.offsets, found.ordinals
        shown = []
        for start, end in zip(offsets[docs].tolist(), offsets[docs + 1].tolist(), strict=True):
            if end - start == 1:
                shown.append([values[ordinals[start]].decode()])
            else:
                shown.append([values[i].decode() for i in ordinals[start:end].tolist()])
        return shown

    def members(self, families: Mapping[str, str]) -> Members:
        """See `SegmentView`. Kept for the next question with the same families."""
        held = self._members
        if held is not None and held[0] is families:
            return held[1]
        column, live = self._column("id"), self._live
        wanted = {id.encode() for id in families}
        ordinals = column.ordinals.take(column.offsets.take(live)).astype(np.int64)
        is_wanted = np.fromiter(map(wanted.__contains__, column.values), bool, len(column.values)).take(ordinals)
        ids = list(column.values.take(ordinals[is_wanted]))
        is_later = np.fromiter((families[id] != id for id in ids), bool, len(ids))
        found = Members(live[is_wanted], ids, live[is_wanted][is_later])
        self._members = (families, found)
        return found

    def counts(self, column: FieldName, docs: Docs) -> dict[str, Spellings]:
        """Return the values of `docs`, by their compared form; "" counts the documents without a value."""
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
        """Return a sentence for each part of the file that is not as written."""
        return list(self.file.verify())

    def close(self) -> None:
        """Release the file."""
        self._lists.clear()
        self._numbers.clear()
        self._keywords.clear()
        self._counting.clear()
        self._members = None
        self._spellings.clear()
        self.file.close()
