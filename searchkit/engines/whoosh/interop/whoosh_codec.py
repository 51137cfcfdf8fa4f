"""The codec as Whoosh sees it: `whoosh.index.open_dir` opens our index, and Whoosh's own searcher works on it.

This is the slow path, through Python objects as Whoosh expects them; searchkit's own evaluator reads the arrays
directly. The class paths of `ColumnarSegment` and `ColumnarCodec` are in every TOC, so they cannot be renamed; a test
pins them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.base import Automata, Codec, PerDocumentReader, Segment, TermsReader
from whoosh.columns import ColumnReader
from whoosh.matching import ListMatcher
from whoosh.util.numeric import byte_to_length

from searchkit.engines.whoosh.codec.layout import EXTENSION
from searchkit.engines.whoosh.codec.posting_list import List
from searchkit.engines.whoosh.codec.segment_file import SegmentFile

MISSING = -(2**62)
SEPARATOR = b"\x1f"


class ColumnarSegment(Segment):  # type: ignore[misc]  # Whoosh is untyped
    """The entry of one segment in the TOC; its pickled state is only text and numbers."""

    def __init__(self, indexname: str, doc_count: int = 0) -> None:
        super().__init__(indexname)
        self._doc_count = doc_count
        self._deleted: set[int] = set()

    @classmethod
    def of(cls, indexname: str, id: str, doc_count: int, deleted: frozenset[int]) -> ColumnarSegment:
        """Return the entry of an existing segment."""
        made = cls(indexname, doc_count)
        made.segid = id
        made._deleted = set(deleted)
        return made

    def codec(self) -> ColumnarCodec:
        return ColumnarCodec()

    def path_in(self, folder: str | Path) -> Path:
        """Return the path of the segment's file."""
        return Path(folder, str(self.make_filename(EXTENSION)))

    def doc_count_all(self) -> int:
        return self._doc_count

    def doc_count(self) -> int:
        return self._doc_count - len(self._deleted)

    def set_doc_count(self, doccount: int) -> None:
        self._doc_count = doccount

    def has_deletions(self) -> bool:
        return bool(self._deleted)

    def deleted_count(self) -> int:
        return len(self._deleted)

    def deleted_docs(self) -> frozenset[int]:
        return frozenset(self._deleted)

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        if delete:
            self._deleted.add(docnum)
        else:
            self._deleted.discard(docnum)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted

    def should_assemble(self) -> bool:
        return False


class ColumnarCodec(Codec):  # type: ignore[misc]
    """A codec that reads segments. `segment_file.write` writes them, not Whoosh's writers."""

    def terms_reader(self, storage: Any, segment: ColumnarSegment) -> ColumnarTerms:
        return ColumnarTerms(SegmentFile(segment.path_in(storage.folder)))

    def per_document_reader(self, storage: Any, segment: ColumnarSegment) -> ColumnarDocuments:
        return ColumnarDocuments(SegmentFile(segment.path_in(storage.folder)), segment)

    def automata(self, storage: Any, segment: ColumnarSegment) -> Automata:
        return Automata()

    def new_segment(self, storage: Any, indexname: str) -> ColumnarSegment:
        return ColumnarSegment(indexname)


class ColumnarTerms(TermsReader):  # type: ignore[misc]
    """Terms and matchers."""

    def __init__(self, file: SegmentFile) -> None:
        self._file = file

    def _list(self, fieldname: str, text: bytes) -> List | None:
        field = self._file.field(fieldname)
        return None if field is None else field.find(text)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        field = self._file.field(term[0])
        return field is not None and field.terms.find(term[1]) >= 0

    def indexed_field_names(self) -> list[str]:
        return list(self._file.field_names)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for name in sorted(self._file.field_names):
            yield from self.terms_from(name, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        field = self._file.field(fieldname)
        if field is not None:
            for i in range(field.terms.at_least(prefix), len(field.terms)):
                yield fieldname, field.terms[i]

    def items(self) -> Iterator[tuple[tuple[str, bytes], Any]]:
        for name, text in self.terms():
            yield (name, text), self.term_info(name, text)

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], Any]]:
        for name, text in self.terms_from(fieldname, prefix):
            yield (name, text), self.term_info(name, text)

    def term_info(self, fieldname: str, text: bytes) -> Any:
        from whoosh.reading import TermInfo, TermNotFound  # as in `segments`: not before Whoosh's own searcher asks

        found = self._list(fieldname, text)
        if found is None:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        codes = self._file.lengths(fieldname)
        lengths = [byte_to_length(int(code)) for code in (codes[found.docs] if codes is not None else [0])]
        return TermInfo(
            weight=float(found.freqs.sum()),
            df=len(found.docs),
            minlength=min(lengths),
            maxlength=max(lengths),
            maxweight=float(found.freqs.max()),
            minid=int(found.docs[0]),
            maxid=int(found.docs[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        return float(self.term_info(fieldname, text).weight())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        found = self._list(fieldname, text)
        return 0 if found is None else found.count

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        terminfo = self.term_info(fieldname, text)
        found = self._list(fieldname, text)
        field = self._file.field(fieldname)
        assert field is not None and found is not None
        if field.shape.positions:
            flat, owners = found.positions(np.arange(len(found.docs)))
            bounds = np.searchsorted(owners, np.arange(len(found.docs) + 1))
            values = [format_.encode(flat[a:b].tolist()) for a, b in pairwise(bounds.tolist())]
        elif field.shape.freqs:
            values = [int(freq).to_bytes(4, "big") for freq in found.freqs]
        else:
            values = [b""] * len(found.docs)
        return _Matcher(
            found.docs.tolist(),
            weights=[float(freq) for freq in found.freqs],
            values=values,
            format=format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=terminfo,
        )

    def close(self) -> None:
        self._file.close()


class _Matcher(ListMatcher):  # type: ignore[misc]
    """A list matcher that also provides the length bounds for BM25F's quality estimate."""

    def block_min_length(self) -> int:
        return int(self._terminfo.min_length())

    def block_max_length(self) -> int:
        return int(self._terminfo.max_length())

    def block_max_weight(self) -> float:
        return float(self._terminfo.max_weight())

    def copy(self) -> _Matcher:
        return _Matcher(
            self._ids, self._weights, self._values, self._format, self._scorer, self._i, self._all_weights, self._term,
            self._terminfo,
        )  # fmt: skip


class ColumnarDocuments(PerDocumentReader):  # type: ignore[misc]
    """Lengths, columns and deletions."""

    def __init__(self, file: SegmentFile, segment: ColumnarSegment) -> None:
        self._file = file
        self._segment = segment
        self.is_closed = False

    def close(self) -> None:
        self._file.close()
        self.is_closed = True

    def doc_count(self) -> int:
        return self._segment.doc_count()

    def doc_count_all(self) -> int:
        return self._file.doc_count

    def has_deletions(self) -> bool:
        return self._segment.has_deletions()

    def is_deleted(self, docnum: int) -> bool:
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> frozenset[int]:
        return self._segment.deleted_docs()

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        return fieldname in self._file.number_names or fieldname in self._file.keyword_names

    def list_columns(self) -> list[str]:
        return [*self._file.number_names, *self._file.keyword_names]

    def column_reader(self, fieldname: str, column: Any) -> ColumnReader:
        if fieldname in self._file.number_names:
            return _Numbers(self._file, fieldname, column.default_value())
        return _Values(self._file, fieldname)

    def _codes(self, fieldname: str) -> Any:
        codes = self._file.lengths(fieldname)
        return np.zeros(0, np.uint8) if codes is None else codes

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        codes = self._codes(fieldname)
        return int(byte_to_length(int(codes[docnum]))) if len(codes) else default

    def field_length(self, fieldname: str) -> int:
        return sum(byte_to_length(int(code)) for code in self._codes(fieldname))

    def min_field_length(self, fieldname: str) -> int:
        codes = self._codes(fieldname)
        return int(byte_to_length(int(codes.min()))) if len(codes) else 0

    def max_field_length(self, fieldname: str) -> int:
        codes = self._codes(fieldname)
        return int(byte_to_length(int(codes.max()))) if len(codes) else 0

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        return False

    def stored_fields(self, docnum: int) -> dict[str, str]:
        return {"id": SEPARATOR.join(self._file.keywords("id").of(docnum)).decode()} if self.has_column("id") else {}

    def all_stored_fields(self) -> Iterator[dict[str, str]]:
        return (self.stored_fields(doc) for doc in self.all_doc_ids())


class _Numbers(ColumnReader):  # type: ignore[misc]
    def __init__(self, file: SegmentFile, name: str, default: int) -> None:
        self._numbers = file.numbers(name)
        self._default = default

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, docnum: int) -> int:
        value = int(self._numbers[docnum])
        return self._default if value == MISSING else value

    def __iter__(self) -> Iterator[int]:
        return (self[doc] for doc in range(len(self)))

    def sort_key(self, docnum: int) -> int:
        return self[docnum]

    def load(self) -> list[int]:
        return list(self)


class _Values(ColumnReader):  # type: ignore[misc]
    def __init__(self, file: SegmentFile, name: str) -> None:
        self._column = file.keywords(name)

    def __len__(self) -> int:
        return len(self._column.offsets) - 1

    def __getitem__(self, docnum: int) -> bytes:
        return SEPARATOR.join(self._column.of(docnum))

    def __iter__(self) -> Iterator[bytes]:
        return (self[doc] for doc in range(len(self)))

    def sort_key(self, docnum: int) -> bytes:
        return self[docnum]

    def load(self) -> list[bytes]:
        return list(self)
