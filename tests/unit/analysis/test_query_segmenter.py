"""What is read of jieba's files cuts as jieba does: ties, rounding and unknown words included."""

from __future__ import annotations

import json
import lzma
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import metadata
from itertools import islice, pairwise
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchkit import deadline
from searchkit.analysis import jieba_files, segment
from searchkit.analysis.jieba_cut import Cutter
from searchkit.analysis.jieba_files import Dictionary, Emissions, Unknown
from searchkit.analysis.normalise import fold
from searchkit.analysis.segment import Segmenter, UserDictionary, UserWord, query_segmenter, segmenter
from searchkit.analysis.sorted_lines import SortedLines, mapped
from searchkit.analysis.terms import query_words, words
from tests.conftest import SHARED, examples

DICTIONARIES = {
    "plain": UserDictionary(),
    "with words": UserDictionary(
        (
            UserWord("深度求索", 10, "nz"), UserWord("城中村改造"), UserWord("石墨烯电池", 5), UserWord("江大桥"),
            UserWord("市长江"), UserWord("f-16战机"), UserWord("生命起源"), UserWord("研究生", 1), UserWord("c919"),
        )
    ),
}  # fmt: skip


@cache
def reference():
    """jieba, with its dictionary loaded."""
    import jieba

    jieba.setLogLevel(60)
    made = jieba.Tokenizer()
    made.initialize()
    return made


def cutter(dictionary=UserDictionary()):
    """As `query_segmenter`, without what it keeps and when it gives up."""
    made = Cutter(Dictionary(), Emissions())
    made.add_all(segment.folded_words())
    for word in segment._cut_words(dictionary):
        made.add(word.word, word.freq)
    return made


def as_segmenter(made: Cutter) -> Segmenter:
    return Segmenter(made.words, made.search, "without what `query_segmenter` keeps")


CUTTERS = {dictionary: cutter(dictionary) for dictionary in DICTIONARIES.values()}


ideograph = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FD5)
familiar = st.sampled_from(
    "南京市长江大桥人工智能发展的在和研究生命起源石墨烯电池深度求索城中村改造吉林大学高富帅a股t恤5g2025xc919+#&"
)
runs = st.text(familiar | familiar | ideograph, max_size=30)


@pytest.mark.parametrize("dictionary", DICTIONARIES.values(), ids=list(DICTIONARIES))
@examples(150)
@given(runs)
@example("吉林大学吉林工业大学高富帅高姓大名")
@example("")
def test_any_run_is_cut_as_by_jieba(dictionary, run):
    made, jieba = CUTTERS[dictionary], segmenter(dictionary, "jieba")
    assert made.words(run) == list(jieba.words(run))
    assert made.search(run) == list(jieba.search(run))


@examples(200)
@given(st.text(ideograph, min_size=2, max_size=12))
def test_unknown_words_are_found_by_the_same_model(text):
    from jieba import finalseg

    assert list(CUTTERS[UserDictionary()]._recognized(text)) == list(finalseg.cut(text))


def test_the_dictionary_is_sorted_where_it_is_taken_to_be():
    data = mapped(jieba_files.folder() / "dict.txt")
    lines = data[jieba_files._SORTED_FROM :].splitlines()
    at, kept = jieba_files._SORTED_FROM, []
    for line in lines:
        if at not in jieba_files._MISPLACED:
            kept.append(line.split(b" ")[0])
        at += len(line) + 1
    assert len(kept) == len(lines) - len(jieba_files._MISPLACED) > 300_000
    assert all(one < two for one, two in pairwise(kept))


def test_the_total_and_the_frequency_of_words_are_those_of_jieba(rounds):
    made, jieba = Dictionary(), reference()
    assert made.total == jieba.total
    chosen = random.Random(1).sample(sorted(jieba.FREQ), rounds(800, 100_000))
    for word in [*chosen, "吉林", "吉", "高富帅", "高富", "高姓大名", "龢", "一", "c#", "C+", "阿Q"]:
        assert made.frequency(word) == jieba.FREQ.get(word), word
    for word in ("吉林工业大", "㐀", "z", "", "龥", "不存在的词", "高富帅的"):
        assert made.frequency(word) == jieba.FREQ.get(word, 0 if not word else None), word


def test_the_model_is_that_of_jieba():
    from jieba.finalseg import MIN_FLOAT, emit_P, start_P, trans_P

    made = Emissions()
    assert made.start == start_P
    assert made.steps == trans_P
    for state in "BMES":
        chosen = random.Random(2).sample(sorted(emit_P[state]), 1000)
        for char in [*chosen, *"一龟龢㐀a", min(emit_P[state]), max(emit_P[state])]:
            assert made.emission(state, char) == emit_P[state].get(char, MIN_FLOAT), (state, char)


def test_the_version_is_read_without_the_metadata():
    assert jieba_files.version() == metadata.version("jieba")


@pytest.mark.parametrize("attribute, value", [("VERSION", "0.43"), ("_SIZE", 1)])
def test_of_other_files_nothing_is_believed(monkeypatch, attribute, value):
    monkeypatch.setattr(jieba_files, attribute, value)
    query_segmenter.cache_clear()
    with pytest.raises(Unknown):
        Dictionary()
    assert query_segmenter() is segmenter(UserDictionary())
    query_segmenter.cache_clear()


@pytest.mark.parametrize(
    "words", [(UserWord("深度", 0),), tuple(UserWord(f"词{i}") for i in range(segment._MOST_SUGGESTED + 1))]
)
def test_dictionaries_that_jieba_itself_must_read(words):
    assert query_segmenter(UserDictionary(words)) is segmenter(UserDictionary(words))


def test_after_much_text_the_fast_engine_takes_over(monkeypatch):
    monkeypatch.setattr(segment, "_MOST_CUT", 10)
    asked = []
    monkeypatch.setattr(segment, "segmenter", lambda words: asked.append(words) or segmenter(words))
    made = segment._limited(cutter(), UserDictionary())
    assert list(made.words("出口管制")) == list(made.words("出口管制")) == ["出口", "管制"]
    assert not asked
    assert list(made.search("人工智能的发展")) == list(segmenter().search("人工智能的发展"))
    assert asked


def test_of_many_threads_one_loads_the_fast_engine_and_no_question_is_charged(monkeypatch):
    fast, loading, most = segmenter(), [], []

    def load(words):
        loading.append(words)
        most.append(len(loading))
        begun.wait(0.05)
        clock.worked += 100
        loading.pop()
        return fast

    begun, clock = threading.Event(), SimpleNamespace(worked=0.0)
    monkeypatch.setattr(segment, "_MOST_CUT", 0)
    monkeypatch.setattr(segment, "segmenter", load)
    monkeypatch.setattr(deadline, "time", SimpleNamespace(thread_time=lambda: clock.worked))
    made = segment._limited(cutter(), UserDictionary())

    def cut(run: str) -> list[str]:
        with deadline.within(1e-3):
            found = list(made.words(run))
            deadline._current.get().look()
            return found

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(cut, ["出口管制", "滨江", "渡口", "人工智能"])) == [
            list(fast.words(run)) for run in ("出口管制", "滨江", "渡口", "人工智能")
        ]
    assert most == [1] * 4


def test_lines_are_found_by_halving(tmp_path):
    path = tmp_path / "sorted"
    keys = [f"{number:03d}" for number in range(0, 300, 3)]
    path.write_bytes(b"head\n" + b"".join(f"  {key} {'x' * (int(key) % 40)}\n".encode() for key in keys))
    data = mapped(path)
    lines = SortedLines(data, 5, len(data), column=2)
    for number in range(302):
        key = f"{number:03d}"
        expected = next((each for each in keys if each >= key), "")
        assert lines.at_least(key.encode())[:3].decode() == expected


@pytest.mark.realdata
def test_every_judged_query_is_cut_as_by_jieba_and_rjieba(rounds):
    """Every third of them; under --torture all."""
    typed = [
        text
        for path in sorted((SHARED / "relevance").glob("*.queries.tsv"))
        for line in path.read_text(encoding="utf-8").splitlines()
        for text in line.split("\t")[1:]
    ]
    assert len(typed) > 1500
    query_segmenter.cache_clear()
    made = as_segmenter(CUTTERS[UserDictionary()])
    expected = [segmenter(UserDictionary(), engine) for engine in ("jieba", "rjieba")]
    for text in map(fold, typed[:: rounds(3, 1)]):
        cut, asked = words(text, made), query_words(text, made)
        assert all(words(text, each) == cut for each in expected), text
        assert all(query_words(text, each) == asked for each in expected), text


@pytest.mark.realdata
def test_real_articles_are_cut_as_by_jieba(rounds):
    made, expected = as_segmenter(CUTTERS[UserDictionary()]), segmenter(UserDictionary(), "jieba")
    with lzma.open(SHARED / "data" / "xwlb.jsonl.xz", "rt", encoding="utf-8") as lines:
        for number, line in islice(enumerate(lines), 0, rounds(6_000, 20_000), rounds(600, 50)):
            text = fold(json.loads(line)["body"])
            assert words(text, made) == words(text, expected), number
