"""The contents of a segment, field by field and column by column, over its container.

Sections of an indexed field F: `F.terms`, `F.terms.offsets`, `F.postings`, `F.postings.offsets`, `F.lengths` where
lengths are kept, and `F.forward`, `F.forward.offsets` where the terms of each document are. Of a column C: `C.numbers`;
or `C.values`, `C.values.offsets`, `C.ordinals`, `C.ordinals.offsets`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.codec import forward
from searchkit.engines.whoosh.codec.container import Container, Writer
from searchkit.engines.whoosh.codec.layout import NONE, CodecError
from searchkit.engines.whoosh.codec.posting_list import List
from searchkit.engines.whoosh.codec.postings import Encoded, Ints, Lists, Shape, decode, decode_docs, list_sizes
from searchkit.engines.whoosh.codec.terms import Terms, packed


@dataclass(slots=True)
class FieldData:
    """An indexed field to write: sorted terms, and the list of each."""

    shape: Shape
    terms: Sequence[bytes]
    """Complete when `postings` has been read to its end."""
    postings: Iterator[Encoded]
    """The lists of the terms in order, a run of terms at a time."""
    lengths: npt.NDArray[np.uint8] | None = None
    forward: Callable[[], Iterable[forward.Encoded]] | None = None
    """Returns the terms of all documents in order, some documents at a time; called when `postings` has been read."""


@dataclass(slots=True)
class KeywordData:
    """A column with several values per document: sorted distinct values, and the values of each document."""

    values: Sequence[bytes]
    ordinals: npt.NDArray[np.uint32]
    offsets: npt.NDArray[np.uint32]


@dataclass(slots=True)
class SegmentData:
    """The input for writing a segment file."""

    doc_count: int
    fields: Iterable[tuple[str, FieldData]] = ()
    """Each is taken when the one before it is written."""
    numbers: Mapping[str, Ints] = field(default_factory=dict)
    keywords: Mapping[str, KeywordData] = field(default_factory=dict)


def write(path: Path, data: SegmentData) -> None:
    """Write a segment file. It is on disk when this returns, and removed on failure."""
    writer = Writer(path, data.doc_count)
    try:
        about: dict[str, object] = {"fields": {}, "numbers": sorted(data.numbers), "keywords": sorted(data.keywords)}
        described: dict[str, object] = {}
        for name, each in data.fields:
            described[name] = _write_field(writer, name, each)
            del each  # releases its terms before the next field's are built
        about["fields"] = described
        for name, numbers in data.numbers.items():
            writer.section(f"{name}.numbers", numbers.astype("<i8"))
        if {"day", "published"} <= data.numbers.keys():
            writer.section("order", _time_order(data.numbers["day"], data.numbers["published"]))
        for name, column in data.keywords.items():
            blob, offsets = packed(column.values)
            writer.section(f"{name}.values", blob)
            writer.section(f"{name}.values.offsets", offsets.astype("<u4"))
            writer.section(f"{name}.ordinals", column.ordinals.astype("<u4"))
            writer.section(f"{name}.ordinals.offsets", column.offsets.astype("<u4"))
        writer.finish(about)
    except BaseException:
        writer.abandon()
        raise


def _time_order(days: Ints, times: Ints) -> npt.NDArray[np.uint32]:
    """Return the documents that have a day, by day, those of one day by time."""
    order = np.lexsort((times, days)).astype("<u4")
    return order[np.count_nonzero(days == NONE) :]


def _write_field(writer: Writer, name: str, each: FieldData) -> dict[str, object]:
    offsets: list[Ints] = [np.zeros(1, np.int64)]
    at = 0

    def encoded() -> Iterator[npt.NDArray[np.uint8]]:
        nonlocal at
        for part, begins in each.postings:
            offsets.append(begins[1:] + at)
            at += len(part)
            yield part

    # All terms are known only when the last list is written: in a merge, some may have no document left.
    writer.stream(f"{name}.postings", encoded())
    all_offsets = np.concatenate(offsets)
    if len(all_offsets) != len(each.terms) + 1:
        raise ValueError(f"{len(each.terms)} terms but {len(all_offsets) - 1} lists in {name}")
    if at >= 1 << 32:
        raise CodecError(f"the postings of {name} take more than 4 GiB; merge fewer segments")
    writer.section(f"{name}.postings.offsets", all_offsets.astype("<u4"))
    blob, term_offsets = packed(each.terms)
    writer.section(f"{name}.terms", blob)
    writer.section(f"{name}.terms.offsets", term_offsets.astype("<u4"))
    if each.lengths is not None:
        writer.section(f"{name}.lengths", each.lengths)
    if each.forward is not None:
        _write_forward(writer, name, each.forward())
    return {"freqs": each.shape.freqs, "positions": each.shape.positions, "terms": len(each.terms)}


def _write_forward(writer: Writer, name: str, parts: Iterable[forward.Encoded]) -> None:
    sizes: list[Ints] = [np.zeros(1, np.int64)]

    def steps() -> Iterator[npt.NDArray[np.uint16]]:
        for found, lengths in parts:
            sizes.append(lengths)
            yield found.astype("<u2")

    writer.stream(f"{name}.forward", steps())
    offsets = np.cumsum(np.concatenate(sizes))
    if int(offsets[-1]) >= 1 << 32:
        raise CodecError(f"the documents have more than {1 << 32:,} terms in {name}; merge fewer segments")
    writer.section(f"{name}.forward.offsets", offsets.astype("<u4"))


class FieldReader:
    """An indexed field of a segment: its terms and their posting lists."""

    def __init__(self, container: Container, name: str, about: Mapping[str, object]) -> None:
        self.shape = Shape(bool(about["freqs"]), bool(about["positions"]))
        self.terms = Terms(container.section(f"{name}.terms"), container.array(f"{name}.terms.offsets", "<u4"))
        self._postings = container.section(f"{name}.postings")
        self._offsets = container.array(f"{name}.postings.offsets", "<u4")
        self._name = f"{container.path}: {name}"
        self.forward: forward.Forward | None = None
        """The terms of each document; None in a file of an older searchkit, and for a field that has none."""
        if f"{name}.forward" in container:
            self.forward = forward.Forward(
                container.array(f"{name}.forward", "<u2"), container.array(f"{name}.forward.offsets", "<u4"),
                container.doc_count, len(self.terms), self._name,
            )  # fmt: skip
        if len(self._offsets) != len(self.terms) + 1 or int(self._offsets[-1]) != len(self._postings):
            raise CodecError(f"{self._name}: the offsets of the postings do not fit them")

    def at(self, i: int) -> List:
        """Return the list of the term with this index."""
        start, end = int(self._offsets[i]), int(self._offsets[i + 1])
        if not start < end <= len(self._postings):
            raise CodecError(f"{self._name}: the posting list of term {i} lies outside its section")
        return List(self._postings[start:end], self.shape)

    def find(self, term: bytes) -> List | None:
        """Return the list of a term; None if there is no such term."""
        i = self.terms.find(term)
        return None if i < 0 else self.at(i)

    def run(self, first: int, last: int) -> Lists:
        """Return the lists of the terms from `first` to `last`, exclusive."""
        offsets = self._offsets[first : last + 1].astype(np.int64)
        return decode(self._postings, offsets, self.shape)

    def sizes(self) -> Ints:
        """Return the size in bytes of each term's list, shape (terms,)."""
        offsets = self._offsets.astype(np.int64)
        found: Ints = offsets[1:] - offsets[:-1]
        return found

    def document_frequencies(self) -> Ints:
        """Return the number of documents of each term, shape (terms,); deleted ones included."""
        return list_sizes(self._postings, self._offsets.astype(np.int64))

    def document_frequency(self, i: int) -> int:
        """Return the number of documents of the term with this index; deleted ones included."""
        return int(list_sizes(self._postings, self._offsets[i : i + 2].astype(np.int64))[0])

    def docs_in_runs(self, first: int, last: int, most: int) -> Iterator[npt.NDArray[np.int32]]:
        """Yield the documents of the lists from `first` to `last`, exclusive, list after list.

        About `most` bytes of lists at a time, which bounds memory; a longer list is yielded alone.
        """
        return (docs for _, docs in self.lists_in_runs(first, last, most))

    def lists_in_runs(self, first: int, last: int, most: int) -> Iterator[tuple[Ints, npt.NDArray[np.int32]]]:
        """Yield the same lists with the places where each begins, shape (lists + 1,), before their documents."""
        while first < last:
            reached = int(self._offsets[first]) + most
            end = first + int(np.searchsorted(self._offsets[first + 1 : last + 1], reached, "right"))
            if end <= first + 1:
                end = first + 1
                docs = self.at(first).docs
                yield np.array([0, len(docs)], np.int64), docs
            else:
                yield decode_docs(self._postings, self._offsets[first : end + 1])
            first = end


class SegmentFile:
    """A segment file, open. Any number of threads may read it at once.

    Raises:
        CodecError: it is not as written.
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._container = Container(path)
        self.path = path
        self.doc_count = self._container.doc_count
        about = self._container.about
        self.field_names: tuple[str, ...] = tuple(about["fields"])
        self.number_names: tuple[str, ...] = tuple(about["numbers"])
        self.keyword_names: tuple[str, ...] = tuple(about["keywords"])
        self._about = about["fields"]
        self._fields: dict[str, FieldReader] = {}

    def field(self, name: str) -> FieldReader | None:
        """Return an indexed field; None if the segment has no field of this name."""
        found = self._fields.get(name)
        if found is None and name in self._about:
            made = FieldReader(self._container, name, self._about[name])
            found = self._fields.setdefault(name, made)
        return found

    def lengths(self, name: str) -> npt.NDArray[np.uint8] | None:
        """Return the length code of each document, shape (doc_count,); None for a field without lengths."""
        section = f"{name}.lengths"
        return self._checked(self._container.section(section), section) if section in self._container else None

    def numbers(self, name: str) -> Ints:
        """Return a column of numbers, shape (doc_count,)."""
        found: Ints = self._checked(self._container.array(f"{name}.numbers", "<i8"), name)
        return found

    def order(self) -> npt.NDArray[np.uint32]:
        """Return the documents that have a day, by day, those of one day by time. Raises: CodecError if missing."""
        found = self._container.array("order", "<u4")
        if len(found) > self.doc_count or (len(found) and int(found.max()) >= self.doc_count):
            raise CodecError(f"{self.path}: order names a document that is not there")
        return found

    def _checked(self, found, name: str):  # type: ignore[no-untyped-def]  # any array, returned as it is
        if len(found) != self.doc_count:
            raise CodecError(f"{self.path}: {name} has {len(found)} entries for {self.doc_count} documents")
        return found

    def keywords(self, name: str) -> Keywords:
        """Return a column of values."""
        return Keywords(self._container, name, self.doc_count)

    @property
    def size(self) -> int:
        """The size of the file in bytes."""
        return self._container.size

    def forget(self) -> None:
        """Release the memory of the pages read. Concurrent readers get them again."""
        self._container.forget()

    def verify(self) -> Iterator[str]:
        """Yield a sentence for each section that is not as written."""
        return self._container.verify()

    def close(self) -> None:
        """Release the file, or let the last array over it do so. Safe to call twice."""
        self._fields.clear()
        self._container.close()


class Keywords:
    """A column of values: `values` sorted; document i has the ordinals from `offsets[i]` to `offsets[i + 1]`."""

    def __init__(self, container: Container, name: str, doc_count: int) -> None:
        self.values = Terms(container.section(f"{name}.values"), container.array(f"{name}.values.offsets", "<u4"))
        self.ordinals = container.array(f"{name}.ordinals", "<u4")
        self.offsets = container.array(f"{name}.ordinals.offsets", "<u4")
        if len(self.offsets) != doc_count + 1 or int(self.offsets[-1]) != len(self.ordinals):
            raise CodecError(f"{container.path}: the offsets of {name} do not fit it")
        if len(self.ordinals) and int(self.ordinals.max()) >= len(self.values):
            raise CodecError(f"{container.path}: {name} names a value that is not there")

    def of(self, doc: int) -> list[bytes]:
        """Return the values of one document."""
        return [self.values[int(i)] for i in self.ordinals[self.offsets[doc] : self.offsets[doc + 1]]]
