"""The conversion of a batch of articles to the arrays of one segment, without an object for each token of `grams`.

The terms are those of `searchkit.analysis.terms` (a test compares the two); positions are those of
`searchkit.engines.whoosh.interop.schema`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from functools import cache

import numpy as np
import numpy.typing as npt

from searchkit.analysis.characters import MAX_LETTERS, ideograph_run, letter
from searchkit.analysis.fields import compared, day, facet_values, values
from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import Segmenter
from searchkit.analysis.sentences import paragraph_starts, sentence_starts
from searchkit.analysis.terms import words
from searchkit.engines import scoring
from searchkit.engines.index import Entry
from searchkit.engines.whoosh.codec.invert import invert, keyword_column, keyword_field
from searchkit.engines.whoosh.codec.postings import Ints, Shape, spread
from searchkit.engines.whoosh.codec.segment_file import FieldData, KeywordData, SegmentData
from searchkit.engines.whoosh.columns import MISSING
from searchkit.engines.whoosh.interop.schema import FIELD_GAP, published_terms, published_value
from searchkit.model.fields import FIELDS

_NEWLINE, _IDEOGRAPH, _LETTER, _OTHER = range(4)


@cache
def _classes() -> npt.NDArray[np.uint8]:
    """Return the class of every character, by code point."""
    table = np.full(0x110000, _OTHER, np.uint8)
    points = np.concatenate([np.arange(0xD800, dtype="<u4"), np.arange(0xE000, 0x110000, dtype="<u4")])
    everything = points.tobytes().decode("utf-32-le")  # joining a million characters takes most of a worker's start
    for found in ideograph_run().finditer(everything):
        table[ord(found.group()[0]) : ord(found.group()[-1]) + 1] = _IDEOGRAPH
    for found in letter().finditer(everything):
        table[ord(found.group())] = _LETTER
    table[ord("\n")] = _NEWLINE
    return table


def segment_data(entries: Sequence[Entry], timezone: tzinfo, cutter: Segmenter) -> SegmentData:
    """Return the contents of a segment of these articles; document i is `entries[i]`."""
    articles = [entry.article for entry in entries]
    pieces = [fold(text) for article in articles for text in (article.title, article.body)]
    fields = {
        "words": _words_field(pieces, cutter),
        **_gram_fields(pieces),
        "published": _published_field([article.published for article in articles]),
    }
    keywords: dict[str, KeywordData] = {}
    for name in FIELDS:
        printed = [values(article, name) for article in articles]
        terms = [[compared(value, name).encode() for value in each] for each in printed]
        fields[name] = keyword_field(terms)
        shown = [[_encoded(value) for value in facet_values(article, name)] for article in articles]
        keywords[name] = keyword_column(shown)
    days = [day(article, timezone) for article in articles]
    numbers = {
        "published": np.array([published_value(article.published) for article in articles], np.int64),
        "day": np.array([each.toordinal() if each else MISSING for each in days], np.int64),
        "seq": np.array([entry.seq for entry in entries], np.int64),
    }
    return SegmentData(len(articles), fields.items(), numbers, keywords)


def _encoded(value: str) -> bytes:
    return value.encode("utf-8", "replace")


def _lengths(docs: Ints, count: int) -> npt.NDArray[np.uint8]:
    totals = np.bincount(docs, minlength=count)
    return np.array([scoring.length_code(int(total)) for total in totals], np.uint8)


class _Numbered(dict[str, int]):
    """A numbering of keys in the order of their first use."""

    def __missing__(self, key: str) -> int:
        self[key] = number = len(self)
        return number


def _words_field(pieces: Sequence[str], cutter: Segmenter) -> FieldData:
    places = _Numbered()
    ids: list[int] = []
    counts: list[int] = []
    for number, piece in enumerate(pieces):
        found = words(piece, cutter)
        repeats = 1 if number % 2 else scoring.TITLE_REPEATS
        ids += list(map(places.__getitem__, found)) * repeats
        counts.append(len(found) * repeats)
    docs = np.repeat(np.arange(len(pieces), dtype=np.int64) // 2, counts)
    terms = [_encoded(term) for term in places]
    lengths = _lengths(docs, len(pieces) // 2)
    return invert(terms, np.array(ids, np.int64), docs, None, Shape(True, False), lengths)


def _gram_fields(pieces: Sequence[str]) -> dict[str, FieldData]:
    """Return the fields grams and title (pairs, runs of letters and single signs, with their offsets) and starts."""
    terms, ids, at, owners = _tokens(pieces)
    sizes = np.array([len(piece) for piece in pieces], np.int64)
    in_title = owners % 2 == 0
    docs = owners // 2
    title = (ids[in_title], docs[in_title], at[in_title])
    behind, again = sizes[1::2] + FIELD_GAP, sizes[0::2] + FIELD_GAP
    copies = [
        (title[0], title[1], title[2] + behind[title[1]] + copy * again[title[1]])
        for copy in range(scoring.TITLE_REPEATS)
    ]
    body = ~in_title
    parts = [(ids[body], docs[body], at[body]), *copies]
    all_ids, all_docs, all_at = (np.concatenate(column) for column in zip(*parts, strict=True))
    used, title_ids = np.unique(title[0], return_inverse=True)
    positional = Shape(True, True)
    return {
        "grams": invert(terms, all_ids, all_docs, all_at, positional, _lengths(all_docs, len(pieces) // 2)),
        "title": invert([terms[i] for i in used.tolist()], title_ids, title[1], title[2], positional),
        "starts": _starts_field(pieces, behind, again),
    }


def _starts_field(pieces: Sequence[str], behind: Ints, again: Ints) -> FieldData:
    """Return the field of the offsets in `grams` where sentences and paragraphs begin, but for the first, at 0.

    Args:
        behind: for each document the offset of its first copy of the title, which is a sentence and a paragraph.
        again: for each document the distance of the next copy.
    """
    ids: list[int] = []
    docs: list[int] = []
    at: list[int] = []
    for doc, (first, step) in enumerate(zip(behind.tolist(), again.tolist(), strict=True)):
        titles = [first + copy * step for copy in range(scoring.TITLE_REPEATS)]
        for number, starts in enumerate((sentence_starts, paragraph_starts)):
            found = [*starts(pieces[2 * doc + 1]), *titles]
            ids += [number] * len(found)
            docs += [doc] * len(found)
            at += found
    terms, docs_of, places = (np.array(column, np.int64) for column in (ids, docs, at))
    return invert([b"sentence", b"paragraph"], terms, docs_of, places, Shape(True, True))


def _tokens(pieces: Sequence[str]) -> tuple[list[bytes], Ints, Ints, Ints]:
    """Return distinct terms, and for each token its term, its offset in its piece, and the number of its piece."""
    # The newline between the pieces belongs to no token and ends every run.
    text = "\n".join(pieces)
    points = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.int64)
    kinds = _classes()[points]
    sizes = np.array([len(piece) + 1 for piece in pieces], np.int64)
    begins = np.cumsum(sizes) - sizes
    ideograph = kinds == _IDEOGRAPH
    single = np.flatnonzero(ideograph | (kinds == _OTHER))
    keys = points[single] << 21
    followed = np.zeros(len(points), bool)
    followed[:-1] = ideograph[:-1] & ideograph[1:]
    paired = followed[single]
    keys[paired] |= points[single[paired] + 1]
    distinct, ids = np.unique(keys, return_inverse=True)
    terms = [(chr(key >> 21) + (chr(key & 0x1FFFFF) if key & 0x1FFFFF else "")).encode() for key in distinct.tolist()]
    starts, lengths = _letter_runs(kinds == _LETTER)
    places = _Numbered()
    letter_ids = [
        places[text[start:end]] for start, end in zip(starts.tolist(), (starts + lengths).tolist(), strict=True)
    ]
    where = np.concatenate([single, starts])
    all_ids = np.concatenate([ids.astype(np.int64), np.array(letter_ids, np.int64) + len(terms)])
    terms += [term.encode() for term in places]
    owners = np.searchsorted(begins, where, "right") - 1
    return terms, all_ids, where - begins[owners], owners


def _letter_runs(is_letter: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return the start and length of each run of letters; a run longer than MAX_LETTERS is cut."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_letter, [False]]).astype(np.int8)))
    starts, ends = edges[0::2], edges[1::2]
    cuts = -(-(ends - starts) // MAX_LETTERS)
    all_starts = spread(cuts, starts, MAX_LETTERS)
    lengths = np.minimum(MAX_LETTERS, np.repeat(ends, cuts) - all_starts)
    return all_starts, lengths


def _published_field(moments: Sequence[object]) -> FieldData:
    """Return the field with the terms by which Whoosh's own date ranges find an article."""
    return keyword_field([published_terms(moment) for moment in moments])
