"""Document frequencies within sets, from the terms of the documents and from the lists, against plain counting."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.analysis.segment import segmenter
from searchkit.engines.whoosh.codec import forward
from searchkit.engines.whoosh.codec.layout import CodecError
from searchkit.engines.whoosh.codec.merge import merge
from searchkit.engines.whoosh.codec.segment_file import SegmentFile, write
from searchkit.engines.whoosh.read import frequencies
from searchkit.engines.whoosh.read.frequencies import FieldFrequencies
from searchkit.engines.whoosh.write.batch import segment_data
from tests.conftest import examples
from tests.unit.engines.test_codec import SHANGHAI, articles


@examples(60)
@given(st.lists(st.sets(st.sampled_from([0, 1, 65534, 65535, 65536, 131069, 131070, 131071, 300_000]), max_size=6)))
def test_the_terms_of_documents_survive(documents):
    """Steps on both sides of the longest, and documents without terms."""
    sizes = np.array([len(each) for each in documents], np.int64)
    terms = np.array([term for each in documents for term in sorted(each)], np.int64)
    steps, lengths = forward.encode(sizes, terms)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint32)
    held = forward.Forward(steps, offsets, len(documents), 300_001, "x")
    chosen = [number for number in range(len(documents)) if number % 3]
    for docs in (list(range(len(documents))), chosen):
        found_sizes, found = held.of(np.array(docs, np.int32))
        assert found_sizes.tolist() == [len(documents[doc]) for doc in docs]
        assert found.tolist() == [term for doc in docs for term in sorted(documents[doc])]
    if terms.size:
        with pytest.raises(CodecError, match="not there"):
            forward.Forward(steps, offsets, len(documents), int(terms.max()), "x").of(np.arange(len(documents)))
    with pytest.raises(CodecError, match="do not fit"):
        forward.Forward(steps, offsets, len(documents) + 1, 300_001, "x")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A segment of sixty articles, the same as an older searchkit wrote it, and the words of each article."""
    folder = tmp_path_factory.mktemp("frequencies")
    write(folder / "new.skc", segment_data(articles(60), SHANGHAI, segmenter()))
    with pytest.MonkeyPatch.context() as older:
        older.setattr(forward, "is_kept", lambda shape: False)
        write(folder / "old.skc", segment_data(articles(60), SHANGHAI, segmenter()))
    files = SegmentFile(folder / "new.skc"), SegmentFile(folder / "old.skc")
    reader = files[0].field("words")
    assert reader.forward is not None and files[1].field("words").forward is None
    words = [{term for term in range(len(reader.terms)) if doc in reader.at(term).docs} for doc in range(60)]
    yield folder, files, words
    for file in files:
        file.close()


@pytest.mark.parametrize("gone", [(), (3, 4, 50)])
@pytest.mark.parametrize("older", [False, True])
def test_within_sets_of_every_size(written, older, gone, monkeypatch):
    monkeypatch.setattr(frequencies, "_TOGETHER", 4)
    _, files, words = written
    live = np.array([doc for doc in range(60) if doc not in gone], np.int32)
    counting = FieldFrequencies(files[older].field("words"), 60, live)
    chance = random.Random(1)
    for sizes in ((0, 0), (1, 2, 3), (20, 5), (2, 40), (2, 40, 3), (0, len(live)), (30, len(live) - 30)):
        order = chance.sample(live.tolist(), len(live))
        sets = [sorted(order[sum(sizes[:n]) : sum(sizes[: n + 1])]) for n in range(len(sizes))]
        found = counting.within([np.array(docs, np.int32) for docs in sets])
        for docs, each in zip(sets, found, strict=True):
            counted = Counter(term for doc in docs for term in words[doc])
            assert dict(zip(each.places.tolist(), each.counts.tolist(), strict=True)) == counted
            assert each.places.tolist() == sorted(counted)


@pytest.mark.parametrize("portion", [forward._PAIRS, 100])
def test_a_merge_adds_the_terms_of_documents_to_what_an_older_searchkit_wrote(written, tmp_path, portion, monkeypatch):
    monkeypatch.setattr(forward, "_PAIRS", portion)
    _, files, _ = written
    gone = frozenset({0, 7, 59})
    merged = {}
    for name, pair in {"old": (files[1], files[1]), "mixed": (files[1], files[0]), "new": (files[0], files[0])}.items():
        merge(tmp_path / name, pair, [gone, frozenset()])
        merged[name] = (tmp_path / name).read_bytes()
    assert merged["old"] == merged["mixed"] == merged["new"]


def test_a_damaged_place_is_an_error(written):
    reader = written[1][0].field("words")
    offsets = np.array([0, 5, 3], np.uint32)
    held = forward.Forward(np.zeros(3, np.uint16), offsets, 2, len(reader.terms), "x")
    with pytest.raises(CodecError, match="damaged"):
        held.of(np.array([1], np.int32))
