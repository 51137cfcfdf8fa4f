"""What every backend must do, one promise a test. A thing the oracle finds is copied here."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timezone

import pytest

from searchkit.deadline import within
from searchkit.engines.aggregation import (
    Aggregation,
    Count,
    Days,
    DaysOfCommonest,
    DaysWith,
    Frequencies,
    Ids,
    MatchingWords,
    Terms,
    Values,
    WordsByDay,
)
from searchkit.engines.index import Entry
from searchkit.errors import QueryTimeout
from searchkit.model.article import Article
from searchkit.model.results import Recent
from searchkit.query.tree import (
    And,
    AtLeast,
    Everything,
    Field,
    Fuzzy,
    Near,
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


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.utc)


BRIDGE = Article(
    id="a1", title="武汉长江大桥通车", body="全长一千六百七十米，市长剪彩。", published=utc(1957, 10, 15, 2), source="江城日报",
    author="王铁", section="社会", keywords=("桥梁", "交通"),
)  # fmt: skip
FLOOD = Article(
    id="a2", title="江水上涨", body="沿江各市加固堤防，水位逼近警戒线。南京市长江大桥限行。", published=utc(1998, 7, 1, 15, 59, 59),
    source="江城晚报", author="李波、赵堤",
)  # fmt: skip
CHIPS = Article(
    id="a3", title="晶片出口管制再升級", body="臺灣半導體產業受影響。DeepSeek回應說：F-16與AI無關，佔比3.14%。",
    published=utc(2025, 3, 3, 16), source="島嶼時報",
)  # fmt: skip
UNDATED = Article(id="a4", title="教育见闻", body="科教资源向乡村倾斜。", kind="headline", parent="a1")
ALL = [BRIDGE, FLOOD, CHIPS, UNDATED]


def add(index, *articles: Article) -> None:
    first = index.covers + 1
    entries = [Entry(seq, article) for seq, article in enumerate(articles, first)]
    index.apply(entries, covers=index.covers + len(entries))


def found(index, query) -> list[str]:
    return list(index.ids(query))


@pytest.fixture
def full(index):
    add(index, *ALL)
    return index


def test_a_new_index_is_empty(index):
    assert len(index) == 0
    assert index.covers == 0
    assert index.search(Everything()).page == ()
    assert index.count(Words(("长江",))) == 0
    assert dict(index.days(Everything())) == {}
    assert index.verify() == [] or index.verify() == ()


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        (Everything(), ["a1", "a2", "a3", "a4"]),
        (Words(("长江大桥",)), ["a1", "a2"]),
        (Words(("长江", "市长")), ["a1", "a2"]),
        (Word("市长"), ["a1"]),
        (Words(("教资",)), ["a4"]),
        (Word("教资"), []),
        (Phrase("江大桥限"), ["a2"]),
        (Phrase("江"), ["a1", "a2"]),
        (Phrase("，市长剪"), ["a1"]),
        (Phrase("米市长"), []),
        (Phrase("台湾半导体产业"), ["a3"]),
        (Words(("台湾半导体",)), ["a3"]),
        (Phrase("ｄｅｅｐｓｅｅｋ"), ["a3"]),
        (Phrase("epSe"), ["a3"]),
        (Words(("epSe",)), []),
        (Words(("deepseek",)), ["a3"]),
        (Words(("F-16",)), ["a3"]),
        (Phrase("-16与a"), ["a3"]),
        (Phrase("3.1"), ["a3"]),
        (Words(("3.1",)), []),
        (Words(("3.14%",)), ["a3"]),
        (Prefix("deep"), ["a3"]),
        (Prefix("seek"), []),
        (Prefix("半导"), ["a3"]),
        (Title("长江"), ["a1"]),
        (Title("桥通", exact=True), ["a1"]),
        (Title("\u200b", exact=True), []),
        (Title("出口 管制"), ["a3"]),
        (Near("沿江", "堤防", 4), ["a2"]),
        (Near("堤防", "沿江", 4), ["a2"]),
        (Near("沿江", "堤防", 3), []),
        (Near("江水", "沿江", 50), []),
        (Field("source", "江城日报"), ["a1"]),
        (Field("source", "江城", prefix=True), ["a1", "a2"]),
        (Field("source", "岛屿时报"), ["a3"]),
        (Field("author", "赵堤"), ["a2"]),
        (Field("author", "李波、赵堤"), ["a2"]),
        (Field("keyword", "桥梁"), ["a1"]),
        (Field("kind", "headline"), ["a4"]),
        (Field("parent", "a1"), ["a4"]),
        (Field("id", "a3"), ["a3"]),
        (Published(), ["a1", "a2", "a3"]),
        (Not(Published()), ["a4"]),
        (And((Words(("江",)), Not(Word("市长")))), ["a2"]),
        (Or((Word("市长"), Phrase("资源"))), ["a1", "a4"]),
        (Words(("市长", "资源"), "any"), ["a1", "a2", "a4"]),
        (Words(("市长", "资源")), []),
    ],
    ids=repr,
)
def test_what_matches(full, query, ids):
    assert found(full, query) == ids
    assert full.count(query) == len(ids)
    assert full.search(query, limit=0).total == len(ids)


def test_both_ends_of_a_date_range_are_included(full):
    assert found(full, Published(date(1957, 10, 15), date(1998, 7, 1))) == ["a1", "a2"]
    assert found(full, Published(date(1957, 10, 16), date(1998, 6, 30))) == []


def test_a_day_is_a_day_in_the_archives_zone(full):
    # 16:00 UTC is midnight in Shanghai: the article belongs to the next day.
    assert found(full, Published(date(2025, 3, 4), date(2025, 3, 4))) == ["a3"]
    assert full.days(Everything())[date(2025, 3, 4)] == 1
    assert full.days(Everything())[date(1998, 7, 1)] == 1
    assert full.days(Everything())[None] == 1


def test_an_article_replaces_the_one_with_its_id(full):
    add(full, Article(id="a1", title="改名", body="新的内容"))
    assert len(full) == 4
    assert found(full, Words(("长江大桥",))) == ["a2"]
    assert found(full, Words(("改名",))) == ["a1"]


def test_of_two_copies_in_one_batch_the_later_stays(index):
    add(index, Article(id="x", title="早"), Article(id="x", title="晚"))
    assert len(index) == 1
    assert found(index, Title("晚")) == ["x"]
    index.apply([Entry(9, Article(id="x", title="新")), Entry(8, Article(id="x", title="旧"))], covers=9)
    assert found(index, Title("新")) == ["x"]


def test_deleting(full):
    full.apply([], ["a1", "nobody"], covers=full.covers + 1)
    assert found(full, Everything()) == ["a2", "a3", "a4"]
    assert found(full, Phrase("剪彩")) == []
    assert full.covers == 5
    assert sorted(full.snapshot().sequence_numbers()) == ["a2", "a3", "a4"]


def test_deleting_and_adding_again_in_one_step(full):
    full.apply([Entry(9, Article(id="a1", title="再来"))], ["a1"], covers=9)
    assert found(full, Title("再来")) == ["a1"]


def test_a_snapshot_is_of_one_moment_and_many_threads_may_ask_it(full):
    with full.snapshot() as before, ThreadPoolExecutor(4) as pool:
        expected = before.search(Phrase("长江"), limit=3)
        full.apply([Entry(9, Article(id="a9", title="长江"))], ["a1"], covers=9)
        with full.snapshot() as now:
            asked = list(pool.map(lambda each: each.search(Phrase("长江"), limit=3), [before, now] * 8))
            assert asked[::2] == [expected] * 8
            assert asked[1::2] == [full.search(Phrase("长江"), limit=3)] * 8 != asked[::2]
            assert (now.covers, sorted(now.sequence_numbers())) == (9, ["a2", "a3", "a4", "a9"])
        full.clear()
        assert (before.covers, before.ids(Everything())) == (4, ["a1", "a2", "a3", "a4"])
        assert before.facets(Phrase("通车"), ["author"]) == {"author": {"王铁": 1}}


def test_clearing(full):
    full.clear()
    assert len(full) == 0
    assert full.covers == 0
    add(full, BRIDGE)
    assert found(full, Everything()) == ["a1"]


def test_words_standing_together_come_before_words_apart(index):
    filler = "城里的人们照常上班，天气很好。" * 3
    add(
        index,
        Article(id="apart", title="消息", body=f"人工智能会议召开。{filler}经济持续发展。"),
        Article(id="together", title="消息", body=f"人工智能发展报告发布。{filler}经济平稳。"),
        *(Article(id=f"z{n}", title="消息", body=filler) for n in range(6)),
    )
    page = index.search(Words(("人工智能发展",))).page
    assert [match.id for match in page][:2] == ["together", "apart"]


def test_straddling_matches_come_last(index):
    add(
        index,
        Article(id="a", title="短讯", body="科教资源"),
        Article(id="b", title="短讯", body="教资考试本周开始报名，" + "报名系统运行平稳，考点陆续公布。" * 5),
    )
    index_words = index.search(Words(("教资",))).page
    assert [match.id for match in index_words][-1] == "a"
    assert index_words[-1].key[0] == 1


def test_of_many_words_most_are_required(index):
    add(
        index,
        Article(id="most", title="一", body="出口 管制 芯片 升级 影响"),
        Article(id="few", title="二", body="出口 天气"),
        *(Article(id=f"z{n}", title="三", body="天气 体育") for n in range(5)),
    )
    five = ("出口", "管制", "芯片", "升级", "火星")
    assert found(index, Words(five)) == ["most"]
    assert found(index, Words(five, "all")) == []
    assert found(index, Words(five, "any")) == ["few", "most"]


def test_near_matches_fill_the_page_and_are_not_counted(full):
    result = full.search(Words(("长江", "大熊猫")), limit=10)
    assert result.total == 0
    assert {match.id for match in result.page} == {"a1", "a2"}
    assert all(match.near for match in result.page)
    assert full.search(Words(("长江", "大熊猫")), near=False).page == ()
    filtered = And((Words(("长江", "大熊猫")), Published(date(1990, 1, 1), None)))
    assert [match.id for match in full.search(filtered).page] == ["a2"]


def test_emphasised_phrases_are_words_for_near_matches_where_nothing_matches(full):
    lost = And((Words(("长江",)), Phrase("大桥通航", emphasis=True), Phrase("武汉")))
    result = full.search(lost)
    assert (result.total, [match.id for match in result.page]) == (0, ["a1"])
    assert result.page[0].near
    assert full.search(lost, near=False).page == ()
    assert full.search(And((Words(("长江",)), Phrase("大桥通航"), Phrase("武汉")))).page == ()
    assert full.search(Phrase("大桥通航", emphasis=True)).page[0].near
    assert full.search(And((Words(("长江",)), Not(Phrase("大桥", emphasis=True))))).page == ()


def test_an_emphasised_phrase_that_is_found_stays_a_condition(full):
    result = full.search(And((Words(("长江", "大桥")), Phrase("南京市长", emphasis=True))))
    assert (result.total, [match.id for match in result.page]) == (1, ["a2"])


LONG = ("渡口", "堤防", "夜市", "灯笼", "工人")
TOGETHER = Article(id="b1", title="一", body="渡口、堤防、夜市、灯笼、工人。\n天气晴。\n体育。\n教育。\n交通。")
APART = Article(id="a0", title="一", body="渡口、天气晴。\n堤防、体育。\n夜市、教育。\n灯笼、交通。\n工人。")


@pytest.mark.parametrize(("words", "first"), [(LONG, "b1"), (LONG[:4], "a0")])
def test_the_words_of_a_long_query_count_more_in_one_paragraph(index, words, first):
    add(index, TOGETHER, APART)
    page = index.search(Words(words)).page
    assert page[0].id == first
    parts = index.explain(Words(words), "b1")
    if len(words) > 4:
        base = sum(part for name, part in parts.items() if ":" in name)
        assert parts["passage"] == pytest.approx(0.25 * base)
        assert index.explain(Words(words), "a0")["passage"] == pytest.approx(0.25 * base / 5)
        with index.snapshot() as snapshot:
            assert set(snapshot.passage(Words(words))) == {*words}
    else:
        assert "passage" not in parts


DAYS = [
    Article(id=f"d{number}", title="渡口", body="堤防", published=utc(2025, month, day, 4))
    for number, (month, day) in enumerate([(3, 3), (3, 4), (3, 5), (3, 6), (2, 2), (1, 3)])
]


def test_newer_articles_come_first_where_that_is_asked_for(index):
    add(index, *DAYS, Article(id="u", title="渡口", body="堤防"))
    query, recent = Words(("渡口",)), Recent(date(2025, 3, 4), half_life=30)
    page = index.search(query, limit=20, recent=recent).page
    plain = index.search(query, limit=20).page
    assert [match.id for match in plain] == ["d0", "d1", "d2", "d3", "d4", "d5", "u"]
    # The day and the day after, then ever older ones, one without a day, and last what was not printed yet.
    assert [match.id for match in page] == ["d1", "d2", "d0", "d4", "d5", "u", "d3"]
    shares = {match.id: match.score / plain[0].score for match in page}
    assert shares == pytest.approx(
        {"d1": 1, "d2": 1, "d0": 0.8 + 0.2 * 0.5 ** (1 / 30), "d4": 0.9, "d5": 0.85, "u": 0.8, "d3": 0.1}
    )
    assert index.explain(query, "d4", recent)["recency"] == pytest.approx(-0.1 * plain[0].score)
    for match in page:
        assert sum(index.explain(query, match.id, recent).values()) == pytest.approx(match.score)


def test_bonuses_are_those_of_each_article_wherever_it_is_kept(index):
    """An article is explained alone, and scored with those of its own and of other segments."""
    several = [
        Article(id=f"p{number}", title=title, body=body, published=utc(2025, 2, 1 + number))
        for number, (title, body) in enumerate(
            [
                ("灯笼", "渡口、堤防。\n夜市"),
                ("渡口堤防夜市", "工人。\n灯笼。渡口"),
                ("堤防", "工人、夜市、灯笼。"),
                ("夜市、灯笼", "渡口\n堤防\n工人\n"),
                ("工人", "渡口堤防夜市灯笼"),
            ]
        )
    ]
    for article in several:
        add(index, article)
    add(index, *(replace(article, id=article.id.replace("p", "q")) for article in several))
    query = Words((*LONG, "渡口堤防夜市"), "any")
    for recent in (None, Recent(date(2025, 3, 4), half_life=9)):
        page = index.search(query, limit=20, recent=recent).page
        assert len(page) == 10
        for match in page:
            parts = index.explain(query, match.id, recent)
            assert parts["passage"] > 0
            assert ("proximity" in parts, "recency" in parts) == (match.id[1] in "14", recent is not None)
            assert sum(parts.values()) == pytest.approx(match.score, rel=1e-12)


def test_pages_of_newer_articles_joined_are_the_whole_answer(index):
    add(index, *DAYS)
    recent = Recent(date(2025, 3, 4))
    after, joined = None, []
    while len(joined) < len(DAYS):
        answer = index.search(Words(("渡口",)), limit=2, recent=recent, after=after)
        joined += answer.page
        after = answer.page[-1].key
    assert not answer.more
    assert joined == [*index.search(Words(("渡口",)), recent=recent).page]


def test_newer_articles_stay_in_their_tier(index):
    whole = Article(id="whole", title="教资考试", published=utc(2001, 1, 1))
    straddling = Article(id="straddling", title="科教资源", published=utc(2025, 3, 4))
    add(index, whole, straddling)
    page = index.search(Words(("教资",)), recent=Recent(date(2025, 3, 4))).page
    assert [match.id for match in page] == ["whole", "straddling"]


def test_sorting_by_time_puts_the_undated_last(full):
    for sort, ids in (("newest", ["a3", "a2", "a1", "a4"]), ("oldest", ["a1", "a2", "a3", "a4"])):
        assert [match.id for match in full.search(Everything(), sort=sort).page] == ids


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_pages_joined_are_the_whole_answer(index, sort):
    add(
        index,
        *(Article(id=f"n{n:02d}", title="江" * (n % 4 + 1), published=utc(2025, 1, 1 + n % 3)) for n in range(23)),
    )
    whole = index.search(Phrase("江"), limit=100, sort=sort).page
    assert len(whole) == 23
    joined, after = [], None
    while True:
        answer = index.search(Phrase("江"), limit=5, sort=sort, after=after)
        joined += answer.page
        if not answer.more:
            break
        after = answer.page[-1].key
    assert joined == list(whole)


def test_facets_count_names_and_the_missing(full):
    facets = full.facets(Everything(), ["author", "source", "keyword"])
    assert facets["author"] == {"王铁": 1, "李波": 1, "赵堤": 1, "": 2}
    assert facets["source"]["島嶼時報"] == 1
    assert facets["keyword"] == {"桥梁": 1, "交通": 1, "": 3}


def test_spellings_of_one_value_are_counted_together_and_shown_in_the_commonest(index):
    given = ["新華社", "新华社", "新華社", "ＢＢＣ中文", "BBC中文", "bbc中文", " 滨江日报 ", ""]
    add(index, *(Article(id=f"s{n}", title="讯", source=source) for n, source in enumerate(given)))
    facets = index.facets(Everything(), ["source"])["source"]
    assert facets == {"新華社": 2 + 1, "BBC中文": 3, "滨江日报": 1, "": 1}, "of equally common ones the smallest"
    for value, count in facets.items():
        assert not value or index.count(Field("source", value)) == count


def test_spellings_are_chosen_among_the_matches(index):
    add(
        index,
        Article(id="a", title="甲", source="新華社"),
        *(Article(id=f"b{n}", title="乙", source="新华社") for n in "12"),
    )
    assert index.facets(Title("甲"), ["source"])["source"] == {"新華社": 1}
    assert index.facets(Everything(), ["source"])["source"] == {"新华社": 3}


def test_spellings_in_several_steps_are_one_value(index):
    for n, source in enumerate(["新華社", "新华社", "新華社"]):
        add(index, Article(id=f"s{n}", title="讯", source=source))
    assert index.facets(Everything(), ["source"])["source"] == {"新華社": 3}


def test_days_of_the_commonest_values(index):
    def told(id: str, source: str, day: int) -> Article:
        return Article(
            id=id, title="讯", source=source, published=datetime(2025, 3, day, 8, tzinfo=timezone.utc) if day else None
        )

    add(index, told("a", "新華社", 4), told("b", "新华社", 5), told("c", "新華社", 5), told("d", "新华社", 0))
    add(index, told("e", "BBC", 4), told("f", "甲报", 4), told("g", "", 4), told("h", "ＢＢＣ", 9))
    fourth, fifth, ninth = (date(2025, 3, day) for day in (4, 5, 9))
    with index.snapshot() as snapshot:
        found, whole = snapshot.aggregate(Everything(), (DaysOfCommonest("source", 2), DaysOfCommonest("source", 9)))
        given = snapshot.aggregate(Title("讯"), (DaysWith("source", ["甲报", "bbc", "乙报"]),))[0]
        nothing = snapshot.aggregate(Word("海"), (DaysOfCommonest("source", 2),))[0]
    assert [(each.value, each.printed, each.articles) for each in found.values] == [
        ("新华社", "新华社", 4),
        ("bbc", "BBC", 2),
    ]
    assert [each.days for each in found.values] == [{fourth: 1, fifth: 2, None: 1}, {fourth: 1, ninth: 1}]
    assert (found.others, found.without, whole.others, len(whole.values)) == (1, 1, 0, 3)
    assert given == {"甲报": {fourth: 1}, "bbc": {fourth: 1, ninth: 1}, "乙报": {}}
    assert (nothing.values, nothing.others, nothing.without) == ((), 0, 0)


def test_an_article_is_counted_once_for_each_value_however_often_it_names_it(index):
    add(
        index,
        Article(id="k1", title="讯", author="張三、张三", keywords=("AI", "ＡＩ", "ai", "芯片")),
        Article(id="k2", title="讯", author="张三、李四", keywords=("AI",)),
    )
    facets = index.facets(Everything(), ["author", "keyword"])
    assert facets["author"] == {"张三": 2, "李四": 1}
    assert facets["keyword"] == {"AI": 2, "芯片": 1}


def test_only_chinese_names_are_parted_at_white_space(index):
    given = [
        "John Smith",
        "John  Smith、Jane van Doe",
        "张三 李四",
        "Mary Smith",
        "王五 John Smith",
        "Bob Lee 赵六",
        "A｜B",
    ]
    add(index, *(Article(id=f"n{n}", title="讯", author=author) for n, author in enumerate(given)))
    facets = index.facets(Everything(), ["author"])["author"]
    expected = {
        "Bob Lee": 1,
        "赵六": 1,
        "John Smith": 3,
        "Jane van Doe": 1,
        "张三": 1,
        "李四": 1,
        "Mary Smith": 1,
        "王五": 1,
        "A": 1,
        "B": 1,
    }
    assert facets == expected
    for value, count in facets.items():
        assert index.count(Field("author", value)) == count
    assert found(index, Field("author", "Smith")) == []
    assert found(index, Field("author", "John  Smith、Jane van Doe")) == ["n1"], "the whole string too"


def test_a_value_of_control_characters_is_none(index):
    add(index, Article(id="c", title="讯", source="\x01"))
    assert index.facets(Everything(), ["source"])["source"] == {"": 1}


ALL_KINDS = (Count(), Ids(), Days(), Values("source"), Values("author"), Values("keyword"), Values("id"))


@pytest.mark.parametrize(
    "query", [Everything(), Field("kind", "article"), Words(("长江",)), Word("无人提及")], ids=repr
)
def test_several_aggregations_are_answered_as_each_by_itself(full, query):
    with full.snapshot() as snapshot:
        together = snapshot.aggregate(query, ALL_KINDS)
        assert together == tuple(snapshot.aggregate(query, (each,))[0] for each in ALL_KINDS)
        days, *values = snapshot.days(query), *snapshot.facets(query, ["source", "author", "keyword", "id"]).values()
        assert together == (snapshot.count(query), snapshot.ids(query), days, *values)


def test_of_nothing_every_aggregation_has_an_answer(index):
    nothing = (0, [], {}, {}, {}, {}, {})
    with index.snapshot() as empty:
        assert empty.aggregate(Everything(), ALL_KINDS) == nothing
    add(index, *ALL)
    with index.snapshot() as snapshot:
        assert snapshot.aggregate(Word("无人提及"), ALL_KINDS) == nothing
        assert snapshot.aggregate(Everything(), ()) == ()


class Dated(Aggregation[float]):
    """The share of the matches that have a time: a count that no engine knows of."""

    def of(self, parts):
        total = sum(part.count for part in parts)
        return 1 - sum(part.days().get(None, 0) for part in parts) / total


def test_a_new_aggregation_needs_no_engine_to_know_of_it(full):
    with full.snapshot() as snapshot:
        assert snapshot.aggregate(Everything(), (Dated(), Count())) == (0.75, 4)


def test_terms_are_counted_by_articles_in_the_matches_and_in_the_rest(full):
    with full.snapshot() as snapshot:
        (counted,) = snapshot.aggregate(Words(("长江大桥",)), (Terms({}),))
        (frequent,) = snapshot.aggregate(Words(("长江大桥",)), (Terms({}, least=2),))
    assert counted[:2] == frequent[:2] == (2, 2)
    assert [counted.words[word] for word in ("长江", "通车", "南京市")] == [(2, 0), (1, 0), (1, 0)]
    assert "教育" not in counted.words
    assert frequent.words == {word: both for word, both in counted.words.items() if both[0] >= 2}


def test_terms_of_no_matches(index):
    with index.snapshot() as empty:
        assert empty.aggregate(Everything(), (Terms({}),)) == (Frequencies(0, 0, {}),)
    add(index, *ALL)
    with index.snapshot() as snapshot:
        assert snapshot.aggregate(Word("无人提及"), (Terms({}),)) == (Frequencies(0, 4, {}),)


def test_of_a_family_one_article_is_counted(index):
    """Among the matches if any of it matches: the first, or of the matches the one with the smallest id."""
    texts = {"c": "洪水 决堤", "a": "洪水 甲地", "b": "洪水 乙地", "d": "晴天 甲地", "e": "晴天 乙地", "f": "洪水 无关"}
    add(index, *(Article(id=id, title="", body=body) for id, body in texts.items()))
    families = {"a": "c", "b": "c", "c": "c", "d": "e", "e": "e"}

    def counted(query, least=1):
        with index.snapshot() as snapshot:
            return snapshot.aggregate(query, (Terms(families, least),))[0]

    with index.snapshot() as snapshot:
        assert snapshot.aggregate(Or((Field("id", "a"), Field("id", "b"))), (MatchingWords(families),)) == (
            (1, {"洪水": 1, "甲地": 1}),
        )
    flood = counted(Word("洪水"))
    assert flood == (2, 1, {"洪水": (2, 0), "决堤": (1, 0), "无关": (1, 0)})
    assert counted(Word("洪水"), least=2).words == {"洪水": (2, 0)}
    assert counted(Or((Field("id", "a"), Field("id", "b")))) == (1, 2, {"洪水": (1, 1), "甲地": (1, 0)})
    assert counted(Everything())[:2] == (3, 0)


def test_words_are_counted_by_groups_of_days(index):
    """Undated matches and those of other days are in no group; of a family one match is counted, on its own day."""
    texts = {"c": ("洪水 决堤", 1), "a": ("洪水 甲地", 2), "d": ("洪水 乙地", 2), "e": ("晴天", 2), "f": ("洪水", 9)}
    add(
        index, Article(id="u", title="", body="洪水"),
        *(Article(id=id, title="", body=body, published=datetime(2025, 3, day, tzinfo=timezone.utc)) for id, (body, day) in texts.items()),
    )  # fmt: skip

    def counted(query, families):
        with index.snapshot() as snapshot:
            group = {1: 7, 2: 8}
            return snapshot.aggregate(query, (WordsByDay(families, lambda day: group.get(day.day)),))[0]

    assert counted(Word("洪水"), {}) == {
        7: (1, {"洪水": 1, "决堤": 1}), 8: (2, {"洪水": 2, "甲地": 1, "乙地": 1}),
    }  # fmt: skip
    families = {"a": "c", "c": "c"}
    assert counted(Word("洪水"), families)[8] == (1, {"洪水": 1, "乙地": 1})
    assert counted(Word("甲地"), families) == {8: (1, {"洪水": 1, "甲地": 1})}
    with index.snapshot() as snapshot:
        often = WordsByDay({}, lambda day: min(day.day, 2), (2, 2))
        assert snapshot.aggregate(Word("洪水"), (often,))[0] == {1: (1, {"洪水": 1}), 2: (3, {"洪水": 3})}
        assert snapshot.aggregate(Word("决堤"), (often,))[0] == {1: (1, {})}
    assert counted(Word("无人提及"), {}) == {}


def test_document_frequencies(index):
    add(index, *ALL)
    held = ("长江", "南京市", "无人提及")
    for _ in range(2):
        with index.snapshot() as snapshot:
            assert snapshot.document_frequencies(held) == {word: snapshot.count(Word(word)) for word in held}
        index.apply([], ["a1"], covers=100)


def test_terms_need_at_least_one_match():
    with pytest.raises(ValueError, match="least"):
        Terms({}, least=0)


def test_explaining_adds_up_to_the_score(full):
    query = Words(("长江大桥",))
    for match in full.search(query).page:
        assert sum(full.explain(query, match.id).values()) == pytest.approx(match.score)
    assert full.explain(query, "a4") == {}


@pytest.mark.parametrize("text", ["", " ", "。", "\n", "“”", "\ud800", "😀", "_", "%"])
def test_odd_strings_are_searched_without_fuss(full, text):
    for query in (Words((text,)), Phrase(text), Prefix(text), Word(text), Title(text), Near(text, text)):
        assert full.count(query) <= 4


def test_wrong_arguments_are_refused(full):
    with pytest.raises(ValueError, match="limit"):
        full.search(Everything(), limit=-1)
    with pytest.raises(ValueError, match="sort"):
        full.search(Everything(), sort="best")
    with pytest.raises(ValueError, match="field"):
        full.facets(Everything(), ["mood"])


# -- time


class Jumping:
    """A clock that stands still for so many looks, and then jumps by an hour."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def __call__(self) -> float:
        self.looks -= 1
        return 3600.0 if self.looks < 0 else 0.0


ASKED = {
    "search": lambda index, query: index.search(query),
    "count": lambda index, query: index.count(query),
    "ids": lambda index, query: index.ids(query),
    "days": lambda index, query: index.days(query),
    "facets": lambda index, query: index.facets(query, ["source"]),
    "explain": lambda index, query: index.explain(query, "a1"),
}


@pytest.mark.parametrize("asked", ASKED)
def test_a_question_ends_when_its_time_is_over(full, asked):
    query = Or(
        (
            Words(("长江",)),
            Phrase("市长"),
            Prefix("半"),
            Near("江", "桥"),
            Title("大桥"),
            Field("source", "江", prefix=True),
            Together("长江", "大桥"),
            AtLeast("桥", 2),
            Wildcard("长*桥"),
            Fuzzy("武汉长江"),
        )
    )
    with pytest.raises(QueryTimeout), within(1, Jumping(1)):
        ASKED[asked](full, query)
    with within(1, Jumping(1_000_000)):
        ASKED[asked](full, query)


def test_time_is_looked_at_all_the_way(full):
    """Wherever the clock jumps in the course of a question, the question ends at the next look."""
    query = And((Words(("长江", "大桥"), "any"), Not(Phrase("半导体设备")), Phrase("长江大桥")))
    full.search(query)  # what is kept from then on is not looked up again
    looks = Jumping(1_000_000)
    with within(1, looks):
        full.search(query)
    total = 1_000_000 - looks.looks
    assert total > 10
    for jump in range(1, total):
        with pytest.raises(QueryTimeout), within(1, Jumping(jump)):
            full.search(query)
