"""The columnar codec against plain lists, against Whoosh's own codec, and against damage."""

from __future__ import annotations

import pickle
import random
import re
import runpy
from collections import defaultdict
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import whoosh.index
from hypothesis import given
from hypothesis import strategies as st
from whoosh import qparser, query, scoring

from searchkit.analysis.segment import UserDictionary, segmenter
from searchkit.engines.index import Entry, Step
from searchkit.engines.whoosh import codec
from searchkit.engines.whoosh.codec import layout
from searchkit.engines.whoosh.codec.layout import CodecError
from searchkit.engines.whoosh.codec.merge import merge
from searchkit.engines.whoosh.codec.posting_list import List
from searchkit.engines.whoosh.codec.postings import Lists, Shape, decode, decode_docs, encode
from searchkit.engines.whoosh.codec.segment_file import SegmentFile, write
from searchkit.engines.whoosh.codec.terms import Terms, packed
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.engines.whoosh.interop.schema import schema
from searchkit.engines.whoosh.interop.whoosh_codec import (
    ColumnarCodec,
    ColumnarDocuments,
    ColumnarSegment,
    ColumnarTerms,
)
from searchkit.engines.whoosh.write import bulk
from searchkit.engines.whoosh.write.batch import segment_data
from searchkit.engines.whoosh.write.workers import Place
from searchkit.errors import ArchiveError
from searchkit.model.article import Article
from searchkit.query.tree import Everything, Phrase, Words
from searchkit.system import processes
from tests.conftest import examples

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHAPES = [Shape(False, False), Shape(True, False), Shape(True, True)]
document = runpy.run_path(str(Path(__file__).parents[3] / "benchmarks" / "whoosh_document.py"))["document"]
FORMAT = (Path(codec.__file__).parent / "FORMAT.md").read_text(encoding="utf-8")


@st.composite
def posting_lists(draw):
    """Lists that use every width: gaps, frequencies and positions on both sides of each escape."""
    seed = draw(st.integers(0, 2**32))
    rng = random.Random(seed)
    starts, docs, freqs, positions = [0], [], [], []
    for _ in range(rng.randint(1, 5)):
        highest = rng.choice([3, 254, 256, 300, 65536, 66000, 300_000])
        chosen = sorted(rng.sample(range(highest), rng.randint(1, min(highest, rng.choice([1, 4, 300])))))
        docs += chosen
        starts.append(len(docs))
        for _ in chosen:
            freq = rng.choice([1, 1, 1, 2, 3]) if rng.random() < 0.98 else rng.choice([255, 256, 257, 400])
            freqs.append(freq)
            positions += sorted(rng.sample(range(rng.choice([500, 65535, 65536, 200_000])), freq))
    return Lists(
        np.array(starts), np.array(docs, np.int32), np.array(freqs, np.int32), np.array(positions, np.int32)
    )  # fmt: skip


@examples(60)
@given(posting_lists(), st.sampled_from(SHAPES))
def test_lists_survive(lists, shape):
    rng = random.Random(len(lists.docs))
    raw, offsets = encode(lists, shape)
    again = decode(raw, offsets, shape)
    assert again.starts.tolist() == lists.starts.tolist()
    assert again.docs.tolist() == lists.docs.tolist() == decode_docs(raw, offsets)[1].tolist()
    bounds = np.concatenate([[0], np.cumsum(lists.freqs)])
    if shape.freqs:
        assert again.freqs.tolist() == lists.freqs.tolist()
    if shape.positions:
        assert again.positions.tolist() == lists.positions.tolist()
    for term in range(len(lists.starts) - 1):
        first, last = int(lists.starts[term]), int(lists.starts[term + 1])
        stored = raw[offsets[term] : offsets[term + 1]]
        one = List(stored, shape)
        assert one.count == last - first
        assert one.docs.tolist() == lists.docs[first:last].tolist()
        places = (np.arange(last - first), *(np.arange(last - first - 1, -1, -step)[::-1] for step in (2, 9, 70)))
        end = int(lists.docs[last - 1])
        some = {*lists.docs[first:last].tolist()[::3], *rng.choices(range(300_001), k=20), *range(end, end + 60)}
        asked = np.array(sorted(some), np.int32)
        here, at = List(stored, shape).find(asked)
        found = {doc: i for i, doc in enumerate(lists.docs[first:last].tolist())}
        assert here.tolist() == [i for i, doc in enumerate(asked.tolist()) if doc in found]
        assert at.tolist() == [found[doc] for doc in asked.tolist() if doc in found]
        if shape.freqs:
            for which in (*places, np.empty(0, np.int64)):
                assert List(stored, shape).freqs_of(which).tolist() == lists.freqs[first:last][which].tolist()
            assert one.freqs.tolist() == lists.freqs[first:last].tolist()
        if shape.positions:
            for which in places:
                flat, owners = List(stored, shape).positions(which)
                expected = [
                    (int(at), place)
                    for place, i in enumerate(which.tolist())
                    for at in lists.positions[bounds[first + i] : bounds[first + i + 1]]
                ]
                assert list(zip(flat.tolist(), owners.tolist(), strict=True)) == expected


@given(posting_lists(), st.data())
def test_runs_of_lists_are_the_lists(lists, data):
    shape = Shape(True, True)
    whole, _ = encode(lists, shape)
    bounds = np.concatenate([[0], np.cumsum(lists.freqs)])
    parts, begin = [], 0
    while begin < len(lists.starts) - 1:
        end = data.draw(st.integers(begin + 1, len(lists.starts) - 1))
        a, b = int(lists.starts[begin]), int(lists.starts[end])
        starts = lists.starts[begin : end + 1] - a
        part = Lists(starts, lists.docs[a:b], lists.freqs[a:b], lists.positions[bounds[a] : bounds[b]])
        parts.append(encode(part, shape)[0])
        begin = end
    assert np.concatenate(parts).tobytes() == whole.tobytes()


@given(
    st.sets(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4), max_size=30),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=3),
)
def test_terms_are_found(texts, sought):
    terms = sorted(text.encode() for text in texts)
    blob, offsets = packed(terms)
    held = Terms(np.frombuffer(blob, np.uint8), offsets)
    assert list(held) == terms
    assert [held.find(term) for term in terms] == list(range(len(terms)))
    key = sought.encode()
    assert (held.find(key) >= 0) == (key in terms)
    assert [held[i] for i in held.starting(key)] == [term for term in terms if term.startswith(key)]


CHUNKS = ["芯片", "出口管制", "长江大桥", "人工智能", "的", "DeepSeek", "AI", "F-16", "3.14%", "，", "\n", " ", "𠮷", "é", "カード", "臺灣", "x" * 70]  # fmt: skip
texts = st.lists(st.sampled_from(CHUNKS), max_size=10).map("".join)
made = st.builds(
    Article,
    id=st.uuids().map(str),
    title=texts,
    body=texts,
    source=st.sampled_from(["", "新华社"]),
    author=st.sampled_from(["", "张三、李四"]),
    published=st.sampled_from(
        [None, datetime(2025, 3, 4, tzinfo=timezone.utc), datetime(1957, 1, 1, tzinfo=timezone.utc)]
    ),
)


@examples(40)
@given(st.lists(made, min_size=1, max_size=6))
def test_a_batch_has_the_terms_of_its_articles(articles):
    import tempfile

    entries = [Entry(seq, article) for seq, article in enumerate(articles, 1)]
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "s.skc", segment_data(entries, SHANGHAI, segmenter()))
        file = SegmentFile(Path(folder) / "s.skc")
        for name in ("words", "grams", "title", "source", "author", "id"):
            expected: defaultdict[bytes, dict[int, object]] = defaultdict(dict)
            for doc, entry in enumerate(entries):
                given_terms = document(entry.article, entry.seq, SHANGHAI, segmenter()).get(name, {})
                for term in given_terms:
                    expected[term.encode()][doc] = given_terms[term] if isinstance(given_terms, dict) else None
            reader = file.field(name)
            assert list(reader.terms) == sorted(expected)
            for place, term in enumerate(reader.terms):
                found = reader.at(place)
                assert found.docs.tolist() == sorted(expected[term])
                if reader.shape.positions:
                    flat, _ = found.positions(np.arange(len(found.docs)))
                    assert flat.tolist() == [at for doc in found.docs.tolist() for at in expected[term][doc]]
                elif reader.shape.freqs:
                    assert found.freqs.tolist() == [expected[term][doc] for doc in found.docs.tolist()]
        assert list(file.verify()) == []
        file.close()


def articles(count: int, seed: int = 0) -> list[Entry]:
    rng = random.Random(seed)
    return [
        Entry(n + 1, Article(
            id=f"a{n:04d}", title="".join(rng.choices(CHUNKS, k=3)), body="".join(rng.choices(CHUNKS, k=25)),
            source=rng.choice(["新华社", "央视网", ""]), published=datetime(2025, 1, 1 + n % 28, tzinfo=timezone.utc),
        ))
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("gone", [(), (0, 3, 11), tuple(range(0, 40, 2))])
def test_merging_is_writing_at_once_without_the_deleted(tmp_path, gone):
    entries = articles(40)
    paths = []
    for number, first in enumerate(range(0, 40, 15)):
        path = tmp_path / f"{number}.skc"
        write(path, segment_data(entries[first : first + 15], SHANGHAI, segmenter()))
        paths.append(path)
    deleted = [frozenset(doc - first for doc in gone if first <= doc < first + 15) for first in range(0, 40, 15)]
    kept = merge(tmp_path / "merged.skc", [SegmentFile(path) for path in paths], deleted)
    alive = [entry for n, entry in enumerate(entries) if n not in gone]
    write(tmp_path / "direct.skc", segment_data(alive, SHANGHAI, segmenter()))
    assert kept == len(alive)
    one, other = (SegmentFile(tmp_path / name) for name in ("merged.skc", "direct.skc"))
    for name in one._container._sections:
        assert one._container.section(name).tobytes() == other._container.section(name).tobytes(), name
    assert one._container.about == other._container.about


def test_every_damaged_byte_is_noticed(tmp_path):
    path = tmp_path / "s.skc"
    write(path, segment_data(articles(6), SHANGHAI, segmenter()))
    whole = path.read_bytes()
    rng = random.Random(7)
    padding = unused(path)
    for at in [*range(layout.HEADER_STRUCT.size), *rng.sample(range(len(whole)), 300)]:
        if at in padding or (at >= layout.HEADER_STRUCT.size - 4 and at < layout.HEADER_STRUCT.size):
            continue  # alignment and the reserved bytes mean nothing
        broken = bytearray(whole)
        broken[at] ^= 1 << rng.randrange(8)
        path.write_bytes(broken)
        assert problems(path), at
    for length in rng.sample(range(len(whole)), 60):
        path.write_bytes(whole[:length])
        assert problems(path), length


def unused(path: Path) -> set[int]:
    file = SegmentFile(path)
    covered = set(range(layout.HEADER_STRUCT.size))
    for start, length, _ in file._container._sections.values():
        covered |= set(range(start, start + length))
    size = path.stat().st_size
    directory = int.from_bytes(path.read_bytes()[16:24], "little")
    return set(range(size)) - covered - set(range(directory, size))


def problems(path: Path) -> list[str]:
    try:
        return list(SegmentFile(path).verify())
    except CodecError as error:
        return [str(error)]


def test_empty_sections_are_no_damage(tmp_path):
    """Of articles without a time, the section `order` is empty: it begins where the authors' names do."""
    undated = [Entry(n, Article(id=f"a{n}", title="芯片", author="张三")) for n in range(1, 4)]
    write(tmp_path / "undated.skc", segment_data(undated, SHANGHAI, segmenter()))
    file = SegmentFile(tmp_path / "undated.skc")
    merge(tmp_path / "merged.skc", [file], [frozenset()])
    merged = SegmentFile(tmp_path / "merged.skc")
    assert [*file.verify(), *merged.verify()] == []
    file.close()
    merged.close()


def test_offsets_that_lie_are_errors_not_crashes(tmp_path):
    """Damage that a reader meets before `verify` has been run."""
    rng = random.Random(3)
    path = tmp_path / "s.skc"
    write(path, segment_data(articles(8), SHANGHAI, segmenter()))
    whole = path.read_bytes()
    for _ in range(150):
        broken = bytearray(whole)
        for _ in range(8):
            broken[rng.randrange(layout.HEADER_STRUCT.size, len(whole) - 4000)] = rng.randrange(256)
        path.write_bytes(broken)
        try:
            file = SegmentFile(path)
            for name in file.field_names:
                reader = file.field(name)
                for term in list(reader.terms)[:40]:
                    found = reader.find(term)
                    if found is not None and reader.shape.positions:
                        found.positions(np.arange(len(found.docs)))
        except (CodecError, IndexError, ValueError):
            pass  # what must not happen is a crash of the process or a hang


def test_format_md_is_the_layout():
    rows = re.findall(r"^\| (\d+) \| (\d+) \| (\w+) \| (\w+) \| (.+) \|$", FORMAT, re.M)
    at, expected = 0, []
    for item in layout.HEADER:
        expected.append((str(at), str(item.size), item.code, item.name, item.meaning))
        at += item.size
    assert rows == expected
    streams = FORMAT[FORMAT.index("| stream |") : FORMAT.index("Numbers of 2 and 4 bits")]
    assert re.findall(r"^\| ([a-z0-9, ]+) \|", streams, re.M)[1:] == list(layout.STREAMS)
    assert layout.MAGIC.decode() in FORMAT and layout.EXTENSION in FORMAT


def test_the_names_that_are_in_every_index_stay():
    paths = {f"{kind.__module__}.{kind.__qualname__}" for kind in (ColumnarSegment, ColumnarCodec)}
    home = "searchkit.engines.whoosh.interop"
    assert paths == {f"{home}.whoosh_codec.ColumnarSegment", f"{home}.whoosh_codec.ColumnarCodec"}
    for field in schema()._fields.values():
        for part in (type(field), type(field.analyzer) if field.analyzer else type(field)):
            if part.__module__.startswith("searchkit"):
                assert f"{part.__module__}.{part.__qualname__}" in {
                    f"{home}.schema.{name}"
                    for name in (
                        "WordsField",
                        "GramsField",
                        "KeywordField",
                        "NumberColumn",
                        "JiebaTokenizer",
                        "GramTokenizer",
                    )
                }


OWN_FIELDS = dict.fromkeys(
    type(each) for each in schema()._fields.values() if type(each).__module__.startswith("searchkit")
)


@pytest.mark.parametrize("kind", [ColumnarSegment, ColumnarCodec, *sorted(OWN_FIELDS, key=repr)])
def test_the_names_that_are_in_older_indexes_are_found(kind):
    module, name = kind.__module__.rpartition(".")[2], kind.__qualname__
    package = "searchkit.backends.whoosh_index" + (".codec" if module == "whoosh_codec" else "")
    assert pickle.loads(f"c{package}.{module}\n{name}\n.".encode()) is kind


@pytest.fixture
def opened(tmp_path):
    """Our index and Whoosh's own over the same articles, ours in three segments with deletions."""
    entries = articles(60, seed=5)
    ours = WhooshIndex(tmp_path / "ours", SHANGHAI, segmenter())
    for first in range(0, 60, 20):
        ours.apply(entries[first : first + 20], covers=first + 20)
    ours.apply([], [entry.article.id for entry in entries[::7]], covers=60)
    # On disk: in memory Whoosh keeps its temporary files in one folder of /tmp for all processes.
    (tmp_path / "stock").mkdir()
    stock = whoosh.index.create_in(str(tmp_path / "stock"), schema())
    writer = stock.writer()
    for entry in entries:
        writer.add_document(**document(entry.article, entry.seq, SHANGHAI, segmenter()))
    writer.commit()
    writer = stock.writer()
    for entry in entries[::7]:
        writer.delete_by_term("id", entry.article.id)
    writer.commit(merge=False)
    yield whoosh.index.open_dir(str(tmp_path / "ours")), stock
    ours.close()


QUERIES = [
    query.Term("words", "芯片"),
    query.And([query.Term("words", "芯片"), query.Term("words", "人工智能")]),
    query.Or([query.Term("words", "deepseek"), query.Term("words", "f-16")]),
    query.And([query.Term("words", "芯片"), query.Not(query.Term("words", "的"))]),
    query.Phrase("grams", ["出口", "口管", "管制"]),
    query.Prefix("words", "人"),
    query.Every(),
    query.Term("source", "新华社"),
    query.DateRange("published", datetime(2025, 1, 5), datetime(2025, 1, 9)),
]


@pytest.mark.parametrize("asked", QUERIES, ids=repr)
def test_whoosh_finds_on_our_segments_what_it_finds_on_its_own(opened, asked):
    ours, stock = opened
    found = []
    for index in (ours, stock):
        with index.searcher() as searcher:
            results = searcher.search(asked, limit=None)
            column = {
                doc: reader.column_reader("id")[doc - base]
                for reader, base in searcher.reader().leaf_readers()
                for doc in range(base, base + reader.doc_count_all())
            }
            found.append(sorted(column[hit.docnum] for hit in results))
    assert found[0] == found[1] != []


def test_whooshs_own_parser_and_scores(opened):
    ours, stock = opened
    scores = []
    for index in (ours, stock):
        parsed = qparser.QueryParser("words", index.schema).parse("人工智能 长江大桥")
        with index.searcher(weighting=scoring.Frequency()) as searcher:
            scores.append(sorted(round(hit.score, 6) for hit in searcher.search(parsed, limit=None)))
    assert scores[0] == scores[1] != []


class AssertingTerms(ColumnarTerms):
    """What Whoosh relies on, asserted wherever it asks."""

    count = 0  # documents of the segment
    asked = 0

    def terms_from(self, fieldname, prefix):
        before = None
        for name, text in super().terms_from(fieldname, prefix):
            assert name == fieldname and text >= prefix and (before is None or text > before)
            assert (name, text) in self
            before = text
            yield name, text

    def matcher(self, fieldname, text, format_, scorer=None):
        made = super().matcher(fieldname, text, format_, scorer)
        info = self.term_info(fieldname, text)
        seen, weight = [], 0.0
        walked = super().matcher(fieldname, text, format_)
        while walked.is_active():
            seen.append(walked.id())
            assert walked.weight() > 0
            weight += walked.weight()
            if self._file.field(fieldname).shape.positions:
                at = walked.value_as("positions")
                assert at == sorted(set(at)) and len(at) == walked.weight() and at[0] >= 0
            walked.next()
        assert seen == sorted(set(seen)) and seen[0] >= 0 and seen[-1] < self.count
        assert (info.doc_frequency(), info.weight()) == (len(seen), weight)
        assert (info.min_id(), info.max_id()) == (seen[0], seen[-1])
        AssertingTerms.asked += 1
        return made


class AssertingDocuments(ColumnarDocuments):
    """As `AssertingTerms`, of documents."""

    def column_reader(self, fieldname, column):
        assert self.has_column(fieldname) and not self.is_closed
        made = super().column_reader(fieldname, column)
        assert len(made) == self.doc_count_all()
        return made

    def doc_field_length(self, docnum, fieldname, default=0):
        assert 0 <= docnum < self.doc_count_all() and not self.is_closed
        length = super().doc_field_length(docnum, fieldname, default)
        assert self.min_field_length(fieldname) <= length <= self.max_field_length(fieldname)
        return length

    def is_deleted(self, docnum):
        assert 0 <= docnum < self.doc_count_all()
        return super().is_deleted(docnum)


class AssertingCodec(ColumnarCodec):
    """Ours, with asserts and nothing else."""

    def terms_reader(self, storage, segment):
        made = AssertingTerms(SegmentFile(segment.path_in(storage.folder)))
        made.count = segment.doc_count_all()
        return made

    def per_document_reader(self, storage, segment):
        made = AssertingDocuments(SegmentFile(segment.path_in(storage.folder)), segment)
        assert made.doc_count() == made.doc_count_all() - len(made.deleted_docs())
        return made


@pytest.mark.parametrize("asked", QUERIES, ids=repr)
def test_whoosh_is_given_what_it_relies_on(opened, asked, monkeypatch):
    ours, _ = opened
    with ours.searcher() as searcher:
        expected = [(hit.docnum, hit.score) for hit in searcher.search(asked, limit=None)]
    monkeypatch.setattr(ColumnarSegment, "codec", lambda _: AssertingCodec())
    AssertingTerms.asked = 0
    with ours.searcher() as searcher:
        assert [(hit.docnum, hit.score) for hit in searcher.search(asked, limit=None)] == expected
        for name in ("words", "source"):
            assert list(searcher.reader().lexicon(name))
    if asked != query.Every():
        assert AssertingTerms.asked > 0


def test_segments_are_merged_when_there_are_many(tmp_path):
    index = WhooshIndex(tmp_path, SHANGHAI, segmenter())
    entries = articles(30)
    for number, entry in enumerate(entries, 1):
        index.apply([entry], covers=number)
    assert len(list(tmp_path.glob("*.skc"))) < 2 * bulk.TIER
    assert index.count(Everything()) == 30
    assert index.optimize() > 1
    assert index.optimize() == 1
    assert len(index.searcher().segments) <= bulk.TIER
    assert index.count(Everything()) == 30
    assert index.verify() == []
    index.close()


def test_runs_by_several_processes_are_the_same_index(tmp_path, monkeypatch):
    monkeypatch.setattr(bulk, "RUN", bulk.FEW)  # runs of more would load rjieba in each process
    entries = articles(28)
    answers = []
    for jobs in (1, 3):
        folder = tmp_path / str(jobs)
        folder.mkdir()
        segments = list(bulk.written(bulk.split(entries), Place(folder, SHANGHAI, UserDictionary()), jobs))
        answers.append([segment.path_in(folder).read_bytes() for segment in segments])
    assert answers[0] == answers[1]
    assert len(answers[0]) == 6


def mortal(monkeypatch, dying) -> list[processes.Child]:
    """Let processes die at once, those of these numbers; all that are begun."""
    begun: list[processes.Child] = []

    class Mortal(processes.Child):
        def __init__(self, *given) -> None:
            super().__init__(*given)
            begun.append(self)
            if len(begun) - 1 in dying:
                self.process.kill()
                self.process.wait()

    monkeypatch.setattr(processes, "Child", Mortal)
    return begun


@pytest.mark.parametrize("dying", [(), pytest.param((0,), marks=pytest.mark.torture), (0, 1, 2)])
def test_what_a_worker_cannot_do_is_done_here(tmp_path, monkeypatch, dying):
    """Workers that die at once, or in the middle, cost nothing but time."""
    monkeypatch.setattr(bulk, "RUN", bulk.FEW)  # runs of more would load rjieba in each process
    started = mortal(monkeypatch, dying)
    segments = list(bulk.written(bulk.split(articles(28)), Place(tmp_path, SHANGHAI, UserDictionary()), 3))
    assert [segment.doc_count() for segment in segments] == [5, 5, 5, 5, 5, 3]
    ids = [SegmentFile(segment.path_in(tmp_path)).keywords("id").of(0) for segment in segments]
    assert ids == [[f"a{n:04d}".encode()] for n in range(0, 28, 5)]
    assert len(started) == 3
    assert all(child.process.poll() is not None for child in started)


@pytest.mark.parametrize(
    ("dying", "busy"),
    [
        ((), False),
        ((0, 1), True),
        *(
            pytest.param(dying, busy, marks=pytest.mark.torture)
            for dying, busy in (((), True), ((0, 1), False), ((2,), False), ((2,), True))
        ),
    ],
)
def test_steps_that_overlap_are_steps_one_after_the_other(tmp_path, monkeypatch, dying, busy):
    """Analysis of a step beside the merging of the one before: the same answers and bytes, whoever dies."""
    monkeypatch.setattr(bulk, "RUN", 3)
    entries = articles(60)
    steps = [
        Step(entries[:20], (), 20),
        Step(entries[20:40], ("a0003", "a0019"), 40),
        Step((), ("a0021",), 41),
        Step([*entries[40:], Entry(99, Article(id="a0022", title="改"))], ("a0001",), 99),
        Step([Entry(100, Article(id="a0023", title="改"))], (), 100),
    ]
    slow = WhooshIndex(tmp_path / "slow", SHANGHAI, segmenter())
    monkeypatch.setattr(bulk, "default_jobs", lambda: 1)
    for step in steps:
        slow.apply(step.entries, step.deleted, covers=step.covers)

    monkeypatch.setattr(bulk, "default_jobs", lambda: 2)
    begun = mortal(monkeypatch, dying)
    if busy:  # the merger is never seen to be done: all steps are analysed before the second is merged
        monkeypatch.setattr(processes.Worker, "ready", lambda self: False)
    fast = WhooshIndex(tmp_path / "fast", SHANGHAI, segmenter())
    analysed: list[int] = []
    fast.apply_all(iter(steps), analysed.append)
    assert analysed[-1] == 62 and analysed == sorted(analysed)
    assert fast.covers == slow.covers == 100
    assert fast.verify() == []
    assert sorted(fast.snapshot().sequence_numbers()) == sorted(slow.snapshot().sequence_numbers())
    shapes = [
        [(part.doc_count, part.size, part.deleted) for part in index._generations.manifest().parts]
        for index in (fast, slow)
    ]
    assert shapes[0] == shapes[1]
    assert len(begun) >= 3
    assert all(child.process.poll() is not None for child in begun)
    files = {path.name for path in (tmp_path / "fast").iterdir() if path.suffix == ".skc"}
    assert {part.name for part in fast._generations.manifest().parts} <= files
    fast.close()
    slow.close()


def test_steps_that_break_off_leave_whole_steps(tmp_path, monkeypatch):
    monkeypatch.setattr(bulk, "RUN", 3)
    monkeypatch.setattr(bulk, "default_jobs", lambda: 2)
    entries = articles(60)

    def steps():
        yield Step(entries[:20], (), 20)
        yield Step(entries[20:40], (), 40)
        yield Step(entries[40:], (), 60)
        raise KeyboardInterrupt

    index = WhooshIndex(tmp_path, SHANGHAI, segmenter())
    with pytest.raises(KeyboardInterrupt):
        index.apply_all(steps())
    assert index.covers in (0, 20, 40)
    assert len(index) == index.covers
    assert index.verify() == []
    needed = {part.name for part in index._generations.manifest().parts} if index.covers else set()
    left = {path.name for path in tmp_path.iterdir() if path.suffix == ".skc"}
    assert needed <= left
    assert len(left) <= 2 * len(needed) + 2  # of this generation and the one before, nothing of what was under way
    monkeypatch.setattr(bulk, "default_jobs", lambda: 1)
    index.apply_all([Step(entries[index.covers :], (), 60)])
    assert len(index) == 60
    index.close()


def test_a_failed_write_leaves_the_index_as_it_was(tmp_path, monkeypatch):
    index = WhooshIndex(tmp_path, SHANGHAI, segmenter())
    index.apply(articles(5), covers=5)
    before = sorted(path.name for path in tmp_path.iterdir())
    monkeypatch.setattr(
        "searchkit.engines.whoosh.write.commit.commit", lambda *_: (_ for _ in ()).throw(OSError("full"))
    )
    with pytest.raises(ArchiveError, match="full"):
        index.apply([Entry(6, Article(id="new", title="芯片"))], ["a0001"], covers=6)
    monkeypatch.undo()
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (index.covers, len(index)) == (5, 5)
    index.apply([Entry(6, Article(id="new", title="芯片"))], covers=6)
    assert index.count(Words(("芯片",))) >= 1 and index.count(Phrase("芯片")) >= 1
    index.close()
