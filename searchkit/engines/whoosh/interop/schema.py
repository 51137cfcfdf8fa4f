"""The Whoosh schema of the index, and the conversion of values for it.

The class paths in this module are written into every index (a Whoosh TOC pickles its schema), so renaming them needs a
new format; a test pins them.

| field | terms | for |
| --- | --- | --- |
| words | jieba, search mode, with frequencies | relevance, matches as separate words |
| grams | character pairs, runs of letters, each with its offset | exact phrases |
| title | as grams, of the title alone | `title:` |
| starts | `sentence` and `paragraph`, each with the offsets in grams where one begins | `SENT`, `PARA`, wildcards |
| id, source, author, … | the values as compared | `source:` etc.; a column of printed values for facets |
| published, day, seq | none | columns: UTC time, ordinal of the local day, sequence number in the record |
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

from whoosh.analysis import Token, Tokenizer
from whoosh.columns import NumericColumn, VarBytesColumn
from whoosh.fields import DATETIME, FieldType, Schema
from whoosh.formats import Existence, Frequency, Positions

from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import Segmenter, segmenter
from searchkit.analysis.terms import grams, words
from searchkit.engines.whoosh.columns import MISSING
from searchkit.model.fields import FIELDS

FIELD_GAP = 2000
"""Positions between the end of one copy of the title and the following text: more than NEAR reaches."""

SEPARATOR = "\x1f"
"""The separator of an article's values in a column."""


class JiebaTokenizer(Tokenizer):  # type: ignore[misc]  # Whoosh is untyped
    """jieba in search mode over folded text, for Whoosh's own query parser and for indexing raw text with Whoosh."""

    segmenter: Segmenter | None = None  # set on open, never pickled

    def __call__(self, value: str, positions: bool = False, **_: Any) -> Iterator[Token]:
        for position, text in enumerate(words(fold(value), self.segmenter or segmenter())):
            yield Token(positions=positions, text=text, pos=position, boost=1.0, stopped=False)

    def __getstate__(self) -> dict[str, Any]:
        return {}


class GramTokenizer(Tokenizer):  # type: ignore[misc]
    """Character pairs and runs of letters over folded text; positions are character offsets."""

    def __call__(self, value: str, positions: bool = False, **_: Any) -> Iterator[Token]:
        for text, position in grams(fold(value)):
            yield Token(positions=positions, text=text, pos=position, boost=1.0, stopped=False)


class WordsField(FieldType):  # type: ignore[misc]
    """Terms with their frequencies; accepts a Counter, or raw text."""

    def __init__(self) -> None:
        super().__init__(Frequency(), JiebaTokenizer(), scorable=True)

    def index(self, value: Any, **kwargs: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        counts: Mapping[str, int] = value if isinstance(value, Counter) else Counter(words(fold(value), segmenter()))
        for term, count in counts.items():
            yield term.encode(), count, float(count), count.to_bytes(4, "big")  # what Whoosh's Frequency decodes


class GramsField(FieldType):  # type: ignore[misc]
    """Terms with their offsets; accepts a mapping to ascending offsets, or raw text."""

    def __init__(self, scorable: bool = True) -> None:
        super().__init__(Positions(), GramTokenizer(), scorable=scorable)

    def index(self, value: Any, **kwargs: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        places = value if isinstance(value, dict) else offsets(grams(fold(value)))
        encode = self.format.encode
        for term, at in places.items():
            yield term.encode(), len(at), float(len(at)), encode(at)


class KeywordField(FieldType):  # type: ignore[misc]
    """Whole values; accepts a sequence of compared values and keeps the printed ones in a column."""

    def __init__(self, unique: bool = False) -> None:
        super().__init__(Existence(), None, unique=unique)
        self.column_type = VarBytesColumn()

    def index(self, value: Any, **kwargs: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for each in [value] if isinstance(value, str) else value:
            yield each.encode(), 1, 1.0, b""

    def to_bytes(self, value: Any) -> bytes:
        return value if isinstance(value, bytes) else str(value).encode()

    def to_column_value(self, value: Any) -> bytes:
        return (value if isinstance(value, str) else SEPARATOR.join(value)).encode()

    def from_column_value(self, value: bytes) -> str:
        return value.decode()


class NumberColumn(FieldType):  # type: ignore[misc]
    """A signed 64-bit number for each article, and no terms."""

    indexed = False

    def __init__(self) -> None:
        super().__init__(None, None)
        self.column_type = NumericColumn("q", default=MISSING)

    def to_column_value(self, value: int) -> int:
        return value

    def from_column_value(self, value: int) -> int:
        return value


def schema() -> Schema:
    """Return the schema of a new index."""
    fields: dict[str, FieldType] = {name: KeywordField(unique=name == "id") for name in FIELDS}
    return Schema(
        words=WordsField(),
        grams=GramsField(),
        title=GramsField(scorable=False),
        starts=GramsField(scorable=False),
        published=DATETIME(sortable=True),
        day=NumberColumn(),
        seq=NumberColumn(),
        **fields,
    )


def offsets(terms: Iterator[tuple[str, int]]) -> dict[str, list[int]]:
    """Return the offsets of each term, ascending."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for term, at in terms:
        places[term].append(at)
    return dict(places)


def utc_naive(moment: datetime) -> datetime:
    """Return a time in UTC without its zone: Whoosh has no time zones and would drop one silently."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)


_DATETIME = DATETIME(sortable=True)


@lru_cache(maxsize=65536)
def published_terms(moment: datetime | None) -> list[bytes]:
    """Return the terms of a time, one for each precision that Whoosh's ranges use."""
    return [] if moment is None else [term for term, *_ in _DATETIME.index(utc_naive(moment))]


def published_value(moment: datetime | None) -> int:
    """Return a time as stored in Whoosh's column, in microseconds since the year 1; MISSING for no time."""
    return MISSING if moment is None else int(_DATETIME.prepare_datetime(utc_naive(moment)))
