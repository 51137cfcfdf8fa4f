"""From the tokens of documents to posting lists, in arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.codec import forward
from searchkit.engines.whoosh.codec.postings import Ints, Lists, Shape, encode
from searchkit.engines.whoosh.codec.segment_file import FieldData, KeywordData

_LOW = 0xFFFF


def invert(
    terms: Sequence[bytes],
    term_ids: Ints,
    docs: Ints,
    positions: Ints | None,
    shape: Shape,
    lengths: npt.NDArray[np.uint8] | None = None,
) -> FieldData:
    """Return a field of tokens as sorted terms and their lists.

    Args:
        terms: distinct terms in any order; `term_ids` are indices into it.
        term_ids, docs, positions: of each token, in any order but with ascending positions of a term in a document.
    """
    order = sorted(range(len(terms)), key=terms.__getitem__)
    rank = np.empty(len(terms), np.int64)
    rank[order] = np.arange(len(terms))
    ranked = rank[term_ids]
    by = _order(ranked, docs)
    keys = ranked[by] * (1 << 32) + docs[by]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.empty(0, np.int64)
    posting_keys = keys[first]
    posting_terms = posting_keys >> 32
    starts = np.searchsorted(posting_terms, np.arange(len(terms) + 1))
    lists = Lists(
        starts=starts.astype(np.int64),
        docs=(posting_keys & 0xFFFFFFFF).astype(np.int32),
        freqs=np.diff(np.append(first, len(keys))).astype(np.int32) if shape.freqs else None,
        positions=positions[by].astype(np.int32) if shape.positions and positions is not None else None,
    )
    postings = (encode(each, shape) for each in ([lists] if len(terms) else ()))
    data = FieldData(shape, [terms[i] for i in order], postings, lengths)
    if lengths is not None and forward.is_kept(shape):
        documents = len(lengths)
        data.forward = lambda: [forward.encode(*forward.inverted([(lists.starts, lists.docs)], 0, documents))]
    return data


def _order(terms: Ints, docs: Ints) -> Ints:
    """Return the order of tokens by term, then by document, then as given.

    Sixteen bits at a time: numpy sorts numbers of that size by radix, some ten times as fast as larger ones.
    """
    if not len(terms):
        return np.empty(0, np.int64)
    if int(docs.max()) > _LOW or int(terms.max()) >> 32:
        return np.lexsort((docs, terms))
    by = np.argsort(docs.astype(np.uint16), kind="stable")
    by = by.take(np.argsort((terms & _LOW).astype(np.uint16).take(by), kind="stable"))
    if int(terms.max()) > _LOW:
        by = by.take(np.argsort((terms >> 16).astype(np.uint16).take(by), kind="stable"))
    return by


def keyword_column(values: Sequence[Sequence[bytes]]) -> KeywordData:
    """Return the column made from the values of each document."""
    distinct = sorted({each for document in values for each in document})
    places = {each: i for i, each in enumerate(distinct)}
    ordinals = np.array([places[each] for document in values for each in document], np.uint32)
    offsets = np.concatenate([[0], np.cumsum([len(document) for document in values])]) if values else np.zeros(1)
    return KeywordData(distinct, ordinals, offsets.astype(np.uint32))


def keyword_field(values: Sequence[Sequence[bytes]]) -> FieldData:
    """Return the field whose terms are whole values, made from the values of each document."""
    places: dict[bytes, int] = {}
    term_ids: list[int] = []
    docs: list[int] = []
    for doc, found in enumerate(values):
        for each in dict.fromkeys(found):
            term_ids.append(places.setdefault(each, len(places)))
            docs.append(doc)
    return invert(list(places), np.array(term_ids, np.int64), np.array(docs, np.int64), None, Shape(False, False))
