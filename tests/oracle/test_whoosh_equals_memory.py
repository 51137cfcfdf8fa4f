"""Random archives and random queries: the Whoosh backend answers what the reference answers, to the bit."""

from __future__ import annotations

import tempfile
from datetime import date, datetime, timezone
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from searchkit.analysis.segment import segmenter
from searchkit.engines import scoring
from searchkit.engines.aggregation import (
    Count,
    Days,
    DaysOfCommonest,
    DaysWith,
    Ids,
    MatchingWords,
    Terms,
    Values,
    WordsByDay,
)
from searchkit.engines.index import Entry, Index
from searchkit.engines.memory import MemoryIndex
from searchkit.engines.snapshot import Snapshot
from searchkit.engines.whoosh.codec import merge, posting_list
from searchkit.engines.whoosh.index import WhooshIndex
from searchkit.engines.whoosh.read import block_max, held, impacts, phrases, segments
from searchkit.engines.whoosh.write import bulk
from searchkit.model.article import Article
from searchkit.model.fields import FieldName
from searchkit.model.results import Recent
from searchkit.query.tree import (
    And,
    AtLeast,
    Everything,
    Field,
    Forms,
    Fuzzy,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Published,
    Title,
    Together,
    Wildcard,
    Word,
    Words,
)
from tests.conftest import examples

# Shrinking a failure writes hundreds of indexes: add Phase.shrink here when there is one.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
SHANGHAI = ZoneInfo("Asia/Shanghai")
CHUNKS = [
    "芯片", "出口管制", "出口", "管制", "长江大桥", "南京长江大桥", "南京市长", "人工智能", "发展", "科教资源", "教资",
    "臺灣", "台湾", "半導體", "的", "在", "中国", "DeepSeek", "deepseek", "AI", "AIGC", "F-16", "3.14%", "GPT-4o", "ＡＩ",
    "，", "。", "“", "”", " ", "\n", "16", "5G", "15G", "x", "股", "A股", "😀", "𠮷", "é", "カード", "_", "'", "  ",
    "e\u0301", "\u0301", "\u200b", "ｶﾞ", "㎏", "葛\U000e0100", "\ue863", "著名", "一 名 警", " 察", "’", "•", "ㄅㄆ", "ㄆ",
    "！", "？”", ". ", "U.S. ", "特朗普", "特郎普", "人工智慧", "人工只能", "deepseak", "长江", "大桥", "片片",
]  # fmt: skip
text = st.lists(st.sampled_from(CHUNKS), max_size=14).map("".join)
needle = st.one_of(
    st.lists(st.sampled_from([c for c in CHUNKS if c != "\n"]), min_size=1, max_size=3).map("".join),
    st.text(st.sampled_from("".join(c for c in CHUNKS if c != "\n")), min_size=1, max_size=6),
)
operand = needle | st.lists(needle, min_size=1, max_size=3).map(tuple)
SIMILAR = ["特朗普", "特郎普", "人工智能", "deepseek", "长江大桥", "出口管制", "aigc", "f16", "カード", "科教资源"]
moments = st.one_of(
    st.none(),
    st.datetimes(datetime(1957, 1, 1), datetime(2026, 1, 1)).map(lambda d: d.replace(tzinfo=timezone.utc)),
    st.sampled_from(
        [datetime(2025, 3, 3, 15, 59, 59, tzinfo=timezone.utc), datetime(2025, 3, 3, 16, tzinfo=timezone.utc)]
    ),
)
names = st.sampled_from(
    [
        "",
        "新华社",
        "新華社",
        " 新华社",
        "央视网",
        "张三、李四",
        "張三 李四",
        "张三，張三",
        "张三",
        "China Daily",
        "ＣＨＩＮＡ Daily",
    ]
)
articles = st.builds(
    Article,
    id=st.sampled_from([f"a{n}" for n in range(12)]),
    title=text,
    body=text,
    published=moments,
    source=names,
    author=names,
    keywords=st.lists(st.sampled_from(["科技", "经济", "經濟", "AI", "ＡＩ", "ai", " "]), max_size=4).map(tuple),
    kind=st.sampled_from(["article", "headline"]),
)
days = st.one_of(
    st.none(), st.sampled_from([date(1957, 10, 15), date(2025, 3, 3), date(2025, 3, 4), date(2025, 12, 31)])
)
aliases = st.one_of(
    st.builds(Phrase, needle, st.just(False), st.sampled_from(["whole", "word"])),
    st.builds(
        lambda text, rest: And((Phrase(text, stands="word"), Words((rest,), "all"))), needle, needle
    ),
)  # fmt: skip


@st.composite
def words_with_aliases(draw) -> Words:
    typed = tuple(draw(st.lists(needle, min_size=1, max_size=6)))
    named = draw(st.lists(st.sampled_from([*typed, "火星"]), max_size=3, unique=True))
    also = tuple((text, tuple(draw(st.lists(aliases, min_size=1, max_size=3)))) for text in named)
    return Words(typed, draw(st.sampled_from(["auto", "all", "any"])), also)


forms = st.one_of(
    st.builds(lambda text, others: Forms((Phrase(text), *others)), needle, st.lists(aliases, min_size=1, max_size=3)),
    st.builds(
        lambda texts, exact: Forms(tuple(Title(text, exact) for text in texts)),
        st.lists(needle, min_size=2, max_size=3), st.booleans(),
    ),
    st.builds(
        lambda a, b, c, far: Forms((Near(a, b, far), Near(a, c, far))), needle, needle, needle, st.integers(0, 12)
    ),
    st.builds(lambda a, b: Forms((Field("source", a), Field("source", b))), names.filter(bool), names.filter(bool)),
)  # fmt: skip
leaves: st.SearchStrategy[Node] = st.one_of(
    st.just(Everything()),
    words_with_aliases(),
    forms,
    st.builds(Words, st.lists(needle, min_size=1, max_size=6).map(tuple), st.sampled_from(["auto", "all", "any"])),
    st.builds(Words, st.lists(st.sampled_from(CHUNKS[:12]), min_size=5, max_size=8).map(tuple)),
    st.builds(Word, needle),
    st.builds(
        Word, st.lists(st.sampled_from([c for c in CHUNKS if c.isalnum()]), min_size=2, max_size=3).map(" ".join)
    ),
    st.builds(Phrase, needle, st.booleans(), st.sampled_from(["anywhere", "whole", "word"])),
    st.builds(Prefix, needle),
    st.builds(Title, needle, st.booleans()),
    st.builds(Near, operand, operand, st.integers(0, 12) | st.just(1000), st.booleans()),
    st.builds(Together, operand, operand, st.sampled_from(["sentence", "paragraph"])),
    st.builds(AtLeast, operand, st.integers(1, 4)),
    st.builds(Wildcard, st.lists(needle | st.sampled_from("*?"), min_size=1, max_size=5).map("".join)),
    st.builds(Fuzzy, st.sampled_from(SIMILAR) | needle, st.integers(1, 2)),
    st.builds(Field, st.sampled_from(["source", "author", "kind", "keyword"]), names.filter(bool), st.booleans()),
    st.builds(Published, days, days),
)
queries = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=5,
)
batches = st.lists(
    st.tuples(st.lists(articles, max_size=8), st.lists(st.sampled_from([f"a{n}" for n in range(12)]), max_size=2)),
    min_size=1,
    max_size=3,
)


FACETS: list[FieldName] = ["source", "author", "keyword", "kind", "id"]


def answers(asked: Index, query: Node, limit: int) -> dict[str, object]:
    answer: dict[str, object] = {"count": asked.count(query), "ids": list(asked.ids(query))}
    for sort in ("relevance", "newest", "oldest"):
        page = asked.search(query, limit=limit, sort=sort)  # type: ignore[arg-type]
        answer[sort] = (page.total, page.page, page.more)
        if page.more:
            second = asked.search(query, limit=limit, sort=sort, after=page.page[-1].key)  # type: ignore[arg-type]
            answer[f"{sort} 2"] = (second.total, second.page, second.more)
    recent = Recent(date(2025, 3, 4), half_life=limit * 100.0)
    faded = asked.search(query, limit=limit, recent=recent)
    answer["recent"] = (faded.total, faded.page, faded.more)
    if faded.more:
        second = asked.search(query, limit=limit, recent=recent, after=faded.page[-1].key)
        answer["recent 2"] = (second.total, second.page, second.more)
    if faded.page:
        answer["parts"] = asked.explain(query, faded.page[0].id, recent)
    answer["days"] = dict(asked.days(query))
    answer["facets"] = {k: dict(v) for k, v in asked.facets(query, FACETS).items()}
    with asked.snapshot() as snapshot:
        counts = (Count(), Ids(), Days(), *map(Values, FACETS))
        at_once = snapshot.aggregate(query, counts)
        # Families of the twelve ids that articles have.
        families = {f"a{n}": f"a{n - n % 3}" for n in range(9)}
        answer["terms"] = snapshot.aggregate(query, (Terms({}), Terms(families), Terms(families, limit)))
        by_day = (WordsByDay({}, date.toordinal), WordsByDay(families, lambda day: day.toordinal() % 3 or None))
        by_day += (WordsByDay(families, lambda day: day.toordinal() % 3, (1, limit)),)
        answer["words by day"] = snapshot.aggregate(query, by_day)
        answer["words"] = snapshot.aggregate(query, (MatchingWords({}), MatchingWords(families)))
        answer["days of values"] = agreeing_days(snapshot, query, limit)
    assert at_once == (answer["count"], answer["ids"], answer["days"], *answer["facets"].values())  # type: ignore[attr-defined]
    return answer


def agreeing_days(snapshot: Snapshot, query: Node, most: int) -> object:
    """The days of the commonest values: those that a condition with the value finds."""
    found = snapshot.aggregate(query, [DaysOfCommonest(name, most) for name in FACETS])
    for name, commonest in zip(FACETS, found, strict=True):
        days = snapshot.aggregate(query, (DaysWith(name, [each.value for each in commonest.values]),))[0]
        for each in commonest.values:
            of_condition = snapshot.days(And((query, Field(name, each.value))))
            assert each.days == days[each.value] == of_condition and sum(each.days.values()) == each.articles
    return found


def agrees_with_conditions(asked: Index, query: Node) -> None:
    """The number beside a value is the number of matches that a condition with this value finds."""
    for name, values in asked.facets(query, FACETS).items():
        for value, number in values.items():
            if value:
                assert asked.count(And((query, Field(name, value)))) == number, (name, value)


@pytest.fixture(params=["one segment a batch", "many small segments"])
def segmentation(request, monkeypatch):
    """As it is; or segments of two articles, merged by twos, and a bound or a lookup even for a single document."""
    if request.param == "many small segments":
        monkeypatch.setattr(bulk, "RUN", 2)
        monkeypatch.setattr(bulk, "TIER", 2)
        monkeypatch.setattr(bulk, "default_jobs", lambda: 1)
        # Segments of tests are small: in these, terms are looked up one by one, as in large ones.
        monkeypatch.setattr(segments, "SMALL", 0)
        monkeypatch.setattr(segments, "SHORT", 0)
        for module, threshold in (
            (held, "FEW"),
            (held, "FEW_DOCS"),
            (posting_list, "FEW"),
            (impacts, "SEVERAL"),
        ):
            monkeypatch.setattr(module, threshold, 0)
        monkeypatch.setattr(block_max, "FEW", 0)
        monkeypatch.setattr(scoring, "DEPTH", 3)
        monkeypatch.setattr(impacts, "FEW", 0)
        monkeypatch.setattr(impacts, "SINGLE", 0)
        monkeypatch.setattr(phrases, "_FEW", 1)
        monkeypatch.setattr(merge, "MOST_TERMS", 7)


@settings(examples(24), suppress_health_check=list(HealthCheck), phases=PHASES)
@given(batches, st.lists(queries, min_size=8, max_size=16), st.integers(1, 6), st.integers(0, 3))
def test_the_same_answers(segmentation, given_batches, asked, limit, merged_after):
    with tempfile.TemporaryDirectory() as folder:
        memory = MemoryIndex(SHANGHAI)
        whoosh = WhooshIndex(Path(folder), SHANGHAI, segmenter())
        seq = 0
        for number, (group, deleted) in enumerate(given_batches):
            entries = []
            for article in group:
                seq += 1
                entries.append(Entry(seq, article))
            memory.apply(entries, deleted, covers=seq)
            whoosh.apply(entries, deleted, covers=seq)
            if number == merged_after:
                whoosh.optimize()
        assert memory.covers == whoosh.covers
        for query in asked:
            assert answers(whoosh, query, limit) == answers(memory, query, limit), query
        agrees_with_conditions(whoosh, asked[0])
        whoosh.close()


steps = st.lists(
    st.one_of(
        st.tuples(st.lists(articles, max_size=6), st.lists(st.sampled_from([f"a{n}" for n in range(12)]), max_size=3)),
        st.sampled_from(["optimize", "reopen"]),
    ),
    min_size=4,
    max_size=12,
)


@settings(examples(15), suppress_health_check=list(HealthCheck), phases=PHASES)
@given(steps, st.lists(queries, min_size=6, max_size=10), st.integers(1, 3), st.integers(2, 4), st.integers(1, 6))
def test_the_same_answers_however_segments_were_merged(taken, asked, run, tier, limit):
    """Updates, deletions, runs of a few articles, merges by the policy and by optimize, in any order."""
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.multiple(bulk, RUN=run, TIER=tier),
        mock.patch.object(bulk, "default_jobs", return_value=1),
    ):
        memory = MemoryIndex(SHANGHAI)
        whoosh = WhooshIndex(Path(folder), SHANGHAI, segmenter())
        seq = 0
        for number, step in enumerate(taken):
            if step == "optimize":
                whoosh.optimize()
                assert len(whoosh.searcher().segments) <= 1
            elif step == "reopen":
                whoosh.close()
                whoosh = WhooshIndex(Path(folder), SHANGHAI, segmenter())
            else:
                group, deleted = step
                entries = [Entry(seq + i, article) for i, article in enumerate(group, 1)]
                seq += len(entries)
                memory.apply(entries, deleted, covers=seq)
                whoosh.apply(entries, deleted, covers=seq)
            query = asked[number % len(asked)]
            assert answers(whoosh, query, limit) == answers(memory, query, limit), query
        for query in asked:
            assert answers(whoosh, query, limit) == answers(memory, query, limit), query
        assert whoosh.verify() == []
        whoosh.close()
