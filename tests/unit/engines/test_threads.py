"""Many threads, one index: the same answers as one by one; and children that are forked among them."""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from searchkit.analysis.segment import query_segmenter
from searchkit.engines.index import Entry, Step
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.engines.whoosh.read import held, impacts, matcher, segment_view, segments
from searchkit.engines.whoosh.read.cache import Cache, computed
from searchkit.engines.whoosh.read.docsets import DocSet, unite
from searchkit.engines.whoosh.read.impacts import Scratch
from searchkit.errors import Locked
from searchkit.model.article import Article
from searchkit.query.tree import And, Everything, Field, Near, Not, Or, Phrase, Prefix, Published, Title, Word, Words

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHUNKS = (
    "渡口通航",
    "浓雾散去",
    "轮船靠岸",
    "市长检修",
    "水位上涨",
    "滨江大桥",
    "芯片出口管制",
    "F-16迫降",
    "DeepSeek",
    "潮汐表",
)
ARTICLES = 600
TREES = (
    Everything(), Words(("渡口", "浓雾")), Words(("轮船", "芯片", "大桥", "水位", "潮汐")), Word("芯片"), Phrase("口通"),
    Phrase("滨江大桥"), Prefix("芯"), Prefix("deep"), Title("渡口"), Near("渡口", "大桥", 30), Field("source", "滨江日报"),
    Published(date(2025, 1, 5), date(2025, 2, 5)), And((Word("渡口"), Not(Word("芯片")))), Or((Word("市长"), Phrase("-16迫"))),
    And((Words(("渡口", "轮船")), Published(date(2025, 1, 1), date(2025, 1, 9)))), Phrase("eepsee"), Words(("水位上涨轮船",)),
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    chance = random.Random(5)
    begin = datetime(2025, 1, 1, tzinfo=SHANGHAI)
    entries = [
        Entry(
            number,
            Article(
                id=f"a{number:04}",
                title=chance.choice(CHUNKS),
                body="，".join(chance.choices(CHUNKS, k=chance.randint(1, 9))),
                source=chance.choice(("滨江日报", "环海通讯社")),
                published=begin + timedelta(hours=chance.randrange(2000)) if number % 9 else None,
            ),
        )
        for number in range(1, ARTICLES + 1)
    ]
    folder = tmp_path_factory.mktemp("threads") / "whoosh"
    with closing(WhooshIndex(folder, SHANGHAI, query_segmenter())) as made:
        made.apply(entries[:500], covers=500)
        made.apply(entries[500:], [f"a{number:04}" for number in range(1, 99, 7)], covers=ARTICLES)
    return folder


@pytest.fixture
def index(folder) -> Iterator[WhooshIndex]:
    with closing(WhooshIndex(folder, SHANGHAI, query_segmenter())) as made:
        yield made


@pytest.fixture
def taking_turns():
    """Threads that take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def answer(index: WhooshIndex, number: int) -> object:
    """One of many questions, by its number."""
    tree = TREES[number % len(TREES)]
    match number // len(TREES) % 4:
        case 0:
            return index.search(tree, limit=20)
        case 1:
            return index.search(tree, limit=5, sort="newest")
        case 2:
            return index.facets(tree, ["source"]), index.days(tree)
        case _:
            return index.ids(tree), [index.explain(tree, f"a{each:04}") for each in (3, 400)]


QUESTIONS = 4 * len(TREES)


@pytest.mark.parametrize("kept", ["all is kept", "hardly anything is kept", "terms are looked up one by one"])
def test_threads_answer_as_one(folder, monkeypatch, taking_turns, kept):
    with closing(WhooshIndex(folder, SHANGHAI, query_segmenter())) as one:
        expected = [answer(one, number) for number in range(QUESTIONS)]
    if kept == "terms are looked up one by one":
        monkeypatch.setattr(segments, "SMALL", 0)
        monkeypatch.setattr(segments, "SHORT", 0)
        for module, name in ((held, "FEW"), (held, "FEW_DOCS"), (impacts, "SEVERAL")):
            monkeypatch.setattr(module, name, 0)
    elif kept != "all is kept":
        for module, name in (
            (segment_view, "LISTS_HELD"), (matcher, "TERMS_HELD"), (matcher, "PREFIXES_HELD"), (matcher, "TYPED_HELD"),
        ):  # fmt: skip
            monkeypatch.setattr(module, name, 3000)
        monkeypatch.setattr(held, "FORGET", 1000)
    with closing(WhooshIndex(folder, SHANGHAI, query_segmenter())) as index, ThreadPoolExecutor(6) as pool:
        begun = threading.Barrier(6)

        def ask(seed: int) -> list[int]:
            order = random.Random(seed).sample(range(QUESTIONS), QUESTIONS // 3)
            begun.wait(20)  # all begin with nothing decoded
            return [number for number in order if answer(index, number) != expected[number]]

        assert list(pool.map(ask, range(6))) == [[]] * 6
        caches = [each for each in _caches(index) if each._held]
        assert caches
        for cache in caches:
            assert cache._bytes == sum(size for _, size in cache._held.values())
            assert cache._bytes <= cache._most or len(cache._held) == 1


def _caches(index: WhooshIndex) -> list[Cache]:
    searcher = index.searcher()
    return [
        searcher._statistics._terms,
        *(segment._lists for segment in searcher.segments),
        *(cache for each in searcher._evaluations for cache in (each._prefixes, each._typed_words, each._phrases)),
    ]


# -- the parts, each met by another thread at its worst moment


class Turning(DocSet):
    """A set to which another thread gives its other form, at once after the first look at it."""

    __slots__ = ()
    _looks: list[object]

    @property
    def _bits(self):
        first = "looked" not in self.__dict__
        self.__dict__["looked"] = True
        return None if first else DocSet(self.size, docs=self._docs).bits

    @_bits.setter
    def _bits(self, bits):
        pass


def turning(docs: list[int], size: int) -> Turning:
    return Turning(size, docs=np.array(docs, np.int32))


def test_sets_that_get_another_form_meanwhile():
    size = 300
    dense, few = list(range(0, size, 2)), [4, 7, 90, 91, 200]
    other = DocSet.of(np.array(dense, np.int32), size)
    both = sorted({*dense} & {*few})
    assert (turning(few, size) & other).docs.tolist() == both
    assert (other & turning(few, size)).docs.tolist() == both
    assert (turning(few, size) - other).docs.tolist() == [7, 91]
    assert unite([turning(few, size), other], size).docs.tolist() == sorted({*dense, *few})
    assert unite([turning(few, size), turning([5, 6], size)], size).docs.tolist() == sorted({*few, 5, 6})
    assert turning(few, size).has(np.array([7, 8, 90], np.int32)).tolist() == [True, False, True]
    assert turning(few, size).in_blocks(np.array([1])).tolist() == [90, 91]
    assert np.flatnonzero(turning(few, size).mask()).tolist() == few
    assert turning(few, size).bits.tolist() == DocSet(size, docs=np.array(few, np.int32)).bits.tolist()


class Bytes:
    def __init__(self, nbytes: int) -> None:
        self.nbytes = nbytes


def test_a_cache_keeps_its_bound_among_threads(taking_turns):
    cache: Cache[int, Bytes] = Cache(20_000)

    def use(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(1500):
            key = chance.randrange(60)
            if cache.get(key) is None:
                cache.put(key, Bytes(chance.randrange(2000)))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(use, range(6)))
    assert cache._bytes == sum(size for _, size in cache._held.values()) <= 20_000


def test_scratch_is_lent_to_one_thread_at_a_time():
    scratch = Scratch(100)
    docs, among = np.array([1, 5], np.int32), np.array([5, 6], np.int32)

    seen = []
    take = np.ndarray.take

    class Watching(np.ndarray):
        """An array that has been written to when another thread looks something up."""

        def take(self, *given):
            if not seen:
                seen.append(True)
                assert scratch.lookup(np.array([5, 6], np.int32), np.array([8, 9], np.uint16), among).tolist() == [8, 9]
            return take(self, *given).view(np.ndarray)

    scratch._free.append(np.zeros(100, np.uint16).view(Watching))
    assert scratch.lookup(docs, np.array([3, 4], np.uint16), among).tolist() == [4, 0]
    assert seen
    assert not any(array.any() for array in scratch._free)


def test_what_two_threads_compute_is_one_object():
    class Held:
        @computed
        def value(self) -> list[int]:
            begun.wait(20)
            return []

    begun, held = threading.Barrier(2), Held()
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: held.value, range(2))
    assert one is other is held.value


# -- fork


forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


def forked(work: Callable[[], object]) -> int:
    """What a forked child exits with that does some work: 0, 1 if it raises, -9 if it hangs."""
    child = os.fork()
    if not child:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, 9)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@forks
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_that_is_forked_while_a_thread_holds_every_lock_can_search(index):
    expected = index.search(TREES[1])
    generations, searcher = index._generations, index.searcher()
    owners = [(generations, "_opening"), (generations._current, "_lock")]
    owners += [(each, "_lock") for each in [*_caches(index), *(segment._reads for segment in searcher.segments)]]
    held, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with ExitStack() as stack:
            for owner, name in owners:
                stack.enter_context(getattr(owner, name))
            held.set()
            go_on.wait(60)

    def search() -> None:
        assert index.search(TREES[1]) == expected
        for number in range(QUESTIONS):
            answer(index, number)
        index.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert held.wait(20)
        assert forked(search) == 0
    finally:
        go_on.set()
        thread.join(20)
    assert index.search(TREES[1]) == expected


@forks
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_that_is_forked_while_a_thread_writes_is_kept_out_and_writes_later(tmp_path):
    """By the lock in the folder, which its parent lets go of."""
    reached, go_on = threading.Event(), threading.Event()
    article = Article(id="first", title="江水")

    def steps() -> Iterator[Step]:
        reached.set()
        assert go_on.wait(60)
        yield Step([Entry(1, article)], (), 1)

    def refused() -> None:
        with pytest.raises(Locked):
            index.apply([Entry(2, replace(article, id="second"))], covers=2)

    def write() -> None:
        index.apply([Entry(2, replace(article, id="second"))], covers=2)

    with closing(WhooshIndex(tmp_path, SHANGHAI, query_segmenter())) as index:
        thread = threading.Thread(target=index.apply_all, args=(steps(),))
        thread.start()
        try:
            assert reached.wait(20)
            assert forked(refused) == 0
        finally:
            go_on.set()
            thread.join(20)
        assert forked(write) == 0
        assert (index.count(Everything()), index.covers) == (2, 2)


@forks
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_children_that_are_forked_beside_searching_threads_can_search(index):
    stop = threading.Event()
    expected = index.search(TREES[1])

    def busy(seed: int) -> None:
        chance = random.Random(seed)
        while not stop.is_set():
            answer(index, chance.randrange(QUESTIONS))

    def search() -> None:
        assert index.search(TREES[1]) == expected

    crew = [threading.Thread(target=busy, args=(seed,)) for seed in range(3)]
    for thread in crew:
        thread.start()
    try:
        assert [forked(search) for _ in range(4)] == [0] * 4
    finally:
        stop.set()
        for thread in crew:
            thread.join(20)


@forks
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_that_outlives_a_writer_does_not_keep_the_index_locked(index):
    covers = index.covers
    ends, going_on = os.pipe()

    def steps() -> Iterator[Step]:
        if not os.fork():
            os.close(going_on)
            os.read(ends, 1)  # until the test is over
            os._exit(0)
        os._exit(9)  # the writer dies in the middle
        yield

    try:
        writer = os.fork()
        if not writer:
            index.apply_all(steps())
        assert os.waitstatus_to_exitcode(os.waitpid(writer, 0)[1]) == 9
        index.apply([], covers=covers + 1)
    finally:
        os.close(going_on)
        os.close(ends)
    assert index.covers == covers + 1


@forks
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_that_unwinds_out_of_a_writer_leaves_lock_and_files_to_it(index):
    covers = index.covers
    beside = WhooshIndex(index.directory, SHANGHAI, query_segmenter())

    class Unwound(Exception):
        pass

    def steps() -> Iterator[Step]:
        under_way = index.directory / "MAIN_underway.skc"  # what a writer has written of a step to come
        under_way.touch()
        child = os.fork()
        if not child:
            raise Unwound
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
        assert under_way.exists()
        with pytest.raises(Locked):
            beside.apply([], covers=covers + 1)
        yield Step([], [], covers + 2)

    try:
        index.apply_all(steps())
    except Unwound:
        os._exit(9)
    assert index.covers == covers + 2
    beside.close()
