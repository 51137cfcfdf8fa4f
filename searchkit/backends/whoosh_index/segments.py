"""One segment of the index as arrays: what the evaluator works on.

`SegmentView` and `Posting` are all that evaluation knows of how a segment is stored. `StockSegment` reads Whoosh's own
codec through Whoosh's reader, a posting at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.analysis.characters import is_letter
from searchkit.backends.whoosh_index.schema import MISSING, NO_TIME, SEPARATOR, to_epoch
from searchkit.ranking import length_code

Docs: TypeAlias = npt.NDArray[np.int32]
"""Document numbers of one segment, ascending, none twice."""
Ints: TypeAlias = npt.NDArray[np.int64]


class Posting(Protocol):
    """One term's documents. `freqs` runs beside `docs`."""

    docs: Docs
    freqs: npt.NDArray[np.int32]

    def positions(self, which: npt.NDArray[np.int64]) -> tuple[Ints, Ints]:
        """Positions in the documents at the places `which` of `docs`.

        Returns:
            All positions one after the other, ascending within a document; and beside each the place in `which` that
            it belongs to.
        """
        ...

    def occurrences(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """All positions one after the other, and where those of each document begin."""
        ...


class SegmentView(Protocol):
    """A segment: `doc_count` documents, numbered from 0, deleted ones included."""

    doc_count: int

    def live(self) -> Docs:
        """The documents that are not deleted."""
        ...

    def term(self, field: str, text: str) -> Posting | None:
        """The live documents that have a term; None if none has."""
        ...

    def starting(self, field: str, prefix: str) -> list[str]:
        """The terms that start with `prefix`, ascending."""
        ...

    def having_prefix(self, field: str, prefix: str) -> Docs:
        """The live documents that have a term that starts with `prefix`."""
        ...

    def letter_terms(self, field: str) -> Sequence[str]:
        """The terms that start with a letter or digit, ascending."""
        ...

    def lengths(self, field: str) -> npt.NDArray[np.uint8]:
        """The length code of each document, shape (doc_count,)."""
        ...

    def numbers(self, column: str) -> Ints:
        """A column, shape (doc_count,); MISSING where a document has no value. Times are seconds since 1970 UTC."""
        ...

    def order(self) -> Docs | None:
        """The documents that have a day, by day, those of one day by time; None where that is not kept."""
        ...

    def printed(self, column: str, docs: Docs) -> list[list[str]]:
        """The printed values of a keyword column, for each of `docs`."""
        ...

    def counts(self, column: str, docs: Docs) -> dict[str, int]:
        """How many of `docs` have each printed value; "" counts those without one."""
        ...

    def verify(self) -> list[str]:
        """What is wrong with the segment's files, a sentence each."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


class StockPosting:
    """A posting list read from Whoosh's codec; positions are unpickled only when asked for."""

    def __init__(self, docs: list[int], freqs: list[float], values: list[bytes], decode: Any) -> None:
        self.docs: Docs = np.array(docs, np.int32)
        self.freqs: npt.NDArray[np.int32] = np.array(freqs, np.int32)
        self._values = values
        self._decode = decode

    def positions(self, which: npt.NDArray[np.int64]) -> tuple[Ints, Ints]:
        flat: list[int] = []
        owners: list[int] = []
        for place, i in enumerate(which.tolist()):
            found = self._decode(self._values[i])
            flat.extend(found)
            owners.extend([place] * len(found))
        return np.array(flat, np.int64), np.array(owners, np.int64)

    def occurrences(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        flat, _ = self.positions(np.arange(len(self.docs)))
        return flat.astype(np.int32), (np.cumsum(self.freqs) - self.freqs).astype(np.int32)


class StockSegment:
    """A segment behind one of Whoosh's own segment readers."""

    def __init__(self, reader: Any) -> None:
        self.reader = reader
        self.doc_count: int = reader.doc_count_all()
        self._terms: dict[tuple[str, str], StockPosting | None] = {}
        self._cache: dict[tuple[str, str], Any] = {}

    def live(self) -> Docs:
        if ("live", "") not in self._cache:
            gone = self.reader.is_deleted
            kept = [doc for doc in range(self.doc_count) if not gone(doc)] if self.reader.has_deletions() else None
            docs = np.arange(self.doc_count, dtype=np.int32) if kept is None else np.array(kept, np.int32)
            self._cache["live", ""] = docs
        found: Docs = self._cache["live", ""]
        return found

    def term(self, field: str, text: str) -> StockPosting | None:
        key = (field, text)
        if key not in self._terms:
            if len(self._terms) > 4096:
                self._terms.clear()
            self._terms[key] = self._read(field, text)
        return self._terms[key]

    def _read(self, field: str, text: str) -> StockPosting | None:
        from whoosh.reading import TermNotFound  # brings asyncio along, 0.1 s that our own segments need not wait for

        try:
            matcher = self.reader.postings(field, text.encode())
        except TermNotFound:
            return None
        docs, freqs, values = [], [], []
        while matcher.is_active():
            docs.append(matcher.id())
            freqs.append(matcher.weight())
            values.append(matcher.value())
            matcher.next()
        decode = getattr(self.reader.schema[field].format, "decode_positions", None)
        return StockPosting(docs, freqs, values, decode) if docs else None

    def starting(self, field: str, prefix: str) -> list[str]:
        found = self.reader.expand_prefix(field, prefix.encode())
        return [term.decode() if isinstance(term, bytes) else term for term in found]

    def having_prefix(self, field: str, prefix: str) -> Docs:
        found = [posting.docs for term in self.starting(field, prefix) if (posting := self.term(field, term))]
        return np.unique(np.concatenate(found)) if found else np.empty(0, np.int32)

    def letter_terms(self, field: str) -> Sequence[str]:
        if ("letters", field) not in self._cache:
            terms = (term.decode() for term in self.reader.lexicon(field))
            self._cache["letters", field] = [term for term in terms if is_letter(term[0])]
        found: Sequence[str] = self._cache["letters", field]
        return found

    def lengths(self, field: str) -> npt.NDArray[np.uint8]:
        if ("lengths", field) not in self._cache:
            length = self.reader.doc_field_length
            codes = [length_code(length(doc, field) or 0) for doc in range(self.doc_count)]
            self._cache["lengths", field] = np.array(codes, np.uint8)
        found: npt.NDArray[np.uint8] = self._cache["lengths", field]
        return found

    def numbers(self, column: str) -> Ints:
        if ("numbers", column) not in self._cache:
            self._cache["numbers", column] = self._numbers(column)
        found: Ints = self._cache["numbers", column]
        return found

    def _numbers(self, column: str) -> Ints:
        if not self.reader.has_column(column):
            return np.full(self.doc_count, MISSING, np.int64)
        reader = self.reader.column_reader(column, translate=False)
        raw = [reader[doc] for doc in range(self.doc_count)]
        if column != "published":
            return np.array(raw, np.int64)
        seconds = [MISSING if value == NO_TIME else to_epoch(value) for value in raw]
        return np.array(seconds, np.int64)

    def order(self) -> Docs | None:
        return None

    def printed(self, column: str, docs: Docs) -> list[list[str]]:
        if not self.reader.has_column(column):
            return [[] for _ in docs]
        if ("printed", column) not in self._cache:
            self._cache["printed", column] = self.reader.column_reader(column, translate=False)
        reader = self._cache["printed", column]
        texts = (reader[int(doc)].decode() for doc in docs)
        return [text.split(SEPARATOR) if text else [] for text in texts]

    def counts(self, column: str, docs: Docs) -> dict[str, int]:
        found: Counter[str] = Counter()
        for values in self.printed(column, docs):
            found.update(values or ("",))
        return dict(found)

    def verify(self) -> list[str]:
        try:
            for _ in self.reader.iter_postings():
                pass
            for column in ("published", "day", "seq"):
                self.numbers(column)
        except Exception as error:  # whatever a damaged file makes Whoosh raise
            return [f"{self.reader}: {type(error).__name__}: {error}"]
        return []

    def close(self) -> None:
        self.reader.close()
